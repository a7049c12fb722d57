"""The table of v1: a row an endpoint.

Law: data only. Every row is a POST, signed in its Authorization header, but for the two pages; `open` rows need no shop. All paths
that pyshopee asks are served, some that others ask, and the rest are answered as the vendor answers them today: the API is offline.
"""

from __future__ import annotations

from mocks.http import Endpoint


def _post(path: str, action: str, summary: str, kind: str = "") -> Endpoint:
    return Endpoint("POST", f"/api/v1/{path}", f"shopee.v1_{action}", f"v1: {summary}", bare=True, open="open" in kind)


def _page(action: str, summary: str) -> Endpoint:
    return Endpoint("GET", f"/api/v1/shop/{action}", f"shopee.v1_{action}", f"v1: {summary}", open=True)


PAGES = (
    _page("auth_partner", "the page on which a seller lets a partner in"),
    _page("cancel_auth_partner", "the page on which he takes that back"),
)
"""What is signed by a token in its query."""

ENDPOINTS = (
    *PAGES,
    _post("orders/basics", "orders_basics", "orders in a window of time"),
    _post("orders/get", "orders_get", "orders in a status"),
    _post("orders/detail", "orders_detail", "up to 50 orders in full"),
    _post("orders/my_income", "orders_my_income", "what an order brings"),
    _post("orders/get_escrow_detail", "orders_released", "what was paid out in a window of time"),
    _post("orders/forder/get", "parcels", "an order's packages"),
    _post("orders/unsplit", "parcels_join", "pack an order in one package again"),
    _post("orders/note/add", "orders_note", "put a note on an order"),
    _post("orders/cancel", "orders_cancel", "the seller cancels an order"),
    _post("orders/buyer_cancellation/accept", "orders_accept", "accept a buyer's cancellation"),
    _post("orders/buyer_cancellation/reject", "orders_reject", "reject it"),
    _post("items/get", "items_get", "items"),
    _post("item/get", "item_get", "one item in full"),
    _post("item/categories/get", "categories", "the vendor's categories"),
    _post("item/categories/get_by_country", "categories_of_country", "those of a country", "open"),
    _post("item/categories/get_recommend", "categories_recommend", "the category that the vendor would choose"),
    _post("item/attributes/get", "attributes", "what may be said of the items of a category"),
    _post("item/promotion/get", "promotions", "which discounts up to 50 items are in"),
    _post("item/installment/set", "instalments", "for shops in Taiwan: refused"),
    _post("item/img/add", "images_add", "more pictures of an item"),
    _post("item/img/update", "images_update", "other pictures of it"),
    _post("item/img/insert", "images_insert", "a picture between the others"),
    _post("item/img/delete", "images_delete", "fewer pictures"),
    _post("image/upload", "image_upload", "the vendor's own addresses for up to nine pictures"),
    _post("item/add", "item_add", "a new item"),
    _post("item/update", "item_update", "change an item"),
    _post("item/delete", "item_delete", "delete an item"),
    _post("item/tier_var/init", "tier_init", "an item comes in several kinds from now on"),
    _post("item/tier_var/add", "tier_add", "more variations of it"),
    _post("item/tier_var/get", "tier_get", "its variations"),
    _post("item/tier_var/update_list", "tier_list", "other names of its tiers and their options"),
    _post("item/tier_var/update", "tier_index", "variations become other options"),
    _post("item/add_variations", "variations_add", "more variations by their names"),
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
    _post("items/boost", "boost", "let up to five items stand higher for four hours"),
    _post("items/get_boosted", "boosted", "which items do"),
    _post("items/comments/get", "comments", "what buyers say of items"),
    _post("items/comments/reply", "comment_replies", "answer up to 100 of them"),
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
    _post("logistics/tracking_number/set_mass", "tracking_numbers_set", "ship up to 50 orders under one's own numbers"),
    _post("logistics/airway_bill/get_mass", "airway_bills", "up to 50 orders' waybills"),
    _post("logistics/forder_waybill/get_mass", "parcel_waybills", "up to 50 packages' waybills"),
    _post("shop/get", "shop", "the shop"),
    _post("shop/update", "shop_update", "change what buyers see of it"),
    _post("shop/performance", "shop_performance", "how it does"),
    _post("shop/get_partner_shop", "partner_shops", "the shops that have authorised the partner", "open"),
    _post("payment/list", "payments", "how buyers pay", "open"),
    _post("returns/get", "returns", "returns in a window of time"),
    _post("returns/detail", "return", "one return in full"),
    _post("returns/confirm", "return_confirm", "agree to it"),
    _post("returns/dispute", "return_dispute", "disagree with it"),
    _post("discount/add", "discount_add", "a new discount"),
    _post("discount/items/add", "discount_items_add", "more items in it"),
    _post("discount/items/update", "discount_items_update", "other prices of items in it"),
    _post("discount/item/delete", "discount_item_delete", "an item less"),
    _post("discount/update", "discount_update", "another name, a later start, an earlier end"),
    _post("discount/delete", "discount_delete", "delete one that is to come"),
    _post("discount/detail", "discount", "one discount with its items"),
    _post("discounts/get", "discounts", "discounts by status"),
    _post("shop_category/add", "shelf_add", "a new category of the shop's own"),
    _post("shop_category/update", "shelf_update", "change it"),
    _post("shop_category/delete", "shelf_delete", "delete it"),
    _post("shop_category/add/items", "shelf_fill", "put items in it"),
    _post("shop_category/del/item", "shelf_clear", "take items out of it"),
    _post("shop_category/get/items", "shelf_items", "what is in it"),
    _post("shop_category/get/item", "shelf_items", "the same, as other clients ask"),
    _post("shop_categorys/get", "shelves", "the shop's own categories"),
    _post("top_picks/get", "picks", "collections of top picks"),
    _post("top_picks/add", "picks_add", "a new collection of four to eight items"),
    _post("top_picks/update", "picks_update", "change it"),
    _post("top_picks/delete", "picks_delete", "delete one that is not active"),
)
"""Every endpoint of v1 that is served."""
