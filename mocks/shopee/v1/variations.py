"""An item's variations as old clients make and show them.

Law: plans, in the words of v1; what a variation may be is v2's to say.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.shopee import variations
from mocks.shopee.fields import Payload, whole
from mocks.shopee.plan import Deed, Plan, telling
from mocks.shopee.products import one_item
from mocks.shopee.state import State
from mocks.shopee.v1.words import Old, in_old_words, refused


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
    return [{"name": row.get("name"), "option_list": [{"option": one} for one in row["options"]]} for row in rows]


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
    tiers = [{"name": one.name, "options": list(one.options), "images_url": []} for one in item.tiers]
    rows = [{"variation_id": one.id, "tier_index": list(one.index)} for one in item.models]
    return telling(item_id=item.id, tier_variation=tiers, variations=rows)


PLANS: Final[Mapping[str, Plan]] = {
    "shopee.v1_tier_init": in_old_words(Old(variations.begin, _beginning, _made)),
    "shopee.v1_tier_add": in_old_words(Old(variations.add, _adding, _made)),
    "shopee.v1_tier_get": get,
    "shopee.v1_variation_delete": in_old_words(Old(variations.delete, _deleting, _deleted)),
}
"""What old clients can ask about variations."""
