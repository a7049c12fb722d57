"""The risk report: figures by hand, the simulated run against judging the pack again, and the shipped pack in small."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sandbox.behaviour.pack import WHO
from sandbox.behaviour.table import BEHAVIOURS
from sandbox.cli.packing import marginals, pack_of
from sandbox.cli.running import run_scenario, simulated
from sandbox.events import Event
from sandbox.policy import Book
from sandbox.report.metrics import World
from sandbox.report.rejudge import concerned, leave_one_out, rejudge, without
from sandbox.report.risk import Judged
from sandbox.report.risk_figures import Share, balance, metrics, people, profit
from sandbox.report.risk_section import curve, section
from sandbox.rulebooks import load_all
from sandbox.scenario import Scenario, load

MIXED = Path(__file__).resolve().parents[2] / "scenarios" / "sim" / "risk_mixed.toml"
SMALL = {"population.people.with.users": 600, "population.attackers.with.users": 44}
BOOKS = load_all()
FARM, CROWD, PLAIN = (WHO.index(name) for name in ("device_farm", "human_crowd", "plain"))


def table(rows: list[tuple[int, int, int, bool, int, bool]]) -> Judged:
    """From (at, user, who, bad, value, refused)."""
    at, user, who, bad, value, refused = (np.array(column) for column in zip(*rows, strict=True))
    blank = np.zeros(len(rows), np.int64)
    score = np.where(refused, 90, 0)
    rules = [("wechat.device_accounts",) if one else () for one in refused.tolist()]
    return Judged(at, user, user, user, who, blank, bad, value, refused, blank > 0, score // 45, score, rules)


@pytest.fixture
def by_hand() -> Judged:
    return table(
        [
            (0, 0, FARM, False, 0, False),
            (10, 0, FARM, True, 500, False),
            (40, 0, FARM, True, 300, True),
            (50, 1, FARM, True, 200, False),
            (60, 2, CROWD, True, 100, False),
            (70, 3, PLAIN, False, 40, True),
            (80, 4, PLAIN, False, 40, False),
        ]
    )


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [(8, 10, 0.4902, 0.9433), (0, 20, 0.0, 0.1611), (20, 20, 0.8389, 1.0), (0, 0, 0.0, 1.0)],
)
def test_wilsons_interval(hits: int, of: int, low: float, high: float) -> None:
    assert Share(hits, of).interval == pytest.approx((low, high), abs=1e-4)


def test_figures_by_hand(by_hand: Judged) -> None:
    """One of two farmers is caught, the crowd counts for nothing in recall and for its money in what is kept."""
    found = metrics(by_hand)
    assert found["risk.recall"] == 0.5
    assert found["risk.precision"] == 0.5
    assert found["risk.fpr"] == 0.5
    assert found["risk.value_kept"] == pytest.approx(300 / 1100)
    assert found["risk.device_farm.blocked"] == pytest.approx(1 / 3)
    assert found["risk.human_crowd.recall"] == 0
    assert "risk.hoarding.recall" not in found
    assert (balance(by_hand, people(by_hand)).prevented, balance(by_hand, people(by_hand)).lost) == (300, 800)
    assert profit(by_hand, by_hand.who == FARM) == (round(700 * 0.6) - 2 * 765, round(1000 * 0.6) - 2 * 765)


def test_of_those_who_were_not_there_nothing_is_said(by_hand: Judged) -> None:
    """Nobody honest is never hurt, and of no money all is kept: neither may hold an expectation."""
    assert "risk.hurt_per_1000_orders" not in metrics(by_hand)
    attackers = metrics(table([(0, 0, FARM, True, 0, False)]))
    assert not {"fpr", "fpr_high", "hurt_per_1000", "challenged", "value_kept"} & {
        name.removeprefix("risk.") for name in attackers
    }
    assert "risk.device_farm.value_kept" not in attackers


def test_the_section_tells_delay_and_loss_before_detection(by_hand: Judged) -> None:
    found = section(by_hand, {"wechat.device_accounts": {"level": 1, "points": 45}}, {})
    farm = next(row for row in found["attacks"] if row["name"] == "device_farm")
    assert (farm["delay_ms"], farm["acts_before"], farm["lost_before"]) == (30, 1.0, 350.0)
    assert found["levels"][0]["recall"]["hits"] == found["levels"][0]["fpr"]["hits"] == 1
    assert found["days"] == [{"day": 0, "bad": [3, 0, 1, 0], "honest": [1, 0, 1, 0]}]
    assert curve(people(by_hand)) == [(90, 0.5, 0.5)]


@pytest.fixture(scope="module")
def small() -> tuple[Scenario, World, Judged]:
    """The shipped pack in small: as the simulation played it through the mocks, and as judged again."""
    scenario, _ = load(MIXED, BEHAVIOURS, SMALL)
    world = World()

    def record(event: Event) -> None:
        world({"world": "sim", **event})

    simulated(scenario, BOOKS, scenario.seed, record, lambda _done: None)
    pack = pack_of(scenario, scenario.seed)
    assert pack is not None
    return scenario, world, rejudge(BOOKS["wechat"].book, pack, scenario.start_ms)


def test_the_mocks_say_what_judging_the_pack_again_says(small: tuple[Scenario, World, Judged]) -> None:
    _, world, again = small
    played = world.risk.judged()
    assert played is not None
    assert metrics(played) == metrics(again)
    assert sorted(zip(played.at, played.value, played.score, strict=True)) == sorted(
        zip(again.at, again.value, again.score, strict=True)
    )


def test_the_shipped_pack_in_small_keeps_what_it_promises(small: tuple[Scenario, World, Judged]) -> None:
    """A16, A17, A18: all families but the crowd are caught, replays all of them, and few honest people are hurt."""
    found = small[1].metrics()
    assert found["risk.recall"] >= 0.9
    assert found["risk.value_kept"] >= 0.8  # in small, fewer share a device: groups are found later
    assert found["risk.fpr"] <= 0.01
    assert found["risk.replayed_signature.blocked"] == 1
    assert found["risk.human_crowd.recall"] <= 0.2


def test_leaving_a_detector_out_needs_only_those_whom_it_concerns(small: tuple[Scenario, World, Judged]) -> None:
    """And it shows what the detector is for: without the one for large payments, cash-out goes on."""
    scenario, _, base = small
    pack, book = pack_of(scenario, scenario.seed), BOOKS["wechat"].book
    assert pack is not None
    assert 0 < concerned(pack, base).sum() < len(pack)
    two = only(book, "wechat.large_payment", "wechat.device_accounts")
    parts = dict(leave_one_out(two, pack, scenario.start_ms))
    assert set(parts) == {"", "wechat.large_payment", "wechat.device_accounts"}
    again = rejudge(without(two, "wechat.large_payment"), pack, scenario.start_ms)
    assert metrics(parts["wechat.large_payment"]) == metrics(again)
    assert metrics(parts["wechat.large_payment"])["risk.cash_out.recall"] < metrics(parts[""])["risk.cash_out.recall"]


def only(book: Book, *kept: str) -> Book:
    """The book with these detectors alone."""
    risk = replace(book.risk, detectors=tuple(one for one in book.risk.detectors if one.id in kept))
    return Book(book.platform, book.quotas, book.breakers, risk)


def test_marginal_figures_are_events_that_the_report_reads() -> None:
    scenario, _ = load(
        MIXED, BEHAVIOURS, {**SMALL, "population.people.with.users": 200, "population.attackers.with.users": 11}
    )
    world = World()
    for event in marginals(scenario, BOOKS, 1, "main"):
        world({"world": "sim", **event})
    assert set(world.risk.marginals[""]) == {"recall", "precision", "fpr", "value_kept", "net_benefit"}
    assert len(world.risk.marginals) > 5


def test_a_run_with_labelled_traffic_has_its_section_in_the_report(tmp_path: Path) -> None:
    """One pass through the command: the figures in the summary, tables and pictures on the page, each detector's worth."""
    sets = ["population.people.with.users=120", "population.attackers.with.users=22", "population.attackers.with.rate=0.5"]
    run_scenario(MIXED, "sim", 1, 1, tmp_path, None, sets, ["run"])
    (folder,) = tmp_path.iterdir()
    told = json.loads((folder / "summary.json").read_text("utf-8"))["risk"]["sim"]
    assert len(told["attacks"]) >= 10
    assert sum(sum(day["bad"]) for day in told["days"]) == sum(row["blocked"]["of"] for row in told["attacks"])
    assert any(row["gain"] for row in told["detectors"])
    page = (folder / "report.html").read_text("utf-8")
    assert "Risk control in sim, held against the truth" in page
    assert 'id="risk_caught-title"' in page
    assert 'id="risk_days-title"' in page
