"""Breakers as their tools ship them, at the thresholds that the tools document, and the platforms' own fuse (S02)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sandbox.policy import NEVER, Breaker
from sandbox.policy.breaker import CLOSED, HALF_OPEN, OPEN, Memory, admit, change, look, record
from sandbox.policy.presets import PRESETS

SECOND = 1_000
MINUTE = 60_000
NOW = 28_333_334 * MINUTE


def preset(name: str, **said: int) -> Breaker:
    return Breaker(**{"id": "b", **PRESETS[name], **said})


def tell(rule: Breaker, memory: Memory, *groups: tuple[int, bool, int], at: int = NOW) -> Memory:
    """Tell groups of (how many, good, ms taken), all at once."""
    for times, ok, took in groups:
        for _ in range(times):
            memory = record(rule, memory, ok=ok, took=took, started=at, now=at)
    return memory


def probed(rule: Breaker, good: int, bad: int, took: int = 0) -> int:
    """The state after the cool-down, when so many probes go well and so many badly."""
    memory = change(rule, Memory(), "trip", NOW)
    at = memory.until
    for _ in range(good + bad):
        memory, waits = admit(rule, memory, at)
        assert waits == 0
    return tell(rule, memory, (good, True, took), (bad, False, took), at=at).state


GOOD, BAD = (True, 0), (False, 0)

TRIPS: list[tuple[str, Breaker, list[tuple[int, bool, int]], int]] = [
    ("99 calls are too few", preset("resilience4j"), [(99, *BAD)], CLOSED),
    ("the hundredth is enough", preset("resilience4j"), [(100, *BAD)], OPEN),
    ("50 % of 100 trip", preset("resilience4j"), [(50, *BAD), (50, *GOOD)], OPEN),
    ("49 % do not", preset("resilience4j"), [(49, *BAD), (51, *GOOD)], CLOSED),
    ("only the last 100 count", preset("resilience4j"), [(51, *GOOD), (49, *BAD), (1, *BAD)], OPEN),
    ("all slower than 60 s trip", preset("resilience4j"), [(100, True, 60_001)], OPEN),
    ("60 s is not slower than 60 s", preset("resilience4j"), [(100, True, 60_000)], CLOSED),
    ("99 % slow are not 100 %", preset("resilience4j"), [(99, True, 60_001), (1, *GOOD)], CLOSED),
    ("a window of 10 needs 10 calls, not 100", preset("resilience4j", size=10), [(10, *BAD)], OPEN),
    ("four calls are too few", preset("sentinel-java", open_ms=1, failure_percent=40), [(4, *BAD)], CLOSED),
    ("40 % are not above 40 %", preset("sentinel-java", open_ms=1, failure_percent=40), [(3, *GOOD), (2, *BAD)], CLOSED),
    ("60 % are", preset("sentinel-java", open_ms=1, failure_percent=40), [(2, *GOOD), (3, *BAD)], OPEN),
    ("100 % trips at 100 %", preset("sentinel-java", open_ms=1, failure_percent=100), [(5, *BAD)], OPEN),
    ("four of five are not 100 %", preset("sentinel-java", open_ms=1, failure_percent=100), [(4, *BAD), (1, *GOOD)], CLOSED),
    ("all five slow", preset("sentinel-java", open_ms=1, slow_ms=200), [(5, True, 201)], OPEN),
    ("200 ms is not slower than 200 ms", preset("sentinel-java", open_ms=1, slow_ms=200), [(5, True, 200)], CLOSED),
    (
        "above half slow",
        preset("sentinel-java", open_ms=1, slow_ms=200, slow_percent=50),
        [(2, *GOOD), (3, True, 201)],
        OPEN,
    ),
    ("19 calls are too few", preset("hystrix"), [(19, *BAD)], CLOSED),
    ("10 of 20 trip", preset("hystrix"), [(10, *BAD), (10, *GOOD)], OPEN),
    ("9 of 20 do not", preset("hystrix"), [(9, *BAD), (11, *GOOD)], CLOSED),
]


@pytest.mark.parametrize(("says", "rule", "groups", "state"), TRIPS)
def test_trips_exactly_there(says: str, rule: Breaker, groups: list[tuple[int, bool, int]], state: int) -> None:
    assert tell(rule, Memory(), *groups).state == state, says


@pytest.mark.parametrize(
    ("says", "rule", "good", "bad", "took", "state"),
    [
        ("resilience4j waits for all ten", preset("resilience4j"), 9, 0, 0, HALF_OPEN),
        ("ten good ones close it", preset("resilience4j"), 10, 0, 0, CLOSED),
        ("four of ten may fail", preset("resilience4j"), 6, 4, 0, CLOSED),
        ("five of ten may not", preset("resilience4j"), 5, 5, 0, OPEN),
        ("ten slow ones open it again", preset("resilience4j"), 10, 0, 60_001, OPEN),
        ("sentinel: one good probe closes it", preset("sentinel-java", open_ms=1, failure_percent=40), 1, 0, 0, CLOSED),
        ("sentinel: one bad probe opens it", preset("sentinel-java", open_ms=1, failure_percent=40), 0, 1, 0, OPEN),
        ("sentinel: one slow probe opens it", preset("sentinel-java", open_ms=1, slow_ms=200), 1, 0, 201, OPEN),
        ("hystrix: one good trial", preset("hystrix"), 1, 0, 0, CLOSED),
        ("hystrix: one bad trial", preset("hystrix"), 0, 1, 0, OPEN),
    ],
)
def test_probes_decide(says: str, rule: Breaker, good: int, bad: int, took: int, state: int) -> None:
    assert probed(rule, good, bad, took) == state, says


@pytest.mark.parametrize(
    ("name", "said", "opens_for"),
    [("resilience4j", {}, 60 * SECOND), ("sentinel-java", {"open_ms": 7}, 7), ("hystrix", {}, 5 * SECOND)],
)
def test_these_open_for_the_same_time_every_time(name: str, said: dict[str, int], opens_for: int) -> None:
    rule = preset(name, **said)
    memory = Memory()
    for _ in range(3):
        memory = change(rule, memory, "trip", NOW)
        assert memory.until == NOW + opens_for
        memory = look(rule, memory, NOW + opens_for)


def test_sentinels_one_bucket_misses_errors_split_by_its_edge() -> None:
    """Sentinel #2191: nine errors in two milliseconds pass unseen; ten buckets of 100 ms see them."""
    tumbling = preset("sentinel-java", open_ms=1, failure_percent=40)
    rolling = replace(tumbling, window="rolling", buckets=10)
    for rule, state in ((tumbling, CLOSED), (rolling, OPEN)):
        before_the_edge = tell(rule, Memory(), (4, *BAD), at=NOW + 999)
        assert before_the_edge.state == CLOSED
        assert tell(rule, before_the_edge, (4, *BAD), at=NOW + 1_000).state == state


