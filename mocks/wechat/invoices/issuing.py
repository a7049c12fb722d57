"""The invoicing platform's part: its number, templates, files, and the invoice that goes into a user's wallet.

Law: an order gets one invoice, a file belongs to one invoice, and no two invoices have the same code and number.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from mocks.bizpush import asked
from mocks.desk import Desk
from mocks.http import Answer
from mocks.multipart import File
from mocks.wechat.cards.claiming import union_of
from mocks.wechat.cards.parsing import is_whole
from sandbox.policy import Call

from .authorising import BAD, OK, is_text, platform_of
from .state import ASKED, INSERTED, REJECTED, Invoice, Order, Pdf

if TYPE_CHECKING:
    from mocks.wechat.state import State

NAME: Final = "wechat"
MONEY: Final = ("fee", "fee_without_tax", "tax")
NO_RIGHT: Final = "72015"
WRONG_PDF: Final = "72040"


def seturl(desk: Desk, state: State, call: Call) -> Answer:
    """The page that belongs to the account as an invoicing platform; its number stands in it."""
    if not state.shelf.open:
        return Answer(NO_RIGHT)
    url = asked("https://mp.weixin.qq.com/bizmall/authinvoice", action="list", s_pappid=platform_of(state))
    return desk.ask(call) or Answer(OK, {"invoice_url": url})


def createcard(desk: Desk, state: State, call: Call) -> Answer:
    """A template of invoices: who is paid, and of which kind they are."""
    info = call.payload.get("invoice_info")
    if not state.shelf.open:
        return Answer(NO_RIGHT)
    base = info.get("base_info") if isinstance(info, dict) else None
    if not isinstance(info, dict) or not isinstance(base, dict):
        return Answer(BAD)
    if not all(is_text(one) for one in (info.get("payee"), info.get("type"), base.get("logo_url"), base.get("title"))):
        return Answer(BAD)
    if refused := desk.ask(call):
        return refused
    card_id = "p" + state.office.mint(state.secret, "invoice/template")[:27]
    state.invoices.templates[card_id] = info
    return Answer(OK, {"card_id": card_id})


def setpdf(desk: Desk, state: State, call: Call) -> Answer:
    """The file of an invoice: it waits for that invoice, for some days."""
    file = call.payload.get("file")
    if not state.shelf.open:
        return Answer(NO_RIGHT)
    if not isinstance(file, File) or not file.content.startswith(b"%PDF-"):
        return Answer(WRONG_PDF)
    if refused := desk.ask(call):
        return refused
    number = str(int(state.office.mint(state.secret, "invoice/pdf")[:15], 16))
    state.invoices.pdfs[number] = Pdf(desk.now() + desk.setting(NAME, "invoice_pdf_kept"))
    return Answer(OK, {"s_media_id": number})


def getpdf(desk: Desk, state: State, call: Call) -> Answer:
    """Where a file can be read, for two hours."""
    if call.payload.get("action") != "get_url":
        return Answer("72027")
    number = call.payload.get("s_media_id")
    pdf = state.invoices.pdfs.get(number) if isinstance(number, str) else None
    if pdf is None or not (pdf.used or desk.now() < pdf.until):
        return Answer(WRONG_PDF)
    life = desk.setting(NAME, "invoice_pdf_url_life")
    return desk.ask(call) or Answer(OK, {"pdf_url": url_of(str(number)), "pdf_url_expire_time": life // 1000})


def url_of(number: str) -> str:
    """The address of a file."""
    return asked("https://mp.weixin.qq.com/intp/invoice/getpdf", action="media_pdf", media_key=number)


def insert(desk: Desk, state: State, call: Call) -> Answer:
    """Put an invoice into the wallet of the user who authorised its order."""
    said, data = call.payload, _data_of(call.payload.get("card_ext"))
    if not state.shelf.open:
        return Answer(NO_RIGHT)
    if data is None or not all(is_text(said.get(name)) for name in ("order_id", "card_id", "appid")):
        return Answer(BAD)
    order = state.invoices.orders.get(said["order_id"])
    bad = _bad_order(state, order, said["appid"]) or _bad_data(desk, state, data)
    if not bad and said["card_id"] not in state.invoices.templates:
        bad = "40073"
    if bad or order is None:
        return Answer(bad)
    if _titled(order) not in ("", data["title"]):
        return Answer("72017")
    if refused := desk.ask(call):
        return refused
    made = into_wallet(state, order, said["order_id"], said["card_id"], data)
    linked = {"unionid": union_of(state, made.openid)} if state.shelf.linked else {}
    return Answer(OK, {"code": made.code, "openid": made.openid, **linked})


def into_wallet(state: State, order: Order, order_id: str, card_id: str, data: dict[str, Any]) -> Invoice:
    """The invoice of an order, in the user's wallet from now on."""
    code = str(10**11 + int(state.office.mint(state.secret, "invoice/code")[:15], 16) % (9 * 10**11))
    order.status = INSERTED
    state.invoices.invoices[code] = Invoice(card_id, code, order.openid, order_id, data)
    if pdf := state.invoices.pdfs.get(data.get("s_pdf_media_id", "")):
        pdf.used = True
    return state.invoices.invoices[code]


def _data_of(ext: object) -> dict[str, Any] | None:
    """What an invoice says, from where the request has it."""
    card = ext.get("user_card") if isinstance(ext, dict) and is_text(ext.get("nonce_str")) else None
    data = card.get("invoice_user_data") if isinstance(card, dict) else None
    return data if isinstance(data, dict) else None


def _bad_order(state: State, order: Order | None, appid: str) -> str:
    if order is None or order.status == ASKED or appid != state.appid:
        return "72038"
    return {REJECTED: "72035", INSERTED: "72056"}.get(order.status, "")


def _titled(order: Order) -> str:
    """The title that the user has filled in, if he has."""
    said: Mapping[str, Any] = next(iter(order.said.values()), {})
    return str(said.get("title", ""))


def _bad_data(desk: Desk, state: State, data: Mapping[str, Any]) -> str:
    when, codes = data.get("billing_time"), [data.get("billing_code"), data.get("billing_no")]
    if not is_text(data.get("title")) or not all(is_whole(data.get(name)) and data[name] >= 0 for name in MONEY):
        return BAD
    if not (is_whole(when) or (isinstance(when, str) and when.isdecimal())) or not _is_info(data.get("info", [])):
        return BAD
    longest = desk.setting(NAME, "invoice_number_at_most")
    if not all(isinstance(one, str) and one.isalnum() and len(one) <= longest for one in codes):
        return "72043"
    if not is_text(data.get("check_code")):
        return "72045"
    if any([one.data["billing_code"], one.data["billing_no"]] == codes for one in state.invoices.invoices.values()):
        return "72042"
    number = data.get("s_pdf_media_id")
    pdf = state.invoices.pdfs.get(number) if isinstance(number, str) else None
    return "" if pdf and not pdf.used and desk.now() < pdf.until else WRONG_PDF


def _is_info(rows: object) -> bool:
    """The lines of an invoice: each has a name and a price (fen), and may have a number and a unit."""
    return isinstance(rows, list) and all(isinstance(one, dict) and _is_line(one) for one in rows)


def _is_line(line: Mapping[str, Any]) -> bool:
    return is_text(line.get("name")) and is_whole(line.get("price"))
