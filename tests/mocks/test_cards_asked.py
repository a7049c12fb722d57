"""Every card endpoint: one good answer with the fields that SDKs read, the vendor's errors, and thousands of requests with one thing wrong."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mocks.wechat.cards.endpoints import ENDPOINTS
from tests.mocks.card_desk import DEPOSIT, OWN, Counter, body
from tests.mocks.good_cards import package
from tests.mocks.rig import DAY, Rig
from tests.mocks.test_bad_requests import JUNK, places, replaced

LOGO = "http://mmbiz.qpic.cn/logo.png"
MERCHANT = {
    "brand_name": "分店",
    "logo_url": LOGO,
    "protocol": "media",
    "end_time": 1_900_000_000,
    "primary_category_id": 1,
    "secondary_category_id": 101,
}
UNHURRIED = {"wechat": {"quota": {name: {"limit": 10**6} for name in ("card_create_second", "card_deposit_minute")}}}


class Everything:
    """A merchant who has one of each, and a good request for every endpoint."""

    def __init__(self) -> None:
        self.rig = Rig(UNHURRIED)
        self.one = one = Counter(self.rig)
        cash, member = one.make(), one.make("MEMBER_CARD")
        self.imported = one.make(**DEPOSIT)
        one.ask("code/deposit", card_id=self.imported, code=["c1", "c2"])
        one.see("pay/activate")
        code, card = {"code": one.take(cash)}, {"card_id": cash}
        whose = {"card_id": member, "code": one.take(member)}
        ticket = one.tell("member_submitted", **whose, fields={"喜好": "钢琴"})["activate_ticket"]
        order = one.ask("pay/getpayprice", **card, quantity=5)["order_id"]
        rule = {"type": "RULE_TYPE_SINGLE_PAY", "base_info": {"mchid_list": ["1"], "begin_time": 1, "end_time": 2}}
        single = {"card_id": cash, "least_cost": 1, "max_cost": 2}
        rule_id = one.ask("paygiftcard/add", rule_info={**rule, "single_rule": single})["rule_id"]
        rule = {"rule_info": {**rule, "base_info": {"mchid_list": [2]}, "single_pay": single}}
        submitted = one.ask("submerchant/submit", info=MERCHANT)["info"]["merchant_id"]
        encrypted = one.tell("card_received", **card, openid=one.fans[1], encrypted=True)["encrypt_code"]
        tickets = {
            kind: one.make(kind)
            for kind in ("MOVIE_TICKET", "MEETING_TICKET", "BOARDING_PASS", "LUCKY_MONEY", "GENERAL_CARD")
        }
        held = {kind: {"card_id": card_id, "code": one.take(card_id)} for kind, card_id in tickets.items()}
        page = {"banner": LOGO, "page_title": "优惠", "can_share": True, "scene": "SCENE_NEAR_BY", "card_list": [card]}
        qr = {"action_name": "QR_CARD", "expire_seconds": 60, "action_info": {"card": {**card, "outer_str": "x"}}}
        form = {"required_form": {"rich_field_list": [{"type": "FORM_FIELD_RADIO", "name": "兴趣", "values": ["书"]}]}}
        self.good: dict[str, Any] = {
            "create": body(advanced_info=1),
            "get": card,
            "batchget": {"offset": 0, "count": 2, "status_list": ["CARD_STATUS_VERIFY_OK"]},
            "update": {**card, "cash": {"base_info": {"title": "新", "date_info": {"type": 2, "fixed_term": 8}}}},
            "delete": {"card_id": one.make()},
            "modifystock": {**card, "increase_stock_value": 1},
            "code/deposit": {"card_id": self.imported, "code": ["d1"]},
            "code/getdepositcount": {"card_id": self.imported},
            "code/checkcode": {"card_id": self.imported, "code": ["c1"]},
            "code/get": {**card, **code, "check_consume": True},
            "code/consume": {**card, "code": one.take(cash, 2)},
            "code/update": {**card, "code": one.take(cash, 3), "new_code": "N1"},
            "code/unavailable": {**card, "code": one.take(cash, 4), "reason": "x"},
            "code/decrypt": {"encrypt_code": encrypted},
            "code/mark": {**card, **code, "openid": one.fans[0], "is_mark": True},
            "user/getcardlist": {"openid": one.fans[0], **card},
            "qrcode/create": qr,
            "landingpage/create": page,
            "mpnews/gethtml": card,
            "testwhitelist/set": {"openid": ["o1"], "username": []},
            "paycell/set": {**card, "is_open": True},
            "selfconsumecell/set": {
                "card_id": member,
                "is_open": True,
                "need_verify_cod": True,
                "need_remark_amount": False,
            },
            "membercard/activate": {**whose, "membership_number": "A1", "init_bonus": 1, "init_balance": 1},
            "membercard/updateuser": {**whose, "add_bonus": 1, "balance": 2, "custom_field_value1": "x"},
            "membercard/userinfo/get": whose,
            "membercard/activateuserform/set": {"card_id": member, **form},
            "membercard/activate/geturl": {"card_id": member, "outer_str": "x"},
            "membercard/activatetempinfo/get": {"activate_ticket": ticket},
            "paygiftcard/add": rule,
            "paygiftcard/delete": {"rule_id": rule_id},
            "paygiftcard/getbyid": {"rule_id": rule_id},
            "paygiftcard/batchget": {"type": "RULE_TYPE_SINGLE_PAY", "effective": True, "offset": 0, "count": 10},
            "pay/getpayprice": {**card, "quantity": 5},
            "pay/confirm": {**card, "quantity": 5, "order_id": order},
            "pay/recharge": {"coin_count": 100},
            "pay/getorder": {"order_id": order},
            "pay/getorderlist": {"offset": 0, "count": 10},
            "submerchant/submit": {"info": MERCHANT},
            "submerchant/update": {"info": {**MERCHANT, "merchant_id": submitted}},
            "submerchant/get": {"merchant_id": submitted},
            "submerchant/batchget": {"begin_id": 0, "limit": 10, "status": "CHECKING"},
            "location/batchadd": {"location_list": [{"business_name": "总店", "address": "体育西路"}]},
            "location/batchget": {"offset": 0, "count": 1},
            "movieticket/updateuser": {**held["MOVIE_TICKET"], "ticket_class": "4D", "show_time": 1, "duration": 120},
            "meetingticket/updateuser": {**held["MEETING_TICKET"], "zone": "A", "entrance": "B", "seat_number": "1"},
            "boardingpass/checkin": {**held["BOARDING_PASS"], "passenger_name": "乘客", "class": "头等舱", "etkt_bnr": "1"},
            "luckymoney/updateuserbalance": {**held["LUCKY_MONEY"], "balance": 100},
            "generalcard/updateuser": held["GENERAL_CARD"],
            "storewxa/set": {"poi_id": 7, **card},
            "storewxa/get": {"poi_id": 7},
            "mkt/activity/create": package(one.make()),
        }


@pytest.fixture(scope="module")
def everything() -> Any:
    made = Everything()
    yield made
    made.rig.close()


KEYS = {
    "create": "card_id",
    "get": "card",
    "batchget": "card_id_list total_num",
    "update": "send_check",
    "code/deposit": "succ_code duplicate_code fail_code",
    "code/getdepositcount": "count",
    "code/checkcode": "exist_code not_exist_code",
    "code/get": "card openid can_consume user_card_status outer_str",
    "code/consume": "card openid",
    "code/decrypt": "code",
    "user/getcardlist": "card_list has_share_card",
    "qrcode/create": "ticket expire_seconds url show_qrcode_url",
    "landingpage/create": "url page_id",
    "mpnews/gethtml": "content",
    "membercard/updateuser": "result_bonus result_balance openid",
    "membercard/userinfo/get": "openid nickname membership_number bonus balance sex user_info user_card_status has_active",
    "membercard/activate/geturl": "url",
    "membercard/activatetempinfo/get": "info",
    "paygiftcard/add": "rule_id fail_mchid_list succ_mchid_list",
    "paygiftcard/getbyid": "rule_info",
    "paygiftcard/batchget": "total_count rule_list",
    "pay/getpayprice": "order_id price free_coin pay_coin",
    "pay/recharge": "order_id qrcode_url qrcode_buffer",
    "pay/getorder": "order_info",
    "pay/getorderlist": "total_num order_list",
    "submerchant/submit": "info",
    "submerchant/get": "info",
    "submerchant/batchget": "info_list",
    "location/batchadd": "location_id_list",
    "location/batchget": "location_list count",
}
"""What SDKs read from each answer beside errcode and errmsg."""

SENT = [one.path.removeprefix("/card/") for one in ENDPOINTS if one.method == "POST"]


def test_every_endpoint_of_the_table_has_a_good_request_and_answers_it(everything: Everything) -> None:
    """In the order of the table but for what ends a card or a rule; the errors of what comes twice are tested elsewhere."""
    assert sorted(everything.good) == sorted(SENT)
    last = [path for path in SENT if path.endswith(("update", "delete"))]
    for path in [*(path for path in SENT if path not in last), *last]:
        answer = everything.one.ask(path, **everything.good[path])
        assert answer["errcode"] == 0, (path, answer)
        assert set(KEYS.get(path, "").split()) <= set(answer), (path, answer)
    for path, key in (("getcolors", "colors"), ("pay/getcoinsinfo", "total_coin"), ("pay/activate", "reward")):
        assert key in everything.one.see(path)


@given(data=st.data())
@settings(max_examples=12)
def test_no_request_with_one_thing_wrong_breaks_a_card_endpoint(everything: Everything, data: st.DataObject) -> None:
    """Ten endpoints an example; what is refused leaves stock and codes as they were."""
    one, imported = everything.one, everything.one.state.cards[everything.imported]
    for path in data.draw(st.lists(st.sampled_from(SENT), min_size=10, max_size=10)):
        good = everything.good[path]
        way = data.draw(st.sampled_from(list(places(good))))
        raw = json.dumps(replaced(good, way, data.draw(JUNK))).encode()
        before = imported.stock, imported.codes.waiting, len(imported.codes.texts)
        answer = one.rig.said("wechat", "POST", f"/card/{path}", {"access_token": one.token()}, raw)
        assert isinstance(answer["errcode"], int)
        assert not answer["errcode"] or " rid: " in answer["errmsg"]
        after = imported.stock, imported.codes.waiting, len(imported.codes.texts)
        assert not answer["errcode"] or before == after
    assert all(card.stock >= 0 for card in one.state.cards.values())


@pytest.fixture
def one(rig: Rig) -> Counter:
    return Counter(rig)


QR: dict[str, tuple[dict[str, Any], int]] = {
    "no action": ({"action_name": "QR"}, 40053),
    "half a minute": ({"expire_seconds": 59}, 40053),
    "too long": ({"expire_seconds": 1_801}, 40053),
    "a card that is none": ({"action_info": {"card": {"card_id": "p0"}}}, 40073),
    "six cards": ({"action_name": "QR_MULTIPLE_CARD", "action_info": {"multiple_card": {"card_list": [{}] * 6}}}, 45029),
    "no cards": ({"action_name": "QR_MULTIPLE_CARD", "action_info": {"multiple_card": {"card_list": []}}}, 40053),
}


@pytest.mark.parametrize("case", QR)
def test_a_qr_code_is_refused_for_what_is_wrong_with_it(one: Counter, case: str) -> None:
    change, code = QR[case]
    assert (
        one.code("qrcode/create", **{"action_name": "QR_CARD", "action_info": {"card": {"card_id": one.make()}}, **change})
        == code
    )


def test_a_qr_code_leads_one_user_once_to_the_card_that_was_meant_for_him(one: Counter) -> None:
    """M12: a card for chosen customers."""
    card_id = one.make(bind_openid=True, **OWN)
    card = {"card_id": card_id, "code": "V1", "openid": one.fans[1], "is_unique_code": True, "outer_str": "poster"}
    asked = {"action_name": "QR_CARD", "action_info": {"card": card}, "expire_seconds": 60}
    assert one.code("qrcode/create", **{**asked, "action_info": {"card": {**card, "openid": ""}}}) == 40112
    assert one.code("qrcode/create", **{**asked, "action_info": {"card": {**card, "code": ""}}}) == 41013
    ticket = one.ask("qrcode/create", **asked)["ticket"]
    scanned = [one.tell("card_received", ticket=ticket, openid=one.fans[fan])["code"] for fan in (0, 1, 1)]
    assert scanned == ["40003", "V1", "40053"]
    assert one.happened("user_get_card")[-1]["OuterStr"] == "poster"
    late = one.ask("qrcode/create", **{**asked, "action_info": {"card": {**card, "code": "V2"}}})["ticket"]
    one.rig.jump(60_000)
    assert one.tell("card_received", ticket=late, openid=one.fans[1])["code"] == "40053"


def test_a_qr_code_of_several_cards_leads_to_each_of_them_and_to_no_other(one: Counter) -> None:
    first, second, other = one.make(), one.make(), one.make()
    rows = [{"card_id": first, "outer_str": "a"}, {"card_id": second, "outer_str": "b"}]
    info = {"multiple_card": {"card_list": rows}}
    ticket = one.ask("qrcode/create", action_name="QR_MULTIPLE_CARD", action_info=info)["ticket"]
    taken = {"ticket": ticket, "openid": one.fans[0]}
    assert one.tell("card_received", **taken, card_id=other)["code"] == "40053"
    for card_id, channel in ((second, "b"), (first, "a")):
        assert len(one.tell("card_received", **taken, card_id=card_id)["code"]) == 12
        assert (one.happened("user_get_card")[-1]["CardId"], one.happened("user_get_card")[-1]["OuterStr"]) == (
            card_id,
            channel,
        )


def test_one_cell_in_the_middle_of_a_face(one: Counter) -> None:
    card_id = one.make()
    assert one.code("paycell/set", card_id=card_id, is_open=True) == 0
    assert one.code("selfconsumecell/set", card_id=card_id, is_open=True) == 45046
    assert one.code("paycell/set", card_id=card_id, is_open=False) == 0
    assert one.code("selfconsumecell/set", card_id=card_id, is_open=True, need_verify_cod=True) == 0
    assert one.code("paycell/set", card_id=one.make(center_title="买单"), is_open=True) == 45046
    assert one.code("paycell/set", card_id=card_id, is_open="yes") == 40150


def test_a_marked_code_is_marked_for_nobody_else(one: Counter) -> None:
    told = {"card_id": one.make(), "is_mark": True}
    told["code"] = one.take(told["card_id"])
    assert [one.code("code/mark", **told, openid=who) for who in ("a", "b", "a", "")] == [0, 40146, 0, 40003]
    assert one.code("code/mark", **{**told, "is_mark": False}, openid="a") == 0
    assert one.code("code/mark", **told, openid="b") == 0


def test_stock_is_bought_with_points_once(make_rig: Any) -> None:
    one = Counter(make_rig({"wechat": {"setting": {"coins_at_first": {"value": 10}}}}))
    card_id = one.make()
    assert one.code("pay/getpayprice", card_id=card_id, quantity=5) == 43008
    assert [one.see("pay/activate")["reward"] for _ in range(2)] == [True, False]
    asked = one.ask("pay/getpayprice", card_id=card_id, quantity=15)
    assert (asked["price"], asked["free_coin"], asked["pay_coin"]) == (15, 10, 5)
    confirm = {"card_id": card_id, "quantity": 15, "order_id": asked["order_id"]}
    assert one.code("pay/confirm", **confirm) == 72013
    bought = one.ask("pay/recharge", coin_count=5)["order_id"]
    assert [one.tell("coins_recharged", order_id=bought)["code"] for _ in range(2)] == ["0", "72013"]
    assert one.code("pay/confirm", **confirm) == 0
    assert one.see("pay/getcoinsinfo")["total_coin"] == 0
    one.state.shelf.free_coins, one.state.shelf.coins = 10, 5
    assert one.code("pay/confirm", **confirm) == 72013
    assert one.shown(card_id)["sku"]["quantity"] == 115
    assert [event["OrderType"] for event in one.happened("card_pay_order")] == ["ORDER_TYPE_WXPAY", "ORDER_TYPE_REDUCE"]


def test_a_sub_merchant_is_checked_and_then_has_cards(one: Counter) -> None:
    number = one.ask("submerchant/submit", info=MERCHANT)["info"]["merchant_id"]
    for_it = {"sub_merchant_info": {"merchant_id": number}}
    assert (one.make(**for_it), one.make(sub_merchant_info={"merchant_id": 1})) == ("40140", "40139")
    one.rig.jump(3 * DAY)
    told = one.happened("card_merchant_check_result")
    status = one.ask("submerchant/get", merchant_id=number)["info"]["status"]
    assert (len(told), status) == (1, "APPROVED" if told[0]["IsPass"] else "REJECTED")
    assert (len(one.make(**for_it)) == 28) is (status == "APPROVED")
    assert one.code("submerchant/submit", info={**MERCHANT, "secondary_category_id": 199}) == 40150
    assert one.code("submerchant/update", info={**MERCHANT, "merchant_id": 7}) == 40139


def test_a_rule_that_gives_cards_after_payments_has_its_merchants_to_itself(one: Counter) -> None:
    member, cash = one.make("MEMBER_CARD"), one.make()
    base = {"mchid_list": ["10000098"], "begin_time": 1, "end_time": 2_000_000_000}
    rule = {"type": "RULE_TYPE_PAY_MEMBER_CARD", "base_info": base, "member_rule": {"card_id": member, "least_cost": 100}}
    first = one.ask("paygiftcard/add", rule_info=rule)
    again = one.ask("paygiftcard/add", rule_info=rule)
    assert (first["succ_mchid_list"], again["succ_mchid_list"]) == (["10000098"], [])
    failed = again["fail_mchid_list"][0]
    assert (failed["errcode"], failed["occupy_rule_id"]) == (72004, first["rule_id"])
    assert failed["errmsg"] == "mchid is occupied by the other appid"
    assert one.code("paygiftcard/add", rule_info={**rule, "member_rule": {"card_id": cash}}) == 72003
    assert one.code("paygiftcard/add", rule_info={**rule, "member_rule": {"card_id": "p0"}}) == 72001
    assert one.ask("paygiftcard/batchget", type=rule["type"], effective=True)["total_count"] == 1
    assert [one.code("paygiftcard/delete", rule_id=first["rule_id"]) for _ in range(2)] == [0, 40097]
