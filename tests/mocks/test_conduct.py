"""Penalties on the wire: what a banned merchant's client sees, when it ends, and what lifts it (K11-K13, M17, A16-A22)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.mocks.rig import Rig

DAY = 86_400_000


def offend(rig: Rig, ladder: str, **more: Any) -> list[dict[str, Any]]:
    """An offence told to the control plane; what it led to."""
    fact = {"kind": "offence", "about": ladder, "platform": "wechat", **more}
    return rig.admin("POST", "/signals", fact)["sanctions"]


def deposit(rig: Rig, card_id: str) -> int:
    body = {"card_id": card_id, "increase_stock_value": 1}
    return rig.wechat("/card/modifystock", rig.wechat_token(), body)["errcode"]


def test_a_hijackers_interface_is_disabled_and_his_entity_is_blacklisted(rig: Rig) -> None:
    """A21: the client sees 48004 on every call about cards, for good the second time; appeals never succeed."""
    card_id = rig.new_card()
    assert deposit(rig, card_id) == 0
    assert [one["effect"] for one in offend(rig, "hijack")] == ["api_disabled", "api_disabled"]
    said = rig.wechat("/card/get", rig.wechat_token(), {"card_id": card_id})
    assert (said["errcode"], said["errmsg"][:36]) == (48004, "api forbidden for irregularities, vi")
    assert [one["until"] for one in offend(rig, "hijack")] == [None, None]
    appeal = {"kind": "appeal", "about": "hijack", "platform": "wechat", "draw": 0}
    assert rig.admin("POST", "/signals", appeal)["sanctions"][0]["effect"] == "appeal_lost"
    assert deposit(rig, card_id) == 48004


def test_the_reason_stands_behind_the_rid(rig: Rig) -> None:
    card_id = rig.new_card()
    offend(rig, "hijack")
    said = rig.wechat("/card/get", rig.wechat_token(), {"card_id": card_id})
    found = rig.admin("GET", "/explain", rid=said["errmsg"].rpartition("rid: ")[2])
    assert found["rule"]["id"] == "wechat.hijack.api"
    assert found["rule"]["facts"] == ["A21"]


def test_cashing_out_freezes_funds_at_the_platform_that_holds_them(rig: Rig) -> None:
    """A20: the first offence freezes funds, at WeChat Pay; the second bans the account everywhere."""
    first = offend(rig, "cash_out")
    assert [(one["rule"], one["effect"]) for one in first] == [
        ("wechat.cash_out", "funds_frozen"),
        ("wechat_pay.cash_out", "funds_frozen"),
    ]
    card_id = rig.new_card()
    assert deposit(rig, card_id) == 0
    offend(rig, "cash_out")
    assert deposit(rig, card_id) != 0


def test_a_card_that_advertises_falsely_is_taken_down(rig: Rig) -> None:
    """A19: the first time the card goes, the second time the function, for 30 days."""
    card_id = rig.new_card()
    offend(rig, "false_advertising", card_id=card_id)
    taken = rig.admin("POST", "/cards/receive", {"card_id": card_id, "openid": rig.main.wechat.followers[0]})
    assert taken["code"] == "40078"
    assert offend(rig, "false_advertising", card_id="unknown")[0]["effect"] == "function_banned"
    assert deposit(rig, card_id) == 48001
    rig.jump(30 * DAY)
    assert deposit(rig, card_id) == 0


def appeal(rig: Rig, draw: int = 0) -> list[str]:
    """How an appeal against false advertising ends."""
    said = rig.admin(
        "POST", "/signals", {"kind": "appeal", "about": "false_advertising", "platform": "wechat", "draw": draw}
    )
    return [one["effect"] for one in said["sanctions"]]


def status(rig: Rig, card_id: str) -> str:
    return rig.main.wechat.cards[card_id].status


@pytest.mark.parametrize("before", ["CARD_STATUS_VERIFY_OK", "CARD_STATUS_DISPATCH", "CARD_STATUS_NOT_VERIFY"])
def test_a_won_appeal_puts_the_card_back_to_what_it_was(rig: Rig, before: str) -> None:
    """A19: 12 in a hundred succeed: the draw decides."""
    card_id = rig.new_card()
    rig.main.wechat.cards[card_id].status = before
    offend(rig, "false_advertising", card_id=card_id)
    assert (status(rig, card_id), appeal(rig, 1_199)) == ("CARD_STATUS_VERIFY_FAIL", ["appeal_won"])
    assert status(rig, card_id) == before
    rig.jump(3 * DAY)
    assert (status(rig, card_id) == before) is (before != "CARD_STATUS_NOT_VERIFY")  # in review it does not stay for ever


def test_a_lost_appeal_restores_nothing_and_a_won_one_only_what_the_last_offence_took(rig: Rig) -> None:
    """A19."""
    first, second = rig.new_card(), rig.new_card()
    offend(rig, "false_advertising", card_id=first)
    assert (appeal(rig, 1_200), status(rig, first)) == (["appeal_lost"], "CARD_STATUS_VERIFY_FAIL")
    offend(rig, "false_advertising", card_id=second)
    assert rig.wechat("/card/delete", rig.wechat_token(), {"card_id": second})["errcode"] == 0
    assert appeal(rig) == ["appeal_won"]
    assert (status(rig, first), status(rig, second)) == ("CARD_STATUS_VERIFY_FAIL", "CARD_STATUS_DELETE")


def test_restored_after_rectification(rig: Rig) -> None:
    """K12: seven days, or until an application after rectification."""
    card_id = rig.new_card()
    assert offend(rig, "merchant_tiers", rung=2)[0]["effect"] == "suspended"
    assert deposit(rig, card_id) == 48001
    for kind, effect in (("restore", "not_restored"), ("rectified", "rectified"), ("restore", "restored")):
        said = rig.admin("POST", "/signals", {"kind": kind, "about": "merchant_tiers", "platform": "wechat"})
        assert said["sanctions"][0]["effect"] == effect
    assert deposit(rig, card_id) == 0


def test_twenty_complaints_in_a_day_ban(rig: Rig) -> None:
    """M17."""
    card_id = rig.new_card()
    complaint = {"kind": "complaint", "platform": "wechat"}
    said = [rig.admin("POST", "/signals", complaint)["sanctions"] for _ in range(20)]
    assert [[one["effect"] for one in sanctions] for sanctions in said] == [[]] * 19 + [["banned"]]
    assert deposit(rig, card_id) == 48004


def test_too_many_abnormal_redemptions_are_looked_into(rig: Rig) -> None:
    """A22: redeeming again what is redeemed already counts; above 5 % of the day's, from 20 on."""
    card_id = rig.new_card(sku={"quantity": 50}, get_limit=50)
    openid, token = rig.main.wechat.followers[0], rig.wechat_token()
    codes = [rig.admin("POST", "/cards/receive", {"card_id": card_id, "openid": openid})["code"] for _ in range(19)]
    for code in codes:
        assert rig.wechat("/card/code/consume", token, {"code": code})["errcode"] == 0
    for _ in range(2):
        assert rig.wechat("/card/code/consume", token, {"code": codes[0]})["errcode"] == 40099
    found = rig.events("sanction")
    assert [(event["rule"], event["effect"]) for event in found] == [("wechat.abnormal_redemptions", "manual_review")]


