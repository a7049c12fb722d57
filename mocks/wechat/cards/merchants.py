"""Sub-merchants, what they may apply for, stores, and the cards of travel and cinema that are filled in for each holder.

Law: a sub-merchant is checked like a card is: time and outcome are drawn from the account's seed.
"""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import TYPE_CHECKING, Any

from mocks.desk import Desk
from mocks.http import Answer
from mocks.wechat.happenings import happened
from sandbox.policy import Call

from .finding import OK, code_of
from .parsing import is_whole

if TYPE_CHECKING:
    from mocks.wechat.state import State

FIELDS = ("brand_name", "logo_url", "protocol", "end_time", "primary_category_id", "secondary_category_id")
CHECKING, APPROVED, REJECTED = "CHECKING", "APPROVED", "REJECTED"
AT_ONCE = 50


def applyprotocol(desk: Desk, state: State, call: Call) -> Answer:
    """The trades that there are: twelve of the first level, eighty-six of the second (A06)."""
    del state
    rows = []
    for first, (key, trade) in enumerate(desk.setting("wechat", "categories").items(), 1):
        below = [
            {
                "secondary_category_id": first * 100 + number,
                "category_name": name,
                "need_qualification_stuffs": list(trade.get("certificates", ())),
                "can_choose_prepaid_card": int(key == "catering"),
                "can_choose_payment_card": int(key == "catering"),
            }
            for number, name in enumerate(trade["second"], 1)
        ]
        rows.append({"primary_category_id": first, "category_name": trade["name"], "secondary_category": below})
    return desk.ask(call) or Answer(OK, {"category": rows})


