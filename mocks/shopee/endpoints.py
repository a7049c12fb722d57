"""Shopee's endpoint table: a row an endpoint.

Law: data only. `open` rows are signed with three parts but for two pages that are not signed at all, `bare` ones answer without the `response` around what they bring.
"""

from __future__ import annotations

from mocks.http import Endpoint


def _row(method: str, path: str, action: str, summary: str, kind: str) -> Endpoint:
    return Endpoint(
        method,
        path if path.startswith("/") else f"/api/v2/{path}",
        f"shopee.{action}",
        summary,
        bare="bare" in kind,
        open="open" in kind,
    )


def _get(path: str, action: str, summary: str, kind: str = "") -> Endpoint:
    return _row("GET", path, action, summary, kind)


def _post(path: str, action: str, summary: str, kind: str = "") -> Endpoint:
    return _row("POST", path, action, summary, kind)


ENDPOINTS = (
    # authorisation
    _post("auth/token/get", "token_get", "Trade a code for tokens", "open bare"),
    _post("auth/access_token/get", "token_refresh", "Refresh the tokens", "open bare"),
    _get("shop/auth_partner", "auth_partner", "The page on which a seller lets a partner in", "open"),
    _get("shop/cancel_auth_partner", "cancel_auth_partner", "The page on which he takes that back", "open"),
    _get("/auth", "auth_page", "The newer page on which a seller lets a partner in", "open"),
    _get("/cancel_auth", "cancel_auth_page", "The newer page on which he takes that back", "open"),
    # orders
    _get("order/get_order_list", "order_list", "Order numbers in a window of time"),
    _get("order/get_order_detail", "order_detail", "Up to 50 orders in detail"),
    _get("order/get_shipment_list", "shipment_list", "Orders whose shipment is to be arranged"),
    _post("order/search_package_list", "package_search", "Packages by what is to be done with them"),
    _get("order/get_package_detail", "package_detail", "Up to 50 packages in detail"),
    _post("order/cancel_order", "order_cancel", "The seller cancels an order"),
    _post("order/handle_buyer_cancellation", "order_handle_cancellation", "Accept or reject a buyer's cancellation"),
    _post("order/split_order", "order_split", "Pack an order in several packages"),
    _post("order/unsplit_order", "order_unsplit", "Pack it in one again"),
    _post("order/set_note", "order_note", "Put a note on an order"),
    # logistics
    _get("logistics/get_shipping_parameter", "shipping_parameter", "What arranging a shipment needs"),
    _post("logistics/ship_order", "ship_order", "Arrange an order's shipment"),
    _post("logistics/batch_ship_order", "batch_ship_order", "Arrange up to 50 orders' shipments"),
    _get("logistics/get_tracking_number", "tracking_number", "An order's tracking number"),
    _get("logistics/get_tracking_info", "tracking_info", "Where a parcel has been"),
    _get("logistics/get_channel_list", "channel_list", "The channels that the shop ships by"),
    _get("logistics/get_address_list", "address_list", "The shop's addresses"),
    _post("logistics/create_shipping_document", "document_create", "Have shipping documents made"),
    _post("logistics/get_shipping_document_result", "document_result", "What became of the documents"),
    _post("logistics/download_shipping_document", "document_download", "The documents as a PDF"),
    # items
    _get("product/get_item_list", "item_list", "Items in some statuses"),
    _get("product/get_item_base_info", "item_base_info", "Up to 50 items in full"),
    _get("product/get_item_extra_info", "item_extra_info", "How up to 50 items do"),
    _get("product/get_model_list", "model_list", "An item's variations"),
    _get("product/search_item", "item_search", "Items by name or SKU"),
    _get("product/get_category", "category", "The vendor's categories"),
    _post("product/add_item", "item_add", "A new item"),
    _post("product/update_item", "item_update", "Change an item"),
    _post("product/delete_item", "item_delete", "Delete an item"),
    _post("product/unlist_item", "item_unlist", "Take items out of the shop's window, or put them back"),
    _post("product/init_tier_variation", "tier_begin", "An item comes in several kinds from now on"),
    _post("product/update_tier_variation", "tier_update", "Other kinds, and where each model stands among them"),
    _post("product/add_model", "model_add", "More variations of an item"),
    _post("product/update_model", "model_update", "Other SKUs for an item's variations"),
    _post("product/delete_model", "model_delete", "One variation less"),
    _get("product/get_attribute_tree", "attribute_tree", "The attributes of up to 20 categories"),
    _get("product/get_brand_list", "brand_list", "The brands of a category"),
    _get("product/get_item_limit", "item_limit", "The bounds of an item's fields", "bare"),
    _get("product/get_item_promotion", "item_promotion", "Which promotions up to 50 items are in"),
    _get("product/category_recommend", "category_recommend", "The category that the vendor would choose for a name"),
    _post("product/update_stock", "stock_update", "Set the stock of an item or its models"),
    _post("product/update_price", "price_update", "Set the price of an item or its models"),
    _post("product/boost_item", "item_boost", "Let up to five items stand higher for four hours"),
    _get("product/get_boosted_list", "item_boosted", "Which items do, and for how long"),
    _get("product/get_comment", "comments", "What buyers say of items"),
    _post("product/reply_comment", "comment_reply", "Answer up to 100 of them"),
    # what comes back, what is given, what is paid
    _get("returns/get_return_list", "return_list", "Returns, the newest first"),
    _get("returns/get_return_detail", "return_detail", "One return in full"),
    _post("returns/confirm", "return_confirm", "Agree to a return"),
    _post("returns/dispute", "return_dispute", "Disagree with a return"),
    _post("returns/offer", "return_offer", "Propose something else"),
    _get("returns/get_available_solutions", "return_solutions", "What the seller may propose for a return"),
    _get("returns/get_return_dispute_reason", "return_reasons", "For which reasons a return may be disputed"),
    _post("returns/accept_offer", "return_accept_offer", "Take what the buyer proposes"),
    _post("returns/cancel_dispute", "return_cancel_dispute", "Take a dispute back"),
    _post("returns/upload_proof", "return_upload_proof", "Show one's side of a dispute"),
    _get("returns/query_proof", "return_query_proof", "What the seller has shown"),
    _post("returns/convert_image", "return_image", "A picture for a dispute, as multipart"),
    _get("returns/get_shipping_carrier", "return_carriers", "By whom goods may be sent back, and what proves it"),
    _post("returns/upload_shipping_proof", "return_shipping_proof", "How the goods were sent back"),
    _get("returns/get_reverse_tracking_info", "return_tracking", "Where goods that are sent back are"),
    _post("voucher/add_voucher", "voucher_add", "A new voucher"),
    _get("voucher/get_voucher_list", "voucher_list", "Vouchers by status"),
    _get("voucher/get_voucher", "voucher_get", "One voucher in full"),
    _post("voucher/update_voucher", "voucher_update", "Change a voucher"),
    _post("voucher/end_voucher", "voucher_end", "End an ongoing voucher"),
    _post("voucher/delete_voucher", "voucher_delete", "Delete an upcoming voucher"),
    _get("payment/get_escrow_detail", "escrow_detail", "What an order brings"),
    _get("payment/get_escrow_list", "escrow_list", "What was paid out in a window of time"),
    _get("payment/get_wallet_transaction_list", "wallet", "What came into the seller's wallet"),
    # pictures and videos
    _post("media_space/upload_image", "image_upload", "A picture, as multipart", "open"),
    _post("media_space/init_video_upload", "video_begin", "A video is going to be uploaded", "open"),
    _post("media_space/upload_video_part", "video_part", "One part of it, as multipart", "open"),
    _post("media_space/complete_video_upload", "video_end", "All its parts are there", "open"),
    _get("media_space/get_video_upload_result", "video_result", "How far a video is", "open"),
    # the shop and the partner
    _get("shop/get_shop_info", "shop_info", "The shop as the vendor knows it", "bare"),
    _get("shop/get_profile", "shop_profile", "What buyers see of the shop"),
    _post("shop/update_profile", "shop_profile_update", "Change what buyers see of the shop"),
    _get("shop/get_warehouse_detail", "shop_warehouses", "The shop's warehouses: a shop with one is told none"),
    _get("public/get_shops_by_partner", "shops_by_partner", "The shops that have authorised the partner", "open bare"),
    _get("public/get_merchants_by_partner", "merchants_by_partner", "The merchants that have done so: none", "open bare"),
    _get("public/get_shopee_ip_ranges", "ip_ranges", "Where pushes come from", "open bare"),
    # chat
    _post("sellerchat/send_message", "chat_send", "Write to a buyer"),
    _get("sellerchat/get_conversation_list", "chat_conversations", "Conversations, the latest first"),
    _get("sellerchat/get_message", "chat_messages", "A conversation's messages, the newest first"),
    _get("sellerchat/get_one_conversation", "chat_conversation", "One conversation"),
    _get("sellerchat/get_unread_conversation_count", "chat_unread", "How much is unread"),
    _post("sellerchat/read_conversation", "chat_read", "A conversation was read"),
    _post("sellerchat/unread_conversation", "chat_mark_unread", "A conversation is to be read again"),
    _post("sellerchat/delete_conversation", "chat_delete", "A conversation is gone"),
    _post("sellerchat/pin_conversation", "chat_pin", "Keep a conversation on top"),
    _post("sellerchat/unpin_conversation", "chat_unpin", "Keep it there no longer"),
    _post("sellerchat/send_autoreply_message", "chat_autoreply", "Write to a buyer who waits, by itself"),
    _post("sellerchat/upload_image", "chat_image", "A picture for a message, as multipart"),
    _get("sellerchat/get_offer_toggle_status", "chat_offers", "May buyers haggle?"),
    _post("sellerchat/set_offer_toggle_status", "chat_offers_set", "Let them, or not"),
    # pushes
    _post("push/set_app_push_config", "push_config", "Where pushes go", "open"),
    _get("push/get_app_push_config", "push_config_get", "Where pushes go, and how they fare", "open"),
    _get("push/get_lost_push_message", "push_lost", "Pushes that did not arrive", "open"),
    _post("push/confirm_consumed_lost_push_message", "push_lost_confirm", "Lost pushes were read", "open"),
)
"""Every endpoint that is served."""

PAGES = ("/auth", "/cancel_auth")
"""What a browser opens, unsigned."""

UPLOADS = tuple(
    f"/api/v2/{path}"
    for path in (
        "media_space/upload_image",
        "media_space/upload_video_part",
        "returns/convert_image",
        "sellerchat/upload_image",
    )
)
"""Where the body is a file."""

GONE = ("/api/v2/product/get_attributes",)
"""What the vendor has taken away: clients are told so, and not that there is no such path."""
