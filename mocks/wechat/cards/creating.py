"""Cards come, are shown, changed and go: create, get, batchget, update, delete.

Law: what can be refused without asking the gate is refused first, so that a bad request uses up nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.wechat.cards import parsing, review, upkeep
from sandbox.events import Event
from sandbox.policy import Call

from .card import COLORS, DELETED, FIXED_RANGE, FIXED_TERM, NOT_VERIFY, STATUSES, VERIFY_FAIL, Card, read_dates
from .finding import OK, card_of
from .screening import objection

if TYPE_CHECKING:
    from mocks.wechat.state import State

AT_ONCE = 50
OLD_NAMES: Final[Mapping[str, str]] = {
    "CARD_STATUS_VERIFY_FALL": VERIFY_FAIL,
    "CARD_STATUS_USER_DELETE": DELETED,
    "CARD_STATUS_USER_DISPATCH": "CARD_STATUS_DISPATCH",
}
"""What statuses were called in older documents."""

BASE_FIELDS: Final = frozenset(
    [
        "title",
        "logo_url",
        "notice",
        "description",
        "service_phone",
        "color",
        "location_id_list",
        "use_all_locations",
        "center_title",
        "center_sub_title",
        "center_url",
        "center_app_brand_user_name",
        "center_app_brand_pass",
        "custom_url_name",
        "custom_url",
        "custom_url_sub_title",
        "custom_app_brand_user_name",
        "custom_app_brand_pass",
        "promotion_url_name",
        "promotion_url",
        "promotion_url_sub_title",
        "promotion_app_brand_user_name",
        "promotion_app_brand_pass",
        "code_type",
        "pay_info",
        "is_pay_and_qrcode",
        "get_limit",
        "can_share",
        "can_give_friend",
        "date_info",
    ]
)
"""What may be updated in a base_info."""

MEMBER_FIELDS: Final = frozenset(
    [
        "background_pic_url",
        "supply_bonus",
        "bonus_url",
        "bonus_cleared",
        "bonus_rules",
        "supply_balance",
        "balance_url",
        "balance_rules",
        "prerogative",
        "auto_activate",
        "wx_activate",
        "activate_url",
        "custom_field1",
        "custom_field2",
        "custom_field3",
        "custom_cell1",
        "custom_cell2",
        "custom_cell3",
        "bonus_rule",
        "discount",
    ]
)
"""What may be updated of a member card beside its base_info."""

MUST_NOT_END = ("supply_bonus", "supply_balance")


def create(desk: Desk, state: State, call: Call) -> Answer:
    """A new card; it waits for its review."""
    shelf, content = state.shelf, call.payload.get("card")
    if not (shelf.open and shelf.may("developer")):
        return Answer("48001")
    if not parsing.encodable(content):
        return Answer("40033")
    made = parsing.parse(content, _setting(desk), desk.now())
    bad = made if isinstance(made, str) else _bad_merchant(state, made)
    if isinstance(made, str) or bad:
        return Answer(bad)
    if refused := _objected(desk, state, made) or desk.ask(call):
        return refused
    shelf.made += 1
    digest = hashlib.sha256(f"{state.appid}/card/{shelf.made}".encode()).hexdigest()
    made.id, made.serial, made.created, made.updated = "p" + digest[:27], shelf.made, desk.now(), desk.now()
    state.cards[made.id] = shelf.by_prefix[made.prefix] = made
    review.begin(desk, state, made)
    upkeep.plan(desk, state, made)
    return Answer(OK, {"card_id": made.id})


def _setting(desk: Desk) -> parsing.Setting:
    return lambda name: desk.setting("wechat", name)


def _bad_merchant(state: State, card: Card) -> str:
    """A card for a sub-merchant needs one that was approved."""
    info = card.base.get("sub_merchant_info")
    if info is None:
        return ""
    merchant = state.shelf.merchants.get(info.get("merchant_id", 0)) if _has_number(info) else None
    if merchant is None:
        return "40139"
    return "" if merchant["status"] == "APPROVED" else "40140"


def _has_number(info: object) -> bool:
    return isinstance(info, dict) and parsing.is_whole(info.get("merchant_id"))


def _objected(desk: Desk, state: State, card: Card) -> Answer | None:
    """What the screen says; the journal says why."""
    found = objection(card, state.category, state.shelf.licence, _setting(desk), desk.now())
    if found is None:
        return None
    event: Event = {"at": desk.now(), "kind": "screened", "account": state.account, "action": "wechat.card.create"}
    desk.record({**event, "code": found.code, "reason": found.reason, "what": found.what})
    return Answer(found.code)


def get(desk: Desk, state: State, call: Call) -> Answer:
    """The whole card, as it was created, with what has become of it."""
    found = card_of(state, call.payload)
    if isinstance(found, Answer):
        return found
    return desk.ask(call) or Answer(OK, {"card": found.shown()})


def batchget(desk: Desk, state: State, call: Call) -> Answer:
    """The ids of the account's cards, newest last, a page at a time."""
    offset, count = call.payload.get("offset", 0), call.payload.get("count", AT_ONCE)
    wanted = call.payload.get("status_list") or [one for one in STATUSES if one != DELETED]
    good = parsing.is_whole(offset) and parsing.is_whole(count) and offset >= 0 and 0 <= count <= AT_ONCE
    if not good or not isinstance(wanted, list) or not all(isinstance(one, str) for one in wanted):
        return Answer("41011")
    names = {OLD_NAMES.get(one, one) for one in wanted}
    if not names <= set(STATUSES):
        return Answer("40078")
    if refused := desk.ask(call):
        return refused
    ids = [card.id for card in state.cards.values() if card.status in names]
    return Answer(OK, {"card_id_list": ids[offset : offset + count], "total_num": len(ids)})


