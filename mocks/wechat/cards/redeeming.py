"""What a code is worth, and its redemption: code/get, consume, update, unavailable, decrypt, mark, a user's cards.

Law: a code is consumed once, within its validity, by whoever may.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.wechat.acts import abnormal
from mocks.wechat.happenings import note
from sandbox.policy import Call

from . import codes
from .card import NOT_VERIFY, ON_SALE, VERIFY_FAIL, Card
from .concealing import reveal
from .finding import OK, card_of, code_of
from .members import known_of
from .times import allowed_now

if TYPE_CHECKING:
    from mocks.wechat.state import State


def code_get(desk: Desk, state: State, call: Call) -> Answer:
    """What a code is worth now; with `check_consume` an error when it cannot be consumed."""
    found = code_of(state, call.payload)
    if isinstance(found, Answer):
        return found
    card, number = found
    if refused := desk.ask(call):
        return refused
    status, checked = card.status_of(number, desk.now()), call.payload.get("check_consume", True) is not False
    if checked and status not in ("NORMAL", "GIFT_TIMEOUT"):
        return unusable(card, number, status)
    begin, end = card.validity(number)
    told = {"openid": card.codes.holder(number), "can_consume": card.usable(number, desk.now())}
    told |= {"outer_str": card.codes.channels.get(number, ""), "user_card_status": status}
    if card.kind == "MEMBER_CARD":
        told |= known_of(state, card, number)
    return Answer(OK, {"card": {"card_id": card.id, "begin_time": begin // 1000, "end_time": end // 1000}, **told})


def consume(desk: Desk, state: State, call: Call) -> Answer:
    """Redeem a code, once (A09)."""
    found = code_of(state, call.payload)
    if isinstance(found, Answer):
        return found
    card, number = found
    if refused := (desk.ask(call) if state.shelf.may("operator") else Answer("48001")):
        return refused
    if bad := problem(state, card, number, desk.now()):
        return abnormal(desk, call, bad)
    return redeem(desk, state, card, number, "FROM_API")


def problem(state: State, card: Card, number: int, now: int) -> Answer | None:
    """What keeps a code from being consumed now, or None. While a card is under review only testers can use it."""
    if card.status in UNSEEN and card.codes.holder(number) not in state.shelf.testers:
        return Answer("40078")
    if not card.usable(number, now):
        return unusable(card, number, card.status_of(number, now))
    if not card.restricted:
        return None
    if not allowed_now(card, now):
        return Answer("40147")
    used = sum(card.codes.states[one] == codes.CONSUMED for one in card.codes.held_by(card.codes.holder(number)))
    return Answer("72020") if used >= card.base.get("use_limit", used + 1) else None


UNSEEN: Final = (NOT_VERIFY, VERIFY_FAIL)

NOWHERE: Final[Mapping[str, str]] = {"LocationName": "", "StaffOpenId": "", "VerifyCode": "", "RemarkAmount": ""}
"""What is told of a redemption at no counter."""


def redeem(desk: Desk, state: State, card: Card, number: int, source: str, where: Mapping[str, str] = NOWHERE) -> Answer:
    """A code that may be consumed is."""
    held = card.codes
    held.states[number] = codes.CONSUMED
    openid, channel = held.holder(number), held.channels.get(number, "")
    told = {"CardId": card.id, "UserCardCode": held.texts[number], "ConsumeSource": source, **where, "OuterStr": channel}
    note(desk, state, "user_consume_card", openid, held.holders[number], told)
    return Answer(OK, {"card": {"card_id": card.id}, "openid": openid})


def unusable(card: Card, number: int, status: str) -> Answer:
    """What is said of a code that cannot be consumed."""
    if status == "CONSUMED":
        return Answer("40099", {"_card": card.id, "_code": card.codes.texts[number]})
    return Answer("40127")


def update(desk: Desk, state: State, call: Call) -> Answer:
    """Exchange a code for another one, after a gift for instance: the old one is good no more."""
    found, fresh = code_of(state, call.payload), call.payload.get("new_code")
    if isinstance(found, Answer):
        return found
    card, number = found
    if not isinstance(fresh, str) or not fresh:
        return Answer("40116")
    if fresh in card.codes.texts:
        return Answer("40111")
    if card.status_of(number, desk.now()) not in ("NORMAL", "GIFT_TIMEOUT"):
        return unusable(card, number, card.status_of(number, desk.now()))
    if refused := desk.ask(call):
        return refused
    card.codes.exchange(number, fresh)
    return Answer(OK)


def unavailable(desk: Desk, state: State, call: Call) -> Answer:
    """Make a code worthless, for good; one that nobody has yet leaves the stock."""
    found = code_of(state, call.payload)
    if isinstance(found, Answer):
        found = _waiting(state, call.payload) or found
    if isinstance(found, Answer):
        return found
    card, number = found
    before = card.codes.states[number]
    if codes.UNAVAILABLE not in codes.MOVES.get(before, ()):
        return unusable(card, number, card.status_of(number, desk.now()))
    if refused := desk.ask(call):
        return refused
    card.codes.move(number, codes.UNAVAILABLE)
    if before == codes.WAITING and card.stock > card.codes.waiting:
        card.restock(-1)
    return Answer(OK)


def _waiting(state: State, payload: Any) -> tuple[Card, int] | None:
    """An imported code that is nobody's."""
    card = card_of(state, payload)
    number = (
        -1 if isinstance(card, Answer) else card.codes.find(payload["code"]) if isinstance(payload.get("code"), str) else -1
    )
    if isinstance(card, Answer) or number < 0 or card.codes.states[number] != codes.WAITING:
        return None
    return card, number


def decrypt(desk: Desk, state: State, call: Call) -> Answer:
    """The code behind an encrypted one, as a phone hands it to a page."""
    text = call.payload.get("encrypt_code")
    code = reveal(state, text) if isinstance(text, str) else None
    if code is None:
        return Answer("40075")
    return desk.ask(call) or Answer(OK, {"code": code})


def mark(desk: Desk, state: State, call: Call) -> Answer:
    """Keep a code for one user while he is being served; nobody else can be meanwhile."""
    found, openid = code_of(state, call.payload), call.payload.get("openid")
    if isinstance(found, Answer):
        return found
    card, number = found
    if not isinstance(openid, str) or not openid:
        return Answer("40003")
    key = (card.id, card.codes.texts[number])
    if state.shelf.marks.get(key, openid) != openid:
        return Answer("40146")
    if refused := desk.ask(call):
        return refused
    if call.payload.get("is_mark") is True:
        state.shelf.marks[key] = openid
    else:
        state.shelf.marks.pop(key, None)
    return Answer(OK)


def getcardlist(desk: Desk, state: State, call: Call) -> Answer:
    """The good cards that a user has of this account."""
    openid = call.payload.get("openid")
    if not isinstance(openid, str) or not openid:
        return Answer("40003")
    cards = list(state.cards.values())
    if call.payload.get("card_id"):
        card = card_of(state, call.payload)
        if isinstance(card, Answer):
            return card
        cards = [card]
    if refused := desk.ask(call):
        return refused
    now = desk.now()
    rows = [
        {"code": card.codes.texts[number], "card_id": card.id}
        for card in cards
        for number in card.codes.held_by(openid)
        if card.status_of(number, now) == "NORMAL"
    ]
    return Answer(OK, {"card_list": rows, "has_share_card": False})


def on_sale(card: Card, openid: str, testers: set[str]) -> bool:
    """Can this user get the card? Before its review has passed only testers can."""
    return card.status in ON_SALE or (openid in testers and card.status != "CARD_STATUS_DELETE")
