"""What else old clients ask: every path of pyshopee's v1, and that what v1 changes v2 shows, and the reverse.

pyshopee's v1 cannot be imported (its `item.py` is indented wrongly), so its paths are read from its source.
"""

from __future__ import annotations

import json
import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from mocks.shopee.v1.endpoints import ENDPOINTS, PAGES
from tests.mocks.good_shopee_v1 import ANY, GOOD, IN_IT, ITEM, MADE, NOW, PICKS, PICTURE, SHIRT, WINDOW
from tests.mocks.rig import HOUR, MINUTE, Rig
from tests.mocks.test_shopee_orders import LOGISTICS, ORDER, did, listen
from tests.mocks.test_shopee_trade import API, returned
from tests.mocks.test_shopee_v1 import said, sent

PRODUCT = API + "product/"
HERE = {one.path.removeprefix("/api/v1/"): one for one in ENDPOINTS}
OWN = "https://cf.shopee.sg/file/"


def test_every_path_that_pyshopee_asks_of_v1_is_there() -> None:
    found = find_spec("pyshopee2")
    assert found is not None
    assert found.origin is not None
    sources = Path(found.origin).parent.with_name("pyshopee").glob("*.py")
    asked = {
        (path, method)
        for source in sources
        for path, method in re.findall(r'\b(?:execute|shop_authorization)\("([^"]+)", "(\w+)"', source.read_text("utf-8"))
    }
    assert len(asked) == 80
    assert {(path, method) for path, method in asked if path not in HERE or HERE[path].method != method} == set()
    assert "items/comments/reply" in HERE  # asked by shopee-php and others alone


REFUSED = {
    "item/installment/set": "error_not_support",
    "item/img/delete": "error_param",
    "item/tier_var/add": "error_param",
    "orders/cancel": "error_param",
    "orders/unsplit": "error_param",
    "orders/buyer_cancellation/accept": "error_param",
    "orders/buyer_cancellation/reject": "error_param",
    "logistics/init": "error_param",
    "logistics/order/get": "error_param",
}
"""What a new shop refuses although it is asked rightly: instalments always, the others in the state that its things are in."""

FIRST = {
    "discount": ("discount/add", "discount_id"),
    "shop_category": ("shop_category/add", "shop_category_id"),
    "top_picks": ("top_picks/add", "top_picks_id"),
}
"""What has to be there before the rest of a family can be asked, and how its number is called."""


@pytest.mark.parametrize("path", [path for path, one in HERE.items() if one not in PAGES])
def test_a_good_request_is_answered_flat_and_one_that_is_refused_costs_nothing(rig: Rig, path: str) -> None:
    order = next(one for one in rig.main.shopee.orders.values() if one.status == "READY_TO_SHIP")
    number = returned(rig)[0] if path.startswith("returns/") else ""
    sn = next(iter(rig.main.shopee.orders)) if "tracking" in path and "set" not in path else order.sn
    first, named = FIRST.get(path.partition("/")[0], (path, ""))
    if path != first:
        assert said(rig, first, **GOOD[first])[named] == MADE
    asked = json.loads(json.dumps(GOOD.get(path, ANY)).replace('"SN"', f'"{sn}"').replace('"R1"', f'"{number}"'))
    before = rig.meters()
    answer = json.loads(sent(rig, path, asked).body)
    assert answer.get("error", "") == REFUSED.get(path, ""), answer
    assert "response" not in answer
    assert answer["request_id"]
    assert "error" not in answer or rig.meters() == before


def test_pictures_by_their_addresses_are_seen_by_their_numbers_in_v2(rig: Rig) -> None:
    item_id = said(rig, "item/add", **ITEM)["item_id"]

    def ids() -> list[str]:
        shown = rig.shop(PRODUCT + "get_item_base_info", item_id_list=item_id)["response"]["item_list"][0]
        return shown["image"]["image_id_list"]

    assert ids() == ["x"]
    done = said(rig, "item/img/add", item_id=item_id, images=[PICTURE, "no address"])
    assert (done["images"], done["fail_image"]) == ([OWN + one for one in ids()], ["no address"])
    theirs = ids()[1]
    assert said(rig, "image/upload", images=[PICTURE])["images"][0]["shopee_image_url"] == OWN + theirs
    said(rig, "item/img/insert", item_id=item_id, image_url=OWN + "y", image_position=1)
    assert ids() == ["y", "x", theirs]
    said(rig, "item/img/delete", item_id=item_id, positions=[2, 9])
    assert ids() == ["y", theirs]
    said(rig, "item/img/delete", item_id=item_id, images=[PICTURE], positions=[1])
    assert ids() == ["y"]
    assert said(rig, "item/img/delete", item_id=item_id, positions=[1])["error"] == "error_param"
    assert (
        said(rig, "item/img/update", item_id=item_id, images=[OWN + str(one) for one in range(10)])["error"] == "error_param"
    )
    said(rig, "item/img/update", item_id=item_id, images=[OWN + "z"])
    assert (ids(), said(rig, "item/get", item_id=item_id)["item"]["images"]) == (["z"], [OWN + "z"])


