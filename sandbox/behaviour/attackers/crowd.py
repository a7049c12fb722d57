"""Human crowd (众包): real people on their own phones, each paid to claim a coupon or two that they would not use.

Law: see `sandbox.behaviour.traffic`. Nothing tells one of them from a customer, and nothing should: it shows where detection ends.
"""

from __future__ import annotations

from sandbox.behaviour.honest import networks, phones
from sandbox.behaviour.traffic import CAMPAIGNS, CLAIM, Columns, Plan, Rng, ages, daytime, table

COUPON = 500


def crowd(rng: Rng, plan: Plan) -> Columns:
    """A claim every other day, as anybody's."""
    user = plan.each(rng, 0.4)
    at = daytime(rng, len(user), plan.days)
    return table(
        at,
        action=CLAIM,
        user=plan.first + user,
        device=phones(rng, plan, user, at),
        ip=networks(rng, plan.users, user, at),
        campaign=rng.integers(0, CAMPAIGNS, len(user)),
        registered_s=ages(rng, plan.users, 500)[user] + at // 1000,
        value=COUPON,
        bad=1,
    )
