"""What the Channels shop tells a merchant's server: sealed JSON, opened here with wechatpy, and tried up to ten times."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from wechatpy.crypto import WeChatCrypto
from wechatpy.exceptions import InvalidSignatureException

from mocks.faults import FAULTS
from tests.mocks.channels_rig import Shop
from tests.mocks.rig import HOUR, Rig
from tests.mocks.wechat_ear import Ear, hearing

PATIENT = {"channels": {"setting": {"callback_timeout": {"value": "20s"}}}}
"""So that a busy machine is not taken for a listener that is too slow."""

LADDER = [0, 0, 10, 60, 300, 1800, 3600, 3600, 3600]


@pytest.fixture(scope="module")
def heard_rig() -> Iterator[tuple[Rig, Ear]]:
    """One sandbox and one listener for all of these tests: each begins with its account opened anew."""
    one = Rig(PATIENT)
    with hearing(one) as ear:
        yield one, ear
    one.close()


@pytest.fixture
def rig(heard_rig: tuple[Rig, Ear]) -> Rig:
    heard_rig[0].server.reset("main")
    return heard_rig[0]


@pytest.fixture
def ear(rig: Rig, heard_rig: tuple[Rig, Ear]) -> Ear:
    ear = heard_rig[1]
    ear.asked.clear()
    ear.bodies.clear()
    ear.answers.clear()
    ear.echo = b""
    assert ear.rig is rig
    return ear


@pytest.fixture
def shop(rig: Rig, ear: Ear) -> Shop:
    """A shop whose address is saved."""
    assert rig.admin("POST", "/channels/callback", {"url": ear.url})["ok"]
    return Shop(rig)


def opened(shop: Shop, ear: Ear, place: int = -1) -> dict[str, Any]:
    """An event, verified and opened by wechatpy. Raises its exceptions."""
    state, said, body = shop.state, ear.asked[place], json.loads(ear.bodies[place])
    assert set(body) == {"ToUserName", "Encrypt"}
    crypto = WeChatCrypto(state.callback_token, state.aes_key, state.official.appid)
    return json.loads(crypto.decrypt_message(body, said["msg_signature"], said["timestamp"], said["nonce"]))


def heard(shop: Shop, ear: Ear) -> list[dict[str, Any]]:
    """Everything that arrived, oldest first; forgotten afterwards."""
    shop.rig.jump(0)
    found = [opened(shop, ear, place) for place in range(len(ear.bodies))]
    ear.bodies.clear()
    ear.asked.clear()
    return found


def test_an_address_is_saved_when_it_answers_with_the_echo(rig: Rig, ear: Ear) -> None:
    ear.echo = b"something else"
    assert not rig.admin("POST", "/channels/callback", {"url": ear.url, "token": "another"})["ok"]
    assert (rig.main.channels.callback_url, rig.main.channels.callback_token) == ("", rig.main.wechat.callback_token)
    rig.tell("channels.order_placed")
    rig.jump(0)
    assert ear.bodies == [], "nobody listens"
    ear.echo = b""
    assert rig.admin("POST", "/channels/callback", {"url": ear.url})["ok"]
    assert rig.admin("POST", "/channels/callback", {"url": ""})["ok"]
    assert rig.main.channels.callback_url == ""


def test_an_order_is_told_step_by_step_in_sealed_json(shop: Shop, ear: Ear) -> None:
    """V13: order-status return."""
    order_id = shop.order(openid="o1")
    shop.ask("/order/delivery/send", **shop.parcel(order_id))
    shop.rig.tell("channels.order_received", order_id=order_id)
    shop.rig.jump(24 * HOUR)
    events = heard(shop, ear)
    head = {"ToUserName": shop.state.official.original_id, "FromUserName": "o1", "MsgType": "event"}
    assert all(head.items() <= one.items() and isinstance(one["CreateTime"], int) for one in events)
    told = {one["Event"].removeprefix("channels_ec_order_"): one["order_info"] for one in events}
    assert list(told) == ["new", "pay", "wait_shipping", "deliver", "confirm", "settle"]
    assert {one["order_id"] for one in told.values()} == {order_id}
    assert (told["deliver"]["finish_delivery"], told["confirm"]["confirm_type"]) == (1, 1)


def test_every_other_happening_has_its_event(shop: Shop, ear: Ear) -> None:
    product_id = shop.added()
    shop.rig.tell("channels.product_reviewed", product_id=product_id, outcome="rejected", reason="图不清")
    shop.ask("/product/listing", product_id=product_id)
    shop.rig.tell("channels.product_reviewed", product_id=product_id)
    order_id = shop.order(product_id=product_id, count=95, openid="o1")
    shop.rig.tell("channels.aftersale_asked", order_id=order_id)
    shop.rig.tell("channels.complaint_filed", order_id=order_id)
    events = {one["Event"]: one for one in reversed(heard(shop, ear))}
    assert events["product_spu_audit"]["ProductSpuAudit"] == {
        "product_id": product_id,
        "status": 2,
        "reason": "图不清",
        "audit_info": "",
    }
    assert events["product_spu_listing"]["ProductSpuListing"]["status"] == 5
    assert events["channels_ec_stock_no_enough"]["channels_ec_stock_no_enough"]["remaining_stock_amount"] == 5
    sale = events["channels_ec_aftersale_update"]["finder_shop_aftersale_status_update"]
    assert (sale["status"], sale["order_id"]) == ("MERCHANT_PROCESSING", order_id)
    assert (
        events["channels_ec_complaint_update"]["finder_shop_complaint"]["after_sale_order_id"] == sale["after_sale_order_id"]
    )


def test_who_withdrew_consent_is_not_named(shop: Shop, ear: Ear) -> None:
    """M18."""
    shop.rig.tell("channels.data_choice", openid="o1", subscribed=False)
    shop.order(openid="o1")
    assert all("o1" not in one.values() for one in heard(shop, ear))


def test_a_push_is_tried_ten_times_up_the_ladder_and_no_more(shop: Shop, ear: Ear) -> None:
    ear.answers = [(500, b""), (302, b"success"), *[(200, b"no")] * 20]
    shop.rig.tell("channels.complaint_filed", order_id=next(iter(shop.state.orders)))
    began = shop.rig.clock()
    shop.rig.jump(5 * HOUR)
    tries = [one["at"] - began for one in shop.rig.events("delivery")]
    assert tries == [sum(LADDER[:number]) * 1000 for number in range(10)]
    assert len({one["timestamp"] for one in ear.asked}) > 5, "each attempt is signed anew"


def test_a_voucher_is_told_three_times_and_no_more(shop: Shop, ear: Ear) -> None:
    voucher = {"mode": "auto", "shows": "code"}
    code = shop.listed("6151", deliver_method=1, voucher_info=voucher, express_info=None, after_sale_info=None)
    ear.answers = [(500, b"")] * 99
    shop.order(product_id=code)
    shop.rig.jump(5 * HOUR)
    tried = [one["action"] for one in shop.rig.events("delivery")]
    assert tried.count("channels.channels_ec_voucher_send_succ") == 3


@pytest.mark.parametrize("said", [b"success", b"", b"success\n"])
def test_success_or_nothing_ends_it(shop: Shop, ear: Ear, said: bytes) -> None:
    ear.answers = [(200, b"fail"), (200, said)]
    shop.rig.tell("channels.complaint_filed", order_id=next(iter(shop.state.orders)))
    shop.rig.jump(5 * HOUR)
    assert [one["ok"] for one in shop.rig.events("delivery")] == [False, True]


@pytest.mark.parametrize("fault", FAULTS)
def test_what_goes_wrong_on_purpose_can_be_seen(shop: Shop, ear: Ear, fault: str) -> None:
    """V12 at the shop's pushes; V10: a key that has expired (`rotated_key`)."""
    key, original = shop.state.aes_key, shop.state.official.original_id
    first, second = list(shop.state.orders)[:2]
    shop.rig.tell("channels.complaint_filed", order_id=first)
    shop.rig.jump(0)
    assert shop.rig.admin("POST", "/faults", {"platform": "channels", "faults": [fault]})["ok"]
    shop.rig.tell("channels.complaint_filed", order_id=second)
    shop.rig.jump(0)
    asked, names = ear.asked, [json.loads(one)["ToUserName"] for one in ear.bodies]
    if fault in ("tampered_body", "wrong_key"):
        with pytest.raises(InvalidSignatureException):
            opened(shop, ear)
    seen = {
        "duplicate": len(asked) == 3,
        "late": len(asked) == 1,
        "reordered": len(asked) == 1,
        "stale_timestamp": int(asked[-1]["timestamp"]) == int(asked[0]["timestamp"]) - 600,
        "wrong_serial": names[-1] != original,
        "tampered_body": True,
        "wrong_key": True,
        "replayed_nonce": len({one["nonce"] for one in asked}) == 1,
        "rotated_key": shop.state.aes_key != key and bool(opened(shop, ear)),
    }
    assert seen[fault], asked
