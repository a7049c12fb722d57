"""The mocks without HTTP: the simulation's way to the same services and the same gates.

Law: no second domain. A call is given the identity that its account's credentials would give it over HTTP, and the reply is what
a client would read from the response.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from mocks import faults
from mocks.faults import STATES
from mocks.wechat_pay import notices
from mocks.wechat_pay.courier import waits
from mocks.world import OK, Account, World
from sandbox.behaviour import Call, Push, Reply, Signal
from sandbox.behaviour.merchant import Merchant

ADDRESS = "127.0.0.1"


class InProcess:
    """A `sandbox.sim.driver.Port` on a world's services."""

    def __init__(self, world: World) -> None:
        self._world = world

    def perform(self, call: Call) -> Reply:
        """Do what the call asks, as the account's own application."""
        identity = self._world.accounts[call.account].state(call.platform).identity
        actor = {**identity, "ip": ADDRESS, **call.actor}
        answer = self._world.perform(call._replace(actor=actor))
        ok = answer.code in OK
        return Reply(ok, "" if ok else answer.code, answer.body)

    def tell(self, signal: Signal) -> Reply:
        """Tell a fact."""
        answer, _ = self._world.tell(signal)
        ok = answer.code in OK
        return Reply(ok, "" if ok else answer.code, answer.body)

    def latency(self, action: str) -> int:
        """How long the platform takes for an action, ms."""
        return self._world.books[action.partition(".")[0]].latency(action)


class Switchboard:
    """Hands pushes on to whoever listens; what nobody listens to is lost, as at the vendors.

    What goes wrong on purpose with order and number goes wrong here too. Nothing is signed here, so that no other fault can be
    chosen for a simulation. WeChat Pay's notices come again, by its ladder, until a player tells that one was taken
    (`wechat_pay.notice_taken`), where there is one who would.
    """

    def __init__(self, world: Callable[[], World]) -> None:
        self._world = world
        self._listener: Callable[[Push], None] | None = None
        self._confirmed = False

    def await_answers(self, topics: Iterable[str]) -> None:
        """Somebody receives these: notices among them are brought again until they are taken."""
        self._confirmed = notices.TOPIC in topics

    def listen(self, listener: Callable[[Push], None]) -> None:
        """From now on pushes go to `listener`."""
        self._listener = listener

    def __call__(self, account: str, push: Push) -> None:
        """Take a push of an account."""
        world, platform = self._world(), push.topic.partition(".")[0]
        book = STATES.get(platform, platform)
        mishaps = world.accounts[account].state(book).mishaps
        fault = mishaps.draw()
        faults.note(world, account, push.topic, 1, fault)
        plainly = partial(self._hand_on, push)
        if self._confirmed and push.topic == notices.TOPIC:
            self._again(world, account, push, waits(world, push.body["event_type"]))
        if not faults.put_off(world, account, book, mishaps, fault, plainly):
            plainly()
            faults.follow(mishaps, fault, plainly)

    def _again(self, world: World, account: str, push: Push, left: tuple[int, ...]) -> None:
        """Hand a notice on once more after the first of these waits, and so on, unless it was taken by then."""

        def once_more() -> None:
            if push.body["id"] not in world.accounts[account].wechat_pay.taken:
                self._hand_on(push)
                self._again(world, account, push, left[1:])

        if left:
            world.later(account, world.now() + left[0], f"notice {push.body['id']}", once_more)

    def _hand_on(self, push: Push) -> None:
        if self._listener:
            self._listener(push)


def merchant_of(account: Account) -> Merchant:
    """The account as its owner sees it."""
    staff, followers = tuple(account.wecom.users), tuple(account.wechat.followers)
    return Merchant(account.id, account.wecom.agentid, staff, followers, account.wechat.appid, account.wechat_pay.mchid)
