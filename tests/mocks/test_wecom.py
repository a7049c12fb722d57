"""WeCom under its limits: what is refused costs nothing, what is sent is counted where it belongs, and every refusal explains itself."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.mocks.rig import HOUR, MINUTE, START, Rig

SEND, ROBOT, USER, TOKEN = "/cgi-bin/message/send", "/cgi-bin/webhook/send", "/cgi-bin/user/get", "/cgi-bin/gettoken"
TEXT = {"msgtype": "text", "text": {"content": "新订单"}}
ROWS = ["staff01|staff02", "STAFF01", " staff01 | staff02 "]


def real(rig: Rig, query: dict[str, str]) -> dict[str, str]:
    """A query of the table: `TOKEN`, `KEY`, `CORP` and `SECRET` in it stand for the account's own."""
    state = rig.main.wecom
    own = {"TOKEN": state.token, "KEY": state.robot_key, "CORP": state.corpid, "SECRET": state.secret}
    return {name: own.get(value, value) for name, value in query.items()}


def asked(rig: Rig, path: str, query: dict[str, str], body: Any = None) -> dict[str, Any]:
    """What WeCom answers by the endpoint's own method."""
    return rig.said("wecom", "POST" if path in (SEND, ROBOT) else "GET", path, real(rig, query), body)


def with_text(**fields: Any) -> dict[str, Any]:
    """A good application message with some of its fields replaced; None leaves one out."""
    return {k: v for k, v in {"touser": "staff01", "agentid": 1000002, **TEXT, **fields}.items() if v is not None}


HELD = {"access_token": "TOKEN"}
KEYED = {"key": "KEY"}

