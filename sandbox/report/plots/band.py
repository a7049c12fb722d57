"""One breaker's states over time, as a band.

Law: no stretch is left out. Where there are too many to draw, the band's height is shared out as the time was.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from sandbox.report.breakers import CUT_OFF, Stretch
from sandbox.report.moments import lasting

from .canvas import GREEN, PURPLE, RULE, VERMILION, YELLOW, Window

MOST_STRETCHES = 300
"""Above this many a band is drawn as shares of time."""

SLOTS = 200
"""Into how many pieces time is cut then."""

TOP, HEIGHT = -0.15, 0.55
"""Where a band lies, from its row's number downwards."""

LOOKS = {
    "open": ("open: every call refused", VERMILION, ""),
    "half_open": ("half-open: a few calls to try", YELLOW, "////"),
    "closed": ("closed: calls pass", GREEN, ""),
    "forced_open": ("opened by hand", PURPLE, "xxxx"),
    "disabled": ("switched off", RULE, "...."),
    "metrics_only": ("only watching", RULE, "----"),
}
"""State: (what it means, colour, hatch)."""


def band(axes: Axes, row: int, stretches: Sequence[Stretch], name: str, seen: Window) -> None:
    """Closed from the start until the first move, then what was recorded."""
    first = stretches[0].start if stretches else seen.start[name] + seen.span
    whole = [Stretch("", "", "closed", seen.start[name], first), *stretches]
    if len(whole) > MOST_STRETCHES:
        _shared(axes, row, whole, name, seen)
    else:
        _exact(axes, row, whole, name, seen)


def _exact(axes: Axes, row: int, whole: Sequence[Stretch], name: str, seen: Window) -> None:
    for state in LOOKS:
        spans = [(seen.place(name, one.start), (one.end - one.start) / seen.unit[0]) for one in whole if one.state == state]
        if spans:
            axes.broken_barh(spans, (row + TOP, HEIGHT), **_look(state))
    for one in whole:
        if one.state in CUT_OFF and one.end - one.start > seen.span / 7:
            middle = seen.place(name, (one.start + one.end) // 2)
            text = f"open {lasting(one.end - one.start)}"
            axes.text(middle, row + TOP + HEIGHT / 2, text, ha="center", va="center", fontsize=8, color="#ffffff")


def _shared(axes: Axes, row: int, whole: Sequence[Stretch], name: str, seen: Window) -> None:
    """Stacked from the top, each state as high as its share of each slot's time."""
    ground = np.full(SLOTS + 1, row + TOP)
    edges = np.linspace(0, seen.span, SLOTS + 1)
    for state in LOOKS:
        share = time_in([one for one in whole if one.state == state], seen.start[name], edges) * SLOTS / seen.span
        if share.any():
            below = ground + HEIGHT * np.append(share, share[-1])
            axes.fill_between(edges / seen.unit[0], ground, below, step="post", **_look(state))
            ground = below


def time_in(stretches: Sequence[Stretch], start: int, edges: NDArray[np.float64]) -> NDArray[np.float64]:
    """How many ms of each slot, whose `edges` are ms from `start`, the stretches cover."""
    covered = np.zeros(len(edges) - 1)
    for one in stretches:
        covered += np.clip(np.minimum(edges[1:], one.end - start) - np.maximum(edges[:-1], one.start - start), 0, None)
    return covered


def _look(state: str) -> dict[str, Any]:
    """The usual state is pale, so that the others stand out."""
    label, colour, hatch = LOOKS[state]
    return {"facecolor": colour, "hatch": hatch, "alpha": 0.35 if state == "closed" else 0.9, "linewidth": 0, "label": label}
