"""Six ways to count units in time. Each turns a quota into its `take(cell, cost, now) -> (cell, wait, remaining, reset)`.

Law: whole numbers only, no clock, no state. `wait` is 0 when the cost fits, and `cell` is then the meter after it; else `wait`
is the exact number of milliseconds until the same cost would fit with nothing in between (`NEVER` when none would do), and
`cell` is unchanged. `remaining` is what is left, `reset` the exact time until nothing is used any more. A clock set back frees
nothing: what was taken later than `now` still counts, and `wait` and `reset` are longer by so much. Costs and times
are 0 or more.

Worst case admitted in *any* span of one window, for limit L: fixed and counter 2L, anchored 2L - 1, bucket burst + L - 1,
sliding L, and concurrent L as long as no call finishes.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping
from typing import Final

from .model import NEVER, Cell, Quota

Taken = tuple[Cell, int, int, int]
Take = Callable[[Cell, int, int], Taken]


UNUSED: Final[Cell] = (0, 0)
"""A window that ended long ago, with nothing used."""


def fixed(quota: Quota) -> Take:
    """Whole windows aligned to the clock, shifted by `offset`. Cell: (end, used)."""
    limit, window, offset = quota.limit, quota.window, quota.offset

    def take(cell: Cell, cost: int, now: int) -> Taken:
        end, used = cell or UNUSED
        reset = end - now
        if reset <= 0:
            reset = window - (now + offset) % window
            end, used = now + reset, 0
        if used + cost <= limit:
            return (end, used + cost), 0, limit - used - cost, reset if used + cost else 0
        return _full(cell, cost, limit, used, reset)

    return take


def anchored(quota: Quota) -> Take:
    """A window that starts with the first unit taken after the last one ended. Cell: (end, used)."""
    limit, window = quota.limit, quota.window

    def take(cell: Cell, cost: int, now: int) -> Taken:
        end, used = cell or UNUSED
        if now >= end:
            end, used = now + window, 0
        if used + cost <= limit:
            after = (end, used + cost) if cost else cell
            return after, 0, limit - used - cost, end - now if used + cost else 0
        return _full(cell, cost, limit, used, end - now)

    return take


def _full(cell: Cell, cost: int, limit: int, used: int, reset: int) -> Taken:
    return cell, (reset if cost <= limit else NEVER), max(limit - used, 0), (reset if used else 0)


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
        return cell, wait, max(left, 0), (live[-1] + window - now if live else 0)

    return take


def counter(quota: Quota) -> Take:
    """Two aligned windows, the earlier one weighted by how much of it is in sight. Cell: (start, current, previous)."""
    limit, window, offset = quota.limit, quota.window, quota.offset

    def take(cell: Cell, cost: int, now: int) -> Taken:
        start = now - (now + offset) % window
        current = previous = late = 0
        if cell:
            if cell[0] > start:
                start, late = cell[0], cell[0] - now
            if cell[0] == start:
                current, previous = cell[1], cell[2]
            elif cell[0] == start - window:
                previous = cell[1]
        elapsed = now + late - start
        used = current + previous * (window - elapsed) // window
        if used + cost <= limit:
            current += cost
            reset = late + _fade(window, 0, current, previous, elapsed) if used + cost else 0
            return (start, current, previous), 0, limit - used - cost, reset
        wait = late + _fade(window, limit - cost, current, previous, elapsed) if cost <= limit else NEVER
        return cell, wait, max(limit - used, 0), late + _fade(window, 0, current, previous, elapsed) if used else 0

    return take


def _fade(window: int, room: int, current: int, previous: int, elapsed: int) -> int:
    """Milliseconds until no more than `room` is in use: floor(current + previous x what is left of the window / window)."""
    if current <= room:
        return window - ((room - current + 1) * window - 1) // previous - elapsed
    return 2 * window - elapsed - ((room + 1) * window - 1) // current


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
    """Calls in flight; one that does not finish within `window` is taken for dead. Cell: start times, ascending.

    A start time is what `release` knows a call by, so a call that begins while the clock is set back dies by that clock.
    """
    limit, window = quota.limit, quota.window

    def take(cell: Cell, cost: int, now: int) -> Taken:
        live = cell[bisect_right(cell, now - window) :]
        left = limit - len(live)
        if cost <= left:
            at = bisect_right(live, now)
            live = live[:at] + (now,) * cost + live[at:]
            return live, 0, left - cost, (live[-1] + window - now if live else 0)
        wait = live[cost - left - 1] + window - now if cost <= limit else NEVER
        return cell, wait, max(left, 0), (live[-1] + window - now if live else 0)

    return take


def release(cell: Cell, started: int, units: int = 1) -> Cell:
    """The concurrency cell without up to `units` that started then."""
    first, end = bisect_left(cell, started), bisect_right(cell, started)
    return cell[: max(first, end - units)] + cell[end:]


ALGORITHMS: Final[Mapping[str, Callable[[Quota], Take]]] = {
    "fixed": fixed,
    "anchored": anchored,
    "sliding": sliding,
    "counter": counter,
    "bucket": bucket,
    "concurrent": concurrent,
}
"""How a quota's `algorithm` counts."""
