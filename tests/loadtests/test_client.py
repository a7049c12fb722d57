"""The HTTP client against a server that does what a script says: one request, one answer, or one OSError."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator, Sequence
from threading import Thread

import pytest

from loadtests.client import Client, head
from loadtests.codec import Outgoing

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
CLOSING = b"HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 2\r\n\r\n{}"
OLD = b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}"
CHUNKED = (
    b"HTTP/1.1 500 Oh\r\nTransfer-Encoding: chunked\r\nX-Sandbox-Error: KeyError\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
)
CUT = b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{}"
NO_HTTP = b"SSH-2.0-OpenSSH_9.6\r\n"
HANG_UP = b""


class Scripted:
    """Answers the next request with the next answer; closes the connection after those that end it. Keeps what it was sent."""

    def __init__(self, answers: Sequence[bytes]) -> None:
        self._answers = list(answers)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.origin = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self.connections = 0
        self.requests: list[bytes] = []
        self._thread = Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        while self._answers:
            connection, _ = self._socket.accept()
            self.connections += 1
            with connection:
                while self._answers and (asked := connection.recv(1 << 16)):
                    self.requests.append(asked)
                    answer = self._answers.pop(0)
                    connection.sendall(answer)
                    if answer != OK:
                        break

    def close(self) -> None:
        self._thread.join(timeout=5)
        self._socket.close()


Serve = Callable[..., Scripted]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """`serve(answer, ...)`: a server with that script."""
    servers: list[Scripted] = []

    def start(*answers: bytes) -> Scripted:
        servers.append(Scripted(answers))
        return servers[-1]

    yield start
    for one in servers:
        one.close()


@pytest.fixture
def client() -> Iterator[Client]:
    one = Client(timeout_s=5)
    yield one
    one.close()


def asking(server: Scripted) -> Outgoing:
    return Outgoing("POST", server.origin, "/a?b=c", (("Content-Type", "application/json"),), "新".encode())


def test_a_request_is_sent_whole_and_its_answer_read_whole(serve: Serve, client: Client) -> None:
    server = serve(CHUNKED)
    status, headers, body = client(asking(server))
    assert (status, headers["x-sandbox-error"], body) == (500, "KeyError", b"abcde")
    lines = server.requests[0].split(b"\r\n")
    host = server.origin.removeprefix("http://").encode()
    assert lines == [
        b"POST /a?b=c HTTP/1.1",
        b"Host: " + host,
        b"Content-Type: application/json",
        b"Content-Length: 3",
        b"",
        "新".encode(),
    ]


def test_a_connection_is_kept_and_used_again(serve: Serve, client: Client) -> None:
    server = serve(OK, OK, OK)
    assert [client(asking(server)).body for _ in range(3)] == [b"{}"] * 3
    assert server.connections == 1


@pytest.mark.parametrize("answer", [CLOSING, OLD])
def test_a_connection_that_the_server_will_not_keep_is_not_kept(serve: Serve, client: Client, answer: bytes) -> None:
    server = serve(answer, OK)
    assert [client(asking(server)).body for _ in range(2)] == [b"{}"] * 2
    assert server.connections == 2


def test_a_connection_that_was_closed_while_idle_is_replaced_unseen(serve: Serve, client: Client) -> None:
    """The server closes without having said so: what it sent looks like one that is kept."""
    quiet = OK.replace(b"200 OK", b"200 Ok")
    server = serve(quiet, quiet, quiet)
    for number in (1, 2, 3):
        assert client(asking(server)).status == 200
        wait_for_close(client, server.origin)
        assert server.connections == number


def wait_for_close(client: Client, origin: str) -> None:
    """The close has arrived: reading says so, without taking it."""
    (idle,) = client._idle[origin]
    assert idle.recv(1, socket.MSG_PEEK) == b""


@pytest.mark.parametrize("answer", [CUT, NO_HTTP, HANG_UP], ids=["cut off", "no HTTP", "hung up"])
def test_no_answer_is_an_oserror_and_the_next_request_has_a_connection_of_its_own(
    serve: Serve, client: Client, answer: bytes
) -> None:
    server = serve(answer, OK)
    with pytest.raises(OSError, match=r"closed|HTTP"):
        client(asking(server))
    assert client(asking(server)).status == 200


def test_nobody_there_is_an_oserror(client: Client) -> None:
    with pytest.raises(ConnectionRefusedError):
        client(Outgoing("GET", "http://127.0.0.1:1", "/", (), b""))


def test_too_late_is_an_oserror(client: Client) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        origin = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(TimeoutError):
            Client(timeout_s=0.05)(Outgoing("GET", origin, "/", (), b""))
    assert not client._idle


def test_the_host_header_names_the_port_and_never_the_password() -> None:
    out = Outgoing("GET", "http://user:secret@[::1]:8080", "/", (), b"")
    assert head(out) == b"GET / HTTP/1.1\r\nHost: [::1]:8080\r\nContent-Length: 0\r\n\r\n"
