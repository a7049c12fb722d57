"""Shipping: what a shipment needs, arranging it, and where the parcel is.

Law: plans. Every order goes by one channel, by pickup or drop-off, from the shop's one address.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.shopee import life
from mocks.shopee.changes import order_in
from mocks.shopee.fields import Payload, checked, each, having, mapping, maybe, text, whole, wrong
from mocks.shopee.orders import CARRIER, CHANNEL, Order, Parcel
from mocks.shopee.plan import Deed, Plan, ok, telling
from mocks.shopee.state import State

ADDRESS: Final[Mapping[str, Any]] = {
    "address_id": 234,
    "region": "SG",
    "state": "",
    "city": "",
    "district": "Tanjong Pagar",
    "town": "",
    "address": "5 Science Park Drive",
    "zipcode": "118265",
}
"""Where the shop ships from."""

BRANCH: Final[Mapping[str, Any]] = {
    "branch_id": 771,
    "region": "SG",
    "state": "",
    "city": "",
    "address": "1 HarbourFront Walk",
    "zipcode": "098585",
    "district": "",
    "town": "",
}
"""Where a parcel may be dropped off."""

KINDS: Final = ("pickup", "dropoff", "non_integrated")
SLOTS: Final = 3
PICKUP_DAYS: Final = 86_400
CHINA: Final = timedelta(hours=8)


def _slots(now: int) -> list[dict[str, Any]]:
    """The days on which a courier may come: the next three, named by their midnight."""
    day = (datetime.fromtimestamp(now / 1000, UTC) + CHINA).replace(hour=0, minute=0, second=0, microsecond=0)
    first = int((day - CHINA).timestamp())
    dates = [first + number * PICKUP_DAYS for number in range(1, SLOTS + 1)]
    return [{"date": at, "time_text": "", "pickup_time_id": str(at), "flags": ["recommended"]} for at in dates]


def shipping_parameter(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """What is needed to arrange an order's shipment."""
    found = named(state, asked)
    if isinstance(found, Answer):
        return found
    if not life.may(found[0], "arrange"):
        return Answer("logistics.ship_order_not_ready_to_ship")
    slots = _slots(desk.now())
    needed = {"pickup": ["address_id", "pickup_time_id"], "dropoff": []}
    places = [{**ADDRESS, "address_flag": ["default_address", "pickup_address"], "time_slot_list": slots}]
    return telling(info_needed=needed, pickup={"address_list": places}, dropoff={"branch_list": [BRANCH], "slug_list": []})


def named(state: State, asked: Payload) -> tuple[Order, Parcel] | Answer:
    """The order, and the package that is named; of an order that is not split none need be."""
    order = order_in(state, asked)
    if isinstance(order, Answer):
        return order
    number = asked.get("package_number")
    if number in (None, "") and len(order.parcels) > 1:
        return wrong("package_number is required for a split order")
    parcel = order.first if number in (None, "") else order.parcel(str(number))
    return (order, parcel) if parcel else Answer("logistics.package_not_exist")


def _manner(desk: Desk, asked: Payload) -> Answer | None:
    """Is one way to ship chosen, with what it needs?"""
    chosen = [kind for kind in KINDS if asked.get(kind) is not None]
    if len(chosen) != 1:
        return Answer("logistics.ship_order_only_support_one_type")
    with_it = asked[chosen[0]]
    if not mapping(with_it):
        return wrong(f"{chosen[0]} is invalid")
    if chosen[0] == "pickup":
        return _pickup(desk, with_it)
    if not maybe(text(64, 0))(with_it.get("tracking_number")):
        return wrong("tracking_number is invalid")
    if chosen[0] == "non_integrated" and not with_it.get("tracking_number"):
        return wrong("tracking_number is required")
    if with_it.get("branch_id") and whole(with_it["branch_id"]) != BRANCH["branch_id"]:
        return wrong("branch_id is invalid")
    return None


def _pickup(desk: Desk, pickup: Payload) -> Answer | None:
    if not pickup.get("address_id") or not pickup.get("pickup_time_id"):
        return Answer("logistics.ship_order_need_address_pickup_time")
    if whole(pickup["address_id"]) != ADDRESS["address_id"]:
        return wrong("address_id is invalid")
    known = any(str(pickup["pickup_time_id"]) == slot["pickup_time_id"] for slot in _slots(desk.now()))
    return None if known else wrong("pickup_time_id is invalid")


def _tracking(asked: Payload) -> str:
    """The seller's own tracking number, where he has one."""
    return next((str(asked[kind].get("tracking_number") or "") for kind in KINDS if asked.get(kind) is not None), "")


def _cannot(order: Order, parcel: Parcel) -> Answer | None:
    if order.status in ("PROCESSED", "SHIPPED", "TO_CONFIRM_RECEIVE", "COMPLETED") or not parcel.waits:
        return Answer("logistics.package_already_shipped")
    return None if life.may(order, "arrange") else Answer("logistics.ship_order_not_ready_to_ship")


