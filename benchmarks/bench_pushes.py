"""A hundred thousand pushes to a receiver that is slow: what they weigh while they wait, and whether each of them arrives.

The receiver is a process of its own. It answers nothing until all are queued, then as fast as it can, with the vendor's empty 200, and
counts which orders it was told of. Memory is that of the sandbox's process, above what it had before the first push.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import uvloop

from mocks.server import Server
from sandbox.behaviour import Push
from sandbox.rulebooks import load_all

PUSHES, BAR_MB, PAGE = 100_000, 300, 4096
PATIENT = {"shopee": {"setting": {"push_timeout": {"value": "10m"}, "push_watch_from": {"value": 10**9}}}}
"""The receiver is to be slow, not late: a push that timed out would be tried again half an hour later, on the sandbox's clock."""


def resident_mb() -> float:
    """Megabytes of this process that are in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE / 1e6


def receiver(listening: socket.socket) -> None:
    """Take pushes; `GET /open` lets the answers go, `GET /count` says of how many orders it was told."""
    asyncio.run(_receive(listening))


async def _receive(listening: socket.socket) -> None:
    gate, told, stop = asyncio.Event(), set[str](), asyncio.Event()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.readuntil(b"\r\n\r\n"):
            length = next((int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0)
            body, answer = await reader.readexactly(length), b""
            if head.startswith(b"GET /open"):
                gate.set()
            elif head.startswith(b"GET /count"):
                answer = str(len(told)).encode()
                stop.set()
            else:
                await gate.wait()
                told.add(json.loads(body)["data"]["ordersn"])
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(answer), answer))

    async def guarded(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await talk(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async with await asyncio.start_server(guarded, sock=listening):
        await stop.wait()
        await asyncio.sleep(1)


async def measure(port: int) -> tuple[float, float, float, int, list[str]]:
    """Megabytes grown when all wait and at the most, seconds until all are gone, of how many the receiver was told, what failed at first."""
    server, url = Server(load_all(changes=PATIENT), seed=1), f"http://127.0.0.1:{port}"
    server.world.accounts["main"].shopee.push_url = url + "/push"
    keeping = asyncio.create_task(server.sender.run())
    await asyncio.sleep(0.1)
    gc.collect()
    before = resident_mb()
    for number in range(PUSHES):
        data = {"ordersn": f"260302{number:08}", "status": "SHIPPED", "completed_scenario": "", "update_time": 1_772_416_800}
        server.world.post(
            "main", Push("shopee.order_status", {"data": data, "shop_id": 1, "code": 3, "timestamp": 1_772_416_800})
        )
    await asyncio.sleep(1)  # the crew is at the door, and waits
    waiting = resident_mb() - before
    most, began = waiting, time.perf_counter()
    async with httpx.AsyncClient(trust_env=False) as client:
        await client.get(url + "/open")
        while server.sender.depth():
            most = max(most, resident_mb() - before)
            await asyncio.sleep(0.25)
        await server.sender.idle()
        took = time.perf_counter() - began
        failed = [str(event["code"]) for event in server.journal.since(0, limit=10**6)[0] if event.get("ok") is False]
        await server.advance(4 * 3_600_000)  # what failed is tried again on the vendor's ladder
        told = int((await client.get(url + "/count")).text)
    keeping.cancel()
    return waiting, most, took, told, failed


def main() -> None:
    """Print the table."""
    if len(sys.argv) > 1:
        receiver(socket.socket(fileno=int(sys.argv[1])))
        return
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {0})
    listening = socket.create_server(("127.0.0.1", 0))
    command = [sys.executable, "-m", "benchmarks.bench_pushes", str(listening.fileno())]
    other = subprocess.Popen(command, pass_fds=[listening.fileno()])  # noqa: S603 - our own
    try:
        waiting, most, took, told, failed = uvloop.run(measure(listening.getsockname()[1]))
    finally:
        other.kill()
        other.wait()
    print(f"\n| {PUSHES:,} pushes to a slow receiver | | bar |\n|---|---:|---:|")
    print(f"| MB grown while all wait | {waiting:.0f} | {BAR_MB} |\n| MB grown at the most | {most:.0f} | {BAR_MB} |")
    print(
        f"| orders that the receiver was told of | {told:,} | {PUSHES:,} |\n| seconds until all were delivered | {took:.0f} | |"
    )
    print(f"| attempts that failed, and were made again | {len(failed)} {' '.join(sorted(set(failed)))} | |")
    if told != PUSHES:
        raise SystemExit(f"{PUSHES - told} were lost")


if __name__ == "__main__":
    main()
