"""Grants behaviours their wishes in SimPy.

Law: simulated time is whole milliseconds since the epoch. Same scenario, same seed, same rulebooks: byte-identical events.
A request is judged when it is sent; its answer comes back one round trip and the platform's own time later.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import simpy

from sandbox.behaviour import Begin, Behaviour, Call, Push, Receive, Reply, Signal, Step, Wait
from sandbox.cast import Role
from sandbox.events import Event, Record, Scalar


class Port(Protocol):
    """The platforms, as the simulation reaches them."""

    def perform(self, call: Call) -> Reply:
        """What a client sees of the answer; `at` is left to the driver."""
        ...

    def tell(self, signal: Signal) -> Reply:
        """What becomes of a fact that is told."""
        ...

    def latency(self, action: str) -> int:
        """How long the platform takes for an action, ms."""
        ...


@dataclass(slots=True)
class Stage:
    """One simulated run: time, platforms, where events go, how long a round trip takes, and each population's inbox."""

    env: simpy.Environment
    port: Port
    record: Record
    round_trip: int
    account: str
    inboxes: dict[str, simpy.Store] = field(default_factory=dict)
    listeners: dict[str, list[str]] = field(default_factory=dict)
    started: int = 0

    def push(self, push: Push) -> None:
        """A platform pushed something: it arrives half a round trip later at everybody who receives that topic."""
        arrival = self.env.timeout(self.round_trip // 2)
        arrival.callbacks.append(lambda _: self._arrive(push))

    def _arrive(self, push: Push) -> None:
        for population in self.listeners.get(push.topic, ()):
            self.inboxes[population].put(push)
            self.note("push", population, topic=push.topic, order=order_of(push))

    def note(self, kind: str, population: str, **fields: Scalar) -> None:
        """Record what a player did or got."""
        self.record({"at": int(self.env.now), "kind": kind, "account": self.account, "population": population, **fields})

    def replied(self, population: str, call: Call, reply: Reply, sent: int) -> None:
        """Record an answer."""
        event: Event = {
            "at": int(self.env.now),
            "kind": "reply",
            "account": self.account,
            "population": population,
            "action": call.action,
            "ok": reply.ok,
            "code": reply.code,
            "intended": sent,
            "sent": sent,
        }
        event.update(about(call, reply))
        self.record(event)


def order_of(push: Push) -> str:
    """The order that a push is about, or an empty text."""
    data, resource = push.body.get("data"), push.body.get("resource")
    if isinstance(resource, dict):
        return str(resource.get("out_trade_no", ""))
    return str(data.get("ordersn", "")) if isinstance(data, dict) else ""


def drive(stage: Stage, population: str, behaviour: Behaviour) -> Generator[simpy.Event, Any, None]:
    """One player's SimPy process: asks the behaviour what it wants, grants it, and tells it what came of it."""
    env, send, port = stage.env, behaviour.send, stage.port
    answer: Reply | Push | None = None
    while True:
        try:
            wish = send(answer)
        except StopIteration:
            return
        if type(wish) is Wait:
            yield env.timeout(wish.ms)
            answer = None
        elif type(wish) is Call:  # spelt out here: a generator of its own would cost as much as the rest
            sent = env.now
            reply = port.perform(wish)
            yield env.timeout(stage.round_trip + port.latency(wish.action))
            stage.replied(population, wish, reply, int(sent))
            answer = Reply(reply.ok, reply.code, reply.body, int(env.now), reply.retry_after)
        elif type(wish) is Receive:
            answer = yield from _receive(stage, population, wish)
        elif type(wish) is Signal:
            answer = _tell(stage, population, wish)
        elif type(wish) is Step:
            stage.note("step", population, step=wish.name, **wish.fields)
            answer = None
        elif type(wish) is Begin:
            env.process(drive(stage, population, wish.behaviour))
            answer = None


def about(call: Call, reply: Reply) -> Event:
    """The order that a call was about, and the message that came of it, where there are any."""
    found: Event = {}
    if "order" in call.actor:
        found["order"] = call.actor["order"]
    if "msgid" in reply.body:
        found["msgid"] = str(reply.body["msgid"])
    return found


def _receive(stage: Stage, population: str, wish: Receive) -> Generator[simpy.Event, Any, Push | None]:
    waiting = stage.inboxes[population].get()
    if wish.ms is not None:
        yield waiting | stage.env.timeout(wish.ms)
        if not waiting.triggered:
            waiting.cancel()
            return None
    push: Push = yield waiting
    stage.note("take", population, topic=push.topic, order=order_of(push))
    return replace(push, at=int(stage.env.now))


def _tell(stage: Stage, population: str, signal: Signal) -> Reply:
    reply = stage.port.tell(signal)
    event: Event = {"signal": signal.kind, "intended": int(stage.env.now), "ok": reply.ok}
    if order := signal.payload.get("order_sn"):
        event["order"] = str(order)
    stage.note("signal", population, **event)
    return reply._replace(at=int(stage.env.now))


def start(stage: Stage, roles: Sequence[Role]) -> None:
    """Set every population going."""
    for role in roles:
        stage.inboxes[role.name] = simpy.Store(stage.env)
        for topic in role.receives:
            stage.listeners.setdefault(topic, []).append(role.name)
        if role.arrivals is None:
            for number in range(role.count):
                stage.env.process(drive(stage, role.name, role.play(number)))
        else:
            stage.env.process(_arrivals(stage, role))


def _arrivals(stage: Stage, role: Role) -> Generator[simpy.Event, Any, None]:
    """Begin one player at each arrival, whatever became of those before."""
    begin = int(stage.env.now)
    for number, offset in enumerate(() if role.arrivals is None else role.arrivals.tolist()):
        due = begin + offset
        if due > stage.env.now:
            yield stage.env.timeout(due - int(stage.env.now))
        stage.started += 1
        stage.env.process(drive(stage, role.name, role.play(number)))
