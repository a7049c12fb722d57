"""The constitution: one trace, three drivers, one sequence of verdicts."""

from __future__ import annotations

import json
from collections.abc import Generator
from typing import Any

import simpy
from hypothesis import given, settings
from hypothesis import strategies as st

from mocks.app import PLATFORMS
from mocks.asgi import respond
from mocks.http import Request, dumps
from mocks.world import World
from sandbox.gate import Gate
from sandbox.policy import NEVER, Call, Cell, judge
from sandbox.rulebooks import load, load_all
from sandbox.store import MemoryStore

START = 1_794_398_400_000
BOOK = load("wecom")
WECOM = next(platform for platform in PLATFORMS if platform.name == "wecom")
HEAVY = load_all(changes={"wecom": {"quota": {"app_minute": {"limit": 10}}}})
"""The same rules with less room, so that short traces meet them."""

GAPS = st.lists(st.sampled_from([0, 0, 0, 0, 1, 50, 400, 5_000, 20_000, 60_000]), min_size=1, max_size=60)
Said = tuple[bool, str, int | None]


def call(application: str) -> Call:
    return Call("wecom", "wecom.message_send", "main", {"application": application, "recipients": "1"}, 20)


def in_a_bare_loop(gaps: list[int]) -> list[Said]:
    cells: dict[str, Cell] = {}
    now, said = START, []
    for gap in gaps:
        now += gap
        changed, verdict = judge(BOOK.book, cells, call("one"), now)
        cells.update(changed)
        said.append((verdict.allowed, verdict.rule, verdict.retry_after))
    return said


def in_simpy(gaps: list[int]) -> list[Said]:
    env = simpy.Environment(initial_time=START)
    gate, said = Gate(BOOK, MemoryStore(), lambda: int(env.now)), []

    def merchant() -> Generator[simpy.Event, Any, None]:
        for gap in gaps:
            yield env.timeout(gap)
            verdict = gate.ask(call("one"))
            said.append((verdict.allowed, verdict.rule, verdict.retry_after))

    env.process(merchant())
    env.run()
    return said


@settings(max_examples=60, deadline=None)
@given(GAPS)
def test_a_bare_loop_and_simpy_hear_the_same_verdicts(gaps: list[int]) -> None:
    """S01, S02: twenty units a call, so that the limit and the fuse are met."""
    assert in_a_bare_loop(gaps) == in_simpy(gaps)


def over_http(gaps: list[int]) -> list[Said]:
    """The verdicts behind real responses, read from the journal; the code in each response must be the verdict's."""
    now, events = [START], []
    world = World(HEAVY, lambda: now[0], record=events.append)
    account = world.open_account("main")
    wecom = account.wecom
    params = f"corpid={wecom.corpid}&corpsecret={wecom.secret}"
    token = ask(world, "GET", "/cgi-bin/gettoken", params)["access_token"]
    events.clear()
    said = []
    for gap in gaps:
        now[0] += gap
        body = {"touser": "staff01", "msgtype": "text", "agentid": wecom.agentid, "text": {"content": "x"}}
        wecom.token_until = now[0] + 1  # the trace may be longer than a token's life
        code = ask(world, "POST", "/cgi-bin/message/send", f"access_token={token}", body)["errcode"]
        event = next(
            event for event in reversed(events) if event.get("action") == "wecom.message_send" and event["kind"] == "verdict"
        )
        assert str(code) == (event["code"] or "0")
        said.append((event["allowed"], event["rule"], event["retry_after"]))
    return said


def ask(world: World, method: str, path: str, query: str, body: object = None) -> dict[str, Any]:
    content = b"" if body is None else dumps(body)
    response = respond(world, WECOM, Request(method, path, path, query, (), content, "127.0.0.1"))
    found: dict[str, Any] = json.loads(response.body)
    return found


def by_the_gate(gaps: list[int]) -> list[Said]:
    now = [START]
    gate = Gate(HEAVY["wecom"], MemoryStore(), lambda: now[0])
    said: list[Said] = []
    for gap in gaps:
        now[0] += gap
        verdict = gate.ask(call("one")._replace(cost=1))
        said.append((verdict.allowed, verdict.rule, None if verdict.retry_after == NEVER else verdict.retry_after))
    return said


@settings(max_examples=40, deadline=None)
@given(GAPS)
def test_http_answers_what_the_gate_decides(gaps: list[int]) -> None:
    """S01, S02: the same trace through requests, tokens and JSON, and straight to the gate."""
    assert over_http(gaps) == by_the_gate(gaps)
