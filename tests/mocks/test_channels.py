"""The Channels shop's products: fields, caps, reviews, stock and the live room's card, as an HTTP client meets them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.mocks.channels_rig import NOW, PICTURE, Shop
from tests.mocks.rig import DAY, MINUTE, Rig


@pytest.fixture
def shop(rig: Rig) -> Shop:
    return Shop(rig)


def test_one_token_opens_the_official_account_and_the_shop(shop: Shop) -> None:
    answer = shop.rig.send("wechat", "GET", "/channels/ec/basics/info/get", {"access_token": shop.token()})
    assert (b"content-type", b"application/json; encoding=utf-8") in answer.headers
    info = json.loads(answer.body)["info"]
    assert (info["subject_type"], info["status"]) == ("企业", "open_finished")
    assert info["username"].startswith("gh_")
    assert shop.rig.said("wechat", "POST", "/channels/ec/product/get", {"access_token": "x" * 40}, {})["errcode"] == 40001
    stale = shop.token()
    shop.rig.main.wechat.expire(stale, shop.rig.clock())
    assert shop.rig.said("wechat", "POST", "/channels/ec/product/get", {"access_token": stale}, {})["errcode"] == 42001
    by_host = shop.rig.http(
        "POST", "/channels/ec/nothing", headers={"Host": "api.weixin.qq.com"}, params={"access_token": shop.token()}
    )
    assert by_host.json()["errcode"] == 40066


def test_a_product_goes_from_draft_over_review_to_sale(shop: Shop) -> None:
    added = shop.ask("/product/add", **shop.product(listing=0))
    product_id = added["data"]["product_id"]
    assert added["data"]["create_time"] == "2026-03-02 10:00:00"
    assert shop.get(product_id)["errcode"] == 10020052, "nothing is online yet"
    draft = shop.get(product_id, 2)["edit_product"]
    assert (draft["status"], draft["edit_status"], draft["min_price"]) == (0, 1, 1300)
    assert shop.ask("/product/listing", product_id=int(product_id))["errcode"] == 0, "a bare number will do"
    assert shop.code("/product/update", product_id=product_id, **shop.product()) == 10020008
    assert shop.code("/product/audit/cancel", product_id=product_id) == 0
    assert shop.code("/product/audit/cancel", product_id=product_id) == 10020008
    assert shop.code("/product/listing", product_id=product_id) == 0
    shop.rig.tell("channels.product_reviewed", product_id=product_id, outcome="rejected", reason="主图模糊")
    assert shop.get(product_id, 2)["edit_product"]["edit_status"] == 3
    kept = shop.product(title="手工拉坯马克杯 新款", skus=[{**draft["skus"][0], "sale_price": 1200}])
    assert shop.code("/product/update", product_id=product_id, **kept) == 0
    shop.rig.tell("channels.product_reviewed", product_id=product_id)
    online = shop.get(product_id)["product"]
    assert shop.code("/product/auditfree", product_id=product_id, skus=[{"sku_id": online["skus"][0]["sku_id"]}]) == 0
    assert shop.happened().count("product_spu_update") == 1, "the first version was never online"
    assert (online["status"], online["edit_status"], online["title"]) == (5, 4, "手工拉坯马克杯 新款")
    assert online["skus"][0]["sku_id"] == draft["skus"][0]["sku_id"]
    assert shop.code("/product/delisting", product_id=product_id) == 0
    assert shop.get(product_id)["product"]["status"] == 11
    assert shop.code("/product/listing", product_id=product_id) == 0, "approved and unchanged: on sale at once"
    assert shop.get(product_id)["product"]["status"] == 5
    assert product_id in shop.ask("/product/list/get", status=5, page_size=30)["product_ids"]
    assert shop.code("/product/delete", product_id=product_id) == 0
    assert shop.get(product_id)["errcode"] == 10020052


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"title": ""}, 10020020),
        ({"title": "杯" * 61}, 10020021),
        ({"title": "马克杯"}, 10020042),
        ({"title": "mug 2026 new"}, 10020045),
        ({"head_imgs": None}, 10020022),
        ({"head_imgs": [PICTURE] * 10}, 10020023),
        ({"head_imgs": ["https://example.com/a.png"]}, 10020035),
        ({"cats_v2": None, "cats": [{"cat_id": "6141"}]}, 10020011),
        ({"cats_v2": [{"cat_id": "6141"}]}, 10020017),
        ({"skus": []}, 10020038),
        ({"skus": [{"sale_price": 1}] * 501}, 10020013),
        ({"skus": [{"sale_price": 0}]}, 10020039),
        ({"skus": [{"sale_price": 2, "market_price": 1}]}, 10020040),
        ({"skus": [{"sale_price": 10**9 + 1}]}, 10020028),
        ({"skus": [{"sale_price": 1, "sku_code": "x" * 101}]}, 10020029),
        ({"skus": [{"sale_price": 1, "sku_id": 99}]}, 10020051),
        ({"skus": [{"sale_price": "dear"}]}, 40097),
        ({"title": ["杯"]}, 40097),
        ({"express_info": {"template_id": 1}}, 10020019),
        ({"express_info": None}, 10020019),
        ({"after_sale_info": None}, 40097),
        ({"extra_service": None}, 40097),
        ({"deliver_method": 1}, 10020091),
    ],
    ids=str,
)
def test_a_mistake_in_a_product_gets_its_own_code(shop: Shop, changes: dict[str, Any], code: int) -> None:
    """V10 (a field mapped wrongly is named), M10 (goods that travel need logistics and a way back)."""
    before = shop.rig.meters()["channels"], len(shop.state.products)
    answer = shop.ask("/product/add", **shop.product(**changes))
    assert answer["errcode"] == code
    assert " rid: " in answer["errmsg"]
    assert (shop.rig.meters()["channels"], len(shop.state.products)) == before


def test_a_field_that_nobody_knows_is_ignored_but_noted(shop: Shop) -> None:
    """V10: wrong field mapping."""
    shop.added(tilte="错", skus=[{"sale_price": 1, "prize": 2}])
    assert [one["fields"] for one in shop.rig.events("unmapped")] == ["skus.prize,tilte"]


@pytest.mark.parametrize(("mode", "shows", "account", "code"), [
    ("auto", "code", None, 0), ("manual", "link", None, 0), ("auto", "secret", None, 40097), ("", "code", None, 40097),
    ("auto", "code", 3, 40097),
])  # fmt: skip
def test_virtual_goods_and_services_say_how_they_are_had(
    shop: Shop, mode: str, shows: str, account: int | None, code: int
) -> None:
    """M10: automatic delivery or redemption by hand, a code or a link; services a period and a way to book."""
    voucher = {"voucher_info": {"mode": mode, "shows": shows}, "express_info": None, "after_sale_info": None}
    assert shop.code("/product/add", **shop.product("6151", deliver_method=account or 1, **voucher)) == code
    service = {"period": "购买后 30 天内", "booking": "电话预约"}
    assert shop.code("/product/add", **shop.product("6161", service_info=service)) == 0
    assert shop.code("/product/add", **shop.product("6161")) == 40097
    assert shop.code("/product/add", **shop.product("6151")) == 10020091, "a code is not sent by courier"


@pytest.mark.parametrize(("cat", "qua"), [("6101", 1111484), ("6111", 1111486), ("6121", 1111485), ("6131", 1111487)])
def test_food_electronics_cosmetics_and_medical_goods_show_a_certificate(shop: Shop, cat: str, qua: int) -> None:
    """V06: SC, 3C, filing certificate; M15: medical goods need certificates."""
    without, wrong = shop.product(cat), shop.product(cat, product_qua_infos=[{"qua_id": 1, "qua_url": [PICTURE]}])
    assert [shop.code("/product/add", **one) for one in (without, wrong)] == [10020018, 10020018]
    assert shop.code("/product/add", **shop.product(cat, product_qua_infos=[{"qua_id": qua, "qua_url": [PICTURE]}])) == 0
    detail = shop.ask("/category/detail", cat_id=cat)
    assert [one["qua_id"] for one in detail["attr"]["product_qua_list"]] == [qua]


@pytest.mark.parametrize(("width", "code"), [(800, 0), (799, 40097)])
def test_a_main_image_is_800_by_800(shop: Shop, width: int, code: int) -> None:
    """V06."""
    query = {"access_token": shop.token(), "upload_type": 0, "resp_type": 1, "height": 800, "width": width}
    body = b'--b\r\nContent-Disposition: form-data; name="media"; filename="a.png"\r\n\r\nPNG\r\n--b--\r\n'
    uploaded = shop.rig.http(
        "POST",
        "/wechat/channels/ec/basics/img/upload",
        params=query,
        content=body,
        headers={"Content-Type": "multipart/form-data; boundary=b"},
    ).json()
    assert shop.code("/product/add", **shop.product(head_imgs=[uploaded["pic_file"]["img_url"]])) == code


def test_a_body_is_at_most_a_mebibyte_and_a_picture_may_be_larger(shop: Shop) -> None:
    long = "x" * (1 << 20)
    assert shop.code("/product/get", product_id=1, more=long) == 45002
    assert shop.code("/basics/img/upload", upload_type=1, resp_type=0, img_url=long) == 0


@pytest.mark.parametrize(
    "text",
    ["国家级手工马克杯", "全网最 便 宜的马克杯", "包治百病的养生杯", "分享领红包马克杯", "盗版周边马克杯", "赌博主题马克杯"],
)
def test_forbidden_words_are_not_let_in(shop: Shop, text: str) -> None:
    """M11 sensitive words, M15 absolute wording, V22 false claims, induced sharing, unlicensed media."""
    assert shop.code("/product/add", **shop.product(title=text)) == 10020110
    hidden = shop.product(desc_info={"imgs": [PICTURE], "desc": text})
    assert shop.code("/product/add", **hidden) == 10020110
    assert shop.code("/product/add", **shop.product(title=text, listing=0)) == 0, "a draft may say anything"


def test_reviews_pass_at_the_published_rates_and_on_the_clock(shop: Shop) -> None:
    """V05: clothing 82%, food 67%, electronics 78%; V04: 35% of all others are rejected. Drawn from the account's seed."""
    for cat, rate, papers in (("6091", 82, None), ("6101", 67, 1111484), ("6111", 78, 1111486), ("6141", 65, None)):
        infos = [{"qua_id": papers, "qua_url": [PICTURE]}] if papers else None
        drafts = [shop.state.products[shop.added(cat, product_qua_infos=infos)] for _ in range(48)]
        assert {one.edit_status for one in drafts} == {2}
        shop.rig.jump(DAY)
        assert {one.edit_status for one in drafts} == {3, 4}
        passed = sum(one.edit_status == 4 for one in drafts)
        assert abs(passed / 48 - rate / 100) < 0.19, (cat, passed)  # three standard deviations of 48 draws


