"""The breaker (熔断): when calls are cut off and when they are let through again.

Law: every change of state is a row of `TRANSITIONS`; nothing else changes it. Time is an argument: an open breaker turns
half-open when somebody looks at it late enough, there is no timer. A cell is the plain tuple
`(state, since, until, cooldown, closed_at, permits, *outcomes)`:

    since      when the state began; outcomes of calls that started earlier are stale and ignored
    until      open: when probing may begin; half-open: when waiting for probes ends (0: never)
    cooldown   how long the last open lasted, the base of the back-off
    closed_at  when it last closed; a trip soon after (`forgive_ms`) lengthens the cool-down
    permits    probes let through so far
    outcomes   count window: (n, failure bits, slow bits); time windows: (start, n, failures, slow) per bucket
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from .model import NEVER, Breaker, Cell

CLOSED, OPEN, HALF_OPEN, FORCED_OPEN, DISABLED, METRICS_ONLY = range(6)

STATES: Final = ("closed", "open", "half_open", "forced_open", "disabled", "metrics_only")
"""State names by number; the numbers are Resilience4j's own order with metrics-only last."""

TRANSITIONS: Final[Mapping[tuple[int, str], int]] = {
    (CLOSED, "trip"): OPEN,
    (OPEN, "cooled"): HALF_OPEN,
    (HALF_OPEN, "trip"): OPEN,
    (HALF_OPEN, "passed"): CLOSED,
    (HALF_OPEN, "stale"): OPEN,
    **{(state, "force_open"): FORCED_OPEN for state in range(6)},
    **{(state, "disable"): DISABLED for state in range(6)},
    **{(state, "metrics_only"): METRICS_ONLY for state in range(6)},
    **{(state, "reset"): CLOSED for state in range(6)},
}
"""(state, event) -> state. A pair that is absent changes nothing."""

COMMANDS: Final = frozenset({"force_open", "disable", "metrics_only", "reset"})
"""Events that a hand gives; all others come from time, limits and outcomes."""


class Memory(NamedTuple):
    """A breaker's cell, read: see the module's docstring."""

    state: int = CLOSED
    since: int = 0
    until: int = 0
    cooldown: int = 0
    closed_at: int = -1
    permits: int = 0
    outcomes: Cell = ()


def read(cell: Cell) -> Memory:
    """The memory in a cell; an empty cell is a closed breaker that never saw anything."""
    if not cell:
        return Memory()
    state, since, until, cooldown, closed_at, permits, *outcomes = cell
    return Memory(state, since, until, cooldown, closed_at, permits, tuple(outcomes))


def write(memory: Memory) -> Cell:
    """The flat cell of a memory."""
    return (*memory[:6], *memory.outcomes)


def change(rule: Breaker, memory: Memory, event: str, now: int) -> Memory:
    """Take one step of the table; outcomes and permits start anew in the new state."""
    state = TRANSITIONS.get((memory.state, event))
    if state is None:
        return memory
    fresh = Memory(state, now, 0, memory.cooldown, memory.closed_at)
    if state == OPEN:
        cooldown = _cooldown(rule, memory, now)
        return fresh._replace(until=now + cooldown, cooldown=cooldown)
    if state == HALF_OPEN:
        return fresh._replace(until=now + rule.half_open_ms if rule.half_open_ms else 0)
    if state == CLOSED:
        return fresh._replace(closed_at=now) if event == "passed" else Memory(since=now)
    return fresh


def _cooldown(rule: Breaker, memory: Memory, now: int) -> int:
    """The base, or `backoff` x the last one when this trip follows too soon; never above the cap."""
    again = memory.state == HALF_OPEN or (memory.closed_at >= 0 and now - memory.closed_at < rule.forgive_ms)
    longer = memory.cooldown * rule.backoff if again and memory.cooldown else rule.open_ms
    return min(longer, rule.max_open_ms) if rule.max_open_ms else longer


def look(rule: Breaker, memory: Memory, now: int) -> Memory:
    """The memory as it is now: an open breaker whose time is over is half-open, a half-open one left alone is open."""
    if memory.state == OPEN and now >= memory.until:
        memory = change(rule, memory, "cooled", now)
    if memory.state == HALF_OPEN and memory.until and now >= memory.until:
        return look(rule, change(rule, memory, "stale", memory.until), now)
    return memory


