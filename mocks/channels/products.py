"""Products: added, changed, handed in, listed, taken off, deleted; and what is told of them.

Law: plans. Add and update touch the draft alone; a review copies it online.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from mocks.channels import catalog, events, review
from mocks.channels.fields import NAME, Payload, checked, ident, key, maybe, number, on, one_of, page, whole
from mocks.channels.plan import Deed, Plan, ok, telling
from mocks.channels.review import DELETED, DELISTED, EDITING, IN_AUDIT, LISTED, PASSED
from mocks.channels.state import Product, State
from mocks.desk import Desk
from mocks.http import Answer
from sandbox.events import Event

MISSING: Final = Answer("10020052")


def stamp(now: int) -> str:
    """A time as product answers write it: Beijing's, to the second."""
    return f"{datetime.fromtimestamp(now / 1000, UTC) + timedelta(hours=8):%Y-%m-%d %H:%M:%S}"


def product_of(state: State, asked: Payload) -> Product | Answer:
    """The product that a request means."""
    if refused := checked(asked, {"product_id": ident}):
        return refused
    found = state.products.get(key(asked["product_id"]))
    return MISSING if found is None or found.status == DELETED else found


def add(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """A new product: a draft, or with `listing` one that is in review right away."""
    draft = catalog.draft_of(asked)
    if isinstance(draft, Answer):
        return draft
    if refused := _over_cap(desk, state) or _not_to_submit(desk, state, asked, draft):
        return refused
    if any(one["sku_id"] for one in draft["skus"]):
        return Answer("10020051", text="parameter error: a new sku has no sku_id")

    def deed() -> Answer:
        product = create(desk, state, draft)
        _note_unknown(desk, state, "product_add", asked)
        if wants_listing(asked):
            review.submit(desk, state, product)
        return ok(data={"product_id": product.id, "create_time": stamp(product.created)})

    return deed


def wants_listing(asked: Payload) -> bool:
    """Is it to be handed in right away?"""
    return on(asked.get("listing"))


def create(desk: Desk, state: State, draft: dict[str, Any]) -> Product:
    """Put a draft among the shop's products."""
    product = Product(state.mint("product"), draft, desk.now(), desk.now())
    _number_skus(state, product)
    state.products[product.id] = product
    return product


def _number_skus(state: State, product: Product) -> None:
    """Skus that are new get an id and their first stock; those that were there keep what they have."""
    for sku in product.draft["skus"]:
        sku["sku_id"] = sku["sku_id"] or state.mint("sku")
        if product.online is None or sku["sku_id"] not in product.stock:
            product.stock[sku["sku_id"]] = sku["stock_num"]


def _over_cap(desk: Desk, state: State) -> Answer | None:
    """An individual's shop has room for so many products (V02)."""
    if state.shop.entity != "individual":
        return None
    there = sum(one.status != DELETED for one in state.products.values())
    most = desk.setting(NAME, "products_individual")
    return (
        Answer("10020110", text=f"check failed: an individual shop has at most {most} products") if there >= most else None
    )


def _not_to_submit(desk: Desk, state: State, asked: Payload, draft: dict[str, Any]) -> Answer | None:
    return review.problem(desk, state, draft) if wants_listing(asked) else None


def _note_unknown(desk: Desk, state: State, what: str, asked: Payload) -> None:
    """Fields that the vendor would ignore without a word stand in the journal (V10)."""
    if unknown := catalog.unknown_fields(asked):
        event: Event = {"at": desk.now(), "kind": "unmapped", "account": state.account, "action": f"{NAME}.{what}"}
        desk.record({**event, "fields": ",".join(unknown)})


def update(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """A new draft in place of the old one. Its skus keep their ids; one that is left out is gone with the next review."""
    product, draft = product_of(state, asked), catalog.draft_of(asked)
    if isinstance(product, Answer):
        return product
    if product.edit_status == IN_AUDIT:
        return Answer("10020008")
    if isinstance(draft, Answer):
        return draft
    known = {one["sku_id"] for one in product.draft["skus"]}
    if any(one["sku_id"] and one["sku_id"] not in known for one in draft["skus"]):
        return Answer("10020051", text="parameter error: sku_id is not of this product")
    if refused := _not_to_submit(desk, state, asked, draft):
        return refused

    def deed() -> Answer:
        product.draft, product.edit_status, product.updated = draft, EDITING, desk.now()
        _number_skus(state, product)
        _note_unknown(desk, state, "product_update", asked)
        if wants_listing(asked):
            review.submit(desk, state, product)
        return ok(data={"product_id": product.id, "update_time": stamp(product.updated)})

    return deed


def auditfree(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """Prices and codes of a product online, changed without a review."""
    product = product_of(state, asked)
    if isinstance(product, Answer):
        return product
    changes = (
        {key(one.get("sku_id")): one for one in asked.get("skus") or () if isinstance(one, dict)} if _rows(asked) else {}
    )
    if product.online is None or not changes:
        return MISSING if product.online is None else Answer("10020038")
    if not all(product.sku(one) for one in changes):
        return Answer("10020051", text="parameter error: sku_id is not of this product")
    if any(state.flash(product.id, one, desk.now()) for one in changes):
        return Answer("10020014")
    prices = {
        "sale_price": maybe(whole(1, 10**9)),
        "sku_code": maybe(lambda code: isinstance(code, str) and len(code) <= 100),
    }
    if refused := next((bad for one in changes.values() if (bad := checked(one, prices, "skus."))), None):
        return refused

    def deed() -> Answer:
        for copy in (product.online, product.draft):
            for sku in (copy or {}).get("skus", ()):
                _apply(sku, changes.get(sku["sku_id"], {}))
        product.updated = desk.now()
        events.updated(desk, state, product)
        return ok(data={"product_id": product.id, "update_time": stamp(product.updated)})

    return deed


def _rows(asked: Payload) -> bool:
    return isinstance(asked.get("skus"), list)


def _apply(sku: dict[str, Any], change: Payload) -> None:
    if change.get("sale_price") is not None:
        sku["sale_price"] = number(change["sale_price"])
    if change.get("sku_code") is not None:
        sku["sku_code"] = change["sku_code"]


def get(_desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """The copy online, the draft, or both (`data_type` 1, 2, 3)."""
    product = product_of(state, asked)
    if isinstance(product, Answer):
        return product
    if refused := checked(asked, {"data_type": maybe(one_of(1, 2, 3))}):
        return refused
    wanted = number(asked.get("data_type"), 1)
    copies: dict[str, Any] = {}
    if wanted in (1, 3) and product.online is not None:
        copies["product"] = shown(product, product.online)
    if wanted in (2, 3):
        copies["edit_product"] = shown(product, product.draft)
    return MISSING if not copies else telling(**copies)


def shown(product: Product, copy: dict[str, Any]) -> dict[str, Any]:
    """A copy of a product, with what has become of it."""
    row = deepcopy(copy)
    for sku in row["skus"]:
        sku |= {"stock_num": product.stock.get(sku["sku_id"], 0), "status": product.status}
    return {"product_id": product.id, **row, "status": product.status, "edit_status": product.edit_status}


def listed(_desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """The ids of the shop's products, of one status or of all."""
    if refused := checked(asked, {"status": maybe(whole())}):
        return refused
    wanted = number(asked.get("status"), -1)
    found = [one.id for one in state.products.values() if (one.status == wanted if wanted >= 0 else one.status != DELETED)]
    part = page(found, asked, 30, 10)
    if isinstance(part, Answer):
        return part
    return telling(product_ids=list(part[0]), next_key=part[1], total_num=len(found))


def listing(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """Hand the draft in; one that was approved and not changed since goes on sale at once."""
    product = product_of(state, asked)
    if isinstance(product, Answer):
        return product
    if product.edit_status == IN_AUDIT:
        return Answer("10020008")
    if refused := review.problem(desk, state, product.draft):
        return refused

    def deed() -> Answer:
        if product.edit_status == PASSED:
            review.list_it(desk, state, product)
        else:
            review.submit(desk, state, product)
        return ok()

    return deed


def delisting(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """Take a product off sale."""
    product = product_of(state, asked)
    if isinstance(product, Answer):
        return product
    if product.status != LISTED:
        return MISSING

    def deed() -> Answer:
        product.status, product.updated = DELISTED, desk.now()
        events.listed(desk, state, product)
        return ok()

    return deed


def delete(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """Delete a product. Its orders stay."""
    product = product_of(state, asked)
    if isinstance(product, Answer):
        return product

    def deed() -> Answer:
        product.status, product.edit_status, product.updated = DELETED, EDITING, desk.now()
        state.window.pop(product.id, None)
        return ok()

    return deed


def audit_cancel(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """Take a draft back from its review."""
    product = product_of(state, asked)
    if isinstance(product, Answer):
        return product
    if product.edit_status != IN_AUDIT:
        return Answer("10020008")

    def deed() -> Answer:
        product.edit_status, product.updated = EDITING, desk.now()
        return ok()

    return deed


def audit_quota(desk: Desk, state: State, _asked: Payload) -> Answer | Deed:
    """How many reviews the shop may still ask for today."""
    total = desk.setting(NAME, "reviews_day")
    left = max(0, total - state.submitted[review.day(desk.now())])
    return telling(audit_quota={"block_status": int(left == 0), "avail_quota": left, "total_quota": total})


PLANS: Final[Mapping[str, Plan]] = {
    "channels.product_add": add,
    "channels.product_update": update,
    "channels.product_auditfree": auditfree,
    "channels.product_get": get,
    "channels.product_list": listed,
    "channels.product_listing": listing,
    "channels.product_delisting": delisting,
    "channels.product_delete": delete,
    "channels.product_audit_cancel": audit_cancel,
    "channels.product_audit_quota": audit_quota,
}
"""What can be asked about products."""
