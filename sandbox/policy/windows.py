"""Six ways to count units in time. Each turns a quota into its `take(cell, cost, now) -> (cell, wait, remaining, reset)`.

Law: whole numbers only, no clock, no state. `wait` is 0 when the cost fits, and `cell` is then the meter after it; else `wait`
is the exact number of milliseconds until the same cost would fit with nothing in between (`NEVER` when none would do), and
`cell` is unchanged. `remaining` is what is left, `reset` the time until the meter is full again. Time that goes
back is read as the latest time the meter has seen: a clock set back frees nothing.

Worst case admitted in *any* span of one window, for limit L: fixed and anchored 2L - 1, counter just under 2L,
bucket L + burst, sliding and concurrent exactly L.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Callable, Mapping
from typing import Final

from .model import NEVER, Cell, Quota

Taken = tuple[Cell, int, int, int]
Take = Callable[[Cell, int, int], Taken]


def fixed(quota: Quota) -> Take:
    """Whole windows aligned to the clock, shifted by `offset`. Cell: (start, used)."""
    limit, window, offset = quota.limit, quota.window, quota.offset

    def take(cell: Cell, cost: int, now: int) -> Taken:
        start = now - (now + offset) % window
        used = 0
        if cell and cell[0] >= start:
            start, used = cell
        left = limit - used - cost
        if left >= 0:
            return (start, used + cost), 0, left, start + window - now
        return _full(cell, cost, limit, used, start + window - now)

    return take


def anchored(quota: Quota) -> Take:
    """A window that starts with the first call after the last one ended. Cell: (start, used)."""
    limit, window = quota.limit, quota.window

    def take(cell: Cell, cost: int, now: int) -> Taken:
        start, used = cell if cell and now < cell[0] + window else (now, 0)
        left = limit - used - cost
        if left >= 0:
            return (start, used + cost), 0, left, start + window - now
        return _full(cell, cost, limit, used, start + window - now)

    return take


def _full(cell: Cell, cost: int, limit: int, used: int, ends: int) -> Taken:
    return cell, (ends if cost <= limit else NEVER), limit - used, (ends if used else 0)


def sliding(quota: Quota) -> Take:
    """The exact log of the last `limit` units; a unit at t counts in [t, t + window). Cell: times, ascending."""
    limit, window = quota.limit, quota.window

    def take(cell: Cell, cost: int, now: int) -> Taken:
        late = max(0, cell[-1] - now) if cell else 0
        seen = now + late
        live = cell[bisect_right(cell, seen - window) :]
        left = limit - len(live)
        if cost <= left:
            live += (seen,) * cost
            return live, 0, left - cost, (live[-1] + window - now if live else 0)
        wait = live[cost - left - 1] + window - now if cost <= limit else NEVER
        return cell, wait, left, (live[-1] + window - now if live else 0)

    return take


def counter(quota: Quota) -> Take:
    """Two aligned windows, the earlier one weighted by how much of it is in sight. Cell: (start, current, previous)."""
    limit, window, offset = quota.limit, quota.window, quota.offset

    def take(cell: Cell, cost: int, now: int) -> Taken:
        start = now - (now + offset) % window
        current = previous = late = 0
        if cell:
            if cell[0] > start:
                start, late = cell[0], max(0, cell[0] - now)
            if cell[0] == start:
                current, previous = cell[1], cell[2]
            elif cell[0] == start - window:
                previous = cell[1]
        elapsed = now + late - start
        left = limit - current - previous * (window - elapsed) // window
        reset = late + (2 * window - elapsed if current else window - elapsed if previous else 0)
        if cost <= left:
            return (start, current + cost, previous), 0, left - cost, late + 2 * window - elapsed
        wait = _counter_wait(window, limit - cost, current, previous, elapsed)
        return cell, (wait + late if wait < NEVER else NEVER), max(left, 0), reset

    return take


def _counter_wait(window: int, room: int, current: int, previous: int, elapsed: int) -> int:
    """Milliseconds until floor(current + previous x what is left of the window / window) <= room."""
    if room < 0:
        return NEVER
    if current <= room:
        return window - ((room - current + 1) * window - 1) // previous - elapsed
    return window - elapsed + max(0, window - ((room + 1) * window - 1) // current)


def bucket(quota: Quota) -> Take:
    """Token bucket as GCRA: `limit` units flow in per window, at most `burst` wait. Cell: (when empty,), time x limit.

    Time is multiplied by `limit`, so that one unit is exactly `window` and nothing is ever rounded.
    """
    limit, window = quota.limit, quota.window
    burst = quota.burst or limit
    size = burst * window

    def take(cell: Cell, cost: int, now: int) -> Taken:
        if not limit:
            return cell, NEVER if cost else 0, 0, 0
        scaled = now * limit
        empty_at = cell[0] if cell and cell[0] > scaled else scaled
        after = empty_at + cost * window
        if after - size <= scaled:
            return (after,), 0, (scaled + size - after) // window, -((scaled - after) // limit)
        wait = -((scaled + size - after) // limit) if cost <= burst else NEVER
        return cell, wait, max((scaled + size - empty_at) // window, 0), -((scaled - empty_at) // limit)

    return take


def concurrent(quota: Quota) -> Take:
    """Calls in flight; one that does not finish within `window` is taken for dead. Cell: start times, ascending."""
    limit, window = quota.limit, quota.window

    def take(cell: Cell, cost: int, now: int) -> Taken:
        live = cell[bisect_right(cell, now - window) :]
        left = limit - len(live)
        if cost <= left:
            merged = list(live)
            for _ in range(cost):
                insort(merged, now)
            return tuple(merged), 0, left - cost, (merged[-1] + window - now if merged else 0)
        wait = live[cost - left - 1] + window - now if cost <= limit else NEVER
        return cell, wait, left, (live[-1] + window - now if live else 0)

    return take


def release(cell: Cell, started: int) -> Cell:
    """The concurrency cell without one call that started then; unchanged when there is none."""
    at = bisect_right(cell, started)
    return cell[: at - 1] + cell[at:] if at and cell[at - 1] == started else cell


ALGORITHMS: Final[Mapping[str, Callable[[Quota], Take]]] = {
    "fixed": fixed,
    "anchored": anchored,
    "sliding": sliding,
    "counter": counter,
    "bucket": bucket,
    "concurrent": concurrent,
}
"""How a quota's `algorithm` counts."""
