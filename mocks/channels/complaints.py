"""Complaints: filed by buyers, answered within a day and solved within two (V18).

Law: plans and facts. A deadline that passes is noted once, on the sandbox's clock; late is late, but still possible.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from mocks.channels import events
from mocks.channels.fields import NAME, Payload, checked, each, ident, key, maybe, text
from mocks.channels.plan import Deed, Fact, Plan, ok, trading
from mocks.channels.state import Complaint, State
from mocks.desk import Desk
from mocks.http import Answer
from sandbox.events import Event
from sandbox.policy import Signal

FILED, MERCHANT_SAYS, MERCHANT_PROVES, SOLVED = 1, 3, 5, 13
"""The vendor's item_type of what happened to a complaint."""

WAITING, ANSWERED, CLOSED = 1, 2, 3
"""complaint_status as it is pushed; assumed, since no list of the values was found."""

MISSING: Final = Answer("10021050", text="complaint does not exist")


def filed(desk: Desk, state: State, signal: Signal) -> Answer:
    """A buyer complains about an order."""
    order = state.orders.get(key(signal.payload.get("order_id")))
    if order is None:
        return Answer("100002")
    now = desk.now()
    sale = order.sales[-1] if order.sales else None
    due = {what: now + desk.setting(NAME, f"complaint_{what}_within") for what in ("answer", "solve")}
    complaint = Complaint(state.mint("complaint"), order.id, sale.id if sale else "", now, due["answer"], due["solve"])
    state.complaints[complaint.id] = complaint
    if sale:
        sale.complaint = complaint.id
    _note(desk, complaint, FILED, str(signal.payload.get("text", "")))
    _tell(desk, state, complaint)
    for what, at in due.items():
        _watch(desk, state, complaint, what, at)
    return ok(complaint_id=complaint.id, answer_due=due["answer"], solve_due=due["solve"])


def _watch(desk: Desk, state: State, complaint: Complaint, what: str, at: int) -> None:
    def lapse() -> None:
        if not (complaint.answered if what == "answer" else complaint.solved):
            complaint.overdue.append(what)
            _record(desk, state, complaint, f"{what}_overdue")
            desk.tell(Signal(NAME, "complaint_overdue", state.account))

    desk.later(state.account, at, f"{what} due for channels complaint {complaint.id}", lapse)


def _record(desk: Desk, state: State, complaint: Complaint, what: str) -> None:
    event: Event = {"at": desk.now(), "kind": "complaint", "account": state.account, "action": f"{NAME}.{what}"}
    desk.record({**event, "complaint_id": complaint.id, "order": complaint.order_id})


def _note(desk: Desk, complaint: Complaint, kind: int, words: str = "", media: list[str] | None = None) -> None:
    item: dict[str, Any] = {"item_type": kind, "time": desk.now() // 1000, "media_id_list": media or []}
    complaint.history.insert(0, {**item, "content": words} if words else item)


def _tell(desk: Desk, state: State, complaint: Complaint) -> None:
    status = CLOSED if complaint.solved else ANSWERED if complaint.answered else WAITING
    ids = {"after_sale_order_id": complaint.aftersale_id, "complaint_id": complaint.id, "order_id": complaint.order_id}
    body = {"complaint_status": status, **ids}
    events.tell(desk, state, "channels_ec_complaint_update", finder_shop_complaint=body)


def _answer(desk: Desk, state: State, complaint: Complaint) -> None:
    """The first word of the merchant is the answer."""
    if not complaint.answered:
        complaint.answered = desk.now()
        _record(desk, state, complaint, "answered")
        _tell(desk, state, complaint)


def _solve(desk: Desk, state: State, complaint: Complaint) -> None:
    _answer(desk, state, complaint)
    complaint.solved = desk.now()
    _note(desk, complaint, SOLVED)
    _record(desk, state, complaint, "solved")
    _tell(desk, state, complaint)


def complaint_of(state: State, asked: Payload) -> Complaint | Answer:
    """The complaint that is meant."""
    if refused := checked(asked, {"complaint_id": ident}):
        return refused
    return state.complaints.get(key(asked["complaint_id"])) or MISSING


def material(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """The merchant says something about a complaint."""
    return _said(desk, state, asked, MERCHANT_SAYS)


def proof(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """The merchant proves something about it."""
    return _said(desk, state, asked, MERCHANT_PROVES)


def _said(desk: Desk, state: State, asked: Payload, kind: int) -> Answer | Deed:
    complaint = complaint_of(state, asked)
    if isinstance(complaint, Answer):
        return complaint
    if refused := checked(asked, {"content": text(500), "media_id_list": maybe(each(text(200), 9))}):
        return refused
    if complaint.solved:
        return Answer("10021041")

    def deed() -> Answer:
        _note(desk, complaint, kind, asked["content"], asked.get("media_id_list"))
        _answer(desk, state, complaint)
        return ok()

    return deed


def get(_desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """What has been said so far, the newest first."""
    complaint = complaint_of(state, asked)
    if isinstance(complaint, Answer):
        return complaint
    ids = {"order_id": complaint.order_id, "after_sale_order_id": complaint.aftersale_id}
    return lambda: ok(**ids, history=complaint.history)


def answered(desk: Desk, state: State, signal: Signal) -> Answer:
    """Somebody of the shop answers by hand."""
    complaint = complaint_of(state, signal.payload)
    if isinstance(complaint, Answer):
        return complaint
    _answer(desk, state, complaint)
    return ok(complaint_id=complaint.id, overdue=complaint.overdue)


def solved(desk: Desk, state: State, signal: Signal) -> Answer:
    """Both sides have found a solution."""
    complaint = complaint_of(state, signal.payload)
    if isinstance(complaint, Answer):
        return complaint
    if complaint.solved:
        return Answer("10021041")
    _solve(desk, state, complaint)
    return ok(complaint_id=complaint.id, overdue=complaint.overdue)


PLANS: Final[Mapping[str, Plan]] = {
    "channels.complaint_material": trading(material),
    "channels.complaint_proof": trading(proof),
    "channels.complaint_get": trading(get),
}
"""What can be asked about complaints."""

SIGNALS: Final[Mapping[str, Fact]] = {
    "channels.complaint_filed": filed,
    "channels.complaint_answered": answered,
    "channels.complaint_solved": solved,
}
"""What buyers, and people at the shop, do about them."""
