"""The model of an audience: each figure of the facts comes out of the crowd again, and every lift is a lift.

Tolerances: with n people and a chance p a share lies within 4 sqrt(p (1 - p) / n) of p but once in 16,000 times; seeds are fixed.
"""

from __future__ import annotations

from dataclasses import replace
from math import sqrt

import numpy as np
import pytest

from sandbox.behaviour.audience import CHANNELS, Channel, Crowd, Odds, Tactics, crowd, expected, is_night, odds, reached
from sandbox.behaviour.campaign import off, orders, published
from sandbox.rulebooks import load
from sandbox.rulebooks.market import Band, Market, market_of
from sandbox.schedule import stream

MARKET = market_of(load("market"))
NOON, TEN_PM = 1_793_937_600_000, 1_793_973_600_000
"""2026-11-06 12:00 and 22:00 in Beijing."""

HOUR = 3_600_000
MANY = 200_000


def near(share: float, p: float, n: int) -> bool:
    return abs(share - p) <= 4 * sqrt(p * (1 - p) / n)


def shown(channel: Channel, tactics: Tactics = Tactics(), *, begin: int = NOON, chances: Odds | None = None) -> Crowd:  # noqa: B008 - frozen
    draws = stream(5, channel)
    chances = chances or odds(MARKET, draws, channel, tactics)
    return crowd(draws, chances, MARKET, tactics, count=MANY, lasts=2 * HOUR, begin=begin)


def claim_rate(people: Crowd) -> float:
    return int((people.claims.generation == 0).sum()) / MANY


@pytest.mark.parametrize(("channel", "rate"), [("account_menu", 0.083), ("miniprogram_popup", 0.22)])
def test_a_channel_is_claimed_as_often_as_is_printed(channel: Channel, rate: float) -> None:
    """A23: the account's menu 8.3 %, the mini-program's pop-up 22 %."""
    assert near(claim_rate(shown(channel)), rate, MANY)


def test_a_gift_after_payment_comes_by_itself() -> None:
    """A24."""
    assert claim_rate(shown("pay_gift")) == 1.0


@pytest.mark.parametrize(
    ("channel", "low", "high"),
    [
        ("community", 0.09, 0.15),
        ("offline_scan", 0.23, 0.40),
        ("pay_gift", 0.41, 0.67),
        ("livestream", 3 * 0.10, 3 * 0.20),
        ("points", 0.10, 0.20),
    ],
)
def test_campaigns_redeem_within_the_range_that_is_printed_and_use_all_of_it(
    channel: Channel, low: float, high: float
) -> None:
    """A24 by channel; K22: in live rooms three times as often as ordinarily. 400 campaigns come within 5 % of both ends."""
    draws = stream(1, channel)
    rates = [odds(MARKET, draws, channel, Tactics()).redeems for _ in range(400)]
    assert low <= min(rates) <= low + 0.05 * (high - low)
    assert high - 0.05 * (high - low) <= max(rates) <= high


def test_a_crowd_redeems_at_its_campaigns_rate() -> None:
    """K16: redemption rate = redeemed / claimed."""
    chances = odds(MARKET, stream(2, "x"), "pay_gift", Tactics())
    people = shown("pay_gift", chances=chances)
    assert near(float((people.claims.redeems_after >= 0).mean()), chances.redeems, MANY)
    assert people.claims.redeems_after.max() <= MARKET.range("redeemed_after")[1]


def test_the_community_and_the_shop_have_audiences_of_the_sizes_that_are_printed() -> None:
    """A24: 10,000-1,000,000 and 500-5,000 exposures; no size is printed for the menu."""
    draws = stream(3, "sizes")
    crowds = [published(MARKET, draws, "community") for _ in range(300)]
    shops = [published(MARKET, draws, "offline_scan") for _ in range(300)]
    assert 10_000 <= min(crowds) < 12_000
    assert 900_000 < max(crowds) <= 1_000_000
    assert 500 <= min(shops) <= max(shops) <= 5_000
    assert published(MARKET, draws, "account_menu") == 0


def test_there_are_no_more_channels_than_traffic_scenes() -> None:
    """A23: 15 scenes; a card got through an advertisement in Moments costs CNY 1.80. M12 names points, live rooms and posters."""
    assert len(CHANNELS) <= MARKET.figure("traffic_scenes") == 15
    assert all(f"claim_{channel}" in MARKET.figures for channel in CHANNELS)
    assert MARKET.figure("cost_moments") == 180
    assert {"points", "livestream", "poster"} <= set(CHANNELS)


def test_what_is_sent_late_in_the_evening_is_opened_more_often() -> None:
    """K18: 22:00-24:00, by 27 %. Opened by day: 50 %."""
    day, night = (shown("account_menu", begin=begin).opened.sum() / MANY for begin in (NOON, TEN_PM))
    assert near(float(day), 0.5, MANY)
    assert near(float(night), 0.5 * 1.27, MANY)


def test_the_night_is_from_22_to_24_in_beijing() -> None:
    """K18."""
    edges = np.array([TEN_PM - 1, TEN_PM, TEN_PM + 2 * HOUR - 1, TEN_PM + 2 * HOUR])
    assert is_night(MARKET, edges).tolist() == [False, True, True, False]


