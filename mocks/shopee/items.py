"""What a seller does to items: add, change, delete, unlist, restock, reprice.

Law: plans. A batch does what can be done and says of the rest why not, as the vendor does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.shopee import catalog, traits
from mocks.shopee.catalog import CATEGORIES, LOCATION, Item, Model
from mocks.shopee.fields import (
    Kind,
    Payload,
    amount,
    between,
    cents,
    checked,
    each,
    having,
    maybe,
    one_of,
    text,
    truth,
    whole,
    wrong,
)
from mocks.shopee.orders import CHANNEL
from mocks.shopee.plan import Deed, Plan, ok
from mocks.shopee.products import one_item
from mocks.shopee.state import State

FIRST_NEW: Final = 20_000
MOST: Final = 999_999
STOCK: Final = having({"location_id": maybe(text(20, 0)), "stock": between(0, MOST)})
STOCKS: Final[Mapping[str, Kind]] = {"seller_stock": maybe(each(STOCK, 10)), "normal_stock": maybe(between(0, MOST))}
"""A stock as it is set: by places, or in the old way."""

LOGISTIC: Final = having({"logistic_id": between(CHANNEL, CHANNEL), "enabled": truth})
CHANGEABLE: Final[Mapping[str, Kind]] = {
    "item_name": text(120),
    "description": text(5000),
    "category_id": between(),
    "weight": amount(),
    "image": having({"image_id_list": each(text(500), 9)}),
    "logistic_info": each(LOGISTIC, 10),
    "item_sku": text(100, 0),
    "condition": one_of("NEW", "USED"),
    "item_status": one_of("NORMAL", "UNLIST"),
    "pre_order": having({"is_pre_order": truth, "days_to_ship": maybe(between(1, 60))}),
    **traits.KINDS,
}
"""The fields of an item that a seller sets."""

NEEDED: Final = ("item_name", "description", "category_id", "weight", "image", "logistic_info")


def add_item(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """A new item."""
    kinds = {name: kind if name in NEEDED else maybe(kind) for name, kind in CHANGEABLE.items()}
    if refused := checked(asked, {**kinds, "original_price": amount(0.01), **STOCKS}) or _unfit(asked):
        return refused

    def deed() -> Answer:
        number = FIRST_NEW + state.added
        state.added += 1
        now = desk.now()
        item = Item(number, asked["item_name"], cents(asked["original_price"]), stock_of(asked), now, now)
        _change(item, asked)
        state.items[number] = item
        return ok(**_added(item))

    return deed


def _unfit(asked: Payload) -> Answer | None:
    number = whole(asked.get("category_id"))
    bad = number is not None and (number not in CATEGORIES or CATEGORIES[number][2])
    return wrong("category_id is invalid, it must be a leaf category") if bad else traits.unfit(asked)


def stock_of(asked: Payload) -> int:
    """The stock that `STOCKS` say."""
    rows = asked.get("seller_stock") or []
    return sum(whole(row["stock"]) or 0 for row in rows) or whole(asked.get("normal_stock")) or 0


def _change(item: Item, asked: Payload) -> None:
    item.name, item.description = asked.get("item_name", item.name), asked.get("description", item.description)
    item.category = whole(asked.get("category_id")) or item.category
    item.weight, item.sku = asked.get("weight") or item.weight, asked.get("item_sku") or item.sku
    item.condition, item.status = asked.get("condition") or item.condition, asked.get("item_status") or item.status
    item.traits = traits.told(item.traits, asked)
    if asked.get("image"):
        item.images = list(asked["image"]["image_id_list"])
    if asked.get("pre_order"):
        item.days_to_ship = whole(asked["pre_order"].get("days_to_ship")) or 2


def _added(item: Item) -> dict[str, Any]:
    """An item as add_item and update_item show it: here price_info is one object."""
    shown = catalog.base_info(item)
    price = {"current_price": item.cents / 100, "original_price": item.cents / 100}
    kept = (
        "item_id",
        "item_name",
        "item_status",
        "description",
        "category_id",
        "condition",
        "pre_order",
        "dimension",
        "brand",
    )
    return {
        **{name: shown[name] for name in kept},
        "weight": item.weight,
        "price_info": price,
        "images": catalog.images(item),
    }


def update_item(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """Change an item: what is named."""
    item = one_item(state, asked)
    if isinstance(item, Answer):
        return item
    named = {name: kind for name, kind in CHANGEABLE.items() if name in asked}
    if refused := checked(asked, named) or _unfit(asked):
        return refused

    def deed() -> Answer:
        _change(item, asked)
        item.updated = desk.now()
        return ok(**_added(item))

    return deed


def delete_item(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """The item is gone for good."""
    item = one_item(state, asked)
    if isinstance(item, Answer):
        return item

    def deed() -> Answer:
        item.status, item.updated = "SELLER_DELETE", desk.now()
        return ok()

    return deed


def unlist_item(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """Take up to 50 items out of the shop's window, or put them back."""
    if refused := checked(asked, {"item_list": each(having({"item_id": between(), "unlist": truth}), 50)}):
        return refused

    def one(row: Payload) -> str:
        item = one_item(state, row)
        if isinstance(item, Answer):
            return "Product not found"
        item.status, item.updated = "UNLIST" if row["unlist"] in (True, "true") else "NORMAL", desk.now()
        return ""

    return lambda: _batch(asked["item_list"], ("item_id", "unlist"), one)


