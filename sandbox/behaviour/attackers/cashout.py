"""Cash-out (套现): credit is turned into cash by paying a colluding merchant for nothing, in parts that stay under the limit.

Law: see `sandbox.behaviour.traffic`. OWASP OAT-012.
"""

from __future__ import annotations

import numpy as np

from sandbox.behaviour.traffic import (
    DAY,
    MINUTE,
    PAY,
    SELLERS,
    Columns,
    Plan,
    Rng,
    ages,
    daytime,
    homes,
    mobiles,
    rank,
    table,
)

LIMIT = 500_000
"""Single payments stay below it, fen."""

COST = 0.006
"""What a payment that is no sale costs: the fee that nobody will be paid for."""


def cashout(rng: Rng, plan: Plan) -> Columns:
    """Sittings of a few payments, minutes apart, each a little under the limit, at the same two shops."""
    sitting = plan.each(rng, 0.9)
    parts = 1 + rng.poisson(3, len(sitting))
    which = np.repeat(np.arange(len(sitting)), parts)
    user = sitting[which]
    begin = np.clip(daytime(rng, len(sitting), plan.days), 0, max(0, int(plan.days * DAY) - 30 * MINUTE))
    at = begin[which] + rank(which) * 4 * MINUTE + rng.integers(0, 3 * MINUTE, len(which))
    amount = (LIMIT * rng.uniform(0.3, 0.99, len(which))).astype(np.int64)
    flats = homes(rng, plan.pool(0.8, plan.proxies))
    return table(
        at,
        action=PAY,
        user=plan.first + user,
        device=plan.first + user % plan.pool(0.8, plan.devices),
        ip=np.where(rng.random(len(which)) < 0.5, flats[user % len(flats)], mobiles(rng, user % 5)),
        payment=plan.first + user,
        seller=(60 + user // 8 * 2 + rng.integers(0, 2, len(which))) % SELLERS,
        amount=amount,
        registered_s=ages(rng, plan.users, 300)[user] + at // 1000,
        value=(amount * COST).astype(np.int64),
        bad=1,
    )
