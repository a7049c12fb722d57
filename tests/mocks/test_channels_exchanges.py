"""Exchanges and differences of prices: what becomes of the goods, of the stock and of the money."""

from __future__ import annotations

from typing import Any

import pytest

from tests.mocks.channels_rig import Shop
from tests.mocks.rig import DAY, HOUR, Rig

PARCEL = {"waybill_id": "SF2", "delivery_id": "SF"}


@pytest.fixture
def shop(fresh: Rig) -> Shop:
    return Shop(fresh)


def shipped(shop: Shop, **wanted: Any) -> str:
    """An order of two pieces that was sent."""
    order_id = shop.order(product_id=shop.listed(), count=2, **wanted)
    assert shop.code("/order/delivery/send", **shop.parcel(order_id)) == 0
    return order_id


def asked(shop: Shop, order_id: str, **more: Any) -> dict[str, str]:
    """A buyer's wish for other goods."""
    said = shop.rig.tell("channels.aftersale_asked", order_id=order_id, **{"type": "EXCHANGE", "count": 1, **more})
    return {"after_sale_order_id": said["after_sale_order_id"]}


def back(shop: Shop, order_id: str) -> dict[str, str]:
    """The same, agreed to; the old goods are on their way."""
    sale = asked(shop, order_id)
    address = int(next(iter(shop.state.addresses)))
    assert shop.code("/aftersale/acceptapply", **sale, address_id=address, accept_type=1) == 0
    assert shop.rig.tell("channels.aftersale_sent_back", **sale)["status"] == "MERCHANT_WAIT_RECEIPT"
    return sale


def shown(shop: Shop, sale: dict[str, str]) -> dict[str, Any]:
    return shop.ask("/aftersale/getaftersaleorder", **sale)["after_sale_order"]


def test_other_goods_are_sent_when_the_old_ones_are_back(shop: Shop) -> None:
    order_id = shipped(shop)
    sale = back(shop, order_id)
    product_id, sku = (shown(shop, sale)["product_info"][name] for name in ("product_id", "sku_id"))
    stock = shop.state.products[product_id].stock[sku]
    assert shop.code("/aftersale/acceptapply", **sale) == 10021041
    assert shop.code("/aftersale/rejectapply", **sale, reject_reason="x") == 10021041
    assert shop.code("/aftersale/acceptexchangereship", **sale, **{**PARCEL, "delivery_id": "PIGEON"}) == 40097
    assert shop.code("/aftersale/acceptexchangereship", **sale, **PARCEL) == 0
    found = shown(shop, sale)
    assert (found["status"], found["type"], found["refund_info"]) == (
        "USER_WAIT_RECEIPT",
        "EXCHANGE",
        {"amount": 0, "refund_reason": 0},
    )
    goods, by = found["exchange_product_info"], found["exchange_delivery_info"]
    assert (goods["old_sku_id"], goods["new_sku_id"], goods["product_cnt"]) == (sku, sku, "1")
    assert (by["waybill_id"], by["delivery_name"]) == ("SF2", "顺丰速运")
    assert shop.state.products[product_id].stock[sku] == stock - 1
    assert shop.shown(order_id)["aftersale_detail"]["on_aftersale_order_cnt"] == 1
    assert [shop.rig.tell("channels.aftersale_received", **sale)["code"] for _ in "ab"] == ["0", "10020001"]
    assert (shown(shop, sale)["status"], shop.shown(order_id)["status"]) == ("MERCHANT_EXCHANGE_SUCCESS", 30)
    assert shop.code("/aftersale/acceptexchangereship", **sale, **PARCEL) == 10020001


def test_what_a_buyer_says_nothing_of_he_has_received(shop: Shop) -> None:
    sale = back(shop, shipped(shop))
    assert shop.code("/aftersale/acceptexchangereship", **sale, **PARCEL) == 0
    shop.rig.jump(10 * DAY)
    assert shown(shop, sale)["status"] == "MERCHANT_EXCHANGE_SUCCESS"


