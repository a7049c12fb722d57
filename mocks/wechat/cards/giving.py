"""Gifts between friends, and what else becomes of a code in a user's wallet.

Law: a code on its way to a friend can be used by nobody; untaken, it returns. What a friend takes is a new code, or, where the
merchant makes the codes, the same one in other hands (A29).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mocks.desk import Desk
from mocks.http import Answer
from sandbox.policy import Signal

from . import codes
from .card import Card
from .finding import OK, code_of
from .redeeming import unusable
from .telling import tell

if TYPE_CHECKING:
    from mocks.wechat.state import State


def gifted(desk: Desk, state: State, signal: Signal) -> Answer:
    """A user gives a card to a friend (`friend`, or whoever takes it in a chat: `chat_room`)."""
    found = code_of(state, signal.payload)
    if isinstance(found, Answer):
        return found
    card, number = found
    if card.base.get("can_give_friend") is False or _often_enough(card, number):
        return Answer("45030")
    if card.status_of(number, desk.now()) not in ("NORMAL", "GIFT_TIMEOUT"):
        return unusable(card, number, card.status_of(number, desk.now()))
    card.codes.move(number, codes.GIFTING)
    friend, room = str(signal.payload.get("friend", "")), int(bool(signal.payload.get("chat_room")))
    _tell_gift(desk, state, card, number, friend, room, returned=0)
    given = card.codes.gifts[number] = card.codes.gifts.get(number, 0) + 1

    def end() -> None:
        if card.codes.states[number] == codes.GIFTING and card.codes.gifts.get(number) == given:
            card.codes.move(number, codes.STATUS.index(desk.setting("wechat", "gift_returns_as")))
            _tell_gift(desk, state, card, number, friend, room, returned=1)

    due = desk.now() + desk.setting("wechat", "gift_waits")
    desk.later(state.account, due, f"gift of card {card.id} not taken", end)
    return Answer(OK)


def _often_enough(card: Card, number: int) -> bool:
    most = card.base.get("max_give_friend_times")
    return isinstance(most, int) and card.codes.gifts.get(number, 0) >= most


def _tell_gift(desk: Desk, state: State, card: Card, number: int, friend: str, room: int, *, returned: int) -> None:
    more: dict[str, str | int] = {"IsReturnBack": returned, "FriendUserName": friend, "IsChatRoom": room}
    tell(desk, state, "user_gifting_card", card, number, **more)


def accepted(desk: Desk, state: State, signal: Signal) -> Answer:
    """The friend (`friend`) takes the gift; answers with the code that it has now."""
    found, friend = code_of(state, signal.payload), signal.payload.get("friend")
    if isinstance(found, Answer):
        return found
    card, number = found
    if not isinstance(friend, str) or not friend:
        return Answer("40003")
    if card.codes.states[number] != codes.GIFTING:
        return Answer("40127")
    return Answer(OK, {"code": card.codes.texts[handed(desk, state, card, number, friend)]})


def handed(desk: Desk, state: State, card: Card, number: int, friend: str) -> int:
    """A code that is on its way is the friend's from now on: a new one, or the same where the merchant makes them; its number."""
    giver, old, taken = card.codes.holder(number), card.codes.texts[number], card.codes.taken_at[number]
    card.codes.move(number, codes.GIFT_SUCC)
    fresh = number if card.custom else card.codes.make(card.make_code())
    card.codes.give(fresh, friend, taken)
    given: dict[str, str | int] = {"IsGiveByFriend": 1, "FriendUserName": giver, "OuterId": 0, "OldUserCardCode": old}
    given |= {"OuterStr": "", "IsRestoreMemberCard": 0, "IsRecommendByFriend": 0}
    tell(desk, state, "user_get_card", card, fresh, **given)
    return fresh


def deleted(desk: Desk, state: State, signal: Signal) -> Answer:
    """A user throws a card away."""
    found = code_of(state, signal.payload)
    if isinstance(found, Answer):
        return found
    card, number = found
    if not card.codes.move(number, codes.DELETE):
        return unusable(card, number, card.status_of(number, desk.now()))
    tell(desk, state, "user_del_card", card, number)
    return Answer(OK)


def refunded(desk: Desk, state: State, signal: Signal) -> Answer:
    """A user gives a bought card back: it returns to the stock. One that was sold before the sale began is not taken back (A28)."""
    found = code_of(state, signal.payload)
    if isinstance(found, Answer):
        return found
    card, number = found
    if card.special("PRESALE"):
        return Answer("45030")
    if not card.codes.move(number, codes.DELETE):
        return unusable(card, number, card.status_of(number, desk.now()))
    if not card.deposits:
        card.stock += 1
    tell(desk, state, "user_del_card", card, number)
    return Answer(OK)


def viewed(desk: Desk, state: State, signal: Signal) -> Answer:
    """A user looks at a card; the merchant is told of it only when the card says so."""
    found = code_of(state, signal.payload)
    if isinstance(found, Answer):
        return found
    card, number = found
    if card.base.get("need_push_on_view") is True:
        channel = card.codes.channels.get(number, "")
        tell(desk, state, "user_view_card", card, number, OuterStr=channel)
    return Answer(OK)


def entered(desk: Desk, state: State, signal: Signal) -> Answer:
    """A user goes from a card to the account's chat."""
    found = code_of(state, signal.payload)
    if isinstance(found, Answer):
        return found
    tell(desk, state, "user_enter_session_from_card", *found)
    return Answer(OK)