def wait(rule: Breaker, memory: Memory, now: int) -> int:
    """How long a call must wait, given the memory as `look` gives it: 0 passes, `NEVER` when no waiting is enough."""
    if memory.state == OPEN:
        return memory.until - now
    if memory.state == FORCED_OPEN:
        return NEVER
    if memory.state != HALF_OPEN or memory.permits < rule.probes:
        return 0
    return change(rule, memory, "stale", memory.until).until - now if memory.until else NEVER


def admit(rule: Breaker, memory: Memory, now: int) -> tuple[Memory, int]:
    """May a call pass? The memory after it and 0, or the memory as it is now and the wait (see `wait`)."""
    memory = look(rule, memory, now)
    blocked = wait(rule, memory, now)
    if blocked or memory.state != HALF_OPEN:
        return memory, blocked
    memory = memory._replace(permits=memory.permits + 1)
    if rule.trip_on == "excess" and memory.permits == rule.probes:
        return change(rule, memory, "passed", now), 0
    return memory, 0


def record(rule: Breaker, memory: Memory, *, ok: bool, took: int, started: int, now: int) -> Memory:
    """Remember one outcome and trip, or close, when the thresholds say so. Stale outcomes are ignored."""
    memory = look(rule, memory, now)
    if memory.state not in (CLOSED, HALF_OPEN, METRICS_ONLY) or started < memory.since:
        return memory
    probing = memory.state == HALF_OPEN
    slow = bool(rule.slow_ms) and took > rule.slow_ms
    outcomes = _remember(rule, memory.outcomes, (not ok, slow), now, probing=probing)
    memory = memory._replace(outcomes=outcomes)
    total, failures, slows = tally(rule, outcomes, now, probing=probing)
    if total < (rule.probes if probing else _enough(rule)):
        return memory
    if _reached(rule, failures, total, rule.failure_percent) or _reached(rule, slows, total, rule.slow_percent):
        return change(rule, memory, "trip", now)
    return change(rule, memory, "passed", now)


def _reached(rule: Breaker, bad: int, total: int, percent: int) -> bool:
    if not percent:
        return False
    return bad * 100 > percent * total if rule.strict and percent < 100 else bad * 100 >= percent * total


def _enough(rule: Breaker) -> int:
    """How many outcomes must be known; a window that holds fewer calls than `min_calls` would otherwise never trip."""
    return min(rule.min_calls, rule.size) if rule.window == "count" else rule.min_calls


def _remember(rule: Breaker, outcomes: Cell, bad: tuple[bool, bool], now: int, *, probing: bool) -> Cell:
    if probing or rule.window == "count":
        size = rule.probes if probing else rule.size
        n, failures, slows = outcomes or (0, 0, 0)
        mask = (1 << size) - 1
        return min(n + 1, size), (failures << 1 | bad[0]) & mask, (slows << 1 | bad[1]) & mask
    start, live = _live(rule, outcomes, now)
    if live[-4:-3] == (start,):
        _, n, failures, slows = live[-4:]
        return (*live[:-4], start, n + 1, failures + bad[0], slows + bad[1])
    return (*live, start, 1, int(bad[0]), int(bad[1]))


def _live(rule: Breaker, outcomes: Cell, now: int) -> tuple[int, Cell]:
    """Where the current bucket starts, and the buckets still in sight, oldest first, four numbers each.

    Outcomes may be told out of order; one that comes late counts in the newest bucket there is.
    """
    buckets = rule.buckets if rule.window == "rolling" else 1
    span = rule.size // buckets
    start = max(now - now % span, outcomes[-4] if outcomes else 0)
    oldest = start - span * (buckets - 1)
    first = next((at for at in range(0, len(outcomes), 4) if outcomes[at] >= oldest), len(outcomes))
    return start, outcomes[first:]


def tally(rule: Breaker, outcomes: Cell, now: int, *, probing: bool = False) -> tuple[int, int, int]:
    """(calls, failures, slow calls) remembered now."""
    if probing or rule.window == "count":
        n, failures, slows = outcomes or (0, 0, 0)
        return n, failures.bit_count(), slows.bit_count()
    _, live = _live(rule, outcomes, now)
    return sum(live[1::4]), sum(live[2::4]), sum(live[3::4])
