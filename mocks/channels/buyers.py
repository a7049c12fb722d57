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

LINES, MOST = 50, 10_000
"""So many lines an order may have, and so many pieces a line."""


def placed(desk: Desk, state: State, signal: Signal) -> Answer:
    """A buyer orders `count` of a sku, or several `lines` of them; with `pay` (the default) pays at once.

    Without ids it is anything that the shop has.
    """
    asked = signal.payload
    if state.shop.entity == "personal":
        return DISPLAY_ONLY
    basket = _basket(desk, state, asked)
    openid = asked.get("openid") or state.official.followers[0]
    if isinstance(basket, Answer):
        return basket
    if not isinstance(openid, str):
        return Answer("40003")
    goods = ((product.id, count, price) for product, _, count, price in basket)
    held = pockets.usable(desk, state, str(asked.get("user_coupon_id", "")), openid, goods)
    if isinstance(held, Answer):
        return held
    order = place(desk, state, basket, openid)
    order.scene, order.customer_notes = number(asked.get("scene", 1), 1), str(asked.get("notes", ""))
    if held:
        pockets.spend(desk, state, held, order)
    events.about_order(desk, state, order, "new")
    if asked.get("pay", True) is True:
        orders.pay(desk, state, order)
    else:
        _wait_for_money(desk, state, order)
    return ok(order_id=order.id, status=order.status, order_price=orders.due(order))


Basket = list[tuple[Product, dict[str, Any], int, int]]
"""Products, skus, how many, and what a piece costs, fen."""


def _basket(desk: Desk, state: State, asked: Mapping[str, Any]) -> Basket | Answer:
    """What is to be ordered, each sku once, when all of it is there."""
    rows = asked.get("lines", [asked])
    if not isinstance(rows, list) or not 1 <= len(rows) <= LINES or not all(isinstance(one, dict) for one in rows):
        return Answer("40097")
    basket: dict[str, tuple[Product, dict[str, Any], int]] = {}
    for row in rows:
        found, count = _goods(state, row), number(row.get("count", 1))
        if isinstance(found, Answer):
            return found
        product, sku = found
        if not 1 <= count <= MOST:
            return Answer("40097")
        count += basket[sku["sku_id"]][2] if sku["sku_id"] in basket else 0
        if product.stock[sku["sku_id"]] < count:
            return Answer("10020219")
        basket[sku["sku_id"]] = (product, sku, count)
    return [(product, sku, count, _price(desk, state, product, sku, count)) for product, sku, count in basket.values()]


def _price(desk: Desk, state: State, product: Product, sku: dict[str, Any], count: int) -> int:
    """What a piece costs: in a flash sale that has so many left, less."""
    flash = state.flash(product.id, sku["sku_id"], desk.now())
    return flash["sale_price"] if flash and flash["sale_stock"] >= count else int(sku["sale_price"])


def _goods(state: State, asked: Mapping[str, Any]) -> tuple[Product, dict[str, Any]] | Answer:
    """The product and the sku that a line names, when it is on sale."""
    wanted = key(asked.get("product_id"))
    product = state.products.get(wanted) if "product_id" in asked else next(iter(state.products.values()), None)
    if product is None or product.online is None or product.status != LISTED or not state.shop.opened:
        return Answer("10020052")
    sku = product.sku(key(asked.get("sku_id"))) if "sku_id" in asked else product.online["skus"][0]
    return (product, sku) if sku else Answer("10020051")


def place(desk: Desk, state: State, basket: Basket, openid: str) -> Order:
    """The order itself: what it takes is put aside."""
    for product, sku, count, price in basket:
        flash = state.flash(product.id, sku["sku_id"], desk.now())
        if flash and price == flash["sale_price"]:
            flash["sale_stock"] -= count
        product.move(sku["sku_id"], -count, orders.SOLD, desk.now())
        stock.warn_when_low(desk, state, product, sku["sku_id"])
    lines = [Line(product.id, sku["sku_id"], count, price, product.shown) for product, sku, count, price in basket]
    order_id, now = state.mint("order"), desk.now()
    worth = sum(line.price * line.count for line in lines)
    order = Order(order_id, openid, lines, now, now, worth, address=address_of(order_id))
    order.virtual = all(line.shown["deliver_method"] != 0 for line in lines)
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
