"""Virtual time as the driver knows it: a straight line through the moment at which the sandbox's clock began to run.

Law: real time comes in as `read`, waiting as `sleep`. Virtual times are whole ms since the epoch, real times ns of a clock that
never goes back.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil

from sandbox.clock import real_ns

ROUNDING_MS = 1e-6
"""A nanosecond of virtual time: what floating point may be off by."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """Virtual `start` (ms) was at real `begun` (ns); since then virtual time runs `rate` times as fast as real time."""

    start: int
    begun: int
    rate: float
    read: Callable[[], int] = real_ns
    sleep: Callable[[float], object] = time.sleep

    def at(self, ns: int) -> int:
        """The virtual time at a real time."""
        return self.start + int((ns - self.begun) * self.rate / 1e6 + ROUNDING_MS)

    def now(self) -> int:
        """Virtual now."""
        return self.at(self.read())

    def due(self, ms: int) -> int:
        """The real time by which virtual time has come to `ms`: `at(due(ms)) >= ms`, whatever the rounding."""
        return self.begun + ceil((ms - self.start) * 1e6 / self.rate)

    def until(self, ms: int) -> None:
        """Wait until virtual time has come to `ms`."""
        due = self.due(ms)
        while (left := due - self.read()) > 0:
            self.sleep(left / 1e9)
