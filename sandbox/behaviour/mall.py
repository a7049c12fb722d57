"""The model of a shop's customers: they come again and again, browse, fill the cart, pay, and rise in level.

Law: see `live_room.py`. With a card on sale each paying customer takes one and has it redeemed, so the gap between two redemptions of
one customer is the gap between two purchases (A27).
"""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import NamedTuple

import numpy as np

from sandbox.rulebooks.market import Market

from . import Begin, Behaviour, Step, Wait
from .audience import Ints
from .buying import Order, buy
from .campaign import Offer, Person, claimer, orders
from .live_room import payment_success
from .merchant import Part

WEEK = 7 * 86_400_000


class Visits(NamedTuple):
    """All visits in order of time: when (ms after the start), whose, and how far each goes: 0 browses, 1 fills the cart, 2 orders, 3 pays."""

    at: Ints
    who: Ints
    stage: Ints


def shoppers(
    part: Part,
    rng: Random,
    *,
    customers: int = 300,
    lasts_ms: int = 4 * WEEK,
    promotion_ms: int = 0,
    coupon: bool = False,
) -> Behaviour:
    """Customers over some weeks. For the last `promotion_ms` there is a promotion; with `coupon` who pays redeems the card on sale."""
    draws = np.random.default_rng(rng.getrandbits(128))
    market, now = part.market, 0
    plan = visits(draws, market, customers, lasts_ms)
    worth = orders(market, draws, "gift", len(plan.at)).tolist()
    baskets, bought = basket(draws, market, len(plan.at)), Counter[str]()
    ships = draws.integers(*market.bounds("shipped_after"), len(plan.at), dtype=np.int64).tolist()
    for number, (at, who, stage) in enumerate(zip(plan.at.tolist(), plan.who.tolist(), plan.stage.tolist(), strict=True)):
        yield Wait(at - now)
        now, promoted = at, at >= lasts_ms - promotion_ms
        yield Step("browsed", {"count": 1})
        if stage == 0:
            continue
        yield Step("carted", {"count": 1})
        if stage > 1:
            amount = round(worth[number] * (market.figure("promotion_order") if promoted else 1.0))
            user = f"o{part.population}{who:020}"
            trade = f"{part.day}{part.population}{number:08}"
            order = Order(trade, user, baskets[number], amount, stage == 3, ships[number], promoted)
            yield Begin(_customer(part, order, bought, coupon=coupon))


def visits(draws: np.random.Generator, market: Market, customers: int, lasts: int) -> Visits:
    """Each customer comes so many times a week on average, whenever."""
    total = int(draws.poisson(customers * market.figure("visits_a_week") * lasts / WEEK))
    at = np.sort(draws.integers(0, lasts, total, dtype=np.int64))
    steps = (market.figure("carts"), market.figure("orders_of_carts"), payment_success(draws, market))
    stage = np.zeros(total, dtype=np.int64)
    for number, share in enumerate(steps):
        stage += (stage == number) & (draws.random(total) < share)
    return Visits(at, draws.integers(0, customers, total, dtype=np.int64), stage)


def basket(draws: np.random.Generator, market: Market, count: int) -> list[str]:
    """What is in each basket: a product, the popular ones more often; in some a second, half of these the first one's neighbour."""
    products = int(market.figure("products"))
    weights = 1 / np.arange(1, products + 1)
    first, other = (draws.choice(products, count, p=weights / weights.sum()) for _ in range(2))
    two = draws.random(count) < market.figure("bought_together")
    second = np.where(draws.random(count) < 0.5, (first + 1) % products, other)
    return [
        f"p{one:02}" if not more or one == another else f"p{one:02},p{another:02}"
        for one, another, more in zip(first.tolist(), second.tolist(), two.tolist(), strict=True)
    ]


def _customer(part: Part, order: Order, bought: Counter[str], *, coupon: bool) -> Behaviour:
    paid = yield from buy(part, order, bought)
    card_id = part.merchant.board.get("card_id")
    if paid and coupon and card_id:
        offer = Offer(part, card_id, part.merchant.board["kind"], "direct_api", 0)
        yield from claimer(offer, Person(order.user, 0, shares=False, redeems_after=0, order=order.amount, misread=False))
