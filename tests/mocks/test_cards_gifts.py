"""Gift cards sold from pages, packages of cards after a payment, and the card that a store shows."""

from __future__ import annotations

from typing import Any

import pytest

from tests.mocks.card_desk import Counter
from tests.mocks.good_cards import PICTURE, WXA, package, page
from tests.mocks.rig import DAY, START, Rig


@pytest.fixture
def one(fresh: Rig) -> Counter:
    return Counter(fresh)


def gift_card(one: Counter, **base: Any) -> str:
    """A reviewed gift card for 99 yuan."""
    return one.make("GENERAL_CARD", giftcard_info={"price": 9_900}, **base)


def act(one: Counter, what: str, **said: Any) -> dict[str, Any]:
    """What a user does, by the control plane."""
    return one.rig.admin("POST", f"/giftcards/{what}", {"account": one.rig.account, **said})


@pytest.fixture
def sold(one: Counter) -> tuple[str, str, str]:
    """A gift card, the page that sells it, and an order of two by the first follower."""
    card_id = gift_card(one)
    page_id = one.ask("giftcard/page/add", page=page(card_id))["page_id"]
    bought = act(one, "buy", page_id=page_id, openid=one.fans[0], card_ids=[card_id, card_id], outer_str="web")
    return card_id, page_id, bought["order_id"]


def test_gift_cards_are_bought_sent_taken_and_used(one: Counter, sold: tuple[str, str, str]) -> None:
    card_id, page_id, order_id = sold
    order = one.ask("giftcard/order/get", order_id=order_id)["order"]
    assert (order["page_id"], order["total_price"], order["open_id"], order["outer_str"]) == (
        page_id,
        19_800,
        one.fans[0],
        "web",
    )
    assert (order["accepter_openid"], order["IsChatRoom"], len(order["trans_id"])) == ("", False, 28)
    assert one.shown(card_id)["sku"]["quantity"] == 98
    assert act(one, "send", order_id=order_id)["ok"]
    assert one.code("code/consume", code=order["card_list"][0]["code"], card_id=card_id) == 40127  # on its way
    taken = act(one, "accept", order_id=order_id, openid=one.fans[1])["codes"]
    after = one.ask("giftcard/order/get", order_id=order_id)["order"]
    assert [row["code"] for row in after["card_list"]] == taken
    assert [row["accepter_openid"] for row in after["card_list"]] == [one.fans[1]] * 2
    assert one.ask("code/consume", code=taken[0], card_id=card_id)["openid"] == one.fans[1]
    told = [(event["action"], event["openid"]) for event in one.rig.events("happening", one.rig.account)[-6:-1]]
    assert [name for name, _ in told] == [
        "giftcard_pay_done",
        "giftcard_send_to_friend",
        "user_get_card",
        "user_get_card",
        "giftcard_user_accept",
    ]
    assert [whose for _, whose in told] == [one.fans[0]] * 2 + [one.fans[1]] * 3
    assert one.code("giftcard/order/refund", order_id=order_id) == 40099


def test_what_nobody_takes_returns_to_the_buyer(one: Counter, sold: tuple[str, str, str]) -> None:
    """In a chat each takes one card."""
    card_id, _, order_id = sold
    assert act(one, "send", order_id=order_id, chat_room=True)["ok"]
    (taken,) = act(one, "accept", order_id=order_id, openid=one.fans[1])["codes"]
    one.rig.jump(DAY + 1)
    assert act(one, "accept", order_id=order_id, openid=one.fans[2])["status"] == 400
    sent = [event for event in one.rig.events("happening", one.rig.account) if event["action"] == "giftcard_send_to_friend"]
    assert [(event["IsReturnBack"], event["IsChatRoom"]) for event in sent] == [("false", "true"), ("true", "true")]
    codes = [row["code"] for row in one.ask("giftcard/order/get", order_id=order_id)["order"]["card_list"]]
    assert [one.ask("code/get", code=code, card_id=card_id)["openid"] for code in codes] == [one.fans[1], one.fans[0]]
    assert codes[0] == taken
    assert act(one, "send", order_id=order_id)["ok"]


def test_an_order_is_paid_back_once_and_its_cards_are_stock_again(one: Counter, sold: tuple[str, str, str]) -> None:
    card_id, _, order_id = sold
    (code, _) = [row["code"] for row in one.ask("giftcard/order/get", order_id=order_id)["order"]["card_list"]]
    assert [one.code("giftcard/order/refund", order_id=order_id) for _ in range(2)] == [0, 72013]
    assert (one.shown(card_id)["sku"]["quantity"], one.code("code/consume", code=code, card_id=card_id)) == (100, 40127)
    assert act(one, "send", order_id=order_id)["status"] == 400


