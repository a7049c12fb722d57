"""What the merchant does with orders: finds them, ships them, changes price, address and notes.

Law: plans; a step that an order's status does not allow is refused with 101100. A personal shop sells nothing (V03).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from mocks.channels import events, orders
from mocks.channels.fields import (
    Payload,
    checked,
    each,
    flag,
    having,
    ident,
    invalid,
    key,
    mapping,
    maybe,
    number,
    on,
    one_of,
    page,
    text,
    whole,
)
from mocks.channels.orders import COMPANIES, UNPAID
from mocks.channels.plan import Deed, Plan, ok, telling, trading
from mocks.channels.state import Line, Order, State
from mocks.desk import Desk
from mocks.http import Answer

WEEK: Final = 7 * 86_400
WRONG_STATUS: Final = Answer("101100")
ADDRESS: Final = (
    "user_name",
    "postal_code",
    "province_name",
    "city_name",
    "county_name",
    "detail_info",
    "national_code",
    "house_number",
    "tel_number",
)


def order_of(state: State, asked: Payload) -> Order | Answer:
    """The order that a request means."""
    if refused := checked(asked, {"order_id": ident}):
        return refused
    return state.orders.get(key(asked["order_id"])) or Answer("100002")


def _span(asked: Payload, name: str) -> tuple[int, int] | Answer | None:
    """A range of times (s) of at most seven days; None when it is not given."""
    value = asked.get(name)
    if value is None:
        return None
    if not isinstance(value, dict) or checked(value, {"start_time": whole(), "end_time": whole()}):
        return invalid(name, "start_time and end_time")
    begin, end = number(value["start_time"]), number(value["end_time"])
    return (begin, end) if 0 <= end - begin <= WEEK else invalid(name, "at most 7 days")


def listed(_desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """The ids of orders made or changed in a time of at most seven days."""
    made, changed = _span(asked, "create_time_range"), _span(asked, "update_time_range")
    for one in (made, changed):
        if isinstance(one, Answer):
            return one
    if made is None and changed is None:
        return invalid("create_time_range", "one range of times at least")
    if refused := checked(asked, {"status": maybe(whole()), "openid": maybe(text(64, 0))}):
        return refused
    found = [
        one.id
        for one in state.orders.values()
        if _within(one.created, made) and _within(one.updated, changed) and _fits(state, one, asked)
    ]
    part = page(found, asked, 100, 10)
    return part if isinstance(part, Answer) else telling(order_id_list=list(part[0]), next_key=part[1], has_more=part[2])


def _within(at: int, span: Any) -> bool:
    return span is None or span[0] <= at // 1000 <= span[1]


def _fits(state: State, order: Order, asked: Payload) -> bool:
    status, openid = number(asked.get("status"), 0), asked.get("openid")
    return (not status or order.status == status) and (not openid or openid == events.shown_to(state, order.openid))


def search(_desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """The ids of orders that match every word of the condition."""
    wanted = asked.get("search_condition") or {}
    kinds = {"status": maybe(whole()), "on_aftersale_order_exist": maybe(flag), "search_condition": maybe(mapping)}
    if refused := checked(asked, kinds) or checked(wanted, dict.fromkeys(FOUND_BY, maybe(text(200, 0)))):
        return refused
    disputed = asked.get("on_aftersale_order_exist")
    found = [
        one.id
        for one in state.orders.values()
        if _fits(state, one, {"status": asked.get("status")})
        and all(not wanted.get(name) or by(state, one, wanted[name]) for name, by in FOUND_BY.items())
        and (disputed is None or any(line.disputed for line in one.lines) == on(disputed))
    ]
    part = page(found, asked, 100, 10)
    if isinstance(part, Answer):
        return part
    return telling(orders=list(part[0]), order_id_list=list(part[0]), next_key=part[1], has_more=part[2])


FOUND_BY: Final[Mapping[str, Callable[[State, Order, str], bool]]] = {
    "title": lambda _state, order, said: any(said in line.shown["title"] for line in order.lines),
    "sku_code": lambda _state, order, said: any(said in _codes(line) for line in order.lines),
    "user_name": lambda state, order, said: _known(state, order) and said in order.address["user_name"],
    "tel_number": lambda state, order, said: _known(state, order) and said == order.address["tel_number"],
    "tel_number_last4": lambda state, order, said: _known(state, order) and order.address["tel_number"].endswith(said),
    "order_id": lambda _state, order, said: said == order.id,
    "merchant_notes": lambda _state, order, said: said in order.merchant_notes,
    "customer_notes": lambda _state, order, said: said in order.customer_notes,
}
"""How an order is found by each word of a search."""


def _codes(line: Line) -> list[str]:
    return [one.get("sku_code", "") for one in line.shown["skus"] if one["sku_id"] == line.sku_id]


def _known(state: State, order: Order) -> bool:
    return order.openid not in state.unsubscribed


def get(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """One order, whole."""
    order = order_of(state, asked)
    return order if isinstance(order, Answer) else lambda: ok(order=orders.shown(desk, state, order))


def companies(_desk: Desk, _state: State, _asked: Payload) -> Answer | Deed:
    """The couriers that may deliver."""
    return telling(company_list=[{"delivery_id": one, "delivery_name": name} for one, name in COMPANIES.items()])


_PARCEL: Final = having(
    {
        "delivery_id": maybe(text(20, 0)),
        "waybill_id": maybe(text(100, 0)),
        "deliver_type": maybe(one_of(1, 2, 3, 4)),
        "product_infos": each(having({"product_id": ident, "sku_id": ident, "product_cnt": whole(1)}), 100, 1),
    }
)


def send(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """Ship what the parcels say; the order is shipped when nothing is left."""
    order = order_of(state, asked)
    if isinstance(order, Answer):
        return order
    if refused := checked(asked, {"delivery_list": each(_PARCEL, 10, 1)}):
        return refused
    if not orders.may(order, "ship"):
        return WRONG_STATUS
    if bad := _parcels_wrong(order, asked["delivery_list"]):
        return bad
    rows = _rows(order, asked["delivery_list"])
    if rows is None:
        return Answer("606031")

    def deed() -> Answer:
        for one, sent in zip(asked["delivery_list"], rows, strict=True):
            by = {name: one.get(name) or "" for name in ("delivery_id", "waybill_id")}
            orders.parcel(desk, state, order, sent, {**by, "deliver_type": number(one.get("deliver_type"), 1)})
        return ok()

    return deed


def _parcels_wrong(order: Order, parcels: list[dict[str, Any]]) -> Answer | None:
    """What travels needs a courier and a number; what does not is delivered as virtual goods, and nothing else is (M10)."""
    for index, one in enumerate(parcels):
        virtual = number(one.get("deliver_type"), 1) == 3
        if virtual != order.virtual:
            return invalid(f"delivery_list[{index}].deliver_type", "3 for virtual goods, and for nothing else")
        if not virtual and one.get("delivery_id") not in COMPANIES:
            return invalid(f"delivery_list[{index}].delivery_id", "a delivery company of the list")
        if not virtual and not one.get("waybill_id"):
            return invalid(f"delivery_list[{index}].waybill_id", "a number")
    return None


def _rows(order: Order, parcels: list[dict[str, Any]]) -> list[list[tuple[Line, int]]] | None:
    """The lines and counts of each parcel; None when one is not the order's, or more is sent than is left."""
    lines = {(line.product_id, line.sku_id): line for line in order.lines}
    left = {place: line.count - line.refunded - line.sent for place, line in lines.items()}
    rows = []
    for parcel in parcels:
        infos = [
            ((key(one["product_id"]), key(one["sku_id"])), number(one["product_cnt"])) for one in parcel["product_infos"]
        ]
        for place, count in infos:
            left[place] = left.get(place, 0) - count
        rows.append([(lines[place], count) for place, count in infos if place in lines])
    return None if min(left.values()) < 0 else rows


