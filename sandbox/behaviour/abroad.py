"""The model of sales abroad: orders in a foreign currency, settled days later at a rate that depends on the trade (K21).

Law: see the package. E-commerce is settled at the rate of the day of settlement, a service at the rate that was locked when it was signed,
travel at the mean of the week. Money is whole fen; rates are fen for one unit of the foreign currency.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Literal

import numpy as np

from sandbox.clock import DAY
from sandbox.rulebooks.market import Market

from . import Begin, Behaviour, Step, Wait
from .merchant import Part

Trade = Literal["ecommerce", "service", "travel"]
WEEK = 7


def seller(part: Part, rng: Random, *, trade: Trade = "ecommerce", orders: int = 200, lasts_ms: int = 14 * DAY) -> Behaviour:
    """Sells so many orders, at any time of the stretch; each is settled when its trade's delay is over."""
    draws = np.random.default_rng(rng.getrandbits(128))
    delay, now = int(part.market.figure(f"settled_after_{trade}")), 0
    rates = daily(draws, part.market, (lasts_ms + delay) // DAY + 1)
    ats = np.sort(draws.integers(0, lasts_ms, orders, dtype=np.int64)).tolist()
    sizes = draws.integers(*part.market.bounds("order_abroad"), orders, dtype=np.int64).tolist()
    for at, size in zip(ats, sizes, strict=True):
        yield Wait(at - now)
        now = at
        signed, settled = at // DAY, (at + delay) // DAY
        yield Begin(_order(size, round(size * rates[signed]), round(size * rate(trade, rates, signed, settled)), delay))


def daily(draws: np.random.Generator, market: Market, days: int) -> list[float]:
    """The rate of each day: a walk from the first day's."""
    changes = draws.normal(0, market.figure("rate_daily_change"), days)
    changes[0] = 0
    return [float(one) for one in market.figure("rate_abroad") * np.exp(np.cumsum(changes))]


def rate(trade: Trade, rates: Sequence[float], signed: int, settled: int) -> float:
    """At what rate an order is settled that was signed and settled on these days."""
    if trade == "ecommerce":
        return rates[settled]
    if trade == "service":
        return rates[signed]
    week = rates[max(0, settled - WEEK + 1) : settled + 1]
    return sum(week) / len(week)


def _order(size: int, worth: int, amount: int, delay: int) -> Behaviour:
    yield Step("sold_abroad", {"units": size, "worth": worth})
    yield Wait(delay)
    yield Step("settled", {"units": size, "worth": worth, "amount": amount, "after": delay})
