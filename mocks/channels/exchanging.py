"""Exchanges (换货): when the old goods are back, the merchant sends others or refuses to; the buyer receives them.

Law: plans; see `aftersales`. No money moves. What is sent leaves the stock of its sku.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mocks.channels import orders
from mocks.channels.aftersales import SENT_ANEW, UNSUPPORTED, WAIT_RECEIPT, WRONG_STATUS, becomes, sale_of
from mocks.channels.fields import NAME, Payload, checked, each, invalid, maybe, number, text, whole
from mocks.channels.plan import Deed, Fact, Plan, ok, trading
from mocks.channels.refunding import REJECTIONS
from mocks.channels.state import AfterSale, State
from mocks.desk import Desk
from mocks.http import Answer
from sandbox.policy import Signal

REFUSED, EXCHANGED = "MERCHANT_REJECT_RESHIP", "MERCHANT_EXCHANGE_SUCCESS"


def _returned(state: State, asked: Payload) -> AfterSale | Answer:
    """The exchange whose old goods are on their way back or there."""
    sale = sale_of(state, asked)
    if isinstance(sale, Answer):
        return sale
    if sale.kind != "EXCHANGE":
        return UNSUPPORTED
    return sale if sale.status == WAIT_RECEIPT else WRONG_STATUS


def send(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """The old goods are there, others are sent; a buyer who says nothing of them has received them."""
    sale = _returned(state, asked)
    if isinstance(sale, Answer):
        return sale
    if refused := checked(asked, {"waybill_id": text(100), "delivery_id": text(20)}):
        return refused
    if asked["delivery_id"] not in orders.COMPANIES:
        return invalid("delivery_id", "a delivery company of the list")
    product = state.products.get(sale.line.product_id)
    if product is None or product.stock.get(sale.wanted, 0) < sale.count:
        return Answer("10021088")

    def deed() -> Answer:
        product.move(sale.wanted, -sale.count, orders.SOLD, desk.now())
        by = {name: asked[name] for name in ("waybill_id", "delivery_id")}
        sale.anew = {**by, "delivery_name": orders.COMPANIES[by["delivery_id"]]}
        becomes(desk, state, sale, SENT_ANEW)
        due = desk.now() + desk.setting(NAME, "confirm_after")
        desk.later(state.account, due, f"receipt of channels exchange {sale.id}", lambda: _receive(desk, state, sale))
        return ok()

    return deed


def _receive(desk: Desk, state: State, sale: AfterSale) -> None:
    if sale.status == SENT_ANEW:
        becomes(desk, state, sale, EXCHANGED)


def refuse(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """Nothing is sent: what came back is not what went out, for instance."""
    sale = _returned(state, asked)
    if isinstance(sale, Answer):
        return sale
    kinds = {"reject_reason": maybe(text(500, 0)), "reject_reason_type": maybe(whole(0, 100))}
    if refused := checked(asked, {**kinds, "reject_certificates": maybe(each(text(200), 5))}):
        return refused

    def deed() -> Answer:
        sale.reject = asked.get("reject_reason") or dict(REJECTIONS).get(number(asked.get("reject_reason_type")), "其他")
        sale.certificates = asked.get("reject_certificates") or []
        becomes(desk, state, sale, REFUSED)
        return ok()

    return deed


def received(desk: Desk, state: State, signal: Signal) -> Answer:
    """A buyer has received what was sent instead."""
    sale = sale_of(state, signal.payload)
    if isinstance(sale, Answer):
        return sale
    if sale.status != SENT_ANEW:
        return WRONG_STATUS
    _receive(desk, state, sale)
    return ok(status=sale.status)


PLANS: Final[Mapping[str, Plan]] = {
    "channels.aftersale_reship": trading(send),
    "channels.aftersale_reship_reject": trading(refuse),
}
"""What can be asked about exchanges."""

SIGNALS: Final[Mapping[str, Fact]] = {"channels.aftersale_received": received}
"""What buyers do about them."""
