"""A cash coupon is used by paying: the best one that fits takes its part off the price, and its merchant is told.

Law: one coupon for an order, none for a combined one; at least a fen is left to pay.
"""

from __future__ import annotations

from mocks.desk import Desk
from mocks.wechat_pay import notices
from mocks.wechat_pay.favor import shown_coupon, state_of
from mocks.wechat_pay.fields import text_of, value_at
from mocks.wechat_pay.state import Discount, Order, State
from mocks.wechat_pay.stocks import Coupon, Stock


def use_best(desk: Desk, state: State, order: Order) -> None:
    """Use the payer's best coupon for an order that has just been paid, if there is one that fits."""
    now = desk.now()
    fitting = [
        (stock.worth, stock, one)
        for stock in state.favor.values()
        if state_of(stock, now) in ("running", "paused")
        and stock.minimum <= order.total
        and _wanted(stock, order, state.mchid)
        for one in stock.coupons.values()
        if one.openid == order.openid and one.begins <= now and one.status(now) == "SENDED"
    ]
    if fitting and order.total > 1:
        _, stock, one = max(fitting, key=lambda found: (found[0], found[2].coupon_id))
        _use(desk, state, order, stock, one)


def _wanted(stock: Stock, order: Order, mchid: str) -> bool:
    """A stock is good at its merchants alone; one with tags is for orders that bear one of them."""
    tags = value_at(stock.asked, "/coupon_use_rule/goods_tag")
    if mchid not in value_at(stock.asked, "/coupon_use_rule/available_merchants"):
        return False
    return not isinstance(tags, list) or not tags or order.goods_tag in tags


def _use(desk: Desk, state: State, order: Order, stock: Stock, one: Coupon) -> None:
    fen = min(stock.worth, order.total - 1)
    order.discount = Discount(one.coupon_id, stock.stock_id, stock.name, fen, cash=stock.asked.get("no_cash") is not True)
    one.state, one.used, one.transaction_id = "USED", desk.now(), order.transaction_id
    told = {name: value for name, value in shown_coupon(stock, one, state, desk.now()).items() if name != "out_request_no"}
    notices.tell(desk, state, "COUPON.USE", text_of(state.callbacks, "/favor"), told)
