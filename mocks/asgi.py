"""The fast lane: finds a platform's endpoint by exact path in one look, and answers without a framework.

Law: the same `Platform.respond` as the FastAPI door, so the same bytes. What it does not know it hands on. Any failure of ours is
a loud 500 marked `X-Sandbox-Error`, never dressed as the platform's.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping, Sequence
from typing import Any

from mocks.heads import Heads
from mocks.http import Platform, Request, Response, dumps
from mocks.world import World

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Known = tuple[Platform, str]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

BODY_AT_MOST = 24 << 20
"""Bytes that are read at all; every platform's own limit is lower."""

log = logging.getLogger("mocks")


class FastLane:
    """An ASGI application: platforms by prefix, port of their own or official host, everything else to `app`.

    `waiting` are the answers that are due at the end of this turn of the event loop, `heads` what requests have begun with (see `protocol`).
    """

    def __init__(
        self, world: World, platforms: Sequence[Platform], app: App, *, ports: Mapping[int, Platform], latency: bool = False
    ) -> None:
        self.world, self.latency, self._app, self._ports = world, latency, app, ports
        self.waiting: list[tuple[Any, Platform, Request, bool]] = []
        self.heads = Heads()
        self._exact = {one.prefix + path: (one, path) for one in platforms for path in one.table}
        self._prefixes = tuple((one.prefix + "/", one) for one in platforms)
        self._hosts = {host.encode(): one for one in platforms for host in one.hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection's request."""
        known = scope["type"] == "http"
        found = self.find(scope["path"], scope["headers"], scope.get("server")) if known else None
        if found is None:
            await self._app(scope, receive, send)
            return
        platform, path = found
        body = await read_body(receive)
        response = respond(self.world, platform, make_request(scope, path, body))
        if self.latency and (known := platform.find(scope["method"], path)):
            await asyncio.sleep(latency_s(self.world, known[0].action))
        await send({"type": "http.response.start", "status": response.status, "headers": with_length(response)})
        await send({"type": "http.response.body", "body": response.body})

    def find(self, path: str, headers: Iterable[tuple[bytes, bytes]], server: Sequence[Any] | None) -> Known | None:
        """The platform that a request is for, and the official path; None when it is for no platform."""
        found = self._exact.get(path)
        if found:
            return found
        for prefix, platform in self._prefixes:
            if path.startswith(prefix):
                return platform, path[len(prefix) - 1 :]
        if self._ports and server and (own := self._ports.get(server[1])):
            return own, path
        host = next((value for name, value in headers if name == b"host"), b"")
        by_host = self._hosts.get(host.partition(b":")[0].lower())
        return (by_host, path) if by_host else None


async def read_body(receive: Receive) -> bytes:
    """The whole body; of one that is absurdly long, only so much that every platform refuses it."""
    message = await receive()
    body: bytes = message.get("body", b"")
    while message.get("more_body"):
        message = await receive()
        if len(body) < BODY_AT_MOST:
            body += message.get("body", b"")
    return body


def make_request(scope: Scope, path: str, body: bytes) -> Request:
    """The plain request behind an ASGI scope; `path` is the official path. The target keeps its escapes: it is signed with them."""
    client = scope.get("client")
    ip = client[0] if client else "127.0.0.1"
    query = scope["query_string"].decode("latin-1")
    target = scope.get("raw_path", b"").decode("latin-1") or scope["path"]
    return Request(scope["method"], path, target, query, scope["headers"], body, ip)


def respond(world: World, platform: Platform, request: Request) -> Response:
    """The platform's answer, or, when we fail ourselves, an answer that says so."""
    try:
        return platform.respond(world, request)
    except Exception as failure:
        log.exception("%s %s failed in the sandbox", request.method, request.target)
        world.broke(f"{request.method} {request.target.partition('?')[0]}", failure)
        headers = ((b"content-type", b"application/json"), (b"x-sandbox-error", type(failure).__name__.encode()))
        return Response(500, headers, dumps({"sandbox_error": f"{type(failure).__name__}: {failure}"}))


def with_length(response: Response) -> list[tuple[bytes, bytes]]:
    """The response's headers and its length."""
    return [*response.headers, (b"content-length", str(len(response.body)).encode())]


def latency_s(world: World, action: str) -> float:
    """How long, in real seconds, the platform takes for an action while the clock runs at its rate."""
    rate = getattr(world.now, "rate", 1.0)
    return world.books[action.partition(".")[0]].latency(action) / rate / 1000 if rate else 0.0
