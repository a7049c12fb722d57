"""Refunds: asked for, in progress, done; never more than was paid.

Law: the same number and the same request is the same refund. What goes wrong counts against a limit of its own, because the
vendor allows few failing requests.
"""

from __future__ import annotations

import re
from typing import Any

from mocks.desk import Desk
from mocks.http import Answer
from mocks.wechat_pay import notices, views
from mocks.wechat_pay.concealed import unreadable
from mocks.wechat_pay.fields import ABSENT, NAME, Field, Payload, check, digest, text_of, value_at
from mocks.wechat_pay.lookups import found
from mocks.wechat_pay.orders import bad_address
from mocks.wechat_pay.state import Order, Refund, State, moment
from sandbox.policy import Call, Signal

REFUND_NO = Field("/out_refund_no", "商户退款单号", most=64)
FIELDS = (
    REFUND_NO,
    Field("/transaction_id", "微信支付订单号", most=32, optional=True),
    Field("/out_trade_no", "商户订单号", least=6, most=32, optional=True),
    Field("/reason", "退款原因", least=0, most=80, optional=True),
    Field("/notify_url", "退款结果回调url", least=8, most=256, optional=True),
    Field("/amount", "金额信息", "object"),
    Field("/amount/refund", "退款金额", "whole", most=(1 << 31) - 1),
    Field("/amount/total", "原订单金额", "whole", most=(1 << 31) - 1),
    Field("/amount/currency", "退款币种", most=16),
    Field("/amount/from", "退款出资账户及金额", "list", most=2, optional=True),
    Field("/funds_account", "退款资金来源", shape=re.compile("AVAILABLE"), optional=True),
)
SOURCES = ("AVAILABLE", "UNAVAILABLE")
"""The accounts that a refund may be taken from, each once."""


ABNORMAL = (
    REFUND_NO,
    Field("/type", "异常退款处理方式", most=32),
    Field("/bank_type", "开户银行", most=16, optional=True),
    Field("/bank_account", "收款银行卡号", most=1024, optional=True),
    Field("/real_name", "收款用户姓名", most=1024, optional=True),
)
CARDS = {"USER_BANK_CARD": ("bank_type", "bank_account", "real_name"), "MERCHANT_BANK_CARD": ()}
"""Where an abnormal refund may go, and what must be said of it."""


def create(desk: Desk, state: State, call: Call) -> Answer:
    """Give back part of an order, or all of it."""
    asked = call.payload
    order = _order(state, asked)
    bad = check(desk, FIELDS, asked) or bad_address(desk, asked) or _which(desk, state, asked, order)
    if bad or order is None:
        return _failing(desk, call, bad or Answer("RESOURCE_NOT_EXISTS", text=desk.setting(NAME, "text_no_order")))
    known = state.refunds.get(text_of(asked, "/out_refund_no"))
    if known is None and (bad := _impossible(desk, order, asked)):
        return _failing(desk, call, bad)
    if known and known[1].asked != digest(asked, "refund"):
        return _failing(desk, call, Answer("PARAM_ERROR", text=desk.setting(NAME, "text_refund_differs")))
    old = order.paid + desk.setting(NAME, "refund_old_after") < desk.now()
    asking = {"age": "old" if old else "recent", "turn": "again" if known else "first", "out_trade_no": order.out_trade_no}
    if refused := desk.ask(call._replace(actor={**call.actor, **asking})):
        return refused
    one = known[1] if known else _begin(desk, state, order, asked)
    return Answer("0", views.refund(desk, order, one, desk.now()))


def _failing(desk: Desk, call: Call, bad: Answer) -> Answer:
    return desk.ask(call._replace(action="wechat_pay.refund_failing")) or bad


def _order(state: State, asked: Payload) -> Order | None:
    if number := text_of(asked, "/transaction_id"):
        return found(state.transactions.get(number), text_of(asked, "/sub_mchid"))
    return found(state.orders.get(text_of(asked, "/out_trade_no")), text_of(asked, "/sub_mchid"))


def _which(desk: Desk, state: State, asked: Payload, order: Order | None) -> Answer | None:
    if not text_of(asked, "/transaction_id") and not text_of(asked, "/out_trade_no"):
        return Answer("PARAM_ERROR", text=desk.setting(NAME, "text_which_order"))
    if text_of(asked, "/sub_mchid") not in ("", state.sub_mchid):
        return Answer("MCH_NOT_EXISTS")
    return None if order and order.paid else Answer("RESOURCE_NOT_EXISTS", text=desk.setting(NAME, "text_no_order"))


