"""The shop's items: what they are, and how the vendor shows them.

Law: plain values. Prices are in cents inside and floats on the wire; times are ms inside and seconds on the wire.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from mocks.shopee.display import Cut
from mocks.shopee.orders import CARRIER, CHANNEL
from mocks.shopee.traits import Traits
from mocks.shopee.traits import shown as said_of

STATUSES: Final = ("NORMAL", "BANNED", "UNLIST", "REVIEWING", "SELLER_DELETE", "SHOPEE_DELETE")
"""What get_item_list can be asked for."""

CATEGORIES: Final[Mapping[int, tuple[int, str, bool]]] = {
    100_636: (0, "Home & Living", True),
    100_717: (100_636, "Kitchenware", False),
    100_724: (100_636, "Lighting", False),
    100_644: (0, "Mobile & Gadgets", True),
    100_479: (100_644, "Accessories", False),
    100_011: (0, "Clothes", True),
    100_047: (100_011, "T-shirts", False),
}
"""Categories by number: the one above, the name, and whether there are others below."""

LOCATION: Final = "SGZ"


@dataclass(frozen=True, slots=True)
class Tier:
    """One way in which an item comes in several kinds, and the kinds: a size in S and M. `images` are the kinds' pictures by place."""

    name: str
    options: tuple[str, ...]
    images: tuple[str, ...] = ()


@dataclass(slots=True)
class Model:
    """One variation of an item: which option of each tier, by place."""

    id: int
    index: tuple[int, ...]
    cents: int
    stock: int
    sku: str = ""
    reserved: int = 0


@dataclass(slots=True)
class Item:
    """One item; `stock` can be bought, `reserved` was bought and waits for its courier. Times in ms."""

    id: int
    name: str
    cents: int
    stock: int
    created: int
    updated: int
    sku: str = ""
    description: str = ""
    category: int = 100_717
    status: str = "NORMAL"
    weight: float = 0.3
    condition: str = "NEW"
    images: list[str] = field(default_factory=list)
    days_to_ship: int = 2
    tiers: tuple[Tier, ...] = ()
    models: list[Model] = field(default_factory=list)
    models_made: int = 0
    reserved: int = 0
    traits: Traits = field(default_factory=Traits)

    def model(self, model_id: int) -> Model | None:
        """The variation of that number."""
        return next((one for one in self.models if one.id == model_id), None)

    @property
    def alive(self) -> bool:
        """Is it there for the seller to change?"""
        return self.status not in ("SELLER_DELETE", "SHOPEE_DELETE")


def price(cents: int, cut: Cut | None = None) -> dict[str, Any]:
    """A price as the vendor shows it, and what it is cut to."""
    amount, current = cents / 100, (cut.cents if cut else cents) / 100
    tax = {"inflated_price_of_original_price": amount, "inflated_price_of_current_price": current}
    return {"currency": "SGD", "original_price": amount, "current_price": current, **tax}


def stock(one: Item | Model) -> dict[str, Any]:
    """A stock as the vendor shows it."""
    return {
        "summary_info": {"total_reserved_stock": one.reserved, "total_available_stock": one.stock},
        "seller_stock": [{"location_id": LOCATION, "stock": one.stock, "if_saleable": True}],
        "shopee_stock": [],
        "advance_stock": {"sellable_advance_stock": 0, "in_transit_advance_stock": 0},
    }


def images(item: Item) -> dict[str, Any]:
    """An item's pictures."""
    ids = item.images or [f"sg-{item.id}"]
    return {
        "image_url_list": [f"https://cf.shopee.sg/file/{one}" for one in ids],
        "image_id_list": ids,
        "image_ratio": "1:1",
    }


def base_info(item: Item, cuts: Mapping[int, Cut] = {}) -> dict[str, Any]:
    """An item as get_item_base_info shows it; one with models has its prices and stock there. `cuts` are its discounted prices."""
    shown = {
        "item_id": item.id,
        "category_id": item.category,
        "item_name": item.name,
        "description": item.description,
        "item_sku": item.sku,
        "create_time": item.created // 1000,
        "update_time": item.updated // 1000,
        "image": images(item),
        "weight": f"{item.weight:.2f}",
        "logistic_info": [_logistic()],
        "pre_order": {"is_pre_order": item.days_to_ship > 2, "days_to_ship": item.days_to_ship},
        "condition": item.condition,
        "size_chart": "",
        "item_status": item.status,
        "deboost": "FALSE",
        "has_model": bool(item.models),
        "has_promotion": bool(cuts),
        "promotion_id": next((one.discount for one in cuts.values()), 0),
        "video_info": [],
        **said_of(item.traits),
        "item_dangerous": 0,
        "description_type": "normal",
        "description_info": {"extended_description": {"field_list": []}},
        "tag": {"kit": False},
    }
    return shown if item.models else {**shown, "price_info": [price(item.cents, cuts.get(0))], "stock_info_v2": stock(item)}


def _logistic() -> dict[str, Any]:
    fee = {"shipping_fee": 1.99, "estimated_shipping_fee": 1.99, "is_free": False, "size_id": 0}
    return {"logistic_id": CHANNEL, "logistic_name": CARRIER, "enabled": True, **fee}


def models(item: Item, cuts: Mapping[int, Cut] = {}) -> dict[str, Any]:
    """An item's variations as get_model_list shows them."""
    rows = [model(item, one, cuts.get(one.id)) for one in item.models]
    return {"tier_variation": [_tier(one) for one in item.tiers], "model": rows, "standardise_tier_variation": []}


def model(item: Item, one: Model, cut: Cut | None = None) -> dict[str, Any]:
    """One variation as a row of these."""
    return {
        "model_id": one.id,
        "tier_index": list(one.index),
        "model_sku": one.sku,
        "model_status": "MODEL_NORMAL",
        "model_name": called(item, one),
        "price_info": [price(one.cents, cut)],
        "stock_info_v2": stock(one),
        "promotion_id": cut.discount if cut else 0,
        "has_promotion": cut is not None,
        "pre_order": {"is_pre_order": False, "days_to_ship": item.days_to_ship},
        "weight": f"{item.weight:.2f}",
    }


def called(item: Item, one: Model) -> str:
    """A variation's name: its options, joined by commas."""
    return ",".join(tier.options[place] for tier, place in zip(item.tiers, one.index, strict=True))


def _tier(tier: Tier) -> dict[str, Any]:
    shown: list[dict[str, Any]] = [{"option": one} for one in tier.options]
    for option, image_id in zip(shown, tier.images, strict=False):
        option["image"] = {"image_id": image_id, "image_url": f"https://cf.shopee.sg/file/{image_id}"}
    return {"name": tier.name, "option_list": shown}
