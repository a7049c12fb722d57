"""Discounts: items cost less for a while. v1 makes them; both interfaces show what an item costs in one.

Law: plans. A price in a discount is below the item's own, and no item or variation is in two discounts that overlap. What cannot be
put in stands in the warning, the rest goes in.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.shopee import catalog
from mocks.shopee.catalog import Item
from mocks.shopee.display import EXPIRED, ONGOING, UPCOMING, Discount
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
    whole,
    wrong,
)
from mocks.shopee.plan import Deed, Plan, ok, telling
from mocks.shopee.products import one_item
from mocks.shopee.state import State
from mocks.shopee.v1.words import missing, sliced

HOUR: Final = 3_600_000
AT_ONCE: Final = 50
STATUSES: Final = (UPCOMING, ONGOING, EXPIRED)
VARIATION: Final = having({"variation_id": between(1), "variation_promotion_price": amount(0.01)})
ROW: Final = having(
    {
        "item_id": between(),
        "item_promotion_price": maybe(amount(0.01)),
        "purchase_limit": maybe(between(0, 1000)),
        "variations": maybe(each(VARIATION, AT_ONCE, 0)),
    }
)
ROWS: Final = each(ROW, AT_ONCE)
TIMES: Final[Mapping[str, Kind]] = {"start_time": between(0, 2**40), "end_time": between(0, 2**40)}
NAME: Final = text(25)


def _named(state: State, asked: Payload) -> Discount | Answer:
    number = whole(asked.get("discount_id"))
    return state.display.discounts.get(number if number is not None else -1) or missing("discount")


def _at(asked: Payload, name: str, otherwise: int = 0) -> int:
    number = whole(asked.get(name))
    return otherwise if number is None else number * 1000


# -------------------------------------------------------------------- what goes into a discount


def _offered(item: Item, row: Payload) -> dict[int, int]:
    """The prices that a row sets, by model (0 for an item without)."""
    if item.models:
        rows = row.get("variations") or []
        return {whole(one["variation_id"]) or 0: cents(one["variation_promotion_price"]) for one in rows}
    return {0: cents(row["item_promotion_price"])} if row.get("item_promotion_price") is not None else {}


def _own(item: Item, model: int) -> int:
    """What an item or its model costs without a discount; 0 where there is no such model."""
    found = item.model(model)
    return item.cents if not item.models and model == 0 else found.cents if found else 0


def _unfit(state: State, discount: Discount, row: Payload) -> str:
    """Why a row cannot go into a discount; empty when it can."""
    item = one_item(state, row)
    if isinstance(item, Answer):
        return "item not exists"
    prices = _offered(item, row)
    if not prices or any(_own(item, model) <= price for model, price in prices.items()):
        return "the promotion price must be lower than the original price"
    taken = any(
        (item.id, model) in other.prices and other.start < discount.end and discount.start < other.end
        for other in state.display.discounts.values()
        if other is not discount
        for model in prices
    )
    return "the item is in another discount" if taken else ""


def _put(state: State, discount: Discount, asked: Payload) -> dict[str, Any]:
    """Put in what can be; tells how many items that were, and of the rest why not."""
    rows: list[Payload] = list(asked.get("items") or [])
    failed = []
    for row in rows:
        if why := _unfit(state, discount, row):
            failed.append(f"{row['item_id']}: {why}")
            continue
        item = state.items[whole(row["item_id"]) or 0]
        discount.prices |= {(item.id, model): price for model, price in _offered(item, row).items()}
        discount.limits[item.id] = whole(row.get("purchase_limit")) or 0
    return {"count": len(rows) - len(failed), "warning": "; ".join(failed)}


# -------------------------------------------------------------------- what is done with one


def add(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """AddDiscount: from a time to come on, for at least an hour."""
    if refusal := checked(asked, {"discount_name": NAME, **TIMES, "items": maybe(each(ROW, AT_ONCE, 0))}):
        return refusal
    start, end = _at(asked, "start_time"), _at(asked, "end_time")
    if start < desk.now() or end < start + HOUR:
        return wrong("start_time must be later than now, end_time an hour later than start_time")

    def deed() -> Answer:
        number = state.display.number()
        made = state.display.discounts[number] = Discount(number, asked["discount_name"], start, end, desk.now())
        return ok(discount_id=number, **_put(state, made, asked))

    return deed


def _putting(desk: Desk, state: State, asked: Payload, *, there: bool) -> Answer | Deed:
    """Put items into a discount that is not over: items that are `there` already, or others."""
    one = _named(state, asked)
    if isinstance(one, Answer):
        return one
    if refusal := checked(asked, {"items": ROWS}):
        return refusal
    inside = {item for item, _ in one.prices}
    if one.status(desk.now()) == EXPIRED or any((whole(row["item_id"]) in inside) != there for row in asked["items"]):
        return wrong("the discount is over, or its items are others")

    def deed() -> Answer:
        one.updated = desk.now()
        return ok(discount_id=one.id, **_put(state, one, asked), modify_time=one.updated // 1000)

    return deed


def add_items(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """AddDiscountItem: more items."""
    return _putting(desk, state, asked, there=False)


def update_items(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """UpdateDiscountItems: other prices for the items that are in it."""
    return _putting(desk, state, asked, there=True)


def update(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """UpdateDiscount: another name; a later start while it is to come; an earlier end."""
    one = _named(state, asked)
    if isinstance(one, Answer):
        return one
    if refusal := checked(asked, {"discount_name": maybe(NAME), **{name: maybe(kind) for name, kind in TIMES.items()}}):
        return refusal
    now, start, end = desk.now(), _at(asked, "start_time", one.start), _at(asked, "end_time", one.end)
    moved = start != one.start and (one.status(now) != UPCOMING or start < one.start)
    if one.status(now) == EXPIRED or moved or end > one.end or end < max(start + HOUR, now):
        return wrong("start_time can only be later and end_time earlier, an hour apart")

    def deed() -> Answer:
        one.name, one.start, one.end, one.updated = asked.get("discount_name") or one.name, start, end, desk.now()
        return ok(discount_id=one.id, modify_time=one.updated // 1000)

    return deed


def delete(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """DeleteDiscount: one that is still to come."""
    one = _named(state, asked)
    if isinstance(one, Answer):
        return one
    if one.status(desk.now()) != UPCOMING:
        return wrong("only an upcoming discount can be deleted")

    def deed() -> Answer:
        del state.display.discounts[one.id]
        return ok(discount_id=one.id, modify_time=desk.now() // 1000)

    return deed


def delete_item(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """DeleteDiscountItem: an item or a variation costs what it did."""
    one = _named(state, asked)
    if isinstance(one, Answer):
        return one
    if refusal := checked(asked, {"item_id": between(), "variation_id": maybe(between())}):
        return refusal
    place = (whole(asked["item_id"]) or 0, whole(asked.get("variation_id")) or 0)
    if place not in one.prices:
        return missing("item")

    def deed() -> Answer:
        del one.prices[place]
        one.updated = desk.now()
        head = {"discount_id": one.id, "item_id": place[0], "variation_id": place[1]}
        return ok(**head, modify_time=one.updated // 1000)

    return deed


# -------------------------------------------------------------------- what is told of them


def _head(one: Discount, now: int) -> dict[str, Any]:
    times = {"start_time": one.start // 1000, "end_time": one.end // 1000}
    return {"discount_id": one.id, "discount_name": one.name, **times, "status": one.status(now)}


def listed(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """GetDiscountsList: those to come, those that are on, those that are over, or all, the newest first."""
    names = [one.upper() for one in STATUSES]
    window = {"update_time_from": maybe(between()), "update_time_to": maybe(between())}
    if refusal := checked(asked, {"discount_status": one_of("ALL", *names), **window}):
        return refusal
    now, first, last = desk.now(), _at(asked, "update_time_from"), _at(asked, "update_time_to", 2**50)
    wanted = STATUSES if asked["discount_status"] == "ALL" else (asked["discount_status"].lower(),)
    every = reversed(state.display.discounts.values())
    page = sliced(asked, [one for one in every if one.status(now) in wanted and first <= one.updated <= last])
    return page if isinstance(page, Answer) else telling(discount=[_head(one, now) for one in page.rows], more=page.more)


def detail(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """GetDiscountDetail: one of them, with its items a page at a time."""
    one = _named(state, asked)
    if isinstance(one, Answer):
        return one
    page = sliced(asked, list(dict.fromkeys(item for item, _ in one.prices)))
    if isinstance(page, Answer):
        return page
    return telling(**_head(one, desk.now()), more=page.more, items=[_row(one, state.items[item]) for item in page.rows])


def _row(one: Discount, item: Item) -> dict[str, Any]:
    own, price = (0, 0) if item.models else (item.cents, one.prices.get((item.id, 0), item.cents))
    variations = [
        {
            "variation_id": model.id,
            "variation_name": catalog.called(item, model),
            "variation_original_price": model.cents / 100,
            "variation_promotion_price": one.prices[item.id, model.id] / 100,
            "variation_stock": model.stock,
        }
        for model in item.models
        if (item.id, model.id) in one.prices
    ]
    prices = {"item_original_price": own / 100, "item_promotion_price": price / 100}
    head = {"item_id": item.id, "item_name": item.name, "purchase_limit": one.limits.get(item.id, 0), "stock": item.stock}
    return {**head, **prices, "variations": variations}


PLANS: Final[Mapping[str, Plan]] = {
    "shopee.v1_discount_add": add,
    "shopee.v1_discount_items_add": add_items,
    "shopee.v1_discount_delete": delete,
    "shopee.v1_discount_item_delete": delete_item,
    "shopee.v1_discount": detail,
    "shopee.v1_discounts": listed,
    "shopee.v1_discount_update": update,
    "shopee.v1_discount_items_update": update_items,
}
"""What old clients can do with discounts."""
