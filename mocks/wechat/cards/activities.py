"""Cards that follow a payment as a package for friends (支付后领取立减金), and the card that a store's mini-program shows.

Law: while a package runs, its cards' stock is shared with it: nobody may change it (72014).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.wechat.figures import day_of
from sandbox.policy import Call, Signal

from .card import COLORS, ON_SALE
from .claiming import received
from .finding import OK, card_of
from .parsing import is_whole

if TYPE_CHECKING:
    from mocks.wechat.state import State

NUMBERS: Final = ("begin_time", "end_time", "gift_num", "max_partic_times_act", "max_partic_times_one_day")
KIND: Final = "AFTER_PAY_PACKAGE"


@dataclass(slots=True)
class Activity:
    """What was said when it was created, and how often each user took part: in all, and on each day."""

    basic: dict[str, Any]
    cards: list[dict[str, Any]]
    times: Counter[tuple[str, int]] = field(default_factory=Counter)

    def runs(self, now: int) -> bool:
        """Is it between its begin and its end? `now` in ms."""
        return int(self.basic["begin_time"]) <= now // 1000 < int(self.basic["end_time"])


def create(desk: Desk, state: State, call: Call) -> Answer:
    """A new package: who pays this merchant so much may take a card, and friends with him."""
    info = call.payload.get("info")
    parts = [info.get(name) for name in ("basic_info", "custom_info")] if isinstance(info, dict) else [None]
    if not isinstance(info, dict) or not all(isinstance(one, dict) for one in parts):
        return Answer("41011")
    basic: Any = info["basic_info"]
    cards: Any = info.get("card_info_list")
    bad = _bad_basic(basic) or _bad_cards(state, cards)
    if bad or info["custom_info"].get("type") != KIND:
        return Answer(bad or "40097")
    if refused := desk.ask(call):
        return refused
    number = state.office.ordinal("activity")
    state.shelf.activities[number] = Activity(basic, cards)
    return Answer(OK, {"activity_id": number})


def _bad_basic(basic: Mapping[str, Any]) -> str:
    if basic.get("activity_bg_color") not in tuple(COLORS):
        return "40076"
    appid, mchid = basic.get("activity_tinyappid"), basic.get("mch_code")
    if not (isinstance(appid, str) and appid.startswith("wx")):
        return "40013"
    if not (isinstance(mchid, str) and mchid.isascii() and mchid.isdecimal()):
        return "72010"
    if not all(is_whole(basic.get(name)) and basic[name] > 0 for name in NUMBERS):
        return "41011"
    return "" if basic["begin_time"] < basic["end_time"] else "40079"


def _bad_cards(state: State, cards: object) -> str:
    """Vouchers of the account's that have passed their review, each from so much on."""
    if not isinstance(cards, list) or not cards or not all(isinstance(one, dict) for one in cards):
        return "41011"
    for one in cards:
        card = card_of(state, one)
        if isinstance(card, Answer):
            return card.code
        if card.kind != "CASH" or card.status not in ON_SALE:
            return "40078" if card.kind == "CASH" else "40071"
        if not is_whole(one.get("min_amt", 0)) or one.get("min_amt", 0) < 0:
            return "40097"
    return ""


def shared(state: State, card_id: str, now: int) -> bool:
    """Is a card's stock shared with a package that runs?"""
    return any(
        one.runs(now) and any(card["card_id"] == card_id for card in one.cards) for one in state.shelf.activities.values()
    )


def taken(desk: Desk, state: State, signal: Signal) -> Answer:
    """A user (`openid`) who paid `amount` (fen), or a friend of his, takes a card from a package (`activity_id`)."""
    said, now = signal.payload, desk.now()
    number, openid, amount = said.get("activity_id"), said.get("openid"), said.get("amount")
    found = state.shelf.activities.get(number) if is_whole(number) else None  # type: ignore[arg-type] # it is a number by then
    if found is None or not found.runs(now):
        return Answer("72001")
    if not isinstance(openid, str) or not openid or not is_whole(amount):
        return Answer("40003" if is_whole(amount) else "40097")
    fit = next((one for one in found.cards if one.get("min_amt", 0) <= amount), None)
    if fit is None:
        return Answer("72001")
    ever, today = (openid, -1), (openid, day_of(now))
    basic = found.basic
    if found.times[ever] >= basic["max_partic_times_act"] or found.times[today] >= basic["max_partic_times_one_day"]:
        return Answer("45033")
    wanted = {"card_id": fit["card_id"], "openid": openid}
    answer = received(
        desk, state, Signal("wechat", "wechat.card_received", state.account, actor=signal.actor, payload=wanted)
    )
    if answer.code == OK:
        found.times.update((ever, today))
    return answer


def set_store(desk: Desk, state: State, call: Call) -> Answer:
    """A store's mini-program shows this card."""
    card, place = card_of(state, call.payload), _place(call.payload)
    if not place:
        return Answer("40072")
    if isinstance(card, Answer):
        return card
    if card.status not in ON_SALE:
        return Answer("40078")
    if refused := desk.ask(call):
        return refused
    state.shelf.shown_at[place] = card.id
    return Answer(OK)


def get_store(desk: Desk, state: State, call: Call) -> Answer:
    """Which card a store's mini-program shows."""
    card_id = state.shelf.shown_at.get(_place(call.payload))
    if card_id is None:
        return Answer("40072")
    return desk.ask(call) or Answer(OK, {"card_id": card_id})


def _place(said: Mapping[str, Any]) -> str:
    """The number of a place, as number or as text; an empty text for what is none."""
    place = said.get("poi_id")
    text = str(place) if is_whole(place) and place > 0 else place  # type: ignore[operator] # it is a number by then
    return text if isinstance(text, str) and text.isascii() and text.isdecimal() and len(text) <= 19 else ""
