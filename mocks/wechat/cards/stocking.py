"""Stock and imported codes: modifystock, deposit, getdepositcount, checkcode.

Law: with imported codes there is never more stock than codes that are nobody's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mocks.desk import Desk
from mocks.http import Answer
from sandbox.policy import Call

from .activities import shared
from .finding import OK, card_of
from .parsing import encodable, is_whole

if TYPE_CHECKING:
    from mocks.wechat.state import State


def modifystock(desk: Desk, state: State, call: Call) -> Answer:
    """More or less stock; with imported codes never more than there are codes."""
    card = card_of(state, call.payload)
    if isinstance(card, Answer):
        return card
    more, less = (call.payload.get(name, 0) for name in ("increase_stock_value", "reduce_stock_value"))
    if not (is_whole(more) and is_whole(less)) or more < 0 or less < 0 or more + less == 0:
        return Answer("40122")
    if shared(state, card.id, desk.now()):
        return Answer("72014")
    if bad := card.stock_problem(more - less):
        return Answer(bad)
    if refused := desk.ask(call):
        return refused
    card.restock(more - less)
    return Answer(OK)


def deposit(desk: Desk, state: State, call: Call) -> Answer:
    """Import codes that the merchant made (the bulk import, A10, A30)."""
    card = card_of(state, call.payload)
    if isinstance(card, Answer):
        return card
    codes: Any = call.payload.get("code")
    if bad := bad_codes(codes, desk.setting("wechat", "deposit_at_once")):
        return Answer(bad)
    if not card.deposits:
        return Answer("43009")
    if not state.shelf.may("administrator"):
        return Answer("48001")
    if card.codes.imported + len(codes) > desk.setting("wechat", "deposit_total"):
        return Answer("45031")
    if refused := desk.ask(call):
        return refused
    fresh, duplicates = card.codes.deposit(codes)
    return Answer(OK, {"succ_code": fresh, "duplicate_code": duplicates, "fail_code": []})


def bad_codes(codes: object, at_once: int) -> str:
    """The code of what is wrong with a list of codes, or an empty text."""
    if not isinstance(codes, list) or not codes:
        return "40110"
    if len(codes) > at_once:
        return "40109"
    if not all(isinstance(code, str) and code for code in codes):
        return "40110"
    if not encodable(codes):
        return "40033"
    return "40111" if len(set(codes)) < len(codes) else ""


def depositcount(desk: Desk, state: State, call: Call) -> Answer:
    """How many codes were imported."""
    card = card_of(state, call.payload)
    if isinstance(card, Answer):
        return card
    return desk.ask(call) or Answer(OK, {"count": card.codes.imported})


def checkcode(desk: Desk, state: State, call: Call) -> Answer:
    """Which of some codes are imported."""
    card = card_of(state, call.payload)
    if isinstance(card, Answer):
        return card
    codes: Any = call.payload.get("code")
    if bad := bad_codes(codes, desk.setting("wechat", "deposit_at_once")):
        return Answer(bad)
    if refused := desk.ask(call):
        return refused
    there = [code for code in codes if code in card.codes.texts]
    return Answer(OK, {"exist_code": there, "not_exist_code": [code for code in codes if code not in card.codes.texts]})
