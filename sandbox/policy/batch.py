"""Many calls against one quota at once: the verdicts of the loop over its `take`, as numpy columns.

Law: pure, and never an answer of its own: whatever the algorithm, row by row it says what the loop from empty meters says. Fixed
windows are computed by columns (that is what it is for); all other algorithms run the loop.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .model import NEVER, Cell, Quota
from .windows import ALGORITHMS

Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """One row for each call, in the order given: allowed, the wait in ms (`NEVER`: none is enough), units left afterwards."""

    allowed: NDArray[np.bool_]
    retry_after: Numbers
    remaining: Numbers


def judge_many(rule: Quota, keys: Numbers, times: Numbers, cost: int = 1) -> Batch:
    """Judge call i of subject `keys[i]` at `times[i]` (ms, 0 or more), each of `cost` units, from empty meters.

    Both are one-dimensional, of one length, and sorted by key, then by time: `order = np.lexsort((times, keys))` sorts them. Of
    the rule, the figures count; scope, condition, weight and shadow are the caller's to have applied. Raises ValueError
    for columns that are not so, and for a cost below 0.
    """
    if cost < 0:
        raise ValueError(f"cost = {cost}: expected 0 or more")
    if keys.ndim != 1 or keys.shape != times.shape:
        raise ValueError(f"shapes {keys.shape} and {times.shape}: expected two columns of one length")
    if not _is_sorted(keys, times):
        raise ValueError("expected keys in ascending order and, within a key, times in ascending order from 0")
    return (_fixed if rule.algorithm == "fixed" else _loop)(rule, keys, times, cost)


def _is_sorted(keys: Numbers, times: Numbers) -> bool:
    later = (keys[1:] > keys[:-1]) | ((keys[1:] == keys[:-1]) & (times[1:] >= times[:-1]))
    return bool(later.all()) and bool((times >= 0).all())


def _fixed(rule: Quota, keys: Numbers, times: Numbers, cost: int) -> Batch:
    """A window lets through its first `limit // cost` calls, so a call's rank in its window decides."""
    shifted = times + rule.offset
    window = shifted // rule.window
    rank = _ranks(keys, window)
    room = rule.limit // cost if cost else len(keys)
    allowed = rank < room
    remaining = rule.limit - np.minimum(rank + 1, room) * cost
    wait = (window + 1) * rule.window - shifted if cost <= rule.limit else np.int64(NEVER)
    return Batch(allowed, np.where(allowed, np.int64(0), wait), remaining)


def _ranks(keys: Numbers, window: Numbers) -> Numbers:
    """How many calls of the same key and window come before each."""
    first = np.ones(len(keys), np.bool_)
    first[1:] = (keys[1:] != keys[:-1]) | (window[1:] != window[:-1])
    starts = np.flatnonzero(first)
    return np.arange(len(keys)) - np.repeat(starts, np.diff(starts, append=len(keys)))


def _loop(rule: Quota, keys: Numbers, times: Numbers, cost: int) -> Batch:
    """The exact loop, at its speed."""
    take = ALGORITHMS[rule.algorithm](rule)
    waits, remaining = np.empty(len(keys), np.int64), np.empty(len(keys), np.int64)
    cell: Cell = ()
    before = None
    for row, (key, now) in enumerate(zip(keys.tolist(), times.tolist(), strict=True)):
        cell, waits[row], remaining[row], _ = take(cell if key == before else (), cost, now)
        before = key
    return Batch(waits == 0, waits, remaining)
