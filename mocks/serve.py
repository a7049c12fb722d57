"""Runs the application under uvicorn on sockets that are bound first, so that a port in use is one clear sentence.

Law: the only module of the mocks that opens sockets to listen.
"""

from __future__ import annotations

import secrets
import socket
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import uvicorn

from mocks.app import PLATFORMS, create_app
from mocks.connection import connection, write_env, write_pems
from mocks.garbage import spare_the_collector
from mocks.http import Platform
from mocks.protocol import LaneProtocol
from mocks.server import MAIN, Server
from sandbox.errors import InputError, MachineError
from sandbox.rulebooks import Rulebook
from sandbox.store import Store

UVICORN: Final[Mapping[str, Any]] = {
    "http": LaneProtocol,
    "access_log": False,
    "log_level": "warning",
    "server_header": False,
    "proxy_headers": False,
    "ws": "none",
    "timeout_graceful_shutdown": 2,
}
"""How uvicorn is run."""

LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Settings:
    """How to serve."""

    host: str = "127.0.0.1"
    port: int = 8080
    own_ports: bool = False
    rate: float = 1.0
    seed: int = 0
    start: int | None = None
    latency: bool = False
    admin_token: bool = True
    env_file: Path | None = None
    traits: Mapping[str, str] = field(default_factory=dict)
    redis: str | None = None


def serve(books: Mapping[str, Rulebook], settings: Settings, say: Callable[[str], None]) -> None:
    """Serve until interrupted. Raises MachineError and InputError before the first request."""
    if not settings.admin_token and settings.host not in LOOPBACK:
        raise InputError(
            "--no-admin-token", "--host", settings.host, "a loopback address when the control plane wants no token"
        )
    token = secrets.token_urlsafe(24) if settings.admin_token else None
    server = Server(
        books,
        seed=settings.seed,
        rate=settings.rate,
        start=settings.start,
        traits=settings.traits,
        store=_store(settings.redis),
    )
    with ExitStack() as bound:
        sockets = [bound.enter_context(_bind(settings.host, settings.port))]
        port = sockets[0].getsockname()[1]
        ports: dict[int, Platform] = {}
        for number, platform in enumerate(PLATFORMS if settings.own_ports else (), 1):
            sockets.append(bound.enter_context(_bind(settings.host, port + number)))
            ports[port + number] = platform
        base = f"http://{settings.host}:{port}"
        if settings.env_file:
            main, folder = server.world.accounts[MAIN], settings.env_file.parent
            write_env(settings.env_file, connection(main, base, token or "", folder))
            write_pems(main, folder)
        app = create_app(server, admin_token=token, latency=settings.latency, ports=ports)
        say(_welcome(base, token, ports, settings.env_file))
        spare_the_collector()
        config = uvicorn.Config(app, **UVICORN)
        uvicorn.Server(config).run(sockets=sockets)


def _store(url: str | None) -> Store | None:
    """Redis when asked for, and there; None for memory."""
    if url is None:
        return None
    try:
        import redis  # noqa: PLC0415 - an extra, wanted by this option alone

        from sandbox.store_redis import RedisStore  # noqa: PLC0415 - as above

        client = redis.Redis.from_url(url)
        client.ping()
    except ImportError:
        raise MachineError("--redis needs the extra: pip install 'commerce-sandbox[redis]'") from None
    except (redis.RedisError, ValueError) as problem:
        raise MachineError(f"--redis {url}: {problem}") from None
    return RedisStore(client)


def _bind(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except (OSError, OverflowError) as problem:
        bound.close()
        reason = getattr(problem, "strerror", None) or "a port is 0 to 65535"
        raise MachineError(f"cannot listen on {host}:{port}: {reason}; choose another --port or --host") from None
    return bound


def _welcome(base: str, token: str | None, ports: Mapping[int, Platform], env_file: Path | None) -> str:
    lines = [f"sandbox at {base}  (documentation: {base}/docs, control plane: {base}/_sandbox)"]
    lines += [f"  {platform.name} alone at {base.rsplit(':', 1)[0]}:{port}" for port, platform in ports.items()]
    if token:
        lines.append(f"  X-Sandbox-Token: {token}")
    lines.append(f"  credentials: {env_file or 'not written; --env-file .sandbox.env writes them'}")
    return "\n".join(lines)
