"""The official account: tokens that supersede one another, and an envelope that SDKs depend on to the letter."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.mocks.rig import CARD, DAY, HOUR, MINUTE, START, Rig

SECOND = 1_000


def credentials(rig: Rig) -> dict[str, str]:
    """What a token is asked for with."""
    state = rig.main.wechat
    return {"grant_type": "client_credential", "appid": state.appid, "secret": state.secret}


def stable(rig: Rig, *, force: bool = False) -> dict[str, Any]:
    """What the stable token's endpoint answers."""
    return rig.said("wechat", "POST", "/cgi-bin/stable_token", "", {**credentials(rig), "force_refresh": force})


def works(rig: Rig, token: str) -> int:
    """The errcode of a call with that token; 41012, a missing card id, when the token is good."""
    return rig.wechat("/card/get", token, {})["errcode"]


GOOD = 41012


def test_the_token_before_the_newest_stays_good_for_five_minutes_and_is_then_not_the_latest(rig: Rig) -> None:
    old, new = rig.wechat_token(), rig.wechat_token()
    assert old != new
    rig.jump(5 * MINUTE - 1)
    assert (works(rig, old), works(rig, new)) == (GOOD, GOOD)
    rig.jump(1)
    answer = rig.wechat("/card/get", old, {})
    assert (answer["errcode"], works(rig, new)) == (40001, GOOD)
    text = "invalid credential, access_token is invalid or not latest, could get access_token by getStableAccessToken,"
    assert answer["errmsg"].startswith(f"{text} more details at https://mmbizurl.cn/s/JtxxFh33r rid: ")


def test_a_token_lives_two_hours_and_says_that_it_has_expired(rig: Rig) -> None:
    token = rig.wechat_token()
    rig.jump(2 * HOUR - 1)
    assert works(rig, token) == GOOD
    rig.jump(1)
    answer = rig.wechat("/card/get", token, {})
    assert answer["errcode"] == 42001
    assert "access_token expired" in answer["errmsg"]  # easywechat retries only when it reads these words


def test_the_answer_to_a_token_request_has_no_errcode_and_names_two_hours(rig: Rig) -> None:
    response = rig.send("wechat", "GET", "/cgi-bin/token", credentials(rig))
    said = json.loads(response.body)
    assert (set(said), said["expires_in"]) == ({"access_token", "expires_in"}, 7200)
    assert len(said["access_token"]) <= 512


def test_a_stable_token_is_the_same_until_its_last_five_minutes(rig: Rig) -> None:
    first = stable(rig)
    rig.jump(2 * HOUR - 5 * MINUTE - SECOND)
    again = stable(rig)
    assert (again["access_token"], again["expires_in"]) == (first["access_token"], 301)
    rig.jump(SECOND)
    fresh = stable(rig)
    assert (fresh["access_token"] != first["access_token"], fresh["expires_in"]) == (True, 7200)
    assert works(rig, first["access_token"]) == GOOD
    rig.jump(5 * MINUTE)
    assert (works(rig, first["access_token"]), works(rig, fresh["access_token"])) == (40001, GOOD)


def test_the_two_pools_of_tokens_do_not_touch_one_another(rig: Rig) -> None:
    pooled, plain = stable(rig)["access_token"], [rig.wechat_token() for _ in range(3)]
    rig.jump(10 * MINUTE)
    assert (works(rig, pooled), works(rig, plain[-1])) == (GOOD, GOOD)
    assert stable(rig)["access_token"] == pooled


def test_a_forced_refresh_waits_thirty_seconds_for_the_next_and_twenty_are_enough_for_a_day(rig: Rig) -> None:
    seen = {stable(rig)["access_token"]}
    for number in range(1, 21):
        seen.add(stable(rig, force=True)["access_token"])
        rig.jump(30 * SECOND - 1)
        assert stable(rig, force=True)["errcode"] == (45011 if number < 20 else 45009)
        rig.jump(1)
    assert len(seen) == 21
    assert stable(rig, force=True)["errcode"] == 45009
    assert stable(rig)["access_token"] in seen
    rig.jump(14 * HOUR - 20 * 30 * SECOND)  # midnight in Beijing
    assert "access_token" in stable(rig, force=True)


