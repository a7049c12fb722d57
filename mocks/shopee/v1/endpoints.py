"""The table of v1: a row an endpoint.

Law: data only. Every row is a POST, signed in its Authorization header; of the paths that the vendor had, those of orders, items
and logistics are served, and all others are answered as it answers them today: the API is offline.
"""

from __future__ import annotations

from mocks.http import Endpoint


def _post(path: str, action: str, summary: str) -> Endpoint:
    return Endpoint("POST", f"/api/v1/{path}", f"shopee.v1_{action}", f"v1: {summary}", bare=True)


AUTH_PAGE = Endpoint(
    "GET",
    "/api/v1/shop/auth_partner",
    "shopee.v1_auth_partner",
    "v1: the page on which a seller lets a partner in",
    open=True,
)
"""The one page that is signed by a token in its query."""

ENDPOINTS = (
    AUTH_PAGE,
    _post("orders/basics", "orders_basics", "orders in a window of time"),
    _post("orders/get", "orders_get", "orders in a status"),
    _post("orders/detail", "orders_detail", "up to 50 orders in full"),
    _post("orders/my_income", "orders_my_income", "what an order brings"),
    _post("orders/note/add", "orders_note", "put a note on an order"),
    _post("orders/cancel", "orders_cancel", "the seller cancels an order"),
    _post("orders/buyer_cancellation/accept", "orders_accept", "accept a buyer's cancellation"),
    _post("orders/buyer_cancellation/reject", "orders_reject", "reject it"),
    _post("items/get", "items_get", "items"),
    _post("item/get", "item_get", "one item in full"),
    _post("item/categories/get", "categories", "the vendor's categories"),
    _post("item/add", "item_add", "a new item"),
    _post("item/update", "item_update", "change an item"),
    _post("item/delete", "item_delete", "delete an item"),
    _post("item/tier_var/init", "tier_init", "an item comes in several kinds from now on"),
    _post("item/tier_var/add", "tier_add", "more variations of it"),
    _post("item/tier_var/get", "tier_get", "its variations"),
    _post("item/delete_variation", "variation_delete", "one variation less"),
    _post("items/unlist", "items_unlist", "take items out of the window, or put them back"),
    _post("items/update_price", "price", "set an item's price"),
    _post("items/update_stock", "stock", "set an item's stock"),
    _post("items/update_variation_price", "variation_price", "set a variation's price"),
    _post("items/update_variation_stock", "variation_stock", "set a variation's stock"),
    _post("items/update/items_price", "prices", "set up to 50 items' prices"),
    _post("items/update/items_stock", "stocks", "set up to 50 items' stock"),
    _post("items/update/vars_price", "variation_prices", "set up to 50 variations' prices"),
    _post("items/update/vars_stock", "variation_stocks", "set up to 50 variations' stock"),
    _post("logistics/channel/get", "channels", "the channels that the shop ships by"),
    _post("logistics/address/get", "addresses", "the shop's addresses"),
    _post("logistics/init_parameter/get", "init_parameter", "which parameters a shipment needs"),
    _post("logistics/init_info/get", "init_info", "the same with all there is to choose from"),
    _post("logistics/timeslot/get", "timeslots", "when a courier may come"),
    _post("logistics/branch/get", "branches", "where a parcel may be dropped off"),
    _post("logistics/init", "init", "arrange an order's shipment"),
    _post("logistics/tracking", "tracking", "where a parcel has been"),
    _post("logistics/order/get", "order_logistics", "what stands on a parcel"),
    _post("logistics/tracking_number/get_mass", "tracking_numbers", "up to 50 orders' tracking numbers"),
    _post("logistics/airway_bill/get_mass", "airway_bills", "up to 50 orders' waybills"),
)
"""Every endpoint of v1 that is served."""
