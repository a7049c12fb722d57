"""The model of an audience: who opens what is shown, who claims, shares and redeems, drawn for a whole campaign at once.

Law: pure. Figures come from the market's rulebook, chance from a generator that is handed in; the same generator state gives the
same crowd. Nothing here calls a platform: `campaign.py` plays the crowd against one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from sandbox.clock import BEIJING, DAY
from sandbox.rulebooks.market import Market

Channel = Literal[
    "account_menu",
    "miniprogram_popup",
    "moments",
    "community",
    "offline_scan",
    "pay_gift",
    "livestream",
    "points",
    "poster",
]
CHANNELS: tuple[str, ...] = get_args(Channel)
"""Where a card can be come by; the market's `claim_CHANNEL` says how often it is claimed there (A23, A24, M12)."""

Group = Literal["everyone", "new", "members"]
"""Whom a card is shown to (M12)."""

MINUTE = 60_000
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Tactics:
    """What the merchant does about a card, beside showing it."""

    share_to_get: bool = False
    recommended: bool = False
    cross_account: bool = False
    group: Group = "everyone"
    reach_m: int = 0


@dataclass(frozen=True, slots=True)
class Odds:
    """One campaign's chances: to open by day, how much more often at night, to claim once opened, to redeem once claimed, and so on.

    `near` multiplies the chance to redeem for those within `near_m` of the shop; `linked` is the share that may claim at all.
    """

    opens: float
    night: float
    claims: float
    redeems: float
    shares: float
    invites: float
    linked: float
    near: float
    near_m: float


def odds(market: Market, draws: np.random.Generator, channel: Channel, tactics: Tactics) -> Odds:
    """The chances of one campaign. A published range is a range of campaigns: this one draws its own rate from it, evenly."""
    claim = market.figure(f"claim_{channel}")
    opens = max(market.figure("opens_by_day"), claim)
    text = market.figure("recommended_claims") if tactics.recommended else 1.0
    sharing = tactics.share_to_get
    redeems = draws.uniform(*redemption(market, channel)) * (market.figure("share_redemption") if sharing else 1.0)
    return Odds(
        opens=opens,
        night=market.figure("night_opens"),
        claims=claim * text / opens,
        redeems=redeems,
        shares=market.figure("share_rate") if sharing else 0.0,
        invites=market.figure("invitee_conversion"),
        linked=market.figure("unionid_linked") if tactics.cross_account else 1.0,
        near=market.figure("near_conversion"),
        near_m=market.figure("near_metres"),
    )


def redemption(market: Market, channel: Channel) -> tuple[float, float]:
    """From what range a campaign's redemption rate is drawn: the channel's own (A24), or the ordinary one, in live rooms x 3 (K22)."""
    if f"redeem_{channel}" in market.ranges:
        return market.range(f"redeem_{channel}")
    low, high = market.range("redeem_ordinary")
    factor = market.figure("live_room_redemption") if channel == "livestream" else 1.0
    return low * factor, high * factor


def reached(market: Market, exposures: int, group: Group) -> int:
    """How many of an audience the card is shown to, when it is aimed at a group (M12)."""
    return exposures if group == "everyone" else round(exposures * market.figure(f"group_{group}"))


def expected(
    market: Market,
    *,
    channel: Channel = "account_menu",
    exposures: int = 0,
    group: Group = "everyone",
    share_to_get: bool = False,
    **_others: object,
) -> float:
    """How many redemptions a campaign with these options can be expected to have at most, before it is run (A26)."""
    most = exposures or market.ranges.get(f"exposures_{channel}", (0, 0))[1]
    claims = min(1.0, market.figure(f"claim_{channel}") * market.figure("night_opens") * market.figure("recommended_claims"))
    redeems = redemption(market, channel)[1] * (market.figure("share_redemption") if share_to_get else 1.0)
    return reached(market, round(most), group) * claims * min(1.0, redeems)


@dataclass(frozen=True, slots=True)
class Claims:
    """Those who want the card, in order of time.

    When (ms after the start), invited in which generation (0: by the channel itself), whether they share, and how long after they
    redeem (-1: never).
    """

    at: Ints
    generation: Ints
    shares: Flags
    redeems_after: Ints


@dataclass(frozen=True, slots=True)
class Crowd:
    """A campaign's audience: how many were shown the card and opened it, by minute, who was not linked, and who wants it."""

    exposed: Ints
    opened: Ints
    unlinked: int
    claims: Claims


def crowd(
    draws: np.random.Generator, odds: Odds, market: Market, tactics: Tactics, *, count: int, lasts: int, begin: int
) -> Crowd:
    """`count` people are shown the card evenly over `lasts` ms from `begin` (ms since the epoch); what each then does."""
    at = np.sort(draws.integers(0, lasts, count, dtype=np.int64))
    factor = np.where(is_night(market, begin + at), odds.night, 1.0)
    opened = draws.random(count) < odds.opens * factor
    wants = opened & (draws.random(count) < odds.claims)
    claims = wants & (draws.random(count) < odds.linked)
    minutes = -(-lasts // MINUTE)
    return Crowd(
        np.bincount(at // MINUTE, minlength=minutes),
        np.bincount(at[opened] // MINUTE, minlength=minutes),
        int(wants.sum() - claims.sum()),
        _claims(draws, odds, market, tactics, at[claims]),
    )


def is_night(market: Market, at: Ints) -> Flags:
    """Which of these moments (ms since the epoch) lie, in Beijing, in the hours in which what is sent is opened more often (K18)."""
    clock = (at + BEIJING) % DAY
    return (market.figure("night_from") <= clock) & (clock < market.figure("night_until"))


def _claims(draws: np.random.Generator, odds: Odds, market: Market, tactics: Tactics, at: Ints) -> Claims:
    """The channel's own claimers, then those whom they invite, and whom those invite, until nobody comes."""
    ats, generations, shares = [], [], []
    number = 0
    while len(at):
        sharing = draws.random(len(at)) < odds.shares
        ats.append(at)
        shares.append(sharing)
        generations.append(np.full(len(at), number, dtype=np.int64))
        came = at[sharing] + draws.integers(*market.bounds("invited_after"), int(sharing.sum()), dtype=np.int64)
        at, number = came[draws.random(len(came)) < odds.invites], number + 1
    if not ats:
        return Claims(at, at, at > 0, at)
    moments = np.concatenate(ats)
    order = np.argsort(moments, kind="stable")
    return Claims(
        moments[order],
        np.concatenate(generations)[order],
        np.concatenate(shares)[order],
        _redemptions(draws, odds, market, tactics, len(moments)),
    )


def _redemptions(draws: np.random.Generator, odds: Odds, market: Market, tactics: Tactics, count: int) -> Ints:
    """How long after the claim each redeems, -1 for never. With a reach, people live evenly in a circle around the shop."""
    chance = np.full(count, odds.redeems)
    if tactics.reach_m:
        metres = tactics.reach_m * np.sqrt(draws.random(count))
        chance = np.where(metres <= odds.near_m, chance * odds.near, chance)
    after = draws.integers(*market.bounds("redeemed_after"), count, dtype=np.int64)
    return np.where(draws.random(count) < chance, after, -1)
