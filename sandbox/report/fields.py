"""Reading one field of an event.

Law: a field that a fold needs and that is absent, or of another kind, is a loud error; nothing is counted from a guess.
"""

from __future__ import annotations

from sandbox.errors import InputError
from sandbox.events import Event


def text(event: Event, key: str) -> str:
    """The field as text. Raises InputError."""
    value = event.get(key)
    if isinstance(value, str):
        return value
    raise _unfit(event, key, "text")


def whole(event: Event, key: str) -> int:
    """The field as a whole number. Raises InputError."""
    value = event.get(key)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise _unfit(event, key, "a whole number")


def yes(event: Event, key: str) -> bool:
    """The field as true or false. Raises InputError."""
    value = event.get(key)
    if isinstance(value, bool):
        return value
    raise _unfit(event, key, "true or false")


def _unfit(event: Event, key: str, expected: str) -> InputError:
    return InputError("events.jsonl", f"{event.get('kind', 'event')}.{key}", event.get(key, "(absent)"), expected)
