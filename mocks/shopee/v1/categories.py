"""Categories, attributes and promotions as old clients ask for them.

Law: plans, in the words of v1; nothing is changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.shopee import categories, products
from mocks.shopee.fields import Payload, checked, each, maybe, one_of, text, truth, whole
from mocks.shopee.plan import Deed, Plan, telling
from mocks.shopee.products import one_item
from mocks.shopee.state import State
from mocks.shopee.traits import ATTRIBUTE, NAMES
from mocks.shopee.v1.words import COUNTRIES, Old, in_old_words, missing, refused, renamed

TENURES: Final = each(one_of(3, 6, 12, 24), 4, 0)


def _told(_state: State, _asked: Payload, done: Mapping[str, Any]) -> Mapping[str, Any]:
    rows = [
        {
            "category_id": one["category_id"],
            "parent_id": one["parent_category_id"],
            "category_name": one["original_category_name"],
            "has_children": one["has_children"],
            "is_supp_sizechart": False,
            "days_to_ship_limits": {"max_limit": 30, "min_limit": 7},
        }
        for one in done["category_list"]
    ]
    return {"categories": rows}


CATEGORIES: Final = in_old_words(Old(products.category, renamed(), _told))


def _flag(value: object) -> bool:
    return truth(value) or one_of(0, 1)(value)


def of_country(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """GetCategoriesByCountry: the same in every country here."""
    if refusal := checked(asked, {"country": one_of(*COUNTRIES), "is_cb": maybe(_flag)}):
        return refusal
    return CATEGORIES(desk, state, asked)


def attributes(_desk: Desk, _state: State, asked: Payload) -> Answer | Deed:
    """GetAttributes: what may be said of the items of a category that has none below it."""
    if refusal := checked(asked, {"language": maybe(text(10, 0))}):
        return refusal
    if not categories.leaf(whole(asked.get("category_id"))):
        return missing("category")
    row = {"attribute_id": ATTRIBUTE, "attribute_name": NAMES[ATTRIBUTE], "is_mandatory": False}
    kind = {"attribute_type": "STRING_TYPE", "input_type": "TEXT_FILED", "format_type": "NORMAL", "unit_list": []}
    return telling(attributes=[{**row, **kind, "options": [], "values": []}])


def _guessed(_state: State, _asked: Payload, done: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"category_ids": done["category_id"]}


def _promotions(_state: State, _asked: Payload, done: Mapping[str, Any]) -> Mapping[str, Any]:
    rows = [
        {"item_id": one["item_id"], "promotions": [_promotion(row) for row in one["promotion"]]}
        for one in done["success_list"]
    ]
    return {"items": rows, "errors": []}


def _promotion(row: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: row[name] for name in ("promotion_type", "promotion_id", "start_time", "end_time", "promotion_staging")}
    price = row["promotion_price_info"][0]["promotion_price"]
    return {**kept, "variation_id": row["model_id"], "promotion_price": price, "reserved_stock": 0}


def instalments(_desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """SetItemInstallmentTenures: for chosen shops in Taiwan alone; this shop is in Singapore."""
    if refusal := checked(asked, {"tenures": TENURES}):
        return refusal
    item = one_item(state, asked)
    return refused(item) if isinstance(item, Answer) else Answer("error_not_support")


PLANS: Final[Mapping[str, Plan]] = {
    "shopee.v1_categories": CATEGORIES,
    "shopee.v1_categories_of_country": of_country,
    "shopee.v1_categories_recommend": in_old_words(Old(categories.recommend, renamed(item_name="name"), _guessed)),
    "shopee.v1_attributes": attributes,
    "shopee.v1_promotions": in_old_words(Old(categories.item_promotion, renamed(), _promotions)),
    "shopee.v1_instalments": instalments,
}
"""What old clients can ask about categories and what items are in."""
