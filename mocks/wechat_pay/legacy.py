"""The legacy interface: the same orders and refunds, asked for in other words.

Law: a translation. What a v2 request asks is asked of v3's functions, and their answer is said in v2's codes and fields.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from mocks.desk import Desk
from mocks.http import Answer
from mocks.wechat_pay import lookups, orders, refunds
from mocks.wechat_pay.fields import NAME
from mocks.wechat_pay.legacy_views import paid_fields, refund_made, refund_row
from mocks.wechat_pay.legacy_wire import MD5
from mocks.wechat_pay.state import Order, State
from mocks.wechat_pay.views import TOLD, shown_state
from sandbox.policy import Call

KINDS = {"JSAPI": "jsapi", "NATIVE": "native", "APP": "app", "MWEB": "h5"}
CODES = {
    "ORDER_NOT_EXIST": "ORDERNOTEXIST",
    "ORDER_CLOSED": "ORDERCLOSED",
    "NO_AUTH": "NOAUTH",
    "NOT_ENOUGH": "NOTENOUGH",
    "RESOURCE_NOT_EXISTS": "ORDERNOTEXIST",
    "INVALID_REQUEST": "ERROR",
    "MCH_NOT_EXISTS": "MCHID_NOT_EXIST",
}
"""v3's codes in v2's words, where they differ."""


def said(answer: Answer) -> Answer:
    """An answer of v3's with v2's code."""
    return answer._replace(code=CODES.get(answer.code, answer.code), body={})


def number(text: str) -> Any:
    """A whole number where the text is one; else the text, which will be refused."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else text


def _time(text: str) -> str:
    """`yyyyMMddHHmmss` in Beijing as RFC 3339; anything else is left as it is, and will be refused."""
    shape = re.fullmatch(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)", text, re.ASCII)
    return "{}-{}-{}T{}:{}:{}+08:00".format(*shape.groups()) if shape else text


def goods(state: State, asked: Mapping[str, str]) -> dict[str, Any]:
    """What is to be paid for, and how much, in v3's words."""
    return {
        "appid": asked["appid"],
        "mchid": state.mchid,
        "description": asked["body"],
        "out_trade_no": asked["out_trade_no"],
        "attach": asked.get("attach", ""),
        "goods_tag": asked.get("goods_tag", ""),
        "amount": {"total": number(asked["total_fee"]), "currency": asked.get("fee_type") or "CNY"},
    }


def unified_order(desk: Desk, state: State, call: Call) -> Answer:
    """Ask for a payment."""
    asked: Mapping[str, str] = call.payload
    kind = KINDS.get(asked.get("trade_type", ""))
    missing = next(
        (one for one in ("body", "out_trade_no", "total_fee", "notify_url", "trade_type") if not asked.get(one)), None
    )
    if missing or kind is None:
        return Answer("LACK_PARAMS" if missing else "PARAM_ERROR")
    if kind == "jsapi" and not asked.get("openid"):
        return Answer("PARAM_ERROR", text=desk.setting(NAME, "text_no_openid"))
    payload = {
        **goods(state, asked),
        "notify_url": asked["notify_url"],
        "payer": {"openid": asked.get("openid", "")},
        "scene_info": {"payer_client_ip": asked.get("spbill_create_ip", ""), "h5_info": {"type": "Wap"}},
    }
    payload |= {"time_expire": _time(asked["time_expire"])} if asked.get("time_expire") else {}
    answer = orders.place(orders.WAYS[kind])(desk, state, call._replace(action=f"wechat_pay.pay_{kind}", payload=payload))
    order = state.orders.get(asked["out_trade_no"])
    if answer.code == "OUT_TRADE_NO_USED" and order and order.paid:
        return Answer("ORDERPAID")
    if answer.code != "0" or order is None:
        return said(answer)
    order.version, order.sign_type, order.trial = 2, asked.get("sign_type") or MD5, "trial" in call.actor
    links = {"h5_url": "mweb_url"}
    extra = {links.get(name, name): value for name, value in answer.body.items()}
    return Answer("0", {"trade_type": asked["trade_type"], "prepay_id": order.prepay_id, **extra})


