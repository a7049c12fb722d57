"""What users do: take a card, give it away, throw it away, look at it, have it redeemed at a store.

Law: facts told by the control plane; what cannot be is refused with the vendor's code. Each that comes about is a happening.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mocks.desk import Desk
from mocks.http import Answer
from mocks.wechat import acts
from mocks.wechat.happenings import happened
from sandbox.policy import Call, Signal

from . import upkeep
from .card import Card
from .concealing import conceal
from .finding import OK, card_of
from .redeeming import on_sale, redeem
from .shelf import Ticket

if TYPE_CHECKING:
    from mocks.wechat.state import State


def received(desk: Desk, state: State, signal: Signal) -> Answer:
    """A user takes a card: from the stock, at most `get_limit` times, within the day's issue (K01-K04, A03-A05).

    Beside `card_id` and `openid`: `ticket` (of a QR code), `code` (of a card with codes of the merchant's own), `device`, `outer_str`,
    `from_appid` (another account's page: wants a UnionID link, A33). A virtual service
    taken in a live room is redeemed at once (A28).
    """
    said = signal.payload
    ticket = state.shelf.tickets.get(str(said["ticket"])) if "ticket" in said else None
    wanted = _behind(ticket, said)
    card = card_of(state, {**wanted, **said})
    if isinstance(card, Answer):
        return card
    openid, code = said.get("openid"), str(said.get("code", wanted.get("code", "")))
    if not isinstance(openid, str) or not openid or wanted.get("openid", openid) != openid:
        return Answer("40003")
    bad = _bad_ticket(desk, said, ticket, wanted) or _bad_origin(state, said)
    if not bad and not on_sale(card, openid, state.shelf.testers):
        bad = "40078"
    if bad := bad or card.cannot_take(openid) or _bad_code(card, code):
        return Answer(bad)
    if refused := acts.claimed(desk, state, signal, openid):
        return refused
    actor = {**state.identity, **signal.actor, "user": openid}
    if refused := desk.ask(Call("wechat", "wechat.card.issue", state.account, actor)):
        return refused
    if ticket and ticket.once:
        ticket.until = 0
    channel = str(said.get("outer_str", wanted.get("outer_str", "")))
    device = str(said.get("device", signal.actor.get("device", "")))
    number = card.take(openid, desk.now(), code, device, channel)
    taken = card.codes.texts[number]
    _told(desk, state, card, number, channel, said)
    upkeep.after_take(desk, state, card, number)
    if card.special("LIVE"):
        redeem(desk, state, card, number, "FROM_API")
    return Answer(OK, {"code": taken, **({"encrypt_code": conceal(state, taken)} if said.get("encrypted") else {})})


def _told(desk: Desk, state: State, card: Card, number: int, channel: str, said: Mapping[str, Any]) -> None:
    openid = card.codes.holder(number)
    linked = {"UnionId": union_of(state, openid)} if state.shelf.linked else {}
    happened(
        desk,
        state,
        "user_get_card",
        openid,
        card.codes.holders[number],
        CardId=card.id,
        IsGiveByFriend=0,
        UserCardCode=card.codes.texts[number],
        FriendUserName="",
        OuterId=int(said.get("outer_id", 0)) if str(said.get("outer_id", 0)).isdecimal() else 0,
        OldUserCardCode="",
        OuterStr=channel,
        IsRestoreMemberCard=0,
        IsRecommendByFriend=int(bool(said.get("recommended"))),
        **linked,
    )


def union_of(state: State, openid: str) -> str:
    """A user's id across the accounts that are linked."""
    return "o6_" + conceal(state, openid)[:25]


def _behind(ticket: Ticket | None, said: Mapping[str, Any]) -> Mapping[str, Any]:
    """The card behind a QR code that the user takes: the one that is named, or the first."""
    cards = ticket.cards if ticket else ()
    return next((one for one in cards if said.get("card_id") in (None, one["card_id"])), {})


def _bad_ticket(desk: Desk, said: Mapping[str, Any], ticket: Ticket | None, wanted: Mapping[str, Any]) -> str:
    """A QR code leads for a time, and to its own cards alone."""
    good = "ticket" not in said or (ticket is not None and ticket.until > desk.now() and wanted)
    return "" if good else "40053"


def _bad_origin(state: State, said: Mapping[str, Any]) -> str:
    """A claim that comes from another account's page wants the two linked by UnionID (A33)."""
    origin = said.get("from_appid", state.appid)
    return "" if origin == state.appid or origin in tuple(state.shelf.linked) else "48001"


def _bad_code(card: Card, code: str) -> str:
    if not code:
        return ""
    if not card.custom or card.deposits:
        return "40158"
    return "40111" if code in card.codes.texts else ""
