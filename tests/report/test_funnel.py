"""Campaigns, shops, capacity: each figure by hand from a handful of steps, bands and gates, and the page that shows them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sandbox.events import Event
from sandbox.report import Capacity, Context, Rule, Vocabulary, build, metrics, write_context
from sandbox.report.alerts import alerts
from sandbox.report.capacity import EXTRAPOLATED, HTTP, IN_PROCESS, SIMULATED, ladder, not_shown
from sandbox.report.forecast import peak, runs_out
from sandbox.report.kpis import banded, rows, unreported
from sandbox.report.metrics import World
from sandbox.rulebooks import load
from sandbox.rulebooks.market import market_of
from sandbox.run import open_run

START, HOUR = 1_794_398_400_000, 3_600_000
"""2026-11-11 20:00 in Beijing."""

BANDS = market_of(load("market")).bands


def step(name: str, at: int = 0, who: str = "menu", **fields: Any) -> Event:
    return {"at": START + at, "kind": "step", "account": "a", "population": who, "step": name, **fields}


def claimed(user: str, at: int = 0, generation: int = 0, spent: int = 0) -> Event:
    return step("claimed", at, user=user, generation=generation, spent=spent)


def redeemed(user: str, at: int, amount: int = 10_000, spent: int = 2_000) -> Event:
    return step("redeemed", at, user=user, amount=amount, spent=spent)


CAMPAIGN = [
    step("stock", count=10),
    step("exposed", count=50),
    step("viewed", count=20, views=32),
    claimed("u1", 1_000, spent=180),
    claimed("u2", 2_000, spent=180),
    claimed("u3", 3_000, spent=180),
    step("shared", 3_000, user="u3", generation=0),
    claimed("u4", 4_000, 1, spent=180),
    step("attempt", integration="js_sdk", ok=False),
    step("attempt", integration="js_sdk", ok=True),
    redeemed("u1", HOUR),
    redeemed("u1", 4 * HOUR),
    redeemed("u2", 2 * HOUR, 16_000),
    step("turned_away", code="45031"),
]


def test_a_campaigns_rates_are_the_definitions() -> None:
    """K16: claim rate 3 of 50 exposed (the fourth was invited), redemption 3 / 4, share rate 1 / 4; cost 4 x 1.80 + 3 x 20 of 360 CNY."""
    found = metrics(CAMPAIGN)
    assert found["menu.claim_rate"] == 3 / 50
    assert found["menu.redemption_rate"] == 3 / 4
    assert found["menu.share_rate"] == 1 / 4
    assert found["menu.cost_share"] == pytest.approx(6_720 / 36_000)
    assert found["menu.roi"] == pytest.approx(36_000 / 6_720)
    assert found["menu.invitee_conversion"] == 1  # M13
    assert (found["menu.referral_depth"], found["menu.pv_per_uv"], found["menu.view_rate"]) == (1, 1.6, 0.4)
    assert (found["menu.redeemed_value"], found["menu.turned_away"]) == (120, 1)
    assert {name: found[f"campaign.{name}"] for name in ("claimed", "claim_rate")} == {"claimed": 4, "claim_rate": 0.06}


def test_the_second_redemption_comes_so_long_after_the_first() -> None:
    """A27."""
    assert metrics(CAMPAIGN)["menu.second_gap_h"] == 3


def test_the_error_rate_is_that_of_the_integration() -> None:
    """K06."""
    found = banded(metrics(CAMPAIGN), BANDS)
    assert (found["redemption.js_sdk_attempts"], found["redemption.js_sdk_error_rate"]) == (2, 0.5)
    assert found["redemption.js_sdk_error_rate.band"] == 0
    good = banded({"redemption.js_sdk_error_rate": 0.0, "redemption.js_sdk_attempts": 599}, BANDS)
    assert "redemption.js_sdk_error_rate.band" not in good


def test_the_stock_is_forecast_from_its_first_half() -> None:
    """A27: ten cards, one a second from 1 s on: after five, at 5 s, the other five take five seconds more."""
    found = metrics([step("stock", count=10), *(claimed(f"u{n}", n * 1_000) for n in range(1, 11))])
    assert (found["stock.left"], found["stock.forecast_s"], found["stock.empty_s"]) == (0, 10, 10)
    early = metrics([step("stock", count=10), *(claimed(f"u{n}", n * 1_000) for n in range(1, 5))])
    assert (early["stock.left"], "stock.forecast_s" in early) == (6, False)


@pytest.mark.parametrize(
    ("claims", "ends"),
    [([], None), ([5], None), ([0, 10], 10 + 8 * 10), ([0, 100, 110, 120, 130, 140, 150, 160], 160 + 2 * 10)],
)
def test_a_forecast_goes_on_at_the_latest_pace(claims: list[int], ends: int | None) -> None:
    """A27: ten cards."""
    assert runs_out(10, claims, claims[-1] if claims else 0) == ends


def test_a_peak_is_forecast_above_the_mean() -> None:
    """A27: at 100 a second, the highest of a thousand seconds is about 130."""
    assert peak(100) == 130


RULES: dict[str, Rule] = {
    "second": {"limit": 200, "window": "1s", "actions": ("wechat.card.consume",)},
    "day": {"limit": 1_000, "window": "1d", "actions": ("wechat.card.consume",)},
    "other": {"limit": 1, "window": "1s", "actions": ("wechat.card.create",)},
}


@pytest.mark.parametrize(("forecast", "warned"), [(159.0, False), (160.0, True)])
def test_a_peak_near_the_limit_is_warned_of(forecast: float, warned: bool) -> None:
    """A27: from 80 % of 200 a second on; limits over a day and of other actions are no matter."""
    said = alerts({"redeemed.a_second.forecast": forecast}, RULES, 0.8)
    assert said == (
        ["Peak warning: up to 160 redemptions in a second are to be expected, 80% of what second allows (200 a second)."]
        if warned
        else []
    )


def test_a_stock_that_did_not_last_is_told() -> None:
    """A27."""
    told = alerts({"stock.empty_s": 600.0, "campaign.turned_away": 12}, {}, 0.8)
    assert told == ["The stock ran out after 10 min; 12 who wanted a card were turned away."]


def reply(at: int) -> Event:
    fields = {"action": "wechat.card.consume", "ok": True, "code": "", "intended": START + at, "sent": START + at}
    return {"at": START + at, "kind": "reply", "account": "a", "population": "p", **fields}


def test_redemptions_are_counted_by_beijings_day_and_by_second() -> None:
    """A26: three before midnight in Beijing, two after."""
    found = metrics([reply(at) for at in (0, 100, 4 * HOUR - 1, 4 * HOUR, 5 * HOUR)])
    assert (found["redeemed.a_day.max"], found["redeemed.a_second.max"]) == (3, 2)


@pytest.mark.parametrize(
    ("most", "above", "reported", "faults"),
    [(100_000, 100_000, False, 0), (100_001, 100_000, False, 1), (100_001, 100_000, True, 0), (9, 0, False, 0)],
)
def test_more_than_100_000_redemptions_a_day_are_reported_beforehand(
    most: int, above: int, reported: bool, faults: int
) -> None:
    """A26."""
    assert len(unreported({"redeemed.a_day.max": most}, above, reported=reported)) == faults


def paid(user: str, amount: int, products: str, *, promoted: bool = False, at: int = 0) -> Event:
    return step("paid", at, "shop", user=user, amount=amount, products=products, promoted=promoted)


SHOP = [
    step("shown", who="shop", product="traffic-1", mix="traffic"),
    step("shown", who="shop", product="profit-1", mix="profit"),
    *(step("browsed", at, "shop", count=number) for at, number in ((0, 40), (30_000, 20), (60_000, 40))),
    step("clicked", who="shop", count=50),
    step("carted", who="shop", count=20),
    *(step("ordered", who="shop", user="u") for _ in range(5)),
    paid("u1", 8_000, "p1,p2"),
    paid("u1", 12_000, "p2,p1"),
    paid("u2", 10_000, "p3"),
    paid("u3", 15_000, "p1,p3", promoted=True),
    step("level", who="shop", user="u1", level="silver"),
    step("shipped", who="shop", in_time=True),
    step("shipped", who="shop", in_time=False),
]


def test_a_shops_rates_are_the_definitions() -> None:
    """M14, M13, V15-V17, V23: 5 orders of 50 clicks, 4 paid, one buyer of three came again, a promotion lifted 100 CNY to 150."""
    found = banded(metrics(SHOP), BANDS)
    assert (found["shop.click_conversion"], found["shop.click_conversion.band"]) == (0.1, 2)
    assert (found["shop.payment_success"], found["shop.payment_success.band"]) == (0.8, 3)
    assert (found["shop.order_value"], found["shop.order_value.band"]) == (112.5, 2)
    assert (found["shop.cart_rate"], found["shop.pay_rate"], found["shop.repurchase_rate"]) == (0.2, 0.04, 1 / 3)
    assert (found["shop.order_uplift"], found["shop.shipped_in_time"], found["shop.mix_profit"]) == (0.5, 0.25, 0.5)
    assert (found["shop.visitors.peak"], found["shop.members.silver"], found["shop.members.bronze"]) == (60, 1, 2)


def test_what_sells_what_goes_together_and_where_buyers_are_lost() -> None:
    """A27, M14."""
    world = World()
    for event in SHOP:
        world(event)
    told = world.shop.told()
    assert told["ranking"] == [("p1", 3), ("p2", 2), ("p3", 2)]
    assert told["bought_with"] == [("p1 + p2", 2), ("p1 + p3", 1)]
    assert told["lost"] == {"shop": ("carted → ordered", 0.75)}


def calls(per_second: int) -> World:
    """Ten seconds of calls, each answered after 10 ms."""
    world = World()
    verdict = {"kind": "verdict", "account": "a", "action": "x.get", "allowed": True, "code": "", "rule": ""}
    answer = {"kind": "reply", "account": "a", "population": "p", "action": "x.get", "ok": True, "code": ""}
    for at in range(START, START + 10_000, 1_000 // per_second):
        world({"at": at, **verdict})
        world({"at": at + 10, "intended": at, **answer})
    return world


def test_a_rate_that_was_not_measured_over_http_is_not_shown() -> None:
    """V10, A26: 50/s were measured: 100,000 is 2,000 times as much, takes 2,858 cores at 70 %, and (Little) has 1,000 calls in flight."""
    asked = Capacity("x.get", 100_000, 40_000.0)
    found = ladder(asked, {"sim": calls(50), "live": calls(50)})
    assert [row["kind"] for row in found] == [HTTP, IN_PROCESS, EXTRAPOLATED, SIMULATED]
    assert found[0]["per_second"] == 50
    assert "1,000 calls in flight" in found[0]["says"]
    assert "2,000 times what was measured: 2,858 cores at 70%" in found[2]["says"]
    assert not_shown(asked, found) == ["100,000 x.get a second were not shown: at most 50 were measured over HTTP"]


@pytest.mark.parametrize(("worlds", "shown"), [("live", True), ("sim", False)])
def test_only_http_shows_a_rate(worlds: str, shown: bool) -> None:
    """V10: simulated time shows no machine's capacity."""
    asked = Capacity("x.get", 50)
    assert (not not_shown(asked, ladder(asked, {worlds: calls(50)}))) is shown


