"""How a partner stands with Shopee: the pages that let it in, tokens that end, addresses it may call from, what bars every call."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from mocks.shopee.courier import wanted
from mocks.shopee.routes import PLATFORM
from mocks.shopee.standing import OF_PARTNER, OF_SHOP
from sandbox.behaviour import Push
from tests.mocks.rig import DAY, HOUR, MINUTE, Rig
from tests.mocks.test_shopee import GET, LIST, REFRESH, opens, trade
from tests.mocks.test_shopee_orders import listen

BACK = "https://team.example/back?shop=1"
SHOPS = "/api/v2/public/get_shops_by_partner"
PAGE = {"auth_type": "seller", "redirect_uri": BACK, "response_type": "code"}


def opened(rig: Rig, path: str = "/auth", **asked: Any) -> dict[str, Any]:
    """What a page answers to a browser: where it leads and with what, or the error."""
    query = {"partner_id": rig.main.shopee.partner_id, **PAGE, **asked}
    answer = rig.send("shopee", "GET", path, {name: value for name, value in query.items() if value is not None})
    if answer.status != 302:
        return json.loads(answer.body)
    return dict(parse_qsl(urlsplit(dict(answer.headers)[b"location"].decode()).query))


def test_the_newer_page_needs_no_signature_and_leads_back_with_code_shop_and_state(fresh: Rig) -> None:
    said = opened(fresh, state="订单")
    assert list(said) == ["shop", "code", "shop_id", "state"]
    assert (said["shop_id"], said["state"]) == (str(fresh.main.shopee.shop_id), "订单")
    assert trade(fresh, GET, code=said["code"])["error"] == ""
    assert list(opened(fresh, "/cancel_auth")) == ["shop", "shop_id"]
    assert fresh.shop(LIST)["error"] == "shop_no_linked"


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"partner_id": 1}, "invalid_partner_id"),
        ({"auth_type": "supplier"}, "error_param"),
        ({"response_type": "token"}, "error_param"),
    ],
)
def test_a_page_that_is_asked_for_wrongly_lets_nobody_in(fresh: Rig, asked: dict[str, Any], error: str) -> None:
    code = fresh.main.shopee.code
    assert (opened(fresh, **asked)["error"], fresh.main.shopee.code) == (error, code)


def test_a_page_that_would_lead_nowhere_says_so_in_its_own_words(fresh: Rig) -> None:
    said = opened(fresh, redirect_uri=None)
    assert (set(said), said["code"], said["error"]) == ({"code", "error", "msg", "debug_message"}, 1, "error_param")
    assert said["msg"].startswith("The domain of redirect_uri is not consistent")


@pytest.mark.parametrize("host", PLATFORM.hosts)
def test_every_region_has_its_host(fresh: Rig, host: str) -> None:
    answer = fresh.http("GET", f"http://{host}{SHOPS}", params=fresh.signed(SHOPS, parts=3))
    assert answer.json()["authed_shop_list"][0]["shop_id"] == fresh.main.shopee.shop_id


REFUSED: dict[str, tuple[str, dict[str, Any], str]] = {
    "a code, of another partner": (GET, {"partner_id": 7}, "error_auth"),
    "a code, of a main account": (GET, {"shop_id": None, "main_account_id": 5}, "invalid_main_acount_id"),
    "a refresh, of another partner": (REFRESH, {"partner_id": 7}, "error_auth"),
    "a refresh, with no token": (REFRESH, {"refresh_token": ""}, "error_shop_refresh_token"),
    "a refresh, of a merchant": (REFRESH, {"shop_id": None, "merchant_id": 5}, "error_merchant_refresh_token"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_tokens_are_for_the_partner_and_the_shop_alone(fresh: Rig, case: str) -> None:
    path, body, error = REFUSED[case]
    before = (fresh.main.shopee.code, fresh.main.shopee.refresh_token)
    assert trade(fresh, path, **body)["error"] == error
    assert (fresh.main.shopee.code, fresh.main.shopee.refresh_token) == before


def test_each_old_access_token_has_its_own_five_minutes(fresh: Rig) -> None:
    first = fresh.main.shopee.access_token
    second = trade(fresh, REFRESH)["access_token"]
    fresh.jump(2 * MINUTE)
    trade(fresh, REFRESH)
    fresh.jump(2 * MINUTE)
    assert (opens(fresh, first), opens(fresh, second)) == (True, True)
    fresh.jump(MINUTE)
    assert (opens(fresh, first), opens(fresh, second)) == (False, True)


def test_an_authorisation_lasts_a_year_and_its_end_is_announced(fresh: Rig) -> None:
    pushed: list[dict[str, Any]] = []
    listen(fresh)
    opened(fresh)
    fresh.world._post = lambda _account, push: pushed.append(push.body)
    fresh.jump(334 * DAY)
    assert pushed == []
    fresh.jump(DAY)
    (warned,) = pushed
    assert (warned["code"], set(warned), warned["data"]["shop_expire_soon"]) == (
        12,
        {"data", "code", "timestamp"},
        [fresh.main.shopee.shop_id],
    )
    fresh.jump(30 * DAY - HOUR)
    fresh.main.shopee.refresh_until = fresh.clock() + DAY
    assert trade(fresh, REFRESH)["error"] == ""
    fresh.jump(HOUR)
    assert [(one["code"], one["data"].get("authorize_type")) for one in pushed[1:]] == [(2, "expiry")]
    assert fresh.shop(LIST)["error"] == "shop_no_linked"
    assert trade(fresh, REFRESH)["error"] == "error_shop_refresh_token"


def test_who_is_let_in_anew_is_not_put_out_by_the_first_time(fresh: Rig) -> None:
    opened(fresh)
    fresh.jump(100 * DAY)
    opened(fresh)
    fresh.jump(300 * DAY)
    assert fresh.main.shopee.authorised


def test_the_first_authorisation_of_all_ends_too(fresh: Rig) -> None:
    fresh.main.shopee.refresh_until = fresh.clock() + 400 * DAY
    fresh.main.shopee.granted = fresh.clock() - 365 * DAY
    assert trade(fresh, REFRESH)["error"] == "shop_access_expired"


def test_where_addresses_are_declared_calls_from_others_are_refused(fresh: Rig) -> None:
    assert fresh.tell("shopee.ip_whitelist", ips=["10.0.0.7"])["code"] == ""
    answer = fresh.shop(LIST)
    assert answer["error"] == "source_ip_undeclared"
    assert answer["message"].startswith("Request Source IP (127.0.0.1) is undeclared. Please declare all your IP addresses")
    for bad in (None, "10.0.0.7", ["nowhere"], [5]):
        assert fresh.tell("shopee.ip_whitelist", ips=bad)["code"] == "error_param"
    fresh.tell("shopee.ip_whitelist", ips=["127.0.0.1"])
    assert fresh.shop(SHOPS)["error"] == ""


@pytest.mark.parametrize("code", [*OF_PARTNER, *OF_SHOP])
def test_a_trouble_of_the_partner_bars_all_calls_and_one_of_the_shop_the_shops(fresh: Rig, code: str) -> None:
    fresh.tell("shopee.trouble", code=code)
    before = fresh.meters(fresh.account)
    assert fresh.shop(LIST)["error"] == code
    public = fresh.said("shopee", "GET", SHOPS, fresh.signed(SHOPS, parts=3))
    assert (public["error"], fresh.meters(fresh.account) == before) == ((code, True) if code in OF_PARTNER else ("", False))
    assert fresh.tell("shopee.trouble", code="bored")["code"] == "error_param"
    fresh.tell("shopee.trouble", code="")
    assert fresh.shop(LIST)["error"] == "error_param"


def test_where_a_limit_is_answered_with_429_it_says_how_long_to_wait(make_rig: Callable[..., Rig]) -> None:
    """The vendor was seen to answer 200: the status is a setting of each code."""
    quota = {"app_second": {"limit": 1}}
    for status, header in ((200, None), (429, b"1")):
        rig = make_rig({"shopee": {"quota": quota, "error": {"error_rate_limit": {"status": status}}}})
        rig.shop(SHOPS)
        answer = rig.send("shopee", "GET", SHOPS, rig.signed(SHOPS))
        assert (answer.status, dict(answer.headers).get(b"retry-after")) == (status, header)
        assert json.loads(answer.body)["error"] == "error_rate_limit"


def test_of_a_shop_that_has_put_it_out_a_partner_hears_nothing_but_that(fresh: Rig) -> None:
    fresh.main.shopee.push_url = BACK

    def heard() -> list[int]:
        return [code for code in (2, 3, 4, 10, 12) if wanted(fresh.world, fresh.main, Push("shopee.any", {"code": code}))]

    assert heard() == [2, 3, 4, 10, 12]
    fresh.world._post = None
    fresh.tell("shopee.authorisation_ended")
    assert heard() == [2, 12]


def test_an_application_without_the_right_to_chat_may_do_the_rest(make_rig: Callable[..., Rig]) -> None:
    """A client was seen to get HTTP 491 for it; which status it is is a setting of the code."""
    rig = make_rig({"shopee": {"error": {"error_api_permission": {"status": 491}}}})
    rig.tell("shopee.trouble", code="error_api_permission", path="sellerchat/")
    path = "/api/v2/sellerchat/get_unread_conversation_count"
    answer = rig.send("shopee", "GET", path, rig.signed(path))
    assert (answer.status, json.loads(answer.body)["error"]) == (491, "error_api_permission")
    assert rig.shop("/api/v2/shop/get_profile")["error"] == ""
