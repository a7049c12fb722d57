"""The world behind the endpoints: accounts, one gate a platform, one clock, one journal.

Law: everything belongs to an account. What happens is decided by the gate and by a platform's service; this module only
joins them, for HTTP and for the simulation alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from mocks.binding.carried import ACCEPTED, NOTICES, carried
from mocks.binding.onboarding import Progress
from mocks.binding.service import Binding, pushed
from mocks.channels import service as channels
from mocks.explain import Explanations
from mocks.http import Answer
from mocks.shopee import service as shopee
from mocks.wechat import service as wechat
from mocks.wechat_pay import service as wechat_pay
from mocks.wecom import service as wecom
from sandbox.behaviour import Push
from sandbox.behaviour.people import names
from sandbox.clock import Clock
from sandbox.errors import InputError
from sandbox.events import Event, Record, ignore
from sandbox.gate import Gate
from sandbox.policy import Call, Quota, Sanction, Signal
from sandbox.rulebooks import Rulebook
from sandbox.store import MemoryStore, Store

SERVICES: Mapping[str, Any] = {
    "wechat": wechat,
    "channels": channels,
    "wechat_pay": wechat_pay,
    "wecom": wecom,
    "shopee": shopee,
}
ACTIONS: Mapping[str, Callable[..., Answer]] = {
    name: action for service in SERVICES.values() for name, action in service.ACTIONS.items()
}
"""What the platforms can be asked to do."""

PENAL = ("offence", "rectified", "restore", "appeal")
"""Facts about a ladder of penalties."""

WON = "appeal_won"
"""How an appeal can end: what becomes of the goods is the services'."""

OK = ("0", "")
"""The codes that mean success."""


@dataclass(slots=True)
class Account:
    """A merchant: its identity and state on every platform. `answers` counts those that carry a number."""

    id: str
    wechat: wechat.State
    wecom: wecom.State
    shopee: shopee.State
    wechat_pay: wechat_pay.State
    channels: channels.State
    answers: int = 0
    binding: Binding = field(default_factory=Binding)
    onboarding: dict[str, Progress] = field(default_factory=dict)

    def state(self, platform: str) -> Any:
        """The state on one platform."""
        return getattr(self, platform)


