"""A merchant's pages on a user's phone: what was signed with wechatpy, or in a published vector, holds; nothing else does. Fact A07."""

from __future__ import annotations

import hashlib
import json
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from wechatpy import WeChatClient

from mocks.wechat import jssdk
from sandbox.clock import real_now
from tests.mocks.pay_rig import led
from tests.mocks.rig import HOUR, Rig

URL = "https://shop.test/cards?from=menu"


def test_the_published_signatures_come_out() -> None:
    ticket = "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg"
    page = ("Wm3WZYTPz0wzccnW", "1414587457", "http://mp.weixin.qq.com?params=value")
    assert jssdk.config_signature(ticket, *page) == "0f9de62fce790f9a083d5c99e95740ceb90c27ed"
    values = ["1434008071", "1404896688", "pjZ8Yt1XGILfi-FUsewpnnolGgZk", "ojZ8YtyVyr30HheH3CM73y7h4jJE", "123"]
    assert jssdk.values_signature(values) == "f137ab68b7f8112d20ee528ab6074564e2796250"


@pytest.fixture
def rig(fresh: Rig) -> Rig:
    """An account of one's own."""
    return fresh


def client_of(rig: Rig) -> WeChatClient:
    """The SDK, unmodified."""
    return WeChatClient(rig.main.wechat.appid, rig.main.wechat.secret)


