"""Grants behaviours their wishes over HTTP: the counterpart of `sandbox.sim.driver`, wish for wish and event for event.

Law: a player has a clock of its own, `due`: a wait moves it by exactly what was asked, an answer sets it to when it came. So
nothing drifts, and a late player catches up. How time passes, how requests travel and where pushes wait come in as arguments.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import NamedTuple, Protocol, TypeVar

from loadtests.talk import Talk
from loadtests.timeline import Timeline
from sandbox.behaviour import Behaviour, Call, Push, Receive, Reply, Signal, Step, Wait, Wish
from sandbox.events import Event, Record, Scalar
from sandbox.sim.driver import about, order_of

W = TypeVar("W")


class Inbox(Protocol):
    """Where the pushes of a population wait, first come, first served."""

    def put(self, push: Push) -> None:
        """Take in a push."""
        ...

    def get(self, seconds: float | None) -> Push | None:
        """The next push; None when none came within so many real seconds (None: wait for ever)."""
        ...


class Measured(NamedTuple):
    """One request done: what, and the real times (ns) at which it should have been sent, was sent, and was answered."""

    name: str
    intended: int
    sent: int
    done: int
    reply: Reply


@dataclass(slots=True)
class Stage:
    """One run over HTTP: time, the talk with the platforms, where events and measurements go, and the inboxes.

    `asked` are requests that wait for an answer, by player: what, and the real time (ns) at which it was sent.
    """

    timeline: Timeline
    talk: Talk
    record: Record
    measure: Callable[[Measured], None]
    account: str
    inboxes: dict[str, Inbox] = field(default_factory=dict)
    listeners: dict[str, list[str]] = field(default_factory=dict)
    asked: dict[int, tuple[str, int]] = field(default_factory=dict)

    def push(self, push: Push) -> None:
        """A push arrived from a platform: into the inbox of everybody who receives its topic."""
        for population in self.listeners.get(push.topic, ()):
            self.note(self.timeline.now(), "push", population, topic=push.topic, order=order_of(push))
            self.inboxes[population].put(push)

    def note(self, at: int, kind: str, population: str, **fields: Scalar) -> None:
        """Record what a player did or got."""
        self.record({"at": at, "kind": kind, "account": self.account, "population": population, **fields})


@dataclass(slots=True)
class Player:
    """One player: when (virtual ms) its next wish is due, and the real time (ns) of the last answer it got."""

    stage: Stage
    population: str
    due: int
    answered: int = 0

    def call(self, call: Call) -> Reply:
        """Ask a platform."""
        sent, reply = self._ask(call.action, call, self.stage.talk.call)
        event: Event = {"action": call.action, "ok": reply.ok, "code": reply.code, **sent, **about(call, reply)}
        self.stage.note(self.due, "reply", self.population, **event)
        return reply

    def tell(self, signal: Signal) -> Reply:
        """Tell the sandbox a fact."""
        sent, reply = self._ask(signal.kind, signal, self.stage.talk.tell)
        event: Event = {"signal": signal.kind, "intended": sent["intended"], "ok": reply.ok}
        if order := signal.payload.get("order_sn"):
            event["order"] = str(order)
        self.stage.note(self.due, "signal", self.population, **event)
        return reply

    def _ask(self, name: str, wish: W, ask: Callable[[W], Reply]) -> tuple[Event, Reply]:
        """Ask, measure, and note when it should have been asked and when it was."""
        line = self.stage.timeline
        asked, sent = max(line.due(self.due), self.answered), line.read()
        event: Event = {"intended": self.due, "sent": line.at(sent)}
        self.stage.asked[id(self)] = name, sent
        reply = ask(wish)
        del self.stage.asked[id(self)]
        self.answered = line.read()
        self.due = line.at(self.answered)
        self.stage.measure(Measured(name, asked, sent, self.answered, reply))
        return event, reply._replace(at=self.due)

    def wait(self, wish: Wait) -> None:
        """Do nothing for exactly so long."""
        self.due += wish.ms
        self.stage.timeline.until(self.due)

    def receive(self, wish: Receive) -> Push | None:
        """The next push, or None when none came in time."""
        line, seconds = self.stage.timeline, None
        if wish.ms is not None:
            seconds = max(0, line.due(self.due + wish.ms) - line.read()) / 1e9
        push = self.stage.inboxes[self.population].get(seconds)
        if push is None:
            self.due += wish.ms or 0
            return None
        self.answered = line.read()
        self.due = line.at(self.answered)
        self.stage.note(self.due, "take", self.population, topic=push.topic, order=order_of(push))
        return replace(push, at=self.due)


def drive(stage: Stage, population: str, behaviour: Behaviour, due: int) -> None:
    """Play one behaviour to its end. `due` is the virtual time (ms) at which it was to begin."""
    player, answer = Player(stage, population, due), None
    send: Callable[[Reply | Push | None], Wish] = behaviour.send
    while True:
        try:
            wish = send(answer)
        except StopIteration:
            return
        answer = _grant(player, wish)


def _grant(player: Player, wish: Wish) -> Reply | Push | None:
    if type(wish) is Call:
        return player.call(wish)
    if type(wish) is Receive:
        return player.receive(wish)
    if type(wish) is Signal:
        return player.tell(wish)
    if type(wish) is Wait:
        player.wait(wish)
    elif type(wish) is Step:
        player.stage.note(player.due, "step", player.population, step=wish.name, **wish.fields)
    else:
        raise TypeError(f"over HTTP nobody grants a {type(wish).__name__}: what was wished for would be left out")
    return None
