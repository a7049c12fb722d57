"""Plot (a): what was asked and what was refused, over time, beside the orders that caused it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from itertools import chain, cycle
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from sandbox.report.breakers import CUT_OFF
from sandbox.report.calls import ALLOWED, BIN
from sandbox.report.context import Context, Rule, quota
from sandbox.report.metrics import World
from sandbox.report.moments import clock, each, is_long, lasting
from sandbox.report.orders import NOTICES

from .canvas import GREEN, INK, ORANGE, PURPLE, SKY, VERMILION, YELLOW, Plot, Window, draw, legend, panels, time_axis

MOST_ACTIONS = 3
MOST_PASSED = 2
"""A window that begins anew lets through up to twice its limit within its length; nothing lets through more."""

SMALL_SHARE = 0.05
"""An action with fewer calls than this share of the busiest one's is not worth a panel, unless it was refused."""

MOST_SHADES = 200
"""With more, shades would cover everything: the picture of the fuse tells it better."""

ADMITTED: dict[str, Any] = {"facecolor": (GREEN, 0.55)}
REFUSED: tuple[dict[str, Any], ...] = tuple(
    {"facecolor": (colour, 0.75), "edgecolor": "#ffffff", "hatch": hatch}
    for colour, hatch in ((VERMILION, "////"), (ORANGE, "...."), (PURPLE, "xxxx"), (SKY, "++++"), (YELLOW, "||||"))
)
"""How refusals look, by code: hatched too, for eyes that tell no colours apart."""
LONGEST_LIMIT = 300_000
"""A limit over a longer window (ms) says nothing about a rate by the minute, and is not drawn."""


def traffic(worlds: Mapping[str, World], seen: Window, context: Context) -> Plot | None:
    """Calls per minute, admitted and refused by code, an action a row, a world a column."""
    actions = _actions(worlds)
    if not actions:
        return None

    def paint(figure: Figure) -> None:
        found = panels(figure, list(worlds), len(actions))
        for (row, name), axes in found.items():
            action = actions[row]
            _calls(axes, name, worlds[name], action, seen)
            if row == 0 or action in NOTICES:
                _orders(axes, name, worlds[name], seen)
            _cut_off(axes, name, worlds[name], context.vocabulary.breakers, action, seen)
        for (row, name), axes in found.items():
            _limits(axes, actions[row], worlds, context.rules)
            axes.set_ylim(0)
            axes.set_title(actions[row], loc="right", fontsize=8.5, fontweight="normal")
            time_axis(axes, seen, labelled=row == len(actions) - 1)
            if name == next(iter(worlds)):
                axes.set_ylabel("per minute")
        legend(figure, list(found.values()))

    svg = draw("traffic", (10.4, 1.05 + 1.9 * len(actions)), paint)
    note = f"Rates by the minute, in steps of {lasting(seen.width)} of virtual time. {_calls_per_order(worlds)}"
    return Plot("traffic", _title(worlds, actions[0], seen), svg, note, len(worlds))


def _actions(worlds: Mapping[str, World]) -> list[str]:
    """The actions to show: those most refused first, then those most called by clients (not by a platform itself)."""
    refused: Counter[str] = Counter()
    called: Counter[str] = Counter()
    for world in worlds.values():
        called.update(world.calls.actions())
        for (action, _, _), number in world.calls.refusals.items():
            refused[action] += number
    asked = {action for world in worlds.values() for action in world.responses} or set(called)
    least = SMALL_SHARE * max(called.values(), default=0)
    busy = [action for action in called if refused[action] or (action in asked and called[action] >= least)]
    return sorted(busy, key=lambda action: (-refused[action], -called[action], action))[:MOST_ACTIONS]


