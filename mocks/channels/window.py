"""The shop window: the product cards that a live room shows, and the links that lead to a product from elsewhere.

Law: plans. A card is told from what is held, with no search, since a live room asks for it all the time and waits two seconds (V11).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from mocks.channels.fields import Payload, checked, invalid, key, maybe, number, page, text, whole
from mocks.channels.plan import Deed, Plan, ok, telling
from mocks.channels.products import MISSING, product_of
from mocks.channels.review import LISTED
from mocks.channels.state import Product, State
from mocks.desk import Desk
from mocks.http import Answer


def add(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """Put a product that is on sale into the window."""
    product = product_of(state, asked)
    if isinstance(product, Answer):
        return product
    if product.status != LISTED:
        return MISSING

    def deed() -> Answer:
        state.window[product.id] = desk.now()
        return ok()

    return deed


def get(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """The live room's card of a product in the window: always what is online now."""
    product = product_of(state, asked)
    if isinstance(product, Answer):
        return product
    return MISSING if product.id not in state.window else telling(product=card(state, product, desk.now()))


def card(state: State, product: Product, now: int) -> dict[str, Any]:
    """What a live room shows of a product."""
    shown = product.shown
    flashes = (state.flash(product.id, one["sku_id"], now) for one in shown["skus"]) if state.flashes else ()
    prices = [shown["min_price"], *(one["sale_price"] for one in flashes if one and one["sale_stock"])]
    return {
        "product_id": product.id,
        "out_product_id": shown.get("out_product_id", ""),
        "title": shown["title"],
        "img_url": shown["head_imgs"][0],
        "third_category_id": (shown["cats_v2"] or shown["cats"])[-1]["cat_id"],
        "status": 1 if product.status == LISTED else 2,
        "market_price": max(one["market_price"] for one in shown["skus"]),
        "selling_price": min(prices),
        "stock": sum(product.stock.values()),
        "appid": state.official.appid,
        "product_limit_info": {"is_limited": False},
    }


def listed(_desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """The products in the window, the newest first."""
    part = page([*reversed(state.window)], asked, 200, 20)
    if isinstance(part, Answer):
        return part
    rows = [{"product_id": one, "appid": state.official.appid} for one in part[0]]
    return telling(products=rows, last_buffer=part[1], next_key=part[1], total_num=len(state.window))


def off(_desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """Take a product out of the window."""
    product_id = key(asked.get("product_id"))
    if product_id not in state.window:
        return MISSING

    def deed() -> Answer:
        del state.window[product_id]
        return ok()

    return deed


def _link(make: Callable[[State, Product], dict[str, Any]]) -> Plan:
    """The plan of a link to a product that is or was on sale."""

    def planned(_desk: Desk, state: State, asked: Payload) -> Answer | Deed:
        product = product_of(state, asked)
        if isinstance(product, Answer):
            return product
        return MISSING if product.online is None else telling(**make(state, product))

    return planned


def _h5(state: State, product: Product) -> dict[str, Any]:
    return {"product_h5url": f"https://store.weixin.qq.com/shop/a/{state.official.appid}/{product.id}"}


def _qrcode(state: State, product: Product) -> dict[str, Any]:
    return {"product_qrcode": f"https://store.mp.video.tencent-cloud.com/qr/{state.official.appid}/{product.id}.png"}


def _taglink(_state: State, product: Product) -> dict[str, Any]:
    return {"product_taglink": f"#微信小店://{product.shown['title'][:10]}/{product.id}"}


def scheme(_desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """A link from a mini-program to a product; the mini-program must be filed (V13)."""
    product = product_of(state, asked)
    if isinstance(product, Answer):
        return product
    if refused := checked(asked, {"from_appid": text(64), "expire": maybe(whole(1, 30 * 86_400))}):
        return refused
    if product.online is None:
        return MISSING
    if asked["from_appid"] not in state.shop.filed:
        return invalid("from_appid", "a mini-program that is filed and bound to the shop")
    ends = number(asked.get("expire"), 86_400)
    return telling(openlink=f"weixin://dl/business/?t={product.id}{ends}")


PLANS: Final[Mapping[str, Plan]] = {
    "channels.window_add": add,
    "channels.live_card": get,
    "channels.window_list": listed,
    "channels.window_off": off,
    "channels.product_h5url": _link(_h5),
    "channels.product_qrcode": _link(_qrcode),
    "channels.product_taglink": _link(_taglink),
    "channels.product_scheme": scheme,
}
"""What can be asked about the window and about links."""
