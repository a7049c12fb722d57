"""A good request for each endpoint of gift cards, invoices, packages and stores, and an account in which they all are good.

The account's state is put there without a call that would be counted; `ONCE` are those that are good but once.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from mocks.wechat.cards.card import VERIFY_OK, Card
from mocks.wechat.cards.concealing import conceal
from mocks.wechat.giftcards.state import Gift, Order
from mocks.wechat.invoices import state as invoicing
from mocks.wechat.invoices.authorising import platform_of
from mocks.wechat.office import Ticket
from mocks.wechat.state import State
from tests.mocks.rig import CARD, START

NOW = START // 1000
PICTURE = "http://mmbiz.qpic.cn/logo.png"
WXA = "wx0123456789abcdef"
FAN = "o-buyer"
GIFT_CARD = {
    "sub_card_type": "GIFT_CARD",
    "base_info": {**CARD["card"]["cash"]["base_info"], "giftcard_info": {"price": 9_900}},
}
PDF = b"%PDF-1.7 invoice"


def page(*card_ids: str, **more: Any) -> dict[str, Any]:
    """What a page says that sells these gift cards."""
    theme = {
        "theme_pic_url": PICTURE,
        "title": "生日",
        "title_color": "#FB966E",
        "item_list": [{"card_id": one, "title": "拿铁"} for one in card_ids],
        "pic_item_list": [{"background_pic_url": PICTURE, "default_gifting_msg": "生日快乐"}],
    }
    return {"page_title": "礼品卡", "banner_pic_url": PICTURE, "support_multi": True, "theme_list": [theme], **more}


def package(cash: str, **more: Any) -> dict[str, Any]:
    """A package of cards after a payment, which runs for a day."""
    basic = {"activity_bg_color": "Color010", "activity_tinyappid": WXA, "mch_code": "1900000001"}
    basic |= {"begin_time": NOW, "end_time": NOW + 86_400, "gift_num": 6}
    basic |= {"max_partic_times_act": 2, "max_partic_times_one_day": 1, **more}
    cards = [{"card_id": cash, "min_amt": 200}]
    return {"info": {"basic_info": basic, "card_info_list": cards, "custom_info": {"type": "AFTER_PAY_PACKAGE"}}}


def data(**more: Any) -> dict[str, Any]:
    """What an invoice says."""
    money = {"fee": 11_300, "fee_without_tax": 10_000, "tax": 1_300}
    numbers = {"billing_no": "12345678", "billing_code": "044001900111", "check_code": "0123", "billing_time": NOW}
    lines = [{"name": "牙膏", "num": 3, "unit": "个", "price": 10_000}]
    return {"title": "样例公司", **money, **numbers, "info": lines, "s_pdf_media_id": "1", **more}


def made_out(order_id: str, number: str) -> dict[str, Any]:
    """A request to WeChat's own invoicing platform."""
    whose = {"wxopenid": FAN, "ddh": order_id, "fpqqlsh": number, "ghfmc": "周一", "kpr": "小明"}
    payer = {"nsrsbh": "110109500321654", "nsrmc": "百旺", "nsrdz": "深圳", "nsrdh": "0755"}
    sums = {"jshj": "159.0", "hjje": "135.9", "hjse": "23.1", "hylx": "0"}
    lines = [{"xmmc": "洗衣机", "dw": "台", "xmdj": "135.9"}]
    return {**whose, **payer, **sums, "invoicedetail_list": lines}


def stocked(state: State) -> None:
    """Put everything there: a page, an order of gift cards, orders of every state, an invoice in a wallet."""
    card = Card("GENERAL_CARD", deepcopy(GIFT_CARD), 9, False, False, 50, id="p-gift", serial=9_999, status=VERIFY_OK)
    state.cards[card.id] = card
    state.gifts.pages["page"] = page("p-gift")
    state.gifts.applied.add(WXA)
    state.gifts.bound[WXA] = "1900000001"
    gift = Gift(card, card.take(FAN, START), 9_900, PICTURE, "")
    state.gifts.orders["order"] = Order("order", "page", "4001", NOW, FAN, [gift])
    state.shelf.shown_at["7"] = "p-gift"
    state.office.tickets.append(Ticket("wx_card", "ticket", START + 10**9))
    _invoiced(state, state.invoices)


def _invoiced(state: State, held: invoicing.Invoices) -> None:
    held.attributes["contact"] = {"phone": "0755", "time_out": 60}
    for order_id in ("granted", "unwanted", "made"):
        held.orders[order_id] = invoicing.Order(platform_of(state), "app", 0, invoicing.AUTHORISED, FAN, NOW)
    held.templates["p-invoice"] = {"payee": "收款方", "type": "普通发票", "base_info": {}}
    held.pdfs["1"] = invoicing.Pdf(START + 10**9)
    for code in ("100000000001", "100000000002", "100000000003"):
        said = data(billing_no=code[-8:])
        held.invoices[code] = invoicing.Invoice("p-invoice", code, FAN, code, said)
    held.orders["red"] = invoicing.Order(platform_of(state), "app", 0, invoicing.INSERTED, FAN, NOW)
    held.makings["n1"] = invoicing.Making("n1", "red", "110109500321654", {"fpqqlsh": "n1"})
    said = data(billing_code="044", billing_no="77")
    held.invoices["100000000004"] = invoicing.Invoice("p-invoice", "100000000004", FAN, "red", said)
    held.titles[FAN] = {"title": "样例公司"}
    held.scans["scan"] = invoicing.Scan(FAN, START + 10**9)


