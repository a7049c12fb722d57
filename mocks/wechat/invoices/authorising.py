"""The merchant's part: settings, the page on which a user wants an invoice, what he said there, and no.

Law: an order is one user's, once: authorised, then either rejected or invoiced, each for good. Bad fields are 72031.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from mocks.bizpush import asked
from mocks.desk import Desk
from mocks.http import Answer
from mocks.wechat.cards.parsing import encodable, is_whole
from mocks.wechat.happenings import happened
from mocks.wechat.tickets import CARD, good
from sandbox.policy import Call, Signal

from .state import ASKED, AUTHORISED, INSERTED, REJECTED, Order

if TYPE_CHECKING:
    from mocks.wechat.state import State

OK: Final = "0"
BAD: Final = "72031"
"""A field is missing, or is not what it should be."""

SOURCES: Final = ("app", "web", "wap", "wxa")
KINDS: Final = (0, 1, 2)
"""Pages on which an invoice is asked for, asked for with fields to fill in, or taken."""

FIELDS: Final = {
    "user_field": ("title", "phone", "email"),
    "biz_field": ("title", "tax_no", "addr", "phone", "bank_type", "bank_no"),
}
"""What a person, and what a company, can be asked for."""

PAGE: Final = "https://mp.weixin.qq.com/bizmall/authinvoice"
MCHID: Final = range(8, 11)


def is_text(value: object) -> bool:
    """A text that is not empty and can be said in UTF-8."""
    return isinstance(value, str) and bool(value) and encodable(value)


def platform_of(state: State) -> str:
    """The number by which the account is known as an invoicing platform (s_pappid)."""
    digest = sha256(f"{state.secret}/platform".encode()).digest()[:20]
    return urlsafe_b64encode(f"{state.appid}_".encode() + digest).decode()


def _bad_auth_field(value: Mapping[str, Any]) -> str:
    """Parts for persons and companies; each says of its fields whether they are shown and must be filled in."""
    parts = [(value[name], names) for name, names in FIELDS.items() if name in value]
    fit = parts and all(isinstance(said, dict) and _is_part(said, names) for said, names in parts)
    return "" if fit else BAD


def _is_part(said: Mapping[str, Any], names: tuple[str, ...]) -> bool:
    flags = [said.get(f"{what}_{name}", 0) for what in ("show", "require") for name in names]
    own = said.get("custom_field", [])
    return all(is_whole(flag) and flag in (0, 1) for flag in flags) and isinstance(own, list) and all(map(_is_own, own))


def _is_own(field: object) -> bool:
    return isinstance(field, dict) and is_text(field.get("key"))


def _bad_paymch(value: Mapping[str, Any]) -> str:
    mchid = value.get("mchid")
    if not (isinstance(mchid, str) and mchid.isascii() and mchid.isdecimal() and len(mchid) in MCHID):
        return "72030"
    return "" if is_text(value.get("s_pappid")) else BAD


def _bad_contact(value: Mapping[str, Any]) -> str:
    wait: Any = value.get("time_out")
    return "" if is_text(value.get("phone")) and is_whole(wait) and wait > 0 else BAD


SETS: Final[Mapping[str, tuple[str, Callable[[Mapping[str, Any]], str]]]] = {
    "set_auth_field": ("auth_field", _bad_auth_field),
    "set_pay_mch": ("paymch_info", _bad_paymch),
    "set_contact": ("contact", _bad_contact),
}
GETS: Final = {
    "get_auth_field": ("auth_field", "72029"),
    "get_pay_mch": ("paymch_info", "72028"),
    "get_contact": ("contact", "72063"),
}
"""What can be set and got, under which name, and what is said when it never was set."""


def setbizattr(desk: Desk, state: State, call: Call) -> Answer:
    """Set or get what users are asked for, whom payments go to, whom users can ask: `action` of the query says which."""
    action, attributes = call.payload.get("action"), state.invoices.attributes
    if action in tuple(GETS):
        name, missing = GETS[action]
        found = attributes.get(name)
        return Answer(missing) if found is None else desk.ask(call) or Answer(OK, {name: found})
    if action not in tuple(SETS):
        return Answer("72027")
    name, problem = SETS[action]
    value: Any = call.payload.get(name)
    bad = problem(value) if isinstance(value, dict) else BAD
    if bad:
        return Answer(bad)
    if refused := desk.ask(call):
        return refused
    attributes[name] = value
    return Answer(OK)


def getauthurl(desk: Desk, state: State, call: Call) -> Answer:
    """A page on which a user says that he wants an invoice for an order. Users must be able to reach the merchant first."""
    said, orders = call.payload, state.invoices.orders
    if bad := _bad_wish(desk, state, said):
        return Answer(bad)
    before = orders.get(said["order_id"])
    if before and before.status not in (ASKED, AUTHORISED):
        return Answer("72035" if before.status == REJECTED else "72056")
    if before and before.platform != said["s_pappid"]:
        return Answer("72038")
    if refused := desk.ask(call):
        return refused
    orders.setdefault(said["order_id"], Order(said["s_pappid"], said["source"], said["type"]))
    shown = {name: str(said[name]) for name in ("s_pappid", "order_id", "money", "timestamp", "source", "type")}
    link = asked(PAGE, action="auth", appid=state.appid, **shown, redirect_url=said.get("redirect_url") or "")
    return Answer(OK, {"auth_url": link, "appid": state.appid})


def _bad_wish(desk: Desk, state: State, said: Mapping[str, Any]) -> str:
    texts, numbers = ("s_pappid", "order_id", "ticket"), ("money", "timestamp")
    if not all(is_text(said.get(name)) for name in texts) or said.get("source") not in SOURCES:
        return BAD
    if not all(is_whole(said.get(name)) and said[name] >= 0 for name in numbers) or not is_whole(said.get("type")):
        return BAD
    if said["type"] not in KINDS or (said["source"] == "web" and not is_text(said.get("redirect_url"))):
        return BAD
    if not (said.get("redirect_url") in (None, "") or is_text(said["redirect_url"])):
        return BAD
    if said["ticket"] not in good(state, CARD, desk.now()):
        return BAD
    if said["type"] == 1 and "auth_field" not in state.invoices.attributes:
        return "72029"
    return "" if "contact" in state.invoices.attributes else "72063"


def order_of(state: State, said: Mapping[str, Any]) -> Order | Answer:
    """The authorised order that a request means, of the invoicing platform that it names."""
    order_id, platform = said.get("order_id"), said.get("s_pappid")
    if not is_text(order_id) or not is_text(platform):
        return Answer(BAD)
    order = state.invoices.orders.get(str(order_id))
    if order is None or order.platform != platform or order.status == ASKED:
        return Answer("72038")
    return Answer("72035") if order.status == REJECTED else order


def getauthdata(desk: Desk, state: State, call: Call) -> Answer:
    """Has a user authorised an order, and what did he fill in?"""
    order = order_of(state, call.payload)
    if isinstance(order, Answer):
        return order
    told = {"invoice_status": "auth success", "auth_time": order.at, "user_auth_info": order.said}
    return desk.ask(call) or Answer(OK, told)


def rejectinsert(desk: Desk, state: State, call: Call) -> Answer:
    """There will be no invoice for an order: for good."""
    order, url = order_of(state, call.payload), call.payload.get("url")
    if isinstance(order, Answer):
        return order
    if not is_text(call.payload.get("reason")) or not (url is None or isinstance(url, str)):
        return Answer(BAD)
    if order.status == INSERTED:
        return Answer("72024")
    if refused := desk.ask(call):
        return refused
    order.status = REJECTED
    return Answer(OK)


def authorised(desk: Desk, state: State, signal: Signal) -> Answer:
    """A user authorises an order (`order_id`, `openid`) with what he fills in: `user_field` or `biz_field`; or it fails (`failed`)."""
    said = signal.payload
    order = state.invoices.orders.get(str(said.get("order_id")))
    if order is None or order.status != ASKED:
        return Answer("72038" if order is None else "72074")
    if not is_text(said.get("openid")):
        return Answer("40003")
    filled = {name: said[name] for name in FIELDS if said.get(name) is not None}
    if not all(isinstance(one, dict) for one in filled.values()) or _lacking(state, order, filled):
        return Answer(BAD)
    failed = said.get("failed") is True
    if not failed:
        order.status, order.openid, order.at, order.said = AUTHORISED, said["openid"], desk.now() // 1000, filled
    numbers = ("", said["order_id"]) if failed else (said["order_id"], "")
    fields = dict(zip(("SuccOrderId", "FailOrderId"), numbers, strict=True))
    fields |= {"AppId": state.appid, "AuthorizeAppId": state.appid, "Source": order.source, "SPAppId": order.platform}
    happened(desk, state, "user_authorize_invoice", said["openid"], **fields)
    return Answer(OK)


def _lacking(state: State, order: Order, filled: Mapping[str, Any]) -> bool:
    """On a page with fields, one part is filled in, with all that it must have."""
    if order.kind != 1:
        return len(filled) > 1
    wanted = state.invoices.attributes.get("auth_field", {})
    if len(filled) != 1 or not filled.keys() <= wanted.keys():
        return True
    ((name, values),) = filled.items()
    return any(wanted[name].get(f"require_{one}") == 1 and not is_text(values.get(one)) for one in FIELDS[name])
