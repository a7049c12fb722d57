"""Transactions: asked for, looked at, closed, reversed; direct and for a sub-merchant.

Law: plain functions from a call to an answer. What can be refused without asking the gate is refused first; the same request
twice is one order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mocks.desk import Desk
from mocks.http import Answer
from mocks.wechat_pay import buyers, notices, views
from mocks.wechat_pay.fields import (
    ABSENT,
    NAME,
    TRADE_NO,
    Action,
    Field,
    Payload,
    check,
    digest,
    fault,
    stranger,
    text_of,
    time_of,
    value_at,
)
from mocks.wechat_pay.state import Order, State, moment
from mocks.wechat_pay.trade import barred
from sandbox.policy import Call

OK = Answer("0")

NOTIFY = Field("/notify_url", "通知地址", most=256)
EXPIRE = Field("/time_expire", "交易结束时间", most=64, optional=True)
AMOUNT = (
    Field("/amount", "订单金额信息", "object"),
    Field("/amount/total", "总金额", "whole", most=(1 << 31) - 1),
    Field("/amount/currency", "货币类型", least=0, most=16, optional=True),
)
GOODS = (
    Field("/description", "商品描述", most=127),
    TRADE_NO,
    Field("/attach", "附加数据", least=0, most=128, optional=True),
    Field("/goods_tag", "订单优惠标记", least=0, most=32, optional=True),
    EXPIRE,
    *AMOUNT,
    Field("/settle_info/profit_sharing", "是否指定分账", "flag", optional=True),
    Field("/support_fapiao", "电子发票入口开放标识", "flag", optional=True),
    Field("/detail", "优惠功能", "object", optional=True),
    Field("/detail/cost_price", "订单原价", "whole", optional=True),
    Field("/detail/invoice_id", "商品小票ID", least=0, most=32, optional=True),
    Field("/detail/goods_detail", "单品列表", "list", most=6000, optional=True),
    Field("/scene_info", "场景信息", "object", optional=True),
    Field("/scene_info/device_id", "商户端设备号", least=0, most=32, optional=True),
    Field("/scene_info/store_info", "商户门店信息", "object", optional=True),
)
DIRECT = (Field("/appid", "公众号ID", most=32), Field("/mchid", "直连商户号", most=32))
PARTNER = (
    Field("/sp_appid", "服务商应用ID", most=32),
    Field("/sp_mchid", "服务商户号", most=32),
    Field("/sub_mchid", "子商户号", most=32),
    Field("/sub_appid", "子商户应用ID", least=0, most=32, optional=True),
)
CLIENT_IP = Field("/scene_info/payer_client_ip", "用户终端IP", most=45)
H5_TYPE = Field("/scene_info/h5_info/type", "场景类型", most=32)
AUTH_CODE = Field("/payer/auth_code", "付款码", least=18, most=32)


@dataclass(frozen=True, slots=True)
class Way:
    """A way to pay: its trade type, what its request must hold beside what all must, and what it answers."""

    trade_type: str
    fields: Sequence[Field]
    answer: Callable[[Desk, State, Order], Mapping[str, Any]]
    partner: bool = False


def place(way: Way) -> Action:
    """The action that asks for a payment in one way."""

    def act(desk: Desk, state: State, call: Call) -> Answer:
        asked = call.payload
        if bad := check(desk, way.fields, asked) or _inconsistent(desk, state, asked, way):
            return bad
        order = state.orders.get(text_of(asked, "/out_trade_no"))
        refused = barred(desk, state, way.trade_type) or _taken(order, asked, way) or desk.ask(call)
        if refused:
            return refused
        order = order or _new(desk, state, asked, way)
        prepay(desk, state, order)
        return Answer("0", way.answer(desk, state, order))

    return act


ROW = (
    Field("/merchant_goods_id", "商户侧商品编码", most=32),
    Field("/goods_name", "商品名称", least=0, most=256, optional=True),
    Field("/quantity", "商品数量", "whole"),
    Field("/unit_price", "商品单价", "whole", least=0),
)
"""One row of an order's goods."""