def update(desk: Desk, state: State, call: Call) -> Answer:
    """Change what may be changed of a card; some of it wants a new review."""
    card = card_of(state, call.payload)
    if isinstance(card, Answer):
        return card
    part = call.payload.get(card.kind.lower())
    if card.status == DELETED:
        return Answer("40078")
    if not isinstance(part, dict) or not isinstance(part.get("base_info", {}), dict):
        return Answer("41011")
    if not parsing.encodable(part):
        return Answer("40033")
    changed = _changed(card, part)
    changed["base_info"]["sku"] = {"quantity": card.stock}
    bad = _bad_change(desk, card, changed)
    draft = None if bad else Card(card.kind, changed, card.stock, card.custom, card.deposits, card.get_limit)
    if draft is None:
        return Answer(bad)
    if refused := _objected(desk, state, draft) or desk.ask(call):
        return refused
    checked = _needs_review(desk, card, changed)
    card.content, card.dates, card.updated = changed, read_dates(changed["base_info"]["date_info"]), desk.now()
    card.get_limit = changed["base_info"].get("get_limit", card.get_limit)
    card.note_limits()
    if checked and (card.status == NOT_VERIFY or card.move(NOT_VERIFY)):
        review.begin(desk, state, card)
    upkeep.plan(desk, state, card)
    return Answer(OK, {"send_check": checked})


def _changed(card: Card, part: Mapping[str, Any]) -> dict[str, Any]:
    """The card's content with what may be updated laid over; the rest of a request is left aside."""
    fields = MEMBER_FIELDS if card.kind == "MEMBER_CARD" else frozenset()
    base = {name: value for name, value in part.get("base_info", {}).items() if name in BASE_FIELDS}
    rest = {name: value for name, value in part.items() if name in fields or name == "advanced_info"}
    return {**card.content, **rest, "base_info": {**card.base, **base}}


def _bad_change(desk: Desk, card: Card, changed: Mapping[str, Any]) -> str:
    base, setting = changed["base_info"], _setting(desk)
    if any(card.content.get(name) is True and changed.get(name) is not True for name in MUST_NOT_END):
        return "40135"
    bad = parsing.bad_texts(base) or parsing.bad_base(base) or parsing.bad_part(card.kind, changed)
    bad = bad or parsing.bad_advanced(changed.get("advanced_info", {}))
    if bad or base["date_info"] == card.base["date_info"]:
        return bad
    return parsing.bad_dates(card.kind, changed, setting, desk.now()) or ("" if _wider(card, base["date_info"]) else "40100")


def _wider(card: Card, info: Mapping[str, Any]) -> bool:
    """Dates keep their type and may only grow."""
    old, new = card.dates, read_dates(info)
    alike = all(
        (info.get("type") in kind) is (card.base["date_info"].get("type") in kind) for kind in (FIXED_RANGE, FIXED_TERM)
    )
    return alike and new[0] <= old[0] and old[1] <= new[1] and new[2] == old[2] and new[3] >= old[3]


def _needs_review(desk: Desk, card: Card, changed: Mapping[str, Any]) -> bool:
    """One that failed goes to its reviewer again, whatever was changed."""
    fields = desk.setting("wechat", "review_fields")
    new = {**changed, **changed["base_info"]}
    old = {**card.content, **card.base}
    return card.status == VERIFY_FAIL or any(new.get(name) != old.get(name) for name in fields)


def delete(desk: Desk, state: State, call: Call) -> Answer:
    """Take a card away; codes that were received stay good."""
    card = card_of(state, call.payload)
    if isinstance(card, Answer):
        return card
    if card.status == DELETED:
        return Answer("40073")
    if refused := desk.ask(call):
        return refused
    card.move(DELETED)
    return Answer(OK)


def colors(desk: Desk, state: State, call: Call) -> Answer:
    """The colours that a card can have."""
    del state
    rows = [{"name": name, "value": value} for name, value in COLORS.items()]
    return desk.ask(call) or Answer(OK, {"colors": rows})
