"""Returns: a buyer asks for one, the seller confirms, disputes or offers something else; each change is pushed (code 29).

Law: a table of transitions, and plans. What ends a return ends the order's TO_RETURN too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.shopee import life
from mocks.shopee.fields import NAME, Payload, amount, between, cents, checked, maybe, one_of, text, whole, wrong
from mocks.shopee.happening import happening
from mocks.shopee.orders import Order, user_id
from mocks.shopee.plan import Deed, Fact, Plan, ok, telling
from mocks.shopee.state import Return, State
from sandbox.policy import Signal

STATUSES: Final = ("REQUESTED", "ACCEPTED", "CANCELLED", "JUDGING", "CLOSED", "PROCESSING", "SELLER_DISPUTE")
SOLUTIONS: Final = ("RETURN_REFUND", "REFUND")
REASONS: Final = (
    "NOT_RECEIPT",
    "WRONG_ITEM",
    "ITEM_DAMAGED",
    "DIFFERENT_DESCRIPTION",
    "MUTUAL_AGREE",
    "OTHER",
    "CHANGE_MIND",
)
OPEN: Final = ("REQUESTED", "SELLER_DISPUTE")

STEPS: Final[Mapping[str, tuple[tuple[str, ...], str]]] = {
    "confirm": (("REQUESTED",), "ACCEPTED"),
    "dispute": (("REQUESTED",), "SELLER_DISPUTE"),
    "withdraw": (OPEN, "CANCELLED"),
    "refund": (("SELLER_DISPUTE",), "ACCEPTED"),
    "reject": (("SELLER_DISPUTE",), "CLOSED"),
}
"""What can happen to a return: in which statuses, and the status after it."""


@dataclass(frozen=True, slots=True)
class Change:
    """One field that has changed, as push 29 shows it."""

    field: str
    old: str
    new: str


def step(desk: Desk, state: State, one: Return, what: str) -> None:
    """Let it happen to the return, and to its order what follows; push both."""
    change = Change("return_status", one.status, STEPS[what][1])
    one.status = change.new
    _changed(desk, state, one, change)
    if one.status in OPEN:
        return
    one.negotiation = "TERMINATED"
    order = state.orders[one.order_sn]
    order.refunded = one.cents if one.status == "ACCEPTED" else 0
    if life.may(order, "settle_return"):
        life.step(desk, state, order, "settle_return")


def _changed(desk: Desk, state: State, one: Return, change: Change) -> None:
    one.updated = desk.now()
    changed = {
        "update_field": change.field,
        "old_value": change.old,
        "new_value": change.new,
        "update_time": one.updated // 1000,
    }
    data = {"order_sn": one.order_sn, "return_sn": one.sn, "updated_values": [changed]}
    life.push(desk, state, "return_update", 29, data)


# -------------------------------------------------------------------- what buyers and the vendor do


def _requested(desk: Desk, state: State, order: Order, signal: Signal) -> None:
    said = signal.payload
    number = f"{order.sn[:6]}{len(state.returns) + 1:09}"
    reason = str(said.get("reason", "ITEM_DAMAGED"))
    solution = "REFUND" if said.get("solution") == "REFUND" else "RETURN_REFUND"
    now = desk.now()
    due = now + desk.setting(NAME, "return_answer")
    one = Return(number, order.sn, reason, str(said.get("text_reason", "")), order.total, now, now, due, solution)
    state.returns[number] = one
    life.step(desk, state, order, "ask_return")
    _changed(desk, state, one, Change("return_status", "", one.status))


def _about(what: str) -> Fact:
    """The fact that something happened to a return, where the table lets it."""

    def told(desk: Desk, state: State, signal: Signal) -> Answer:
        one = state.returns.get(str(signal.payload.get("return_sn", "")))
        if one is None:
            return Answer("error_not_found", text="Wrong parameters, detail: the return is not found.")
        if one.status not in STEPS[what][0]:
            return wrong(f"a return that is {one.status} cannot {what}")
        step(desk, state, one, what)
        return ok(return_sn=one.sn, status=one.status)

    return told


def return_requested(desk: Desk, state: State, signal: Signal) -> Answer:
    """A buyer asks for a return; answers with its number."""
    answer = happening("ask_return", _requested)(desk, state, signal)
    return answer if answer.code else ok(**answer.body, return_sn=next(reversed(state.returns)))


SIGNALS: Final[Mapping[str, Fact]] = {
    "shopee.return_requested": return_requested,
    "shopee.return_withdrawn": _about("withdraw"),
    "shopee.dispute_lost": _about("refund"),
    "shopee.dispute_won": _about("reject"),
}
"""What happens to returns from outside; a dispute is lost or won by the seller."""

# -------------------------------------------------------------------- what the seller does


def _page_number(asked: Payload) -> int:
    """The vendor's text counts pages from 0, its sample from 1: both are the first."""
    return max(0, (whole(asked.get("page_no", 0)) or 0) - 1)


