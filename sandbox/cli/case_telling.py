"""What a played case has to tell beside its verdict: every step in words, the rules in question, the state at the first difference.

Law: plain JSON; a report shows it and needs neither the case nor the rulebooks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sandbox.cases import Case, Outcome
from sandbox.cases.telling import asked, got, shown, span
from sandbox.rulebooks import Rulebook

from .timeline import State, held, in_question

Played = tuple[Sequence[Outcome], State]
"""One world's outcomes, and what the account's meters held at the first that differs."""

KEYS = ("id", "says", "resets", "standing", "source", "part", "facts", "note", "code")


def told(case: Case, played: Mapping[str, Played], books: Mapping[str, Rulebook]) -> dict[str, Any]:
    """The `case` of a summary."""
    first = next((one for outcomes, _ in played.values() for one in outcomes if one.wrong), None)
    questioned = in_question(first, books) if first else []
    state = next((state for _, state in played.values() if state), {})
    return {
        "title": case.title,
        "note": case.note,
        "facts": list(case.facts),
        "worlds": {world: [_step(case, one) for one in outcomes] for world, (outcomes, _) in played.items()},
        "rules": [{key: rule[key] for key in KEYS} for rule in questioned],
        "state": held(state, case.start_ms),
    }


def _step(case: Case, one: Outcome) -> dict[str, Any]:
    wrong = [
        {"name": name, "expected": shown(name, wanted), "actual": shown(name, actual)}
        for name, (wanted, actual) in one.wrong.items()
    ]
    when = f"+{span(one.at - case.start_ms)}"
    return {"number": one.number, "at": when, "asked": asked(one), "got": got(one.seen), "wrong": wrong}
