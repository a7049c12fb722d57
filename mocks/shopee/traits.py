"""What else a seller says of an item: how large its package is, its brand and attributes, what many of it cost.

Law: pure. The tiers of wholesale follow one another, each cheaper than the one before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Final, NamedTuple

from mocks.http import Answer
from mocks.shopee.fields import Kind, Payload, amount, between, cents, each, having, maybe, text, whole, wrong

ATTRIBUTE: Final = 100_134
NAMES: Final[Mapping[int, str]] = {ATTRIBUTE: "Material"}
"""The attributes that categories here have."""

SIDES: Final = ("package_length", "package_width", "package_height")
VALUE: Final = having({name: maybe(kind) for name, kind in (("value_id", between()), ("original_value_name", text(100, 0)))})
TIER: Final = having({"min_count": between(1, 999_999), "max_count": between(1, 999_999), "unit_price": amount(0.01)})
KINDS: Final[Mapping[str, Kind]] = {
    "dimension": having(dict.fromkeys(SIDES, between(1, 1_000))),
    "brand": having({"brand_id": between(), "original_brand_name": maybe(text(254, 0))}),
    "attribute_list": each(having({"attribute_id": between(1), "attribute_value_list": maybe(each(VALUE, 50, 0))}), 50, 0),
    "wholesale": each(TIER, 5, 0),
}
"""The fields that say it."""


class Attribute(NamedTuple):
    """An attribute, and its values by number (0 for one's own) and name."""

    id: int
    values: tuple[tuple[int, str], ...]


class Bulk(NamedTuple):
    """What one costs of so many."""

    least: int
    most: int
    cents: int


@dataclass(frozen=True, slots=True)
class Traits:
    """All of it; sides in cm."""

    sides: tuple[int, ...] = (10, 10, 10)
    brand: tuple[int, str] = (0, "NoBrand")
    attributes: tuple[Attribute, ...] = ()
    bulks: tuple[Bulk, ...] = ()


def unfit(asked: Payload) -> Answer | None:
    """Do the tiers of wholesale follow one another? For fields that are of their kinds."""
    rows = _bulks(asked.get("wholesale") or [])
    gaps = any(one.most + 1 != other.least or one.cents <= other.cents for one, other in pairwise(rows))
    return wrong("wholesale is invalid") if gaps or any(one.most < one.least for one in rows) else None


def _bulks(rows: Sequence[Payload]) -> tuple[Bulk, ...]:
    return tuple(Bulk(whole(row["min_count"]) or 0, whole(row["max_count"]) or 0, cents(row["unit_price"])) for row in rows)


def told(before: Traits, asked: Payload) -> Traits:
    """The traits with what is named made anew."""
    said: dict[str, Any] = {}
    if asked.get("dimension"):
        said["sides"] = tuple(whole(asked["dimension"][name]) or 0 for name in SIDES)
    if asked.get("brand"):
        said["brand"] = (whole(asked["brand"]["brand_id"]) or 0, asked["brand"].get("original_brand_name") or "NoBrand")
    if asked.get("attribute_list") is not None:
        said["attributes"] = tuple(_attribute(row) for row in asked["attribute_list"])
    if asked.get("wholesale") is not None:
        said["bulks"] = _bulks(asked["wholesale"])
    return replace(before, **said)


def _attribute(row: Payload) -> Attribute:
    values = row.get("attribute_value_list") or []
    named = ((whole(one.get("value_id")) or 0, one.get("original_value_name") or "") for one in values)
    return Attribute(whole(row["attribute_id"]) or 0, tuple(named))


def shown(traits: Traits) -> dict[str, Any]:
    """The fields as get_item_base_info has them."""
    attributes = [
        {
            "attribute_id": one.id,
            "original_attribute_name": NAMES.get(one.id, ""),
            "is_mandatory": False,
            "attribute_value_list": [
                {"value_id": number, "original_value_name": name, "value_unit": ""} for number, name in one.values
            ],
        }
        for one in traits.attributes
    ]
    bulks = [{"min_count": one.least, "max_count": one.most, "unit_price": one.cents / 100} for one in traits.bulks]
    return {
        "attribute_list": attributes,
        "dimension": dict(zip(SIDES, traits.sides, strict=True)),
        "wholesales": bulks,
        "brand": {"brand_id": traits.brand[0], "original_brand_name": traits.brand[1]},
    }
