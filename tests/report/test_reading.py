"""What a reader sees first and can dispute: risk and payments in sentences, each expectation once, names that break, cases as pages."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from sandbox.behaviour.pack import WHO
from sandbox.cli import app
from sandbox.cli.showing import following
from sandbox.report.glance import glance
from sandbox.report.moments import clock, each, lasting
from sandbox.report.page import agreed, between, breakable, expected, page
from sandbox.report.plots import plots
from sandbox.report.risk import Judged
from sandbox.report.risk_section import section
from sandbox.report.story import story
from sandbox.report.summary import percent

START = 1_794_000_000_000
"""When the world begins, ms since the epoch."""

FARM, CROWD, PLAIN = (WHO.index(name) for name in ("device_farm", "human_crowd", "plain"))
RULES: Any = {
    "wechat.same_shop": {
        "level": 2,
        "points": 40,
        "source": "a book",
        "standing": "assumed",
        "limit": "level 2: five a day",
    },
    "wechat.abnormal": {"level": 2, "points": 0},
}


@pytest.fixture
def judged() -> Judged:
    """An attacker caught, one not, and two honest people refused: one by detectors, one with nothing against him."""
    rows: list[tuple[int, int, int, bool, int, bool, tuple[str, ...]]] = [
        (10, 0, FARM, True, 50_000, True, ("wechat.same_shop",)),
        (20, 1, CROWD, True, 10_000, False, ()),
        (30, 2, PLAIN, False, 4_000, False, ("wechat.same_shop", "wechat.abnormal")),
        (40, 2, PLAIN, False, 4_000, True, ()),
        (50, 2, PLAIN, False, 4_000, True, ("wechat.replayed",)),
        (60, 3, PLAIN, False, 1_000, True, ()),
        (70, 4, PLAIN, False, 1_000, False, ()),
    ]
    *columns, rules = zip(*rows, strict=True)
    at, user, who, bad, value, refused = (np.array(column) for column in columns)
    none = np.zeros(len(rows), np.int64)
    return Judged(at + START, user, user, user, who, none, bad, value, refused, none > 0, none + 2, none + 90, list(rules))


def summary(**more: Any) -> Any:
    """A summary of nothing."""
    fixed = {"scenario": "s", "seed": 1, "verdict": "pass", "reasons": [], "worlds": {}, "expectations": [], "agreement": []}
    empty = {"description": "", "story": [], "not_judged": [], "refusals": [], "moments": [], "busiest": {}, "load": {}}
    return fixed | empty | {"manifest": {}, "risk": {}, "capacity": [], "shops": {}} | more


def test_mistakes_are_told_by_what_led_to_them(judged: Judged) -> None:
    rows = section(judged, RULES, {}, START)["mistakes"]
    first = {"who": ["plain"], "action": "wechat.user.claim", "score": 90, "tier": 2, "people": 1}
    assert rows == [{"rules": [], "at": 60, **first}, {"rules": ["wechat.same_shop"], "at": 40, **first}]


def test_a_run_with_labels_is_told_by_who_was_caught_and_whom_it_hurt(judged: Judged, context: Any) -> None:
    told = summary(worlds={"sim": {"metrics": {}}}, risk={"sim": section(judged, RULES, {}, START)})
    assert story(told, context) == [
        "Risk control caught 1 of 2 attackers and kept 83.3 % of the CNY 600 that they were after.",
        "Not caught: 1 of human crowd.",
        "Of 3 honest people it refused 2 by mistake (66.7 %).",
        "Less what such mistakes cost, it was worth CNY 350.",
    ]
    assert dict(glance(told))["attackers caught"] == {"sim": "1 of 2"}


def test_the_risk_section_comes_before_the_moments_and_names_sources(judged: Judged, context: Any) -> None:
    risk = {"sim": section(judged, RULES, {}, START)}
    moments = [{"world": "sim", "at": at, "what": f"moment {at}"} for at in range(12)]
    described = type(context)(**{name: getattr(context, name) for name in context.__dataclass_fields__} | {"rules": RULES})
    told = summary(worlds={"sim": {"metrics": {}}}, risk=risk, moments=moments)
    html = page(told, described, plots({}, described, [], risk))
    assert html.index("held against the truth") < html.index("The moments that explain it")
    assert html.index("2 later moments") < html.index("moment 10")
    assert "a book" in html
    assert "wechat.<wbr/>same_<wbr/>shop" in html


def test_payments_are_told_and_settling_where_anybody_settles(context: Any) -> None:
    shown = {"pay.asked": 9, "pay.paid": 7, "pay.settled": 5, "pay.unsettled": 2, "pay.settled_twice": 1}
    told = story(summary(worlds={"sim": {"metrics": shown}}), context)
    assert told[0] == "9 orders were to be paid, and 7 were. 5 of these were settled: 2 never and 1 more than once."
    nobody = shown | {"pay.settled": 0, "pay.unsettled": 7, "pay.settled_twice": 0}
    assert story(summary(worlds={"sim": {"metrics": nobody}}), context)[0] == "9 orders were to be paid, and 7 were."


def test_an_invalid_run_says_that_nothing_can_be_relied_on(context: Any) -> None:
    told = story(summary(verdict="invalid", worlds={"sim": {"metrics": {}}}), context)
    assert told[0] == "What follows cannot be relied on."


def test_each_expectation_stands_once_with_both_worlds() -> None:
    row = {"name": "x", "expected": "== 0", "holds": True}
    rows: Any = [row | {"world": "sim", "actual": 0}, row | {"world": "live", "actual": None, "holds": False}]
    assert expected(rows) == [
        {"name": "x", "expected": "== 0", "actual": {"sim": "0", "live": "no samples"}, "holds": False}
    ]


def test_what_is_not_compared_is_told_by_its_reason() -> None:
    rows: Any = [
        {"metric": "a", "tolerance": None, "within": True, "because": "no generator"},
        {"metric": "b", "tolerance": None, "within": True, "because": "no generator"},
        {"metric": "c", "tolerance": 0.1, "within": True, "because": ""},
        {"metric": "d", "tolerance": 0.1, "within": False, "because": ""},
    ]
    told = agreed(rows)
    assert ([row["metric"] for row in told["apart"]], [row["metric"] for row in told["near"]]) == (["d"], ["c"])
    assert told["uncompared"] == {"no generator": ["a", "b"]}


@pytest.mark.parametrize(
    ("text", "shown"), [("a.b_c", "a.<wbr/>b_<wbr/>c"), ("<i>/x", "&lt;i&gt;/<wbr/>x"), ("1.", "1."), ("熔断", "熔断")]
)
def test_names_break_and_stay_text(text: str, shown: str) -> None:
    assert breakable(text) == shown


def test_the_noise_of_a_sum_is_nothing() -> None:
    assert (percent(8.5e-17), percent(0.00266), between({"low": 1e-18, "high": 0.0145})) == ("0 %", "0.266 %", "0 – 1.45 %")


def test_a_long_run_tells_hours_and_days() -> None:
    assert [clock(ms, long=True) for ms in (773_600, 578_358_000)] == ["0:12:53", "6 d 16:39:18"]
    assert lasting(604_800_000) == "7 days"
    assert (each(60_000), each(300_000)) == ("a minute", "per 5 min")


@pytest.mark.parametrize(
    ("verdict", "told"),
    [
        ("pass", []),
        ("interrupted", []),
        ("fail", [("why", "sandbox rules --explain wecom.app_fuse"), ("why", "sandbox rules --explain 43010")]),
    ],
)
def test_the_next_command(verdict: str, told: list[tuple[str, str]]) -> None:
    """The two things that refused most: a rule by its name, and what no rule refused by its code."""
    found = (("wechat.token_day", "45009", 1), ("", "43010", 2), ("wecom.app_fuse", "45009", 3))
    refusals = [{"rule": rule, "code": code, "counts": {"sim": many}} for rule, code, many in found]
    assert following(summary(verdict=verdict, refusals=refusals), Path()) == told


def test_a_case_that_fails_has_a_page_that_can_be_built_again(tmp_path: Path) -> None:
    root = Path(__file__).resolve().parents[2]
    change = ["--set", "rulebook.wecom.breaker.app_fuse.open=30s", "--out", str(tmp_path)]
    done = CliRunner().invoke(app, ["run", str(root / "scenarios" / "cases" / "wecom_fuse.toml"), *change])
    *_, cause, why, report, folder = done.stdout.strip().splitlines()
    asked = [line.removeprefix("why: sandbox rules --explain ") for line in (cause, why)]
    assert (done.exit_code, asked) == (99, ["wecom.app_minute", "wecom.app_fuse"])
    html = Path(report.removeprefix("report: ")).read_text("utf-8")
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html))
    for sentence in (
        "6 of 11 steps differ in sim; the first is step 1",
        "changed by --set",
        "③ 消息频率上限",
        "state open since +20s",
        "200 of 200 used until +1m",
    ):
        assert sentence in text, sentence
    assert "<script" not in html
    case = json.loads((Path(folder) / "summary.json").read_text("utf-8"))["case"]
    assert case["worlds"]["sim"][1]["wrong"] == [{"name": "retry_after", "expected": "1m", "actual": "40s"}]
    assert CliRunner().invoke(app, ["report", folder]).exit_code == 99
    assert (Path(folder) / "report.html").read_text("utf-8") == html


def test_a_campaign_is_told_by_its_cards(context: Any) -> None:
    shown = {
        f"campaign.{tail}": many for tail, many in (("exposed", 4_000), ("viewed", 300), ("claimed", 20), ("redeemed", 1))
    }
    told = story(summary(worlds={"sim": {"metrics": shown}}), context)
    assert told[0] == "Cards were shown 4,000 times, looked at 300 times, taken 20 times and redeemed 1 times."
