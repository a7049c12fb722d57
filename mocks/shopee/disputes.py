"""The rest of a return's talk: what may be proposed, taking the buyer's proposal, disputing and taking that back, proving one's side.

Law: plans, over the table of `returns`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.shopee.fields import Payload, between, checked, each, having, maybe, text
from mocks.shopee.plan import Deed, Plan, ok, telling
from mocks.shopee.returns import confirm, named, step, stepping
from mocks.shopee.state import State

REASONS: Final = (
    (1, "I have shipped the product"),
    (2, "The buyer sent back a wrong product"),
    (3, "I disagree with the claim"),
)
PHOTO: Final = having({"url": text(500), "thumbnail": maybe(text(500, 0))})


def solutions(_desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """What the seller may propose, and up to how much: nothing once the return is settled."""
    one = named(state, asked)
    if isinstance(one, Answer):
        return one
    may, most = one.status == "REQUESTED", one.cents / 100
    offer = {"eligibility": may, "max_refund_amount": most, "refund_amount_adjustable": True}
    return telling(return_sn=one.sn, return_refund=offer, refund=offer)


def reasons(_desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """For which reasons a return may be disputed."""
    one = named(state, asked)
    if isinstance(one, Answer):
        return one
    return telling(dispute_reason_list=[{"id": number, "text": said} for number, said in REASONS])


def dispute(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """The seller disagrees: the vendor will judge."""
    kinds = {"email": text(100, 3), "dispute_reason_id": maybe(between(0, 100)), "dispute_text_reason": maybe(text(1000, 0))}
    if refused := checked(asked, {**kinds, "image_list": maybe(each(text(500), 10, 0))}):
        return refused
    one = named(state, asked, "dispute")
    if isinstance(one, Answer):
        return one

    def deed() -> Answer:
        one.proof = "UPLOADED" if asked.get("image_list") else "PENDING"
        step(desk, state, one, "dispute")
        return ok(return_sn=one.sn)

    return deed


def cancel_dispute(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """The seller gives in before the vendor judges: the buyer gets the money back."""
    return checked(asked, {"email": maybe(text(100, 3))}) or stepping("refund")(desk, state, asked)


def upload_proof(_desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """The seller's side of a dispute, in words and pictures."""
    if refused := checked(asked, {"photo": maybe(each(PHOTO, 10, 0)), "description": maybe(text(1_000, 0))}):
        return refused
    one = named(state, asked, "refund")
    if isinstance(one, Answer):
        return one

    def deed() -> Answer:
        one.proof, one.proof_text = "UPLOADED", asked.get("description") or ""
        one.photos = [row["url"] for row in asked.get("photo") or []]
        return ok(return_sn=one.sn)

    return deed


def query_proof(_desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """What the seller has shown."""
    one = named(state, asked)
    if isinstance(one, Answer):
        return one
    photos = [{"url": url, "thumbnail": url} for url in one.photos]
    return telling(return_sn=one.sn, photo=photos, video=[], description=one.proof_text)


PLANS: Final[Mapping[str, Plan]] = {
    "shopee.return_solutions": solutions,
    "shopee.return_reasons": reasons,
    "shopee.return_dispute": dispute,
    "shopee.return_accept_offer": confirm,
    "shopee.return_cancel_dispute": cancel_dispute,
    "shopee.return_upload_proof": upload_proof,
    "shopee.return_query_proof": query_proof,
}
"""What else can be asked about returns."""
