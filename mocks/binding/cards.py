"""What the merchant's team is told: the data of an order that was granted, and the structured card made of it (S05, S18).

Law: pure. What was not granted is absent, never blank. A card is a WeCom template card that any webhook address takes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal
from zlib import crc32

from mocks.shopee.orders import Order, detail

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

STEPS: Final[Mapping[str, tuple[str, ...]]] = {
    "UNPAID": (),
    "READY_TO_SHIP": ("已付款",),
    "PROCESSED": ("已付款", "已打包"),
    "SHIPPED": ("已付款", "已打包", "运输中"),
    "COMPLETED": ("已付款", "已打包", "运输中", "已签收"),
}
"""How far an order of each status has come."""


def granted(order: Order, *, sensitive: bool) -> dict[str, Any]:
    """The fields of an order that may cross: four at first; phone and address with the signed undertaking (S05)."""
    shown = detail(order, frozenset({"buyer_username", "pay_time", "item_list"}))
    fields: dict[str, Any] = {
        "order_sn": shown["order_sn"],
        "buyer": shown["buyer_username"],
        "sku": ",".join(item["item_sku"] for item in shown["item_list"]),
        "pay_time": shown["pay_time"],
    }
    return {**fields, **_private(order.sn)} if sensitive else fields


def _private(sn: str) -> dict[str, str]:
    """Phone and address of whoever ordered: invented, and always the same for an order."""
    number = crc32(sn.encode())
    return {"phone": f"+65{80_000_000 + number % 10_000_000}", "address": f"{1 + number % 400} Orchard Road, Singapore"}


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
    steps = (*STEPS.get(order.status, ()), *(("异常",) if trigger == "logistics_exception" else ()))
    return " → ".join(steps) or order.status
