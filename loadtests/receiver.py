"""The merchant's own server: takes what Shopee pushes, checks that it is Shopee's, and puts it where it is waited for.

Law: answers at once, with status 200 and an empty body, as the vendor wants; what is not signed by the partner's key is refused
and counted. Where it listens is made known through the vendor's own API, never behind its back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from gevent.pywsgi import WSGIServer
from gevent.queue import Empty, SimpleQueue

from loadtests.codec import decode_push
from loadtests.talk import Talk
from sandbox.behaviour import Call, Push
from sandbox.errors import MachineError

PATH = "/push"


class Inbox:
    """A `loadtests.drive.Inbox` for greenlets."""

    def __init__(self) -> None:
        self._waiting = SimpleQueue()

    def put(self, push: Push) -> None:
        """Take in a push."""
        self._waiting.put(push)

    def get(self, seconds: float | None) -> Push | None:
        """The next push, or None when none came in time."""
        try:
            push: Push = self._waiting.get(timeout=seconds)
        except Empty:
            return None
        return push


def register(talk: Talk, account: str, url: str) -> None:
    """Ask Shopee, through its own API, to push to a URL. Raises MachineError when it does not want to."""
    reply = talk.call(Call("shopee", "shopee.push_config", account, payload={"callback_url": url}))
    if not reply.ok:
        raise MachineError(f"shopee.push_config refuses {url}: {reply.code}")


class Receiver:
    """Listens on a free port of the loopback address until it is closed. `refused`: pushes that were not Shopee's."""

    def __init__(self, key: str) -> None:
        self._key = key
        self._take: Callable[[Push], None] | None = None
        self.refused = 0
        self._server = WSGIServer(("127.0.0.1", 0), self._serve, log=None)
        try:
            self._server.start()
        except OSError as problem:
            raise MachineError(f"cannot listen on a port of 127.0.0.1: {problem.strerror}") from None
        self.url = f"http://127.0.0.1:{self._server.server_port}{PATH}"

    def listen(self, take: Callable[[Push], None] | None) -> None:
        """From now on pushes go to `take`; with None they are taken and forgotten."""
        self._take = take

    def close(self) -> None:
        """Stop listening."""
        self._server.stop(timeout=1)

    def _serve(self, environ: dict[str, Any], answer: Callable[..., object]) -> Iterable[bytes]:
        body = environ["wsgi.input"].read()
        push = decode_push(self._key, self.url, environ.get("HTTP_AUTHORIZATION", ""), body)
        if push is None:
            self.refused += 1
        elif self._take:
            self._take(push)
        answer("401 Unauthorized" if push is None else "200 OK", [("Content-Length", "0")])
        return ()
