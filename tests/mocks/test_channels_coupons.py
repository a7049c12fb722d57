"""Coupons of the Channels shop: made, changed, taken within their limits, spent once on the goods they are for."""

from __future__ import annotations

from typing import Any

import pytest

from tests.mocks.channels_rig import NOW, Shop
from tests.mocks.rig import DAY, Rig


@pytest.fixture
def shop(rig: Rig) -> Shop:
    return Shop(rig)


def coupon(**changes: Any) -> dict[str, Any]:
    """The body of a good coupon."""
    receive = {"start_time": NOW, "end_time": NOW + 86_400, "limit_num_one_person": 1, "total_num": 2}
    valid = {"valid_type": 2, "valid_day_num": 2}
    body = {
        "type": 103,
        "name": "立减三元",
        "discount_info": {"discount_fee": 300},
        "receive_info": receive,
        "valid_info": valid,
    }
    return {**body, **changes}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"type": 9}, 40097),
        ({"name": "一二三四五六七八九十零"}, 40097),
        ({"discount_info": {"discount_fee": 20_001}}, 10021010),
        ({"type": 1, "discount_info": {"discount_num": 1_900}}, 10021010),
        ({"type": 1, "discount_info": {"discount_num": 5_050}}, 10021010),
        ({"type": 2, "discount_info": {"discount_fee": 300, "discount_condition": {"product_price": 300}}}, 10021010),
        ({"valid_info": {"valid_type": 2}}, 10021010),
        ({"receive_info": {"end_time": NOW, "limit_num_one_person": 1, "total_num": 1}}, 109150),
    ],
)
def test_a_coupon_that_makes_no_sense_is_refused(shop: Shop, changes: dict[str, Any], code: int) -> None:
    assert shop.code("/coupon/create", **coupon(**changes)) == code


def test_a_coupon_is_taken_within_its_limits_and_spent_once(shop: Shop) -> None:
    coupon_id = shop.ask("/coupon/create", **coupon())["data"]["coupon_id"]
    assert shop.rig.tell("channels.coupon_taken", coupon_id=coupon_id, openid="o1")["code"] == "10021001", "not in use yet"
    assert shop.code("/coupon/update", coupon_id=coupon_id, **coupon(name="减三元")) == 0
    assert shop.code("/coupon/update_status", coupon_id=coupon_id, status=2) == 0
    assert shop.code("/coupon/update", coupon_id=coupon_id, **coupon()) == 10021001
    held = shop.rig.tell("channels.coupon_taken", coupon_id=coupon_id, openid="o1")["user_coupon_id"]
    assert shop.rig.tell("channels.coupon_taken", coupon_id=coupon_id, openid="o1")["code"] == "10021004"
    shop.rig.tell("channels.data_choice", openid="o9", subscribed=False)
    assert shop.code("/coupon/push", coupon_id=coupon_id, openid="o9") == 48001
    assert shop.code("/coupon/push", coupon_id=coupon_id, openid="o2") == 0
    assert shop.code("/coupon/push", coupon_id=coupon_id, openid="o3") == 10021002
    product_id = shop.listed()
    order = {"product_id": product_id, "openid": "o1", "user_coupon_id": held}
    assert shop.rig.tell("channels.order_placed", **{**order, "openid": "o2"})["code"] == "10021037"
    assert shop.rig.tell("channels.order_placed", **order)["order_price"] == 1000
    assert shop.rig.tell("channels.order_placed", **order)["code"] == "10021001"
    mine = shop.ask("/coupon/get_user_coupon", openid="o1", user_coupon_id=held)["user_coupon"]
    theirs = next(one.id for one in shop.state.user_coupons.values() if one.openid == "o2")
    unpaid = shop.order(product_id=product_id, openid="o2", user_coupon_id=theirs, pay=False)
    assert shop.ask("/coupon/get", coupon_id=coupon_id)["coupon"]["stock_info"]["used_num"] == 2
    shop.rig.tell("channels.order_cancelled", order_id=unpaid)
    assert shop.happened()[-2:] == ["channels_ec_user_coupon_unuse", "channels_ec_order_cancel"]
    assert (mine["status"], mine["discount_fee"]) == (102, 300)
    assert shop.ask("/coupon/get", coupon_id=coupon_id)["coupon"]["stock_info"] == {
        "issued_num": 2,
        "receive_num": 2,
        "used_num": 1,
    }
    shop.rig.jump(DAY)
    assert shop.ask("/coupon/get", coupon_id=coupon_id)["coupon"]["status"] == 3
    assert shop.ask("/coupon/get_list", status=200, page=1, page_size=10)["total_num"] == 1
    assert [shop.code("/coupon/get_list", page=n, page_size=9) for n in (1, 9, 10)] == [0, 0, 10021036]
    assert [shop.code("/coupon/get_list", page=n, page_size=9, page_ctx="1") for n in (11, 12)] == [0, 10021036]
    shop.rig.jump(DAY)
    assert shop.ask("/coupon/get_user_coupon_list", openid="o2", status=101, page=1, page_size=10)["total_num"] == 1
    assert shop.happened()[-1] == "channels_ec_user_coupon_expire"


@pytest.mark.parametrize(
    ("kind", "condition", "price"),
    [
        (1, {"product_ids": ["MUG"]}, 3_100),
        (1, {"product_ids": [1]}, None),
        (104, {"product_cnt": 3}, 3_300),
        (104, {"product_cnt": 4}, None),
        (4, {"product_ids": ["MUG"], "product_price": 1_001}, None),
    ],
)
def test_a_coupon_is_for_its_goods_alone(shop: Shop, kind: int, condition: dict[str, Any], price: int | None) -> None:
    """Half off, or three yuan, of a mug of ten yuan and two of thirteen, or of the mug alone."""
    mug = shop.listed(skus=[{"sale_price": 1_000, "stock_num": 9}])
    ids = [mug if one == "MUG" else one for one in condition.get("product_ids", ())]
    off = {"discount_num": 5_000, "discount_fee": 300, "discount_condition": {**condition, "product_ids": ids}}
    made = shop.ask("/coupon/create", **coupon(type=kind, discount_info=off))["data"]["coupon_id"]
    shop.ask("/coupon/update_status", coupon_id=made, status=2)
    held = shop.rig.tell("channels.coupon_taken", coupon_id=made, openid="o1")["user_coupon_id"]
    lines = [{"product_id": mug, "count": 1}, {"product_id": shop.listed(), "count": 2}]
    placed = shop.rig.tell("channels.order_placed", openid="o1", user_coupon_id=held, lines=lines)
    assert placed.get("order_price") == price
