"""The reimburser's part: read invoices that a user has chosen, lock them, close them; and the platform's, that cancels one.

Law: a state machine in a table. Whoever has locked an invoice alone may go on with it; of several, all change or none.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.wechat.cards.concealing import conceal, reveal
from mocks.wechat.happenings import note
from sandbox.policy import Call, Signal

from .authorising import BAD, OK, is_text
from .issuing import url_of
from .state import CANCEL, CLOSURE, INIT, LOCK, STATUSES, Invoice

if TYPE_CHECKING:
    from mocks.wechat.state import State

NAME: Final = "wechat"
NEXT: Final[Mapping[str, tuple[str, ...]]] = {
    INIT: (LOCK, CANCEL),
    LOCK: (INIT, CLOSURE, CANCEL),
    CLOSURE: (),
    CANCEL: (),
}
"""What may become of an invoice."""

ENDED: Final = {CANCEL: "72060", CLOSURE: "72061"}


def getinvoiceinfo(desk: Desk, state: State, call: Call) -> Answer:
    """One invoice that a user has chosen."""
    found = _chosen(state, call.payload)
    if isinstance(found, str):
        return Answer(found)
    return desk.ask(call) or Answer(OK, _shown(state, found))


def getinvoicebatch(desk: Desk, state: State, call: Call) -> Answer:
    """Several of them."""
    found = _all_chosen(desk, state, call.payload.get("item_list"))
    if isinstance(found, str):
        return Answer(found)
    return desk.ask(call) or Answer(OK, {"item_list": [_shown(state, one) for one in found]})


def _chosen(state: State, said: Mapping[str, Any]) -> Invoice | str:
    """The invoice that a request means, or the code of what is wrong."""
    card_id, secret = said.get("card_id"), said.get("encrypt_code")
    code = reveal(state, secret) if isinstance(secret, str) else None
    invoice = state.invoices.invoices.get(code or "")
    return invoice if invoice and invoice.card_id == card_id else BAD


def _all_chosen(desk: Desk, state: State, items: object) -> list[Invoice] | str:
    if not isinstance(items, list) or not items or not all(isinstance(one, dict) for one in items):
        return BAD
    if len(items) > desk.setting(NAME, "invoices_at_once"):
        return "72052"
    found = [_chosen(state, one) for one in items]
    return next((one for one in found if isinstance(one, str)), "") or [one for one in found if isinstance(one, Invoice)]


def _shown(state: State, invoice: Invoice) -> dict[str, Any]:
    template, data = state.invoices.templates.get(invoice.card_id, {}), invoice.data
    hidden = ("s_pdf_media_id", "s_trip_pdf_media_id", "billing_time")
    told = {name: value for name, value in data.items() if name not in hidden}
    told |= {"billing_time": int(data["billing_time"]), "pdf_url": url_of(data.get("s_pdf_media_id", ""))}
    told |= {"reimburse_status": invoice.status, "order_id": invoice.order_id}
    whose = {"card_id": invoice.card_id, "openid": invoice.openid, "begin_time": told["billing_time"], "end_time": 2**31 - 1}
    about = {name: template.get(name) or "" for name in ("type", "payee", "detail")}
    return {**whose, **about, "user_info": told}


def updateinvoicestatus(desk: Desk, state: State, call: Call) -> Answer:
    """Lock, unlock or close one invoice."""
    found = _chosen(state, call.payload)
    return _update(desk, state, call, found if isinstance(found, str) else [found])


def updatestatusbatch(desk: Desk, state: State, call: Call) -> Answer:
    """The same for several invoices of one user: all of them or none."""
    found, openid = _all_chosen(desk, state, call.payload.get("invoice_list")), call.payload.get("openid")
    if not isinstance(found, str) and any(one.openid != openid for one in found):
        found = "72037"
    return _update(desk, state, call, found)


def _update(desk: Desk, state: State, call: Call, found: list[Invoice] | str) -> Answer:
    status = call.payload.get("reimburse_status")
    if status not in STATUSES or status == CANCEL:
        return Answer(BAD)
    bad = found if isinstance(found, str) else next(filter(None, (_bad_move(one, status, state.appid) for one in found)), "")
    if bad or isinstance(found, str):
        return Answer(bad)
    if refused := desk.ask(call):
        return refused
    for one in {invoice.code: invoice for invoice in found}.values():
        move(desk, state, one, status, state.appid)
    return Answer(OK)


def _bad_move(invoice: Invoice, status: str, who: str) -> str:
    """The code of what keeps somebody from moving an invoice there, or an empty text."""
    if invoice.status in ENDED:
        return ENDED[invoice.status]
    if status != CANCEL and invoice.locked_by not in ("", who):
        return "72023"
    if status in NEXT[invoice.status]:
        return ""
    return "72039" if status == CLOSURE else "72024"


def move(desk: Desk, state: State, invoice: Invoice, status: str, who: str) -> None:
    """It is so from now on, and the invoicing platform is told."""
    invoice.status, invoice.locked_by = status, "" if status == INIT else who
    fields = {"Status": status, "CardId": invoice.card_id, "Code": invoice.code}
    note(desk, state, "update_invoice_status", invoice.openid, -1, fields)


def updatestatus(desk: Desk, state: State, call: Call) -> Answer:
    """The invoicing platform says what has become of an invoice: cancelled by a red one, mostly."""
    said = call.payload
    invoice = state.invoices.invoices.get(said["code"]) if is_text(said.get("code")) else None
    if said.get("reimburse_status") not in STATUSES or not is_text(said.get("card_id")) or not is_text(said.get("code")):
        return Answer(BAD)
    if invoice is None or invoice.card_id != said["card_id"]:
        return Answer("72038")
    if bad := _bad_move(invoice, said["reimburse_status"], state.appid):
        return Answer(bad)
    if refused := desk.ask(call):
        return refused
    move(desk, state, invoice, said["reimburse_status"], state.appid)
    return Answer(OK)


def moved(desk: Desk, state: State, signal: Signal) -> Answer:
    """Another reimburser (`by`, an appid) moves the invoice with this `code` to a `reimburse_status`."""
    said = signal.payload
    invoice, status = state.invoices.invoices.get(str(said.get("code"))), said.get("reimburse_status")
    who = said.get("by")
    if invoice is None or status not in STATUSES or not isinstance(who, str) or not who:
        return Answer("72038" if invoice is None else BAD)
    if bad := _bad_move(invoice, status, who):
        return Answer(bad)
    move(desk, state, invoice, status, who)
    return Answer(OK)


def chosen(desk: Desk, state: State, signal: Signal) -> Answer:
    """A user opens his invoices from a page (`openid`): what `wx.chooseInvoice` gives the page, all that he has."""
    del desk
    found = [
        {"card_id": one.card_id, "encrypt_code": conceal(state, one.code), "app_id": state.appid}
        for one in state.invoices.invoices.values()
        if one.openid == signal.payload.get("openid") and one.status not in ENDED
    ]
    return Answer(OK, {"choose_invoice_info": found})
