"""Requests to the platforms answered where they are parsed: no ASGI scope, no task, no event for each.

Law: uvicorn's own protocol in all else. What the lane does not know, what is unusual (an upgrade, `Expect`, a path with escapes, a
client that does not read its answers) and what must wait (`--latency`) goes uvicorn's way, to the same functions and the same bytes.
Half the cost of a small request under uvicorn is what this leaves out; benchmarks/README.md has the figures.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from mocks.asgi import BODY_AT_MOST, FastLane, Known, respond
from mocks.http import Request, Response

METHODS: Final = {name.encode(): name for name in ("GET", "POST", "PUT", "PATCH", "DELETE")}
NO_CLIENT: Final = ("127.0.0.1", 0)


class LaneProtocol(HttpToolsProtocol):
    """One connection. `_known` is the platform and the path of a request that is being read for the lane, None for uvicorn's."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        app = self.config.loaded_app
        self._lane = app if isinstance(app, FastLane) and not app.latency else None
        self._known: Known | None = None
        self._parts: list[bytes] = []
        self._size = 0
        self._closing = False
        self._idle: asyncio.TimerHandle | None = None
        self._answered, self._begun = 0.0, False

    def on_message_begin(self) -> None:
        """A request begins; the scope is made when it turns out to be uvicorn's."""
        self.url, self.headers, self.expect_100_continue, self._begun = b"", [], False, True

    def on_headers_complete(self) -> None:
        """Whose request is it?"""
        self._known = self._find() if self._lane else None
        if self._known is None:
            url, headers, expects = self.url, self.headers, self.expect_100_continue
            super().on_message_begin()
            self.url, self.expect_100_continue = url, expects
            self.headers.extend(headers)
            super().on_headers_complete()

    def _find(self) -> Known | None:
        busy = self.cycle is not None and not self.cycle.response_complete
        usual = not (busy or self.expect_100_continue or self.flow.write_paused or self.parser.should_upgrade())
        path, _, _ = self.url.partition(b"?")
        if not usual or b"%" in path or not path.startswith(b"/") or self.parser.get_method() not in METHODS:
            return None
        return self._lane.find(path.decode("latin-1"), self.headers, self.server) if self._lane else None

    def on_body(self, body: bytes) -> None:
        """Keep a part of the body; of one that is absurdly long, only so much that every platform refuses it."""
        if self._known is None:
            super().on_body(body)
        elif self._size < BODY_AT_MOST:
            self._parts.append(body)
            self._size += len(body)

    def on_message_complete(self) -> None:
        """Answer."""
        if self._known is None:
            super().on_message_complete()
            return
        (platform, path), body = self._known, b"".join(self._parts)
        self._known, self._parts, self._size, self._begun = None, [], 0, False
        target, _, query = self.url.partition(b"?")
        method, ip = METHODS[self.parser.get_method()], (self.client or NO_CLIENT)[0]
        request = Request(method, path, target.decode("latin-1"), query.decode("latin-1"), self.headers, body, ip)
        keeps = self.parser.should_keep_alive() and self.parser.get_http_version() != "1.0" and not self._closing
        self.transport.write(self._head(respond(self._lane.world, platform, request), keeps=keeps))  # type: ignore[union-attr]
        self.server_state.total_requests += 1
        if not keeps:
            self.transport.close()
            return
        self._answered = self.loop.time()
        if self._idle is None:
            self._idle = self.loop.call_later(self.timeout_keep_alive, self._look_idle)

    def _look_idle(self) -> None:
        """Close a connection on which nothing has come since the lane's last answer; one timer serves many requests."""
        left = self._answered + self.timeout_keep_alive - self.loop.time()
        if left > 0:
            self._idle = self.loop.call_later(left, self._look_idle)
        elif not self._begun:
            self.transport.close()
        else:
            self._idle = None

    def connection_lost(self, exc: Exception | None) -> None:
        """The client is gone."""
        if self._idle is not None:
            self._idle.cancel()
        super().connection_lost(exc)

    def _head(self, response: Response, *, keeps: bool) -> bytes:
        """The whole answer as uvicorn would send it."""
        status, headers, body = response
        lines = [STATUS_LINE[status]]
        for name, value in (*self.server_state.default_headers, *headers):
            lines += (name, b": ", value, b"\r\n")
        lines += (
            b"content-length: ",
            str(len(body)).encode(),
            b"\r\n" if keeps else b"\r\nconnection: close\r\n",
            b"\r\n",
            body,
        )
        return b"".join(lines)

    def shutdown(self) -> None:
        """A graceful end: a request that is being read is still answered."""
        if self._known is None:
            super().shutdown()
        else:
            self._closing = True
