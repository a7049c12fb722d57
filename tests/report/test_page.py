"""The page and its pictures: self-contained, small, safe, the same every time, and true to the metrics."""

import re
from collections.abc import Callable
from html.parser import HTMLParser

import numpy as np
import pytest

from sandbox.events import Event
from sandbox.report import Context, Rule, build, write_context
from sandbox.report.breakers import Stretch
from sandbox.report.context import quota
from sandbox.report.metrics import fold
from sandbox.report.moments import clock, lasting
from sandbox.report.page import by_world
from sandbox.report.plots import plots
from sandbox.report.plots.band import time_in
from sandbox.report.plots.canvas import window
from sandbox.run import open_run

Sale = Callable[..., list[Event]]
Make = Callable[..., str]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, context: Context) -> Make:
    """`made(sim, live)` gives the page of those events."""

    def make(sim: list[Event], live: list[Event] | None = None, described: Context = context) -> str:
        folder = tmp_path_factory.mktemp("page")
        who = {"scenario": "flash_sale", "seed": 7, "started": 0, "scenario_text": "", "rulebooks": {}, "digests": {}}
        with open_run(folder, **who, command=["sandbox", "run", "it's.toml"]) as run:
            run.append("sim", sim)
            run.append("live", live or [])
        write_context(run.folder, described)
        build(run.folder)
        return (run.folder / "report.html").read_text("utf-8")

    return make


@pytest.fixture(scope="module")
def page(made: Make, flash_sale: Sale) -> str:
    """The page of a flash sale in both worlds."""
    return made(flash_sale("sim"), flash_sale("live", jitter=60, seed=2))


class Loads(HTMLParser):
    """Collects what a page would load, and whether its tags are closed."""

    def __init__(self) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.open: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element begins."""
        for name, value in attrs:
            if name in ("src", "href", "xlink:href", "action", "data", "srcset", "poster") or name.startswith("on"):
                self.loads.append(f"{name}={value}")
            if name == "id":
                self.ids.append(str(value))
        if tag in ("script", "link", "iframe", "object", "embed", "img", "base"):
            self.loads.append(tag)
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element without content."""
        self.handle_starttag(tag, attrs)
        if self.open and self.open[-1] == tag:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        """An element ends: the one that began last."""
        assert self.open.pop() == tag


def read(html: str) -> Loads:
    loads = Loads()
    loads.feed(html)
    return loads


def test_the_page_loads_nothing(page: str) -> None:
    found, html = read(page), page
    assert [one for one in found.loads if not re.match(r"xlink:href=#|href=#", one)] == []
    assert found.open == []
    assert set(re.findall(r"url\(([^)]*)\)", html)) == {ref for ref in re.findall(r"url\(([^)]*)\)", html) if ref[0] == "#"}
    assert "@import" not in html
    assert {url.split("/")[2] for url in re.findall(r"https?://\S*", html)} == {"10100.com,"}  # the text of a source


def test_every_reference_within_the_page_leads_somewhere(page: str) -> None:
    ids, html = read(page).ids, page
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'(?:href="|url\()#([^")]+)', html)) <= set(ids)
    assert set(re.findall(r'aria-labelledby="([^"]+)"', html)) <= set(ids)


def test_a_page_of_twenty_thousand_events_stays_small(made: Make, flash_sale: Sale) -> None:
    sim = flash_sale("sim", rates=(60, 240) * 10)
    live = flash_sale("live", rates=(60, 240) * 10, jitter=60)
    assert len(sim) + len(live) > 20_000
    assert len(made(sim, live).encode()) < 1_000_000


def test_a_curve_takes_no_more_room_for_more_orders(flash_sale: Sale, context: Context) -> None:
    events = [
        event | ({"at": event["at"] + number % 7_000} if event["kind"] == "reply" else {})
        for number, event in enumerate(flash_sale("sim", rates=(190,) * 20))
    ]
    (curve,) = (plot for plot in plots(fold(events), context, []) if plot.key == "delivery")
    assert len(curve.svg) < 40_000


def test_the_page_says_what_happened(page: str) -> None:
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    for sentence in (
        "FAIL Something that was expected does not hold.",
        "540 orders were placed, 240 of them in the minute from 2:00 on.",
        "From 2:50 on, wecom.message_send was refused 354 times: wecom.app_minute allows 200 a minute.",
        "The fuse (熔断) opened once and refused everything for 1 min.",
        "87 orders (16.1 %) never reached the merchant",
        "The fuse opened 1 time in sim, for 1 min in all; 1 time in live, for 1 min in all",
        "wecom.message_send: refused 354 of 807 in sim (from 2:50)",
        "③ 消息频率上限",
        "200 a minute",
        "published",
        "S01",
        "sandbox run",
        "Sim and live agree on 16 of 16 metrics compared",
    ):
        assert sentence in text, sentence
    assert text.count("熔断)") == 1


