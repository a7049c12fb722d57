"""One behaviour, one seed, two worlds, equal logs: in SimPy, and over HTTP by the driver's own code on a clock that jumps."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mocks.inprocess import InProcess, Switchboard, merchant_of
from mocks.server import MAIN
from mocks.world import World
from sandbox.behaviour import Behaviour, Call, Push, Receive, Reply, Signal, Wait
from sandbox.behaviour.table import BEHAVIOURS
from sandbox.cast import Role, cast
from sandbox.events import Event, line
from sandbox.rulebooks import load_all
from sandbox.scenario import Scenario, parse
from sandbox.sim.run import SimClock, simulate
from tests.loadtests.stepper import Theatre
from tests.loadtests.twins import Twins

START = datetime(2026, 11, 11, 12, 0, tzinfo=UTC)
ROUND_TRIP = 60
TIGHT = {"wecom": {"quota": {"app_minute": {"limit": 40}}}}
"""A fifth of what WeCom takes, so that a fifth of the orders is enough."""

OF_THE_PLAYERS = {"reply", "signal", "push", "take"}
Said = list[tuple[str, bool, str, dict[str, Any]]]


class Overheard:
    """A `sandbox.sim.driver.Port` that notes what is said."""

    def __init__(self, port: InProcess) -> None:
        self._port = port
        self.latency = port.latency
        self.said: Said = []

    def perform(self, call: Call) -> Reply:
        reply = self._port.perform(call)
        self.said.append((call.action, reply.ok, reply.code, dict(reply.body)))
        return reply

    def tell(self, signal: Signal) -> Reply:
        reply = self._port.tell(signal)
        self.said.append((signal.kind, reply.ok, reply.code, dict(reply.body)))
        return reply


def simulated(scenario: Scenario, seed: int, more: tuple[Role, ...] = ()) -> tuple[Said, list[Event]]:
    clock, switchboard, events = SimClock(scenario.start_ms), Switchboard(lambda: world), []
    world = World(load_all(changes=TIGHT), clock, seed=seed, record=events.append, post=switchboard)
    account = world.open_account(MAIN, **scenario.account.model_dump())
    port = Overheard(InProcess(world))
    roles = (*cast(scenario, merchant_of(account), seed), *more)
    simulate(scenario, clock, port, roles, events.append, account=MAIN, listen=switchboard.listen)
    return port.said, events


def over_http(scenario: Scenario, seed: int, more: tuple[Role, ...] = ()) -> tuple[Said, list[Event]]:
    twins = Twins(TIGHT, seed=seed, start=scenario.start_ms)
    twins.rig.world.open_account(MAIN, **scenario.account.model_dump())
    twins.session = twins.talk.session = twins.connect()
    twins.talk.fetch_tokens()
    theatre = Theatre(twins, (*cast(scenario, merchant_of(twins.rig.main), seed), *more), ROUND_TRIP)
    theatre.play(scenario.start_ms + scenario.duration + scenario.drain)
    twins.close()
    return theatre.journey.said, [*theatre.events, *twins.rig.server.journal.since(0)[0]]


def scenario(duration: str, *population: dict[str, Any], drain: str = "30s") -> Scenario:
    content = {
        "name": "same_story",
        "title": "the same in both worlds",
        "start": START,
        "duration": duration,
        "drain": drain,
        "sim": {"round_trip": f"{ROUND_TRIP}ms"},
        "population": population,
    }
    return parse(content, "test", BEHAVIOURS)


def burst(behaviour: str, count: int, per_second: float, **options: Any) -> Scenario:
    """A minute of orders, more than WeCom takes here, and an integration that forwards them."""
    phases = [{"lasts": "1m", "per_second": per_second, "spacing": "exact"}]
    buyers = {"name": "buyers", "behaviour": "shopee.order", "phases": phases}
    receives = ["shopee.order_status"]
    integration = {"name": "integration", "behaviour": behaviour, "count": count, "receives": receives, "with": options}
    return scenario("1m", buyers, integration, drain="2m")


def sale(batches: int, gap_ms: int, think_ms: int) -> Scenario:
    """A card whose codes are imported too fast or not, and shoppers who come before and after it is on sale."""
    merchant = {"name": "merchant", "behaviour": "coupon.issuer", "count": 1, "with": {"batches": batches, "gap_ms": gap_ms}}
    phases = [{"lasts": "40s", "per_second": 4}]
    shoppers = {"name": "shoppers", "behaviour": "coupon.shopper", "phases": phases, "with": {"think_ms": think_ms}}
    return scenario("40s", merchant, shoppers)


STORIES: dict[str, tuple[Callable[[], Scenario], set[str]]] = {
    "naive, and the fuse opens": (lambda: burst("integration.naive", 4, 0.8, retries=3), {"45009"}),
    "naive, alone, without retries": (lambda: burst("integration.naive", 1, 0.8, retries=0), {"45009"}),
    "paced, and it holds": (lambda: burst("integration.paced", 1, 0.8, per_minute=38, burst=2), set()),
    "paced, too fast, and it waits": (
        lambda: burst("integration.paced", 1, 0.8, per_minute=46, burst=4, back_off_ms=20_000),
        {"45009"},
    ),
    "a card, imported in time": (lambda: sale(3, 2_000, 2_000), set()),
    "a card, imported too fast": (lambda: sale(14, 500, 500), {"45011"}),
}
"""What is played, and the codes that it is refused with."""


@pytest.mark.parametrize(("seed", "story"), list(enumerate(STORIES, 11)))
def test_both_worlds_tell_the_same_story(seed: int, story: str) -> None:
    tell, codes = STORIES[story]
    wanted = tell()
    (said, events), (said_too, events_too) = simulated(wanted, seed), over_http(wanted, seed)
    assert said_too == said
    assert of_the_players(events_too) == of_the_players(events)
    assert of_the_gates(events_too) == of_the_gates(events)
    assert {code for _, _, code, _ in said} - {""} == codes
    assert len(said) > 50


@settings(max_examples=3)
@given(seed=st.integers(0, 10**6), gap_ms=st.integers(1, 4_000), batches=st.integers(1, 12), think_ms=st.integers(0, 3_000))
def test_any_sale_is_the_same_in_both_worlds(seed: int, gap_ms: int, batches: int, think_ms: int) -> None:
    wanted = sale(batches, gap_ms, think_ms)
    assert over_http(wanted, seed)[0] == simulated(wanted, seed)[0]


def impatient(number: int) -> Behaviour:
    """Waits for a push for a while; looks a member up when none comes, and rests after each that does."""
    del number
    for turn in range(40):
        push = yield Receive(400 + 37 * turn)
        if isinstance(push, Push):
            yield Wait(900)
        else:
            yield Call("wecom", "wecom.user_get", MAIN, payload={"userid": "staff01"})


@pytest.mark.parametrize("seed", [3, 4])
def test_who_waits_in_vain_goes_on_at_the_same_moment_in_both_worlds(seed: int) -> None:
    phases = [{"lasts": "40s", "per_second": 0.7}]
    wanted = scenario("40s", {"name": "buyers", "behaviour": "shopee.order", "phases": phases})
    more = (Role("impatient", impatient, ("shopee.order_status",), 2, None),)
    (said, events), (said_too, events_too) = simulated(wanted, seed, more), over_http(wanted, seed, more)
    assert said_too == said
    assert of_the_players(events_too) == of_the_players(events)
    assert {"wecom.user_get", "shopee.order_placed"} == {row[0] for row in said}


def of_the_players(events: list[Event]) -> list[str]:
    """What they did and got, in the order of time; what comes first within a millisecond is no part of the story."""
    mine = [event for event in events if event["kind"] in OF_THE_PLAYERS]
    return [line(event) for event in sorted(mine, key=lambda event: (event["at"], line(event)))]


def of_the_gates(events: list[Event]) -> list[Event]:
    """Verdicts, breakers and drops, but for what only a client over HTTP asks: tokens, and where pushes go.

    Which order a call is about is said beside its payload, for the simulation's own counting: it does not travel.
    """
    own = {"wecom.gettoken", "wechat.stable_token", "shopee.push_config"}
    told = [event for event in events if event["kind"] in {"verdict", "breaker", "drop"} and event.get("action") not in own]
    return [{name: value for name, value in event.items() if name != "actor.order"} for event in told]
