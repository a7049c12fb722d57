"""Durations, gathered so that percentiles are honest.

Law: a percentile is given only when enough was seen to know it, `n >= 10 / (1 - p)`; the largest value is exact, and no percentile
is above it. An HDR histogram keeps three digits whatever the range.
"""

from __future__ import annotations

from hdrh.histogram import HdrHistogram

LONGEST = 2_592_000_000
"""30 days in ms: what the histogram can hold. Anything longer is counted there."""


def needed(percent: int) -> int:
    """How many samples a percentile takes: 20 for the median, 200 for p95, 1,000 for p99."""
    return 1_000 // (100 - percent)


class Times:
    """Durations in whole milliseconds. A negative one (a clock read out of order) counts as 0."""

    def __init__(self) -> None:
        self._histogram = HdrHistogram(1, LONGEST, 3)
        self.count = 0
        self.longest = 0

    def add(self, ms: int) -> None:
        """Take one duration."""
        ms = max(0, ms)
        self._histogram.record_value(min(ms, LONGEST))
        self.count += 1
        self.longest = max(self.longest, ms)

    def percentile(self, percent: int) -> int | None:
        """The percentile in ms, or None when too little was seen."""
        if self.count < needed(percent):
            return None
        return min(int(self._histogram.get_value_at_percentile(percent)), self.longest)

    def named(self, prefix: str, percents: tuple[int, ...]) -> dict[str, float]:
        """Those percentiles that are known, as `<prefix>.p<percent>`."""
        known = {f"{prefix}.p{percent}": self.percentile(percent) for percent in percents}
        return {name: value for name, value in known.items() if value is not None}