def test_the_same_seed_gives_the_same_reviews(rig: Rig) -> None:
    def story() -> list[int]:
        rig.server.reset("main")
        shop = Shop(rig)
        made = [shop.added() for _ in range(12)]
        rig.jump(DAY)
        return [shop.state.products[one].edit_status for one in made]

    assert story() == story()


def test_an_individuals_shop_holds_a_thousand_products(shop: Shop) -> None:
    """V02: at most 1,000 products; V01: an enterprise's has no cap."""
    known = next(iter(shop.state.products.values()))
    shop.state.products |= {str(number): known for number in range(1000 - len(shop.state.products))}
    assert shop.code("/product/add", **shop.product(listing=0)) == 0
    shop.rig.tell("channels.shop_entity", entity="individual")
    del shop.state.products["0"]
    assert (len(shop.state.products), shop.code("/product/add", **shop.product(listing=0))) == (1000, 10020110)
    del shop.state.products["1"]
    assert shop.code("/product/add", **shop.product(listing=0)) == 0


@pytest.mark.parametrize(("entity", "least"), [("enterprise", 2_000_000), ("individual", 500_000), ("personal", 0)])
def test_a_product_is_not_on_sale_while_the_deposit_is_short(shop: Shop, entity: str, least: int) -> None:
    """V01: CNY 20,000; V02: CNY 5,000."""
    shop.rig.tell("channels.shop_entity", entity=entity)
    for fen, status in ((max(0, least - 1), 14 if least else 5), (least, 5)):
        shop.rig.tell("channels.deposit_paid", fen=fen)
        product_id = shop.added()
        assert shop.rig.tell("channels.product_reviewed", product_id=product_id)["status"] == status