def test_a_merchant_sends_nothing_for_what_should_not_have_come_back(shop: Shop) -> None:
    sale = back(shop, shipped(shop))
    assert shop.code("/aftersale/rejectexchangereship", **sale, reject_certificates=[1]) == 40097
    assert shop.code("/aftersale/rejectexchangereship", **sale, reject_reason_type=2, reject_certificates=["m1"]) == 0
    found = shown(shop, sale)
    uploaded = {"reject_reason": "商品影响二次销售", "refund_certificates": ["m1"]}
    assert (found["status"], found["merchant_upload_info"]) == ("MERCHANT_REJECT_RESHIP", uploaded)
    assert shop.code("/aftersale/rejectexchangereship", **sale) == 10020001


def test_an_exchange_is_refused_at_once_or_agreed_to_by_silence(shop: Shop) -> None:
    refused, ignored = (asked(shop, shipped(shop)) for _ in "ab")
    assert shop.code("/aftersale/merchantupdateaftersale", **refused, type=1, amount=1) == 10021041
    assert shop.code("/aftersale/rejectapply", **refused, reject_reason="已穿过") == 0
    shop.rig.jump(48 * HOUR)
    assert [shown(shop, one)["status"] for one in (refused, ignored)] == ["MERCHANT_REJECT_EXCHANGE", "USER_WAIT_RETURN"]


def test_only_what_was_sent_is_exchanged_for_what_there_is(shop: Shop) -> None:
    unsent = shop.order(product_id=shop.listed())
    said = [
        shop.rig.tell("channels.aftersale_asked", order_id=order_id, type="EXCHANGE", **more)["code"]
        for order_id, more in ((unsent, {}), (shipped(shop), {"new_sku_id": "7"}), (shipped(shop), {"count": 3}))
    ]
    assert said == ["10021088", "10021085", "10021088"]
    sale = back(shop, shipped(shop))
    product = shop.state.products[shown(shop, sale)["product_info"]["product_id"]]
    product.stock[next(iter(product.stock))] = 0
    assert shop.code("/aftersale/acceptexchangereship", **sale, **PARCEL) == 10021088
    refund = asked(shop, shipped(shop), type="REFUND")
    assert shop.code("/aftersale/acceptexchangereship", **refund, **PARCEL) == 10021041


def test_the_difference_of_a_price_is_paid_back_at_once_and_no_goods_with_it(shop: Shop) -> None:
    order_id = shipped(shop)
    line = shop.shown(order_id)["order_detail"]["product_infos"][0]
    wish = {"order_id": order_id, "product_id": line["product_id"], "sku_id": line["sku_id"], "reason": "10001337"}
    made = shop.ask("/aftersale/refundpricediff", request_id="d1", amount=600, **wish)
    assert made["aftersale_id"] == made["after_sale_order_id"]
    found = shown(shop, {"after_sale_order_id": made["aftersale_id"]})
    assert (found["status"], found["sub_type"], found["reason_text"]) == (
        "MERCHANT_REFUND_SUCCESS",
        "REFUND_PRICE_DIFF",
        "商品降价",
    )
    assert (found["refund_info"], found["product_info"]["count"]) == ({"amount": 600, "refund_reason": 3}, 0)
    assert shop.shown(order_id)["order_detail"]["product_infos"][0]["finish_aftersale_sku_cnt"] == 0
    again = {"request_id": "d2", "amount": 2_000, **wish}
    wrong: list[tuple[dict[str, Any], int]] = [
        ({"request_id": "d1"}, 10021089),
        ({"request_id": ""}, 10021083),
        ({"reason": "OTHERS"}, 10021084),
        ({"product_id": 1}, 10021085),
        ({"amount": 2_001}, 10021088),
        ({"amount": 0}, 10021088),
    ]
    for change, code in wrong:
        assert shop.code("/aftersale/refundpricediff", **{**again, **change}) == code
    assert shop.code("/aftersale/refundpricediff", **again) == 0  # all that was left, and not a fen more
    assert shop.code("/aftersale/refundpricediff", **{**again, "request_id": "d3", "amount": 1}) == 10021088
