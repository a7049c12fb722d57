"""Forged or omitted device ids: a third tells none, a third a new one each time, a third the one that an emulator ships with.

Law: see `sandbox.behaviour.traffic`. OWASP OAT-004. Rules that pass what they cannot see are blind to the first third.
"""

from __future__ import annotations

import numpy as np

from sandbox.behaviour.traffic import CAMPAIGNS, CLAIM, MISSING, Columns, Plan, Rng, ages, daytime, homes, mobiles, table

COUPON = 500


def forged(rng: Rng, plan: Plan) -> Columns:
    """Several claims a day each, from a flat and from the mobile network."""
    user = plan.each(rng, 4)
    n = len(user)
    at = daytime(rng, n, plan.days)
    fresh = plan.first + plan.users + rng.integers(0, plan.pool(2_000, plan.devices), n)
    emulator = plan.first + user % plan.pool(1 / 30, plan.devices)
    device = np.choose(user % 3, [np.full(n, MISSING), fresh, emulator])
    flats = homes(rng, plan.pool(1 / 3, plan.proxies))
    return table(
        at,
        action=CLAIM,
        user=plan.first + user,
        device=device,
        ip=np.where(rng.random(n) < 0.6, flats[user % len(flats)], mobiles(rng, user % 5)),
        campaign=rng.integers(0, CAMPAIGNS, n),
        registered_s=ages(rng, plan.users, 30)[user] + at // 1000,
        value=COUPON,
        bad=1,
    )
