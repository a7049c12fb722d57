"""Subsidies (营销补差): one merchant makes up to another what a merchant coupon took off, and gets it back when the order is refunded.

Law: the same number and the same request is the same receipt. No more is paid than the order came to, no more given back than paid.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.wechat_pay.busifavor import BUSIFAVOR, CODE, STOCK
from mocks.wechat_pay.coupons import held
from mocks.wechat_pay.fields import NAME, Action, Field, Payload, check, digest, text_of, value_at
from mocks.wechat_pay.state import State, rfc3339
from sandbox.policy import Call

COMMON = (
    STOCK,
    CODE,
    Field("/transaction_id", "微信支付订单号", most=64),
    Field("/payer_merchant", "营销补差扣款商户号", most=32),
    Field("/payee_merchant", "营销补差入账商户号", most=32),
    Field("/amount", "补差付款金额", "whole"),
    Field("/description", "补差付款描述", most=1024),
)


@dataclass(frozen=True, slots=True)
class Kind:
    """Receipts of payments, or of what is given back: their names on the wire."""

    number: str
    receipt: str
    rows: str
    made: str
    done: str
    fields: tuple[Field, ...] = COMMON


REFUND = Field("/refund_id", "微信支付退款单号", most=64)
KINDS: Final[Mapping[str, Kind]] = {
    "pay": Kind("out_subsidy_no", "subsidy_receipt_id", "pay_receipt_list", "create_time", "success_time"),
    "return": Kind(
        "out_subsidy_return_no",
        "subsidy_return_receipt_id",
        "return_receipt_list",
        "return_create_time",
        "return_done_time",
        (*COMMON, REFUND),
    ),
}


@dataclass(frozen=True, slots=True)
class Receipt:
    """One subsidy, paid or given back, as it is shown; `asked` tells its request from others."""

    kind: str
    number: str
    asked: str
    shown: Mapping[str, Any]


def _receipts(state: State, kind: str) -> list[Receipt]:
    return [one for one in state.subsidies.values() if one.kind == kind]


def settle(name: str) -> Action:
    """The action that pays a subsidy, or gives one back."""
    kind = KINDS[name]
    number_at = Field(f"/{kind.number}", "业务请求唯一单号", most=128)

    def act(desk: Desk, state: State, call: Call) -> Answer:
        asked = call.payload
        if bad := check(desk, (*kind.fields, number_at), asked):
            return bad
        number = text_of(asked, number_at.at)
        known = next((one for one in _receipts(state, name) if one.number == number), None)
        if known and known.asked != digest(asked, name):
            return Answer("RESOURCE_ALREADY_EXISTS")
        if known is None and (bad := _impossible(desk, state, asked, name)):
            return bad
        if refused := desk.ask(call):
            return refused
        return Answer("0", (known or _settled(desk, state, asked, name)).shown)

    return act


def _impossible(desk: Desk, state: State, asked: Payload, name: str) -> Answer | None:
    """Why no money moves: no such coupon or order, a stranger's account, or too much."""
    order, coupon = state.transactions.get(text_of(asked, "/transaction_id")), held(BUSIFAVOR, state, asked)
    if order is None or coupon is None:
        return Answer("RESOURCE_NOT_EXISTS", text=desk.setting(NAME, "text_no_coupon" if order else "text_no_order"))
    if coupon[1].status(desk.now()) != "USED":
        return Answer("INVALID_REQUEST", text=desk.setting(NAME, "text_coupon_state"))
    if any(text_of(asked, f"/{one}_merchant") not in (state.mchid, state.sub_mchid) for one in ("payer", "payee")):
        return Answer("MCH_NOT_EXISTS")
    if name == "return" and text_of(asked, "/refund_id") not in order.refunds:
        return Answer("RESOURCE_NOT_EXISTS", text=desk.setting(NAME, "text_no_refund"))
    sums = {kind: _sum(state, kind, asked) for kind in KINDS}
    left = order.total - sums["pay"] if name == "pay" else sums["pay"] - sums["return"]
    return Answer("NOT_ENOUGH", text=desk.setting(NAME, "text_subsidy")) if value_at(asked, "/amount") > left else None


def _sum(state: State, name: str, asked: Payload) -> int:
    """What was paid, or given back, for this coupon of this order."""
    same = ("stock_id", "coupon_code", "transaction_id")
    return sum(one.shown["amount"] for one in _receipts(state, name) if all(one.shown[at] == asked[at] for at in same))


def _settled(desk: Desk, state: State, asked: Payload, name: str) -> Receipt:
    kind, now = KINDS[name], desk.now()
    receipt = f"1120{state.digits('subsidy', 24)}"
    fields = {one.at[1:]: asked[one.at[1:]] for one in kind.fields}
    shown = {kind.receipt: receipt, **fields, "status": "SUCCESS", kind.number: asked[kind.number]}
    shown |= {kind.made: rfc3339(now), kind.done: rfc3339(now)}
    if name == "return":
        shown["subsidy_receipt_id"] = next(
            one.shown["subsidy_receipt_id"]
            for one in _receipts(state, "pay")
            if one.shown["coupon_code"] == asked["coupon_code"]
        )
    state.subsidies[receipt] = made = Receipt(name, asked[kind.number], digest(asked, name), shown)
    return made


def show(name: str) -> Action:
    """The action that shows one receipt."""

    def act(desk: Desk, state: State, call: Call) -> Answer:
        one = state.subsidies.get(text_of(call.payload, f"/{KINDS[name].receipt}"))
        if one is None or one.kind != name:
            return Answer("RESOURCE_NOT_EXISTS", text=desk.setting(NAME, "text_no_subsidy"))
        return desk.ask(call) or Answer("0", one.shown)

    return act


def listed(name: str) -> Action:
    """The action that shows the receipts of a coupon."""
    kind = KINDS[name]

    def act(desk: Desk, state: State, call: Call) -> Answer:
        asked = call.payload
        if bad := check(desk, (replace(STOCK, where="query"), replace(CODE, where="query")), asked):
            return bad
        if refused := desk.ask(call):
            return refused
        wanted = [one for one in ("stock_id", "coupon_code", kind.number) if one in asked]
        rows = [one.shown for one in _receipts(state, name) if all(one.shown[at] == asked[at] for at in wanted)]
        return Answer("0", {kind.rows: rows})

    return act