class World:
    """All accounts on all platforms. `post` takes what platforms push, `record` what happens, `later` what is to be done when."""

    def __init__(
        self,
        books: Mapping[str, Rulebook],
        now: Clock,
        *,
        seed: int = 0,
        store: Store | None = None,
        record: Record = ignore,
        post: Callable[[str, Push], None] | None = None,
        later: Callable[[int, str, Callable[[], None]], None] | None = None,
    ) -> None:
        self.books, self.now, self.seed, self.record = books, now, seed, record
        self.store: Store = store or MemoryStore()
        self.gates = {name: Gate(book, self.store, now, record) for name, book in books.items()}
        self._post, self._later = post, later
        self.explanations = Explanations(books, seed)
        self.strangers = 0
        self.accounts: dict[str, Account] = {}
        self.appids: dict[str, Account] = {}
        self.corps: dict[str, Account] = {}
        self.partners: dict[int, Account] = {}
        self.merchants: dict[str, Account] = {}
        self.webhooks: dict[str, Account] = {}
        self.wecom_tokens: dict[str, Account] = {}
        self.wechat_tokens: dict[str, Account] = {}

    def open_account(self, account_id: str = "", **traits: str) -> Account:
        """A new account, seeded so that an SDK finds something at once. The same seed and id give the same account.

        `traits` are `account_type`, `category` and `licence` of its official account. An id in use is opened anew. Raises
        InputError for a licence that has as many official accounts as one may have (A02).
        """
        account_id = account_id or self._free_id()
        self._check_licence(account_id, traits.get("licence", ""))
        self.close_account(account_id)
        rng = Random(f"{self.seed}/{account_id}")  # text seeds are stable across processes
        people = names(rng, 40)
        official = wechat.new(account_id, rng, **traits)
        application = {"appid": official.appid, "kind": official.account_type, "openids": official.followers}
        account = Account(
            account_id,
            official,
            wecom.new(account_id, rng, people, self.now()),
            shopee.new(account_id, rng, people, self.now()),
            wechat_pay.new(account_id, f"{self.seed}", application, self.now()),
            channels.new(official, self.now()),
        )
        while account.shopee.partner_id in self.partners:  # too short a number to be nobody else's by chance
            account.shopee.partner_id += 1
        while account.wechat_pay.mchid in self.merchants:
            account.wechat_pay.mchid = str(int(account.wechat_pay.mchid) + 1)
        self.accounts[account_id] = account
        self.appids[account.wechat.appid] = account
        self.corps[account.wecom.corpid] = account
        self.partners[account.shopee.partner_id] = account
        self.merchants[account.wechat_pay.mchid] = account
        self.webhooks[account.wecom.robot_key] = self.webhooks[account.wecom.binding_key] = account
        return account

    def _check_licence(self, account_id: str, licence: str) -> None:
        """An account that names no licence gets one of its own: that needs no look at the others."""
        most = self.setting("wechat", "accounts_a_licence")
        if licence and sum(one.wechat.licence == licence and one.id != account_id for one in self.accounts.values()) >= most:
            raise InputError("accounts", "licence", licence, f"a licence with fewer than {most} official accounts")

    def _free_id(self) -> str:
        number = len(self.accounts) + 1
        while f"acct-{number}" in self.accounts:
            number += 1
        return f"acct-{number}"

    def close_account(self, account_id: str) -> None:
        """Forget an account, its meters, tokens and credentials. Touches no other."""
        account = self.accounts.pop(account_id, None)
        if account is None:
            return
        self.store.forget(account_id)
        tables: tuple[dict[Any, Account], ...] = (
            self.appids,
            self.corps,
            self.partners,
            self.merchants,
            self.webhooks,
            self.wecom_tokens,
            self.wechat_tokens,
        )
        for table in tables:
            for key in [key for key, owner in table.items() if owner is account]:
                del table[key]

    def perform(self, call: Call) -> Answer:
        """Do what a call asks: the platform's service decides, and asks the gate."""
        state = getattr(self.accounts[call.account], call.platform)
        answer: Answer = ACTIONS[call.action](self, state, call)
        if call.action in NOTICES and answer.code in OK:
            self._note_orders(call, str(answer.body.get("msgid", "")))
        return answer

    def _note_orders(self, call: Call, msgid: str) -> None:
        """Which orders an accepted message carries: an integration that is under test tells us nothing itself."""
        for order in carried(call.payload, self.accounts[call.account].shopee.orders):
            event: Event = {"at": self.now(), "kind": "signal", "account": call.account, "signal": ACCEPTED}
            self.record({**event, "action": call.action, "order": order, "msgid": msgid})

    def broke(self, asked: str, failure: Exception) -> None:
        """Something was asked or due, and we failed: whoever judges a run by the journal must know."""
        event: Event = {"at": self.now(), "kind": "sandbox_error", "account": "", "asked": asked}
        self.record({**event, "error": type(failure).__name__})

    def issue_webhook(self, account: Account, key: str) -> None:
        """The address of the account's binding has this key from now on, and the one before is good no more; "" for none."""
        self.webhooks.pop(account.wecom.binding_key, None)
        account.wecom.binding_key = key
        if key:
            self.webhooks[key] = account

    def ask(self, call: Call) -> Answer | None:
        """See `Desk.ask`."""
        gate = self.gates[call.platform]
        verdict = gate.ask(call)
        return None if verdict.allowed else Answer(gate.rulebook.code(verdict), verdict=verdict)

    def tell(self, signal: Signal) -> tuple[Answer, tuple[Sanction, ...]]:
        """Take a fact told afterwards: to a platform's service when it is one of the domain, and to the gate.

        What concerns a ladder of penalties goes to every platform that has it: a merchant is banned everywhere.
        """
        answer = self._tell_service(signal)
        sanctions = self.gates[signal.platform].tell(signal)
        if signal.kind in PENAL:
            for name, gate in self.gates.items():
                if name != signal.platform and signal.about in gate.rulebook.document.ladder:
                    sanctions += gate.tell(replace(signal, platform=name))
        for platform in {one.rule.partition(".")[0]: None for one in sanctions if one.effect == WON}:
            self._tell_service(replace(signal, platform=platform, kind=WON))
        return answer, sanctions

    def _tell_service(self, signal: Signal) -> Answer:
        """What the platform's service makes of a fact, if it is one of its domain."""
        handler = SERVICES[signal.platform].SIGNALS.get(signal.kind)
        state = self.accounts[signal.account].state(signal.platform)
        answer: Answer = handler(self, state, signal) if handler else Answer("0")
        return answer

    def usage(self, call: Call) -> tuple[tuple[Quota, int], ...]:
        """See `Desk.usage`."""
        return self.gates[call.platform].usage(call)

    def clear(self, account: str, platform: str, actions: Iterable[str], window: int) -> None:
        """See `Desk.clear`."""
        self.gates[platform].clear(account, actions, window)

    def explained(self, number: str) -> Mapping[str, Any] | None:
        """See `Desk.explained`."""
        return self.explanations.find(number)

    def setting(self, platform: str, name: str) -> Any:
        """See `Desk.setting`."""
        return self.books[platform].settings[name]

    def post(self, account: str, push: Push) -> None:
        """See `Desk.post`."""
        if self._post:
            self._post(account, push)
        pushed(self, self.accounts[account], push.topic, push.body)

    def later(self, account: str, due: int, what: str, job: Callable[[], None]) -> None:
        """See `Desk.later`."""
        owner = self.accounts.get(account)

        def run() -> None:
            if self.accounts.get(account) is owner:
                job()

        if self._later:
            self._later(due, what, run)

    def explain_id(self, account: Account | None, platform: str, answer: Answer) -> str:
        """A number for an answer, in the platform's manner; that of an error `explanations` resolves."""
        if account is None:
            self.strangers += 1
            return self.explanations.note("", self.strangers, platform, answer, self.now())
        account.answers += 1
        return self.explanations.note(account.id, account.answers, platform, answer, self.now())