def test_variations_by_their_names_are_options_of_one_tier_in_v2(rig: Rig) -> None:
    rows = [{"name": "红", "stock": 3, "price": 9.9}, {"name": "蓝", "stock": 4, "price": 8.8, "variation_sku": "B"}]
    item_id = said(rig, "item/add", **ITEM, variations=rows)["item_id"]
    more = said(rig, "item/add_variations", item_id=item_id, variations=[{"name": "绿", "stock": 1, "price": 7.7}])
    green = more["variations"][0]["variation_id"]

    def models() -> list[tuple[Any, ...]]:
        shown = rig.shop(PRODUCT + "get_model_list", item_id=item_id)["response"]["model"]
        return [(one["model_name"], one["price_info"][0]["current_price"], one["model_sku"]) for one in shown]

    assert models() == [("红", 9.9, ""), ("蓝", 8.8, "B"), ("绿", 7.7, "")]
    for again in ([{"name": "绿", "stock": 1, "price": 7.7}], [rows[0] | {"name": "黑"}] * 2):
        assert said(rig, "item/add_variations", item_id=item_id, variations=again)["error"] == "error_param"
    assert said(rig, "item/delete_variation", item_id=item_id, variation_id=green)["variation_id"] == green
    tiers = [{"name": "颜色", "options": ["朱", "青"], "images_url": [OWN + "r"]}]
    assert said(rig, "item/tier_var/update_list", item_id=item_id, tier_variation=tiers[:0])["error"] == "error_param"
    assert said(rig, "item/tier_var/update_list", item_id=item_id, tier_variation=tiers)["item_id"] == item_id
    shown = said(rig, "item/tier_var/get", item_id=item_id)
    assert shown["tier_variation"] == tiers
    red, blue = (one["variation_id"] for one in shown["variations"])
    swap = [{"variation_id": red, "tier_index": [1]}, {"variation_id": blue, "tier_index": [0]}]
    assert said(rig, "item/tier_var/update", item_id=item_id, variation=swap[:1])["error"] == "error_param"
    assert said(rig, "item/tier_var/update", item_id=item_id, variation=swap)["item_id"] == item_id
    assert models() == [("青", 9.9, ""), ("朱", 8.8, "B")]


def test_what_is_said_of_an_item_in_the_words_of_one_is_seen_in_those_of_the_other(rig: Rig) -> None:
    sides = {"package_length": 20, "package_width": 15, "package_height": 5}
    row = {"min": 2, "max": 5, "unit_price": 50.0}
    more = {**sides, "attributes": [{"attributes_id": 100_134, "value": "帆布"}], "wholesales": [row]}
    item_id = said(rig, "item/add", **ITEM, **more)["item_id"]
    new = rig.shop(PRODUCT + "get_item_base_info", item_id_list=item_id)["response"]["item_list"][0]
    assert (new["dimension"], new["wholesales"][0]["max_count"]) == (sides, 5)
    value = new["attribute_list"][0]
    assert (value["original_attribute_name"], value["attribute_value_list"][0]["original_value_name"]) == (
        "Material",
        "帆布",
    )
    tiers = [{"min_count": 2, "max_count": 5, "unit_price": 40}, {"min_count": 6, "max_count": 9, "unit_price": 30}]
    brand = {"brand_id": 7, "original_brand_name": "回力"}
    assert did(rig, PRODUCT + "update_item", item_id=item_id, wholesale=tiers, brand=brand)["response"]["brand"] == brand
    old = said(rig, "item/get", item_id=item_id)["item"]
    assert [(one["min"], one["max"], one["unit_price"]) for one in old["wholesales"]] == [(2, 5, 40.0), (6, 9, 30.0)]
    assert (old["attributes"][0]["attribute_value"], old["package_length"]) == ("帆布", 20)
    gap, dear = {**tiers[1], "min_count": 7}, {**tiers[1], "unit_price": 40}
    for bad in ([tiers[0], gap], [tiers[0], dear], [{**tiers[0], "max_count": 1}]):
        assert did(rig, PRODUCT + "update_item", item_id=item_id, wholesale=bad)["error"] == "error_param"
    assert said(rig, "item/update", item_id=item_id, package_length=3)["error"] == "error_param"


