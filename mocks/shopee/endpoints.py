"""Shopee's endpoint table: a row an endpoint.

Law: data only. `open` rows are signed with three parts, `bare` ones answer without the `response` around what they bring.
"""

from __future__ import annotations

from mocks.http import Endpoint


def _row(method: str, path: str, action: str, summary: str, kind: str) -> Endpoint:
    return Endpoint(method, f"/api/v2/{path}", f"shopee.{action}", summary, bare="bare" in kind, open="open" in kind)


def _get(path: str, action: str, summary: str, kind: str = "") -> Endpoint:
    return _row("GET", path, action, summary, kind)


def _post(path: str, action: str, summary: str, kind: str = "") -> Endpoint:
    return _row("POST", path, action, summary, kind)


ENDPOINTS = (
    # authorisation
    _post("auth/token/get", "token_get", "Trade a code for tokens", "open bare"),
    _post("auth/access_token/get", "token_refresh", "Refresh the tokens", "open bare"),
    # orders
    _get("order/get_order_list", "order_list", "Order numbers in a window of time"),
    _get("order/get_order_detail", "order_detail", "Up to 50 orders in detail"),
    _get("order/get_shipment_list", "shipment_list", "Orders whose shipment is to be arranged"),
    _post("order/search_package_list", "package_search", "Packages by what is to be done with them"),
    _get("order/get_package_detail", "package_detail", "Up to 50 packages in detail"),
    _post("order/cancel_order", "order_cancel", "The seller cancels an order"),
    _post("order/handle_buyer_cancellation", "order_handle_cancellation", "Accept or reject a buyer's cancellation"),
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
    # pushes
    _post("push/set_app_push_config", "push_config", "Where pushes go", "open"),
)
"""Every endpoint that is served."""
