"""Shopee's orders live: what follows upon what, what is pushed, and what sellers and buyers may not do."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mocks.shopee.life import STEPS
from tests.mocks.rig import DAY, HOUR, MINUTE, Rig

ORDER, LOGISTICS = "/api/v2/order/", "/api/v2/logistics/"
SN = "260302TESTTEST"


def did(rig: Rig, path: str, **body: Any) -> dict[str, Any]:
    """What Shopee answers to a well-signed POST for the shop."""
    return rig.said("shopee", "POST", path, rig.signed(path), body)


def listen(rig: Rig) -> list[tuple[int, dict[str, Any]]]:
    """From now on, code and data of everything that is pushed. The token is made to last as long as the test."""
    got: list[tuple[int, dict[str, Any]]] = []
    rig.world._post = lambda _account, push: got.append((push.body["code"], push.body["data"]))
    rig.main.shopee.access_until = rig.clock() + 10_000 * DAY
    return got


def placed(rig: Rig, kind: str = "order_placed") -> str:
    """A new order's number."""
    return rig.tell(f"shopee.{kind}", order_sn=SN)["order_sn"]


def status(rig: Rig, sn: str = SN) -> str:
    """The status that the details show."""
    return rig.shop(ORDER + "get_order_detail", order_sn_list=sn)["response"]["order_list"][0]["order_status"]


def shipped(rig: Rig, sn: str = SN) -> None:
    """The seller arranges the shipment."""
    needed = rig.shop(LOGISTICS + "get_shipping_parameter", order_sn=sn)["response"]
    place = needed["pickup"]["address_list"][0]
    pickup = {"address_id": place["address_id"], "pickup_time_id": place["time_slot_list"][0]["pickup_time_id"]}
    assert did(rig, LOGISTICS + "ship_order", order_sn=sn, pickup=pickup)["error"] == ""


def test_an_order_goes_from_unpaid_to_completed_on_the_clock_and_each_step_is_pushed(rig: Rig) -> None:
    got = listen(rig)
    placed(rig, "order_unpaid")
    rig.tell("shopee.order_paid", order_sn=SN)
    shipped(rig)
    rig.jump(5 * MINUTE)
    rig.jump(12 * HOUR)
    rig.jump(48 * HOUR)
    rig.jump(7 * DAY)
    statuses = [data["status"] for code, data in got if code == 3]
    assert statuses == ["UNPAID", "READY_TO_SHIP", "PROCESSED", "SHIPPED", "TO_CONFIRM_RECEIVE", "COMPLETED"]
    assert [code for code, _ in got] == [3, 3, 30, 3, 30, 4, 30, 3, 30, 3, 3]
    moves = [data["fulfillment_status"] for code, data in got if code == 30]
    assert moves == [f"LOGISTICS_{one}" for one in ("READY", "REQUEST_CREATED", "PICKUP_DONE", "DELIVERY_DONE")]
    assert status(rig) == "COMPLETED"
    for code, data in got:
        assert data["ordersn"] == SN, code


def test_an_order_nobody_pays_is_cancelled_by_the_vendor_after_a_day(rig: Rig) -> None:
    listen(rig)
    placed(rig, "order_unpaid")
    rig.jump(24 * HOUR - 1)
    assert status(rig) == "UNPAID"
    rig.jump(1)
    fields = "cancel_by,cancel_reason,pay_time"
    (shown,) = rig.shop(ORDER + "get_order_detail", order_sn_list=SN, response_optional_fields=fields)["response"][
        "order_list"
    ]
    assert [shown[name] for name in ("order_status", "cancel_by", "cancel_reason", "pay_time")] == [
        "CANCELLED",
        "system",
        "Unpaid Order",
        None,
    ]
    assert rig.tell("shopee.order_paid", order_sn=SN)["code"] == "error_param"


