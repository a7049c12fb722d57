"""The application on a real port, run as `sandbox serve` runs it: what SDKs and sockets talk to."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from mocks.asgi import FastLane
from mocks.serve import UVICORN


@contextmanager
def served(app: FastLane, **options: Any) -> Iterator[int]:
    """The port. It listens before it serves, so that nobody has to wait; `options` replace uvicorn's."""
    running = uvicorn.Server(uvicorn.Config(app, **{**UVICORN, **options}))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield int(listening.getsockname()[1])
        finally:
            running.should_exit = True
            thread.join(10)
    assert not thread.is_alive()
