"""How orders and refunds are shown: the vendor's JSON of a transaction, a combined order and a refund.

Law: pure. An unpaid order leaves out what it does not have yet.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mocks.desk import Desk
from mocks.wechat_pay import money
from mocks.wechat_pay.fields import NAME
from mocks.wechat_pay.state import Order, Refund, State, rfc3339

TOLD = {
    "SUCCESS": "支付成功",
    "REFUND": "转入退款",
    "NOTPAY": "订单未支付",
    "CLOSED": "订单已关闭",
    "REVOKED": "订单已撤销",
    "USERPAYING": "用户支付中，需要输入密码",
    "PAYERROR": "支付失败(其他原因，如银行返回失败)",
}
"""`trade_state_desc` of each `trade_state`."""


def shown_state(order: Order, now: int) -> str:
    """The trade state: a paid order of which anything was given back is REFUND."""
    return "REFUND" if order.state == "SUCCESS" and order.refunded(now) else order.state


def transaction(state: State, order: Order, now: int) -> dict[str, Any]:
    """A transaction, direct or of a sub-merchant."""
    shown = shown_state(order, now)
    body = {**parties(state, order), "out_trade_no": order.out_trade_no}
    if order.paid:
        body |= {"transaction_id": order.transaction_id, "trade_type": order.trade_type}
    body |= {"trade_state": shown, "trade_state_desc": TOLD[shown]}
    if order.paid:
        body |= {"bank_type": order.bank, "attach": order.attach, "success_time": rfc3339(order.paid)}
        body["payer"] = _payer(order)
    elif order.attach:
        body["attach"] = order.attach
    body["amount"] = _amount(order)
    if order.device_id:
        body["scene_info"] = {"device_id": order.device_id}
    if order.discount:
        body["promotion_detail"] = _promotions(order)
    return body


def parties(state: State, order: Order) -> dict[str, Any]:
    """Whose order it is: a merchant's, or a sub-merchant's with its service provider."""
    if not order.party:
        return {"appid": order.appid, "mchid": state.mchid}
    sub = {"sub_appid": order.sub_appid} if order.sub_appid else {}
    return {"sp_appid": order.appid, "sp_mchid": state.mchid, **sub, "sub_mchid": order.party}


def _payer(order: Order) -> dict[str, str]:
    if not order.party:
        return {"openid": order.openid}
    return {"sp_openid": order.openid} | ({"sub_openid": order.openid} if order.sub_appid else {})


def _amount(order: Order) -> dict[str, Any]:
    amount: dict[str, Any] = {"total": order.total, "currency": "CNY"}
    if order.paid:
        amount |= {"payer_total": order.total - order.off, "payer_currency": "CNY"}
    return amount


def _promotions(order: Order) -> list[dict[str, Any]]:
    used = order.discount
    if used is None:
        return []
    mine = {"merchant_contribute": used.fen, "wechatpay_contribute": 0, "other_contribute": 0}
    kind = "CASH" if used.cash else "NOCASH"
    row = {"coupon_id": used.coupon_id, "name": used.name, "scope": "GLOBAL", "type": kind, "amount": used.fen}
    return [{**row, "stock_id": used.stock_id, **mine, "currency": "CNY"}]


def combined(state: State, orders: Sequence[Order], number: str, now: int) -> dict[str, Any]:
    """A combined order: its parts, each with what became of it."""
    payer = next((one.openid for one in orders if one.openid), "")
    body: dict[str, Any] = {"combine_appid": orders[0].appid, "combine_mchid": state.mchid}
    body |= {"combine_out_trade_no": number, "sub_orders": [_part(state, one, now) for one in orders]}
    return body | ({"combine_payer_info": {"openid": payer}} if payer else {})


def _part(state: State, order: Order, now: int) -> dict[str, Any]:
    row: dict[str, Any] = {"mchid": state.mchid, "out_trade_no": order.out_trade_no, "attach": order.attach}
    row |= {"sub_mchid": order.party} if order.party else {}
    row |= {"trade_state": shown_state(order, now), "amount": {"total_amount": order.total, "currency": "CNY"}}
    if order.paid:
        row |= {"trade_type": order.trade_type, "bank_type": order.bank, "transaction_id": order.transaction_id}
        row |= {"success_time": rfc3339(order.paid)}
        row["amount"] |= {"payer_amount": order.total, "payer_currency": "CNY"}
    return row


def refund(desk: Desk, order: Order, one: Refund, now: int) -> dict[str, Any]:
    """A refund as its merchant sees it."""
    status = one.status(now)
    body = _refund_head(desk, order, one)
    body |= {"channel": one.channel, "create_time": rfc3339(one.created), "status": status}
    if status == "SUCCESS":
        body["success_time"] = rfc3339(one.due)
    funds = "UNSETTLED" if order.settles > one.created and not one.from_available else "AVAILABLE"
    body |= {"funds_account": funds, "amount": {**_refund_amount(order, one, now), "refund_fee": money.fee_back(order, one)}}
    return body | {"promotion_detail": _refund_promotions(order, one, now)}


def _refund_promotions(order: Order, one: Refund, now: int) -> list[dict[str, Any]]:
    """What of the coupon that was used comes back with a refund: of one that was paid for, or of a discount."""
    used = order.discount
    if used is None:
        return []
    row = {"promotion_id": used.coupon_id, "scope": "GLOBAL", "type": "COUPON" if used.cash else "DISCOUNT"}
    return [{**row, "amount": used.fen, "refund_amount": money.share(order, one, now)[0]}]


def refund_told(desk: Desk, state: State, order: Order, one: Refund, now: int) -> dict[str, Any]:
    """A refund as its notice tells it."""
    amount = _refund_amount(order, one, now)
    who = {"mchid": state.mchid} if not order.party else {"sp_mchid": state.mchid, "sub_mchid": order.party}
    body = {**who, **_refund_head(desk, order, one), "refund_status": one.status(now)}
    body |= {"success_time": rfc3339(one.due)} if one.status(now) == "SUCCESS" else {}
    return body | {"amount": {key: amount[key] for key in ("total", "refund", "payer_total", "payer_refund")}}


def _refund_head(desk: Desk, order: Order, one: Refund) -> dict[str, Any]:
    numbers = {"refund_id": one.refund_id, "out_refund_no": one.out_refund_no}
    order_numbers = {"transaction_id": order.transaction_id, "out_trade_no": order.out_trade_no}
    return {**numbers, **order_numbers, "user_received_account": desk.setting(NAME, "received_account")}


def _refund_amount(order: Order, one: Refund, now: int) -> dict[str, Any]:
    discount, settled = money.share(order, one, now)
    return {
        "total": order.total,
        "refund": one.fen,
        "from": list(one.sources),
        "payer_total": order.total - order.off,
        "payer_refund": one.fen - discount,
        "settlement_refund": settled,
        "settlement_total": order.settlement_total,
        "discount_refund": discount,
        "currency": "CNY",
    }
