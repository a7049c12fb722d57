"""A capacity gate: was a rate that is asked for (100,000 product calls a second, V10) really shown, and if not, what was?

Law: only what was measured over HTTP, by a generator that kept up, shows a rate. All else is named for what it is: the decision path alone in
one process, an extrapolation, or simulated time. A rate that was not reached is never a pass: the verdict is INVALID, with the figures.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from .calls import ALLOWED, BIN
from .metrics import World
from .shape import CapacityRow

BUSY = 0.7
"""How busy a core may be on average: beyond, queues grow without need (M/M/1: at 70 % an answer takes 3.3 times its service)."""

HTTP, IN_PROCESS, EXTRAPOLATED, SIMULATED = "measured over HTTP", "measured in process", "extrapolated", "simulated"


@dataclass(frozen=True, slots=True)
class Capacity:
    """What is asked for: so many calls of an action a second. `in_process`: how many one core was seen to decide, without HTTP; 0: not seen."""

    action: str
    target: int
    in_process: float = 0.0


def ladder(asked: Capacity, worlds: Mapping[str, World]) -> list[CapacityRow]:
    """What is known of the rate, the best evidence first. The live world ran in real time."""
    rows: list[CapacityRow] = []
    if "live" in worlds and (shown := _best(worlds["live"], asked.action)):
        rows.append(_row(HTTP, shown, _flight(worlds["live"], asked)))
    if asked.in_process:
        rows.append(_row(IN_PROCESS, asked.in_process, "one core, the decision alone: no socket, no HTTP, no JSON"))
    if rows and rows[0]["per_second"] < asked.target:
        one = rows[0]["per_second"]
        cores, times = ceil(asked.target / one / BUSY), asked.target / one
        says = f"{times:,.0f} times what was measured: {cores:,} cores at {BUSY:.0%}, if one core does no more than that; nobody has seen it"
        rows.append(_row(EXTRAPOLATED, asked.target, says))
    if "sim" in worlds and (virtual := _best(worlds["sim"], asked.action)):
        rows.append(_row(SIMULATED, virtual, "virtual time: shows what rules do at this rate, and no machine's capacity"))
    return rows


def not_shown(asked: Capacity, rows: Sequence[CapacityRow]) -> list[str]:
    """Why the rate cannot be called reached, if so."""
    shown = next((row["per_second"] for row in rows if row["kind"] == HTTP), 0.0)
    if shown >= asked.target:
        return []
    seen = f"at most {shown:,.0f} were measured over HTTP" if shown else "nothing was measured over HTTP"
    return [f"{asked.target:,} {asked.action} a second were not shown: {seen}"]


def _row(kind: str, per_second: float, says: str) -> CapacityRow:
    return {"kind": kind, "per_second": per_second, "says": says}


def _best(world: World, action: str) -> float:
    """The most calls let through in a bin, as calls a virtual second."""
    bins = [number for (name, code, _), number in world.calls.bins.items() if name == action and code == ALLOWED]
    return max(bins, default=0) * 1_000 / BIN


def _flight(world: World, asked: Capacity) -> str:
    """Little's law: how many calls would be in flight at once."""
    middle = world.responses[asked.action].percentile(50) if asked.action in world.responses else None
    if middle is None:
        return "the best five seconds"
    return f"the best five seconds; with its median answer of {middle:,.0f} ms the target means {asked.target * middle / 1_000:,.0f} calls in flight"
