"""What old clients say of an item, in the words of v2.

Law: pure. What is not of the shape that v1 has is left as it is, for v2 to refuse.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from mocks.desk import Desk
from mocks.shopee.fields import Payload
from mocks.shopee.traits import SIDES
from mocks.shopee.v1.pictures import number_of
from mocks.shopee.v1.words import renamed

NAMES: Final = renamed(
    item_name="name",
    original_price="price",
    normal_stock="stock",
    logistic_info="logistics",
    item_status="status",
)


def _pictures(rows: list[Any]) -> Payload:
    """A picture is named by its address."""
    urls = [one.get("url") if isinstance(one, dict) else one for one in rows]
    return {"image_id_list": [number_of(one) if isinstance(one, str) and one else one for one in urls]}


def _attributes(rows: list[Any]) -> list[Any]:
    return [_attribute(row) if isinstance(row, dict) else row for row in rows]


def _attribute(row: Mapping[str, Any]) -> Payload:
    """v1 calls the number now so and now so, and knows one value."""
    number = row.get("attributes_id", row.get("attribute_id"))
    return {"attribute_id": number, "attribute_value_list": [{"value_id": 0, "original_value_name": row.get("value")}]}


def _wholesales(rows: list[Any]) -> list[Any]:
    names = {"min_count": "min", "max_count": "max", "unit_price": "unit_price"}
    return [{new: row.get(old) for new, old in names.items()} if isinstance(row, dict) else row for row in rows]


LISTS: Final[Mapping[str, tuple[str, Callable[[list[Any]], Any]]]] = {
    "images": ("image", _pictures),
    "attributes": ("attribute_list", _attributes),
    "wholesales": ("wholesale", _wholesales),
}
"""The lists of v1: how v2 calls each, and how it writes it."""


def as_new(desk: Desk, asked: Payload) -> Payload:
    """An item's fields as v2 has them."""
    said = {**NAMES(desk, asked)}
    for old, (new, write) in LISTS.items():
        if asked.get(old) is not None:
            said[new] = write(asked[old]) if isinstance(asked[old], list) else asked[old]
    if any(asked.get(name) is not None for name in SIDES):
        said["dimension"] = {name: asked.get(name) for name in SIDES}
    if asked.get("is_pre_order") is True:
        said["pre_order"] = {"is_pre_order": True, "days_to_ship": asked.get("days_to_ship")}
    return said
