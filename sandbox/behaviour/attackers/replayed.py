"""Replayed signature: a request that was captured once is sent again and again, its nonce and its timestamp as they were.

Law: see `sandbox.behaviour.traffic`. The first sending is honest; every later one is bad, and must be refused, all of them.
"""

from __future__ import annotations

import numpy as np

from sandbox.behaviour.traffic import (
    CAMPAIGNS,
    CLAIM,
    HOUR,
    ROOM,
    SECOND,
    Columns,
    Plan,
    Rng,
    ages,
    daytime,
    homes,
    rank,
    table,
)

COUPON = 500


def replayed(rng: Rng, plan: Plan) -> Columns:
    """Bursts of copies within seconds, and stale ones hours later."""
    captured = plan.each(rng, 0.6)
    first = daytime(rng, len(captured), plan.days)
    copies = 1 + rng.poisson(6, len(captured))
    which = np.repeat(np.arange(len(captured)), copies + 1)
    again = rank(which)
    stale = rng.random(len(which)) < 0.3
    gap = np.where(
        stale, rng.integers(HOUR // 10, 9 * HOUR, len(which)), again * rng.integers(1 * SECOND, 9 * SECOND, len(which))
    )
    gap = np.where(again == 0, 0, gap)
    user = captured[which]
    return table(
        first[which] + gap,
        action=CLAIM,
        user=plan.first + user,
        device=plan.first + user,
        ip=homes(rng, plan.users)[user],
        campaign=rng.integers(0, CAMPAIGNS, len(captured))[which],
        nonce=plan.first + ROOM // 2 + which,
        age_ms=150 + gap,
        registered_s=ages(rng, plan.users, 200)[user] + first[which] // 1000,
        value=np.where(again == 0, 0, COUPON),
        bad=again > 0,
    )
