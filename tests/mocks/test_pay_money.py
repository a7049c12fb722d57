"""Money at WeChat Pay: fees, settlement, refunds and bills; none of it is lost. Facts V07, V08, V09, M06, M07, M08, V01, V02, V16."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mocks.wechat_pay import money
from mocks.wechat_pay.state import Discount, Order, Refund
from tests.mocks.pay_rig import PAY, PayRig, led, sdk
from tests.mocks.rig import DAY, HOUR, MINUTE, START


@pytest.fixture
def pay() -> Iterator[PayRig]:
    one = PayRig()
    one.pay.orders.clear()
    yield one
    one.close()


def held(pay: PayRig) -> tuple[int, int]:
    """What can be used, and what is not settled yet."""
    found = pay.said("GET", "/v3/merchant/fund/balance/BASIC")
    return found["available_amount"], found["pending_amount"]


# -------------------------------------------------------------------- terms


@pytest.mark.parametrize(
    ("terms", "fee", "days"),
    [
        ({}, 60, 1),
        ({"goods": "luxury"}, 120, 1),
        ({"goods": "international", "customs_no": "3100123456"}, 350 + 216, 7),
        ({"periods": 6, "agreed_days": 3}, 60 + 60, 3),
        ({"rate": 100}, 100, 1),
    ],
    ids=["V07 standard", "V07 luxury", "V08", "V09", "M08"],
)
def test_a_payment_of_a_hundred_yuan_costs_and_settles(pay: PayRig, terms: dict[str, Any], fee: int, days: int) -> None:
    assert pay.tell("wechat_pay.terms", **terms)["code"] == "0"
    pay.paid()
    assert held(pay) == (0, 10_000 - fee)
    pay.jump(days * DAY - 10 * HOUR - 1000)
    assert held(pay) == (0, 10_000 - fee)
    pay.jump(1000)
    assert held(pay) == (10_000 - fee, 0)


@pytest.mark.parametrize(
    "terms", [{"rate": 59}, {"rate": 101}, {"goods": "x"}, {"deposit": -1}, {"nonsense": 1}, {"periods": True}]
)
def test_terms_that_the_platform_does_not_have_are_refused(pay: PayRig, terms: dict[str, Any]) -> None:
    assert pay.tell("wechat_pay.terms", **terms)["code"] == "PARAM_ERROR"


@pytest.mark.parametrize(
    ("terms", "allowed"),
    [
        ({"entity_equal": False}, False),
        ({"channel_leased": True}, False),
        ({"deposit": 1_999_999}, False),
        ({"deposit": 2_000_000}, True),
        ({"shop": "individual", "deposit": 499_999}, False),
        ({"shop": "individual", "deposit": 500_000}, True),
        ({"goods": "international"}, False),
    ],
    ids=["M06 entity", "M06 channel", "M07 V01 below", "M07 V01", "V02 below", "V02", "V08 customs"],
)
def test_who_may_take_payments(pay: PayRig, terms: dict[str, Any], allowed: bool) -> None:
    pay.tell("wechat_pay.terms", **terms)
    said = pay.said("POST", f"{PAY}/jsapi", pay.order())
    assert (said["http"], said.get("code")) == ((200, None) if allowed else (403, "NO_AUTH"))


@pytest.mark.parametrize(
    ("kind", "jsapi", "h5"),
    [
        ("service", 200, 200),
        ("unverified_subscription", 403, 200),
        ("verified_subscription", 403, 200),
        ("miniprogram", 200, 403),
    ],
)
def test_which_kind_of_application_may_pay_how(kind: str, jsapi: int, h5: int) -> None:
    """M08."""
    pay = PayRig(traits={"account_type": kind})
    scene = {"payer_client_ip": "1.2.3.4", "h5_info": {"type": "Wap"}}
    assert pay.said("POST", f"{PAY}/jsapi", pay.order())["http"] == jsapi
    assert pay.said("POST", f"{PAY}/h5", pay.order(scene_info=scene))["http"] == h5
    pay.close()


@pytest.mark.parametrize("rate", [None, 50, 95])
def test_buyers_pay_at_the_accounts_rate(pay: PayRig, rate: int | None) -> None:
    """V16: usual are 65 to 75 percent."""
    pay.tell("wechat_pay.buyers", **({} if rate is None else {"rate": rate}))
    numbers = []
    for _ in range(300):
        body = pay.order()
        numbers.append(body["out_trade_no"])
        call = _call(pay, body)
        pay.world.store.forget("main")
        assert pay.world.perform(call).code == "0"
    pay.jump(5 * MINUTE)
    share = sum(pay.pay.orders[number].state == "SUCCESS" for number in numbers) / 3
    assert abs(share - (rate or 70)) < 8
    assert {pay.pay.orders[number].state for number in numbers} == {"SUCCESS", "PAYERROR", "NOTPAY"}


def _call(pay: PayRig, body: dict[str, Any]) -> Any:
    from sandbox.policy import Call  # noqa: PLC0415 - a call without HTTP, as the simulation makes it

    return Call("wechat_pay", "wechat_pay.pay_jsapi", "main", pay.pay.identity, 1, body)


# -------------------------------------------------------------------- nothing is lost

FEN = st.integers(1, 2_000_000)


@st.composite
def trades(draw: Any) -> list[Order]:
    """Orders on any terms, with or without a coupon, given back in parts or not."""
    made = []
    for number in range(draw(st.integers(1, 6))):
        total, paid = draw(FEN), START + draw(st.integers(0, 20)) * HOUR
        rate, fixed = draw(st.integers(0, 400)), draw(st.sampled_from([0, 216]))
        order = Order(f"N{number}", "JSAPI", total, paid, "wx", paid=paid, fee=(rate, fixed), state="SUCCESS")
        order.settles = money.midnight(paid) + draw(st.sampled_from([1, 7])) * DAY
        if draw(st.booleans()):
            order.discount = Discount("c", "s", "n", draw(st.integers(0, total)), draw(st.booleans()))
        left = total
        for part in range(draw(st.integers(0, 5))):
            fen = draw(st.integers(0, left))
            if not fen:
                continue
            created = paid + draw(st.integers(0, 200)) * HOUR
            fate = draw(st.sampled_from(["SUCCESS", "SUCCESS", "CLOSED", "ABNORMAL"]))
            order.refunds[f"r{part}"] = Refund(f"r{part}", f"R{number}-{part}", fen, "", created, created + 10_000, fate)
            left -= fen
        made.append(order)
    return made


@given(orders=trades(), hours=st.integers(0, 400))
@settings(max_examples=600, deadline=None)
def test_paid_less_refunded_less_fees_is_what_is_settled_and_what_is_not_yet(orders: list[Order], hours: int) -> None:
    """V07, V08, V09, M08: at every moment; and in the end all of it is settled."""
    now = START + hours * HOUR
    found = money.balance(orders, now)
    assert found.paid - found.refunded - found.fees == found.settled + found.unsettled
    end = money.balance(orders, START + 60 * DAY)
    assert end.unsettled == 0
    assert end.settled == end.paid - end.refunded - end.fees
    assert end.paid == sum(order.settlement_total for order in orders)


@given(orders=trades())
@settings(max_examples=200, deadline=None)
def test_the_parts_of_all_refunds_add_up_to_those_of_their_sum(orders: list[Order]) -> None:
    end = START + 60 * DAY
    for order in orders:
        kept = [one for one in order.refunds.values() if one.status(end) != "CLOSED"]
        shares = [money.share(order, one, end) for one in kept]
        back = order.refunded(end)
        assert sum(discount for discount, _ in shares) == money.discount_part(order, back)
        assert sum(settled for _, settled in shares) == money.settled_part(order, back)


# -------------------------------------------------------------------- refunds


def test_no_more_is_given_back_than_was_paid_in_any_number_of_parts(pay: PayRig) -> None:
    number, given_back = pay.paid(), 0
    for fen in (3_000, 3_000, 5_000, 4_000, 1, 1):
        said = pay.refund(number, fen)
        given_back += fen if said["http"] == 200 else 0
        assert (said["http"] == 200) == (fen not in (5_000, 1)), said
        pay.jump(MINUTE)
    assert given_back == 10_000
    assert held(pay) == (0, 0)


def test_the_same_refund_asked_for_twice_is_one_refund(pay: PayRig) -> None:
    number = pay.paid()
    first, again = pay.refund(number, 100, "R1"), pay.refund(number, 100, "R1")
    assert again == first
    assert pay.refund(number, 101, "R1")["code"] == "PARAM_ERROR"
    assert pay.pay.orders[number].refunded(pay.clock()) == 100


def test_two_partial_refunds_of_an_order_are_a_minute_apart(pay: PayRig) -> None:
    number, other = pay.paid(), pay.paid()
    assert pay.refund(number, 1)["http"] == 200
    assert (said := pay.refund(number, 1))["http"] == 429, said
    assert pay.refund(other, 1)["http"] == 200
    pay.jump(MINUTE)
    assert pay.refund(number, 1)["http"] == 200


def test_failing_refunds_have_a_limit_of_their_own(pay: PayRig) -> None:
    number = pay.paid()
    codes = [pay.refund(number, 20_000)["code"] for _ in range(8)]
    assert codes == ["INVALID_REQUEST"] * 6 + ["FREQUENCY_LIMITED"] * 2
    assert pay.refund(number, 1)["http"] == 200


@pytest.mark.parametrize(("days", "http"), [(364, 200), (366, 400)])
def test_a_year_after_the_payment_nothing_is_given_back(pay: PayRig, days: int, http: int) -> None:
    number = pay.paid()
    pay.jump(days * DAY)
    assert pay.refund(number, 1)["http"] == http


def test_the_fifty_first_refund_of_an_order_is_refused(pay: PayRig) -> None:
    number = pay.paid()
    for _ in range(50):
        assert pay.refund(number, 1)["http"] == 200
        pay.jump(MINUTE)
    assert pay.refund(number, 1)["http"] == 400


def taken_from(**parts: int) -> dict[str, Any]:
    """The amount of a refund of one fen that is taken from these accounts."""
    rows = [{"account": name, "amount": fen} for name, fen in parts.items()]
    return {"refund": 1, "total": 10_000, "currency": "CNY", "from": rows}


@pytest.mark.parametrize(
    ("changes", "http", "code"),
    [
        ({"out_trade_no": None}, 400, "PARAM_ERROR"),
        ({"out_trade_no": "ORDER99999"}, 404, "RESOURCE_NOT_EXISTS"),
        ({"amount": {"refund": 1, "total": 9_999, "currency": "CNY"}}, 400, "PARAM_ERROR"),
        ({"amount": {"refund": 0, "total": 10_000, "currency": "CNY"}}, 400, "PARAM_ERROR"),
        ({"amount": {"refund": True, "total": 10_000, "currency": "CNY"}}, 400, "PARAM_ERROR"),
        ({"out_refund_no": "x" * 65}, 400, "PARAM_ERROR"),
        ({"funds_account": "UNSETTLED"}, 400, "PARAM_ERROR"),
        ({"amount": taken_from(AVAILABLE=2)}, 400, "PARAM_ERROR"),
        ({"amount": taken_from(AVAILABLE=True)}, 400, "PARAM_ERROR"),
        ({"amount": taken_from(BASIC=1)}, 400, "PARAM_ERROR"),
        ({"sub_mchid": "1"}, 400, "PARAM_ERROR"),
    ],
)
def test_a_refund_that_makes_no_sense_is_refused_and_changes_nothing(
    pay: PayRig, changes: dict[str, Any], http: int, code: str
) -> None:
    number = pay.paid()
    said = pay.refund(number, 1, **changes)
    if "sub_mchid" in changes:
        assert said["http"] in (400, 404)
    else:
        assert (said["http"], said["code"]) == (http, code)
    assert not pay.pay.orders[number].refunds


# -------------------------------------------------------------------- bills


def bill(pay: PayRig, path: str) -> str:
    """A day's bill, fetched from where its answer says, its hash checked."""
    made = pay.said("GET", path)
    assert made["http"] == 200, made
    target = made["download_url"].removeprefix("https://api.mch.weixin.qq.com")
    file = pay.http("GET", made["download_url"], headers=pay.head("GET", target))
    assert "Wechatpay-Signature" not in file.headers
    plain = gzip.decompress(file.content) if "GZIP" in path else file.content
    assert hashlib.sha1(plain).hexdigest() == made["hash_value"]  # noqa: S324 - the vendor's choice
    return plain.decode()