def test_a_discount_cuts_prices_in_both_interfaces_for_as_long_as_it_is_on(rig: Rig) -> None:
    listen(rig)
    own = rig.main.shopee.items[10_000].cents / 100
    dear = {"item_id": 10_001, "item_promotion_price": 1e6}
    made = said(rig, "discount/add", **{**GOOD["discount/add"], "items": [IN_IT, SHIRT, dear]})
    assert (made["count"], made["warning"].partition(":")[0]) == (2, "10001")
    number = made["discount_id"]

    def price() -> tuple[float, float, int]:
        old = said(rig, "item/get", item_id=10_000)["item"]
        new = rig.shop(PRODUCT + "get_item_base_info", item_id_list=10_000)["response"]["item_list"][0]
        assert (old["price"], old["discount_id"]) == (new["price_info"][0]["current_price"], new["promotion_id"])
        return old["price"], old["original_price"], old["discount_id"]

    assert price() == (own, own, 0)
    rig.jump(MINUTE)
    assert price() == (1.5, own, number)
    model = rig.shop(PRODUCT + "get_model_list", item_id=10_008)["response"]["model"]
    assert [one["price_info"][0]["current_price"] for one in model] == [1.5, 19.9]
    assert said(rig, "item/promotion/get", item_id_list=[10_000])["items"][0]["promotions"][0]["promotion_price"] == 1.5
    assert rig.shop(PRODUCT + "get_item_promotion", item_id_list=10_000)["response"]["success_list"][0]["promotion"]
    assert said(rig, "discount/delete", discount_id=number)["error"] == "error_param"
    cheaper = [{**IN_IT, "item_promotion_price": 1.25}]
    assert said(rig, "discount/items/update", discount_id=number, items=cheaper)["count"] == 1
    assert price()[0] == 1.25
    row = said(rig, "discount/detail", discount_id=number)["items"][0]
    assert (row["item_original_price"], row["item_promotion_price"]) == (own, 1.25)
    again = {"discount_name": "x", "start_time": NOW + 120, "end_time": NOW + 9_000, "items": [IN_IT]}
    assert said(rig, "discount/add", **again)["count"] == 0
    assert said(rig, "discount/item/delete", discount_id=number, item_id=10_000)["item_id"] == 10_000
    assert price() == (own, own, 0)
    assert said(rig, "discount/items/add", discount_id=number, items=[IN_IT])["count"] == 1
    assert said(rig, "discount/update", discount_id=number, end_time=NOW + 9_999)["error"] == "error_param"
    assert [one["status"] for one in said(rig, "discounts/get", discount_status="ALL")["discount"]] == [
        "upcoming",
        "ongoing",
    ]
    rig.jump(3 * HOUR)
    assert price() == (own, own, 0)
    assert said(rig, "discounts/get", discount_status="ONGOING")["discount"] == []


def test_boosts_and_comments_are_the_same_in_both(rig: Rig) -> None:
    listen(rig)
    assert said(rig, "items/boost", item_id=[10_000, 7])["batch_result"]["successes"] == [10_000]
    assert rig.shop(PRODUCT + "get_boosted_list")["response"]["item_list"][0]["item_id"] == 10_000
    did(rig, PRODUCT + "boost_item", item_id_list=[10_001])
    assert [one["cooldown_second"] for one in said(rig, "items/get_boosted")["items"]] == [14_400, 14_400]
    sn = next(iter(rig.main.shopee.orders))
    rig.tell("shopee.order_received", order_sn=sn)
    number = rig.tell("shopee.order_reviewed", order_sn=sn, rating_star=3)["comment_id"]
    done = said(rig, "items/comments/reply", cmt_list=[{"cmt_id": number, "comment": "谢"}, {"cmt_id": 9, "comment": "?"}])
    assert (done["succ_list"], done["errors"][0]["cmt_id"]) == ([{"cmt_id": number}], 9)
    assert said(rig, "items/comments/get", cmt_id=number)["item_cmt_list"][0]["cmt_reply"]["reply"] == "谢"
    seen = rig.shop(PRODUCT + "get_comment", comment_id=number, page_size=1)["response"]["item_comment_list"][0]
    assert (seen["comment_reply"]["reply"], seen["rating_star"]) == ("谢", 3)
    item = said(rig, "item/get", item_id=rig.main.shopee.orders[sn].item_id)["item"]
    assert (item["rating_star"], item["cmt_count"]) == (3.0, 1)


