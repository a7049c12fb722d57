"""Code enumeration: codes are tried at the till's interface until one is good.

Law: see `sandbox.behaviour.traffic`. OWASP OAT-002: hits expected = tries x valid codes / all codes.
"""

from __future__ import annotations

import numpy as np

from sandbox.behaviour.traffic import DAY, HOUR, REDEEM, SECOND, Columns, Plan, Rng, ages, daytime, homes, rank, table

CASH_CARD = 2_000
DENSITY = 0.015
"""One code in so many is good."""


def enumeration(rng: Rng, plan: Plan) -> Columns:
    """Sittings of some dozen tries, ten to forty seconds apart, on phones that two accounts share."""
    sitting = plan.each(rng, 1)
    tries = 1 + rng.poisson(28, len(sitting))
    which = np.repeat(np.arange(len(sitting)), tries)
    user = sitting[which]
    begin = np.clip(daytime(rng, len(sitting), plan.days), 0, max(0, int(plan.days * DAY) - HOUR // 2))
    at = begin[which] + rank(which) * 22 * SECOND + rng.integers(0, 18 * SECOND, len(which))
    device = user % plan.pool(1 / 2, plan.devices)
    lines = homes(rng, plan.pool(1 / 2, plan.proxies))
    hit = rng.random(len(which)) < DENSITY
    return table(
        at,
        action=REDEEM,
        user=plan.first + user,
        device=plan.first + device,
        ip=lines[rng.integers(0, len(lines), len(which))],
        code=rng.integers(0, 2**31, len(which)),
        registered_s=ages(rng, plan.users, 40)[user] + at // 1000,
        valid=hit,
        value=np.where(hit, CASH_CARD, 0),
        bad=1,
    )
