"""Brush orders (刷单): hired buyers order and pay at the shops that hire them, over and over, and nothing is ever shipped.

Law: see `sandbox.behaviour.traffic`. OWASP OAT-016.
"""

from __future__ import annotations

import numpy as np

from sandbox.behaviour.traffic import (
    MINUTE,
    ORDER,
    PAY,
    SECOND,
    SELLERS,
    Columns,
    Ints,
    Plan,
    Rng,
    ages,
    amounts,
    daytime,
    homes,
    joined,
    mobiles,
    table,
)

SUBSIDY = 300
"""What the platform pays for an order that moves a shop up its list, fen."""


def brushing(rng: Rng, plan: Plan) -> Columns:
    """A few orders a day from each buyer at one of two shops, paid within minutes, amounts round the list price."""
    user = plan.each(rng, 4)
    n = len(user)
    at = daytime(rng, n, plan.days)
    shop = (user // 10 * 2 + rng.integers(0, 2, n)) % SELLERS
    flats = homes(rng, plan.pool(0.5, plan.proxies))
    who: dict[str, Ints | int] = {
        "user": plan.first + user,
        "device": plan.first + user % plan.pool(0.5, plan.devices),
        "ip": np.where(rng.random(n) < 0.5, flats[user % len(flats)], mobiles(rng, user % 5)),
        "seller": shop,
        "amount": amounts(rng, n, 9_900, 0.15),
        "registered_s": ages(rng, plan.users, 200)[user] + at // 1000,
        "bad": 1,
    }
    orders = table(at, action=ORDER, value=SUBSIDY, **who)
    paid = at + rng.integers(20 * SECOND, 6 * MINUTE, n)
    return joined([orders, table(paid, action=PAY, payment=plan.first + user, **who)])
