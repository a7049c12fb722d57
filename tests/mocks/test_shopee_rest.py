"""The rest of v2: boosts, comments, goods on their way back, pictures and haggling in chats, and what only shows when asked for."""

from __future__ import annotations

from tests.mocks.rig import HOUR, START, Rig
from tests.mocks.test_shopee_more import uploaded
from tests.mocks.test_shopee_orders import ORDER, SN, did, listen, placed
from tests.mocks.test_shopee_trade import API, returned

PRODUCT, RETURNS, CHAT = API + "product/", API + "returns/", API + "sellerchat/"
GIF, PNG = b"GIF89a" + bytes(9), b"\x89PNG\r\n\x1a\n" + bytes(9)


def test_five_items_are_boosted_for_four_hours_and_no_more(rig: Rig) -> None:
    listen(rig)
    first = did(rig, PRODUCT + "boost_item", item_id_list=[10_000, 10_001, 10_002, 5])["response"]
    assert first["success_list"]["item_id_list"] == [10_000, 10_001, 10_002]
    rig.jump(HOUR)
    again = did(rig, PRODUCT + "boost_item", item_id_list=[10_000, 10_003, 10_004, 10_005])["response"]
    assert again["success_list"]["item_id_list"] == [10_003, 10_004]
    assert [one["item_id"] for one in again["failure_list"]] == [10_000, 10_005]
    rows = rig.shop(PRODUCT + "get_boosted_list")["response"]["item_list"]
    assert [one["cool_down_second"] for one in rows] == [10_800] * 3 + [14_400] * 2
    rig.jump(3 * HOUR)
    assert len(rig.shop(PRODUCT + "get_boosted_list")["response"]["item_list"]) == 2
    assert did(rig, PRODUCT + "boost_item", item_id_list=[1, 2, 3, 4, 5, 6])["error"] == "error_param"


def test_a_buyer_comments_on_a_completed_order_once_and_the_seller_replies_once(rig: Rig) -> None:
    listen(rig)
    sn = next(iter(rig.main.shopee.orders))
    order = rig.main.shopee.orders[sn]
    assert rig.tell("shopee.order_reviewed", order_sn=sn)["code"] == "error_param"
    rig.tell("shopee.order_received", order_sn=sn)
    number = rig.tell("shopee.order_reviewed", order_sn=sn, rating_star=4, comment="很好")["comment_id"]
    assert rig.tell("shopee.order_reviewed", order_sn=sn)["code"] == "error_param"
    seen = rig.shop(PRODUCT + "get_comment", item_id=order.item_id, page_size=10, cursor="")["response"]
    assert [(one["comment_id"], one["rating_star"], one["comment"]) for one in seen["item_comment_list"]] == [
        (number, 4, "很好")
    ]
    info = rig.shop(PRODUCT + "get_item_extra_info", item_id_list=order.item_id)["response"]["item_list"][0]
    assert (info["rating_star"], info["comment_count"]) == (4.0, 1)
    rows = [
        {"comment_id": number, "comment": "谢谢"},
        {"comment_id": number, "comment": "再谢"},
        {"comment_id": 7, "comment": "?"},
    ]
    done = did(rig, PRODUCT + "reply_comment", comment_list=rows)["response"]["result_list"]
    assert [one["fail_error"] for one in done] == ["", "error_param", "error_param"]
    shown = rig.shop(PRODUCT + "get_comment", comment_id=number, page_size=1)["response"]["item_comment_list"]
    assert shown[0]["comment_reply"]["reply"] == "谢谢"


def test_goods_are_sent_back_by_a_carrier_and_their_number_is_seen(rig: Rig) -> None:
    number, _ = returned(rig)
    assert uploaded(rig, RETURNS + "convert_image", PNG, 5, return_sn=number)["response"]["url"].startswith("https://")
    assert uploaded(rig, RETURNS + "convert_image", PNG, 5, return_sn="none")["error"] == "error_not_found"
    carriers = rig.shop(RETURNS + "get_shipping_carrier", return_sn=number)["response"]
    carrier = carriers["reverse_logistics_carrier_list"][0]["reverse_logistics_carrier_id"]
    proof = {"return_sn": number, "reverse_logistics_carrier_id": carrier, "tracking_number": "BACK1"}
    assert did(rig, RETURNS + "upload_shipping_proof", **proof)["error"] == ""
    assert did(rig, RETURNS + "upload_shipping_proof", **proof)["error"] == "error_param"
    where = rig.shop(RETURNS + "get_reverse_tracking_info", return_sn=number)["response"]
    assert (where["tracking_number"], where["reverse_logistics_status"]) == ("BACK1", "LOGISTICS_REQUEST_CREATED")
    assert rig.shop(RETURNS + "get_return_detail", return_sn=number)["response"]["tracking_number"] == "BACK1"
    for filters, count in (
        ({"negotiation_status": "PENDING_RESPOND"}, 1),
        ({"seller_proof_status": "UPLOADED"}, 0),
        ({"seller_compensation_status": "COMPENSATION_INITIATED"}, 0),
    ):
        asked = {"page_no": 0, "page_size": 10, **filters}
        assert len(rig.shop(RETURNS + "get_return_list", **asked)["response"]["return"]) == count
    assert rig.shop(RETURNS + "get_return_list", page_no=0, negotiation_status="x")["error"] == "error_param"


def test_a_chat_has_pictures_messages_by_themselves_and_a_switch_for_haggling(rig: Rig) -> None:
    chat = rig.tell("shopee.buyer_wrote", text="在吗")
    picture = uploaded(rig, CHAT + "upload_image", GIF, 5)["response"]
    assert picture["thumbnail"] != picture["url"]
    assert uploaded(rig, CHAT + "upload_image", b"MZ", 5)["error"] == "error_param"
    said = did(rig, CHAT + "send_autoreply_message", to_id=chat["to_id"], content="稍等")["response"]
    assert (said["conversation_id"], said["content"]) == (chat["conversation_id"], {"text": "稍等"})
    assert rig.shop(CHAT + "get_offer_toggle_status")["response"]["make_offer_status"] == "enabled"
    assert did(rig, CHAT + "set_offer_toggle_status", make_offer_status="disabled")["error"] == ""
    assert rig.shop(CHAT + "get_offer_toggle_status")["response"]["make_offer_status"] == "disabled"
    assert did(rig, CHAT + "set_offer_toggle_status", make_offer_status="maybe")["error"] == "error_param"


def test_an_orders_last_fields_and_an_items_limits_stand_where_the_vendor_puts_them(rig: Rig) -> None:
    placed(rig)
    fields = "payment_info,edt,return_request_due_date,buyer_cpf_id"
    order = rig.shop(ORDER + "get_order_detail", order_sn_list=SN, response_optional_fields=fields)["response"][
        "order_list"
    ][0]
    assert order["edt"]["edt_from"] > START // 1000
    assert (order["payment_info"][0]["transaction_id"], order["return_request_due_date"]) == (SN, None)
    limits = rig.shop(PRODUCT + "get_item_limit")
    assert limits["gtin_limit"]["gtin_validation_rule"]
    assert limits["response"]["price_limit"]["min_limit"] == 0.01
