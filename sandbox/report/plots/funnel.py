"""Plots (f): what became of those who were shown something, stage by stage, for each population: of campaigns, and of shops."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from sandbox.report import shop as shops
from sandbox.report.funnel import STAGES, TOTAL
from sandbox.report.metrics import World

from .canvas import BLUE, GREEN, HEADINGS, ORANGE, PURPLE, SKY, VERMILION, YELLOW, Plot, draw

COLOURS = (BLUE, ORANGE, GREEN, VERMILION, PURPLE, SKY, YELLOW)
Counts = Mapping[str, Counter[str]]
"""Counts of stages by population."""


def funnel(worlds: Mapping[str, World]) -> Plot | None:
    """A campaign's way from exposure to redemption; None when nobody was shown a card."""
    counts = {name: {who: one for who, one in world.funnel.counts.items() if who != TOTAL} for name, world in worlds.items()}
    return _plot("funnel", counts, STAGES)


def shop(worlds: Mapping[str, World]) -> Plot | None:
    """A shop's way from browsing to payment; None when nobody browsed."""
    return _plot("shop", {name: world.shop.counts for name, world in worlds.items()}, shops.STAGES)


def _plot(key: str, worlds: Mapping[str, Counts], every: Sequence[str]) -> Plot | None:
    seen = {who: counts[every[0]] for world in worlds.values() for who, counts in world.items()}
    who = sorted((one for one, number in seen.items() if number), key=lambda one: (-seen[one], one))[: len(COLOURS)]
    if not who:
        return None
    stages = [stage for stage in every if any(world[one][stage] for world in worlds.values() for one in who if one in world)]

    def paint(figure: Figure) -> None:
        high = figure.get_size_inches()[1]
        space = {"left": 0.09, "right": 0.93, "top": 1 - 0.55 / high, "bottom": 0.42 / high, "wspace": 0.25}
        axes = figure.subplots(1, len(worlds), squeeze=False, gridspec_kw=space)[0]
        for one, name in zip(axes, worlds, strict=True):
            _bars(one, worlds[name], stages, who)
            one.set_title(HEADINGS[name])
        handles, labels = axes[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="upper right", ncols=len(labels), columnspacing=1.2, borderaxespad=0.1)

    name, world = next(iter(worlds.items()))
    totals = {stage: sum(world[one][stage] for one in who if one in world) for stage in stages}
    title = f"{', '.join(f'{number:,} {stage}' for stage, number in totals.items())} in {name}"
    note = "A logarithmic scale: each step to the right is ten times as many."
    return Plot(key, title, draw(key, (10.4, 1.2 + 0.2 * len(stages) * max(2, len(who))), paint), note)


def _bars(axes: Axes, world: Counts, stages: Sequence[str], who: Sequence[str]) -> None:
    thick = 0.8 / len(who)
    for row, one in enumerate(who):
        counts = world.get(one, Counter())
        places = [stage - 0.4 + (row + 0.5) * thick for stage in range(len(stages))]
        widths = [max(counts[stage], 0.1) for stage in stages]
        bars = axes.barh(places, widths, thick * 0.9, color=COLOURS[row], label=one)
        axes.bar_label(bars, [f" {counts[stage]:,}" for stage in stages], fontsize=7)
    axes.set_xscale("log")
    axes.set_xlim(left=0.8)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda number, _: f"{number:,.0f}"))
    axes.set_yticks(range(len(stages)), list(stages))
    axes.invert_yaxis()
    axes.grid(axis="y", visible=False)
