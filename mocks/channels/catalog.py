"""What a product may look like: the fields that the shop knows, and the error that each mistake gets.

Law: pure. A body becomes a draft or a refusal. Fields that nobody knows are ignored, as at the vendor, but named for the journal:
a field mapped wrongly is a known fault of product syncs (V10).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from mocks.channels.categories import Category, leaf_of
from mocks.channels.fields import (
    PRICIEST,
    Payload,
    checked,
    each,
    having,
    ident,
    invalid,
    key,
    mapping,
    maybe,
    number,
    one_of,
    text,
    whole,
)
from mocks.http import Answer

NO_BRAND: Final = "2100000000"
IMAGES: Final = ("https://mmecimage.cn/p/", "http://mmecimage.cn/p/")
EXPRESS, BY_PHONE, BY_ACCOUNT = 0, 1, 3
"""Ways of delivery: by courier; nothing is sent, known by telephone number, or by an account."""

_ATTRIBUTES = each(having({"attr_key": text(), "attr_value": text()}), 200)
_CATS = each(having({"cat_id": ident}), 10)
_SKU: Final = {
    "sku_id": maybe(ident),
    "out_sku_id": maybe(text(least=0)),
    "thumb_img": maybe(text(least=0)),
    "sale_price": whole(),
    "market_price": maybe(whole()),
    "stock_num": maybe(whole(0, 10**8)),
    "sku_code": maybe(text(least=0)),
    "sku_attrs": maybe(_ATTRIBUTES),
    "sku_deliver_info": maybe(mapping),
}
KINDS: Final = {
    "title": maybe(text(least=0)),
    "short_title": maybe(text(least=0)),
    "sub_title": maybe(text(least=0)),
    "head_imgs": maybe(each(text(), 100)),
    "desc_info": maybe(having({"imgs": maybe(each(text(), 200)), "desc": maybe(text(20_000, 0))})),
    "deliver_method": maybe(one_of(EXPRESS, BY_PHONE, BY_ACCOUNT)),
    "deliver_acct_type": maybe(each(whole(), 20)),
    "cats": maybe(_CATS),
    "cats_v2": maybe(_CATS),
    "attrs": maybe(_ATTRIBUTES),
    "express_info": maybe(having({"template_id": maybe(ident), "weight": maybe(whole())})),
    "skus": maybe(each(mapping, 10_000)),
    "spu_code": maybe(text(100, 0)),
    "out_product_id": maybe(text(least=0)),
    "brand_id": maybe(whole()),
    "qualifications": maybe(each(text(), 100)),
    "product_qua_infos": maybe(each(having({"qua_id": whole(), "qua_url": each(text(), 10, 1)}), 20)),
    "extra_service": maybe(mapping),
    "limited_info": maybe(having({"period_type": maybe(whole()), "limited_buy_num": maybe(whole())})),
    "after_sale_info": maybe(having({"after_sale_address_id": maybe(whole())})),
    "size_chart": maybe(mapping),
    "voucher_info": maybe(having({"mode": text(20), "shows": text(20)})),
    "service_info": maybe(having({"period": text(100), "booking": text(100)})),
}
"""The fields of a product. The last two are ours: the vendor's page does not show how it asks for what M10 wants."""

ENVELOPE: Final = ("product_id", "listing", "access_token")


def unknown_fields(body: Payload) -> list[str]:
    """What is in a body, or in its skus, that the shop does not read."""
    inside = [f"skus.{name}" for sku in body.get("skus") or () for name in sku if name not in (*_SKU, "is_delete")]
    return sorted({*(name for name in body if name not in KINDS and name not in ENVELOPE), *inside})[:50]


def draft_of(body: Payload) -> dict[str, Any] | Answer:
    """The draft that a body describes, its skus without ids where they are new; or what is wrong with it."""
    if refused := checked(body, KINDS) or _skus_invalid(body):
        return refused
    code = next((code for code, wrong in CHECKS if wrong(body)), None)
    if code:
        return Answer(code)
    draft = {name: body[name] for name in KINDS if body.get(name) is not None}
    draft["brand_id"] = str(body.get("brand_id") or NO_BRAND)
    draft["deliver_method"] = number(body.get("deliver_method"), EXPRESS)
    for cats in ("cats", "cats_v2"):
        draft[cats] = [{"cat_id": key(one["cat_id"])} for one in body.get(cats) or ()]
    draft["skus"] = [_sku(one) for one in body["skus"]]
    draft["min_price"] = min(one["sale_price"] for one in draft["skus"])
    return draft


def _skus_invalid(body: Payload) -> Answer | None:
    found = (checked(one, _SKU, f"skus[{index}].") for index, one in enumerate(body.get("skus") or ()))
    return next((one for one in found if one), None)


def _sku(one: Payload) -> dict[str, Any]:
    kept = {name: one[name] for name in _SKU if one.get(name) is not None}
    kept |= {"sku_id": key(one.get("sku_id")), "sale_price": number(one["sale_price"])}
    return {**kept, "market_price": number(one.get("market_price"), 0), "stock_num": number(one.get("stock_num"), 0)}


def leaf(draft: Payload) -> Category | None:
    """The category of a product; `cats_v2` goes before `cats`."""
    path = draft.get("cats_v2") or draft.get("cats") or []
    return leaf_of([key(one["cat_id"]) for one in path])


