"""Channels orders, after-sale, coupons, complaints and money, told as stories over HTTP; a buyer is simulated."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from tests.mocks.channels_rig import NOW, Shop
from tests.mocks.rig import DAY, HOUR, MINUTE, Rig

RANGE = {"create_time_range": {"start_time": NOW - 86_400, "end_time": NOW + 86_400}}


@pytest.fixture
def shop(rig: Rig) -> Shop:
    return Shop(rig)


# ---------------------------------------------------------------- orders


def test_a_fresh_shop_has_orders_in_several_states(shop: Shop) -> None:
    listed = shop.ask("/order/list/get", **RANGE, page_size=4)
    assert (len(listed["order_id_list"]), listed["has_more"]) == (4, True)
    more = shop.ask("/order/list/get", **RANGE, page_size=4, next_key=listed["next_key"])
    found = [shop.shown(one)["status"] for one in listed["order_id_list"] + more["order_id_list"]]
    assert (sorted(found), more["has_more"]) == ([20, 20, 20, 20, 30, 100], False)
    ready = shop.ask("/order/list/get", **RANGE, status=20)["order_id_list"]
    assert shop.ask("/order/search", search_condition={"order_id": ready[0]}, page_size=5)["orders"] == [ready[0]]


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"create_time_range": {"start_time": 0, "end_time": 7 * 86_400 + 1}},
        {**RANGE, "page_size": 101},
        {**RANGE, "next_key": "x"},
    ],
)
def test_orders_are_listed_by_at_most_a_week(shop: Shop, asked: dict[str, Any]) -> None:
    assert shop.code("/order/list/get", **asked) == 40097


def test_an_order_goes_from_the_till_to_the_settlement(shop: Shop) -> None:
    """V13: order-status return."""
    product_id = shop.listed()
    order_id = shop.order(product_id=product_id, count=3, pay=False, openid="o1", notes="请发顺丰")
    unpaid = shop.shown(order_id)
    assert (unpaid["status"], unpaid["openid"], unpaid["order_detail"]["price_info"]["order_price"]) == (10, "o1", 3900)
    assert shop.code("/order/delivery/send", **shop.parcel(order_id)) == 101100
    change = {"product_id": product_id, "sku_id": shop.sku(product_id), "change_price": 3000}
    asked = {"order_id": order_id, "change_express": True, "express_fee": 500}
    assert shop.code("/order/price/update", **asked, change_order_infos=[{**change, "sku_id": "1"}]) == 606031
    assert shop.code("/order/price/update", **asked, change_order_infos=[change]) == 0
    assert shop.rig.tell("channels.order_paid", order_id=order_id)["status"] == 20
    assert shop.code("/order/price/update", **asked, change_order_infos=[change]) == 101100
    line, price = (paid := shop.shown(order_id)["order_detail"])["product_infos"][0], paid["price_info"]
    assert (price["order_price"], price["change_down_price"], price["is_change_freight"]) == (3500, 900, True)
    assert (line["real_price"], line["is_change_price"], line["change_price"]) == (3000, True, 3000)
    assert (line["delivery_deadline"], paid["pay_info"]["payment_method"]) == (NOW + 48 * 3600, 1)
    assert shop.code("/order/delivery/send", **shop.parcel(order_id, 4)) == 606031
    assert shop.code("/order/delivery/send", **shop.parcel(order_id, 1)) == 0
    assert shop.shown(order_id)["status"] == 21
    assert shop.code("/order/delivery/send", **shop.parcel(order_id, 3)) == 606031, "two are left"
    assert shop.code("/order/delivery/send", **shop.parcel(order_id, 2)) == 0
    assert shop.shown(order_id)["status"] == 30
    assert shop.rig.tell("channels.order_received", order_id=order_id)["status"] == 100
    before = shop.ask("/funds/getbalance")["available_amount"]
    shop.rig.jump(DAY)
    assert shop.ask("/funds/getbalance")["available_amount"] == before + 3500
    said = [one.removeprefix("channels_ec_order_") for one in shop.happened() if "ec_order" in one]
    assert said == ["new", "pay", "wait_shipping", "deliver", "deliver", "confirm", "settle"]


def test_an_order_of_several_lines_is_shipped_when_all_of_them_are(shop: Shop) -> None:
    mug, dress = shop.listed(), shop.listed("6091", title="夏季碎花连衣裙")
    lines = [{"product_id": mug, "count": 2}, {"product_id": dress, "count": 1}, {"product_id": mug, "count": 1}]
    order_id = shop.order(lines=lines)
    assert [one["sku_cnt"] for one in shop.shown(order_id)["order_detail"]["product_infos"]] == [3, 1]
    assert shop.code("/order/delivery/send", **shop.parcel(order_id)) == 0
    assert shop.shown(order_id)["status"] == 21, "the dress is left"
    other = [{"product_id": dress, "sku_id": shop.sku(dress), "product_cnt": 1}]
    assert shop.code("/order/delivery/send", **shop.parcel(order_id, product_infos=other)) == 0
    assert shop.shown(order_id)["status"] == 30
    for wrong in ([], [1], [*lines, {"product_id": mug, "count": 96}], [{"product_id": mug, "count": 0}]):
        assert shop.rig.tell("channels.order_placed", lines=wrong)["code"] in ("40097", "10020219")
    assert shop.get(mug)["product"]["skus"][0]["stock_num"] == 97


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"delivery_id": "NOBODY"}, 40097),
        ({"waybill_id": ""}, 40097),
        ({"deliver_type": 3}, 40097),
        ({"deliver_type": 9}, 40097),
        ({"product_infos": []}, 40097),
        ({"product_infos": [{"product_id": 1, "sku_id": 1, "product_cnt": 1}]}, 606031),
        ({}, 0),
    ],
)
def test_a_parcel_needs_a_courier_a_number_and_the_orders_own_goods(shop: Shop, changes: dict[str, Any], code: int) -> None:
    """M10."""
    order_id = shop.order()
    assert shop.code("/order/delivery/send", **shop.parcel(order_id, **changes)) == code
    assert (shop.shown(order_id)["status"] == 30) is (code == 0)


def test_an_unpaid_order_is_cancelled_and_its_goods_are_on_sale_again(shop: Shop) -> None:
    product_id = shop.listed()
    first, second = (shop.order(product_id=product_id, count=2, pay=False) for _ in "ab")
    assert shop.get(product_id)["product"]["skus"][0]["stock_num"] == 96
    shop.rig.tell("channels.order_cancelled", order_id=first)
    shop.rig.jump(30 * MINUTE)
    assert [shop.shown(one)["status"] for one in (first, second)] == [250, 250]
    assert shop.get(product_id)["product"]["skus"][0]["stock_num"] == 100
    assert shop.rig.tell("channels.order_placed", product_id=product_id, count=101)["code"] == "10020219"


@pytest.mark.parametrize(("mode", "status"), [("auto", 30), ("manual", 20)])
def test_a_code_is_given_at_once_or_by_hand(shop: Shop, mode: str, status: int) -> None:
    """M10."""
    voucher = {"mode": mode, "shows": "code"}
    product_id = shop.listed("6151", deliver_method=1, voucher_info=voucher, express_info=None, after_sale_info=None)
    order_id = shop.order(product_id=product_id)
    assert shop.shown(order_id)["status"] == status
    if mode == "manual":
        assert shop.code("/order/delivery/send", **shop.parcel(order_id)) == 40097, "a code does not travel by courier"
        assert shop.code("/order/delivery/send", **shop.parcel(order_id, deliver_type=3, delivery_id="")) == 0
    assert shop.shown(order_id)["order_detail"]["delivery_info"]["delivery_product_info"][0]["deliver_type"] == 3
    assert shop.rig.tell("channels.aftersale_asked", order_id=order_id, type="RETURN")["code"] == "10021086"


def test_notes_and_addresses_change_while_they_can(shop: Shop) -> None:
    order_id = shop.order()
    assert shop.code("/order/merchantnotes/update", order_id=order_id, merchant_notes="已联系") == 0
    assert shop.code("/order/address/update", order_id=order_id, user_address={"detail_info": "新港东路 1 号"}) == 0
    assert shop.code("/order/addressmodify/accept", order_id=order_id) == 101100, "nobody asked"
    assert shop.rig.tell("channels.address_wished", order_id=order_id, address="302")["code"] == "100002"
    shop.rig.tell("channels.address_wished", order_id=order_id, address={"house_number": "302"})
    assert shop.code("/order/addressmodify/accept", order_id=order_id) == 0
    shown = shop.shown(order_id)["order_detail"]
    assert shown["ext_info"]["merchant_notes"] == "已联系"
    address = shown["delivery_info"]["address_info"]
    assert (address["detail_info"], address["house_number"]) == ("新港东路 1 号", "302")
    shop.ask("/order/delivery/send", **shop.parcel(order_id))
    assert shop.code("/order/address/update", order_id=order_id, user_address={"detail_info": "x"}) == 101100
    changed = shop.parcel(order_id, waybill_id="SF2")
    assert shop.code("/order/deliveryinfo/update", **changed) == 0
    assert shop.shown(order_id)["order_detail"]["delivery_info"]["delivery_product_info"][0]["waybill_id"] == "SF2"


def test_a_personal_shop_displays_and_sells_nothing(shop: Shop) -> None:
    """V03."""
    order_id = next(iter(shop.state.orders))
    shop.rig.tell("channels.shop_entity", entity="personal")
    assert shop.get(shop.listed())["product"]["status"] == 5
    assert shop.rig.tell("channels.order_placed")["code"] == "48001"
    for path in ("/order/get", "/order/list/get", "/coupon/create", "/aftersale/getaftersalelist", "/funds/getbankacct"):
        assert shop.code(path, order_id=order_id) == 48001
    assert shop.rig.said("wechat", "GET", "/channels/ec/basics/info/get", {"access_token": shop.token()})["info"][
        "subject_type"
    ] == ("个人")


def test_who_withdrew_consent_is_not_shown(shop: Shop) -> None:
    """M18: a subscribe and unsubscribe choice for user data."""
    order_id = shop.order(openid="o1")
    plain = shop.ask("/order/sensitiveinfo/decode", order_id=order_id)["address_info"]
    assert shop.rig.tell("channels.data_choice", openid="o1", subscribed=False)["code"] == "0"
    shown = shop.shown(order_id)
    assert (shown["openid"], shown["order_detail"]["delivery_info"]["address_info"]["user_name"]) == ("", "*")
    assert shop.code("/order/sensitiveinfo/decode", order_id=order_id) == 48001
    assert shop.ask("/order/search", search_condition={"tel_number": plain["tel_number"]})["orders"] == []
    assert shop.ask("/order/list/get", **RANGE, openid="o1")["order_id_list"] == []
    shop.rig.tell("channels.data_choice", openid="o1", subscribed=True)
    assert shop.shown(order_id)["openid"] == "o1"
    assert [one["ok"] for one in shop.rig.events("consent")] == [False, True]


# ---------------------------------------------------------------- after-sale and complaints


def test_a_refund_is_paid_at_once_and_a_return_when_the_goods_are_there(shop: Shop) -> None:
    product_id = shop.listed()
    order_id = shop.order(product_id=product_id, count=2)
    assert shop.rig.tell("channels.aftersale_asked", order_id=order_id, type="RETURN")["code"] == "10021088", "not sent yet"
    first = shop.rig.tell("channels.aftersale_asked", order_id=order_id, count=1)["after_sale_order_id"]
    assert shop.ask("/aftersale/getaftersaleorder", after_sale_order_id=first)["after_sale_order"]["refund_info"] == {
        "amount": 1300,
        "refund_reason": 0,
    }
    assert shop.code("/aftersale/acceptapply", after_sale_order_id=int(first)) == 0
    assert shop.code("/aftersale/acceptapply", after_sale_order_id=first) == 10020001
    shop.ask("/order/delivery/send", **shop.parcel(order_id, 1))
    asked = {"order_id": order_id, "product_id": product_id, "reason": "QUALITY_ISSUE", "type": "RETURN"}
    made = shop.ask("/aftersale/genaftersaleorder", request_id="r1", **asked)
    assert shop.code("/aftersale/genaftersaleorder", request_id="r1", **asked) == 10021089
    second = made["after_sale_order_id"]
    assert shop.code("/aftersale/acceptapply", after_sale_order_id=second, address_id=1) == 40097
    address = int(next(iter(shop.state.addresses)))
    assert shop.code("/aftersale/acceptapply", after_sale_order_id=second, address_id=address, accept_type=1) == 0
    assert shop.code("/aftersale/acceptapply", after_sale_order_id=second) == 10020001, "the goods are not there"
    assert shop.rig.tell("channels.aftersale_sent_back", after_sale_order_id=second)["status"] == "MERCHANT_WAIT_RECEIPT"
    assert shop.code("/aftersale/acceptapply", after_sale_order_id=second, accept_type=2) == 10021044, "a minute between"
    shop.rig.jump(MINUTE)
    assert shop.code("/aftersale/acceptapply", after_sale_order_id=second, accept_type=2) == 0
    shown = shop.ask("/aftersale/getaftersaleorder", after_sale_order_id=second)["after_sale_order"]
    assert (shown["status"], shown["type"]) == ("MERCHANT_RETURN_SUCCESS", "RETURN")
    assert shop.shown(order_id)["status"] == 200
    window = {"begin_create_time": NOW - 60, "end_create_time": NOW + 60}
    assert shop.ask("/aftersale/getaftersalelist", **window)["after_sale_order_id_list"] == [first, second]
    assert shop.code("/aftersale/getaftersalelist", begin_create_time=0, end_create_time=86_401) == 40097


def test_money_given_back_is_never_more_than_was_paid(shop: Shop) -> None:
    order_id = shop.order(product_id=shop.listed(), count=2)
    asked = {"order_id": order_id, "count": 1, "reason": "OTHERS"}
    for amount, code in ((2601, "10021088"), (2000, "0"), (601, "10021088"), (0, "10021088"), (600, "0"), (1, "10021088")):
        assert shop.rig.tell("channels.aftersale_asked", **asked, amount=amount)["code"] == code
    assert shop.rig.tell("channels.aftersale_asked", order_id=order_id, reason="BORED")["code"] == "10021088"


def test_a_merchant_refuses_with_a_reason_or_pays_when_time_is_up(shop: Shop) -> None:
    refused, ignored = (
        shop.rig.tell("channels.aftersale_asked", order_id=shop.order())["after_sale_order_id"] for _ in "ab"
    )
    assert shop.code("/aftersale/rejectapply", after_sale_order_id=refused) == 40097
    assert shop.code("/aftersale/rejectapply", after_sale_order_id=refused, reject_reason="已发货") == 0
    assert shop.code("/aftersale/rejectapply", after_sale_order_id="x") == 10020000
    assert shop.code("/aftersale/rejectapply", after_sale_order_id=5, reject_reason="x") == 10021050
    shop.rig.jump(48 * HOUR)
    found = [
        shop.ask("/aftersale/getaftersaleorder", after_sale_order_id=one)["after_sale_order"] for one in (refused, ignored)
    ]
    assert [one["status"] for one in found] == ["MERCHANT_REJECT_REFUND", "MERCHANT_OVERDUE_REFUND"]


def test_a_merchant_proposes_and_the_buyer_decides(shop: Shop) -> None:
    sale = {"after_sale_order_id": shop.rig.tell("channels.aftersale_asked", order_id=shop.order())["after_sale_order_id"]}
    asked = shop.ask("/aftersale/getaftersaleorder", **sale)["after_sale_order"]["refund_info"]["amount"]
    assert shop.code("/aftersale/merchantupdateaftersale", **sale, amount=asked + 1) == 40097
    for accepted, amount in ((False, asked), (True, 500)):
        assert shop.code("/aftersale/merchantupdateaftersale", **sale, type=1, amount=500) == 0
        assert shop.code("/aftersale/acceptapply", **sale) == 10020001, "the buyer is to answer"
        assert shop.rig.tell("channels.aftersale_answered", **sale, accepted=accepted)["amount"] == amount
    assert shop.rig.tell("channels.aftersale_answered", **sale)["code"] == "10020001"
    assert shop.code("/aftersale/acceptapply", **sale) == 0
    assert shop.ask("/aftersale/getaftersaleorder", **sale)["after_sale_order"]["refund_info"]["amount"] == 500


@pytest.mark.parametrize(
    ("answer_at", "solve_at", "overdue"),
    [(23, 47, []), (25, 47, ["answer"]), (23, 49, ["solve"]), (0, 0, ["answer", "solve"])],
)
def test_a_complaint_is_answered_in_a_day_and_solved_in_two(
    shop: Shop, answer_at: int, solve_at: int, overdue: list[str]
) -> None:
    """V18: an answer within 24 h, a solution within 48 h."""
    order_id = shop.order()
    complaint = {
        "complaint_id": shop.rig.tell("channels.complaint_filed", order_id=order_id, text="杯子碎了")["complaint_id"]
    }
    for before, at in pairwise((0, 23, 25, 47, 49, 50)):
        shop.rig.jump((at - before) * HOUR)
        if at == answer_at:
            assert shop.code("/aftersale/addcomplaintmaterial", **complaint, content="马上补发") == 0
        if at == solve_at:
            assert shop.rig.tell("channels.complaint_solved", **complaint)["code"] == "0"
    [seen] = shop.rig.admin("GET", "/channels/shop")["complaints"]
    assert (seen["overdue"], bool(seen["answered"]), bool(seen["solved"])) == (overdue, answer_at > 0, solve_at > 0)
    assert [one for one in shop.happened("complaint") if "overdue" in one] == [f"{one}_overdue" for one in overdue]
    history = shop.ask("/aftersale/getcomplaintorder", **complaint)["history"]
    assert history[-1]["content"] == "杯子碎了"
    assert shop.code("/aftersale/addcomplaintproof", **complaint, content="见图") == (10021041 if solve_at else 0)


def test_a_shop_that_lets_complaints_lie_loses_its_cart_and_its_live(shop: Shop) -> None:
    """V18: what comes of it is the rulebook's."""
    product_id = next(iter(shop.state.window))
    for _ in "ab":
        shop.rig.tell("channels.complaint_filed", order_id=shop.order())
    shop.rig.jump(24 * HOUR)
    assert shop.code("/window/product/get", product_id=product_id) == 0, "two answers are missing"
    shop.rig.jump(24 * HOUR)
    assert shop.code("/window/product/get", product_id=product_id) == 48001
    assert shop.code("/order/get", order_id=shop.order()) == 0, "what was sold can still be delivered"


# ---------------------------------------------------------------- money


@pytest.mark.parametrize(
    ("entity", "kind", "code"),
    [
        ("enterprise", "ACCOUNT_TYPE_BUSINESS", 0),
        ("enterprise", "ACCOUNT_TYPE_PRIVATE", 40097),
        ("individual", "ACCOUNT_TYPE_BUSINESS", 0),
        ("individual", "ACCOUNT_TYPE_PRIVATE", 0),
        ("individual", "ACCOUNT_TYPE_ELSE", 40097),
    ],
)
def test_an_enterprise_is_paid_to_a_corporate_account_only(shop: Shop, entity: str, kind: str, code: int) -> None:
    """V25."""
    shop.rig.tell("channels.shop_entity", entity=entity)
    account = {"bank_account_type": kind, "account_bank": "招商银行", "account_number": "6225000000000001"}
    assert shop.code("/funds/setbankacct", account_info=account) == code
    assert (shop.ask("/funds/getbankacct")["account_info"].get("account_bank") == "招商银行") is (code == 0)
