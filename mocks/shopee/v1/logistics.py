"""Shipping as old clients ask for it.

Law: plans, in the words of v1; what a shipment needs is v2's to say.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.shopee import logistics, orders
from mocks.shopee.fields import Payload, checked, each, having, text
from mocks.shopee.logistics import BRANCH, KINDS
from mocks.shopee.orders import Order
from mocks.shopee.plan import Deed, Plan, ok, telling
from mocks.shopee.state import State
from mocks.shopee.v1.parcels import waybill
from mocks.shopee.v1.words import Ask, Old, in_old_words, refused, renamed

AT_ONCE: Final = 50
NAMED: Final[Ask] = renamed(order_sn="ordersn", package_number="forder_id")


def _channels(_state: State, _asked: Payload, done: Mapping[str, Any]) -> Mapping[str, Any]:
    rows = [
        {
            "logistic_id": one["logistics_channel_id"],
            "logistic_name": one["logistics_channel_name"],
            "enabled": one["enabled"],
            "has_cod": one["cod_enabled"],
            "preferred": one["preferred"],
            "fee_type": one["fee_type"],
            "sizes": one["size_list"],
            "weight_limits": one["weight_limit"],
            "item_max_dimension": one["item_max_dimension"],
        }
        for one in done["logistics_channel_list"]
    ]
    return {"logistics": rows}


def _in_a_country(address: Mapping[str, Any]) -> dict[str, Any]:
    """An address as v1 writes it: what v2 calls a region is a country."""
    return {"country": address["region"], **{name: value for name, value in address.items() if name != "region"}}


def _addresses(_state: State, _asked: Payload, done: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"address_list": [_in_a_country(one) for one in done["address_list"]]}


def _parameters(_state: State, _asked: Payload, done: Mapping[str, Any]) -> Mapping[str, Any]:
    return dict(done["info_needed"])


def _slots(_state: State, _asked: Payload, done: Mapping[str, Any]) -> Mapping[str, Any]:
    slots = done["pickup"]["address_list"][0]["time_slot_list"]
    return {"pickup_time": [{name: one[name] for name in ("pickup_time_id", "date", "time_text")} for one in slots]}


def _info(_state: State, _asked: Payload, done: Mapping[str, Any]) -> Mapping[str, Any]:
    places = [_in_a_country(one) for one in done["pickup"]["address_list"]]
    branches = [_in_a_country(one) for one in done["dropoff"]["branch_list"]]
    return {"pickup": {"address_list": places}, "dropoff": {"branch_list": branches}, "info_needed": done["info_needed"]}


def _branches(_state: State, _asked: Payload, _done: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"branch": [_in_a_country(BRANCH)]}


def _shipping(_desk: Desk, asked: Payload) -> Payload:
    """Old clients send the ways that they do not choose too, empty."""
    sent = {kind: asked[kind] for kind in KINDS if asked.get(kind) is not None}
    chosen = {kind: said for kind, said in sent.items() if said != {}} or dict(list(sent.items())[:1])
    head = {"order_sn": asked.get("ordersn"), "package_number": asked.get("forder_id")}
    return {**head, **{kind: _renamed(said) for kind, said in chosen.items()}}


def _renamed(said: Any) -> Any:
    return {**said, "tracking_number": said["tracking_no"]} if isinstance(said, dict) and "tracking_no" in said else said


def _shipped(state: State, asked: Payload, _done: Mapping[str, Any]) -> Mapping[str, Any]:
    order = state.orders[asked["ordersn"]]
    return {"tracking_number": (order.parcel(str(asked.get("forder_id"))) or order.first).tracking}


def _track(_state: State, asked: Payload, done: Mapping[str, Any]) -> Mapping[str, Any]:
    rows = [
        {"ctime": one["update_time"], "description": one["description"], "status": one["logistics_status"]}
        for one in done["tracking_info"]
    ]
    head = {"ordersn": asked["ordersn"], "forder_id": done["package_number"], "logistics_status": done["logistics_status"]}
    return {**head, "tracking_number": asked.get("tracking_number") or "", "tracking_info": rows}


def of_order(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """GetOrderLogistics: what stands on an order's parcel, once it has a tracking number."""
    found = logistics.named(state, NAMED(desk, asked))
    if isinstance(found, Answer):
        return refused(found)
    order, parcel = found
    if not parcel.tracking:
        return Answer("error_param", text="The order has no tracking number yet.")
    shown = {
        "forder_id": parcel.number,
        "logistic_id": orders.CHANNEL,
        "shipping_carrier": orders.CARRIER,
        "tracking_no": parcel.tracking,
        "logistics_status": parcel.logistics,
        "recipient_address": _in_a_country(orders.address(order)),
    }
    return telling(logistics=[shown])


