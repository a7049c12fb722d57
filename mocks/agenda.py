"""What is due later, on the sandbox's clock.

Law: one heap, no wall-clock timers. Advancing the clock runs everything that becomes due, in order and to its end, before it
returns: whoever advances needs no sleep.
"""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Awaitable, Callable
from itertools import count

from sandbox.clock import VirtualClock

Job = Callable[[], Awaitable[None]]


class Agenda:
    """Jobs by the virtual time (ms) at which they are due."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self._heap: list[tuple[int, int, str, Job]] = []
        self._order = count()
        self._changed = asyncio.Event()
        self._busy = asyncio.Lock()

    def at(self, due: int, what: str, job: Job) -> None:
        """Do `job` at `due`; `what` names it for people."""
        heapq.heappush(self._heap, (due, next(self._order), what, job))
        self._changed.set()

    def __len__(self) -> int:
        """How many jobs wait."""
        return len(self._heap)

    def clock_changed(self) -> None:
        """The clock was set otherwise: what is due next must be looked at anew."""
        self._changed.set()

    async def run(self) -> None:
        """Run jobs as they become due, for ever; cancel to stop."""
        while True:
            async with self._busy:
                await self.run_due(self._clock())
            self._changed.clear()
            wait = self._clock.real_ms_until(self._heap[0][0]) / 1000 if self._heap else None
            if wait is None or wait == float("inf"):
                await self._changed.wait()
            elif wait > 0:
                await _first(self._changed, wait)

    async def run_due(self, until: int) -> list[str]:
        """Run every job due by `until`, in order; returns what they were."""
        done = []
        while self._heap and self._heap[0][0] <= until:
            _, _, what, job = heapq.heappop(self._heap)
            await job()
            done.append(what)
        return done

    async def advance(self, ms: int) -> list[str]:
        """Move the clock forward, stopping at every job on the way; returns what was done."""
        async with self._busy:  # or the clock would run away from a job that `run` has begun, and from what follows from it
            target = self._clock() + ms
            done: list[str] = []
            while self._heap and self._heap[0][0] <= target:
                due = self._heap[0][0]
                self._clock.jump(max(0, due - self._clock()))
                done += await self.run_due(due)
            self._clock.jump(max(0, target - self._clock()))
            return done


async def _first(event: asyncio.Event, seconds: float) -> None:
    """Wait for the event, for at most so long."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return
