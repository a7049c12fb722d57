"""What buyers do by themselves: order, pay, change their mind, receive, and choose what may be known of them.

Law: facts told through the control plane, or by a behaviour; refused with the platform's own codes where they cannot be.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from mocks.channels import events, orders, pockets, stock
from mocks.channels.fields import NAME, key, number
from mocks.channels.plan import DISPLAY_ONLY, Fact, ok
from mocks.channels.review import LISTED
from mocks.channels.seed import address_of
from mocks.channels.state import Line, Order, Product, State
from mocks.desk import Desk
from mocks.http import Answer
from sandbox.policy import Signal


def placed(desk: Desk, state: State, signal: Signal) -> Answer:
    """A buyer orders `count` of a sku; with `pay` (the default) pays at once. Without ids it is anything on sale."""
    asked = signal.payload
    found = _goods(state, asked)
    if isinstance(found, Answer):
        return found
    product, sku = found
    count, openid = number(asked.get("count", 1)), asked.get("openid") or state.official.followers[0]
    if state.shop.entity == "personal":
        return DISPLAY_ONLY
    if not state.shop.opened or product.status != LISTED:
        return Answer("10020052")
    if not isinstance(openid, str) or not 1 <= count <= 10_000:
        return Answer("40097")
    if product.stock[sku["sku_id"]] < count:
        return Answer("10020219")
    held = pockets.usable(desk, state, str(asked.get("user_coupon_id", "")), openid, sku["sale_price"] * count)
    if isinstance(held, Answer):
        return held
    order = place(desk, state, product, sku, count, openid)
    order.scene, order.customer_notes = number(asked.get("scene", 1), 1), str(asked.get("notes", ""))
    if held:
        pockets.spend(desk, state, held, order)
    events.about_order(desk, state, order, "new")
    if asked.get("pay", True) is True:
        orders.pay(desk, state, order)
    else:
        _wait_for_money(desk, state, order)
    return ok(order_id=order.id, status=order.status, order_price=orders.due(order))


def _goods(state: State, asked: Mapping[str, Any]) -> tuple[Product, dict[str, Any]] | Answer:
    wanted = key(asked.get("product_id"))
    product = state.products.get(wanted) if "product_id" in asked else next(iter(state.products.values()), None)
    if product is None or product.online is None:
        return Answer("10020052")
    sku = product.sku(key(asked.get("sku_id"))) if "sku_id" in asked else product.online["skus"][0]
    return (product, sku) if sku else Answer("10020051")


def place(desk: Desk, state: State, product: Product, sku: dict[str, Any], count: int, openid: str) -> Order:
    """The order itself: what it takes is put aside."""
    product.move(sku["sku_id"], -count, orders.SOLD, desk.now())
    stock.warn_when_low(desk, state, product, sku["sku_id"])
    line = Line(product.id, sku["sku_id"], count, sku["sale_price"], product.shown)
    order_id, now = state.mint("order"), desk.now()
    order = Order(order_id, openid, [line], now, now, sku["sale_price"] * count, address=address_of(order_id))
    order.virtual = product.shown["deliver_method"] != 0
    state.orders[order.id] = order
    return order


def _wait_for_money(desk: Desk, state: State, order: Order) -> None:
    def lapse() -> None:
        if orders.may(order, "cancel"):
            orders.cancel(desk, state, order, orders.BY_TIMEOUT)

    at = desk.now() + desk.setting(NAME, "pay_within")
    desk.later(state.account, at, f"end of unpaid channels order {order.id}", lapse)


def _happening(what: str, do: Callable[[Desk, State, Order], None]) -> Fact:
    """The fact that something happened to an order, where the table lets it."""

    def told(desk: Desk, state: State, signal: Signal) -> Answer:
        order = state.orders.get(key(signal.payload.get("order_id")))
        if order is None:
            return Answer("100002")
        if not orders.may(order, what):
            return Answer("101100")
        do(desk, state, order)
        return ok(order_id=order.id, status=order.status)

    return told


def _cancelled(desk: Desk, state: State, order: Order) -> None:
    orders.cancel(desk, state, order, orders.BY_USER)


def address_wished(_desk: Desk, state: State, signal: Signal) -> Answer:
    """A buyer asks for another address; the merchant accepts or rejects it."""
    order, wish = state.orders.get(key(signal.payload.get("order_id"))), signal.payload.get("address")
    if order is None or not isinstance(wish, dict):
        return Answer("100002")
    if not orders.may(order, "ship"):
        return Answer("101100")
    order.wished = {**order.address, **{str(name): str(value) for name, value in wish.items()}}
    return ok(order_id=order.id)


def data_choice(desk: Desk, state: State, signal: Signal) -> Answer:
    """A person lets their data be used (`subscribed` true), or no longer (M18)."""
    openid, wanted = signal.payload.get("openid"), signal.payload.get("subscribed")
    if not isinstance(openid, str) or not openid or not isinstance(wanted, bool):
        return Answer("40003")
    (state.unsubscribed.discard if wanted else state.unsubscribed.add)(openid)
    desk.record({"at": desk.now(), "kind": "consent", "account": state.account, "openid": openid, "ok": wanted})
    return ok(openid=openid, subscribed=wanted)


SIGNALS: Final[Mapping[str, Fact]] = {
    "channels.order_placed": placed,
    "channels.order_paid": _happening("pay", orders.pay),
    "channels.order_cancelled": _happening("cancel", _cancelled),
    "channels.order_received": _happening("confirm", orders.confirm),
    "channels.address_wished": address_wished,
    "channels.data_choice": data_choice,
}
"""What buyers do."""
