"""`python -m loadtests.targets.naive --port N --env-file F`: forwards each order to WeCom at once, and when refused tries again at once.

Law: three more tries, without a pause, then the notice is lost; an order that is pushed twice is told twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from loadtests.targets.config import parse
from loadtests.targets.door import Take, serve
from loadtests.targets.wecom import WeCom

RETRIES = 3


async def forward(wecom: WeCom, order: str) -> bool:
    """Tell of an order; False when it is given up."""
    for _ in range(1 + RETRIES):
        if await wecom.tell(order):
            return True
    return False


@asynccontextmanager
async def work(wecom: WeCom) -> AsyncIterator[Take]:
    """A task for each order."""
    under_way: set[asyncio.Task[bool]] = set()

    def take(order: str) -> None:
        task = asyncio.create_task(forward(wecom, order))
        under_way.add(task)
        task.add_done_callback(under_way.discard)

    yield take
    for task in under_way:
        task.cancel()


if __name__ == "__main__":
    serve(parse("loadtests.targets.naive"), work)
