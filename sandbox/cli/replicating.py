"""Replications: the simulated world again with other seeds, and what that says of the figures.

Law: an expectation must hold in every replication. Means come with Student's 95 % interval; one run is an anecdote.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Final

from rich.table import Table

from sandbox.events import Event
from sandbox.report import Vocabulary, metrics, parse
from sandbox.report.kpis import banded
from sandbox.report.vocabulary import split, value

from .showing import wide

T975: Final[Sequence[float]] = (
    *(12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131),
    *(2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042),
)
"""Student's t at 97.5 % for 1 to 30 degrees of freedom; beyond, the normal's 1.96 is off by less than 4 %."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A metric over replications: its mean (None: never seen) and the half-width of its 95 % interval; `holds` of `n` kept the expectation."""

    name: str
    expected: str
    n: int
    mean: float | None
    half: float
    holds: int

    @property
    def figure(self) -> str:
        """The mean and its half-width, for people."""
        return "no samples" if self.mean is None else f"mean {self.mean:.6g} ± {self.half:.3g}"


def replicate(
    seeds: Sequence[int],
    run: Callable[[int, Callable[[Event], None]], None],
    expect: Mapping[str, str],
    vocabulary: Vocabulary,
) -> list[Estimate]:
    """Run the simulated world once a seed and judge each; `run(seed, record)` is one run. One estimate an expectation."""
    shown = []
    for seed in seeds:
        events: list[Event] = []
        run(seed, events.append)
        shown.append(banded(metrics({"world": "sim", **event} for event in events), vocabulary.bands))
    wanted = {name: text for name, text in expect.items() if split(name)[0] in ("", "sim")}
    return [
        _estimate(name, text, [value(one, split(name)[1], vocabulary) for one in shown]) for name, text in wanted.items()
    ]


def _estimate(name: str, text: str, found: Sequence[float | None]) -> Estimate:
    expectation = parse(name, text, "--replications")
    numbers = [one for one in found if one is not None]
    n = len(numbers)
    spread = statistics.stdev(numbers) if n > 1 else 0.0
    t = T975[n - 2] if 2 <= n <= len(T975) + 1 else 1.96
    holds = sum(expectation.holds(one) for one in numbers)
    return Estimate(
        name, text, len(found), statistics.fmean(numbers) if numbers else None, t * spread / sqrt(max(n, 1)), holds
    )


def broken(estimates: Sequence[Estimate]) -> tuple[str, ...]:
    """A sentence for each expectation that some replication broke."""
    return tuple(
        f"{one.name} {one.expected} holds in {one.holds} of {one.n} replications ({one.figure})"
        for one in estimates
        if one.holds < one.n
    )


def show(estimates: Sequence[Estimate]) -> None:
    """The estimates as a table."""
    table = Table(title="replications (simulation)", title_justify="left")
    for heading in ("metric", "expected", "mean and 95 % interval", "holds in"):
        table.add_column(heading, overflow="fold")
    for one in estimates:
        table.add_row(one.name, one.expected, one.figure, f"{one.holds} of {one.n}")
    wide().print(table)
