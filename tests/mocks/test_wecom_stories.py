"""WeCom over more than one request: what is sent twice, taken back, answered, tagged, handed on, and how often."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from tests.mocks.rig import DAY, HOUR, MINUTE, Rig
from tests.mocks.wecom_requests import BOUNDARY, CARD, WORDS, Corp, good, upload

SEND = "/cgi-bin/message/send"
X, K = "/cgi-bin/externalcontact/", "/cgi-bin/kf/"


@pytest.fixture
def corp(rig: Rig) -> Corp:
    """A corp as it is found."""
    return Corp(rig)


def text(**fields: Any) -> dict[str, Any]:
    """A good application message."""
    return {"touser": "staff01", "agentid": 1000002, **WORDS, **fields}


# ---------------------------------------------------------------- messages


@pytest.mark.parametrize(
    ("asked", "reached", "invalid"),
    [
        ({"touser": "", "toparty": "3"}, [f"staff{n:02}" for n in range(9, 15)], {}),
        ({"touser": "", "toparty": "2"}, [f"staff{n:02}" for n in (*range(1, 9), *range(15, 21))], {}),
        ({"touser": "", "totag": "1|7"}, ["staff01", "staff02"], {"invalidtag": "7"}),
        ({"touser": "", "totag": "2"}, [f"staff{n:02}" for n in range(15, 21)], {}),
        (
            {"touser": "staff02|Nobody", "toparty": "88", "totag": "1"},
            ["staff02", "staff01"],
            {"invaliduser": "nobody", "invalidparty": "88"},
        ),
        ({"touser": "@all", "toparty": "88"}, [f"staff{n:02}" for n in range(1, 21)], {}),
    ],
    ids=["department", "department with those below", "tag", "tag on a department", "mixed", "all"],
)
def test_departments_and_tags_reach_their_members(corp: Corp, asked: Any, reached: list[str], invalid: Any) -> None:
    """M05: messages are pushed to members, departments and tags of the organisation."""
    said = corp.ask(SEND, {}, text(**asked))
    assert {key: said[key] for key in said if key.startswith("invalid")} == invalid
    assert corp.state.messages[-1]["users"] == reached


@pytest.mark.parametrize("switch", [1, "1", True], ids=["number", "text", "boolean"])
def test_an_identical_message_is_accepted_and_not_delivered_again_until_its_interval_is_over(
    corp: Corp, switch: Any
) -> None:
    twice = text(enable_duplicate_check=switch, duplicate_check_interval=60)
    first, again = corp.ask(SEND, {}, twice), corp.ask(SEND, {}, twice)
    assert (first["errcode"], again["errcode"], again["msgid"], corp.state.sent) == (0, 0, first["msgid"], 1)
    assert corp.ask(SEND, {}, {**twice, "text": {"content": "别的"}})["errcode"] == 0
    assert corp.state.sent == 2
    corp.rig.jump(59_999)
    corp.ask(SEND, {}, twice)
    assert corp.state.sent == 2
    corp.rig.jump(1)
    assert corp.ask(SEND, {}, twice)["msgid"] != first["msgid"]
    corp.ask(SEND, {}, text())
    corp.ask(SEND, {}, text())
    assert corp.state.sent == 5


def test_a_message_is_taken_back_within_a_day(corp: Corp) -> None:
    msgid = corp.ask(SEND, {}, text())["msgid"]
    recall = "/cgi-bin/message/recall"
    corp.rig.jump(DAY)
    corp.token = corp.rig.wecom_token()
    assert corp.ask(recall, {}, {"msgid": msgid})["errcode"] == 0
    assert corp.state.messages[-1]["recalled"]
    corp.rig.jump(1)
    assert corp.ask(recall, {}, {"msgid": msgid})["errcode"] == 42052


def test_a_cards_code_lives_for_seventy_two_hours(corp: Corp) -> None:
    card = text(msgtype="template_card", template_card=CARD)
    code = corp.ask(SEND, {}, card)["response_code"]
    corp.rig.jump(3 * DAY)
    corp.token = corp.rig.wecom_token()
    update = {"userids": ["staff01"], "agentid": 1000002, "response_code": code, "button": {"replace_name": "好"}}
    assert corp.ask("/cgi-bin/message/update_template_card", {}, update)["errcode"] == 60140
    fresh = corp.ask(SEND, {}, text(msgtype="template_card", template_card={**CARD, "task_id": "t2"}))["response_code"]
    said = corp.ask(
        "/cgi-bin/message/update_template_card", {}, {**update, "response_code": fresh, "userids": ["staff01", "staff02"]}
    )
    assert (said["errcode"], said["invaliduser"]) == (0, ["staff02"])


def test_an_old_task_card_is_updated_by_its_id(corp: Corp) -> None:
    card = {"title": "审批", "description": "请假", "task_id": "old-1", "btn": [{"key": "a", "name": "同意"}]}
    assert "response_code" not in corp.ask(SEND, {}, text(msgtype="taskcard", taskcard=card))
    body = {"userids": ["staff01", "staff02"], "agentid": 1000002, "task_id": "old-1", "clicked_key": "a"}
    path = "/cgi-bin/message/update_taskcard"
    assert json.loads(corp.send(path, {}, body).body)["invaliduser"] == ["staff02"]
    assert json.loads(corp.send(path, {}, {**body, "task_id": "no"}).body)["errcode"] == 42014


def test_the_statistics_count_whom_it_reached_today_and_yesterday(corp: Corp) -> None:
    corp.ask(SEND, {}, text(touser="staff01|staff02"))
    count = "/cgi-bin/message/get_statistics"
    assert corp.ask(count, {}, {"time_type": 0})["statistics"] == [{"agentid": 1000002, "app_name": "订单助手", "count": 2}]
    corp.rig.jump(15 * HOUR)
    corp.token = corp.rig.wecom_token()
    assert [corp.ask(count, {}, {"time_type": day})["statistics"] != [] for day in (0, 1)] == [False, True]


def test_a_chat_takes_so_many_person_times_a_minute_and_drops_what_a_member_gets_too_much_of(
    make_rig: Callable[..., Rig],
) -> None:
    corp = Corp(make_rig({"wecom": {"quota": {"appchat_send_minute": {"limit": 7}, "appchat_member_minute": {"limit": 2}}}}))
    corp.ask("/cgi-bin/appchat/create", {}, {"chatid": "a1", "userlist": ["staff01", "staff02"]})
    message = {"chatid": "a1", **WORDS}
    answers = [corp.ask("/cgi-bin/appchat/send", {}, message)["errcode"] for _ in range(4)]
    assert answers == [0, 0, 0, 45009]
    assert [one["user"] for one in corp.rig.events("drop")] == ["staff01", "staff02"]


@pytest.mark.parametrize(
    ("path", "limit", "window"),
    [("/cgi-bin/get_jsapi_ticket", 400, HOUR), ("/cgi-bin/ticket/get", 100, HOUR), ("/cgi-bin/media/uploadimg", 1000, DAY)],
)
def test_published_limits_of_single_interfaces_hold(corp: Corp, path: str, limit: int, window: int) -> None:
    """M17: a client that calls too often is told so, and may watch its own frequency."""
    query, body = good(corp)[path]
    for _ in range(limit):
        assert corp.ask(path, query, body)["errcode"] == 0
    assert corp.ask(path, query, body)["errcode"] == 45009
    corp.rig.jump(window)
    corp.token = corp.rig.wecom_token()
    assert corp.ask(path, query, body)["errcode"] == 0


# ---------------------------------------------------------------- media


def test_media_is_kept_byte_for_byte_for_three_days_and_in_parts(corp: Corp) -> None:
    raw = bytes(range(256)) + f"\r\n--{BOUNDARY}x\r\n".encode() + b"\r\n\r\n"
    said = corp.ask("/cgi-bin/media/upload", {"type": "file"}, upload(raw, "订单 1.bin"))
    assert (said["type"], isinstance(said["created_at"], str)) == ("file", True)
    got = corp.send("/cgi-bin/media/get", {"media_id": said["media_id"]})
    assert got.body == raw
    assert dict(got.headers)[b"content-disposition"] == b'attachment; filename="%E8%AE%A2%E5%8D%95%201.bin"'
    url = f"/wecom/cgi-bin/media/get?access_token={corp.token}&media_id={said['media_id']}"
    part = corp.rig.http("GET", url, headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.content, part.headers["Content-Range"]) == (206, raw[10:20], f"bytes 10-19/{len(raw)}")
    corp.rig.jump(3 * DAY)
    corp.token = corp.rig.wecom_token()
    assert corp.ask("/cgi-bin/media/get", {"media_id": said["media_id"]})["errcode"] == 40007


def test_an_attachments_time_is_a_number_and_a_robots_file_is_its_own(corp: Corp) -> None:
    assert corp.ask("/cgi-bin/media/upload_attachment")["created_at"] == corp.rig.clock() // 1000
    own = corp.ask("/cgi-bin/webhook/upload_media")["media_id"]
    sent = {"msgtype": "file", "file": {"media_id": own}}
    keys = (corp.state.robot_key, corp.state.binding_key)
    assert [corp.ask("/cgi-bin/webhook/send", {"key": key}, sent)["errcode"] for key in keys] == [0, 40007]
    assert corp.ask("/cgi-bin/media/get", {"media_id": own})["errcode"] == 40007


# ---------------------------------------------------------------- the directory


def test_the_directory_is_read_as_it_is_written(corp: Corp) -> None:
    """M05: user information and organisation management, written and read back."""
    assert corp.ask("/cgi-bin/department/create")["id"] == 9
    new = {
        "userid": "Zhang.San",
        "name": "张三",
        "department": [2, 9],
        "email": "z@example.com",
        "gender": 1,
        "position": "主管",
    }
    assert corp.ask("/cgi-bin/user/create", {}, new)["errmsg"] == "created"
    shown = corp.ask("/cgi-bin/user/get", {"userid": "zhang.san"})
    assert {key: shown[key] for key in ("userid", "name", "department", "gender", "status", "main_department")} == {
        "userid": "Zhang.San",
        "name": "张三",
        "department": [2, 9],
        "gender": "1",
        "status": 1,
        "main_department": 2,
    }
    assert (
        corp.ask("/cgi-bin/user/update", {}, {"userid": "Zhang.San", "enable": 0, "department": [9]})["errmsg"] == "updated"
    )
    listed = corp.ask("/cgi-bin/user/list", {"department_id": "9"})["userlist"]
    assert [(one["userid"], one["status"]) for one in listed] == [("Zhang.San", 2)]
    assert corp.ask("/cgi-bin/department/delete")["errcode"] == 60005
    assert corp.ask("/cgi-bin/user/delete", {"userid": "ZHANG.SAN"})["errmsg"] == "deleted"
    assert corp.ask("/cgi-bin/department/delete")["errmsg"] == "deleted"


def test_every_members_id_is_read_page_by_page(corp: Corp) -> None:
    found, cursor = [], ""
    while True:
        said = corp.ask("/cgi-bin/user/list_id", {}, {"limit": 7, "cursor": cursor})
        found += [one["userid"] for one in said["dept_user"]]
        cursor = said["next_cursor"]
        if not cursor:
            break
    assert found == list(corp.state.users)


def test_a_tag_is_put_on_whom_there_is_and_the_others_are_named(corp: Corp) -> None:
    said = corp.ask("/cgi-bin/tag/addtagusers", {}, {"tagid": 1, "userlist": ["STAFF04", "nobody"], "partylist": [3, 88]})
    assert (said["errmsg"], said["invalidlist"], said["invalidparty"]) == ("ok", "nobody", [88])
    shown = corp.ask("/cgi-bin/tag/get")
    assert ([one["userid"] for one in shown["userlist"]], shown["partylist"]) == (["staff01", "staff02", "staff04"], [3])
    assert corp.ask("/cgi-bin/tag/deltagusers")["errmsg"] == "deleted"


# ---------------------------------------------------------------- customers


def test_the_two_views_of_a_follower_differ_as_they_do_at_the_vendor(corp: Corp) -> None:
    corp.ask(
        X + "mark_tag", {}, {"userid": "staff01", "external_userid": corp.customers[0], "add_tag": list(corp.group.tags)[:2]}
    )
    one = corp.ask(X + "get")
    assert [tag["tag_name"] for tag in one["follow_user"][0]["tags"]] == ["一般", "重要"]
    assert (len(one["follow_user"]), "next_cursor" in one) == (3, False)
    many = corp.ask(X + "batch/get_by_user", {}, {"userid_list": ["staff01"], "limit": 1})
    info = many["external_contact_list"][0]
    assert info["external_contact"]["external_userid"] == corp.customers[0]
    assert info["follow_info"]["tag_id"] == list(corp.group.tags)[:2]
    assert ("tags" in info["follow_info"], bool(many["next_cursor"])) == (False, True)


def test_a_deleted_tag_is_on_nobody_and_an_empty_group_goes(corp: Corp) -> None:
    assert corp.ask(X + "del_corp_tag", {}, {"tag_id": list(corp.group.tags)})["errcode"] == 0
    assert corp.ask(X + "get_corp_tag_list", {}, {})["tag_group"] == []
    assert corp.ask(X + "get")["follow_user"][0]["tags"] == []


def test_a_temporary_contact_way_is_gone_when_its_time_is_over(corp: Corp) -> None:
    body = {"type": 1, "scene": 1, "user": ["staff01"], "is_temp": True, "expires_in": 60}
    way = corp.ask(X + "add_contact_way", {}, body)
    assert "qr_code" not in way
    corp.rig.jump(MINUTE - 1)
    assert corp.ask(X + "get_contact_way", {}, {"config_id": way["config_id"]})["errcode"] == 0
    corp.rig.jump(1)
    assert corp.ask(X + "get_contact_way", {}, {"config_id": way["config_id"]})["errcode"] == 41044


def test_a_customer_gets_one_mass_message_a_day_and_the_result_says_what_became_of_it(corp: Corp) -> None:
    body = {"external_userid": [*corp.customers[:2], "wmNobody"], "sender": "staff01", "text": {"content": "上新"}}
    first, second = (corp.ask(X + "add_msg_template", {}, body) for _ in range(2))
    assert first["fail_list"] == [corp.customers[1], "wmNobody"]
    results = []
    for one in (first, second):
        assert corp.rig.tell("wecom.mass_sent", msgid=one["msgid"], userid="staff01")["code"] == "0"
        ask = {"msgid": one["msgid"], "userid": "staff01"}
        results += corp.ask(X + "get_groupmsg_send_result", {}, ask)["send_list"]
    assert [(one["external_userid"], one["status"]) for one in results] == [(corp.customers[0], 1), (corp.customers[0], 3)]
    assert corp.ask(X + "get_groupmsg_task", {}, {"msgid": first["msgid"]})["task_list"][0]["status"] == 2


def test_a_reminder_comes_three_times_a_day_and_none_after_a_stop(corp: Corp) -> None:
    msgid = {"msgid": corp.ask(X + "add_msg_template")["msgid"]}
    assert [corp.ask(X + "remind_groupmsg_send", {}, msgid)["errcode"] for _ in range(4)] == [0, 0, 0, 41094]
    assert [corp.ask(X + "cancel_groupmsg_send", {}, msgid)["errcode"] for _ in range(2)] == [0, 41093]
    assert corp.ask(X + "remind_groupmsg_send", {}, msgid)["errcode"] == 41093


def test_a_customer_is_handed_on_twice_in_ninety_days_and_no_more(corp: Corp) -> None:
    who, names = corp.customers[1], ["staff02", "staff04", "staff05", "staff06"]
    codes = []
    for handover, takeover in pairwise(names):
        body = {"handover_userid": handover, "takeover_userid": takeover, "external_userid": [who]}
        codes += [corp.ask(X + "transfer_customer", {}, body)["customer"][0]["errcode"] for _ in range(2)]
        corp.rig.jump(DAY)
        corp.token = corp.rig.wecom_token()
    assert codes == [0, 40100, 0, 40100, 40128, 40128]
    assert [one.userid for one in corp.state.customers.followers(who)] == ["staff05"]


def test_the_customers_of_one_who_left_wait_to_be_taken_over(corp: Corp) -> None:
    corp.ask("/cgi-bin/user/delete", {"userid": "staff02"})
    waiting = corp.ask(X + "get_unassigned_list", {}, {"page_size": 2})
    assert (len(waiting["info"]), waiting["is_last"]) == (2, False)
    rest = corp.ask(X + "get_unassigned_list", {}, {"page_size": 100, "cursor": waiting["next_cursor"]})
    assert (len(rest["info"]), rest["is_last"]) == (3, True)
    body = {
        "handover_userid": "staff02",
        "takeover_userid": "staff04",
        "external_userid": [corp.customers[1], corp.customers[2]],
    }
    said = corp.ask(X + "resigned/transfer_customer", {}, body)["customer"]
    assert [one["errcode"] for one in said] == [0, 84061]


# ---------------------------------------------------------------- customer service


def test_a_customers_message_allows_five_answers_within_two_days(corp: Corp) -> None:
    first = corp.customers[0]
    answer = {"touser": first, "open_kfid": corp.kfid, **WORDS}
    assert corp.ask(K + "send_msg", {}, answer)["errcode"] == 95031
    corp.rig.tell("wecom.customer_wrote", external_userid=first)
    assert [corp.ask(K + "send_msg", {}, answer)["errcode"] for _ in range(6)] == [0, 0, 0, 0, 0, 95001]
    corp.rig.tell("wecom.customer_wrote", external_userid=first)
    assert corp.ask(K + "send_msg", {}, {**answer, "msgid": "mine"})["msgid"] == "mine"
    corp.rig.jump(2 * DAY)
    corp.token = corp.rig.wecom_token()
    assert corp.ask(K + "send_msg", {}, answer)["errcode"] == 95002


def test_the_log_is_read_on_until_there_is_no_more_and_forgets_after_three_days(corp: Corp) -> None:
    for number in range(5):
        corp.rig.tell("wecom.customer_wrote", external_userid=corp.customers[number % 2], text=f"{number}")
    found, cursor, more = [], "", 1
    while more:
        said = corp.ask(K + "sync_msg", {}, {"cursor": cursor, "limit": 2})
        found, cursor, more = found + said["msg_list"], said["next_cursor"], said["has_more"]
    assert [one["text"]["content"] for one in found if one["msgtype"] == "text"] == ["0", "1", "2", "3", "4"]
    assert {one["origin"] for one in found} == {3, 4}
    assert corp.ask(K + "sync_msg", {}, {"cursor": cursor})["msg_list"] == []
    corp.rig.jump(3 * DAY)
    corp.token = corp.rig.wecom_token()
    assert corp.ask(K + "sync_msg", {}, {})["msg_list"] == []


def test_a_session_is_led_to_a_servicer_and_to_its_end(corp: Corp) -> None:
    who = {"open_kfid": corp.kfid, "external_userid": corp.customers[0]}
    corp.rig.tell("wecom.customer_wrote", **who)
    assert corp.ask(K + "service_state/get", {}, who)["service_state"] == 0
    moved = corp.ask(K + "service_state/trans", {}, {**who, "service_state": 3, "servicer_userid": "staff01"})
    assert corp.ask(K + "service_state/get", {}, who)["servicer_userid"] == "staff01"
    event = {"code": moved["msg_code"], **WORDS}
    assert [corp.ask(K + "send_msg_on_event", {}, event)["errcode"] for _ in range(2)] == [0, 95007]
    assert corp.ask(K + "service_state/trans", {}, {**who, "service_state": 4})["errcode"] == 0
    assert corp.ask(K + "service_state/trans", {}, {**who, "service_state": 2})["errcode"] == 95013
    assert (
        corp.ask(K + "send_msg", {}, {"touser": who["external_userid"], "open_kfid": corp.kfid, **WORDS})["errcode"] == 95018
    )
    corp.rig.tell("wecom.customer_wrote", **who)
    assert corp.ask(K + "service_state/get", {}, who)["service_state"] == 0


def test_servicers_are_named_one_by_one(corp: Corp) -> None:
    said = corp.ask(K + "servicer/add")["result_list"]
    assert [(one["userid"], one["errcode"]) for one in said] == [("staff03", 0), ("nobody", 60111)]
    rows = corp.ask(K + "servicer/list")["servicer_list"]
    assert [one["userid"] for one in rows] == ["staff01", "staff02", "staff03"]


# ---------------------------------------------------------------- payments


def test_bills_and_the_flow_of_funds_agree(corp: Corp) -> None:
    """M16: settled money matches the flow of orders."""
    bills = corp.ask("/cgi-bin/externalpay/get_bill_list")["bill_list"]
    flow = corp.ask("/cgi-bin/externalpay/get_fund_flow")["fund_flow_list"]
    assert [one["out_trade_no"] for one in bills] == [one["out_trade_no"] for one in flow]
    assert sum(one["total_fee"] for one in bills) == flow[-1]["account_balance"]
    paid = corp.ask("/cgi-bin/externalpay/get_payment_info")["out_trade_no_list"]
    assert paid == [{"out_trade_no": one["out_trade_no"]} for one in bills]


def test_the_same_seed_gives_the_same_corp_and_no_two_accounts_share_an_id(make_rig: Callable[..., Rig]) -> None:
    one, same, other = (make_rig(seed=seed).main.wecom for seed in (3, 3, 4))
    assert repr(one) == repr(same)
    assert not set(one.customers.people) & set(other.customers.people)


def test_a_breach_of_the_base_rate_blocks_that_interface_for_a_minute_from_then_on(make_rig: Callable[..., Rig]) -> None:
    corp = Corp(make_rig({"wecom": {"quota": {"corp_minute": {"limit": 2}}}}))
    corp.rig.jump(50_000)
    asked = "/cgi-bin/user/get"
    assert [corp.ask(asked)["errcode"] for _ in range(3)] == [0, 0, 45009]
    assert corp.ask("/cgi-bin/tag/list")["errcode"] == 0
    corp.rig.jump(59_999)
    assert corp.ask(asked)["errcode"] == 45009
    corp.rig.jump(1)
    assert [corp.ask(asked)["errcode"] for _ in range(3)] == [0, 0, 45009]