def order_of(state: State, asked: Mapping[str, str]) -> Order | None:
    """The order that is meant, by either number."""
    if asked.get("transaction_id"):
        return lookups.found(state.transactions.get(asked["transaction_id"]), "")
    return lookups.found(state.orders.get(asked.get("out_trade_no", "")), "")


def order_query(desk: Desk, state: State, call: Call) -> Answer:
    """Look at an order, by either number."""
    order = order_of(state, call.payload)
    if order is None:
        return Answer("ORDERNOTEXIST")
    if refused := desk.ask(call):
        return refused
    shown = shown_state(order, desk.now())
    body = {"trade_state": shown, "trade_state_desc": TOLD[shown], "out_trade_no": order.out_trade_no}
    body |= {"total_fee": str(order.total), "attach": order.attach, "device_info": order.device_id}
    return Answer("0", body | (paid_fields(order) if order.paid else {}))


def close_order(desk: Desk, state: State, call: Call) -> Answer:
    """Close an unpaid order."""
    order = order_of(state, {"out_trade_no": call.payload.get("out_trade_no", "")})
    if order is None:
        return Answer("ORDERNOTEXIST")
    if order.paid:
        return Answer("ORDERPAID")
    if order.state == "CLOSED":
        return Answer("ORDERCLOSED")
    if refused := lookups.unclosable(desk, order) or desk.ask(call):
        return refused
    order.state = "CLOSED"
    return Answer("0", {"result_msg": "OK"})


def refund(desk: Desk, state: State, call: Call) -> Answer:
    """Give back part of an order, or all of it."""
    asked: Mapping[str, str] = call.payload
    payload: dict[str, Any] = {
        name: asked[name] for name in ("transaction_id", "out_trade_no", "notify_url") if asked.get(name)
    }
    payload |= {"out_refund_no": asked.get("out_refund_no", ""), "reason": asked.get("refund_desc", "")}
    fen, total = number(asked.get("refund_fee", "")), number(asked.get("total_fee", ""))
    payload["amount"] = {"refund": fen, "total": total, "currency": asked.get("refund_fee_type") or "CNY"}
    answer = refunds.create(desk, state, call._replace(action="wechat_pay.refund", payload=payload))
    if answer.code != "0":
        return Answer("TRADE_OVERDUE") if _overdue(desk, order_of(state, asked)) else said(answer)
    order, one = state.refunds[payload["out_refund_no"]]
    one.version = 2
    return Answer("0", refund_made(order, one, desk.now()))


def _overdue(desk: Desk, order: Order | None) -> bool:
    """Was an order paid too long ago to be given back?"""
    return order is not None and 0 < order.paid < desk.now() - int(desk.setting(NAME, "refund_within"))


def refund_query(desk: Desk, state: State, call: Call) -> Answer:
    """The refunds of an order, or one of them."""
    asked: Mapping[str, str] = call.payload
    known = state.refunds.get(asked.get("out_refund_no", ""))
    by_id = next((row for row in state.refunds.values() if row[1].refund_id == asked.get("refund_id")), None)
    order = (known or by_id or (order_of(state, asked), None))[0]
    if order is None or order.party:
        return Answer("REFUNDNOTEXIST")
    found = [one for one in order.refunds.values() if not (known or by_id) or one is (known or by_id or (None, None))[1]]
    if not found:
        return Answer("REFUNDNOTEXIST")
    if refused := desk.ask(call):
        return refused
    body = {"transaction_id": order.transaction_id, "out_trade_no": order.out_trade_no, "total_fee": str(order.total)}
    body |= {"cash_fee": str(order.total - order.off), "refund_count": str(len(found))}
    for index, one in enumerate(found):
        body |= refund_row(one, index, desk.now())
    return Answer("0", body)
