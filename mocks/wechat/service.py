"""The official account's domain: its tokens, and the tables of all that it can be asked and told; cards are in `cards`.

Law: plain functions from a call (or a fact) to an answer, over one account's state.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Final

from mocks.desk import Desk
from mocks.faults import choosing
from mocks.http import Answer
from mocks.trouble import troubling
from mocks.wechat import acts, base, conduct, datacube, media, menu, messages, people, phone, tags, tickets
from mocks.wechat.cards import endpoints as cards
from mocks.wechat.giftcards import endpoints as giftcards
from mocks.wechat.invoices import endpoints as invoices
from mocks.wechat.state import State, Token, new
from sandbox.policy import Call, Signal

OK = "0"
TROUBLES: Final = ("-1", "40243", "45009", "45011", "48001", "48004", "50002", "61007")
"""What every call may be answered: the platform has a bad moment, or the account is frozen, limited or forbidden."""

__all__ = ["ACTIONS", "SIGNALS", "State", "Token", "new"]


def token(desk: Desk, state: State, call: Call) -> Answer:
    """A new token; the one before it stays good for five minutes."""
    if refused := desk.ask(call):
        return refused
    now, life = desk.now(), desk.setting("wechat", "token_life")
    if state.current:
        state.current.until = min(state.current.until, now + desk.setting("wechat", "token_grace"))
    state.current = _issue(state, now + life)
    return Answer(OK, {"access_token": state.current.text, "expires_in": life // 1000})


def stable_token(desk: Desk, state: State, call: Call) -> Answer:
    """The same token until its last five minutes; a new one when forced. Its pool is apart from `token`'s."""
    forced = call.payload.get("force_refresh") is True
    asked = call._replace(actor={**call.actor, "force_refresh": "true" if forced else "false"})
    if refused := desk.ask(asked):
        return refused
    now, life = desk.now(), desk.setting("wechat", "token_life")
    grace = desk.setting("wechat", "token_grace")
    if forced or state.stable is None or now >= state.stable.until - grace:
        if state.stable:
            state.stable.until = min(state.stable.until, now + grace)
        state.stable = _issue(state, now + life)
    return Answer(OK, {"access_token": state.stable.text, "expires_in": (state.stable.until - now) // 1000})


def _issue(state: State, until: int) -> Token:
    state.issued += 1
    digest = hashlib.sha512(f"{state.secret}/{state.issued}".encode()).hexdigest()
    issued = Token(f"{digest[:2]}_{digest}", until)
    state.tokens[issued.text] = issued
    return issued


ACTIONS: Final[Mapping[str, Callable[[Desk, State, Call], Answer]]] = {
    "wechat.token": token,
    "wechat.stable_token": stable_token,
    **tickets.ACTIONS,
    **base.ACTIONS,
    **people.ACTIONS,
    **tags.ACTIONS,
    **messages.ACTIONS,
    **media.ACTIONS,
    **menu.ACTIONS,
    **datacube.ACTIONS,
    **cards.ACTIONS,
    **giftcards.ACTIONS,
    **invoices.ACTIONS,
    **dict.fromkeys(acts.ACTS, acts.act),
}
"""What this platform can be asked to do."""

SIGNALS: Final[Mapping[str, Callable[[Desk, State, Signal], Answer]]] = {
    **cards.SIGNALS,
    **giftcards.SIGNALS,
    **invoices.SIGNALS,
    **people.SIGNALS,
    **phone.SIGNALS,
    **conduct.SIGNALS,
    "wechat.push_faults": choosing("0", "40097"),
    "wechat.trouble": troubling("0", "40097", TROUBLES),
}
"""What happens here when a fact of the domain is told."""
