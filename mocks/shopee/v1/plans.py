"""All that old clients can ask, of all areas.

Law: data only.
"""

from __future__ import annotations

from typing import Final

from mocks.shopee.v1 import (
    categories,
    discounts,
    items,
    logistics,
    orders,
    parcels,
    pictures,
    reach,
    returns,
    shelves,
    shop,
    variations,
)

AREAS: Final = (
    orders.PLANS,
    parcels.PLANS,
    items.PLANS,
    variations.PLANS,
    pictures.PLANS,
    categories.PLANS,
    reach.PLANS,
    logistics.PLANS,
    discounts.PLANS,
    returns.PLANS,
    shelves.PLANS,
    shop.PLANS,
)
"""The plans of each."""