def built(tmp_path: Path, events: list[Event], **more: Any) -> tuple[dict[str, Any], str]:
    identity: dict[str, Any] = {
        "scenario": "s",
        "seed": 1,
        "started": START,
        "scenario_text": "",
        "rulebooks": {},
        "digests": {},
        "command": [],
    }
    with open_run(tmp_path, **identity) as run:
        load_event = {
            "at": START + 1,
            "kind": "load",
            "account": "a",
            "planned": 0,
            "sent": 0,
            "late": 0,
            "dropped": 0,
            "lag_p99_us": 0,
        }
        run.append("sim", [*events, load_event])
    known = Vocabulary(("wechat.card.consume",), populations=("menu", "shop"), bands=BANDS)
    write_context(run.folder, Context("d", ("sim",), known, start={"sim": START}, duration=4 * HOUR, **more))
    summary: dict[str, Any] = dict(build(run.folder))
    return summary, (run.folder / "report.html").read_text("utf-8")


def test_the_page_shows_funnels_stock_bands_and_the_shop(tmp_path: Path) -> None:
    summary, page = built(tmp_path, [*CAMPAIGN, *SHOP], expectations=(("shop.click_conversion.band", ">= 2"),))
    assert summary["verdict"] == "pass"
    for text in (
        "50 exposed, 20 viewed, 4 claimed",
        "100 browsed, 50 clicked",
        "The stock lasted",
        "Bought together most",
        "p1 + p2",
    ):
        assert text in page
    assert "under 0.5 %" in page
    assert "usual 8 % to 12 %, excellent above 15 %, alarm below 5 %" in page
    assert '<span class="mark bad">alarm</span>' in page
    assert "shop loses most from carted → ordered: 75 %" in page


def test_a_run_with_an_unreported_crowd_fails_and_one_with_an_unshown_rate_is_invalid(tmp_path: Path) -> None:
    """A26, V10: neither needs an expectation."""
    crowd = [reply(number) for number in range(5)]
    failed, _ = built(tmp_path, crowd, report_above=4)
    assert (failed["verdict"], "must be reported beforehand" in failed["reasons"][0]) == ("fail", True)
    invalid, page = built(tmp_path, crowd, report_above=4, reported=True, capacity=Capacity("wechat.card.consume", 100_000))
    assert invalid["verdict"] == "invalid"
    assert "100,000 wechat.card.consume a second were not shown" in page


def test_kpis_are_told_in_words() -> None:
    (row,) = rows({"sim": {"live.order_value": 45.0, "live.order_value.band": 0}}, BANDS)
    assert row["worlds"] == {"sim": ("45", "alarm")}
    assert row["band"] == "usual 80 to 150, excellent above 200, alarm below 50"
