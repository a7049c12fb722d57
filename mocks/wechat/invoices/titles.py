"""Titles of invoices (发票抬头): one that a merchant offers, one that a user hands to a merchant, one that he shows as a code.

Law: a title is what the user last saved or submitted; a code that shows it is good for a short time.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from mocks.bizpush import asked
from mocks.desk import Desk
from mocks.http import Answer
from mocks.wechat.cards.parsing import is_whole
from mocks.wechat.happenings import happened
from sandbox.policy import Call, Signal

from .authorising import BAD, OK, is_text
from .state import Link, Scan

if TYPE_CHECKING:
    from mocks.wechat.state import State

FIELDS: Final = ("title", "phone", "tax_no", "addr", "bank_type", "bank_no")
PAGE: Final = "https://mp.weixin.qq.com/bizmall/invoice"
COMPANY, PERSON = "InvoiceUserTitleBusinessType", "InvoiceUserTitlePersonType"


def getusertitleurl(desk: Desk, state: State, call: Call) -> Answer:
    """A page on which a user takes over a title that the merchant offers, or (`user_fill` 1) fills in his own."""
    fills = call.payload.get("user_fill", 0)
    title = _title_in(call.payload)
    if title is None or not is_whole(fills) or fills not in (0, 1) or (not fills and "title" not in title):
        return Answer(BAD)
    return desk.ask(call) or Answer(OK, {"url": _page(state, "usertitle", Link("", title))})


def getselecttitleurl(desk: Desk, state: State, call: Call) -> Answer:
    """A page on which a user chooses a title for the merchant; `attach` comes back with it."""
    attach = call.payload.get("attach")
    if not (attach in (None, "") or is_text(attach)):
        return Answer(BAD)
    return desk.ask(call) or Answer(OK, {"url": _page(state, "selecttitle", Link(attach or "", None))})


def _title_in(said: Mapping[str, Any]) -> dict[str, str] | None:
    """The fields of a title that are there; None when one of them is no text."""
    found = {name: said[name] for name in FIELDS if said.get(name) is not None}
    return found if all(is_text(one) for one in found.values()) else None


def _page(state: State, action: str, link: Link) -> str:
    key = state.office.mint(state.secret, "invoice/link")[:32]
    url = asked(PAGE, action=action, key=key)
    state.invoices.links[url] = link
    return url


def scantitle(desk: Desk, state: State, call: Call) -> Answer:
    """The title that a user shows as a code."""
    text = call.payload.get("scan_text")
    scan = state.invoices.scans.get(text) if isinstance(text, str) else None
    if scan is None:
        return Answer(BAD)
    if scan.until <= desk.now():
        return Answer("72044")
    title = state.invoices.titles[scan.openid]
    told = {name: title.get(name, "") for name in FIELDS}
    return desk.ask(call) or Answer(OK, {"title_type": int(_kind(title) == PERSON), **told})


def _kind(title: Mapping[str, Any]) -> str:
    return COMPANY if title.get("tax_no") else PERSON


def submitted(desk: Desk, state: State, signal: Signal) -> Answer:
    """A user (`openid`) saves a title of his own, or follows a link (`url`): takes over what is offered, or hands his to the merchant."""
    said, titles = signal.payload, state.invoices.titles
    openid, url, fields = said.get("openid"), said.get("url"), _title_in(said)
    link = state.invoices.links.get(url) if isinstance(url, str) else None
    if not is_text(openid) or fields is None or (url is not None and link is None):
        return Answer(BAD)
    title = {**titles.get(str(openid), {}), **(link.offered or {} if link else {}), **fields}
    if "title" not in title:
        return Answer(BAD)
    titles[str(openid)] = title
    if link and link.offered is None:
        told = {name: title.get(name, "") for name in FIELDS}
        happened(desk, state, "submit_invoice_title", str(openid), **told, attach=link.attach, title_type=_kind(title))
    return Answer(OK)


def shown(desk: Desk, state: State, signal: Signal) -> Answer:
    """A user (`openid`) shows his title as a code: the text in it."""
    openid = signal.payload.get("openid")
    if not isinstance(openid, str) or openid not in state.invoices.titles:
        return Answer(BAD)
    text = f"{PAGE}?action=scan&key={state.office.mint(state.secret, 'invoice/scan')[:32]}"
    state.invoices.scans[text] = Scan(openid, desk.now() + desk.setting("wechat", "invoice_scan_life"))
    return Answer(OK, {"scan_text": text})
