"""Hot endpoints against a bare ASGI application on the same uvicorn, one core each for server and client.

The client keeps 32 connections busy, one request at a time on each, with requests made beforehand. Candidates take turns; the
table shows medians. The server's own CPU time for a request says what others on the machine cannot change.
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

import uvloop

CONNECTIONS = 32
SECONDS = 4.0
ROUNDS = 3
WARM = 15_000
"""Requests before anything is measured: by then the journal and the last messages are full, and memory no longer grows."""
CANDIDATES = ("bare", "consume", "message", "orders")
NAMES = {
    "bare": "bare ASGI on uvicorn (the limit)",
    "consume": "card/code/consume",
    "message": "message/send",
    "orders": "order/get_order_list, signature checked",
}
BARS = {"bare": "", "consume": "0.60", "message": "0.60", "orders": "0.50 of consume"}
TICK = os.sysconf("SC_CLK_TCK")


class Client(asyncio.Protocol):
    """One connection that asks, waits for the whole answer, and asks again."""

    def __init__(self, requests: object, size: int, tally: list[int]) -> None:
        self.requests, self.size, self.tally, self.got = requests, size, tally, 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the first time."""
        self.transport = transport
        self.transport.write(next(self.requests))  # type: ignore[attr-defined, call-overload]

    def data_received(self, data: bytes) -> None:
        """Answers are all of one length."""
        self.got += len(data)
        if self.got >= self.size:
            self.got -= self.size
            self.tally[0] += 1
            self.transport.write(next(self.requests))  # type: ignore[attr-defined, call-overload]


def cpu_s(pid: int) -> float:
    """Seconds of CPU that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


async def load(port: int, path: str, bodies: list[str], pid: int) -> tuple[float, float]:
    """Requests a second over `SECONDS`, and µs of the server's CPU for each."""
    made = [request(path, body) for body in bodies]
    requests = iter(made) if len(made) > 1000 else cycle(made)
    size = await probe(port, next(requests))
    loop, tally = asyncio.get_running_loop(), [0]
    transports = [
        (await loop.create_connection(lambda: Client(requests, size, tally), "127.0.0.1", port))[0]
        for _ in range(CONNECTIONS)
    ]
    while tally[0] < WARM:  # noqa: ASYNC110 - an event would cost the client something for every answer
        await asyncio.sleep(0.1)
    before, started, used = tally[0], time.perf_counter(), cpu_s(pid)
    await asyncio.sleep(SECONDS)
    done, took, used = tally[0] - before, time.perf_counter() - started, cpu_s(pid) - used
    for transport in transports:
        transport.abort()
    return done / took, used / done * 1e6


def request(path: str, body: str) -> bytes:
    """One request as bytes."""
    data = body.encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n"
    )
    return head.encode() + data


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


def measure(kind: str) -> tuple[float, float]:
    """Start one candidate, load it, end it."""
    server = subprocess.Popen([sys.executable, "-m", "benchmarks.http_server", kind], stdout=subprocess.PIPE)  # noqa: S603 - our own
    try:
        ready = json.loads(server.stdout.readline()) if server.stdout else {}
        return uvloop.run(load(ready["port"], ready["path"], ready["bodies"], server.pid))
    finally:
        server.kill()
        server.wait()


def main() -> None:
    """Print the table."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    found: dict[str, list[tuple[float, float]]] = {kind: [] for kind in CANDIDATES}
    for _ in range(ROUNDS):
        for kind in CANDIDATES:
            found[kind].append(measure(kind))
    middles = {kind: tuple(map(statistics.median, zip(*turns, strict=True))) for kind, turns in found.items()}
    limit, cpu = middles["bare"]
    print(
        "\n| server, one core | requests/s | of the limit | µs of CPU | of the limit | bar |\n|---|---:|---:|---:|---:|---:|"
    )
    for kind, (rate, used) in middles.items():
        print(f"| {NAMES[kind]} | {rate:,.0f} | {rate / limit:.2f} | {used:.1f} | {cpu / used:.2f} | {BARS[kind]} |")


if __name__ == "__main__":
    main()
