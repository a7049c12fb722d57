"""More of v2: an item's variations, pictures and videos, categories, the wallet, and the rest of a return's talk."""

from __future__ import annotations

from typing import Any

import pytest

from tests.mocks.rig import DAY, HOUR, START, Rig
from tests.mocks.test_shopee_orders import LOGISTICS, ORDER, SN, did, listen, placed, status
from tests.mocks.test_shopee_trade import API, ITEM, returned

PRODUCT, MEDIA, SHIRT = API + "product/", API + "media_space/", 10_008
SIZES = {"name": "尺码", "option_list": [{"option": one} for one in "SML"]}
COLOURS = {"name": "颜色", "option_list": [{"option": "红", "image": {"image_id": "i1"}}, {"option": "蓝"}]}
PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


def row(*index: int, **more: Any) -> dict[str, Any]:
    return {"tier_index": list(index), "original_price": 12.5, "seller_stock": [{"stock": 4}], **more}


def models(rig: Rig, item_id: int = SHIRT) -> list[tuple[Any, ...]]:
    shown = rig.shop(PRODUCT + "get_model_list", item_id=item_id)["response"]["model"]
    return [(one["model_id"], one["model_name"], one["model_sku"]) for one in shown]


def test_a_new_item_gets_its_variations_after_five_seconds_and_once(rig: Rig) -> None:
    item_id = did(rig, PRODUCT + "add_item", **ITEM)["response"]["item_id"]
    asked = {"item_id": item_id, "tier_variation": [SIZES, COLOURS], "model": [row(0, 0), row(2, 1, model_sku="L-蓝")]}
    assert did(rig, PRODUCT + "init_tier_variation", **asked)["error"] == "error_param"
    rig.jump(5_000)
    made = did(rig, PRODUCT + "init_tier_variation", **asked)["response"]
    assert made["tier_variation"][1]["option_list"][0]["image"]["image_id"] == "i1"
    assert [(one["tier_index"], one["price_info"][0]["current_price"]) for one in made["model"]] == [
        ([0, 0], 12.5),
        ([2, 1], 12.5),
    ]
    assert [one[1:] for one in models(rig, item_id)] == [("S,红", ""), ("L,蓝", "L-蓝")]
    assert rig.shop(PRODUCT + "get_item_base_info", item_id_list=item_id)["response"]["item_list"][0]["has_model"]
    assert did(rig, PRODUCT + "init_tier_variation", **asked)["error"] == "error_param"


def test_models_are_added_renamed_moved_and_deleted(rig: Rig) -> None:
    tiers = [SIZES]
    assert did(rig, PRODUCT + "update_tier_variation", item_id=SHIRT, tier_variation=tiers)["error"] == ""
    added = did(rig, PRODUCT + "add_model", item_id=SHIRT, model_list=[row(2)])["response"]["model"][0]["model_id"]
    assert did(rig, PRODUCT + "update_model", item_id=SHIRT, model=[{"model_id": added, "model_sku": "大"}])["error"] == ""
    assert models(rig) == [(100_081, "S", "S-1"), (100_082, "M", "M-1"), (added, "L", "大")]
    swap = [{"model_id": added, "tier_index": [0]}, {"model_id": 100_081, "tier_index": [2]}]
    answer = did(rig, PRODUCT + "update_tier_variation", item_id=SHIRT, tier_variation=tiers, model_list=swap)
    assert (answer["error"], "response" in answer) == ("", False)
    assert models(rig) == [(added, "S", "大"), (100_081, "L", "S-1")]
    assert did(rig, PRODUCT + "delete_model", item_id=SHIRT, model_id=100_081)["error"] == ""
    assert did(rig, PRODUCT + "delete_model", item_id=SHIRT, model_id=added)["error"] == "error_param"


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("add_model", {"item_id": SHIRT, "model_list": [row(0)]}),
        ("add_model", {"item_id": SHIRT, "model_list": [row(2)]}),
        ("add_model", {"item_id": SHIRT, "model_list": [row(0, 0)]}),
        ("add_model", {"item_id": 10_000, "model_list": [row(0)]}),
        ("update_model", {"item_id": SHIRT, "model": [{"model_id": 7, "model_sku": "x"}]}),
        ("delete_model", {"item_id": SHIRT, "model_id": 7}),
        ("update_tier_variation", {"item_id": SHIRT, "tier_variation": [COLOURS, COLOURS]}),
        (
            "update_tier_variation",
            {"item_id": SHIRT, "tier_variation": [{"name": "尺码", "option_list": [{"option": "S"}]}]},
        ),
        ("init_tier_variation", {"item_id": 10_000, "tier_variation": [SIZES], "model": [row(0), row(0)]}),
        ("init_tier_variation", {"item_id": 10_000, "tier_variation": [SIZES, COLOURS], "model": [row(0)]}),
    ],
)
def test_variations_that_cannot_be_are_refused_and_change_and_cost_nothing(
    rig: Rig, path: str, asked: dict[str, Any]
) -> None:
    before = models(rig), rig.meters()
    assert did(rig, PRODUCT + path, **asked)["error"] == "error_param"
    assert rig.meters() == before[1]
    assert models(rig) == before[0]


