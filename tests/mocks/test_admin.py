"""The control plane: what it lets in, what it says, and how far what is done to one account reaches."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from mocks.app import create_app
from mocks.connection import connection, write_env
from sandbox.errors import MachineError
from tests.mocks.rig import ADMIN, CARD, DAY, HOUR, MINUTE, START, Rig

TOLD = {"X-Sandbox-Token": ADMIN}


def hand(rig: Rig, kind: str, account: str = "main") -> dict[str, Any]:
    """A hand on the fuse of an account's application."""
    actor = {"application": rig.world.accounts[account].wecom.identity["application"]}
    body = {"kind": kind, "platform": "wecom", "about": "wecom.message_send", "actor": actor, "account": account}
    return rig.admin("POST", "/signals", body)


@pytest.mark.parametrize(
    "headers", [{}, {"X-Sandbox-Token": "wrong"}, {"X-Sandbox-Token": "é"}], ids=["none", "wrong", "odd"]
)
def test_nothing_is_told_or_done_without_the_token(standing: Rig, headers: dict[str, str]) -> None:
    asked = [(name.encode(), value.encode()) for name, value in headers.items()]
    paths = standing.http("GET", "/openapi.json").json()["paths"]
    routes = [(path, method) for path, methods in paths.items() if path.startswith("/_sandbox") for method in methods]
    assert len(routes) >= 14
    for path, method in routes:
        body = {} if method == "post" else None
        response = standing.http(method, path.replace("{account_id}", "main"), headers=asked, json=body)
        text = "X-Sandbox-Token is missing or wrong: it stands in the env file and in the start-up message"
        assert (response.status_code, response.json()) == (401, {"error": text}), path


def test_a_server_without_an_admin_token_wants_none(rig: Rig) -> None:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(create_app(rig.server))
        async with httpx.AsyncClient(transport=transport, base_url="http://sandbox.test") as client:
            return await client.get("/_sandbox/health")

    assert rig.run(ask()).json()["ok"]


