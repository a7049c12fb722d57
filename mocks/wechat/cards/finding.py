"""Which card and which code a request means.

Law: reads, changes nothing; what is not there is the vendor's error.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mocks.http import Answer

from .card import Card
from .codes import HELD
from .parsing import is_whole

if TYPE_CHECKING:
    from mocks.wechat.state import State

OK = "0"


def card_of(state: State, payload: Mapping[str, Any]) -> Card | Answer:
    """The card that a request names."""
    card_id = payload.get("card_id")
    if not isinstance(card_id, str) or not card_id:
        return Answer("41012")
    return state.cards.get(card_id) or Answer("40073")


def code_of(state: State, payload: Mapping[str, Any]) -> tuple[Card, int] | Answer:
    """The card and the number of the code that a request means; somebody must have it.

    Without a card id it is the card that made the code itself: imported codes are found only with their card.
    """
    code = payload.get("code")
    if not isinstance(code, str):  # ids are taken as numbers too
        code = str(code) if is_whole(code) else ""
    if not code:
        return Answer("41013")
    card = card_of(state, payload) if payload.get("card_id") else _maker(state, code)
    if isinstance(card, Answer):
        return card
    number = card.codes.find(code) if card else -1
    return (card, number) if card and number >= 0 and card.codes.states[number] in HELD else Answer("40056")


def _maker(state: State, code: str) -> Card | None:
    """The card that a code's first digits name; a code that was exchanged for another may be any card's."""
    card = state.shelf.by_prefix.get(code[:4])
    if card and not card.custom and code in card.codes.texts:
        return card
    return next((other for other in state.cards.values() if not other.custom and code in other.codes.texts), None)
