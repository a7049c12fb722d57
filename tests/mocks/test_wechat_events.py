"""An official account's events: the address is asked first, then they come in three modes, signed, three times at most."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from wechatpy.crypto import WeChatCrypto
from wechatpy.exceptions import InvalidAppIdException, InvalidSignatureException

from mocks import bizmsg
from mocks.wechat.happenings import EVENTS, happened
from tests.mocks.rig import DAY, HOUR, MINUTE, Rig
from tests.mocks.wechat_ear import Ear, hearing


@pytest.fixture
def rig(fresh: Rig) -> Rig:
    """An account of one's own."""
    return fresh


@pytest.fixture
def ear(rig: Rig) -> Iterator[Ear]:
    """A merchant's server."""
    with hearing(rig) as one:
        yield one


def took(rig: Rig, event: str = "user_get_card", **fields: Any) -> str:
    """Something happens to a card; by whom."""
    openid = rig.main.wechat.followers[0]
    happened(rig.world, rig.main.wechat, event, openid, **({"CardId": "p1", "UserCardCode": "c1"} | fields))
    rig.jump(0)
    return openid


def tries(rig: Rig) -> list[tuple[int, str, bool]]:
    """Attempt, answer and success of every delivery."""
    return [(one["attempt"], one["code"], one["ok"]) for one in rig.events("delivery", rig.account)]


@pytest.mark.parametrize(
    ("token", "timestamp", "nonce", "signature"),
    [
        ("AAAAA", "1714036504", "1514711492", "f464b24fc39322e44b38aa78f5edd27bd1441696"),
        ("AAAAA", "1714037059", "486452656", "899cf89e464efb63f54ddac96b0a0a235f53aa78"),
    ],
)
def test_the_vendors_own_signatures_come_out(token: str, timestamp: str, nonce: str, signature: str) -> None:
    assert bizmsg.signature(token, timestamp, nonce, "") == signature


def test_the_reference_ciphertext_comes_out() -> None:
    key, message = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", b"<xml><a>1</a></xml>"
    secrets = bizmsg.crypt("AAAAA", key, "wxba5fad812f8e6fb9")
    assert isinstance(secrets, bizmsg.Crypt)
    sealed = bizmsg.encrypt(secrets, b"0123456789abcdef", message)
    assert sealed == "Q3stYC6hdFzMh9T8HCvyDAuKynFZx72zvSsMzinYKQ+Dgf85WbxIhzD38KhvSLqWbySs1er6vlDXpi5065/LFA=="
    assert bizmsg.signature("AAAAA", "1714112445", "415670741", sealed) == "dbe0c4f2cf2278b1e3c52664e14f32484d5e2cec"


def test_an_address_is_saved_when_it_returns_the_echo_and_nothing_else(rig: Rig, ear: Ear) -> None:
    ear.echo, before = b'"1"', (rig.main.wechat.callback_token, rig.main.wechat.aes_key)
    refused = ear.listen(token="anothertoken", encoding_aes_key="k" * 42 + "A")
    assert (refused["ok"], refused["body"], rig.main.wechat.callback_url) == (False, '"1"', "")
    assert (rig.main.wechat.callback_token, rig.main.wechat.aes_key) == before
    ear.echo = b""
    assert ear.listen(token="anothertoken")["ok"]
    assert rig.main.wechat.callback_token == "anothertoken"
    assert ear.listen(encoding_aes_key="!" * 43)["status"] == 400


def test_an_event_comes_as_it_is_in_plain_mode(rig: Rig, ear: Ear) -> None:
    ear.listen("plain")
    openid = took(rig, IsGiveByFriend=0, OuterStr="门店")
    message = ear.plain()
    assert (message.source, message.target, message.event) == (openid, rig.main.wechat.original_id, "user_get_card")
    assert (message.card_id, message.code, message.is_given_by_friend) == ("p1", "c1", 0)
    assert (ear.asked[0]["openid"], "encrypt_type" in ear.asked[0], ear.asked[0]["shop"]) == (openid, False, "1")
    assert b"<IsGiveByFriend>0</IsGiveByFriend>" in ear.bodies[0]
    assert "<OuterStr><![CDATA[门店]]></OuterStr>".encode() in ear.bodies[0]


def test_in_safe_mode_it_is_sealed_alone_and_in_compatible_mode_beside(rig: Rig, ear: Ear) -> None:
    ear.listen("safe")
    openid = took(rig)
    assert (ear.opened().source, ear.opened().card_id, ear.asked[0]["encrypt_type"]) == (openid, "p1", "aes")
    assert b"UserCardCode" not in ear.bodies[0]
    ear.listen("compatible")
    took(rig, "user_del_card")
    assert (ear.plain().event, ear.opened().event) == ("user_del_card", "user_del_card")


