"""Rules put into words and plain values: for the command line, for explanations and for reports.

Law: says what the rulebook says, with its source and standing; adds nothing.
"""

from __future__ import annotations

from typing import Any

from . import Rulebook
from .citing import cited, span
from .describe_risk import FROZEN, describe_risk, refusals
from .grammar import BandEntry, BreakerEntry, Cited, QuotaEntry


def describe_rule(book: Rulebook, rule: str) -> dict[str, Any]:
    """A rule as plain values, with where its figures come from. Raises KeyError for a rule that is not there."""
    name = rule.removeprefix(book.platform + ".")
    document = book.document
    if name in document.breaker:
        return _breaker(book, rule, document.breaker[name])
    if name in document.quota:
        return _quota(book, rule, document.quota[name])
    return describe_risk(document, name)


def _quota(book: Rulebook, rule: str, entry: QuotaEntry) -> dict[str, Any]:
    whom = " and ".join(entry.scope) or "account"
    often = "at once" if entry.algorithm == "concurrent" else f"per {span(entry.window)}"
    says = f"{entry.limit:,} {often} for each {whom}" + _when(entry)
    return {
        "id": rule,
        "kind": "quota",
        "says": says,
        "limit": entry.limit,
        "window": span(entry.window),
        "algorithm": entry.algorithm,
        "resets": _resets(entry),
        **cited(book.document, entry, entry.actions, entry.code),
    }


def _resets(entry: QuotaEntry) -> str:
    if (entry.algorithm, entry.window, entry.offset) == ("fixed", DAY, BEIJING):
        return "at midnight in Beijing"
    shifted = f" (shifted by {span(entry.offset)})" if entry.offset else ""
    return RESETS[entry.algorithm].format(window=span(entry.window)) + shifted


def _when(entry: QuotaEntry) -> str:
    return "".join(f", when {name} is {value}" for name, value in entry.when.items())


def _breaker(book: Rulebook, rule: str, entry: BreakerEntry) -> dict[str, Any]:
    fuse = next(one for rules in book.book.breakers.values() for one in rules if one.id == rule)
    many = "" if fuse.probes == 1 else "s"
    says = f"opens for {span(fuse.open_ms)}, then {fuse.probes} probe{many}"
    if fuse.backoff > 1:
        says += f"; again within {span(fuse.forgive_ms)}: x{fuse.backoff}, up to {span(fuse.max_open_ms)}"
    return {
        "id": rule,
        "kind": "breaker",
        "says": says,
        "limit": None,
        "window": span(fuse.open_ms),
        "algorithm": fuse.trip_on,
        "resets": f"half-open {span(fuse.open_ms)} or more after it tripped; closed after {fuse.probes} good call{many}",
        **cited(book.document, entry, entry.actions, entry.code),
    }


DAY, BEIJING = 86_400_000, 8 * 3_600_000
"""A day, and how far Beijing's midnight is from UTC's, in ms."""

RESETS = {
    "fixed": "when the clock reaches the next whole {window}",
    "anchored": "{window} after the first call counted",
    "sliding": "{window} after the oldest call counted, one by one",
    "counter": "gradually, over the {window} after the calls",
    "bucket": "evenly: the whole limit flows back in {window}",
    "concurrent": "when a call in flight ends, at the latest {window} after it began",
}
"""When a quota counted by each algorithm is free again."""


def rules(book: Rulebook) -> list[dict[str, Any]]:
    """Every rule of a rulebook, described."""
    document = book.document
    names = [*document.quota, *document.breaker, *document.detector, *document.tier, *refusals(document)]
    return [describe_rule(book, f"{book.platform}.{name}") for name in names]


def frozen(book: Rulebook) -> list[dict[str, Any]]:
    """The rule that refuses whoever a tier has frozen, described as that tier; nothing where no tier freezes."""
    if not any(tier.action == "freeze" for tier in book.document.tier.values()):
        return []
    tier = describe_rule(book, f"{book.platform}.{FROZEN}")
    return [tier | {"id": f"{book.platform}.{FROZEN}", "says": f"frozen before: {tier['says']}, for {tier['window']}"}]


def figures(book: Rulebook) -> list[dict[str, Any]]:
    """What models draw from and KPIs are judged by, in the rows that rules have: the market's; a platform has none."""
    document = book.document
    told: dict[str, tuple[Cited, str]]
    told = {f"figure.{name}": (one, _amount(one.value, one.unit)) for name, one in document.figure.items()}
    told |= {
        f"range.{name}": (one, f"{_amount(one.low, one.unit)} to {_amount(one.high, one.unit)}")
        for name, one in document.range.items()
    }
    told |= {f"band.{name}": (one, _band(one)) for name, one in document.band.items()}
    return [
        {"id": f"{book.platform}.{name}", "says": says, **cited(document, one, (), "")} for name, (one, says) in told.items()
    ]


def describe_all(book: Rulebook) -> list[dict[str, Any]]:
    """Everything a rulebook says: its rules, who stays frozen, its figures."""
    return [*rules(book), *frozen(book), *figures(book)]


def _amount(value: float, unit: str) -> str:
    return span(int(value)) if unit == "ms" else f"{value:g} {unit.replace('_', ' ')}"


def _band(band: BandEntry) -> str:
    said = band.model_dump(include={"usual", "excellent", "alarm", "ceiling"}, exclude_none=True)
    return ", ".join(f"{name} {value}" for name, value in said.items())


def answering_with(books: dict[str, Rulebook], code: str) -> list[dict[str, Any]]:
    """The rules, of all platforms, that answer with a code."""
    return [rule for book in books.values() for rule in rules(book) if rule["code"] == code]