def _bad_goods(desk: Desk, asked: Payload) -> Answer | None:
    rows = value_at(asked, "/detail/goods_detail")
    if rows is ABSENT:
        return None
    found = (check(desk, ROW, one if isinstance(one, Mapping) else {}) for one in rows)
    return next((bad for bad in found if bad), None)


def _inconsistent(desk: Desk, state: State, asked: Payload, way: Way) -> Answer | None:
    """What a table of fields cannot say: numbers that belong to nobody, an address with a query, a time that is past."""
    head = "/sp_" if way.partner else "/"
    if strange := not_ours(desk, state, asked, f"{head}mchid", f"{head}appid"):
        return strange
    if way.partner and text_of(asked, "/sub_mchid") != state.sub_mchid:
        return Answer("MCH_NOT_EXISTS")
    if bad := bad_address(desk, asked) or _bad_goods(desk, asked):
        return bad
    if text_of(asked, "/amount/currency") not in ("", "CNY"):
        return fault(desk, AMOUNT[2], text_of(asked, "/amount/currency"), "currency")
    if way.trade_type == "JSAPI" and (bad := _wrong_payer(desk, state, asked, partner=way.partner)):
        return bad
    return bad_expiry(desk, asked)


def not_ours(desk: Desk, state: State, asked: Payload, mchid: str, appid: str = "") -> Answer | None:
    """Refuse another merchant's number, or an application that is not bound to this one."""
    if text_of(asked, mchid) != state.mchid:
        return Answer("PARAM_ERROR", text=desk.setting(NAME, "text_mchid_differs"))
    if appid and text_of(asked, appid) != state.appid:
        return Answer("APPID_MCHID_NOT_MATCH")
    return None


def bad_address(desk: Desk, asked: Payload) -> Answer | None:
    """Refuse a `notify_url` that is no plain URL."""
    url = text_of(asked, "/notify_url")
    schemes = tuple(f"{one}://" for one in desk.setting(NAME, "notify_schemes").split())
    return fault(desk, NOTIFY, url, "url") if url and (not url.startswith(schemes) or "?" in url) else None


def bad_expiry(desk: Desk, asked: Payload) -> Answer | None:
    """Refuse a `time_expire` that is no time, or past."""
    text = text_of(asked, "/time_expire")
    if not text:
        return None
    until = time_of(text)
    return fault(desk, EXPIRE, text, "time") if until is None or until <= desk.now() else None


def _wrong_payer(desk: Desk, state: State, asked: Payload, *, partner: bool) -> Answer | None:
    names = ("sp_openid", "sub_openid") if partner else ("openid",)
    given = [text_of(asked, f"/payer/{name}") for name in names]
    if not any(given):
        return check(desk, (Field(f"/payer/{names[0]}", "用户标识", most=128),), asked)
    return Answer("PARAM_ERROR", text=desk.setting(NAME, "text_openid")) if stranger(desk, state, given[0]) else None


def _taken(order: Order | None, asked: Payload, way: Way) -> Answer | None:
    if order is None:
        return None
    if order.state == "CLOSED":
        return Answer("ORDER_CLOSED")
    same = order.state in buyers.UNPAID and order.asked == digest(asked, way.trade_type)
    return None if same else Answer("OUT_TRADE_NO_USED")


def _new(desk: Desk, state: State, asked: Payload, way: Way) -> Order:
    order = Order(
        out_trade_no=text_of(asked, "/out_trade_no"),
        trade_type=way.trade_type,
        total=value_at(asked, "/amount/total"),
        created=desk.now(),
        appid=state.appid,
        asked=digest(asked, way.trade_type),
        description=text_of(asked, "/description"),
        attach=text_of(asked, "/attach"),
        goods_tag=text_of(asked, "/goods_tag"),
        notify_url=text_of(asked, "/notify_url"),
        expires=time_of(text_of(asked, "/time_expire")) or 0,
        device_id=text_of(asked, "/scene_info/device_id"),
        party=state.sub_mchid if way.partner else "",
        sub_appid=text_of(asked, "/sub_appid") if way.partner else "",
        sharing=value_at(asked, "/settle_info/profit_sharing") is True,
    )
    keep(desk, state, order)
    return order


