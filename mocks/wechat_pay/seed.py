"""What a fresh merchant has: payments of yesterday, one of them partly given back, so that there is a bill to fetch.

Law: everything is drawn from the account's seed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mocks.wechat_pay import money
from mocks.wechat_pay.state import Order, Refund, State, merchant, moment
from sandbox.clock import DAY

SEEDED = 3
NOON = DAY // 2


def new(account: str, seed: str, app: Mapping[str, Any], now: int) -> State:
    """A merchant with its credentials. `app`: the application it is bound to (appid, kind) and its followers (openids)."""
    state = merchant(account, seed, app)
    for number in range(SEEDED):
        _sold(state, number, money.midnight(now) - NOON + number * 600_000)
    return state


def _sold(state: State, number: int, paid: int) -> None:
    drawn = int(state.derived(f"sold/{number}")[:8], 16)
    order = Order(
        out_trade_no=f"SEED{moment(paid):%Y%m%d}{number:04}",
        trade_type="JSAPI",
        total=1_000 + drawn % 20_000,
        created=paid - 30_000,
        appid=state.appid,
        description="招牌套餐",
        openid=state.openids[drawn % len(state.openids)],
        state="SUCCESS",
        transaction_id=f"4200{drawn % 1_000_000:06}{moment(paid):%Y%m%d}{state.digits('transaction', 10)}",
        paid=paid,
        bank="OTHERS",
        fee=(60, 0),
        settles=money.midnight(paid) + DAY,
    )
    state.orders[order.out_trade_no] = state.transactions[order.transaction_id] = order
    if number == 0:
        one = Refund(
            f"5030{drawn % 1_000_000:06}{moment(paid):%Y%m%d}{state.digits('refund', 11)}",
            "SEEDREFUND0001",
            100,
            "",
            paid,
            paid,
        )
        order.refunds[one.refund_id] = one
        state.refunds[one.out_refund_no] = (order, one)
