"""Shopee's items, returns, vouchers and money: what is refused changes and costs nothing, and pages hold everything once."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.mocks.rig import DAY, HOUR, START, Rig
from tests.mocks.test_shopee_orders import LOGISTICS, SN, did, listen, placed, status

NOW = START // 1000
API = "/api/v2/"
ITEM = {
    "item_name": "竹筷",
    "description": "十双",
    "original_price": 12.5,
    "weight": 0.2,
    "category_id": 100_717,
    "image": {"image_id_list": ["a1"]},
    "logistic_info": [{"logistic_id": 18_025, "enabled": True}],
    "seller_stock": [{"stock": 5}],
}
VOUCHER = {
    "voucher_name": "十元券",
    "voucher_code": "TEN1",
    "start_time": NOW + 60,
    "end_time": NOW + 90_000,
    "voucher_type": 1,
    "reward_type": 1,
    "usage_quantity": 10,
    "min_basket_price": 50,
    "discount_amount": 10,
}
STOCK = [{"seller_stock": [{"stock": 1}]}]
MODEL = [{"model_id": 7, "seller_stock": [{"stock": 1}]}]

REFUSALS: dict[str, tuple[str, dict[str, Any], str]] = {
    "list: no status": ("product/get_item_list", {"offset": 0, "page_size": 1}, "error_param"),
    "list: a status": ("product/get_item_list", {"offset": 0, "page_size": 1, "item_status": "DELETED"}, "error_param"),
    "list: too many": ("product/get_item_list", {"offset": 0, "page_size": 101, "item_status": "NORMAL"}, "error_param"),
    "list: no offset": ("product/get_item_list", {"offset": "x", "page_size": 1, "item_status": "NORMAL"}, "error_param"),
    "info: none": ("product/get_item_base_info", {}, "error_param"),
    "info: fifty-one": ("product/get_item_base_info", {"item_id_list": list(range(51))}, "error_param"),
    "info: words": ("product/get_item_base_info", {"item_id_list": "a,b"}, "error_param"),
    "info: unknown": ("product/get_item_base_info", {"item_id_list": "5"}, "error_item_not_found"),
    "models: no item": ("product/get_model_list", {}, "product.error_param"),
    "models: unknown": ("product/get_model_list", {"item_id": 5}, "error_item_not_found"),
    "search: no size": ("product/search_item", {"item_name": "x"}, "error_param"),
    "search: an offset": ("product/search_item", {"page_size": 1, "offset": "next"}, "error_param"),
    "add: no name": ("product/add_item", {**ITEM, "item_name": ""}, "error_param"),
    "add: a price of nothing": ("product/add_item", {**ITEM, "original_price": 0}, "error_param"),
    "add: a price that is text": ("product/add_item", {**ITEM, "original_price": "12"}, "error_param"),
    "add: a category with others below": ("product/add_item", {**ITEM, "category_id": 100_636}, "error_param"),
    "add: no picture": ("product/add_item", {**ITEM, "image": {"image_id_list": []}}, "error_param"),
    "add: another channel": (
        "product/add_item",
        {**ITEM, "logistic_info": [{"logistic_id": 1, "enabled": True}]},
        "error_param",
    ),
    "update: unknown": ("product/update_item", {"item_id": 5}, "error_item_not_found"),
    "update: a weight": ("product/update_item", {"item_id": 10_000, "weight": -1}, "error_param"),
    "delete: nothing": ("product/delete_item", {}, "product.error_param"),
    "unlist: none": ("product/unlist_item", {"item_list": []}, "error_param"),
    "stock: below zero": (
        "product/update_stock",
        {"item_id": 10_000, "stock_list": [{"seller_stock": [{"stock": -1}]}]},
        "error_param",
    ),
    "stock: another model": (
        "product/update_stock",
        {"item_id": 10_000, "stock_list": MODEL},
        "error_busi_update_stock_failed",
    ),
    "stock: twice": ("product/update_stock", {"item_id": 10_000, "stock_list": [*STOCK, *STOCK]}, "error_param"),
    "stock: of models": (
        "product/update_stock",
        {"item_id": 10_008, "stock_list": STOCK},
        "error_edit_item_stock_for_item_has_model",
    ),
    "price: none": ("product/update_price", {"item_id": 10_000, "price_list": [{"original_price": None}]}, "error_param"),
    "profile: a short name": ("shop/update_profile", {"shop_name": "x"}, "error_param"),
    "warehouses: one": ("shop/get_warehouse_detail", {}, "warehouse.error_not_in_whitelist"),
    "returns: a page": ("returns/get_return_list", {"page_no": -1}, "error_param"),
    "returns: sixteen days": (
        "returns/get_return_list",
        {"create_time_from": NOW - 16 * 86_400, "create_time_to": NOW},
        "error_param",
    ),
    "returns: a status": ("returns/get_return_list", {"status": "LOST"}, "error_param"),
    "return: unknown": ("returns/get_return_detail", {"return_sn": "x"}, "error_not_found"),
    "confirm: none": ("returns/confirm", {}, "error_param"),
    "dispute: no mail": ("returns/dispute", {"return_sn": "x"}, "error_param"),
    "offer: nothing": ("returns/offer", {"return_sn": "x"}, "error_param"),
    "voucher: a long code": ("voucher/add_voucher", {**VOUCHER, "voucher_code": "TOOLONG"}, "voucher.voucher_code_error"),
    "voucher: no code": ("voucher/add_voucher", {**VOUCHER, "voucher_code": None}, "voucher.voucher_code_error"),
    "voucher: begun": ("voucher/add_voucher", {**VOUCHER, "start_time": NOW - 1}, "voucher.voucher_start_time_error"),
    "voucher: over at once": ("voucher/add_voucher", {**VOUCHER, "end_time": NOW}, "voucher.voucher_end_time_error"),
    "voucher: short": ("voucher/add_voucher", {**VOUCHER, "end_time": NOW + 3_659}, "voucher.voucher_time_period_error"),
    "voucher: long": (
        "voucher/add_voucher",
        {**VOUCHER, "end_time": NOW + 100 * 86_400},
        "voucher.voucher_time_period_error",
    ),
    "voucher: of no items": ("voucher/add_voucher", {**VOUCHER, "voucher_type": 2}, "voucher.voucher_item_not_exist"),
    "voucher: without a value": ("voucher/add_voucher", {**VOUCHER, "discount_amount": None}, "error_param"),
    "voucher: 101 percent": ("voucher/add_voucher", {**VOUCHER, "reward_type": 2, "percentage": 101}, "error_param"),
    "vouchers: a status": ("voucher/get_voucher_list", {"status": "old"}, "error_param"),
    "voucher: unknown": ("voucher/get_voucher", {"voucher_id": 1}, "voucher.voucher_not_exist"),
    "escrow: unknown": ("payment/get_escrow_detail", {"order_sn": "x"}, "error_not_found"),
    "escrows: no window": ("payment/get_escrow_list", {}, "error_param"),
    "ship: two ways": (
        "logistics/ship_order",
        {"order_sn": SN, "dropoff": {}, "pickup": {}},
        "logistics.ship_order_only_support_one_type",
    ),
    "ship: no way": ("logistics/ship_order", {"order_sn": SN}, "logistics.ship_order_only_support_one_type"),
    "ship: no slot": (
        "logistics/ship_order",
        {"order_sn": SN, "pickup": {}},
        "logistics.ship_order_need_address_pickup_time",
    ),
    "ship: yesterday": (
        "logistics/ship_order",
        {"order_sn": SN, "pickup": {"address_id": 234, "pickup_time_id": str(NOW - 86_400)}},
        "error_param",
    ),
    "ship: another package": (
        "logistics/ship_order",
        {"order_sn": SN, "package_number": "x", "dropoff": {}},
        "logistics.package_not_exist",
    ),
    "ship: unknown": ("logistics/ship_order", {"order_sn": "x", "dropoff": {}}, "error_not_found"),
    "number: unknown": ("logistics/get_tracking_number", {"order_sn": "x"}, "logistics.invalid_error"),
    "number: not yet": ("logistics/get_tracking_number", {"order_sn": SN}, "logistics.ship_order_not_ready_to_ship"),
    "print: unknown": (
        "logistics/download_shipping_document",
        {"order_list": [{"order_sn": "x"}]},
        "logistics.shipping_document_should_print_first",
    ),
    "batch: none": ("logistics/batch_ship_order", {"order_list": [], "dropoff": {}}, "error_param"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_what_is_wrong_with_a_request_is_said_and_changes_and_costs_nothing(standing: Rig, case: str) -> None:
    path, body, error = REFUSALS[case]
    shopee = standing.main.shopee
    if SN not in shopee.orders:
        placed(standing)
    before = standing.meters(), repr(shopee.items), repr(shopee.vouchers), repr(shopee.orders), repr(shopee.profile)
    assert did(standing, API + path, **body)["error"] == error
    after = standing.meters(), repr(shopee.items), repr(shopee.vouchers), repr(shopee.orders), repr(shopee.profile)
    assert after == before


def test_items_of_several_statuses_are_asked_for_by_a_repeated_parameter(rig: Rig) -> None:
    did(rig, API + "product/unlist_item", item_list=[{"item_id": 10_000, "unlist": True}])
    path = API + "product/get_item_list"
    query = "&".join(f"{name}={value}" for name, value in rig.signed(path).items())
    query += "&offset=0&page_size=100&item_status=UNLIST&item_status=BANNED"
    answer = rig.said("shopee", "GET", path, query)["response"]
    assert [one["item_id"] for one in answer["item"]] == [10_000]


def test_a_batch_does_what_can_be_done_and_says_of_the_rest_why_not(rig: Rig) -> None:
    rows = [{"model_id": one, "original_price": 5.5} for one in (100_081, 1)]
    answer = did(rig, API + "product/update_price", item_id=10_008, price_list=rows)["response"]
    assert answer["success_list"] == [{"model_id": 100_081, "original_price": 5.5}]
    assert answer["failure_list"] == [{"model_id": 1, "failed_reason": "Wrong model_id."}]


@settings(max_examples=12)
@given(size=st.integers(1, 9), more=st.integers(0, 8), statuses=st.sampled_from(["NORMAL", "NORMAL,UNLIST"]))
def test_pages_of_items_hold_every_one_once(size: int, more: int, statuses: str) -> None:
    rig = Rig()
    for number in range(more):
        kind = {"item_status": "UNLIST"} if number % 2 else {}
        assert did(rig, API + "product/add_item", **ITEM, **kind)["error"] == ""
    found, offset = [], 0
    while True:
        asked = {"offset": offset, "page_size": size, "item_status": statuses}
        answer = rig.shop(API + "product/get_item_list", **asked)["response"]
        found += [one["item_id"] for one in answer["item"]]
        if not answer["has_next_page"]:
            break
        offset = answer["next_offset"]
    assert found == [one.id for one in rig.main.shopee.items.values() if one.status in statuses.split(",")]
    assert len(found) == answer["total_count"]
    rig.close()


def returned(rig: Rig) -> tuple[str, list[tuple[int, dict[str, Any]]]]:
    """An order that was delivered and that the buyer wants to give back: the return's number, and what is pushed from here on."""
    got = listen(rig)
    placed(rig)
    assert did(rig, LOGISTICS + "ship_order", order_sn=SN, dropoff={})["error"] == ""
    rig.jump(60 * HOUR)
    return rig.tell("shopee.return_requested", order_sn=SN, text_reason="碎了")["return_sn"], got


