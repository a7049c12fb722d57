"""Sends what platforms push to the merchant's server: signed, with the vendor's time-out and retries.

Law: a push waits in a bounded crew's queue, never in a task of its own, so a slow receiver costs memory a push, not a
connection. Retries are due on the sandbox's clock; the time-out is real time, since the receiver is real.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import httpx

from mocks.agenda import Agenda
from mocks.http import dumps
from mocks.shopee import wire
from mocks.world import World
from sandbox.behaviour import Push
from sandbox.events import Event

CREW = 32


@dataclass(frozen=True, slots=True)
class Delivery:
    """One push on its way: to whom, what, where to, and which attempt this is (from 1)."""

    account: str
    push: Push
    url: str
    attempt: int = 1


class PushSender:
    """Delivers Shopee's pushes for all accounts. `enqueue` is what `World` posts to."""

    def __init__(self, agenda: Agenda) -> None:
        self._agenda = agenda
        self._queue: asyncio.Queue[Delivery] = asyncio.Queue()
        self.world: World | None = None

    def enqueue(self, account: str, push: Push) -> None:
        """Queue a push for the account's callback URL; an account without one gets none, as at the vendor."""
        world = self._world()
        if url := world.accounts[account].shopee.push_url:
            self._queue.put_nowait(Delivery(account, push, url))

    async def idle(self) -> None:
        """Returns when nothing is queued or on its way."""
        await self._queue.join()

    def depth(self) -> int:
        """How many deliveries wait."""
        return self._queue.qsize()

    async def run(self) -> None:
        """Deliver, for ever; cancel to stop."""
        limits = httpx.Limits(max_connections=CREW, max_keepalive_connections=CREW)
        async with httpx.AsyncClient(limits=limits, trust_env=False) as client, asyncio.TaskGroup() as crew:
            for _ in range(CREW):
                crew.create_task(self._work(client))

    async def _work(self, client: httpx.AsyncClient) -> None:
        while True:
            delivery = await self._queue.get()
            try:
                await self._deliver(client, delivery)
            finally:
                self._queue.task_done()

    async def _deliver(self, client: httpx.AsyncClient, delivery: Delivery) -> None:
        world = self._world()
        account = world.accounts.get(delivery.account)
        if account is None:
            return
        body = dumps(delivery.push.body)
        signature = wire.push_signature(account.shopee.partner_key, delivery.url, body)
        headers = {"Content-Type": "application/json", "Authorization": signature}
        timeout = world.setting("shopee", "push_timeout") / 1000
        try:
            response = await client.post(delivery.url, content=body, headers=headers, timeout=timeout)
            status, ok = str(response.status_code), response.is_success and not response.content
        except httpx.HTTPError as problem:
            status, ok = type(problem).__name__, False
        self._note(world, delivery, status, ok=ok)
        if not ok:
            self._again(world, delivery)

    def _note(self, world: World, delivery: Delivery, status: str, *, ok: bool) -> None:
        event: Event = {"at": world.now(), "kind": "delivery", "account": delivery.account, "action": delivery.push.topic}
        world.record({**event, "attempt": delivery.attempt, "code": status, "ok": ok})

    def _again(self, world: World, delivery: Delivery) -> None:
        ladder = [int(seconds) * 1000 for seconds in world.setting("shopee", "push_retries").split()]
        if delivery.attempt > len(ladder):
            return
        later = Delivery(delivery.account, delivery.push, delivery.url, delivery.attempt + 1)

        async def retry() -> None:
            self._queue.put_nowait(later)
            await self.idle()

        due = world.now() + ladder[delivery.attempt - 1]
        self._agenda.at(due, f"push {delivery.push.topic} to {delivery.url}, attempt {later.attempt}", retry)

    def _world(self) -> World:
        if self.world is None:
            raise RuntimeError("the push sender has not been given its world")
        return self.world
