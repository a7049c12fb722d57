"""v1, as old clients speak it: signed over URL and body in a header, flat answers, errors in `msg`.

The client here is the standard library's: pyshopee's own v1 module cannot be imported (its `item.py` is indented wrongly).
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from mocks.asgi import respond
from mocks.http import Request, Response
from mocks.shopee import wire
from mocks.shopee.display import Collection, Comment, Discount, Shelf
from mocks.shopee.routes import PLATFORM
from mocks.shopee.v1.endpoints import ENDPOINTS, PAGES
from mocks.shopee.v1.entry import page_token
from sandbox.clock import real_now
from tests.mocks.good_shopee_v1 import ANY, GOOD, ITEM, KIND, MADE, WINDOW
from tests.mocks.rig import DAY, HOUR, MINUTE, START, Rig
from tests.mocks.test_bad_requests import places, replaced
from tests.mocks.test_shopee_bad_requests import JUNK
from tests.mocks.test_shopee_orders import listen
from tests.mocks.test_shopee_trade import returned

NOW = START // 1000
EACH = 16
HOST = "https://partner.shopeemobile.com"


def sent(rig: Rig, path: str, asked: Any, *, url: str = HOST, key: str = "", **changes: Any) -> Response:
    """One signed request; `url` is the place that the client believes it talks to, `changes` replace its fields."""
    shop = rig.main.shopee
    said = {"partner_id": shop.partner_id, "shopid": shop.shop_id, "timestamp": real_now() // 1000, **changes}
    body = json.dumps({**said, **asked} if isinstance(asked, dict) else asked).encode()
    path = "/api/v1/" + path
    signed = hmac.new((key or shop.partner_key).encode(), f"{url}{path}|".encode() + body, "sha256").hexdigest()
    headers = ((b"host", b"127.0.0.1:8100"), (b"authorization", signed.encode()))
    return respond(rig.world, PLATFORM, Request("POST", path, "/shopee" + path, "", headers, body, "127.0.0.1"))


def said(rig: Rig, path: str, /, **asked: Any) -> dict[str, Any]:
    """What is answered to a good client."""
    return json.loads(sent(rig, path, asked).body)


@pytest.mark.parametrize(
    ("key", "body", "expected"),
    [
        (
            "42",
            '{"partner_id":1,"shopid":61299,"timestamp":1470198856,"ordersn":"160726152598865"}',
            "7f8239f14aa84c8ff59c61c4b728e08a44f5ff756064da74678b2f5162ac9116",
        ),
        (
            "key",
            '{"ordersn": "160726152598865", "shopid": 61299, "partner_id": 1, "timestamp": 1470198856} ',
            "804539de4af1821e6afad8cbcbdf3014ca1f46e4096ea800604e911dbcaf72cf",
        ),
    ],
    ids=["shopee-php's own test", "a Java client's own test"],
)
def test_signatures_are_those_of_published_clients(key: str, body: str, expected: str) -> None:
    assert wire.push_signature(key, HOST + "/api/v1/orders/detail", body.encode()) == expected


def test_the_pages_token_is_that_of_a_published_client_and_opens_the_shop(rig: Rig) -> None:
    key = "9b754aba01a5d719cc70c57782941ae6ff90fcc687282908ee480a364901d181"
    assert page_token(key, "https://www.google.com") == "815d97b3a582e2e39957545a0c8c3da63d2466b902a32956ddd7a784badccdb8"
    shop, back = rig.main.shopee, "https://team.example/back?x=1"
    shop.authorised = False
    query = {"id": shop.partner_id, "redirect": back, "token": page_token(shop.partner_key, back)}
    answer = rig.send("shopee", "GET", PAGES[0].path, query)
    assert (answer.status, dict(answer.headers)[b"location"]) == (302, f"{back}&shop_id={shop.shop_id}".encode())
    assert "orders" in said(rig, "orders/basics", **WINDOW)
    assert rig.said("shopee", "GET", PAGES[0].path, {**query, "token": "0" * 64})["error"] == "error_auth"


@pytest.mark.parametrize(
    "url", [HOST, HOST + "/shopee", "http://127.0.0.1:8100", "http://127.0.0.1:8100/shopee", "https://127.0.0.1:8100"]
)
def test_a_client_may_sign_the_address_that_it_uses_or_the_vendors_own(rig: Rig, url: str) -> None:
    answer = json.loads(sent(rig, "orders/basics", WINDOW, url=url).body)
    assert len(answer["orders"]) == 12
    assert sorted(answer) == ["more", "orders", "request_id"]


REFUSALS: dict[str, tuple[dict[str, Any], str]] = {
    "another key": ({"key": "x" * 64}, "error_auth"),
    "another address": ({"url": "https://shop.example"}, "error_auth"),
    "an unknown partner": ({"partner_id": 7}, "error_auth"),
    "another shop": ({"shopid": 7}, "error_permission"),
    "no timestamp": ({"timestamp": None}, "error_param"),
    "a timestamp of six minutes ago": ({"timestamp": real_now() // 1000 - 360}, "error_param"),
    "a partner that is no number": ({"partner_id": "x"}, "error_param"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_a_caller_who_is_not_the_one_is_told_so_in_msg_and_uses_up_nothing(rig: Rig, case: str) -> None:
    how, error = REFUSALS[case]
    answer = json.loads(sent(rig, "orders/basics", WINDOW, **how).body)
    assert (answer["error"], sorted(answer)) == (error, ["error", "msg", "request_id"])
    assert answer["msg"]
    assert rig.meters()["shopee"] == {}


def test_an_order_is_listed_seen_shipped_and_tracked(rig: Rig) -> None:
    listen(rig)
    sn = said(rig, "orders/get", order_status="READY_TO_SHIP", **WINDOW)["orders"][0]["ordersn"]
    page = said(rig, "orders/basics", pagination_entries_per_page=5, pagination_offset=10, **WINDOW)
    assert (len(page["orders"]), page["more"]) == (2, False)
    detail = said(rig, "orders/detail", ordersn_list=[sn, "none"])
    order = detail["orders"][0]
    assert (order["ordersn"], detail["errors"], order["recipient_address"]["country"]) == (sn, ["none"], "SG")
    assert order["total_amount"] == f"{rig.main.shopee.orders[sn].total / 100:.2f}"
    assert said(rig, "logistics/init_parameter/get", ordersn=sn)["pickup"] == ["address_id", "pickup_time_id"]
    slots = said(rig, "logistics/timeslot/get", ordersn=sn, address_id=234)["pickup_time"]
    pickup = {"address_id": 234, "pickup_time_id": slots[0]["pickup_time_id"]}
    info = said(rig, "logistics/init_info/get", ordersn=sn)
    assert info["pickup"]["address_list"][0]["country"] == info["dropoff"]["branch_list"][0]["country"] == "SG"
    assert said(rig, "logistics/init", ordersn=sn, pickup=pickup, dropoff={}, non_integrated={})["tracking_number"] == ""
    rig.jump(5 * MINUTE)
    number = said(rig, "logistics/tracking_number/get_mass", ordersn_list=[sn])["result"]["credentials"][0]["tracking_no"]
    assert said(rig, "logistics/order/get", ordersn=sn)["logistics"][0]["tracking_no"] == number
    rig.jump(12 * HOUR)
    assert said(rig, "logistics/tracking", ordersn=sn)["tracking_info"][0]["status"] == "PICKED_UP"
    assert said(rig, "logistics/airway_bill/get_mass", ordersn_list=[sn, "x"])["result"]["errors"][0]["ordersn"] == "x"
    again = said(rig, "logistics/init", ordersn=sn, pickup=pickup)
    assert (again["error"], again["msg"]) == ("error_param", "The package already shipped.")


def test_an_order_is_cancelled_by_the_seller_or_as_the_buyer_wishes(rig: Rig) -> None:
    listen(rig)
    first, second, third = list(rig.main.shopee.orders)[1:4]
    goods = rig.main.shopee.orders[first].item_id
    done = said(rig, "orders/cancel", ordersn=first, cancel_reason="OUT_OF_STOCK", item_id=goods, variation_id=0)
    assert done["modified_time"] == NOW
    rig.jump(2 * HOUR)
    for sn, answer, after in ((second, "accept", "CANCELLED"), (third, "reject", "READY_TO_SHIP")):
        rig.tell("shopee.cancel_requested", order_sn=sn)
        assert said(rig, f"orders/buyer_cancellation/{answer}", ordersn=sn)["modified_time"] == NOW + 7_200
        assert rig.main.shopee.orders[sn].status == after
    assert said(rig, "orders/note/add", ordersn=third, note="急")["note"] == rig.main.shopee.orders[third].note
    assert said(rig, "orders/my_income", ordersn=third)["order"]["income_details"]["escrow_amount"]
    assert said(rig, "orders/cancel", ordersn="none", cancel_reason="CUSTOMER_REQUEST")["error"] == "error_not_exists"


def test_an_item_is_added_changed_priced_stocked_unlisted_and_deleted(rig: Rig) -> None:
    item_id = said(rig, "item/add", **ITEM)["item_id"]
    assert said(rig, "items/update_price", item_id=item_id, price=49.5)["item"]["price"] == 49.5
    assert said(rig, "items/update_stock", item_id=item_id, stock=7)["item"]["stock"] == 7
    assert said(rig, "item/update", item_id=item_id, name="新名")["item"]["name"] == "新名"
    rows = [{"item_id": item_id, "price": 1.5}, {"item_id": 5, "price": 1.5}]
    batch = said(rig, "items/update/items_price", items=rows)["batch_result"]
    assert (batch["modifications"], batch["failures"][0]["item_id"]) == ([{"item_id": item_id}], 5)
    shirt = {"item_id": 10_008, "variation_id": 100_081}
    assert said(rig, "items/update_variation_stock", **shirt, stock=3)["item"]["variation_id"] == 100_081
    assert said(rig, "items/update/vars_price", variations=[{**shirt, "price": 9.9}])["batch_result"]["failures"] == []
    kinds = said(rig, "item/get", item_id=10_008)["item"]["variations"]
    assert [(one["name"], one["price"], one["stock"]) for one in kinds] == [("S", 9.9, 3), ("M", 19.9, 100)]
    assert said(rig, "items/unlist", items=[{"item_id": item_id, "unlist": True}])["success"][0]["unlist"]
    assert said(rig, "item/delete", item_id=item_id)["item_id"] == item_id
    assert said(rig, "item/get", item_id=item_id)["error"] == "error_not_exists"
    known = {one["item_id"] for one in said(rig, "items/get", need_deleted_item=True)["items"]}
    assert item_id in known - {one["item_id"] for one in said(rig, "items/get")["items"]}
    assert said(rig, "item/categories/get")["categories"][0]["parent_id"] == 0


def test_an_items_variations_are_made_added_to_shown_and_taken_away(rig: Rig) -> None:
    rig.jump(5_000)
    tiers = [{"name": "尺码", "options": ["S", "M", "L"]}]
    made = said(rig, "item/tier_var/init", item_id=10_000, tier_variation=tiers, variation=[KIND])
    added = said(rig, "item/tier_var/add", item_id=10_000, variation=[{**KIND, "tier_index": [2]}])
    ids = [one["variation_id_list"][0]["variation_id"] for one in (made, added)]
    shown = said(rig, "item/tier_var/get", item_id=10_000)
    assert shown["tier_variation"][0]["options"] == ["S", "M", "L"]
    assert [(one["variation_id"], one["tier_index"]) for one in shown["variations"]] == [(ids[0], [0]), (ids[1], [2])]
    assert said(rig, "item/delete_variation", item_id=10_000, variation_id=ids[0])["variation_id"] == ids[0]
    assert said(rig, "item/get", item_id=10_000)["item"]["variations"][0]["name"] == "L"
    assert said(rig, "item/tier_var/add", item_id=10_000, variation=[{**KIND, "tier_index": [2]}])["error"] == "error_param"


def test_the_thousand_and_first_call_of_a_minute_is_banned_for_an_hour(make_rig: Callable[..., Rig]) -> None:
    rig = make_rig({"shopee": {"quota": {"v1_minute": {"limit": 2}}}})
    for _ in range(2):
        assert "orders" in said(rig, "orders/basics", **WINDOW)
    assert said(rig, "items/get")["error"] == "error_too_many_request"
    rig.jump(HOUR - MINUTE)
    assert said(rig, "items/get")["error"] == "error_too_many_request"
    rig.jump(MINUTE)
    assert "items" in said(rig, "items/get")


def test_what_v1_has_no_more_and_all_of_it_once_switched_off_is_offline(make_rig: Callable[..., Rig]) -> None:
    rig = make_rig()
    for path in ("fm_tn/generate", "item/no_such"):
        assert said(rig, path)["error"] == "api_suspended"
    assert rig.shop("/api/v2/product/get_attributes")["error"] == "api_suspended"
    off = make_rig({"shopee": {"setting": {"v1_served": {"value": 0}}}})
    answer = said(off, "orders/basics", **WINDOW)
    assert (answer["error"], answer["msg"]) == ("api_suspended", "The API is offline. Please call v2 API instead.")


def furnish(rig: Rig) -> None:
    """One of everything that a shop can put on its display, each under the number that the good requests name."""
    display = rig.main.shopee.display
    display.discounts[MADE] = Discount(MADE, "周末", START + HOUR, START + 9 * HOUR, START, {(10_000, 0): 150})
    display.shelves[MADE] = Shelf(MADE, "新品", items=[10_000])
    display.collections[MADE] = Collection(MADE, "精选", [10_000, 10_001, 10_002, 10_003])
    display.comments[MADE] = Comment(MADE, "x", 10_000, "x", 5, "x", START)


def test_no_request_with_one_thing_wrong_breaks_anything_and_what_is_refused_costs_nothing() -> None:
    rig, rng = Rig({"shopee": {"quota": {"v1_minute": {"limit": 10**6}}}}), Random(1)
    sn, number = list(rig.main.shopee.orders)[2], returned(rig)[0]
    furnish(rig)
    for endpoint in ENDPOINTS[len(PAGES) :]:
        path = endpoint.path.removeprefix("/api/v1/")
        good = json.loads(json.dumps(GOOD.get(path, ANY)).replace('"SN"', f'"{sn}"').replace('"R1"', f'"{number}"'))
        for _ in range(EACH):
            before = rig.meters()
            answer = sent(rig, path, replaced(good, rng.choice([one for one in places(good) if one]), rng.choice(JUNK)))
            assert answer.status == 200, answer.body
            told = json.loads(answer.body)
            assert "error" not in told or (isinstance(told["msg"], str) and rig.meters() == before)
    rig.jump(DAY)
    rig.close()