def page(rig: Rig, **changes: Any) -> dict[str, Any]:
    """What a page that wechatpy has signed gives to `wx.config`."""
    said = {"noncestr": "Wm3WZYTPz0wzccnW", "timestamp": real_now() // 1000, "url": URL}
    with led(rig):
        client = client_of(rig)
        said["signature"] = client.jsapi.get_jsapi_signature(ticket=client.jsapi.get_jsapi_ticket(), **said)
    return {**said, **changes}


def opened(rig: Rig, said: dict[str, Any]) -> str:
    """What the phone makes of it."""
    return str(rig.admin("POST", "/jssdk/check", {"account": rig.account, **said})["errMsg"])


def test_a_page_that_the_sdk_has_signed_opens_and_a_changed_one_does_not(rig: Rig) -> None:
    """A07: times must be in step."""
    said = page(rig)
    assert opened(rig, said) == "config:ok"
    assert opened(rig, {**said, "url": URL + "#top"}) == "config:ok"
    assert opened(rig, {**said, "url": URL + "&x=1"}) == "config:invalid signature"
    assert opened(rig, {**said, "url": "file:///cards"}) == "config:invalid url domain"
    assert opened(rig, {**said, "timestamp": said["timestamp"] - 301}) == "config:invalid timestamp"
    rig.jump(2 * HOUR)
    assert opened(rig, said) == "config:invalid signature"


def ext(rig: Rig, card_id: str, **fields: str) -> str:
    """A cardExt as the vendor's page says to make it: the values, sorted, joined, SHA-1."""
    with led(rig):
        ticket = client_of(rig).jsapi.get_jsapi_card_ticket()
    said = {"timestamp": str(real_now() // 1000), "nonce_str": "n1", **fields}
    signed = sorted(
        [ticket, card_id, *(said[name] for name in ("timestamp", "nonce_str", "code", "openid") if name in said)]
    )
    return json.dumps({**said, "signature": hashlib.sha1("".join(signed).encode(), usedforsecurity=False).hexdigest()})


def added(rig: Rig, card_id: str, text: str, openid: str = "") -> dict[str, Any]:
    """What the phone answers to `wx.addCard` of one card."""
    asked = {
        "account": rig.account,
        "openid": openid or rig.main.wechat.followers[0],
        "cardList": [{"cardId": card_id, "cardExt": text}],
    }
    return rig.admin("POST", "/cards/add", asked)


def test_a_card_that_a_page_adds_is_taken_and_its_code_can_be_read(rig: Rig) -> None:
    card_id = rig.new_card()
    said = added(rig, card_id, ext(rig, card_id, outer_str="poster"))
    (taken,) = said["cardList"]
    assert (said["errMsg"], taken["cardId"], taken["isSuccess"]) == ("addCard:ok", card_id, True)
    with led(rig):
        code = client_of(rig).card.decrypt_code(taken["code"])
        holder = client_of(rig).card.get_code(code, card_id)
    assert (holder["openid"], holder["outer_str"]) == (rig.main.wechat.followers[0], "poster")


def test_a_card_is_not_added_twice_nor_by_another_nor_when_something_was_changed(rig: Rig) -> None:
    card_id, fans = rig.new_card(), rig.main.wechat.followers
    text = ext(rig, card_id, openid=fans[1])
    assert added(rig, card_id, text)["errMsg"] == "addCard:fail, the card is for another user"
    assert added(rig, card_id, text, fans[1])["errMsg"] == "addCard:ok"
    assert added(rig, card_id, text, fans[1])["errMsg"] == "addCard:fail, the signature was used before"
    changed = json.dumps({**json.loads(text), "code": "12"})
    assert added(rig, card_id, changed, fans[1])["errMsg"] == "addCard:fail, invalid signature"
    old = ext(rig, card_id, timestamp=str(real_now() // 1000 - 301))
    assert added(rig, card_id, old)["errMsg"] == "addCard:fail, invalid timestamp"
    assert added(rig, card_id, "{")["errMsg"] == "addCard:fail, invalid cardExt"
    assert added(rig, "p0", ext(rig, "p0"))["errMsg"] == "addCard:fail, 40073"
    assert added(rig, card_id, ext(rig, card_id, timestamp="中"))["errMsg"] == "addCard:fail, invalid timestamp"
    assert rig.main.wechat.cards[card_id].stock == 99


def test_a_user_chooses_of_his_cards_when_the_sdk_has_signed(rig: Rig) -> None:
    card_id, fan = rig.new_card(), rig.main.wechat.followers[0]
    code = rig.tell("wechat.card_received", card_id=card_id, openid=fan)["code"]
    with led(rig):
        client = client_of(rig)
        said = client.jsapi.get_jsapi_card_params(client.jsapi.get_jsapi_card_ticket(), "CASH")
    asked = {
        "account": rig.account,
        "openid": fan,
        "cardType": "CASH",
        "timestamp": said["timestamp"],
        "nonceStr": said["noncestr"],
    }
    found = rig.admin("POST", "/cards/choose", {**asked, "cardSign": said["sign"]})
    (chosen,) = json.loads(found["cardList"])
    assert (found["errMsg"], chosen["card_id"]) == ("chooseCard:ok", card_id)
    with led(rig):
        assert client.card.decrypt_code(chosen["encrypt_code"]) == code
    wrong = rig.admin("POST", "/cards/choose", {**asked, "cardId": card_id, "cardSign": said["sign"]})
    assert wrong["errMsg"] == "chooseCard:fail, invalid signature"


def test_a_link_on_a_card_tells_the_page_which_code_it_is_as_the_sdk_reads_it(rig: Rig) -> None:
    card_id = rig.new_card(custom_url_name="点餐", custom_url="https://shop.test/menu")
    code = rig.tell("wechat.card_received", card_id=card_id, openid=rig.main.wechat.followers[0])["code"]
    asked = {"account": rig.account, "card_id": card_id, "code": code}
    said = dict(parse_qsl(urlsplit(rig.admin("POST", "/cards/follow", asked)["url"]).query))
    with led(rig):
        made = client_of(rig).card.get_redirect_url("https://shop.test/menu", said["encrypt_code"], card_id)
    openid = {"openid": rig.main.wechat.followers[0]}
    assert said == dict(parse_qsl(urlsplit(made).query)) | openid
    assert rig.admin("POST", "/cards/follow", {**asked, "cell": "center_url"})["status"] == 400
    assert rig.admin("POST", "/cards/follow", {**asked, "code": "0"})["status"] == 400


@pytest.mark.parametrize("body", [{}, {"url": 1}, {"openid": "o", "cardList": [{"cardId": 1}]}])
def test_what_no_page_could_say_is_refused(shared: Rig, body: dict[str, Any]) -> None:
    for path in ("/jssdk/check", "/cards/add", "/cards/choose"):
        assert shared.admin("POST", path, body)["status"] == 400