ACTOR = {"user": "u1", "device": "d1", "ip": "10.0.0.1", "age_ms": "5", "registered_s": "9999999", "campaign": "c"}


def act(rig: Rig, **actor: str) -> dict[str, Any]:
    return rig.admin("POST", "/acts", {"action": "wechat.user.claim", "actor": {**ACTOR, **actor}})


def test_a_person_acts_and_risk_control_judges(rig: Rig) -> None:
    """A16: a request signed once is good once."""
    assert act(rig, nonce="n1") == {"status": 200, "allowed": True, "code": ""}
    again = act(rig, nonce="n1")
    assert not again["allowed"]
    assert "wechat.replayed" in again["rules"]


def test_who_is_on_the_black_list_is_refused_from_then_on(rig: Rig) -> None:
    """A18."""
    black = {"kind": "list", "platform": "wechat", "colour": "black", "of": "device", "value": "d1", "ttl_ms": DAY}
    assert rig.admin("POST", "/signals", black)["sanctions"][0]["effect"] == "black"
    assert not act(rig, nonce="n1")["allowed"]
    assert act(rig, nonce="n1", device="d2", user="u2", ip="10.0.0.2")["allowed"]


@pytest.mark.parametrize("body", [{"action": "wechat.user.fly"}, {"action": "wechat.card.issue"}, {}])
def test_an_act_that_is_none_is_refused_with_a_sentence(rig: Rig, body: dict[str, Any]) -> None:
    assert rig.admin("POST", "/acts", body)["status"] == 400
