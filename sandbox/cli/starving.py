"""Was a system under test starved? How long it ran, and how long it was ready to run while others had the processors.

Law: what it does with its time is its own doing, and judged; that it gets none is the machine's, and makes a run INVALID. A blocked or
sleeping program is neither ready nor running. Linux counts both for every thread; elsewhere nothing is known, and nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from sandbox.clock import real_ns

WINDOW_NS = 5_000_000_000
"""Over how long it is judged: a shorter hiccup is made up for."""

SATURATED, WAITING = 0.95, 0.10
"""A process that is ready to run for more than this share of the time can only fall behind; and the share of it that waiting must have,
in real time, for that to be the machine's doing: of a process that simply has much to do it is its own."""


class Sample(NamedTuple):
    """Until `at` (real ns) a process had run for `ran` ns, and waited for a processor for `waited` ns, in `turns` turns."""

    at: int
    ran: int
    waited: int
    turns: int


def sample(pid: int) -> Sample | None:
    """How it stands with a process now, all its threads together; None when that is not known."""
    try:
        rows = [(task / "schedstat").read_text().split() for task in Path(f"/proc/{pid}/task").iterdir()]
    except OSError:
        return None
    ran, waited, turns = (sum(int(row[column]) for row in rows) for column in range(3))
    return Sample(real_ns(), ran, waited, turns)


class Spell(NamedTuple):
    """A stretch of time: the shares of it in which a process ran, and in which it waited; and how long it waited each time, ms."""

    ran: float
    waited: float
    wait_ms: float


def starved(samples: Sequence[Sample], late_after: int, rate: float) -> str:
    """Why the lateness of this process would be the machine's; "" when it would not. `late_after` is real ms."""
    for ran, waited, wait_ms in _spells(samples):
        if wait_ms > late_after:
            return (
                f"the system under test waited {wait_ms:.0f} ms for a processor each time it had something to do "
                f"(allowed {late_after} ms)"
            )
        if ran + waited > SATURATED and (rate > 1 or waited > WAITING):
            return (
                f"the system under test was ready to run {ran + waited:.0%} of the time and ran {ran:.0%} of it: "
                f"it could not keep up on this machine at {rate:g} times real time"
            )
    return ""


def _spells(samples: Sequence[Sample]) -> Iterator[Spell]:
    """From each sample to the first that is a window later."""
    for index, first in enumerate(samples):
        last = next((one for one in samples[index:] if one.at - first.at >= WINDOW_NS), None)
        if last:
            length, waited = last.at - first.at, last.waited - first.waited
            turns = max(1, last.turns - first.turns)
            yield Spell((last.ran - first.ran) / length, waited / length, waited / turns / 1e6)