def _impossible(desk: Desk, order: Order, asked: Payload) -> Answer | None:
    """Why this much of this order cannot be given back (any more)."""
    if value_at(asked, "/amount/total") != order.total or not _adds_up(asked):
        return Answer("PARAM_ERROR", text=desk.setting(NAME, "text_total_differs"))
    if order.refunded(desk.now()) + value_at(asked, "/amount/refund") > order.total:
        return Answer("INVALID_REQUEST", text=desk.setting(NAME, "text_refund_too_much"))
    if value_at(asked, "/amount/refund") > order.total - order.refunded(desk.now()) - order.shared:
        return Answer("NOT_ENOUGH", text=desk.setting(NAME, "text_refund_shared"))
    if desk.now() - order.paid > desk.setting(NAME, "refund_within"):
        return Answer("INVALID_REQUEST", text=desk.setting(NAME, "text_refund_too_late"))
    if len(order.refunds) >= desk.setting(NAME, "refunds_an_order"):
        return Answer("INVALID_REQUEST", text=desk.setting(NAME, "text_refund_too_many"))
    return None


def _adds_up(asked: Payload) -> bool:
    """Do the parts that are to be taken from each account come to the refund?"""
    parts: Any = value_at(asked, "/amount/from")
    if parts is ABSENT or not parts:
        return True
    if not all(isinstance(one, dict) and one.get("account") in SOURCES and type(one.get("amount")) is int for one in parts):
        return False
    apart = len({one["account"] for one in parts}) == len(parts) and min(one["amount"] for one in parts) > 0
    return apart and sum(one["amount"] for one in parts) == value_at(asked, "/amount/refund")


def _begin(desk: Desk, state: State, order: Order, asked: Payload) -> Refund:
    now = desk.now()
    one = Refund(
        refund_id=f"5030{state.percent(order.out_trade_no):06}{moment(now):%Y%m%d}{state.digits('refund', 11)}",
        out_refund_no=text_of(asked, "/out_refund_no"),
        fen=value_at(asked, "/amount/refund"),
        asked=digest(asked, "refund"),
        created=now,
        due=now + desk.setting(NAME, "refund_takes"),
        notify_url=text_of(asked, "/notify_url"),
        reason=text_of(asked, "/reason"),
        sources=tuple(parts) if isinstance(parts := value_at(asked, "/amount/from"), list) else (),
        from_available=bool(text_of(asked, "/funds_account")),
    )
    enter(desk, state, order, one)
    return one


def enter(desk: Desk, state: State, order: Order, one: Refund) -> None:
    """A new refund: remembered, and told of when it is through."""
    order.refunds[one.refund_id] = one
    state.refunds[one.out_refund_no] = (order, one)
    _await(desk, state, order, one)


def _await(desk: Desk, state: State, order: Order, one: Refund) -> None:
    """Tell of a refund when it is through."""

    def through() -> None:
        if desk.now() >= one.due:
            notices.refunded(desk, state, order, one)

    desk.later(state.account, one.due, f"refund {one.out_refund_no}", through)


def apply_abnormal(desk: Desk, state: State, call: Call) -> Answer:
    """A refund that went wrong goes to a bank card instead: it is in progress again."""
    asked = call.payload
    known = state.refunds.get(text_of(asked, "/out_refund_no"))
    if bad := check(desk, ABNORMAL, asked) or unreadable(desk, state, asked, *ABNORMAL[-2:]):
        return bad
    if known is None or known[1].refund_id != asked["refund_id"] or known[0].party != text_of(asked, "/sub_mchid"):
        return Answer("RESOURCE_NOT_EXISTS", text=desk.setting(NAME, "text_no_refund"))
    if asked["type"] not in CARDS or any(name not in asked for name in CARDS[asked["type"]]):
        return Answer("PARAM_ERROR", text=desk.setting(NAME, "text_abnormal_type"))
    order, one = known
    if one.status(desk.now()) != "ABNORMAL":
        return Answer("INVALID_REQUEST", text=desk.setting(NAME, "text_not_abnormal"))
    if refused := desk.ask(call):
        return refused
    one.fate, one.channel, one.due = "SUCCESS", "OTHER_BANKCARD", desk.now() + desk.setting(NAME, "refund_takes")
    _await(desk, state, order, one)
    return Answer("0", views.refund(desk, order, one, desk.now()))


def query(desk: Desk, state: State, call: Call) -> Answer:
    """One refund, by the merchant's number for it."""
    known = state.refunds.get(text_of(call.payload, "/out_refund_no"))
    if known is None or known[0].party != text_of(call.payload, "/sub_mchid"):
        return Answer("RESOURCE_NOT_EXISTS", text=desk.setting(NAME, "text_no_refund"))
    return desk.ask(call) or Answer("0", views.refund(desk, *known, desk.now()))


def ends(desk: Desk, state: State, signal: Signal) -> Answer:
    """A refund in progress will end otherwise: SUCCESS, CLOSED or ABNORMAL."""
    known = state.refunds.get(str(signal.payload.get("out_refund_no", "")))
    if known is None:
        return Answer("RESOURCE_NOT_EXISTS", text=desk.setting(NAME, "text_no_refund"))
    fate = signal.payload.get("status")
    if fate not in ("SUCCESS", "CLOSED", "ABNORMAL") or known[1].due <= desk.now():
        return Answer("PARAM_ERROR", text="status: SUCCESS, CLOSED or ABNORMAL, of a refund that is in progress")
    known[1].fate = str(fate)
    return Answer("0")
