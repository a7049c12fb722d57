"""A good request for each endpoint of the first three platforms: what is broken, limited or sent through another door elsewhere."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from typing import Any

from mocks.channels.orders import TO_RECEIVE
from mocks.channels.state import AfterSale, State
from mocks.http import Endpoint, Platform
from mocks.shopee.routes import PLATFORM as SHOPEE
from mocks.wechat.cards.card import Card
from mocks.wechat.routes import PLATFORM as WECHAT
from mocks.wecom.routes import PLATFORM as WECOM
from tests.mocks.channels_rig import Shop
from tests.mocks.good_cards import good_cards, stocked
from tests.mocks.rig import CARD, START, Rig

FIRST = (WECHAT, WECOM, SHOPEE)
NOW = START // 1000
TEXT = {"msgtype": "text", "text": {"content": "新订单"}}


@dataclass(frozen=True, slots=True)
class Held:
    """What a good request may need: a card whose codes were imported, and a code of it that somebody holds."""

    card: str
    code: str


def with_card(rig: Rig) -> Held:
    """Such a card, put into the world without a call that would be counted."""
    wechat, card = rig.main.wechat, deepcopy(_card())
    wechat.cards[card.id] = card
    stocked(wechat)
    _exchanged(rig.main.channels)
    return Held(card.id, rig.tell("wechat.card_received", card_id=card.id, openid=wechat.followers[0])["code"])


@cache
def _card() -> Card:
    made = Rig()
    card_id = made.new_card(sku={"quantity": 0}, use_custom_code=True, get_custom_code_mode="GET_CUSTOM_CODE_MODE_DEPOSIT")
    card = made.main.wechat.cards[card_id]
    made.close()
    card.codes.deposit(["c1", "c2", "c3", "c4"])
    card.restock(1)
    return card


def good(rig: Rig, held: Held) -> dict[str, tuple[dict[str, Any], Any]]:
    """Query and body for each path, without the token or signature."""
    wechat, wecom, shopee = rig.main.wechat, rig.main.wecom, rig.main.shopee
    secret = {"grant_type": "client_credential", "appid": wechat.appid, "secret": wechat.secret}
    window = {"time_range_field": "create_time", "time_from": NOW - 86_400, "time_to": NOW, "page_size": 5}
    card = {"card_id": held.card}
    code = {**card, "code": held.code}
    return {
        "/cgi-bin/token": (secret, None),
        "/cgi-bin/stable_token": ({}, secret),
        "/card/create": ({}, CARD),
        "/card/get": ({}, card),
        "/card/modifystock": ({}, {**card, "increase_stock_value": 1}),
        "/card/code/deposit": ({}, {**card, "code": ["a"]}),
        "/card/code/get": ({}, code),
        "/card/code/consume": ({}, code),
        **good_cards(wechat, held.card),
        **_in_the_shop(rig),
        "/cgi-bin/gettoken": ({"corpid": wecom.corpid, "corpsecret": wecom.secret}, None),
        "/cgi-bin/message/send": ({}, {"touser": "staff01", "agentid": wecom.agentid, **TEXT}),
        "/cgi-bin/webhook/send": ({"key": wecom.robot_key}, TEXT),
        "/cgi-bin/user/get": ({"userid": "staff01"}, None),
        "/api/v2/auth/token/get": ({}, {"code": shopee.code, "shop_id": shopee.shop_id, "partner_id": shopee.partner_id}),
        "/api/v2/auth/access_token/get": ({}, {"refresh_token": shopee.refresh_token, "shop_id": shopee.shop_id}),
        "/api/v2/order/get_order_list": (window, None),
        "/api/v2/order/get_order_detail": ({"order_sn_list": next(iter(shopee.orders))}, None),
        "/api/v2/push/set_app_push_config": ({}, {"callback_url": "http://127.0.0.1:9/push"}),
    }


def _exchanged(shop: State) -> None:
    """Two exchanges whose old goods are back."""
    order = next(one for one in shop.orders.values() if one.status == TO_RECEIVE)
    line, at = order.lines[0], (START, START, START)
    for number in ("1", "2"):
        sale = AfterSale(number, order, line, 1, 0, "EXCHANGE", "OTHERS", *at, status="MERCHANT_WAIT_RECEIPT")
        sale.wanted = line.sku_id
        shop.aftersales[number] = sale


def _in_the_shop(rig: Rig) -> dict[str, tuple[dict[str, Any], Any]]:
    """The same for some of the Channels shop's paths."""
    shop = Shop(rig)
    product_id, product = next(iter(shop.state.products.items()))
    order_id = next(reversed(shop.state.orders))
    week = {"create_time_range": {"start_time": NOW - 86_400, "end_time": NOW}}
    coupon = {
        "type": 102,
        "name": "满百减三",
        "discount_info": {"discount_fee": 300, "discount_condition": {"product_price": 10_000}},
        "receive_info": {"end_time": NOW + 86_400, "limit_num_one_person": 1, "total_num": 2},
        "valid_info": {"valid_type": 2, "valid_day_num": 2},
    }
    stock = {"product_id": product_id, "sku_id": next(iter(product.stock)), "diff_type": 1, "num": 1}
    last = shop.state.orders[order_id]
    bought = {"order_id": order_id, "product_id": last.lines[0].product_id, "sku_id": last.lines[0].sku_id}
    less = {"request_id": "d1", **bought, "amount": 1, "reason": "10001337"}
    parcel = {"after_sale_order_id": "1", "waybill_id": "SF2", "delivery_id": "SF"}
    return {
        "/channels/ec/aftersale/acceptexchangereship": ({}, parcel),
        "/channels/ec/aftersale/rejectexchangereship": ({}, {"after_sale_order_id": "2", "reject_reason_type": 2}),
        "/channels/ec/aftersale/refundpricediff": ({}, less),
        "/channels/ec/product/add": ({}, shop.product()),
        "/channels/ec/product/get": ({}, {"product_id": product_id, "data_type": 3}),
        "/channels/ec/product/stock/update": ({}, stock),
        "/channels/ec/window/product/get": ({}, {"product_id": product_id}),
        "/channels/ec/order/list/get": ({}, {**week, "page_size": 5}),
        "/channels/ec/order/search": ({}, {"search_condition": {"order_id": order_id}, "page_size": 5}),
        "/channels/ec/order/merchantnotes/update": ({}, {"order_id": order_id, "merchant_notes": "已联系"}),
        "/channels/ec/coupon/create": ({}, coupon),
    }


def entrance(rig: Rig, platform: Platform, endpoint: Endpoint) -> dict[str, Any]:
    """The part of a query that says who asks: a token that is good, or a signature. Asks for a token but once."""
    if platform is SHOPEE:
        return rig.signed(endpoint.path, parts=3 if endpoint.open else 5)
    if endpoint.open:
        return {}
    if platform is WECOM:
        return {"access_token": rig.main.wecom.token or rig.wecom_token()}
    current = rig.main.wechat.current
    return {"access_token": current.text if current else rig.wechat_token()}
