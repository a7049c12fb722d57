"""Orders at WeChat Pay: every way to pay, what is refused and in which words, what is the same order, how they end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.mocks.pay_rig import PAY, REFUNDS, PayRig
from tests.mocks.rig import HOUR, MINUTE

COMBINED, PARTNER = "/v3/combine-transactions", "/v3/pay/partner/transactions"
SCENE = {"payer_client_ip": "1.2.3.4", "h5_info": {"type": "Wap"}, "device_id": "till-1"}


@pytest.fixture
def pay() -> Iterator[PayRig]:
    one = PayRig()
    yield one
    one.close()


@pytest.fixture(scope="module")
def lasting() -> Iterator[PayRig]:
    one = PayRig()
    yield one
    one.close()


@pytest.mark.parametrize(
    ("changes", "pointer", "text"),
    [
        ({"appid": None}, "/appid", "输入源“/body/appid”映射到字段“公众号ID”必填性规则校验失败，此字段为必填项"),
        (
            {"description": ""},
            "/description",
            "输入源“/body/description”映射到字段“商品描述”字符串规则校验失败，字符数 0，小于最小值 1",
        ),
        ({"description": "x" * 128}, "/description", None),
        ({"description": "好吃😋"}, "/description", None),
        ({"out_trade_no": "12345"}, "/out_trade_no", None),
        ({"out_trade_no": "1" * 33}, "/out_trade_no", None),
        ({"out_trade_no": "ORDER#0001"}, "/out_trade_no", None),
        ({"out_trade_no": 123456}, "/out_trade_no", None),
        ({"attach": "x" * 129}, "/attach", None),
        ({"amount": None}, "/amount", None),
        ({"amount": []}, "/amount", None),
        ({"amount": {}}, "/amount/total", None),
        (
            {"amount": {"total": 0}},
            "/amount/total",
            "输入源“/body/amount/total”映射到数值字段“总金额”规则校验失败，值低于最小值 1",
        ),
        ({"amount": {"total": -1}}, "/amount/total", None),
        ({"amount": {"total": 1.5}}, "/amount/total", None),
        ({"amount": {"total": True}}, "/amount/total", None),
        ({"amount": {"total": "1"}}, "/amount/total", None),
        ({"amount": {"total": 1 << 31}}, "/amount/total", None),
        ({"amount": {"total": 1, "currency": "XYZ"}}, "/amount/currency", "Currency code is invalid"),
        ({"payer": None}, "/payer/openid", None),
        ({"payer": {"openid": ""}}, "/payer/openid", None),
        ({"notify_url": "shop.test"}, "/notify_url", None),
        ({"notify_url": "https://shop.test/?a=1"}, "/notify_url", None),
        ({"notify_url": "https://shop.test/" + "x" * 256}, "/notify_url", None),
        ({"time_expire": "tomorrow"}, "/time_expire", None),
        ({"support_fapiao": "yes"}, "/support_fapiao", None),
        ({"detail": [1]}, "/detail", None),
        ({"detail": {"goods_detail": [{"merchant_goods_id": "1", "quantity": 0, "unit_price": 1}]}}, "/quantity", None),
        ({"detail": {"goods_detail": [7]}}, "/merchant_goods_id", None),
        ({"scene_info": {"device_id": "x" * 33}}, "/scene_info/device_id", None),
        ({"time_expire": "2026-03-02T09:59:59+08:00"}, "/time_expire", None),
        ({"time_expire": "2026-13-02T09:59:59+08:00"}, "/time_expire", None),
    ],
)
def test_a_field_that_is_wrong_is_named_with_its_place(
    lasting: PayRig, changes: dict[str, Any], pointer: str, text: str | None
) -> None:
    body = lasting.order(**changes)
    said = lasting.said("POST", f"{PAY}/jsapi", body)
    assert (said["http"], said["code"], said["detail"]["field"]) == (400, "PARAM_ERROR", pointer)
    assert said["detail"]["location"] == "body"
    assert said["message"] == said["detail"]["issue"]
    assert text is None or said["message"] == text
    assert body.get("out_trade_no") not in lasting.pay.orders


@pytest.mark.parametrize(
    ("changes", "http", "code"),
    [
        ({"mchid": "1900000001"}, 400, "PARAM_ERROR"),
        ({"appid": "wx0000000000000000"}, 400, "APPID_MCHID_NOT_MATCH"),
    ],
)
def test_numbers_of_others_are_refused(lasting: PayRig, changes: dict[str, str], http: int, code: str) -> None:
    said = lasting.said("POST", f"{PAY}/native", lasting.order(**changes))
    assert (said["http"], said["code"]) == (http, code)


def test_every_way_to_pay_answers_in_its_own_manner(pay: PayRig) -> None:
    answers = {
        kind: pay.said("POST", f"{PAY}/{kind}", pay.order(scene_info=SCENE)) for kind in ("jsapi", "app", "native", "h5")
    }
    assert answers["jsapi"]["prepay_id"].startswith("wx0210")
    assert answers["native"]["code_url"].startswith("weixin://wxpay/bizpayurl?pr=")
    assert answers["h5"]["h5_url"].startswith("https://wx.tenpay.com/cgi-bin/mmpayweb-bin/checkmweb?prepay_id=wx")
    assert pay.said("POST", f"{PAY}/h5", pay.order())["detail"]["field"] == "/scene_info/payer_client_ip"


def test_an_order_lives_unpaid_paid_and_given_back(pay: PayRig) -> None:
    body = pay.order(attach="桌 3", scene_info=SCENE)
    number = body["out_trade_no"]
    pay.said("POST", f"{PAY}/jsapi", body)
    unpaid = pay.look(number)
    assert unpaid == {
        "http": 200,
        "appid": pay.pay.appid,
        "mchid": pay.pay.mchid,
        "out_trade_no": number,
        "trade_state": "NOTPAY",
        "trade_state_desc": "订单未支付",
        "attach": "桌 3",
        "amount": {"total": 10_000, "currency": "CNY"},
        "scene_info": {"device_id": "till-1"},
    }
    pay.jump(MINUTE)
    done = pay.admin("POST", "/pay", {"out_trade_no": number, "openid": "o-guest"})
    paid = pay.look(number)
    assert paid["transaction_id"] == done["transaction_id"]
    assert (len(paid["transaction_id"]), paid["transaction_id"][:4]) == (28, "4200")
    assert (paid["trade_state"], paid["success_time"]) == ("SUCCESS", "2026-03-02T10:01:00+08:00")
    assert paid["payer"] == {"openid": "o-guest"}
    assert paid["amount"] == {"total": 10_000, "currency": "CNY", "payer_total": 10_000, "payer_currency": "CNY"}
    assert pay.said("GET", f"{PAY}/id/{paid['transaction_id']}?mchid={pay.pay.mchid}") == paid
    pay.refund(number, 1)
    assert pay.look(number)["trade_state"] == "REFUND"


def test_the_same_request_is_the_same_order_and_another_is_refused(pay: PayRig) -> None:
    body = pay.order()
    first = pay.said("POST", f"{PAY}/jsapi", body)
    assert pay.said("POST", f"{PAY}/jsapi", body) == first
    for other in ({**body, "amount": {"total": 9}}, {**body, "description": "x"}):
        assert pay.said("POST", f"{PAY}/jsapi", other)["code"] == "OUT_TRADE_NO_USED"
    assert pay.said("POST", f"{PAY}/native", body)["http"] == 403
    assert pay.admin("POST", "/pay", {"out_trade_no": body["out_trade_no"], "outcome": "failed"})["ok"]
    assert pay.said("POST", f"{PAY}/jsapi", body) == first
    pay.jump(2 * HOUR)
    assert pay.admin("POST", "/pay", {"out_trade_no": body["out_trade_no"]})["code"] == "ORDER_CLOSED"
    again = pay.said("POST", f"{PAY}/jsapi", body)
    assert again["prepay_id"] != first["prepay_id"]
    assert pay.admin("POST", "/pay", {"out_trade_no": body["out_trade_no"]})["ok"]
    assert pay.said("POST", f"{PAY}/jsapi", body)["code"] == "OUT_TRADE_NO_USED"


def test_an_order_is_closed_once_for_all_and_a_paid_one_is_not(pay: PayRig) -> None:
    body, paid = pay.order(), pay.paid()
    pay.said("POST", f"{PAY}/jsapi", body)
    close = f"{PAY}/out-trade-no/{{}}/close"
    mine = {"mchid": pay.pay.mchid}
    assert pay.said("POST", close.format(body["out_trade_no"]), mine)["http"] == 204
    assert pay.said("POST", close.format(body["out_trade_no"]), mine)["http"] == 204
    assert pay.look(body["out_trade_no"])["trade_state"] == "CLOSED"
    assert pay.said("POST", f"{PAY}/jsapi", body)["code"] == "ORDER_CLOSED"
    assert pay.admin("POST", "/pay", {"out_trade_no": body["out_trade_no"]})["code"] == "ORDER_CLOSED"
    assert pay.said("POST", close.format(paid), mine)["http"] == 400
    assert pay.said("POST", close.format("ORDER99999"), mine)["code"] == "ORDER_NOT_EXIST"
    assert pay.said("POST", close.format(paid), {})["detail"]["field"] == "/mchid"


@pytest.mark.parametrize(("outcome", "state"), [("paid", "SUCCESS"), ("failed", "PAYERROR"), ("abandoned", "NOTPAY")])
def test_a_buyer_pays_fails_or_walks_away(pay: PayRig, outcome: str, state: str) -> None:
    body = pay.order()
    pay.said("POST", f"{PAY}/jsapi", body)
    assert pay.admin("POST", "/pay", {"out_trade_no": body["out_trade_no"], "outcome": outcome})["trade_state"] == state
    assert pay.look(body["out_trade_no"])["trade_state"] == state
    assert len(pay.told) == (outcome == "paid")
    assert pay.admin("POST", "/pay", {"out_trade_no": body["out_trade_no"]})["ok"] == (outcome != "paid")


def test_an_order_past_its_time_is_not_paid(pay: PayRig) -> None:
    body = pay.order(time_expire="2026-03-02T10:05:00+08:00")
    pay.said("POST", f"{PAY}/jsapi", body)
    pay.jump(5 * MINUTE)
    assert pay.admin("POST", "/pay", {"out_trade_no": body["out_trade_no"]})["code"] == "ORDER_CLOSED"
    assert pay.admin("POST", "/pay", {"out_trade_no": "nowhere"})["code"] == "ORDER_NOT_EXIST"


def scan(pay: PayRig, total: int, code: str = "134567890123456789") -> dict[str, Any]:
    """What a scan of a buyer's code answers."""
    store = {"device_id": "till-1", "store_info": {"id": "1"}}
    body = pay.order(amount={"total": total}, payer={"auth_code": code}, scene_info=store, notify_url=None)
    return {**pay.said("POST", f"{PAY}/codepay", body), "number": body["out_trade_no"]}


