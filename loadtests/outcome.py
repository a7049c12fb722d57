"""The two files that a run over HTTP leaves: what its players did and got, and Locust's statistics with the histograms.

Law: a folder or a disk that does not take them is one sentence, a `MachineError`. The caller says which world the events are of.

    live-client.jsonl   events in the order of `at`, see docs/events.md, the `load` event last
    live-locust.json    {"totals": row, "requests": [row], "histograms": {name: {"response_us", "service_us"}}, "cpu_warning": bool}
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from locust.env import Environment
from locust.stats import StatsEntry

from loadtests.tally import Tally
from sandbox import events
from sandbox.errors import MachineError
from sandbox.events import Event
from sandbox.run import as_json, write_text

EVENTS, STATISTICS = "live-client.jsonl", "live-locust.json"


def prepare(folder: Path) -> None:
    """Make the folder; what an earlier run left there goes. Raises MachineError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in (EVENTS, STATISTICS):
            (folder / name).unlink(missing_ok=True)
    except OSError as problem:
        raise _unwritable(folder, problem) from None


def write(folder: Path, happened: Iterable[Event], environment: Environment, tally: Tally) -> None:
    """Write both files. Raises MachineError."""
    try:
        events.write(folder / EVENTS, happened)
    except OSError as problem:
        raise _unwritable(folder / EVENTS, problem) from None
    write_text(folder / STATISTICS, as_json(statistics(environment, tally)))


def statistics(environment: Environment, tally: Tally) -> dict[str, Any]:
    """Locust's own totals, and HdrHistograms of real microseconds, which can be merged."""
    stats, runner = environment.stats, environment.runner
    return {
        "totals": _row(stats.total),
        "requests": [_row(entry) for _, entry in sorted(stats.entries.items())],
        "histograms": tally.histograms(),
        "cpu_warning": bool(runner and runner.cpu_warning_emitted),
    }


def _row(entry: StatsEntry) -> dict[str, Any]:
    """One line of Locust's statistics; times in real ms from the intended start, rounded as Locust does."""
    percentiles = {f"p{q}": entry.get_response_time_percentile(q / 100) for q in (50, 95, 99)}
    return {
        "name": entry.name,
        "method": entry.method,
        "num_requests": entry.num_requests,
        "num_failures": entry.num_failures,
        "requests_per_s": entry.total_rps,
        "response_ms": {"avg": entry.avg_response_time, "max": entry.max_response_time, **percentiles},
    }


def _unwritable(path: Path, problem: OSError) -> MachineError:
    return MachineError(f"{path} cannot be written: {problem.strerror or problem}")
