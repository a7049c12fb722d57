"""What people do with cards: gifts, stores, memberships, special scenes, other accounts' pages; and what the merchant hears of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mocks.wechat.cards import claims
from tests.mocks.card_desk import OWN, Counter
from tests.mocks.rig import DAY, HOUR, Rig


@pytest.fixture
def one(rig: Rig) -> Counter:
    return Counter(rig)


def status(one: Counter, card_id: str, code: str) -> str | int:
    """A code's status, or the errcode."""
    said = one.ask("code/get", card_id=card_id, code=code, check_consume=False)
    return said["errcode"] or said["user_card_status"]


@pytest.mark.parametrize("base", [{}, OWN], ids=["a code of ours", "a code of the merchant's"])
def test_a_gift_is_nobodys_to_use_until_the_friend_takes_it(one: Counter, base: dict[str, Any]) -> None:
    """A29: a transferable card; a code of ours changes with its holder, the merchant's own does not."""
    giver, friend = one.fans[:2]
    card_id = one.make(**base)
    code = one.take(card_id, **({"code": "VIP-1"} if base else {}))
    assert one.tell("card_gifted", card_id=card_id, code=code, friend=friend)["code"] == "0"
    assert status(one, card_id, code) == "GIFTING"
    assert one.code("code/consume", card_id=card_id, code=code) == 40127
    fresh = one.tell("card_accepted", card_id=card_id, code=code, friend=friend)["code"]
    assert (fresh == code) is bool(base)
    assert status(one, card_id, code) == ("NORMAL" if base else 40056)
    told = one.happened("user_get_card")[-1]
    assert (told["openid"], told["FriendUserName"], told["IsGiveByFriend"]) == (friend, giver, 1)
    assert (told["UserCardCode"], told["OldUserCardCode"]) == (fresh, code)
    assert one.ask("user/getcardlist", openid=friend)["card_list"] == [{"code": fresh, "card_id": card_id}]
    assert one.ask("user/getcardlist", openid=giver)["card_list"] == []
    assert one.ask("code/consume", card_id=card_id, code=fresh)["openid"] == friend
    one.rig.jump(2 * DAY)
    assert [gift["IsReturnBack"] for gift in one.happened("user_gifting_card")] == [0]


@pytest.mark.parametrize("returns", ["NORMAL", "GIFT_TIMEOUT"])
def test_a_gift_that_nobody_takes_returns_and_can_be_given_again(make_rig: Callable[..., Rig], returns: str) -> None:
    one = Counter(make_rig({"wechat": {"setting": {"gift_returns_as": {"value": returns}}}}))
    card_id = one.make(max_give_friend_times=2)
    code = one.take(card_id)
    for _ in range(2):
        assert one.tell("card_gifted", card_id=card_id, code=code, chat_room=True)["code"] == "0"
        assert one.tell("card_deleted", card_id=card_id, code=code)["code"] == "40127"
        one.rig.jump(DAY - 1)
        assert status(one, card_id, code) == "GIFTING"
        one.rig.jump(1)
        assert status(one, card_id, code) == returns
    assert [gift["IsReturnBack"] for gift in one.happened("user_gifting_card")] == [0, 1, 0, 1]
    assert one.tell("card_accepted", card_id=card_id, code=code, friend="f")["code"] == "40127"
    assert one.tell("card_gifted", card_id=card_id, code=code)["code"] == "45030"
    assert one.code("code/consume", code=code) == 0


