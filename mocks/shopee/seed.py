"""A new shop, as it is found: valid tokens, one unused code, and recent orders.

Law: all of it follows from the account's own random numbers, so the same seed gives the same shop.
"""

from __future__ import annotations

from random import Random

from mocks.shopee import placing
from mocks.shopee.catalog import Item, Model, Tier
from mocks.shopee.placing import FIRST_ITEM, GOODS
from mocks.shopee.state import HEX, State

SEEDED_ORDERS = 12


def new(account: str, rng: Random, names: list[str], now: int) -> State:
    """A shop with valid tokens, one unused code, and recent orders: most ready to ship, one shipped."""
    state = State(
        account=account,
        partner_id=rng.randrange(2_000_000, 2_100_000),
        partner_key=_hex(rng, 64),
        shop_id=rng.randrange(100_000_000, 999_999_999),
        buyers=names,
        rng=rng,
        access_token=_hex(rng, 32),
        access_until=now + 4 * 3_600_000,
        refresh_token=_hex(rng, 32),
        refresh_until=now + 30 * 86_400_000,
        code=_hex(rng, 32),
        code_until=now + 600_000,
    )
    _furnish(state, now)
    for number in range(SEEDED_ORDERS):
        order = placing.place(state, now - (SEEDED_ORDERS - number) * 3_600_000)
        if number == 0 and order:
            placing.gone(state, order)
            order.status, parcel = "SHIPPED", order.first
            parcel.logistics, parcel.shipments, parcel.collected = "LOGISTICS_PICKUP_DONE", 1, now
            parcel.tracking = f"SPXSG{parcel.number[-13:]}1"
            parcel.track = [(order.created, "ORDER_CREATED", "Shipment has been arranged.")]
    return state


def _furnish(state: State, now: int) -> None:
    """The goods, one item in two sizes, and what buyers see of the shop; drawn apart, so that orders stay as they were."""
    rng, began = Random(f"{state.partner_key}/catalog"), now - 30 * 86_400_000
    for number, name in enumerate(GOODS, FIRST_ITEM):
        made = began + (number - FIRST_ITEM) * 3_600_000
        price = rng.randrange(990, 19_900)
        state.items[number] = Item(
            number, name, price, rng.randrange(20_000, 100_000), made, made, f"SKU-{number}", f"{name} 现货"
        )
    number = FIRST_ITEM + len(GOODS)
    shirt = Item(number, "纯棉T恤", 1_990, 0, began, began, f"SKU-{number}", "纯棉T恤 现货", 100_047)
    shirt.models = [Model(number * 10 + place + 1, (place,), 1_990, 100, f"{size}-1") for place, size in enumerate("SM")]
    shirt.tiers, shirt.models_made = (Tier("尺码", ("S", "M")),), len(shirt.models)
    state.items[number] = shirt
    state.profile = {"shop_name": f"Sandbox Shop {state.shop_id % 1000:03}", "shop_logo": "", "description": "演示店铺"}
    state.granted = began


def _hex(rng: Random, length: int) -> str:
    return "".join(rng.choices(HEX, k=length))