def test_a_scanned_code_pays_at_once_or_waits_for_the_password(pay: PayRig) -> None:
    paid, waits = scan(pay, 100), scan(pay, 100_001)
    assert (paid["http"], paid["trade_state"], paid["trade_type"]) == (200, "SUCCESS", "MICROPAY")
    assert (waits["http"], waits["code"]) == (202, "USERPAYING")
    close = pay.said("POST", f"{PAY}/out-trade-no/{waits['number']}/close", {"mchid": pay.pay.mchid})
    assert (close["http"], close["code"]) == (429, "FREQUENCY_LIMITED")
    pay.admin("POST", "/pay", {"out_trade_no": waits["number"]})
    assert pay.look(waits["number"])["trade_state"] == "SUCCESS"
    assert scan(pay, 1, code="999999999999999999")["detail"]["field"] == "/payer/auth_code"


def test_a_scan_is_taken_back(pay: PayRig) -> None:
    number = scan(pay, 100)["number"]
    asked = {"appid": pay.pay.appid, "mchid": pay.pay.mchid}
    assert pay.said("POST", f"{PAY}/out-trade-no/{number}/reverse", asked) == {"http": 200, **asked, "out_trade_no": number}
    assert pay.look(number)["trade_state"] == "REVOKED"
    other = pay.paid()
    assert pay.said("POST", f"{PAY}/out-trade-no/{other}/reverse", asked)["http"] == 400