def test_stock_is_counted_and_never_below_zero(shop: Shop) -> None:
    """V13: stock update."""
    product_id = shop.added()
    sku_id = shop.state.products[product_id].draft["skus"][0]["sku_id"]
    asked = {"product_id": product_id, "sku_id": sku_id}
    assert shop.code("/product/stock/update", **asked, diff_type=1, num=5) == 10020217
    shop.ask("/product/audit/cancel", product_id=product_id)
    assert shop.code("/product/stock/update", **asked, diff_type=1, num=5) == 10020289
    shop.ask("/product/listing", product_id=product_id)
    shop.rig.tell("channels.product_reviewed", product_id=product_id)
    for kind, num, code, left in (
        (1, 5, 0, 105),
        (2, 200, 10020219, 105),
        (2, 5, 0, 100),
        (1, 0, 10020218, 100),
        (3, 7, 0, 7),
    ):
        assert shop.code("/product/stock/update", **asked, diff_type=kind, num=num) == code
        assert shop.ask("/product/stock/get", **asked)["data"]["total_stock_num"] == left
    flow = shop.ask("/product/stock/getflow", **asked, begin_time=NOW, end_time=NOW + 60)["data"]["stock_flow_info_list"]
    assert [one["ending_amount"] for one in flow] == [7, 100, 105]
    assert shop.happened()[-1] == "channels_ec_stock_no_enough"
    assert [shop.code("/product/stock/update", **asked, diff_type=3, num=9) for _ in range(58)][-2:] == [0, 10020112]
    other = shop.listed()
    assert shop.code("/product/stock/update", product_id=other, sku_id=shop.sku(other), diff_type=3, num=9) == 0


