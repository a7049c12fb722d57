"""Thousands of requests with one thing wrong in them, over Shopee's whole table: none breaks it, none is half done.

Each starts from a request that is good, so that what is spoilt lies deep. Every answer is the vendor's envelope, a file or a
redirect, and what was refused has cost nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from random import Random
from typing import Any
from urllib.parse import urlencode

import pytest

from mocks.http import Endpoint
from mocks.shopee.endpoints import ENDPOINTS
from tests.mocks.rig import START, Rig
from tests.mocks.test_bad_requests import replaced
from tests.mocks.test_shopee_orders import SN, listen, placed
from tests.mocks.test_shopee_trade import ITEM, VOUCHER

EACH = 28
TEXTS = (
    "",
    "0",
    "-1",
    "None",
    "null",
    "x" * 5_000,
    "é",
    "\x00",
    "\ud800",
    "中" * 700,
    "1e999",
    "1,2",
    "[1, 2]",
    "9" * 30,
    " 1",
)
NUMBERS = (0, -1, 1, 2**31, 2**63, 10**400, 1e400, -1e400, 1e-400, 0.5, float("nan"), True, False, None)
NESTED = ([], {}, [[]], [None], [{}], {"a": {}}, [1, "x"], [0] * 1_100, {"text": 1}, {"order_sn": []}, [{"order_sn": 5}])
JUNK = (*TEXTS, *NUMBERS, *NESTED)
NOW = START // 1000
TIERS = [{"name": "尺码", "option_list": [{"option": "S", "image": {"image_id": "x"}}, {"option": "M"}]}]
ROWS = {"order_list": [{"order_sn": SN, "package_number": ""}]}
RETURN = {"return_sn": "R1"}
PAGE = {"page_size": 10, "page_no": 1, "offset": 0, "cursor": ""}
GOOD: dict[str, dict[str, Any]] = {
    "token_get": {"code": "x", "shop_id": 1, "partner_id": 1},
    "token_refresh": {"refresh_token": "x", "shop_id": 1, "partner_id": 1},
    "auth_partner": {"redirect": "http://127.0.0.1:9/back"},
    "cancel_auth_partner": {"redirect": "http://127.0.0.1:9/back"},
    "auth_page": {"redirect_uri": "http://127.0.0.1:9/back", "auth_type": "seller", "state": "x"},
    "cancel_auth_page": {"redirect_uri": "http://127.0.0.1:9/back", "auth_type": "seller"},
    "order_list": {"time_range_field": "create_time", "time_from": NOW - 86_400, "time_to": NOW, **PAGE},
    "order_detail": {"order_sn_list": SN, "response_optional_fields": "item_list"},
    "package_search": {"filter": {"package_status": 0}, "pagination": {"page_size": 5, "cursor": ""}, "sort": {}},
    "package_detail": {"package_number_list": "x"},
    "order_cancel": {"order_sn": SN, "cancel_reason": "OUT_OF_STOCK", "item_list": [{"item_id": 10_000, "model_id": 0}]},
    "order_split": {
        "order_sn": SN,
        "package_list": [{"item_list": [{"item_id": 10_000, "model_id": 0, "model_quantity": 1}]} for _ in "ab"],
    },
    "order_handle_cancellation": {"order_sn": SN, "operation": "ACCEPT"},
    "order_note": {"order_sn": SN, "note": "x"},
    "ship_order": {"order_sn": SN, "pickup": {"address_id": 234, "pickup_time_id": "1"}},
    "batch_ship_order": {**ROWS, "dropoff": {"branch_id": 771, "tracking_number": "x"}},
    "document_create": ROWS,
    "document_result": ROWS,
    "document_download": ROWS,
    "item_list": {**PAGE, "item_status": ["NORMAL"], "update_time_from": 0, "update_time_to": NOW},
    "item_base_info": {"item_id_list": [10_000, 10_008]},
    "item_extra_info": {"item_id_list": [10_000]},
    "model_list": {"item_id": 10_008},
    "item_search": {"page_size": 5, "offset": "", "item_name": "x", "item_sku": "", "item_status": ["NORMAL"]},
    "item_add": {**ITEM, "pre_order": {"is_pre_order": True, "days_to_ship": 7}, "condition": "NEW"},
    "item_update": {
        **ITEM,
        "item_id": 10_000,
        "dimension": {"package_length": 9, "package_width": 9, "package_height": 9},
        "brand": {"brand_id": 0, "original_brand_name": "x"},
        "attribute_list": [{"attribute_id": 100_134, "attribute_value_list": [{"value_id": 0, "original_value_name": "x"}]}],
        "wholesale": [{"min_count": 2, "max_count": 5, "unit_price": 1.5}],
    },
    "item_delete": {"item_id": 10_000},
    "item_unlist": {"item_list": [{"item_id": 10_000, "unlist": True}]},
    "tier_begin": {
        "item_id": 10_000,
        "tier_variation": TIERS,
        "model": [{"tier_index": [0], "original_price": 1.5, "normal_stock": 1}],
    },
    "tier_update": {"item_id": 10_008, "tier_variation": TIERS, "model_list": [{"model_id": 100_081, "tier_index": [0]}]},
    "model_add": {"item_id": 10_008, "model_list": [{"tier_index": [1], "original_price": 1.5, "model_sku": "x"}]},
    "model_update": {"item_id": 10_008, "model": [{"model_id": 100_081, "model_sku": "x"}]},
    "model_delete": {"item_id": 10_008, "model_id": 100_082},
    "attribute_tree": {"category_id_list": [100_717], "language": "en"},
    "brand_list": {**PAGE, "category_id": 100_717, "status": 1},
    "item_promotion": {"item_id_list": [10_000]},
    "category_recommend": {"item_name": "x"},
    "item_boost": {"item_id_list": [10_000, 10_008]},
    "comments": {**PAGE, "item_id": 10_000, "comment_id": 300_001},
    "comment_reply": {"comment_list": [{"comment_id": 300_001, "comment": "x"}]},
    "return_shipping_proof": {
        **RETURN,
        "reverse_logistics_carrier_id": 18_025,
        "tracking_number": "x",
        "image_id_list": [{"image_id": "x"}],
        "remarks": "x",
    },
    "chat_autoreply": {"to_id": 1, "content": {"text": "x"}},
    "chat_offers_set": {"make_offer_status": "disabled"},
    "return_upload_proof": {**RETURN, "photo": [{"url": "x", "thumbnail": "x"}], "description": "x"},
    "wallet": {**PAGE, "create_time_from": NOW - 60, "create_time_to": NOW, "transaction_type": ""},
    "video_begin": {"file_md5": "0" * 32, "file_size": 5},
    "video_end": {"video_upload_id": "x", "part_seq_list": [0]},
    "stock_update": {"item_id": 10_000, "stock_list": [{"model_id": 0, "seller_stock": [{"location_id": "", "stock": 1}]}]},
    "price_update": {"item_id": 10_000, "price_list": [{"model_id": 0, "original_price": 1.5}]},
    "return_list": {
        **PAGE,
        "status": "",
        "negotiation_status": "TERMINATED",
        "seller_proof_status": "",
        "create_time_from": NOW - 60,
        "create_time_to": NOW,
    },
    "return_dispute": {**RETURN, "email": "a@b.example", "dispute_reason_id": 1, "image_list": ["x"]},
    "return_offer": {**RETURN, "proposed_solution": "REFUND", "proposed_adjusted_refund_amount": 1.0},
    "voucher_add": {**VOUCHER, "display_channel_list": [1], "item_id_list": [10_000]},
    "voucher_update": {"voucher_id": 10**9, "voucher_name": "x", "end_time": NOW + 9_000, "item_id_list": [10_000]},
    "voucher_list": {**PAGE, "status": "all"},
    "escrow_list": {**PAGE, "release_time_from": 0, "release_time_to": NOW},
    "shop_profile_update": {"shop_name": "a shop", "shop_logo": "x", "description": "x"},
    "chat_send": {"to_id": 1, "message_type": "text", "content": {"text": "x"}},
    "chat_conversations": {"direction": "latest", "type": "all", "page_size": 5, "next_timestamp_nano": 0},
    "push_config": {"callback_url": "http://127.0.0.1:9/", "set_push_config_on": [3], "blocked_shop_id_list": [1]},
    "push_lost_confirm": {"last_message_id": 1},
}
"""A good request by its action; the others are asked about an order, an item, a return or a voucher."""

ANY = {"order_sn": SN, "voucher_id": 10**9, **RETURN, **PAGE, "conversation_id": 10**17}


def places(body: Any) -> list[tuple[Any, ...]]:
    """The way to every value."""
    inside = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    return [(), *((key, *rest) for key, value in inside for rest in places(value))]


def asked(rig: Rig, endpoint: Endpoint, body: Any) -> None:
    """Ask; the answer must be one that the vendor could give, and free when it refuses."""
    before = rig.world.store.snapshot("main")
    who = rig.signed(endpoint.path, parts=3 if endpoint.open else 5)
    flat = {name: json.dumps(value) for name, value in body.items()} if isinstance(body, dict) else {}
    query = urlencode({**{name: one.encode("utf-8", "replace") for name, one in flat.items()}, **who}, doseq=False)
    for method, text, sent in (("POST", urlencode(who), body), ("GET", query, None)):
        answer = rig.send("shopee", method, endpoint.path, text, sent)
        assert answer.status in (200, 302)
        kind = dict(answer.headers).get(b"content-type")
        said = json.loads(answer.body) if kind == b"application/json" else {"error": ""}
        assert isinstance(said["error"], str)
        counted_first = endpoint.action in ("shopee.token_get", "shopee.token_refresh", "shopee.order_detail")
        assert not said["error"] or counted_first or rig.world.store.snapshot("main") == before
        before = rig.world.store.snapshot("main")


@pytest.fixture(scope="module")
def patient() -> Iterator[Rig]:
    """A sandbox that never tires; reset by whoever uses it."""
    rig = Rig({"shopee": {"quota": {"app_second": {"limit": 10**6}}}})
    yield rig
    rig.close()


@pytest.fixture
def shop(patient: Rig) -> Rig:
    """A shop as it is at first, with one more order to ask about."""
    patient.server.reset("main")
    listen(patient)
    placed(patient)
    return patient


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=[one.action for one in ENDPOINTS])
def test_no_request_with_one_thing_wrong_breaks_anything(shop: Rig, endpoint: Endpoint) -> None:
    good = GOOD.get(endpoint.action.removeprefix("shopee."), ANY)
    ways, rng = places(good), Random(endpoint.action)
    for _ in range(EACH):
        asked(shop, endpoint, replaced(good, rng.choice(ways), rng.choice(JUNK)))


def test_with_those_of_all_platforms_these_are_more_than_ten_thousand() -> None:
    """`test_bad_requests` sends Shopee at least 5,000 from strangers and 5,000 from somebody who may ask."""
    assert 2 * EACH * len(ENDPOINTS) >= 5_000
