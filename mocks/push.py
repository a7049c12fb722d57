"""Sends what platforms push to the merchant's server, with each vendor's signature, time-out and retries.

Law: a push waits in a crew's queue, never in a task of its own, so a slow receiver costs memory a push, not a connection. It is
packed anew for each attempt. Retries are due on the sandbox's clock; the time-out is real time, since the receiver is real, and
covers the whole answer. A failure of ours is loud, and stops no other push.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from types import ModuleType
from typing import TYPE_CHECKING

from mocks import faults
from mocks.agenda import Agenda
from mocks.channels import courier as channels
from mocks.envelope import Envelope
from mocks.faults import STATES, Mishaps
from mocks.shopee import courier as shopee
from mocks.wechat import courier as wechat
from mocks.wechat_pay import courier as wechat_pay
from mocks.wechat_pay import legacy_courier as wechat_pay_v2
from mocks.wecom import courier as wecom
from mocks.world import Account, World
from sandbox.behaviour import Push
from sandbox.events import Event

if TYPE_CHECKING:
    from mocks.outward import Line

CREW = 32

log = logging.getLogger("mocks")

COURIERS: Mapping[str, ModuleType] = {
    "channels": channels,
    "shopee": shopee,
    "wecom": wecom,
    "wechat": wechat,
    "wechat_pay": wechat_pay,
    "wechat_pay_v2": wechat_pay_v2,
}
"""Who knows whether anybody listens (`wanted`), packs a platform's pushes (`envelope`) and knows a confirmation (`accepted`), by the
first word of a push's topic."""


SETTLED: Mapping[str, Callable[..., None]] = {"shopee": shopee.settled}
"""Who wants to know how each attempt went, and whether it was the last."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One push on its way: to whom, what, which attempt this is (from 1). An account opened anew is another one.

    With a `plain` one nothing goes wrong on purpose: a fault has sent it.
    """

    account: Account
    push: Push
    attempt: int = 1
    plain: bool = False

    @property
    def platform(self) -> str:
        """Whose push it is."""
        return self.push.topic.partition(".")[0]

    @property
    def courier(self) -> ModuleType:
        """Who delivers it."""
        return COURIERS[self.platform]

    @property
    def book(self) -> str:
        """The name of its platform's state and rulebook."""
        return STATES.get(self.platform, self.platform)

    @property
    def mishaps(self) -> Mishaps:
        """What goes wrong on purpose with these pushes."""
        mishaps: Mishaps = self.account.state(self.book).mishaps
        return mishaps


class PushSender:
    """Delivers the pushes of all platforms and accounts. `enqueue` is what `World` posts to."""

    def __init__(self, agenda: Agenda, world: Callable[[], World]) -> None:
        self._agenda, self._world = agenda, world
        self._queue: asyncio.Queue[Delivery] = asyncio.Queue()

    def enqueue(self, account: str, push: Push) -> None:
        """Queue a push."""
        self._queue.put_nowait(Delivery(self._world().accounts[account], push))

    async def idle(self) -> None:
        """Returns when nothing is queued or on its way."""
        await self._queue.join()

    def depth(self) -> int:
        """How many deliveries wait."""
        return self._queue.qsize()

    async def run(self) -> None:
        """Deliver, for ever; cancel to stop."""
        async with await asyncio.to_thread(_line) as line, asyncio.TaskGroup() as crew:
            for _ in range(CREW):
                crew.create_task(self._work(line))

    async def _work(self, line: Line) -> None:
        while True:
            delivery = await self._queue.get()
            try:
                await self._deliver(line, delivery)
            except Exception as failure:
                log.exception("push %s failed in the sandbox", delivery.push.topic)
                self._world().broke(f"push {delivery.push.topic}", failure)
                self._note(delivery, type(failure).__name__, ok=False)
            finally:
                self._queue.task_done()

    async def _deliver(self, line: Line, delivery: Delivery) -> None:
        world, account = self._world(), delivery.account
        if world.accounts.get(account.id) is not account:
            return  # closed or opened anew since
        if not delivery.courier.wanted(world, account, delivery.push):
            return  # nobody listens: the vendor sends nothing either
        mishaps, fault = delivery.mishaps, "" if delivery.plain else delivery.mishaps.draw()
        faults.note(world, account.id, delivery.push.topic, delivery.attempt, fault)
        plainly = partial(self._queue.put_nowait, replace(delivery, plain=True))
        if faults.put_off(world, account.id, delivery.book, mishaps, fault, plainly):
            return
        envelope: Envelope = delivery.courier.envelope(world, account, delivery.push, fault)
        answer = await line.ask("POST", envelope)
        if isinstance(answer, str):
            code, ok = answer, False
        else:
            code, ok = str(answer.status_code), bool(delivery.courier.accepted(answer.status_code, answer.content))
        self._note(delivery, code, ok=ok)
        faults.follow(mishaps, fault, plainly)
        last = delivery.attempt > len(envelope.ladder)
        if settled := SETTLED.get(delivery.platform):
            settled(world, account, delivery.push, ok=ok, last=last)
        if not ok and not last:
            self._again(delivery, envelope)

    def _note(self, delivery: Delivery, code: str, *, ok: bool) -> None:
        world = self._world()
        event: Event = {"at": world.now(), "kind": "delivery", "account": delivery.account.id, "action": delivery.push.topic}
        world.record({**event, "attempt": delivery.attempt, "code": code, "ok": ok})

    def _again(self, delivery: Delivery, envelope: Envelope) -> None:
        later = replace(delivery, attempt=delivery.attempt + 1)

        async def retry() -> None:
            self._queue.put_nowait(later)
            await self.idle()

        due = self._world().now() + envelope.ladder[delivery.attempt - 1]
        self._agenda.at(due, f"push {delivery.push.topic} to {envelope.url}, attempt {later.attempt}", retry)


def _line() -> Line:
    """Made beside the first requests, which nobody keeps waiting."""
    from mocks.outward import Line  # noqa: PLC0415 - see there

    return Line(CREW)
