"""Paid orders and refunds in the legacy interface's flat fields, all of them texts.

Law: pure.
"""

from __future__ import annotations

from mocks.wechat_pay import money
from mocks.wechat_pay.legacy_wire import MD5
from mocks.wechat_pay.state import Order, Refund, State, moment

STATUS = {"SUCCESS": "SUCCESS", "PROCESSING": "PROCESSING", "CLOSED": "REFUNDCLOSE", "ABNORMAL": "CHANGE"}


def stamp(at: int, shape: str = "%Y%m%d%H%M%S") -> str:
    """A time (ms) in Beijing."""
    return f"{moment(at):{shape}}"


def paid_fields(order: Order) -> dict[str, str]:
    """What a paid order has beside its state."""
    fields = {
        "openid": order.openid,
        "is_subscribe": "Y",
        "trade_type": order.trade_type,
        "bank_type": order.bank,
        "total_fee": str(order.total),
        "settlement_total_fee": str(order.settlement_total),
        "fee_type": "CNY",
        "cash_fee": str(order.total - order.off),
        "cash_fee_type": "CNY",
        "transaction_id": order.transaction_id,
        "out_trade_no": order.out_trade_no,
        "attach": order.attach,
        "time_end": stamp(order.paid),
    }
    if order.discount is None:
        return fields
    kind = "CASH" if order.discount.cash else "NO_CASH"
    used = {"coupon_fee_0": str(order.off), "coupon_id_0": order.discount.coupon_id, "coupon_type_0": kind}
    return fields | {"coupon_fee": str(order.off), "coupon_count": "1", **used}


def paid(state: State, order: Order) -> dict[str, str]:
    """The notice of a payment, before it is signed in the manner in which the order was."""
    head = {"return_code": "SUCCESS", "result_code": "SUCCESS", "appid": order.appid, "mch_id": state.mchid}
    signed = {} if order.sign_type == MD5 else {"sign_type": order.sign_type}
    return {**head, **signed, **paid_fields(order)}


def refund_made(order: Order, one: Refund, now: int) -> dict[str, str]:
    """What is answered to whoever asked for a refund."""
    discount, settled = money.share(order, one, now)
    told = {"transaction_id": order.transaction_id, "out_trade_no": order.out_trade_no, "out_refund_no": one.out_refund_no}
    told |= {"refund_id": one.refund_id, "refund_fee": str(one.fen), "settlement_refund_fee": str(settled)}
    told |= {"total_fee": str(order.total), "settlement_total_fee": str(order.settlement_total), "fee_type": "CNY"}
    told |= {"cash_fee": str(order.total - order.off), "cash_refund_fee": str(one.fen - discount)}
    if order.discount is None:
        return told
    coupon = {"coupon_refund_id_0": order.discount.coupon_id, "coupon_refund_fee_0": str(discount)}
    return told | {"coupon_refund_fee": str(discount), "coupon_refund_count": "1", **coupon}


def refund_row(one: Refund, index: int, now: int) -> dict[str, str]:
    """One refund among those of an order."""
    row = {
        "out_refund_no": one.out_refund_no,
        "refund_id": one.refund_id,
        "refund_channel": "ORIGINAL",
        "refund_fee": str(one.fen),
        "refund_status": STATUS[one.status(now)],
        "refund_account": "REFUND_SOURCE_UNSETTLED_FUNDS",
        "refund_recv_accout": "支付用户零钱",
    }
    row |= {"refund_success_time": stamp(one.due, "%Y-%m-%d %H:%M:%S")} if one.status(now) == "SUCCESS" else {}
    return {f"{name}_{index}": value for name, value in row.items()}


def refund_told(order: Order, one: Refund, now: int) -> dict[str, str]:
    """What a refund's notice says inside its `req_info`."""
    row = {name.removesuffix("_0"): value for name, value in refund_row(one, 0, now).items()}
    told = {"transaction_id": order.transaction_id, "out_trade_no": order.out_trade_no, "total_fee": str(order.total)}
    settled = money.share(order, one, now)[1]
    told |= {"settlement_total_fee": str(order.settlement_total), "settlement_refund_fee": str(settled)}
    return {**told, **row, "refund_request_source": "API", "success_time": row.get("refund_success_time", "")}
