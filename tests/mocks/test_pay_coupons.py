"""Coupons at WeChat Pay: cash coupons through the SDK, merchant coupons beside them, and never more of either than there are."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

from tests.mocks.pay_rig import PayRig, led, sdk
from tests.mocks.rig import DAY, MINUTE
from tests.mocks.test_pay_orders import together

FAVOR, BUSIFAVOR = "/v3/marketing/favor", "/v3/marketing/busifavor"


@pytest.fixture
def pay() -> Iterator[PayRig]:
    one = PayRig()
    yield one
    one.close()


def favor(pay: PayRig, coupons: int = 3, **changes: Any) -> dict[str, Any]:
    """The body of a good stock of cash coupons: ten yuan off a hundred."""
    rule = {"max_coupons": coupons, "max_amount": coupons * 1_000, "max_coupons_per_user": 2}
    body = {
        "stock_name": "满百减十",
        "comment": "春季",
        "belong_merchant": pay.pay.mchid,
        "available_begin_time": "2026-03-02T00:00:00+08:00",
        "available_end_time": "2026-04-01T00:00:00+08:00",
        "stock_use_rule": {**rule, "natural_person_limit": False, "prevent_api_abuse": False},
        "pattern_info": {"description": "全场可用"},
        "coupon_use_rule": {
            "fixed_normal_coupon": {"coupon_amount": 1_000, "transaction_minimum": 10_000},
            "available_merchants": [pay.pay.mchid],
        },
        "no_cash": False,
        "stock_type": "NORMAL",
        "out_request_no": f"FAVOR{next(pay.numbers)}",
    }
    return {**body, **changes}


def stock(pay: PayRig, *moves: str, **changes: Any) -> str:
    """A stock of cash coupons, with these things done to it."""
    made = pay.said("POST", f"{FAVOR}/coupon-stocks", favor(pay, **changes))
    for move in moves:
        done = pay.said("POST", f"{FAVOR}/stocks/{made['stock_id']}/{move}", {"stock_creator_mchid": pay.pay.mchid})
        assert done["http"] == 200, done
    return made["stock_id"]


def send(pay: PayRig, stock_id: str, openid: str = "o1", request: str = "") -> dict[str, Any]:
    """What is answered when a coupon is sent to somebody."""
    body = {"stock_id": stock_id, "out_request_no": request or f"SEND{next(pay.numbers)}", "appid": pay.pay.appid}
    return pay.said("POST", f"{FAVOR}/users/{openid}/coupons", {**body, "stock_creator_mchid": pay.pay.mchid})


def test_the_sdk_makes_starts_sends_and_looks(pay: PayRig) -> None:
    body = favor(pay)
    body["coupon_use_rule"]["goods_tag"] = ["A"]
    with led(pay):
        client = sdk(pay)
        code, text = client.marketing_favor_stock_create(**body)
        stock_id = json.loads(text)["stock_id"]
        assert (code, json.loads(text)["create_time"]) == (200, "2026-03-02T10:00:00+08:00")
        assert "start_time" in client.marketing_favor_stock_start(pay.pay.mchid, stock_id)[1]
        sent = client.marketing_favor_stock_send(stock_id, "o1", "SEND1", pay.pay.mchid)
        coupon_id = json.loads(sent[1])["coupon_id"]
        detail = json.loads(client.marketing_favor_coupon_detail(coupon_id, "o1")[1])
        assert (detail["status"], detail["normal_coupon_information"]["coupon_amount"]) == ("SENDED", 1_000)
        assert json.loads(client.marketing_favor_user_coupon("o1")[1])["total_count"] == 1
        assert "start_time" in client.marketing_favor_stock_pause(pay.pay.mchid, stock_id)[1]
        assert "restart_time" in client.marketing_favor_stock_restart(pay.pay.mchid, stock_id)[1]
        assert detail["out_request_no"] == "SEND1"
        shown = json.loads(client.marketing_favor_stock_detail(pay.pay.mchid, stock_id)[1])
        assert (shown["status"], shown["distributed_coupons"]) == ("running", 1)
        assert shown["stock_use_rule"]["goods_tag"] == ["A"]
        assert json.loads(client.marketing_favor_stock_list(pay.pay.mchid, 0, 10)[1])["total_count"] == 1
        assert json.loads(client.marketing_favor_callback_update("https://shop.test/used")[1])["notify_url"]


@pytest.mark.parametrize(
    ("done", "then", "http"),
    [
        ([], "start", 200),
        ([], "pause", 400),
        ([], "restart", 400),
        ([], "stop", 200),
        (["start"], "start", 400),
        (["start"], "pause", 200),
        (["start"], "stop", 200),
        (["start", "pause"], "restart", 200),
        (["start", "pause"], "pause", 400),
        (["start", "stop"], "start", 400),
        (["start", "stop"], "stop", 400),
    ],
)
def test_what_can_be_done_with_a_stock(pay: PayRig, done: list[str], then: str, http: int) -> None:
    stock_id = stock(pay, *done)
    said = pay.said("POST", f"{FAVOR}/stocks/{stock_id}/{then}", {"stock_creator_mchid": pay.pay.mchid})
    assert said["http"] == http
    assert http == 200 or said["message"] == "非法的批次状态"


@pytest.mark.parametrize("moves", [[], ["start", "pause"], ["start", "stop"]])
def test_a_stock_that_does_not_run_gives_nothing(pay: PayRig, moves: list[str]) -> None:
    said = send(pay, stock(pay, *moves))
    assert (said["http"], said["code"], said["message"]) == (400, "INVALID_REQUEST", "活动已结束或未激活")


def test_a_stock_ends_with_its_time_in_the_vendors_spelling(pay: PayRig) -> None:
    stock_id = stock(pay, "start")
    coupon_id = send(pay, stock_id)["coupon_id"]
    pay.jump(30 * DAY)
    assert pay.said("GET", f"{FAVOR}/stocks/{stock_id}?stock_creator_mchid={pay.pay.mchid}")["status"] == "stoped"
    assert pay.said("GET", f"{FAVOR}/users/o1/coupons/{coupon_id}?appid={pay.pay.appid}")["status"] == "EXPIRED"
    assert send(pay, stock_id)["http"] == 400


def test_no_more_coupons_than_there_are_and_no_more_than_two_for_one(pay: PayRig) -> None:
    stock_id = stock(pay, "start")
    assert [send(pay, stock_id)["http"] for _ in range(3)] == [200, 200, 403]
    assert send(pay, stock_id)["message"] == "用户已达最大领券次数"
    assert [send(pay, stock_id, openid)["http"] for openid in ("o2", "o3")] == [200, 403]
    assert send(pay, stock_id, "o4")["code"] == "NOT_ENOUGH"


def test_the_same_request_is_the_same_coupon_and_the_same_stock(pay: PayRig) -> None:
    stock_id = stock(pay, "start")
    assert send(pay, stock_id, "o1", "ONCE") == send(pay, stock_id, "o1", "ONCE")
    assert send(pay, stock_id, "o2", "ONCE")["code"] == "RESOURCE_ALREADY_EXISTS"
    assert len(pay.pay.favor[stock_id].coupons) == 1
    body = favor(pay)
    first = pay.said("POST", f"{FAVOR}/coupon-stocks", body)
    assert pay.said("POST", f"{FAVOR}/coupon-stocks", body) == first
    assert pay.said("POST", f"{FAVOR}/coupon-stocks", {**body, "no_cash": True})["code"] == "RESOURCE_ALREADY_EXISTS"


@pytest.mark.parametrize(
    "changes",
    [
        {"stock_name": "x" * 21},
        {"stock_name": "满百减十周末全场通用"},
        {"stock_name": "10;off"},
        {"out_request_no": "春季 1"},
        {"available_begin_time": "2026-03-01T23:59:59+08:00"},
        {"coupon_use_rule": {"fixed_normal_coupon": {"coupon_amount": 1_000, "transaction_minimum": 10_000}}},
        {"pattern_info": {"background_color": "COLOR011"}},
        {"available_end_time": "2026-06-30T00:00:00+08:00"},
        {"available_begin_time": "2027-03-12T00:00:00+08:00", "available_end_time": "2027-03-20T00:00:00+08:00"},
        {"available_end_time": "2026-03-02T09:00:00+08:00"},
        {"available_end_time": "soon"},
        {"belong_merchant": "1234567890"},
        {"stock_type": "OTHER"},
        {"no_cash": "no"},
    ],
)
def test_a_stock_that_the_platform_would_not_make(pay: PayRig, changes: dict[str, Any]) -> None:
    assert pay.said("POST", f"{FAVOR}/coupon-stocks", favor(pay, **changes))["http"] == 400
    assert not pay.pay.favor


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", 1),
        ("&create_start_time=2026-03-02T10:00:00%2B08:00", 1),
        ("&create_end_time=2026-03-02T09:59:59%2B08:00", 0),
        ("&create_start_time=yesterday", None),
    ],
)
def test_stocks_are_listed_by_when_they_were_made(pay: PayRig, query: str, found: int | None) -> None:
    stock(pay)
    said = pay.said("GET", f"{FAVOR}/stocks?offset=0&limit=10&stock_creator_mchid={pay.pay.mchid}{query}")
    assert said.get("total_count") == found


@pytest.mark.parametrize(
    ("query", "found"),
    [("creator_mchid=1", 0), ("sender_mchid=1", 0), ("available_mchid=1", 0), ("available_mchid={0}", 2), ("limit=1", 1)],
)
def test_a_persons_coupons_are_listed_by_merchant(pay: PayRig, query: str, found: int) -> None:
    stock_id = stock(pay, "start")
    assert [send(pay, stock_id)["http"] for _ in range(2)] == [200, 200]
    path = f"{FAVOR}/users/o1/coupons?appid={pay.pay.appid}&limit=1&{query.format(pay.pay.mchid)}"
    assert len(pay.said("GET", path)["data"]) == found


def test_only_followers_pay_and_get_coupons_where_that_is_looked_at() -> None:
    strict = PayRig({"wechat_pay": {"setting": {"openids_checked": {"value": True}}}})
    stock_id, follower = stock(strict, "start"), strict.pay.openids[0]
    busi_id = strict.said("POST", f"{BUSIFAVOR}/stocks", busifavor(strict))["stock_id"]
    wrong = ["PARAM_ERROR", "PARAM_ERROR", "INVALID_REQUEST", "INVALID_REQUEST"]
    for openid, refused in (("o1", wrong), (follower, [None] * 4)):
        paid = strict.said("POST", "/v3/pay/transactions/jsapi", strict.order(payer={"openid": openid}))
        both = together(strict, combine_payer_info={"openid": openid})
        combined = strict.said("POST", "/v3/combine-transactions/jsapi", both)
        sent, handed = send(strict, stock_id, openid), hand(strict, busi_id, openid)
        assert [one.get("code") for one in (paid, combined, sent, handed)] == refused
    strict.close()


def test_sixty_stocks_a_minute(pay: PayRig) -> None:
    codes = [pay.said("POST", f"{FAVOR}/coupon-stocks", favor(pay))["http"] for _ in range(61)]
    assert codes == [200] * 60 + [429]


@pytest.mark.parametrize("no_cash", [False, True])
def test_the_payers_best_coupon_is_used_and_told(pay: PayRig, no_cash: bool) -> None:
    stock_id = stock(pay, "start", no_cash=no_cash)
    pay.said("POST", f"{FAVOR}/callbacks", {"mchid": pay.pay.mchid, "notify_url": "https://shop.test/used"})
    coupon_id = send(pay, stock_id, pay.pay.openids[0])["coupon_id"]
    cheap = pay.look(pay.paid(amount={"total": 9_999}))
    assert cheap["amount"]["payer_total"] == 9_999
    number = pay.paid()
    paid = pay.look(number)
    assert paid["amount"]["payer_total"] == 9_000
    assert [one["coupon_id"] for one in paid["promotion_detail"]] == [coupon_id]
    told = next(push.body for push in pay.told if push.body["event_type"] == "COUPON.USE")
    assert told["resource"]["consume_information"]["transaction_id"] == paid["transaction_id"]
    assert pay.pay.orders[number].settlement_total == (9_000 if no_cash else 10_000)
    refund = pay.refund(number, 5_000, funds_account="AVAILABLE")
    back = refund["amount"]
    assert (back["payer_refund"], back["discount_refund"]) == (4_500, 500)
    assert (back["settlement_refund"], back["refund_fee"]) == ((4_500, 27) if no_cash else (5_000, 30))
    part = {"promotion_id": coupon_id, "scope": "GLOBAL", "type": "DISCOUNT" if no_cash else "COUPON"}
    assert refund["promotion_detail"] == [{**part, "amount": 1_000, "refund_amount": 500}]
    assert refund["funds_account"] == "AVAILABLE"
    assert pay.look(pay.paid())["amount"]["payer_total"] == 10_000
    rule = favor(pay)["coupon_use_rule"] | {"available_merchants": ["1900000109"]}
    send(pay, stock(pay, "start", coupon_use_rule=rule), pay.pay.openids[0])
    assert pay.look(pay.paid())["amount"]["payer_total"] == 10_000, "a coupon is good at its merchants alone"


# -------------------------------------------------------------------- merchant coupons


RULE = {
    "coupon_available_time": {
        "available_begin_time": "2026-03-02T00:00:00+08:00",
        "available_end_time": "2026-04-01T00:00:00+08:00",
    },
    "fixed_normal_coupon": {"discount_amount": 500, "transaction_minimum": 2_000},
    "use_method": "OFF_LINE",
}


def busifavor(pay: PayRig, **changes: Any) -> dict[str, Any]:
    """The body of a good stock of merchant coupons."""
    body = {
        "stock_name": "八月迎新活动",
        "belong_merchant": pay.pay.mchid,
        "goods_name": "填写商家券可适用的商品",
        "stock_type": "NORMAL",
        "coupon_use_rule": deepcopy(RULE),
        "stock_send_rule": {"max_coupons": 3, "max_coupons_per_user": 2},
        "out_request_no": f"BUSI{next(pay.numbers)}",
        "coupon_code_mode": "WECHATPAY_MODE",
    }
    return {**body, **changes}


def given(pay: PayRig, **changes: Any) -> tuple[str, str]:
    """A stock of merchant coupons, and the code of one that somebody has."""
    stock_id = pay.said("POST", f"{BUSIFAVOR}/stocks", busifavor(pay, **changes))["stock_id"]
    return stock_id, hand(pay, stock_id)["send_coupon_result"]["coupon_code"]


def hand(pay: PayRig, stock_id: str, openid: str = "o1", **changes: Any) -> dict[str, Any]:
    """What is answered when a merchant coupon is sent to somebody."""
    body = {"stock_id": stock_id, "openid": openid, "appid": pay.pay.appid, "out_request_no": f"HAND{next(pay.numbers)}"}
    return pay.said("POST", f"{BUSIFAVOR}/coupons/send", {**body, **changes})


def use(pay: PayRig, code: str, request: str = "USE1", **changes: Any) -> dict[str, Any]:
    """What is answered when a merchant coupon is used."""
    body = {"coupon_code": code, "appid": pay.pay.appid, "use_time": "2026-03-02T10:00:00+08:00", "use_request_no": request}
    return pay.said("POST", f"{BUSIFAVOR}/coupons/use", {**body, **changes})


def test_a_merchant_coupon_is_sent_used_given_back_and_used_again(pay: PayRig) -> None:
    pay.said("POST", f"{BUSIFAVOR}/callbacks", {"mchid": pay.pay.mchid, "notify_url": "https://shop.test/sent"})
    stock_id, code = given(pay)
    assert pay.told[-1].body["event_type"] == "COUPON.SEND"
    assert pay.told[-1].body["resource"]["coupon_code"] == code
    used = use(pay, code)
    assert used == {"http": 200, "stock_id": stock_id, "openid": "o1", "wechatpay_use_time": "2026-03-02T10:00:00+08:00"}
    pay.jump(MINUTE)
    assert use(pay, code) == used
    assert use(pay, code, "USE2")["http"] == 400
    back = {"coupon_code": code, "stock_id": stock_id, "return_request_no": "BACK1"}
    assert pay.said("POST", f"{BUSIFAVOR}/coupons/return", back)["wechatpay_return_time"]
    assert use(pay, code, "USE2")["http"] == 200
    with led(pay):
        shown = json.loads(sdk(pay).marketing_busifavor_coupon_detail(code, "o1")[1])
        assert (shown["coupon_state"], shown["use_request_no"]) == ("USED", "USE2")
        counted = json.loads(sdk(pay).marketing_busifavor_stock_query(stock_id)[1])["send_count_information"]
        assert (counted["total_send_num"], counted["total_send_amount"], counted["today_send_amount"]) == (1, 500, 500)


@pytest.mark.parametrize(
    "changes",
    [
        {"stock_type": "DISCOUNT"},
        {"coupon_use_rule": {**RULE, "use_method": "BY_POST"}},
        {"coupon_use_rule": {**RULE, "fixed_normal_coupon": {"discount_amount": 0, "transaction_minimum": 1}}},
        {"display_pattern_info": {"background_color": "Color999"}},
    ],
)
def test_a_stock_of_merchant_coupons_that_the_platform_would_not_make(pay: PayRig, changes: dict[str, Any]) -> None:
    assert pay.said("POST", f"{BUSIFAVOR}/stocks", busifavor(pay, **changes))["code"] == "PARAM_ERROR"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"openid": "o2"}, "RESOURCE_NOT_EXISTS"),
        ({"appid": "wx0"}, "APPID_MCHID_NOT_MATCH"),
        ({"use_time": "now"}, "PARAM_ERROR"),
        ({"openid": "o1"}, None),
    ],
)
def test_a_merchant_coupon_is_used_by_whom_it_belongs_to(pay: PayRig, changes: dict[str, Any], code: str | None) -> None:
    assert use(pay, given(pay)[1], **changes).get("code") == code


def test_a_merchant_coupon_is_made_void_only_while_it_is_unused(pay: PayRig) -> None:
    stock_id, code = given(pay)
    void = {"coupon_code": code, "stock_id": stock_id, "deactivate_request_no": "VOID1", "deactivate_reason": "活动取消"}
    use(pay, code)
    assert pay.said("POST", f"{BUSIFAVOR}/coupons/deactivate", void)["http"] == 400
    pay.said("POST", f"{BUSIFAVOR}/coupons/return", {"coupon_code": code, "stock_id": stock_id, "return_request_no": "B1"})
    assert pay.said("POST", f"{BUSIFAVOR}/coupons/deactivate", void)["http"] == 200
    assert use(pay, code, "USE2")["code"] == "INVALID_REQUEST"
    look = f"{BUSIFAVOR}/users/o1/coupons/{code}/appids/{pay.pay.appid}"
    assert pay.said("GET", look)["deactivate_reason"] == "活动取消"


def test_merchant_coupons_run_out_and_expire(pay: PayRig) -> None:
    stock_id, code = given(pay)
    assert [hand(pay, stock_id)["http"] for _ in range(2)] == [200, 403]
    assert [hand(pay, stock_id, "o2")["http"] for _ in range(2)] == [200, 403]
    assert len(pay.pay.busifavor[stock_id].coupons) == 3
    pay.jump(30 * DAY)
    assert use(pay, code)["http"] == 400
    assert hand(pay, stock_id, "o3")["code"] == "REQUEST_BLOCKED"
    listed = pay.said("GET", f"{BUSIFAVOR}/users/o1/coupons?appid={pay.pay.appid}")
    assert [one["coupon_state"] for one in listed["data"]] == ["EXPIRED", "EXPIRED"]


def test_codes_of_the_merchants_own_are_sent_in_their_order_each_once(pay: PayRig) -> None:
    stock_id = pay.said("POST", f"{BUSIFAVOR}/stocks", busifavor(pay, coupon_code_mode="MERCHANT_UPLOAD"))["stock_id"]
    assert hand(pay, stock_id)["code"] == "NOT_ENOUGH"
    body = {"coupon_code_list": ["A1", "A2", "A1", "x" * 33], "upload_request_no": "UP1"}
    said = pay.said("POST", f"{BUSIFAVOR}/stocks/{stock_id}/couponcodes", body)
    assert (said["success_codes"], said["duplicate_codes"]) == (["A1", "A2"], ["A1"])
    assert [one["code"] for one in said["fail_codes"]] == ["LENGTH_LIMIT"]
    again = pay.said("POST", f"{BUSIFAVOR}/stocks/{stock_id}/couponcodes", {**body, "upload_request_no": "UP2"})
    assert (again["success_count"], again["exist_codes"]) == (0, ["A1", "A2"])
    codes = [hand(pay, stock_id, f"o{n}").get("send_coupon_result", {}).get("coupon_code") for n in range(3)]
    assert codes == ["A1", "A2", None]


def test_a_code_that_the_merchant_gives_is_given_once(pay: PayRig) -> None:
    stock_id = pay.said("POST", f"{BUSIFAVOR}/stocks", busifavor(pay, coupon_code_mode="MERCHANT_API"))["stock_id"]
    assert hand(pay, stock_id)["code"] == "PARAM_ERROR"
    assert hand(pay, stock_id, coupon_code="MINE")["send_coupon_result"]["coupon_code"] == "MINE"
    assert hand(pay, stock_id, "o2", coupon_code="MINE")["code"] == "PARAM_ERROR"
    assert use(pay, "MINE")["code"] == "RESOURCE_NOT_EXISTS"
    assert use(pay, "MINE", stock_id=stock_id)["http"] == 200


def test_a_merchant_coupon_that_begins_later_is_not_used_yet(pay: PayRig) -> None:
    rule = busifavor(pay)["coupon_use_rule"]
    rule["coupon_available_time"] |= {"available_day_after_receive": 3, "wait_days_after_receive": 1}
    _, code = given(pay, coupon_use_rule=rule)
    assert use(pay, code)["message"] == "券未到可用时间"
    pay.jump(DAY)
    assert use(pay, code)["http"] == 200
