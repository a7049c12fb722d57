"""What the fields of a request may be, and how WeCom says that one is not.

Law: pure predicates over parsed JSON. Nothing a client may send raises; a whole number may be written as text, as in a query.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeVar

from mocks.http import Answer

Payload = Mapping[str, Any]
Kind = Callable[[object], bool]
T = TypeVar("T")

BIGGEST: Final = 2**53
DAY_S: Final = 86_400
BEIJING_S: Final = 8 * 3_600
USERID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}")
"""What a member's id may be; the documents do not name the `@`, clients use it."""


def text(most: int = 4096, least: int = 1) -> Kind:
    """Text of so many characters."""
    return lambda value: isinstance(value, str) and least <= len(value) <= most


def octets(most: int, least: int = 1) -> Kind:
    """Text of so many bytes in UTF-8."""
    return lambda value: isinstance(value, str) and least <= len(value.encode("utf-8", "replace")) <= most


def like(pattern: str) -> Kind:
    """Text that matches the whole pattern."""
    known = re.compile(pattern, re.ASCII)
    return lambda value: isinstance(value, str) and known.fullmatch(value) is not None


def whole(low: int = 0, high: int = BIGGEST) -> Kind:
    """A whole number in these bounds, as a number or as text."""
    return lambda value: low <= number(value, low - 1) <= high


def one_of(*allowed: str | int) -> Kind:
    """One of these values, and of their type; a number may be written as text."""

    def fits(value: object) -> bool:
        return any(number(value, one - 1) == one if isinstance(one, int) else value == one for one in allowed)

    return fits


def each(kind: Kind, most: int, least: int = 0) -> Kind:
    """A list of so many, each of that kind."""
    return lambda value: isinstance(value, list) and least <= len(value) <= most and all(map(kind, value))


def texts(most: int, least: int = 0) -> Kind:
    """A list of so many texts."""
    return each(text(), most, least)


def wholes(most: int, least: int = 0) -> Kind:
    """A list of so many whole numbers."""
    return each(whole(), most, least)


def mapping(value: object) -> bool:
    """A JSON object."""
    return isinstance(value, dict)


def maybe(kind: Kind) -> Kind:
    """Absent, null, or of that kind."""
    return lambda value: value is None or kind(value)


def truth(value: object) -> bool:
    """A boolean, or 0 or 1."""
    return isinstance(value, bool) or one_of(0, 1)(value)


def wrong(payload: Payload, kinds: Mapping[str, Kind], missing: Mapping[str, str] | None = None) -> Answer | None:
    """The first field that is not of its kind: its code in `missing` when it is absent or empty, else 40058 with its name."""
    for name, kind in kinds.items():
        value = payload.get(name)
        if kind(value):
            continue
        if missing and name in missing and value in (None, "", []):
            return Answer(missing[name])
        return bad(name)
    return None


def bad(name: str) -> Answer:
    """The answer to a field that will not do."""
    return Answer("40058", text=f"invalid param '{name}'. invalid Request Parameter")


def bad_userids(payload: Payload, name: str, most: int) -> Answer | None:
    """What is wrong with a list of members' ids: none of them, something else, too many."""
    if not texts(BIGGEST, 1)(payload.get(name)):
        return Answer("40031")
    return Answer("40032") if len(payload[name]) > most else None


def midnight(at: int) -> int:
    """When the day began in Beijing; times in seconds."""
    return at - (at + BEIJING_S) % DAY_S


def number(value: object, default: int = 0) -> int:
    """A whole number, written as number or text; `default` for anything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and value.isdecimal() and len(value) <= 18:
        return int(value)
    return default


def listed(payload: Payload, name: str) -> list[Any]:
    """The list of that name; an absent one is empty."""
    value = payload.get(name)
    return value if isinstance(value, list) else []


def page(items: Sequence[T], payload: Payload, most: int, default: int = 0) -> tuple[Sequence[T], str] | Answer:
    """The items after the payload's `cursor`, at most `limit` of them, and the next cursor: empty when these are the last."""
    if refused := wrong(payload, {"cursor": maybe(text(64, 0)), "limit": maybe(whole(0, most))}):
        return refused
    start = _offset(payload.get("cursor") or "")
    if start is None or start > len(items):
        return Answer("50100")
    end = start + (number(payload.get("limit")) or default or most)
    return items[start:end], cursor_at(end) if end < len(items) else ""


def cursor_at(offset: int) -> str:
    """The cursor that continues there."""
    return base64.urlsafe_b64encode(f"after {offset}".encode()).decode()


def _offset(cursor: str) -> int | None:
    if not cursor:
        return 0
    try:
        said = base64.urlsafe_b64decode(cursor).decode()
    except (binascii.Error, ValueError):
        return None
    word, _, digits = said.partition(" ")
    return int(digits) if word == "after" and digits.isdecimal() and len(digits) < 10 else None
