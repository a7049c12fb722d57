"""What WeChat Pay tells a merchant's server, in plain text; the courier encrypts and signs it.

Law: a notice keeps its id for all attempts; it tells what was true when it was posted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mocks.desk import Desk
from mocks.http import Answer
from mocks.wechat_pay import legacy_views, views
from mocks.wechat_pay.state import Order, Refund, State, moment, rfc3339
from sandbox.behaviour import Push
from sandbox.events import Event
from sandbox.policy import Signal

TOPIC, LEGACY_TOPIC = "wechat_pay.notice", "wechat_pay_v2.notice"
SUMMARIES = {
    "TRANSACTION.SUCCESS": "支付成功",
    "REFUND.SUCCESS": "退款成功",
    "REFUND.ABNORMAL": "退款异常",
    "REFUND.CLOSED": "退款关闭",
    "COUPON.USE": "用券成功",
    "COUPON.SEND": "商家券领券通知",
}
"""What a notice's `summary` says of each `event_type`."""


def tell(desk: Desk, state: State, event: str, url: str, resource: Mapping[str, Any]) -> None:
    """Post one notice to a URL. Without a URL nothing is sent, as at the vendor."""
    if not url:
        return
    now = desk.now()
    number = f"EV-{moment(now):%Y%m%d%H%M%S}{state.digits('notice', 12)}"
    body = {"id": number, "create_time": rfc3339(now), "event_type": event, "summary": SUMMARIES[event], "url": url}
    desk.post(state.account, Push(TOPIC, {**body, "resource": dict(resource)}, now))


def noted(desk: Desk, state: State, order: Order, became: str) -> None:
    """Note in the journal what became of an order: asked, paid, paid_out."""
    event: Event = {"at": desk.now(), "kind": "payment", "account": state.account, "order": order.out_trade_no}
    desk.record({**event, "became": became})


def taken(_desk: Desk, state: State, signal: Signal) -> Answer:
    """A simulated merchant has taken a notice, as one on a network says by its answer: it is not sent again."""
    state.taken.add(str(signal.payload.get("id", "")))
    return Answer("0")


def paid(desk: Desk, state: State, order: Order) -> None:
    """Tell that an order has been paid, in the manner of the interface it was made through."""
    if order.version == 2:
        _tell_legacy(desk, state, order, order.notify_url, legacy_views.paid(state, order))
        return
    tell(desk, state, "TRANSACTION.SUCCESS", order.notify_url, views.transaction(state, order, desk.now()))


def paid_together(desk: Desk, state: State, orders: Sequence[Order], number: str) -> None:
    """Tell that a combined order has been paid: one notice for all its parts."""
    tell(desk, state, "TRANSACTION.SUCCESS", orders[0].notify_url, views.combined(state, orders, number, desk.now()))


def refunded(desk: Desk, state: State, order: Order, refund: Refund) -> None:
    """Tell what a refund has become."""
    if refund.version == 2:
        head = {"return_code": "SUCCESS", "appid": order.appid, "mch_id": state.mchid}
        _tell_legacy(desk, state, order, refund.notify_url, head, legacy_views.refund_told(order, refund, desk.now()))
        return
    told = views.refund_told(desk, state, order, refund, desk.now())
    tell(desk, state, f"REFUND.{refund.fate}", refund.notify_url, told)


def _tell_legacy(
    desk: Desk, state: State, order: Order, url: str, fields: Mapping[str, str], secret: Mapping[str, str] | None = None
) -> None:
    if url:
        told = {"url": url, "fields": dict(fields), "trial": order.trial, **({"secret": dict(secret)} if secret else {})}
        desk.post(state.account, Push(LEGACY_TOPIC, told, desk.now()))