def test_yesterdays_bill_lists_payments_and_refunds_and_its_sums_agree(pay: PayRig) -> None:
    one, two = pay.paid(), pay.paid()
    pay.refund(one, 2_500, "R1")
    pay.jump(DAY)
    lines = bill(pay, "/v3/bill/tradebill?bill_date=2026-03-02&bill_type=ALL&tar_type=GZIP").splitlines()
    heads = lines[0].split(",")
    rows = [dict(zip(heads, (cell[1:] for cell in line.split(",")), strict=True)) for line in lines[1:-2]]
    assert [(row["商户订单号"], row["交易状态"]) for row in rows] == [(one, "SUCCESS"), (two, "SUCCESS"), (one, "REFUND")]
    assert [row["手续费"] for row in rows] == ["0.60", "0.60", "-0.15"]
    sums = dict(zip(lines[-2].split(","), (cell[1:] for cell in lines[-1].split(",")), strict=True))
    assert sums["总交易单数"] == "3"
    assert (sums["应结订单总金额"], sums["退款总金额"], sums["手续费总金额"]) == ("200.00", "25.00", "1.05")
    net = money.balance(pay.pay.orders.values(), pay.clock())
    assert net.settled == 20_000 - 2_500 - 105


def test_the_flow_of_funds_ends_with_what_the_account_holds(pay: PayRig) -> None:
    pay.refund(pay.paid(), 2_500)
    pay.jump(DAY)
    pay.paid()
    pay.jump(DAY)
    last = [
        bill(pay, f"/v3/bill/fundflowbill?bill_date=2026-03-0{day}&account_type=BASIC").splitlines()[-3] for day in (2, 3)
    ]
    first_day, second_day = (line.split(",")[7][1:] for line in last)
    assert first_day == "74.55"
    assert second_day == "173.95"
    assert sum(held(pay)) == 17_395


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("bill_date=2026-03-02", "PARAM_ERROR"),
        ("bill_date=2025-11-01", "PARAM_ERROR"),
        ("bill_date=2026-02-31", "PARAM_ERROR"),
        ("bill_date=20260301", "PARAM_ERROR"),
        ("", "PARAM_ERROR"),
        ("bill_date=2026-03-01", "NO_STATEMENT_EXIST"),
        ("bill_date=2026-03-01&bill_type=NONE", "PARAM_ERROR"),
        ("bill_date=2026-03-01&tar_type=ZIP", "PARAM_ERROR"),
    ],
)
def test_a_bill_that_there_is_not(pay: PayRig, query: str, code: str) -> None:
    assert pay.said("GET", f"/v3/bill/tradebill?{query}")["code"] == code


def test_a_bill_is_ready_at_ten_in_the_morning(pay: PayRig) -> None:
    pay.paid()
    pay.jump(DAY - 1000)
    path = "/v3/bill/tradebill?bill_date=2026-03-02"
    assert pay.said("GET", path)["code"] == "STATEMENT_CREATING"
    pay.jump(1000)
    assert pay.said("GET", path)["http"] == 200


def test_a_fresh_server_has_a_bill_of_yesterday_that_the_sdk_fetches() -> None:
    pay = PayRig()
    with led(pay):
        client = sdk(pay)
        code, text = client.trade_bill("2026-03-01")
        url = json.loads(text)["download_url"]
        code, content = client.download_bill(url)
    assert code == 200
    assert "SEEDREFUND0001" in gzip.decompress(content).decode()
    pay.close()