def uploaded(rig: Rig, path: str, content: bytes, parts: int = 3, **texts: str) -> dict[str, Any]:
    """What is answered to a file in a multipart body."""
    fields = b"".join(
        b'--xx\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (name.encode(), said.encode())
        for name, said in texts.items()
    )
    head = b'--xx\r\nContent-Disposition: form-data; name="image"; filename="a.png"\r\n\r\n'
    headers = {"Content-Type": "multipart/form-data; boundary=xx"}
    body = fields + head + content + b"\r\n--xx--\r\n"
    return rig.http("POST", "/shopee" + path, params=rig.signed(path, parts=parts), content=body, headers=headers).json()


def test_a_picture_gets_a_number_that_follows_from_what_it_shows(rig: Rig) -> None:
    first, again, other = (uploaded(rig, MEDIA + "upload_image", one) for one in (PNG, PNG, PNG + b"x"))
    ids = [one["response"]["image_info"]["image_id"] for one in (first, again, other)]
    assert ids[0] == ids[1] != ids[2]
    for bad in (b"GIF89a", b"", PNG + bytes(10 << 20)):
        assert uploaded(rig, MEDIA + "upload_image", bad)["error"] == "error_param"


def test_a_video_is_put_together_when_all_its_parts_are_there_and_that_is_pushed(rig: Rig) -> None:
    got = listen(rig)
    number = did(rig, MEDIA + "init_video_upload", file_md5="0" * 32, file_size=5 << 20)["response"]["video_upload_id"]

    def result() -> str:
        return rig.shop(MEDIA + "get_video_upload_result", video_upload_id=number)["response"]["status"]

    part = {"video_upload_id": number, "content_md5": "x"}
    assert uploaded(rig, MEDIA + "upload_video_part", b"x" * 9, part_seq="1", **part)["error"] == ""
    assert did(rig, MEDIA + "complete_video_upload", video_upload_id=number)["error"] == "error_param"
    assert uploaded(rig, MEDIA + "upload_video_part", b"x", part_seq="2", **part)["error"] == "error_param"
    assert (uploaded(rig, MEDIA + "upload_video_part", b"x", part_seq="0", **part)["error"], result()) == ("", "INITIATED")
    assert did(rig, MEDIA + "complete_video_upload", video_upload_id=number, part_seq_list=[0, 1])["error"] == ""
    assert result() == "TRANSCODING"
    rig.jump(30_000)
    assert (result(), got) == ("SUCCEEDED", [(11, {"video_upload_id": number, "status": "SUCCEEDED"})])


