"""Transactions that exist: looked at, closed, reversed; direct and for a sub-merchant.

Law: an order is found by those that made it only: direct ones by the merchant, a sub-merchant's by its service provider.
"""

from __future__ import annotations

from collections.abc import Callable

from mocks.desk import Desk
from mocks.http import Answer
from mocks.wechat_pay import views
from mocks.wechat_pay.fields import NAME, TRADE_NO, Action, Field, Payload, check, text_of
from mocks.wechat_pay.orders import not_ours
from mocks.wechat_pay.state import Order, State
from sandbox.policy import Call

OK = Answer("0")
MCHID = Field("/mchid", "直连商户号", most=32)
PROVIDERS = (Field("/sp_mchid", "服务商户号", most=32), Field("/sub_mchid", "子商户号", most=32))
TRANSACTION = Field("/transaction_id", "微信支付订单号", most=32, where="uri_template")
IN_PATH = Field(TRADE_NO.at, TRADE_NO.name, least=6, most=32, shape=TRADE_NO.shape, where="uri_template")
APPID, SP_APPID = Field("/appid", "公众号ID", most=32), Field("/sp_appid", "服务商应用ID", most=32)


def asker(desk: Desk, state: State, asked: Payload, *, partner: bool, where: str = "query") -> str | Answer:
    """Whose orders are asked for: a sub-merchant's number, or nothing for direct ones; or the refusal."""
    fields = PROVIDERS if partner else (MCHID,)
    placed = tuple(Field(one.at, one.name, most=one.most, where="query" if where == "query" else "body") for one in fields)
    if bad := check(desk, placed, asked) or not_ours(desk, state, asked, "/sp_mchid" if partner else "/mchid"):
        return bad
    if not partner:
        return ""
    return state.sub_mchid if text_of(asked, "/sub_mchid") == state.sub_mchid else Answer("MCH_NOT_EXISTS")


def order_by(by: Field, *, partner: bool) -> Action:
    """The action that shows an order, found by one of its two numbers."""

    def act(desk: Desk, state: State, call: Call) -> Answer:
        party = asker(desk, state, call.payload, partner=partner)
        if isinstance(party, Answer):
            return party
        bad = check(desk, (by,), call.payload)
        known = state.transactions if by is TRANSACTION else state.orders
        order = found(known.get(text_of(call.payload, by.at)), party)
        refused = bad or (None if order else Answer("ORDER_NOT_EXIST")) or desk.ask(call)
        return refused or Answer("0", views.transaction(state, order, desk.now()) if order else {})

    return act


def found(order: Order | None, party: str) -> Order | None:
    """The order, if it is that party's."""
    return order if order is not None and order.party == party else None


def ending(plan: Callable[[Desk, State, Order], Answer], *, partner: bool, fields: tuple[Field, ...] = ()) -> Action:
    """The action that ends an order in one way; `plan` refuses or changes it."""

    def act(desk: Desk, state: State, call: Call) -> Answer:
        party = asker(desk, state, call.payload, partner=partner, where="body")
        if isinstance(party, Answer):
            return party
        bad = check(desk, (IN_PATH, *fields), call.payload)
        order = found(state.orders.get(text_of(call.payload, IN_PATH.at)), party)
        if bad or order is None:
            return bad or Answer("ORDER_NOT_EXIST")
        return unclosable(desk, order) or desk.ask(call) or plan(desk, state, order)

    return act


def unclosable(desk: Desk, order: Order) -> Answer | None:
    """Why an order cannot be closed; a payment in progress is a race that the vendor calls too frequent."""
    if order.paid:
        return Answer("INVALID_REQUEST", text=desk.setting(NAME, "text_paid"))
    return Answer("FREQUENCY_LIMITED", text=desk.setting(NAME, "text_paying")) if order.state == "USERPAYING" else None


def close(_desk: Desk, _state: State, order: Order) -> Answer:
    """Close an order; one that is closed stays so."""
    order.state = "REVOKED" if order.state == "REVOKED" else "CLOSED"
    return OK


def reverse(*, partner: bool) -> Action:
    """The action that takes back a scanned payment: what was paid goes back at once, what was not is closed."""
    appid = SP_APPID if partner else APPID

    def act(desk: Desk, state: State, call: Call) -> Answer:
        party = asker(desk, state, call.payload, partner=partner, where="body")
        if isinstance(party, Answer):
            return party
        bad = check(desk, (IN_PATH, appid), call.payload)
        order = found(state.orders.get(text_of(call.payload, IN_PATH.at)), party)
        if bad or order is None:
            return bad or Answer("ORDER_NOT_EXIST")
        if order.trade_type != "MICROPAY":
            return Answer("INVALID_REQUEST", text=desk.setting(NAME, "text_not_scanned"))
        if refused := desk.ask(call):
            return refused
        order.state, order.paid = "REVOKED", 0
        return Answer("0", {**views.parties(state, order), "out_trade_no": order.out_trade_no})

    return act