def test_a_flash_sale_is_cheaper_for_a_time_and_while_it_lasts(shop: Shop) -> None:
    product_id = shop.listed()
    sku = {"sku_id": shop.sku(product_id), "sale_price": 900, "sale_stock": 3}
    asked = {"product_id": product_id, "start_time": NOW + 60, "end_time": NOW + 3_600, "limited_discount_skus": [sku]}
    for wrong in ({"sale_price": 1300}, {"sale_stock": 101}, {"sku_id": 1}):
        assert (
            shop.code("/product/limiteddiscounttask/add", **{**asked, "limited_discount_skus": [{**sku, **wrong}]}) == 40097
        )
    task = {"task_id": shop.ask("/product/limiteddiscounttask/add", **asked)["task_id"]}
    assert shop.code("/product/limiteddiscounttask/add", **asked) == 10020014

    def price(count: int) -> int:
        return shop.rig.tell("channels.order_placed", product_id=product_id, count=count)["order_price"] // count

    assert price(1) == 1300, "it has not begun"
    shop.rig.jump(MINUTE)
    assert (
        shop.ask("/product/stock/get", product_id=product_id, sku_id=sku["sku_id"])["data"]["limited_discount_stock_num"]
        == 3
    )
    assert [price(2), price(2), price(1), price(1)] == [900, 1300, 900, 1300], "three pieces are cheaper"
    assert (
        shop.code("/product/auditfree", product_id=product_id, skus=[{"sku_id": sku["sku_id"], "sale_price": 1}]) == 10020014
    )
    assert shop.code("/product/limiteddiscounttask/delete", **task) == 40097
    assert shop.code("/product/limiteddiscounttask/stop", **task) == 0
    assert (
        shop.ask("/product/limiteddiscounttask/list/get", status=2)["limited_discount_tasks"][0]["task_id"]
        == task["task_id"]
    )
    assert shop.code("/product/limiteddiscounttask/delete", **task) == 0


