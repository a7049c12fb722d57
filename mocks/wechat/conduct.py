"""What a merchant's offences do to his cards: one that advertises falsely is taken down (A19).

Law: the ladder and its times are the rulebook's; here is only what happens to the goods.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.wechat.cards.card import VERIFY_FAIL
from mocks.wechat.cards.finding import card_of
from mocks.wechat.state import State
from sandbox.policy import Signal


def offended(desk: Desk, state: State, signal: Signal) -> Answer:
    """An offence is on record; a card that is named with false advertising is as one that failed its review."""
    del desk
    if signal.about != "false_advertising" or "card_id" not in signal.payload:
        return Answer("0")
    card = card_of(state, signal.payload)
    if isinstance(card, Answer):
        return card
    card.status = VERIFY_FAIL
    return Answer("0")


SIGNALS: Final[Mapping[str, Callable[[Desk, State, Signal], Answer]]] = {"offence": offended}
"""What happens here when a fact of the domain is told."""
