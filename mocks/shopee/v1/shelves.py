"""The shop's own categories, and the collections of top picks.

Law: plans. A category holds items that are there, each once; a collection holds four to eight, and one at most is active.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.shopee.display import Collection, Shelf
from mocks.shopee.fields import Kind, Payload, between, checked, each, maybe, one_of, text, truth, whole, wrong
from mocks.shopee.plan import Deed, Plan, ok, telling
from mocks.shopee.products import sold
from mocks.shopee.state import State
from mocks.shopee.v1.words import missing, sliced

STATUSES: Final = ("NORMAL", "INACTIVE", "DELETED")
AT_ONCE: Final = 100
COLLECTIONS: Final = 10
SHELF: Final[Mapping[str, Kind]] = {"name": text(40), "sort_weight": between(0, 2**31 - 1)}
PICKS: Final[Mapping[str, Kind]] = {"name": text(24), "item_ids": each(between(), 8, 4), "is_activated": truth}


def _shelf(state: State, asked: Payload) -> Shelf | Answer:
    number = whole(asked.get("shop_category_id"))
    found = state.display.shelves.get(number if number is not None else -1)
    return found if found is not None and found.status != "DELETED" else missing("shop category")


def _seen(one: Shelf) -> dict[str, Any]:
    return {"shop_category_id": one.id, "name": one.name, "sort_weight": one.weight, "status": one.status}


def add(_desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """AddShopCategory: a new one, empty."""
    if refusal := checked(asked, {"name": SHELF["name"], "sort_weight": maybe(SHELF["sort_weight"])}):
        return refusal

    def deed() -> Answer:
        number = state.display.number()
        state.display.shelves[number] = Shelf(number, asked["name"], whole(asked.get("sort_weight")) or 0)
        return ok(shop_category_id=number)

    return deed


def listed(_desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """GetShopCategories: all that were not deleted, the heaviest first."""
    shelves = [one for one in state.display.shelves.values() if one.status != "DELETED"]
    page = sliced(asked, sorted(shelves, key=lambda one: -one.weight))
    return page if isinstance(page, Answer) else telling(shop_categorys=[_seen(one) for one in page.rows], more=page.more)


def update(_desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """UpdateShopCategory: what is named."""
    one = _shelf(state, asked)
    if isinstance(one, Answer):
        return one
    kinds = {**{name: maybe(kind) for name, kind in SHELF.items()}, "status": maybe(one_of(*STATUSES))}
    if refusal := checked(asked, kinds):
        return refusal

    def deed() -> Answer:
        weight = whole(asked.get("sort_weight"))
        one.name, one.status = asked.get("name") or one.name, asked.get("status") or one.status
        one.weight = one.weight if weight is None else weight
        return ok(**_seen(one))

    return deed


def delete(_desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """DeleteShopCategory: it is gone; its items are not."""
    one = _shelf(state, asked)
    if isinstance(one, Answer):
        return one

    def deed() -> Answer:
        one.status = "DELETED"
        return ok(shop_category_id=one.id, msg="Delete shop category successfully")

    return deed


def _filling(state: State, asked: Payload, *, there: bool) -> Answer | Deed:
    """Put items on a shelf, or take away those that are `there`; numbers that will not do stand apart."""
    one = _shelf(state, asked)
    if isinstance(one, Answer):
        return one
    if refusal := checked(asked, {"items": each(between(), AT_ONCE)}):
        return refusal
    wanted = list(dict.fromkeys(whole(number) or 0 for number in asked["items"]))
    alive = {number for number, item in state.items.items() if item.alive}
    good = [number for number in wanted if (number in one.items if there else number in alive - set(one.items))]

    def deed() -> Answer:
        one.items = [number for number in one.items if number not in good] if there else [*one.items, *good]
        bad = [number for number in wanted if number not in good]
        return ok(shop_category_id=one.id, invalid_item_id=bad, count=len(one.items))

    return deed


def fill(_desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """AddItems: put items on it."""
    return _filling(state, asked, there=False)


def clear(_desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """DeleteItems: take items from it."""
    return _filling(state, asked, there=True)


def items(_desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """GetItems: what is on it."""
    one = _shelf(state, asked)
    if isinstance(one, Answer):
        return one
    return telling(items=[{"item_id": number} for number in one.items if state.items[number].alive])


# -------------------------------------------------------------------- collections


def _shown(state: State, one: Collection) -> dict[str, Any]:
    goods = sold(state)
    rows = [
        {"item_id": item.id, "item_name": item.name, "item_price": item.cents / 100, "sales": goods[item.id]}
        for item in map(state.items.__getitem__, one.items)
    ]
    return {"top_picks_id": one.id, "name": one.name, "is_activated": one.active, "items": rows}


def picks(_desk: Desk, state: State, _asked: Payload) -> Answer | Deed:
    """GetTopPicksList: all collections."""
    return telling(collections=[_shown(state, one) for one in state.display.collections.values()])


def _unfit(state: State, asked: Payload) -> Answer | None:
    numbers = [whole(number) or 0 for number in asked.get("item_ids") or []]
    gone = any(number not in state.items or not state.items[number].alive for number in numbers)
    return wrong("item_ids are invalid") if gone or len(set(numbers)) < len(numbers) else None


def _set(state: State, one: Collection, asked: Payload) -> Answer:
    """What is named; a collection that becomes active is so instead of the other."""
    one.name = asked.get("name") or one.name
    one.items = [whole(number) or 0 for number in asked.get("item_ids") or one.items]
    if asked.get("is_activated") is not None:
        one.active = asked["is_activated"] in (True, "true")
    for other in state.display.collections.values():
        other.active = other.active and (other is one or not one.active)
    return ok(**_shown(state, one))


def add_picks(_desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """AddTopPicks: a new collection, of at most ten."""
    if refusal := checked(asked, PICKS) or _unfit(state, asked):
        return refusal
    if len(state.display.collections) >= COLLECTIONS:
        return wrong("a shop has ten collections at most")

    def deed() -> Answer:
        number = state.display.number()
        one = state.display.collections[number] = Collection(number, "", [])
        return _set(state, one, asked)

    return deed


def _picked(state: State, asked: Payload) -> Collection | Answer:
    number = whole(asked.get("top_picks_id"))
    return state.display.collections.get(number if number is not None else -1) or missing("collection")


def update_picks(_desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """UpdateTopPicks: another name, other items, active or not."""
    one = _picked(state, asked)
    if isinstance(one, Answer):
        return one
    if refusal := checked(asked, {name: maybe(kind) for name, kind in PICKS.items()}) or _unfit(state, asked):
        return refusal
    return lambda: _set(state, one, asked)


def delete_picks(_desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """DeleteTopPicks: one that is not active."""
    one = _picked(state, asked)
    if isinstance(one, Answer):
        return one
    if one.active:
        return wrong("an activated collection cannot be deleted")

    def deed() -> Answer:
        del state.display.collections[one.id]
        return ok(top_picks_id=one.id)

    return deed


PLANS: Final[Mapping[str, Plan]] = {
    "shopee.v1_shelf_add": add,
    "shopee.v1_shelves": listed,
    "shopee.v1_shelf_update": update,
    "shopee.v1_shelf_delete": delete,
    "shopee.v1_shelf_fill": fill,
    "shopee.v1_shelf_clear": clear,
    "shopee.v1_shelf_items": items,
    "shopee.v1_picks": picks,
    "shopee.v1_picks_add": add_picks,
    "shopee.v1_picks_update": update_picks,
    "shopee.v1_picks_delete": delete_picks,
}
"""What old clients can do with the shop's own categories and collections."""