def test_orders_come_in_pages_of_a_span_of_time(one: Counter, sold: tuple[str, str, str]) -> None:
    card_id, page_id, first = sold
    second = act(one, "buy", page_id=page_id, openid=one.fans[1], card_ids=[card_id])["order_id"]
    now = one.rig.clock() // 1000
    asked = {"begin_time": now - 5, "end_time": now, "offset": 0, "count": 1}
    for sort, expected in (("ASC", first), ("DESC", second)):
        said = one.ask("giftcard/order/batchget", **{**asked, "sort_type": sort})
        assert (said["total_count"], [row["order_id"] for row in said["order_list"]]) == (2, [expected])
    for wrong in ({"count": 101}, {"begin_time": 0}, {"sort_type": "UP"}, {"begin_time": now + 1}):
        assert one.code("giftcard/order/batchget", **{**asked, **wrong}) == 40097


THEME = page("p")["theme_list"][0]
WRONG_PAGES: dict[str, tuple[dict[str, Any], int]] = {
    "no banner": ({"banner_pic_url": ""}, 41011),
    "no themes": ({"theme_list": []}, 41011),
    "a theme without pictures": ({"theme_list": [{**THEME, "pic_item_list": []}]}, 41011),
    "a theme without a title": ({"theme_list": [{**THEME, "title": ""}]}, 41011),
    "a group that is none": ({"theme_list": [{**THEME, "category_index": 1}], "category_list": [{"title": "一"}]}, 40097),
    "a card that is none": ({"theme_list": [{**THEME, "item_list": [{"card_id": "p0"}]}]}, 40073),
    "several as a text": ({"support_multi": "yes"}, 40097),
}


@pytest.mark.parametrize("case", WRONG_PAGES)
def test_a_page_is_refused_for_what_is_wrong_with_it(one: Counter, case: str) -> None:
    change, code = WRONG_PAGES[case]
    assert one.code("giftcard/page/add", page={**page(gift_card(one)), **change}) == code
    assert one.ask("giftcard/page/batchget")["page_id_list"] == []


def test_a_page_sells_gift_cards_with_a_price_that_were_reviewed_and_nothing_else(one: Counter) -> None:
    """Whatever else is said, it stays what it was."""
    free, cash = one.make("GENERAL_CARD"), one.make()
    unseen = one.make("GENERAL_CARD", review=False, giftcard_info={"price": 1})
    assert [one.code("giftcard/page/add", page=page(card)) for card in (free, cash, unseen)] == [40071, 40071, 40078]
    page_id = one.ask("giftcard/page/add", page=page(gift_card(one)))["page_id"]
    assert one.code("giftcard/page/update", page={"page_id": page_id, "theme_list": []}) == 41011
    assert one.code("giftcard/page/update", page={"page_id": page_id, "page_title": "新"}) == 0
    said = one.ask("giftcard/page/get", page_id=page_id)["page"]
    assert (said["page_title"], said["banner_pic_url"], said["page_id"]) == ("新", PICTURE, page_id)
    assert one.code("giftcard/page/get", page_id="no") == 40097


def test_a_page_in_maintenance_sells_nothing(one: Counter, sold: tuple[str, str, str]) -> None:
    card_id, page_id, _ = sold
    buy = {"page_id": page_id, "openid": one.fans[0], "card_ids": [card_id]}
    for shut, all_pages in (({"page_id": page_id}, False), ({"all": True}, True)):
        said = one.ask("giftcard/maintain/set", **shut, maintain=True)["control_info"]
        assert (said["biz_control_type"] == "E_PAGE_CONTROL_BIZ") is all_pages
        assert (said["list"][0]["page_control_type"] == "E_PAGE_CONTROL_BIZ") is not all_pages
        assert act(one, "buy", **buy)["error"].startswith("45030")
        assert one.code("giftcard/maintain/set", **shut, maintain=False) == 0
    assert act(one, "buy", **buy)["ok"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"page_id": "no"}, "40097"),
        ({"openid": ""}, "40003"),
        ({"card_ids": ["p0"]}, "40073"),
    ],
)
def test_nothing_is_sold_that_is_not_on_the_page(one: Counter, sold: tuple[str, str, str], change: Any, code: str) -> None:
    card_id, page_id, _ = sold
    wanted = {"page_id": page_id, "openid": one.fans[0], "card_ids": [card_id], **change}
    assert act(one, "buy", **wanted)["error"].startswith(code)
    assert one.shown(card_id)["sku"]["quantity"] == 98


