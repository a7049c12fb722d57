"""What a payment costs, when it settles, and what a merchant has: paid - refunded - fees - shared = settled + not yet settled.

Law: pure arithmetic in fen over orders; a balance is computed when somebody looks. Facts V07, V08, V09, M08.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mocks.desk import Desk
from mocks.wechat_pay.state import BEIJING, Order, Refund, Terms
from sandbox.clock import DAY

NAME = "wechat_pay"
ZONE = int(BEIJING.total_seconds() * 1000)


@dataclass(frozen=True, slots=True)
class Balance:
    """A merchant's money, fen. `paid` and `refunded` are what counts for the merchant: without discounts it bears itself."""

    paid: int = 0
    refunded: int = 0
    fees: int = 0
    shared: int = 0
    settled: int = 0
    unsettled: int = 0


def midnight(at: int) -> int:
    """When the day of `at` began in Beijing."""
    return (at + ZONE) // DAY * DAY - ZONE


def fee_rate(desk: Desk, terms: Terms) -> tuple[int, int]:
    """What is taken of a payment: basis points, and fen on top."""
    if terms.goods == "international":
        cents: int = desk.setting(NAME, "fee_international_cents")
        return desk.setting(NAME, "fee_international"), cents * int(desk.setting(NAME, "usd_fen")) // 100
    each: int = desk.setting(NAME, "fee_luxury" if terms.goods == "luxury" else "fee_standard")
    return (terms.rate or each) + terms.periods * int(desk.setting(NAME, "fee_instalment_period")), 0


def settles_at(desk: Desk, terms: Terms, paid: int) -> int:
    """When the money of a payment becomes the merchant's to use."""
    days = desk.setting(NAME, "settle_days_international" if terms.goods == "international" else "settle_days")
    if terms.periods:
        days = terms.agreed_days
    return midnight(paid) + int(days) * DAY + int(desk.setting(NAME, "settle_time"))


def fee(order: Order, fen: int) -> int:
    """What is taken when `fen` of an order stay paid: the rate, rounded half up, and the fixed part, which is never returned."""
    points, fixed = order.fee
    return (fen * points + 5000) // 10_000 + fixed


def discount_part(order: Order, fen: int) -> int:
    """How much of `fen` of an order its coupon bore."""
    return order.off * fen // order.total


def settled_part(order: Order, fen: int) -> int:
    """How much of `fen` of an order counts for the merchant."""
    return fen - (0 if order.discount is None or order.discount.cash else discount_part(order, fen))


def share(order: Order, refund: Refund, now: int) -> tuple[int, int]:
    """(discount part, settled part) of one refund, so that those of all refunds add up to those of their sum."""
    before = 0
    for one in order.refunds.values():
        if one is refund:
            break
        before += one.fen if one.status(now) != "CLOSED" else 0
    after = before + refund.fen
    discount = discount_part(order, after) - discount_part(order, before)
    return discount, settled_part(order, after) - settled_part(order, before)


def fee_back(order: Order, refund: Refund) -> int:
    """What of the fee is returned with one refund, so that those of all refunds add up."""
    gross = order.settlement_total
    before = 0
    for one in order.refunds.values():
        part = share(order, one, one.due)[1] if one.fate != "CLOSED" else 0
        if one is refund:
            return fee(order, gross - before) - fee(order, gross - before - part)
        before += part
    return 0


def balance(orders: Iterable[Order], now: int) -> Balance:
    """What the paid ones of these orders come to."""
    paid = refunded = fees = shared = settled = unsettled = 0
    for order in orders:
        if not order.paid or order.paid > now:
            continue
        gross, back = order.settlement_total, settled_part(order, order.refunded(now))
        cost = fee(order, gross - back)
        paid, refunded, fees, shared = paid + gross, refunded + back, fees + cost, shared + order.shared
        if max(order.settles, order.frozen_until) <= now:
            settled += gross - back - cost - order.shared
        else:
            unsettled += gross - back - cost - order.shared
    return Balance(paid, refunded, fees, shared, settled, unsettled)


def unshared(order: Order, now: int) -> int:
    """What an order brought and nobody else has got, fen."""
    kept = order.settlement_total - settled_part(order, order.refunded(now))
    return max(0, kept - fee(order, kept) - order.shared)
