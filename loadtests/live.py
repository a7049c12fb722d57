"""One run of a scenario over HTTP, from the first look at the target to the files at the end.

Law: everything is ready before time begins: account, tokens, schedules, receiver. Virtual time begins at exactly the scenario's
start, as in the simulation, so that windows fall alike. Whatever ends the run, what happened so far is written.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, field

import gevent
from locust.env import Environment

from loadtests import outcome
from loadtests.client import Client
from loadtests.control import Control, merchant_of
from loadtests.dispatch import Dispatcher, reporter, under_locust
from loadtests.drive import Stage
from loadtests.receiver import Inbox, Receiver, register
from loadtests.session import open_session, read_env
from loadtests.settings import MAIN, Settings, read_scenario
from loadtests.talk import Talk
from loadtests.tally import LOOKS_EVERY_NS, Tally
from loadtests.timeline import Timeline
from sandbox.cast import Role, cast
from sandbox.clock import real_ns
from sandbox.errors import MachineError
from sandbox.events import Event
from sandbox.scenario import Scenario

PROGRESS_S = 1.0
INTERRUPTED = 130

Say = Callable[[str], None]


class InterruptedRun(BaseException):
    """Somebody wants the run to end now. As KeyboardInterrupt, nothing that catches errors may swallow it."""


@dataclass(slots=True)
class Live:
    """A run that is ready to begin, and what happens in it. `dispatcher` is there once time has begun."""

    scenario: Scenario
    account: str
    control: Control
    talk: Talk
    roles: tuple[Role, ...]
    receiver: Receiver | None
    environment: Environment
    tally: Tally
    events: list[Event] = field(default_factory=list)
    dispatcher: Dispatcher | None = None
    ended: bool = False

    def play(self, say: Say) -> None:
        """Let time begin, and walk through it to its end."""
        start, live = self.scenario.start_ms, self.scenario.live
        line = Timeline(start, self.control.begin(start, live.rate), live.rate, sleep=gevent.sleep)
        end = start + self.scenario.duration + self.scenario.drain
        self.dispatcher = Dispatcher(self._stage(line), self.tally, self.roles, end, live.in_flight)
        beside = [gevent.spawn(tell_progress, self.dispatcher, say), gevent.spawn(look, self.tally)]
        try:
            self.dispatcher.walk()
        finally:
            gevent.killall(beside)
        self.end()

    def _stage(self, line: Timeline) -> Stage:
        """The stage, with an inbox for everybody; pushes go there from now on."""
        stage = Stage(line, self.talk, self.events.append, self.tally.measure, self.account)
        for role in self.roles:
            stage.inboxes[role.name] = Inbox()
            for topic in role.receives:
                stage.listeners.setdefault(topic, []).append(role.name)
        if self.receiver:
            self.receiver.listen(stage.push)
        return stage

    def end(self) -> None:
        """Players stop, then the clock; pushes under way arrive at nobody. Events in the order of time, the load's last."""
        if self.dispatcher is None or self.ended:
            return
        self.ended = True
        stage = self.dispatcher.stage
        self.tally.ended(stage.asked.values(), stage.timeline.read())
        self.dispatcher.stop()
        at, refused = stage.timeline.now(), 0
        if self.receiver:
            self.receiver.listen(None)
            refused = self.receiver.refused
        self.events.sort(key=_when)
        load = self.tally.event(at, self.account, refused)
        self.events.append(load)
        load["clock_off_ms"] = self.control.off(stage.timeline)
        self.control.stop()


def run(settings: Settings, say: Say) -> int:
    """Run it and write what happened: 0, or 130 when it was interrupted. Raises InputError and MachineError."""
    outcome.prepare(settings.out)
    with ExitStack() as opened:
        live = ready(settings, opened)
        try:
            under_locust(live.environment, lambda: live.play(say))
        except InterruptedRun:
            with suppress(MachineError):  # who pressed Ctrl-C may have ended the sandbox too
                live.end()
            return INTERRUPTED
        finally:
            outcome.write(settings.out, live.events, live.environment, live.tally)
    return 0


def ready(settings: Settings, opened: ExitStack) -> Live:
    """Everything that a run needs before time begins; what is to be closed goes to `opened`. Raises InputError and MachineError."""
    scenario = read_scenario(settings.scenario)
    session = open_session(read_env(settings.env_file), str(settings.env_file))
    send = opened.enter_context(closing(Client()))
    control, talk = Control(session, send), Talk(session, send, MAIN)
    control.must_stand_at(scenario.start_ms)
    account = control.open_account(MAIN, scenario.account.model_dump())
    session.binding_key = account["binding_webhook_key"]
    control.choose_faults(MAIN, scenario.push_fault)
    topics = [topic for one in scenario.players for topic in one.receives]
    if settings.push_url:  # whoever stands in for the system under test does not play
        scenario = scenario.model_copy(update={"target": None})
    roles = cast(scenario, merchant_of(MAIN, session, account, settings.push_url), settings.seed)
    talk.fetch_tokens()
    receiver = None
    if any(role.receives for role in roles):
        receiver = opened.enter_context(closing(Receiver(session["SHOPEE_PARTNER_KEY"])))
    if (url := receiver.url if receiver else settings.push_url) and _of_shopee(topics):
        register(talk, MAIN, url)
    environment = Environment()
    planned = sum(role.count for role in roles if role.arrivals is not None)
    tally = Tally(planned, scenario.live.late_after, reporter(environment))
    return Live(scenario, MAIN, control, talk, roles, receiver, environment, tally)


def _of_shopee(topics: list[str]) -> bool:
    """Shopee is told where to push to; WeChat Pay is told in each order."""
    return any(topic.startswith("shopee.") for topic in topics)


def tell_progress(dispatcher: Dispatcher, say: Say) -> None:
    """One line of JSON each real second, for ever; whoever kills this greenlet gets a last one."""
    try:
        while True:
            gevent.sleep(PROGRESS_S)
            say(progress(dispatcher))
    finally:
        say(progress(dispatcher))


def look(tally: Tally) -> None:
    """Look at the clock again and again, for ever: a process that is held up looks late."""
    while True:
        before = real_ns()
        gevent.sleep(LOOKS_EVERY_NS / 1e9)
        tally.looked(real_ns() - before - LOOKS_EVERY_NS)


def _when(event: Event) -> int:
    at = event["at"]
    return at if isinstance(at, int) else 0


def progress(dispatcher: Dispatcher) -> str:
    """How far the run is, and how the generator does."""
    line, tally = dispatcher.stage.timeline, dispatcher.tally
    done = min(1.0, (line.now() - line.start) / (dispatcher.end - line.start))
    counts = {"sent": tally.sent, "late": tally.late, "dropped": tally.dropped, "in_flight": len(dispatcher.players)}
    return json.dumps({"done": round(done, 4), **counts})