def keep(desk: Desk, state: State, order: Order) -> None:
    """A new order: remembered, and perhaps paid by a simulated buyer before long."""
    state.orders[order.out_trade_no] = order
    notices.noted(desk, state, order, "asked")
    buyers.decide(desk, state, order)


def prepay(desk: Desk, state: State, order: Order) -> None:
    """A session in which a buyer can pay; a new one when the last has ended."""
    now = desk.now()
    if now < order.prepay_until:
        return
    drawn = state.derived(f"prepay/{state.ordinal('prepay')}")
    order.prepay_id = f"wx{moment(now):%d%H%M%S}{now % 1000:03}{drawn[:19]}0000"
    order.prepay_until = now + desk.setting(NAME, "h5_life" if order.trade_type == "MWEB" else "prepay_life")


def _prepay_id(_desk: Desk, _state: State, order: Order) -> dict[str, Any]:
    return {"prepay_id": order.prepay_id}


def _code_url(desk: Desk, state: State, order: Order) -> dict[str, Any]:
    return {"code_url": desk.setting(NAME, "code_url") + state.derived(order.prepay_id)[:7] + "zz"}


def _h5_url(desk: Desk, state: State, order: Order) -> dict[str, Any]:
    package = int(state.derived(order.prepay_id)[:8], 16)
    return {"h5_url": f"{desk.setting(NAME, 'h5_url')}?prepay_id={order.prepay_id}&package={package}"}


WAYS = {
    "jsapi": Way("JSAPI", (*DIRECT, *GOODS, NOTIFY), _prepay_id),
    "app": Way("APP", (*DIRECT, *GOODS, NOTIFY), _prepay_id),
    "native": Way("NATIVE", (*DIRECT, *GOODS, NOTIFY), _code_url),
    "h5": Way("MWEB", (*DIRECT, *GOODS, NOTIFY, CLIENT_IP, H5_TYPE), _h5_url),
}
"""The ways to pay of a direct merchant, by the last word of their path."""

PARTNER_WAYS = {
    name: replace(way, fields=(*PARTNER, *(one for one in way.fields if one not in DIRECT)), partner=True)
    for name, way in WAYS.items()
}
"""The same, asked for by a service provider for a sub-merchant."""


SCANS = {
    partner: Way("MICROPAY", (*head, *(one for one in GOODS if one is not EXPIRE), AUTH_CODE), _prepay_id, partner)
    for partner, head in ((False, DIRECT), (True, PARTNER))
}
"""The cashier's way, of a direct merchant and of a service provider."""


def codepay(*, partner: bool) -> Action:
    """The action of a cashier who scans the buyer's code: paid at once, or the buyer must first give a password."""
    way = SCANS[partner]

    def act(desk: Desk, state: State, call: Call) -> Answer:
        asked = call.payload
        if bad := check(desk, way.fields, asked) or _inconsistent(desk, state, asked, way):
            return bad
        known = state.orders.get(text_of(asked, "/out_trade_no"))
        code = text_of(asked, "/payer/auth_code")
        if not (code.isascii() and code.isdigit() and 10 <= int(code[:2]) <= 15):
            return fault(desk, AUTH_CODE, code, "shape")
        taken = Answer("OUT_TRADE_NO_USED") if known else None
        return barred(desk, state, "MICROPAY") or taken or desk.ask(call) or _scanned(desk, state, asked, way)

    return act


def _scanned(desk: Desk, state: State, asked: Payload, way: Way) -> Answer:
    order, code = _new(desk, state, asked, way), text_of(asked, "/payer/auth_code")
    prepay(desk, state, order)
    if order.total > desk.setting(NAME, "password_above"):
        order.state = "USERPAYING"
        return Answer("USERPAYING")
    buyers.settle(desk, state, order, state.openids[int(code[-4:]) % len(state.openids)])
    return Answer("0", views.transaction(state, order, desk.now()))
