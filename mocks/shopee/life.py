"""An order's life: which status follows which upon what, what happens by itself on the sandbox's clock, and what is pushed.

Law: a table of transitions; what it does not hold does not happen. Each step is pushed (codes 3, 4 and 30 of the vendor).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final, NamedTuple

from mocks.desk import Desk
from mocks.shopee import placing
from mocks.shopee.fields import NAME
from mocks.shopee.orders import ARRANGED, MISSED, NOT_BEGUN, READY, Order, Parcel
from mocks.shopee.state import State
from sandbox.behaviour import Push

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
    "lapse": (frozenset({"READY_TO_SHIP", "RETRY_SHIP"}), "CANCELLED"),
    "give_up": (frozenset({"PROCESSED", "RETRY_SHIP"}), "CANCELLED"),
    "fail": (frozenset({"SHIPPED"}), "CANCELLED"),
    "ask_return": (frozenset({"SHIPPED", "TO_CONFIRM_RECEIVE"}), "TO_RETURN"),
    "settle_return": (frozenset({"TO_RETURN"}), "COMPLETED"),
}
"""What can happen to an order: in which statuses, and the status after it."""


UNDER_WAY: Final = frozenset({"READY_TO_SHIP", "RETRY_SHIP", "PROCESSED", "SHIPPED"})
"""The statuses of an order whose packages are moved: one of several may go before the others are arranged."""


STOCK_PUSH: Final = 8
PICKUP_FAILED, DELIVERY_FAILED, LOST = "LOGISTICS_PICKUP_FAILED", "LOGISTICS_DELIVERY_FAILED", "LOGISTICS_LOST"
"""What can become of a package that does not arrive."""


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


def package_is(desk: Desk, state: State, order: Order, parcel: Parcel, status: str) -> None:
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
    PICKUP_FAILED: ("TIMEOUT", "Pickup failed and will not be retried."),
    DELIVERY_FAILED: ("RETURN_STARTED", "Parcel could not be delivered and goes back."),
    LOST: ("LOST", "Parcel has been lost."),
}
"""What the track says of each status of a package."""


def ship(desk: Desk, state: State, order: Order, parcel: Parcel, tracking: str = "") -> None:
    """The seller has arranged a package's shipment: from here on it goes its way by itself."""
    parcel.shipments += 1
    parcel.logistics = ARRANGED
    if not any(one.waits for one in order.parcels):
        step(desk, state, order, "arrange")
    package_is(desk, state, order, parcel, ARRANGED)
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
    package_is(desk, state, order, parcel, "LOGISTICS_PICKUP_DONE")
    if order.collected and may(order, "collect"):
        placing.gone(state, order)
        step(desk, state, order, "collect")
    _soon(desk, state, order, parcel, "deliver_after", lambda: _delivered(desk, state, order, parcel))


def _delivered(desk: Desk, state: State, order: Order, parcel: Parcel) -> None:
    if order.status not in UNDER_WAY:
        return
    parcel.delivered = desk.now()
    package_is(desk, state, order, parcel, "LOGISTICS_DELIVERY_DONE")
    if all(one.delivered for one in order.parcels) and may(order, "deliver"):
        step(desk, state, order, "deliver")
        _soon(desk, state, order, parcel, "complete_after", lambda: _completed(desk, state, order))


def _completed(desk: Desk, state: State, order: Order) -> None:
    if may(order, "receive"):
        step(desk, state, order, "receive")


class End(NamedTuple):
    """How an order ends before its time: by which step, by whom, why, and what then becomes of its packages ("" for what follows)."""

    step: str
    by: str
    reason: str
    package: str = ""


def cancel(desk: Desk, state: State, order: Order, end: End) -> None:
    """The order is cancelled, by `buyer`, `seller` or `system`; what no courier has may be bought by others."""
    order.cancel_by, order.cancel_reason = end.by, end.reason
    step(desk, state, order, end.step)
    for parcel in order.parcels:
        if parcel.logistics != NOT_BEGUN:
            follows = "LOGISTICS_INVALID" if parcel.logistics == READY else "LOGISTICS_REQUEST_CANCELED"
            package_is(desk, state, order, parcel, end.package or follows)
    if not order.collected:
        before = placing.reserved(state, order)
        placing.given_back(state, order)
        push_stock(desk, state, order, "cancel_order", before)


def push_stock(desk: Desk, state: State, order: Order, action: str, before: int) -> None:
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