def test_a_return_that_the_seller_confirms_gives_the_money_back(rig: Rig) -> None:
    number, got = returned(rig)
    assert status(rig) == "TO_RETURN"
    assert did(rig, API + "returns/confirm", return_sn=number)["response"] == {"return_sn": number}
    assert status(rig) == "COMPLETED"
    updates = [data for code, data in got if code == 29]
    assert [(one["order_sn"], one["updated_values"][0]["new_value"]) for one in updates] == [
        (SN, "REQUESTED"),
        (SN, "ACCEPTED"),
    ]
    income = rig.shop(API + "payment/get_escrow_detail", order_sn=SN)["response"]
    order = rig.main.shopee.orders[SN]
    assert (income["order_income"]["escrow_amount"], income["return_order_sn_list"]) == (0, [number])
    assert income["order_income"]["seller_return_refund"] == -order.total / 100
    assert did(rig, API + "returns/confirm", return_sn=number)["error"] == "returns.error_status"


@pytest.mark.parametrize(
    ("fact", "after"), [("dispute_won", "CLOSED"), ("dispute_lost", "ACCEPTED"), ("return_withdrawn", "CANCELLED")]
)
def test_a_dispute_ends_as_the_vendor_or_the_buyer_says(rig: Rig, fact: str, after: str) -> None:
    number, _ = returned(rig)
    offer = {"proposed_solution": "REFUND", "proposed_adjusted_refund_amount": 1.5}
    assert did(rig, API + "returns/offer", return_sn=number, **offer)["error"] == ""
    assert (
        did(rig, API + "returns/offer", return_sn=number, **{**offer, "proposed_adjusted_refund_amount": 9e6})["error"]
        == "error_param"
    )
    assert did(rig, API + "returns/dispute", return_sn=number, email="a@b.example")["error"] == ""
    detail = rig.shop(API + "returns/get_return_detail", return_sn=number)["response"]
    assert (detail["status"], detail["negotiation"]["latest_offer_amount"]) == ("SELLER_DISPUTE", 1.5)
    assert rig.tell(f"shopee.{fact}", return_sn=number)["status"] == after
    assert status(rig) == "COMPLETED"
    assert rig.tell(f"shopee.{fact}", return_sn=number)["code"] == "error_param"


