"""One order, from the till to the parcel: placed, paid or abandoned, shipped; and what it makes of a customer.

Law: see the package. The payment is a real one: the platform takes the order and the buyer pays it, so its rules apply.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator
from typing import NamedTuple

from sandbox.events import Scalar

from . import Begin, Behaviour, Call, Push, Reply, Signal, Step, Wait, Wish
from .merchant import Part

LEVELS = ("silver", "gold", "diamond")
"""Member levels above bronze, which everybody has (V23)."""


class Order(NamedTuple):
    """Who buys what for how many fen, whether the payment comes off, and how long (ms) the parcel then takes to leave."""

    number: str
    user: str
    products: str
    amount: int
    pays: bool
    ships_after: int
    promoted: bool = False


def buy(part: Part, order: Order, bought: Counter[str]) -> Generator[Wish, Reply | Push | None, bool]:
    """Places the order and pays it; was it paid? `bought` counts each customer's purchases: enough of them lift the level (A33)."""
    merchant = part.merchant
    payload = {
        "appid": merchant.appid,
        "mchid": merchant.mchid,
        "description": order.products,
        "out_trade_no": order.number,
        "notify_url": "https://shop.example/paid",
        "amount": {"total": order.amount, "currency": "CNY"},
    }
    reply = yield Call("wechat_pay", "wechat_pay.pay_native", merchant.account, payload=payload)
    if not isinstance(reply, Reply) or not reply.ok:
        yield Step("turned_away", {"code": reply.code if isinstance(reply, Reply) else ""})
        return False
    yield Step("ordered", {"user": order.user})
    outcome = {"out_trade_no": order.number, "outcome": "paid" if order.pays else "abandoned"}
    told = yield Signal("wechat_pay", "wechat_pay.paid", merchant.account, payload=outcome)
    if not order.pays or not isinstance(told, Reply) or not told.ok:
        return False
    facts: dict[str, Scalar] = {
        "user": order.user,
        "amount": order.amount,
        "products": order.products,
        "promoted": order.promoted,
    }
    yield Step("paid", facts)
    yield from _lift(part, order.user, bought)
    yield Begin(_ship(part, order))
    return True


def _lift(part: Part, user: str, bought: Counter[str]) -> Behaviour:
    bought[user] += 1
    for level in LEVELS:
        if bought[user] == part.market.figure(f"level_{level}"):
            yield Step("level", {"user": user, "level": level})


def _ship(part: Part, order: Order) -> Behaviour:
    yield Wait(order.ships_after)
    yield Step("shipped", {"in_time": order.ships_after <= part.market.figure("ship_promise")})
