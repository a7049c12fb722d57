"""WeCom where clients look closely: errors of typed endpoints, debug calls, whole events, members' messages, days in Beijing."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from defusedxml.ElementTree import fromstring
from wechatpy.enterprise import parse_message

from mocks import bizmsg
from mocks.wecom import courier
from mocks.wecom.directory import Department
from mocks.wecom.endpoints import EMPTY
from mocks.wecom.talking import TROUBLES, WRITTEN
from sandbox.behaviour import Push
from tests.mocks.rig import DAY, MINUTE, Rig
from tests.mocks.wecom_requests import Corp, overheard, upload

X = "/cgi-bin/externalcontact/"
VOTE = {"card_type": "vote_interaction", "task_id": "vote-1", "main_title": {"title": "班次"}}


@pytest.fixture
def corp(fresh: Rig) -> Corp:
    """A corp whose events are kept in `made["told"]`."""
    return overheard(fresh)


def told(corp: Corp, kind: str, **said: Any) -> dict[str, Any]:
    """The event that a fact brings."""
    assert corp.rig.tell(f"wecom.{kind}", **{"userid": "staff03", **said})["code"] == "0"
    return corp.made["told"][-1]


def asked(corp: Corp, path: str, body: Any) -> dict[str, Any]:
    """What WeCom answers to a POST."""
    return corp.ask(path, {}, body)


@pytest.mark.parametrize("path", EMPTY)
def test_an_error_brings_what_would_have_been_told_empty_and_names_its_server(fresh: Rig, path: str) -> None:
    answer = fresh.send("wecom", "GET", path, {"access_token": "x"})
    said, headers = json.loads(answer.body), dict(answer.headers)
    assert {name: said[name] for name in EMPTY[path]} == EMPTY[path]
    assert headers[b"server"] == b"nginx"
    assert headers[b"error-code"] == str(said["errcode"]).encode()


def test_the_header_says_what_the_text_says(corp: Corp) -> None:
    answer = corp.send("/cgi-bin/user/list_id", {}, {"limit": 10_001})
    assert dict(answer.headers)[b"error-msg"] == b"invalid param 'limit'. invalid Request Parameter"


def test_five_calls_a_minute_may_ask_for_debug_information(corp: Corp) -> None:
    codes = [corp.ask("/cgi-bin/getcallbackip", {"debug": "1"}, None)["errcode"] for _ in range(6)]
    assert codes == [0] * 5 + [45009]
    assert corp.ask("/cgi-bin/getcallbackip", {}, None)["errcode"] == 0
    corp.rig.jump(MINUTE)
    assert corp.ask("/cgi-bin/getcallbackip", {"debug": "1"}, None)["errcode"] == 0


def test_the_event_of_a_new_member_says_all_that_is_known_of_him(corp: Corp) -> None:
    attrs = [
        {"type": 0, "name": "工号", "text": {"value": "7"}},
        {"type": 1, "name": "主页", "web": {"title": "我", "url": "https://a.example/"}},
    ]
    member = {"userid": "New.One", "name": "新", "department": [2, 3], "main_department": 3, "mobile": "13900000001"}
    more = {
        "is_leader_in_dept": [1, 0],
        "biz_mail": "n@corp.example",
        "telephone": "020",
        "address": "南山",
        "alias": "小新",
    }
    body = {**member, **more, "direct_leader": ["staff01"], "extattr": {"attrs": attrs}}
    assert asked(corp, "/cgi-bin/user/create", body)["errmsg"] == "created"
    event = corp.made["told"][-1]
    expected = {"UserID": "New.One", "Department": "2,3", "MainDepartment": 3, "IsLeaderInDept": "1,0", "Status": 1}
    expected |= {"DirectLeader": "staff01", "BizMail": "n@corp.example", "Telephone": "020", "Address": "南山"}
    assert {name: event[name] for name in expected} == expected
    root = fromstring(bizmsg.xml(event))
    assert [one.findtext("Name") for one in root.findall("ExtAttr/Item")] == ["工号", "主页"]
    assert (root.findtext("ExtAttr/Item/Text/Value"), root.findtext("ExtAttr/Item/Web/Url")) == ("7", "https://a.example/")
    assert asked(corp, "/cgi-bin/user/update", {"userid": "new.one", "enable": 0})["errcode"] == 0
    assert corp.made["told"][-1]["Status"] == 2


@pytest.mark.parametrize("kind", WRITTEN)
def test_a_member_writes_what_he_likes_and_wechatpy_reads_it(corp: Corp, kind: str) -> None:
    event = told(corp, "member_wrote", type=kind)
    said = parse_message(bizmsg.xml(event))
    assert (said.type, said.source, said.id) == (kind, "staff03", event["MsgId"])
    for name in {"MediaId", "ThumbMediaId"} & event.keys():
        answer = corp.rig.send("wecom", "GET", "/cgi-bin/media/get", {"access_token": corp.token, "media_id": event[name]})
        assert b"content-disposition" in dict(answer.headers)


@pytest.mark.parametrize("said", [{"type": "song"}, {"type": []}, {"fields": {"Event": "x"}}, {"fields": "x"}])
def test_what_no_member_can_write_is_refused(corp: Corp, said: dict[str, Any]) -> None:
    assert corp.rig.tell("wecom.member_wrote", userid="staff03", **said)["code"] == "40058"
    assert corp.made["told"] == []


def test_a_button_that_is_pressed_is_told_with_its_key_or_its_address(corp: Corp) -> None:
    assert corp.rig.tell("wecom.menu_pressed", userid="staff03", key="today")["code"] == "46003"
    views = {"name": "店", "sub_button": [{"type": "view", "name": "首页", "url": "https://shop.example/"}]}
    menu = {"button": [{"type": "click", "name": "今日", "key": "today"}, views]}
    assert corp.ask("/cgi-bin/menu/create", {"agentid": corp.state.agentid}, menu)["errcode"] == 0
    for key, event in (("today", "click"), ("https://shop.example/", "view")):
        found = told(corp, "menu_pressed", key=key)
        assert (found["Event"], found["EventKey"], found["FromUserName"]) == (event, key, "staff03")
    assert corp.rig.tell("wecom.menu_pressed", userid="staff03", key="tomorrow")["code"] == "40058"


def test_where_a_member_is_is_told(corp: Corp) -> None:
    event = told(corp, "member_located", latitude=22.5, longitude=114)
    assert (event["Event"], event["Latitude"], event["Longitude"]) == ("LOCATION", "22.5", "114")
    assert corp.rig.tell("wecom.member_located", userid="staff03", latitude="north")["code"] == "40058"


def test_a_card_on_which_a_member_chooses_brings_what_he_chose(corp: Corp) -> None:
    body = {"touser": "staff03", "agentid": corp.state.agentid, "msgtype": "template_card", "template_card": VOTE}
    assert asked(corp, "/cgi-bin/message/send", body)["errcode"] == 0
    event = told(corp, "card_clicked", task_id="vote-1", key="submit", selected={"shift": ["early", "late"]})
    row = fromstring(bizmsg.xml(event)).find("SelectedItems/SelectedItem")
    assert row is not None
    assert (row.findtext("QuestionKey"), [one.text for one in row.findall("OptionIds/OptionId")]) == (
        "shift",
        ["early", "late"],
    )
    assert corp.rig.tell("wecom.card_clicked", userid="staff03", task_id="vote-1", selected={"a": "b"})["code"] == "40058"


def test_a_day_of_figures_begins_at_midnight_in_beijing(corp: Corp) -> None:
    """The clock stands at ten in the morning there, two at night in London."""
    corp.rig.tell("wecom.customer_added", userid="staff03")
    corp.rig.tell("wecom.customer_wrote", open_kfid=corp.kfid, external_userid=corp.customers[0])
    now = corp.rig.clock() // 1000
    midnight = now - (now + 28_800) % 86_400
    rows = asked(corp, X + "get_user_behavior_data", {"userid": ["staff03"], "start_time": midnight, "end_time": now})
    assert [(one["stat_time"], one["new_contact_cnt"]) for one in rows["behavior_data"]] == [(midnight, 1)]
    rows = asked(corp, "/cgi-bin/kf/get_corp_statistic", {"start_time": now, "end_time": now})["statistic_list"]
    assert [(one["stat_time"], one["statistic"]["customer_msg_cnt"]) for one in rows] == [(midnight, 1)]


def test_a_message_to_many_goes_to_those_who_have_the_tags(corp: Corp) -> None:
    first, second, _ = corp.group.tags
    for one in corp.state.customers.of("staff02"):
        one.tags = [second] if one.external_userid == corp.customers[1] else [first]

    def reached(*groups: list[str]) -> list[str] | int:
        wish = {
            "sender": "staff02",
            "text": {"content": "上新"},
            "tag_filter": {"group_list": [{"tag_list": one} for one in groups]},
        }
        said = asked(corp, X + "add_msg_template", wish)
        if said["errcode"]:
            return int(said["errcode"])
        return [target for _, target in corp.state.customers.mass[said["msgid"]].targets]

    everybody = [one.external_userid for one in corp.state.customers.of("staff02")]
    assert reached([second]) == [corp.customers[1]]
    assert sorted(reached([first, second])) == sorted(everybody)
    assert [reached([first], [second]), reached(["nothing"]), reached([])] == [41048, 40068, 40058]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, 0),
        ({"external_userid": "wmNobody"}, 40096),
        ({"handover_userid": "staff09"}, 84061),
        ({"takeover_userid": "nobody"}, 40003),
        ({"handover_userid": "gone"}, 84061),
        ({"external_userid": ["x"]}, 40058),
    ],
)
def test_old_clients_hand_one_customer_over(corp: Corp, body: dict[str, Any], code: int) -> None:
    good = {"external_userid": corp.customers[1], "handover_userid": "staff02", "takeover_userid": "staff05"}
    assert asked(corp, X + "transfer", {**good, **body})["errcode"] == code
    assert len(corp.state.customers.transfers) == (not code)
    if not code:
        assert asked(corp, X + "transfer", good)["errcode"] == 40100
        corp.rig.jump(DAY)
        assert corp.made["told"][-1]["UserID"] == "staff05"


def test_ids_that_are_unknown_come_back_in_lower_case_and_places_are_a_hundred(corp: Corp) -> None:
    assert asked(corp, "/cgi-bin/batch/invite", {"user": ["STAFF01", "NoBody"]})["invaliduser"] == ["nobody"]
    for number in range(100, 201):
        corp.state.directory.departments[number] = Department(number, f"部{number}", 1)
    member = {"userid": "many", "name": "多", "mobile": "13900000002"}
    places = list(range(100, 201))
    codes = [asked(corp, "/cgi-bin/user/create", {**member, "department": some})["errcode"] for some in (places, places[1:])]
    assert codes == [60110, 0]


SHOWN: dict[str, tuple[dict[str, Any], Any, str, set[str]]] = {
    "user/list": ({"department_id": 2}, None, "userlist", {"userid", "gender", "hide_mobile", "english_name"}),
    "externalcontact/batch/get_by_user": ({}, {"userid_list": ["staff01"]}, "", {"next_cursor", "fail_info"}),
    "externalpay/get_bill_list": ({}, {}, "bill_list", {"contact_info", "miniprogram_info"}),
}
"""Endpoint, query, body, the list whose rows are looked at (none: the answer), and some fields that must be there."""


@pytest.mark.parametrize("path", SHOWN)
def test_what_a_sample_of_the_vendors_shows_is_shown(corp: Corp, path: str) -> None:
    query, body, rows, fields = SHOWN[path]
    now = corp.rig.clock() // 1000
    times = {"begin_time": now - 2 * 86_400, "end_time": now}
    said = corp.ask(f"/cgi-bin/{path}", query, None if body is None else {**times, **body})
    assert fields <= (said[rows][0] if rows else said).keys()


def test_a_bulk_import_tells_its_end_where_it_was_asked_to(corp: Corp) -> None:
    corp.state.callback_url = ""
    ear = {"url": "https://import.example/done?x=1", "token": "own", "encodingaeskey": "k" * 43}
    media = corp.ask("/cgi-bin/media/upload", {"type": "file"}, upload("姓名,帐号\n".encode(), "a.csv"))["media_id"]
    for bad in ({**ear, "encodingaeskey": "short"}, {**ear, "url": "nowhere"}, {"url": ear["url"]}):
        assert asked(corp, "/cgi-bin/batch/syncuser", {"media_id": media, "callback": bad})["errcode"] == 40058
    job = asked(corp, "/cgi-bin/batch/syncuser", {"media_id": media, "callback": ear})["jobid"]
    corp.rig.jump(5_000)
    (body,) = corp.made["told"]
    sent = courier.envelope(corp.rig.world, corp.rig.main, Push("wecom.batch_job_result", body))
    said = dict(parse_qsl(urlsplit(sent.url).query))
    secrets = bizmsg.crypt("own", ear["encodingaeskey"], corp.state.corpid)
    assert isinstance(secrets, bizmsg.Crypt)
    sealed = fromstring(sent.body).findtext("Encrypt") or ""
    plain = bizmsg.opened(secrets, said["msg_signature"], said["timestamp"], said["nonce"], sealed)
    assert isinstance(plain, bytes)
    assert (sent.url.partition("?")[0], said["x"]) == ("https://import.example/done", "1")
    assert fromstring(plain).findtext("BatchJob/JobId") == job
    assert "callback" not in corp.ask("/cgi-bin/batch/getresult", {"jobid": job}, None)


def test_the_trusted_domain_is_changed_twenty_times_a_month_and_the_rest_as_often_as_one_likes(corp: Corp) -> None:
    def put(**fields: Any) -> int:
        return int(asked(corp, "/cgi-bin/agent/set", {"agentid": corp.state.agentid, **fields})["errcode"])

    assert [put(redirect_domain=f"{number}.example") for number in range(21)] == [0] * 20 + [45009]
    assert put(description="订单") == 0
    corp.rig.jump(30 * DAY)
    corp.token = corp.rig.wecom_token()
    assert put(redirect_domain="new.example") == 0


@pytest.mark.parametrize("code", TROUBLES)
def test_an_application_in_trouble_is_told_so_whatever_it_asks(corp: Corp, code: str) -> None:
    assert corp.rig.tell("wecom.trouble", code=code)["code"] == "0"
    before = corp.rig.meters(corp.rig.account)
    said = corp.ask("/cgi-bin/user/get", {"userid": "staff01"}, None)
    assert (said["errcode"], corp.rig.meters(corp.rig.account)) == (int(code), before)
    assert corp.rig.tell("wecom.trouble", code="40001")["code"] == "40058"
    corp.rig.tell("wecom.trouble", code="")
    assert corp.ask("/cgi-bin/user/get", {"userid": "staff01"}, None)["errcode"] == 0


def test_what_a_servicer_writes_is_in_the_log_and_in_the_figures(corp: Corp) -> None:
    mine = {"open_kfid": corp.kfid, "external_userid": corp.customers[0]}
    codes = [corp.rig.tell("wecom.servicer_wrote", userid="staff01", **mine)["code"]]
    corp.rig.tell("wecom.customer_wrote", **mine)
    codes += [
        corp.rig.tell("wecom.servicer_wrote", userid=one, text="您好", **mine)["code"] for one in ("staff09", "staff02")
    ]
    assert codes == ["95013", "95014", "0"]
    said = corp.ask("/cgi-bin/kf/sync_msg", {}, {})["msg_list"][-1]
    assert (said["origin"], said["servicer_userid"], said["text"]) == (5, "staff02", {"content": "您好"})
    state = corp.ask("/cgi-bin/kf/service_state/get", {}, mine)
    assert (state["service_state"], state["servicer_userid"]) == (3, "staff02")
    now = corp.rig.clock() // 1000
    span = {"start_time": now, "end_time": now}
    for who, count in (("staff02", 1), ("staff01", 0)):
        rows = asked(corp, "/cgi-bin/kf/get_servicer_statistic", {"servicer_userid": who, **span})["statistic_list"]
        assert rows[0]["statistic"]["servicer_msg_cnt"] == count


def test_a_customer_who_has_not_agreed_yet_and_a_member_with_too_many_are_told(corp: Corp) -> None:
    assert told(corp, "customer_added", half=True)["ChangeType"] == "add_half_external_contact"
    between = {"handover_userid": "staff02", "takeover_userid": "staff05"}
    asked(corp, X + "transfer_customer", {**between, "external_userid": [corp.customers[1]]})
    event = told(corp, "transfer_refused", external_userid=corp.customers[1], reason="customer_limit_exceed")
    assert (event["ChangeType"], event["FailReason"]) == ("transfer_fail", "customer_limit_exceed")
    assert asked(corp, X + "transfer_result", between)["customer"][0]["status"] == 4


def test_an_application_may_be_forbidden_some_interfaces_and_not_others(corp: Corp) -> None:
    corp.rig.tell("wecom.trouble", code="48002", path="externalcontact/")
    assert corp.ask(X + "get_follow_user_list", {}, None)["errcode"] == 48002
    assert corp.ask("/cgi-bin/user/get", {"userid": "staff01"}, None)["errcode"] == 0
