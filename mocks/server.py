"""Everything behind one running server: clock, journal, agenda, push sender and world, joined.

Law: no HTTP here. The application and the control plane share this one object.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping

from hdrh.histogram import HdrHistogram

from mocks.agenda import Agenda
from mocks.push import PushSender
from mocks.world import World
from sandbox.clock import VirtualClock, real_now, real_ns
from sandbox.events import Journal
from sandbox.rulebooks import Rulebook
from sandbox.store import Store

LAG_EVERY_MS = 20
MAIN = "main"
"""The account that every server starts with."""

log = logging.getLogger("mocks")


class Server:
    """One sandbox: its world in virtual time, and the tasks that keep it going."""

    def __init__(
        self,
        books: Mapping[str, Rulebook],
        *,
        seed: int = 0,
        rate: float = 1.0,
        start: int | None = None,
        journal: int = 500_000,
        traits: Mapping[str, str] | None = None,
        store: Store | None = None,
    ) -> None:
        self.clock = VirtualClock(real_now() if start is None else start, rate)
        self.journal = Journal(journal)
        self.agenda = Agenda(self.clock)
        self.sender = PushSender(self.agenda, lambda: self.world)
        self.world = World(
            books, self.clock, seed=seed, store=store, record=self.journal, post=self.sender.enqueue, later=self._later
        )
        self.lag_us = HdrHistogram(1, 60_000_000, 3)
        self.world.open_account(MAIN, **(traits or {}))

    async def run(self) -> None:
        """Keep due jobs, pushes and the self-check going, for ever; cancel to stop."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.agenda.run())
            tasks.create_task(self.sender.run())
            tasks.create_task(self._watch_lag())

    async def advance(self, ms: int) -> list[str]:
        """Move the clock forward; returns, when all of it has happened, what became due."""
        await self.sender.idle()  # what was posted before is tried before, or its retries would begin too late
        done = await self.agenda.advance(ms)
        await self.sender.idle()
        return done

    def reset(self, account_id: str) -> None:
        """Open one account anew, as it was at the start; the journal forgets what it did."""
        before = self.world.accounts[account_id].wechat
        self.journal.forget(account_id)
        traits = {"account_type": before.account_type, "category": before.category, "licence": before.licence}
        self.world.open_account(account_id, **traits)

    def _later(self, due: int, what: str, job: Callable[[], None]) -> None:
        """What a platform does at a time to come; whatever it pushes then is tried before the clock moves on.

        When it fails, all else still happens: without this server's tasks nothing would be pushed and no lag be seen.
        """

        async def run() -> None:
            try:
                job()
            except Exception as failure:
                log.exception("%s failed in the sandbox", what)
                self.world.broke(what, failure)
            await self.sender.idle()

        self.agenda.at(due, what, run)

    async def _watch_lag(self) -> None:
        """How late this process wakes up: a server that lags says so, since what it measures then is itself.

        What it slept through counts as if it had looked: one long stall is many late looks.
        """
        while True:
            before = real_ns()
            await asyncio.sleep(LAG_EVERY_MS / 1000)
            late = (real_ns() - before) // 1000 - LAG_EVERY_MS * 1000
            self.lag_us.record_corrected_value(max(1, late), LAG_EVERY_MS * 1000)
