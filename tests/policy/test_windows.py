"""Each way of counting, told as stories: rows of (what it says, ms after the start, cost, wait, what remains).

The start is a whole minute. The last table holds the worst case that each algorithm lets through, which its users should know.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta, timezone

import pytest

from sandbox.policy import NEVER, Cell, Quota
from sandbox.policy.windows import ALGORITHMS, release

MINUTE = 60_000
HOUR = 60 * MINUTE
START = 28_333_334 * MINUTE

Row = tuple[str, int, int, int, int]

STORIES: dict[str, tuple[Quota, list[Row]]] = {
    "fixed": (
        Quota("q", 3, MINUTE),
        [
            ("the first unit fits", 0, 1, 0, 2),
            ("cost counts, up to the last millisecond", 59_999, 2, 0, 0),
            ("full, for one more millisecond", 59_999, 1, 1, 0),
            ("exactly at the end a new window begins", 60_000, 1, 0, 2),
            ("a clock set back counts in the latest window", 30_000, 2, 0, 0),
            ("and waits for the end of that one", 30_000, 1, 90_000, 0),
            ("more than the limit never fits", 60_000, 4, NEVER, 0),
            ("not even when nothing is used", 120_000, 4, NEVER, 3),
            ("nothing always fits", 60_000, 0, 0, 0),
            ("two refusals later the wait is what is left of the minute", 60_001, 1, 59_999, 0),
        ],
    ),
    "fixed with an offset": (
        Quota("q", 1, MINUTE, offset=10_000),
        [
            ("the window began ten seconds before the minute", 0, 1, 0, 0),
            ("so it ends ten seconds before the next one", 49_999, 1, 1, 0),
            ("exactly there", 50_000, 1, 0, 0),
        ],
    ),
    "anchored": (
        Quota("q", 3, MINUTE, "anchored"),
        [
            ("asking for nothing starts no window", 0, 0, 0, 3),
            ("the first unit starts it", 20_000, 1, 0, 2),
            ("a minute's end on the clock means nothing", 60_000, 2, 0, 0),
            ("full until one window after the first call", 79_999, 1, 1, 0),
            ("then the next call starts a new one", 80_000, 2, 0, 1),
            ("which is nobody's to shorten", 139_999, 2, 1, 1),
            ("a clock set back waits for the end of the latest window", 70_000, 2, 70_000, 1),
            ("more than the limit never fits", 80_000, 4, NEVER, 1),
            ("after a long pause the window is the newest call's", 500_000, 3, 0, 0),
            ("counted from that call", 500_000, 1, 60_000, 0),
        ],
    ),
    "sliding": (
        Quota("q", 3, MINUTE, "sliding"),
        [
            ("one early", 0, 1, 0, 2),
            ("two late", 50_000, 2, 0, 0),
            ("full: the first unit counts in [0, 60 s)", 59_999, 1, 1, 0),
            ("two units must wait for the second of the late ones", 59_999, 2, 50_001, 0),
            ("exactly a window later the first one is gone", 60_000, 1, 0, 0),
            ("no double load at the window's edge", 60_000, 3, 60_000, 0),
            ("a clock set back still sees everything", 0, 1, 110_000, 0),
            ("what is then let in counts from the latest time seen", 120_000, 3, 0, 0),
            ("more than the limit never fits", 120_000, 4, NEVER, 0),
            ("one, much later", 620_000, 1, 0, 2),
            ("one with the clock set back counts as if it came then", 570_000, 1, 0, 1),
            ("so it is not gone when its own minute has passed", 630_001, 2, 49_999, 1),
        ],
    ),
    "counter with the clock set back": (
        Quota("q", 10, MINUTE, "counter"),
        [
            ("five in one minute", 0, 5, 0, 5),
            ("two in the next, where the five still count in full", 60_000, 2, 0, 3),
            ("the minute before counts as the start of the next", 30_000, 3, 0, 0),
        ],
    ),
    "counter": (
        Quota("q", 10, MINUTE, "counter"),
        [
            ("ten fit into an empty minute", 59_999, 10, 0, 0),
            ("at the edge the last minute still counts in full", 60_000, 1, 1, 0),
            ("after a millisecond, floor(10 x 59.999 / 60) = 9 of it", 60_001, 1, 0, 0),
            ("five units have room when the last minute counts for four", 60_001, 5, 30_000, 0),
            ("a millisecond too early", 90_000, 5, 1, 4),
            ("exactly then", 90_001, 5, 0, 0),
            ("all ten must wait until under a sixth of the next minute is left", 90_001, 10, 80_000, 0),
            ("a clock set back by minutes counts as the start of the latest window", 30_000, 1, 30_000 + 36_001, 0),
            ("more than the limit never fits", 90_001, 11, NEVER, 0),
            ("a minute without calls is forgotten", 240_000, 10, 0, 0),
        ],
    ),
    "bucket": (
        Quota("q", 6, MINUTE, "bucket"),
        [
            ("it starts full, as large as the limit", 0, 6, 0, 0),
            ("one unit flows in every ten seconds", 0, 1, 10_000, 0),
            ("a millisecond too early", 9_999, 1, 1, 0),
            ("exactly then", 10_000, 1, 0, 0),
            ("two units take twenty", 10_000, 2, 20_000, 0),
            ("a clock set back waits longer by as much", 0, 1, 20_000, 0),
            ("it never holds more than its size", 500_000, 0, 0, 6),
            ("more than its size never fits", 500_000, 7, NEVER, 6),
        ],
    ),
    "bucket with a burst of its own": (
        Quota("q", 6, MINUTE, "bucket", burst=2),
        [
            ("two at once", 0, 2, 0, 0),
            ("then one every ten seconds", 0, 1, 10_000, 0),
            ("three at once never fit, whatever the limit says", 0, 3, NEVER, 0),
            ("half a unit is no unit", 15_000, 1, 0, 0),
            ("but it is not lost", 20_000, 1, 0, 0),
            ("and it all comes to the whole", 20_000, 2, 20_000, 0),
        ],
    ),
    "bucket of a size no clock divides": (
        Quota("q", 7, MINUTE, "bucket", burst=1),
        [
            ("one", 0, 1, 0, 0),
            ("60 s / 7 rounds up to whole milliseconds", 0, 1, 8_572, 0),
            ("a millisecond too early", 8_571, 1, 1, 0),
            ("exactly then", 8_572, 1, 0, 0),
            ("what flowed in beyond its size was lost: a whole wait again", 8_572, 1, 8_572, 0),
        ],
    ),
    "concurrent": (
        Quota("q", 2, MINUTE, "concurrent"),
        [
            ("the first call is in flight", 0, 1, 0, 1),
            ("so is a second", 10_000, 1, 0, 0),
            ("a third waits until the first is taken for dead", 59_999, 1, 1, 0),
            ("which happens exactly then", 60_000, 1, 0, 0),
            ("two places are free when both are dead", 60_000, 2, 60_000, 0),
            ("a clock set back sees all of them", 0, 1, 70_000, 0),
            ("more places than there are never become free", 60_000, 3, NEVER, 0),
        ],
    ),
    "concurrent with the clock set back": (
        Quota("q", 2, MINUTE, "concurrent"),
        [
            ("one", 50_000, 1, 0, 1),
            ("another begins while the clock is set back", 10_000, 1, 0, 0),
            ("it dies first", 69_999, 1, 1, 0),
            ("exactly then", 70_000, 1, 0, 0),
            ("and then the other", 70_000, 1, 40_000, 0),
        ],
    ),
    **{
        f"{algorithm} with limit 0": (
            Quota("q", 0, MINUTE, algorithm),
            [
                ("nothing ever fits", 0, 1, NEVER, 0),
                ("but nothing does", 0, 0, 0, 0),
                ("later neither", 99_999, 1, NEVER, 0),
            ],
        )
        for algorithm in ALGORITHMS
    },
}


@pytest.mark.parametrize("name", STORIES)
def test_story(name: str) -> None:
    quota, rows = STORIES[name]
    take = ALGORITHMS[quota.algorithm](quota)
    cell: Cell = ()
    for says, at, cost, wait, remaining in rows:
        before = cell
        cell, *answer = take(cell, cost, START + at)
        assert answer[:2] == [wait, remaining], says
        assert not wait or cell is before, f"{says}: refused, so nothing changes"


RESETS: dict[str, list[tuple[str, int, int, int]]] = {
    "fixed": [("until the minute ends", 20_000, 1, 40_000), ("the same when refused", 20_000, 3, 40_000)],
    "anchored": [("one window from the first call", 20_000, 1, 60_000), ("no longer", 30_000, 3, 50_000)],
    "sliding": [("until the newest unit is gone", 20_000, 1, 60_000), ("so it moves", 30_000, 2, 60_000)],
    "counter": [
        ("one unit is forgotten a millisecond into the next minute", 20_000, 1, 40_001),
        ("three: when a third of the last minute is left", 20_000, 2, 40_000 + 40_001),
        ("the same when refused", 70_000, 2, 30_001),
    ],
    "bucket": [
        ("a third of a minute flows in", 0, 1, 20_000),
        ("two thirds", 0, 1, 40_000),
        ("less since", 10_000, 3, 30_000),
    ],
    "concurrent": [("until the newest is dead", 0, 1, 60_000), ("so it moves", 30_000, 3, 30_000)],
}


@pytest.mark.parametrize("algorithm", RESETS)
def test_reset_is_when_nothing_is_used_any_more(algorithm: str) -> None:
    take = ALGORITHMS[algorithm](Quota("q", 3, MINUTE, algorithm))
    assert take((), 0, START)[3] == 0, "an untouched meter is full"
    cell: Cell = ()
    for says, at, cost, reset in RESETS[algorithm]:
        cell, _, _, actual = take(cell, cost, START + at)
        assert actual == reset, says


def test_a_day_starts_at_midnight_in_beijing() -> None:
    take = ALGORITHMS["fixed"](Quota("q", 1, 24 * HOUR, offset=8 * HOUR))
    beijing = timezone(timedelta(hours=8))
    noon = int(datetime(2026, 11, 11, 12, tzinfo=beijing).timestamp() * 1000)
    midnight = int(datetime(2026, 11, 12, tzinfo=beijing).timestamp() * 1000)
    cell, wait, _, _ = take((), 1, noon)
    assert wait == 0
    assert take(cell, 1, noon)[1] == 12 * HOUR
    assert take(cell, 1, midnight - 1)[1] == 1
    assert take(cell, 1, midnight)[1] == 0


@pytest.mark.parametrize(
    ("says", "started", "units", "left"),
    [
        ("one that started then", 20, 1, (10, 20, 30)),
        ("as many units as the call held", 20, 2, (10, 30)),
        ("never one of another call", 20, 9, (10, 30)),
        ("none that never started", 15, 1, (10, 20, 20, 30)),
        ("none before the first", 5, 1, (10, 20, 20, 30)),
        ("none after the last", 35, 1, (10, 20, 20, 30)),
        ("none at all", 20, 0, (10, 20, 20, 30)),
    ],
)
def test_release_frees(says: str, started: int, units: int, left: Cell) -> None:
    assert release((10, 20, 20, 30), started, units) == left, says


def test_a_released_place_is_free_at_once() -> None:
    take = ALGORITHMS["concurrent"](Quota("q", 1, MINUTE, "concurrent"))
    cell, _, _, _ = take((), 1, START)
    assert take(cell, 1, START + 5)[1] == MINUTE - 5
    assert take(release(cell, START), 1, START + 5)[1:3] == (0, 0)


def greedy(quota: Quota, moments: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """(ms, units let in) of an attacker who asks at each moment for unit after unit, up to the most given."""
    take = ALGORITHMS[quota.algorithm](quota)
    cell: Cell = ()
    got = []
    for at, most in moments:
        units = 0
        while units < most:
            cell, wait, _, _ = take(cell, 1, START + at)
            if wait:
                break
            units += 1
        got.append((at, units))
    return got


def busiest(got: list[tuple[int, int]], span: int) -> int:
    """The most units let in during any `span` ms."""
    best = total = oldest = 0
    for at, units in got:
        total += units
        while got[oldest][0] <= at - span:
            total -= got[oldest][1]
            oldest += 1
        best = max(best, total)
    return best


EVERY_MS = [(at, 999) for at in range(2 * MINUTE + 1)]
EDGE = [(MINUTE - 1, 999), (MINUTE, 999)]
TRICKLE = [(0, 1), *EDGE]
EDGE_THEN_EVERY_MS = EVERY_MS[MINUTE - 1 :]

WORST = [
    ("fixed: a full load on both sides of the edge", "fixed", 0, EDGE, 200, 200),
    ("anchored: the same, but one unit must go ahead to place the edge", "anchored", 0, TRICKLE, 199, 199),
    ("sliding: never more than the limit", "sliding", 0, EVERY_MS, 100, 100),
    (
        "counter: smooth at the edge, but a full load again before the window has passed",
        "counter",
        0,
        EDGE_THEN_EVERY_MS,
        200,
        101,
    ),
    ("bucket: its size at once, and all that flows in", "bucket", 0, EVERY_MS, 199, 100),
    ("bucket of one unit: evenly spread", "bucket", 1, EVERY_MS, 100, 1),
    ("concurrent, nobody finishing: as sliding", "concurrent", 0, EVERY_MS, 100, 100),
]


@pytest.mark.parametrize(("says", "algorithm", "burst", "attack", "in_a_window", "in_10_ms"), WORST)
def test_worst_case_of_100_a_minute(
    says: str, algorithm: str, burst: int, attack: list[tuple[int, int]], in_a_window: int, in_10_ms: int
) -> None:
    got = greedy(Quota("q", 100, MINUTE, algorithm, burst=burst), attack)
    assert (busiest(got, MINUTE), busiest(got, 10)) == (in_a_window, in_10_ms), says