def test_categories_say_their_attributes_brands_and_bounds(rig: Rig) -> None:
    rows = rig.shop(PRODUCT + "get_attribute_tree", category_id_list="100717,100636")["response"]["list"]
    assert [(one["category_id"], len(one["attribute_tree"]), bool(one["warning"])) for one in rows] == [
        (100_717, 1, False),
        (100_636, 0, True),
    ]
    brands = {"offset": 0, "page_size": 10, "category_id": 100_717, "status": 1}
    assert rig.shop(PRODUCT + "get_brand_list", **brands)["response"]["brand_list"][0]["original_brand_name"] == "NoBrand"
    assert rig.shop(PRODUCT + "get_item_limit")["response"]["item_name_length_limit"]["max_limit"] == 120
    assert rig.shop(PRODUCT + "category_recommend", item_name="纯棉T恤")["response"]["category_id"] == [100_047]
    assert rig.shop(PRODUCT + "get_item_promotion", item_id_list=SHIRT)["response"]["success_list"] == [
        {"item_id": SHIRT, "promotion": []}
    ]
    shops = rig.said(
        "shopee",
        "GET",
        API + "public/get_merchants_by_partner",
        rig.signed(API + "public/get_merchants_by_partner", parts=3),
    )
    assert shops["authed_merchant_list"] == []


