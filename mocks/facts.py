"""Which facts can be told, and to whom: a kind that nobody takes is refused, not taken without a word.

Law: reads tables only: the services' signals, the engine's, and what detectors watch.
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches

from mocks.world import SERVICES
from sandbox.errors import InputError
from sandbox.policy.breaker import COMMANDS
from sandbox.policy.engine import SIGNALS
from sandbox.rulebooks import PLATFORMS, Rulebook


def facts(book: Rulebook) -> set[str]:
    """The kinds of facts that a platform takes."""
    service = SERVICES.get(book.platform)
    own = set(service.SIGNALS) if service else set()
    return {*COMMANDS, *SIGNALS, *book.book.watches.signals, *own} - {"command"}


def told_platform(kind: str, platform: str, about: str, books: Mapping[str, Rulebook]) -> str:
    """The platform that a fact is told to. Raises InputError when nobody takes it."""
    named = platform or (kind if "." in kind else about).partition(".")[0]
    if named not in PLATFORMS:
        raise InputError("signal", "platform", named, f"one of {', '.join(PLATFORMS)}")
    known = facts(books[named])
    if kind not in known:
        near = get_close_matches(kind, sorted(known), 3, 0.6)
        raise InputError(
            "signal", "kind", kind, f"a fact that {named} takes" + (f", such as {', '.join(near)}" if near else "")
        )
    return named
