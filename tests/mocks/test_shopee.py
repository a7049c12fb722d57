"""Shopee v2: published signature vectors, tokens that are used up, and orders read page by page."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mocks.shopee import wire
from mocks.world import SERVICES
from sandbox.clock import real_now
from sandbox.rulebooks import load
from tests.mocks.rig import DAY, HOUR, MINUTE, START, Rig

LIST, DETAIL = "/api/v2/order/get_order_list", "/api/v2/order/get_order_detail"
GET, REFRESH, PUSH = "/api/v2/auth/token/get", "/api/v2/auth/access_token/get", "/api/v2/push/set_app_push_config"
KEY = "test_partner_key"
ALWAYS = {"order_sn", "region", "currency", "cod", "order_status", "message_to_seller", "create_time", "update_time"}
ALWAYS |= {"days_to_ship", "ship_by_date", "booking_sn"}


# -------------------------------------------------------------------- signatures


def test_the_guides_own_example_of_a_shops_call_is_signed_as_computed_from_it() -> None:
    token, shop = "59777174636562737266615546704c6d", "14701711"
    base = wire.base_string("2001887", "/api/v2/shop/get_shop_info", "1655714431", token, shop)
    assert base == "2001887/api/v2/shop/get_shop_info165571443159777174636562737266615546704c6d14701711"
    expected = "9fdae5aeed86e753249982ec04aa54339280f12d3f456b9e3f7d8ee91e66a2b3"
    assert wire.sign(KEY, "2001887", "/api/v2/shop/get_shop_info", "1655714431", token, shop) == expected


def test_a_public_call_is_signed_over_three_parts() -> None:
    expected = "7aaf77cf2fb63bdf25623b6c3c2ad87ad51ccf4fe66e370b93b89f28bcafe45c"
    assert wire.sign(KEY, "2001887", "/api/v2/shop/auth_partner", "1655714431") == expected


@pytest.mark.parametrize("platform", ["shopee", "wecom"])
def test_the_rulebook_lists_every_interface_and_no_other(platform: str) -> None:
    """Patterns choose from that list: an interface that it forgot would have no limit."""
    assert sorted(load(platform).document.interfaces) == sorted(SERVICES[platform].ACTIONS)


def test_a_push_is_signed_over_the_url_and_the_body_as_sent() -> None:
    body = (
        b'{"data":{"ordersn":"220810QSK8S7BX","status":"PROCESSED","completed_scenario":"","update_time":1660123127},'
        b'"shop_id":727720655,"code":3,"timestamp":1660123127}'
    )
    expected = "0d68490fa1a8cda48172812261bd731f7a87eb6160b4886ae8b5da5cad6bf95e"
    assert wire.push_signature(KEY, "https://example.com/push", body) == expected


@pytest.mark.parametrize("path", [LIST, DETAIL, GET, REFRESH, PUSH])
@pytest.mark.parametrize("parts", [3, 5])
@pytest.mark.parametrize("prefix", ["", "/shopee"])
def test_a_signature_over_the_path_or_the_prefixed_path_opens_what_its_parts_are_for(
    standing: Rig, path: str, parts: int, prefix: str
) -> None:
    query = {**standing.signed(prefix + path, parts=parts), "access_token": "", "shop_id": ""}
    if parts == 5:
        query = standing.signed(prefix + path)
    answer = standing.said("shopee", "POST", path, query, {})
    if parts == 5 or path not in (LIST, DETAIL):
        assert answer["error"] != "error_sign"
        assert "query" not in answer["message"]
    else:
        assert answer["message"] == "There is no access_token in query."


def test_a_shops_path_signed_over_three_parts_is_signed_wrong(rig: Rig) -> None:
    five = rig.signed(LIST)
    three = rig.signed(LIST, parts=3, timestamp=five["timestamp"])
    assert rig.said("shopee", "GET", LIST, {**five, "sign": three["sign"]})["error"] == "error_sign"


@pytest.mark.parametrize(("off", "fresh"), [(-290, True), (290, True), (-310, False), (310, False), (-86_400, False)])
def test_a_timestamp_is_fresh_for_five_minutes_of_real_time_wherever_the_clock_stands(
    rig: Rig, off: int, fresh: bool
) -> None:
    rig.jump(400 * DAY)
    query = rig.signed(PUSH, parts=3, timestamp=real_now() // 1000 + off)
    answer = rig.said("shopee", "POST", PUSH, query, {"callback_url": "http://127.0.0.1:9/"})
    assert (answer["error"], answer["message"]) == (("", "") if fresh else ("error_param", "Timestamp is expired."))


REFUSALS: dict[str, tuple[dict[str, Any], str, str]] = {
    "no partner": ({"partner_id": ""}, "error_param", "There is no partner_id in query."),
    "no timestamp": ({"timestamp": ""}, "error_param", "no timestamp"),
    "no signature": ({"sign": ""}, "error_param", "There is no sign in query."),
    "no token": ({"access_token": ""}, "error_param", "There is no access_token in query."),
    "no shop": ({"shop_id": ""}, "error_param", "There is no shop_id in query."),
    "a partner that is text": (
        {"partner_id": "me"},
        "error_param",
        "Partner_id is invalid, should be an integer between 0 and",
    ),
    "a partner beyond 32 bits": (
        {"partner_id": 2**32},
        "error_param",
        "Partner_id is invalid, should be an integer between 0",
    ),
    "a timestamp in ms": ({"timestamp": real_now()}, "error_param", "Timestamp is invalid, should be an integer between 0"),
    "a timestamp in Arabic digits": ({"timestamp": "١٢٣"}, "error_param", "Timestamp is invalid, should be an integer"),
    "a shop that is text": ({"shop_id": "mine"}, "error_param", "shop_id is invalid, should be an integer between 0"),
    "an unknown partner": ({"partner_id": 1}, "invalid_partner_id", "Invalid partner_id, please have a check."),
    "a wrong signature": ({"sign": "0" * 64}, "error_sign", "Wrong sign."),
    "a signature that is no ASCII": ({"sign": "签"}, "error_sign", "Wrong sign."),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_a_call_that_names_itself_badly_is_refused_in_the_vendors_words_and_explained(standing: Rig, case: str) -> None:
    changes, error, message = REFUSALS[case]
    before = standing.meters()
    response = standing.send("shopee", "GET", LIST, {**standing.signed(LIST), **changes})
    said = json.loads(response.body)
    assert (response.status, dict(response.headers)[b"content-type"]) == (200, b"application/json")
    assert (set(said), said["error"], standing.meters()) == ({"request_id", "error", "message"}, error, before)
    assert said["message"].startswith(message)
    assert re.fullmatch(r"[0-9a-f]{32}", said["request_id"])
    why = standing.admin("GET", "/explain", rid=said["request_id"])
    assert (why["code"], why["because"], why["text"]) == (error, "the request itself", said["message"])


@pytest.mark.parametrize("token", ["None", "x" * 32])
def test_a_token_nobody_issued_is_no_token_though_the_signature_is_right(rig: Rig, token: str) -> None:
    answer = rig.said("shopee", "GET", LIST, rig.signed(LIST, access_token=token))
    assert (answer["error"], answer["message"]) == ("invalid_acceess_token", "Invalid access_token, please have a check.")


def test_a_shop_that_is_not_the_tokens_is_not_linked(rig: Rig) -> None:
    answer = rig.said("shopee", "GET", LIST, rig.signed(LIST, shop_id=7))
    assert (answer["error"], answer["message"]) == ("shop_no_linked", "Partner and shop has no linked.")


def test_an_unknown_path_and_a_wrong_method_are_offline(rig: Rig) -> None:
    message = "Permission denied. This API is currently offline or the request path is incorrect."
    for method, path in (("POST", "/api/v2/push/set_push_config"), ("GET", GET), ("GET", PUSH)):
        answer = rig.said("shopee", method, path, rig.signed(path, parts=3))
        assert (answer["error"], answer["message"]) == ("error_param", message)


@pytest.mark.parametrize(("body", "message"), [(b"{", "parse data failed"), (b"[]", "parse data failed")])
def test_a_body_that_is_no_object_is_refused(rig: Rig, body: bytes, message: str) -> None:
    assert rig.said("shopee", "POST", LIST, rig.signed(LIST), body)["message"] == message


def test_a_body_beyond_a_megabyte_is_refused(rig: Rig) -> None:
    assert "too large" in rig.said("shopee", "POST", LIST, rig.signed(LIST), b" " * ((1 << 20) + 1))["message"]


# -------------------------------------------------------------------- tokens


def trade(rig: Rig, path: str, **body: Any) -> dict[str, Any]:
    """Ask for tokens; `body` replaces what is right."""
    state = rig.main.shopee
    right = {"code": state.code, "refresh_token": state.refresh_token, "shop_id": state.shop_id}
    return rig.said("shopee", "POST", path, rig.signed(path, parts=3), {**right, "partner_id": state.partner_id, **body})


def opens(rig: Rig, token: str) -> bool:
    """Does this access token open the shop?"""
    query = rig.signed(DETAIL, access_token=token)
    return rig.said("shopee", "GET", DETAIL, {**query, "order_sn_list": "x"})["error"] != "invalid_acceess_token"


def test_a_code_is_traded_once_and_the_answer_has_no_envelope(rig: Rig) -> None:
    code = rig.main.shopee.code
    answer = trade(rig, GET)
    assert (answer["error"], answer["expire_in"], "response" in answer) == ("", 14_400, False)
    assert opens(rig, answer["access_token"])
    assert trade(rig, GET, code=code)["error"] == "invalid_code"


@pytest.mark.parametrize("code", ["", None, "wrong", 5, ["x"]])
def test_a_code_that_is_none_is_refused_before_and_after_the_real_one_is_used(rig: Rig, code: object) -> None:
    assert trade(rig, GET, code=code)["error"] == "invalid_code"
    assert trade(rig, GET)["error"] == ""
    assert trade(rig, GET, code=code)["error"] == "invalid_code"


def test_a_code_for_another_shop_is_refused_and_not_used_up(rig: Rig) -> None:
    assert trade(rig, GET, shop_id=7)["error"] == "invalid_shop_id"
    assert trade(rig, GET, shop_id=str(rig.main.shopee.shop_id))["error"] == ""


def test_a_code_lives_ten_minutes(rig: Rig) -> None:
    rig.jump(10 * MINUTE)
    assert trade(rig, GET)["error"] == "invalid_code"


def test_a_refresh_token_is_used_once_and_the_old_access_token_stays_good_for_five_minutes(rig: Rig) -> None:
    old, refresh = rig.main.shopee.access_token, rig.main.shopee.refresh_token
    answer = trade(rig, REFRESH)
    assert (answer["error"], answer["partner_id"], answer["shop_id"]) == (
        "",
        rig.main.shopee.partner_id,
        rig.main.shopee.shop_id,
    )
    assert trade(rig, REFRESH, refresh_token=refresh)["error"] == "error_shop_refresh_token"
    assert trade(rig, REFRESH, shop_id=7)["error"] == "error_shop_refresh_token"
    rig.jump(5 * MINUTE - 1)
    assert (opens(rig, old), opens(rig, answer["access_token"])) == (True, True)
    rig.jump(1)
    assert (opens(rig, old), opens(rig, answer["access_token"])) == (False, True)


def test_an_access_token_lives_four_hours_and_a_refresh_gives_it_no_longer_life(rig: Rig) -> None:
    old = rig.main.shopee.access_token
    rig.jump(4 * HOUR - MINUTE)
    assert opens(rig, old)
    new = trade(rig, REFRESH)["access_token"]
    rig.jump(MINUTE)
    assert (opens(rig, old), opens(rig, new)) == (False, True)


def test_a_refresh_token_lives_thirty_days(rig: Rig) -> None:
    rig.jump(30 * DAY - 1)
    assert trade(rig, REFRESH)["error"] == ""
    rig.jump(30 * DAY)
    assert trade(rig, REFRESH)["error"] == "refresh_token_expired"


# -------------------------------------------------------------------- orders


def pages(rig: Rig, size: int, **asked: Any) -> list[str]:
    """Every order number in a window, page by page, as a client reads them."""
    found, cursor = [], ""
    while True:
        answer = rig.shop(LIST, page_size=size, cursor=cursor, **asked)["response"]
        assert len(answer["order_list"]) <= size
        found += [one["order_sn"] for one in answer["order_list"]]
        if not answer["more"]:
            assert answer["next_cursor"] == ""
            return found
        cursor = answer["next_cursor"]


@settings(max_examples=25)
@given(
    gaps=st.lists(st.integers(0, 2 * 86_400_000), max_size=12),
    size=st.integers(1, 7),
    start=st.integers(0, 86_400 * 5),
    last=st.none() | st.integers(0, 23),
)
def test_pages_hold_every_order_of_the_window_once_and_in_order(
    gaps: list[int], size: int, start: int, last: int | None
) -> None:
    rig = Rig()
    for gap in gaps:
        rig.clock.jump(gap)
        rig.tell("shopee.order_placed")
    trade(rig, REFRESH)
    times = sorted(one.created // 1000 for one in rig.main.shopee.orders.values())
    begin = START // 1000 - 13 * 3_600 + start
    end = (
        begin + 15 * 86_400 if last is None else max(begin + 1, times[last % len(times)])
    )  # an order of the last second too
    for field in ("create_time", "update_time"):
        found = pages(rig, size, time_range_field=field, time_from=begin, time_to=end)
        inside = {sn: one.created for sn, one in rig.main.shopee.orders.items() if begin <= one.created // 1000 <= end}
        assert sorted(found) == sorted(inside)
        assert [inside[sn] for sn in found] == sorted(inside.values())
    rig.close()


def test_orders_are_chosen_by_status_and_show_it_only_when_asked(rig: Rig) -> None:
    window = {
        "time_range_field": "create_time",
        "time_from": START // 1000 - 86_400,
        "time_to": START // 1000,
        "page_size": 100,
    }
    plain = rig.shop(LIST, **window)["response"]["order_list"]
    assert (len(plain), {tuple(one) for one in plain}) == (12, {("order_sn",)})
    shipped = rig.shop(LIST, **window, order_status="SHIPPED", response_optional_fields="order_status")["response"]
    assert [one["order_status"] for one in shipped["order_list"]] == ["SHIPPED"]


WINDOWS: dict[str, tuple[dict[str, Any], str]] = {
    "no field": ({"time_range_field": ""}, "error_param"),
    "an unknown field": ({"time_range_field": "pay_time"}, "error_param"),
    "no end": ({"time_to": ""}, "error_param"),
    "a beginning that is text": ({"time_from": "yesterday"}, "error_param"),
    "a beginning below zero": ({"time_from": -1}, "error_param"),
    "an end before the beginning": ({"time_to": START // 1000 - 1}, "order.order_list_invalid_time"),
    "an end at the beginning": ({"time_to": START // 1000}, "order.order_list_invalid_time"),
    "fifteen days": ({"time_to": START // 1000 + 15 * 86_400}, ""),
    "a second more": ({"time_to": START // 1000 + 15 * 86_400 + 1}, "order.order_list_invalid_time"),
    "no page size": ({"page_size": ""}, "error_param"),
    "a page of none": ({"page_size": 0}, "error_param"),
    "a page of a hundred and one": ({"page_size": 101}, "error_param"),
    "a cursor of letters": ({"cursor": "next"}, "error_param"),
    "a cursor beyond the end": ({"cursor": "5000"}, ""),
    "an unknown status": ({"order_status": "LOST"}, "error_param"),
}


@pytest.mark.parametrize("case", WINDOWS)
def test_a_window_is_listed_or_refused_for_what_is_wrong_with_it(standing: Rig, case: str) -> None:
    changes, error = WINDOWS[case]
    asked = {"time_range_field": "create_time", "time_from": START // 1000, "time_to": START // 1000 + 60, "page_size": 10}
    before = standing.meters()
    answer = standing.shop(LIST, **{**asked, **changes})
    assert answer["error"] == error
    assert (standing.meters() == before) is bool(error)
    if not error:
        assert answer["response"]["next_cursor"] == ""


def test_a_detail_shows_its_fixed_fields_and_others_only_when_named(rig: Rig) -> None:
    sn = next(iter(rig.main.shopee.orders))
    (plain,) = rig.shop(DETAIL, order_sn_list=sn)["response"]["order_list"]
    assert set(plain) == ALWAYS
    wanted = "buyer_username,item_list,total_amount,pay_time,no_such_field"
    (full,) = rig.shop(DETAIL, order_sn_list=sn, response_optional_fields=wanted)["response"]["order_list"]
    assert set(full) == ALWAYS | {"buyer_username", "item_list", "total_amount", "pay_time"}
    (item,) = full["item_list"]
    assert full["total_amount"] == pytest.approx(item["model_discounted_price"] * item["model_quantity_purchased"])


def test_unknown_orders_are_named_in_the_warning_and_fifty_are_enough(rig: Rig) -> None:
    known = list(rig.main.shopee.orders)[:2]
    answer = rig.shop(DETAIL, order_sn_list=",".join([known[0], "nothing", known[1]]))
    assert [one["order_sn"] for one in answer["response"]["order_list"]] == known
    assert answer["warning"] == ["nothing"]
    assert rig.shop(DETAIL, order_sn_list=known[0])["warning"] == ""
    assert rig.shop(DETAIL, order_sn_list="nothing")["error"] == "error_not_found"
    assert rig.shop(DETAIL, order_sn_list=",".join(["x"] * 50))["error"] == "error_not_found"
    assert rig.shop(DETAIL, order_sn_list=",".join(["x"] * 51))["error"] == "error_param"
    assert rig.shop(DETAIL, order_sn_list=",,")["error"] == "error_param"


def test_what_is_got_may_be_posted_too(rig: Rig) -> None:
    asked = {
        "time_range_field": "create_time",
        "time_from": START // 1000 - 86_400,
        "time_to": START // 1000,
        "page_size": 3,
    }
    got = rig.shop(LIST, **asked)["response"]
    posted = rig.said("shopee", "POST", LIST, rig.signed(LIST), asked)["response"]
    assert (posted, len(got["order_list"])) == (got, 3)


def test_a_rate_is_refused_in_a_burst_and_the_days_number_until_midnight_in_beijing(make_rig: Callable[..., Rig]) -> None:
    rig = make_rig({"shopee": {"quota": {"app_second": {"limit": 2}, "app_day": {"limit": 3}}}})
    sn = next(iter(rig.main.shopee.orders))
    errors = [rig.shop(DETAIL, order_sn_list=sn)["error"] for _ in range(3)]
    assert errors == ["", "", "error_rate_limit"]
    rig.jump(1_000)
    errors = [rig.shop(DETAIL, order_sn_list=sn)["error"] for _ in range(2)]
    assert errors == ["", "error_limit"]
    rig.jump(14 * HOUR - 1_001)
    assert rig.main.shopee.access_until < rig.clock()
    refused = trade(rig, REFRESH)
    why = rig.admin("GET", "/explain", rid=refused["request_id"])
    assert (refused["error"], why["rule"]["id"], why["retry_after"]) == ("error_limit", "shopee.app_day", 1)
    rig.jump(1)
    assert trade(rig, REFRESH)["error"] == ""
