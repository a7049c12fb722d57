"""What the fields of a request may be, and how the Channels shop says that one is not.

Law: pure predicates over parsed JSON; nothing a client may send raises. Ids are accepted as number or text, and answered as text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeVar

from mocks.http import Answer

NAME: Final = "channels"
BIGGEST: Final = 2**63
PRICIEST: Final = 10**9
"""Fen: no price is higher."""

Payload = Mapping[str, Any]
Kind = Callable[[object], bool]
T = TypeVar("T")


def invalid(name: str, expected: str = "a valid value") -> Answer:
    """The vendor's answer to an argument that does not fit its schema."""
    return Answer("40097", text=f"invalid args, {name}: expecting {expected}")


def checked(payload: Payload, kinds: Mapping[str, Kind], at: str = "") -> Answer | None:
    """The refusal of the first field that is not of its kind; None when all are."""
    bad = next((name for name, kind in kinds.items() if not kind(payload.get(name))), None)
    return None if bad is None else invalid(at + bad)


def number(value: object, default: int = -1) -> int:
    """A whole number, as number or as text; `default` for anything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 19:
        return int(value)
    return default


def key(value: object) -> str:
    """An id as the tables here are keyed: text without leading zeros; "" for what is none."""
    found = number(value)
    return str(found) if 0 < found < BIGGEST else ""


def ident(value: object) -> bool:
    """An id: a positive whole number, as number or as text."""
    return bool(key(value))


def whole(low: int = 0, high: int = 2**53) -> Kind:
    """A whole number in these bounds, as number or as text."""
    return lambda value: low <= number(value, low - 1) <= high


def one_of(*allowed: int) -> Kind:
    """One of these numbers, as number or as text."""
    return lambda value: number(value, min(allowed) - 1) in allowed


def flag(value: object) -> bool:
    """Yes or no: a boolean, or 0 or 1."""
    return isinstance(value, bool) or number(value) in (0, 1)


def on(value: object) -> bool:
    """Does a flag say yes?"""
    return value is True or number(value, 0) == 1


def text(most: int = 4096, least: int = 1) -> Kind:
    """Text of so many characters."""
    return lambda value: isinstance(value, str) and least <= len(value) <= most


def each(kind: Kind, most: int, least: int = 0) -> Kind:
    """A list of so many, each of that kind."""
    return lambda value: isinstance(value, list) and least <= len(value) <= most and all(map(kind, value))


def mapping(value: object) -> bool:
    """A JSON object."""
    return isinstance(value, dict)


def having(kinds: Mapping[str, Kind]) -> Kind:
    """A JSON object whose fields are of these kinds."""
    return lambda value: isinstance(value, dict) and checked(value, kinds) is None


def maybe(kind: Kind) -> Kind:
    """Absent, null, or of that kind."""
    return lambda value: value is None or kind(value)


def page(items: Sequence[T], payload: Payload, most: int, default: int) -> tuple[Sequence[T], str, bool] | Answer:
    """The items of a page, the `next_key` after it (always one, as at the vendor), and whether there are more."""
    if refused := checked(payload, {"page_size": maybe(whole(1, most)), "next_key": maybe(text(20, 0))}):
        return refused
    start = number(payload.get("next_key") or "0")
    if start < 0:
        return invalid("next_key")
    end = start + (number(payload.get("page_size"), 0) or default)
    found = items[start:end]
    return found, str(start + len(found)), end < len(items)
