"""Two sandboxes with the same seed and the same clock: one asked over HTTP (without sockets), one asked in process."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from loadtests.codec import Incoming, Outgoing
from loadtests.session import Session, open_session
from loadtests.talk import Talk
from mocks.connection import connection
from mocks.inprocess import InProcess
from mocks.server import MAIN
from mocks.world import World
from sandbox.behaviour import Call, Reply, Signal
from sandbox.rulebooks import Rulebook, load_all
from tests.mocks.rig import ADMIN, Rig

BASE = "http://sandbox.test"


@cache
def books() -> dict[str, Rulebook]:
    """The rulebooks as they are; nothing changes them, so reading them once is enough."""
    return load_all()


class Twins:
    """`both` asks both and returns what they agree on."""

    def __init__(self, changes: Mapping[str, Any] | None = None, seed: int = 0, start: int | None = None) -> None:
        self.rig = Rig(dict(changes or {}), seed=seed, **({} if start is None else {"start": start}))
        self.world = World(load_all(changes=changes) if changes else books(), self.rig.clock, seed=seed)
        self.account = self.world.open_account(MAIN)
        self.inside = InProcess(self.world)
        self.session = self.connect()
        self.talk = Talk(self.session, self.send, MAIN)

    def connect(self) -> Session:
        """The session of the main account, as an env file would describe it."""
        session = open_session(connection(self.rig.main, BASE, ADMIN), "env")
        session.binding_key = self.rig.main.wecom.binding_key
        return session

    def open_tokens(self) -> None:
        """Fetch the tokens over HTTP; the twin's account is asked for its own, so that both have issued as many."""
        self.talk.fetch_tokens()
        for action in ("wecom.gettoken", "wechat.stable_token"):
            assert self.inside.perform(Call(action.partition(".")[0], action, MAIN)).ok

    def send(self, out: Outgoing) -> Incoming:
        """A `loadtests.talk.Send` through the whole application."""
        answer = self.rig.http(out.method, out.origin + out.target, content=out.body, headers=dict(out.headers))
        return Incoming(answer.status_code, {name.lower(): value for name, value in answer.headers.items()}, answer.content)

    def both(self, wish: Call | Signal) -> Reply:
        """The reply of both worlds, which must be the same."""
        if isinstance(wish, Call):
            over_http, in_process = self.talk.call(wish), self.inside.perform(wish)
        else:
            over_http, in_process = self.talk.tell(wish), self.inside.tell(wish)
        assert plain(over_http) == plain(in_process)
        return over_http

    def close(self) -> None:
        """Let go of the event loop."""
        self.rig.close()


def plain(reply: Reply) -> tuple[bool, str, dict[str, Any]]:
    """What of a reply must be the same: everything but when it came."""
    return reply.ok, reply.code, dict(reply.body)
