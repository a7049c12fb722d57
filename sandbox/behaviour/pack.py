"""Packs: labelled traffic in time order, and how an event of it looks to a platform.

Law: a pack is made from its seed and its options alone, all at once; the same ones give the same bytes. What a platform is shown
(`Showing.actor`) says nothing of who is who: ids are scrambled, and the label stays in the pack.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from sandbox.policy import Call

from .attackers import ATTACKS, UNDETECTABLE
from .honest import plain
from .lookalikes import LOOKALIKES
from .traffic import (
    DAY,
    MISSING,
    MOBILE,
    MOBILE_SEGMENTS,
    ORDER,
    PAY,
    ROOM,
    Bools,
    Columns,
    Ints,
    Plan,
    Rng,
    amounts,
    clocks,
    daytime,
    joined,
    shops,
)

ACTIONS: Final = ("wechat.user.claim", "wechat.user.redeem", "wechat.user.give", "wechat.user.order", "wechat.user.pay")
"""By the number that the column `action` holds."""

PLAIN: Final = "plain"
WHO: Final = (PLAIN, *LOOKALIKES, *ATTACKS)
"""Who somebody is, by the number that the column `who` holds."""

COVER: Final = 0.12
"""Of their acts, attackers do so many more that are as anybody's."""

PATIENCE: Final = 0.97
"""The share of challenges that an honest person solves; the others give up."""

SOLVERS: Final = 0.2
"""The share that attackers have solved for them, for a fee."""

SALT: Final = 2_654_435_761
LONG_SALT: Final = 11_400_714_819_323_198_485
"""Odd, so that multiplying by them and cutting off scrambles numbers and loses none."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What the black-market database knows: this value of this attribute."""

    of: str
    value: str


@dataclass(frozen=True, slots=True)
class Pack:
    """Labelled events by column, in time order, each with its number in `event`; and what of them the database knows."""

    columns: Columns
    listings: tuple[Listing, ...] = ()

    def __len__(self) -> int:
        return len(self.columns["at"])

    def lane(self, number: int, of: int) -> Pack:
        """The events of those users whose turn it is when all are dealt out to `of` lanes."""
        if of == 1:
            return self
        return self.select(self.columns["user"] % of == number)

    def select(self, which: Bools) -> Pack:
        """The chosen events alone."""
        return Pack({name: column[which] for name, column in self.columns.items()}, self.listings)


def crowd_of(seed: str, plan: Plan, lookalikes: float) -> Pack:
    """Honest people; the share `lookalikes` of them looks suspicious."""
    rng = _rng(seed)
    shares = {name: lookalikes * share for name, (share, _) in LOOKALIKES.items()}
    sizes = {name: round(plan.users * share) for name, share in shares.items()}
    parts: list[Part] = [(PLAIN, plain, plan.users - sum(sizes.values()))]
    parts += [(name, make, sizes[name]) for name, (_, make) in LOOKALIKES.items()]
    return _pack(rng, plan, parts)


def attack_of(seed: str, plan: Plan, kind: str, listed: float) -> Pack:
    """Attackers of one kind, or of "all" in equal parts; the database knows the share `listed` of their devices and addresses."""
    rng = _rng(seed)
    kinds = list(ATTACKS) if kind == "all" else [kind]
    each, more = divmod(plan.users, len(kinds))
    parts = [(name, ATTACKS[name], each + (number < more)) for number, name in enumerate(kinds)]
    pack = _pack(rng, plan, parts, cover=True)
    return Pack(pack.columns, tuple(_listings(rng, pack.columns, listed)))


def merged(packs: list[Pack]) -> Pack:
    """Several packs as one, in time order; events keep their numbers."""
    names = [*packs[0].columns]
    whole = {name: np.concatenate([one.columns[name] for one in packs]) for name in names}
    order = np.argsort(whole["at"], kind="stable")
    listings = tuple(listing for one in packs for listing in one.listings)
    return Pack({name: column[order] for name, column in whole.items()}, listings)


Part = tuple[str, Callable[[Rng, Plan], Columns], int]


def _pack(rng: Rng, plan: Plan, parts: list[Part], *, cover: bool = False) -> Pack:
    tables, labels = [], []
    for number, (name, make, users) in enumerate(parts):
        if not users:
            continue
        own = Plan(users, plan.days, plan.first + number * ROOM, plan.rate, plan.devices, plan.proxies)
        made = make(rng, own)
        made = joined([made, _cover(rng, made, plan.days)]) if cover else made
        tables.append(made)
        labels.append(np.full(len(made["at"]), WHO.index(name)))
    whole = joined(tables)
    who = np.concatenate(labels)[np.argsort(np.concatenate([one["at"] for one in tables]), kind="stable")]
    inside = whole["at"] < plan.days * DAY
    columns = {name: column[inside] for name, column in {**whole, "who": who}.items()}
    return Pack(_finished(rng, columns, plan.first))


