"""Profit sharing through the SDK: receivers, shares, what is left, what comes back; and money is conserved whatever happens."""

from __future__ import annotations

import json
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from mocks.wechat_pay import money
from tests.mocks.pay_rig import PayRig, led, sdk
from tests.mocks.rig import DAY, MINUTE

SHARING = "/v3/profitsharing"
SUPPLIER = {"type": "MERCHANT_ID", "account": "86693852"}


@pytest.fixture
def pay() -> Iterator[PayRig]:
    one = PayRig()
    yield one
    one.close()


def sold(pay: PayRig, **changes: Any) -> str:
    """The transaction of a paid order of a hundred yuan, to be shared."""
    number = pay.paid(settle_info={"profit_sharing": True}, **changes)
    return str(pay.pay.orders[number].transaction_id)


def named(pay: PayRig, **changes: Any) -> dict[str, Any]:
    """What is answered when a receiver is named."""
    return pay.said(
        "POST",
        f"{SHARING}/receivers/add",
        {"appid": pay.pay.appid, **SUPPLIER, "relation_type": "SUPPLIER", **changes},
    )


def share(pay: PayRig, transaction: str, fen: int, number: str = "", **changes: Any) -> dict[str, Any]:
    """What is answered when part of an order is shared."""
    body = {"appid": pay.pay.appid, "transaction_id": transaction, "out_order_no": number or f"P{next(pay.numbers)}"}
    part = {**SUPPLIER, "amount": fen, "description": "分给商户A"}
    return pay.said("POST", f"{SHARING}/orders", {**body, "receivers": [part], "unfreeze_unsplit": False, **changes})


def give_back(pay: PayRig, of: str, number: str, fen: int) -> dict[str, Any]:
    """What is answered when the supplier gives back part of a sharing."""
    body = {"out_order_no": of, "out_return_no": number, "return_mchid": "86693852", "amount": fen, "description": "退款"}
    return pay.said("POST", f"{SHARING}/return-orders", body)


def left(pay: PayRig, transaction: str) -> int:
    """How much can still be shared."""
    return int(pay.said("GET", f"{SHARING}/transactions/{transaction}/amounts")["unsplit_amount"])


def test_the_sdk_shares_looks_takes_back_and_unfreezes(pay: PayRig) -> None:
    transaction = sold(pay)
    receivers = [{**SUPPLIER, "amount": 2_000, "description": "分给商户A"}]
    with led(pay):
        client = sdk(pay, public_key=True)
        code, text = client.profitsharing_add_receiver("MERCHANT_ID", "86693852", "SUPPLIER", name="供应商全称")
        assert (code, json.loads(text)["relation_type"]) == (200, "SUPPLIER")
        code, text = client.profitsharing_order(transaction, "P1", receivers, unfreeze_unsplit=False)
        assert (code, json.loads(text)["state"], json.loads(text)["receivers"][0]["result"]) == (
            200,
            "PROCESSING",
            "PENDING",
        )
        assert json.loads(client.profitsharing_amount_query(transaction)[1])["unsplit_amount"] == 10_000 - 60 - 2_000
        pay.jump(MINUTE)
        shown = json.loads(client.profitsharing_order_query(transaction, "P1")[1])
        assert (shown["state"], shown["receivers"][0]["result"]) == ("FINISHED", "SUCCESS")
        back = json.loads(client.profitsharing_return("R1", "86693852", 500, "用户退款", out_order_no="P1")[1])
        assert (back["result"], back["amount"]) == ("SUCCESS", 500)
        assert json.loads(client.profitsharing_return_query("P1", "R1")[1])["return_id"] == back["return_id"]
        assert json.loads(client.profitsharing_unfreeze(transaction, "P2", "解冻全部剩余资金")[1])["order_id"]
        assert json.loads(client.profitsharing_config_query(pay.pay.sub_mchid)[1])["max_ratio"] == 3_000
        assert client.profitsharing_delete_receiver("MERCHANT_ID", "86693852")[0] == 200
        assert client.profitsharing_delete_receiver("MERCHANT_ID", "86693852")[0] == 400
    assert left(pay, transaction) == 0


def test_the_same_number_is_the_same_sharing(pay: PayRig) -> None:
    transaction = sold(pay)
    named(pay)
    first = share(pay, transaction, 1_000, "P1")
    assert share(pay, transaction, 1_000, "P1") == first
    assert share(pay, transaction, 999, "P1")["code"] == "RESOURCE_ALREADY_EXISTS"
    assert left(pay, transaction) == 10_000 - 60 - 1_000
    became = [one["became"] for one in pay.server.journal.since(0)[0] if one["kind"] == "payment"]
    assert became == ["asked", "paid", "paid_out"]


