"""The SimPy driver against a bare SimPy loop of the same processes, and how long a large population takes to be ready.

Both loops do the same things at the same simulated times: wait, ask, wait for the answer. The bare one is written straight in
SimPy; ours goes through behaviours, and makes the events that reports are built from.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Generator
from random import Random
from typing import Any

import simpy

from sandbox.behaviour import Behaviour, Call, Reply, Signal, Wait
from sandbox.behaviour.merchant import Merchant
from sandbox.behaviour.table import BEHAVIOURS
from sandbox.cast import cast
from sandbox.events import ignore
from sandbox.scenario import parse
from sandbox.sim.driver import Stage, drive

PLAYERS = 1_000
CALLS = 200
ROUND_TRIP = 40
ROUNDS = 5
POPULATION = 100_000
OK = Reply(ok=True)


class Yes:
    """A platform that always agrees."""

    def perform(self, call: Call) -> Reply:
        """Agree."""
        del call
        return OK

    def tell(self, signal: Signal) -> Reply:
        """Agree."""
        del signal
        return OK

    def latency(self, action: str) -> int:
        """At once."""
        del action
        return 0


def behave(rng: Random, waits: bool) -> Behaviour:
    """Wait, ask, wait, ask; or only wait."""
    call = Call("wecom", "wecom.message_send", "main")
    for _ in range(CALLS):
        yield Wait(rng.randrange(1, 1000))
        yield Wait(ROUND_TRIP) if waits else call


def bare(env: simpy.Environment, rng: Random, port: Yes, waits: bool) -> Generator[simpy.Event, Any, None]:
    """The same, without us."""
    call = Call("wecom", "wecom.message_send", "main")
    for _ in range(CALLS):
        yield env.timeout(rng.randrange(1, 1000))
        if not waits:
            port.perform(call)
        yield env.timeout(ROUND_TRIP)


def run(ours: bool, waits: bool) -> float:
    """Events a second."""
    env, port = simpy.Environment(), Yes()
    stage = Stage(env, port, ignore, ROUND_TRIP, "main")
    for number in range(PLAYERS):
        rng = Random(number)
        env.process(drive(stage, "players", behave(rng, waits)) if ours else bare(env, rng, port, waits))
    started = time.perf_counter()
    env.run()
    return 2 * PLAYERS * CALLS / (time.perf_counter() - started)


def population() -> float:
    """Seconds until a population of 100,000 is ready to begin."""
    phases = [{"lasts": "100s", "per_second": POPULATION / 100, "spacing": "exact"}]
    scenario = {"name": "x", "title": "x", "start": "2026-11-11T20:00:00+08:00", "duration": "100s"}
    players = {"name": "buyers", "behaviour": "shopee.order", "phases": phases}
    loaded = parse({**scenario, "start": _moment(), "population": [players]}, "benchmark", BEHAVIOURS)
    started = time.perf_counter()
    cast(loaded, Merchant("main"), 1)
    return time.perf_counter() - started


def _moment() -> Any:
    from datetime import UTC, datetime  # noqa: PLC0415 - for the scenario's start alone

    return datetime(2026, 11, 11, 12, tzinfo=UTC)


def main() -> None:
    """Print the tables."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    print("\n| simulation, one core | bare SimPy, events/s | ours, events/s | ratio | bar |\n|---|---|---|---|---|")
    for waits, name in ((False, "wait, ask, answer"), (True, "waits only")):
        pairs = [(run(ours=False, waits=waits), run(ours=True, waits=waits)) for _ in range(ROUNDS)]
        without, with_us = (statistics.median(column) for column in zip(*pairs, strict=True))
        ratio = statistics.median(one / other for other, one in pairs)
        print(f"| {name} | {without:,.0f} | {with_us:,.0f} | {ratio:.2f} | 0.50 |")
    ready = statistics.median(population() for _ in range(3))
    print(
        f"\n| population of {POPULATION:,} | seconds until ready | bar |\n|---|---|---|\n| with Chinese names | {ready:.2f} | 2 |"
    )


if __name__ == "__main__":
    main()
