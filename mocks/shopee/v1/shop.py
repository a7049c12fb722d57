"""The shop, and what a partner may ask without one, as old clients ask for it.

Law: plans, in the words of v1. What v1 sets of the shop v2 shows: its name and description, and whether buyers may haggle.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.shopee import shop
from mocks.shopee.fields import Payload, checked, each, maybe, one_of, text, truth
from mocks.shopee.plan import Deed, Plan, ok, telling
from mocks.shopee.state import State
from mocks.shopee.v1.words import COUNTRIES, Old, in_old_words, refused, renamed

METHODS: Final = ("Cybersource", "ShopeePay", "Bank Transfer")
LIMIT: Final = 10_000
"""How many items a shop may list."""


def _seen(state: State) -> dict[str, Any]:
    return {
        "shop_id": state.shop_id,
        "shop_name": state.profile["shop_name"],
        "country": "SG",
        "shop_description": state.profile["description"],
        "videos": state.display.videos,
        "images": state.display.banners,
        "disable_make_offer": int(not state.display.offers),
        "enable_display_unitno": state.display.unit_numbers,
    }


def info(_desk: Desk, state: State, _asked: Payload) -> Answer | Deed:
    """GetShopInfo: what there is to know of the shop."""
    more = {"item_limit": LIMIT, "status": state.status, "installment_status": 0, "sip_a_shops": []}
    return telling(**_seen(state), **more)


def update(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """UpdateShopInfo: change of it what is named."""
    pictures = maybe(each(text(500), 10, 0))
    switches = {"disable_make_offer": maybe(one_of(0, 1)), "enable_display_unitno": maybe(truth)}
    if refusal := checked(asked, {"images": pictures, "videos": pictures, **switches}):
        return refusal
    planned = shop.update_profile(
        desk, state, {"shop_name": asked.get("shop_name"), "description": asked.get("shop_description")}
    )
    if isinstance(planned, Answer):
        return refused(planned)

    def deed() -> Answer:
        planned()
        _dress(state, asked)
        return ok(**_seen(state), warning="")

    return deed


def _dress(state: State, asked: Payload) -> None:
    display = state.display
    display.banners = list(display.banners if asked.get("images") is None else asked["images"])
    display.videos = list(display.videos if asked.get("videos") is None else asked["videos"])
    if asked.get("disable_make_offer") is not None:
        display.offers = asked["disable_make_offer"] in (0, "0")
    if asked.get("enable_display_unitno") is not None:
        display.unit_numbers = asked["enable_display_unitno"] in (True, "true")


AIMS: Final[Mapping[str, tuple[str, str, float]]] = {
    "non_fullfillment_rate": ("lt", "PERCENTAGE", 10),
    "cancellation_rate": ("lt", "PERCENTAGE", 5),
    "return_refund_rate": ("lt", "PERCENTAGE", 5),
    "late_shipment_rate": ("lt", "PERCENTAGE", 10),
    "overall_review_rating": ("gte", "NULL", 4),
    "shop_rating": ("gte", "NULL", 4),
    "response_rate": ("gte", "PERCENTAGE", 70),
    "response_time": ("lt", "DAY", 1),
    "average_preparation_time": ("lt", "DAY", 2),
    "spam_listing_violation": ("lte", "NULL", 0),
    "prohibited_listing_violation": ("lte", "NULL", 0),
    "counterfeit_listing_violation": ("lte", "NULL", 0),
}
"""What a shop is measured by: which way, in what, and against what."""


def performance(_desk: Desk, state: State, _asked: Payload) -> Answer | Deed:
    """Performance: how the shop does, as far as the sandbox knows."""
    has = _measured(state)
    return telling(
        **{
            name: [{"threshold_type": way, "unit": unit, "target": aim, "my": has.get(name, 0.0)}]
            for name, (way, unit, aim) in AIMS.items()
        }
    )


def _measured(state: State) -> dict[str, float]:
    orders, stars = len(state.orders) or 1, [one.stars for one in state.display.comments.values()]
    cancelled = 100 * sum(one.cancel_by == "seller" for one in state.orders.values()) / orders
    returned, rating = 100 * len(state.returns) / orders, sum(stars) / len(stars) if stars else 0.0
    rates = {"cancellation_rate": cancelled, "return_refund_rate": returned, "non_fullfillment_rate": cancelled + returned}
    return {
        name: round(value, 2) for name, value in {**rates, "overall_review_rating": rating, "shop_rating": rating}.items()
    }


def _authorised(_state: State, _asked: Payload, done: Mapping[str, Any]) -> Mapping[str, Any]:
    rows = [
        {"country": one["region"], "shopid": one["shop_id"], "sip_a_shops": []}
        | {"auth_time": one["auth_time"], "expire_time": one["expire_time"]}
        for one in done["authed_shop_list"]
    ]
    return {"authed_shops": rows}


def payments(_desk: Desk, _state: State, asked: Payload) -> Answer | Deed:
    """GetPaymentList: how buyers pay, in a country or in all."""
    if refusal := checked(asked, {"country": maybe(one_of(*COUNTRIES))}):
        return refusal
    places = [asked["country"]] if asked.get("country") else list(COUNTRIES)
    return telling(payment_method_list=[{"payment_method": way, "country": one} for one in places for way in METHODS])


PLANS: Final[Mapping[str, Plan]] = {
    "shopee.v1_shop": info,
    "shopee.v1_shop_update": update,
    "shopee.v1_shop_performance": performance,
    "shopee.v1_partner_shops": in_old_words(Old(shop.shops_by_partner, renamed(), _authorised)),
    "shopee.v1_payments": payments,
}
"""What old clients can ask about the shop and the partner."""
