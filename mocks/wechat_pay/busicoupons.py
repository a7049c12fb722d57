"""Merchant coupons (商家券) in people's hands: used, given back, made void, linked to an order.

Law: each request number is used once: the same request again gives the same answer and changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from mocks.desk import Desk
from mocks.http import Answer
from mocks.wechat_pay.busifavor import BUSIFAVOR, CODE, STOCK
from mocks.wechat_pay.coupons import held, strange_app
from mocks.wechat_pay.fields import NAME, Action, Field, Payload, check, text_of, time_of
from mocks.wechat_pay.state import State, rfc3339
from mocks.wechat_pay.stocks import Coupon, Stock
from sandbox.policy import Call


@dataclass(frozen=True, slots=True)
class Change:
    """What can happen to a coupon: the name of its request number, from which state to which, and what the answer says."""

    number: str
    before: str
    after: str
    moment: str
    fields: tuple[Field, ...] = (STOCK,)


REASON = Field("/deactivate_reason", "失效原因", most=64, optional=True)
ORDER = (STOCK, Field("/out_trade_no", "微信支付系统的商户订单号", most=32))
CHANGES: Mapping[str, Change] = {
    "use": Change(
        "/use_request_no",
        "SENDED",
        "USED",
        "wechatpay_use_time",
        (
            Field("/appid", "公众账号ID", most=32),
            Field("/use_time", "请求核销时间", most=32),
            replace(STOCK, optional=True),
            Field("/openid", "用户标识", most=128, optional=True),
        ),
    ),
    "return": Change("/return_request_no", "USED", "SENDED", "wechatpay_return_time"),
    "deactivate": Change("/deactivate_request_no", "SENDED", "DEACTIVATED", "wechatpay_deactivate_time", (STOCK, REASON)),
    "associate": Change("/out_request_no", "SENDED", "SENDED", "wechatpay_associate_time", ORDER),
    "disassociate": Change("/out_request_no", "SENDED", "SENDED", "wechatpay_disassociate_time", ORDER),
}
"""What can happen to a coupon; linking it to an order, and no longer, leaves its state."""


def change(name: str) -> Action:
    """The action that does one of these things to a coupon."""
    one = CHANGES[name]
    fields = (CODE, Field(one.number, "请求单据号", most=128), *one.fields)

    def act(desk: Desk, state: State, call: Call) -> Answer:
        asked = call.payload
        if bad := check(desk, fields, asked):
            return bad
        if name == "use" and (bad := _wrong_use(desk, state, asked)):
            return bad
        known = held(BUSIFAVOR, state, asked)
        if known is None or (name == "use" and not _named(*known, asked)):
            return Answer("RESOURCE_NOT_EXISTS", text=desk.setting(NAME, "text_no_coupon"))
        coupon, number = known[1], text_of(asked, one.number)
        done = coupon.requests.get(number)
        if done is None and (bad := _unchangeable(desk, coupon, name, asked)):
            return bad
        if done and done[0] != name:
            return Answer("RESOURCE_ALREADY_EXISTS")
        if refused := desk.ask(call):
            return refused
        if done is None:
            _changed(coupon, name, asked, desk.now())
        head = {"stock_id": coupon.stock_id, "openid": coupon.openid} if name == "use" else {}
        return Answer("0", {**head, one.moment: rfc3339(coupon.requests[number][1])})

    return act


def _wrong_use(desk: Desk, state: State, asked: Payload) -> Answer | None:
    """Refuse a use in another application, or at no time."""
    if bad := strange_app(desk, state, asked):
        return bad
    good = time_of(text_of(asked, "/use_time")) is not None
    return None if good else Answer("PARAM_ERROR", text=desk.setting(NAME, "text_favor_time"))


def _named(stock: Stock, coupon: Coupon, asked: Payload) -> bool:
    """Is it this coupon that a use means? Whoever makes the codes names the stock too; a person that is named must have it."""
    whose = text_of(stock.asked, "/coupon_code_mode") == "WECHATPAY_MODE" or text_of(asked, "/stock_id")
    return bool(whose) and text_of(asked, "/openid") in ("", coupon.openid)


def _changed(coupon: Coupon, name: str, asked: Payload, now: int) -> None:
    one = CHANGES[name]
    coupon.state, coupon.requests[text_of(asked, one.number)] = one.after, (name, now)
    if one.fields is ORDER:
        coupon.order = text_of(asked, "/out_trade_no") if name == "associate" else ""
    else:
        coupon.used = now if name == "use" else 0
        coupon.reason = text_of(asked, REASON.at)


def _unchangeable(desk: Desk, coupon: Coupon, name: str, asked: Payload) -> Answer | None:
    now, one = desk.now(), CHANGES[name]
    if coupon.status(now) != one.before:
        return Answer("INVALID_REQUEST", text=desk.setting(NAME, "text_coupon_state"))
    if one.fields is ORDER and coupon.order != ("" if name == "associate" else text_of(asked, "/out_trade_no")):
        return Answer("INVALID_REQUEST", text=desk.setting(NAME, "text_coupon_order"))
    early = one.after == "USED" and now < coupon.begins
    return Answer("INVALID_REQUEST", text=desk.setting(NAME, "text_coupon_early")) if early else None
