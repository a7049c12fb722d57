"""judge_many() gives the verdicts of the loop, whatever the algorithm, and refuses columns that it cannot judge."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.policy import NEVER, Cell, Quota
from sandbox.policy.batch import Batch, judge_many
from sandbox.policy.windows import ALGORITHMS

Calls = list[tuple[int, int]]
"""(key, ms)."""

QUOTAS = st.builds(
    Quota,
    id=st.just("q"),
    limit=st.integers(0, 6),
    window=st.integers(1, 40),
    algorithm=st.sampled_from(["fixed", *sorted(ALGORITHMS)]),
    burst=st.integers(0, 6),
    offset=st.integers(0, 60),
)


def judged(rule: Quota, calls: Calls, cost: int) -> list[tuple[bool, int, int]]:
    """The rows of the batch."""
    columns = np.array(calls, np.int64).reshape(-1, 2)
    batch = judge_many(rule, columns[:, 0], columns[:, 1], cost)
    return list(zip(batch.allowed.tolist(), batch.retry_after.tolist(), batch.remaining.tolist(), strict=True))


def looped(rule: Quota, calls: Calls, cost: int) -> list[tuple[bool, int, int]]:
    """The same by asking one after another."""
    take = ALGORITHMS[rule.algorithm](rule)
    cells: dict[int, Cell] = {}
    rows = []
    for key, now in calls:
        cells[key], wait, remaining, _ = take(cells.get(key, ()), cost, now)
        rows.append((not wait, wait, remaining))
    return rows


@given(QUOTAS, st.lists(st.tuples(st.integers(-2, 3), st.integers(0, 150))).map(sorted), st.integers(0, 4))
def test_a_batch_is_the_loop(rule: Quota, calls: Calls, cost: int) -> None:
    assert judged(rule, calls, cost) == looped(rule, calls, cost)


def test_two_keys_over_three_windows() -> None:
    calls = [(1, 0), (1, 5), (1, 9), (1, 10), (7, 9), (7, 29)]
    assert judged(Quota("q", 2, 10), calls, 1) == [
        (True, 0, 1),
        (True, 0, 0),
        (False, 1, 0),
        (True, 0, 1),
        (True, 0, 1),
        (True, 0, 1),
    ]


def test_a_cost_above_the_limit_never_fits() -> None:
    assert judged(Quota("q", 2, 10), [(1, 0), (1, 1)], 3) == [(False, NEVER, 2)] * 2


def test_times_of_today_over_many_keys() -> None:
    rng = np.random.default_rng(7)
    keys = np.sort(rng.integers(0, 50, 3_000))
    times = 1_700_000_000_000 + rng.integers(0, 200_000, 3_000)
    times = times[np.lexsort((times, keys))]
    calls = list(zip(keys.tolist(), times.tolist(), strict=True))
    rule = Quota("q", 5, 60_000, offset=1_234)
    assert judged(rule, calls, 1) == looped(rule, calls, 1)


def columns(*rows: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    both = np.array(rows, np.int64)
    return both[:, 0], both[:, 1]


@pytest.mark.parametrize("algorithm", ["fixed", "sliding"])
@pytest.mark.parametrize(
    ("says", "keys", "times", "cost", "complaint"),
    [
        ("keys out of order", *columns((2, 0), (1, 0)), 1, "ascending"),
        ("times out of order within a key", *columns((1, 5), (1, 4)), 1, "ascending"),
        ("a time before time began", *columns((1, -1), (1, 4)), 1, "from 0"),
        ("columns of two lengths", np.arange(3), np.arange(2), 1, r"shapes \(3,\) and \(2,\)"),
        ("tables", np.zeros((2, 2), np.int64), np.zeros((2, 2), np.int64), 1, "two columns"),
        ("a cost that gives back", *columns((1, 1)), -1, "cost = -1"),
    ],
)
def test_refused(algorithm: str, says: str, keys: np.ndarray, times: np.ndarray, cost: int, complaint: str) -> None:
    assert says
    with pytest.raises(ValueError, match=complaint):
        judge_many(Quota("q", 1, 10, algorithm), keys, times, cost)


@pytest.mark.parametrize("algorithm", ["fixed", "bucket"])
def test_no_calls_no_rows(algorithm: str) -> None:
    nothing = np.array([], np.int64)
    batch: Batch = judge_many(Quota("q", 1, 10, algorithm), nothing, nothing)
    assert [len(column) for column in (batch.allowed, batch.retry_after, batch.remaining)] == [0, 0, 0]
