"""Honest people as they come: households, offices, mobile networks, lunch at the same shop, flash sales, a phone that is replaced.

Law: see `traffic`. Nothing here is bad; `value` is what the merchant loses when the act is refused by mistake.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from .traffic import (
    CAMPAIGNS,
    CLAIM,
    DAY,
    GIVE,
    HOUR,
    MISSING,
    OFFICE,
    ORDER,
    PAY,
    REDEEM,
    SECOND,
    Columns,
    Ints,
    Plan,
    Rng,
    address,
    ages,
    amounts,
    daytime,
    homes,
    mobiles,
    openings,
    shops,
    table,
)

VISITS: Final = np.array(
    [
        *((CLAIM, MISSING, MISSING), (CLAIM, CLAIM, MISSING), (CLAIM, ORDER, PAY), (REDEEM, PAY, MISSING)),
        *((ORDER, PAY, MISSING), (GIVE, MISSING, MISSING), (PAY, MISSING, MISSING)),
    ]
)
"""What people do one after the other in one visit."""

SHARES: Final = np.array([0.24, 0.08, 0.10, 0.20, 0.22, 0.04, 0.12])
"""How common each visit is."""

A_DAY: Final = 0.25
"""Visits a day of the average person, but one at least; one in twenty comes five times as often."""

TYPING_ERRORS: Final = 0.02
DEAR: Final = 0.012
"""One purchase in so many is a telephone or a washing machine."""

MARGIN: Final = 0.2
"""The merchant's share of what is paid."""

CLAIM_WORTH: Final = 100
"""What a claim of an honest person is worth to the merchant, fen."""

CLUB: Final = 1_500
"""One person in so many is given cards by many."""


def plain(rng: Rng, plan: Plan) -> Columns:
    """People who visit now and then."""
    often = plan.rate * A_DAY * rng.gamma(1.2, 1 / 1.2, plan.users) * np.where(rng.random(plan.users) < 0.05, 5, 1)
    visitor = np.repeat(np.arange(plan.users), np.maximum(1, rng.poisson(often * plan.days)))
    at = daytime(rng, len(visitor), plan.days)
    rushes = rng.random(len(visitor)) < 0.06
    at = np.where(rushes, openings(rng, len(at), plan.days) + rng.integers(0, 90 * SECOND, len(at)), at)
    device = phones(rng, plan, visitor, at)
    ip = networks(rng, plan.users, visitor, at)
    return visits(rng, plan, visitor, at, device, ip)


def visits(rng: Rng, plan: Plan, visitor: Ints, at: Ints, device: Ints, ip: Ints) -> Columns:
    """The acts of visits that begin at `at`: seconds apart, at human pace."""
    script = VISITS[rng.choice(len(VISITS), len(visitor), p=SHARES)]
    steps = script.shape[1]
    gaps = np.where(np.arange(steps) == 0, 0, rng.gamma(1.5, 20 * SECOND, (len(visitor), steps)) + 2 * SECOND)
    done = script.ravel() != MISSING
    which = np.repeat(np.arange(len(visitor)), steps)[done]
    moment = (at[:, None] + np.cumsum(gaps, axis=1).astype(np.int64)).ravel()[done]
    return acts(rng, plan, visitor[which], moment, script.ravel()[done], device[which], ip[which])


def acts(rng: Rng, plan: Plan, user: Ints, at: Ints, action: Ints, device: Ints, ip: Ints) -> Columns:
    """Ordinary acts: own payment account, own friends, shops by popularity, now and then a code that is mistyped."""
    n = len(user)
    seniority = np.where(rng.random(plan.users) < 0.05, ages(rng, plan.users, 0.3), ages(rng, plan.users, 500))
    favourite = np.where(rng.random(plan.users) < 0.15, shops(rng, plan.users), MISSING)
    loyal = (rng.random(n) < 0.6) & (favourite[user] != MISSING)
    buys = (action == ORDER) | (action == PAY)
    dear = np.where(rng.random(n) < DEAR, amounts(rng, n, 220_000, 0.6), amounts(rng, n))
    amount = np.where(buys, dear, MISSING)
    friend = (user // 4 * 4 + rng.integers(0, 4, n)) % max(1, plan.users)
    friend = np.where(rng.random(n) < 0.03, user // CLUB * CLUB, friend)  # a teacher, a bride, the head of a club
    return table(
        at,
        action=action,
        user=plan.first + user,
        device=device,
        ip=ip,
        payment=np.where(action == PAY, plan.first + user, MISSING),
        receiver=np.where(action == GIVE, plan.first + friend, MISSING),
        seller=np.where(buys, np.where(loyal, favourite[user], shops(rng, n)), MISSING),
        campaign=np.where(action == CLAIM, rng.integers(0, CAMPAIGNS, n), MISSING),
        code=np.where(action == REDEEM, rng.integers(0, 2**31, n), MISSING),
        amount=amount,
        registered_s=seniority[user] + at // 1000,
        valid=(action != REDEEM) | (rng.random(n) >= TYPING_ERRORS),
        value=np.where(buys, amount * MARGIN, CLAIM_WORTH).astype(np.int64),
    )


def phones(rng: Rng, plan: Plan, visitor: Ints, at: Ints) -> Ints:
    """Each visit's device: some have two, some replace theirs, and some pages of old do not tell the device at all."""
    second = (rng.random(plan.users) < 0.08)[visitor] & (rng.random(len(visitor)) < 0.2)
    replaced = np.where(rng.random(plan.users) < 0.03, rng.uniform(0, plan.days * DAY, plan.users), np.inf)[visitor] < at
    silent = (rng.random(plan.users) < 0.003)[visitor] & (rng.random(len(visitor)) < 0.5)
    device = plan.first + visitor + plan.users * (second + 2 * replaced)
    return np.where(silent, MISSING, device)


def networks(rng: Rng, users: int, visitor: Ints, at: Ints) -> Ints:
    """Each visit's address: the household's, the mobile network's, in working hours the office's."""
    household = homes(rng, users // 2 + 1)[rng.integers(0, users // 2 + 1, users)]
    office = np.where(rng.random(users) < 0.5, rng.integers(0, users // 40 + 1, users), MISSING)[visitor]
    carrier = rng.integers(0, 5, users)[visitor]
    hour = at // HOUR % 24
    draw = rng.random(len(visitor))
    works = (office != MISSING) & (hour >= 9) & (hour < 18) & (draw < 0.5)
    ip = np.where(draw > 0.6, household[visitor], mobiles(rng, carrier))
    return np.where(works, address(OFFICE, office // 4, 1 + office % 4), ip)
