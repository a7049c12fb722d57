"""Items as old clients ask for them: what v2 calls a model is a variation here.

Law: plans, in the words of v1; what an item may be is v2's to say.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.shopee import catalog, items, products
from mocks.shopee.catalog import STATUSES, Item, Model
from mocks.shopee.fields import Payload, checked, each, mapping, whole
from mocks.shopee.orders import CARRIER, CHANNEL
from mocks.shopee.plan import Deed, Plan, ok, telling
from mocks.shopee.products import one_item
from mocks.shopee.state import State
from mocks.shopee.v1.words import Ask, Old, in_old_words, pages, refused, renamed

BATCH: Final = 50


def _listing(_desk: Desk, asked: Payload) -> Payload:
    """Every item but those that are gone; these too when they are wanted."""
    statuses = [one for one in STATUSES if asked.get("need_deleted_item") is True or "DELETE" not in one]
    return {**asked, **pages(asked), "item_status": statuses}


def _listed(state: State, _asked: Payload, done: Mapping[str, Any]) -> Mapping[str, Any]:
    rows = [_row(state, state.items[one["item_id"]]) for one in done["item"]]
    return {"items": rows, "more": done["has_next_page"], "total": done["total_count"]}


def _row(state: State, item: Item) -> dict[str, Any]:
    kinds = [{"variation_id": one.id, "variation_sku": one.sku} for one in item.models]
    head = {"item_id": item.id, "shopid": state.shop_id, "update_time": item.updated // 1000, "status": _status(item)}
    return {**head, "item_sku": item.sku, "variations": kinds, "is_2tier_item": bool(item.models)}


def _status(item: Item) -> str:
    return "NORMAL" if item.alive and item.status == "NORMAL" else item.status if item.alive else "DELETED"


def detail(_desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """GetItemDetail: one item in full."""
    item = one_item(state, asked)
    return refused(item) if isinstance(item, Answer) else telling(item=_shown(state, item), warning="")


def _shown(state: State, item: Item) -> dict[str, Any]:
    price = item.models[0].cents if item.models else item.cents
    stock = sum(one.stock for one in item.models) if item.models else item.stock
    return {
        **_row(state, item),
        "name": item.name,
        "description": item.description,
        "images": catalog.images(item)["image_url_list"],
        "currency": "SGD",
        "has_variation": bool(item.models),
        "price": price / 100,
        "original_price": price / 100,
        "stock": stock,
        "create_time": item.created // 1000,
        "weight": item.weight,
        "category_id": item.category,
        "variations": [_variation(item, one) for one in item.models],
        "attributes": [],
        "logistics": [{"logistic_id": CHANNEL, "logistic_name": CARRIER, "enabled": True, "is_free": False}],
        "wholesales": [],
        "condition": item.condition,
        "days_to_ship": item.days_to_ship,
        "is_pre_order": item.days_to_ship > 2,
        "discount_id": 0,
    }


def _variation(item: Item, one: Model) -> dict[str, Any]:
    made = {"create_time": item.created // 1000, "update_time": item.updated // 1000, "discount_id": 0}
    price = {"price": one.cents / 100, "original_price": one.cents / 100, "stock": one.stock, "status": "MODEL_NORMAL"}
    return {"variation_id": one.id, "variation_sku": one.sku, "name": catalog.called(item, one), **price, **made}


NEW_NAMES: Final = renamed(
    item_name="name",
    original_price="price",
    normal_stock="stock",
    logistic_info="logistics",
    item_status="status",
)


def _adding(desk: Desk, asked: Payload) -> Payload:
    """An item's fields under their new names; a picture is named by its address."""
    said = {**NEW_NAMES(desk, asked)}
    pictures = asked.get("images")
    if isinstance(pictures, list):
        said["image"] = {"image_id_list": [one.get("url") if isinstance(one, dict) else one for one in pictures]}
    if asked.get("is_pre_order") is True:
        said["pre_order"] = {"is_pre_order": True, "days_to_ship": asked.get("days_to_ship")}
    return said


def _added(state: State, _asked: Payload, done: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"item_id": done["item_id"], "item": _shown(state, state.items[done["item_id"]]), "warning": ""}


