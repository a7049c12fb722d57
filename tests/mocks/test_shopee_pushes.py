"""Shopee's pushes when they do not arrive, when they go wrong on purpose, and the pages on which a shop is opened to a partner."""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mocks.faults import FAULTS
from mocks.shopee.courier import envelope
from mocks.shopee.sending import Sending
from sandbox.behaviour import Push
from tests.mocks.rig import DAY, HOUR, MINUTE, Rig
from tests.mocks.test_push import BROKEN, OK, Receiver, deliveries, listen, running

GET, LOST, CONFIRM = (
    f"/api/v2/push/{name}" for name in ("get_app_push_config", "get_lost_push_message", "confirm_consumed_lost_push_message")
)
SET, GRANT, CANCEL = "/api/v2/push/set_app_push_config", "/api/v2/shop/auth_partner", "/api/v2/shop/cancel_auth_partner"
BACK = "http://127.0.0.1:9/back"


def asked(rig: Rig, path: str, body: Any = None, **query: Any) -> dict[str, Any]:
    """What a path of the partner's own answers."""
    return rig.said("shopee", "POST" if body is not None else "GET", path, {**rig.signed(path, parts=3), **query}, body)


def pushed(rig: Rig, count: int, *answers: bytes, wait: int = 0) -> Receiver:
    """So many orders, pushed to a receiver that answers so; then the clock moves on."""
    receiver = Receiver(*answers)

    async def play() -> None:
        async with running(rig.server, receiver):
            listen(rig, receiver.url)
            for number in range(count):
                rig.tell("shopee.order_placed", order_sn=f"S{number:04}")
                if number % 50 == 49:
                    await rig.server.advance(0)
            await rig.server.advance(wait)

    rig.run(play())
    return receiver


def test_what_never_arrived_is_got_later_and_is_gone_once_confirmed(rig: Rig) -> None:
    pushed(rig, 3, BROKEN, wait=4 * HOUR)
    sending = rig.main.shopee.sending
    assert [one.push.body["data"]["ordersn"] for one in sending.lost] == ["S0000", "S0001", "S0002"]
    for _ in range(98):  # the rest of a page and one more, without 392 attempts
        sending.lose(rig.clock(), sending.lost[0].push)
    first = asked(rig, LOST)["response"]
    assert (len(first["push_message_list"]), first["has_next_page"], first["last_message_id"]) == (100, True, 100)
    row = first["push_message_list"][0]
    assert json.loads(row["data"])["data"]["status"] == "READY_TO_SHIP"
    assert (row["code"], row["shop_id"]) == (3, rig.main.shopee.shop_id)
    assert "response" not in asked(rig, CONFIRM, {"last_message_id": 100})
    assert len(asked(rig, LOST)["response"]["push_message_list"]) == 1
    rig.jump(3 * DAY + 1)
    assert asked(rig, LOST)["response"] == {"push_message_list": [], "has_next_page": False, "last_message_id": 0}
    assert asked(rig, CONFIRM, {"last_message_id": 102})["error"] == "error_param"


def test_too_many_failures_suspend_the_pushes_until_the_settings_are_saved(make_rig: Callable[..., Rig]) -> None:
    rig = make_rig({"shopee": {"setting": {"push_watch_from": {"value": 20}}}})
    receiver = pushed(rig, 30, BROKEN)
    assert asked(rig, GET)["response"]["live_push_status"] == "Suspended"
    assert rig.events("push_status")[-1]["status"] == "Suspended"
    before = len(receiver.got)
    receiver = pushed(rig, 0, OK)
    assert (len(receiver.got), asked(rig, GET)["response"]["live_push_status"]) == (0, "Normal")
    assert 21 <= before <= 30


