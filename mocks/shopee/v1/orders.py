"""Orders as old clients ask for them.

Law: plans, in the words of v1; what may happen to an order is v2's to say.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.shopee import changes, listing, orders, payment
from mocks.shopee.fields import NAME, Payload, checked, each, one_of, page, text
from mocks.shopee.orders import SHIPPING_CENTS, Order
from mocks.shopee.plan import Deed, Plan, ok, telling
from mocks.shopee.state import State
from mocks.shopee.v1.words import Old, in_old_words, money, pages, refused, renamed, sliced

STATUSES: Final = ("ALL", "UNPAID", "READY_TO_SHIP", "COMPLETED", "IN_CANCEL", "CANCELLED", "TO_RETURN")
DETAILS: Final = 50


def basics(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """GetOrdersList: orders created or changed in a window of at most 15 days."""
    return _listed(desk, state, asked, "ALL")


def by_status(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """GetOrdersByStatus: of these, the ones in a status."""
    if refusal := checked(asked, {"order_status": one_of(*STATUSES)}):
        return refusal
    return _listed(desk, state, asked, asked["order_status"])


def _listed(desk: Desk, state: State, asked: Payload, status: str) -> Answer | Deed:
    widest, now = desk.setting(NAME, "list_window"), desk.now() // 1000
    by = "update_time" if asked.get("update_time_from") is not None else "create_time"
    times = {"time_from": asked.get(f"{by}_from", now - widest // 1000), "time_to": asked.get(f"{by}_to", now)}
    span, where = listing.window({"time_range_field": by, **times}, widest), page(pages(asked))
    if isinstance(span, Answer) or isinstance(where, Answer):
        return refused(span if isinstance(span, Answer) else where if isinstance(where, Answer) else Answer("error_param"))

    def deed() -> Answer:
        found = listing.matching(state, by, span, "" if status == "ALL" else status)
        start, size = where
        rows = [
            {"ordersn": one.sn, "order_status": one.status, "update_time": one.updated // 1000}
            for one in found[start : start + size]
        ]
        return ok(orders=rows, more=start + size < len(found))

    return deed


def detail(_desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """GetOrderDetails: up to 50 orders in full; unknown numbers stand apart."""
    if refusal := checked(asked, {"ordersn_list": each(text(64), DETAILS)}):
        return refusal
    known = [state.orders[sn] for sn in asked["ordersn_list"] if sn in state.orders]
    return telling(
        orders=[_shown(one) for one in known], errors=[sn for sn in asked["ordersn_list"] if sn not in state.orders]
    )


def _shown(order: Order) -> dict[str, Any]:
    """An order with every field that v1 shows without being asked."""
    created = order.created // 1000
    where = orders.address(order)
    return {
        "ordersn": order.sn,
        "country": "SG",
        "currency": "SGD",
        "cod": False,
        "tracking_no": order.first.tracking,
        "days_to_ship": order.goods.days,
        "ship_by_date": order.ship_by,
        "recipient_address": {**where, "country": where["region"]},
        "estimated_shipping_fee": money(SHIPPING_CENTS),
        "actual_shipping_cost": money(SHIPPING_CENTS if order.collected else 0),
        "total_amount": money(order.total),
        "escrow_amount": money(order.total - order.refunded),
        "order_status": order.status,
        "shipping_carrier": orders.CARRIER,
        "payment_method": "Cybersource",
        "goods_to_declare": False,
        "message_to_seller": "",
        "note": order.note,
        "note_update_time": order.noted // 1000,
        "create_time": created,
        "update_time": order.updated // 1000,
        "pay_time": order.paid // 1000 or None,
        "buyer_username": order.buyer,
        "cancel_reason": order.cancel_reason,
        "cancel_by": order.cancel_by,
        "items": [_line(order)],
    }


def _line(order: Order) -> dict[str, Any]:
    one = order.goods
    return {
        "item_id": one.item,
        "item_name": one.name,
        "item_sku": one.sku,
        "variation_id": one.model,
        "variation_name": one.kind,
        "variation_sku": one.kind_sku,
        "variation_quantity_purchased": order.quantity,
        "variation_original_price": money(one.full),
        "variation_discounted_price": money(one.cents),
        "is_wholesale": False,
        "weight": one.weight,
        "is_add_on_deal": False,
        "is_main_item": False,
        "add_on_deal_id": 0,
        "promotion_type": "product_promotion" if one.promotion else "",
        "promotion_id": one.promotion,
    }


def _cancelling(_desk: Desk, asked: Payload) -> Payload:
    """v1 names the one thing that is out of stock beside the reason."""
    line = {"item_id": asked.get("item_id"), "model_id": asked.get("variation_id")}
    named = {"item_list": [line]} if asked.get("item_id") is not None else {}
    return {"order_sn": asked.get("ordersn"), "cancel_reason": asked.get("cancel_reason"), **named}


def _modified(_state: State, _asked: Payload, done: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"modified_time": done["update_time"]}


def _answering(operation: str) -> Plan:
    """The seller's answer to a buyer who wants to cancel."""
    plan = changes.handle_cancellation
    return in_old_words(
        Old(plan, lambda _desk, asked: {"order_sn": asked.get("ordersn"), "operation": operation}, _modified)
    )


def _noted(_state: State, asked: Payload, _done: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"ordersn": asked["ordersn"], "note": asked["note"], "msg": "Add order note successfully."}


def _income(_state: State, asked: Payload, done: Mapping[str, Any]) -> Mapping[str, Any]:
    said = done["order_income"]
    details = {name: f"{value:.2f}" for name, value in said.items() if isinstance(value, float)}
    head = {
        "ordersn": asked["ordersn"],
        "buyer_user_name": done["buyer_user_name"],
        "returnsn_list": done["return_order_sn_list"],
    }
    return {"order": {**head, "shipping_carrier": orders.CARRIER, "income_details": details, "items": said["items"]}}


def released(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """GetEscrowReleasedOrders: what was paid out in a window of time."""
    found = payment.released(desk, state, asked)
    if isinstance(found, Answer):
        return refused(found)
    page = sliced(asked, found)
    if isinstance(page, Answer):
        return page
    rows = [
        {"ordersn": one["order_sn"], "payout_amount": f"{one['payout_amount']:.2f}"}
        | {"escrow_release_time": one["escrow_release_time"]}
        for one in page.rows
    ]
    return telling(orders=rows, more=page.more)


PLANS: Final[Mapping[str, Plan]] = {
    "shopee.v1_orders_released": released,
    "shopee.v1_orders_basics": basics,
    "shopee.v1_orders_get": by_status,
    "shopee.v1_orders_detail": detail,
    "shopee.v1_orders_my_income": in_old_words(Old(payment.escrow_detail, renamed(order_sn="ordersn"), _income)),
    "shopee.v1_orders_note": in_old_words(Old(changes.set_note, renamed(order_sn="ordersn"), _noted)),
    "shopee.v1_orders_cancel": in_old_words(Old(changes.cancel_order, _cancelling, _modified)),
    "shopee.v1_orders_accept": _answering("ACCEPT"),
    "shopee.v1_orders_reject": _answering("REJECT"),
}
"""What old clients can ask about orders."""
