"""How many calls of an action one core decides: measured before a capacity gate is judged, in process and without HTTP.

Law: real time is read here and nowhere in the report; what was measured goes into the run folder, so that a report built again says the same.
"""

from __future__ import annotations

from collections.abc import Mapping

from mocks.inprocess import InProcess, merchant_of
from mocks.world import World
from sandbox.cast import cast
from sandbox.clock import real_ns
from sandbox.policy import Call
from sandbox.report import Capacity
from sandbox.rulebooks import MARKET, Rulebook
from sandbox.rulebooks.market import market_of
from sandbox.scenario import Scenario

TARGET = "product_api_per_second"
"""The market's figure for a gate that names no rate of its own (V10)."""

CALLS = 2_000
MAIN = "main"


def capacity_of(scenario: Scenario, books: Mapping[str, Rulebook]) -> Capacity | None:
    """The scenario's gate with what one core was seen to decide; None when it has none."""
    gate = scenario.capacity
    if gate is None:
        return None
    target = gate.per_second or int(market_of(books[MARKET]).figure(TARGET))
    return Capacity(gate.action, target, in_process(scenario, gate.action, books))


def in_process(scenario: Scenario, action: str, books: Mapping[str, Rulebook]) -> float:
    """Calls a second of an action, as the first behaviour that begins with it asks for it; 0 when none does."""
    world = World(books, lambda: scenario.start_ms, seed=scenario.seed)
    account = world.open_account(MAIN, **scenario.account.model_dump())
    port, roles = InProcess(world), cast(scenario, merchant_of(account), scenario.seed, market_of(books[MARKET]))
    wishes = (next(role.play(0), None) for role in roles if role.count)
    call = next((wish for wish in wishes if isinstance(wish, Call) and wish.action == action), None)
    if call is None:
        return 0.0
    begun = real_ns()
    for _ in range(CALLS):
        port.perform(call)
    return CALLS * 1e9 / (real_ns() - begun)
