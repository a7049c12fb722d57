"""What a seller does to an item's variations: make them, add to them, change them, take one away.

Law: plans. An item comes in one or two tiers (a size, a colour), and each of its models is one option of each; no two are the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.shopee import catalog
from mocks.shopee.catalog import Item, Model, Tier
from mocks.shopee.fields import NAME, Payload, amount, between, cents, checked, each, having, maybe, text, whole, wrong
from mocks.shopee.items import STOCKS, stock_of
from mocks.shopee.plan import Deed, Plan, ok
from mocks.shopee.products import one_item
from mocks.shopee.state import State

TIERS: Final = 2
OPTIONS: Final = 50
MODELS: Final = 50
IMAGE: Final = having({"image_id": text(500)})
TIER: Final = having({"name": text(14), "option_list": each(having({"option": text(20), "image": maybe(IMAGE)}), OPTIONS)})
INDEX: Final = each(between(0, OPTIONS), TIERS)
NEW: Final = having({"tier_index": INDEX, "original_price": amount(0.01), "model_sku": maybe(text(100, 0)), **STOCKS})
CHANGED: Final = having({"model_id": between(1), "model_sku": maybe(text(100, 0))})
MOVED: Final = having({"model_id": between(1), "tier_index": INDEX})
PLACED: Final = having({"variation_id": between(1), "tier_index": INDEX})
"""The same as v1 writes it."""


def _tiers(rows: Sequence[Payload]) -> tuple[Tier, ...]:
    return tuple(
        Tier(
            row["name"],
            tuple(one["option"] for one in row["option_list"]),
            tuple(one["image"]["image_id"] for one in row["option_list"] if one.get("image")),
        )
        for row in rows
    )


def _index(row: Payload) -> tuple[int, ...]:
    return tuple(whole(one) or 0 for one in row["tier_index"])


def _unfit(tiers: Sequence[Tier], indexes: Sequence[tuple[int, ...]]) -> Answer | None:
    """Does each index choose one option of each tier, and no two the same?"""
    if any(len(set(tier.options)) < len(tier.options) for tier in tiers) or len({one.name for one in tiers}) < len(tiers):
        return wrong("tier_variation has duplicate names")
    for one in indexes:
        if len(one) != len(tiers) or any(place >= len(tier.options) for place, tier in zip(one, tiers, strict=True)):
            return wrong("tier_index is invalid")
    return wrong("tier_index is duplicate") if len(set(indexes)) < len(indexes) else None


def new_models(item: Item, rows: Sequence[Payload]) -> list[Model]:
    """Models as they are asked for, with numbers that the item has not had before."""
    made = []
    for row in rows:
        item.models_made += 1
        number = item.id * 1_000 + item.models_made
        made.append(Model(number, _index(row), cents(row["original_price"]), stock_of(row), row.get("model_sku") or ""))
    return made


def _told(item: Item, made: Sequence[Model]) -> Answer:
    shown = catalog.models(item)
    return ok(item_id=item.id, tier_variation=shown["tier_variation"], model=[catalog.model(item, one) for one in made])


def begin(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """The item comes in several kinds from now on: not within five seconds of its making, and not if it does so already."""
    item = one_item(state, asked)
    if isinstance(item, Answer):
        return item
    if refused := checked(asked, {"tier_variation": each(TIER, TIERS), "model": each(NEW, MODELS)}):
        return refused
    tiers = _tiers(asked["tier_variation"])
    if item.models:
        return wrong("the item has tier variations already")
    if desk.now() < item.created + desk.setting(NAME, "tier_wait"):
        return wrong("the item was added less than 5 seconds ago")
    if refused := _unfit(tiers, [_index(row) for row in asked["model"]]):
        return refused

    def deed() -> Answer:
        item.tiers, item.updated = tiers, desk.now()
        item.models = new_models(item, asked["model"])
        return _told(item, item.models)

    return deed


def _with_models(state: State, asked: Payload) -> Item | Answer:
    item = one_item(state, asked)
    if isinstance(item, Answer) or item.models:
        return item
    return wrong("the item has no tier variations")


def retier(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """Other tiers; every model that stays says where it stands among them, those that are not named go."""
    item = _with_models(state, asked)
    if isinstance(item, Answer):
        return item
    kinds = {"tier_variation": each(TIER, TIERS), "model_list": maybe(each(MOVED, MODELS))}
    if refused := checked(asked, kinds):
        return refused
    return replaced(desk, item, _tiers(asked["tier_variation"]), asked.get("model_list"))


def replaced(desk: Desk, item: Item, tiers: tuple[Tier, ...], rows: Sequence[Payload] | None) -> Answer | Deed:
    """An item's tiers, and where each of its models stands among them; without rows all stay where they are."""
    here = {one.id: one for one in item.models}
    kept = {whole(row["model_id"]) or 0: _index(row) for row in rows or []} or {one.id: one.index for one in item.models}
    if set(kept) - set(here) or (rows and len(kept) < len(rows)):
        return Answer("error_param", text="Wrong model_id.")
    if refused := _unfit(tiers, list(kept.values())):
        return refused

    def deed() -> Answer:
        for number, index in kept.items():
            here[number].index = index
        item.tiers, item.models, item.updated = tiers, [here[number] for number in kept], desk.now()
        return ok()

    return deed


def add(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """More models of the tiers that there are."""
    item = _with_models(state, asked)
    if isinstance(item, Answer):
        return item
    if refused := checked(asked, {"model_list": each(NEW, MODELS)}):
        return refused
    if refused := _unfit(item.tiers, [*(one.index for one in item.models), *map(_index, asked["model_list"])]):
        return refused

    def deed() -> Answer:
        made = new_models(item, asked["model_list"])
        item.models, item.updated = [*item.models, *made], desk.now()
        return _told(item, made)

    return deed


def update(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """Models get other SKUs; price and stock have calls of their own."""
    item = _with_models(state, asked)
    if isinstance(item, Answer):
        return item
    if refused := checked(asked, {"model": each(CHANGED, MODELS)}):
        return refused
    if any(item.model(whole(row["model_id"]) or 0) is None for row in asked["model"]):
        return Answer("error_param", text="Wrong model_id.")

    def deed() -> Answer:
        for row in asked["model"]:
            model = item.model(whole(row["model_id"]) or 0)
            if model is not None and row.get("model_sku") is not None:
                model.sku = row["model_sku"]
        item.updated = desk.now()
        return ok()

    return deed


def delete(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """One model less; the last one stays."""
    item = _with_models(state, asked)
    if isinstance(item, Answer):
        return item
    gone = item.model(whole(asked.get("model_id")) or 0)
    if gone is None or len(item.models) == 1:
        return Answer("error_param", text="Wrong model_id." if gone is None else "The last model cannot be deleted.")

    def deed() -> Answer:
        item.models, item.updated = [one for one in item.models if one is not gone], desk.now()
        return ok()

    return deed


PLANS: Final[Mapping[str, Plan]] = {
    "shopee.tier_begin": begin,
    "shopee.tier_update": retier,
    "shopee.model_add": add,
    "shopee.model_update": update,
    "shopee.model_delete": delete,
}
"""What a seller can do to an item's variations."""