# -------------------------------------------------------------------- for others


def for_another(pay: PayRig, **changes: Any) -> dict[str, Any]:
    """The body of a service provider's order."""
    own = {"appid": None, "mchid": None, "sp_appid": pay.pay.appid, "sp_mchid": pay.pay.mchid}
    return pay.order(**{**own, "sub_mchid": pay.pay.sub_mchid, "payer": {"sp_openid": "o1"}, **changes})


def test_a_service_provider_takes_payments_for_a_sub_merchant(pay: PayRig) -> None:
    body = for_another(pay)
    assert pay.said("POST", f"{PARTNER}/jsapi", body)["prepay_id"]
    pay.admin("POST", "/pay", {"out_trade_no": body["out_trade_no"], "openid": "o1"})
    both = f"sp_mchid={pay.pay.mchid}&sub_mchid={pay.pay.sub_mchid}"
    paid = pay.said("GET", f"{PARTNER}/out-trade-no/{body['out_trade_no']}?{both}")
    assert (paid["sp_mchid"], paid["sub_mchid"], paid["payer"]) == (pay.pay.mchid, pay.pay.sub_mchid, {"sp_openid": "o1"})
    assert pay.said("GET", f"{PARTNER}/id/{paid['transaction_id']}?{both}") == paid
    assert pay.look(body["out_trade_no"])["code"] == "ORDER_NOT_EXIST"
    assert pay.told[-1].body["resource"]["sub_mchid"] == pay.pay.sub_mchid
    assert pay.refund(body["out_trade_no"], 1)["code"] == "RESOURCE_NOT_EXISTS"
    assert pay.refund(body["out_trade_no"], 1, "R1", sub_mchid=pay.pay.sub_mchid)["status"] == "PROCESSING"
    assert pay.said("GET", f"{REFUNDS}/R1")["code"] == "RESOURCE_NOT_EXISTS"
    assert pay.said("GET", f"{REFUNDS}/R1?sub_mchid={pay.pay.sub_mchid}")["out_refund_no"] == "R1"