UNKNOWN = {
    "card_merchant_check_result",
    "giftcard_pay_done",
    "giftcard_send_to_friend",
    "giftcard_user_accept",
    "cloud_invoice_invoiceresult_event",
}
"""Newer than the SDK."""


def test_every_card_event_can_be_seen_and_is_known_to_the_sdk(rig: Rig, ear: Ear) -> None:
    ear.listen("safe")
    for event in sorted(EVENTS):
        fields = {"CardId": "p1", "PageId": "a=", "Fee": 100}
        assert rig.tell("wechat.happens", event=event, openid="o1", fields=fields)["code"] == "0"
        rig.jump(0)
        read = ear.opened()
        assert (read._data["Event"], read._data["CardId"], read._data["Fee"]) == (event, "p1", "100")
        assert (type(read).__name__ == "UnknownMessage") is (event in UNKNOWN), event
    for bad in (
        {"event": "rain"},
        {"event": []},
        {"event": event, "fields": {"at": 1}},
        {"event": event, "fields": {"A": []}},
    ):
        assert rig.tell("wechat.happens", **bad)["code"] == "40097"


def test_the_accounts_own_events_come_from_the_account(rig: Rig, ear: Ear) -> None:
    ear.listen("plain")
    happened(rig.world, rig.main.wechat, "card_pass_check", CardId="p1")
    rig.jump(0)
    assert ear.plain().source == rig.main.wechat.original_id


REPLY = "<xml><ToUserName>a</ToUserName><FromUserName>b</FromUserName><CreateTime>1</CreateTime><MsgType>text</MsgType><Content>c</Content></xml>"


@pytest.mark.parametrize(
    ("answer", "taken"),
    [
        ((200, b""), True),
        ((200, b"success"), True),
        ((200, REPLY.encode()), True),
        ((200, b"ok"), False),
        ((200, b"<xml><a>1</a></xml>"), False),
        ((200, b'<!DOCTYPE x [<!ENTITY a "b">]><xml>&a;</xml>'), False),
        ((204, b""), False),
        ((500, b"success"), False),
    ],
)
def test_an_empty_answer_success_or_a_reply_confirms_and_nothing_else(
    rig: Rig, ear: Ear, answer: tuple[int, bytes], *, taken: bool
) -> None:
    ear.listen("plain")
    ear.answers = [answer] * 3
    took(rig)
    rig.jump(DAY)
    assert [ok for _, _, ok in tries(rig)] == ([True] if taken else [False] * 3)


def test_a_sealed_reply_of_the_sdk_confirms(rig: Rig, ear: Ear) -> None:
    ear.listen("safe")
    state = rig.main.wechat
    crypto = WeChatCrypto(state.callback_token, state.aes_key, state.appid)
    ear.answers = [(200, crypto.encrypt_message(REPLY, "123", "1714112445").encode())]
    took(rig)
    assert tries(rig) == [(1, "200", True)]


def test_whoever_has_no_address_is_sent_nothing(rig: Rig) -> None:
    took(rig)
    assert rig.server.sender.depth() == 0


def test_a_wrong_event_is_refused_by_the_sdk_and_the_next_attempt_is_not(rig: Rig, ear: Ear) -> None:
    """V12: whatever a merchant must notice, an unmodified SDK notices."""
    ear.listen("safe")
    ear.answers = [(500, b""), (200, b"")] * 3
    problems = {"tampered_body": InvalidSignatureException, "wrong_key": InvalidSignatureException}
    for fault, problem in (problems | {"wrong_serial": InvalidAppIdException}).items():
        assert rig.admin("POST", "/faults", {"account": rig.account, "platform": "wechat", "faults": [fault]})["ok"]
        took(rig)
        with pytest.raises(problem):
            ear.opened(-2)
        assert ear.opened().event == "user_get_card"


def test_a_key_changed_between_attempts_opens_the_second_alone(rig: Rig, ear: Ear) -> None:
    ear.listen("safe")
    old, ear.answers = rig.main.wechat.aes_key, [(500, b""), (200, b"")]
    rig.tell("wechat.push_faults", faults=["", "rotated_key"])
    took(rig)
    assert rig.main.wechat.aes_key != old
    assert ear.opened(0, old).event == ear.opened(1).event == "user_get_card"


def test_time_and_nonce_may_be_stale_or_those_of_the_event_before(rig: Rig, ear: Ear) -> None:
    ear.listen("safe")
    rig.tell("wechat.push_faults", faults=["", "replayed_nonce", "stale_timestamp", "late"])
    for _ in range(4):
        took(rig)
    first, second, third = ear.asked
    assert [first[name] == second[name] for name in ("timestamp", "nonce")] == [True, True]
    assert int(third["timestamp"]) == rig.clock() // 1000 - HOUR // 1000
    assert all(ear.opened(place).event for place in range(3))
    rig.jump(10 * MINUTE)
    assert len(ear.asked) == 4
