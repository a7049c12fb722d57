"""The official account's domain: tokens, cards, and codes that are imported, taken and consumed.

Law: plain functions from a call (or a fact) to an answer, over one account's state. What can be refused without asking the gate
is refused first, so that a bad request uses up nothing. Stock never goes below zero; a code is consumed once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any, Final

from mocks.desk import Desk
from mocks.faults import choosing
from mocks.http import Answer
from mocks.wechat import acts, cards
from mocks.wechat.cards import Card
from mocks.wechat.state import State, Token, new
from sandbox.policy import Call, Signal

OK = "0"

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


def create(desk: Desk, state: State, call: Call) -> Answer:
    """A new card; it waits for its review."""
    made = cards.parse(call.payload.get("card"))
    if isinstance(made, str):
        return Answer(made)
    if refused := desk.ask(call):
        return refused
    digest = hashlib.sha256(f"{state.appid}/card/{len(state.cards) + 1}".encode()).hexdigest()
    card_id = "p" + digest[:27]
    made.id, made.created = card_id, desk.now()
    state.cards[card_id] = made
    return Answer(OK, {"card_id": card_id})


def get(desk: Desk, state: State, call: Call) -> Answer:
    """The whole card, as it was created, with what has become of it."""
    found = _card(state, call.payload)
    if isinstance(found, Answer):
        return found
    return desk.ask(call) or Answer(OK, {"card": found.shown()})


def deposit(desk: Desk, state: State, call: Call) -> Answer:
    """Import codes that the merchant made (the bulk import, A10, A30)."""
    found = _card(state, call.payload)
    if isinstance(found, Answer):
        return found
    codes: Any = call.payload.get("code")
    if bad := cards.bad_codes(codes, desk.setting("wechat", "deposit_at_once")):
        return Answer(bad)
    if not found.deposits:
        return Answer("43009")
    if len(found.codes) + len(codes) > desk.setting("wechat", "deposit_total"):
        return Answer("45031")
    return desk.ask(call) or Answer(OK, found.deposit(codes))


def modifystock(desk: Desk, state: State, call: Call) -> Answer:
    """More or less stock; with imported codes never more than there are codes."""
    found = _card(state, call.payload)
    if isinstance(found, Answer):
        return found
    more, less = (call.payload.get(name, 0) for name in ("increase_stock_value", "reduce_stock_value"))
    if not (isinstance(more, int) and isinstance(less, int)) or more < 0 or less < 0 or more + less == 0:
        return Answer("40122")
    bad = found.stock_problem(more - less)
    return Answer(bad) if bad else desk.ask(call) or found.restock(more - less)


def code_get(desk: Desk, state: State, call: Call) -> Answer:
    """What a code is worth now; with `check_consume` an error when it cannot be consumed."""
    found = _code(state, call.payload)
    if isinstance(found, Answer):
        return found
    card, code = found
    if refused := desk.ask(call):
        return refused
    status, checked = card.status_of(code, desk.now()), call.payload.get("check_consume", True) is not False
    if checked and status != cards.NORMAL:
        return _unusable(card, code, status)
    begin, end = card.validity(card.taken_at.get(code, desk.now()))
    body = {"card": {"card_id": card.id, "begin_time": begin // 1000, "end_time": end // 1000}}
    return Answer(
        OK,
        {
            **body,
            "openid": card.codes[code],
            "can_consume": status == cards.NORMAL and card.begun(code, desk.now()),
            "outer_str": "",
            "user_card_status": status,
        },
    )


def consume(desk: Desk, state: State, call: Call) -> Answer:
    """Redeem a code, once (A09)."""
    found = _code(state, call.payload)
    if isinstance(found, Answer):
        return found
    card, code = found
    if refused := desk.ask(call):
        return refused
    status = card.status_of(code, desk.now())
    if status != cards.NORMAL or not card.begun(code, desk.now()):
        return _unusable(card, code, status)
    card.consumed.add(code)
    return Answer(OK, {"card": {"card_id": card.id}, "openid": card.codes[code]})


def _unusable(card: Card, code: str, status: str) -> Answer:
    return Answer("40099", {"_card": card.id, "_code": code}) if status == cards.CONSUMED else Answer("40127")


def _card(state: State, payload: Mapping[str, Any]) -> Card | Answer:
    card_id = payload.get("card_id")
    if not isinstance(card_id, str) or not card_id:
        return Answer("41012")
    return state.cards.get(card_id) or Answer("40073")


def _code(state: State, payload: Mapping[str, Any]) -> tuple[Card, str] | Answer:
    """The card and the code that a request means; without a card id, the card that issued the code itself."""
    code = payload.get("code")
    if not isinstance(code, str) or not code:
        return Answer("41013")
    if payload.get("card_id"):
        card = _card(state, payload)
        if isinstance(card, Answer):
            return card
    else:
        made = (card for card in state.cards.values() if code in card.codes and not card.custom)
        card = next(made, None) or Answer("40056")
        if isinstance(card, Answer):
            return card
    return (card, code) if card.codes.get(code) else Answer("40056")


def approved(desk: Desk, state: State, signal: Signal) -> Answer:
    """A reviewer lets a card pass."""
    del desk
    found = _card(state, signal.payload)
    if isinstance(found, Answer):
        return found
    found.status = cards.VERIFY_OK
    return Answer(OK)


def received(desk: Desk, state: State, signal: Signal) -> Answer:
    """A user takes a card: from the stock, at most `get_limit` times, within the day's issue (K01-K04, A03-A05)."""
    found = _card(state, signal.payload)
    if isinstance(found, Answer):
        return found
    openid = signal.payload.get("openid")
    if not isinstance(openid, str) or not openid:
        return Answer("40003")
    if found.status != cards.VERIFY_OK:
        return Answer("40078")
    if bad := found.cannot_take(openid):
        return Answer(bad)
    if refused := acts.claimed(desk, state, signal, openid):
        return refused
    actor = {**state.identity, **signal.actor, "user": openid}
    if refused := desk.ask(Call("wechat", "wechat.card.issue", state.account, actor)):
        return refused
    return Answer(OK, {"code": found.take(openid, desk.now())})


ACTIONS: Final[Mapping[str, Callable[[Desk, State, Call], Answer]]] = {
    "wechat.token": token,
    "wechat.stable_token": stable_token,
    "wechat.card.create": create,
    "wechat.card.get": get,
    "wechat.card.deposit": deposit,
    "wechat.card.modifystock": modifystock,
    "wechat.card.code_get": code_get,
    "wechat.card.consume": consume,
    **dict.fromkeys(acts.ACTS, acts.act),
}
"""What this platform can be asked to do."""

SIGNALS: Final[Mapping[str, Callable[[Desk, State, Signal], Answer]]] = {
    "wechat.card_approved": approved,
    "wechat.card_received": received,
    "wechat.push_faults": choosing("0", "40097"),
}
"""What happens here when a fact of the domain is told."""
