"""Plot (f): what became of those who were shown something, stage by stage, for each population."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from sandbox.report.funnel import TOTAL
from sandbox.report.metrics import World

from .canvas import BLUE, GREEN, HEADINGS, ORANGE, PURPLE, SKY, VERMILION, YELLOW, Plot, draw

COLOURS = (BLUE, ORANGE, GREEN, VERMILION, PURPLE, SKY, YELLOW)
MOST_WHO = len(COLOURS)


def funnel(worlds: Mapping[str, World]) -> Plot | None:
    """Bars by stage and population, a world a column; None when nobody was shown anything."""
    for stages in (("exposed", "viewed", "claimed", "shared", "redeemed"),):
        who = _who(worlds, stages[0])
        if who:
            return _plot(worlds, stages, who)
    return None


def _who(worlds: Mapping[str, World], first: str) -> list[str]:
    found = {one: counts[first] for world in worlds.values() for one, counts in world.funnel.counts.items() if one != TOTAL}
    return sorted((one for one, number in found.items() if number), key=lambda one: (-found[one], one))[:MOST_WHO]


def _plot(worlds: Mapping[str, World], stages: Sequence[str], who: Sequence[str]) -> Plot:
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
    counts = world.funnel.counts[TOTAL]
    parts = [f"{counts[stage]:,} {stage}" for stage in stages if counts[stage]]
    note = "A logarithmic scale: each step to the right is ten times as many."
    return Plot(
        "funnel", f"{', '.join(parts)} in {name}", draw("funnel", (10.4, 1.2 + 0.2 * len(stages) * len(who)), paint), note
    )


def _bars(axes: Axes, world: World, stages: Sequence[str], who: Sequence[str]) -> None:
    thick = 0.8 / len(who)
    for row, one in enumerate(who):
        counts = world.funnel.counts[one]
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
