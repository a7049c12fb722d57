"""A new shop, as it is found: valid tokens, one unused code, and recent orders.

Law: all of it follows from the account's own random numbers, so the same seed gives the same shop.
"""

from __future__ import annotations

from random import Random

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
    for number in range(SEEDED_ORDERS):
        order = state.place(now - (SEEDED_ORDERS - number) * 3_600_000)
        if number == 0:
            order.status, order.logistics, order.shipments = "SHIPPED", "LOGISTICS_PICKUP_DONE", 1
            order.collected, order.tracking = now, f"SPXSG{order.package[-13:]}1"
            order.track = [(order.created, "ORDER_CREATED", "Shipment has been arranged.")]
    return state


def _hex(rng: Random, length: int) -> str:
    return "".join(rng.choices(HEX, k=length))
