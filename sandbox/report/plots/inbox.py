"""Plot (c): how much waited to be taken, over time."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from sandbox.report.inboxes import WORTH_TELLING
from sandbox.report.metrics import World

from .canvas import BLUE, GREEN, ORANGE, PURPLE, Plot, Window, draw, legend, panels, time_axis

LINES = ((BLUE, "-"), (ORANGE, "--"), (GREEN, "-."), (PURPLE, ":"))


def inbox(worlds: Mapping[str, World], seen: Window) -> Plot | None:
    """Depth by population, the deepest four, a world a column; None when nothing ever had to wait."""
    everyone = {who for world in worlds.values() for who in world.inboxes.deepest}
    deepest = {who: max(_peak(world, who) for world in worlds.values()) for who in everyone}
    shown = sorted(deepest, key=lambda who: (-deepest[who], who))[: len(LINES)]
    if not shown or deepest[shown[0]] < WORTH_TELLING:
        return None

    def paint(figure: Figure) -> None:
        found = panels(figure, list(worlds), 1)
        for (_, name), axes in found.items():
            for who, (colour, style) in zip(shown, LINES, strict=False):
                depths = _depths(worlds[name].inboxes.bins.get(who, {}), name, seen)
                axes.stairs(depths, seen.edges, color=colour, linestyle=style, linewidth=1.5, baseline=None, label=who)
            time_axis(axes, seen, labelled=True)
        # Not before all is drawn: a limit that is set ends the scaling of the panels that share it.
        found[0, next(iter(worlds))].set_ylim(0)
        found[0, next(iter(worlds))].set_ylabel("waiting to be taken")
        legend(figure, list(found.values()))

    peaks = [f"{_peak(world, shown[0]):,} in {name}" for name, world in worlds.items()]
    title = f"Up to {', '.join(peaks)} waited in the inbox of {shown[0]}"
    note = "The deepest that each inbox was in each step of time."
    return Plot("inbox", title, draw("inbox", (10.4, 2.5), paint), note, len(worlds))


def _peak(world: World, who: str) -> int:
    return world.inboxes.deepest.get(who, (0, 0))[0]


def _depths(bins: Mapping[int, tuple[int, int]], name: str, seen: Window) -> NDArray[np.float64]:
    """The deepest in each drawn bin; where nothing moved, what was left before."""
    depths, reached, left = np.zeros(seen.count), 0, 0
    for number, (highest, last) in sorted(bins.items()):
        index = seen.index(name, number)
        depths[reached + 1 : index + 1] = left
        depths[index] = max(depths[index], highest)
        reached, left = index, last
    depths[reached + 1 :] = left
    return depths