BAD: dict[str, tuple[str, Any, str]] = {
    "no JSON": ("/clock", b"{", "JSON decode error"),
    "no object": ("/clock", [1], "valid dictionary"),
    "an unknown key": ("/clock", {"speed": 2}, "speed: Extra inputs are not permitted"),
    "a rate below zero": ("/clock", {"rate": -1}, "rate: Input should be greater than or equal to 0"),
    "a rate that is text": ("/clock", {"rate": "fast"}, "rate: Input should be a valid number"),
    "time that goes back": ("/clock", {"advance_ms": -1}, "advance_ms: Input should be greater than or equal to 0"),
    "more than a century": ("/clock", {"advance_ms": 10**13}, "advance_ms: Input should be less than or equal to"),
    "no card id": ("/cards/receive", {"openid": "o1"}, "card_id: Field required"),
    "two things missing": ("/cards/receive", {}, "card_id: Field required; openid: Field required"),
    "an account id with a slash": ("/accounts", {"id": "a/b"}, "id: String should match pattern"),
    "an account type that is none": ("/accounts", {"account_type": "bank"}, "account_type: Input should be 'service'"),
    "a platform that is none": ("/tokens/expire", {"platform": "ebay", "access_token": "x"}, "platform: Input should be"),
    "a signal about nothing": (
        "/signals",
        {"kind": "outcome"},
        "platform = '': expected one of wechat, channels, wecom, shopee",
    ),
    "a signal of no platform": ("/signals", {"kind": "ebay.sold"}, "platform = 'ebay': expected one of"),
    "an actor of numbers": ("/signals", {"kind": "wecom.x", "actor": {"a": 1}}, "actor.a: Input should be a valid string"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_body_gets_400_and_a_sentence_that_names_the_field(standing: Rig, case: str) -> None:
    path, body, sentence = BAD[case]
    content = {"content": body} if isinstance(body, bytes) else {"json": body}
    response = standing.http("POST", "/_sandbox" + path, headers={**TOLD, "Content-Type": "application/json"}, **content)
    assert (response.status_code, list(response.json())) == (400, ["error"])
    assert sentence in response.json()["error"]


@pytest.mark.parametrize("query", ["since=-1", "since=x", "limit=0", "limit=1000000"])
def test_a_bad_query_gets_400_and_a_sentence(standing: Rig, query: str) -> None:
    response = standing.http("GET", "/_sandbox/events?" + query, headers=TOLD)
    assert (response.status_code, list(response.json())) == (400, ["error"])
    assert response.json()["error"].startswith(query.partition("=")[0] + ": ")


def test_what_is_not_there_is_404_and_says_what_is(standing: Rig) -> None:
    for method, path, body in (
        ("GET", "/accounts/nobody", None),
        ("GET", "/state?account=nobody", None),
        ("POST", "/reset", {"account": "nobody"}),
        ("POST", "/signals", {"kind": "shopee.order_placed", "account": "nobody"}),
        ("POST", "/cards/approve", {"account": "nobody", "card_id": "p0"}),
    ):
        response = standing.http(method, "/_sandbox" + path, headers=TOLD, json=body)
        assert (response.status_code, response.json()) == (404, {"error": "no account 'nobody'; there are: main"})
    assert standing.admin("GET", "/explain", rid="0")["status"] == 404
    assert standing.admin("POST", "/tokens/expire", {"platform": "wecom", "access_token": ""})["status"] == 404
    for body in (
        {"kind": "shopee.order_plced"},
        {"kind": "offense", "about": "shopee.order"},
        {"kind": "wecom.menu_pressed", "platform": "shopee"},
    ):
        answer = standing.admin("POST", "/signals", body)
        assert (answer["status"], "expected a fact that shopee takes" in answer["error"]) == (400, True)
    assert "nothing is at /_sandbox/no/such/thing" in standing.admin("GET", "/no/such/thing")["error"]


def test_health_says_the_time_the_rate_and_the_rules(standing: Rig) -> None:
    health = standing.admin("GET", "/health")
    assert (health["ok"], health["rate"], set(health["lag_ms"])) == (True, 0, {"p50", "p99", "max"})
    assert health["rulebooks"] == {name: book.digest for name, book in standing.world.books.items()}


def test_the_clock_is_moved_set_going_and_stopped(rig: Rig) -> None:
    assert rig.admin("GET", "/clock") == {"status": 200, "now": START, "rate": 0}
    assert rig.admin("POST", "/clock", {"advance_ms": HOUR})["now"] == START + HOUR
    moving = rig.admin("POST", "/clock", {"rate": 100_000})
    assert (moving["rate"], moving["happened"]) == (100_000, [])
    stopped = rig.admin("POST", "/clock", {"rate": 0, "advance_ms": 1})["now"]
    assert stopped > START + HOUR
    assert rig.admin("GET", "/clock")["now"] == stopped


# -------------------------------------------------------------------- accounts


def test_a_new_account_comes_with_credentials_that_work_and_the_names_that_tools_read(rig: Rig) -> None:
    made = rig.admin("POST", "/accounts", {"category": "ecommerce"})
    account = rig.world.accounts[made["id"]]
    assert made["env"] == connection(account, "http://sandbox.test", ADMIN)
    assert made["env"]["WECHAT_BASE"] == "http://sandbox.test/wechat"
    assert rig.message(rig.wecom_token(account))["errcode"] == 0
    assert rig.wechat("/card/create", rig.wechat_token(account), CARD)["errcode"] == 0
    assert rig.admin("GET", f"/accounts/{made['id']}") == made
    assert rig.admin("GET", "/accounts")["accounts"] == ["main", made["id"]]


def test_an_account_without_an_id_takes_nobodys_place(rig: Rig) -> None:
    rig.admin("POST", "/accounts", {"id": "acct-3"})
    ids = [rig.admin("POST", "/accounts", {})["id"] for _ in range(3)]
    assert len({*ids, "acct-3", "main"}) == 5
    assert len(rig.world.accounts) == 5


def test_no_account_gets_another_ones_credentials_though_chance_would_have_it(make_rig: Callable[..., Rig]) -> None:
    would_be = make_rig().world.open_account("shop").shopee.partner_id
    rig = make_rig()
    rig.main.shopee.partner_id = would_be
    rig.world.partners[would_be] = rig.main
    shop = rig.world.open_account("shop")
    assert (shop.shopee.partner_id != would_be, rig.world.partners[would_be] is rig.main) == (True, True)
    assert rig.world.partners[shop.shopee.partner_id] is shop
    accounts = [rig.main, shop, *(rig.world.open_account(f"shop-{number}") for number in range(50))]
    for own in (lambda one: one.wechat.appid, lambda one: one.wecom.corpid, lambda one: one.wecom.robot_key):
        assert len({own(one) for one in accounts}) == 52


def test_the_same_seed_and_id_give_the_same_account(make_rig: Callable[..., Rig]) -> None:
    one, two, other = (make_rig(seed=seed).world.open_account("shop") for seed in (1, 1, 2))
    assert connection(one, "", "") == connection(two, "", "")
    assert not set(connection(one, "", "").values()) & set(connection(other, "", "").values()) - {"", "/wechat"} - {
        value for name, value in connection(one, "", "").items() if name.endswith(("_BASE", "_AGENTID", "_USERID"))
    }


def used(rig: Rig, account: str) -> list[int]:
    """The errcodes of three robot messages and three tokens of an account."""
    own = rig.world.accounts[account]
    text = {"msgtype": "text", "text": {"content": "新订单"}}
    query = {"grant_type": "client_credential", "appid": own.wechat.appid, "secret": own.wechat.secret}
    sent = [rig.said("wecom", "POST", "/cgi-bin/webhook/send", {"key": own.wecom.robot_key}, text) for _ in range(3)]
    return [one["errcode"] for one in sent] + [
        rig.said("wechat", "GET", "/cgi-bin/token", query).get("errcode", 0) for _ in range(3)
    ]


def test_one_accounts_quota_is_not_anothers_and_resetting_one_touches_no_other(make_rig: Callable[..., Rig]) -> None:
    limits = {"wecom": {"quota": {"robot_minute": {"limit": 2}}}, "wechat": {"quota": {"token_day": {"limit": 2}}}}
    rig = make_rig(limits)
    rig.admin("POST", "/accounts", {"id": "left", "account_type": "miniprogram"})
    rig.admin("POST", "/accounts", {"id": "right"})
    assert used(rig, "left") == [0, 0, 45009, 0, 0, 45009]
    assert not any(rig.meters("right").values())
    assert used(rig, "right") == [0, 0, 45009, 0, 0, 45009]
    token, kept, before = (
        rig.world.accounts["right"].wechat.current.text,
        rig.meters("right"),
        rig.events("verdict", "right"),
    )
    hand(rig, "force_open", "right")
    assert rig.admin("POST", "/reset", {"account": "left"})["ok"]
    assert not any(rig.meters("left").values())
    assert {**rig.meters("right"), "wecom": kept["wecom"]} == kept
    assert (rig.events("verdict", "left"), rig.events("verdict", "right")) == ([], before)
    assert rig.wechat("/card/get", token, {})["errcode"] == 41012
    assert rig.world.accounts["left"].wechat.account_type == "miniprogram"
    assert used(rig, "left") == [0, 0, 45009, 0, 0, 45009]
    assert used(rig, "right") == [45009] * 6
    assert rig.message(rig.wecom_token(rig.world.accounts["right"]))["errcode"] == 45009


def test_a_reset_account_has_its_old_credentials_and_nothing_of_its_old_life(rig: Rig) -> None:
    before = rig.admin("GET", "/accounts/main")
    token, card_id = rig.wechat_token(), rig.new_card()
    rig.admin("POST", "/signals", {"kind": "shopee.order_placed", "order_sn": "260302ABCDEFGH"})
    rig.admin("POST", "/reset", {"account": "main"})
    assert rig.admin("GET", "/accounts/main") == before
    assert rig.wechat("/card/get", token, {"card_id": card_id})["errcode"] == 40001
    assert rig.admin("GET", "/state")["holds"] == {"cards": 0, "messages": 0, "orders": 12}


# -------------------------------------------------------------------- looking inside


def test_the_journal_is_read_page_by_page_and_an_accounts_own_alone(rig: Rig) -> None:
    rig.world.open_account("other")
    for account in ("main", "other", "main"):
        rig.wecom_token(rig.world.accounts[account])
    first = rig.admin("GET", "/events", limit=2)
    rest = rig.admin("GET", "/events", since=first["next"])
    assert ([one["account"] for one in first["events"]], first["next"], first["total"]) == (["main", "other"], 2, 3)
    assert ([one["account"] for one in rest["events"]], rest["next"], rest["lost"]) == (["main"], 3, 0)
    assert rig.admin("GET", "/events", since=3)["events"] == []
    own = rig.admin("GET", "/events", account="other")["events"]
    assert [(one["kind"], one["action"], one["allowed"]) for one in own] == [("verdict", "wecom.gettoken", True)]


def test_a_journal_that_forgets_says_how_much(make_rig: Callable[..., Rig]) -> None:
    rig = make_rig(journal=5)
    for _ in range(8):
        rig.wecom_token()
    page = rig.admin("GET", "/events")
    assert (len(page["events"]), page["lost"], page["next"], page["total"]) == (5, 3, 8, 8)
    assert rig.admin("GET", "/events", since=4)["lost"] == 0


def test_a_code_is_explained_by_every_rule_that_answers_with_it_and_its_source(standing: Rig) -> None:
    """S01 is among them."""
    found = {rule["id"]: rule for rule in standing.admin("GET", "/explain", code="45009")["rules"]}
    assert {"wecom.app_minute", "wecom.app_fuse", "wecom.robot_minute", "wechat.service_issue_day"} <= set(found)
    rule = found["wecom.app_minute"]
    assert (rule["limit"], rule["window"], rule["facts"], rule["standing"]) == (200, "1m", ["S01"], "published")
    assert rule["source"].startswith("Shopee 企业微信注册与接入全指南")
    assert standing.admin("GET", "/explain", code="nothing")["rules"] == []


# -------------------------------------------------------------------- what only people can do


def test_an_order_is_placed_and_read_back(rig: Rig) -> None:
    told = rig.admin("POST", "/signals", {"kind": "shopee.order_placed"})
    assert (told["ok"], told["sanctions"]) == (True, [])
    assert re.fullmatch(r"260302[A-Z0-9]{8}", told["order_sn"])
    answer = rig.shop("/api/v2/order/get_order_detail", order_sn_list=told["order_sn"])
    assert answer["response"]["order_list"][0]["order_status"] == "READY_TO_SHIP"
    named = {"kind": "shopee.order_placed", "order_sn": "260302MYOWNSN1"}
    assert rig.admin("POST", "/signals", named)["order_sn"] == "260302MYOWNSN1"
    again = rig.admin("POST", "/signals", named)
    assert (again["ok"], again["code"]) == (False, "error_param")


def test_a_hand_holds_a_fuse_open_takes_it_out_and_puts_it_back(rig: Rig) -> None:
    """S02: the fuse obeys a hand until a hand lets go."""
    token = rig.wecom_token()
    opened = hand(rig, "force_open")
    assert [(one["rule"], one["effect"], one["until"]) for one in opened["sanctions"]] == [
        ("wecom.app_fuse", "forced_open", None)
    ]
    rig.jump(DAY)
    token = rig.wecom_token()
    answer = rig.message(token)
    hint = re.search(r"hint: \[(\d+)", answer["errmsg"])[1]
    assert (answer["errcode"], rig.admin("GET", "/explain", rid=hint)["allowed_again_at"]) == (45009, None)
    assert hand(rig, "reset")["sanctions"][0]["effect"] == "closed"
    assert rig.message(token)["errcode"] == 0
    hand(rig, "disable")
    codes = [rig.message(token, touser=f"staff{n % 20 + 1:02}")["errcode"] for n in range(205)]
    assert (codes[:199], codes[199:]) == ([0] * 199, [45009] * 6)
    rig.jump(MINUTE)
    assert rig.message(token)["errcode"] == 0


@pytest.mark.parametrize("platform", ["wechat", "wecom", "shopee"])
def test_a_token_dies_when_told_so(rig: Rig, platform: str) -> None:
    token = {"wechat": rig.wechat_token, "wecom": rig.wecom_token, "shopee": lambda: rig.main.shopee.access_token}[
        platform
    ]()
    assert rig.admin("POST", "/tokens/expire", {"platform": platform, "access_token": token})["ok"]
    answers = {
        "wechat": lambda: rig.wechat("/card/get", token, {})["errcode"],
        "wecom": lambda: rig.message(token)["errcode"],
        "shopee": lambda: rig.shop("/api/v2/order/get_order_detail", order_sn_list="x")["error"],
    }
    assert answers[platform]() in (42001, "invalid_acceess_token")


def test_a_card_is_reviewed_and_taken_by_hand(rig: Rig) -> None:
    card_id = rig.wechat("/card/create", rig.wechat_token(), CARD)["card_id"]
    taken = {"card_id": card_id, "openid": rig.main.wechat.followers[0]}
    early = rig.admin("POST", "/cards/receive", taken)
    assert (early["ok"], early["code"], early["text"]) == (False, "40078", "invalid card status")
    assert rig.admin("POST", "/cards/approve", {"card_id": card_id})["ok"]
    assert re.fullmatch(r"\d{12}", rig.admin("POST", "/cards/receive", taken)["code"])
    unknown = rig.admin("POST", "/cards/approve", {"card_id": "p0"})
    assert (unknown["ok"], unknown["code"]) == (False, "40073")


def test_the_env_file_is_its_owners_alone(rig: Rig, tmp_path: Path) -> None:
    values = connection(rig.main, "http://127.0.0.1:8080", ADMIN)
    (tmp_path / "env").touch(mode=0o644)
    write_env(tmp_path / "env", values)
    assert (tmp_path / "env").stat().st_mode & 0o777 == 0o600
    assert dict(line.split("=", 1) for line in (tmp_path / "env").read_text().splitlines()) == values
    with pytest.raises(MachineError, match="cannot write the env file"):
        write_env(tmp_path / "no" / "such" / "folder", values)