@pytest.mark.parametrize(("first", "then", "state"), [(0, 9_999, OPEN), (0, 10_000, CLOSED), (1_000, 10_999, OPEN)])
def test_hystrix_forgets_a_second_after_ten(first: int, then: int, state: int) -> None:
    rule = preset("hystrix")
    memory = tell(rule, Memory(), (19, *BAD), at=NOW + first)
    assert tell(rule, memory, (1, *BAD), at=NOW + then).state == state


FUSE = preset("platform-fuse")


def excess(memory: Memory, at: int) -> Memory:
    """An excess trips the fuse."""
    return change(FUSE, look(FUSE, memory, at), "trip", at)


def probe(memory: Memory, at: int, times: int = 5) -> Memory:
    """So many calls pass."""
    for _ in range(times):
        memory, waits = admit(FUSE, memory, at)
        assert waits == 0
    return memory


def test_the_platform_fuse_opens_for_a_minute_and_closes_after_five_probes() -> None:
    """S02, and the assumption that fills its gap."""
    memory = excess(Memory(), NOW)
    assert admit(FUSE, memory, NOW + MINUTE - 1)[1] == 1
    memory = probe(memory, NOW + MINUTE, times=4)
    assert memory.state == HALF_OPEN
    memory = probe(memory, NOW + MINUTE, times=1)
    assert (memory.state, memory.closed_at) == (CLOSED, NOW + MINUTE)


def test_the_platform_fuse_doubles_up_to_a_quarter_of_an_hour() -> None:
    """S02: each excess soon after opens it for twice as long, 15 minutes at most."""
    memory, at, seen = Memory(), NOW, []
    for _ in range(7):
        memory = excess(memory, at)
        seen.append((memory.until - at) // MINUTE)
        at = memory.until
        memory = probe(memory, at)
    assert seen == [1, 2, 4, 8, 15, 15, 15]


def test_the_platform_fuse_doubles_when_a_probe_meets_an_excess() -> None:
    """S02: half-open, any further excess opens it again, doubled."""
    memory = probe(excess(Memory(), NOW), NOW + MINUTE, times=2)
    memory = excess(memory, NOW + MINUTE)
    assert memory == Memory(OPEN, NOW + MINUTE, NOW + 3 * MINUTE, 2 * MINUTE)


@pytest.mark.parametrize(("later", "cooldown"), [(15 * MINUTE - 1, 2 * MINUTE), (15 * MINUTE, MINUTE)])
def test_the_platform_fuse_forgives_a_quarter_of_an_hour_after_it_closed(later: int, cooldown: int) -> None:
    """S02: a trip is soon after when it follows within 15 minutes of the closing."""
    closed = probe(excess(Memory(), NOW), NOW + MINUTE)
    assert excess(closed, NOW + MINUTE + later).cooldown == cooldown


def test_the_platform_fuse_pays_no_heed_to_outcomes_and_never_waits_for_them() -> None:
    memory = look(FUSE, excess(Memory(), NOW), NOW + MINUTE)
    for _ in range(20):
        memory, waits = admit(FUSE, memory, NOW + MINUTE)
        assert waits != NEVER
    assert tell(FUSE, memory, (100, *BAD), at=NOW + MINUTE).state == CLOSED


def test_a_preset_sets_fields_that_a_breaker_has() -> None:
    for name, fields in PRESETS.items():
        assert Breaker(**{"id": name, "open_ms": 1, **fields}).id == name
