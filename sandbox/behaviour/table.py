"""Every behaviour that a scenario can name.

Law: one explicit table. A behaviour is `f(part, rng, **options) -> Behaviour`; its keyword arguments are the scenario's options.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from . import (
    Behaviour,
    abroad,
    bridge,
    campaign,
    cards,
    coupons,
    launch,
    live_room,
    mall,
    orders,
    payers,
    playing,
    products,
)

BEHAVIOURS: Final[Mapping[str, Callable[..., Behaviour]]] = {
    "shopee.order": orders.order,
    "integration.naive": orders.naive,
    "integration.paced": orders.paced,
    "live.card_viewer": cards.viewer,
    "pay.buyer": payers.buyer,
    "pay.payee": payers.payee,
    "coupon.issuer": coupons.issuer,
    "coupon.shopper": coupons.shopper,
    "campaign.issuer": campaign.issuer,
    "campaign.show": campaign.show,
    "live.room": live_room.room,
    "mall.shoppers": mall.shoppers,
    "abroad.seller": abroad.seller,
    "launch.team": launch.team,
    "products.reader": products.reader,
    "bridge.shops": bridge.shops,
    "honest": playing.honest,
    "attack": playing.attack,
}
"""Behaviours by name."""

MODELS: Final = frozenset(
    {"campaign.issuer", "campaign.show", "live.room", "mall.shoppers", "abroad.seller", "launch.team", "bridge.shops"}
)
"""Those that play a whole crowd by the market's figures: in simulated time only."""
