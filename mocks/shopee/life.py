"""An order's life: which status follows which upon what, what happens by itself on the sandbox's clock, and what is pushed.

Law: a table of transitions; what it does not hold does not happen. Each step is pushed (codes 3, 4 and 30 of the vendor).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.shopee import placing
from mocks.shopee.fields import NAME, between, checked, maybe, wrong
from mocks.shopee.orders import ARRANGED, MISSED, NOT_BEGUN, READY, Order, Parcel
from mocks.shopee.plan import Fact, ok
from mocks.shopee.state import State
from sandbox.behaviour import Push
from sandbox.policy import Signal

BEFORE: Final = ""
"""Back to where it was."""

STEPS: Final[Mapping[str, tuple[frozenset[str], str]]] = {
    "pay": (frozenset({"UNPAID"}), "READY_TO_SHIP"),
    "arrange": (frozenset({"READY_TO_SHIP", "RETRY_SHIP"}), "PROCESSED"),
    "miss": (frozenset({"PROCESSED"}), "RETRY_SHIP"),
    "collect": (frozenset({"PROCESSED"}), "SHIPPED"),
    "deliver": (frozenset({"SHIPPED"}), "TO_CONFIRM_RECEIVE"),
    "receive": (frozenset({"SHIPPED", "TO_CONFIRM_RECEIVE"}), "COMPLETED"),
    "ask_cancel": (frozenset({"READY_TO_SHIP", "RETRY_SHIP", "PROCESSED"}), "IN_CANCEL"),
    "keep": (frozenset({"IN_CANCEL"}), BEFORE),
    "cancel": (frozenset({"UNPAID", "READY_TO_SHIP", "RETRY_SHIP", "IN_CANCEL"}), "CANCELLED"),
    "ask_return": (frozenset({"SHIPPED", "TO_CONFIRM_RECEIVE"}), "TO_RETURN"),
    "settle_return": (frozenset({"TO_RETURN"}), "COMPLETED"),
}
"""What can happen to an order: in which statuses, and the status after it."""


UNDER_WAY: Final = frozenset({"READY_TO_SHIP", "RETRY_SHIP", "PROCESSED", "SHIPPED"})
"""The statuses of an order whose packages are moved: one of several may go before the others are arranged."""


STOCK_PUSH: Final = 8


def may(order: Order, what: str) -> bool:
    """Can this happen to the order now? What is on its way in part can no longer be cancelled."""
    gone = what in ("ask_cancel", "cancel") and any(one.collected for one in order.parcels)
    return order.status in STEPS[what][0] and not gone


def step(desk: Desk, state: State, order: Order, what: str) -> None:
    """Let it happen, and push the new status. Only for what `may` happen."""
    before, order.status = order.status, STEPS[what][1] or order.before
    order.before, order.updated = before, desk.now()
    if order.status == "COMPLETED":
        order.completed = desk.now()
    push_status(desk, state, order)


def push(desk: Desk, state: State, topic: str, code: int, data: Mapping[str, Any]) -> None:
    """Push something about the shop, in the vendor's envelope."""
    body = {"data": dict(data), "shop_id": state.shop_id, "code": code, "timestamp": desk.now() // 1000}
    desk.post(state.account, Push(f"{NAME}.{topic}", body))


def push_status(desk: Desk, state: State, order: Order) -> None:
    """Push code 3: the order's status."""
    head = {"items": [], "ordersn": order.sn, "status": order.status, "completed_scenario": ""}
    push(desk, state, "order_status", 3, {**head, "update_time": order.updated // 1000})


def _package_is(desk: Desk, state: State, order: Order, parcel: Parcel, status: str) -> None:
    """A package's own status: kept, tracked where the carrier says something, and pushed as code 30."""
    parcel.logistics = status
    if status in TRACKED:
        parcel.track.append((desk.now(), *TRACKED[status]))
    data = {"ordersn": order.sn, "package_number": parcel.number, "fulfillment_status": status}
    push(desk, state, "package_status", 30, {**data, "update_time": desk.now() // 1000})


TRACKED: Final[Mapping[str, tuple[str, str]]] = {
    ARRANGED: ("ORDER_CREATED", "Shipment has been arranged."),
    MISSED: ("PICKUP_RETRY", "Pickup failed and will be retried."),
    "LOGISTICS_PICKUP_DONE": ("PICKED_UP", "Parcel has been picked up by courier."),
    "LOGISTICS_DELIVERY_DONE": ("DELIVERED", "Parcel has been delivered."),
}
"""What the track says of each status of a package."""


def ship(desk: Desk, state: State, order: Order, parcel: Parcel, tracking: str = "") -> None:
    """The seller has arranged a package's shipment: from here on it goes its way by itself."""
    parcel.shipments += 1
    parcel.logistics = ARRANGED
    if not any(one.waits for one in order.parcels):
        step(desk, state, order, "arrange")
    _package_is(desk, state, order, parcel, ARRANGED)
    number = tracking or f"SPXSG{parcel.number[-13:]}{parcel.shipments}"
    _soon(desk, state, order, parcel, "tracking_after", lambda: _tracked(desk, state, order, parcel, number))
    _soon(desk, state, order, parcel, "collect_after", lambda: _collected(desk, state, order, parcel))


def _soon(desk: Desk, state: State, order: Order, parcel: Parcel, setting: str, job: Callable[[], None]) -> None:
    """Do something after a while, unless the package was shipped anew by then."""
    shipment = parcel.shipments

    def run() -> None:
        if parcel.shipments == shipment:
            job()

    what = f"{COMING[setting]} of shopee order {order.sn}"
    desk.later(state.account, desk.now() + desk.setting(NAME, setting), what, run)


COMING: Final[Mapping[str, str]] = {
    "tracking_after": "tracking number",
    "collect_after": "collection",
    "deliver_after": "delivery",
    "complete_after": "completion",
}
"""What each setting is the time of."""


def _tracked(desk: Desk, state: State, order: Order, parcel: Parcel, number: str) -> None:
    if parcel.logistics != ARRANGED or order.status not in UNDER_WAY:
        return
    parcel.tracking = number
    data = {"ordersn": order.sn, "forder_id": parcel.number, "package_number": parcel.number, "tracking_no": number}
    push(desk, state, "tracking_number", 4, data)


def _collected(desk: Desk, state: State, order: Order, parcel: Parcel) -> None:
    if parcel.logistics != ARRANGED or order.status not in UNDER_WAY:
        return
    parcel.collected = desk.now()
    _package_is(desk, state, order, parcel, "LOGISTICS_PICKUP_DONE")
    if order.collected and may(order, "collect"):
        placing.gone(state, order)
        step(desk, state, order, "collect")
    _soon(desk, state, order, parcel, "deliver_after", lambda: _delivered(desk, state, order, parcel))


def _delivered(desk: Desk, state: State, order: Order, parcel: Parcel) -> None:
    if order.status not in UNDER_WAY:
        return
    parcel.delivered = desk.now()
    _package_is(desk, state, order, parcel, "LOGISTICS_DELIVERY_DONE")
    if all(one.delivered for one in order.parcels) and may(order, "deliver"):
        step(desk, state, order, "deliver")
        _soon(desk, state, order, parcel, "complete_after", lambda: _completed(desk, state, order))


def _completed(desk: Desk, state: State, order: Order) -> None:
    if may(order, "receive"):
        step(desk, state, order, "receive")


def cancel(desk: Desk, state: State, order: Order, by: str, reason: str) -> None:
    """The order is cancelled, by `buyer`, `seller` or `system`."""
    order.cancel_by, order.cancel_reason = by, reason
    step(desk, state, order, "cancel")
    for parcel in order.parcels:
        if parcel.logistics != NOT_BEGUN:
            ended = "LOGISTICS_INVALID" if parcel.logistics == READY else "LOGISTICS_REQUEST_CANCELED"
            _package_is(desk, state, order, parcel, ended)
    before = placing.reserved(state, order)
    placing.given_back(state, order)
    _push_stock(desk, state, order, "cancel_order", before)


def _push_stock(desk: Desk, state: State, order: Order, action: str, before: int) -> None:
    """Push code 8, to an application that has switched it on: how many of the goods are kept for orders now."""
    if STOCK_PUSH in state.sending.off:
        return
    now, one = placing.reserved(state, order), order.goods
    what = {"shop_id": state.shop_id, "item_id": one.item, "variation_id": one.model, "action": action}
    changed = {"changed_values": [{"name": "reserved_stock", "old": before, "new": now}], "ordersn": order.sn}
    about = {"promotion_type": "", "promotion_id": one.promotion, "update_time": order.updated // 1000}
    push(desk, state, "reserved_stock", STOCK_PUSH, {**what, **changed, **about})


def keep(desk: Desk, state: State, order: Order) -> None:
    """The order is not cancelled after all; one that was to be collected is."""
    step(desk, state, order, "keep")
    for parcel in order.parcels:
        if parcel.logistics == ARRANGED:
            _soon(desk, state, order, parcel, "collect_after", partial(_collected, desk, state, order, parcel))


# -------------------------------------------------------------------- what buyers and couriers do


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
            cancel(desk, state, order, "system", "Unpaid Order")

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
    push_status(desk, state, order)
    _push_stock(desk, state, order, "place_order", placing.reserved(state, order) - order.quantity)
    return ok(order_sn=order.sn)


def happening(what: str, do: Callable[[Desk, State, Order, Signal], None]) -> Fact:
    """The fact that something happened to an order, where the table lets it."""

    def told(desk: Desk, state: State, signal: Signal) -> Answer:
        order = state.orders.get(str(signal.payload.get("order_sn", "")))
        if order is None:
            return Answer("error_not_found")
        if not may(order, what):
            return wrong(f"an order that is {order.status} cannot {what}")
        do(desk, state, order, signal)
        return ok(order_sn=order.sn, order_status=order.status)

    return told


def _paid(desk: Desk, state: State, order: Order, _signal: Signal) -> None:
    order.paid = desk.now()
    step(desk, state, order, "pay")
    for parcel in order.parcels:
        _package_is(desk, state, order, parcel, READY)


def _cancel_asked(desk: Desk, state: State, order: Order, signal: Signal) -> None:
    """Within the first hour a buyer's word is enough; later the seller is asked. Source: the vendor's page on shipping."""
    order.buyer_cancel_reason = str(signal.payload.get("reason", "Need to change delivery address"))
    free = desk.now() < (order.paid or order.created) + desk.setting(NAME, "free_cancel")
    if free and may(order, "cancel"):
        cancel(desk, state, order, "buyer", order.buyer_cancel_reason)
    else:
        step(desk, state, order, "ask_cancel")


def _missed(desk: Desk, state: State, order: Order, signal: Signal) -> None:
    """The courier did not come for a package: the one of `package_number`, or the first that waits for him."""
    named = order.parcel(str(signal.payload.get("package_number", "")))
    parcel = named or next((one for one in order.parcels if one.logistics == ARRANGED), order.first)
    parcel.shipments += 1  # what was to happen by itself does not
    _package_is(desk, state, order, parcel, MISSED)
    step(desk, state, order, "miss")


def _received(desk: Desk, state: State, order: Order, _signal: Signal) -> None:
    step(desk, state, order, "receive")


def _unpaid_cancelled(desk: Desk, state: State, signal: Signal) -> Answer:
    """A buyer no longer wants an order: one that is not paid needs nobody's consent."""
    order = state.orders.get(str(signal.payload.get("order_sn", "")))
    if order is not None and order.status == "UNPAID":
        cancel(desk, state, order, "buyer", str(signal.payload.get("reason", "Change of mind")))
        return ok(order_sn=order.sn, order_status=order.status)
    return happening("ask_cancel", _cancel_asked)(desk, state, signal)


SIGNALS: Final[Mapping[str, Fact]] = {
    "shopee.order_placed": order_placed,
    "shopee.order_unpaid": order_unpaid,
    "shopee.order_paid": happening("pay", _paid),
    "shopee.cancel_requested": _unpaid_cancelled,
    "shopee.pickup_failed": happening("miss", _missed),
    "shopee.order_received": happening("receive", _received),
}
"""What happens to orders from outside."""