def return_list(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """Returns, the newest first, a page at a time."""
    if refused := checked(asked, {"page_no": maybe(between(0, 10_000)), "page_size": maybe(between(1, 100))}):
        return refused
    found = matching(desk, state, asked)
    if isinstance(found, Answer):
        return found
    size = whole(asked.get("page_size")) or 40
    start = _page_number(asked) * size
    rows = [row(state, one) for one in found[start : start + size]]
    return telling(more=start + size < len(found), **{"return": rows})


TIMES: Final = ("create_time_from", "create_time_to", "update_time_from", "update_time_to")
FILTERS: Final[Mapping[str, tuple[str, ...]]] = {
    "status": STATUSES,
    "negotiation_status": ("PENDING_RESPOND", "PENDING_BUYER_RESPOND", "TERMINATED"),
    "seller_proof_status": ("NOT_NEEDED", "PENDING", "UPLOADED", "OVERDUE"),
    "seller_compensation_status": ("COMPENSATION_NOT_APPLICABLE", "COMPENSATION_INITIATED"),
}
"""What returns can be chosen by; here no seller is ever compensated."""


def matching(desk: Desk, state: State, asked: Payload) -> list[Return] | Answer:
    """The returns that were made or changed in windows of at most 15 days and are as is asked, the newest first."""
    filters = {name: maybe(one_of(*values, "")) for name, values in FILTERS.items()}
    if refused := checked(asked, {**filters, **dict.fromkeys(TIMES, maybe(between()))}):
        return refused
    first, last, since, until = (whole(asked.get(name)) for name in TIMES)
    spans = [(first, last), (since, until)]
    widest = desk.setting(NAME, "list_window")
    if any(a is not None and b is not None and not 0 <= (b - a) * 1000 <= widest for a, b in spans):
        return wrong("time range must be within 15 days")
    wanted = tuple(asked.get(name) or "" for name in FILTERS)
    return [
        one
        for one in reversed(state.returns.values())
        if all(ask in ("", has) for ask, has in zip(wanted, _standing(one), strict=True))
        and _in(one.created, spans[0])
        and _in(one.updated, spans[1])
    ]


def _standing(one: Return) -> tuple[str, ...]:
    return one.status, one.negotiation, one.proof, "COMPENSATION_NOT_APPLICABLE"


def _in(at: int, span: tuple[int | None, int | None]) -> bool:
    return (span[0] or 0) <= at // 1000 <= (span[1] if span[1] is not None else 2**40)


def row(state: State, one: Return) -> dict[str, Any]:
    """A return as the list shows it."""
    order = state.orders[one.order_sn]
    bought = order.goods
    goods = {"item_id": bought.item, "model_id": bought.model, "name": bought.name, "images": [], "amount": order.quantity}
    codes = {"item_sku": bought.sku, "variation_sku": bought.kind_sku}
    user = {"username": order.buyer, "email": f"{user_id(order.buyer)}@example.com", "portrait": ""}
    return {
        "return_sn": one.sn,
        "order_sn": one.order_sn,
        "reason": one.reason,
        "text_reason": one.text,
        "refund_amount": one.cents / 100,
        "amount_before_discount": one.cents / 100,
        "currency": "SGD",
        "create_time": one.created // 1000,
        "update_time": one.updated // 1000,
        "status": one.status,
        "due_date": one.due // 1000,
        "return_seller_due_date": one.due // 1000,
        "tracking_number": one.sent_back,
        "needs_logistics": one.solution == "RETURN_REFUND",
        "return_solution": SOLUTIONS.index(one.solution),
        "negotiation_status": one.negotiation,
        "seller_proof_status": one.proof,
        "image": [],
        "user": user,
        "item": [{**goods, "item_price": bought.cents / 100, **codes}],
    }


def named(state: State, asked: Payload, what: str = "") -> Return | Answer:
    """The return of `return_sn`, if this can happen to it."""
    number = asked.get("return_sn")
    if not text(64)(number):
        return wrong("return_sn is invalid")
    one = state.returns.get(str(number))
    if one is None:
        return Answer("error_not_found", text="Wrong parameters, detail: the return is not found.")
    return Answer("returns.error_status") if what and one.status not in STEPS[what][0] else one


def return_detail(_desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """One return in full."""
    one = named(state, asked)
    if isinstance(one, Answer):
        return one
    proof = {"seller_proof_status": one.proof, "seller_evidence_deadline": None}
    offer = {"latest_solution": one.offered or one.solution, "latest_offer_amount": (one.offered_cents or one.cents) / 100}
    negotiation = {"negotiation_status": one.negotiation, **offer, "latest_offer_creator": "SELLER" if one.offered else ""}
    more = {"activity": [], "seller_proof": proof, "negotiation": negotiation, "return_pickup_address": {}}
    return telling(**row(state, one), **more)


def stepping(what: str) -> Plan:
    """The plan that lets something happen to the return of `return_sn`."""

    def plan(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
        one = named(state, asked, what)
        if isinstance(one, Answer):
            return one

        def deed() -> Answer:
            step(desk, state, one, what)
            return ok(return_sn=one.sn)

        return deed

    return plan


confirm: Final = stepping("confirm")
"""The seller agrees, to the buyer's wish or to what he proposes instead: the buyer gets the money back."""


def offer(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """The seller proposes something else, for no more than was paid."""
    kinds = {"proposed_solution": one_of(*SOLUTIONS), "proposed_adjusted_refund_amount": maybe(amount(0.01))}
    if refused := checked(asked, kinds):
        return refused
    one = named(state, asked, "confirm")
    if isinstance(one, Answer):
        return one
    money = cents(asked.get("proposed_adjusted_refund_amount") or one.cents / 100)
    if money > one.cents:
        return wrong("proposed_adjusted_refund_amount is more than what was paid")

    def deed() -> Answer:
        one.offered, one.offered_cents = asked["proposed_solution"], money
        change = Change("negotiation_status", one.negotiation, "PENDING_BUYER_RESPOND")
        one.negotiation = change.new
        _changed(desk, state, one, change)
        return ok(return_sn=one.sn)

    return deed


PLANS: Final[Mapping[str, Plan]] = {
    "shopee.return_list": return_list,
    "shopee.return_detail": return_detail,
    "shopee.return_confirm": confirm,
    "shopee.return_offer": offer,
}
"""What can be asked about returns."""
