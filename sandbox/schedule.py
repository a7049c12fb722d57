"""When things arrive: a schedule compiled up-front from phases and a seed.

Law: pure; the same phases and seed give the same arrivals in every world. Times are ms after the start. Nothing here depends on how
fast anything answers: that is what makes the load open.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Spacing = Literal["poisson", "exact", "even"]
Arrivals = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of load: `lasts` ms at `per_second`, spaced by chance (poisson), by chance but with the exact count, or evenly."""

    lasts: int
    per_second: float
    spacing: Spacing = "poisson"


def stream(seed: int, purpose: str) -> np.random.Generator:
    """A stream of random numbers for one purpose; streams of other purposes do not disturb it."""
    return np.random.default_rng([seed, crc32(purpose.encode())])


def compile_arrivals(phases: Sequence[Phase], seed: int, purpose: str) -> Arrivals:
    """Sorted arrival times in ms. Within a phase Poisson arrivals are uniform given their number."""
    rng, start, parts = stream(seed, purpose), 0, []
    for phase in phases:
        expected = phase.per_second * phase.lasts / 1000
        count = int(rng.poisson(expected)) if phase.spacing == "poisson" else round(expected)
        if phase.spacing == "even":
            times = np.arange(count, dtype=np.int64) * phase.lasts // max(count, 1)
        else:
            times = np.sort(rng.integers(0, phase.lasts, count, dtype=np.int64))
        parts.append(start + times)
        start += phase.lasts
    return np.concatenate(parts) if parts else np.empty(0, np.int64)


def digest(arrivals: Arrivals) -> str:
    """A fingerprint of a schedule."""
    return sha256(arrivals.tobytes()).hexdigest()[:16]
