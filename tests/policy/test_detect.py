"""Detectors, one kind after the other: where each begins to hit, for whom, and when it forgets."""

from __future__ import annotations

import pytest

from sandbox.policy import Book, Call, Cell, Signal, Verdict, judge, observe
from sandbox.policy.detect import DAY, Detector
from sandbox.policy.risk import Risk
from sandbox.policy.sanctions import Penalties
from sandbox.policy.tiers import Tier

SECOND, MINUTE, HOUR = 1_000, 60_000, 3_600_000
NOW = 20_000 * DAY
ACT, DONE = "p.act", "p.done"
Step = tuple[int, dict[str, str], bool]


class Desk:
    """A book with one detector, and the cells so far. A hit is seen in the verdict's rules."""

    def __init__(self, **figures: object) -> None:
        rule = Detector("p.rule", **{"level": 1, "actions": (ACT,), "blames": "user", "points": 1, **figures})  # type: ignore[arg-type]
        self.book = Book("p", risk=Risk((rule,), (Tier("p.seen", 1, 1, "observe"),), Penalties("p")))
        self.cells: dict[str, Cell] = {}

    def ask(self, at: int, actor: dict[str, str] | None = None, cost: int = 1, action: str = ACT) -> Verdict:
        changed, verdict = judge(self.book, self.cells, Call("p", action, "acme", actor or {}, cost), NOW + at)
        self.cells.update(changed)
        return verdict

    def hits(self, at: int, actor: dict[str, str] | None = None, cost: int = 1) -> bool:
        verdict = self.ask(at, actor, cost)
        return verdict.risk is not None and bool(verdict.risk.rules)

    def fails(self, at: int, **actor: str) -> None:
        changed, _ = observe(self.book, self.cells, Signal("p", "outcome", "acme", ACT, actor, ok=False), NOW + at)
        self.cells.update(changed)


A, B = {"device": "a"}, {"device": "b"}
NOBODY: dict[str, str] = {}