def test_the_day_of_token_requests_begins_at_midnight_in_beijing(make_rig: Callable[..., Rig]) -> None:
    rig = make_rig({"wechat": {"quota": {"token_day": {"limit": 2}}}})
    rig.wechat_token()
    rig.wechat_token()
    rig.jump(14 * HOUR - 1)
    assert rig.said("wechat", "GET", "/cgi-bin/token", credentials(rig))["errcode"] == 45009
    rig.jump(1)
    assert rig.wechat_token()


def test_a_stable_token_may_be_asked_for_so_often_a_minute_and_no_more(make_rig: Callable[..., Rig]) -> None:
    rig = make_rig({"wechat": {"quota": {"stable_token_minute": {"limit": 3}}}})
    assert [stable(rig).get("errcode", 0) for _ in range(4)] == [0, 0, 0, 45011]
    rig.jump(MINUTE)
    assert "access_token" in stable(rig)


REFUSALS: dict[str, tuple[str, str, dict[str, Any] | str, Any, int]] = {
    "a wrong grant": ("GET", "/cgi-bin/token", {"grant_type": "password"}, None, 40002),
    "no appid": ("GET", "/cgi-bin/token", {"appid": ""}, None, 41002),
    "no secret": ("GET", "/cgi-bin/token", {"secret": ""}, None, 41004),
    "an unknown appid": ("GET", "/cgi-bin/token", {"appid": "wx0"}, None, 40013),
    "a wrong secret": ("GET", "/cgi-bin/token", {"secret": "no"}, None, 40125),
    "POST to token": ("POST", "/cgi-bin/token", {}, {}, 43001),
    "GET of the stable token": ("GET", "/cgi-bin/stable_token", {}, None, 43002),
    "an appid that is a number": ("POST", "/cgi-bin/stable_token", "", {"appid": 5}, 40013),
    "a secret that is a list": ("POST", "/cgi-bin/stable_token", "", {"secret": ["x"]}, 40125),
    "a stable token from no JSON": ("POST", "/cgi-bin/stable_token", "", b"grant_type=client_credential", 47001),
    "a stable token from nothing": ("POST", "/cgi-bin/stable_token", "", None, 44002),
    "no token": ("POST", "/card/get", "", {}, 41001),
    "a short token": ("POST", "/card/get", {"access_token": "abc"}, {}, 40014),
    "a token nobody issued": ("POST", "/card/get", {"access_token": "x" * 40}, {}, 40001),
    "GET of a card": ("GET", "/card/get", "TOKEN", None, 43002),
    "an empty body": ("POST", "/card/get", "TOKEN", None, 44002),
    "a body that is no JSON": ("POST", "/card/get", "TOKEN", b"{", 47001),
    "a body that is too large": ("POST", "/card/get", "TOKEN", b"{" + b" " * 65536, 45002),
    "no card id": ("POST", "/card/get", "TOKEN", {}, 41012),
    "a card id that is a number": ("POST", "/card/get", "TOKEN", {"card_id": 5}, 41012),
    "an unknown card": ("POST", "/card/get", "TOKEN", {"card_id": "p0"}, 40073),
    "no code": ("POST", "/card/code/get", "TOKEN", {}, 41013),
    "an unknown code": ("POST", "/card/code/consume", "TOKEN", {"code": "1"}, 40056),
    "an unknown path": ("POST", "/card/nothing", "TOKEN", {}, 40066),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_a_bad_request_is_refused_with_its_code_a_rid_that_explains_it_and_costs_nothing(standing: Rig, case: str) -> None:
    method, path, query, body, code = REFUSALS[case]
    token, before = standing.wechat_token(), standing.meters()
    if query == "TOKEN":
        query = {"access_token": token}
    elif path == "/cgi-bin/token":
        query = {**credentials(standing), **dict(query)}
    elif isinstance(body, dict) and path == "/cgi-bin/stable_token":
        body = {**credentials(standing), **body}
    response = standing.send("wechat", method, path, query, body)
    said = json.loads(response.body)
    assert (response.status, said["errcode"], standing.meters()) == (200, code, before)
    assert dict(response.headers)[b"content-type"] == b"application/json; encoding=utf-8"
    rid = re.search(r" rid: ([0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8})$", said["errmsg"])[1]
    assert int(rid[:8], 16) == standing.clock() // 1000
    assert standing.admin("GET", "/explain", rid=rid)["code"] == str(code)


def test_a_refusal_by_a_rule_says_which_rule_and_when_it_ends(make_rig: Callable[..., Rig]) -> None:
    rig = make_rig({"wechat": {"quota": {"token_day": {"limit": 0}}}})
    rid = rig.said("wechat", "GET", "/cgi-bin/token", credentials(rig))["errmsg"].rpartition("rid: ")[2]
    why = rig.admin("GET", "/explain", rid=rid)
    assert (why["rule"]["id"], why["rule"]["window"], why["retry_after"]) == ("wechat.token_day", "1d", None)
    rig = make_rig({"wechat": {"quota": {"token_day": {"limit": 1}}}})
    rig.wechat_token()
    rid = rig.said("wechat", "GET", "/cgi-bin/token", credentials(rig))["errmsg"].rpartition("rid: ")[2]
    assert rig.admin("GET", "/explain", rid=rid)["allowed_again_at"] == START + 14 * HOUR


def test_trouble_is_answered_so_often_and_nothing_is_done_meanwhile(rig: Rig) -> None:
    token, asked = rig.wechat_token(), ("/card/create", rig.wechat_token(), CARD)
    for wrong in ({"code": "40001"}, {"code": "-1", "answers": "2"}, {"code": "-1", "path": 5}, {}):
        assert rig.tell("wechat.trouble", **wrong)["code"] == "40097"
    rig.tell("wechat.trouble", code="-1", answers=2)
    assert [rig.wechat(*asked)["errcode"] for _ in range(3)] == [-1, -1, 0]
    rig.tell("channels.trouble", code="50002")
    shop = ("/channels/ec/product/list/get", token, {})
    assert [rig.wechat(*shop)["errcode"] for _ in range(2)] == [50002, 50002]
    rig.tell("channels.trouble", code="")
    assert (rig.wechat(*shop)["errcode"], len(rig.main.wechat.cards)) == (0, 1)
    rig.tell("wechat.trouble", code="-1", answers=1, path="card/batchget")
    paths = ("/card/create", "/card/batchget", "/card/batchget")
    assert [rig.wechat(path, token, {})["errcode"] == -1 for path in paths] == [False, True, False]


def test_chinese_is_answered_as_it_is_and_never_escaped(rig: Rig) -> None:
    token = rig.wechat_token()
    card_id = rig.new_card(token)
    response = rig.send("wechat", "POST", "/card/get", {"access_token": token}, {"card_id": card_id})
    assert "海底捞".encode() in response.body
    assert b"\\u" not in response.body
    assert dict(response.headers)[b"content-type"] == b"application/json; encoding=utf-8"


def test_half_a_character_is_answered_as_it_came_and_still_is_json(rig: Rig) -> None:
    assert rig.message(rig.wecom_token(), touser="staff01|\ud800")["invaliduser"] == "\ud800"


@pytest.mark.parametrize(
    "query", ["access_token=%s&", "&&access_token=%s", "access_token=no&access_token=%s", "access_token=%s&a=%%zz+b"]
)
def test_a_query_with_empty_repeated_or_broken_pairs_is_read_all_the_same(rig: Rig, query: str) -> None:
    assert rig.said("wechat", "POST", "/card/get", query % rig.wechat_token(), {})["errcode"] == GOOD


def test_every_day_has_its_own_count_of_tokens(make_rig: Callable[..., Rig]) -> None:
    rig = make_rig({"wechat": {"quota": {"token_day": {"limit": 1}}}})
    for _ in range(30):
        assert works(rig, rig.wechat_token()) == GOOD
        rig.jump(DAY)