def test_each_tactic_lifts_what_it_is_said_to_lift() -> None:
    """K18: sharing x 1.4 on redemption, a recommendation text x 1.23 on claims; K22: within 500 m x 1.18."""
    plain, share, text = (
        odds(MARKET, stream(4, "same"), "account_menu", tactics)
        for tactics in (Tactics(), Tactics(share_to_get=True), Tactics(recommended=True))
    )
    assert share.redeems / plain.redeems == pytest.approx(1.40)
    assert text.claims / plain.claims == pytest.approx(1.23)
    assert (plain.shares, plain.near, plain.near_m) == (0, 1.18, 500)


def test_those_within_500_m_redeem_more_often_than_those_beyond() -> None:
    """K22. In a circle of 1 km a quarter lives within 500 m: of 0.5, 1/4 x 1.18 + 3/4 = 1.045 times as many redeem."""
    chances = replace(odds(MARKET, stream(6, "x"), "pay_gift", Tactics()), redeems=0.5)
    far, both = (
        shown("pay_gift", Tactics(reach_m=reach), chances=chances).claims.redeems_after >= 0 for reach in (0, 1_000)
    )
    assert near(float(far.mean()), 0.5, MANY)
    assert near(float(both.mean()), 0.5 * 1.045, MANY)


def test_who_shares_brings_others_who_may_share_again() -> None:
    """M13: share rate 0.08, invitee conversion 0.25 (both assumed): of each generation's claimers 0.02 come in the next."""
    claims = shown("pay_gift", Tactics(share_to_get=True)).claims
    first, second, third = (int((claims.generation == number).sum()) for number in range(3))
    assert first == MANY
    assert abs(second - 0.02 * first) < 4 * sqrt(0.02 * first)
    assert abs(third - 0.02 * second) < 4 * sqrt(0.02 * second)
    assert (np.diff(claims.at) >= 0).all()
    assert near(float(claims.shares.mean()), 0.08, len(claims.at))


def test_a_claim_from_another_account_needs_a_link() -> None:
    """A33: those without a UnionID link want the card and do not get it (70 % are linked, assumed)."""
    people = shown("miniprogram_popup", Tactics(cross_account=True))
    wanted = people.unlinked + len(people.claims.at)
    assert near(len(people.claims.at) / wanted, 0.70, wanted)
    assert near(wanted / MANY, 0.22, MANY)


def test_a_card_can_be_aimed_at_a_group() -> None:
    """M12."""
    assert [reached(MARKET, 1_000, group) for group in ("everyone", "new", "members")] == [1_000, 350, 250]


def test_three_kinds_of_coupon_take_different_amounts_off() -> None:
    """M12: spend-and-save 20 off 100, discount 12 %, a gift that costs 15. K22: a recommendation lifts the order value by 29 %."""
    assert [off(MARKET, kind, 12_000) for kind in ("spend_and_save", "discount", "gift")] == [2_000, 1_440, 1_500]
    plain, chosen = (orders(MARKET, stream(7, "o"), "gift", 10_000, chosen=chosen) for chosen in (False, True))
    assert (plain.min() >= 8_000, plain.max() <= 15_000) == (True, True)
    assert chosen.mean() / plain.mean() == pytest.approx(1.29, rel=1e-4)
    assert orders(MARKET, stream(7, "o"), "spend_and_save", 10_000).min() == 10_000


def test_a_figure_that_is_overridden_changes_the_crowd() -> None:
    changed = Market({**MARKET.figures, "claim_account_menu": 0.5}, MARKET.ranges, MARKET.bands)
    draws = stream(5, "account_menu")
    people = crowd(
        draws, odds(changed, draws, "account_menu", Tactics()), changed, Tactics(), count=MANY, lasts=HOUR, begin=NOON
    )
    assert near(len(people.claims.at) / MANY, 0.5, MANY)


def test_what_a_campaign_may_come_to_is_known_beforehand() -> None:
    """A26: at most 1,000,000 x 10 % x 1.27 x 1.23 claims, of which 15 % redeem."""
    assert expected(MARKET, channel="community") == pytest.approx(1_000_000 * 0.10 * 1.27 * 1.23 * 0.15)
    assert expected(MARKET, channel="pay_gift", exposures=100) == pytest.approx(67)


@pytest.mark.parametrize(
    ("band", "levels"),
    [
        (Band((0.08, 0.12), 0.15, 0.05), {0.049: 0, 0.05: 1, 0.08: 2, 0.12: 2, 0.13: 3, 0.15: 3, 0.151: 4}),
        (Band(ceiling=0.005), {0.0: 2, 0.0049: 2, 0.005: 0}),
    ],
)
def test_a_band_has_levels(band: Band, levels: dict[float, int]) -> None:
    """V15's figures, and K06's: under 0.5 %."""
    assert {value: band.level(value) for value in levels} == levels


def test_too_few_attempts_show_no_error_rate() -> None:
    """K06: under 0.01 % takes 30,000 attempts without an error to show at 95 %."""
    ceilings = {name: MARKET.bands[f"{name}_error_rate"].ceiling for name in ("js_sdk", "direct_api", "third_party")}
    assert ceilings == {"js_sdk": 0.005, "direct_api": 0.0001, "third_party": 0.01}
    band = MARKET.bands["direct_api_error_rate"]
    assert [band.shown_by(*seen) for seen in ((0, 29_999), (0, 30_000), (0.001, 1_000))] == [False, True, True]
