"""Hot endpoints against a bare ASGI application on the same uvicorn, one core each for server and client.

All servers run, and take turns of less than half a second, because the machine's speed changes within seconds; a rate is held against
that of the bare server in the same round, and the table shows medians over the rounds. The client keeps 32 connections busy, one
request at a time on each, with requests made beforehand. The server's own CPU time for a request says what others on the machine
cannot change.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import subprocess
import sys
import time
from itertools import cycle
from pathlib import Path
from typing import Any

import uvloop

CONNECTIONS = 32
SECONDS = 0.4
ROUNDS = 14
SETTLED = 0.05
"""Seconds of asking before a turn is measured."""
WARM = 15_000
"""Requests before anything is measured: by then the journal and the last messages are full, and memory no longer grows."""
NAMES = {
    "bare": "bare ASGI on uvicorn (the limit)",
    "consume": "card/code/consume",
    "message": "message/send",
    "fresh": "message/send, no two heads alike",
    "orders": "order/get_order_list, signature checked",
}
BARS = {"bare": "", "consume": "0.60", "message": "0.60", "fresh": "", "orders": "0.50 of consume"}
HEADS = 30_000
"""Heads that `fresh` uses in turn: far more than a server remembers."""


class Candidate:
    """A server, and what it is asked while it is its turn."""

    def __init__(self, kind: str) -> None:
        served = "message" if kind == "fresh" else kind
        self.server = subprocess.Popen([sys.executable, "-m", "benchmarks.http_server", served], stdout=subprocess.PIPE)  # noqa: S603 - our own
        ready = json.loads(self.server.stdout.readline()) if self.server.stdout else {}
        path, bodies = ready["path"], ready["bodies"]
        if kind == "fresh":
            made = [request(path, bodies[0], f"X-Request-Id: {number:06}\r\n") for number in range(HEADS)]
        else:
            made = [request(path, body) for body in bodies]
        self.port, self.requests = ready["port"], cycle(made) if len(made) <= HEADS else iter(made)
        self.size, self.answered, self.asking = 0, 0, False
        self.idle: list[asyncio.BaseTransport] = []

    async def warm_up(self) -> None:
        """Ask until memory no longer grows."""
        self.size = await probe(self.port, next(self.requests))
        while self.answered < WARM:
            await self.turn()

    async def turn(self) -> tuple[float, float]:
        """Requests a second, and µs of the server's CPU for each. Connections are new: idle ones would be closed."""
        loop, self.asking = asyncio.get_running_loop(), True
        for _ in range(CONNECTIONS):
            await loop.create_connection(lambda: Client(self), "127.0.0.1", self.port)
        await asyncio.sleep(SETTLED)
        before, used, started = self.answered, cpu_us(self.server.pid), time.perf_counter()
        await asyncio.sleep(SECONDS)
        self.asking = False
        while len(self.idle) < CONNECTIONS:  # noqa: ASYNC110 - an event would cost the client something for every answer
            await asyncio.sleep(0.001)
        took, used, done = time.perf_counter() - started, cpu_us(self.server.pid) - used, self.answered - before
        while self.idle:
            self.idle.pop().close()
        return done / took, used / done


class Client(asyncio.Protocol):
    """One connection that asks, waits for the whole answer, and asks again."""

    def __init__(self, candidate: Candidate) -> None:
        self.candidate, self.got = candidate, 0

    def connection_made(self, transport: Any) -> None:
        """Ask for the first time."""
        self.transport = transport
        self.transport.write(next(self.candidate.requests))

    def data_received(self, data: bytes) -> None:
        """Answers are all of one length."""
        mine = self.candidate
        self.got += len(data)
        if self.got >= mine.size:
            self.got -= mine.size
            mine.answered += 1
            if mine.asking:
                self.transport.write(next(mine.requests))
            else:
                mine.idle.append(self.transport)


def cpu_us(pid: int) -> float:
    """µs of CPU that a process has used."""
    return int(Path(f"/proc/{pid}/schedstat").read_text("ascii").split()[0]) / 1000


def request(path: str, body: str, more: str = "") -> bytes:
    """One request as bytes, with `more` header lines."""
    data = body.encode()
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(data)}\r\n"
    return f"{head}{more}\r\n".encode() + data


async def probe(port: int, first: bytes) -> int:
    """The length of an answer; fails loudly when it is no success."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(first)
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")).split(b":")[1])
    body = await reader.readexactly(length)
    writer.close()
    if not head.startswith(b"HTTP/1.1 200") or (b'"errcode":0' not in body and b'"error":""' not in body):
        raise SystemExit(f"not a success: {head!r} {body!r}")
    return len(head) + length


async def turns(candidates: dict[str, Candidate]) -> dict[str, list[tuple[float, float]]]:
    """What each candidate reached in each round."""
    for one in candidates.values():
        await one.warm_up()
    rounds = [{kind: await one.turn() for kind, one in candidates.items()} for _ in range(ROUNDS)]
    return {kind: [each[kind] for each in rounds] for kind in candidates}


def main() -> None:
    """Print the table."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    candidates = {kind: Candidate(kind) for kind in NAMES}
    try:
        found = uvloop.run(turns(candidates))
    finally:
        for one in candidates.values():
            one.server.kill()
            one.server.wait()
    print(
        "\n| server, one core | requests/s | of the limit | µs of CPU | of the limit | bar |\n|---|---:|---:|---:|---:|---:|"
    )
    for kind, reached in found.items():
        rate, used = map(statistics.median, zip(*reached, strict=True))
        pairs = list(zip(reached, found["bare"], strict=True))
        rates = statistics.median(one / limit for (one, _), (limit, _) in pairs)
        costs = statistics.median(limit / one for (_, one), (_, limit) in pairs)
        print(f"| {NAMES[kind]} | {rate:,.0f} | {rates:.2f} | {used:.1f} | {costs:.2f} | {BARS[kind]} |")


if __name__ == "__main__":
    main()