def good_cards(state: State, cash: str) -> dict[str, tuple[dict[str, Any], Any]]:
    """Query and body for each path, without the token; `cash` is the id of a card for cash."""
    orders = {"begin_time": NOW - 60, "end_time": NOW + 60, "sort_type": "ASC", "offset": 0, "count": 2}
    return {
        "/card/storewxa/set": ({}, {"poi_id": "7", "card_id": "p-gift"}),
        "/card/storewxa/get": ({}, {"poi_id": "7"}),
        "/card/mkt/activity/create": ({}, package(cash)),
        "/card/giftcard/page/add": ({}, {"page": page("p-gift")}),
        "/card/giftcard/page/get": ({}, {"page_id": "page"}),
        "/card/giftcard/page/update": ({}, {"page": {"page_id": "page", "page_title": "新"}}),
        "/card/giftcard/page/batchget": ({}, {}),
        "/card/giftcard/maintain/set": ({}, {"page_id": "page", "maintain": True}),
        "/card/giftcard/pay/whitelist/add": ({}, {"wxa_appid": WXA}),
        "/card/giftcard/pay/submch/bind": ({}, {"wxa_appid": WXA, "sub_mch_id": "1900000001"}),
        "/card/giftcard/wxa/set": ({}, {"wxa_appid": WXA, "page_id": "page"}),
        "/card/giftcard/order/get": ({}, {"order_id": "order"}),
        "/card/giftcard/order/batchget": ({}, orders),
        "/card/giftcard/order/refund": ({}, {"order_id": "order"}),
        **_of_invoices(state),
    }


def _of_invoices(state: State) -> dict[str, tuple[dict[str, Any], Any]]:
    ours = {"s_pappid": platform_of(state)}
    wish = {"order_id": "wish", "money": 11_300, "timestamp": NOW, "source": "app", "type": 0, "ticket": "ticket"}
    first, second = ({"card_id": "p-invoice", "encrypt_code": conceal(state, f"10000000000{one}")} for one in (1, 2))
    whole = {"nonce_str": "n", "user_card": {"invoice_user_data": data(billing_no="9")}}
    template = {"base_info": {"logo_url": PICTURE, "title": "公司"}, "type": "普通发票", "payee": "收款方"}
    field = {"user_field": {"show_title": 1, "require_title": 1, "custom_field": [{"key": "单号"}]}}
    red = {"wxopenid": FAN, "fpqqlsh": "n2", "nsrsbh": "110109500321654", "nsrmc": "百旺", "yfpdm": "044", "yfphm": "77"}
    locked = {"reimburse_status": invoicing.LOCK}
    cancelled = {"card_id": "p-invoice", "code": "100000000003", "reimburse_status": invoicing.CANCEL}
    rows: dict[str, tuple[dict[str, Any], Any]] = {
        "setbizattr": ({"action": "set_auth_field"}, {"auth_field": field}),
        "getauthurl": ({}, {**ours, **wish}),
        "getauthdata": ({}, {**ours, "order_id": "granted"}),
        "rejectinsert": ({}, {**ours, "order_id": "unwanted", "reason": "已退货", "url": None}),
        "seturl": ({}, {}),
        "platform/createcard": ({}, {"invoice_info": template}),
        "platform/getpdf": ({"action": "get_url"}, {"s_media_id": "1"}),
        "platform/updatestatus": ({}, cancelled),
        "insert": ({}, {"order_id": "granted", "card_id": "p-invoice", "appid": state.appid, "card_ext": whole}),
        "reimburse/getinvoiceinfo": ({}, first),
        "reimburse/getinvoicebatch": ({}, {"item_list": [first, second]}),
        "reimburse/updateinvoicestatus": ({}, {**first, **locked}),
        "reimburse/updatestatusbatch": ({}, {"openid": FAN, **locked, "invoice_list": [first, second]}),
        "biz/getusertitleurl": ({}, {"user_fill": 0, "title": "样例公司", "tax_no": "91"}),
        "biz/getselecttitleurl": ({}, {"attach": "table 3"}),
        "scantitle": ({}, {"scan_text": "scan"}),
        "makeoutinvoice": ({}, {"invoiceinfo": made_out("made", "n3")}),
        "clearoutinvoice": ({}, {"invoiceinfo": red}),
        "queryinvoceinfo": ({}, {"fpqqlsh": "n1", "nsrsbh": "110109500321654"}),
    }
    return {f"/card/invoice/{path}": row for path, row in rows.items()}


ONCE = {
    "/card/giftcard/order/refund": 72013,
    "/card/invoice/rejectinsert": 72035,
    "/card/invoice/insert": 72056,
    "/card/invoice/platform/updatestatus": 72060,
    "/card/invoice/reimburse/updateinvoicestatus": 72024,
    "/card/invoice/reimburse/updatestatusbatch": 72024,
    "/card/invoice/makeoutinvoice": 73107,
    "/card/invoice/clearoutinvoice": 73106,
    "/channels/ec/aftersale/acceptexchangereship": 10020001,
    "/channels/ec/aftersale/rejectexchangereship": 10020001,
    "/channels/ec/aftersale/refundpricediff": 10021089,
}
"""Requests that are good but once, and what is said the next time."""
