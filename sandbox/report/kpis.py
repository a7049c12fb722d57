"""KPIs held against the bands of the market's rulebook, and the gates that a campaign must pass before it may be run.

Law: a level is a metric of its own, `<metric>.band`: 0 alarm, 1 below usual, 2 usual, 3 above usual, 4 excellent. Where too little
was seen to judge, there is none. A gate that does not hold fails the run; it needs no expectation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sandbox.rulebooks.market import LEVELS, Band

BAND = ".band"
SHARES = ("_rate", "_conversion", "_share", "_success")
"""How the names of KPIs end that are shares: people read these in per cent."""

REDEEMED_A_DAY = "redeemed.a_day.max"


def banded(metrics: Mapping[str, float], bands: Mapping[str, Band]) -> dict[str, float]:
    """The metrics, and a level beside each that has a band: the band is named as the metric's last part."""
    found = dict(metrics)
    for name, value in metrics.items():
        prefix, _, tail = name.rpartition(".")
        band = bands.get(tail)
        if band and band.shown_by(value, metrics.get(f"{prefix}.{band.samples}", 0)):
            found[name + BAND] = band.level(value)
    return dict(sorted(found.items()))


def names(known: Iterable[str], bands: Mapping[str, Band]) -> set[str]:
    """The names of all levels that there can be."""
    return {name + BAND for name in known if name.rpartition(".")[2] in bands}


def rows(worlds: Mapping[str, Mapping[str, float]], bands: Mapping[str, Band]) -> list[dict[str, Any]]:
    """A line for each KPI with a band: its value and level by world, and the band in words."""
    found: dict[str, dict[str, Any]] = {}
    for world, metrics in worlds.items():
        for name, value in metrics.items():
            tail = name.rpartition(".")[2]
            if tail in bands:
                row = found.setdefault(name, {"name": name, "band": words(tail, bands[tail]), "worlds": {}})
                row["worlds"][world] = (figure(tail, value), level(metrics.get(name + BAND)))
    return [found[name] for name in sorted(found)]


def level(number: float | None) -> str:
    """A level's name; without one too little was seen."""
    return "too few to tell" if number is None else LEVELS[int(number)]


def figure(tail: str, value: float) -> str:
    """A KPI's value for people."""
    return f"{value * 100:.4g} %" if tail.endswith(SHARES) else f"{value:,.4g}"


def words(tail: str, band: Band) -> str:
    """A band for people."""
    if band.ceiling is not None:
        return f"under {figure(tail, band.ceiling)}"
    parts = [f"usual {figure(tail, band.usual[0])} to {figure(tail, band.usual[1])}"] if band.usual else []
    parts += [f"excellent above {figure(tail, band.excellent)}"] if band.excellent is not None else []
    parts += [f"alarm below {figure(tail, band.alarm)}"] if band.alarm is not None else []
    return ", ".join(parts)


def unreported(metrics: Mapping[str, float], above: float, *, reported: bool) -> list[str]:
    """Why a campaign may not be run like this: more redemptions on one day than may go unreported (A26)."""
    most = metrics.get(REDEEMED_A_DAY, 0)
    if reported or not above or most <= above:
        return []
    return [f"{most:,.0f} redemptions on one day: more than {above:,.0f} must be reported beforehand (`reported = true`)"]
