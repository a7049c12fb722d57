"""Virtual time for plain blocking code: each player is a greenlet, and who is due next runs.

So the driver's own code, which in a run waits for sockets and real time, plays here on a clock that jumps.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from typing import Any

import greenlet

from loadtests.codec import decode_push
from loadtests.drive import Measured, Stage, drive
from loadtests.timeline import Timeline
from mocks.server import MAIN
from mocks.shopee import courier
from sandbox.behaviour import Call, Push, Reply, Signal
from sandbox.cast import Role
from sandbox.events import Event
from tests.loadtests.twins import Twins

NS = 1_000_000
"""Real nanoseconds in a virtual millisecond: the rate is 1."""


class Stepper:
    """Runs greenlets in the order in which they are due, ties in the order in which they asked."""

    def __init__(self, jump: Callable[[int], None], now: int) -> None:
        self._jump, self._now = jump, now
        self._order = count()
        self._due: list[tuple[int, int, Callable[[], Any]]] = []

    def read(self) -> int:
        """The real time that there is not, ns."""
        return self._now * NS

    def at(self, ms: int, do: Callable[[], Any]) -> None:
        """Do it then."""
        heapq.heappush(self._due, (ms, next(self._order), do))

    def sleep(self, seconds: float) -> None:
        """Let the others run until then."""
        self.at(self._now + round(seconds * 1000), greenlet.getcurrent().switch)
        self.wait()

    def wait(self) -> Any:
        """Let the others run until somebody switches back here."""
        parent = greenlet.getcurrent().parent
        assert parent is not None
        return parent.switch()

    def run(self, until: int) -> None:
        """Everything that is due before `until`."""
        while self._due and self._due[0][0] < until:
            due, _, do = heapq.heappop(self._due)
            self._jump(due - self._now)
            self._now = due
            do()


class Inbox:
    """A `loadtests.drive.Inbox` in virtual time."""

    def __init__(self, stepper: Stepper) -> None:
        self._stepper = stepper
        self._pushes: deque[Push] = deque()
        self._waiting: deque[Callable[[], Any]] = deque()

    def put(self, push: Push) -> None:
        self._pushes.append(push)
        if self._waiting:
            self._stepper.at(self._stepper.read() // NS, self._waiting.popleft())

    def get(self, seconds: float | None) -> Push | None:
        if not self._pushes:
            wake = partial(greenlet.getcurrent().switch)  # one for each time that somebody waits
            self._waiting.append(wake)
            if seconds is not None:
                self._stepper.at(self._stepper.read() // NS + round(seconds * 1000), lambda: self._give_up(wake))
            self._stepper.wait()
        return self._pushes.popleft() if self._pushes else None

    def _give_up(self, wake: Callable[[], Any]) -> None:
        if any(one is wake for one in self._waiting):
            self._waiting.remove(wake)
            wake()


class Journey:
    """A `Talk` whose requests are judged at once and answered one round trip and the platform's own time later."""

    def __init__(self, twins: Twins, stepper: Stepper, round_trip: int) -> None:
        self._twins, self._stepper, self._round_trip = twins, stepper, round_trip
        self.said: list[tuple[str, bool, str, dict[str, Any]]] = []

    def call(self, call: Call) -> Reply:
        reply = self._twins.talk.call(call)
        self.said.append((call.action, reply.ok, reply.code, dict(reply.body)))
        takes = self._round_trip + self._twins.rig.world.books[call.platform].latency(call.action)
        self._stepper.sleep(takes / 1000)
        return reply

    def tell(self, signal: Signal) -> Reply:
        reply = self._twins.talk.tell(signal)
        self.said.append((signal.kind, reply.ok, reply.code, dict(reply.body)))
        return reply


class Theatre:
    """The roles of a scenario played over HTTP (without sockets) in virtual time, by the driver's own `drive`."""

    def __init__(self, twins: Twins, roles: tuple[Role, ...], round_trip: int) -> None:
        clock = twins.rig.clock
        self.twins, self.roles, self.round_trip = twins, roles, round_trip
        self.events: list[Event] = []
        self.measured: list[Measured] = []
        self.stepper = Stepper(clock.jump, clock())
        self.start = clock()
        line = Timeline(self.start, self.stepper.read(), 1.0, self.stepper.read, self.stepper.sleep)
        self.journey = Journey(twins, self.stepper, round_trip)
        talk: Any = self.journey
        self.stage = Stage(line, talk, self.events.append, self.measured.append, MAIN)
        twins.rig.world._post = self._pushed

    def play(self, until: int) -> None:
        """Everybody begins at his time; ends at virtual `until`."""
        self._receive_pushes()
        for role in self.roles:
            self.stage.inboxes[role.name] = Inbox(self.stepper)
            for topic in role.receives:
                self.stage.listeners.setdefault(topic, []).append(role.name)
            arrivals = iter(enumerate([0] * role.count if role.arrivals is None else role.arrivals.tolist()))
            self._await(role, arrivals)
        self.stepper.run(until)

    def _await(self, role: Role, arrivals: Iterator[tuple[int, int]]) -> None:
        """Await the next arrival, as SimPy's process does: it is the last to ask for its moment, and asks when the one before has come."""
        number, offset = next(arrivals, (-1, 0))
        if number >= 0:
            self.stepper.at(self.start + offset, lambda: self._begin(role, number, self.start + offset, arrivals))

    def _begin(self, role: Role, number: int, due: int, arrivals: Iterator[tuple[int, int]]) -> None:
        self._await(role, arrivals)
        greenlet.greenlet(drive).switch(self.stage, role.name, role.play(number), due)

    def _receive_pushes(self) -> None:
        url = "http://127.0.0.1:9/push"
        assert self.twins.talk.call(Call("shopee", "shopee.push_config", MAIN, payload={"callback_url": url})).ok

    def _pushed(self, _account: str, push: Push) -> None:
        """A push leaves the platform, signed, and arrives half a round trip later."""
        account = self.twins.rig.main
        packed = courier.envelope(self.twins.rig.world, account, push)
        assert packed is not None
        taken = decode_push(account.shopee.partner_key, packed.url, packed.headers["Authorization"], packed.body)
        assert taken is not None
        self.stepper.at(self.stepper.read() // NS + self.round_trip // 2, lambda: self.stage.push(taken))
