"""Low and slow: accounts that claim a little under every limit, day after day, and share too few phones to be strangers.

Law: see `sandbox.behaviour.traffic`. OWASP OAT-005, OAT-006. Only the graph of who shares what shows it.
"""

from __future__ import annotations

import numpy as np

from sandbox.behaviour.traffic import (
    CAMPAIGNS,
    CLAIM,
    MISSING,
    PAY,
    Columns,
    Plan,
    Rng,
    ages,
    amounts,
    daytime,
    homes,
    mobiles,
    table,
)

COUPON = 500


def slow(rng: Rng, plan: Plan) -> Columns:
    """Under two claims a day for each account, on whichever phone is at hand; the money comes out at a few payment accounts."""
    user = plan.each(rng, 1.8)
    at = daytime(rng, len(user), plan.days)
    shelf = plan.pool(1 / 4, plan.devices)
    device = (user + rng.integers(0, 2, len(user))) % shelf
    flats = homes(rng, plan.pool(1 / 8, plan.proxies))
    ip = np.where(rng.random(len(user)) < 0.5, flats[user % len(flats)], mobiles(rng, user % 5))
    cashes = rng.random(len(user)) < 0.15
    return table(
        at,
        action=np.where(cashes, PAY, CLAIM),
        user=plan.first + user,
        device=plan.first + device,
        ip=ip,
        payment=np.where(cashes, plan.first + user % plan.pool(1 / 10, 1), MISSING),
        seller=np.where(cashes, user % 40, MISSING),
        amount=np.where(cashes, amounts(rng, len(user)), MISSING),
        campaign=np.where(cashes, MISSING, rng.integers(0, CAMPAIGNS, len(user))),
        registered_s=ages(rng, plan.users, 90)[user] + at // 1000,
        value=np.where(cashes, 0, COUPON),
        bad=1,
    )