def submit(desk: Desk, state: State, call: Call) -> Answer:
    """A new sub-merchant; it is checked."""
    info = _info(desk, call.payload)
    if isinstance(info, Answer):
        return info
    if refused := desk.ask(call):
        return refused
    number = 10_000 + len(state.shelf.merchants) + 1
    state.shelf.merchants[number] = {"merchant_id": number, "create_time": desk.now() // 1000}
    return _checked(desk, state, number, info)


def update(desk: Desk, state: State, call: Call) -> Answer:
    """A sub-merchant is described anew, and checked again."""
    info = _info(desk, call.payload)
    if isinstance(info, Answer):
        return info
    number = call.payload["info"].get("merchant_id")
    if not is_whole(number) or number not in state.shelf.merchants:
        return Answer("40139")
    return desk.ask(call) or _checked(desk, state, number, info)


def _info(desk: Desk, payload: Mapping[str, Any]) -> dict[str, Any] | Answer:
    info = payload.get("info")
    if not isinstance(info, dict) or any(info.get(name) in (None, "") for name in FIELDS):
        return Answer("41011")
    first, second, end = (info[name] for name in ("primary_category_id", "secondary_category_id", "end_time"))
    trades = list(desk.setting("wechat", "categories").values())
    known = is_whole(first) and 1 <= first <= len(trades) and is_whole(second)
    if not known or not 1 <= second - first * 100 <= len(trades[first - 1]["second"]):
        return Answer("40150")
    return {name: info[name] for name in info if name != "merchant_id"} if is_whole(end) else Answer("40079")


def _checked(desk: Desk, state: State, number: int, info: Mapping[str, Any]) -> Answer:
    merchant = state.shelf.merchants[number]
    times = merchant.get("times", 0) + 1
    merchant |= {"app_id": state.appid, **info, "times": times, "status": CHECKING, "update_time": desk.now() // 1000}
    rng = Random(f"{state.secret}/merchant/{number}/{times}")
    passes = rng.random() * 100 < desk.setting("wechat", "review_odds")["text"][0]
    due = desk.now() + rng.randrange(desk.setting("wechat", "review_shortest"), desk.setting("wechat", "review_longest") + 1)

    def end() -> None:
        if merchant["times"] == times:
            merchant["status"] = APPROVED if passes else REJECTED
            reason = "" if passes else "资料不全"
            happened(desk, state, "card_merchant_check_result", MerchantId=number, IsPass=int(passes), Reason=reason)

    desk.later(state.account, due, f"check of sub-merchant {number}", end)
    return Answer(OK, {"info": _shown(merchant, desk.now())})


def _shown(merchant: Mapping[str, Any], now: int) -> dict[str, Any]:
    over = merchant["status"] == APPROVED and merchant["end_time"] * 1000 <= now
    told = {name: value for name, value in merchant.items() if name != "times"}
    return {**told, "status": "EXPIRED"} if over else told


def get(desk: Desk, state: State, call: Call) -> Answer:
    """One sub-merchant."""
    number = call.payload.get("merchant_id")
    merchant = state.shelf.merchants.get(number) if is_whole(number) else None  # type: ignore[arg-type] # it is a number by then
    if merchant is None:
        return Answer("40139")
    return desk.ask(call) or Answer(OK, {"info": _shown(merchant, desk.now())})


def batchget(desk: Desk, state: State, call: Call) -> Answer:
    """Sub-merchants after `begin_id`, at most `limit`, of a status if one is named."""
    said = call.payload
    begin, limit, status = said.get("begin_id", 0), said.get("limit", AT_ONCE), said.get("status", "")
    if not (is_whole(begin) and is_whole(limit) and 0 < limit <= AT_ONCE and isinstance(status, str)):
        return Answer("40097")
    if refused := desk.ask(call):
        return refused
    rows = [_shown(one, desk.now()) for number, one in sorted(state.shelf.merchants.items()) if number > begin]
    return Answer(OK, {"info_list": [one for one in rows if status in ("", one["status"])][:limit]})


def add_locations(desk: Desk, state: State, call: Call) -> Answer:
    """Stores of the old kind: an id for each, or -1 for one that lacks its name or place."""
    stores = call.payload.get("location_list")
    if (
        not isinstance(stores, list)
        or not stores
        or len(stores) > AT_ONCE
        or not all(isinstance(one, dict) for one in stores)
    ):
        return Answer("41011")
    if refused := desk.ask(call):
        return refused
    ids = []
    for store in stores:
        good = all(isinstance(store.get(name), str) and store[name] for name in ("business_name", "address"))
        if good:
            state.shelf.locations.append({"location_id": 1_000 + len(state.shelf.locations), **store})
        ids.append(state.shelf.locations[-1]["location_id"] if good else -1)
    return Answer(OK, {"location_id_list": ids})


def get_locations(desk: Desk, state: State, call: Call) -> Answer:
    """Stores, a page at a time; a count of 0 means all."""
    offset, count = call.payload.get("offset", 0), call.payload.get("count", 0)
    if not (is_whole(offset) and is_whole(count) and offset >= 0 and count >= 0):
        return Answer("41011")
    if refused := desk.ask(call):
        return refused
    rows = state.shelf.locations[offset : offset + count if count else None]
    return Answer(OK, {"location_list": rows, "count": len(rows)})


TICKETS = {
    "wechat.card.movieticket": ("MOVIE_TICKET", ("ticket_class", "show_time", "duration")),
    "wechat.card.meetingticket": ("MEETING_TICKET", ("zone", "entrance", "seat_number")),
    "wechat.card.boardingpass": ("BOARDING_PASS", ("passenger_name", "class", "etkt_bnr")),
    "wechat.card.luckymoney": ("LUCKY_MONEY", ("balance",)),
    "wechat.card.generalcard": ("GENERAL_CARD", ()),
}
"""What is filled in for each holder of a card, by action: the card's type, and the fields that must be there."""


def fill_in(desk: Desk, state: State, call: Call) -> Answer:
    """Write a holder's own data on his card: a seat, a flight, a balance."""
    found = code_of(state, call.payload)
    if isinstance(found, Answer):
        return found
    (card, number), (kind, fields) = found, TICKETS[call.action]
    if card.kind != kind:
        return Answer("40071")
    if any(call.payload.get(name) in (None, "") for name in fields):
        return Answer("41011")
    if card.status_of(number, desk.now()) != "NORMAL":
        return Answer("40127")
    if refused := desk.ask(call):
        return refused
    rest = {name: value for name, value in call.payload.items() if name not in ("code", "card_id")}
    card.members[card.codes.texts[number]] = rest
    return Answer(OK)