def test_both_zero_and_one_are_the_first_page_of_returns(rig: Rig) -> None:
    number, _ = returned(rig)
    for page, there in ((0, True), (1, True), (2, False)):
        rows = rig.shop(API + "returns/get_return_list", page_no=page, page_size=1)["response"]["return"]
        assert [one["return_sn"] for one in rows] == ([number] if there else [])


def test_a_document_is_a_pdf_and_only_of_what_was_made(rig: Rig) -> None:
    got = listen(rig)
    placed(rig)
    did(rig, LOGISTICS + "ship_order", order_sn=SN, dropoff={})
    rows = [{"order_sn": SN}]
    path = LOGISTICS + "create_shipping_document"
    (row,) = did(rig, path, order_list=rows)["response"]["result_list"]
    assert row["fail_error"] == "logistics.tracking_number_invalid"
    rig.jump(HOUR)
    did(rig, path, order_list=rows)
    rig.jump(HOUR)
    assert [data["status"] for code, data in got if code == 15] == ["READY"]
    path = LOGISTICS + "download_shipping_document"
    answer = rig.send("shopee", "POST", path, rig.signed(path), {"order_list": rows})
    assert dict(answer.headers) == {b"content-type": b"application/pdf"}
    assert answer.body.startswith(b"%PDF-1.4")
    assert SN.encode() in answer.body
    assert answer.body.endswith(b"%%EOF\n")


