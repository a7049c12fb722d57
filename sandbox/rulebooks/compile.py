"""From a rulebook's text to the policy engine's rules.

Law: what the grammar cannot say is checked here: codes exist, breakers that a quota trips exist and cover its actions, presets
exist and leave no hole. Rule ids are `<platform>.<name>`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, TypeVar

from sandbox.errors import InputError
from sandbox.policy import Book, Breaker, Quota
from sandbox.policy.presets import PRESETS

from .document import Document
from .grammar import BreakerEntry, QuotaEntry
from .risk_compile import compile_risk

Rule = TypeVar("Rule", Quota, Breaker)

FIELDS = {
    "slow": "slow_ms",
    "open": "open_ms",
    "max_open": "max_open_ms",
    "forgive": "forgive_ms",
    "half_open": "half_open_ms",
}
"""Durations lose their unit in the rulebook's text, where they carry it themselves."""


def compile_book(document: Document, where: str) -> tuple[Book, dict[str, str]]:
    """The book to judge by, and the platform's code for each rule. Raises InputError."""
    platform = document.platform
    quotas: dict[str, list[Quota]] = defaultdict(list)
    breakers: dict[str, list[Breaker]] = defaultdict(list)
    codes: dict[str, str] = {}
    for name, entry in document.breaker.items():
        rule = _breaker(platform, name, entry, where)
        _file(breakers, codes, document, f"breaker.{name}", entry, rule, where)
    for name, limit in document.quota.items():
        _check_trips(document, name, limit, where)
        _file(quotas, codes, document, f"quota.{name}", limit, _quota(platform, name, limit, where), where)
    risk, refusals = compile_risk(document, where)
    made = Book(platform, {a: tuple(q) for a, q in quotas.items()}, {a: tuple(b) for a, b in breakers.items()}, risk)
    return made, {**codes, **refusals}


def _file(
    by_action: dict[str, list[Rule]],
    codes: dict[str, str],
    document: Document,
    key: str,
    entry: QuotaEntry | BreakerEntry,
    rule: Rule,
    where: str,
) -> None:
    """Put a rule under each of its actions, and note its code."""
    if entry.code not in document.error:
        raise InputError(where, f"{key}.code", entry.code, "a code that an [error.CODE] of this rulebook explains")
    for action in entry.actions:
        if not action.startswith(document.platform + "."):
            raise InputError(where, f"{key}.actions", action, f"actions of this platform: {document.platform}.SOMETHING")
        by_action[action].append(rule)
    codes[rule.id] = entry.code


def _quota(platform: str, name: str, entry: QuotaEntry, where: str) -> Quota:
    try:
        return _made(platform, name, entry)
    except ValueError as problem:
        raise InputError(where, f"quota.{name}", entry.limit, f"figures that work together: {problem}") from None


def _made(platform: str, name: str, entry: QuotaEntry) -> Quota:
    return Quota(
        id=f"{platform}.{name}",
        limit=entry.limit,
        window=entry.window,
        algorithm=entry.algorithm,
        scope=entry.scope,
        burst=entry.burst,
        offset=entry.offset,
        when=tuple(entry.when.items()),
        weight=entry.weight,
        shadow=entry.mode == "shadow",
        trips=f"{platform}.{entry.trips}" if entry.trips else "",
    )


def _check_trips(document: Document, name: str, entry: QuotaEntry, where: str) -> None:
    """A quota that trips a breaker which does not guard its actions would let an excess pass for harmless."""
    if not entry.trips:
        return
    fuse = document.breaker.get(entry.trips)
    if fuse is None:
        raise InputError(where, f"quota.{name}.trips", entry.trips, "the name of a [breaker.NAME]")
    if missing := set(entry.actions) - set(fuse.actions):
        raise InputError(where, f"breaker.{entry.trips}.actions", list(fuse.actions), f"{', '.join(sorted(missing))} too")


def _breaker(platform: str, name: str, entry: BreakerEntry, where: str) -> Breaker:
    if entry.preset and entry.preset not in PRESETS:
        raise InputError(where, f"breaker.{name}.preset", entry.preset, "one of " + ", ".join(PRESETS))
    said = entry.model_dump(
        exclude_none=True, exclude={"source", "standing", "part", "facts", "note", "actions", "excepted", "code", "preset"}
    )
    fields = {**PRESETS.get(entry.preset, {}), **{FIELDS.get(key, key): value for key, value in said.items()}}
    if "open_ms" not in fields:
        raise InputError(where, f"breaker.{name}.open", "(absent)", 'a duration such as "60s"; its preset gives none')
    if fields.get("trip_on", "outcomes") == "outcomes" and not _can_trip(fields):
        raise InputError(
            where, f"breaker.{name}", "(absent)", "failure_percent, or slow and slow_percent: it could never trip"
        )
    try:
        return Breaker(id=f"{platform}.{name}", **fields)
    except ValueError as problem:
        raise InputError(where, f"breaker.{name}", said, f"figures that work together: {problem}") from None


def _can_trip(fields: Mapping[str, Any]) -> bool:
    slow = fields.get("slow_ms") and 0 < fields.get("slow_percent", 0) <= 100
    return bool(slow or 0 < fields.get("failure_percent", 0) <= 100)