def test_a_service_provider_closes_and_knows_its_own_sub_merchants_only(pay: PayRig) -> None:
    body = for_another(pay)
    pay.said("POST", f"{PARTNER}/native", body)
    close = f"{PARTNER}/out-trade-no/{body['out_trade_no']}/close"
    assert pay.said("POST", close, {"sp_mchid": pay.pay.mchid, "sub_mchid": "1"})["code"] == "MCH_NOT_EXISTS"
    assert pay.said("POST", close, {"sp_mchid": pay.pay.mchid, "sub_mchid": pay.pay.sub_mchid})["http"] == 204
    assert pay.said("POST", f"{PARTNER}/native", for_another(pay, sub_mchid="1"))["code"] == "MCH_NOT_EXISTS"


def together(pay: PayRig, parts: int = 2, **changes: Any) -> dict[str, Any]:
    """The body of a good combined order."""
    row = {"mchid": pay.pay.mchid, "attach": "a", "description": "d", "amount": {"total_amount": 100, "currency": "CNY"}}
    rows = [{**row, "out_trade_no": f"PART{next(pay.numbers):06}"} for _ in range(parts)]
    head = {"combine_appid": pay.pay.appid, "combine_mchid": pay.pay.mchid, "notify_url": "https://shop.test/notify"}
    number = f"TOGETHER{next(pay.numbers):06}"
    body = {**head, "combine_out_trade_no": number, "sub_orders": rows, "combine_payer_info": {"openid": "o1"}}
    return {**body, **changes}


