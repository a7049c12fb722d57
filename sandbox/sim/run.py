"""One simulated run of a scenario, from start to the end of its drain.

Law: single-threaded and without real time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import simpy

from sandbox.behaviour import Push
from sandbox.cast import Role
from sandbox.events import Record
from sandbox.scenario import Scenario
from sandbox.sim.driver import Port, Stage, start

Progress = Callable[[float], None]
STEPS = 50


class SimClock:
    """The simulation's time as a clock: `() -> int`, ms since the epoch."""

    def __init__(self, begin: int) -> None:
        self.env = simpy.Environment(initial_time=begin)

    def __call__(self) -> int:
        """Simulated now."""
        return int(self.env.now)

    def later(self, due: int, what: str, job: Callable[[], None]) -> None:
        """Do something at a simulated time to come; `what` names it for people who read other worlds' agendas."""
        del what
        moment = self.env.timeout(max(0, due - self()))
        moment.callbacks.append(lambda _: job())


def simulate(
    scenario: Scenario,
    clock: SimClock,
    port: Port,
    roles: Sequence[Role],
    record: Record,
    *,
    account: str,
    listen: Callable[[Callable[[Push], None]], None],
    progress: Progress = lambda _done: None,
) -> None:
    """Run the scenario to its end. `listen` is handed the function that takes what platforms push."""
    stage = Stage(clock.env, port, record, scenario.sim.round_trip, account)
    listen(stage.push)
    start(stage, roles)
    length = scenario.duration + scenario.drain
    for step in range(1, STEPS + 1):
        if (moment := scenario.start_ms + length * step // STEPS) > clock():
            clock.env.run(until=moment)
        progress(step / STEPS)
    planned = sum(role.count for role in roles if role.arrivals is not None)
    fields = {"planned": planned, "sent": stage.started, "late": 0, "dropped": planned - stage.started, "lag_p99_us": 0}
    record({"at": clock(), "kind": "load", "account": account, **fields})
