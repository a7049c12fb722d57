"""Requests to the platforms answered where they are parsed: no ASGI scope, no task, no event for each.

Law: uvicorn's own protocol in all else. What the lane does not know, what is unusual (an upgrade, `Expect`, a path with escapes, a
client that does not read its answers) and what must wait (`--latency`) goes uvicorn's way, to the same functions and the same bytes.
What has been read in one turn of the loop is answered together, once all of it is read: a processor that goes back and forth between
the kernel and Python forgets both, and a request so costs a third more. benchmarks/README.md has the figures.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from mocks.asgi import BODY_AT_MOST, FastLane, Known, respond
from mocks.heads import Head, Heads
from mocks.http import Headers, Platform, Request, Response
from sandbox.policy import named

METHODS: Final = {name.encode(): name for name in ("GET", "POST", "PUT", "PATCH", "DELETE")}
NO_CLIENT: Final = ("127.0.0.1", 0)
NO_PARTS: Final[Mapping[str, str]] = {}


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
        self._answered, self._waits = 0.0, 0
        self._begun = False
        self._read: Head | None = None
        self._kept: tuple[object, Headers, bytes] = (None, (), b"")

    def data_received(self, data: bytes) -> None:
        """Read what came. Clients say the same head again and again: a whole request with a known one needs no parser."""
        if self._lane is None or self._begun or self.flow.write_paused:
            super().data_received(data)
            return
        end = data.find(b"\r\n\r\n") + 4
        text, length = data[:end], len(data) - end
        head = self._lane.heads.kept.get(text)
        known = self._lane.find(head.target, head.headers, self.server) if head and head.length == length else None
        if head and known:
            self._take(head, known, data[end:], keeps=True)
            return
        self._read = None
        super().data_received(data)
        self._learn(self._lane.heads, text, length)

    def _learn(self, heads: Heads, text: bytes, length: int) -> None:
        """Note what the parser has read, if it was one request of this head and of a body as long as the rest, and nothing else."""
        if self._read and self._read.length == length:
            heads.learn(text, self._read)

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
        path = self.url.partition(b"?")[0]
        busy = self.cycle is not None and not self.cycle.response_complete
        usual = not (busy or self.expect_100_continue or self.flow.write_paused or self.parser.should_upgrade())
        if not usual or self.parser.get_method() not in METHODS or b"%" in path or not path.startswith(b"/"):
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
        known, body = self._known, b"".join(self._parts)
        self._known, self._parts, self._size, self._begun = None, [], 0, False
        target, _, query = self.url.decode("latin-1").partition("?")
        head = named(Head, (METHODS[self.parser.get_method()], target, query, tuple(self.headers), len(body)))
        keeps = self.parser.should_keep_alive() and self.parser.get_http_version() != "1.0"
        self._read = head if keeps else None
        self._take(head, known, body, keeps=keeps)

    def _take(self, head: Head, known: Known, body: bytes, *, keeps: bool) -> None:
        """Answer a request when all has been read that came with it."""
        (platform, path), (method, target, query, headers, _), ip = known, head, (self.client or NO_CLIENT)[0]
        request = named(Request, (method, path, target, query, headers, body, ip, NO_PARTS))
        waiting = self._lane.waiting  # type: ignore[union-attr] # it found whose request this is
        if not waiting:
            self.loop.call_soon(_answer_all, waiting)
        self._waits += 1
        waiting.append((self, platform, request, keeps))

    def answer(self, platform: Platform, request: Request, *, keeps: bool) -> None:
        """Serve a request, and send the answer to whoever is still there."""
        response = respond(self._lane.world, platform, request)  # type: ignore[union-attr]
        self._waits -= 1
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        keeps = keeps and not (self._closing and not self._waits)
        self.transport.write(self._head(response, keeps=keeps))
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
        elif not self._begun and not self._waits:
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
        said, ends = len(body), b"\r\n\r\n" if keeps else b"\r\nconnection: close\r\n\r\n"
        return b"%b%b%d%b%b" % (STATUS_LINE[status], self._lines(headers), said, ends, body)

    def _lines(self, headers: Headers) -> bytes:
        """The lines of headers up to the length; the last ones are kept, for as long as uvicorn's own (with the date) and the platform's are the same."""
        always, kept = self.server_state.default_headers, self._kept
        if kept[0] is not always or kept[1] != headers:
            lines = b"".join(b"%b: %b\r\n" % one for one in (*always, *headers)) + b"content-length: "
            kept = self._kept = (always, headers, lines)
        return kept[2]

    def send_400_response(self, msg: str) -> None:
        """What came then is no request; those before it are answered first."""
        if self._waits:
            self.loop.call_soon(self.send_400_response, msg)
        elif not self.transport.is_closing():
            super().send_400_response(msg)

    def shutdown(self) -> None:
        """A graceful end: a request that is being read, or waits, is still answered."""
        if self._known is None and not self._waits:
            super().shutdown()
        else:
            self._closing = True


def _answer_all(waiting: list[tuple[LaneProtocol, Platform, Request, bool]]) -> None:
    """Answer what has been read since the loop last came round: (protocol, platform, request, whether the connection is kept)."""
    due = waiting.copy()
    waiting.clear()
    for protocol, platform, request, keeps in due:
        protocol.answer(platform, request, keeps=keeps)
