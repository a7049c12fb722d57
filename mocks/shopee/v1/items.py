"""Items as old clients ask for them: what v2 calls a model is a variation here.

Law: plans, in the words of v1; what an item may be is v2's to say.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.shopee import catalog, comments, items, products
from mocks.shopee.catalog import STATUSES, Item
from mocks.shopee.display import Cut
from mocks.shopee.fields import Payload, checked, each, mapping, maybe, whole
from mocks.shopee.orders import CARRIER, CHANNEL
from mocks.shopee.plan import Deed, Plan, ok, telling
from mocks.shopee.products import one_item
from mocks.shopee.state import State
from mocks.shopee.traits import NAMES, SIDES
from mocks.shopee.v1 import variations
from mocks.shopee.v1.said import as_new
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


def detail(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """GetItemDetail: one item in full."""
    item = one_item(state, asked)
    return refused(item) if isinstance(item, Answer) else telling(item=_shown(state, item, desk.now()), warning="")


def _shown(state: State, item: Item, now: int) -> dict[str, Any]:
    """An item in full, with what it costs at a time."""
    return {
        **_row(state, item),
        "name": item.name,
        "description": item.description,
        "images": catalog.images(item)["image_url_list"],
        "currency": "SGD",
        "has_variation": bool(item.models),
        "create_time": item.created // 1000,
        "weight": item.weight,
        "category_id": item.category,
        **_offer(state, item, now),
        **_figures(state, item),
        "logistics": [{"logistic_id": CHANNEL, "logistic_name": CARRIER, "enabled": True, "is_free": False}],
        **_traits(item),
        "condition": item.condition,
        "size_chart": "",
        "days_to_ship": item.days_to_ship,
        "is_pre_order": item.days_to_ship > 2,
        "reserved_stock": sum(one.reserved for one in item.models or (item,)),
    }


def _offer(state: State, item: Item, now: int) -> dict[str, Any]:
    """Prices and stock; of an item with variations those of the first and of all, and its discounts stand there."""
    cuts = state.display.cuts(item.id, now)
    first = item.models[0] if item.models else None
    cents, cut = (first.cents, cuts.get(first.id)) if first else (item.cents, cuts.get(0))
    rows = [variations.shown(item, one, *_cut(cuts.get(one.id))) for one in item.models]
    return {
        "price": (cut.cents if cut else cents) / 100,
        "original_price": cents / 100,
        "stock": sum(one.stock for one in item.models) if item.models else item.stock,
        "discount_id": cut.discount if cut and not first else 0,
        "variations": rows,
    }


def _cut(cut: Cut | None) -> tuple[int, int]:
    return (cut.cents, cut.discount) if cut else (0, 0)


def _traits(item: Item) -> dict[str, Any]:
    """What else the seller says of it; v1 knows one value of an attribute."""
    attributes = [
        {"attribute_id": one.id, "attribute_name": NAMES.get(one.id, ""), "is_mandatory": False}
        | {"attribute_type": "STRING_TYPE", "attribute_value": next((name for _, name in one.values), "")}
        for one in item.traits.attributes
    ]
    bulks = [{"min": one.least, "max": one.most, "unit_price": one.cents / 100} for one in item.traits.bulks]
    return {"attributes": attributes, "wholesales": bulks, **dict(zip(SIDES, item.traits.sides, strict=True))}


def _figures(state: State, item: Item) -> dict[str, Any]:
    said = comments.standing(state, item.id)
    heard = {"rating_star": said["rating_star"], "cmt_count": said["comment_count"]}
    return {"sales": products.sold(state)[item.id], "views": 0, "likes": 0, **heard}


def _added(state: State, _asked: Payload, done: Mapping[str, Any]) -> Mapping[str, Any]:
    """The item as it is now, which is when it was changed."""
    item = state.items[done["item_id"]]
    return {"item_id": item.id, "item": _shown(state, item, item.updated), "warning": "", "fail_image": []}


def add(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """Add: a new item, with variations by their names where it has some."""
    rows = asked.get("variations") or []
    if refusal := checked(asked, {"variations": maybe(each(mapping, BATCH, 0))}):
        return refusal
    if rows and (refusal := checked(asked, {"variations": variations.NAMED}) or variations.unfit(None, rows)):
        return refusal
    planned = items.add_item(desk, state, as_new(desk, asked))
    if isinstance(planned, Answer):
        return refused(planned)

    def deed() -> Answer:
        done = planned()
        if rows:
            variations.extend(desk, state.items[done.body["item_id"]], rows)
        return Answer("", _added(state, asked, done.body))

    return deed


def _gone(_state: State, asked: Payload, _done: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"item_id": whole(asked["item_id"]), "msg": "Delete item successfully"}


def _unlisted(_state: State, _asked: Payload, done: Mapping[str, Any]) -> Mapping[str, Any]:
    failed = [{"item_id": one["item_id"], "error_description": one["failed_reason"]} for one in done["failure_list"]]
    return {"success": done["success_list"], "failed": failed}


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
    "shopee.v1_item_add": add,
    "shopee.v1_item_update": in_old_words(Old(items.update_item, as_new, _added)),
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
