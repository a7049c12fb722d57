"""What the vendor says about categories and what may be sold in them: attributes, brands, limits, a guess from an item's name.

Law: plans; nothing is changed. Every leaf category has the same one optional attribute and no brands of its own here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.shopee.catalog import CATEGORIES
from mocks.shopee.fields import Payload, between, checked, listed, maybe, one_of, text, whole, wrong
from mocks.shopee.plan import Deed, Plan, telling
from mocks.shopee.products import items_named
from mocks.shopee.state import State
from mocks.shopee.traits import ATTRIBUTE, NAMES

LANGUAGE: Final = maybe(text(10, 0))


def category_of(name: str) -> int:
    """The leaf category for a name: T-shirts for shirts, accessories for what goes with a telephone, else kitchenware."""
    guesses = {"T恤": 100_047, "耳机": 100_479, "手机": 100_479, "数据线": 100_479, "灯": 100_724}
    return next((number for word, number in guesses.items() if word in name), 100_717)


def attribute_tree(_desk: Desk, _state: State, asked: Payload) -> Answer | Deed:
    """The attributes of up to 20 leaf categories; what is none is warned of."""
    wanted = [whole(one) for one in listed(asked.get("category_id_list"))]
    if not 1 <= len(wanted) <= 20 or None in wanted or not LANGUAGE(asked.get("language")):
        return wrong("category_id_list size must be 1 to 20")
    info = {"input_type": 3, "input_validation_type": 2, "format_type": 1, "date_format_type": 0, "max_value_count": 1}
    attribute = {"attribute_id": ATTRIBUTE, "mandatory": False, "name": NAMES[ATTRIBUTE], "attribute_value_list": []}
    tree = [{**attribute, "attribute_info": info}]
    rows = [
        {
            "category_id": one,
            "attribute_tree": tree if leaf(one) else [],
            "warning": "" if leaf(one) else "not a leaf category",
        }
        for one in wanted
    ]
    return telling(list=rows)


def leaf(number: int | None) -> bool:
    """Is it a category with none below it?"""
    return number is not None and number in CATEGORIES and not CATEGORIES[number][2]


def brand_list(_desk: Desk, _state: State, asked: Payload) -> Answer | Deed:
    """The brands of a category: none but the one for goods without."""
    kinds = {"offset": between(), "page_size": between(1, 100), "category_id": between(1), "status": one_of(1, 2)}
    if refused := checked(asked, {**kinds, "language": LANGUAGE}):
        return refused
    none = {"brand_id": 0, "original_brand_name": "NoBrand", "display_brand_name": "NoBrand"}
    rows = [none] if whole(asked["offset"]) == 0 and leaf(whole(asked["category_id"])) else []
    return telling(brand_list=rows, has_next_page=False, next_offset=0, is_mandatory=False, input_type="DROP_DOWN")


def item_limit(_desk: Desk, _state: State, asked: Payload) -> Answer | Deed:
    """The bounds within which an item's fields must lie."""
    if refused := checked(asked, {"category_id": maybe(between(1))}):
        return refused
    bounds: Mapping[str, tuple[float, float]] = {
        "price_limit": (0.01, 1e7),
        "stock_limit": (0, 999_999),
        "item_name_length_limit": (1, 120),
        "item_image_count_limit": (1, 9),
        "item_description_length_limit": (1, 5_000),
        "tier_variation_name_length_limit": (1, 14),
        "tier_variation_option_length_limit": (1, 20),
    }
    shown: dict[str, Any] = {name: {"min_limit": low, "max_limit": high} for name, (low, high) in bounds.items()}
    return telling(response=shown, gtin_limit={"gtin_validation_rule": "Optional"})


def item_promotion(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """Which promotions up to 50 items are in: the discount, if there is one."""
    found = items_named(state, asked)
    if isinstance(found, Answer):
        return found
    rows = [{"item_id": one.id, "promotion": _promotions(state, one.id, desk.now())} for one in found]
    return telling(success_list=rows, failure_list=[])


def _promotions(state: State, item: int, now: int) -> list[dict[str, Any]]:
    return [
        {
            "promotion_type": "Discount Promotions",
            "promotion_id": cut.discount,
            "model_id": model,
            "start_time": state.display.discounts[cut.discount].start // 1000,
            "end_time": state.display.discounts[cut.discount].end // 1000,
            "promotion_price_info": [{"promotion_price": cut.cents / 100}],
            "promotion_staging": "ongoing",
        }
        for model, cut in state.display.cuts(item, now).items()
    ]


def recommend(_desk: Desk, _state: State, asked: Payload) -> Answer | Deed:
    """The category that the vendor would choose for a name."""
    if refused := checked(asked, {"item_name": text(500), "product_cover_image": maybe(text(500, 0))}):
        return refused
    return telling(category_id=[category_of(asked["item_name"])])


PLANS: Final[Mapping[str, Plan]] = {
    "shopee.attribute_tree": attribute_tree,
    "shopee.brand_list": brand_list,
    "shopee.item_limit": item_limit,
    "shopee.item_promotion": item_promotion,
    "shopee.category_recommend": recommend,
}
"""What can be asked about categories."""
