"""What happens to orders from outside: buyers order, pay, change their minds and receive; couriers come, or do not.

Law: facts, each only where the table of `life` lets it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.shopee import life, placing
from mocks.shopee.fields import NAME, between, checked, maybe, wrong
from mocks.shopee.life import End
from mocks.shopee.orders import ARRANGED, MISSED, READY, Order
from mocks.shopee.plan import Fact, ok
from mocks.shopee.state import State
from sandbox.policy import Signal


def order_placed(desk: Desk, state: State, signal: Signal) -> Answer:
    """A buyer has paid for an order (of `quantity` of `item_id`, `model_id`): it becomes ready to ship, and is pushed."""
    return _new(desk, state, signal, "READY_TO_SHIP")


def order_unpaid(desk: Desk, state: State, signal: Signal) -> Answer:
    """A buyer has ordered and not paid yet; after a day of that the vendor cancels."""
    answer = _new(desk, state, signal, "UNPAID")
    if answer.code:
        return answer
    order = state.orders[answer.body["order_sn"]]

    def forget() -> None:
        if order.status == "UNPAID":
            life.cancel(desk, state, order, UNPAID)

    due = desk.now() + desk.setting(NAME, "unpaid_life")
    desk.later(state.account, due, f"end of unpaid shopee order {order.sn}", forget)
    return answer


WISH: Final = {"item_id": maybe(between(1)), "model_id": maybe(between()), "quantity": maybe(between(1, 999))}
"""What a buyer may say of what he orders; where he does not, it is drawn."""


def _new(desk: Desk, state: State, signal: Signal, status: str) -> Answer:
    said, sn = signal.payload, str(signal.payload.get("order_sn", ""))
    if sn in state.orders:
        return wrong("order_sn exists")
    if refused := checked(said, WISH):
        return refused
    order = placing.place(state, desk.now(), sn, status, said)
    if order is None:
        return wrong("what was ordered is sold out")
    life.push_status(desk, state, order)
    life.push_stock(desk, state, order, "place_order", placing.reserved(state, order) - order.quantity)
    return ok(order_sn=order.sn)


def happening(what: str, do: Callable[[Desk, State, Order, Signal], None]) -> Fact:
    """The fact that something happened to an order, where the table lets it."""

    def told(desk: Desk, state: State, signal: Signal) -> Answer:
        order = state.orders.get(str(signal.payload.get("order_sn", "")))
        if order is None:
            return Answer("error_not_found")
        if not life.may(order, what):
            return wrong(f"an order that is {order.status} cannot {what}")
        do(desk, state, order, signal)
        return ok(order_sn=order.sn, order_status=order.status)

    return told


def _paid(desk: Desk, state: State, order: Order, _signal: Signal) -> None:
    order.paid = desk.now()
    life.step(desk, state, order, "pay")
    for parcel in order.parcels:
        life.package_is(desk, state, order, parcel, READY)


def _cancel_asked(desk: Desk, state: State, order: Order, signal: Signal) -> None:
    """Within the first hour a buyer's word is enough; later the seller is asked. Source: the vendor's page on shipping."""
    order.buyer_cancel_reason = str(signal.payload.get("reason", "Need to change delivery address"))
    free = desk.now() < (order.paid or order.created) + desk.setting(NAME, "free_cancel")
    if free and life.may(order, "cancel"):
        life.cancel(desk, state, order, End("cancel", "buyer", order.buyer_cancel_reason))
    else:
        life.step(desk, state, order, "ask_cancel")


def _missed(desk: Desk, state: State, order: Order, signal: Signal) -> None:
    """The courier did not come for a package: the one of `package_number`, or the first that waits for him."""
    named = order.parcel(str(signal.payload.get("package_number", "")))
    parcel = named or next((one for one in order.parcels if one.logistics == ARRANGED), order.first)
    parcel.shipments += 1  # what was to happen by itself does not
    life.package_is(desk, state, order, parcel, MISSED)
    life.step(desk, state, order, "miss")


def _received(desk: Desk, state: State, order: Order, _signal: Signal) -> None:
    life.step(desk, state, order, "receive")


def _unpaid_cancelled(desk: Desk, state: State, signal: Signal) -> Answer:
    """A buyer no longer wants an order: one that is not paid needs nobody's consent."""
    order = state.orders.get(str(signal.payload.get("order_sn", "")))
    if order is not None and order.status == "UNPAID":
        life.cancel(desk, state, order, End("cancel", "buyer", str(signal.payload.get("reason", "Change of mind"))))
        return ok(order_sn=order.sn, order_status=order.status)
    return happening("ask_cancel", _cancel_asked)(desk, state, signal)


UNPAID: Final = End("cancel", "system", "Unpaid Order")

ENDS: Final[Mapping[str, End]] = {
    "shopee.order_late": End("lapse", "system", "Seller did not Ship"),
    "shopee.pickup_given_up": End("give_up", "system", "Failed Pickup", life.PICKUP_FAILED),
    "shopee.delivery_failed": End("fail", "system", "Failed Delivery", life.DELIVERY_FAILED),
    "shopee.parcel_lost": End("fail", "system", "Lost Parcel", life.LOST),
}
"""How the vendor and the courier end an order."""


def _ending(end: End) -> Fact:
    """The fact that an order ends so."""
    return happening(end.step, lambda desk, state, order, _signal: life.cancel(desk, state, order, end))


SIGNALS: Final[Mapping[str, Fact]] = {
    "shopee.order_placed": order_placed,
    "shopee.order_unpaid": order_unpaid,
    "shopee.order_paid": happening("pay", _paid),
    "shopee.cancel_requested": _unpaid_cancelled,
    "shopee.pickup_failed": happening("miss", _missed),
    "shopee.order_received": happening("receive", _received),
    **{name: _ending(end) for name, end in ENDS.items()},
}
"""What happens to orders from outside."""