@pytest.mark.parametrize(("operation", "after"), [("ACCEPT", "CANCELLED"), ("REJECT", "READY_TO_SHIP")])
def test_after_an_hour_a_buyers_cancellation_waits_for_the_seller(rig: Rig, operation: str, after: str) -> None:
    placed(rig)
    rig.jump(HOUR)
    assert rig.tell("shopee.cancel_requested", order_sn=SN, reason="too late")["order_status"] == "IN_CANCEL"
    assert did(rig, ORDER + "cancel_order", order_sn=SN, cancel_reason="CUSTOMER_REQUEST")["error"] == "order.error_limit"
    answer = did(rig, ORDER + "handle_buyer_cancellation", order_sn=SN, operation=operation)
    assert (answer["response"], status(rig)) == ({"update_time": rig.clock() // 1000}, after)
    again = did(rig, ORDER + "handle_buyer_cancellation", order_sn=SN, operation=operation)
    assert (again["error"], again["message"]) == (
        "order.order_status_invalid",
        "Invalid order_status.The order status should be IN_CANCEL.",
    )


def test_within_the_hour_a_buyer_cancels_alone(rig: Rig) -> None:
    placed(rig)
    rig.jump(HOUR - 1)
    assert rig.tell("shopee.cancel_requested", order_sn=SN)["order_status"] == "CANCELLED"


def test_an_order_that_was_to_be_cancelled_after_its_shipment_was_arranged_goes_its_way_when_it_is_not(rig: Rig) -> None:
    listen(rig)
    placed(rig)
    shipped(rig)
    rig.jump(HOUR)
    assert rig.tell("shopee.cancel_requested", order_sn=SN)["order_status"] == "IN_CANCEL"
    rig.jump(13 * HOUR)
    assert status(rig) == "IN_CANCEL"
    did(rig, ORDER + "handle_buyer_cancellation", order_sn=SN, operation="REJECT")
    rig.jump(12 * HOUR)
    assert status(rig) == "SHIPPED"


def test_a_missed_collection_is_arranged_anew_and_what_was_due_does_not_happen(rig: Rig) -> None:
    listen(rig)
    placed(rig)
    shipped(rig)
    assert rig.tell("shopee.pickup_failed", order_sn=SN)["order_status"] == "RETRY_SHIP"
    rig.jump(20 * HOUR)
    assert status(rig) == "RETRY_SHIP"
    assert SN in [one["order_sn"] for one in rig.shop(ORDER + "get_shipment_list", page_size=100)["response"]["order_list"]]
    shipped(rig)
    rig.jump(12 * HOUR)
    assert status(rig) == "SHIPPED"


REFUSALS: dict[str, tuple[str, dict[str, Any], str]] = {
    "cancel: no order": ("cancel_order", {"order_sn": "nothing", "cancel_reason": "CUSTOMER_REQUEST"}, "error_not_found"),
    "cancel: no number": ("cancel_order", {"cancel_reason": "CUSTOMER_REQUEST"}, "error_param"),
    "cancel: no reason": ("cancel_order", {"order_sn": SN}, "error_param"),
    "cancel: another reason": ("cancel_order", {"order_sn": SN, "cancel_reason": "BORED"}, "error_param"),
    "cancel: out of what": ("cancel_order", {"order_sn": SN, "cancel_reason": "OUT_OF_STOCK"}, "error_param"),
    "cancel: out of something else": (
        "cancel_order",
        {"order_sn": SN, "cancel_reason": "OUT_OF_STOCK", "item_list": [{"item_id": 1}]},
        "error_param",
    ),
    "answer: no such": ("handle_buyer_cancellation", {"order_sn": SN, "operation": "MAYBE"}, "error_param"),
    "answer: nobody asked": (
        "handle_buyer_cancellation",
        {"order_sn": SN, "operation": "ACCEPT"},
        "order.order_status_invalid",
    ),
    "note: too long": ("set_note", {"order_sn": SN, "note": "x" * 501}, "error_param"),
    "note: none": ("set_note", {"order_sn": SN}, "error_param"),
    "note: no order": ("set_note", {"order_sn": "nothing", "note": ""}, "error_not_found"),
    "search: no page": ("search_package_list", {}, "error_param"),
    "search: too many": ("search_package_list", {"pagination": {"page_size": 101}}, "error_param"),
    "search: a cursor of words": ("search_package_list", {"pagination": {"page_size": 1, "cursor": "next"}}, "error_param"),
    "search: a sort": ("search_package_list", {"pagination": {"page_size": 1}, "sort": {"sort_type": 9}}, "error_param"),
    "search: a status": (
        "search_package_list",
        {"filter": {"package_status": 9}, "pagination": {"page_size": 1}},
        "error_param",
    ),
    "shipments: too many": ("get_shipment_list", {"page_size": 101}, "error_param"),
    "packages: none": ("get_package_detail", {}, "error_param"),
    "packages: fifty-one": ("get_package_detail", {"package_number_list": ",".join(["x"] * 51)}, "error_param"),
    "packages: unknown": ("get_package_detail", {"package_number_list": "x"}, "error_not_found"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_what_is_wrong_with_a_request_is_said_and_changes_and_costs_nothing(standing: Rig, case: str) -> None:
    path, body, error = REFUSALS[case]
    if SN not in standing.main.shopee.orders:
        placed(standing)
    before = standing.meters(), repr(standing.main.shopee.orders)
    assert did(standing, ORDER + path, **body)["error"] == error
    assert (standing.meters(), repr(standing.main.shopee.orders)) == before


def test_a_seller_cancels_what_is_out_of_stock(rig: Rig) -> None:
    got = listen(rig)
    placed(rig)
    item = rig.main.shopee.orders[SN].item_id
    answer = did(rig, ORDER + "cancel_order", order_sn=SN, cancel_reason="OUT_OF_STOCK", item_list=[{"item_id": item}])
    assert (answer["error"], status(rig)) == ("", "CANCELLED")
    assert [data["status"] for code, data in got if code == 3] == ["READY_TO_SHIP", "CANCELLED"]
    assert [data["fulfillment_status"] for code, data in got if code == 30] == ["LOGISTICS_INVALID"]


ITEM, SHIRT = {"item_id": 10_000}, {"item_id": 10_008, "model_id": 100_082}


def stock(rig: Rig, wish: dict[str, int]) -> tuple[int, int]:
    """How many of an item or a variation can be bought, and how many are kept for orders, as the vendor shows it."""
    if "model_id" in wish:
        rows = rig.shop("/api/v2/product/get_model_list", item_id=wish["item_id"])["response"]["model"]
        (row,) = [one for one in rows if one["model_id"] == wish["model_id"]]
    else:
        answer = rig.shop("/api/v2/product/get_item_base_info", item_id_list=wish["item_id"])
        (row,) = answer["response"]["item_list"]
    shown = row["stock_info_v2"]
    assert shown["seller_stock"][0]["stock"] == shown["summary_info"]["total_available_stock"]
    return shown["summary_info"]["total_available_stock"], shown["summary_info"]["total_reserved_stock"]


ENDS: dict[str, tuple[str, list[str], int, int]] = {
    "waits": ("order_placed", [], -3, 3),
    "is not paid yet": ("order_unpaid", [], -3, 3),
    "is not paid in time": ("order_unpaid", ["wait", "wait"], 0, 0),
    "is cancelled by the buyer": ("order_placed", ["cancel_requested"], 0, 0),
    "is cancelled by the seller": ("order_placed", ["cancel"], 0, 0),
    "is arranged": ("order_placed", ["ship"], -3, 3),
    "is collected": ("order_placed", ["ship", "wait"], -3, 0),
    "is cancelled after it was arranged": ("order_placed", ["ship", "wait a little", "cancel_requested", "accept"], 0, 0),
    "is kept after all": ("order_placed", ["ship", "wait a little", "cancel_requested", "reject"], -3, 3),
}
"""How an order of three begins, what is done, and what has become of the stock that can be bought and of the one that is kept."""


@pytest.mark.parametrize("wish", [ITEM, SHIRT], ids=["an item", "a variation"])
@pytest.mark.parametrize("case", ENDS)
def test_an_order_takes_stock_and_a_cancelled_one_gives_it_back(fresh: Rig, case: str, wish: dict[str, int]) -> None:
    kind, deeds, bought, kept = ENDS[case]
    listen(fresh)
    before = stock(fresh, wish)
    assert fresh.tell(f"shopee.{kind}", order_sn=SN, quantity=3, **wish)["code"] == ""
    for what in deeds:
        play(fresh, what)
    assert stock(fresh, wish) == (before[0] + bought, before[1] + kept)


UNDELIVERED: dict[str, tuple[list[str], str, str, str, int]] = {
    "order_late": ([], "Seller did not Ship", "LOGISTICS_INVALID", "RETRY", 0),
    "pickup_given_up": (["ship"], "Failed Pickup", "LOGISTICS_PICKUP_FAILED", "TIMEOUT", 0),
    "delivery_failed": (["ship", "wait"], "Failed Delivery", "LOGISTICS_DELIVERY_FAILED", "RETURN_STARTED", -3),
    "parcel_lost": (["ship", "wait"], "Lost Parcel", "LOGISTICS_LOST", "LOST", -3),
}
"""What must have been done before, the reason that is shown, the package's status and track, and what the stock has lost."""


@pytest.mark.parametrize("kind", UNDELIVERED)
def test_an_order_that_does_not_arrive_is_cancelled_by_the_vendor(fresh: Rig, kind: str) -> None:
    deeds, reason, package, track, lost = UNDELIVERED[kind]
    got = listen(fresh)
    before = stock(fresh, ITEM)
    fresh.tell("shopee.order_placed", order_sn=SN, quantity=3, **ITEM)
    if deeds:
        assert fresh.tell(f"shopee.{kind}", order_sn=SN)["code"] == "error_param"
    for what in deeds:
        play(fresh, what)
    assert fresh.tell(f"shopee.{kind}", order_sn=SN)["order_status"] == "CANCELLED"
    fields = "cancel_by,cancel_reason,package_list"
    (shown,) = fresh.shop(ORDER + "get_order_detail", order_sn_list=SN, response_optional_fields=fields)["response"][
        "order_list"
    ]
    assert (shown["cancel_by"], shown["cancel_reason"], shown["package_list"][0]["logistics_status"]) == (
        "system",
        reason,
        package,
    )
    assert [data["fulfillment_status"] for code, data in got if code == 30][-1] == package
    steps = [step for _, step, _ in fresh.main.shopee.orders[SN].track]
    assert (steps[-1:] == [track]) is bool(deeds)
    assert stock(fresh, ITEM) == (before[0] + lost, before[1])
    fresh.jump(30 * DAY)
    assert status(fresh) == "CANCELLED"


def test_what_is_sold_out_or_not_sold_cannot_be_ordered_and_nothing_is_taken(rig: Rig) -> None:
    there = stock(rig, SHIRT)[0]
    rig.main.shopee.items[10_000].status = "UNLIST"
    orders = len(rig.main.shopee.orders)
    for wish in (
        {**SHIRT, "quantity": there + 1},
        {**ITEM, "quantity": 1},
        {"item_id": 5},
        {"item_id": "a"},
        {"quantity": 0},
    ):
        assert rig.tell("shopee.order_placed", **wish)["code"] == "error_param"
    assert (len(rig.main.shopee.orders), stock(rig, SHIRT)) == (orders, (there, 0))
    assert all(rig.main.shopee.orders[rig.tell("shopee.order_placed")["order_sn"]].item_id != 10_000 for _ in range(9))


def test_an_order_is_of_the_variation_at_its_price_and_its_stock_is_pushed_when_that_is_switched_on(rig: Rig) -> None:
    got = listen(rig)
    rig.main.shopee.items[10_008].days_to_ship = 7
    rig.tell("shopee.order_placed", order_sn=SN, quantity=2, **SHIRT)
    rig.main.shopee.sending.off.clear()
    play(rig, "cancel_requested")
    (shown,) = rig.shop(ORDER + "get_order_detail", order_sn_list=SN, response_optional_fields="item_list,total_amount")[
        "response"
    ]["order_list"]
    (line,) = shown["item_list"]
    assert (line["item_id"], line["model_id"], line["model_name"], line["model_sku"]) == (10_008, 100_082, "M", "M-1")
    assert (line["model_discounted_price"], shown["total_amount"]) == (19.9, 39.8)
    assert (shown["days_to_ship"], shown["ship_by_date"] - shown["create_time"]) == (7, 7 * DAY // 1000)
    (data,) = [data for code, data in got if code == 8]
    assert (data["item_id"], data["variation_id"], data["action"], data["ordersn"]) == (10_008, 100_082, "cancel_order", SN)
    assert data["changed_values"] == [{"name": "reserved_stock", "old": 2, "new": 0}]


def test_a_note_is_kept_and_answered_without_a_response(rig: Rig) -> None:
    sn = next(iter(rig.main.shopee.orders))
    answer = did(rig, ORDER + "set_note", order_sn=sn, note="易碎")
    assert ("response" in answer, answer["error"]) == (False, "")
    (shown,) = rig.shop(ORDER + "get_order_detail", order_sn_list=sn, response_optional_fields="note,note_update_time")[
        "response"
    ]["order_list"]
    assert (shown["note"], shown["note_update_time"]) == ("易碎", rig.clock() // 1000)


@settings(max_examples=12)
@given(size=st.integers(1, 20), more=st.integers(0, 15))
def test_packages_and_shipments_are_all_there_once_whatever_the_page(size: int, more: int) -> None:
    rig = Rig()
    for _ in range(more):
        rig.tell("shopee.order_placed")
    expected = sorted(sn for sn, one in rig.main.shopee.orders.items() if one.status == "READY_TO_SHIP")
    for path, key in (("search_package_list", "packages_list"), ("get_shipment_list", "order_list")):
        found, cursor = [], ""
        while True:
            paging = {"page_size": size, "cursor": cursor}
            answer = did(rig, ORDER + path, pagination=paging, **paging)["response"]
            found += [one["order_sn"] for one in answer[key]]
            rest = answer.get("pagination", answer)
            cursor = rest["next_cursor"]
            assert bool(cursor) is rest["more"]
            rig.jump(1_000)
            if not cursor:
                break
        assert sorted(found) == expected
    rig.close()


def test_packages_come_the_newest_first_where_that_is_asked(standing: Rig) -> None:
    found: dict[bool, list[str]] = {}
    for rising in (True, False):
        rows, cursor = [], ""
        while len(rows) == 0 or cursor:
            paging = {"page_size": 4, "cursor": cursor}
            answer = did(
                standing, ORDER + "search_package_list", pagination=paging, sort={"sort_type": 2, "ascending": rising}
            )
            assert answer["response"]["sort"] == {"sort_type": 2, "is_asc": rising}
            rows += [one["package_number"] for one in answer["response"]["packages_list"]]
            cursor = answer["response"]["pagination"]["next_cursor"]
        found[rising] = rows
    assert len(found[True]) > 8
    assert found[False] == found[True][::-1]


def test_a_package_is_shown_by_its_number(rig: Rig) -> None:
    order = next(iter(rig.main.shopee.orders.values()))
    answer = rig.shop(ORDER + "get_package_detail", package_number_list=f"{order.first.number},x")
    (shown,) = answer["response"]["package_list"]
    assert (shown["order_sn"], shown["tracking_number"], answer["warning"]) == (order.sn, order.first.tracking, ["x"])


DOES = ["order_paid", "cancel_requested", "pickup_failed", "order_received", "cancel", "accept", "reject", "ship", "wait"]


def play(rig: Rig, what: str) -> None:
    """Something that somebody tries to do to the order, possible or not."""
    if what in ("accept", "reject"):
        did(rig, ORDER + "handle_buyer_cancellation", order_sn=SN, operation=what.upper())
    elif what == "cancel":
        did(rig, ORDER + "cancel_order", order_sn=SN, cancel_reason="CUSTOMER_REQUEST")
    elif what == "ship":
        did(rig, LOGISTICS + "ship_order", order_sn=SN, dropoff={})
    elif what in ("wait", "wait a little"):
        rig.jump(13 * HOUR if what == "wait" else 2 * HOUR)
    else:
        rig.tell(f"shopee.{what}", order_sn=SN)


@settings(max_examples=40)
@given(st.lists(st.sampled_from(DOES), max_size=12))
def test_whatever_is_tried_an_order_takes_only_the_steps_of_the_table(tries: list[str]) -> None:
    rig = Rig()
    got = listen(rig)
    placed(rig, "order_unpaid")
    for what in tries:
        play(rig, what)
    seen = [data["status"] for code, data in got if code == 3]
    for before, after in pairwise(seen):
        assert any(before in sources and target in (after, "") for sources, target in STEPS.values()), (before, after)
    assert status(rig) == seen[-1]
    assert all(data["update_time"] <= rig.clock() // 1000 for code, data in got if code == 3)
    rig.close()
