"""A Shopee order: what it is, and how the vendor shows it.

Law: plain values. Amounts are in cents inside and in the shop's currency, as floats, on the wire; times are ms inside and
seconds on the wire.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from zlib import crc32

CHANNEL: Final = 18_025
CARRIER: Final = "Standard Express"
"""The one logistics channel that every order takes."""

SHIPPING_CENTS: Final = 199
"""What the buyer pays for shipping."""


NOT_BEGUN: Final = "LOGISTICS_NOT_START"
READY: Final = "LOGISTICS_READY"
ARRANGED: Final = "LOGISTICS_REQUEST_CREATED"
MISSED: Final = "LOGISTICS_PICKUP_RETRY"
"""The statuses of a package that is not paid, paid, arranged, and to be arranged again."""


@dataclass(slots=True)
class Parcel:
    """One package of an order: how many of the goods are in it, and where it is. Times in ms; 0 for what has not happened."""

    number: str
    quantity: int
    logistics: str = NOT_BEGUN
    tracking: str = ""
    shipments: int = 0
    collected: int = 0
    delivered: int = 0
    track: list[tuple[int, str, str]] = field(default_factory=list)

    @property
    def waits(self) -> bool:
        """Is its shipment to be arranged, for the first time or again?"""
        return self.logistics in (NOT_BEGUN, READY, MISSED)


@dataclass(frozen=True, slots=True)
class Bought:
    """What was ordered, as it was then: the item, its variation (0 for an item without), the price of one in cents, days to ship it."""

    item: int
    name: str
    sku: str
    full: int
    cents: int
    model: int = 0
    kind: str = ""
    kind_sku: str = ""
    promotion: int = 0
    weight: float = 0.3
    days: int = 2


@dataclass(slots=True)
class Order:
    """One order of so many of one thing, in one package or in several. Times in ms; 0 for what has not happened."""

    sn: str
    status: str
    created: int
    updated: int
    buyer: str
    goods: Bought
    quantity: int
    note: str = ""
    paid: int = 0
    noted: int = 0
    before: str = ""
    completed: int = 0
    cancel_by: str = ""
    cancel_reason: str = ""
    buyer_cancel_reason: str = ""
    refunded: int = 0
    parcels: list[Parcel] = field(default_factory=list)

    @property
    def first(self) -> Parcel:
        """The first package, mostly the only one."""
        return self.parcels[0]

    @property
    def collected(self) -> int:
        """When the last of its packages was collected; 0 while one is not."""
        return max(one.collected for one in self.parcels) if all(one.collected for one in self.parcels) else 0

    @property
    def track(self) -> list[tuple[int, str, str]]:
        """What happened to its packages, in order."""
        return sorted((step for one in self.parcels for step in one.track), key=lambda step: step[0])

    def parcel(self, number: str) -> Parcel | None:
        """The package of that number."""
        return next((one for one in self.parcels if one.number == number), None)

    @property
    def ship_by(self) -> int:
        """Until when it is to be shipped, in seconds."""
        return self.created // 1000 + self.goods.days * 86_400

    @property
    def item_id(self) -> int:
        """The number of what was ordered."""
        return self.goods.item

    @property
    def total(self) -> int:
        """What the goods cost, in cents."""
        return self.goods.cents * self.quantity


def user_id(buyer: str) -> int:
    """A buyer's number: always the same for the same name."""
    return 100_000_000 + crc32(buyer.encode()) % 800_000_000


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
        "days_to_ship": order.goods.days,
        "ship_by_date": order.ship_by,
        "booking_sn": "",
    }
    return {**always, **{name: show(order) for name, show in OPTIONAL.items() if name in fields}}


