"""Merchant coupons (商家券) in people's hands: used, given back, made void, looked at.

Law: each request number is used once: the same request again gives the same answer and changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mocks.desk import Desk
from mocks.http import Answer
from mocks.wechat_pay.busifavor import CODE, STOCK
from mocks.wechat_pay.fields import NAME, Action, Field, Payload, check, text_of, time_of, whole
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
    fields: tuple[Field, ...] = ()


CHANGES: Mapping[str, Change] = {
    "use": Change(
        "/use_request_no",
        "SENDED",
        "USED",
        "wechatpay_use_time",
        (Field("/appid", "公众账号ID", most=32), Field("/use_time", "请求核销时间", most=32)),
    ),
    "return": Change("/return_request_no", "USED", "SENDED", "wechatpay_return_time"),
    "deactivate": Change("/deactivate_request_no", "SENDED", "DEACTIVATED", "wechatpay_deactivate_time"),
}
"""What can happen to a coupon."""


def change(name: str) -> Action:
    """The action that uses a coupon, gives it back, or makes it void."""
    one = CHANGES[name]
    fields = (CODE, Field(one.number, "请求单据号", most=128), *one.fields)

    def act(desk: Desk, state: State, call: Call) -> Answer:
        asked = call.payload
        if bad := check(desk, fields if name == "use" else (*fields, STOCK), asked):
            return bad
        if name == "use" and (text_of(asked, "/appid") != state.appid or time_of(text_of(asked, "/use_time")) is None):
            return Answer("PARAM_ERROR", text=desk.setting(NAME, "text_favor_appid"))
        coupon = _coupon(state, asked)
        if coupon is None:
            return Answer("RESOURCE_NOT_EXISTS", text=desk.setting(NAME, "text_no_coupon"))
        done = coupon.requests.get(text_of(asked, one.number))
        if done is None and (bad := _unchangeable(desk, coupon, one)):
            return bad
        if done and done[0] != name:
            return Answer("RESOURCE_ALREADY_EXISTS")
        refused = desk.ask(call)
        return refused or _changed(coupon, name, text_of(asked, one.number), done[1] if done else desk.now())

    return act


def _changed(coupon: Coupon, name: str, number: str, at: int) -> Answer:
    one = CHANGES[name]
    if number not in coupon.requests:
        coupon.state, coupon.requests[number] = one.after, (name, at)
        coupon.used = at if name == "use" else 0
    head = {"stock_id": coupon.stock_id, "openid": coupon.openid} if name == "use" else {}
    return Answer("0", {**head, one.moment: rfc3339(at)})


def _unchangeable(desk: Desk, coupon: Coupon, one: Change) -> Answer | None:
    now = desk.now()
    if coupon.status(now) != one.before:
        return Answer("INVALID_REQUEST", text=desk.setting(NAME, "text_coupon_state"))
    early = one.after == "USED" and now < coupon.begins
    return Answer("INVALID_REQUEST", text=desk.setting(NAME, "text_coupon_early")) if early else None


def _coupon(state: State, asked: Payload) -> Coupon | None:
    """The coupon of a code; without a stock, codes that WeChat Pay made are looked through."""
    code, stock_id = text_of(asked, "/coupon_code"), text_of(asked, "/stock_id")
    stocks = [one for one in state.busifavor.values() if stock_id in ("", one.stock_id) and code in one.coupons]
    return stocks[0].coupons[code] if stocks else None


def of_user(desk: Desk, state: State, call: Call) -> Answer:
    """A person's coupons, a page at a time."""
    asked = call.payload
    offset, limit = whole(asked.get("offset"), 0), whole(asked.get("limit"), 20, 50)
    if offset is None or not limit:
        return Answer("PARAM_ERROR", text=desk.setting(NAME, "text_page"))
    if text_of(asked, "/appid") != state.appid:
        return Answer("APPID_MCHID_NOT_MATCH")
    if refused := desk.ask(call):
        return refused
    now, stock_id, status, openid = (
        desk.now(),
        text_of(asked, "/stock_id"),
        text_of(asked, "/coupon_state"),
        text_of(asked, "/openid"),
    )
    stocks = [one for one in state.busifavor.values() if stock_id in ("", one.stock_id)]
    found = [(stock, one) for stock in stocks for one in stock.coupons.values() if one.openid == openid]
    found = [(stock, one) for stock, one in found if status in ("", one.status(now))]
    page = [_shown(stock, one, now) for stock, one in found[offset : offset + limit]]
    return Answer("0", {"data": page, "total_count": len(found), "limit": limit, "offset": offset})


def coupon(desk: Desk, state: State, call: Call) -> Answer:
    """One coupon of a person."""
    asked = call.payload
    found = _coupon(state, asked)
    if text_of(asked, "/appid") != state.appid:
        return Answer("APPID_MCHID_NOT_MATCH")
    if found is None or found.openid != text_of(asked, "/openid"):
        return Answer("RESOURCE_NOT_EXISTS", text=desk.setting(NAME, "text_no_coupon"))
    return desk.ask(call) or Answer("0", _shown(state.busifavor[found.stock_id], found, desk.now()))


def _shown(stock: Stock, one: Coupon, now: int) -> dict[str, Any]:
    names = (
        "belong_merchant",
        "stock_name",
        "comment",
        "goods_name",
        "stock_type",
        "coupon_use_rule",
        "display_pattern_info",
    )
    body = {name: stock.asked[name] for name in names if name in stock.asked}
    body |= {"coupon_code": one.coupon_id, "stock_id": stock.stock_id, "coupon_state": one.status(now)}
    body |= {
        "available_start_time": rfc3339(one.begins),
        "expire_time": rfc3339(one.ends),
        "receive_time": rfc3339(one.sent),
    }
    body |= {"send_request_no": one.request}
    for number, (name, at) in one.requests.items():
        body |= {f"{name}_request_no": number, f"{name}_time": rfc3339(at)}
    return body
