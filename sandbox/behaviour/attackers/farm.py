"""Shared-device farm: a few phones on a shelf, a dozen accounts on each, worked through in turn after every opening.

Law: see `sandbox.behaviour.traffic`. OWASP OAT-019, OAT-005.
"""

from __future__ import annotations

import numpy as np

from sandbox.behaviour.traffic import (
    CAMPAIGNS,
    CLAIM,
    GIVE,
    MISSING,
    OFFICE,
    SECOND,
    Columns,
    Plan,
    Rng,
    address,
    ages,
    openings,
    rank,
    table,
)

COUPON = 500
"""What a claimed coupon costs the merchant, fen."""


def farm(rng: Rng, plan: Plan) -> Columns:
    """Claims half a minute apart on each device, as a script makes them; one in eight is given to who sells them."""
    user = plan.each(rng, 3.5)
    device = user % plan.pool(1 / 12, plan.devices)
    begin = openings(rng, len(user), plan.days)
    turn = rank(begin // SECOND * 1_000 + device)
    at = begin + 5 * SECOND * (1 + device % 7) + turn * 31 * SECOND + rng.integers(-900, 900, len(user))
    room = user % plan.pool(1 / 25, plan.proxies)
    sold = rng.random(len(user)) < 0.12
    return table(
        at,
        action=np.where(sold, GIVE, CLAIM),
        user=plan.first + user,
        device=plan.first + device,
        ip=address(OFFICE, plan.first // 4_000 + room, 7),
        receiver=np.where(sold, plan.first + plan.users + user % 2, MISSING),
        campaign=np.where(sold, MISSING, rng.integers(0, CAMPAIGNS, len(user))),
        registered_s=ages(rng, plan.users, 12)[user] + at // 1000,
        value=np.where(sold, 0, COUPON),
        bad=1,
    )