def _gone(_state: State, asked: Payload, _done: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"item_id": whole(asked["item_id"]), "msg": "Delete item successfully"}


def _unlisted(_state: State, _asked: Payload, done: Mapping[str, Any]) -> Mapping[str, Any]:
    failed = [{"item_id": one["item_id"], "error_description": one["failed_reason"]} for one in done["failure_list"]]
    return {"success": done["success_list"], "failed": failed}


def _categories(_state: State, _asked: Payload, done: Mapping[str, Any]) -> Mapping[str, Any]:
    rows = [
        {
            "category_id": one["category_id"],
            "parent_id": one["parent_category_id"],
            "category_name": one["original_category_name"],
            "has_children": one["has_children"],
        }
        for one in done["category_list"]
    ]
    return {"categories": rows}


def _stocking(_desk: Desk, asked: Payload) -> Payload:
    row = {"model_id": asked.get("variation_id", 0), "seller_stock": [{"stock": asked.get("stock")}]}
    return {"item_id": asked.get("item_id"), "stock_list": [row]}


def _pricing(_desk: Desk, asked: Payload) -> Payload:
    row = {"model_id": asked.get("variation_id", 0), "original_price": asked.get("price")}
    return {"item_id": asked.get("item_id"), "price_list": [row]}


def _changed(field: str) -> Callable[[State, Payload, Mapping[str, Any]], Mapping[str, Any]]:
    """The answer to a change of one field: what it was set to, of which item or variation, and when."""

    def tell(state: State, asked: Payload, _done: Mapping[str, Any]) -> Mapping[str, Any]:
        item = state.items[whole(asked["item_id"]) or 0]
        named = {"variation_id": whole(asked["variation_id"])} if asked.get("variation_id") else {}
        return {"item": {"item_id": item.id, **named, "modified_time": item.updated // 1000, field: asked[field]}}

    return tell


def _in_batch(rows: str, plan: Plan, ask: Ask) -> Plan:
    """The plan that does one change for each row: what cannot be done stands apart, with the reason."""

    def batch(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
        if refusal := checked(asked, {rows: each(mapping, BATCH)}):
            return refusal

        def deed() -> Answer:
            done: list[dict[str, Any]] = []
            failed: list[dict[str, Any]] = []
            for row in asked[rows]:
                named = {name: row.get(name) for name in ("item_id", "variation_id") if name in row}
                planned = plan(desk, state, ask(desk, row))
                if isinstance(planned, Answer):
                    failed.append({**named, "error_description": refused(planned).text or "item not exists"})
                else:
                    planned()
                    done.append(named)
            return ok(batch_result={"modifications": done, "failures": failed})

        return deed

    return batch


PLANS: Final[Mapping[str, Plan]] = {
    "shopee.v1_items_get": in_old_words(Old(products.item_list, _listing, _listed)),
    "shopee.v1_item_get": detail,
    "shopee.v1_categories": in_old_words(Old(products.category, renamed(), _categories)),
    "shopee.v1_item_add": in_old_words(Old(items.add_item, _adding, _added)),
    "shopee.v1_item_update": in_old_words(Old(items.update_item, _adding, _added)),
    "shopee.v1_item_delete": in_old_words(Old(items.delete_item, renamed(), _gone)),
    "shopee.v1_items_unlist": in_old_words(Old(items.unlist_item, renamed(item_list="items"), _unlisted)),
    "shopee.v1_price": in_old_words(Old(items.update_price, _pricing, _changed("price"))),
    "shopee.v1_stock": in_old_words(Old(items.update_stock, _stocking, _changed("stock"))),
    "shopee.v1_variation_price": in_old_words(Old(items.update_price, _pricing, _changed("price"))),
    "shopee.v1_variation_stock": in_old_words(Old(items.update_stock, _stocking, _changed("stock"))),
    "shopee.v1_prices": _in_batch("items", items.update_price, _pricing),
    "shopee.v1_stocks": _in_batch("items", items.update_stock, _stocking),
    "shopee.v1_variation_prices": _in_batch("variations", items.update_price, _pricing),
    "shopee.v1_variation_stocks": _in_batch("variations", items.update_stock, _stocking),
}
"""What old clients can ask about items."""