def test_what_people_write_cannot_become_markup(made: Make, flash_sale: Sale, context: Context) -> None:
    evil = "</svg></style><script>alert(1)</script><img src=x onerror=alert(1)>$x^2$"
    events = [{key: value if value != "merchant" else evil for key, value in event.items()} for event in flash_sale("sim")]
    events = [event | ({"action": evil} if event.get("action") else {}) for event in events]
    events = [event | ({"subject": evil} if event.get("subject") else {}) for event in events]
    names = {name: getattr(context, name) for name in Context.__dataclass_fields__}
    named = Context(**names | {"description": evil, "rules": {"wecom.app_minute": {"note": evil, "source": evil}}})
    push = [event | {"at": 0} for event in events if event["kind"] == "push"]
    html = made(push + events, push + events, named)
    assert "<script" not in html
    assert "<img" not in html
    assert read(html).open == []


def test_chinese_names_and_formulas_are_drawn_as_text(flash_sale: Sale, context: Context) -> None:
    events = [event | ({"subject": "企业微信 $a_b$"} if event["kind"] == "breaker" else {}) for event in flash_sale("sim")]
    fuse = plots(fold(events), context, [])[1]
    assert "企业微信 $a_b$" in fuse.svg


def test_only_what_can_be_seen_is_drawn(flash_sale: Sale, context: Context) -> None:
    def keys(events: list[Event]) -> list[str]:
        return [plot.key for plot in plots(fold(events), context, [])]

    calm = flash_sale("sim", rates=(60,))
    assert keys(flash_sale("sim")) == ["traffic", "fuse", "delivery", "responses"]
    assert keys(calm) == ["traffic", "delivery", "responses"]
    assert keys([event for event in calm if event["kind"] != "take"]) == ["traffic", "inbox", "delivery", "responses"]
    assert keys([event for event in calm if event["kind"] in ("verdict", "load")]) == ["traffic"]
    assert keys([event for event in calm if event["kind"] == "load"]) == []
    assert keys([]) == []


def test_a_world_without_orders_beside_one_with(flash_sale: Sale, context: Context) -> None:
    live = [event for event in flash_sale("live") if event["kind"] in ("verdict", "load")]
    drawn = {plot.key: plot for plot in plots(fold([*flash_sale("sim"), *live]), context, [])}
    assert drawn["delivery"].title == "Notices that arrived within 30 s: 83.9 % in sim"


def test_the_deeper_world_fits_into_the_picture(flash_sale: Sale, context: Context) -> None:
    live = [event for event in flash_sale("live", rates=(38,)) if event["kind"] != "take"]
    worlds = fold([*flash_sale("sim", rates=(60,)), *live])
    (inbox,) = (plot for plot in plots(worlds, context, []) if plot.key == "inbox")
    assert inbox.title == "Up to 1 in sim, 38 in live waited in the inbox of merchant"
    assert ">30<" in inbox.svg


def later(move: Event, ms: int) -> Event:
    return move | {name: int(move[name] or 0) + ms for name in ("at", "until") if move[name]}


def test_a_fuse_that_moves_all_the_time_is_drawn_in_shares(flash_sale: Sale, context: Context) -> None:
    trip = flash_sale("sim", rates=(10, 210, 10))
    moves = [event for event in trip if event["kind"] == "breaker"]
    worlds = fold([*trip, *(later(move, number * 120_000) for number in range(1, 160) for move in moves)])
    (fuse,) = (plot for plot in plots(worlds, context, []) if plot.key == "fuse")
    assert fuse.title == "The fuse opened 160 times in sim, for 2.7 h in all"
    assert "shares of time" in fuse.note
    assert len(fuse.svg) < 60_000


def test_no_time_is_lost_in_the_shares() -> None:
    stretches = [Stretch("f", "s", "open", 1_000, 1_150), Stretch("f", "s", "open", 1_250, 1_400)]
    assert time_in(stretches, 1_000, np.array([0, 100, 200, 300, 400])).tolist() == [100, 50, 50, 100]


def test_an_action_that_was_called_once_takes_no_panel(flash_sale: Sale, context: Context) -> None:
    events = flash_sale("sim", rates=(120,))
    once = next(event for event in events if event["kind"] == "verdict") | {"action": "wecom.gettoken"}
    events.append(next(event for event in events if event["kind"] == "reply") | {"action": "wecom.gettoken"})
    assert "wecom.gettoken" not in plots(fold([once, *events]), context, [])[0].svg
    refused = once | {"allowed": False, "code": "45009", "rule": "wecom.corp_minute"}
    assert "wecom.gettoken" in plots(fold([refused, *events]), context, [])[0].svg


