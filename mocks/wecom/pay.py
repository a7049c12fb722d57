"""Payments from outside (对外收款): merchant numbers, bills, the flow of funds.

Law: plans (see `plan`). Money is in fen. Of the merchant endpoints only clients' code is known, no document.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.wecom.fields import Payload, bad, like, mapping, maybe, number, page, text, texts, whole, wholes, wrong
from mocks.wecom.plan import Deed, Plan, doing, ok, telling
from mocks.wecom.state import Bill, Merchant, State

MCH_ID = like(r"[0-9]{6,20}")
SPAN: Final = {"begin_time": whole(0, 2**33), "end_time": whole(0, 2**33)}
SCOPE: Final = {"user": maybe(texts(1000)), "partyid": maybe(wholes(1000)), "tagid": maybe(wholes(1000))}
MONTH_S = 31 * 86_400
RECEIVED, RECEIPT = 1, 1


def add(_desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """Bind a merchant number."""
    if not MCH_ID(payload.get("mch_id")):
        return Answer("660001")
    if refused := wrong(payload, {"merchant_name": text(64)}):
        return refused
    if payload["mch_id"] in state.merchants:
        return Answer("660007")

    def deed() -> Answer:
        state.merchants[payload["mch_id"]] = Merchant(payload["mch_id"], payload["merchant_name"])
        return ok()

    return deed


def _known(state: State, payload: Payload) -> Merchant | Answer:
    mch_id = payload.get("mch_id")
    if not MCH_ID(mch_id):
        return Answer("660001")
    return state.merchants.get(str(mch_id)) or Answer("660006")


def get(_desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """A merchant number and who may use it."""
    found = _known(state, payload)
    if isinstance(found, Answer):
        return found
    scope = {"user": [], "partyid": [], "tagid": [], **found.scope}
    return telling(bind_status=1, mch_id=found.mch_id, merchant_name=found.name, allow_use_scope=scope)


def set_scope(_desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """Say who may use a merchant number."""
    found = _known(state, payload)
    if isinstance(found, Answer):
        return found
    scope = payload.get("allow_use_scope")
    if not mapping(scope) or wrong(payload["allow_use_scope"], SCOPE):
        return Answer("660003")

    def deed() -> Answer:
        found.scope = {name: payload["allow_use_scope"].get(name) or [] for name in SCOPE}
        return ok()

    return deed


def _between(state: State, payload: Payload) -> Sequence[Bill] | Answer:
    if refused := wrong(payload, SPAN):
        return refused
    begin, end = number(payload["begin_time"]), number(payload["end_time"])
    if not 0 <= end - begin <= MONTH_S:
        return bad("end_time")
    return [one for one in state.bills if begin <= one.paid // 1000 <= end]


def get_bill_list(_desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """The bills of at most a month, of one payee or of all."""
    rows = _between(state, payload)
    if isinstance(rows, Answer):
        return rows
    payee = payload.get("payee_userid")
    if not maybe(text(64, 0))(payee) or (payee and payee.lower() not in state.users):
        return Answer("660002")
    found = page([one for one in rows if not payee or one.payee == payee.lower()], payload, 1000)
    return found if isinstance(found, Answer) else telling(next_cursor=found[1], bill_list=[_bill(one) for one in found[0]])


def _bill(one: Bill) -> dict[str, Any]:
    return {
        "transaction_id": one.transaction_id,
        "bill_type": 0,
        "trade_state": RECEIVED,
        "pay_time": one.paid // 1000,
        "out_trade_no": one.out_trade_no,
        "out_refund_no": "",
        "external_userid": one.external_userid,
        "total_fee": one.fen,
        "payee_userid": one.payee,
        "payment_type": 1,
        "mch_id": one.mch_id,
        "remark": "",
        "commodity_list": [{"description": "商品", "amount": 1}],
        "total_refund_fee": 0,
        "refund_list": [],
        "contact_info": {"name": "", "phone": "", "address": ""},
        "miniprogram_info": {"appid": "", "name": ""},
    }


def get_fund_flow(_desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """What went into a merchant number's account, with its balance after each."""
    merchant = _known(state, payload)
    if isinstance(merchant, Answer):
        return merchant
    rows = _between(state, payload)
    if isinstance(rows, Answer):
        return rows
    balance, flow = 0, []
    for one in state.bills:
        if one.mch_id == merchant.mch_id:
            balance += one.fen
            if one in rows:
                flow.append(_flow(one, balance))
    found = page(flow, payload, 200, 100)
    return found if isinstance(found, Answer) else telling(next_cursor=found[1], fund_flow_list=found[0])


def _flow(one: Bill, balance: int) -> dict[str, Any]:
    return {
        "timestamp": one.paid // 1000,
        "request_no": one.transaction_id,
        "transaction_type": RECEIPT,
        "fund_flow_type": 1,
        "transaction_amount": one.fen,
        "account_balance": balance,
        "out_trade_no": one.out_trade_no,
        "mch_id": one.mch_id,
        "operator_userid": "",
        "group_list": [],
        "remark": "",
    }


def get_payment_info(_desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """The orders that were paid through one collection."""
    payment_id = payload.get("payment_id")
    rows = [{"out_trade_no": one.out_trade_no} for one in state.bills if one.payment_id == payment_id]
    return telling(out_trade_no_list=rows) if rows else Answer("660012")


PLANS: Final[Mapping[str, Plan]] = {
    "wecom.pay_addmerchant": add,
    "wecom.pay_getmerchant": get,
    "wecom.pay_delmerchant": doing(_known, lambda _desk, state, one: state.merchants.pop(one.mch_id)),
    "wecom.pay_set_scope": set_scope,
    "wecom.pay_bill_list": get_bill_list,
    "wecom.pay_fund_flow": get_fund_flow,
    "wecom.pay_payment_info": get_payment_info,
}
"""What can be done with payments."""