REFUSALS = {
    "POST where GET is meant": (TOKEN, {"corpid": "CORP", "corpsecret": "SECRET"}, {}, "POST", 43001),
    "GET where POST is meant": (SEND, HELD, None, "GET", 43002),
    "another method altogether": (SEND, HELD, with_text(), "DELETE", 43002),
    "an unknown path": ("/cgi-bin/nothing/here", HELD, None, "GET", 48002),
    "no corpid": (TOKEN, {"corpsecret": "SECRET"}, None, "GET", 41002),
    "no corpsecret": (TOKEN, {"corpid": "CORP"}, None, "GET", 41004),
    "an unknown corp": (TOKEN, {"corpid": "ww0", "corpsecret": "SECRET"}, None, "GET", 40013),
    "a wrong secret": (TOKEN, {"corpid": "CORP", "corpsecret": "no"}, None, "GET", 40001),
    "no token": (SEND, {}, with_text(), "POST", 41001),
    "an empty token": (SEND, {"access_token": ""}, with_text(), "POST", 41001),
    "a token nobody issued": (SEND, {"access_token": "x" * 40}, with_text(), "POST", 40014),
    "a body that is too large": (SEND, HELD, b"{" + b" " * (1 << 20) + b"}", "POST", 45002),
    "an empty body": (SEND, HELD, None, "POST", 44002),
    "broken JSON": (SEND, HELD, b'{"touser": ', "POST", 47001),
    "JSON that is no object": (SEND, HELD, b"[1, 2]", "POST", 47001),
    "a number that JSON does not have": (SEND, HELD, b'{"touser": NaN}', "POST", 47001),
    "bytes that are no UTF-8": (SEND, HELD, '{"touser": "张三"}'.encode("gbk"), "POST", 47001),
    "no msgtype": (SEND, HELD, with_text(msgtype=None), "POST", 40008),
    "an unknown msgtype": (SEND, HELD, with_text(msgtype="telegram"), "POST", 40008),
    "a msgtype that is no text": (SEND, HELD, with_text(msgtype=["text"]), "POST", 40008),
    "no part for the msgtype": (SEND, HELD, with_text(text=None), "POST", 44004),
    "a part that is no object": (SEND, HELD, with_text(text="hello"), "POST", 44004),
    "a text without content": (SEND, HELD, with_text(text={}), "POST", 44004),
    "an empty content": (SEND, HELD, with_text(text={"content": ""}), "POST", 44004),
    "a content that is no text": (SEND, HELD, with_text(text={"content": 5}), "POST", 44004),
    "a markdown without content": (SEND, HELD, with_text(msgtype="markdown", markdown={}), "POST", 44004),
    "2,049 bytes of text": (SEND, HELD, with_text(text={"content": "中" * 683}), "POST", 40058),
    "an image without media_id": (SEND, HELD, with_text(msgtype="image", image={}), "POST", 40058),
    "a card without url": (
        SEND,
        HELD,
        with_text(msgtype="textcard", textcard={"title": "a", "description": "b"}),
        "POST",
        40058,
    ),
    "news without articles": (SEND, HELD, with_text(msgtype="news", news={"articles": []}), "POST", 40058),
    "nine articles": (SEND, HELD, with_text(msgtype="news", news={"articles": [{}] * 9}), "POST", 40058),
    "no agentid": (SEND, HELD, with_text(agentid=None), "POST", 41011),
    "the agentid of another application": (SEND, HELD, with_text(agentid=1000003), "POST", 301002),
    "no receiver at all": (SEND, HELD, with_text(touser=None), "POST", 82001),
    "a receiver that is no text": (SEND, HELD, with_text(touser=["staff01"]), "POST", 82001),
    "1,001 receivers": (SEND, HELD, with_text(touser="|".join(["staff01"] * 1001)), "POST", 40058),
    "only unknown receivers": (SEND, HELD, with_text(touser="nobody|noone"), "POST", 81013),
    "only a party that there is not": (SEND, HELD, with_text(touser=None, toparty="99"), "POST", 81013),
    "a robot's wrong key": (ROBOT, {"key": "no"}, TEXT, "POST", 93000),
    "a robot without a key": (ROBOT, {}, TEXT, "POST", 93000),
    "a robot's empty body": (ROBOT, KEYED, None, "POST", 44002),
    "a robot's wrong msgtype": (ROBOT, KEYED, {"msgtype": "mpnews", "mpnews": {}}, "POST", 40008),
    "a robot's empty content": (ROBOT, KEYED, {"msgtype": "text", "text": {"content": ""}}, "POST", 44004),
    "a robot's text that is too long": (ROBOT, KEYED, {"msgtype": "text", "text": {"content": "x" * 2049}}, "POST", 40058),
    "a robot's image without md5": (ROBOT, KEYED, {"msgtype": "image", "image": {"base64": "eA=="}}, "POST", 40058),
    "no userid": (USER, HELD, None, "GET", 41009),
    "an unknown userid": (USER, {**HELD, "userid": "nobody"}, None, "GET", 60111),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_a_bad_request_is_refused_in_the_vendors_words_explained_and_uses_up_nothing(standing: Rig, case: str) -> None:
    path, query, body, method, code = REFUSALS[case]
    standing.wecom_token()
    before = standing.admin("GET", "/state")
    response = standing.send("wecom", method, path, real(standing, query), body)
    headers, said = dict(response.headers), json.loads(response.body)
    assert (said["errcode"], standing.admin("GET", "/state")) == (code, before)
    assert (response.status, headers[b"content-type"]) == (200, b"application/json; charset=UTF-8")
    assert headers[b"error-code"] == str(code).encode()
    assert said["errmsg"].startswith(headers[b"error-msg"].decode()) or code == 40058
    hint, ip, more = said["errmsg"].rpartition(", hint: ")[2].split(", ")
    assert re.fullmatch(r"\[\d{19,22}\]", hint)
    assert (ip, more) == ("from ip: 127.0.0.1", f"more info at https://open.work.weixin.qq.com/devtool/query?e={code}")
    why = standing.admin("GET", "/explain", rid=hint.strip("[]"))
    assert (why["status"], why["code"], why["because"]) == (200, str(code), "the request itself")


def test_two_strangers_errors_in_the_same_millisecond_are_explained_apart(rig: Rig) -> None:
    hints = [
        re.search(r"hint: \[(\d+)\]", asked(rig, SEND, query, with_text())["errmsg"])[1]
        for query in ({}, {"access_token": "x" * 40})
    ]
    assert [rig.admin("GET", "/explain", rid=hint)["code"] for hint in hints] == ["41001", "40014"]


def test_a_token_is_the_same_until_it_ends_and_then_another(rig: Rig) -> None:
    first = asked(rig, TOKEN, {"corpid": "CORP", "corpsecret": "SECRET"})
    rig.jump(HOUR)
    again = asked(rig, TOKEN, {"corpid": "CORP", "corpsecret": "SECRET"})
    assert (again["access_token"], first["expires_in"], again["expires_in"]) == (first["access_token"], 7200, 3600)
    rig.jump(HOUR)
    assert rig.message(first["access_token"])["errcode"] == 42001
    assert asked(rig, TOKEN, {"corpid": "CORP", "corpsecret": "SECRET"})["access_token"] != first["access_token"]
    assert rig.message(first["access_token"])["errcode"] == 42001


@pytest.mark.parametrize("agentid", [1000002, "1000002"], ids=["number", "text"])
@pytest.mark.parametrize("touser", ROWS)
def test_a_good_message_is_sent_however_its_ids_are_written(rig: Rig, touser: str, agentid: object) -> None:
    answer = rig.message(rig.wecom_token(), touser=touser, agentid=agentid)
    assert (answer["errcode"], answer["errmsg"]) == (0, "ok")
    assert "invaliduser" not in answer
    assert rig.main.wecom.messages[-1]["msgid"] == answer["msgid"]
    assert set(rig.main.wecom.messages[-1]["users"]) <= {"staff01", "staff02"}


def test_unknown_receivers_are_named_in_lower_case_and_the_others_get_the_message(rig: Rig) -> None:
    answer = rig.message(rig.wecom_token(), touser="staff03|Nobody|staff04|noone")
    assert (answer["errcode"], answer["invaliduser"]) == (0, "nobody|noone")
    assert rig.main.wecom.messages[-1]["users"] == ["staff03", "staff04"]


def test_at_all_reaches_every_member_and_counts_every_one(make_rig: Callable[..., Rig]) -> None:
    rig = make_rig({"wecom": {"quota": {"app_reach_day": {"limit": 41}}}})
    token = rig.wecom_token()
    assert [rig.message(token, touser="@all")["errcode"] for _ in range(2)] == [0, 0]
    assert len(rig.main.wecom.messages[-1]["users"]) == 20
    assert rig.message(token, touser="@all")["errcode"] == 45009
    assert rig.message(token)["errcode"] == 0


def test_a_member_who_gets_too_many_is_passed_over_in_silence(rig: Rig) -> None:
    token = rig.wecom_token()
    answers = [rig.message(token, touser="staff01|staff02") for _ in range(15)]
    answers += [rig.message(token, touser="staff01") for _ in range(16)]
    assert {answer["errcode"] for answer in answers} == {0}
    drop = {"kind": "drop", "account": "main", "action": "wecom.message_send", "user": "staff01", "at": START}
    assert rig.events("drop") == [{**drop, "msgid": answers[-1]["msgid"]}]
    rig.jump(MINUTE)
    rig.message(token, touser="staff01")
    assert len(rig.events("drop")) == 1


def test_two_hundred_pushes_a_minute_pass_and_one_more_trips_the_fuse(rig: Rig) -> None:
    """S01, S02: refused for the cool-down though the next minute is new; five probes close the fuse again."""
    token = rig.wecom_token()
    rig.jump(40_000)
    assert [rig.message(token, touser=f"staff{n % 20 + 1:02}")["errcode"] for n in range(200)] == [0] * 200
    assert rig.message(token)["errcode"] == 45009
    rig.jump(59_999)
    assert rig.message(token)["errcode"] == 45009
    rig.jump(1)
    assert [rig.message(token)["errcode"] for _ in range(5)] == [0] * 5
    assert [event["state"] for event in rig.events("breaker")] == ["open", "half_open", "closed"]


def test_an_excess_while_probing_doubles_the_cool_down_up_to_a_quarter_of_an_hour(make_rig: Callable[..., Rig]) -> None:
    """S02: each excess soon after the last one doubles the cool-down."""
    rig = make_rig({"wecom": {"quota": {"app_minute": {"limit": 1, "window": "1h"}}}})
    token, waits = rig.wecom_token(), []
    rig.message(token)
    for _ in range(6):
        hint = re.search(r"hint: \[(\d+)", rig.message(token)["errmsg"])[1]
        assert rig.admin("GET", "/explain", rid=hint)["tripped"] == "wecom.app_fuse"
        fuse = next(cell for key, cell in rig.meters()["wecom"].items() if key.endswith("#wecom.app_fuse"))
        waits.append(fuse["until"] - rig.clock())
        rig.jump(waits[-1])
    assert waits == [MINUTE * factor for factor in (1, 2, 4, 8, 15, 15)]
    assert [event["state"] for event in rig.events("breaker") if event["state"] == "open"] == ["open"] * 6


def test_the_bindings_webhook_counts_for_the_application_and_the_robot_for_itself(make_rig: Callable[..., Rig]) -> None:
    """S01: pushes of a Shopee binding are the application's; a group robot has its own twenty a minute."""
    rig = make_rig({"wecom": {"quota": {"app_minute": {"limit": 3}}}})
    token, binding = rig.wecom_token(), {"key": rig.main.wecom.binding_key}
    for _ in range(10):
        assert asked(rig, ROBOT, KEYED, TEXT)["errcode"] == 0
    assert asked(rig, ROBOT, binding, TEXT)["errcode"] == 0
    assert [rig.message(token)["errcode"] for _ in range(2)] == [0, 0]
    assert asked(rig, ROBOT, binding, TEXT)["errcode"] == 45009
    assert rig.message(token)["errcode"] == 45009
    assert asked(rig, ROBOT, KEYED, TEXT)["errcode"] == 0


def test_a_robot_may_speak_twenty_times_a_minute(rig: Rig) -> None:
    assert [asked(rig, ROBOT, KEYED, TEXT)["errcode"] for _ in range(21)] == [0] * 20 + [45009]
    rig.jump(MINUTE)
    assert asked(rig, ROBOT, KEYED, TEXT)["errcode"] == 0


def test_a_refusal_by_a_rule_names_the_rule_its_window_and_when_it_is_allowed_again(rig: Rig) -> None:
    rig.jump(17_000)
    for _ in range(20):
        asked(rig, ROBOT, KEYED, TEXT)
    hint = re.search(r"hint: \[(\d+)", asked(rig, ROBOT, KEYED, TEXT)["errmsg"])[1]
    why = rig.admin("GET", "/explain", rid=hint)
    rule = why["rule"]
    assert (rule["id"], rule["window"], rule["limit"], why["because"]) == ("wecom.robot_minute", "1m", 20, "a rule")
    assert (why["retry_after"], why["allowed_again_at"]) == (43_000, START + MINUTE)
    rig.jump(why["retry_after"] - 1)
    assert asked(rig, ROBOT, KEYED, TEXT)["errcode"] == 45009
    rig.jump(1)
    assert asked(rig, ROBOT, KEYED, TEXT)["errcode"] == 0


def test_a_member_is_shown_by_any_case_of_the_id_and_in_chinese_as_it_is(rig: Rig) -> None:
    rig.wecom_token()
    query = {"access_token": rig.main.wecom.token, "userid": "STAFF07"}
    response = rig.send("wecom", "GET", USER, query)
    name = rig.main.wecom.users["staff07"].name
    assert json.loads(response.body)["name"] == name
    assert name.encode() in response.body
