"""Plot (g): a card's stock over time, and when it would have been forecast to run out once half of it was gone."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from sandbox.report.metrics import World
from sandbox.report.moments import lasting

from .canvas import BLUE, VERMILION, Plot, Window, draw, legend, panels, time_axis

POINTS = 400


def stock(worlds: Mapping[str, World], seen: Window) -> Plot | None:
    """What was left, a world a column; None when nothing was put on sale."""
    if not any(world.funnel.stock for world in worlds.values()):
        return None

    def paint(figure: Figure) -> None:
        found = panels(figure, list(worlds), 1)
        for (_, name), axes in found.items():
            fold = worlds[name].funnel
            size, _ = seen.unit
            times = np.linspace(seen.place(name, fold.put_on_sale), seen.span / size, POINTS)
            at = seen.start[name] + times * size
            left = [fold.stock - bisect_left(fold.claims, one) for one in at]
            axes.plot(times, left, color=BLUE, linewidth=1.6, label="left")
            if (empty := fold.forecast()) is not None:
                half = fold.half()
                line = [seen.place(name, half[-1]), seen.place(name, empty)]
                ends = [fold.stock - len(half), 0]
                axes.plot(line, ends, color=VERMILION, linestyle="--", label="forecast when half was gone")
            time_axis(axes, seen, labelled=True)
        first = found[0, next(iter(worlds))]
        first.set_ylim(0)
        first.set_ylabel("cards left")
        first.yaxis.set_major_formatter(
            FuncFormatter(lambda number, _: f"{number / 1000:g}k" if number >= 1000 else f"{number:g}")
        )
        legend(figure, list(found.values()))

    return Plot(
        "stock",
        _title(worlds),
        draw("stock", (10.4, 2.5), paint),
        "The forecast goes on at the rate of the last quarter of claims.",
        len(worlds),
    )


def _title(worlds: Mapping[str, World]) -> str:
    told = []
    for name, world in worlds.items():
        shown = world.funnel.metrics()
        empty, left = shown.get("stock.empty_s"), shown.get("stock.left", 0)
        told.append(
            f"ran out after {lasting(empty * 1_000)} in {name}" if empty else f"lasted, with {left:,.0f} left, in {name}"
        )
    return f"The stock {', '.join(told)}"
