"""Transfer ring: ten accounts or so that give cards round and round, each gift earning a sharing bonus.

Law: see `sandbox.behaviour.traffic`. OWASP OAT-012. Every account gives no more than a generous friend might.
"""

from __future__ import annotations

import numpy as np

from sandbox.behaviour.traffic import GIVE, Columns, Plan, Rng, ages, daytime, homes, mobiles, table

BONUS = 200
MEMBERS = 10


def ring(rng: Rng, plan: Plan) -> Columns:
    """Some gifts a day from each to the next two or three round the ring."""
    user = plan.each(rng, 4)
    at = daytime(rng, len(user), plan.days)
    members = min(MEMBERS, plan.users)
    begin = user // members * members
    size = np.maximum(1, np.minimum(members, plan.users - begin))
    receiver = begin + (user - begin + rng.integers(1, 4, len(user))) % size
    flats = homes(rng, plan.pool(0.7, plan.proxies))
    return table(
        at,
        action=GIVE,
        user=plan.first + user,
        device=plan.first + user % plan.pool(0.9, plan.devices),
        ip=np.where(rng.random(len(user)) < 0.6, flats[user % len(flats)], mobiles(rng, user % 5)),
        receiver=plan.first + receiver,
        registered_s=ages(rng, plan.users, 150)[user] + at // 1000,
        value=BONUS,
        bad=1,
    )
