"""A new shop, as it is found: open, with its papers, addresses, freight templates and products on sale.

Law: all of it follows from the account's own numbers, so the same seed gives the same shop.
"""

from __future__ import annotations

from random import Random
from typing import Any, Final

import orjson

from mocks.channels.categories import CATEGORIES
from mocks.channels.state import Line, Order, Product, Shop, State
from mocks.wechat.state import State as Official

HOUR, DAY = 3_600_000, 86_400_000
SEEDED: Final = 6
"""Orders: one done, one on its way, the others ready to ship."""
GOODS: Final = (
    ("夏季碎花连衣裙 女款", "6091", 12_900),
    ("纯棉圆领T恤 男女同款", "6092", 5_900),
    ("每日坚果混合装 30包", "6101", 8_800),
    ("无线降噪蓝牙耳机", "6111", 29_900),
    ("手绘陶瓷马克杯 礼盒装", "6141", 3_900),
)
VOUCHER: Final = ("视频会员月卡 兑换码", "6151", 1_990)


def new(official: Official, now: int) -> State:
    """The shop of an official account's owner; it began 30 days ago."""
    shop = Shop(f"沙盒小店{official.appid[-4:]}", licence="91440101MA5SANDBOX", icp="粤ICP备2026000001号-1", opened=True)
    shop.bank = {"bank_account_type": "ACCOUNT_TYPE_BUSINESS", "account_bank": "工商银行", "account_number": "6222***0001"}
    shop.filed = {official.appid}
    state = State(official.account, official, shop)
    state.callback_token, state.aes_key = official.callback_token, official.aes_key
    rng, began = Random(f"{official.secret}/channels"), now - 30 * DAY
    address = {"name": "发货仓", "address_info": address_of(official.secret), "default_send": True, "default_recv": True}
    address_id = state.mint("address")
    state.addresses[address_id] = {"address_id": address_id, **address}
    template_id = state.mint("template")
    template = {"template_id": template_id, "name": "全国包邮", "valuation_type": "PIECE", "is_default": True}
    state.templates[template_id] = template
    for place, (title, category, price) in enumerate(GOODS):
        _stock_up(state, draft(state, title, category, price + rng.randrange(100)), began + place * 3_600_000, rng)
    voucher = draft(state, *VOUCHER)
    voucher |= {"deliver_method": 1, "voucher_info": {"mode": "auto", "shows": "code"}}
    _stock_up(state, voucher, began + DAY, rng)
    for number in range(SEEDED):
        _order(state, list(state.products)[number % len(GOODS)], now - (SEEDED - number) * 2 * HOUR, number)
    state.window = dict.fromkeys(list(state.products), began + DAY)
    return state


def draft(state: State, title: str, category: str, price: int) -> dict[str, Any]:
    """A good draft: what its category and its type want is there."""
    leaf = CATEGORIES[category]
    middle = CATEGORIES[leaf.parent]
    path = [{"cat_id": one} for one in (middle.parent, middle.id, leaf.id)]
    image = f"https://mmecimage.cn/p/{state.official.appid}/HJE9eJaEc5bJk-{category}"
    sku = {"sku_id": "", "sale_price": price, "market_price": price + 1_000, "stock_num": 500, "sku_code": f"S-{category}"}
    found = {
        "title": title,
        "head_imgs": [image],
        "desc_info": {"imgs": [image], "desc": ""},
        "cats": path,
        "cats_v2": path,
        "attrs": [{"attr_key": "产地", "attr_value": "中国大陆"}],
        "express_info": {"template_id": next(iter(state.templates)), "weight": 500},
        "skus": [{**sku, "thumb_img": image, "sku_attrs": [{"attr_key": "款式", "attr_value": "标准"}]}],
        "brand_id": "2100000000",
        "deliver_method": 0,
        "extra_service": {"seven_day_return": 1, "freight_insurance": 0},
        "after_sale_info": {"after_sale_address_id": int(next(iter(state.addresses)))},
        "min_price": price,
    }
    if leaf.certificate:
        found["product_qua_infos"] = [{"qua_id": leaf.certificate[0], "qua_url": [image]}]
    return found


def _stock_up(state: State, made: dict[str, Any], at: int, rng: Random) -> None:
    """A product that was reviewed long ago, and is on sale."""
    product = Product(state.mint("product"), made, at, at, status=5, edit_status=4, submissions=1)
    for sku in made["skus"]:
        sku["sku_id"] = state.mint("sku")
        product.stock[sku["sku_id"]] = rng.randrange(200, 800)
    product.online = orjson.loads(orjson.dumps(made))  # a copy: nine times as fast as deepcopy
    state.products[product.id] = product


def _order(state: State, product_id: str, at: int, number: int) -> None:
    """A paid order; the first is done, the second on its way."""
    shown = state.products[product_id].shown
    sku, follower = shown["skus"][0], state.official.followers[number]
    order_id, line = state.mint("order"), Line(product_id, sku["sku_id"], 1 + number % 2, sku["sale_price"], shown)
    order = Order(order_id, follower, [line], at, at, line.price * line.count, status=20, address=address_of(order_id))
    order.paid = at
    if number < 2:
        infos = [{"product_id": product_id, "sku_id": line.sku_id, "product_cnt": line.count}]
        waybill = {"delivery_id": "SF", "delivery_name": "顺丰速运", "waybill_id": f"SF{order_id[-12:]}", "deliver_type": 1}
        order.packages = [{**waybill, "delivery_time": (at + HOUR) // 1000, "product_infos": infos}]
        order.status, line.sent, order.shipped = 30, line.count, at + HOUR
    if number == 0:
        order.status, order.confirmed = 100, at + 2 * HOUR
    state.orders[order_id] = order


def address_of(name: str) -> dict[str, str]:
    """Where somebody lives: always the same for the same name."""
    rng = Random(f"{name}/address")
    return {
        "user_name": "陈李王赵周"[rng.randrange(5)] + ("先生", "女士")[rng.randrange(2)],
        "postal_code": "510000",
        "province_name": "广东省",
        "city_name": "广州市",
        "county_name": "海珠区",
        "detail_info": f"新港中路{rng.randrange(1, 500)}号",
        "national_code": "440105",
        "house_number": "",
        "tel_number": f"138{rng.randrange(10**8):08}",
    }
