"""Risk control's rules put into words: detectors, tiers, and what ladders of penalties take away.

Law: as `describe`.
"""

from __future__ import annotations

from typing import Any

from .citing import cited, span
from .document import Document
from .risk_grammar import DetectorEntry, RungEntry, TierEntry

FROZEN = "frozen"
"""The rule that refuses whoever a tier has frozen."""


def refusals(document: Document) -> list[str]:
    """The rules by which ladders refuse: one for each ladder and capability that some rung of it takes away."""
    pairs = [(ladder, name) for ladder, one in document.ladder.items() for rung in one.rung for name in rung.disables]
    return [f"{ladder}.{name}" for ladder, name in dict.fromkeys(pairs)]


def describe_risk(document: Document, name: str) -> dict[str, Any]:
    """A rule of risk control as plain values. Raises KeyError for a rule that is not there."""
    first, _, last = name.partition(".")
    if first in document.ladder:
        return _penalty(document, name, first, last)
    if name == FROZEN:
        name = first = next(key for key, tier in document.tier.items() if tier.action == "freeze")
    if name in document.tier:
        return _tier(document, name, document.tier[name])
    return _detector(document, name, document.detector[first])


def _row(document: Document, name: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"id": f"{document.platform}.{name}", "kind": kind, "limit": None, "window": "", "algorithm": "", **more}


def _detector(document: Document, name: str, entry: DetectorEntry) -> dict[str, Any]:
    whom = " and ".join(entry.scope) or "account"
    points = f"{entry.points} points for the {entry.blames}" if entry.blames else entry.effect or f"offence: {entry.offends}"
    figures = {
        key: value
        for key in ("of", "limit", "percent", "samples", "days")
        if (value := getattr(entry, key)) != type(entry).model_fields[key].default
    }
    told = ", ".join(f"{key} {value}" for key, value in figures.items())
    says = f"level {entry.level}, {entry.kind} for each {whom}" + (f" ({told})" if told else "") + f": {points}"
    row = _row(
        document,
        name,
        "detector",
        says=says,
        level=entry.level,
        points=entry.points,
        limit=entry.limit,
        window=span(entry.window),
        algorithm=entry.kind,
    )
    ends = f"{span(entry.window)} after it was last seen" if entry.kind != "list" else "when the list's time is over"
    return {**row, "resets": ends, **cited(document, entry, entry.actions or entry.signals, "")}


def _tier(document: Document, name: str, entry: TierEntry) -> dict[str, Any]:
    says = f"tier {entry.tier} from a score of {entry.from_score}: {entry.action}"
    leak = document.setting["risk_leak"].value if "risk_leak" in document.setting else ""
    resets = f"after {span(entry.lasts)}" if entry.lasts else f"when the score has leaked below, {leak} points an hour"
    row = _row(document, name, "tier", says=says, limit=entry.from_score, window=span(entry.lasts), algorithm=entry.action)
    return {**row, "resets": resets, **cited(document, entry, (), entry.code)}


def _penalty(document: Document, name: str, ladder: str, capability: str) -> dict[str, Any]:
    entry, taken = document.ladder[ladder], document.capability[capability]
    steps = [
        f"{number}. {rung.effect} {_how_long(rung)}"
        for number, rung in enumerate(entry.rung, 1)
        if capability in rung.disables
    ]
    row = _row(document, name, "penalty", says=f"{capability} is disabled: " + "; ".join(steps), algorithm="ladder")
    lifts = {rung.restore for rung in entry.rung if capability in rung.disables}
    resets = f"by {' or '.join(sorted(lifts))}; appeals succeed in {entry.appeal_percent}%"
    return {**row, "resets": resets, **cited(document, entry, taken.actions, taken.code)}


def _how_long(rung: RungEntry) -> str:
    return f"for {span(rung.lasts)}" if rung.lasts else "for good"