def test_orders_go_under_the_sellers_own_numbers_and_v2_sees_them(rig: Rig) -> None:
    listen(rig)
    sn = next(one.sn for one in rig.main.shopee.orders.values() if one.status == "READY_TO_SHIP")
    rows = [{"ordersn": sn, "tracking_number": "MY1"}, {"ordersn": "none", "tracking_number": "MY2"}]
    result = said(rig, "logistics/tracking_number/set_mass", info_list=[*rows, rows[0]])["result"]
    assert (result["total_count"], result["success_count"]) == (3, 1)
    assert [(one["ordersn"], one["error_code"]) for one in result["errors"]] == [
        ("none", "error_not_exists"),
        (sn, "error_param"),
    ]
    rig.jump(5 * MINUTE)
    assert rig.shop(LOGISTICS + "get_tracking_number", order_sn=sn)["response"]["tracking_number"] == "MY1"
    assert rig.shop(ORDER + "get_order_detail", order_sn_list=sn)["response"]["order_list"][0]["order_status"] == "PROCESSED"


def test_what_v2_splits_v1_ships_package_by_package_or_joins(rig: Rig) -> None:
    listen(rig)
    orders = [one for one in rig.main.shopee.orders.values() if one.status == "READY_TO_SHIP" and one.quantity > 1]
    for order in orders[:2]:
        lines = [[{"item_id": order.item_id, "model_quantity": count}] for count in (1, order.quantity - 1)]
        did(rig, ORDER + "split_order", order_sn=order.sn, package_list=[{"item_list": one} for one in lines])
    kept, joined = orders[:2]
    assert said(rig, "orders/unsplit", ordersn=joined.sn)["result"] == "success"
    assert len(said(rig, "orders/forder/get", ordersn=joined.sn)["forder_list"]) == 1
    ids = [one["forder_id"] for one in said(rig, "orders/forder/get", ordersn=kept.sn)["forder_list"]]
    assert said(rig, "logistics/init", ordersn=kept.sn, dropoff={})["error"] == "error_param"
    assert said(rig, "logistics/init", ordersn=kept.sn, forder_id=ids[1], dropoff={})["tracking_number"] == ""
    rig.jump(5 * MINUTE)
    rows = [{"ordersn": kept.sn, "forder_id": one} for one in ids]
    result = said(rig, "logistics/forder_waybill/get_mass", orders_list=rows)["result"]
    assert [[one["forder_id"] for one in result[name]] for name in ("waybills", "errors")] == [[ids[1]], [ids[0]]]
    assert said(rig, "logistics/order/get", ordersn=kept.sn, forder_id=ids[1])["logistics"][0]["tracking_no"]
    assert said(rig, "logistics/order/get", ordersn=kept.sn, forder_id=ids[0])["error"] == "error_param"


def test_what_is_paid_out_is_the_same_in_both(rig: Rig) -> None:
    sn = next(iter(rig.main.shopee.orders))
    rig.tell("shopee.order_received", order_sn=sn)
    window = {"release_time_from": NOW, "release_time_to": NOW + 1}
    new = rig.shop(API + "payment/get_escrow_list", **window)["response"]["escrow_list"][0]
    old = said(rig, "orders/get_escrow_detail", **window)["orders"]
    assert [(one["ordersn"], float(one["payout_amount"])) for one in old] == [(sn, new["payout_amount"])]
    assert said(rig, "orders/get_escrow_detail", release_time_from=2, release_time_to=1)["error"] == "error_param"


