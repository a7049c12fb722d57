"""Combined orders: up to fifty orders paid at once, each of them an order like any other afterwards.

Law: all parts come to be, or none; the same request twice is one combined order.
"""

from __future__ import annotations

from collections.abc import Mapping

from mocks.desk import Desk
from mocks.http import Answer
from mocks.wechat_pay import buyers, notices, orders, views
from mocks.wechat_pay.fields import (
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
from mocks.wechat_pay.lookups import OK, unclosable
from mocks.wechat_pay.state import Order, State
from mocks.wechat_pay.trade import barred
from sandbox.policy import Call

NUMBER = Field("/combine_out_trade_no", "合单商户订单号", least=6, most=32, shape=TRADE_NO.shape)
IN_PATH = Field(NUMBER.at, NUMBER.name, least=6, most=32, shape=TRADE_NO.shape, where="uri_template")
PARTS = Field("/sub_orders", "子单信息", "list", least=1, most=50)
HEAD = (
    Field("/combine_appid", "合单商户appid", most=32),
    Field("/combine_mchid", "合单商户号", most=32),
    NUMBER,
    Field("/notify_url", "通知地址", most=256),
    Field("/time_expire", "交易结束时间", most=64, optional=True),
    PARTS,
)
CURRENCY = Field("/amount/currency", "标价币种", most=8)
PART = (
    Field("/mchid", "子单商户号", most=32),
    Field("/sub_mchid", "二级商户号", most=32, optional=True),
    Field("/attach", "附加数据", most=128),
    Field("/amount", "订单金额", "object"),
    Field("/amount/total_amount", "标价金额", "whole", most=(1 << 31) - 1),
    CURRENCY,
    TRADE_NO,
    Field("/description", "商品描述", most=127),
    Field("/settle_info/profit_sharing", "是否指定分账", "flag", optional=True),
)
PAYER = Field("/combine_payer_info/openid", "支付者标识", most=128)
CLIENT_IP = Field("/scene_info/payer_client_ip", "用户终端IP", most=45)


def place(kind: str) -> Action:
    """The action that asks for a combined payment in one way: the last word of its path."""
    way = orders.WAYS[kind]
    more = {"jsapi": (PAYER,), "h5": (CLIENT_IP, orders.H5_TYPE)}.get(kind, ())

    def act(desk: Desk, state: State, call: Call) -> Answer:
        asked = call.payload
        if bad := check(desk, (*HEAD, *more), asked) or _inconsistent(desk, state, asked):
            return bad
        number = text_of(asked, NUMBER.at)
        known = state.combined.get(number)
        refused = barred(desk, state, way.trade_type) or _taken(state, asked, known, way.trade_type) or desk.ask(call)
        if refused:
            return refused
        made = known or _new(desk, state, asked, way.trade_type)
        orders.prepay(desk, state, made[0])
        for one in made[1:]:
            one.prepay_id, one.prepay_until = made[0].prepay_id, made[0].prepay_until
        return Answer("0", way.answer(desk, state, made[0]))

    return act


def _inconsistent(desk: Desk, state: State, asked: Payload) -> Answer | None:
    bad = orders.not_ours(desk, state, asked, "/combine_mchid", "/combine_appid") or orders.bad_address(desk, asked)
    if bad or (bad := orders.bad_expiry(desk, asked)):
        return bad
    if stranger(desk, state, text_of(asked, PAYER.at)):
        return Answer("PARAM_ERROR", text=desk.setting(NAME, "text_openid"))
    parts = value_at(asked, PARTS.at)
    for part in parts:
        if not isinstance(part, Mapping):
            return Answer("PARAM_ERROR", text=desk.setting(NAME, "text_sub_order"))
        if bad := check(desk, PART, part):
            return bad
        if text_of(part, CURRENCY.at) != "CNY":
            return fault(desk, CURRENCY, text_of(part, CURRENCY.at), "currency")
        if text_of(part, "/mchid") != state.mchid or text_of(part, "/sub_mchid") not in ("", state.sub_mchid):
            return Answer("MCH_NOT_EXISTS")
    numbers = [text_of(part, TRADE_NO.at) for part in parts]
    return Answer("PARAM_ERROR", text=desk.setting(NAME, "text_sub_order")) if len(set(numbers)) < len(numbers) else None


def _taken(state: State, asked: Payload, known: list[Order] | None, trade_type: str) -> Answer | None:
    if known is None:
        strange = (text_of(part, TRADE_NO.at) in state.orders for part in value_at(asked, PARTS.at))
        return Answer("OUT_TRADE_NO_USED") if any(strange) or text_of(asked, NUMBER.at) in state.orders else None
    if any(one.state == "CLOSED" for one in known):
        return Answer("ORDER_CLOSED")
    same = all(one.state in buyers.UNPAID for one in known) and known[0].asked == digest(asked, trade_type)
    return None if same else Answer("OUT_TRADE_NO_USED")


def _new(desk: Desk, state: State, asked: Payload, trade_type: str) -> list[Order]:
    number = text_of(asked, NUMBER.at)
    made = [_part(desk, state, asked, part, trade_type) for part in value_at(asked, PARTS.at)]
    state.combined[number] = made
    for one in made:
        state.orders[one.out_trade_no] = one
        notices.noted(desk, state, one, "asked")
    buyers.decide(desk, state, made[0])
    return made


def _part(desk: Desk, state: State, asked: Payload, part: Payload, trade_type: str) -> Order:
    return Order(
        out_trade_no=text_of(part, TRADE_NO.at),
        trade_type=trade_type,
        total=value_at(part, "/amount/total_amount"),
        created=desk.now(),
        appid=state.appid,
        asked=digest(asked, trade_type),
        party=text_of(part, "/sub_mchid"),
        combined=text_of(asked, NUMBER.at),
        description=text_of(part, "/description"),
        attach=text_of(part, "/attach"),
        notify_url=text_of(asked, "/notify_url"),
        expires=time_of(text_of(asked, "/time_expire")) or 0,
        sharing=value_at(part, "/settle_info/profit_sharing") is True,
    )


def query(desk: Desk, state: State, call: Call) -> Answer:
    """A combined order with what became of each part."""
    if bad := check(desk, (IN_PATH,), call.payload):
        return bad
    number = text_of(call.payload, IN_PATH.at)
    known = state.combined.get(number)
    if known is None:
        return Answer("ORDER_NOT_EXIST")
    return desk.ask(call) or Answer("0", views.combined(state, known, number, desk.now()))


def close(desk: Desk, state: State, call: Call) -> Answer:
    """Close a combined order, all its parts named."""
    asked = call.payload
    if bad := check(desk, (IN_PATH, HEAD[0], PARTS), asked):
        return bad
    if text_of(asked, HEAD[0].at) != state.appid:
        return Answer("APPID_MCHID_NOT_MATCH")
    known = state.combined.get(text_of(asked, IN_PATH.at))
    if known is None:
        return Answer("ORDER_NOT_EXIST")
    named = {text_of(part, TRADE_NO.at) for part in value_at(asked, PARTS.at) if isinstance(part, Mapping)}
    if named != {one.out_trade_no for one in known}:
        return Answer("PARAM_ERROR", text=desk.setting(NAME, "text_sub_order"))
    refused = next((bad for one in known if (bad := unclosable(desk, one))), None) or desk.ask(call)
    if refused:
        return refused
    for one in known:
        one.state = "CLOSED"
    return OK
