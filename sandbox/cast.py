"""From a scenario to its players: who acts, when each begins, and the behaviour that each runs.

Law: built before the run, from scenario and seed alone, and the same for both worlds; names are drawn here, never while it runs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from sandbox.behaviour import Behaviour
from sandbox.behaviour.merchant import Merchant, Part
from sandbox.behaviour.people import names
from sandbox.behaviour.table import BEHAVIOURS
from sandbox.rulebooks.market import NOTHING, Market
from sandbox.scenario import Population, Scenario
from sandbox.schedule import Arrivals, compile_arrivals


@dataclass(frozen=True, slots=True)
class Role:
    """One population: `play(number)` begins a player's behaviour.

    `arrivals` (ms after the start, sorted) for an open population, None for `count` players who are there from the start;
    `receives` names the topics pushed to it.
    """

    name: str
    play: Callable[[int], Behaviour]
    receives: tuple[str, ...]
    count: int
    arrivals: Arrivals | None


def cast(scenario: Scenario, merchant: Merchant, seed: int, market: Market = NOTHING) -> tuple[Role, ...]:
    """Every population of the scenario, ready to play. Models (`sandbox.behaviour.table.MODELS`) need the market's figures."""
    return tuple(_role(scenario, population, merchant, seed, market) for population in scenario.players)


def _role(scenario: Scenario, population: Population, merchant: Merchant, seed: int, market: Market) -> Role:
    arrivals = None
    if population.phases:
        arrivals = compile_arrivals([one.phase() for one in population.phases], seed, population.name)
    count = population.count or (0 if arrivals is None else len(arrivals))
    people = names(Random(f"{seed}/{population.name}/names"), count)
    behaviour, options = BEHAVIOURS[population.behaviour], population.options
    place = scenario.players.index(population)

    def play(number: int) -> Behaviour:
        own = (f"{seed}/{population.name}", place, count)
        part = Part(merchant, number, people[number], scenario.day, population.name, scenario.start_ms, market, *own)
        return behaviour(part, Random(f"{seed}/{population.name}/{number}"), **options)

    return Role(population.name, play, population.receives, count, arrivals)
