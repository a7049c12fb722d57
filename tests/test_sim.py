"""The simulated world: the stories that the shipped scenarios tell, and that they are told the same way every time."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
import simpy

from sandbox.behaviour import Behaviour, Call, Push, Receive, Reply, Signal, Wait
from sandbox.behaviour.table import BEHAVIOURS
from sandbox.cast import Role
from sandbox.cli.running import simulated
from sandbox.cli.scenarios import load_scenario
from sandbox.errors import InputError
from sandbox.events import Event, line
from sandbox.rulebooks import load_all
from sandbox.scenario import load, parse
from sandbox.sim.driver import Stage, drive, start

ROOT = Path(__file__).resolve().parent.parent
BOOKS = load_all()


def told(name: str, seed: int | None = None) -> list[Event]:
    scenario, _ = load(ROOT / "scenarios" / "load" / f"{name}.toml", BEHAVIOURS)
    events: list[Event] = []
    simulated(scenario, BOOKS, scenario.seed if seed is None else seed, events.append, lambda _done: None)
    return events


def counted(events: list[Event]) -> Counter[tuple[object, ...]]:
    return Counter((event["kind"], event.get("action"), event.get("code")) for event in events)


def test_the_naive_integration_trips_the_fuse_and_loses_notices() -> None:
    """S01, S02, S08: the 201st push of the minute opens the fuse, for one minute; each refused notice is tried four times."""
    events = told("shopee_burst_naive")
    moves = [(event["was"], event["state"]) for event in events if event["kind"] == "breaker"]
    assert moves == [("closed", "open"), ("open", "half_open"), ("half_open", "closed")]
    count = counted(events)
    assert count["verdict", "wecom.message_send", "45009"] % 4 == 0
    assert count["verdict", "wecom.message_send", "45009"] > 300


def test_the_paced_integration_is_never_refused_and_loses_nothing() -> None:
    """S01, S08, S12."""
    count = counted(told("shopee_burst_paced"))
    assert count["verdict", "wecom.message_send", "45009"] == 0
    assert count["reply", "wecom.message_send", ""] == count["signal", None, None]


def test_the_flash_sale_redeems_every_card_with_codes_made_beforehand() -> None:
    """A08, A09, A10, A30."""
    count = counted(told("card_flash_sale"))
    assert count["verdict", "wechat.card.deposit", ""] == 20
    assert count["verdict", "wechat.card.consume", ""] == 1500


def test_every_card_of_a_live_room_is_there_within_two_seconds() -> None:
    """V11."""
    events = told("live_room_card")
    cards = [event for event in events if (event["kind"], event.get("action")) == ("reply", "channels.live_card")]
    assert len(cards) == 3_600
    assert all(event["ok"] and event["at"] - event["intended"] <= 2_000 for event in cards)
    assert counted(events)["signal", None, None] > 300, "they order, too"


@pytest.mark.parametrize("name", ["shopee_burst_naive", "shopee_burst_paced", "card_flash_sale"])
def test_the_same_seed_gives_byte_identical_events(name: str) -> None:
    assert [line(event) for event in told(name)] == [line(event) for event in told(name)]


def test_a_scenario_shorter_than_its_steps_is_played() -> None:
    brief = {"duration": "10ms", "drain": "0s", "population": [{"name": "x", "behaviour": "shopee.order", "count": 1}]}
    scenario, _ = load(ROOT / "scenarios" / "load" / "shopee_burst_paced.toml", BEHAVIOURS, brief)
    events: list[Event] = []
    simulated(scenario, BOOKS, 1, events.append, lambda _done: None)
    assert [event["kind"] for event in events if event["kind"] in ("signal", "load")] == ["signal", "load"]


def test_another_seed_gives_other_events() -> None:
    assert told("shopee_burst_paced", 1) != told("shopee_burst_paced", 2)


def faulty(fault: str, percent: int = 100) -> list[Event]:
    """A burst whose pushes go wrong."""
    path = ROOT / "scenarios" / "load" / "shopee_burst_paced.toml"
    chosen = {"push_fault": [{"platform": "shopee", "fault": fault, "percent": percent}], "duration": "1m", "drain": "15m"}
    scenario, _ = load_scenario(path, BOOKS, chosen | {"population.buyers.phases": [{"lasts": "1m", "per_second": 1}]})
    events: list[Event] = []
    simulated(scenario, BOOKS, 1, events.append, lambda _done: None)
    return events


def test_pushes_come_twice_or_late_as_the_scenario_says() -> None:
    """V12."""
    twice, late = faulty("duplicate", 50), faulty("late")
    placed, pushed = moments(twice, "signal"), moments(twice, "push")
    assert len(pushed) == len(placed) + len(placed) // 2
    assert moments(late, "push") == [at + 600_030 for at in moments(late, "signal")]


def moments(events: list[Event], kind: str) -> list[int]:
    """When buyers ordered, or when a push came."""
    return [int(str(one["at"])) for one in events if one["kind"] == kind and "population" in one]


def test_a_fault_that_cannot_be_simulated_or_is_none_is_named() -> None:
    path = ROOT / "scenarios" / "load" / "shopee_burst_paced.toml"
    for fault, platform in (("gremlins", "shopee"), ("late", "ebay")):
        with pytest.raises(InputError, match="push_fault"):
            load_scenario(path, BOOKS, {"push_fault": [{"platform": platform, "fault": fault}]})
    with pytest.raises(InputError, match="--on live"):
        faulty("wrong_key")


class Echo:
    """A port that takes 10 ms and tells what it was asked."""

    def perform(self, call: Call) -> Reply:
        return Reply(ok=True, body={"asked": call.action})

    def tell(self, signal: Signal) -> Reply:
        return Reply(ok=False, code=signal.kind)

    def latency(self, action: str) -> int:
        return 10 if action else 0


def stage() -> tuple[Stage, list[Event]]:
    events: list[Event] = []
    return Stage(simpy.Environment(initial_time=1_000), Echo(), events.append, 4, "main"), events


def test_every_behaviour_names_its_options_when_one_is_misspelt() -> None:
    for name in BEHAVIOURS:
        one = {"name": "x", "behaviour": name, "count": 1, "with": {"zzz": 1}}
        head = {
            "name": "x",
            "title": "x",
            "start": datetime(2026, 11, 11, tzinfo=UTC),
            "duration": "1m",
            "population": [one],
            "expect": {},
        }
        with pytest.raises(InputError, match=r"population\.0\.with\.zzz = 1: expected .*no such key: zzz is not known here"):
            parse(head, "x.toml", BEHAVIOURS)


def test_a_behaviour_is_granted_its_wishes_at_the_right_times() -> None:
    seen: list[object] = []

    def wish() -> Behaviour:
        seen.append((yield Wait(5)))
        seen.append((yield Call("x", "x.do", "main", {"order": "7"})))
        seen.append((yield Signal("x", "x.told", "main", payload={"order_sn": "7"})))
        seen.append((yield Receive(3)))
        seen.append((yield Receive()))

    one, events = stage()
    start(one, [Role("players", lambda _number: wish(), ("topic",), 1, None)])
    one.env.run(until=1_050)
    one.push(Push("topic", {"data": {"ordersn": "8"}}))
    one.env.run()
    reply, told_reply = seen[1], seen[2]
    assert seen[0] is None
    assert reply == Reply(ok=True, body={"asked": "x.do"}, at=1_019)
    assert told_reply == Reply(ok=False, code="x.told", at=1_019)
    assert seen[3] is None
    assert seen[4] == Push("topic", {"data": {"ordersn": "8"}}, 1_052)
    assert [event["kind"] for event in events] == ["reply", "signal", "push", "take"]
    assert events[0]["order"] == "7"
    assert (events[0]["sent"], events[0]["at"]) == (1_005, 1_019)


def test_a_receive_that_gave_up_takes_nothing_away_from_the_next() -> None:
    got: list[object] = []

    def patient() -> Behaviour:
        got.append((yield Receive(1)))
        got.append((yield Receive()))

    one, _ = stage()
    start(one, [Role("players", lambda _number: patient(), ("topic",), 1, None)])
    one.env.run(until=1_010)
    one.push(Push("topic"))
    one.env.run()
    assert got == [None, Push("topic", {}, 1_012)]


def test_a_behaviour_that_ends_ends_its_process() -> None:
    def nothing() -> Behaviour:
        return
        yield Wait(1)  # pragma: no cover - makes it a generator

    one, events = stage()
    one.env.process(drive(one, "players", nothing()))
    one.env.run()
    assert not events
