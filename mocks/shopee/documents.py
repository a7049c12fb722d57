"""Shipping documents: created, ready after a while, and downloaded as a PDF.

Law: plans. The PDF is a small real one, of one page an order, made of nothing but bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from mocks.desk import Desk
from mocks.http import Answer
from mocks.shopee.fields import NAME, Payload, checked, each, having, maybe, one_of, text
from mocks.shopee.life import push
from mocks.shopee.logistics import named, rows_of
from mocks.shopee.orders import Order, Parcel
from mocks.shopee.plan import Deed, Plan, ok
from mocks.shopee.state import State

NEVER: Final = 2**62
TYPES: Final = ("NORMAL_AIR_WAYBILL", "THERMAL_AIR_WAYBILL", "NORMAL_JOB_AIR_WAYBILL", "THERMAL_JOB_AIR_WAYBILL")


class Document(NamedTuple):
    """A file: its type and its bytes."""

    kind: str
    content: bytes


def create(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """Have documents made for up to 50 orders whose shipment is arranged; push 15 says when one is ready."""
    if refused := _types(asked):
        return refused

    def one(order: Order, parcel: Parcel, row: Payload) -> Answer:
        if not parcel.tracking or row.get("tracking_number") not in (None, "", parcel.tracking):
            return Answer("logistics.tracking_number_invalid")
        due = desk.now() + desk.setting(NAME, "document_after")
        state.documents[parcel.number] = due
        desk.later(state.account, due, f"document of shopee order {order.sn}", lambda: _ready(desk, state, order, parcel))
        return ok()

    return rows_of(desk, state, asked, one)


def _types(asked: Payload) -> Answer | None:
    row = having({"shipping_document_type": maybe(one_of(*TYPES))})
    return checked(asked, {"shipping_document_type": maybe(one_of(*TYPES)), "order_list": each(row, 50)})


def _ready(desk: Desk, state: State, order: Order, parcel: Parcel) -> None:
    data = {"order_sn": order.sn, "package_number": parcel.number, "status": "READY"}
    push(desk, state, "document_status", 15, data)


def result(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """What became of the documents."""
    if refused := _types(asked):
        return refused

    def one(_order: Order, parcel: Parcel, _row: Payload) -> Answer:
        due = state.documents.get(parcel.number)
        if due is None:
            return Answer("logistics.shipping_document_should_print_first", {"status": "FAILED"})
        return ok(status="READY" if desk.now() >= due else "PROCESSING")

    return rows_of(desk, state, asked, one)


def download(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """The documents of orders, in one PDF."""
    row = having({"order_sn": text(64), "package_number": maybe(text(64, 0))})
    kinds = {"order_list": each(row, 50), "shipping_document_type": maybe(one_of(*TYPES))}
    if refused := checked(asked, kinds):
        return refused
    found = [named(state, one) for one in asked["order_list"]]
    made = [one for one in found if not isinstance(one, Answer) and desk.now() >= state.documents.get(one[1].number, NEVER)]
    if len(made) < len(found):
        return Answer("logistics.shipping_document_should_print_first")
    pages = [(f"Order {one.sn}", f"Package {box.number}", f"Tracking {box.tracking}") for one, box in made]
    return lambda: ok(file=Document("application/pdf", pdf(pages)))


def pdf(pages: Sequence[Sequence[str]]) -> bytes:
    """A PDF of these pages of ASCII lines."""
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(pages)))
    parts = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for number, lines in enumerate(pages):
        shown = " ".join(f"({line}) Tj 0 -16 Td" for line in lines)
        drawn = f"BT /F1 12 Tf 20 380 Td {shown} ET"
        font = "/Resources << /Font << /F1 3 0 R >> >>"
        parts.append(f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 298 420] {font} /Contents {5 + 2 * number} 0 R >>")
        parts.append(f"<< /Length {len(drawn)} >>\nstream\n{drawn}\nendstream")
    return _assembled(parts)


def _assembled(parts: Sequence[str]) -> bytes:
    out, offsets = bytearray(b"%PDF-1.4\n"), []
    for number, part in enumerate(parts, 1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{part}\nendobj\n".encode("ascii", "replace")
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    size = len(parts) + 1
    tail = f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF\n"
    return bytes(out) + tail.encode()


PLANS: Final[Mapping[str, Plan]] = {
    "shopee.document_create": create,
    "shopee.document_result": result,
    "shopee.document_download": download,
}
"""What can be asked about shipping documents."""
