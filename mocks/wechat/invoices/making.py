"""Invoices that WeChat's own platform makes out (统一开票接口): make one out, make it void with a red one, ask for one.

Law: a request's number (fpqqlsh) belongs to one order, and an order to one number. It takes a while; then the event tells how it ended.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.wechat.happenings import note
from sandbox.policy import Call

from .authorising import BAD, OK, is_text
from .issuing import into_wallet, url_of
from .reimbursing import move
from .state import ASKED, CANCEL, INSERTED, REJECTED, Invoice, Making, Pdf

if TYPE_CHECKING:
    from mocks.wechat.state import State

WANTED: Final[Mapping[str, str]] = {
    "wxopenid": "73003",
    "ddh": "73002",
    "fpqqlsh": "73004",
    "nsrsbh": "73016",
    "nsrmc": "73007",
    "nsrdz": "73008",
    "nsrdh": "73009",
    "ghfmc": "73010",
    "kpr": "73011",
    "jshj": "73012",
    "hjje": "73013",
    "hjse": "73014",
    "hylx": "73015",
}
"""What must be said to make one out, and the code of its absence."""

SUMS: Final = ("jshj", "hjje", "hjse")
WANTED_TO_CLEAR: Final = {name: WANTED[name] for name in ("wxopenid", "fpqqlsh", "nsrsbh", "nsrmc")}
MADE: Final = 100
"""The event's status of an invoice that was made: the vendor's sample."""


def makeoutinvoice(desk: Desk, state: State, call: Call) -> Answer:
    """Make an invoice out for an authorised order; it goes into the user's wallet when it is made."""
    info, detail = call.payload.get("invoiceinfo"), _detail_of(call.payload)
    bad = _lacking(info, WANTED)
    if bad or not isinstance(info, dict):
        return Answer(bad)
    if detail is None:
        return Answer(BAD)
    if bad := _bad_order(state, info) or _bad_number(state, info):
        return Answer(bad)
    if refused := desk.ask(call):
        return refused
    if info["fpqqlsh"] not in state.invoices.makings:
        _begin(desk, state, info, info["ddh"], lambda making: _made(state, making, info))
    return Answer(OK)


def _detail_of(said: Mapping[str, Any]) -> list[Any] | None:
    info = said.get("invoiceinfo")
    rows = info.get("invoicedetail_list") if isinstance(info, dict) else None
    good = isinstance(rows, list) and rows and all(isinstance(one, dict) and is_text(one.get("xmmc")) for one in rows)
    return rows if good else None


def _lacking(info: object, wanted: Mapping[str, str]) -> str:
    """The code of the first thing that is not said, or an empty text."""
    if not isinstance(info, dict):
        return BAD
    return next((code for name, code in wanted.items() if not _is_said(name, info.get(name))), "")


def _is_said(name: str, value: object) -> bool:
    """Is it there? Sums of money come as text or as numbers, by client."""
    return is_text(value) or (name in SUMS and isinstance(value, int | float) and not isinstance(value, bool))


def _bad_order(state: State, info: Mapping[str, Any]) -> str:
    order = state.invoices.orders.get(info["ddh"])
    if order is None or order.status == ASKED:
        return "72038"
    if order.status == REJECTED:
        return "72035"
    if info["wxopenid"] != order.openid:
        return "73001"
    ours = any(one.order_id == info["ddh"] for one in state.invoices.makings.values())
    return "72056" if order.status == INSERTED and not ours else ""


def _bad_number(state: State, info: Mapping[str, Any]) -> str:
    makings, number = state.invoices.makings, info["fpqqlsh"]
    if number in makings:
        if makings[number].order_id != info["ddh"]:
            return "73106"
        return "" if makings[number].detail else "73107"
    return "73108" if any(one.order_id == info["ddh"] for one in makings.values()) else ""