def test_combined_orders_are_paid_together_told_once_and_given_back_each(pay: PayRig) -> None:
    body = together(pay)
    assert pay.said("POST", f"{COMBINED}/jsapi", body)["prepay_id"]
    assert pay.said("POST", f"{COMBINED}/jsapi", body)["prepay_id"]
    assert pay.admin("POST", "/pay", {"out_trade_no": body["combine_out_trade_no"], "openid": "o1"})["ok"]
    found = pay.said("GET", f"{COMBINED}/out-trade-no/{body['combine_out_trade_no']}")
    assert found["combine_payer_info"] == {"openid": "o1"}
    assert [one["trade_state"] for one in found["sub_orders"]] == ["SUCCESS", "SUCCESS"]
    assert len({one["transaction_id"] for one in found["sub_orders"]}) == 2
    assert len(pay.told) == 1
    assert pay.told[0].body["resource"] == {name: value for name, value in found.items() if name != "http"}
    assert pay.refund(body["sub_orders"][0]["out_trade_no"], 100)["status"] == "PROCESSING"
    assert pay.said("POST", f"{COMBINED}/jsapi", body)["code"] == "OUT_TRADE_NO_USED"


def test_combined_orders_are_closed_together(pay: PayRig) -> None:
    body = together(pay)
    pay.said("POST", f"{COMBINED}/native", body)
    close = f"{COMBINED}/out-trade-no/{body['combine_out_trade_no']}/close"
    one = [{"mchid": pay.pay.mchid, "out_trade_no": row["out_trade_no"]} for row in body["sub_orders"]]
    assert pay.said("POST", close, {"combine_appid": pay.pay.appid, "sub_orders": one[:1]})["http"] == 400
    assert pay.said("POST", close, {"combine_appid": "wx0", "sub_orders": one})["code"] == "APPID_MCHID_NOT_MATCH"
    assert pay.said("POST", close, {"combine_appid": pay.pay.appid, "sub_orders": one})["http"] == 204
    assert pay.said("POST", f"{COMBINED}/native", body)["code"] == "ORDER_CLOSED"
    assert pay.said("GET", f"{COMBINED}/out-trade-no/NOSUCHORDER")["code"] == "ORDER_NOT_EXIST"


@pytest.mark.parametrize("wrong", [{"sub_orders": []}, {"sub_orders": [1]}, {"sub_orders": [{}]}, {"combine_mchid": "1"}])
def test_a_combined_order_that_is_wrong_makes_nothing(pay: PayRig, wrong: dict[str, Any]) -> None:
    before = len(pay.pay.orders)
    assert pay.said("POST", f"{COMBINED}/native", together(pay, **wrong))["http"] == 400
    assert pay.said("POST", f"{COMBINED}/native", together(pay, parts=51))["http"] == 400
    foreign = together(pay)
    foreign["sub_orders"][1]["amount"]["currency"] = "USD"
    assert pay.said("POST", f"{COMBINED}/native", foreign)["message"] == "Currency code is invalid"
    doubled = together(pay)
    doubled["sub_orders"][1]["out_trade_no"] = doubled["sub_orders"][0]["out_trade_no"]
    assert pay.said("POST", f"{COMBINED}/native", doubled)["http"] == 400
    assert len(pay.pay.orders) == before


# -------------------------------------------------------------------- limits


def test_sixty_orders_a_second_and_not_one_more(pay: PayRig) -> None:
    codes = [pay.said("POST", f"{PAY}/native", pay.order())["http"] for _ in range(62)]
    assert codes == [200] * 60 + [429] * 2
    assert pay.said("POST", f"{PAY}/native", pay.order())["code"] == "FREQUENCY_LIMITED"
    pay.jump(1000)
    assert pay.said("POST", f"{PAY}/native", pay.order())["http"] == 200


def test_an_error_can_be_explained_by_its_number(pay: PayRig) -> None:
    for _ in range(60):
        pay.ask("POST", f"{PAY}/native", pay.order())
    number = pay.ask("POST", f"{PAY}/native", pay.order()).headers["Request-ID"]
    assert pay.admin("GET", "/explain", rid=number)["rule"]["id"] == "wechat_pay.orders_second"