KINDS: dict[str, tuple[dict[str, object], list[Step]]] = {
    "frequency: the third in a window, each subject apart": (
        {"kind": "frequency", "scope": ("device",), "limit": 2, "window": MINUTE},
        [(0, A, False), (1, A, False), (2, B, False), (3, A, True), (MINUTE - 1, A, True), (MINUTE, A, False)],
    ),
    "frequency: those without a name share one, with a limit of its own": (
        {"kind": "frequency", "scope": ("device",), "limit": 9, "missing": 1, "window": MINUTE},
        [(0, NOBODY, False), (1, {"device": ""}, True), (2, A, False), (3, A, False)],
    ),
    "frequency: two attributes, and half a name is none": (
        {"kind": "frequency", "scope": ("device", "ip"), "limit": 1, "missing": 0, "window": MINUTE},
        [(0, {**A, "ip": "1"}, False), (1, {**A, "ip": "2"}, False), (2, {**A, "ip": "1"}, True), (3, A, True)],
    ),
    "frequency: of the whole account, by the calendar": (
        {"kind": "frequency", "limit": 1, "window": DAY, "offset": 8 * HOUR},
        [(16 * HOUR - 1, A, False), (16 * HOUR, A, False), (16 * HOUR + 1, B, True)],
    ),
    "distinct: a third user on one device, until the first is forgotten": (
        {"kind": "distinct", "scope": ("device",), "of": "user", "limit": 2, "missing": 1, "window": 8 * MINUTE},
        [
            (0, {**A, "user": "1"}, False),
            (1, {**A, "user": "1"}, False),
            (2, {**A, "user": "2"}, False),
            (3, {**A, "user": "1"}, False),
            (4, {**A, "user": "3"}, True),
            (5, {**A, "user": "3"}, True),
            (6, {**A, "user": "1"}, True),
            (16 * MINUTE, {**A, "user": "1"}, False),
        ],
    ),
    "distinct: who was forgotten does not count beside one who is known": (
        {"kind": "distinct", "scope": ("device",), "of": "user", "limit": 2, "missing": 1, "window": 8 * MINUTE},
        [
            (0, {**A, "user": "1"}, False),
            (450 * SECOND, {**A, "user": "2"}, False),
            (460 * SECOND, {**A, "user": "3"}, True),
            (481 * SECOND, {**A, "user": "3"}, False),
        ],
    ),
    "distinct: nobody's second user": (
        {"kind": "distinct", "scope": ("device",), "of": "user", "limit": 5, "missing": 1, "window": HOUR},
        [(0, {"user": "1"}, False), (1, {"user": "2"}, True), (2, {**A, "user": "1"}, False)],
    ),
    "distinct: a limit of none": (
        {"kind": "distinct", "scope": ("device",), "of": "user", "limit": 0, "window": HOUR},
        [(0, {**A, "user": "1"}, True), (HOUR // 4, {**A, "user": "1"}, True)],
    ),
    "distinct: a time is refreshed at an eighth of the window": (
        {"kind": "distinct", "of": "device", "limit": 2, "window": 80},
        [(0, A, False), (10, A, False), (40, B, False), (80, {"device": "c"}, True)],
    ),
    "distinct: and not before": (
        {"kind": "distinct", "of": "device", "limit": 2, "window": 80},
        [(0, A, False), (9, A, False), (40, B, False), (80, {"device": "c"}, False)],
    ),
    "distinct: also that of one among several": (
        {"kind": "distinct", "of": "device", "limit": 2, "window": 80},
        [(0, A, False), (1, B, False), (10, A, False), (80, {"device": "c"}, True)],
    ),
    "repeat: the same nonce again, until the window has passed": (
        {"kind": "repeat", "scope": ("user",), "of": "nonce", "samples": 8, "window": MINUTE},
        [
            (0, {"user": "u", "nonce": "x"}, False),
            (1, {"user": "v", "nonce": "x"}, False),
            (2, {"user": "u", "nonce": "y"}, False),
            (MINUTE - 1, {"user": "u", "nonce": "x"}, True),
            (2 * MINUTE, {"user": "u", "nonce": "x"}, False),
        ],
    ),
    "repeat: the oldest is forgotten, a later one is not": (
        {"kind": "repeat", "scope": ("user",), "of": "nonce", "samples": 8, "window": MINUTE},
        [
            (0, {"user": "u", "nonce": "x"}, False),
            (30 * SECOND, {"user": "u", "nonce": "y"}, False),
            (70 * SECOND, {"user": "u", "nonce": "x"}, False),
            (80 * SECOND, {"user": "u", "nonce": "y"}, True),
        ],
    ),
    "repeat: no nonce is a nonce like any other": (
        {"kind": "repeat", "scope": ("user",), "of": "nonce", "samples": 8, "window": MINUTE},
        [(0, {"user": "u"}, False), (1, {"user": "u"}, True)],
    ),
    "repeat: more than can be remembered": (
        {"kind": "repeat", "scope": ("user",), "of": "nonce", "samples": 1, "window": MINUTE},
        [(0, {"user": "u", "nonce": "x"}, False), (1, {"user": "u", "nonce": "y"}, True)],
    ),
    "interval: three gaps that hardly vary": (
        {"kind": "interval", "scope": ("user",), "samples": 3, "percent": 10, "window": HOUR},
        [(0, {}, False), (1000, {}, False), (2000, {}, False), (3010, {}, True), (4700, {}, False)],
    ),
    "interval: a long pause begins anew": (
        {"kind": "interval", "scope": ("user",), "samples": 2, "percent": 10, "window": MINUTE},
        [(0, {}, False), (MINUTE, {}, False), (2 * MINUTE, {}, True), (3 * MINUTE + 1, {}, False)],
    ),
    "value: above": (
        {"kind": "value", "of": "amount", "limit": 100},
        [(0, {"amount": "100"}, False), (1, {"amount": "101"}, True), (2, {}, True), (3, {"amount": "1e3"}, True)],
    ),
    "value: below, and less than nothing": (
        {"kind": "value", "of": "age", "limit": 5, "below": True},
        [(0, {"age": "5"}, False), (1, {"age": "4"}, True), (2, {"age": "-3"}, True), (3, {"age": "9" * 19}, True)],
    ),
    "mismatch: more than a tenth apart": (
        {"kind": "mismatch", "of": "settled", "against": "orders", "percent": 10},
        [
            (0, {"settled": "110", "orders": "100"}, False),
            (1, {"settled": "111", "orders": "100"}, True),
            (2, {"settled": "89", "orders": "100"}, True),
            (3, {"settled": "1"}, True),
        ],
    ),
    "group: three who share devices or payments, also through others": (
        {"kind": "group", "scope": ("user",), "links": ("device", "pay"), "limit": 4, "window": DAY},
        [
            (0, {"user": "1", "device": "a", "pay": "p"}, False),
            (1, {"user": "2", "device": "b", "pay": "q"}, False),
            (2, {"user": "3", "device": "a", "pay": "r"}, False),
            (3, {"user": "4", "device": "b", "pay": "s"}, False),
            (4, {"user": "4", "device": "a", "pay": "s"}, True),
            (5, {"user": "1", "device": "a", "pay": "p"}, True),
            (5, {"user": "2", "device": "b", "pay": "q"}, True),
            (6, {"user": "5", "device": "e", "pay": "e"}, False),
            (7, {"user": "5", "device": "f", "pay": "e"}, False),
            (2 * DAY, {"user": "1", "device": "a", "pay": "p"}, False),
            (2 * DAY, {"user": "2", "device": "y", "pay": "y"}, False),
            (2 * DAY + 1, {"user": "2", "device": "y", "pay": "y"}, False),
        ],
    ),
    "group: whoever comes again and again is remembered from the last time": (
        {"kind": "group", "scope": ("user",), "links": ("device",), "limit": 2, "window": DAY},
        [
            (0, {"user": "1", "device": "a"}, False),
            (DAY // 2, {"user": "1", "device": "a"}, False),
            (DAY + 1, {"user": "2", "device": "a"}, True),
            (DAY + 2, {"user": "1", "device": "b"}, True),
        ],
    ),
    "group: who comes back after long is counted once": (
        {"kind": "group", "scope": ("user",), "links": ("device",), "limit": 3, "window": DAY, "hub": 3},
        [
            (0, {"user": "1", "device": "a"}, False),
            (DAY // 2, {"user": "2", "device": "a"}, False),
            (DAY, {"user": "2", "device": "a"}, False),
            (DAY + DAY // 2, {"user": "1", "device": "a"}, False),
            (DAY + DAY // 2, {"user": "1", "device": "b"}, False),
            (2 * DAY, {"user": "3", "device": "b"}, True),
        ],
    ),
    "group: one of the same group is no new one": (
        {"kind": "group", "scope": ("user",), "links": ("device",), "limit": 3, "window": DAY, "hub": 2},
        [
            (0, {"user": "1", "device": "a"}, False),
            (1, {"user": "2", "device": "b"}, False),
            (2, {"user": "2", "device": "a"}, False),
            (3, {"user": "1", "device": "b"}, False),
            (4, {"user": "3", "device": "b"}, True),
        ],
    ),
    "group: a gate that many pass joins nobody": (
        {"kind": "group", "scope": ("user",), "links": ("ip",), "limit": 3, "window": DAY, "hub": 2},
        [(number, {"user": f"{number}", "ip": "gate"}, False) for number in range(6)],
    ),
    "group: who passed a gate of many still joins by what is his": (
        {"kind": "group", "scope": ("user",), "links": ("ip", "device"), "limit": 3, "window": DAY, "hub": 2},
        [
            (0, {"user": "1", "ip": "gate", "device": "a"}, False),
            (1, {"user": "2", "ip": "gate", "device": "b"}, False),
            (2, {"user": "3", "ip": "gate", "device": "c"}, False),
            (3, {"user": "3", "ip": "gate", "device": "a"}, True),
        ],
    ),
    "when: all that it asks for, and not a part of it": (
        {"kind": "frequency", "limit": 0, "when": (("kind", "bulk"), ("far", "yes"))},
        [(0, {"kind": "bulk", "far": "no"}, False), (1, {"kind": "bulk", "far": "yes"}, True), (2, {"kind": "bulk"}, True)],
    ),
    "when: only calls that carry it, and those that leave it out": (
        {"kind": "frequency", "limit": 0, "when": (("kind", "bulk"),)},
        [(0, {"kind": "single"}, False), (1, {"kind": "bulk"}, True), (2, {}, True)],
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_where_a_detector_begins_to_hit(kind: str) -> None:
    figures, steps = KINDS[kind]
    desk = Desk(**figures)
    assert [(at, desk.hits(at, {"user": "me", **actor})) for at, actor, _ in steps] == [(at, hit) for at, _, hit in steps]


def test_units_count_not_calls_and_less_than_nothing_counts_as_none() -> None:
    desk = Desk(kind="frequency", limit=3, window=MINUTE)
    assert [desk.hits(0, cost=cost) for cost in (3, -5, 0, 1)] == [False, False, False, True]


def test_no_more_is_kept_than_can_count() -> None:
    desk = Desk(kind="repeat", of="nonce", samples=3, window=DAY)
    for number in range(9):
        desk.ask(number, {"nonce": f"{number}"})
    assert max(len(slot) for record in desk.cells.values() for slot in record if isinstance(slot, tuple)) <= 2 * 3


def test_failures_count_when_they_are_told() -> None:
    desk = Desk(kind="frequency", scope=("ip",), limit=1, window=MINUTE, failures=True, blames="ip")
    for at in (0, 1):
        assert not desk.hits(at, {"ip": "1"})
        desk.fails(at, ip="1")
    assert (desk.ask(2, {"ip": "1"}).risk or (0,))[0] == 1
    assert (desk.ask(2, {"ip": "2"}).risk or (0,))[0] == 0


TOLD: dict[str, tuple[dict[str, object], list[tuple[dict[str, str], int]]]] = {
    "frequency": ({"limit": 1}, [(A, 0), (A, 1), (A, 0)]),
    "distinct": ({"of": "device", "limit": 1}, [(A, 0), (B, 1), (A, 0), ({"device": "c"}, 0)]),
    "distinct, a limit of none": ({"of": "device", "limit": 0}, [(A, 1), (A, 0), (B, 0)]),
    "interval": ({"samples": 2, "percent": 10}, [(A, 0), (A, 0), (A, 0), (A, 0)]),
    "group": (
        {"scope": ("who",), "links": ("device",), "limit": 2},
        [({**A, "who": who}, said) for who, said in (("1", 0), ("2", 1), ("1", 0))],
    ),
    "group, another one that joins it": (
        {"scope": ("who",), "links": ("device",), "limit": 2},
        [({"who": "1", **A}, 0), ({"who": "2", **A}, 1), ({"who": "3", **B}, 0), ({"who": "1", **B}, 0)],
    ),
}


@pytest.mark.parametrize("kind", TOLD)
def test_what_a_hit_leads_to_is_told_when_it_begins(kind: str) -> None:
    figures, steps = TOLD[kind]
    desk = Desk(kind=kind.partition(",")[0], **{"effect": "watched", "window": DAY, **figures})
    verdicts = [desk.ask(at, {"user": "me", **actor}) for at, (actor, _) in enumerate(steps)]
    assert [len(one.risk.sanctions) for one in verdicts if one.risk] == [said for _, said in steps]


def listed(desk: Desk, at: int, **said: object) -> None:
    changed, _ = observe(desk.book, desk.cells, Signal("p", "list", "acme", payload=said), NOW + at)
    desk.cells.update(changed)


def test_who_is_on_a_list_is_hit_until_its_time_is_over() -> None:
    desk = Desk(kind="list", of="device", level=3)
    listed(desk, 0, colour="black", of="device", value="a", ttl_ms=MINUTE)
    listed(desk, 0, colour="grey", of="device", value="b", ttl_ms=MINUTE)
    assert [desk.hits(1, one) for one in (A, B, NOBODY)] == [True, False, False]
    assert [desk.hits(at, A) for at in (MINUTE - 1, MINUTE)] == [True, False]
    listed(desk, MINUTE, colour="black", of="device", value="a", ttl_ms=MINUTE)
    listed(desk, MINUTE, colour="black", of="device", value="a", ttl_ms=0)
    assert not desk.hits(MINUTE + 1, A)


@pytest.mark.parametrize("said", [{}, {"of": "device", "value": 1, "ttl_ms": 5}, {"of": "d", "value": "v", "ttl_ms": "x"}])
def test_a_list_that_says_nothing_changes_nothing(said: dict[str, object]) -> None:
    desk = Desk(kind="list", of="device", level=3)
    listed(desk, 0, **said)
    assert desk.cells == {}


@pytest.mark.parametrize(("colour", "of"), [("pink", "device"), ("black", "user")])
def test_a_colour_that_is_none_and_a_list_that_no_rule_asks_for_change_nothing(colour: str, of: str) -> None:
    desk = Desk(kind="list", of="device", level=3)
    listed(desk, 0, colour=colour, of=of, value="a", ttl_ms=5)
    assert desk.cells == {}


def test_a_part_that_is_too_large_is_told_once_and_hits_until_the_day_ends() -> None:
    """A22: more than 5 % of the day's redemptions; fewer than 20 say nothing."""
    desk = Desk(kind="ratio", percent=5, samples=20, failures=True, offset=0)
    for at in range(19):
        desk.ask(at)
    desk.fails(19)
    assert [desk.hits(at) for at in (20, 21)] == [False, False]
    desk.fails(22)
    assert [desk.hits(at) for at in (23, DAY - 1, DAY)] == [True, True, False]


def test_a_part_counts_against_the_whole_before_it() -> None:
    desk = Desk(kind="ratio", percent=50, samples=2, parts=(DONE,), offset=0, effect="watched")
    told = [desk.ask(at, action=action).risk for at, action in enumerate((ACT, DONE, ACT, DONE, DONE, ACT))]
    assert [len(one.sanctions) for one in told if one] == [0, 0, 0, 1, 0, 0]
    assert [bool(one.rules) for one in told if one] == [False, False, False, True, True, True]


def test_a_part_that_is_too_small_three_days_running() -> None:
    """K17: less than 5 % of what was claimed is redeemed, three days running; a better day, or an empty one, begins anew."""

    def days(*parts: int, gap: int = 0) -> bool:
        desk = Desk(kind="ratio", percent=5, samples=20, parts=(DONE,), below=True, days=3, offset=0)
        for day, part in enumerate(parts):
            for number in range(40):
                assert not desk.hits(day * DAY + number)
            for number in range(part):
                desk.ask(day * DAY + 100 + number, action=DONE)
        return desk.hits((len(parts) + gap) * DAY)

    assert days(1, 1, 1)
    assert not days(1, 1)
    assert not days(1, 2, 1)
    assert days(5, 0, 1, 1)
    assert not days(1, 1, 1, gap=1)
