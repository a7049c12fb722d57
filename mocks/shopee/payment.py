"""What the seller gets for an order, and when.

Law: plans. The vendor's fees are settings; they are taken off the goods' price, each rounded to a cent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.shopee.changes import order_in
from mocks.shopee.fields import NAME, Payload, between, checked, maybe, text, whole, wrong
from mocks.shopee.orders import SHIPPING_CENTS, Order
from mocks.shopee.plan import Deed, Plan, telling
from mocks.shopee.state import State

ESCROW: Final = "ESCROW_VERIFIED_ADD"
"""The kind of a transaction that pays an order out."""

FEES: Final = ("commission_fee", "service_fee", "seller_transaction_fee")


def _fees(desk: Desk, order: Order) -> dict[str, int]:
    """The vendor's fees in cents, by their names."""
    kept = order.total - order.refunded
    return {name: (kept * desk.setting(NAME, f"{name}_permille") + 500) // 1000 for name in FEES}


def escrow(desk: Desk, order: Order) -> int:
    """What the seller gets, in cents."""
    return order.total - order.refunded - sum(_fees(desk, order).values())


def escrow_detail(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """What an order brings, and how that comes about."""
    order = order_in(state, asked)
    if isinstance(order, Answer):
        return order
    if not order.paid:
        return wrong("the order is not paid")
    one = order.goods
    price = {"original_price": one.full / 100, "discounted_price": one.cents / 100, "selling_price": one.cents / 100}
    line = {"item_id": one.item, "item_name": one.name, "model_id": one.model, "quantity_purchased": order.quantity, **price}
    returned = [one.sn for one in state.returns.values() if one.order_sn == order.sn]
    income = {**_income(desk, order), "items": [line]}
    return telling(order_sn=order.sn, buyer_user_name=order.buyer, return_order_sn_list=returned, order_income=income)


def _income(desk: Desk, order: Order) -> dict[str, Any]:
    nothing = ("seller_discount", "shopee_discount", "voucher_from_seller", "voucher_from_shopee", "coins", "escrow_tax")
    shipping = {"buyer_paid_shipping_fee": SHIPPING_CENTS / 100, "actual_shipping_fee": SHIPPING_CENTS / 100}
    return {
        "escrow_amount": escrow(desk, order) / 100,
        "buyer_total_amount": (order.total + SHIPPING_CENTS) / 100,
        "original_price": order.total / 100,
        **dict.fromkeys(nothing, 0.0),
        **shipping,
        "shopee_shipping_rebate": 0.0,
        **{name: fee / 100 for name, fee in _fees(desk, order).items()},
        "reverse_shipping_fee": 0.0,
        "final_shipping_fee": 0.0,
        "seller_return_refund": -order.refunded / 100,
        "cost_of_goods_sold": order.total / 100,
    }


def escrow_list(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """What was paid out in a window of time, a page at a time."""
    if refused := checked(asked, {"page_no": maybe(between(1, 10_000)), "page_size": maybe(between(1, 100))}):
        return refused
    rows = released(desk, state, asked)
    if isinstance(rows, Answer):
        return rows
    size = whole(asked.get("page_size")) or 40
    start = ((whole(asked.get("page_no")) or 1) - 1) * size
    return telling(escrow_list=rows[start : start + size], more=start + size < len(rows))


def released(desk: Desk, state: State, asked: Payload) -> list[dict[str, Any]] | Answer:
    """What was paid out in a window of time, the earliest first: an order's money is released when it is completed."""
    if refused := checked(asked, {"release_time_from": between(), "release_time_to": between()}):
        return refused
    first, last = whole(asked["release_time_from"]) or 0, whole(asked["release_time_to"]) or 0
    if last < first:
        return wrong("release_time_to is before release_time_from")
    done = [one for one in state.orders.values() if one.completed and first <= one.completed // 1000 <= last]
    return [
        {"order_sn": one.sn, "payout_amount": escrow(desk, one) / 100, "escrow_release_time": one.completed // 1000}
        for one in sorted(done, key=lambda one: (one.completed, one.sn))
    ]


def wallet(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """What came into the seller's wallet: an order's money when it is completed, the newest first."""
    kinds = {"page_no": between(0, 10_000), "page_size": between(1, 100), "transaction_type": maybe(text(50, 0))}
    times = {"create_time_from": maybe(between()), "create_time_to": maybe(between())}
    if refused := checked(asked, {**kinds, **times}):
        return refused
    first, last = whole(asked.get("create_time_from")) or 0, whole(asked.get("create_time_to"))
    if last is not None and not 0 <= (last - first) * 1000 <= desk.setting(NAME, "list_window") and first:
        return wrong("time range must be within 15 days")
    until = 2**40 if last is None else last
    found, balance = [], 0
    for order in sorted((one for one in state.orders.values() if one.completed), key=lambda one: (one.completed, one.sn)):
        balance += escrow(desk, order)
        found.append(_transaction(desk, order, balance))
    wanted = asked.get("transaction_type") or ESCROW
    rows = [one for one in reversed(found) if first <= one["create_time"] <= until and wanted == ESCROW]
    size = whole(asked["page_size"]) or 1
    start = (whole(asked["page_no"]) or 0) * size
    return telling(transaction_list=rows[start : start + size], more=start + size < len(rows))


def _transaction(desk: Desk, order: Order, balance: int) -> dict[str, Any]:
    return {
        "transaction_id": order.completed // 1000 * 1000 + int(order.first.number[-3:]),
        "transaction_type": ESCROW,
        "status": "COMPLETED",
        "wallet_type": "SHOPEE_WALLET",
        "amount": escrow(desk, order) / 100,
        "current_balance": balance / 100,
        "transaction_fee": 0.0,
        "create_time": order.completed // 1000,
        "order_sn": order.sn,
        "refund_sn": "",
        "buyer_name": order.buyer,
        "reason": "",
        "description": "",
    }


PLANS: Final[Mapping[str, Plan]] = {
    "shopee.escrow_detail": escrow_detail,
    "shopee.escrow_list": escrow_list,
    "shopee.wallet": wallet,
}
"""What can be asked about money."""