def _batch(rows: Sequence[Payload], shown: tuple[str, ...], one: Callable[[Payload], str]) -> Answer:
    """Do each row; those that could not be done stand apart, with the reason."""
    done: list[dict[str, Any]] = []
    failed: list[dict[str, Any]] = []
    for row in rows:
        if reason := one(row):
            failed.append({shown[0]: row.get(shown[0], 0), "failed_reason": reason})
        else:
            done.append({name: row.get(name, 0) for name in shown})
    return ok(success_list=done, failure_list=failed)


NO_MODEL: Final = Answer("error_param", text="Wrong model_id.")
FAILED: Final = Answer("error_busi_update_stock_failed")
"""What is said when no row is about a model that there is: of prices, of stock."""


def _targets(item: Item, rows: list[Payload], none: Answer = NO_MODEL) -> Answer | None:
    """Are the rows about different models of this item (0 for one without)? `none` says that not one is."""
    numbers = [whole(row.get("model_id", 0)) for row in rows]
    if len(set(numbers)) < len(numbers):
        return Answer("error_param", text="Repeat model_id.")
    if item.models and 0 in numbers:
        return Answer("error_edit_item_stock_for_item_has_model")
    wrong_one = all(number != 0 and (number is None or item.model(number) is None) for number in numbers)
    return none if wrong_one else None


def _target(item: Item, row: Payload) -> Item | Model | None:
    number = whole(row.get("model_id", 0))
    return item if number == 0 else item.model(number or 0)


def update_stock(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """Set the stock of an item or of its models."""
    item = one_item(state, asked)
    if isinstance(item, Answer):
        return item
    row = having({"model_id": maybe(between()), "seller_stock": each(STOCK, 10)})
    if refused := checked(asked, {"stock_list": each(row, 50)}) or _targets(item, asked["stock_list"], FAILED):
        return refused

    def one(row: Payload) -> str:
        target = _target(item, row)
        if target is None:
            return "Wrong model_id."
        target.stock, item.updated = sum(whole(place["stock"]) or 0 for place in row["seller_stock"]), desk.now()
        return ""

    def deed() -> Answer:
        rows = [{**row, "location_id": LOCATION, "stock": stock_of(row)} for row in asked["stock_list"]]
        return _batch(rows, ("model_id", "location_id", "stock"), one)

    return deed


def update_price(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """Set the price of an item or of its models."""
    item = one_item(state, asked)
    if isinstance(item, Answer):
        return item
    row = having({"model_id": maybe(between()), "original_price": amount(0.01)})
    if refused := checked(asked, {"price_list": each(row, 50)}) or _targets(item, asked["price_list"]):
        return refused

    def one(row: Payload) -> str:
        target = _target(item, row)
        if target is None:
            return "Wrong model_id."
        target.cents, item.updated = cents(row["original_price"]), desk.now()
        return ""

    return lambda: _batch(asked["price_list"], ("model_id", "original_price"), one)


PLANS: Final[Mapping[str, Plan]] = {
    "shopee.item_add": add_item,
    "shopee.item_update": update_item,
    "shopee.item_delete": delete_item,
    "shopee.item_unlist": unlist_item,
    "shopee.stock_update": update_stock,
    "shopee.price_update": update_price,
}
"""What a seller can do to items."""
