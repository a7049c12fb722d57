"""What a seller does to an order: cancel it, answer a buyer who wants it cancelled, put a note on it.

Law: plans; the table of `life` says what is possible.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.shopee import life
from mocks.shopee.fields import Payload, between, checked, each, having, maybe, one_of, text, whole, wrong
from mocks.shopee.orders import Order, package
from mocks.shopee.plan import Deed, Plan, ok
from mocks.shopee.state import State

REASONS: Final[Mapping[str, str]] = {
    "OUT_OF_STOCK": "Out of Stock",
    "CUSTOMER_REQUEST": "Buyer Request to Cancel",
    "UNDELIVERABLE_AREA": "Undeliverable Area",
    "COD_NOT_SUPPORTED": "COD Not Supported",
}
"""A seller's reasons, and how an order's details show them."""

MOST_PACKAGES: Final = 30
BOX: Final = having(
    {"item_list": each(having({"item_id": between(), "model_id": maybe(between()), "model_quantity": between(1)}), 50)}
)
LINE: Final = having({"item_id": between(), "model_id": maybe(between())})


def order_in(state: State, asked: Payload) -> Order | Answer:
    """The order that `order_sn` names."""
    sn = asked.get("order_sn")
    if not text(64)(sn):
        return wrong("order_sn is invalid")
    return state.orders.get(str(sn)) or Answer("error_not_found")


def _of(order: Order, line: Payload) -> bool:
    """Is the line about what was ordered?"""
    return whole(line["item_id"]) == order.goods.item and (whole(line.get("model_id")) or 0) in (0, order.goods.model)


def cancel_order(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """The seller cancels; when something is out of stock, he says what."""
    lines = each(LINE, 50) if asked.get("cancel_reason") == "OUT_OF_STOCK" else maybe(each(LINE, 50, 0))
    if refused := checked(asked, {"cancel_reason": one_of(*REASONS), "item_list": lines}):
        return refused
    order = order_in(state, asked)
    if isinstance(order, Answer):
        return order
    if not all(_of(order, line) for line in asked.get("item_list") or []):
        return wrong("item_list is invalid")
    if not life.may(order, "cancel") or order.status == "IN_CANCEL":
        return Answer("order.error_limit")

    def deed() -> Answer:
        life.cancel(desk, state, order, life.End("cancel", "seller", REASONS[asked["cancel_reason"]]))
        return _updated(order)

    return deed


def _updated(order: Order) -> Answer:
    return ok(update_time=order.updated // 1000)


def handle_cancellation(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """The seller accepts or rejects a buyer's wish to cancel."""
    if refused := checked(asked, {"operation": one_of("ACCEPT", "REJECT")}):
        return refused
    order = order_in(state, asked)
    if isinstance(order, Answer):
        return order
    if order.status != "IN_CANCEL":
        return Answer("order.order_status_invalid")

    def deed() -> Answer:
        if asked["operation"] == "ACCEPT":
            life.cancel(desk, state, order, life.End("cancel", "buyer", order.buyer_cancel_reason))
        else:
            life.keep(desk, state, order)
        return _updated(order)

    return deed


def split_order(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """The seller packs the goods of an order in several packages, each shipped by itself; every piece is in one of them."""
    if refused := checked(asked, {"package_list": each(BOX, MOST_PACKAGES, 2)}):
        return refused
    order = order_in(state, asked)
    if isinstance(order, Answer):
        return order
    lines = [box["item_list"] for box in asked["package_list"]]
    if not all(_of(order, line) for box in lines for line in box):
        return wrong("item_list is invalid")
    quantities = [sum(whole(line["model_quantity"]) or 0 for line in box) for box in lines]
    if sum(quantities) != order.quantity:
        return wrong("model_quantity does not add up to what was ordered")
    if not life.may(order, "arrange") or len(order.parcels) > 1 or order.first.shipments:
        return wrong("the order cannot be split")

    def deed() -> Answer:
        order.parcels, order.updated = state.pack(order, quantities), desk.now()
        rows = [package(order, one) for one in order.parcels]
        shown = [{name: row[name] for name in ("package_number", "item_list")} for row in rows]
        return ok(order_sn=order.sn, package_list=shown)

    return deed


def unsplit_order(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """All in one package again, while none is arranged."""
    order = order_in(state, asked)
    if isinstance(order, Answer):
        return order
    if len(order.parcels) == 1 or any(one.shipments for one in order.parcels) or not life.may(order, "arrange"):
        return wrong("the order cannot be unsplit")

    def deed() -> Answer:
        order.parcels, order.updated = state.pack(order, [order.quantity]), desk.now()
        return ok()

    return deed


def set_note(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """A note for the seller himself."""
    if refused := checked(asked, {"note": text(500, 0)}):
        return refused
    order = order_in(state, asked)
    if isinstance(order, Answer):
        return order

    def deed() -> Answer:
        order.note, order.noted = asked["note"], desk.now()
        return ok()

    return deed


PLANS: Final[Mapping[str, Plan]] = {
    "shopee.order_cancel": cancel_order,
    "shopee.order_handle_cancellation": handle_cancellation,
    "shopee.order_note": set_note,
    "shopee.order_split": split_order,
    "shopee.order_unsplit": unsplit_order,
}
"""What a seller can do to an order."""
