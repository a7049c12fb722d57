"""Whom a rule counts, and the key under which its memory of a subject is kept: written out as text, because every call makes some.

Law: pure. The account comes first, so that one account can be forgotten whole; then the value of each attribute that the rule's scope
names, where a missing one is a subject of its own. Every value but the last carries its length, so that no choice of values can
pass for another's. What comes from a rulebook enters the text as a literal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from textwrap import indent

from .model import Breaker, Quota

Key = Callable[[str, Mapping[str, str]], str]
"""`key(account, actor)`: which cell."""

KEYER = """
def make(tail):
    def key(account, actor):
{parts}
        return f'{subject}{{tail}}'
    return key
"""


def names(rule: Quota | Breaker) -> tuple[str, ...]:
    """The attributes that tell a rule's subjects apart. The action is known when a rule is made ready, and the account always counts."""
    return tuple(name for name in rule.scope if name not in ("account", "action"))


def tail(rule: Quota | Breaker, action: str) -> str:
    """How the key of a rule's memory ends."""
    return f"#{rule.id}" + (f"@{action}" if "action" in rule.scope else "")


def read_parts(scope: tuple[str, ...], prefix: str) -> dict[str, str]:
    """The lines that read the values of `scope` from a call's `actor`, by the variables that they fill."""
    parts = {f"{prefix}_{place}": name for place, name in enumerate(scope)}
    return {part: f"{part} = actor.get({name!r}, '')" for part, name in parts.items()}


def subject(parts: tuple[str, ...]) -> str:
    """What stands in an f-string for the subject whose values are in these variables."""
    firsts, last = [f"/{{len({part})}}:{{{part}}}" for part in parts[:-1]], [f"/{{{part}}}" for part in parts[-1:]]
    return "".join(["{account}", *firsts, *last])


def keyer(rule: Quota | Breaker, action: str) -> Key:
    """Where a rule's memory of a subject is."""
    return _maker(names(rule))(tail(rule, action))


@lru_cache(maxsize=256)
def _maker(scope: tuple[str, ...]) -> Callable[[str], Key]:
    parts = read_parts(scope, "part")
    made: dict[str, Callable[[str], Key]] = {}
    text = KEYER.format(parts=indent("\n".join(parts.values()), " " * 8), subject=subject(tuple(parts)))
    exec(text, made)  # noqa: S102 - see above
    return made["make"]