def delivery_update(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """Another courier or number for what was sent."""
    order = order_of(state, asked)
    if isinstance(order, Answer):
        return order
    if refused := checked(asked, {"delivery_list": each(_PARCEL, 10, 1)}):
        return refused
    if order.status not in (orders.PARTLY, orders.TO_RECEIVE) or len(asked["delivery_list"]) != len(order.packages):
        return WRONG_STATUS
    if bad := _parcels_wrong(order, asked["delivery_list"]):
        return bad

    def deed() -> Answer:
        for old, new in zip(order.packages, asked["delivery_list"], strict=True):
            old |= {"delivery_id": new.get("delivery_id") or "", "waybill_id": new.get("waybill_id") or ""}
            old["delivery_name"] = COMPANIES.get(old["delivery_id"], "")
        order.updated = desk.now()
        return ok()

    return deed


def price(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """Another price before it is paid: of the goods (each line's whole), of the freight, or of both."""
    order = order_of(state, asked)
    if isinstance(order, Answer):
        return order
    rows = having({"product_id": ident, "sku_id": ident, "change_price": whole(1, 10**9)})
    kinds = {"change_express": maybe(flag), "express_fee": maybe(whole(0, 10**7))}
    if refused := checked(asked, {**kinds, "change_order_infos": maybe(each(rows, 100))}):
        return refused
    if order.status != UNPAID:
        return WRONG_STATUS
    lines = {(line.product_id, line.sku_id): line for line in order.lines}
    changes = {(key(one["product_id"]), key(one["sku_id"])): one for one in asked.get("change_order_infos") or ()}
    if not set(changes) <= set(lines):
        return Answer("606031")

    def deed() -> Answer:
        for place, one in changes.items():
            lines[place].changed = number(one["change_price"])
        order.real = sum(line.worth for line in order.lines)
        if on(asked.get("change_express")):
            order.freight, order.freight_changed = number(asked.get("express_fee"), 0), True
        order.updated = desk.now()
        return ok()

    return deed


def notes(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """The merchant's own note on an order."""
    order = order_of(state, asked)
    if isinstance(order, Answer):
        return order
    if refused := checked(asked, {"merchant_notes": text(500, 0)}):
        return refused

    def deed() -> Answer:
        order.merchant_notes, order.updated = asked["merchant_notes"], desk.now()
        return ok()

    return deed


def _plans() -> dict[str, Plan]:
    found: dict[str, Plan] = {
        "order_list": listed,
        "order_search": search,
        "order_get": get,
        "order_companies": companies,
        "order_send": send,
        "order_delivery_update": delivery_update,
        "order_price": price,
        "order_notes": notes,
    }
    return {f"channels.{name}": trading(plan) for name, plan in found.items()}


PLANS: Final[Mapping[str, Plan]] = _plans()
"""What can be asked about orders."""
