"""What holds for every way of counting, whatever is asked and however time behaves: found out by random search.

Time may stand still, jump ahead or be set back. Sizes are small, so that every edge is met often.
"""

from __future__ import annotations

from itertools import accumulate

from hypothesis import assume, given
from hypothesis import strategies as st

from sandbox.policy import NEVER, Cell, Quota
from sandbox.policy.windows import ALGORITHMS, Take

START = 1_000
Steps = list[tuple[int, int]]
"""(ms since the step before, cost)."""

ALGORITHM = st.sampled_from(sorted(ALGORITHMS))
COST = st.integers(0, 9)
FORWARD = st.lists(st.tuples(st.integers(0, 40), COST), max_size=25)
ANY_TIME = st.lists(st.tuples(st.integers(-30, 40), COST), max_size=25)


@st.composite
def quotas(draw: st.DrawFn) -> Quota:
    return Quota(
        "q",
        limit=draw(st.integers(0, 8)),
        window=draw(st.integers(1, 50)),
        algorithm=draw(ALGORITHM),
        burst=draw(st.integers(0, 9)),
        offset=draw(st.integers(0, 60)),
    )


def counting(quota: Quota) -> Take:
    return ALGORITHMS[quota.algorithm](quota)


def size(quota: Quota) -> int:
    """The most units that fit at once."""
    if quota.algorithm != "bucket" or not quota.limit:
        return quota.limit
    return quota.burst or quota.limit


def bound(quota: Quota) -> int:
    """The most units let in during any span of one window, as the module's docstring says."""
    limit = quota.limit
    bounds = {
        "fixed": 2 * limit,
        "counter": 2 * limit,
        "anchored": max(2 * limit - 1, 0),
        "bucket": max(size(quota) + limit - 1, 0),
    }
    return bounds.get(quota.algorithm, limit)


def walk(quota: Quota, steps: Steps) -> tuple[Cell, int]:
    """The cell after the steps, and the time it is then."""
    take, cell, now = counting(quota), (), START
    for passed, cost in steps:
        now = max(0, now + passed)
        cell, _, _, _ = take(cell, cost, now)
    return cell, now


@given(quotas(), FORWARD)
def test_no_window_ever_lets_in_more_than_the_bound(quota: Quota, steps: Steps) -> None:
    take, cell = counting(quota), ()
    let_in = []
    for now, (_, cost) in zip(accumulate((passed for passed, _ in steps), initial=START), steps, strict=False):
        cell, wait, _, _ = take(cell, cost, now)
        let_in += [] if wait else [(now, cost)]
    for first, _ in let_in:
        assert sum(cost for at, cost in let_in if first <= at < first + quota.window) <= bound(quota)


@given(quotas(), st.lists(st.tuples(st.integers(-30, 40), st.integers(1, 9)), max_size=25))
def test_a_clock_set_back_frees_nothing(quota: Quota, steps: Steps) -> None:
    """Measured by the latest time at which anything was taken, the bound holds as if the clock had stood still."""
    assume(quota.algorithm != "concurrent")  # its docstring says why
    take, cell, now, latest = counting(quota), (), START, 0
    let_in = []
    for passed, cost in steps:
        now = max(0, now + passed)
        cell, wait, _, _ = take(cell, cost, now)
        if not wait:
            latest = max(latest, now)
            let_in.append((latest, cost))
    for first, _ in let_in:
        assert sum(cost for at, cost in let_in if first <= at < first + quota.window) <= bound(quota)


@given(quotas(), ANY_TIME, COST)
def test_waiting_exactly_so_long_is_enough_and_a_millisecond_less_is_not(quota: Quota, steps: Steps, cost: int) -> None:
    take = counting(quota)
    cell, now = walk(quota, steps)
    wait = take(cell, cost, now)[1]
    assert (wait == NEVER) == (cost > size(quota))
    if 0 < wait < NEVER:
        assert take(cell, cost, now + wait)[1] == 0
        assert take(cell, cost, now + wait - 1)[1] == 1


@given(quotas(), ANY_TIME, COST, st.integers(0, 200))
def test_the_wait_shrinks_as_time_passes(quota: Quota, steps: Steps, cost: int, later: int) -> None:
    take = counting(quota)
    cell, now = walk(quota, steps)
    wait = take(cell, cost, now)[1]
    assert take(cell, cost, now + later)[1] == (NEVER if wait == NEVER else max(0, wait - later))


@given(quotas(), ANY_TIME, COST)
def test_a_refusal_leaves_the_cell_as_it_was(quota: Quota, steps: Steps, cost: int) -> None:
    cell, now = walk(quota, steps)
    after, wait, _, _ = counting(quota)(cell, cost, now)
    assert not wait or after is cell


@given(quotas(), ANY_TIME, COST)
def test_what_remains_fits_and_one_more_does_not(quota: Quota, steps: Steps, cost: int) -> None:
    take = counting(quota)
    before, now = walk(quota, steps)
    cell, _, remaining, _ = take(before, cost, now)
    assert 0 <= remaining <= size(quota)
    assert take(cell, remaining + 1, now)[1] > 0
    if remaining:
        assert take(cell, remaining, now)[1] == 0


@given(quotas(), ANY_TIME, COST)
def test_after_the_reset_the_meter_is_full_and_not_a_millisecond_before(quota: Quota, steps: Steps, cost: int) -> None:
    take = counting(quota)
    before, now = walk(quota, steps)
    cell, _, remaining, reset = take(before, cost, now)
    assert take(cell, 0, now + reset)[2:] == (size(quota), 0)
    if reset:
        assert take(cell, 0, now + reset - 1)[3] == 1
        assert take(cell, 0, now + reset - 1)[2] < size(quota)
    else:
        assert remaining == size(quota)


@given(quotas(), ANY_TIME, st.integers(1, 9))
def test_asking_for_nothing_changes_no_answer(quota: Quota, steps: Steps, cost: int) -> None:
    """A cost of 0 tells what is left; it never makes room or takes any."""
    take = counting(quota)
    cell, now = walk(quota, steps)
    looked, _, _, _ = take(cell, 0, now)
    assert take(looked, cost, now)[1:] == take(cell, cost, now)[1:]
