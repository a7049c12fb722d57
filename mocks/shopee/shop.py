"""The shop itself, and what the partner may know without one.

Law: plans.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.shopee.fields import NAME, Payload, between, checked, maybe, text
from mocks.shopee.plan import Deed, Plan, ok, telling
from mocks.shopee.state import State

ADDRESSES: Final = ("127.0.0.1/32",)
"""Where pushes come from here."""


def _terms(desk: Desk, state: State) -> dict[str, int]:
    until = state.granted + desk.setting(NAME, "authorisation_life")
    return {"auth_time": state.granted // 1000, "expire_time": until // 1000}


def shop_info(desk: Desk, state: State, _asked: Payload) -> Answer | Deed:
    """The shop as the vendor knows it; everything stands at the top of the answer."""
    head: dict[str, Any] = {"shop_name": state.profile["shop_name"], "region": "SG", "status": state.status}
    no = dict.fromkeys(("is_cb", "is_sip", "is_upgraded_cbsc", "is_main_shop", "is_direct_shop"), False)
    never = dict.fromkeys(("is_one_awb", "is_mart_shop", "is_outlet_shop"), False)
    links = {"sip_affi_shops": [], "linked_main_shop_id": 0, "linked_direct_shop_list": [], "merchant_id": None}
    return telling(**head, **no, **never, **links, shop_fulfillment_flag="Others", **_terms(desk, state))


def profile(_desk: Desk, state: State, _asked: Payload) -> Answer | Deed:
    """What buyers see of the shop."""
    return telling(**state.profile, invoice_issuer="")


def update_profile(_desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """Change what buyers see of the shop: what is named."""
    kinds = {"shop_name": maybe(text(30, 5)), "shop_logo": maybe(text(500)), "description": maybe(text(500, 0))}
    if refused := checked(asked, kinds):
        return refused

    def deed() -> Answer:
        state.profile |= {name: asked[name] for name in kinds if asked.get(name) is not None}
        return ok(**state.profile)

    return deed


def warehouses(_desk: Desk, _state: State, asked: Payload) -> Answer | Deed:
    """The shop has one place for its stock, so the vendor does not tell it any."""
    if refused := checked(asked, {"warehouse_type": maybe(between(1, 2))}):
        return refused
    return Answer("warehouse.error_not_in_whitelist")


def shops_by_partner(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """The shops that have authorised this partner."""
    if refused := checked(asked, {"page_size": maybe(between(1, 100)), "page_no": maybe(between(1, 10_000))}):
        return refused
    shop = {"shop_id": state.shop_id, "region": "SG", **_terms(desk, state), "sip_affi_shop_list": []}
    here = state.authorised and str(asked.get("page_no") or 1) == "1"
    return telling(authed_shop_list=[shop] if here else [], more=False)


def merchants_by_partner(_desk: Desk, _state: State, asked: Payload) -> Answer | Deed:
    """The merchants that have authorised this partner: none, a shop here belongs to no merchant."""
    if refused := checked(asked, {"page_size": maybe(between(1, 100)), "page_no": maybe(between(1, 10_000))}):
        return refused
    return telling(authed_merchant_list=[], more=False)


def ip_ranges(_desk: Desk, _state: State, _asked: Payload) -> Answer | Deed:
    """Where pushes come from."""
    return telling(ip_list=list(ADDRESSES))


PLANS: Final[Mapping[str, Plan]] = {
    "shopee.shop_info": shop_info,
    "shopee.shop_profile": profile,
    "shopee.shop_profile_update": update_profile,
    "shopee.shop_warehouses": warehouses,
    "shopee.shops_by_partner": shops_by_partner,
    "shopee.merchants_by_partner": merchants_by_partner,
    "shopee.ip_ranges": ip_ranges,
}
"""What can be asked about the shop and the partner."""
