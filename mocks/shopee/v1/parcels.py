"""An order's packages as old clients ask for them: what v2 calls a package is a fulfilment order, a forder, here.

Law: plans, in the words of v1. Only v2 can split an order, for v1 splits by items and an order here is of one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.shopee import changes
from mocks.shopee.changes import order_in
from mocks.shopee.fields import Payload, checked, each, having, text
from mocks.shopee.orders import Order, Parcel
from mocks.shopee.plan import Deed, Plan, telling
from mocks.shopee.state import State
from mocks.shopee.v1.words import Old, in_old_words, refused, renamed

AT_ONCE: Final = 50
NAMED: Final = having({"ordersn": text(64), "forder_id": text(64)})


def waybill(number: str) -> str:
    """Where a package's waybill can be got."""
    return f"https://cf.shopee.sg/awb/{number}.pdf"


def listed(_desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """GetForderInfo: an order's packages."""
    order = order_in(state, {"order_sn": asked.get("ordersn")})
    if isinstance(order, Answer):
        return refused(order)
    return telling(ordersn=order.sn, forder_list=[_shown(order, one) for one in order.parcels])


def _shown(order: Order, one: Parcel) -> dict[str, Any]:
    log = [{"ctime": at // 1000, "description": said, "status": what} for at, what, said in one.track]
    goods = order.goods
    line = {"item_id": goods.item, "variation_id": goods.model, "item_name": goods.name, "quantity_purchased": one.quantity}
    head = {"forder_id": one.number, "status": one.logistics, "tracking_log": log[::-1]}
    return {**head, "items": [line], "logistics_info": [{"tracking_no": one.tracking, "service_code": ""}], "fm_tn": ""}


def waybills(_desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """GetForderWaybill: the waybills of up to 50 packages; of those that have none yet, that they have none."""
    if refusal := checked(asked, {"orders_list": each(NAMED, AT_ONCE)}):
        return refusal
    rows = [{name: row[name] for name in ("ordersn", "forder_id")} for row in asked["orders_list"]]
    good = [row for row in rows if _labelled(state, row)]
    errors = [
        {**row, "error_code": "error_not_exists", "error_description": "no waybill"} for row in rows if row not in good
    ]
    shown = [{**row, "waybill": waybill(row["forder_id"])} for row in good]
    return telling(result={"total_count": len(rows), "waybills": shown, "errors": errors})


def _labelled(state: State, row: Mapping[str, str]) -> bool:
    """Has the package a tracking number?"""
    order = state.orders.get(row["ordersn"])
    parcel = order.parcel(row["forder_id"]) if order else None
    return parcel is not None and bool(parcel.tracking)


def _joined(_state: State, _asked: Payload, _done: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"result": "success"}


PLANS: Final[Mapping[str, Plan]] = {
    "shopee.v1_parcels": listed,
    "shopee.v1_parcels_join": in_old_words(Old(changes.unsplit_order, renamed(order_sn="ordersn"), _joined)),
    "shopee.v1_parcel_waybills": waybills,
}
"""What old clients can ask about an order's packages."""