def _finished(rng: Rng, columns: dict[str, Ints], first: int) -> dict[str, Ints]:
    """What every request carries, where nobody has forged it: a nonce of its own, a fresh timestamp, a number for us."""
    number = first * 8 + np.arange(len(columns["at"]))
    fresh = columns["nonce"] == MISSING
    columns["nonce"] = np.where(fresh, number + 2**40, columns["nonce"])
    columns["age_ms"] = np.where(fresh, clocks(rng, len(fresh)), columns["age_ms"])
    columns["event"] = number
    patient = np.where(
        (columns["who"] < WHO.index(next(iter(ATTACKS)))) | (columns["who"] == WHO.index(UNDETECTABLE)), PATIENCE, SOLVERS
    )
    columns["human"] = (rng.random(len(number)) < patient).astype(np.int64)
    return columns


def _cover(rng: Rng, made: Columns, days: float) -> Columns:
    """Ordinary purchases of the same people, so that not everything an attacker does is bad."""
    n = round(COVER * len(made["at"]))
    chosen = rng.integers(0, len(made["at"]), n)
    bought = {name: made[name][chosen] for name in ("user", "device", "ip", "registered_s")}
    blank = {name: np.full(n, MISSING) for name in ("receiver", "campaign", "code", "nonce", "age_ms")}
    action = np.where(rng.random(n) < 0.5, ORDER, PAY)
    plain_ = {"valid": np.ones(n, np.int64), "value": np.zeros(n, np.int64), "bad": np.zeros(n, np.int64)}
    trade = {"action": action, "seller": shops(rng, n), "amount": amounts(rng, n), "payment": bought["user"]}
    return {"at": daytime(rng, n, days), **bought, **blank, **plain_, **trade}


def _listings(rng: Rng, columns: Columns, listed: float) -> Iterator[Listing]:
    """A share of what attackers use is known to those who sell such lists; most of them know a mobile network's NAT when they see it."""
    for of, show in (("ip", _ip), ("device", _id("d"))):
        values = np.unique(columns[of][columns["who"] != WHO.index(UNDETECTABLE)])
        shared = (of == "ip") & (values >> 8 >= MOBILE) & (values >> 8 < MOBILE + MOBILE_SEGMENTS)
        known = values[(rng.random(len(values)) < np.where(shared, listed / 20, listed)) & (values != MISSING)]
        yield from (Listing(of, show(int(value))) for value in known)


def _id(letter: str) -> Callable[[int], str]:
    return lambda number: f"{letter}{(number * SALT + ord(letter)) % 2**32:08x}"


def _ip(number: int) -> str:
    return f"{number >> 24}.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


def _segment(number: int) -> str:
    return f"{number >> 24}.{number >> 16 & 255}.{number >> 8 & 255}.0/24"


SHOWN: Final[tuple[tuple[str, str, Callable[[int], str]], ...]] = (
    ("user", "user", _id("u")),
    ("device", "device", _id("d")),
    ("ip", "ip", _ip),
    ("ip", "segment", _segment),
    ("payment", "payment", _id("p")),
    ("receiver", "receiver", _id("u")),
    ("seller", "seller", _id("s")),
    ("campaign", "campaign", _id("c")),
    ("code", "code", lambda number: f"{number * 97 % 10**12:012}"),
    ("nonce", "nonce", lambda number: f"{number * LONG_SALT % 2**64:016x}"),
    ("age_ms", "age_ms", str),
    ("amount", "amount", str),
    ("registered_s", "registered_s", str),
    ("event", "event", lambda number: str(number * SALT % 2**32)),
)
"""Which column is shown as which attribute, and how; a missing value is not shown."""


def shown(columns: Columns, attribute: str) -> list[str]:
    """One attribute of each event, as platforms are shown it."""
    column, show = next((column, show) for column, name, show in SHOWN if name == attribute)
    return [show(value) for value in columns[column].tolist()]


def actors(columns: Columns) -> Iterator[Mapping[str, str]]:
    """What a platform is shown of each event."""
    for row in zip(*(columns[name].tolist() for name, _, _ in SHOWN), strict=True):
        yield {name: show(value) for value, (_, name, show) in zip(row, SHOWN, strict=True) if value != MISSING}


def calls(pack: Pack, account: str) -> Iterator[tuple[int, Call]]:
    """(ms after the start, call) of each event."""
    columns = pack.columns
    facts = zip(columns["at"].tolist(), columns["action"].tolist(), columns["valid"].tolist(), strict=True)
    for (at, action, valid), actor in zip(facts, actors(columns), strict=True):
        payload = {} if valid else {"valid": "false"}
        yield at, Call("wechat", ACTIONS[action], account, actor, payload=payload)


def solved(call: Call) -> Call:
    """The same call once more with a challenge solved: a request of its own, so with a nonce of its own."""
    return call._replace(actor={**call.actor, "challenge": "passed", "nonce": call.actor.get("nonce", "") + "1"})


def _rng(seed: str) -> Rng:
    return np.random.Generator(np.random.PCG64(np.frombuffer(seed.encode(), np.uint8).astype(np.uint32)))