@pytest.mark.parametrize(("size", "count"), [(1, 0), (1, 3), (3, 9), (4, 8), (6, 6)])
def test_pages_of_vouchers_hold_every_one_once_and_the_thousand_and_first_is_refused(size: int, count: int) -> None:
    rig = Rig({"shopee": {"setting": {"vouchers_at_once": {"value": count}}}})
    for number in range(count):
        assert did(rig, API + "voucher/add_voucher", **{**VOUCHER, "voucher_code": f"V{number}"})["error"] == ""
    assert did(rig, API + "voucher/add_voucher", **VOUCHER)["error"] == "voucher.voucher_over_limit"
    found, page = [], 1
    while True:
        answer = rig.shop(API + "voucher/get_voucher_list", status="all", page_no=page, page_size=size)["response"]
        found += [one["voucher_name"] + one["voucher_code"][4:] for one in answer["voucher_list"]]
        page += 1
        if not answer["more"]:
            break
    assert sorted(found) == sorted(f"十元券V{number}" for number in range(count))
    rig.close()


def test_a_voucher_is_what_its_times_say(rig: Rig) -> None:
    listen(rig)
    number = did(rig, API + "voucher/add_voucher", **VOUCHER)["response"]["voucher_id"]
    for wait, expected in ((0, "upcoming"), (60_000, "ongoing"), (DAY + HOUR, "expired")):
        rig.jump(wait)
        rows = rig.shop(API + "voucher/get_voucher_list", status=expected)["response"]["voucher_list"]
        assert [one["voucher_id"] for one in rows] == [number]
    assert did(rig, API + "voucher/update_voucher", voucher_id=number)["error"] == "voucher.voucher_status_error"


def test_taxes_and_complaints_stand_beside_the_items_where_they_are_asked_for(standing: Rig) -> None:
    path = "/api/v2/product/get_item_base_info"
    asked = {"item_id_list": "10000", "need_tax_info": "true", "need_complaint_policy": "false"}
    answer = standing.shop(path, **asked)["response"]
    assert set(answer) == {"item_list", "tax_info"}
    assert answer["item_list"][0]["description_info"] == {"extended_description": {"field_list": []}}
