"""What goes wrong on purpose: one table for every sender, and what a merchant's own code makes of each. Fact V12.

Each platform's deliveries are read by somebody else's code: wechatpy, wechatpayv3, and for Shopee the standard library.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import xmltodict
from wechatpy.crypto import WeChatCrypto
from wechatpy.enterprise.crypto import WeChatCrypto as WeComCrypto
from wechatpy.pay import WeChatPay

from mocks.envelope import Envelope
from mocks.faults import FAULTS, PUT_OFF, STATES, Mishaps
from mocks.push import COURIERS
from sandbox.behaviour import Push
from tests.mocks.pay_rig import PayRig, led, sdk
from tests.mocks.rig import DAY, Rig
from tests.mocks.test_push import BROKEN, OK, Receiver, listen, running

URL = "http://shop.test/pushes"
FAR = 300
"""Seconds: a time that is further off is stale for everybody."""


def asked(made: Envelope) -> dict[str, str]:
    """The query of a delivery."""
    return dict(parse_qsl(urlsplit(made.url).query))


def sealed(crypto: Any, made: Envelope, *, by_json: bool = False) -> str:
    """A sealed delivery, opened by wechatpy."""
    said, body = asked(made), json.loads(made.body) if by_json else made.body
    return str(crypto.decrypt_message(body, said["msg_signature"], said["timestamp"], said["nonce"]))


def by_wecom(rig: PayRig, made: Envelope) -> Any:
    """What WeCom's application reads."""
    state = rig.main.wecom
    return sealed(WeComCrypto(state.callback_token, state.aes_key, state.corpid), made)


def by_account(rig: PayRig, made: Envelope) -> Any:
    """What the official account's server reads."""
    state = rig.main.wechat
    return sealed(WeChatCrypto(state.callback_token, state.aes_key, state.appid), made)


def by_shop(rig: PayRig, made: Envelope) -> Any:
    """What the Channels shop's server reads."""
    state = rig.main.channels
    return sealed(WeChatCrypto(state.callback_token, state.aes_key, rig.main.wechat.appid), made, by_json=True)


def by_pay(rig: PayRig, made: Envelope) -> Any:
    """What the merchant's server reads."""
    with led(rig):
        found = sdk(rig).callback({name.lower(): value for name, value in made.headers.items()}, made.body)
    assert found
    return found


def by_legacy(rig: PayRig, made: Envelope) -> Any:
    """What the merchant's old server reads; its own number must stand there."""
    state = rig.pay
    found = WeChatPay(state.appid, state.v2_key, state.mchid).parse_payment_result(made.body)
    assert xmltodict.parse(made.body)["xml"]["mch_id"] == state.mchid
    return found


def by_partner(rig: PayRig, made: Envelope) -> Any:
    """What Shopee's partner reads; its own shop must stand there."""
    state, found = rig.main.shopee, json.loads(made.body)
    right = hmac.new(state.partner_key.encode(), URL.encode() + b"|" + made.body, "sha256").hexdigest()
    assert (made.headers["Authorization"], found["shop_id"]) == (right, state.shop_id)
    return found


@dataclass(frozen=True)
class Sender:
    """One platform's sender: something it sends, how a merchant reads it, and the time and nonce that a delivery bears."""

    name: str
    body: dict[str, Any]
    read: Callable[[PayRig, Envelope], Any]
    stamp: Callable[[Envelope], tuple[str, str]]
    at: int = 0
    made: list[Envelope] = field(default_factory=list)


NOTICE = {"id": "1", "create_time": "2026", "event_type": "TRANSACTION.SUCCESS", "summary": "支付成功", "url": URL}
SENDERS = [
    Sender("wecom", {"MsgType": "event", "Event": "x", "AgentID": 1}, by_wecom, lambda made: _stamp(asked(made))),
    Sender("wechat", {"FromUserName": "o1", "Event": "user_get_card"}, by_account, lambda made: _stamp(asked(made))),
    Sender("channels", {"Event": "channels_ec_order_new"}, by_shop, lambda made: _stamp(asked(made))),
    Sender("wechat_pay", {**NOTICE, "resource": {"a": 1}}, by_pay, lambda made: _stamp(made.headers, "Wechatpay-T", "Wechatpay-N")),
    Sender("wechat_pay_v2", {"url": URL}, by_legacy, lambda made: _stamp(xmltodict.parse(made.body)["xml"], "time_end", "nonce_str")),
    Sender("shopee", {"code": 3, "timestamp": 1_772_416_800}, by_partner, lambda made: (str(json.loads(made.body)["timestamp"]), made.body.decode())),
]  # fmt: skip


def _stamp(said: Any, time: str = "timestamp", nonce: str = "nonce") -> tuple[str, str]:
    first, second = (next(value for name, value in said.items() if name.startswith(one)) for one in (time, nonce))
    return str(first), str(second)


@pytest.fixture(scope="module")
def rig() -> Iterator[PayRig]:
    """A rig whose every platform has an address to push to."""
    one = PayRig()
    for state in (one.main.wecom, one.main.wechat, one.main.channels):
        state.callback_url = URL
    one.main.shopee.push_url = URL
    yield one
    one.close()