def test_what_is_not_shared(pay: PayRig) -> None:
    plain = pay.pay.orders[pay.paid()].transaction_id
    transaction = sold(pay)
    assert share(pay, plain, 100)["message"] == "非分账订单不支持分账"
    assert share(pay, transaction, 3_001)["code"] == "RULE_LIMIT"
    assert share(pay, "4200", 100)["code"] == "RESOURCE_NOT_EXISTS"
    assert share(pay, transaction, 100, appid="wx0")["code"] == "APPID_MCHID_NOT_MATCH"
    assert share(pay, transaction, 100, sub_mchid="1")["code"] == "MCH_NOT_EXISTS"
    bad: list[Any] = [
        {**SUPPLIER, "amount": 0, "description": "a"},
        {"amount": 1},
        "x",
        {**SUPPLIER, "amount": 1, "description": "a", "name": "plain"},
    ]
    for part in bad:
        assert share(pay, transaction, 1, receivers=[part])["code"] == "PARAM_ERROR"
    unknown = share(pay, transaction, 100, "P9")
    pay.jump(MINUTE)
    shown = pay.said("GET", f"{SHARING}/orders/P9?transaction_id={transaction}")["receivers"][0]
    assert (unknown["http"], shown["result"], shown["fail_reason"]) == (200, "CLOSED", "NO_RELATION")
    assert left(pay, transaction) == 9_940
    pay.jump(30 * DAY)
    assert share(pay, transaction, 100)["message"] == "分账订单已完结"


def test_receivers_are_named_with_a_known_relation_and_a_concealed_name(pay: PayRig) -> None:
    assert named(pay, relation_type="FRIEND")["code"] == "PARAM_ERROR"
    assert named(pay, type="BANK")["code"] == "PARAM_ERROR"
    assert named(pay, name="plain")["detail"]["field"] == "/name"
    assert not pay.pay.receivers


def test_what_was_shared_is_given_back_before_it_is_refunded(pay: PayRig) -> None:
    transaction = sold(pay)
    number = pay.pay.transactions[transaction].out_trade_no
    named(pay)
    share(pay, transaction, 3_000, "P1")
    assert pay.refund(number, 10_000)["code"] == "NOT_ENOUGH"
    assert give_back(pay, "P1", "R1", 3_001)["code"] == "NOT_ENOUGH"
    assert give_back(pay, "P1", "R1", 3_000)["result"] == "SUCCESS"
    assert give_back(pay, "P1", "R1", 2)["code"] == "RESOURCE_ALREADY_EXISTS"
    assert pay.refund(number, 10_000)["http"] == 200


def test_money_is_conserved_and_frozen_money_is_not_settled(pay: PayRig) -> None:
    """V07, M08: paid - refunded - fees - shared = settled + unsettled, after whatever was done in whatever order."""
    rng = Random(7)
    named(pay)
    shared = [sold(pay, amount={"total": rng.randrange(1_000, 90_000)}) for _ in range(6)]
    for turn in range(60):
        transaction = rng.choice(shared)
        order, doing = pay.pay.transactions[transaction], rng.randrange(3)
        fen = rng.randrange(1, order.total)
        if doing == 0:
            share(pay, transaction, fen // 4, f"P{turn}")
        elif doing == 1:
            pay.refund(order.out_trade_no, fen // 2)
        else:
            give_back(pay, f"P{rng.randrange(turn + 1)}", f"R{turn}", fen // 9 + 1)
        pay.jump(MINUTE)
        found = money.balance(pay.pay.orders.values(), pay.world.now())
        assert found.paid - found.refunded - found.fees - found.shared == found.settled + found.unsettled
        assert all(money.unshared(one, pay.world.now()) >= 0 for one in pay.pay.transactions.values())
    assert found.shared
    pay.jump(2 * DAY)
    before = money.balance(pay.pay.orders.values(), pay.world.now())
    assert before.unsettled > 0
    for number, transaction in enumerate(shared):
        pay.said(
            "POST",
            f"{SHARING}/orders/unfreeze",
            {"transaction_id": transaction, "out_order_no": f"U{number}", "description": "x"},
        )
    assert money.balance(pay.pay.orders.values(), pay.world.now()).unsettled == 0


def test_a_service_provider_shares_for_its_sub_merchant_alone(pay: PayRig) -> None:
    body = {"sp_appid": pay.pay.appid, "sp_mchid": pay.pay.mchid, "sub_mchid": pay.pay.sub_mchid, "description": "套餐"}
    body |= {"out_trade_no": "PARTNER01", "amount": {"total": 10_000}, "settle_info": {"profit_sharing": True}}
    scan = {"payer": {"auth_code": "130061098828009406"}}
    paid = pay.said("POST", "/v3/pay/partner/transactions/codepay", {**body, **scan})
    assert (paid["trade_state"], paid["sub_mchid"]) == ("SUCCESS", pay.pay.sub_mchid)
    named(pay, sub_mchid=pay.pay.sub_mchid)
    assert share(pay, paid["transaction_id"], 100)["code"] == "RESOURCE_NOT_EXISTS"
    assert share(pay, paid["transaction_id"], 100, "S1", sub_mchid=pay.pay.sub_mchid)["sub_mchid"] == pay.pay.sub_mchid
    back = {"sp_appid": pay.pay.appid, "sp_mchid": pay.pay.mchid, "sub_mchid": pay.pay.sub_mchid}
    reverse = "/v3/pay/partner/transactions/out-trade-no/PARTNER01/reverse"
    assert pay.said("POST", reverse, back)["sp_mchid"] == pay.pay.mchid
    assert pay.said("POST", reverse, {**back, "sp_appid": None})["code"] == "PARAM_ERROR"
