"""Plot (b): the state of each breaker over time, as a band. Users read "fuse"."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from matplotlib.figure import Figure

from sandbox.report.breakers import CUT_OFF, Stretch, opens
from sandbox.report.metrics import World
from sandbox.report.moments import lasting

from .band import MOST_STRETCHES, band
from .canvas import Plot, Window, draw, legend, panels, time_axis

MOST_BANDS = 10


def fuse(worlds: Mapping[str, World], seen: Window) -> Plot | None:
    """A band for each breaker and subject, a world a column; None when no breaker moved."""
    bands = {name: _bands(world) for name, world in worlds.items()}
    longest = sorted({key for one in bands.values() for key in one}, key=lambda key: (-_open_ms(bands, key), key))
    rows = longest[:MOST_BANDS]
    if not rows:
        return None

    def paint(figure: Figure) -> None:
        found = panels(figure, list(worlds), 1)
        for (_, name), axes in found.items():
            for row, key in enumerate(rows):
                band(axes, row, bands[name].get(key, []), name, seen)
                axes.text(0, row - 0.2, f"{key[0]} of {key[1]}", fontsize=8, va="bottom")
            axes.set_yticks([])
            axes.set_ylim(len(rows) - 0.5, -0.6)
            axes.grid(visible=False)
            axes.spines["left"].set_visible(False)
            time_axis(axes, seen, labelled=True)
        legend(figure, list(found.values()))

    note = "A fuse that nobody calls stays as it is: it counts as open only until it could have been tried again."
    if len(longest) > MOST_BANDS:
        note += f" The {MOST_BANDS} longest open of {len(longest):,} are shown."
    if any(len(stretches) >= MOST_STRETCHES for one in bands.values() for stretches in one.values()):
        note += " Where it moved too often to draw, heights are shares of time."
    return Plot("fuse", _title(worlds, bands), draw("fuse", (10.4, 1.25 + 0.48 * len(rows)), paint), note, len(worlds))


Bands = dict[tuple[str, str], list[Stretch]]


def _bands(world: World) -> Bands:
    bands: defaultdict[tuple[str, str], list[Stretch]] = defaultdict(list)
    for one in world.breakers.stretches(world.last):
        bands[one.rule, one.subject].append(one)
    return dict(bands)


def _open_ms(bands: Mapping[str, Bands], key: tuple[str, str]) -> int:
    return sum(one.end - one.start for band in bands.values() for one in band.get(key, []) if one.state in CUT_OFF)


def _title(worlds: Mapping[str, World], bands: Mapping[str, Bands]) -> str:
    told = []
    for name, world in worlds.items():
        times = sum(opens(move) for moves in world.breakers.moves.values() for move in moves)
        lasted = sum(_open_ms({name: bands[name]}, key) for key in bands[name])
        told.append(f"{times:,} {'time' if times == 1 else 'times'} in {name}, for {lasting(lasted)} in all")
    return "The fuse opened " + "; ".join(told)
