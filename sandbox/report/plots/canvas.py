"""Drawing to SVG: one look for all plots, the same bytes for the same data.

Law: no pyplot and no global state left behind. Ink and rules take the page's colours; series take the colours of Okabe and Ito, which
colour-blind people tell apart, and never colour alone. A wide picture consists of columns of equal width, each complete in itself, so
that a narrow page can show them one below the other.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator
from numpy.typing import NDArray

from sandbox.report.calls import BIN
from sandbox.report.metrics import World

INK, RULE = "#010203", "#040506"
"""Stand-ins, replaced in the SVG by the page's own colours."""

BLUE, ORANGE, GREEN, VERMILION, PURPLE, SKY, YELLOW = (
    "#0072b2",
    "#e69f00",
    "#009e73",
    "#d55e00",
    "#cc79a7",
    "#56b4e9",
    "#f0e442",
)
WORLD_COLOURS = {"sim": BLUE, "live": ORANGE}
HEADINGS = {"sim": "sim: simulated time", "live": "live: over HTTP"}

STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 9,
    "text.parse_math": False,
    "text.color": INK,
    "axes.edgecolor": RULE,
    "axes.labelcolor": INK,
    "axes.labelsize": 8.5,
    "axes.titlesize": 10,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.facecolor": "none",
    "axes.axisbelow": True,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "grid.color": RULE,
    "grid.linewidth": 0.6,
    "xtick.color": RULE,
    "ytick.color": RULE,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "figure.facecolor": "none",
    "savefig.facecolor": "none",
    "legend.frameon": False,
    "legend.fontsize": 8.5,
    "hatch.linewidth": 0.8,
}

WIDTHS = tuple(seconds * 1_000 for seconds in (5, 10, 15, 30, 60, 120, 300, 600, 1_800, 3_600, 10_800, 21_600, 86_400))
"""What a bin may last, ms; chosen so that a plot has no more than `MOST_BINS`."""

MOST_BINS = 160

UNITS = ((86_400_000, "days"), (3_600_000, "hours"), (60_000, "minutes"))
"""Time is shown in the first of these (ms) that more than three of go into the picture, else in the last."""

LEFT, RIGHT, TOP, BOTTOM = 0.68, 0.18, 0.58, 0.45
"""Margins in inches, the same in every figure, so that one picture's time lies below the other's."""

LINE, LETTER = 0.2, 0.06
"""How high a further line of a legend is, and about how wide a letter, inches."""


@dataclass(frozen=True, slots=True)
class Plot:
    """A picture: `title` says what is seen in it, `svg` is inline SVG, `note` how to read it, `columns` into how many it can be cut."""

    key: str
    title: str
    svg: str
    note: str
    columns: int = 1

    @property
    def parts(self) -> list[str]:
        """The view box of each column; none when there is but one."""
        _, _, wide, high = (float(number) for number in self.svg.partition('viewBox="')[2].partition('"')[0].split())
        step = wide / self.columns
        return [f"{place * step:g} 0 {step:g} {high:g}" for place in range(self.columns)] if self.columns > 1 else []


