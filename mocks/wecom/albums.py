"""Product albums (商品图册): what members may send to customers, with a price and pictures.

Law: plans (see `plan`). Prices are fen.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.wecom.customers import Product
from mocks.wecom.fields import Payload, bad, like, mapping, maybe, number, page, text, whole, wrong
from mocks.wecom.media import usable
from mocks.wecom.plan import Deed, Plan, doing, ok, telling
from mocks.wecom.state import State

PICTURES: Final = 9
DEAREST: Final = 500_000_000
FIELDS: Final = {
    "description": text(300),
    "price": whole(1, DEAREST),
    "product_sn": maybe(like(r"[A-Za-z0-9]{0,128}")),
}


def add(desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """A new product."""
    if refused := wrong(payload, FIELDS) or _bad_pictures(desk, state, payload.get("attachments")):
        return refused

    def deed() -> Answer:
        made = Product(state.mint("product", 32), desk.now(), _kept(payload))
        state.customers.products[made.product_id] = made
        return ok(product_id=made.product_id)

    return deed


def _kept(payload: Payload) -> dict[str, Any]:
    named = {name: payload[name] for name in ("description", "product_sn", "attachments") if payload.get(name) is not None}
    return {**named, **({"price": number(payload["price"])} if payload.get("price") is not None else {})}


def _bad_pictures(desk: Desk, state: State, attached: Any) -> Answer | None:
    """One to nine pictures, each a file that is there."""
    if not isinstance(attached, list) or not 1 <= len(attached) <= PICTURES:
        return Answer("41064")
    for one in attached:
        if not mapping(one) or one.get("type", one.get("msgtype")) != "image" or not mapping(one.get("image")):
            return Answer("41065")
        if not usable(desk, state, str(one["image"].get("media_id"))):
            return Answer("40007")
    return None


def _named(state: State, payload: Payload) -> Product | Answer:
    return state.customers.products.get(str(payload.get("product_id"))) or bad("product_id")


def get(_desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """One product."""
    found = _named(state, payload)
    return found if isinstance(found, Answer) else telling(product=_shown(found))


def _shown(one: Product) -> dict[str, Any]:
    return {"product_id": one.product_id, "create_time": one.created // 1000, "product_sn": "", **one.fields}


def list_all(_desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """All products, page by page."""
    found = page([_shown(one) for one in state.customers.products.values()], payload, 100, 50)
    return found if isinstance(found, Answer) else telling(product_list=found[0], next_cursor=found[1])


def update(desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """Change a product; what is not mentioned stays."""
    found = _named(state, payload)
    if isinstance(found, Answer):
        return found
    if refused := wrong(payload, {name: maybe(kind) for name, kind in FIELDS.items()}):
        return refused
    if payload.get("attachments") is not None and (refused := _bad_pictures(desk, state, payload["attachments"])):
        return refused

    def deed() -> Answer:
        found.fields.update(_kept(payload))
        return ok()

    return deed


PLANS: Final[Mapping[str, Plan]] = {
    "wecom.add_product_album": add,
    "wecom.get_product_album": get,
    "wecom.get_product_album_list": list_all,
    "wecom.update_product_album": update,
    "wecom.delete_product_album": doing(_named, lambda _desk, state, one: state.customers.products.pop(one.product_id)),
}
"""What can be done with product albums."""