def _three_levels(body: Payload) -> bool:
    return not body.get("cats_v2") and len(body.get("cats") or ()) != 3


def _details(body: Payload) -> dict[str, Any]:
    return body.get("desc_info") or {}


def _pictures(body: Payload) -> Iterator[str]:
    """Every picture that a product shows."""
    yield from body.get("head_imgs") or ()
    yield from _details(body).get("imgs") or ()
    yield from (one["thumb_img"] for one in body.get("skus") or () if one.get("thumb_img"))


def _any_sku(wrong: Callable[[Any], bool]) -> Callable[[Payload], bool]:
    return lambda body: any(wrong(one) for one in body["skus"])


def _too_dear(sku: Payload) -> bool:
    return 0 < number(sku.get("market_price"), 0) < number(sku["sale_price"])


def _values_of_one_key(body: Payload) -> bool:
    values: dict[str, set[str]] = {}
    for sku in body["skus"]:
        for one in sku.get("sku_attrs") or ():
            values.setdefault(one["attr_key"], set()).add(one["attr_value"])
    return any(len(found) > 100 for found in values.values())


def _attribute(name: str, most: int) -> Callable[[Any], bool]:
    return lambda sku: any(len(one[name]) > most for one in sku.get("sku_attrs") or ())


CHECKS: Final[tuple[tuple[str, Callable[[Payload], bool]], ...]] = (
    ("10020020", lambda body: not (body.get("title") or "").strip()),
    ("10020021", lambda body: len(body["title"]) > 60),
    ("10020042", lambda body: len(body["title"].strip()) < 5),
    ("10020045", lambda body: body["title"].isascii() and body["title"].replace(" ", "").isalnum()),
    ("10020024", lambda body: any(len(body.get(name) or "") > 100 for name in ("short_title", "sub_title"))),
    ("10020022", lambda body: not body.get("head_imgs")),
    ("10020023", lambda body: len(body["head_imgs"]) > 9),
    ("10020025", lambda body: len(_details(body).get("imgs") or ()) > 50),
    ("10020026", lambda body: len(_details(body).get("desc") or "") > 5000),
    ("10020035", lambda body: not all(one.startswith(IMAGES) for one in _pictures(body))),
    ("10020011", _three_levels),
    ("10020017", lambda body: leaf(body) is None),
    ("10020027", lambda body: len(body.get("qualifications") or ()) > 5),
    ("10020036", lambda body: len(body.get("out_product_id") or "") > 128),
    ("10020038", lambda body: not body.get("skus")),
    ("10020013", lambda body: len(body["skus"]) > 500),
    ("10020039", _any_sku(lambda sku: number(sku["sale_price"]) == 0)),
    ("10020028", _any_sku(lambda sku: number(sku["sale_price"]) > PRICIEST)),
    ("10020040", _any_sku(_too_dear)),
    ("10020029", _any_sku(lambda sku: len(sku.get("sku_code") or "") > 100)),
    ("10020037", _any_sku(lambda sku: len(sku.get("out_sku_id") or "") > 128)),
    ("10020031", _values_of_one_key),
    ("10020032", _any_sku(_attribute("attr_key", 40))),
    ("10020033", _any_sku(_attribute("attr_value", 40))),
)
"""What can be wrong with a product, in the order in which it is looked for. Each may rely on those before it."""


def texts(draft: Mapping[str, Any]) -> list[str]:
    """Every text that buyers would read."""
    words = [draft.get(name) or "" for name in ("title", "short_title", "sub_title")]
    words.append(_details(draft).get("desc") or "")
    words += [one["attr_value"] for one in draft.get("attrs") or ()]
    return [*words, *(one["attr_value"] for sku in draft["skus"] for one in sku.get("sku_attrs") or ())]


def type_problem(draft: Mapping[str, Any], templates: Mapping[str, Any], addresses: Mapping[str, Any]) -> Answer | None:
    """What a product of its type still lacks (M10).

    Goods that travel: a freight template, an address for returns and the choice of seven days. Virtual ones: automatic delivery
    or redemption by hand, showing a code or a link and nothing else. Services: a period and how to book.
    """
    category = leaf(draft)
    if category and category.kind == "service":
        return None if draft.get("service_info") else invalid("service_info", "a service period and how to book")
    if draft["deliver_method"] != EXPRESS:
        return _voucher_problem(draft, category)
    if category and category.virtual:
        return Answer("10020091")
    if key((draft.get("express_info") or {}).get("template_id")) not in templates:
        return Answer("10020019")
    if key((draft.get("after_sale_info") or {}).get("after_sale_address_id")) not in addresses:
        return invalid("after_sale_info.after_sale_address_id", "an address of the shop")
    return None if "seven_day_return" in (draft.get("extra_service") or {}) else invalid("extra_service.seven_day_return")


def _voucher_problem(draft: Mapping[str, Any], category: Category | None) -> Answer | None:
    if not (category and category.virtual):
        return Answer("10020091")
    if draft["deliver_method"] == BY_ACCOUNT and not draft.get("deliver_acct_type"):
        return invalid("deliver_acct_type", "at least one kind of account")
    voucher = draft.get("voucher_info") or {}
    if voucher.get("mode") not in ("auto", "manual"):
        return invalid("voucher_info.mode", "auto or manual")
    return None if voucher.get("shows") in ("code", "link") else invalid("voucher_info.shows", "code or link")
