"""Plot (e): how much of the allowed difference between the worlds was used, metric by metric."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from sandbox.report.shape import AgreementRow

from .canvas import BLUE, INK, VERMILION, Plot, draw

MOST_ROWS = 14
FURTHEST = 3.0
"""Anything further is drawn here, with an arrow."""


def sides(rows: Sequence[AgreementRow]) -> Plot | None:
    """A dot for each metric compared, the furthest apart on top; None when nothing was compared."""
    compared = sorted((row for row in rows if row["tolerance"] is not None), key=lambda row: (-used(row), row["metric"]))
    shown = compared[:MOST_ROWS]
    if not shown:
        return None

    def paint(figure: Figure) -> None:
        high = figure.get_size_inches()[1]
        axes = figure.subplots(gridspec_kw={"left": 0.47, "right": 0.97, "top": 1 - 0.1 / high, "bottom": 0.5 / high})
        for row, one in enumerate(shown):
            share, good = used(one), one["within"]
            marker = "o" if good else ">" if share > FURTHEST else "X"
            colour = BLUE if good else VERMILION
            axes.plot([0, min(share, FURTHEST)], [row, row], color=colour, linewidth=1, alpha=0.5)
            axes.plot([min(share, FURTHEST)], [row], color=colour, marker=marker, markersize=6, clip_on=False, zorder=3)
        axes.axvline(1, color=INK, linewidth=1, linestyle="--")
        axes.set_yticks(range(len(shown)), [one["metric"] for one in shown], fontsize=7.5)
        axes.set_ylim(len(shown) - 0.4, -0.6)
        axes.set_xlim(0, min(FURTHEST, max(1.5, 1.1 * used(shown[0]))))
        axes.set_xlabel("difference, in tolerances (left of 1: agreed)")

    apart = sum(not row["within"] for row in compared)
    title = f"Sim and live agree on {len(compared) - apart} of {len(compared)} metrics compared"
    note = "Each dot is the relative difference divided by what the scenario tolerates." + (
        f" The {MOST_ROWS} furthest apart of {len(compared)} are shown." if len(compared) > MOST_ROWS else ""
    )
    return Plot("sides", title, draw("sides", (5.1, 0.8 + 0.24 * len(shown)), paint), note)


def used(row: AgreementRow) -> float:
    """The difference in tolerances: 1 is just within; more than `FURTHEST` when there is no measure for it."""
    difference, tolerance = row["difference"], row["tolerance"]
    if difference is None or tolerance is None:
        return 2 * FURTHEST
    if tolerance == 0:
        return 2 * FURTHEST if difference else 0.0
    return difference / tolerance