def test_a_gift_that_is_given_on_waits_its_own_day(one: Counter) -> None:
    told = {"card_id": one.make(**OWN), "code": "VIP-1"}
    one.take(told["card_id"], code="VIP-1")
    for friend in one.fans[1:3]:
        one.tell("card_gifted", **told)
        one.rig.jump(DAY // 2)
        assert status(one, *told.values()) == "GIFTING"
        one.tell("card_accepted", **told, friend=friend)
    one.tell("card_gifted", **told)
    one.rig.jump(DAY // 2)
    assert status(one, *told.values()) == "GIFTING"


def test_a_card_that_cannot_be_given_stays_where_it_is(one: Counter) -> None:
    card_id = one.make(can_give_friend=False)
    code = one.take(card_id)
    assert one.tell("card_gifted", card_id=card_id, code=code)["code"] == "45030"
    assert status(one, card_id, code) == "NORMAL"


FINAL = {"card_deleted": "DELETE", "code/unavailable": "UNAVAILABLE", "code/consume": "CONSUMED"}


@pytest.mark.parametrize("how", FINAL)
def test_what_is_thrown_away_worthless_or_used_stays_so(one: Counter, how: str) -> None:
    card_id = one.make()
    told = {"card_id": card_id, "code": one.take(card_id)}
    done = one.ask(how, **told)["errcode"] if "/" in how else int(one.tell(how, **told)["code"])
    assert (done, status(one, *told.values())) == (0, FINAL[how])
    again = 40099 if how == "code/consume" else 40127
    assert [one.code(f"code/{what}", **told) for what in ("consume", "unavailable", "get")] == [again] * 3
    assert one.code("code/update", **told, new_code="N1") == again
    assert {one.tell(f"card_{what}", **told)["code"] for what in ("gifted", "deleted", "refunded")} == {str(again)}
    events = {"card_deleted": "user_del_card", "code/consume": "user_consume_card"}
    assert [bool(one.happened(name)) for name in events.values()] == [name == events.get(how) for name in events.values()]


def test_a_code_is_exchanged_for_another_and_the_old_one_is_no_code(one: Counter) -> None:
    card_id = one.make(**OWN)
    assert one.take(card_id, code="OLD", outer_str="shop window") == "OLD"
    assert one.code("code/update", card_id=card_id, code="OLD", new_code="OLD") == 40111
    assert one.code("code/update", card_id=card_id, code="OLD", new_code="") == 40116
    assert one.code("code/update", card_id=card_id, code="OLD", new_code="NEW") == 0
    assert one.take(card_id, 1, code=one.state.cards[card_id].prefix + "00000001") != "40111"
    assert one.code("code/consume", code=one.state.cards[card_id].prefix + "00000001") == 40056  # not without its card
    assert (status(one, card_id, "OLD"), status(one, card_id, "NEW")) == (40056, "NORMAL")
    shown = one.ask("code/get", card_id=card_id, code="NEW")
    assert (shown["openid"], shown["outer_str"], shown["can_consume"]) == (one.fans[0], "shop window", True)
    ours = one.make()
    code = one.take(ours)
    assert one.code("code/update", code=code, new_code="SHORT") == 0
    assert one.code("code/consume", code="SHORT") == 0
    assert one.take(card_id, code="NEW") == "40111"


def test_a_code_that_a_phone_encrypts_is_read_by_its_account_alone(one: Counter) -> None:
    taken = one.tell("card_received", card_id=one.make(), openid=one.fans[0], encrypted=True)
    assert one.ask("code/decrypt", encrypt_code=taken["encrypt_code"])["code"] == taken["code"]
    other = one.rig.world.open_account("other")
    foreign = one.rig.wechat("/card/code/decrypt", one.rig.wechat_token(other), {"encrypt_code": taken["encrypt_code"]})
    assert foreign["errcode"] == one.code("code/decrypt", encrypt_code="!" + taken["encrypt_code"]) == 40075


def test_a_store_redeems_what_its_permission_and_the_cards_stores_cover(one: Counter) -> None:
    """A12, A29: a multi-store card. A25: the place is kept for ninety days, as GeoJSON."""
    card_id = one.make(location_id_list=[11, "12"])
    one.tell("card_staff", openid="clerk", location_ids=[12, 13])
    told = {"card_id": card_id, "code": one.take(card_id)}
    for said, code in (
        ({"location_id": 13}, "40072"),
        ({"location_id": 11, "staff": "clerk"}, "48001"),
        ({"location_id": 12, "staff": "stranger"}, "48001"),
        ({"location_id": 12, "staff": "clerk", "source": "FROM_SPACE"}, "40097"),
        ({"location_id": 12, "staff": "clerk", "longitude": 113.26, "latitude": 23.13}, "0"),
        ({"location_id": 12, "staff": "clerk"}, "40099"),
    ):
        assert one.tell("card_redeemed", **told, **said)["code"] == code
    noted = one.happened("user_consume_card")
    assert [(event["ConsumeSource"], event["LocationName"], event["StaffOpenId"]) for event in noted] == [
        ("FROM_MOBILE_HELPER", "12", "clerk")
    ]
    places = one.rig.admin("GET", "/cards/places")["features"]
    assert [place["geometry"] for place in places] == [{"type": "Point", "coordinates": [113.26, 23.13]}]
    log = one.rig.admin("GET", "/cards/claims", card_id=card_id, count=1)
    assert (log["claims"][0]["code"], log["next"], log["total"]) == (told["code"], 1, 1)
    assert one.rig.admin("GET", "/cards/claims", card_id="p0")["status"] == 404
    for later, kept in ((90 * DAY - 1, 1), (1, 0)):
        one.rig.jump(later)
        assert len(claims.places(one.rig.world, one.state)["features"]) == kept


def test_a_tiered_card_takes_off_what_the_price_has_earned(one: Counter) -> None:
    """A29."""
    steps = [{"least_cost": 10_000, "reduce_cost": 1_000}, {"least_cost": 20_000, "reduce_cost": 3_000}]
    card_id = one.make(part={"advanced_info": {"tiers": steps}})
    for fee, off in ((9_999, None), (10_000, 1_000), (20_000, 3_000)):
        answer = one.tell("card_redeemed", card_id=card_id, code=one.take(card_id), fee=fee)
        assert (answer["code"], answer.get("reduce_cost")) == ("0" if off else "40147", off)
    assert one.make(part={"advanced_info": {"tiers": [{"least_cost": 5, "reduce_cost": 5}]}}) == "40150"


def test_special_scenes_have_their_own_rules(one: Counter) -> None:
    """A28: presale is not given back; what crosses the border names its filing; a virtual service is redeemed as it is taken."""
    plain, presale, live = one.make(), one.make(part=scene("PRESALE")), one.make(part=scene("LIVE"))
    for card_id, code, left in ((plain, "0", 100), (presale, "45030", 99)):
        assert one.tell("card_refunded", card_id=card_id, code=one.take(card_id))["code"] == code
        assert one.shown(card_id)["sku"]["quantity"] == left
    assert one.make(part=scene("CROSS_BORDER")) == "40150"
    assert len(one.make(part=scene("CROSS_BORDER", customs_filing_code="4401A12345"))) == 28
    assert one.make(part=scene("MOON")) == "40150"
    assert status(one, live, one.take(live)) == "CONSUMED"


def scene(name: str, **more: str) -> dict[str, Any]:
    """A card's part with a special scene."""
    return {"advanced_info": {"scenes": [name], **more}}


def test_times_of_the_week_and_a_use_for_each_user_limit_a_code(one: Counter) -> None:
    limits = [{"type": "MONDAY", "begin_hour": 11, "end_hour": 12, "end_minute": 30}, {"type": "HOLIDAY"}]
    card_id = one.make(part={"advanced_info": {"time_limit": limits}}, use_limit=1)
    codes = [one.take(card_id) for _ in range(2)]
    assert one.code("code/consume", code=codes[0]) == 40147  # Monday, 10:00
    one.rig.jump(2 * HOUR + HOUR // 2)
    assert one.code("code/consume", code=codes[0]) == 40147
    one.rig.jump(5 * DAY)
    assert [one.code("code/consume", code=code) for code in codes] == [0, 72020]
    assert one.make(use_limit=0) == "72020"


def test_the_merchant_hears_of_a_look_only_when_the_card_says_so(one: Counter) -> None:
    for wanted in (True, False):
        card_id = one.make(need_push_on_view=wanted)
        one.tell("card_viewed", card_id=card_id, code=one.take(card_id, outer_str="menu"))
    assert [(event["openid"], event["OuterStr"]) for event in one.happened("user_view_card")] == [(one.fans[0], "menu")]
    one.tell("card_session", card_id=card_id, code=one.take(card_id))
    assert len(one.happened("user_enter_session_from_card")) == 1


def test_a_claim_from_another_accounts_page_wants_the_two_linked(one: Counter) -> None:
    """A33."""
    card_id = one.make()
    assert one.take(card_id, from_appid="wx-other") == "48001"
    one.tell("linked", appids=["wx-other"])
    assert len(one.take(card_id, from_appid="wx-other")) == 12
    assert one.happened("user_get_card")[-1]["UnionId"].startswith("o6_")


def member(one: Counter) -> dict[str, str]:
    """A member card's code that somebody holds."""
    card_id = one.make("MEMBER_CARD")
    return {"card_id": card_id, "code": one.take(card_id)}


def test_a_member_is_made_and_has_points_and_balance_that_never_fall_below_zero(one: Counter) -> None:
    told = member(one)
    assert one.code("membercard/activate", **told, membership_number="", init_bonus=1) == 41011
    assert one.code("membercard/activate", **told, membership_number="A1", init_bonus=-1) == 45022
    assert one.code("membercard/activate", **told, membership_number="A1", init_bonus=100, init_balance=5_000) == 0
    assert one.code("membercard/updateuser", **told, add_bonus=-101) == 45022
    assert one.code("membercard/updateuser", **told, balance=10**9 + 1) == 45023
    answer = one.ask("membercard/updateuser", **told, add_bonus=-30, balance=200, custom_field_value1="金卡")
    assert (answer["result_bonus"], answer["result_balance"], answer["openid"]) == (70, 200, one.fans[0])
    moved = one.happened("update_member_card")[-1]
    assert (moved["ModifyBonus"], moved["ModifyBalance"]) == (-30, -4_800)
    info = one.ask("membercard/userinfo/get", **told)
    shown = {name: info[name] for name in ("membership_number", "bonus", "balance", "has_active", "custom_field_value1")}
    assert shown == {
        "membership_number": "A1",
        "bonus": 70,
        "balance": 200,
        "has_active": True,
        "custom_field_value1": "金卡",
    }
    told_too = one.ask("code/get", **told)
    assert (told_too["membership_number"], told_too["bonus"], told_too["can_consume"]) == ("A1", 70, True)
    cash = one.make()
    assert one.code("membercard/activate", card_id=cash, code=one.take(cash), membership_number="A1") == 72003


def test_what_a_member_fills_in_is_read_by_ticket_and_shown_while_he_is_subscribed(one: Counter) -> None:
    """M18."""
    told = member(one)
    form = {"required_form": {"common_field_id_list": ["USER_FORM_INFO_FLAG_MOBILE"], "custom_field_list": ["喜好"]}}
    assert one.code("membercard/activateuserform/set", card_id=told["card_id"], **form) == 0
    bad = {"required_form": {"common_field_id_list": ["USER_FORM_INFO_FLAG_SHOE_SIZE"]}}
    assert one.code("membercard/activateuserform/set", card_id=told["card_id"], **bad) == 40150
    assert "activatemembercard" in one.ask("membercard/activate/geturl", card_id=told["card_id"], outer_str="x&y")["url"]
    fields = {"USER_FORM_INFO_FLAG_MOBILE": "13800000000", "喜好": "钢琴"}
    ticket = one.tell("member_submitted", **told, fields=fields)["activate_ticket"]
    common = [{"name": "USER_FORM_INFO_FLAG_MOBILE", "value": "13800000000"}]
    assert one.ask("membercard/activatetempinfo/get", activate_ticket=ticket)["info"]["common_field_list"] == common
    assert one.code("membercard/activatetempinfo/get", activate_ticket="x") == 72011
    assert len(one.happened("submit_membercard_user_info")) == 1
    for subscribed, shown in ((False, []), (True, common)):
        one.tell("subscription", openid=one.fans[0], subscribed=subscribed)
        assert one.ask("membercard/userinfo/get", **told)["user_info"]["common_field_list"] == shown
    one.rig.jump(2 * HOUR)
    assert one.code("membercard/activatetempinfo/get", activate_ticket=ticket) == 72012


def test_three_purchases_lift_a_member_to_silver(one: Counter) -> None:
    """A33."""
    told = member(one)
    levels = [one.tell("member_purchased", **told, fee=1_000)["level"] for _ in range(4)]
    assert levels == ["", "", "银卡会员", "银卡会员"]
    assert [event["Fee"] for event in one.happened("user_pay_from_pay_cell")] == [1_000] * 4
    assert one.ask("membercard/userinfo/get", **told)["custom_field_value1"] == "银卡会员"
    assert len(one.happened("update_member_card")) == 1
