"""The generator's own account: what was planned, sent, late and dropped, and how long requests took.

Law: response time counts from when a request should have been sent, service time from when it was; a generator that lags makes
the first longer, never invisible. Histograms are HdrHistograms of real microseconds, 1 us to 60 s, three digits, so that runs
can be merged.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from hdrh.histogram import HdrHistogram

from loadtests.codec import FAILURES, SANDBOX_ERROR, TRANSPORT
from loadtests.drive import Measured
from sandbox.events import Event

LONGEST_US = 60_000_000
PATIENCE_NS = 1_000_000_000
"""A request that has waited no longer is under way when a run ends."""

LOOKS_EVERY_NS = 20_000_000
"""How often the generator looks whether it is held up."""

ALL = "all"


def histogram() -> HdrHistogram:
    """An empty one."""
    return HdrHistogram(1, LONGEST_US, 3)


@dataclass(slots=True)
class Times:
    """Response and service times of one kind of request."""

    response_us: HdrHistogram = field(default_factory=histogram)
    service_us: HdrHistogram = field(default_factory=histogram)

    def encoded(self) -> dict[str, str]:
        """Both histograms as HdrHistogram's text."""
        return {"response_us": self.response_us.encode().decode(), "service_us": self.service_us.encode().decode()}


@dataclass(slots=True)
class Tally:
    """Counts of one run. `late_after` is real ms; `report` is told of every request, for Locust's statistics."""

    planned: int
    late_after: int
    report: Callable[[Measured], None]
    sent: int = 0
    late: int = 0
    dropped: int = 0
    looks: int = 0
    late_looks: int = 0
    failures: Counter[str] = field(default_factory=Counter)
    lag_us: HdrHistogram = field(default_factory=histogram)
    times: dict[str, Times] = field(default_factory=dict)

    def begun(self, lag_ns: int) -> None:
        """A player began so much later than it should have."""
        self.sent += 1
        self.late += lag_ns > self.late_after * 1_000_000
        _note(self.lag_us, lag_ns)

    def looked(self, lag_ns: int) -> None:
        """The generator looked so much later than it meant to; the looks that it slept through count as late ones."""
        late = max(0, lag_ns - self.late_after * 1_000_000)
        self.looks += 1 + max(0, lag_ns) // LOOKS_EVERY_NS
        self.late_looks += -(-late // LOOKS_EVERY_NS)

    def measure(self, measured: Measured) -> None:
        """A request is done."""
        _, intended, sent, done, reply = measured
        times = self.times.get(measured.name)
        if times is None:
            times = self.times[measured.name] = Times()
        _note(times.response_us, done - intended)
        _note(times.service_us, done - sent)
        if reply.code in FAILURES:
            self.failures[reply.code] += 1
        self.report(measured)

    def ended(self, asked: Iterable[tuple[str, int]], now: int) -> None:
        """The run ends at real `now` (ns). What was asked, and has waited longer than any of its kind that was answered, is lost."""
        for name, sent in asked:
            longest = self.times[name].service_us.get_max_value() * 1_000 if name in self.times else 0
            self.failures[TRANSPORT] += now - sent > max(PATIENCE_NS, longest)

    def event(self, at: int, account: str, refused_pushes: int = 0) -> Event:
        """The one `load` event. With an error of the sandbox's, or of the transport, a run says nothing about a platform.

        A push that was not signed as it should be is an error of the sandbox's.
        """
        counts: Event = {"planned": self.planned, "sent": self.sent, "late": self.late, "dropped": self.dropped}
        errors: Event = {
            "sandbox_errors": self.failures[SANDBOX_ERROR] + refused_pushes,
            "transport_errors": self.failures[TRANSPORT],
        }
        looks: Event = {"looks": self.looks, "late_looks": self.late_looks, "late_after_ms": self.late_after}
        lag = int(self.lag_us.get_value_at_percentile(99))
        return {"at": at, "kind": "load", "account": account, **counts, "lag_p99_us": lag, **errors, **looks}

    def histograms(self) -> dict[str, Any]:
        """Every kind of request's histograms, and those of all together."""
        total = Times()
        for times in self.times.values():
            total.response_us.add(times.response_us)
            total.service_us.add(times.service_us)
        return {name: times.encoded() for name, times in {ALL: total, **self.times}.items()}


def _note(times: HdrHistogram, ns: int) -> None:
    times.record_value(min(max(1, ns // 1000), LONGEST_US))