@given(st.lists(st.tuples(st.integers(0, 90), st.booleans()), max_size=120))
def test_the_standing_is_that_of_the_deliveries_of_six_hours(sent: list[tuple[int, bool]]) -> None:
    sending, now, seen = Sending(), 0, []
    for gap, arrived in sent:
        now += gap * MINUTE
        sending.count(now, 6 * HOUR, arrived=arrived)
        seen.append((now, arrived))
        recent = [good for at, good in seen if at // MINUTE > (now - 6 * HOUR) // MINUTE]
        assert (sending.sent, sending.arrived) == (len(recent), sum(recent))
        share = sum(recent) / len(recent)
        judged = "Normal" if len(recent) <= 10 or share >= 0.7 else "Warning" if share >= 0.3 else "Suspended"
        assert sending.judged(10) == judged


def genuine(rig: Rig, receiver: Receiver, number: int) -> bool:
    """Is the signature of what was received right?"""
    _, headers, body = receiver.got[number]
    expected = hmac.new(rig.main.shopee.partner_key.encode(), receiver.url.encode() + b"|" + body, "sha256").hexdigest()
    return headers["authorization"] == expected


@pytest.mark.parametrize(("fault", "count", "good"), [("duplicate", 2, True), ("wrong_key", 1, False), ("tampered_body", 1, False), ("stale_timestamp", 1, True), ("late", 1, True)])  # fmt: skip
def test_a_delivery_goes_wrong_as_it_was_chosen_and_the_journal_says_so(
    rig: Rig, fault: str, count: int, *, good: bool
) -> None:
    assert rig.tell("shopee.push_faults", faults=[fault])["code"] == ""
    receiver = pushed(rig, 1, OK, wait=10 * MINUTE)
    assert len(receiver.got) == count
    assert [genuine(rig, receiver, number) for number in range(count)] == [good] * count
    assert [event["fault"] for event in rig.events("push_fault")] == [fault]
    said = json.loads(receiver.got[0][2])
    ago = rig.clock() // 1000 - 600 - said["timestamp"]
    assert (ago == 3_600) is (fault == "stale_timestamp")
    assert len(deliveries(rig)) == count


def test_a_push_is_overtaken_by_the_next(rig: Rig) -> None:
    rig.tell("shopee.push_faults", faults=["reordered"])
    receiver = pushed(rig, 2, OK)
    numbers = [json.loads(body)["data"]["ordersn"] for _, _, body in receiver.got]
    assert sorted(numbers) == ["S0000", "S0001"]
    assert rig.events("push_fault")[0]["fault"] == "reordered"
    assert rig.main.shopee.mishaps.held == []


@pytest.mark.parametrize("fault", FAULTS)
def test_a_standing_fault_does_not_feed_on_itself(rig: Rig, fault: str) -> None:
    rig.tell("shopee.push_faults", standing=fault)
    receiver = pushed(rig, 4, OK, wait=HOUR)
    assert len(receiver.got) <= 8


def test_a_fault_nobody_knows_is_refused(rig: Rig) -> None:
    assert rig.tell("shopee.push_faults", faults=["gremlins"])["code"] == "error_param"
    assert rig.tell("shopee.push_faults", standing=7)["code"] == "error_param"


def test_what_a_buyer_writes_has_less_time_and_is_tried_again_sooner(rig: Rig) -> None:
    rig.main.shopee.push_url = "http://127.0.0.1:9/"
    made = [envelope(rig.world, rig.main, Push("shopee.x", {"code": code, "timestamp": 1, "data": {}})) for code in (3, 10)]
    assert [one.timeout for one in made] == [3_000, 2_000]
    assert [one.ladder for one in made] == [(300_000, 1_800_000, 10_800_000), (1_000, 2_000, 3_000)]


def test_a_code_that_is_switched_off_and_a_blocked_shop_are_not_pushed(rig: Rig) -> None:
    rig.main.shopee.sending.off.add(3)
    assert pushed(rig, 1, OK).got == []
    asked(rig, SET, {"set_push_config_on": [3], "blocked_shop_id_list": [rig.main.shopee.shop_id]})
    shown = asked(rig, GET)["response"]
    assert (3 in shown["push_config_on_list"], shown["blocked_shop_id"]) == (True, [rig.main.shopee.shop_id])
    assert pushed(rig, 1, OK).got == []


@pytest.mark.parametrize(("answer", "kept"), [(OK, True), (BROKEN, False)])
def test_when_it_is_tried_an_address_that_does_not_answer_is_forgotten(
    make_rig: Callable[..., Rig], answer: bytes, *, kept: bool
) -> None:
    rig = make_rig({"shopee": {"setting": {"push_test": {"value": 1}}}})
    receiver = pushed(rig, 0, answer)
    assert [json.loads(body)["code"] for _, _, body in receiver.got] == [0]
    assert asked(rig, GET)["response"]["callback_url"] == (receiver.url if kept else "")


WRONG: dict[str, dict[str, Any]] = {
    "no url": {},
    "a url of letters": {"callback_url": "x"},
    "codes that are text": {"callback_url": BACK, "set_push_config_on": "3"},
    "a code below zero": {"callback_url": BACK, "set_push_config_off": [-1]},
    "too many shops": {"callback_url": BACK, "blocked_shop_id_list": [1] * 501},
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_settings_change_and_cost_nothing(standing: Rig, case: str) -> None:
    before = standing.meters(), repr(standing.main.shopee.sending)
    assert asked(standing, SET, WRONG[case])["error"] == "error_param"
    assert (standing.meters(), repr(standing.main.shopee.sending), standing.main.shopee.push_url) == (*before, "")


# -------------------------------------------------------------------- the pages


def got(rig: Rig) -> list[dict[str, Any]]:
    """What is pushed from now on."""
    pushes: list[dict[str, Any]] = []
    rig.world._post = lambda _account, push: pushes.append(dict(push.body))
    return pushes


def test_the_seller_lets_the_partner_in_and_the_code_is_traded(rig: Rig) -> None:
    pushes = got(rig)
    answer = rig.send("shopee", "GET", GRANT, {**rig.signed(GRANT, parts=3), "redirect": BACK + "?x=1"})
    (url,) = (value.decode() for name, value in answer.headers if name == b"location")
    said = parse_qs(urlsplit(url).query)
    assert (answer.status, url.startswith(BACK + "?x=1&code="), list(said)) == (302, True, ["x", "code", "shop_id"])
    assert [(one["code"], one["partner_id"], "shop_id" in one) for one in pushes] == [(1, rig.main.shopee.partner_id, False)]
    body = {"code": said["code"][0], "shop_id": int(said["shop_id"][0]), "partner_id": rig.main.shopee.partner_id}
    assert asked(rig, "/api/v2/auth/token/get", body)["error"] == ""


def test_an_authorisation_that_is_taken_back_ends_the_tokens(rig: Rig) -> None:
    pushes = got(rig)
    assert rig.send("shopee", "GET", CANCEL, {**rig.signed(CANCEL, parts=3), "redirect": BACK}).status == 302
    assert [(one["code"], one["data"]["authorize_type"]) for one in pushes] == [(2, "user cancel shop authorization")]
    assert rig.shop("/api/v2/shop/get_shop_info")["error"] == "shop_no_linked"
    assert asked(rig, "/api/v2/public/get_shops_by_partner")["authed_shop_list"] == []
    refresh = {"refresh_token": rig.main.shopee.refresh_token, "shop_id": rig.main.shopee.shop_id}
    assert asked(rig, "/api/v2/auth/access_token/get", refresh)["error"] == "error_shop_refresh_token"


@pytest.mark.parametrize("redirect", ["", "nowhere", "ftp://x/", "http://é/", "http://x/\r\nSet-Cookie: a=b"])
def test_a_redirect_to_nowhere_is_refused(standing: Rig, redirect: str) -> None:
    code = standing.main.shopee.code
    answer = asked(standing, GRANT, redirect=redirect)
    assert (answer["error"], answer["msg"].startswith("The domain of redirect_uri")) == ("error_param", True)
    assert standing.main.shopee.code == code


def test_the_partner_knows_its_shops_and_where_pushes_come_from(rig: Rig) -> None:
    answer = asked(rig, "/api/v2/public/get_shops_by_partner", page_size=1)
    assert [one["shop_id"] for one in answer["authed_shop_list"]] == [rig.main.shopee.shop_id]
    assert asked(rig, "/api/v2/public/get_shopee_ip_ranges")["ip_list"] == ["127.0.0.1/32"]
