"""The one clock: virtual time, mapped from real time by a rate, movable by hand.

Law: this module alone reads real time. Everything else is given a clock, which is any `() -> int` of milliseconds since the
epoch (UTC), or a `now`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic_ns, perf_counter_ns, time_ns  # noqa: TID251 - the one place that reads it

Clock = Callable[[], int]

DAY = 86_400_000
"""Milliseconds in a day."""

BEIJING = 28_800_000
"""How far Beijing's time is ahead of UTC, ms."""


def real_now() -> int:
    """Real time, ms since the epoch (UTC)."""
    return time_ns() // 1_000_000


def real_ns() -> int:
    """A real time that never goes back, in ns: for measuring durations."""
    return perf_counter_ns()


@dataclass(slots=True)
class VirtualClock:
    """Virtual time = `start` + real time passed x `rate`. Changing the rate never makes time jump; rate 0 stops it."""

    start: int
    rate: float = 1.0
    _base: int = -1

    def __post_init__(self) -> None:
        self._base = monotonic_ns()

    def __call__(self) -> int:
        """Virtual now, ms since the epoch (UTC)."""
        return self.start + int((monotonic_ns() - self._base) * self.rate / 1e6)

    def set_rate(self, rate: float) -> None:
        """Run `rate` times as fast as real time from here on."""
        self.start, self._base = self(), monotonic_ns()
        self.rate = rate

    def jump(self, ms: int) -> None:
        """Move forward at once."""
        self.start += ms

    def real_ms_until(self, due: int) -> float:
        """Real milliseconds until virtual `due`; infinite while time stands still."""
        left = due - self()
        if left <= 0:
            return 0.0
        return left / self.rate if self.rate else float("inf")
