"""Notices: sealed, signed, tried again for a day, and wrong in every way that a merchant must notice. Fact V12."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.mocks.pay_rig import REFUNDS, PayRig, Shop, delivered, led, sdk
from tests.mocks.rig import DAY, HOUR, MINUTE

LADDER = [15, 15, 30, 180, 600, 1200, 1800, 1800, 1800, 3600, 10800, 10800, 10800, 21600, 21600]


@pytest.fixture
def pay() -> Iterator[PayRig]:
    one = PayRig()
    yield one
    one.close()


def sold(pay: PayRig, shop: Shop, faults: list[str] | None = None, orders: int = 1) -> Any:
    """What brings about notices: orders, made and paid."""

    def pushes() -> None:
        pay.tell("wechat_pay.push_faults", faults=faults or [])
        for _ in range(orders):
            body = pay.order(notify_url=shop.url)
            pay.world.store.forget("main")
            call = pay.world.perform(_call(pay, body))
            assert call.code == "0", call
            assert pay.tell("wechat_pay.paid", out_trade_no=body["out_trade_no"])["code"] == "0"

    return pushes


def _call(pay: PayRig, body: dict[str, Any]) -> Any:
    from sandbox.policy import Call  # noqa: PLC0415 - a call without HTTP, as the simulation makes it

    return Call("wechat_pay", "wechat_pay.pay_jsapi", "main", pay.pay.identity, 1, body)


def tried(pay: PayRig) -> list[tuple[int, str, bool]]:
    """When each attempt was made (seconds), with the answer to it."""
    events = pay.events("delivery")
    return [((one["at"] - events[0]["at"]) // 1000, one["code"], one["ok"]) for one in events]


def test_a_notice_is_tried_fifteen_times_more_within_a_day_and_four_minutes(pay: PayRig) -> None:
    """V12."""
    shop = Shop(500)
    delivered(pay, shop, sold(pay, shop), until=3 * DAY)
    moments = [0]
    for seconds in LADDER:
        moments.append(moments[-1] + seconds)
    assert tried(pay) == [(at, "500", False) for at in moments]
    assert moments[-1] == 24 * 3600 + 4 * 60
    bodies = [json.loads(body) for _, body in shop.came]
    assert len({one["id"] for one in bodies}) == 1
    assert len({one["resource"]["nonce"] for one in bodies}) == len({head["wechatpay-nonce"] for head, _ in shop.came}) == 16


@pytest.mark.parametrize("status", [200, 204])
def test_a_notice_that_is_taken_is_not_sent_again(pay: PayRig, status: int) -> None:
    shop = Shop(status, body=b"whatever")
    delivered(pay, shop, sold(pay, shop), until=2 * DAY)
    assert tried(pay) == [(0, str(status), True)]


@pytest.mark.parametrize("status", [201, 202, 301, 400, 404, 503])
def test_no_other_answer_is_a_confirmation(pay: PayRig, status: int) -> None:
    shop = Shop(status, 204, body=b'{"code":"SUCCESS"}')
    delivered(pay, shop, sold(pay, shop), until=HOUR)
    assert tried(pay) == [(0, str(status), False), (15, "204", True)]


def read(pay: PayRig, came: tuple[dict[str, str], bytes]) -> dict[str, Any] | None:
    """A delivery, verified and read by the SDK; None when it does not stand up to that."""
    with led(pay):
        try:
            client = sdk(pay)
            return client.callback({name.lower(): value for name, value in came[0].items()}, came[1])
        except Exception:  # noqa: BLE001 - the SDK raises whatever it raises at a bad serial
            return None


def test_the_sdk_reads_the_notice_of_a_payment(pay: PayRig) -> None:
    shop = Shop(204)
    delivered(pay, shop, sold(pay, shop))
    notice = read(pay, shop.came[0])
    assert notice is not None
    assert (notice["event_type"], notice["summary"], notice["resource_type"]) == (
        "TRANSACTION.SUCCESS",
        "支付成功",
        "encrypt-resource",
    )
    assert notice["resource"]["trade_state"] == "SUCCESS"
    assert notice["resource"]["payer"]["openid"] == pay.pay.openids[0]


@pytest.mark.parametrize("fault", ["tampered_body", "wrong_key", "wrong_serial", "probe"])
def test_what_is_wrong_on_purpose_does_not_verify_and_the_next_attempt_does(pay: PayRig, fault: str) -> None:
    """V12: the signature check fails."""
    shop = Shop(401, 204)
    delivered(pay, shop, sold(pay, shop, [fault]), until=MINUTE)
    first, second = shop.came
    assert read(pay, first) is None
    assert read(pay, second) is not None
    assert [(one["attempt"], one["fault"]) for one in pay.events("push_fault")] == [(1, fault)]


def test_a_stale_timestamp_is_ten_minutes_old_and_well_signed(pay: PayRig) -> None:
    shop = Shop(204)
    delivered(pay, shop, sold(pay, shop, ["", "stale_timestamp"], orders=2))
    now, before = (int(head["wechatpay-timestamp"]) for head, _ in shop.came)
    assert 598 <= now - before <= 602
    assert read(pay, shop.came[1]) is not None


def test_a_replayed_nonce_is_that_of_the_notice_before(pay: PayRig) -> None:
    shop = Shop(204)
    delivered(pay, shop, sold(pay, shop, ["", "replayed_nonce"], orders=2))
    one, two = shop.came
    assert one[0]["wechatpay-nonce"] == two[0]["wechatpay-nonce"]
    assert one[0]["wechatpay-timestamp"] == two[0]["wechatpay-timestamp"]
    assert json.loads(one[1])["id"] != json.loads(two[1])["id"]


def test_a_duplicate_comes_twice_under_one_id(pay: PayRig) -> None:
    shop = Shop(204)
    delivered(pay, shop, sold(pay, shop, ["duplicate"]), until=DAY)
    ids = [json.loads(body)["id"] for _, body in shop.came]
    assert len(ids) == 2
    assert len(set(ids)) == 1


def test_a_late_notice_comes_ten_minutes_later_and_a_reordered_one_after_the_next(pay: PayRig) -> None:
    shop = Shop(204)
    delivered(pay, shop, sold(pay, shop, ["late"]), until=HOUR)
    assert pay.events("delivery")[0]["at"] - pay.events("push_fault")[0]["at"] == 10 * MINUTE
    shop = Shop(204)
    delivered(pay, shop, sold(pay, shop, ["reordered"], orders=2), until=HOUR)
    numbers = [read(pay, one)["resource"]["out_trade_no"] for one in shop.came]  # type: ignore[index]
    assert numbers == sorted(numbers, reverse=True)
    assert len(numbers) == 2


def test_the_key_is_rotated_between_two_attempts_and_the_sdk_fetches_the_new_one(pay: PayRig) -> None:
    """V12."""
    shop = Shop(500, 204)
    delivered(pay, shop, sold(pay, shop, ["", "rotated_key"]), until=MINUTE)
    first, second = shop.came
    assert first[0]["wechatpay-serial"] != second[0]["wechatpay-serial"]
    assert read(pay, second) is not None


def test_an_unknown_fault_is_refused(pay: PayRig) -> None:
    assert pay.tell("wechat_pay.push_faults", faults=["nonsense"])["code"] == "PARAM_ERROR"
    assert pay.tell("wechat_pay.push_faults", standing="nonsense")["code"] == "PARAM_ERROR"


def test_a_merchant_on_the_public_key_is_told_under_the_public_key(pay: PayRig) -> None:
    shop = Shop(204)
    pay.ask("GET", "/v3/certificates", **{"Wechatpay-Serial": pay.pay.keys.public_key_id})
    delivered(pay, shop, sold(pay, shop))
    assert shop.came[0][0]["wechatpay-serial"] == pay.pay.keys.public_key_id
    with led(pay):
        assert sdk(pay, public_key=True).callback(*shop.came[0])


def test_a_refund_is_told_when_it_is_through(pay: PayRig) -> None:
    shop, number = Shop(204), pay.paid()
    pay.told.clear()

    def pushes() -> None:
        body = {"out_trade_no": number, "out_refund_no": "R1", "notify_url": shop.url}
        body |= {"amount": {"refund": 100, "total": 10_000, "currency": "CNY"}}
        from sandbox.policy import Call  # noqa: PLC0415 - as above

        assert pay.world.perform(Call("wechat_pay", "wechat_pay.refund", "main", pay.pay.identity, 1, body)).code == "0"

    delivered(pay, shop, pushes, until=MINUTE)
    assert [one["at"] - pay.pay.refunds["R1"][1].created for one in pay.events("delivery")] == [10_000]
    notice = read(pay, shop.came[0])
    assert notice is not None
    assert notice["event_type"] == "REFUND.SUCCESS"
    assert notice["resource"]["refund_status"] == "SUCCESS"
    assert notice["resource"]["amount"] == {"total": 10_000, "refund": 100, "payer_total": 10_000, "payer_refund": 100}
    assert pay.said("GET", f"{REFUNDS}/R1")["status"] == "SUCCESS"


@pytest.mark.parametrize("fate", ["CLOSED", "ABNORMAL"])
def test_a_refund_may_end_otherwise(pay: PayRig, fate: str) -> None:
    number = pay.paid()
    pay.refund(number, 100, "R1", notify_url="https://shop.test/refunds")
    assert pay.tell("wechat_pay.refund_ends", out_refund_no="R1", status=fate)["code"] == "0"
    pay.told.clear()
    pay.jump(MINUTE)
    assert [push.body["event_type"] for push in pay.told] == [f"REFUND.{fate}"]
    assert pay.said("GET", f"{REFUNDS}/R1")["status"] == fate
    assert pay.look(number)["trade_state"] == ("SUCCESS" if fate == "CLOSED" else "REFUND")
