"""Orders as they are: made by buyers, shown to the merchant, and the steps that their status can take.

Law: a table of steps; what it does not hold does not happen. Each step is noted and pushed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from mocks.channels import events, pockets
from mocks.channels.fields import NAME
from mocks.channels.state import Line, Order, State
from mocks.desk import Desk

UNPAID, TO_SHIP, PARTLY, TO_RECEIVE, DONE, REFUNDED, CANCELLED = 10, 20, 21, 30, 100, 200, 250
STEPS: Final[Mapping[str, tuple[frozenset[int], int]]] = {
    "pay": (frozenset({UNPAID}), TO_SHIP),
    "cancel": (frozenset({UNPAID}), CANCELLED),
    "ship_part": (frozenset({TO_SHIP, PARTLY}), PARTLY),
    "ship": (frozenset({TO_SHIP, PARTLY}), TO_RECEIVE),
    "confirm": (frozenset({TO_RECEIVE}), DONE),
    "refund_all": (frozenset({TO_SHIP, PARTLY, TO_RECEIVE, DONE}), REFUNDED),
}
"""What can happen to an order: in which statuses, and the status after it."""

ON_AFTERSALE: Final = (
    "MERCHANT_PROCESSING",
    "USER_WAIT_RETURN",
    "MERCHANT_WAIT_RECEIPT",
    "USER_WAIT_CONFIRM_UPDATE",
    "USER_WAIT_RECEIPT",
)
"""The statuses of an after-sale order that is not over."""

BY_USER, BY_TIMEOUT, BY_REFUND = 1, 2, 3


def may(order: Order, what: str) -> bool:
    """Can this happen to the order now?"""
    return order.status in STEPS[what][0]


def step(desk: Desk, order: Order, what: str) -> None:
    """Let it happen. Only for what `may` happen."""
    order.status, order.updated = STEPS[what][1], desk.now()


def due(order: Order) -> int:
    """What the buyer pays, fen."""
    return max(0, order.real - order.discount) + order.freight


def pay(desk: Desk, state: State, order: Order) -> None:
    """The money is there: goods are to be shipped, and a code that is given by itself is given."""
    step(desk, order, "pay")
    order.paid = desk.now()
    events.about_order(desk, state, order, "pay", pay_time=desk.now() // 1000)
    if order.virtual:
        _hand_over(desk, state, order)
    else:
        events.about_order(desk, state, order, "wait_shipping")


def _hand_over(desk: Desk, state: State, order: Order) -> None:
    """Virtual goods: automatic ones are delivered at once, those redeemed by hand wait for the merchant (M10)."""
    vouchers = [(line.shown.get("voucher_info") or {}).get("mode") for line in order.lines]
    if any(one != "auto" for one in vouchers):
        events.about_order(desk, state, order, "wait_shipping")
        return
    rows = [(line, line.count) for line in order.lines]
    parcel(desk, state, order, rows, {"delivery_id": "", "waybill_id": f"V{order.id[-12:]}", "deliver_type": 3})
    body = {"order_id": order.id, "voucher_list": [{"vourcher_code": f"V{order.id[-12:]}"}]}
    events.tell(desk, state, "channels_ec_voucher_send_succ", events.shown_to(state, order.openid), voucher_info=body)


def parcel(desk: Desk, state: State, order: Order, rows: list[tuple[Line, int]], by: dict[str, Any]) -> None:
    """One parcel with so many of each line; the order is shipped when nothing is left to send."""
    infos = [{"product_id": line.product_id, "sku_id": line.sku_id, "product_cnt": count} for line, count in rows]
    for line, count in rows:
        line.sent += count
    name = COMPANIES.get(by["delivery_id"], "")
    order.packages.append({**by, "delivery_name": name, "delivery_time": desk.now() // 1000, "product_infos": infos})
    whole = all(line.sent >= line.count - line.refunded for line in order.lines)
    step(desk, order, "ship" if whole else "ship_part")
    if whole:
        order.shipped = desk.now()
    events.about_order(desk, state, order, "deliver", finish_delivery=int(whole))
    if whole:
        _confirm_by_itself(desk, state, order)


def _confirm_by_itself(desk: Desk, state: State, order: Order) -> None:
    """A buyer who says nothing has received it."""

    def lapse() -> None:
        if may(order, "confirm"):
            confirm(desk, state, order, BY_TIMEOUT)

    at = desk.now() + desk.setting(NAME, "confirm_after")
    desk.later(state.account, at, f"receipt of channels order {order.id}", lapse)


def confirm(desk: Desk, state: State, order: Order, how: int = BY_USER) -> None:
    """The buyer has it; the money is settled a while later."""
    step(desk, order, "confirm")
    order.confirmed = desk.now()
    events.about_order(desk, state, order, "confirm", confirm_type=how)

    def settle() -> None:
        if order.status == DONE:
            order.settled = desk.now()
            events.about_order(desk, state, order, "settle", settle_time=desk.now() // 1000)

    at = desk.now() + desk.setting(NAME, "settle_after")
    desk.later(state.account, at, f"settlement of channels order {order.id}", settle)


def cancel(desk: Desk, state: State, order: Order, how: int) -> None:
    """Nobody pays: what was put aside is on sale again."""
    step(desk, order, "cancel")
    for line in order.lines:
        product = state.products.get(line.product_id)
        if product is not None and line.sku_id in product.stock:
            product.move(line.sku_id, line.count, GIVEN_BACK, desk.now())
    pockets.give_back(desk, state, order)
    events.about_order(desk, state, order, "cancel", cancel_type=how)


SOLD, GIVEN_BACK = 3, 4
COMPANIES: Final = {
    "SF": "顺丰速运",
    "STO": "申通快递",
    "YTO": "圆通速递",
    "ZTO": "中通快递",
    "YUNDA": "韵达速递",
    "EMS": "EMS",
    "JD": "京东快递",
    "OTHER": "其他",
}
"""Couriers by their ids."""


def shown(desk: Desk, state: State, order: Order) -> dict[str, Any]:
    """An order as `order/get` tells it. Who withdrew consent to the use of their data is shown without it (M18)."""
    hidden = order.openid in state.unsubscribed
    open_ones = [one for one in order.sales if one.status in ON_AFTERSALE]
    return {
        "order_id": order.id,
        "status": order.status,
        "openid": "" if hidden else order.openid,
        "unionid": "",
        "create_time": order.created // 1000,
        "update_time": order.updated // 1000,
        "order_detail": {
            "product_infos": [_line(desk, order, one) for one in order.lines],
            "pay_info": _pay_info(order),
            "price_info": _price_info(order),
            "delivery_info": _delivery_info(order, hidden=hidden),
            "coupon_info": {"user_coupon_id": order.user_coupon},
            "ext_info": {
                "customer_notes": order.customer_notes,
                "merchant_notes": order.merchant_notes,
                "confirm_receipt_time": order.confirmed // 1000,
                "finder_id": "",
                "live_id": "",
                "order_scene": order.scene,
            },
            "commission_infos": [],
            "sharer_info": {},
            "sku_sharer_infos": [],
            "settle_info": {"predict_commission_fee": 0, "commission_fee": 0},
            "agent_info": {},
            "source_infos": [],
        },
        "aftersale_detail": {
            "aftersale_order_list": [{"aftersale_order_id": one.id, "status": one.status} for one in order.sales],
            "on_aftersale_order_cnt": len(open_ones),
        },
    }


def _line(desk: Desk, order: Order, line: Line) -> dict[str, Any]:
    sku = next(one for one in line.shown["skus"] if one["sku_id"] == line.sku_id)
    return {
        "product_id": line.product_id,
        "sku_id": line.sku_id,
        "thumb_img": sku.get("thumb_img") or line.shown["head_imgs"][0],
        "title": line.shown["title"],
        "sku_cnt": line.count,
        "sale_price": sku["sale_price"],
        "market_price": sku["market_price"],
        "real_price": line.worth,
        "estimate_price": line.worth,
        "on_aftersale_sku_cnt": line.disputed,
        "finish_aftersale_sku_cnt": line.refunded,
        "sku_code": sku.get("sku_code", ""),
        "sku_attrs": sku.get("sku_attrs", []),
        "out_product_id": line.shown.get("out_product_id", ""),
        "out_sku_id": sku.get("out_sku_id", ""),
        "is_discounted": order.discount > 0,
        "is_change_price": line.changed > 0,
        "change_price": line.changed,
        "out_warehouse_id": "",
        "sku_deliver_info": {"stock_type": 0},
        "extra_service": line.shown.get("extra_service", {}),
        "order_product_coupon_info_list": [],
        "delivery_deadline": (order.paid + desk.setting(NAME, "ship_within")) // 1000 if order.paid else 0,
    }


def _pay_info(order: Order) -> dict[str, Any]:
    info = {"prepay_id": f"wx{order.id}", "prepay_time": order.created // 1000, "payment_method": 1}
    if order.paid:
        info |= {"pay_time": order.paid // 1000, "transaction_id": f"42000{order.id[:23]}"}
    return info


def _price_info(order: Order) -> dict[str, Any]:
    whole = sum(one.price * one.count for one in order.lines)
    return {
        "product_price": whole,
        "order_price": due(order),
        "freight": order.freight,
        "discounted_price": order.discount,
        "is_discounted": order.discount > 0,
        "original_order_price": whole + order.freight,
        "estimate_product_price": order.real,
        "change_down_price": max(0, whole - order.real),
        "change_freight": order.freight,
        "is_change_freight": order.freight_changed,
    }


def _delivery_info(order: Order, *, hidden: bool) -> dict[str, Any]:
    masked = {"user_name": "*", "detail_info": "*", "house_number": "", "tel_number": "***********"}
    address = {**order.address, **masked} if hidden else order.address
    return {
        "address_info": address,
        "delivery_product_info": order.packages,
        "ship_done_time": order.shipped // 1000,
        "deliver_method": 1 if order.virtual else 0,
        "ewaybill_order_code": "",
    }