def _begin(desk: Desk, state: State, info: Mapping[str, Any], order_id: str, end: Callable[[Making], None]) -> None:
    """A request is on its way: it has its result after a while, and the merchant is told."""
    making = Making(info["fpqqlsh"], order_id, info["nsrsbh"])
    state.invoices.makings[making.number] = making

    def ended() -> None:
        place = len(making.number) + state.office.ordinal("invoice/number")
        code, number = f"{44_000_000_000 + place:012}", f"{place * 48_271 % 10**8:08}"
        now = datetime.fromtimestamp(desk.now() / 1000, UTC) + timedelta(hours=8)
        making.detail = {"fpqqlsh": making.number, "fpdm": code, "fphm": number, "jym": f"{place * 48_271_847:020}"}
        making.detail |= {"kprq": f"{now:%Y%m%d%H%M%S}", "pdfurl": url_of(making.number)}
        end(making)
        told: dict[str, str | int] = {"fpqqlsh": making.number, "status": MADE, "nsrsbh": making.payer}
        note(desk, state, "cloud_invoice_invoiceresult_event", info["wxopenid"], -1, told)

    due = desk.now() + desk.setting("wechat", "invoice_made_after")
    desk.later(state.account, due, f"invoice {making.number} is made", ended)


def _made(state: State, making: Making, info: Mapping[str, Any]) -> None:
    """It is in the wallet, as any other."""
    order = state.invoices.orders[making.order_id]
    detail = making.detail
    money = {"fee": _fen(info["jshj"]), "fee_without_tax": _fen(info["hjje"]), "tax": _fen(info["hjse"])}
    data = {"title": info["ghfmc"], **money, "billing_code": detail["fpdm"], "billing_no": detail["fphm"]}
    data |= {"check_code": detail["jym"], "billing_time": order.at, "s_pdf_media_id": making.number}
    data["info"] = [{"name": row["xmmc"], "price": _fen(row.get("xmdj")), "unit": row.get("dw")} for row in _rows(info)]
    state.invoices.pdfs[making.number] = Pdf(0, used=True)
    card_id = "p" + state.office.mint(state.secret, "invoice/template")[:27]
    state.invoices.templates[card_id] = {"payee": info["nsrmc"], "type": "增值税电子普通发票", "detail": info.get("bz")}
    into_wallet(state, order, making.order_id, card_id, data)


def _rows(info: Mapping[str, Any]) -> list[dict[str, Any]]:
    return list(info["invoicedetail_list"])


def _fen(yuan: object) -> int:
    """Yuan in text, with a point, as fen; 0 for what is no amount."""
    whole, _, rest = str(yuan).partition(".")
    digits = whole + (rest + "00")[:2]
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 16 else 0


def clearoutinvoice(desk: Desk, state: State, call: Call) -> Answer:
    """Make an invoice void with a red one; the one in the wallet is cancelled when that is made."""
    info, makings = call.payload.get("invoiceinfo"), state.invoices.makings
    bad = _lacking(info, WANTED_TO_CLEAR)
    if bad or not isinstance(info, dict):
        return Answer(bad)
    found = _invoice(state, info)
    first = next((one for one in makings.values() if found and one.order_id == found.order_id), None)
    if found is None or first is None or first.payer != info["nsrsbh"]:
        return Answer("73100" if first is None else "73101")
    if info["wxopenid"] != found.openid:
        return Answer("73001")
    if info["fpqqlsh"] in makings or found.status == CANCEL:
        return Answer("73106" if info["fpqqlsh"] in makings else "72060")
    if refused := desk.ask(call):
        return refused
    _begin(desk, state, info, "", lambda _: move(desk, state, found, CANCEL, state.appid))
    return Answer(OK)


def _invoice(state: State, info: Mapping[str, Any]) -> Invoice | None:
    wanted = (info.get("yfpdm"), info.get("yfphm"))
    found = state.invoices.invoices.values()
    return next((one for one in found if (one.data["billing_code"], one.data["billing_no"]) == wanted), None)


def queryinvoceinfo(desk: Desk, state: State, call: Call) -> Answer:
    """What has become of a request; the path's misspelling is the vendor's."""
    number, payer = call.payload.get("fpqqlsh"), call.payload.get("nsrsbh")
    if not is_text(number) or not is_text(payer):
        return Answer("73016" if is_text(number) else "73004")
    making = state.invoices.makings.get(str(number))
    if making is None or making.payer != payer:
        return Answer("73109" if making is None else "73101")
    if not making.detail:
        return Answer("73107")
    return desk.ask(call) or Answer(OK, {"invoicedetail": making.detail})
