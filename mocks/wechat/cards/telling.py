"""A happening to a code: whose it is, which card's, which code, and what else belongs to the event.

Law: as `mocks.wechat.happenings`; the holder is whoever has the code now.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mocks.desk import Desk
from mocks.wechat.happenings import note

from .card import Card

if TYPE_CHECKING:
    from mocks.wechat.state import State


def tell(desk: Desk, state: State, event: str, card: Card, number: int, **more: str | int) -> None:
    """Note what happened to a code."""
    held = card.codes
    fields = {"CardId": card.id, "UserCardCode": held.texts[number], **more}
    note(desk, state, event, held.holder(number), held.holders[number], fields)
