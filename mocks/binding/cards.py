"""What the merchant's team is told: the data of an order that was granted, and the structured card made of it (S05, S18).

Law: pure. What was not granted is absent, never blank. A card is a WeCom template card that any webhook address takes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

from mocks.shopee.orders import Order, address, detail, user_id

Trigger = Literal["new_order", "buyer_enquiry", "logistics_exception"]

TITLES: Final[Mapping[str, str]] = {
    "new_order": "新订单",
    "buyer_enquiry": "买家咨询",
    "logistics_exception": "物流异常",
}
"""What a card of each trigger is headed."""

PAGE = "https://seller.shopee.cn/portal/sale/order/{sn}"
TRACK = "https://seller.shopee.cn/portal/sale/order/{sn}/logistics"
ROWS: Final[Mapping[str, str]] = {
    "order_sn": "订单号",
    "buyer": "买家",
    "sku": "SKU",
    "pay_time": "支付时间",
    "phone": "电话",
    "address": "收货地址",
}
"""How each field of an order is called on a card; six rows are all that WeCom shows."""

STEPS: Final[Mapping[str, str]] = {"ORDER_CREATED": "已安排发货", "PICKED_UP": "已揽收", "DELIVERED": "已签收"}
"""How each step of a parcel is called on a card; another one is called as the carrier says it."""


def granted(order: Order, *, sensitive: bool, subscribed: bool = True) -> dict[str, Any]:
    """The fields of an order that may cross: four at first; phone and address with the signed undertaking (S05).

    Of a buyer who has unsubscribed nothing crosses but the order itself (M18).
    """
    shown = detail(order, frozenset({"buyer_username", "pay_time", "item_list"}))
    fields: dict[str, Any] = {
        "order_sn": shown["order_sn"],
        "buyer": shown["buyer_username"],
        "sku": ",".join(item["item_sku"] for item in shown["item_list"]),
        "pay_time": shown["pay_time"],
    }
    if not subscribed:
        return {name: value for name, value in fields.items() if name != "buyer"}
    return {**fields, **_private(order)} if sensitive else fields


def _private(order: Order) -> dict[str, str]:
    """Phone and address of whoever ordered: those that Shopee shows masked."""
    return {"phone": f"+658{user_id(order.buyer) % 10_000_000:07}", "address": str(address(order)["full_address"])}


def card(trigger: Trigger, order: Order, fields: Mapping[str, Any], said: str = "") -> dict[str, Any]:
    """The message: order snapshot, one tap to call (when the phone was granted), and the logistics track."""
    rows = [{"keyname": ROWS[name], "value": str(value)} for name, value in fields.items()]
    jumps = [{"type": 1, "title": "物流轨迹", "url": TRACK.format(sn=order.sn)}]
    if "phone" in fields:
        jumps.insert(0, {"type": 1, "title": "一键拨号", "url": f"tel:{fields['phone']}"})
    content = {
        "card_type": "text_notice",
        "source": {"desc": "Shopee"},
        "main_title": {"title": TITLES[trigger], "desc": said or f"订单 {order.sn}"},
        "sub_title_text": track(order, trigger),
        "horizontal_content_list": rows,
        "jump_list": jumps,
        "card_action": {"type": 1, "url": PAGE.format(sn=order.sn)},
    }
    return {"msgtype": "template_card", "template_card": content}


def track(order: Order, trigger: Trigger) -> str:
    """The way of the parcel so far, in one line."""
    steps = ["已付款"] if order.paid else []
    steps += [STEPS.get(step, said) for _, step, said in order.track]
    return " → ".join([*steps, *(["异常"] if trigger == "logistics_exception" else [])]) or order.status
