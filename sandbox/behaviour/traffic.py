"""What honest and bad traffic are made of: columns, ids, addresses, times. Shared, so that neither can be told by its make.

Law: pure and vectorised; chance comes in as an argument. A column is an array of int64, a missing value is `MISSING`. Times are ms
after the start, which is midnight in Beijing; money is fen. An address is the number of an IPv4 address.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Columns = Mapping[str, Ints]
Rng = np.random.Generator

MISSING: Final = -1
SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000
CLAIM, REDEEM, GIVE, ORDER, PAY = range(5)

FIELDS: Final = (
    *("at", "action", "user", "device", "ip", "payment", "receiver", "seller", "campaign", "code"),
    *("nonce", "age_ms", "amount", "registered_s", "valid", "value", "bad"),
)
"""The columns of every table of events."""

DEFAULTS: Final[Mapping[str, int]] = {"valid": 1, "value": 0, "bad": 0}
"""What a column holds that nobody fills; `MISSING` where nothing is said here."""

OPENINGS: Final = (10, 12, 20)
"""Hours at which a flash sale opens each day."""

CAMPAIGNS, SELLERS = 24, 90
ROOM: Final = 1_000_000
"""How many ids a family of players has for itself."""

HOURS: Final = np.array([2, 1, 1, 1, 1, 2, 4, 7, 9, 10, 12, 13, 15, 11, 9, 9, 9, 11, 14, 16, 18, 16, 11, 6], dtype=float)
"""How busy each hour of the day is."""

HOME, OFFICE, MOBILE, CAMPUS, HOTEL, DATACENTRE = 0x3A_00_00, 0x7A_00_00, 0x75_80_00, 0xCA_70_00, 0xDA_00_00, 0x2F_60_00
"""The first /24 of each kind of network."""

HOME_SEGMENTS, MOBILE_SEGMENTS, MOBILE_HOSTS, HOTEL_SEGMENTS, DATACENTRE_SEGMENTS = 4_000, 40, 12, 600, 30


@dataclass(frozen=True, slots=True)
class Plan:
    """How large a family of players is: `users` with ids from `first`, for `days`.

    `rate` multiplies how often they act, `devices` and `proxies` how many devices and addresses they share.
    """

    users: int
    days: float
    first: int
    rate: float = 1.0
    devices: float = 1.0
    proxies: float = 1.0

    def each(self, rng: Rng, a_day: float) -> Ints:
        """Who acts, one entry an act: every user at least once, on average `a_day` x `rate` times a day."""
        counts = np.maximum(1, rng.poisson(a_day * self.rate * self.days, self.users))
        return np.repeat(np.arange(self.users), counts)

    def pool(self, a_user: float, factor: float) -> int:
        """The size of a pool that has `a_user` members a user, times `factor`; at least one."""
        return max(1, round(self.users * a_user * factor))


def table(at: Ints, **columns: Ints | Bools | int) -> Columns:
    """A table of events; columns that are not given hold their default."""
    filled = {name: columns.get(name, DEFAULTS.get(name, MISSING)) for name in FIELDS}
    filled["at"] = at
    return {name: np.broadcast_to(np.asarray(value, np.int64), at.shape) for name, value in filled.items()}


def joined(tables: Sequence[Columns]) -> dict[str, Ints]:
    """The tables as one, in time order; those of the same moment stay in the order given."""
    whole = {name: np.concatenate([one[name] for one in tables]) for name in FIELDS}
    order = np.argsort(whole["at"], kind="stable")
    return {name: column[order] for name, column in whole.items()}


def daytime(rng: Rng, n: int, days: float) -> Ints:
    """`n` moments, spread over the days as people's days are."""
    hours = np.arange(int(np.ceil(days * 24)))
    weights = HOURS[hours % 24] * np.minimum(1, days * 24 - hours)
    chosen = rng.choice(hours, n, p=weights / weights.sum())
    at: Ints = (chosen * HOUR + rng.integers(0, HOUR, n)) % max(1, int(days * DAY))
    return at


def openings(rng: Rng, n: int, days: float) -> Ints:
    """`n` openings of a flash sale within the days; the first quarter of an hour stands in when there is none."""
    every = np.array([day * DAY + hour * HOUR for day in range(int(np.ceil(days))) for hour in OPENINGS])
    every = every[every < days * DAY]
    return rng.choice(every, n) if len(every) else np.zeros(n, np.int64)


def rank(groups: Ints) -> Ints:
    """For each entry how many of its group come before it."""
    order = np.argsort(groups, kind="stable")
    kept = groups[order]
    first = np.flatnonzero(np.r_[True, kept[1:] != kept[:-1]])
    places = np.empty(len(groups), np.int64)
    places[order] = np.arange(len(groups)) - np.repeat(first, np.diff(first, append=len(groups)))
    return places


def address(network: int, segment: Ints, host: Ints | int) -> Ints:
    """Addresses in a kind of network."""
    number: Ints = ((network + segment) << 8) + host
    return number


def homes(rng: Rng, n: int) -> Ints:
    """`n` addresses of households."""
    return address(HOME, rng.integers(0, HOME_SEGMENTS, n), rng.integers(1, 255, n))


def mobiles(rng: Rng, carrier: Ints) -> Ints:
    """An address behind each carrier's NAT (0-4), which hundreds of subscribers share."""
    segment = carrier * (MOBILE_SEGMENTS // 5) + rng.integers(0, MOBILE_SEGMENTS // 5, len(carrier))
    return address(MOBILE, segment, rng.integers(1, 1 + MOBILE_HOSTS, len(carrier)))


def datacentres(rng: Rng, n: int) -> Ints:
    """`n` addresses of rented servers."""
    return address(DATACENTRE, rng.integers(0, DATACENTRE_SEGMENTS, n), rng.integers(1, 255, n))


def amounts(rng: Rng, n: int, median: int = 3_500, spread: float = 0.9) -> Ints:
    """What people pay, fen."""
    return np.clip(rng.lognormal(np.log(median), spread, n), 100, 1_000_000).astype(np.int64)


def ages(rng: Rng, n: int, median_days: float, spread: float = 1.4) -> Ints:
    """How long ago accounts were registered, seconds."""
    return np.clip(rng.lognormal(np.log(median_days * 86_400), spread, n), 30, 4e8).astype(np.int64)


def shops(rng: Rng, n: int) -> Ints:
    """Shops as people choose them: few are popular."""
    return np.minimum(SELLERS - 1, rng.zipf(1.35, n) - 1).astype(np.int64)


def clocks(rng: Rng, n: int) -> Ints:
    """How old a signed timestamp is when it arrives, ms: mostly the network, for one in a hundred a clock that is wrong."""
    wrong = np.where(rng.random(n) < 0.01, rng.integers(0, 240 * SECOND, n), 0)
    return wrong + np.clip(rng.lognormal(5.5, 0.9, n), 5, 20_000).astype(np.int64)
