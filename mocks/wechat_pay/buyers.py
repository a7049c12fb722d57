"""Buyers: played by hand through the control plane, or by chance at the account's rate of success.

Law: what a buyer of an order does is drawn from the account's seed and the order's number, so a run repeats it. Fact V16.
"""

from __future__ import annotations

from mocks.desk import Desk
from mocks.http import Answer
from mocks.wechat_pay import money, notices, redeem
from mocks.wechat_pay.fields import NAME
from mocks.wechat_pay.state import Order, State, moment
from sandbox.policy import Signal

UNPAID = ("NOTPAY", "PAYERROR")
"""The states of an order that can be asked for again: nobody has paid, or somebody tried and failed."""

OPEN = (*UNPAID, "USERPAYING")
OUTCOMES = ("paid", "failed", "abandoned")


def pay(desk: Desk, state: State, signal: Signal) -> Answer:
    """A person stands before the till: pays an order (or a combined one), fails to, or walks away."""
    number, outcome = str(signal.payload.get("out_trade_no", "")), str(signal.payload.get("outcome") or "paid")
    orders = state.combined.get(number) or [one for one in (state.orders.get(number),) if one]
    if not orders:
        return Answer("ORDER_NOT_EXIST")
    if outcome not in OUTCOMES:
        return Answer("PARAM_ERROR", text=f"outcome: one of {', '.join(OUTCOMES)}")
    if refused := next((found for one in orders if (found := _unpayable(desk, one))), None):
        return refused
    return _come(desk, state, orders, outcome, str(signal.payload.get("openid") or state.openids[0]))


def _unpayable(desk: Desk, order: Order) -> Answer | None:
    if order.state in ("CLOSED", "REVOKED"):
        return Answer("ORDER_CLOSED")
    if order.state not in OPEN:
        return Answer("INVALID_REQUEST", text=desk.setting(NAME, "text_paid"))
    now = desk.now()
    if now >= order.prepay_until or (order.expires and now >= order.expires):
        return Answer("ORDER_CLOSED", text=desk.setting(NAME, "text_expired"))
    return None


def _come(desk: Desk, state: State, orders: list[Order], outcome: str, openid: str) -> Answer:
    for order in orders:
        if outcome == "paid":
            _take(desk, state, order, openid)
        elif outcome == "failed":
            order.state = "PAYERROR"
        elif order.state == "USERPAYING":
            order.state = "NOTPAY"
    if outcome == "paid":
        _tell(desk, state, orders)
    return Answer("0", {"trade_state": orders[0].state, "transaction_id": orders[0].transaction_id})


def settle(desk: Desk, state: State, order: Order, openid: str) -> None:
    """The order is paid now, by that person, and its merchant is told."""
    _take(desk, state, order, openid)
    _tell(desk, state, [order])


def _take(desk: Desk, state: State, order: Order, openid: str) -> None:
    now = desk.now()
    order.state, order.paid, order.openid = "SUCCESS", now, openid
    order.transaction_id = f"4200{state.percent(order.out_trade_no):06}{moment(now):%Y%m%d}{state.digits('transaction', 10)}"
    order.bank = "OTHERS"
    order.fee, order.settles = money.fee_rate(desk, state.terms), money.settles_at(desk, state.terms, now)
    order.frozen_until = now + desk.setting(NAME, "sharing_within") if order.sharing else 0
    state.transactions[order.transaction_id] = order
    if not order.combined:
        redeem.use_best(desk, state, order)


def _tell(desk: Desk, state: State, orders: list[Order]) -> None:
    for one in orders:
        notices.noted(desk, state, one, "paid")
    if orders[0].combined:
        notices.paid_together(desk, state, orders, orders[0].combined)
    else:
        notices.paid(desk, state, orders[0])


def decide(desk: Desk, state: State, order: Order) -> None:
    """What the simulated buyer of a new order will do, when buyers are not played by hand."""
    if state.buyers is None:
        return
    paid, drawn = state.buyers, state.percent(f"buyer/{order.out_trade_no}")
    outcome = "paid" if drawn < paid else "failed" if drawn < paid + (100 - paid) // 2 else "abandoned"
    least, most = desk.setting(NAME, "buyer_least"), desk.setting(NAME, "buyer_most")
    after = least + (most - least) * state.percent(f"haste/{order.out_trade_no}") // 100
    facts = {"out_trade_no": order.combined or order.out_trade_no, "openid": order.openid, "outcome": outcome}

    def act() -> None:
        pay(desk, state, Signal(NAME, "wechat_pay.paid", state.account, payload=facts))

    desk.later(state.account, desk.now() + after, f"a buyer of {order.out_trade_no}: {outcome}", act)


def by_chance(desk: Desk, state: State, signal: Signal) -> Answer:
    """From now on buyers act of their own accord, `rate` percent of them paying; without a rate, as usual; `by_hand`: no more."""
    if signal.payload.get("by_hand"):
        state.buyers = None
        return Answer("0")
    rate = signal.payload.get("rate", desk.setting(NAME, "payment_success"))
    if not isinstance(rate, int) or isinstance(rate, bool) or not 0 <= rate <= 100:
        return Answer("PARAM_ERROR", text="rate: a whole number from 0 to 100")
    state.buyers = rate
    return Answer("0", {"rate": rate})
