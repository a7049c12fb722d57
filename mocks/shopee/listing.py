"""Reading orders and packages: lists page by page, and details of up to fifty.

Law: plans; nothing is changed.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from typing import Any, Final, TypeVar

from mocks.desk import Desk
from mocks.http import Answer
from mocks.shopee import orders
from mocks.shopee.fields import NAME, Payload, between, having, listed, maybe, page, truth, whole, wrong
from mocks.shopee.orders import CHANNEL, Order, Parcel
from mocks.shopee.plan import Deed, Plan, ok, telling
from mocks.shopee.state import State

T = TypeVar("T")

LISTED: Final = frozenset(
    {"UNPAID", "READY_TO_SHIP", "PROCESSED", "SHIPPED", "COMPLETED", "IN_CANCEL", "CANCELLED", "INVOICE_PENDING"}
)
"""The statuses that get_order_list can be asked for."""

TO_SHIP: Final = ("READY_TO_SHIP", "RETRY_SHIP")
PACKAGES: Final[Mapping[int, tuple[bool, ...]]] = {0: (True, False), 1: (), 2: (True,), 3: (False,)}
"""By the package_status asked for, all, pending, to process, processed: may a package's shipment wait to be arranged? None here is pending."""


def order_list(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """Order numbers in a window of at most 15 days, a page at a time."""
    span = window(asked, desk.setting(NAME, "list_window"))
    if isinstance(span, Answer):
        return span
    where, status = page(asked), str(asked.get("order_status", ""))
    if isinstance(where, Answer):
        return where
    if status and status not in LISTED:
        return wrong("order_status is invalid")
    fields = listed(asked.get("response_optional_fields"))

    def deed() -> Answer:
        found = matching(state, str(asked.get("time_range_field")), span, status)
        rows, rest = _page(found, where)
        shown = [{"order_sn": one.sn, **({"order_status": one.status} if "order_status" in fields else {})} for one in rows]
        return ok(**rest, order_list=shown)

    return deed


def _page(found: list[T], where: tuple[int, int]) -> tuple[list[T], dict[str, Any]]:
    """A page, and where the next one begins."""
    start, size = where
    more = start + size < len(found)
    return found[start : start + size], {"more": more, "next_cursor": str(start + size) if more else ""}


def matching(state: State, by: str, span: tuple[int, int], status: str) -> list[Order]:
    """The orders created or changed in a span (ms), the oldest first; in that status, or in any when it is empty."""
    if by == "create_time":
        first, last = bisect_left(state.by_time, (span[0], "")), bisect_left(state.by_time, (span[1] + 1000, ""))
        found = [state.orders[sn] for _, sn in state.by_time[first:last]]
    else:
        found = sorted(
            (one for one in state.orders.values() if span[0] <= one.updated < span[1] + 1000), key=lambda one: one.updated
        )
    return [one for one in found if not status or one.status == status]


def window(asked: Payload, widest: int) -> tuple[int, int] | Answer:
    """The span (ms) that a list is asked for, of at most `widest` ms."""
    if asked.get("time_range_field") not in ("create_time", "update_time"):
        return wrong("time_range_field is invalid")
    start, end = whole(asked.get("time_from")), whole(asked.get("time_to"))
    if start is None or end is None:
        return wrong("time_from and time_to are required")
    if not 0 < (end - start) * 1000 <= widest:
        return Answer("order.order_list_invalid_time")
    return start * 1000, end * 1000


def order_detail(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """Up to 50 orders in detail; optional fields only when asked for, unknown numbers in the warning."""
    wanted = listed(asked.get("order_sn_list"))
    if not 1 <= len(wanted) <= desk.setting(NAME, "detail_at_once"):
        return wrong("order_sn_list size must be 1 to 50")
    fields = frozenset(listed(asked.get("response_optional_fields")))

    def deed() -> Answer:
        known = [state.orders[sn] for sn in wanted if sn in state.orders]
        missing = [sn for sn in wanted if sn not in state.orders]
        rows = [orders.detail(one, fields) for one in known]
        if not known:
            return Answer("error_not_found")
        return ok(order_list=rows, **({"warning": missing} if missing else {}))

    return deed


def shipment_list(_desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """Packages whose shipment is to be arranged, of orders that may be shipped."""
    where = page(asked)
    if isinstance(where, Answer):
        return where

    def deed() -> Answer:
        rows, rest = _page(_boxes(state, TO_SHIP, (True,)), where)
        return ok(**rest, order_list=[{"order_sn": one.sn, "package_number": box.number} for one, box in rows])

    return deed


def _boxes(state: State, statuses: Iterable[str], waiting: Iterable[bool]) -> list[tuple[Order, Parcel]]:
    """The packages of orders in these statuses, the oldest order first; those that wait to be arranged, or do not."""
    wanted, waits = frozenset(statuses), frozenset(waiting)
    found = [one for _, sn in state.by_time if (one := state.orders[sn]).status in wanted]
    return [(one, box) for one in found for box in one.parcels if box.waits in waits and not box.collected]


SORT: Final = {"sort_type": maybe(between(1, 3)), "ascending": maybe(truth)}
"""By when to ship, when ordered, when confirmed: which is the same order here."""


NEVER: Final = 2**62


def package_search(_desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """Packages by what is to be done with them, a page at a time, the oldest order first or last; the cursor is `time,number` of the last."""
    filters, paging, sort = asked.get("filter", {}), asked.get("pagination"), asked.get("sort") or {}
    if not isinstance(filters, dict) or not isinstance(paging, dict) or not having(SORT)(sort):
        return wrong("pagination is required")
    status, size = whole(filters.get("package_status", 0)), whole(paging.get("page_size"))
    if status is None or status not in PACKAGES:
        return wrong("package_status is invalid")
    if size is None or not 1 <= size <= 100:
        return wrong("page_size must be 100 or less")
    rising = sort.get("ascending") not in (False, "false")
    channels = filters.get("logistics_channel_ids") or [CHANNEL]
    after = _after(paging.get("cursor") or ("0," if rising else f"{NEVER},"))
    if after is None or not isinstance(channels, list):
        return wrong("cursor is invalid" if after is None else "logistics_channel_ids is invalid")

    def deed() -> Answer:
        found = _boxes(state, (*TO_SHIP, "PROCESSED"), PACKAGES[status]) if CHANNEL in channels else []
        found.sort(key=_place, reverse=not rising)
        rest = [one for one in found if (_place(one) > after if rising else _place(one) < after)]
        rows, more = rest[:size], len(rest) > size
        cursor = "{},{}".format(*_place(rows[-1])) if more else ""
        pagination = {"total_count": len(found), "next_cursor": cursor, "more": more}
        by = {"sort_type": whole(sort.get("sort_type", 1)), "is_asc": rising}
        return ok(packages_list=[_package_row(*one) for one in rows], pagination=pagination, sort=by)

    return deed


def _place(box: tuple[Order, Parcel]) -> tuple[int, str]:
    return box[0].created, box[1].number


def _after(cursor: object) -> tuple[int, str] | None:
    if not isinstance(cursor, str):
        return None
    at, comma, sn = cursor.partition(",")
    return (number, sn) if comma and (number := whole(at)) is not None else None


def _package_row(order: Order, parcel: Parcel) -> dict[str, Any]:
    return {
        "order_sn": order.sn,
        "package_number": parcel.number,
        "logistics_channel_id": CHANNEL,
        "product_location_id": "SGZ",
        "sorting_group": "",
        "is_shipment_arranged": not parcel.waits,
    }


def package_detail(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """Up to 50 packages in detail."""
    wanted = listed(asked.get("package_number_list"))
    if not 1 <= len(wanted) <= desk.setting(NAME, "detail_at_once"):
        return wrong("package_number_list size must be 1 to 50")
    found = [(order, order.parcel(number)) for number in wanted if (order := state.packages.get(number))]
    rows = [_package_detail(order, parcel) for order, parcel in found if parcel]
    if not rows:
        return Answer("error_not_found", text="Wrong parameters, detail: the package is not found.")
    shown = {row["package_number"] for row in rows}
    missing = [number for number in wanted if number not in shown]
    return telling(package_list=rows, **({"warning": missing} if missing else {}))


def _package_detail(order: Order, parcel: Parcel) -> dict[str, Any]:
    arranged = {"fulfillment_status": parcel.logistics, "tracking_number": parcel.tracking}
    where = {"recipient_address": orders.address(order), "ship_by_date": order.ship_by}
    times = {"pickup_done_time": parcel.collected // 1000, "update_time": order.updated // 1000}
    box = {**_package_row(order, parcel), **arranged, **orders.package(order, parcel)}
    return {"order_sn": order.sn, **box, **where, **times}


PLANS: Final[Mapping[str, Plan]] = {
    "shopee.order_list": order_list,
    "shopee.order_detail": order_detail,
    "shopee.shipment_list": shipment_list,
    "shopee.package_search": package_search,
    "shopee.package_detail": package_detail,
}
"""What can be asked about orders and packages."""