def test_no_more_is_sold_than_there_is_and_one_at_a_time_where_the_page_says_so(one: Counter) -> None:
    card_id = gift_card(one, sku={"quantity": 1})
    pages = [one.ask("giftcard/page/add", page=page(card_id, support_multi=many))["page_id"] for many in (True, False)]
    two = {"openid": one.fans[0], "card_ids": [card_id, card_id]}
    assert [act(one, "buy", page_id=page_id, **two)["error"][:5] for page_id in pages] == ["45031", "45030"]
    assert act(one, "buy", page_id=pages[1], openid=one.fans[0], card_ids=[card_id])["ok"]
    assert one.shown(card_id)["sku"]["quantity"] == 0


def test_a_mini_program_signs_up_is_bound_and_shows_a_page(one: Counter, sold: tuple[str, str, str]) -> None:
    """In that order."""
    bind, show = {"wxa_appid": WXA, "sub_mch_id": "1900000001"}, {"wxa_appid": WXA, "page_id": sold[1]}
    assert one.code("giftcard/pay/submch/bind", **bind) == 43008
    assert one.code("giftcard/pay/whitelist/add", wxa_appid="mine") == 40013
    assert one.ask("giftcard/pay/whitelist/add", wxa_appid=WXA)["url"].startswith("https://pay.weixin.qq.com/")
    assert one.code("giftcard/wxa/set", **show) == 72002
    assert one.code("giftcard/pay/submch/bind", **{**bind, "sub_mch_id": "x"}) == 72010
    assert [one.code("giftcard/pay/submch/bind", **bind), one.code("giftcard/wxa/set", **show)] == [0, 0]
    assert one.code("giftcard/wxa/set", **{**show, "page_id": "no"}) == 40097


def test_a_package_shares_its_cards_stock_while_it_runs(one: Counter) -> None:
    """Wire: 72014."""
    card_id, now = one.make(), one.rig.clock() // 1000
    assert one.code("modifystock", card_id=card_id, increase_stock_value=1) == 0
    made = one.ask("mkt/activity/create", **package(card_id, begin_time=now, end_time=now + 86_400))
    assert one.code("modifystock", card_id=card_id, increase_stock_value=1) == 72014
    take = {"activity_id": made["activity_id"], "openid": one.fans[0]}
    said = [one.tell("package_taken", **take, amount=amount)["code"] for amount in (199, 200, 200)]
    assert (said[0], len(said[1]), said[2]) == ("72001", 12, "45033")  # too little, one, once a day
    one.rig.jump(DAY)
    assert one.code("modifystock", card_id=card_id, increase_stock_value=1) == 0
    assert one.tell("package_taken", **take, amount=200)["code"] == "72001"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"activity_bg_color": "red"}, 40076),
        ({"activity_tinyappid": "mine"}, 40013),
        ({"mch_code": "x"}, 72010),
        ({"gift_num": 0}, 41011),
        ({"begin_time": START, "end_time": 1}, 40079),
    ],
)
def test_a_package_is_refused_for_what_is_wrong_with_it(one: Counter, change: dict[str, Any], code: int) -> None:
    assert one.code("mkt/activity/create", **package(one.make(), **change)) == code


def test_a_package_holds_reviewed_cards_for_cash(one: Counter) -> None:
    cards = (one.make("DISCOUNT"), one.make(review=False), "p0")
    assert [one.code("mkt/activity/create", **package(card)) for card in cards] == [40071, 40078, 40073]
    assert one.code("mkt/activity/create", info={"basic_info": {}}) == 41011


def test_a_store_shows_the_card_that_was_set(one: Counter) -> None:
    card_id = one.make()
    assert one.code("storewxa/get", poi_id="7") == 40072
    assert one.code("storewxa/set", poi_id="7", card_id=card_id) == 0
    assert one.ask("storewxa/get", poi_id=7)["card_id"] == card_id
    wrong = (
        {"poi_id": "x", "card_id": card_id},
        {"poi_id": 7, "card_id": "p0"},
        {"poi_id": 7, "card_id": one.make(review=False)},
    )
    assert [one.code("storewxa/set", **said) for said in wrong] == [40072, 40073, 40078]
