"""An item's variations as old clients make and show them.

Law: plans, in the words of v1; what a variation may be is v2's to say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.shopee import catalog, variations
from mocks.shopee.catalog import Item, Model, Tier
from mocks.shopee.fields import Payload, amount, between, checked, each, having, maybe, text, whole, wrong
from mocks.shopee.items import MOST
from mocks.shopee.plan import Deed, Plan, ok, telling
from mocks.shopee.products import one_item
from mocks.shopee.state import State
from mocks.shopee.v1.pictures import OWN, number_of
from mocks.shopee.v1.words import Old, in_old_words, refused

NAMED: Final = each(
    having({"name": text(20), "price": amount(0.01), "stock": between(0, MOST), "variation_sku": maybe(text(100, 0))}), 20
)
"""Variations of an item without tiers: each has a name."""

TIER: Final = "Variation"
"""What the tier is called that v2 shows of an item whose variations only have names."""


def _models(rows: Any) -> Any:
    """Old variations as models; what is no list of rows stays as it is, and is refused."""
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        return rows
    names = {"original_price": "price", "normal_stock": "stock", "model_sku": "variation_sku"}
    return [
        {"tier_index": row.get("tier_index"), **{new: row[old] for new, old in names.items() if old in row}} for row in rows
    ]


def _tiers(rows: Any) -> Any:
    if not isinstance(rows, list) or not all(isinstance(row, dict) and isinstance(row.get("options"), list) for row in rows):
        return rows
    return [{"name": row.get("name"), "option_list": _options(row)} for row in rows]


def _options(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A tier's options, the first ones with their pictures."""
    options = [{"option": one} for one in row["options"]]
    urls = row.get("images_url")
    for option, url in zip(options, urls if isinstance(urls, list) else [], strict=False):
        option["image"] = {"image_id": number_of(url) if isinstance(url, str) else url}
    return options


def _beginning(_desk: Desk, asked: Payload) -> Payload:
    named = {"tier_variation": _tiers(asked.get("tier_variation")), "model": _models(asked.get("variation"))}
    return {"item_id": asked.get("item_id"), **named}


def _adding(_desk: Desk, asked: Payload) -> Payload:
    return {"item_id": asked.get("item_id"), "model_list": _models(asked.get("variation"))}


def _made(_state: State, _asked: Payload, done: Mapping[str, Any]) -> Mapping[str, Any]:
    rows = [{"tier_index": one["tier_index"], "variation_id": one["model_id"]} for one in done["model"]]
    return {"item_id": done["item_id"], "variation_id_list": rows}


def _deleting(_desk: Desk, asked: Payload) -> Payload:
    return {"item_id": asked.get("item_id"), "model_id": asked.get("variation_id")}


def _deleted(state: State, asked: Payload, _done: Mapping[str, Any]) -> Mapping[str, Any]:
    item = state.items[whole(asked["item_id"]) or 0]
    return {"item_id": item.id, "variation_id": whole(asked["variation_id"]), "modified_time": item.updated // 1000}


def get(_desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """GetVariation: an item's tiers, and which option of each a variation is."""
    item = one_item(state, asked)
    if isinstance(item, Answer):
        return refused(item)
    tiers = [
        {"name": one.name, "options": list(one.options), "images_url": [OWN + image for image in one.images]}
        for one in item.tiers
    ]
    rows = [{"variation_id": one.id, "tier_index": list(one.index)} for one in item.models]
    return telling(item_id=item.id, tier_variation=tiers, variations=rows)


def _relisting(_desk: Desk, asked: Payload) -> Payload:
    return {"item_id": asked.get("item_id"), "tier_variation": _tiers(asked.get("tier_variation"))}


def _relisted(_state: State, asked: Payload, _done: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"item_id": whole(asked["item_id"])}


def move(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """UpdateTierVariationIndex: the variations that are named become other options of the same tiers, the others stay."""
    item, rows = one_item(state, asked), asked.get("variation")
    if isinstance(item, Answer):
        return refused(item)
    if refusal := checked(asked, {"variation": each(variations.PLACED, variations.MODELS)}):
        return refusal
    moved = {whole(row["variation_id"]): row["tier_index"] for row in rows or []}
    if len(moved) < len(rows or []) or not moved.keys() <= {one.id for one in item.models}:
        return wrong("variation_id is invalid")
    places = [{"model_id": one.id, "tier_index": moved.get(one.id, list(one.index))} for one in item.models]
    planned = variations.replaced(desk, item, item.tiers, places)
    if isinstance(planned, Answer):
        return refused(planned)

    def deed() -> Answer:
        planned()
        return ok(item_id=item.id)

    return deed


def unfit(item: Item | None, rows: Sequence[Payload]) -> Answer | None:
    """Can the item have variations of these names too? Not one whose variations are of two tiers, and no name twice."""
    if item is not None and len(item.tiers) > 1:
        return wrong("the item has two tiers, its variations are added by them")
    there = [catalog.called(item, one) for one in item.models] if item else []
    names = [*there, *(row["name"] for row in rows)]
    return wrong("variations are invalid, names repeat") if len(set(names)) < len(names) else None


def extend(desk: Desk, item: Item, rows: Sequence[Payload]) -> list[Model]:
    """More variations by their names: options of the item's one tier, which is made when there is none."""
    tier = item.tiers[0] if item.tiers else Tier(TIER, ())
    options = list(dict.fromkeys([*tier.options, *(row["name"] for row in rows)]))
    item.tiers = (replace(tier, options=tuple(options)),)
    made = variations.new_models(
        item,
        [
            {"tier_index": [options.index(row["name"])], "original_price": row["price"], "normal_stock": row["stock"]}
            | {"model_sku": row.get("variation_sku")}
            for row in rows
        ],
    )
    item.models, item.updated = [*item.models, *made], desk.now()
    return made


def add_named(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """AddVariations: up to twenty at once."""
    item = one_item(state, asked)
    if isinstance(item, Answer):
        return refused(item)
    if refusal := checked(asked, {"variations": NAMED}) or unfit(item, asked["variations"]):
        return refusal
    if len(item.models) + len(asked["variations"]) > variations.MODELS:
        return wrong("an item has 50 variations at most")

    def deed() -> Answer:
        made = extend(desk, item, asked["variations"])
        rows = [shown(item, one) for one in made]
        return ok(item_id=item.id, modified_time=item.updated // 1000, variations=rows)

    return deed


def shown(item: Item, one: Model, cents: int = 0, discount: int = 0) -> dict[str, Any]:
    """A variation in full, at `cents` where it is in a discount."""
    made = {"create_time": item.created // 1000, "update_time": item.updated // 1000, "discount_id": discount}
    price = {"price": (cents or one.cents) / 100, "original_price": one.cents / 100, "stock": one.stock}
    head = {"variation_id": one.id, "variation_sku": one.sku, "name": catalog.called(item, one), "status": "MODEL_NORMAL"}
    return {**head, **price, **made}


PLANS: Final[Mapping[str, Plan]] = {
    "shopee.v1_tier_init": in_old_words(Old(variations.begin, _beginning, _made)),
    "shopee.v1_tier_add": in_old_words(Old(variations.add, _adding, _made)),
    "shopee.v1_tier_get": get,
    "shopee.v1_tier_list": in_old_words(Old(variations.retier, _relisting, _relisted)),
    "shopee.v1_tier_index": move,
    "shopee.v1_variations_add": add_named,
    "shopee.v1_variation_delete": in_old_words(Old(variations.delete, _deleting, _deleted)),
}
"""What old clients can ask about variations."""
