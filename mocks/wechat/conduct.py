"""What a merchant's offences do to his cards: one that advertises falsely is taken down, a won appeal puts it back (A19).

Law: the ladder, its times and how an appeal ends are the rulebook's; here is only what happens to the goods. An appeal concerns a
ladder's last offence: it puts back what that offence took, unless somebody has changed the card since.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.wechat.cards import review
from mocks.wechat.cards.card import NOT_VERIFY, VERIFY_FAIL
from mocks.wechat.cards.finding import card_of
from mocks.wechat.cards.shelf import Taken
from mocks.wechat.state import State
from sandbox.policy import Signal

ABOUT: Final = "false_advertising"


def offended(desk: Desk, state: State, signal: Signal) -> Answer:
    """An offence is on record; a card that is named with false advertising is as one that failed its review."""
    del desk
    if signal.about != ABOUT:
        return Answer("0")
    state.shelf.taken = None
    if "card_id" not in signal.payload:
        return Answer("0")
    card = card_of(state, signal.payload)
    if isinstance(card, Answer):
        return card
    before = card.status
    if card.move(VERIFY_FAIL):
        state.shelf.taken = Taken(card, before, card.review)
    return Answer("0")


def appeal_won(desk: Desk, state: State, signal: Signal) -> Answer:
    """The last offence is off the record: the card that it took down is what it was; if that was in review, it is reviewed anew."""
    taken = state.shelf.taken
    if signal.about != ABOUT or taken is None:
        return Answer("0")
    state.shelf.taken, card = None, taken.card
    if (card.status, card.review) == (VERIFY_FAIL, taken.review):
        card.status = taken.status
        if card.status == NOT_VERIFY:
            review.begin(desk, state, card)
    return Answer("0")


SIGNALS: Final[Mapping[str, Callable[[Desk, State, Signal], Answer]]] = {"offence": offended, "appeal_won": appeal_won}
"""What happens here when a fact of the domain is told."""
