"""Packs as behaviours: labelled traffic played in both worlds.

Law: see the package. A population's pack is made once, from the run's seed and the population's options; its players share it out by
user, so `count` is how many act at once. Before each act its truth is noted, which no platform is told.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from sandbox.events import Scalar
from sandbox.policy import Reply, Signal

from . import Behaviour, Step, Wait
from .merchant import Part
from .pack import WHO, Pack, attack_of, calls, crowd_of, shown, solved
from .traffic import DAY, ROOM, Plan

CHALLENGE = "43014"
"""The code with which WeChat's rulebook asks for a proof that somebody is human."""

TRUTH = "truth"
"""The step that says what an act really was: `event`, `user`, `who`, `bad`, `value`."""

PLACES = 64
"""Families of ids that a population has for itself."""

Users = Annotated[int, Field(ge=1, le=200_000)]
Days = Annotated[float, Field(gt=0, le=31)]
Share = Annotated[float, Field(ge=0, le=1)]
Factor = Annotated[float, Field(gt=0, le=100)]
Kind = Literal[
    "all",
    "device_farm",
    "proxy_rotation",
    "low_and_slow",
    "replayed_signature",
    "forged_device",
    "code_enumeration",
    "hoarding",
    "transfer_ring",
    "brush_orders",
    "cash_out",
    "human_crowd",
]


def honest(
    part: Part, _rng: Random, *, users: Users = 20_000, days: Days = 7.0, lookalikes: Share = 0.05, rate: Factor = 1.0
) -> Behaviour:
    """Honest people, the share `lookalikes` of whom look suspicious; `rate` multiplies how often they come."""
    return _play(part, lambda: honest_pack(part.seed, part.place, users, days, lookalikes, rate))


def attack(
    part: Part,
    _rng: Random,
    *,
    kind: Kind = "all",
    users: Users = 220,
    days: Days = 7.0,
    rate: Factor = 1.0,
    devices: Factor = 1.0,
    proxies: Factor = 1.0,
    listed: Share = 0.3,
) -> Behaviour:
    """Attackers of one kind or of all; factors on their rate and on the pools of devices and addresses that they share.

    The black-market database knows the share `listed` of their devices and addresses from the start (A18).
    """
    return _play(part, lambda: attack_pack(part.seed, part.place, kind, users, days, rate, devices, proxies, listed))


def honest_pack(
    seed: str, place: int, users: int = 20_000, days: float = 7.0, lookalikes: float = 0.05, rate: float = 1.0
) -> Pack:
    """What `honest` plays as population number `place`."""
    return crowd_of(seed, Plan(users, days, place * PLACES * ROOM, rate), lookalikes)


def attack_pack(
    seed: str,
    place: int,
    kind: str = "all",
    users: int = 220,
    days: float = 7.0,
    rate: float = 1.0,
    devices: float = 1.0,
    proxies: float = 1.0,
    listed: float = 0.3,
) -> Pack:
    """What `attack` plays as population number `place`."""
    return attack_of(seed, Plan(users, days, place * PLACES * ROOM, rate, devices, proxies), kind, listed)


PACKS: Mapping[str, Callable[..., Pack]] = {"honest": honest_pack, "attack": attack_pack}
"""The behaviours that play a pack, and how theirs is made: seed, place, then their options."""


def _play(part: Part, make: Callable[[], Pack]) -> Behaviour:
    """This player's lane of the population's pack, each act at its time or as soon after as the answers allow."""
    board, key = part.merchant.board, f"pack/{part.population}"
    pack: Pack = board[key] if key in board else board.setdefault(key, make())
    if part.number == 0:
        for signal in database(pack, part.merchant.account):  # noqa: UP028 - what is sent back would go to the list
            yield signal
    own = pack.lane(part.number, part.players)
    now = part.start
    for (at, call), truth, human in zip(
        calls(own, part.merchant.account), truths(own), own.columns["human"].tolist(), strict=True
    ):
        if part.start + at > now:
            yield Wait(part.start + at - now)
            now = part.start + at
        yield Step(TRUTH, truth)
        reply = yield call
        if human and isinstance(reply, Reply) and reply.code == CHALLENGE:
            reply = yield solved(call)
        now = max(now, reply.at) if isinstance(reply, Reply) else now


def database(pack: Pack, account: str) -> list[Signal]:
    """What the black-market database tells before the first act."""
    life = 31 * DAY
    return [
        Signal("wechat", "list", account, payload={"colour": "black", "of": one.of, "value": one.value, "ttl_ms": life})
        for one in pack.listings
    ]


def truths(pack: Pack) -> list[dict[str, Scalar]]:
    """What each event really is."""
    columns = pack.columns
    who = [WHO[number] for number in columns["who"].tolist()]
    bad = columns["bad"].astype(np.bool_).tolist()
    rows = zip(shown(columns, "event"), shown(columns, "user"), who, bad, columns["value"].tolist(), strict=True)
    return [dict(zip(("event", "user", "who", "bad", "value"), row, strict=True)) for row in rows]
