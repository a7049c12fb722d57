"""An entry's source and standing, and durations, in words: what every description of a rule ends with.

Law: says what the rulebook says; adds nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .document import Document
from .grammar import Cited

UNITS = (("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000))

OVERRIDE = "override"
"""What the source of a figure is called that was changed for a run."""

TITLES = (OVERRIDE, "sandbox")
"""Sources that say all by their title: whoever changed a figure, and ourselves where nobody else says anything."""


def span(ms: int) -> str:
    """A duration as the rulebooks write it: "1m", "90s", "1500ms"."""
    return next((f"{ms // size}{unit}" for unit, size in UNITS if ms and ms % size == 0), f"{ms}ms")


def cited(document: Document, entry: Cited, actions: Sequence[str], code: str) -> dict[str, Any]:
    """The actions and the code of a rule, and where its figures come from."""
    source = document.source[entry.source]
    return {
        "actions": list(actions),
        "code": code,
        "standing": entry.standing,
        "source": source.title if entry.source in TITLES else f"{source.title}, {source.at}, read {source.read}",
        "part": entry.part,
        "facts": list(entry.facts),
        "note": entry.note,
    }