def item(order: Order) -> dict[str, Any]:
    """What was ordered, as a row of item_list."""
    one = order.goods
    return {
        "item_id": one.item,
        "item_name": one.name,
        "item_sku": one.sku,
        "model_id": one.model,
        "model_name": one.kind,
        "model_sku": one.kind_sku,
        "model_quantity_purchased": order.quantity,
        "model_original_price": one.full / 100,
        "model_discounted_price": one.cents / 100,
        "wholesale": False,
        "weight": one.weight,
        "add_on_deal": False,
        "main_item": False,
        "add_on_deal_id": 0,
        "promotion_type": "product_promotion" if one.promotion else "",
        "promotion_id": one.promotion,
        "order_item_id": one.item,
        "promotion_group_id": 0,
        "image_info": {"image_url": f"https://cf.shopee.sg/file/item-{one.item}"},
        "product_location_id": ["SGZ"],
    }


def grams(order: Order, quantity: int) -> int:
    """What so many of the goods weigh."""
    return round(order.goods.weight * 1000) * quantity


def package(order: Order, parcel: Parcel) -> dict[str, Any]:
    """A package, as a row of package_list."""
    one = order.goods
    row = {"item_id": one.item, "model_id": one.model, "model_quantity": parcel.quantity, "order_item_id": one.item}
    return {
        "package_number": parcel.number,
        "logistics_status": parcel.logistics,
        "logistics_channel_id": CHANNEL,
        "shipping_carrier": CARRIER,
        "allow_self_design_awb": False,
        "item_list": [{**row, "promotion_group_id": 0, "product_location_id": "SGZ"}],
        "parcel_chargeable_weight_gram": grams(order, parcel.quantity),
        "group_shipment_id": 0,
    }


def address(order: Order) -> dict[str, Any]:
    """Where the order goes: a made-up address, masked in part as the vendor does."""
    number = user_id(order.buyer)
    street, code = f"{number % 300 + 1} Orchard Road #{number % 20 + 1:02}-{number % 60 + 1:02}", f"{number % 900_000:06}"
    where = {"town": "", "district": "Orchard", "city": "", "state": "", "region": "SG", "zipcode": code}
    return {"name": order.buyer, "phone": f"******{number % 100:02}", **where, "full_address": f"{street}, {code}"}


def _payment(order: Order) -> dict[str, Any]:
    return {"payment_method": "Cybersource", "payment_processor_register": "", "card_brand": "", "transaction_id": order.sn}


OPTIONAL: Final[Mapping[str, Callable[[Order], Any]]] = {
    "buyer_user_id": lambda order: user_id(order.buyer),
    "buyer_username": lambda order: order.buyer,
    "estimated_shipping_fee": lambda _order: SHIPPING_CENTS / 100,
    "recipient_address": address,
    "actual_shipping_fee": lambda order: SHIPPING_CENTS / 100 if order.collected else 0.0,
    "actual_shipping_fee_confirmed": lambda order: bool(order.completed),
    "goods_to_declare": lambda _order: False,
    "note": lambda order: order.note,
    "note_update_time": lambda order: order.noted // 1000,
    "item_list": lambda order: [item(order)],
    "pay_time": lambda order: order.paid // 1000 or None,
    "dropshipper": lambda _order: None,
    "dropshipper_phone": lambda _order: None,
    "split_up": lambda order: len(order.parcels) > 1,
    "buyer_cancel_reason": lambda order: order.buyer_cancel_reason,
    "buyer_cpf_id": lambda _order: None,
    "cancel_by": lambda order: order.cancel_by,
    "cancel_reason": lambda order: order.cancel_reason,
    "fulfillment_flag": lambda _order: "fulfilled_by_local_seller",
    "pickup_done_time": lambda order: order.collected // 1000,
    "package_list": lambda order: [package(order, one) for one in order.parcels],
    "shipping_carrier": lambda _order: CARRIER,
    "payment_method": lambda _order: "Cybersource",
    "total_amount": lambda order: order.total / 100,
    "invoice_data": lambda _order: None,
    "order_chargeable_weight_gram": lambda order: grams(order, order.quantity),
    "return_request_due_date": lambda order: (
        (order.completed or max(one.delivered for one in order.parcels)) // 1000 or None
    ),
    "edt": lambda order: {"edt_from": order.created // 1000 + 3 * 86_400, "edt_to": order.created // 1000 + 7 * 86_400},
    "payment_info": lambda order: [_payment(order)] if order.paid else [],
}
"""The fields shown only when they are asked for."""
