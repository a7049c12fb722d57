"""A flash sale made by hand: what a naive integration does to itself when 240 orders come in one minute.

60 orders a minute for two minutes, 240 in the third, then 60 again. Each order is sent at once as one message; the 201st within a
minute trips the fuse for 60 s; a refused notice is tried three times more and then lost. The live world is the same with jitter.
"""

import heapq
import random
from collections.abc import Callable, Iterator
from itertools import count

import pytest

from sandbox.events import Event
from sandbox.report import Context, Tolerance, Vocabulary

Sale = Callable[..., list[Event]]

START = 1_790_000_040_000
"""A whole minute, ms since the epoch."""

ACTION, FUSE, MINUTE = "wecom.message_send", "wecom.app_fuse", "wecom.app_minute"
LATENCY, COOLDOWN, LIMIT = 180, 60_000, 200


class Fuse:
    """200 a minute; an excess opens for a minute; five probes close."""

    def __init__(self) -> None:
        self.state, self.until, self.probes = "closed", 0, 0
        self.minute, self.used = 0, 0

    def ask(self, at: int) -> tuple[bool, str, list[Event]]:
        """(allowed, refusing rule, moves) of a call at `at`."""
        moves = []
        if self.state == "open" and at >= self.until:
            moves.append(self._move(at, "half_open"))
        if self.state == "open":
            return False, FUSE, moves
        if at // 60_000 != self.minute:
            self.minute, self.used = at // 60_000, 0
        if self.used >= LIMIT:
            self.until = at + COOLDOWN
            return False, MINUTE, [*moves, self._move(at, "open")]
        self.used += 1
        if self.state == "half_open":
            self.probes += 1
            moves += [self._move(at, "closed")] if self.probes == 5 else []
        return True, "", moves

    def _move(self, at: int, state: str) -> Event:
        was, self.state, self.probes = self.state, state, 0
        until = self.until if state == "open" else 0
        return {
            "at": at,
            "kind": "breaker",
            "account": "corp",
            "rule": FUSE,
            "subject": "corp/1000002",
            "was": was,
            "state": state,
            "until": until,
        }


def arrivals(rates: tuple[int, ...], rng: random.Random, jitter: int) -> Iterator[int]:
    """Order times: each minute its number of orders, evenly, give or take `jitter` ms."""
    for minute, rate in enumerate(rates):
        for number in range(rate):
            yield START + minute * 60_000 + number * 60_000 // rate + (rng.randint(0, jitter) if jitter else 0)


def sale(world: str, *, jitter: int = 0, seed: int = 1, rates: tuple[int, ...] = (60, 60, 240, 60, 60, 60)) -> list[Event]:
    """One world's events, in order of time."""
    rng, fuse, ids, events = random.Random(seed), Fuse(), count(1), []
    queue: list[tuple[int, int, str, int, int]] = []
    for number, at in enumerate(sorted(arrivals(rates, rng, jitter)), 1):
        heapq.heappush(queue, (at, next(ids), f"S{number:05}", 0, at))

    def note(at: int, kind: str, **fields: object) -> None:
        events.append({"world": world, "at": at, "kind": kind, "account": "corp", **fields})

    while queue:
        at, _, order, tried, intended = heapq.heappop(queue)
        if not tried:
            note(at, "signal", population="buyers", signal="shopee.order_placed", intended=at, order=order)
            note(at, "push", population="merchant", topic="shopee.order_status", order=order)
            note(at + 40, "take", population="merchant", topic="shopee.order_status", order=order)
        allowed, rule, moves = fuse.ask(at)
        code = "" if allowed else "45009"
        note(at, "verdict", action=ACTION, allowed=allowed, code=code, rule=rule, retry_after=0, remaining=0, tier=0)
        events.extend({"world": world, **move} for move in moves)
        back = at + LATENCY + (rng.randint(0, jitter) if jitter else 0)
        msgid = {"msgid": f"{world}-{order}-{tried}"} if allowed else {}
        fields = {"population": "merchant", "action": ACTION, "ok": allowed, "code": code or "0", "order": order, **msgid}
        note(back, "reply", intended=intended, sent=at, **fields)
        if not allowed and tried < 3:
            heapq.heappush(queue, (back + 1_000, next(ids), order, tried + 1, back + 1_000))
    sent = sum(event["kind"] == "verdict" for event in events)
    note(START + len(rates) * 60_000, "load", planned=sent, sent=sent, late=0, dropped=0, lag_p99_us=310 if jitter else 0)
    return sorted(events, key=lambda event: event["at"])


VOCABULARY = Vocabulary(
    actions=(ACTION, "wecom.gettoken"),
    codes={ACTION: ("45009",)},
    breakers={FUSE: (ACTION,)},
    populations=("merchant",),
)

CONTEXT = Context(
    description="A merchant forwards every Shopee order to WeCom at once, one message an order. 240 orders come in the third minute.",
    worlds=("sim", "live"),
    vocabulary=VOCABULARY,
    expectations=(
        ("wecom.message_send.refused.45009", "== 0"),
        ("order_notice.within_30s", ">= 0.992"),
        ("order_notice.lost", "== 0"),
        ("sim:wecom.app_fuse.opened", "<= 1"),
    ),
    tolerances=(
        Tolerance("load.*", None, None, "the generator of the simulation has no lag to speak of"),
        Tolerance("*.opened", 0.0, None, "the fuse must tell the same story in both worlds"),
        Tolerance("*.response_ms.*", 0.1, 60, "real sockets add up to 60 virtual ms at this rate"),
        Tolerance("*", 0.05, 3, "arrivals jitter by up to 60 ms in the live world"),
    ),
    rules={
        MINUTE: {
            "limit": 200,
            "window": "1m",
            "actions": (ACTION,),
            "standing": "published",
            "source": "Shopee 企业微信注册与接入全指南, https://10100.com, 2026-03-03",
            "part": "③ 消息频率上限",
            "facts": ("S01",),
            "note": "That the minute is aligned to the clock is assumed.",
        },
        FUSE: {
            "limit": "open for 60 s, then 5 probes",
            "window": "1m",
            "standing": "assumed",
            "source": "Shopee 企业微信注册与接入全指南, https://10100.com, 2026-03-03",
            "part": "③ 超频将触发接口熔断",
            "facts": ("S02",),
            "note": "That an excess trips the fuse is published; cool-down and probes are assumed.",
        },
    },
    start={"sim": START, "live": START},
    duration=360_000,
    rate=10,
)


@pytest.fixture(scope="session")
def flash_sale() -> Sale:
    """`flash_sale(world, jitter=...)` gives one world's events."""
    return sale


@pytest.fixture(scope="session")
def context() -> Context:
    """What the flash sale is judged by."""
    return CONTEXT


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    """What the flash sale can speak of."""
    return VOCABULARY
