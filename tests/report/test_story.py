"""What a stranger reads first, and the moments that explain a run."""

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.events import Event
from sandbox.report import Context, parse, refusals
from sandbox.report.glance import glance
from sandbox.report.metrics import World, fold
from sandbox.report.moments import MOVES, moments
from sandbox.report.progress import progress
from sandbox.report.story import story
from sandbox.report.summary import summarise

Sale = Callable[..., list[Event]]
SEND = "wecom.message_send"


def told(worlds: dict[str, World], context: Context) -> Any:
    summary: Any = summarise(worlds, [parse("load.planned", ">= 0", "")], context.tolerances, context.vocabulary, asked=())
    starts = {name: context.start[name] for name in worlds}
    busiest = {name: {"at": 120_000, "orders": world.orders.busiest()[1]} for name, world in worlds.items()}
    return summary | {"refusals": refusals(worlds, starts), "busiest": busiest}


def test_the_flash_sale_in_five_sentences(flash_sale: Sale, context: Context) -> None:
    summary = told(fold([*flash_sale("sim"), *flash_sale("live", jitter=60, seed=2)]), context)
    assert story(summary, context) == [
        "540 orders were placed, 240 of them in the minute from 2:00 on.",
        "From 2:50 on, wecom.message_send was refused 354 times: wecom.app_minute allows 200 a minute.",
        "The fuse (熔断) opened once and refused everything for 1 min.",
        "87 orders (16.1 %) never reached the merchant: their notices were lost.",
        "The same over HTTP: all 16 metrics compared agree with the simulation.",
    ]


def test_a_calm_day(flash_sale: Sale, context: Context) -> None:
    assert story(told(fold(flash_sale("live", rates=(60,))), context), context)[1:] == [
        "No call was refused.",
        "Every order's notice arrived.",
    ]


def test_worlds_that_differ(flash_sale: Sale, context: Context) -> None:
    summary = told(fold([*flash_sale("sim"), *flash_sale("live", rates=(60,))]), context)
    assert story(summary, context)[-1].startswith("Not so over HTTP: only ")


def test_a_run_that_was_cut_short_is_held_against_nothing(flash_sale: Sale, context: Context) -> None:
    summary = told(fold([*flash_sale("sim"), *flash_sale("live", rates=(60,))]), context) | {"verdict": "interrupted"}
    sentences = story(summary, context)
    assert sentences[0].startswith("The run was cut short")
    assert not any("over HTTP" in sentence for sentence in sentences)


def test_launches_settlements_and_connections_are_told() -> None:
    launched = {"a.launched": 200, "a.launch_days.mean": 7.06, "a.launch_days.max": 8}
    settled = {"b.settled": 4, "b.settled_days": 3.0, "b.fx_gain": -0.0006}
    bound = {"c.considered": 12_000, "c.tried": 8_579, "c.bound": 4_359}
    assert progress({**launched, **settled, **bound, "d.paid": 1}) == [
        "a: 200 launched, after 7.1 working days on average and 8 at most.",
        "b: 4 trades settled, after 3.0 days on average; exchange rates brought -0.06%.",
        "c: of 12,000 that considered it 8,579 tried to connect, and 4,359 did.",
    ]


def test_without_orders_the_calls_are_told(flash_sale: Sale, context: Context) -> None:
    events = [event for event in flash_sale("sim", rates=(60,)) if event["kind"] != "signal"]
    summary = told(fold(events), context)
    assert story(summary, context) == ["Calls that were let through: 60 wecom.message_send.", "No call was refused."]
    assert glance(summary)[0] == ("wecom.message_send let through", {"sim": "60"})


def test_a_run_in_which_nothing_was_asked_has_no_story(context: Context) -> None:
    load = {"at": context.start["sim"], "kind": "load", "account": "", "world": "sim", "lag_p99_us": 0}
    load |= {"planned": 0, "sent": 0, "late": 0, "dropped": 0}
    assert story(told(fold([load]), context), context) == ["No call was refused."]
    assert story(told({}, context), context) == []


def move(at: int, was: str, state: str, until: int = 0) -> Event:
    fields = {"rule": "f", "subject": "s", "was": was, "state": state, "until": until}
    return {"world": "sim", "at": at, "kind": "breaker", "account": "a", **fields}


def drop(at: int) -> Event:
    return {"world": "sim", "at": at, "kind": "drop", "account": "a", "action": SEND, "user": "zhang", "msgid": "m"}


MOMENTS = [
    (
        "the first drop is told, once",
        [drop(5), drop(6)],
        [(5, f"{SEND} to zhang is accepted and silently dropped, for the first time")],
    ),
    ("opened by hand", [move(5, "closed", "forced_open")], [(5, "the fuse f of s is opened by hand")]),
    ("only watching", [move(5, "closed", "metrics_only")], [(5, "the fuse f of s only watches, by hand")]),
    ("open for how long", [move(5, "closed", "open", 90_005)], [(5, "the fuse f of s opens for 1.5 min")]),
]


@pytest.mark.parametrize(("events", "expected"), [row[1:] for row in MOMENTS], ids=[row[0] for row in MOMENTS])
def test_each_moment(events: list[Event], expected: list[tuple[int, str]]) -> None:
    assert [(row["at"], row["what"]) for row in moments("sim", fold(events)["sim"], 0)] == expected


def test_a_list_that_was_cut_says_so() -> None:
    events = [move(at, "closed", "forced_open") for at in range(MOVES + 3)]
    rows = moments("sim", fold(events)["sim"], 0)
    assert len(rows) == MOVES + 1
    assert rows[-1]["what"] == "the fuse f of s moves 3 more times, not told here"
