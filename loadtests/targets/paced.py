"""`python -m loadtests.targets.paced --port N --env-file F`: queues orders and tells WeCom of at most 190 a minute, each once.

Law: one message at a time, when its own token bucket has room; a refusal is waited out, as long as the fuse is open, and then tried
again. Time is real time multiplied by `--speed`, as everywhere here.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from loadtests.targets.config import parse
from loadtests.targets.door import Take, Work, serve
from loadtests.targets.wecom import WeCom

PER_MINUTE, BURST = 190, 5
BACK_OFF_S = 60.0


class Bucket:
    """A token bucket: `per_minute` in the long run, `burst` at once. Times in seconds."""

    def __init__(self, per_minute: int, burst: int) -> None:
        self._gap, self._burst = 60 / per_minute, burst
        self._even = 0.0

    def take(self, now: float) -> float:
        """Take one token; how long to wait until it is there."""
        wait = max(0.0, self._even - (self._burst - 1) * self._gap - now)
        self._even = max(self._even, now + wait) + self._gap
        return wait


class Queue:
    """Orders that wait, each once."""

    def __init__(self, wecom: WeCom, speed: float) -> None:
        self._wecom, self._speed = wecom, speed
        self._waiting: asyncio.Queue[str] = asyncio.Queue()
        self._seen: set[str] = set()

    def take(self, order: str) -> None:
        """Queue an order, unless it was queued before."""
        if order not in self._seen:
            self._seen.add(order)
            self._waiting.put_nowait(order)

    async def run(self) -> None:
        """Tell WeCom of one after another, for ever; cancel to stop."""
        bucket, clock = Bucket(PER_MINUTE, BURST), asyncio.get_running_loop().time
        while True:
            order = await self._waiting.get()
            await self._sleep(bucket.take(clock() * self._speed))
            while not await self._wecom.tell(order):
                await self._sleep(BACK_OFF_S)

    async def _sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self._speed)


def working(speed: float) -> Work:
    """An integration whose time runs so fast."""

    @asynccontextmanager
    async def work(wecom: WeCom) -> AsyncIterator[Take]:
        queue = Queue(wecom, speed)
        worker = asyncio.create_task(queue.run())
        try:
            yield queue.take
        finally:
            worker.cancel()
            with suppress(asyncio.CancelledError):
                await worker

    return work


if __name__ == "__main__":
    config = parse("loadtests.targets.paced")
    serve(config, working(config.speed))