@dataclass(frozen=True, slots=True)
class Window:
    """The stretch of virtual time that is drawn: from each world's start, `span` ms, in bins of `width` ms."""

    start: Mapping[str, int]
    span: int
    width: int

    @property
    def unit(self) -> tuple[int, str]:
        """What time is shown in: (ms, name)."""
        return next((size, name) for size, name in UNITS if self.span > 3 * size or name == UNITS[-1][1])

    @property
    def edges(self) -> NDArray[np.float64]:
        """The bins' edges, in units from the start."""
        return np.arange(self.count + 1) * self.width / self.unit[0]

    @property
    def count(self) -> int:
        """How many bins there are."""
        return max(1, -(-self.span // self.width))

    def index(self, world: str, number: int) -> int:
        """The drawn bin that a recorded bin (see `calls.BIN`) belongs to."""
        return min(max((number * BIN - self.start[world]) // self.width, 0), self.count - 1)

    def per_minute(self, world: str, counts: Mapping[int, int]) -> NDArray[np.float64]:
        """Counts by recorded bin as a rate by drawn bin."""
        rates = np.zeros(self.count)
        for number, count in counts.items():
            rates[self.index(world, number)] += count
        return rates * 60_000 / self.width

    def place(self, world: str, at: int) -> float:
        """A moment in units from the start."""
        return (at - self.start[world]) / self.unit[0]


def window(worlds: Mapping[str, World], start: Mapping[str, int], duration: int = 0) -> Window:
    """The stretch that all worlds fit into; `start` by world and `duration` in ms, where known."""
    starts = {name: start.get(name, world.first) for name, world in worlds.items()}
    span = max([duration, 1, *(world.last - starts[name] for name, world in worlds.items())])
    width = next((width for width in WIDTHS if span <= width * MOST_BINS), WIDTHS[-1])
    return Window(starts, span, width)


@contextmanager
def look(key: str) -> Iterator[None]:
    """Within it, matplotlib draws our way; what it thinks of missing glyphs is the browser's business."""
    with mpl.rc_context({**STYLE, "svg.hashsalt": key}), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        yield


def draw(key: str, size: tuple[float, float], paint: Callable[[Figure], None]) -> str:
    """The SVG of what `paint` puts on a figure of `size` inches."""
    with look(key):
        figure = Figure(figsize=size)
        paint(figure)
        out = io.StringIO()
        figure.savefig(out, format="svg", metadata={"Date": None})
    return _inline(out.getvalue(), key)


def panels(figure: Figure, worlds: Sequence[str], rows: int) -> dict[tuple[int, str], Axes]:
    """Panels by (row, world): a column for each world, time and scale shared, so that eyes can go across."""
    wide, high = figure.get_size_inches()
    space = {"left": LEFT / wide, "right": 1 - RIGHT / wide, "top": 1 - TOP / high, "bottom": BOTTOM / high, "hspace": 0.32}
    between = (LEFT + RIGHT) / (wide / len(worlds) - LEFT - RIGHT)
    grid = figure.subplots(
        rows, len(worlds), sharex=True, sharey="row", squeeze=False, gridspec_kw={**space, "wspace": between}
    )
    for column, name in enumerate(worlds):
        for row in range(rows):
            grid[row][column].set_title(HEADINGS[name] if row == 0 else "")
            grid[row][column].tick_params(labelleft=True)
    return {(row, name): grid[row][column] for row in range(rows) for column, name in enumerate(worlds)}


def time_axis(axes: Axes, seen: Window, *, labelled: bool) -> None:
    """Virtual time from the start."""
    size, name = seen.unit
    axes.set_xlim(0, seen.span / size)
    axes.xaxis.set_major_locator(MaxNLocator(8, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda time, _: f"{time:g}"))
    if labelled:
        axes.set_xlabel(f"virtual {name} from the start")


def legend(figure: Figure, axes: Sequence[Axes]) -> None:
    """One legend above all panels, each name once; as many lines as it takes to stay above the first column."""
    found = {label: handle for one in axes for handle, label in zip(*one.get_legend_handles_labels(), strict=True)}
    if not found:
        return
    wide, high = figure.get_size_inches()
    grid = axes[0].get_gridspec()
    room = wide / (grid.ncols if grid else 1)
    widths = [0.55 + LETTER * len(label) for label in found]
    columns = len(found) if sum(widths) < room else max(1, int(room / max(widths)))
    lines = -(-len(found) // columns)
    if grid and lines > 1:
        grid.update(top=1 - (TOP + LINE * (lines - 1)) / high)
        for one in axes:
            if spec := one.get_subplotspec():  # what is drawn without pyplot does not follow by itself
                one.set_position(spec.get_position(figure))
    looks: dict[str, Any] = {"handlelength": 1.6, "columnspacing": 1.4, "borderaxespad": 0.1}
    figure.legend(list(found.values()), list(found), loc="upper left", ncols=columns, **looks)


def _inline(svg: str, key: str) -> str:
    """Only the `<svg>` element: no prologue, no outside names, ids that meet no other picture's, colours from the page."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<!--.*?-->\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r"<metadata>.*?</metadata>\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r' xmlns(:\w+)?="[^"]*"', "", svg)
    svg = re.sub(r' id="(\w+?[._]?\w*_\d+)"', "", svg)
    svg = re.sub(r"font: ([\d.]+)px [^;\"]*", r"font-size: \1px", svg)
    svg = re.sub(r"<svg ", f'<svg role="img" aria-labelledby="{key}-title" ', svg, count=1)
    svg = re.sub(r"\n\s*", "\n", svg)
    svg = re.sub(r"(<svg [^>]*>)", rf'\1<g id="{key}-all">', svg, count=1).replace("</svg>", "</g></svg>")
    return svg.replace(INK, "currentColor").replace(RULE, "var(--rule, #999)")
