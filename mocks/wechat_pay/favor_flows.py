"""What else a merchant asks of a stock of cash coupons: where it is good, for what, and the files of what was used and given back.

Law: looks only. The files are computed from orders when they are asked for, and fetched as bills are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from typing import Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.wechat_pay.bills import yuan
from mocks.wechat_pay.coupons import page_of, stock_of
from mocks.wechat_pay.favor import FAVOR, stock_asked
from mocks.wechat_pay.fields import Action, value_at
from mocks.wechat_pay.state import Order, State, rfc3339
from mocks.wechat_pay.stocks import Stock
from sandbox.policy import Call

LISTS: Final = {"merchants": ("available_merchants", 50), "items": ("available_items", 100)}
"""What is listed of a stock: under which name it was asked for, and how many a page holds."""

USED: Final = (
    "批次ID,优惠ID,优惠类型,优惠金额（元）,订单总金额（元）,交易类型,支付单号,消耗时间,消耗商户号,设备号,银行流水号,单品信息"
)
RETURNED: Final = "批次ID,优惠ID,优惠类型,优惠金额（元）,订单总金额（元）,交易类型,支付单号,退款单号,退款时间,消耗商户号,设备号,银行流水号,单品信息"


def listed(name: str) -> Action:
    """The action that lists what a stock is good for, a page at a time."""
    at, most = LISTS[name]

    def act(desk: Desk, state: State, call: Call) -> Answer:
        stock, page = stock_asked(desk, state, call.payload), page_of(desk, call.payload, most, most)
        if isinstance(stock, Answer) or isinstance(page, Answer):
            return stock if isinstance(stock, Answer) else page  # type: ignore[return-value] # one of them is
        if refused := desk.ask(call):
            return refused
        given, (offset, limit) = value_at(stock.asked, f"/coupon_use_rule/{at}"), page
        rows = [one for one in given if isinstance(one, str)] if isinstance(given, list) else []
        body = {"total_count": len(rows), "data": rows[offset * limit : (offset + 1) * limit]}
        return Answer("0", {**body, "offset": offset, "limit": limit, "stock_id": stock.stock_id})

    return act


def flow(name: str) -> Action:
    """The action that makes the file of a stock's coupons that were used, or given back with a refund."""
    head, rows = {"use": (USED, _used), "refund": (RETURNED, _returned)}[name]

    def act(desk: Desk, state: State, call: Call) -> Answer:
        stock = stock_of(desk, FAVOR, state, call.payload)
        if isinstance(stock, Answer):
            return stock
        if refused := desk.ask(call):
            return refused
        mine = [
            one for one in state.orders.values() if one.discount and one.discount.stock_id == stock.stock_id and one.paid
        ]
        lines = (",".join(f"`{field}" for field in row) for row in _all(rows, state, stock, mine))
        plain = "".join(f"{line}\r\n" for line in (head, *lines)).encode()
        token = state.derived(f"flow/{name}/{stock.stock_id}/{len(plain)}")
        state.files[token] = plain
        digest = hashlib.sha1(plain).hexdigest()  # noqa: S324 - the vendor's choice
        return Answer("0", {"url": f"/v3/billdownload/file?token={token}", "hash_value": digest, "hash_type": "SHA1"})

    return act


Row = tuple[str, ...]


def _all(
    rows: Callable[[State, Stock, Order], Iterable[Row]], state: State, stock: Stock, orders: Iterable[Order]
) -> list[Row]:
    return [row for order in orders for row in rows(state, stock, order)]


def _head(stock: Stock, order: Order, fen: int) -> Row:
    coupon = order.discount.coupon_id if order.discount else ""
    return (stock.stock_id, coupon, "代金券", yuan(fen), yuan(order.total), order.trade_type, order.transaction_id)


def _used(state: State, stock: Stock, order: Order) -> Iterable[Row]:
    yield (*_head(stock, order, order.off), rfc3339(order.paid), state.mchid, order.device_id, order.bank, "")


def _returned(state: State, stock: Stock, order: Order) -> Iterable[Row]:
    for one in order.refunds.values():
        head = _head(stock, order, order.off * one.fen // order.total)
        yield (*head, one.refund_id, rfc3339(one.created), state.mchid, order.device_id, order.bank, "")