def ship_order(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """Arrange one order's shipment."""
    found = named(state, asked)
    if isinstance(found, Answer):
        return found
    if refused := _manner(desk, asked) or _cannot(*found):
        return refused

    def deed() -> Answer:
        life.ship(desk, state, *found, _tracking(asked))
        return ok()

    return deed


ROW: Final = having({"order_sn": text(64), "package_number": maybe(text(64, 0))})


def rows_of(desk: Desk, state: State, asked: Payload, each_one: Callable[[Order, Parcel, Payload], Answer]) -> Answer | Deed:
    """The deed that does something with each of up to 50 orders; what cannot be done with one stands in its row."""
    if refused := checked(asked, {"order_list": each(ROW, desk.setting("shopee", "batch_at_once"))}):
        return refused

    def deed() -> Answer:
        rows = []
        for row in asked["order_list"]:
            found = named(state, row)
            done = found if isinstance(found, Answer) else each_one(*found, row)
            package = row.get("package_number") or "" if isinstance(found, Answer) else found[1].number
            rows.append({"order_sn": row["order_sn"], "package_number": package, **_said(done)})
        failed = [f"{row['order_sn']}: {row['fail_error']}" for row in rows if row["fail_error"]]
        return ok(result_list=rows, **({"warning": failed} if failed else {}))

    return deed


def _said(done: Answer) -> dict[str, Any]:
    return {"fail_error": done.code, "fail_message": done.text or FAILURES.get(done.code, ""), **done.body}


FAILURES: Final[Mapping[str, str]] = {
    "error_not_found": "The order is not found.",
    "logistics.package_not_exist": "The package is not exist.",
    "logistics.package_already_shipped": "The package already shipped.",
    "logistics.ship_order_not_ready_to_ship": "The order status is not ready to ship.",
    "logistics.shipping_document_should_print_first": "The shipping document should be created first.",
    "logistics.tracking_number_invalid": "The tracking number is invalid.",
}
"""What a row says of its failure."""


def batch_ship_order(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """Arrange up to 50 orders' shipments in the same manner."""
    if refused := _manner(desk, asked):
        return refused

    def one(order: Order, parcel: Parcel, _row: Payload) -> Answer:
        if refused := _cannot(order, parcel):
            return refused
        life.ship(desk, state, order, parcel)
        return ok()

    return rows_of(desk, state, asked, one)


def tracking_number(_desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """An order's tracking number; empty for a while after its shipment was arranged."""
    found = named(state, asked)
    if isinstance(found, Answer):
        return Answer("logistics.invalid_error") if found.code == "error_not_found" else found
    if not found[1].shipments:
        return Answer("logistics.ship_order_not_ready_to_ship")
    mile = {"plp_number": "", "first_mile_tracking_number": "", "last_mile_tracking_number": ""}
    return telling(tracking_number=found[1].tracking, **mile, hint="", pickup_code="")


def tracking_info(_desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """Where an order's parcel has been, the newest first."""
    found = named(state, asked)
    if isinstance(found, Answer):
        return Answer("logistics.invalid_error") if found.code == "error_not_found" else found
    order, parcel = found
    track = [{"update_time": at // 1000, "description": said, "logistics_status": what} for at, what, said in parcel.track]
    head = {"order_sn": order.sn, "package_number": parcel.number, "logistics_status": parcel.logistics}
    return telling(**head, tracking_info=track[::-1])


def channel_list(_desk: Desk, _state: State, _asked: Payload) -> Answer | Deed:
    """The channels that the shop can ship by."""
    channel = {
        "logistics_channel_id": CHANNEL,
        "logistics_channel_name": CARRIER,
        "enabled": True,
        "cod_enabled": False,
        "preferred": True,
        "fee_type": "SIZE_INPUT",
        "size_list": [],
        "weight_limit": {"item_max_weight": 30.0, "item_min_weight": 0.0},
        "item_max_dimension": {"height": 100.0, "width": 100.0, "length": 100.0, "unit": "cm"},
        "volume_limit": {"item_max_volume": 0.0, "item_min_volume": 0.0},
        "logistics_description": "",
        "force_enable": False,
        "mask_channel_id": 0,
    }
    return telling(logistics_channel_list=[channel])


def address_list(_desk: Desk, _state: State, _asked: Payload) -> Answer | Deed:
    """The shop's addresses."""
    kinds = ["DEFAULT_ADDRESS", "PICKUP_ADDRESS", "RETURN_ADDRESS"]
    return telling(show_pickup_address=True, address_list=[{**ADDRESS, "address_type": kinds}])


PLANS: Final[Mapping[str, Plan]] = {
    "shopee.shipping_parameter": shipping_parameter,
    "shopee.ship_order": ship_order,
    "shopee.batch_ship_order": batch_ship_order,
    "shopee.tracking_number": tracking_number,
    "shopee.tracking_info": tracking_info,
    "shopee.channel_list": channel_list,
    "shopee.address_list": address_list,
}
"""What can be asked about shipping."""
