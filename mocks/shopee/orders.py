"""A Shopee order: what it is, and how the vendor shows it.

Law: plain values. Amounts are in the shop's currency, as the vendor sends them; times are ms inside and seconds on the wire.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

GOODS = ("保温杯", "蓝牙耳机", "手机壳", "瑜伽垫", "帆布包", "数据线", "台灯", "雨伞")
"""What the shop sells."""


@dataclass(slots=True)
class Order:
    """One order. Times in ms."""

    sn: str
    status: str
    created: int
    updated: int
    buyer: str
    goods: str
    quantity: int
    cents: int
    note: str = ""


def detail(order: Order, fields: frozenset[str]) -> dict[str, Any]:
    """The order as get_order_detail shows it; `fields` are the optional ones asked for."""
    created = order.created // 1000
    always = {
        "order_sn": order.sn,
        "region": "SG",
        "currency": "SGD",
        "cod": False,
        "order_status": order.status,
        "message_to_seller": "",
        "create_time": created,
        "update_time": order.updated // 1000,
        "days_to_ship": 2,
        "ship_by_date": created + 2 * 86_400,
        "booking_sn": "",
    }
    optional: dict[str, Any] = {
        "buyer_username": order.buyer,
        "pay_time": created,
        "total_amount": order.cents * order.quantity / 100,
        "note": order.note,
        "payment_method": "Cybersource",
        "item_list": [_item(order)],
    }
    return {**always, **{name: value for name, value in optional.items() if name in fields}}


def _item(order: Order) -> dict[str, Any]:
    item_id = 10_000 + GOODS.index(order.goods)
    return {
        "item_id": item_id,
        "item_name": order.goods,
        "item_sku": f"SKU-{item_id}",
        "model_id": 0,
        "model_name": "",
        "model_sku": "",
        "model_quantity_purchased": order.quantity,
        "model_original_price": order.cents / 100,
        "model_discounted_price": order.cents / 100,
    }
