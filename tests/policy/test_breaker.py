"""The breaker: its table of transitions pair by pair, how it counts, when it trips, how it comes back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.policy import NEVER, Breaker
from sandbox.policy.breaker import (
    CLOSED,
    DISABLED,
    FORCED_OPEN,
    HALF_OPEN,
    METRICS_ONLY,
    OPEN,
    STATES,
    Memory,
    admit,
    change,
    look,
    read,
    record,
    tally,
    wait,
    write,
)

SECOND = 1_000
MINUTE = 60_000
NOW = 1_700_000_000_000
COUNTING = Breaker("b", MINUTE, size=4, min_calls=2, failure_percent=50, probes=2)
TIMED = Breaker("b", MINUTE, window="rolling", size=1_000, buckets=10, min_calls=2, failure_percent=50)

TABLE = """
              trip  cooled     passed  stale  force_open   disable   metrics_only  reset
closed        open  -          -       -      forced_open  disabled  metrics_only  closed
open          -     half_open  -       -      forced_open  disabled  metrics_only  closed
half_open     open  -          closed  open   forced_open  disabled  metrics_only  closed
forced_open   -     -          -       -      forced_open  disabled  metrics_only  closed
disabled      -     -          -       -      forced_open  disabled  metrics_only  closed
metrics_only  -     -          -       -      forced_open  disabled  metrics_only  closed
"""
"""What must happen in each state on each event; a dash changes nothing."""

EVENTS, *STATE_ROWS = (line.split() for line in TABLE.strip().splitlines())
PAIRS = [(state, event, to) for state, *cells in STATE_ROWS for event, to in zip(EVENTS, cells, strict=True)]


@pytest.mark.parametrize(("state", "event", "to"), PAIRS)
def test_transition(state: str, event: str, to: str) -> None:
    before = Memory(STATES.index(state), NOW - 5, NOW + 5, MINUTE, NOW - 9, 1, (3, 1, 0))
    after = change(COUNTING, before, event, NOW)
    if to == "-":
        assert after is before
    else:
        assert (STATES[after.state], after.since, after.permits, after.outcomes) == (to, NOW, 0, ())


def test_the_table_names_every_state() -> None:
    assert [state for state, *_ in STATE_ROWS] == list(STATES)


def test_an_empty_cell_is_a_closed_breaker_that_saw_nothing() -> None:
    assert read(()) == Memory(CLOSED)
    assert read(write(Memory(OPEN, 1, 2, 3, 4, 5, (6, 7, 8)))) == Memory(OPEN, 1, 2, 3, 4, 5, (6, 7, 8))


@pytest.mark.parametrize(
    ("says", "memory", "waits"),
    [
        ("closed lets through", Memory(CLOSED), 0),
        ("disabled lets through", Memory(DISABLED), 0),
        ("metrics-only lets through", Memory(METRICS_ONLY), 0),
        ("open until its time", Memory(OPEN, NOW, NOW + 7), 7),
        ("forced open for ever", Memory(FORCED_OPEN), NEVER),
        ("half-open with a probe left", Memory(HALF_OPEN, NOW, 0, MINUTE, -1, 1), 0),
        ("half-open without one waits for their outcomes, for ever", Memory(HALF_OPEN, NOW, 0, MINUTE, -1, 2), NEVER),
    ],
)
def test_wait(says: str, memory: Memory, waits: int) -> None:
    assert wait(COUNTING, memory, NOW) == waits, says
    assert admit(COUNTING, memory, NOW)[1] == waits, says


def test_an_open_breaker_turns_half_open_when_somebody_looks_late_enough() -> None:
    memory = Memory(OPEN, NOW, NOW + MINUTE, MINUTE)
    assert look(COUNTING, memory, NOW + MINUTE - 1) is memory
    assert look(COUNTING, memory, NOW + MINUTE) == Memory(HALF_OPEN, NOW + MINUTE, 0, MINUTE)


def outcomes(rule: Breaker, memory: Memory, marks: str, at: int = NOW, step: int = 0) -> Memory:
    """Tell one outcome for each mark: `.` good, `x` failed, `s` slow (a millisecond over), `=` exactly as slow as allowed."""
    for mark in marks:
        took = rule.slow_ms + (mark == "s") if mark in "s=" else 0
        memory = record(rule, memory, ok=mark != "x", took=took, started=at, now=at)
        at += step
    return memory


@pytest.mark.parametrize(
    ("says", "changes", "marks", "state"),
    [
        ("at the threshold it trips", {}, ".x", OPEN),
        ("below it stays", {}, "..x", CLOSED),
        ("too few calls say nothing", {"min_calls": 3}, "xx", CLOSED),
        ("enough calls", {"min_calls": 3}, "xxx", OPEN),
        ("a window that holds fewer calls than must be known judges when it is full", {"min_calls": 9}, "xxxx", OPEN),
        ("and not before", {"min_calls": 9}, "xxx", CLOSED),
        ("old outcomes leave the window", {"min_calls": 4}, "x...x..", CLOSED),
        ("new ones fill it", {"min_calls": 4}, "x...xx", OPEN),
        ("strict: at the threshold it stays", {"strict": True}, ".x", CLOSED),
        ("strict: above it trips", {"strict": True}, ".xx", OPEN),
        ("strict at 100 %: all failed is enough", {"strict": True, "failure_percent": 100}, "xx", OPEN),
        ("no threshold, no trip", {"failure_percent": 0}, "xxxx", CLOSED),
        ("exactly as slow as allowed is not slow", {"slow_ms": 50, "slow_percent": 50}, "====", CLOSED),
        ("a millisecond slower is", {"slow_ms": 50, "slow_percent": 50}, ".s", OPEN),
        ("slow calls and failures are not added up", {"slow_ms": 50, "slow_percent": 50}, "..xs", CLOSED),
        ("slow calls count only where a limit for them is set", {"slow_percent": 1}, "ss", CLOSED),
    ],
)
def test_trips(says: str, changes: dict[str, int], marks: str, state: int) -> None:
    assert outcomes(replace(COUNTING, **changes), Memory(), marks).state == state, says


@pytest.mark.parametrize(
    ("says", "window", "moments", "counted"),
    [
        ("rolling: the bucket of 0 to 99 is in sight until 999", "rolling", (0, 99, 999), 3),
        ("and out of sight at 1000, all of it", "rolling", (0, 99, 1_000), 1),
        ("the next bucket stays", "rolling", (0, 100, 1_000), 2),
        ("after a silence nothing is left", "rolling", (0, 500, 5_000), 1),
        ("tumbling: everything up to the edge", "tumbling", (0, 999), 2),
        ("and nothing of it after the edge", "tumbling", (0, 999, 1_000), 1),
        ("an outcome told late counts in the newest bucket", "rolling", (1_000, 999), 2),
        ("and does not stay longer than that", "rolling", (1_000, 0, 2_000), 1),
        ("late ones and timely ones in turn need no memory of their own", "tumbling", (1_000, 0, 1_001, 1, 1_002), 5),
    ],
)
def test_time_windows(says: str, window: str, moments: tuple[int, ...], counted: int) -> None:
    rule, memory = replace(TIMED, window=window, min_calls=99), Memory()
    for at in moments:
        memory = record(rule, memory, ok=False, took=0, started=NOW, now=NOW + at)
    assert tally(rule, memory.outcomes, max(NOW + at for at in moments)) == (counted, counted, 0), says
    assert len(memory.outcomes) <= (40 if window == "rolling" else 4), "and no bucket is there twice"


def test_outcomes_of_calls_from_before_the_state_began_are_stale() -> None:
    memory = look(COUNTING, Memory(OPEN, NOW, NOW + 10, 10), NOW + 10)
    assert record(COUNTING, memory, ok=False, took=99, started=NOW + 9, now=NOW + 12) == memory
    assert record(COUNTING, memory, ok=False, took=9, started=NOW + 10, now=NOW + 12).outcomes == (1, 1, 0)


@pytest.mark.parametrize("state", [OPEN, FORCED_OPEN, DISABLED])
def test_these_states_remember_no_outcomes(state: int) -> None:
    memory = Memory(state, NOW, NOW + MINUTE)
    assert outcomes(COUNTING, memory, "xxxx") == memory


def test_metrics_only_counts_and_never_trips() -> None:
    memory = outcomes(COUNTING, change(COUNTING, Memory(), "metrics_only", NOW), "xxxx")
    assert (memory.state, tally(COUNTING, memory.outcomes, NOW)) == (METRICS_ONLY, (4, 4, 0))


@pytest.mark.parametrize(
    ("says", "marks", "state"),
    [
        ("one of two probes back: nothing is known yet", "x", HALF_OPEN),
        ("both good", "..", CLOSED),
        ("half of them failed: that is the threshold", ".x", OPEN),
        ("both failed", "xx", OPEN),
    ],
)
def test_probes_are_judged_together(says: str, marks: str, state: int) -> None:
    memory = look(COUNTING, Memory(OPEN, NOW - MINUTE, NOW, MINUTE), NOW)
    memory, first = admit(COUNTING, memory, NOW)
    memory, second = admit(COUNTING, memory, NOW)
    blocked, third = admit(COUNTING, memory, NOW)
    assert (first, second, third) == (0, 0, NEVER)
    assert blocked == memory
    assert outcomes(COUNTING, memory, marks).state == state, says


def test_the_first_outcomes_after_closing_are_not_the_probes() -> None:
    memory = outcomes(COUNTING, Memory(HALF_OPEN, NOW, 0, MINUTE, -1, 2), "..")
    assert (memory.state, memory.closed_at, memory.outcomes) == (CLOSED, NOW, ())


def test_probes_that_never_report_open_the_breaker_again() -> None:
    """A half-open breaker whose probes are lost is no dead end: it says how long to wait, and means it."""
    rule = replace(COUNTING, half_open_ms=10 * SECOND, backoff=2)
    memory = Memory(OPEN, NOW - MINUTE, NOW, MINUTE)
    for _ in range(2):
        memory, waits = admit(rule, memory, NOW)
        assert waits == 0
    assert admit(rule, memory, NOW)[1] == (10 + 120) * SECOND, "ten seconds for the probes, then twice as long open"
    stale = look(rule, memory, NOW + 10 * SECOND)
    assert stale == Memory(OPEN, NOW + 10 * SECOND, NOW + 130 * SECOND, 120 * SECOND)
    assert admit(rule, memory, NOW + 130 * SECOND - 1)[1] == 1
    assert admit(rule, memory, NOW + 130 * SECOND)[1] == 0


def test_it_takes_any_time_before_somebody_looks() -> None:
    rule = replace(COUNTING, half_open_ms=10 * SECOND)
    memory = look(rule, Memory(HALF_OPEN, NOW, NOW + 10 * SECOND, MINUTE, -1, 2), NOW + 99 * MINUTE)
    assert memory == Memory(HALF_OPEN, NOW + 99 * MINUTE, NOW + 99 * MINUTE + 10 * SECOND, MINUTE)


def test_reset_forgets_the_back_off() -> None:
    memory = Memory(OPEN, NOW, NOW + MINUTE, 8 * MINUTE, NOW - 1, 0, ())
    assert change(COUNTING, memory, "reset", NOW) == Memory(CLOSED, NOW)


@pytest.mark.parametrize("field", ["open_ms", "probes", "backoff", "buckets"])
def test_a_breaker_that_could_never_come_back_is_no_breaker(field: str) -> None:
    with pytest.raises(ValueError, match=f"b: {field} = 0: expected"):
        replace(COUNTING, **{field: 0})


RULES = st.builds(
    Breaker,
    id=st.just("b"),
    open_ms=st.integers(1, 20),
    trip_on=st.sampled_from(["excess", "outcomes"]),
    window=st.sampled_from(["count", "rolling", "tumbling"]),
    size=st.integers(4, 12),
    buckets=st.integers(1, 4),
    min_calls=st.integers(0, 6),
    failure_percent=st.integers(1, 100),
    slow_ms=st.integers(0, 3),
    slow_percent=st.integers(0, 100),
    strict=st.booleans(),
    backoff=st.integers(1, 3),
    max_open_ms=st.integers(0, 50),
    forgive_ms=st.integers(0, 50),
    probes=st.integers(1, 3),
    half_open_ms=st.integers(0, 10),
)
DEEDS = st.lists(st.tuples(st.integers(-5, 25), st.sampled_from(["admit", "trip", "good", "failed", "slow"])), max_size=30)


@given(RULES, DEEDS)
def test_a_breaker_is_never_stuck(rule: Breaker, deeds: list[tuple[int, str]]) -> None:
    """Whatever happens, it says how long to wait; that is enough, and a millisecond less is not."""
    memory, now = Memory(), 1_000
    for passed, deed in deeds:
        now += passed
        if deed == "admit":
            memory, _ = admit(rule, memory, now)
        elif deed == "trip":
            memory = change(rule, look(rule, memory, now), "trip", now)
        else:
            memory = record(rule, memory, ok=deed != "failed", took=4 * (deed == "slow"), started=now, now=now)
    waits = admit(rule, memory, now)[1]
    if waits == NEVER:
        assert (memory.state, memory.until, rule.half_open_ms) == (HALF_OPEN, 0, 0), "only the probes' outcomes are awaited"
        assert rule.trip_on == "outcomes"
    elif waits:
        assert admit(rule, memory, now + waits)[1] == 0
        assert admit(rule, memory, now + waits - 1)[1] == 1