def _calls(axes: Axes, name: str, world: World, action: str, seen: Window) -> None:
    """Admitted calls from the ground up, refused ones stacked on top by code."""
    codes = sorted({code for one, code, _ in world.calls.bins if one == action and code != ALLOWED})
    ground = np.zeros(seen.count)
    for code, looks in zip([ALLOWED, *codes], chain([ADMITTED], cycle(REFUSED)), strict=False):
        counts = {number: count for (one, what, number), count in world.calls.bins.items() if (one, what) == (action, code)}
        top = ground + seen.per_minute(name, counts)
        label = f"refused {code}" if code != ALLOWED else "calls admitted"
        # Steps by hand: `stairs` fills without hatching.
        axes.fill_between(seen.edges, _held(ground), _held(top), step="post", linewidth=0, label=label, **looks)
        ground = top


def _held(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """One value more, so that the last step lasts until its edge."""
    return np.append(values, values[-1])


def _orders(axes: Axes, name: str, world: World, seen: Window) -> None:
    if world.orders.bins:
        rate = seen.per_minute(name, world.orders.bins)
        axes.stairs(rate, seen.edges, baseline=None, color=INK, linewidth=1.7, label="orders placed")


def _cut_off(axes: Axes, name: str, world: World, guards: Mapping[str, tuple[str, ...]], action: str, seen: Window) -> None:
    """Shade the time in which a breaker refused the action whatever came."""
    stretches = [
        one for one in world.breakers.stretches(world.last) if one.state in CUT_OFF and action in guards.get(one.rule, ())
    ]
    if len(stretches) > MOST_SHADES:
        return
    for one in stretches:
        axes.axvspan(
            seen.place(name, one.start), seen.place(name, one.end), color=INK, alpha=0.07, linewidth=0, label="fuse open"
        )


def _limits(axes: Axes, action: str, worlds: Mapping[str, World], rules: Mapping[str, Rule]) -> None:
    """A line for each limit on this action that is in sight and counts all of it.

    A limit that let far more pass counts each user by itself, and has no place beside a total.
    """
    refusing = {rule for world in worlds.values() for one, _, rule in world.calls.refusals if one == action}
    highest = axes.get_ylim()[1]
    for rule, entry in rules.items():
        limit, span = quota(entry)
        if not 0 < span <= LONGEST_LIMIT:
            continue
        rate = limit * 60_000 / span
        concerns = (rule in refusing or action in entry.get("actions", ())) and rate < 1.5 * highest
        if concerns and (rule in refusing or _most(worlds, action, span) <= MOST_PASSED * limit):
            axes.axhline(rate, color=VERMILION, linewidth=1.2, linestyle=(0, (5, 3)), label=f"limit {limit:,} {each(span)}")


def _most(worlds: Mapping[str, World], action: str, span: int) -> int:
    """The most calls of an action within `span` ms, in any world."""
    most = 0
    for world in worlds.values():
        counts: Counter[int] = Counter()
        for (one, _, number), count in world.calls.bins.items():
            counts[number] += count if one == action else 0
        most = max([most, *(sum(counts[start + step] for step in range(-(-span // BIN))) for start in list(counts))])
    return most


def _calls_per_order(worlds: Mapping[str, World]) -> str:
    """What retries and repeats add, where orders are placed."""
    told = []
    for name, world in worlds.items():
        calls = sum(number for action, number in world.calls.actions().items() if action in NOTICES)
        if calls and (placed := world.orders.metrics().get("order_notice.placed")):
            told.append(f"{calls:,} calls for {placed:,.0f} orders in {name}")
    return f"Notices took {', '.join(told)}." if told else ""


def _title(worlds: Mapping[str, World], action: str, seen: Window) -> str:
    told = []
    for name, world in worlds.items():
        counts = world.calls.by_code()
        calls = sum(number for (one, _), number in counts.items() if one == action)
        refused = calls - counts[action, ALLOWED]
        firsts = [at for (one, _, _), at in world.calls.first_refused.items() if one == action]
        when = f" (from {clock(min(firsts) - seen.start[name], long=is_long(seen.span))})" if firsts else ""
        told.append(f"{refused:,} of {calls:,} in {name}{when}")
    return f"{action}: refused " + ", ".join(told)