def test_a_live_room_gets_its_product_card_from_the_window(shop: Shop) -> None:
    """V11 and V13: the live product card; a jump comes from a filed mini-program only."""
    product_id = shop.listed()
    assert shop.code("/window/product/get", product_id=product_id) == 10020052
    assert shop.code("/window/product/add", product_id=product_id) == 0
    card = shop.ask("/window/product/get", product_id=product_id)["product"]
    assert (card["selling_price"], card["market_price"], card["stock"], card["status"]) == (1300, 1500, 100, 1)
    shop.order(product_id=product_id, count=40)
    shop.ask("/product/delisting", product_id=product_id)
    card = shop.ask("/window/product/get", product_id=product_id)["product"]
    assert (card["stock"], card["status"]) == (60, 2), "always what is true now"
    jump = {"product_id": product_id, "from_appid": "wxmini0000000001", "expire": 600}
    assert shop.code("/product/scheme/get", **jump) == 40097
    shop.rig.tell("channels.miniprogram_filed", appid="wxmini0000000001")
    assert shop.ask("/product/scheme/get", **jump)["openlink"].startswith("weixin://")


@pytest.mark.parametrize(
    ("entity", "papers"),
    [
        ("enterprise", ["licence", "icp", "legal_person_id"]),
        ("individual", ["licence", "icp", "id_card", "face_check", "bank_card"]),
        ("personal", ["licence", "icp", "id_card"]),
    ],
)
def test_a_shop_opens_only_with_its_papers(shop: Shop, entity: str, papers: list[str]) -> None:
    """M19: licence and ICP filing number; V01: legal person's id; V02: id, face check, bank card."""
    shop.rig.tell("channels.shop_entity", entity=entity)
    shop.rig.tell("channels.shop_closed")
    assert shop.code("/product/add", **shop.product()) == 10020050
    assert shop.rig.tell("channels.order_placed")["code"] in ("10020052", "48001")
    whole = dict.fromkeys(papers, "9144")
    for name in papers:
        assert shop.rig.tell("channels.shop_opened", **{**whole, name: " "})["code"] == "40097"
    assert shop.rig.tell("channels.shop_opened", **whole)["status"] == "open_finished"
    assert shop.code("/product/add", **shop.product()) == 0


def test_a_brand_is_sold_with_authorisation_and_while_it_lasts(shop: Shop) -> None:
    """V01: brand authorisation."""
    grant = {"grant_certifications": ["file_id"], "start_time": NOW, "end_time": NOW + 3 * 86_400}
    register = {"registrant": "尼康", "register_no": "123"}
    brand = {"brand_id": "10000531", "register_details": register, "grant_type": 2, "grant_details": grant}
    branded = shop.product(brand_id=10000531)
    assert shop.code("/product/add", **branded) == 10020050
    for wrong in ({"brand_id": "1"}, {"register_details": {}}, {"grant_details": {}}, {"grant_details": None}):
        assert shop.code("/brand/add", brand={**brand, **wrong}) == 40097
    assert shop.ask("/brand/add", brand=brand)["audit_id"]
    assert shop.code("/brand/add", brand=brand) == 40097, "asked for already"
    assert shop.code("/product/add", **branded) == 10020050, "in review"
    assert shop.rig.tell("channels.brand_reviewed", brand_id="10000531", outcome="rejected", reason="无章")["status"] == 2
    assert shop.ask("/brand/get", brand_id=10000531)["brand"]["audit_result"]["reject_reason"] == "无章"
    assert shop.code("/brand/update", brand=brand) == 0
    shop.rig.jump(DAY)
    assert [one["brand_id"] for one in shop.ask("/brand/valid/list/get", page_size=10)["brands"]] == ["10000531"]
    product_id = shop.listed(brand_id=10000531)
    shop.rig.jump(2 * DAY)
    assert shop.get(product_id)["product"]["status"] == 15
    assert shop.code("/product/listing", product_id=product_id) == 10020050
    assert shop.ask("/brand/valid/list/get")["total_num"] == 0


def test_an_hour_has_two_hundred_adds_and_updates(make_rig: Any) -> None:
    shop = Shop(make_rig({"channels": {"quota": {"product_hour": {"limit": 2}}}}))
    assert [shop.code("/product/add", **shop.product(listing=0)) for _ in range(3)] == [0, 0, 45011]
    left = shop.ask("/product/getauditquota")["audit_quota"]
    assert left == {"block_status": 0, "avail_quota": 1000, "total_quota": 1000}