def test_the_wallet_takes_in_what_an_order_brings_when_it_is_completed(rig: Rig) -> None:
    listen(rig)
    asked = {"page_no": 0, "page_size": 10}
    assert rig.shop(API + "payment/get_wallet_transaction_list", **asked)["response"]["transaction_list"] == []
    placed(rig)
    did(rig, LOGISTICS + "ship_order", order_sn=SN, dropoff={})
    rig.jump(DAY)
    rig.tell("shopee.order_received", order_sn=SN)
    income = rig.shop(API + "payment/get_escrow_detail", order_sn=SN)["response"]["order_income"]["escrow_amount"]
    wallet = rig.shop(API + "payment/get_wallet_transaction_list", **asked)["response"]
    shown = wallet["transaction_list"][0]
    assert (shown["order_sn"], shown["amount"], shown["current_balance"], wallet["more"]) == (SN, income, income, False)
    late = {**asked, "create_time_from": START // 1000 + 2 * 86_400, "create_time_to": START // 1000 + 3 * 86_400}
    assert rig.shop(API + "payment/get_wallet_transaction_list", **late)["response"]["transaction_list"] == []
    wide = {**late, "create_time_to": START // 1000 + 30 * 86_400}
    assert rig.shop(API + "payment/get_wallet_transaction_list", **wide)["error"] == "error_param"


@pytest.mark.parametrize("way", ["accept_offer", "cancel_dispute"])
def test_a_seller_who_gives_in_gives_the_money_back(rig: Rig, way: str) -> None:
    number, _ = returned(rig)
    said = {"return_sn": number}
    assert rig.shop(API + "returns/get_available_solutions", **said)["response"]["refund"]["eligibility"]
    if way == "cancel_dispute":
        assert did(rig, API + "returns/upload_proof", **said)["error"] == "returns.error_status"
        reason = rig.shop(API + "returns/get_return_dispute_reason", **said)["response"]["dispute_reason_list"][0]["id"]
        assert did(rig, API + "returns/dispute", **said, email="a@b.example", dispute_reason_id=reason)["error"] == ""
        assert did(rig, API + "returns/upload_proof", **said, photo=[{"url": "p1"}], description="完好")["error"] == ""
        proof = rig.shop(API + "returns/query_proof", **said)["response"]
        assert (proof["photo"][0]["url"], proof["description"]) == ("p1", "完好")
    assert did(rig, API + "returns/" + way, **said)["error"] == ""
    assert (status(rig), rig.main.shopee.returns[number].status) == ("COMPLETED", "ACCEPTED")
    assert not rig.shop(API + "returns/get_available_solutions", **said)["response"]["refund"]["eligibility"]
    assert did(rig, API + "returns/" + way, **said)["error"] == "returns.error_status"


def packed(*quantities: int, item_id: int) -> list[dict[str, Any]]:
    """Packages of so many of one item each."""
    return [{"item_list": [{"item_id": item_id, "model_id": 0, "model_quantity": one}]} for one in quantities]


def test_a_split_order_is_shipped_when_all_its_packages_are(rig: Rig) -> None:
    """Each is arranged, collected and delivered by itself; the order follows the last."""
    got = listen(rig)
    placed(rig)
    order = rig.main.shopee.orders[SN]
    order.quantity = order.first.quantity = 3
    split = did(rig, ORDER + "split_order", order_sn=SN, package_list=packed(1, 2, item_id=order.item_id))["response"]
    one, two = (row["package_number"] for row in split["package_list"])
    waiting = [
        row["package_number"] for row in rig.shop(ORDER + "get_shipment_list", page_size=99)["response"]["order_list"]
    ]
    assert {one, two} <= set(waiting)
    assert did(rig, LOGISTICS + "ship_order", order_sn=SN, dropoff={})["error"] == "error_param"
    assert did(rig, LOGISTICS + "ship_order", order_sn=SN, package_number=one, dropoff={})["error"] == ""
    again = did(rig, LOGISTICS + "ship_order", order_sn=SN, package_number=one, dropoff={})
    assert (again["error"], status(rig)) == ("logistics.package_already_shipped", "READY_TO_SHIP")
    assert did(rig, ORDER + "unsplit_order", order_sn=SN)["error"] == "error_param"
    rig.jump(13 * HOUR)
    assert did(rig, ORDER + "cancel_order", order_sn=SN, cancel_reason="CUSTOMER_REQUEST")["error"] == "order.error_limit"
    assert did(rig, LOGISTICS + "ship_order", order_sn=SN, package_number=two, dropoff={})["error"] == ""
    assert status(rig) == "PROCESSED"
    rig.jump(13 * HOUR)
    assert status(rig) == "SHIPPED"
    rig.jump(40 * HOUR)
    shown = rig.shop(ORDER + "get_package_detail", package_number_list=f"{one},{two}")["response"]["package_list"]
    assert [row["fulfillment_status"] for row in shown] == ["LOGISTICS_DELIVERY_DONE", "LOGISTICS_PICKUP_DONE"]
    assert status(rig) == "SHIPPED"
    rig.jump(20 * HOUR)
    assert status(rig) == "TO_CONFIRM_RECEIVE"
    told = [(data["package_number"], data["fulfillment_status"]) for code, data in got if code == 30]
    steps = ("REQUEST_CREATED", "PICKUP_DONE", "DELIVERY_DONE")
    assert [name for number, name in told if number == two] == [f"LOGISTICS_{step}" for step in steps]


def test_an_order_is_split_whole_and_put_together_again(rig: Rig) -> None:
    listen(rig)
    placed(rig)
    order = rig.main.shopee.orders[SN]
    order.quantity = order.first.quantity = 3
    for bad in (packed(3, item_id=order.item_id), packed(1, 1, item_id=order.item_id), packed(1, 2, item_id=5)):
        assert did(rig, ORDER + "split_order", order_sn=SN, package_list=bad)["error"] == "error_param"
    good = packed(1, 2, item_id=order.item_id)
    assert did(rig, ORDER + "unsplit_order", order_sn=SN)["error"] == "error_param"
    assert did(rig, ORDER + "split_order", order_sn=SN, package_list=good)["error"] == ""
    assert did(rig, ORDER + "split_order", order_sn=SN, package_list=good)["error"] == "error_param"
    shown = rig.shop(ORDER + "get_order_detail", order_sn_list=SN, response_optional_fields="split_up,package_list")
    detail = shown["response"]["order_list"][0]
    assert (detail["split_up"], [row["item_list"][0]["model_quantity"] for row in detail["package_list"]]) == (True, [1, 2])
    assert did(rig, ORDER + "unsplit_order", order_sn=SN)["error"] == ""
    gone = detail["package_list"][0]["package_number"]
    assert rig.shop(ORDER + "get_package_detail", package_number_list=gone)["error"] == "error_not_found"
    assert did(rig, LOGISTICS + "ship_order", order_sn=SN, dropoff={})["error"] == ""


def test_a_conversation_can_be_marked_to_be_read_again_and_deleted(rig: Rig) -> None:
    listen(rig)
    chat = {"conversation_id": rig.tell("shopee.buyer_wrote", text="在吗")["conversation_id"]}
    rig.jump(HOUR)
    for path, unread in (("read", 0), ("unread", 1), ("delete", 0)):
        assert did(rig, API + f"sellerchat/{path}_conversation", **chat)["error"] == ""
        count = rig.shop(API + "sellerchat/get_unread_conversation_count")["response"]
        assert count == {"total_unread_count": unread}
    assert rig.shop(API + "sellerchat/get_one_conversation", **chat)["error"] == "error_not_found"
