"""Hoarding of stock: at every opening scalpers take more cards than they could ever use, and sell some on.

Law: see `sandbox.behaviour.traffic`. OWASP OAT-021. Each claim is one card less for a customer who would have bought.
"""

from __future__ import annotations

import numpy as np

from sandbox.behaviour.traffic import (
    CAMPAIGNS,
    CLAIM,
    GIVE,
    HOUR,
    MISSING,
    SECOND,
    Columns,
    Plan,
    Rng,
    ages,
    homes,
    mobiles,
    openings,
    rank,
    table,
)

LOST_SALE = 400


def hoarding(rng: Rng, plan: Plan) -> Columns:
    """Five cards or so within a minute of an opening, two openings a day; a quarter is handed to the scalper later."""
    visit = plan.each(rng, 1.6)
    opening = openings(rng, len(visit), plan.days)
    taken = 1 + rng.poisson(4, len(visit))
    which = np.repeat(np.arange(len(visit)), taken)
    user = visit[which]
    at = opening[which] + rank(which) * 2 * SECOND + rng.integers(200, 4 * SECOND, len(which))
    sold = rng.random(len(which)) < 0.25
    at = at + np.where(sold, rng.integers(HOUR // 4, 4 * HOUR, len(which)), 0)
    device = user % plan.pool(0.6, plan.devices)
    lines = homes(rng, plan.pool(0.4, plan.proxies))
    ip = np.where(rng.random(len(which)) < 0.7, lines[user % len(lines)], mobiles(rng, user % 5))
    return table(
        at,
        action=np.where(sold, GIVE, CLAIM),
        user=plan.first + user,
        device=plan.first + device,
        ip=ip,
        receiver=np.where(sold, plan.first + plan.users + user % plan.pool(1 / 12, 1), MISSING),
        campaign=np.where(sold, MISSING, rng.integers(0, CAMPAIGNS, len(which))),
        registered_s=ages(rng, plan.users, 120)[user] + at // 1000,
        value=np.where(sold, 0, LOST_SALE),
        bad=1,
    )
