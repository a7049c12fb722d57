"""Member cards: activation, points and balance, the form that a member fills in, levels.

Law: a member is what its code's record says; points and balance are never negative. Facts A33, M18.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from mocks.desk import Desk
from mocks.http import Answer
from sandbox.policy import Call, Signal

from .card import Card
from .concealing import conceal
from .finding import OK, card_of, code_of
from .parsing import is_whole
from .telling import tell

if TYPE_CHECKING:
    from mocks.wechat.state import State

Member = dict[str, Any]
CUSTOM = ("custom_field_value1", "custom_field_value2", "custom_field_value3")
MOST = 10**9
FORM_FIELDS: Final = frozenset(
    f"USER_FORM_INFO_FLAG_{name}"
    for name in [
        "MOBILE",
        "SEX",
        "NAME",
        "BIRTHDAY",
        "IDCARD",
        "EMAIL",
        "LOCATION",
        "EDUCATION_BACKGROUND",
        "INDUSTRY",
        "INCOME",
        "HABIT",
    ]
)
"""What a form can ask for by itself."""

RICH_FIELDS = ("FORM_FIELD_RADIO", "FORM_FIELD_SELECT", "FORM_FIELD_CHECK_BOX")


def _member_of(state: State, payload: Mapping[str, Any]) -> tuple[Card, int] | Answer:
    found = code_of(state, payload)
    if isinstance(found, Answer):
        return found
    return found if found[0].kind == "MEMBER_CARD" else Answer("72003")


def _record(card: Card, number: int) -> Member:
    """What is known of a member; made when it is first written."""
    blank = {"membership_number": "", "bonus": 0, "balance": 0, "active": False, "user_info": {}, "purchases": 0}
    return card.members.setdefault(card.codes.texts[number], blank)


def activate(desk: Desk, state: State, call: Call) -> Answer:
    """Make a member of whoever holds a code."""
    found, said = _member_of(state, call.payload), call.payload
    if isinstance(found, Answer):
        return found
    card, number = found
    bonus, balance, name = said.get("init_bonus", 0), said.get("init_balance", 0), said.get("membership_number")
    if not isinstance(name, str) or not name:
        return Answer("41011")
    if card.status_of(number, desk.now()) != "NORMAL":
        return Answer("40127")
    if bad := _beyond(bonus, "45022") or _beyond(balance, "45023"):
        return Answer(bad)
    if refused := desk.ask(call):
        return refused
    member = _record(card, number)
    member |= {"membership_number": name, "bonus": bonus, "balance": balance, "active": True}
    member |= {one: said[f"init_{one}"] for one in CUSTOM if isinstance(said.get(f"init_{one}"), str)}
    return Answer(OK)


def _beyond(value: object, code: str) -> str:
    return "" if is_whole(value) and 0 <= value <= MOST else code  # type: ignore[operator] # it is a number by then


def updateuser(desk: Desk, state: State, call: Call) -> Answer:
    """Change a member's points and balance: a total wins over a difference, as at the vendor."""
    found, said = _member_of(state, call.payload), call.payload
    if isinstance(found, Answer):
        return found
    card, number = found
    member = card.members.get(card.codes.texts[number], {})
    if card.status_of(number, desk.now()) != "NORMAL":
        return Answer("40127")
    after, bad = {}, ""
    for name, code in (("bonus", "45022"), ("balance", "45023")):
        before, more = member.get(name, 0), said.get(f"add_{name}", 0)
        after[name] = said.get(name, before + more if is_whole(more) else None)
        bad = bad or _beyond(after[name], code)
    if bad:
        return Answer(bad)
    if refused := desk.ask(call):
        return refused
    changed = {one: said[one] for one in CUSTOM if isinstance(said.get(one), str)}
    _change(desk, state, card, number, {**after, **changed})
    openid = card.codes.holder(number)
    return Answer(OK, {"result_bonus": after["bonus"], "result_balance": after["balance"], "openid": openid})


def _change(desk: Desk, state: State, card: Card, number: int, after: Mapping[str, Any]) -> None:
    """Write a member's record, and tell what moved."""
    member = _record(card, number)
    moved = {name: after.get(name, member[name]) - member[name] for name in ("bonus", "balance")}
    member |= after
    tell(desk, state, "update_member_card", card, number, ModifyBonus=moved["bonus"], ModifyBalance=moved["balance"])


def userinfo(desk: Desk, state: State, call: Call) -> Answer:
    """What is known of a member; nothing of his form while he has unsubscribed (M18)."""
    found = _member_of(state, call.payload)
    if isinstance(found, Answer):
        return found
    card, number = found
    if refused := desk.ask(call):
        return refused
    openid, member = card.codes.holder(number), card.members.get(card.codes.texts[number], {})
    told = {
        "openid": openid,
        **known_of(state, card, number),
        "balance": member.get("balance", 0),
        "sex": "MALE" if sum(openid.encode("utf-8", "replace")) % 2 else "FEMALE",
        "user_card_status": card.status_of(number, desk.now()),
        "has_active": bool(member.get("active")),
    }
    return Answer(OK, {**told, **{one: member[one] for one in CUSTOM if one in member}})


