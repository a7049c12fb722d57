"""What the fields of a request may be, and how Shopee says that one is not.

Law: pure. Nothing a client may send raises; a number may be written as text, as in a query, and a list as clients write it
there: joined by commas, repeated, or in brackets.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from mocks.http import Answer

NAME: Final = "shopee"
Payload = Mapping[str, Any]
Kind = Callable[[object], bool]
BIGGEST: Final = 2**53


def wrong(what: str) -> Answer:
    """The vendor's way to refuse a parameter."""
    return Answer("error_param", text=f"Wrong parameters, detail: {what}.")


def not_found(what: str) -> Answer:
    """The vendor's way to say that there is no such thing."""
    return Answer("error_not_found", text=f"Wrong parameters, detail: {what}.")


def checked(payload: Payload, kinds: Mapping[str, Kind]) -> Answer | None:
    """The refusal of the first field that is not of its kind; None when all are."""
    bad = next((name for name, kind in kinds.items() if not kind(payload.get(name))), None)
    return wrong(f"{bad} is invalid") if bad else None


def whole(value: object) -> int | None:
    """A whole number, whether it came as text or as a number; None when it is none (or absurdly long)."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value if 0 <= value < 2**63 else None
    if not isinstance(value, str):
        return None
    if not value.isascii() or not value.isdigit() or len(value) > 19:
        return None
    return int(value) if int(value) < 2**63 else None


def between(low: int = 0, high: int = BIGGEST) -> Kind:
    """A whole number in these bounds, as a number or as text."""

    def fits(value: object) -> bool:
        number = whole(value)
        return number is not None and low <= number <= high

    return fits


def text(most: int = 200, least: int = 1) -> Kind:
    """Text of so many characters."""
    return lambda value: isinstance(value, str) and least <= len(value) <= most


def one_of(*allowed: str | int) -> Kind:
    """One of these values; a number may be written as text."""

    def fits(value: object) -> bool:
        if isinstance(value, str) and value in allowed:
            return True
        return (number := whole(value)) is not None and number in allowed

    return fits


def amount(least: float = 0) -> Kind:
    """An amount in the shop's currency, of at most ten million."""
    return lambda value: isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= 1e7


def truth(value: object) -> bool:
    """A boolean, also as a query writes it."""
    return isinstance(value, bool) or (isinstance(value, str) and value.lower() in ("true", "false"))


def mapping(value: object) -> bool:
    """A JSON object."""
    return isinstance(value, dict)


def maybe(kind: Kind) -> Kind:
    """Absent, null, or of that kind."""
    return lambda value: value is None or kind(value)


def each(kind: Kind, most: int, least: int = 1) -> Kind:
    """A list of so many, each of that kind."""
    return lambda value: isinstance(value, list) and least <= len(value) <= most and all(map(kind, value))


def having(kinds: Mapping[str, Kind]) -> Kind:
    """A JSON object whose fields are of these kinds."""
    return lambda value: isinstance(value, dict) and checked(value, kinds) is None


def cents(value: float) -> int:
    """An amount of the wire in minor units."""
    return round(value * 100)


def listed(value: object) -> list[str]:
    """The texts of a list, however it was written."""
    if isinstance(value, list):
        return [str(one) for one in value]
    if not isinstance(value, str):
        return [] if value is None else [str(value)]
    return [one.strip().strip("'\"") for one in value.strip().removeprefix("[").removesuffix("]").split(",") if one.strip()]


def page(payload: Payload, most: int = 100, default: int = 0) -> tuple[int, int] | Answer:
    """Where a page begins (by `cursor`) and its size; the cursor is empty at first."""
    size, start = whole(payload.get("page_size", default or None)), whole(payload.get("cursor") or "0")
    if size is None or not 1 <= size <= most:
        return wrong(f"page_size must be {most} or less")
    return wrong("cursor is invalid") if start is None else (start, size)
