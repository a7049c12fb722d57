"""Proxy rotation: every account on a fresh emulated device, every request from another address of a rented pool.

Law: see `sandbox.behaviour.traffic`. OWASP OAT-005. A limit on addresses does not see it: no address claims twice in an hour.
"""

from __future__ import annotations

import numpy as np

from sandbox.behaviour.traffic import (
    CAMPAIGNS,
    CLAIM,
    GIVE,
    MISSING,
    Columns,
    Plan,
    Rng,
    ages,
    datacentres,
    daytime,
    homes,
    table,
)

COUPON = 500


def proxies(rng: Rng, plan: Plan) -> Columns:
    """A few claims a day from all over the country, at human hours; what is claimed goes to a dozen resellers."""
    user = plan.each(rng, 5)
    at = daytime(rng, len(user), plan.days)
    residential = homes(rng, plan.pool(4, plan.proxies))
    rented = datacentres(rng, plan.pool(1, plan.proxies))
    ip = rng.choice(np.r_[residential, rented], len(user))
    sold = rng.random(len(user)) < 0.2
    return table(
        at,
        action=np.where(sold, GIVE, CLAIM),
        user=plan.first + user,
        device=plan.first + user,
        ip=ip,
        receiver=np.where(sold, plan.first + plan.users + user % plan.pool(1 / 15, 1), MISSING),
        campaign=np.where(sold, MISSING, rng.integers(0, CAMPAIGNS, len(user))),
        registered_s=ages(rng, plan.users, 20)[user] + at // 1000,
        value=np.where(sold, 0, COUPON),
        bad=1,
    )
