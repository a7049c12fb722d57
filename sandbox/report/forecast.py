"""What is to be expected of a campaign that is under way: when its stock runs out, and how high its peak will be (A27).

Law: pure, from what has been seen until `now` and nothing later.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

RECENT = 4
"""The rate is that of the last quarter of what was seen: an audience tires, a forecast from its first minutes does not know that."""

SIGMAS = 3
"""A Poisson count is above its mean plus three of its standard deviations about once in a thousand seconds."""


def runs_out(stock: int, claims: Sequence[int], now: int) -> int | None:
    """When (ms) the stock will be gone if claims go on as lately; None while fewer than two were seen. `claims` are in order."""
    if len(claims) < 2:
        return None
    recent = claims[-max(2, len(claims) // RECENT) :]
    gap = (recent[-1] - recent[0]) / (len(recent) - 1)
    return now + round((stock - len(claims)) * gap)


def peak(per_second: float) -> float:
    """The highest second to expect while so many come in a second on average."""
    return per_second + SIGMAS * sqrt(per_second)
