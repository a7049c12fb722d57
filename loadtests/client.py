"""A small HTTP/1.1 client: keep-alive connections by origin, as many as there are requests at once.

Law: one request, one answer, one `OSError` when there is none; nothing is repeated, redirected or decoded. Plain sockets, which
Locust's patches make cooperative, and the parser that the server uses too. Measured on one core, bare requests a second of CPU:
20,000 and more here, 12,000 with geventhttpclient, 6,500 with Locust's session; client and server share the machine.
"""

from __future__ import annotations

import socket
import ssl
from functools import cache
from urllib.parse import urlsplit

from httptools import HttpParserError, HttpResponseParser

from loadtests.codec import Incoming, Outgoing

PIECE = 1 << 16
TIMEOUT_S = 30.0


class Client:
    """Sends requests; called like a function. Idle connections are kept; the last used is used first."""

    def __init__(self, timeout_s: float = TIMEOUT_S) -> None:
        self._idle: dict[str, list[socket.socket]] = {}
        self._timeout = timeout_s

    def __call__(self, out: Outgoing) -> Incoming:
        """Send and wait for the whole answer. Raises OSError: nobody there, too late, cut off, not HTTP."""
        idle = self._idle.setdefault(out.origin, [])
        connection = self._living(idle) or connect(out.origin, self._timeout)
        kept = False
        try:
            connection.sendall(head(out) + out.body)
            incoming, kept = receive(connection)
        finally:  # also when a player is stopped in the middle: the rest of the answer must not meet the next request
            if kept:
                idle.append(connection)
            else:
                connection.close()
        return incoming

    def close(self) -> None:
        """Close what is idle."""
        for connections in self._idle.values():
            while connections:
                connections.pop().close()

    def _living(self, idle: list[socket.socket]) -> socket.socket | None:
        """An idle connection that the other side has not closed meanwhile."""
        while idle:
            connection = idle.pop()
            connection.settimeout(0)
            try:
                connection.recv(1, socket.MSG_PEEK)
            except (BlockingIOError, ssl.SSLWantReadError):
                connection.settimeout(self._timeout)
                return connection
            except OSError:
                pass
            connection.close()
        return None


@cache
def place(origin: str) -> tuple[str, int, bool, str]:
    """Host, port, whether it is encrypted, and the Host header of an origin."""
    parts = urlsplit(origin)
    secure = parts.scheme == "https"
    return parts.hostname or "", parts.port or (443 if secure else 80), secure, parts.netloc.rpartition("@")[2]


def connect(origin: str, timeout_s: float) -> socket.socket:
    """A new connection. Raises OSError."""
    host, port, secure, _ = place(origin)
    plain = socket.create_connection((host, port), timeout_s)
    plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return ssl.create_default_context().wrap_socket(plain, server_hostname=host) if secure else plain


def head(out: Outgoing) -> bytes:
    """Request line and headers."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in out.headers)
    first = f"{out.method} {out.target} HTTP/1.1\r\nHost: {place(out.origin)[3]}\r\n"
    return f"{first}{lines}Content-Length: {len(out.body)}\r\n\r\n".encode("latin-1")


class _Answer:
    """What the parser calls back."""

    __slots__ = ("body", "done", "headers")

    def __init__(self) -> None:
        self.headers: dict[str, str] = {}
        self.body = b""
        self.done = False

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_body(self, piece: bytes) -> None:
        self.body += piece

    def on_message_complete(self) -> None:
        self.done = True


def receive(connection: socket.socket) -> tuple[Incoming, bool]:
    """The answer, and whether the connection may be used again. Raises OSError."""
    answer = _Answer()
    parser = HttpResponseParser(answer)
    while not answer.done:
        piece = connection.recv(PIECE)
        if not piece:
            raise ConnectionResetError("closed before the answer was complete")
        try:
            parser.feed_data(piece)
        except HttpParserError as problem:
            raise ConnectionError(f"no HTTP: {problem}") from None
    kept = parser.get_http_version() == "1.1" and answer.headers.get("connection", "").lower() != "close"
    return Incoming(parser.get_status_code(), answer.headers, answer.body), kept
