"""A sandbox that, once, at the thirtieth fact that it is told, answers nobody for a while.

python stalling.py ENV_FILE START_MS STALL_MS
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import uvicorn

from mocks.app import create_app
from mocks.asgi import Receive, Scope, Send
from mocks.connection import connection, write_env
from mocks.server import MAIN, Server
from sandbox.rulebooks import load_all

TOKEN = "a token"
AFTER = 30


def main(env_file: str, start: str, stall_ms: str) -> None:
    server = Server(load_all(), rate=0, start=int(start))
    app = create_app(server, admin_token=TOKEN)
    seen = 0

    async def stalling(scope: Scope, receive: Receive, send: Send) -> None:
        nonlocal seen
        seen += scope.get("path") == "/_sandbox/signals"
        if seen == AFTER:
            seen += 1
            time.sleep(int(stall_ms) / 1000)  # noqa: ASYNC251 - the whole server is to stand still
        await app(scope, receive, send)

    running = uvicorn.Config(stalling, port=0, log_level="warning", access_log=False)
    bound = running.bind_socket()
    base = f"http://127.0.0.1:{bound.getsockname()[1]}"
    write_env(Path(env_file), connection(server.world.accounts[MAIN], base, TOKEN))
    uvicorn.Server(running).run(sockets=[bound])


if __name__ == "__main__":
    main(*sys.argv[1:])
