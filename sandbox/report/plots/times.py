"""Plot (d): how long it took, from order to notice and from intention to reply, both worlds on one scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, PercentFormatter

from sandbox.report.context import FILE, Context
from sandbox.report.expect import parse
from sandbox.report.metrics import RESPONSE, World
from sandbox.report.moments import lasting
from sandbox.report.orders import WITHIN

from .canvas import INK, WORLD_COLOURS, Plot, draw, legend, panels

SPACE = {"left": 0.13, "right": 0.98, "top": 0.9, "bottom": 0.17}
"""Margins as shares of the figure."""

POINTS = 200
"""How many points draw a curve."""

MOST_ACTIONS = 6
STYLES = {"sim": ("-", "o"), "live": ("--", "D")}


def delivery(worlds: Mapping[str, World], context: Context) -> Plot | None:
    """The share of all orders whose notice had arrived after so many seconds; None when no order was placed."""
    placed = {name: world.orders.metrics() for name, world in worlds.items()}
    if not any(placed.values()):
        return None

    def paint(figure: Figure) -> None:
        axes = figure.subplots(gridspec_kw=SPACE)
        for name, world in worlds.items():
            _curve(axes, name, list(world.orders.delivered().values()), int(placed[name].get("order_notice.placed", 0)))
        axes.axvline(WITHIN / 1000, color=INK, linewidth=1, linestyle=":")
        for bound in _wanted(context):
            axes.axhline(bound, color=INK, linewidth=1, linestyle="--", label=f"expected: {bound:.1%} within 30 s")
        _shares(axes, "virtual seconds from order to notice (dotted: 30 s)", "of all orders placed")
        legend(figure, [axes])

    told = [f"{one['order_notice.within_30s'] * 100:.1f} % in {name}" for name, one in placed.items() if one]
    title = f"Notices that arrived within 30 s: {', '.join(told)}"
    note = "What the curve lacks to 100 % on the right never arrived."
    return Plot("delivery", title, draw("delivery", (5.1, 3.0), paint), note)


def settled(worlds: Mapping[str, World]) -> Plot | None:
    """The share of all paid orders that were settled after so many seconds; None when none was settled."""
    if not any(world.payments.took() for world in worlds.values()):
        return None

    def paint(figure: Figure) -> None:
        for (_, name), axes in panels(figure, list(worlds), 1).items():
            _curve(axes, name, worlds[name].payments.took(), worlds[name].payments.paid)
            _shares(axes, "virtual seconds from payment to settlement", "of all orders paid")

    told = [f"{len(world.payments.took()):,} of {world.payments.paid:,} in {name}" for name, world in worlds.items()]
    note = "What the curve lacks to 100 % on the right was never settled; late ones had to be told again."
    return Plot(
        "settled",
        f"Paid orders that were settled: {', '.join(told)}",
        draw("settled", (10.4, 3.0), paint),
        note,
        len(worlds),
    )


def _shares(axes: Axes, time: str, share: str) -> None:
    """Axes for shares over seconds."""
    axes.set_xscale("log")
    axes.set_ylim(0, 1.04)
    axes.yaxis.set_major_formatter(PercentFormatter(1.0))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda seconds, _: f"{seconds:g}"))
    axes.set_xlabel(time)
    axes.set_ylabel(share)


def _wanted(context: Context) -> list[float]:
    """The least share that the scenario expects, where it does."""
    wanted = [parse(name, text, FILE) for name, text in context.expectations]
    return sorted({one.bound for one in wanted if one.name == "order_notice.within_30s" and one.comparison in (">", ">=")})


def _curve(axes: Axes, name: str, times: Sequence[int], every: int) -> None:
    """The curve of times (ms) of `every` order through at most `POINTS` of them, the first and last too, from nothing to the end."""
    took = np.maximum(np.sort(np.array(times, dtype=float)) / 1000, 0.01)
    if not took.size:
        return
    kept = np.unique(np.linspace(0, took.size - 1, min(POINTS, took.size)).round().astype(int))
    seconds = np.concatenate(([min(0.1, took[0] / 2)], took[kept], [max(took[-1], 100)]))
    shares = np.concatenate(([0], (kept + 1) / every, [took.size / every]))
    line, _ = STYLES[name]
    axes.step(seconds, shares, where="post", color=WORLD_COLOURS[name], linestyle=line, linewidth=1.8, label=name)


def responses(worlds: Mapping[str, World]) -> Plot | None:
    """Response times by action: the percentiles that are known, and the longest; None when nobody replied, or everybody at once."""
    counts = {action: times.count for world in worlds.values() for action, times in world.responses.items()}
    actions = sorted(counts, key=lambda action: (-counts[action], action))[:MOST_ACTIONS]
    if not actions or not any(times.longest for world in worlds.values() for times in world.responses.values()):
        return None

    def paint(figure: Figure) -> None:
        axes = figure.subplots(gridspec_kw={**SPACE, "left": 0.3})
        for offset, (name, world) in enumerate(worlds.items()):
            for row, action in enumerate(actions):
                _quantiles(axes, row + (offset - (len(worlds) - 1) / 2) * 0.34, name, world, action)
        axes.set_yticks(range(len(actions)), [action.replace(".", ".\n", 1) for action in actions])
        axes.set_ylim(len(actions) - 0.4, -0.6)
        axes.set_xscale("log")
        _widen(axes)
        axes.xaxis.set_major_formatter(FuncFormatter(lambda ms, _: f"{ms:g}"))
        axes.grid(visible=True, axis="x")
        axes.set_xlabel("virtual ms from the intended start to the reply")
        legend(figure, [axes])

    longest = [
        f"{lasting(world.responses[actions[0]].longest)} in {name}"
        for name, world in worlds.items()
        if actions[0] in world.responses
    ]
    title = f"Slowest {actions[0]}: {', '.join(longest)}"
    note = "From left to right p50, p95, p99 and the longest; a percentile that too few samples support is left out."
    return Plot("responses", title, draw("responses", (5.1, 3.0), paint), note)


def _quantiles(axes: Axes, height: float, name: str, world: World, action: str) -> None:
    if action not in world.responses:
        return
    times = world.responses[action]
    known = [ms for percent in RESPONSE if (ms := times.percentile(percent)) is not None]
    _, marker = STYLES[name]
    known = [max(1, ms) for ms in known]
    longest = max(1, times.longest)
    values = [*known, longest]
    axes.plot(values, [height] * len(values), color=WORLD_COLOURS[name], linewidth=1, alpha=0.7)
    axes.plot(known, [height] * len(known), color=WORLD_COLOURS[name], linestyle="", marker=marker, markersize=5, label=name)
    axes.plot([longest], [height], color=WORLD_COLOURS[name], linestyle="", marker="|", markersize=10, markeredgewidth=2)


def _widen(axes: Axes) -> None:
    """At least two powers of ten, so that a few milliseconds of jitter do not look like a canyon."""
    low, high = axes.get_xlim()
    middle = (low * high) ** 0.5
    axes.set_xlim(min(low, middle / 10), max(high, middle * 10))
