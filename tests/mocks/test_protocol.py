"""The lane at the parser: the same bytes as uvicorn's own way, for usual and unusual requests alike."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO

import pytest

from mocks import heads
from mocks.app import PLATFORMS, create_app
from mocks.asgi import FastLane, respond
from mocks.http import Request, Response
from mocks.server import Server
from mocks.world import World
from sandbox.rulebooks import load_all
from tests.mocks.running import served

BOOKS = load_all()
START = 1_794_398_400_000


def world() -> FastLane:
    """A world of its own, always the same."""
    return create_app(Server(BOOKS, seed=5, start=START, rate=0.0))


@pytest.fixture(scope="module")
def ports() -> Iterator[tuple[int, int]]:
    with served(world()) as lane, served(world(), http="httptools") as own:
        yield lane, own


def said(port: int, *parts: bytes) -> bytes:
    """All that the server answers to these packets."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for part in parts:
            client.sendall(part)
        return blurred(b"".join(iter(lambda: client.recv(65536), b"")))


def blurred(got: bytes) -> bytes:
    """Without what differs from one moment to the next."""
    return re.sub(rb"date: [^\r]*\r\n|rid: [0-9a-f-]+|hint: \[\d+\]|\"now\":\d+", b"", got)


def post(path: str, body: bytes, *headers: str) -> bytes:
    head = [f"POST {path} HTTP/1.1", "Host: localhost", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


LAST = "Connection: close"
SEND = "/wecom/cgi-bin/message/send?access_token=x"
TAKE = "/wechat/card/code/consume?access_token=x"
CONSUME = post(TAKE, b'{"code":"1"}', LAST)

REQUESTS: dict[str, tuple[bytes, ...]] = {
    "one that is the last": (CONSUME,),
    "two, one after the other on one connection": (post(SEND, b"{}"), post(SEND, b"[]", LAST)),
    "two in one packet": (post(SEND, b"{}") + CONSUME,),
    "in pieces": (CONSUME[:30], CONSUME[30:-5], CONSUME[-5:]),
    "without a body": (f"GET /wecom/cgi-bin/user/get?userid=a HTTP/1.1\r\nHost: x\r\n{LAST}\r\n\r\n".encode(),),
    "of the old version": (b"GET /wecom/cgi-bin/user/get HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",),
    "in chunks": (
        f"POST {SEND} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n{LAST}\r\n\r\n2\r\n{{}}\r\n0\r\n\r\n".encode(),
    ),
    "that asks whether to go on": (post(SEND, b"{}", "Expect: 100-continue", LAST),),
    "for the headers alone": (f"HEAD /wecom/cgi-bin/user/get HTTP/1.1\r\nHost: x\r\n{LAST}\r\n\r\n".encode(),),
    "by the official host": (f"GET /cgi-bin/token HTTP/1.1\r\nHost: api.weixin.qq.com\r\n{LAST}\r\n\r\n".encode(),),
    "with escapes in the path": (f"GET /wecom/cgi-bin/%75ser/get HTTP/1.1\r\nHost: x\r\n{LAST}\r\n\r\n".encode(),),
    "to a path that no platform has": (f"GET /nowhere HTTP/1.1\r\nHost: x\r\n{LAST}\r\n\r\n".encode(),),
    "to a path that this platform has not": (f"GET /wecom/nowhere HTTP/1.1\r\nHost: x\r\n{LAST}\r\n\r\n".encode(),),
    "for the control plane between two of a platform": (
        post(SEND, b"{}") + b"GET /_sandbox/clock HTTP/1.1\r\nHost: x\r\n\r\n" + CONSUME,
    ),
    "that is none": (b"HELLO\r\n\r\n",),
    "three in one packet, of which the second is the last": (post(SEND, b"{}") + CONSUME + post(SEND, b"[]"),),
    "with more than it says": (CONSUME + b"GARBAGE",),
}


@pytest.mark.parametrize("kind", REQUESTS)
def test_the_lane_says_what_uvicorn_says(kind: str, ports: tuple[int, int]) -> None:
    lane, own = (said(port, *REQUESTS[kind]) for port in ports)
    assert lane == own
    assert lane.startswith(b"HTTP/1.1")


CHUNKED = f"POST {SEND} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n%b\r\n0\r\n\r\n".encode()
GET = f"GET {SEND} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
CLOCK = b"GET /_sandbox/clock HTTP/1.1\r\nHost: x\r\n\r\n"
AGAIN: dict[str, tuple[tuple[bytes, int], ...]] = {
    "with the same body": ((post(SEND, b"{}"), 1), (post(SEND, b"{}"), 1), (post(SEND, b"{}"), 1)),
    "with another body of the same length": ((post(SEND, b"{}"), 1), (post(SEND, b"[]"), 1)),
    "in pieces": ((post(SEND, b"{}"), 1), (post(SEND, b"[]")[:-1], 0), (b"]", 1), (post(SEND, b"[]"), 1)),
    "and another one in one packet": ((post(SEND, b"{}"), 1), (post(SEND, b"[]") + post(SEND, b"{}"), 2)),
    "without a body": ((GET, 1), (GET, 1)),
    "after it came with another one in one packet": (
        (post(SEND, b"{}", "X-Own: 1") + post(TAKE, b"{}"), 2),
        (post(SEND, b"{}", "X-Own: 1"), 1),
    ),
    "in the body of another request": (
        (post(TAKE, b"{}"), 1),
        (post(SEND, post(TAKE, b"{}"))[: -len(post(TAKE, b"{}"))], 0),
        (post(TAKE, b"{}"), 1),
    ),
    "of the control plane after one of a platform": ((GET.replace(b"Host", b"X-Own: 2\r\nHost"), 1), (CLOCK, 1)),
    "as the last": ((post(SEND, b"{}"), 1), (post(SEND, b"{}", LAST), 1)),
    "around a request of the control plane": ((post(SEND, b"{}"), 1), (CLOCK, 1), (post(SEND, b"[]"), 1), (CLOCK, 1)),
    "of a body in chunks": ((CHUNKED % b"{}", 1), (CHUNKED % b"[]", 1)),
}
"""Packets on one connection, each with how many answers it brings, which are awaited before the next packet is sent."""


@pytest.mark.parametrize("kind", AGAIN)
def test_a_head_that_came_before_changes_no_answer(kind: str, ports: tuple[int, int]) -> None:
    lane, own = ([in_turn(port, AGAIN[kind]) for _connection in range(3)] for port in ports)
    assert lane == own


def in_turn(port: int, packets: tuple[tuple[bytes, int], ...]) -> list[bytes]:
    """The answers, without what differs from one moment to the next."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client, client.makefile("rb") as stream:
        got = []
        for packet, answers in packets:
            client.sendall(packet)
            got += [one_answer(stream) for _ in range(answers)]
    return got


def one_answer(stream: BinaryIO) -> bytes:
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        line = stream.readline()
        assert line, f"the connection ended after {head!r}"
        head += line
    length = int(re.findall(rb"content-length: (\d+)", head)[0])
    return blurred(head + stream.read(length))


def test_only_so_many_heads_are_kept_and_none_that_is_long_or_comes_once() -> None:
    kept, head = heads.Heads(), heads.Head("GET", "/x", "", (), 0)
    texts = [b"head %d" % number for number in range(heads.KEPT + 5)]
    for text in texts:
        kept.learn(text, head)
    assert not kept.kept
    for text in texts:
        kept.learn(text, head)
    assert list(kept.kept) == texts[heads.KEPT :]
    for _ in range(2):
        kept.learn(b"x" * (heads.BYTES + 1), head)
    assert list(kept.kept) == texts[heads.KEPT :]


def test_what_came_once_is_forgotten_when_it_is_too_much() -> None:
    kept, head = heads.Heads(), heads.Head("GET", "/x", "", (), 0)
    for number in (*range(heads.SEEN + 1), 0):
        kept.learn(b"head %d" % number, head)
    assert not kept.kept


def test_a_head_is_kept_when_it_comes_again() -> None:
    lane = world()
    with served(lane) as port:
        in_turn(port, ((post(SEND, b"{}"), 1), (post(SEND, b"{}", "X-Own: 3"), 1), (post(SEND, b"[]"), 1)))
    (head,) = lane.heads.kept.values()
    assert (head.method, head.target, head.query, head.length) == (
        "POST",
        "/wecom/cgi-bin/message/send",
        "access_token=x",
        2,
    )


def test_a_body_without_end_is_refused_and_not_kept(ports: tuple[int, int]) -> None:
    body = b"x" * (25 << 20)
    lane, own = (said(port, post(SEND, body, LAST)) for port in ports)
    assert lane == own
    assert b'"errcode":45002' in lane


def test_what_is_no_request_is_refused_after_those_before_it(ports: tuple[int, int]) -> None:
    got = in_turn(ports[0], ((post(SEND, b"{}"), 1), (post(SEND, b"{}") + b"HELLO\r\n\r\n", 2)))
    assert re.findall(rb"HTTP/1.1 (\d+)", b"".join(got)) == [b"200", b"200", b"400"]


def test_an_upgrade_is_left_to_uvicorn(ports: tuple[int, int]) -> None:
    asked = b"GET /wecom/cgi-bin/user/get HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\n\r\n"
    lane, own = (said(port, asked) for port in ports)
    assert lane == own


def test_a_connection_on_which_nothing_comes_is_closed() -> None:
    with served(world(), timeout_keep_alive=1) as port:
        assert said(port, post(SEND, b"{}")).count(b"HTTP/1.1 200") == 1


def test_a_request_that_breaks_the_sandbox_is_in_the_journal() -> None:
    """Whoever made it: a system under test that was answered so was not tested."""

    def fail(_world: World, request: Request) -> Response:
        raise KeyError(request.path)

    server, broken = Server(BOOKS, seed=5, start=START, rate=0.0), replace(PLATFORMS[0], endpoints=(), unknown=fail)
    answer = respond(server.world, broken, Request("GET", "/x", "/wecom/x?a=1", "a=1", [], b"", "127.0.0.1"))
    assert (answer.status, dict(answer.headers)[b"x-sandbox-error"]) == (500, b"KeyError")
    (event,) = server.journal.since(0)[0]
    assert event == {
        "at": START, "kind": "sandbox_error", "account": "", "asked": "GET /wecom/x", "error": "KeyError"
    }  # fmt: skip


def test_what_fails_when_it_is_due_is_in_the_journal_and_all_else_goes_on() -> None:
    """A server whose tasks had ended would answer on, push nothing, and see no lag."""
    server, done = Server(BOOKS, seed=5, start=START, rate=0.0), []
    server.world.later("main", START + 1, "a job that fails", lambda: done.append(1 // 0))
    server.world.later("main", START + 2, "a job that does not", lambda: done.append(1))
    assert asyncio.run(server.advance(5)) == ["a job that fails", "a job that does not"]
    assert done == [1]
    assert [(one["kind"], one["asked"], one["error"]) for one in server.journal.since(0)[0]] == [
        ("sandbox_error", "a job that fails", "ZeroDivisionError")
    ]
