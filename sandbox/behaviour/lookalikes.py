"""Honest people whom a careless rule takes for attackers.

Law: see `traffic`. A whole campus behind two addresses, a family on one tablet, a clerk who types hundreds of codes into one till, a
traveller with a new address every day, a rush at the second a sale opens.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from .honest import acts, networks, phones, visits
from .traffic import (
    CAMPAIGNS,
    CAMPUS,
    CLAIM,
    DAY,
    HOTEL,
    HOTEL_SEGMENTS,
    HOUR,
    OFFICE,
    OPENINGS,
    REDEEM,
    SECOND,
    Columns,
    Plan,
    Rng,
    address,
    daytime,
    homes,
    mobiles,
    openings,
    rank,
)

ON_CAMPUS: Final = 250
"""Students behind one address."""

IN_FAMILY: Final = 4
CLERK_ERRORS: Final = 0.035


def campus(rng: Rng, plan: Plan) -> Columns:
    """Hundreds behind one address, dozens of them within the same minute of an evening's sale."""
    visitor = plan.each(rng, 0.6)
    rushes = rng.random(len(visitor)) < 0.4
    evening = rng.integers(0, int(np.ceil(plan.days)), len(visitor)) * DAY + OPENINGS[-1] * HOUR
    rush = np.where(evening < plan.days * DAY, evening, 0) + np.abs(rng.normal(0, 40 * SECOND, len(visitor))).astype(
        np.int64
    )
    at = np.where(rushes, rush, daytime(rng, len(visitor), plan.days))
    block = visitor // ON_CAMPUS
    wired = address(CAMPUS, block // 4, 1 + block % 4)
    ip = np.where(rng.random(len(visitor)) < 0.8, wired, mobiles(rng, visitor % 5))
    return visits(rng, plan, visitor, at, phones(rng, plan, visitor, at), ip)


def family(rng: Rng, plan: Plan) -> Columns:
    """Up to four accounts on one tablet, at one address, giving cards to one another."""
    visitor = plan.each(rng, 0.5)
    at = daytime(rng, len(visitor), plan.days)
    household = visitor // IN_FAMILY
    ip = homes(rng, plan.users // IN_FAMILY + 1)[household]
    tablet = plan.first + 4 * plan.users + household
    own = rng.random(len(visitor)) < 0.25
    device = np.where(own, phones(rng, plan, visitor, at), tablet)
    return visits(rng, plan, visitor, at, device, ip)


def clerk(rng: Rng, plan: Plan) -> Columns:
    """A till: a customer's code every minute or so in opening hours, some mistyped, more when it is full."""
    user = plan.each(rng, 60)
    day = rng.integers(0, max(1, int(plan.days)), len(user)) * DAY
    at = day + (np.clip(rng.normal(13, 2.5, len(user)), 8, 21) * HOUR).astype(np.int64)
    at = np.minimum(at, int(plan.days * DAY) - 1) + rng.integers(0, 20 * SECOND, len(user))
    shop = address(OFFICE, 9_000 + user, 1)
    made = acts(rng, plan, user, at, np.full(len(user), REDEEM), plan.first + user, shop)
    return {**made, "valid": (rng.random(len(user)) >= CLERK_ERRORS).astype(np.int64)}


def traveller(rng: Rng, plan: Plan) -> Columns:
    """Another hotel, station or airport every day, and the mobile network between."""
    visitor = plan.each(rng, 1.2)
    at = daytime(rng, len(visitor), plan.days)
    stay = visitor * 1_000 + at // (8 * HOUR)
    lodging = address(HOTEL, stay * 2_654_435_761 % HOTEL_SEGMENTS, 1 + stay % 3)
    ip = np.where(rng.random(len(visitor)) < 0.6, lodging, mobiles(rng, (visitor + at // DAY) % 5))
    return visits(rng, plan, visitor, at, phones(rng, plan, visitor, at), ip)


def rush(rng: Rng, plan: Plan) -> Columns:
    """Impatient people: two to seven taps within seconds of an opening, on a few days, and ordinary visits between."""
    each = plan.each(rng, 0.45)
    opening = openings(rng, len(each), plan.days)
    tapper = np.repeat(np.arange(len(each)), rng.integers(2, 8, len(each)))
    late = rng.exponential(2.5 * SECOND, len(each)).astype(np.int64)[tapper]
    taps = rank(tapper) * 700 + rng.integers(0, 900, len(tapper))
    user, at = each[tapper], opening[tapper] + late + taps
    device, ip = phones(rng, plan, each, opening)[tapper], networks(rng, plan.users, each, opening)[tapper]
    made = acts(rng, plan, user, at, np.full(len(user), CLAIM), device, ip)
    return {**made, "campaign": rng.integers(0, CAMPAIGNS, len(each))[tapper]}


LOOKALIKES: Final[Mapping[str, tuple[float, Callable[[Rng, Plan], Columns]]]] = {
    "campus_nat": (0.44, campus),
    "family_device": (0.24, family),
    "shop_clerk": (0.02, clerk),
    "traveller": (0.12, traveller),
    "flash_rush": (0.18, rush),
}
"""Each kind: its share of all look-alikes, and its traffic."""
