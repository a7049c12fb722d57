"""Virtual time as a straight line: no drift, no rounding that could make a player early."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from loadtests.timeline import Timeline

START = 1_794_398_400_000
RATES = st.floats(0.1, 1_000)
OFFSETS = st.integers(0, 30 * 86_400_000)


@given(rate=RATES, begun=st.integers(0, 10**15), offset=OFFSETS)
def test_when_it_is_due_it_is_that_time(rate: float, begun: int, offset: int) -> None:
    line = Timeline(START, begun, rate)
    due = line.due(START + offset)
    assert line.at(due) == START + offset
    assert offset == 0 or line.at(due - 2 - int(2 / rate)) < START + offset


@given(rate=RATES, first=OFFSETS, second=OFFSETS)
def test_time_never_goes_back(rate: float, first: int, second: int) -> None:
    line = Timeline(START, 0, rate)
    earlier, later = sorted((first, second))
    assert line.due(START + earlier) <= line.due(START + later)
    assert line.at(earlier) <= line.at(later)


@given(rate=RATES, waits=st.lists(st.integers(0, 100_000), max_size=20))
def test_waiting_ends_when_it_is_time_and_not_before(rate: float, waits: list[int]) -> None:
    now = [0]

    def sleep(seconds: float) -> None:
        now[0] += int(seconds * 1e9 * 0.9) + 1  # wakes early, as timers may

    line = Timeline(START, 0, rate, lambda: now[0], sleep)
    due = START
    for ms in waits:
        due += ms
        line.until(due)
        assert line.now() >= due
