"""Goods on their way back: pictures for a dispute, by whom a seller has them fetched, and where they are.

Law: plans, over what `returns` holds. Goods are sent back only where that is the solution, and not once the wish is withdrawn.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.shopee import chat_desk
from mocks.shopee.fields import Payload, between, checked, each, having, maybe, text, wrong
from mocks.shopee.orders import ARRANGED, CARRIER, CHANNEL, NOT_BEGUN
from mocks.shopee.plan import Deed, Plan, ok, telling
from mocks.shopee.returns import named
from mocks.shopee.state import Return, State

PICTURE: Final = having({"image_id": text(500)})


def convert_image(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """A picture for a dispute: where it is seen."""
    one = named(state, asked)
    return one if isinstance(one, Answer) else chat_desk.upload_image(desk, state, asked)


def _going_back(state: State, asked: Payload) -> Return | Answer:
    one = named(state, asked)
    if isinstance(one, Answer):
        return one
    if one.solution != "RETURN_REFUND" or one.status in ("CANCELLED", "CLOSED"):
        return Answer("returns.error_status")
    return one


def carriers(_desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """By whom the goods may be sent back, and what has to prove it."""
    one = _going_back(state, asked)
    if isinstance(one, Answer):
        return one
    proof = {"is_tracking_number_required": True, "is_shipping_image_file_mandatory": False}
    carrier = {"reverse_logistics_carrier_id": CHANNEL, "reverse_logistics_carrier_name": CARRIER}
    return telling(
        is_shipping_proof_mandatory=False,
        has_uploaded_seller_arrange_proof=bool(one.sent_back),
        shipping_proof_template=[proof],
        reverse_logistics_carrier_list=[carrier],
    )


def upload_shipping_proof(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """The goods are on their way: by whom, and under which number."""
    kinds = {"reverse_logistics_carrier_id": between(CHANNEL, CHANNEL), "tracking_number": text(64)}
    more = {"image_id_list": maybe(each(PICTURE, 3, 0)), "remarks": maybe(text(500, 0))}
    if refused := checked(asked, {**kinds, **more}):
        return refused
    one = _going_back(state, asked)
    if isinstance(one, Answer):
        return one
    if one.sent_back:
        return wrong("the shipping proof was uploaded before")

    def deed() -> Answer:
        one.sent_back, one.sent_at = asked["tracking_number"], desk.now()
        return ok()

    return deed


def tracking(_desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """Where goods that are sent back are."""
    one = _going_back(state, asked)
    if isinstance(one, Answer):
        return one
    steps = [{"update_time": one.sent_at // 1000, "tracking_description": "Shipment has been arranged."}]
    return telling(
        return_sn=one.sn,
        return_refund_request_type=0,
        validation_type="seller_validation",
        reverse_logistics_status=ARRANGED if one.sent_back else NOT_BEGUN,
        reverse_logistics_update_time=(one.sent_at or one.created) // 1000,
        tracking_number=one.sent_back,
        tracking_info=steps if one.sent_back else [],
    )


PLANS: Final[Mapping[str, Plan]] = {
    "shopee.return_image": convert_image,
    "shopee.return_carriers": carriers,
    "shopee.return_shipping_proof": upload_shipping_proof,
    "shopee.return_tracking": tracking,
}
"""What can be asked about goods on their way back."""