def packed(rig: PayRig, sender: Sender, fault: str = "") -> Envelope:
    """One delivery with a fault."""
    body = {**sender.body, "shop_id": rig.main.shopee.shop_id} if sender.name == "shopee" else sender.body
    if sender.name == "wechat_pay_v2":
        said = {"return_code": "SUCCESS", "result_code": "SUCCESS", "mch_id": rig.pay.mchid, "appid": rig.pay.appid}
        body = {**body, "fields": {**said, "time_end": "20260302100000", "total_fee": "1", "cash_fee": "1"}}
    push = Push(f"{sender.name}.x", body, rig.clock())
    assert COURIERS[sender.name].wanted(rig.world, rig.main, push)
    made: Envelope = COURIERS[sender.name].envelope(rig.world, rig.main, push, fault)
    return made


def good(rig: PayRig, sender: Sender, made: Envelope) -> bool:
    """Does it stand up to the merchant's own code?"""
    try:
        return bool(sender.read(rig, made))
    except Exception:  # noqa: BLE001 - each SDK raises its own
        return False


@pytest.mark.parametrize("sender", SENDERS, ids=lambda one: one.name)
def test_a_merchant_sees_what_is_wrong_with_a_push_of_any_platform(rig: PayRig, sender: Sender) -> None:
    """V12."""
    first = packed(rig, sender)
    assert good(rig, sender, first)
    for fault in ("tampered_body", "wrong_key", "wrong_serial"):
        assert not good(rig, sender, packed(rig, sender, fault)), fault
    before, again, after = packed(rig, sender), packed(rig, sender, "replayed_nonce"), packed(rig, sender)
    assert good(rig, sender, again)
    assert sender.stamp(again)[1] == sender.stamp(before)[1]
    assert sender.stamp(after)[1] != sender.stamp(before)[1] or sender.name == "shopee"
    stale = packed(rig, sender, "stale_timestamp")
    assert good(rig, sender, stale)
    assert int(sender.stamp(first)[0]) - int(sender.stamp(stale)[0]) > FAR
    assert good(rig, sender, packed(rig, sender, "rotated_key"))
    if sender.name != "wechat_pay":  # whose SDK keeps the certificates of before
        assert not good(rig, sender, first)


def test_every_platform_takes_every_fault_of_the_table_and_no_other(rig: PayRig) -> None:
    for name in {STATES.get(one, one) for one in COURIERS}:
        for fault in FAULTS:
            said = rig.admin("POST", "/faults", {"platform": name, "faults": [fault], "standing": fault, "percent": 0})
            assert said["ok"], (name, fault)
        for bad in ({"faults": ["gremlins"]}, {"standing": "gremlins"}, {"percent": 101}):
            assert not rig.admin("POST", "/faults", {"platform": name, **bad})["ok"]
        assert rig.admin("POST", "/faults", {"platform": name, "faults": [""]})["ok"]
    assert set(PUT_OFF) < set(FAULTS)


def test_a_share_of_pushes_is_exactly_that_share() -> None:
    mishaps = Mishaps(standing="late", percent=30)
    drawn = [mishaps.draw() for _ in range(100)]
    assert (drawn.count("late"), drawn[:10].count("late")) == (30, 3)


def test_copies_are_not_copied(make_rig: Callable[..., Rig]) -> None:
    """Four attempts, each of which sends a copy that is tried as often as its original still will be."""
    rig, receiver = make_rig(), Receiver(BROKEN)
    rig.tell("shopee.push_faults", standing="duplicate")

    async def play() -> None:
        async with running(rig.server, receiver):
            listen(rig, receiver.url)
            rig.tell("shopee.order_placed")
            await rig.server.advance(DAY)

    rig.run(play())
    assert len(receiver.got) == 4 + (4 + 3 + 2 + 1)
    assert [event["attempt"] for event in rig.events("push_fault")] == [1, 2, 3, 4]


def test_no_receiver_is_given_another_receivers_cookies(make_rig: Callable[..., Rig]) -> None:
    rig, receiver = make_rig(), Receiver(b"204 No Content\r\nset-cookie: session=1", OK)

    async def play() -> None:
        async with running(rig.server, receiver):
            listen(rig, receiver.url)
            for _ in range(2):
                rig.tell("shopee.order_placed")
                await rig.server.advance(0)

    rig.run(play())
    assert [headers.get("cookie") for _, headers, _ in receiver.got] == [None, None]


def test_the_platforms_code_and_the_cards_are_two(fresh: Rig) -> None:
    rig, fan = fresh, fresh.main.wechat.followers[0]
    card_id, asked_for = rig.new_card(), {"kind": "wechat.card_received", "account": rig.account, "openid": fan}
    said = rig.admin("POST", "/signals", {**asked_for, "card_id": card_id})
    assert (said["ok"], said["code"]) == (True, "0")
    assert said["answer"]["code"] in rig.main.wechat.cards[card_id].codes.texts
    refused = rig.admin("POST", "/signals", {**asked_for, "card_id": "p0"})
    assert (refused["ok"], refused["code"], refused["answer"]) == (False, "40073", {})
