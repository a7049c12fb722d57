"""The open-model dispatcher: begins each player when the schedule says, whatever became of those before.

Law: a Locust user walks a schedule compiled beforehand; it never waits for an answer. An arrival that finds too many players at
work is dropped and counted, never queued, and one that begins late is counted late: load that was not made is not hidden.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count, repeat

import gevent
from gevent import Greenlet
from gevent.event import AsyncResult
from gevent.pool import Group
from locust import User, task
from locust.env import Environment
from locust.exception import StopUser

from loadtests.codec import FAILURES
from loadtests.drive import Measured, Stage, drive
from loadtests.tally import Tally
from sandbox.cast import Role

Play = Callable[[Role, int, int], None]


def merged(roles: Sequence[Role]) -> Iterator[tuple[int, Role, int]]:
    """Every arrival of every open population in the order of time: (ms after the start, who, the player's number)."""
    schedules = [
        zip(role.arrivals.tolist(), repeat(index), count()) for index, role in enumerate(roles) if role.arrivals is not None
    ]
    return ((offset, roles[index], number) for offset, index, number in heapq.merge(*schedules))


@dataclass(slots=True, repr=False)
class Dispatcher:
    """One walk through the schedule, to virtual `end` (ms). `in_flight` players of open populations at most play at once."""

    stage: Stage
    tally: Tally
    roles: Sequence[Role]
    end: int
    in_flight: int
    residents: Group = field(default_factory=Group)
    players: Group = field(default_factory=Group)

    def walk(self) -> None:
        """Begin everybody at his time, then wait for the end. A behaviour that breaks ends the walk: that is our mistake."""
        line, walker = self.stage.timeline, gevent.getcurrent()
        for role in self.roles:
            for number in range(role.count if role.arrivals is None else 0):
                self._begin(walker, self.residents, self._play, role, number, line.start)
        for offset, role, number in merged(self.roles):
            line.until(line.start + offset)
            if len(self.players) >= self.in_flight:
                self.tally.dropped += 1
            else:
                self._begin(walker, self.players, self._arrive, role, number, line.start + offset)
        line.until(self.end)

    def stop(self) -> None:
        """Stop whoever still plays."""
        self.residents.kill()
        self.players.kill()

    def _begin(self, walker: Greenlet, group: Group, play: Play, role: Role, number: int, due: int) -> None:
        player = group.spawn(play, role, number, due)
        player.link_exception(lambda broken: walker.kill(broken.exception, block=False))

    def _arrive(self, role: Role, number: int, due: int) -> None:
        line = self.stage.timeline
        self.tally.begun(line.read() - line.due(due))
        self._play(role, number, due)

    def _play(self, role: Role, number: int, due: int) -> None:
        drive(self.stage, role.name, role.play(number), due)


def under_locust(environment: Environment, walk: Callable[[], None]) -> None:
    """Have one Locust user do `walk`; returns when it is done. Raises what it raises, and whatever ends the waiting."""
    done = AsyncResult()

    class Walker(User):
        @task
        def walk(self) -> None:
            """The one thing this user does."""
            try:
                walk()
                done.set()
            except Exception as problem:  # noqa: BLE001 - handed on, whatever it is, to who waits below
                done.set_exception(problem)
            raise StopUser

    environment.user_classes = [Walker]
    runner = environment.create_local_runner()
    environment.events.init.fire(environment=environment, runner=runner, web_ui=None)  # type: ignore[no-untyped-call] # Locust's
    runner.start(1, spawn_rate=1)
    try:
        done.get()
    finally:
        runner.quit()


def reporter(environment: Environment) -> Callable[[Measured], None]:
    """Tells Locust of every request: response time from when it was due, service time and lag in the context, in ms.

    A platform's refusal is an answer, so no failure; only a request that no platform answered is one.
    """
    fire: Callable[..., None] = environment.events.request.fire

    def report(measured: Measured) -> None:
        name, intended, sent, done, reply = measured
        context = {"service_time": (done - sent) / 1e6, "lag": (sent - intended) / 1e6}
        fire(
            request_type=name.partition(".")[0],
            name=name,
            response_time=(done - intended) / 1e6,
            response_length=0,
            exception=None if reply.code not in FAILURES else reply.code,
            context=context,
        )

    return report
