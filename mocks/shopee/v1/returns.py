"""Returns as old clients ask for them.

Law: plans, in the words of v1; what may happen to a return is v2's to say.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.shopee import disputes, returns
from mocks.shopee.fields import Payload, checked, each, one_of, text
from mocks.shopee.plan import Deed, Plan, telling
from mocks.shopee.state import Return, State
from mocks.shopee.v1.words import Ask, Old, Tell, in_old_words, money, refused, renamed, sliced

NAMED: Final[Ask] = renamed(return_sn="returnsn")
REASONS: Final = ("NON_RECEIPT", "OTHER", "NOT_RECEIVED")


def listed(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """GetReturnList: returns that were made in a window of at most 15 days."""
    found = returns.matching(desk, state, {name: asked.get(name) for name in ("create_time_from", "create_time_to")})
    if isinstance(found, Answer):
        return refused(found)
    page = sliced(asked, found)
    if isinstance(page, Answer):
        return page
    return telling(returns=[_shown(state, one) for one in page.rows], more=page.more)


def _shown(state: State, one: Return) -> dict[str, Any]:
    row = returns.row(state, one)
    kept = ("reason", "text_reason", "currency", "create_time", "update_time", "status", "due_date", "tracking_number")
    goods = [
        {"item_id": line["item_id"], "variation_id": line["model_id"], "name": line["name"], "images": line["images"]}
        | {"amount": line["amount"], "item_price": money(state.orders[one.order_sn].goods.cents)}
        for line in row["item"]
    ]
    return {
        **{name: row[name] for name in kept},
        "images": row["image"],
        "returnsn": one.sn,
        "ordersn": one.order_sn,
        "refund_amount": money(one.cents),
        "amount_before_discount": money(one.cents),
        "needs_logistics": row["needs_logistics"],
        "dispute_reason": [],
        "dispute_text_reason": [],
        "user": row["user"],
        "item": goods,
    }


def detail(_desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """GetReturnDetail: one return in full."""
    one = returns.named(state, {"return_sn": asked.get("returnsn")})
    return refused(one) if isinstance(one, Answer) else telling(**_shown(state, one))


def _disputing(_desk: Desk, asked: Payload) -> Payload:
    """A reason stands for itself in v1, and for a number in v2."""
    known = asked["dispute_reason"] in REASONS
    number = REASONS.index(asked["dispute_reason"]) + 1 if known else None
    kept = {name: asked.get(name) for name in ("email", "dispute_text_reason")}
    return {"return_sn": asked.get("returnsn"), **kept, "dispute_reason_id": number, "image_list": asked.get("images")}


def dispute(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """DisputeReturn: the seller disagrees, for one of three reasons, with up to three pictures."""
    if refusal := checked(asked, {"dispute_reason": one_of(*REASONS), "images": each(text(500), 3, 0)}):
        return refusal
    return in_old_words(Old(disputes.dispute, _disputing, _done("Return has been disputed.")))(desk, state, asked)


def _done(words: str) -> Tell:
    """The answer to a deed: the return's number, and a sentence."""
    return lambda _state, asked, _done: {"returnsn": asked["returnsn"], "msg": words}


PLANS: Final[Mapping[str, Plan]] = {
    "shopee.v1_returns": listed,
    "shopee.v1_return": detail,
    "shopee.v1_return_confirm": in_old_words(Old(returns.confirm, NAMED, _done("Return has been confirmed."))),
    "shopee.v1_return_dispute": dispute,
}
"""What old clients can ask about returns."""
