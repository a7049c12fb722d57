"""The market's figures as models and reports take them: how merchants and buyers behave, and how their KPIs are judged.

Law: no figure stands in code. What is asked for and not there is a fault of whoever asks: KeyError.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from . import Rulebook

RULE_OF_THREE = 3
"""No error in n attempts shows, at 95 %, a rate under 3 / n: fewer attempts than 3 / ceiling show nothing."""

ALARM, BELOW, USUAL, ABOVE, EXCELLENT = range(5)
LEVELS = ("alarm", "below usual", "usual", "above usual", "excellent")
"""What a KPI's level, a number, is called."""


@dataclass(frozen=True, slots=True)
class Band:
    """A KPI's band, see `grammar.BandEntry`."""

    usual: tuple[float, float] | None = None
    excellent: float | None = None
    alarm: float | None = None
    ceiling: float | None = None
    samples: str = ""

    def level(self, value: float) -> int:
        """Where the value lies: 0 alarm, 1 below usual, 2 usual, 3 above usual, 4 excellent."""
        if self.ceiling is not None:
            return ALARM if value >= self.ceiling else USUAL
        if self.alarm is not None and value < self.alarm:
            return ALARM
        if self.excellent is not None and value > self.excellent:
            return EXCELLENT
        low, high = self.usual or (value, value)
        return BELOW if value < low else ABOVE if value > high else USUAL

    def shown_by(self, value: float, samples: float) -> bool:
        """Were there enough samples to tell? Under a ceiling is what so many show; at it or above, what is seen is seen."""
        return self.ceiling is None or value >= self.ceiling or samples * self.ceiling >= RULE_OF_THREE


@dataclass(frozen=True, slots=True)
class Market:
    """Figures, ranges and bands by name."""

    figures: Mapping[str, float] = field(default_factory=dict)
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    bands: Mapping[str, Band] = field(default_factory=dict)

    def figure(self, name: str) -> float:
        """A figure. Raises KeyError."""
        return self.figures[name]

    def range(self, name: str) -> tuple[float, float]:
        """(low, high) of a range. Raises KeyError."""
        return self.ranges[name]

    def bounds(self, name: str) -> tuple[int, int]:
        """A range of whole numbers, such that `integers(low, high)` draws from it, the high end included. Raises KeyError."""
        low, high = self.ranges[name]
        return int(low), int(high) + 1


NOTHING = Market()
"""A market without figures: for scenarios that need none."""


def market_of(book: Rulebook) -> Market:
    """What the market's rulebook says."""
    document = book.document
    bands = {
        name: Band(entry.usual, entry.excellent, entry.alarm, entry.ceiling, entry.samples)
        for name, entry in document.band.items()
    }
    figures = {name: entry.value for name, entry in document.figure.items()}
    return Market(figures, {name: (entry.low, entry.high) for name, entry in document.range.items()}, bands)