def _mass(rows: str, row: Callable[[Order], dict[str, Any]]) -> Plan:
    """The plan that says something of each of up to 50 orders that have a tracking number, and of the others that they have none."""

    def plan(_desk: Desk, state: State, asked: Payload) -> Answer | Deed:
        if refusal := checked(asked, {"ordersn_list": each(text(64), AT_ONCE)}):
            return refusal
        known = [state.orders[sn] for sn in asked["ordersn_list"] if sn in state.orders and state.orders[sn].first.tracking]
        missing = sorted(set(asked["ordersn_list"]) - {one.sn for one in known})
        errors = [
            {"ordersn": sn, "error_code": "error_not_exists", "error_description": "no tracking number"} for sn in missing
        ]
        return telling(
            result={"total_count": len(asked["ordersn_list"]), "errors": errors, rows: [row(one) for one in known]}
        )

    return plan


NUMBERED: Final = having({"ordersn": text(64), "tracking_number": text(64)})


def set_numbers(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """SetTrackingNo: up to 50 orders go by the seller's own carrier, each under the number that he gives."""
    if refusal := checked(asked, {"info_list": each(NUMBERED, AT_ONCE)}):
        return refusal

    def deed() -> Answer:
        errors = [failed for row in asked["info_list"] if (failed := _numbered(desk, state, row))]
        total = len(asked["info_list"])
        return ok(result={"total_count": total, "success_count": total - len(errors), "errors": errors})

    return deed


def _numbered(desk: Desk, state: State, row: Payload) -> dict[str, Any] | None:
    """Arrange one shipment; what kept it from being arranged."""
    way = {"non_integrated": {"tracking_number": row["tracking_number"]}}
    planned = logistics.ship_order(desk, state, {"order_sn": row["ordersn"], **way})
    if not isinstance(planned, Answer):
        planned()
        return None
    why = refused(planned)
    return {"ordersn": row["ordersn"], "error_code": why.code, "error_description": why.text or "The order does not exist."}


PLANS: Final[Mapping[str, Plan]] = {
    "shopee.v1_tracking_numbers_set": set_numbers,
    "shopee.v1_channels": in_old_words(Old(logistics.channel_list, renamed(), _channels)),
    "shopee.v1_addresses": in_old_words(Old(logistics.address_list, renamed(), _addresses)),
    "shopee.v1_init_parameter": in_old_words(Old(logistics.shipping_parameter, NAMED, _parameters)),
    "shopee.v1_init_info": in_old_words(Old(logistics.shipping_parameter, NAMED, _info)),
    "shopee.v1_timeslots": in_old_words(Old(logistics.shipping_parameter, NAMED, _slots)),
    "shopee.v1_branches": in_old_words(Old(logistics.shipping_parameter, NAMED, _branches)),
    "shopee.v1_init": in_old_words(Old(logistics.ship_order, _shipping, _shipped)),
    "shopee.v1_tracking": in_old_words(Old(logistics.tracking_info, NAMED, _track)),
    "shopee.v1_order_logistics": of_order,
    "shopee.v1_tracking_numbers": _mass("credentials", lambda one: {"ordersn": one.sn, "tracking_no": one.first.tracking}),
    "shopee.v1_airway_bills": _mass(
        "airway_bills", lambda one: {"ordersn": one.sn, "airway_bill": waybill(one.first.number)}
    ),
}
"""What old clients can ask about shipping."""