def known_of(state: State, card: Card, number: int) -> dict[str, Any]:
    """What a code's own answer tells of its member too."""
    openid, member = card.codes.holder(number), card.members.get(card.codes.texts[number], {})
    info = {} if openid in state.shelf.unsubscribed else member.get("user_info", {})
    return {
        "nickname": f"用户{openid[-4:]}",
        "membership_number": member.get("membership_number", ""),
        "bonus": member.get("bonus", 0),
        "user_info": {"common_field_list": info.get("common", []), "custom_field_list": info.get("custom", [])},
    }


def set_form(desk: Desk, state: State, call: Call) -> Answer:
    """Which fields a member fills in when he activates the card himself."""
    card = _member_card(state, call.payload)
    if isinstance(card, Answer):
        return card
    forms = {name: call.payload[name] for name in ("required_form", "optional_form") if name in call.payload}
    if not forms or not all(map(_is_form, forms.values())):
        return Answer("40150")
    if card.content.get("wx_activate") is not True:
        return Answer("72026")
    if refused := desk.ask(call):
        return refused
    card.form = {**forms, **{name: call.payload.get(name, {}) for name in ("service_statement", "bind_old_card")}}
    return Answer(OK)


def _member_card(state: State, payload: Mapping[str, Any]) -> Card | Answer:
    card = card_of(state, payload)
    return card if isinstance(card, Answer) or card.kind == "MEMBER_CARD" else Answer("72003")


def _is_form(form: object) -> bool:
    if not isinstance(form, dict):
        return False
    common, own, rich = (form.get(f"{name}_list", []) for name in ("common_field_id", "custom_field", "rich_field"))
    if not all(isinstance(one, list) for one in (common, own, rich)):
        return False
    known = all(isinstance(one, str) and one in FORM_FIELDS for one in common) and all(isinstance(one, str) for one in own)
    return known and all(isinstance(one, dict) and one.get("type") in RICH_FIELDS for one in rich)


def activate_url(desk: Desk, state: State, call: Call) -> Answer:
    """Where a user activates the card himself."""
    card = _member_card(state, call.payload)
    if isinstance(card, Answer):
        return card
    if refused := desk.ask(call):
        return refused
    outer = re.sub(r"[^\w-]", "", str(call.payload.get("outer_str") or ""), flags=re.ASCII)
    url = f"https://mp.weixin.qq.com/bizmall/activatemembercard?action=preshow&encrypt_card_id={conceal(state, card.id)}"
    return Answer(OK, {"url": f"{url}&outer_str={outer}&biz={state.original_id}#wechat_redirect"})


def submitted(desk: Desk, state: State, signal: Signal) -> Answer:
    """A member has filled in the form (`fields`: name -> value); answers with the ticket that its answers can be read with."""
    found, fields = _member_of(state, signal.payload), signal.payload.get("fields", {})
    if isinstance(found, Answer):
        return found
    card, number = found
    if not isinstance(fields, dict):
        return Answer("40097")
    rows = [{"name": name, "value": str(value)} for name, value in fields.items()]
    info = {"common": [row for row in rows if row["name"] in FORM_FIELDS]}
    info["custom"] = [{**row, "value_list": []} for row in rows if row["name"] not in FORM_FIELDS]
    member = _record(card, number)
    member |= {"user_info": info, "active": card.content.get("wx_activate") is True or member["active"]}
    ticket = conceal(state, f"{card.id}/{card.codes.texts[number]}/{desk.now()}")
    state.shelf.forms[ticket] = {"info": info, "until": desk.now() + desk.setting("wechat", "activate_ticket_life")}
    tell(desk, state, "submit_membercard_user_info", card, number)
    return Answer(OK, {"activate_ticket": ticket})


def tempinfo(desk: Desk, state: State, call: Call) -> Answer:
    """What a user has filled in, by the ticket that his activation gave."""
    ticket = call.payload.get("activate_ticket")
    form = state.shelf.forms.get(ticket) if isinstance(ticket, str) else None
    if form is None:
        return Answer("72011")
    if form["until"] <= desk.now():
        return Answer("72012")
    info = {"common_field_list": form["info"]["common"], "custom_field_list": form["info"]["custom"]}
    return desk.ask(call) or Answer(OK, {"info": info})


def purchased(desk: Desk, state: State, signal: Signal) -> Answer:
    """A member pays with his card (`fee`, fen): after so many purchases he is of the next level (A33)."""
    found, said = _member_of(state, signal.payload), signal.payload
    if isinstance(found, Answer):
        return found
    card, number = found
    fee = said.get("fee", 0)
    if not is_whole(fee) or fee < 0:
        return Answer("40097")
    member, trans = _record(card, number), str(said.get("trans_id", ""))
    member["purchases"] += 1
    place = int(said["location_id"]) if str(said.get("location_id", "")).isdecimal() else 0
    more: dict[str, str | int] = {"TransId": trans, "LocationId": place, "Fee": fee, "OriginalFee": fee}
    tell(desk, state, "user_pay_from_pay_cell", card, number, **more)
    for wanted, level in desk.setting("wechat", "member_levels"):
        if member["purchases"] == wanted:
            _change(desk, state, card, number, {CUSTOM[0]: level})
    return Answer(OK, {"purchases": member["purchases"], "level": member.get(CUSTOM[0], "")})
