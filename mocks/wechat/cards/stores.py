"""A chain's stores: who of their staff may redeem where, and a redemption at the counter.

Law: a store redeems only what its permission and the card's list of stores cover (A12, A29). Where it happened is kept for ninety days.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mocks.desk import Desk
from mocks.http import Answer
from sandbox.policy import Signal

from .card import Card
from .finding import OK, code_of
from .redeeming import problem, redeem
from .screening import values
from .shelf import Place

if TYPE_CHECKING:
    from mocks.wechat.state import State

SOURCES = ("FROM_API", "FROM_MP", "FROM_MOBILE_HELPER")


def staffed(desk: Desk, state: State, signal: Signal) -> Answer:
    """Whoever redeems (`openid`) may do so at these stores (`location_ids`); at none, when the list is empty."""
    del desk
    openid, places = signal.payload.get("openid"), signal.payload.get("location_ids", [])
    if not isinstance(openid, str) or not openid:
        return Answer("40003")
    if not isinstance(places, list):
        return Answer("40072")
    state.shelf.staff[openid] = frozenset(map(str, places))
    return Answer(OK)


def redeemed(desk: Desk, state: State, signal: Signal) -> Answer:
    """A code is redeemed at a store (`location_id`) by its staff (`staff`), or by the user's own tap.

    More of it: `source`, `fee` (fen; a tiered card takes off what its step says), `verify_code`, `remark_amount`, `longitude`, `latitude`.
    """
    said, found = signal.payload, code_of(state, signal.payload)
    if isinstance(found, Answer):
        return found
    card, number = found
    source = said.get("source", "FROM_MOBILE_HELPER")
    if source not in SOURCES:
        return Answer("40097")
    if refused := _not_here(state, card, said) or _not_so(desk, state, said) or problem(state, card, number, desk.now()):
        return refused
    fee, off = said.get("fee"), None
    if isinstance(fee, int) and values(card):
        off = max((cost for least, cost in values(card) if fee >= least), default=None)
        if off is None:
            return Answer("40147")
    told = {
        "LocationName": str(said.get("location_id", "")),
        "StaffOpenId": str(said.get("staff", "")),
        "VerifyCode": str(said.get("verify_code", "")),
        "RemarkAmount": str(said.get("remark_amount", "")),
    }
    answer = redeem(desk, state, card, number, source, told)
    _note_place(desk, state, card, number, said)
    return answer if off is None else answer._replace(body={**answer.body, "reduce_cost": off})


def _not_here(state: State, card: Card, said: Mapping[str, Any]) -> Answer | None:
    """A12: the store is one of the card's, and the staff's permission covers it."""
    place, stores = str(said.get("location_id", "")), [str(one) for one in card.base.get("location_id_list", ())]
    if stores and card.base.get("use_all_locations") is not True and place not in stores:
        return Answer("40072")
    if "staff" in said and place not in state.shelf.staff.get(str(said["staff"]), frozenset()):
        return Answer("48001")
    return None


def _not_so(desk: Desk, state: State, said: Mapping[str, Any]) -> Answer | None:
    """A03-A05: how a trade's cards are redeemed, where that is enforced."""
    if desk.setting("wechat", "category_rights") != "enforced":
        return None
    trade = desk.setting("wechat", "categories").get(state.category, {})
    way = "online" if said.get("source") == "FROM_API" else "staff" if "staff" in said else "user"
    return None if way in trade.get("redeemed_by", (way,)) else Answer("45030")


def _note_place(desk: Desk, state: State, card: Card, number: int, said: Mapping[str, Any]) -> None:
    where = [said.get("longitude"), said.get("latitude")]
    if not all(isinstance(one, int | float) for one in where):
        return
    places, now = state.shelf.places, desk.now()
    while places and places[0].at <= now - desk.setting("wechat", "places_kept"):
        places.popleft()
    places.append(Place(now, card.id, card.codes.texts[number], float(where[0]), float(where[1])))  # type: ignore[arg-type] # checked above