def test_a_return_is_the_same_in_both(rig: Rig) -> None:
    number, _ = returned(rig)
    window = {"create_time_from": NOW, "create_time_to": NOW + 15 * 86_400 - 1}
    assert [one["returnsn"] for one in said(rig, "returns/get", **window)["returns"]] == [number]
    assert said(rig, "returns/get", **{**window, "create_time_to": NOW + 16 * 86_400})["error"] == "error_param"
    assert said(rig, "returns/get", **WINDOW)["returns"] == []
    assert said(rig, "returns/dispute", returnsn=number, email="a@b.example", dispute_reason="?", images=[])["error"]
    told = said(rig, "returns/dispute", returnsn=number, email="a@b.example", dispute_reason="OTHER", images=[PICTURE])
    assert told["returnsn"] == number
    assert rig.shop(API + "returns/get_return_detail", return_sn=number)["response"]["status"] == "SELLER_DISPUTE"
    did(rig, API + "returns/cancel_dispute", return_sn=number)
    seen = said(rig, "returns/detail", returnsn=number)
    assert (seen["status"], seen["item"][0]["variation_id"]) == ("ACCEPTED", 0)
    refused = said(rig, "returns/confirm", returnsn=number)
    assert (refused["error"], bool(refused["msg"])) == ("error_param", True)


def test_the_shop_is_the_same_in_both_and_what_is_open_needs_none(rig: Rig) -> None:
    done = said(rig, "shop/update", shop_name="新店的名字", shop_description="新", images=[PICTURE], disable_make_offer=1)
    assert (done["shop_name"], done["images"], done["disable_make_offer"]) == ("新店的名字", [PICTURE], 1)
    profile = rig.shop(API + "shop/get_profile")["response"]
    assert (profile["shop_name"], profile["description"]) == ("新店的名字", "新")
    assert rig.shop(API + "sellerchat/get_offer_toggle_status")["response"]["make_offer_status"] == "disabled"
    did(rig, API + "shop/update_profile", description="又新")
    assert said(rig, "shop/get")["shop_description"] == "又新"
    assert said(rig, "shop/performance")["cancellation_rate"][0]["my"] == 0
    shop = rig.main.shopee
    assert said(rig, "shop/get_partner_shop", shopid=None)["authed_shops"][0]["shopid"] == shop.shop_id
    assert said(rig, "payment/list", shopid=None, country="SG")["payment_method_list"][0]["country"] == "SG"
    assert said(rig, "shop/get", shopid=None)["error"] == "error_param"
    query = {"id": shop.partner_id, "redirect": "http://127.0.0.1:9/", "token": "0" * 64}
    assert rig.said("shopee", "GET", PAGES[1].path, query)["error"] == "error_auth"
    assert shop.authorised


def test_the_shops_own_categories_and_picks_hold_what_is_there_once(rig: Rig) -> None:
    shelf = said(rig, "shop_category/add", name="新品")["shop_category_id"]
    filled = said(rig, "shop_category/add/items", shop_category_id=shelf, items=[10_000, 10_001, 5, 10_000])
    assert (filled["count"], filled["invalid_item_id"]) == (2, [5])
    said(rig, "item/delete", item_id=10_001)
    again = said(rig, "shop_category/add/items", shop_category_id=shelf, items=[10_000, 10_001])
    assert again["invalid_item_id"] == [10_000, 10_001]
    assert said(rig, "shop_category/get/items", shop_category_id=shelf)["items"] == [{"item_id": 10_000}]
    assert said(rig, "shop_category/del/item", shop_category_id=shelf, items=[10_000, 10_002])["invalid_item_id"] == [10_002]
    heavy = said(rig, "shop_category/add", name="热卖", sort_weight=9)["shop_category_id"]
    assert [one["shop_category_id"] for one in said(rig, "shop_categorys/get")["shop_categorys"]] == [heavy, shelf]
    assert (
        said(rig, "shop_category/update", shop_category_id=shelf, sort_weight=0, status="INACTIVE")["status"] == "INACTIVE"
    )
    said(rig, "shop_category/delete", shop_category_id=shelf)
    assert said(rig, "shop_category/get/items", shop_category_id=shelf)["error"] == "error_not_exists"
    assert said(rig, "top_picks/add", **{**PICKS, "item_ids": [10_000, 10_001, 10_002, 10_003]})["error"] == "error_param"
    good = {**PICKS, "item_ids": [10_000, 10_002, 10_003, 10_004], "is_activated": True}
    first, second = (said(rig, "top_picks/add", **good)["top_picks_id"] for _ in "ab")
    assert [one["is_activated"] for one in said(rig, "top_picks/get")["collections"]] == [False, True]
    assert said(rig, "top_picks/delete", top_picks_id=second)["error"] == "error_param"
    assert said(rig, "top_picks/update", top_picks_id=first, is_activated=True)["is_activated"]
    assert said(rig, "top_picks/delete", top_picks_id=second)["top_picks_id"] == second