def test_a_limit_is_drawn_where_it_counts_all_calls(flash_sale: Sale, context: Context) -> None:
    def traffic(limit: int, rates: tuple[int, ...]) -> str:
        names = {name: getattr(context, name) for name in Context.__dataclass_fields__}
        rule: Rule = {"limit": limit, "window": "1m", "actions": ("wecom.message_send",)}
        described = Context(**names | {"rules": {"wecom.app_minute": rule, "wecom.other": {"limit": 60, "window": "1m"}}})
        return plots(fold(flash_sale("sim", rates=rates)), described, [])[0].svg

    assert "limit 200 a minute" in traffic(200, (60, 240))  # it refused
    assert "limit 70 a minute" in traffic(70, (60, 60))  # it could have refused
    assert "limit 29 a minute" not in traffic(29, (60, 60))  # it let more than twice as much pass: one for each user
    assert "limit 900 a minute" not in traffic(900, (60, 60))  # it is far out of sight
    assert "limit 60 a minute" not in traffic(70, (60, 60))  # it is about something else


def test_what_a_platform_asks_itself_takes_no_panel(flash_sale: Sale, context: Context) -> None:
    inner = [
        event | {"action": "wecom.message_deliver"} for event in flash_sale("sim", rates=(60,)) if event["kind"] == "verdict"
    ]
    drawn = plots(fold([*inner, *flash_sale("sim", rates=(60,))]), context, [])[0]
    assert "wecom.message_deliver" not in drawn.svg


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"limit": 200, "window": "1m"}, (200, 60_000)),
        ({"limit": 200, "window": 1_000}, (200, 1_000)),
        ({"limit": "opens for 1m", "window": "1m"}, (0, 0)),
        ({"limit": 200, "window": "a month"}, (0, 0)),
        ({}, (0, 0)),
    ],
)
def test_a_rule_that_allows_so_many_in_so_long(rule: Rule, expected: tuple[int, int]) -> None:
    assert quota(rule) == expected


def test_every_order_lost_draws_no_curve(flash_sale: Sale, context: Context) -> None:
    events = [event | ({"ok": False} if event["kind"] == "reply" else {}) for event in flash_sale("sim", rates=(60,))]
    titles = [plot.title for plot in plots(fold(events), context, [])]
    assert "Notices that arrived within 30 s: 0.0 % in sim" in titles


@pytest.mark.parametrize(
    ("span", "width"), [(1, 5_000), (360_000, 5_000), (800_000, 5_000), (800_001, 10_000), (86_400_000, 600_000)]
)
def test_bins_widen_with_the_run(flash_sale: Sale, span: int, width: int) -> None:
    worlds = fold(flash_sale("sim", rates=()))
    seen = window(worlds, {"sim": worlds["sim"].last}, span)
    assert (seen.width, seen.count) == (width, -(-span // width))


def test_no_call_is_lost_in_the_bins(flash_sale: Sale) -> None:
    worlds = fold(flash_sale("sim"))
    seen = window(worlds, {})
    counts = {number: count for (_, _, number), count in worlds["sim"].calls.bins.items()}
    assert seen.per_minute("sim", counts).sum() * seen.width / 60_000 == pytest.approx(sum(counts.values()))


def test_moments_of_both_worlds_stand_side_by_side() -> None:
    rows = [
        {"world": "sim", "at": 5, "what": "opens"},
        {"world": "sim", "at": 9, "what": "opens"},
        {"world": "live", "at": 6, "what": "opens"},
        {"world": "live", "at": 1, "what": "drops"},
    ]
    assert by_world(rows) == [
        {"what": "drops", "at": {"live": 1}},
        {"what": "opens", "at": {"sim": 5, "live": 6}},
        {"what": "opens", "at": {"sim": 9}},
    ]


@pytest.mark.parametrize(
    ("ms", "text"), [(0, "0:00.0"), (-5, "0:00.0"), (170_049, "2:50.0"), (170_250, "2:50.2"), (3_661_900, "1:01:01.9")]
)
def test_a_moment_reads_well(ms: int, text: str) -> None:
    assert (clock(ms, tenths=True), clock(ms)) == (text, text[:-2])


@pytest.mark.parametrize(
    ("ms", "text"), [(0, "0 ms"), (350, "350 ms"), (12_500, "12.5 s"), (60_000, "1 min"), (7_200_000, "2 h")]
)
def test_a_duration_reads_well(ms: int, text: str) -> None:
    assert lasting(ms) == text
