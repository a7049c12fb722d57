"""The sandbox that cases are played against: its clock, its accounts, its journal, its gates.

Law: one request, one answer; what is no answer is one sentence, a `MachineError`. The clock never runs by itself.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from loadtests.cases.ways import CARD_ACTIONS, WIRE, Held, way_of
from loadtests.codec import encode_signal, to_sandbox
from loadtests.session import Session, open_session
from loadtests.talk import TOKENS, Send, Talk, token_call
from sandbox.behaviour.coupons import cash_card
from sandbox.cases import Case, bursts
from sandbox.errors import MachineError
from sandbox.policy import Call, Signal

PAGE = 100_000
AHEAD = 3_600_000
"""An account that needs a card is opened so long (virtual ms) before its case begins: getting one is counted too."""


class Opened(NamedTuple):
    """A case's account: who talks, what it holds, its identity on each platform, and how many events it has caused already."""

    talk: Talk
    held: Held
    identity: Mapping[str, Mapping[str, str]]
    before: int


class Stage:
    """A running sandbox whose clock stands still."""

    def __init__(self, session: Session, send: Send) -> None:
        self._session, self._send = session, send
        clock = self.ask("GET", "/clock")
        if clock["rate"] != 0:
            raise MachineError(
                f"the sandbox's clock runs at rate {clock['rate']}; cases need one that stands still (rate 0)"
            )
        self.now: int = clock["now"]

    def ask(self, method: str, path: str, content: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Ask the control plane. Raises MachineError."""
        try:
            status, _, body = self._send(to_sandbox(self._session, method, path, content))
        except OSError as problem:
            raise MachineError(f"the sandbox does not answer: {problem.strerror or problem}") from None
        if status != 200:
            raise MachineError(f"the sandbox answers {method} /_sandbox{path} with {status}: {body[:200].decode()}")
        answer: dict[str, Any] = json.loads(body)
        return answer

    def tell(self, signal: Signal) -> dict[str, Any]:
        """Tell a fact; what it led to."""
        status, _, body = self._send(encode_signal(signal, self._session))
        if status != 200:
            raise MachineError(f"the sandbox answers {signal.kind} with {status}: {body[:200].decode()}")
        answer: dict[str, Any] = json.loads(body)
        return answer

    def move_to(self, moment: int) -> None:
        """Let the clock stand at a later moment (virtual ms)."""
        if moment > self.now:
            self.now = self.ask("POST", "/clock", {"advance_ms": moment - self.now})["now"]

    def open(self, case: Case, account: str) -> Opened:
        """An account of the case's own, with the tokens and the card that its requests need."""
        traits = case.account.model_dump()
        opened = self.ask("POST", "/accounts", {"id": account, "pem": False, **traits})
        session = open_session({**opened["env"], "SANDBOX_ADMIN_TOKEN": self._session["SANDBOX_ADMIN_TOKEN"]}, "account")
        session.binding_key = opened["binding_webhook_key"]
        talk = Talk(session, self._send, account)
        calls = on_the_wire(case, account)
        for platform in sorted({call.platform for call in calls if call.action not in TOKENS.values()}):
            if platform in TOKENS and platform not in session.tokens:
                talk.call(token_call(session, platform, account))
        needs_card = any(call.action in CARD_ACTIONS for call in calls)
        if not needs_card:
            return Opened(talk, Held(session), opened["identity"], 0)
        return Opened(talk, self._card(talk, account), opened["identity"], self._so_far(account))

    def _card(self, talk: Talk, account: str) -> Held:
        made = talk.call(Call("wechat", "wechat.card.create", account, payload={"card": cash_card("小店", "满百减二十")}))
        card = {"card_id": made.body.get("card_id", "")}
        self.tell(Signal("wechat", "wechat.card_approved", account, payload=card))
        talk.call(Call("wechat", "wechat.card.deposit", account, payload={**card, "code": [f"a{n:07}" for n in range(100)]}))
        talk.call(Call("wechat", "wechat.card.modifystock", account, payload={**card, "increase_stock_value": 50}))
        taken = talk.tell(Signal("wechat", "wechat.card_received", account, payload={**card, "openid": "o" + "1" * 27}))
        if not taken.ok:
            return Held(talk.session)  # an account that may have no cards: what needs one asks the gate
        return Held(talk.session, card["card_id"], str(taken.body["code"]))

    def _so_far(self, account: str) -> int:
        return len(self.ask("GET", f"/events?account={account}&limit={PAGE}")["events"])

    def journal(self) -> dict[str, list[dict[str, Any]]]:
        """All that happened, by account, in order."""
        found: dict[str, list[dict[str, Any]]] = {}
        following = 0
        while True:
            page = self.ask("GET", f"/events?since={following}&limit={PAGE}")
            if page["lost"]:
                raise MachineError(f"the sandbox's journal lost {page['lost']} events; play fewer cases at once")
            for event in page["events"]:
                found.setdefault(event["account"], []).append(event)
            if page["next"] == following or page["next"] >= page["total"]:
                return found
            following = page["next"]


def on_the_wire(case: Case, account: str) -> list[Call]:
    """One call of each step that travels as a request."""
    firsts = {burst.number: burst.wishes[0] for burst in bursts(case, account)}
    return [wish for wish in firsts.values() if isinstance(wish, Call) and way_of(wish) == WIRE]


def begins(case: Case, account: str) -> int:
    """When the case's account is opened (virtual ms)."""
    ahead = AHEAD if any(call.action in CARD_ACTIONS for call in on_the_wire(case, account)) else 0
    return case.start_ms - ahead
