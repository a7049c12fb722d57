"""What each area of WeCom refuses, by which code; whatever is refused has changed and cost nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.mocks.rig import Rig
from tests.mocks.wecom_requests import NOW, Corp, good, upload

Change = Callable[[Corp], dict[str, Any]]
U, D, T, X, K = "user/", "department/", "tag/", "externalcontact/", "kf/"
C = "appchat/create"
NOBODY = {"userid": "nobody"}

REFUSED: list[tuple[str, dict[str, Any] | Change, int]] = [
    (U + "create", {"userid": ""}, 41009),
    (U + "create", {"userid": "a b"}, 40003),
    (U + "create", {"userid": "x" * 65}, 40003),
    (U + "create", {"userid": "STAFF01"}, 60102),
    (U + "create", {"name": ""}, 60112),
    (U + "create", {"name": "x" * 65}, 60112),
    (U + "create", {"department": []}, 60127),
    (U + "create", {"department": [77]}, 60123),
    (U + "create", {"mobile": "", "email": ""}, 60129),
    (U + "create", {"mobile": "call me"}, 60103),
    (U + "create", {"mobile": "13800000001"}, 60104),
    (U + "create", {"email": "nowhere"}, 60105),
    (U + "create", {"email": "staff01@example.com"}, 60106),
    (U + "create", {"is_leader_in_dept": [1, 0]}, 60132),
    (U + "create", {"gender": "7"}, 40058),
    (U + "update", NOBODY, 60111),
    (U + "update", {"mobile": "13800000001"}, 60104),
    (U + "batchdelete", {"useridlist": []}, 40031),
    (U + "batchdelete", {"useridlist": ["staff01", "nobody"]}, 60111),
    (U + "batchdelete", {"useridlist": ["staff01"] * 201}, 40032),
    (U + "getuserid", {"mobile": "13000000000"}, 46004),
    (U + "convert_to_userid", {"openid": "oNobody"}, 46004),
    (U + "list_id", {"cursor": "made up"}, 50100),
    (U + "list_id", {"limit": 10_001}, 40058),
    (D + "create", {"name": ""}, 60125),
    (D + "create", {"name": "x" * 65}, 60001),
    (D + "create", {"name": "a/b|c"}, 60009),
    (D + "create", {"name": "客服部"}, 60008),
    (D + "create", {"parentid": 0}, 60124),
    (D + "create", {"parentid": 77}, 60004),
    (D + "create", {"id": 2}, 60008),
    (D + "create", {"id": 1}, 60123),
    (D + "update", {"id": 77}, 60003),
    (D + "update", {"id": 2, "parentid": 4}, 60010),
    (D + "update", {"id": 1, "parentid": 2}, 60007),
    (T + "create", {"tagid": 1}, 40068),
    (T + "create", {"tagname": "值班"}, 40071),
    (T + "create", {"tagname": ""}, 40058),
    (T + "update", {"tagid": 9}, 40068),
    (T + "addtagusers", {"userlist": ["nobody"], "partylist": [77]}, 40070),
    (T + "addtagusers", {"userlist": [], "partylist": []}, 40063),
    (T + "addtagusers", {"userlist": ["a"] * 1001}, 40058),
    ("message/send", {"touser": "", "toparty": "77", "totag": "9"}, 81013),
    ("message/send", {"toparty": "|".join(["1"] * 101)}, 40058),
    ("message/send", {"duplicate_check_interval": 14_401}, 40058),
    ("message/send", {"safe": 3}, 40058),
    ("message/send", {"template_card": {"card_type": "vote_interaction"}}, 40058),
    ("message/send", {"template_card": {"card_type": "button_interaction", "task_id": "task-0"}}, 40058),
    ("message/send", {"msgtype": "image", "image": {"media_id": "nothing"}}, 40007),
    ("message/send", lambda corp: {"msgtype": "file", "file": {"media_id": corp.made["robot_media"]["media_id"]}}, 40007),
    ("message/recall", {"msgid": "nothing"}, 40058),
    ("message/update_template_card", {"response_code": "nothing"}, 60140),
    ("message/update_template_card", {"button": None}, 40058),
    ("message/update_template_card", {"userids": ["nobody"]}, 81013),
    ("message/update_template_card", {"userids": []}, 82001),
    ("message/update_template_card", {"agentid": 1}, 301002),
    (C, {"userlist": []}, 86204),
    (C, {"userlist": ["staff01"]}, 86006),
    (C, {"userlist": ["staff01", "STAFF01"]}, 86006),
    (C, {"userlist": ["staff01", "nobody"]}, 86216),
    (C, {"owner": "staff09"}, 86207),
    (C, {"chatid": "a-b"}, 86001),
    (C, {"chatid": "a" * 33}, 86205),
    (C, lambda corp: {"chatid": corp.made["chat"]["chatid"]}, 86215),
    ("appchat/update", {"chatid": ""}, 86201),
    ("appchat/update", {"chatid": "nothing"}, 86003),
    ("appchat/update", {"del_user_list": ["staff01", "staff02"]}, 86006),
    ("appchat/update", {"del_user_list": ["staff01"]}, 86207),
    ("appchat/send", {"msgtype": "template_card"}, 86214),
    ("appchat/send", {"text": {"content": ""}}, 44004),
    ("webhook/send", {"msgtype": "image", "image": {"base64": "eA==", "md5": "0" * 32}}, 301019),
    ("webhook/send", {"msgtype": "image", "image": {"base64": "!", "md5": "0" * 32}}, 40058),
    (
        "webhook/send",
        {"msgtype": "template_card", "template_card": {"card_type": "vote_interaction", "task_id": "a"}},
        40058,
    ),
    ("webhook/send", lambda corp: {"msgtype": "file", "file": {"media_id": corp.made["media"]["media_id"]}}, 40007),
    (X + "remark", {"external_userid": ""}, 40096),
    (X + "remark", {"external_userid": "wmNobody"}, 84061),
    (X + "remark", {"userid": "staff09"}, 84061),
    (X + "remark", {"remark": "x" * 21}, 40058),
    (X + "batch/get_by_user", {"userid_list": []}, 40031),
    (X + "batch/get_by_user", {"userid_list": ["nobody"]}, 60111),
    (X + "batch/get_by_user", {"userid_list": ["staff09"]}, 84061),
    (X + "batch/get_by_user", {"cursor": "YWZ0ZXIgOTk5"}, 50100),
    (X + "add_corp_tag", {"group_id": "nothing"}, 40068),
    (X + "add_corp_tag", {"tag": [{"name": "a"}, {"name": "a"}]}, 40071),
    (X + "add_corp_tag", {"group_name": "客户等级", "tag": [{"name": "一般"}]}, 40071),
    (X + "add_corp_tag", {"tag": [{"name": "x" * 31}]}, 40058),
    (X + "add_corp_tag", {"tag": []}, 40058),
    (X + "edit_corp_tag", {"id": "nothing"}, 40068),
    (X + "edit_corp_tag", {"name": "重要"}, 40071),
    (X + "del_corp_tag", {"tag_id": []}, 40063),
    (X + "del_corp_tag", {"tag_id": ["nothing"]}, 40068),
    (X + "mark_tag", {"add_tag": ["nothing"]}, 40068),
    (X + "mark_tag", {"add_tag": []}, 40063),
    (X + "add_contact_way", {"user": ["nobody"]}, 40003),
    (X + "add_contact_way", {"user": ["staff01", "staff02"]}, 41036),
    (X + "add_contact_way", {"type": 3}, 40058),
    (X + "add_contact_way", {"expires_in": 1_209_601}, 40058),
    (X + "get_contact_way", {"config_id": "nothing"}, 41044),
    (X + "groupchat/list", {"limit": 1001}, 40058),
    (X + "groupchat/list", {"limit": None}, 40058),
    (X + "groupchat/get", {"chat_id": "nothing"}, 40050),
    (X + "add_msg_template", {"external_userid": ["wmNobody"]}, 41048),
    (X + "add_msg_template", {"text": None}, 44004),
    (X + "add_msg_template", {"attachments": [{"msgtype": "voice"}]}, 41065),
    (X + "add_msg_template", {"attachments": [{"msgtype": "link", "link": {"title": "a", "url": "b"}}] * 10}, 41064),
    (X + "add_msg_template", {"chat_type": "group"}, 40003),
    (X + "get_groupmsg_task", {"msgid": ""}, 41046),
    (X + "get_groupmsg_task", {"msgid": "nothing"}, 41047),
    (X + "get_groupmsg_list_v2", {"start_time": NOW - 32 * 86_400}, 40058),
    (X + "send_welcome_msg", {"welcome_code": ""}, 41049),
    (X + "send_welcome_msg", {"welcome_code": "nothing"}, 41050),
    (X + "transfer_customer", {"takeover_userid": "nobody"}, 40003),
    (X + "transfer_customer", {"handover_userid": "nobody"}, 60111),
    (X + "resigned/transfer_customer", {"handover_userid": "staff02"}, 40097),
    (K + "account/add", {"name": "x" * 17}, 95006),
    (K + "account/update", {"open_kfid": "wkNothing"}, 95000),
    (K + "servicer/add", {"userid_list": []}, 40031),
    (K + "add_contact_way", {"scene": "a b"}, 40058),
    (K + "service_state/trans", {"servicer_userid": "staff09"}, 95014),
    (K + "service_state/trans", {"service_state": 0}, 95016),
    (K + "service_state/trans", lambda corp: {"external_userid": corp.customers[1]}, 95013),
    (K + "service_state/get", {"external_userid": "wmNobody"}, 40096),
    (K + "sync_msg", {"cursor": "made up"}, 50100),
    (K + "sync_msg", {"token": "made up"}, 95007),
    (K + "send_msg", lambda corp: {"touser": corp.customers[1]}, 95031),
    (K + "send_msg", {"msgid": "x" * 33}, 40058),
    (K + "send_msg", {"msgtype": "mpnews", "mpnews": {}}, 40008),
    (K + "send_msg_on_event", {"code": "nothing"}, 95007),
    (K + "customer/batchget", {"external_userid_list": []}, 40031),
    ("msgaudit/check_single_agree", {"info": [{"userid": "a", "exteranalopenid": "b"}] * 101}, 301060),
    ("msgaudit/check_single_agree", {"info": [{"userid": "nobody", "exteranalopenid": "b"}]}, 301061),
    ("msgaudit/check_single_agree", {"info": [{"userid": "staff01", "external_openid": "b"}]}, 40058),
    ("msgaudit/groupchat/get", lambda corp: {"roomid": corp.chat}, 301059),
    ("externalpay/addmerchant", {"mch_id": "abc"}, 660001),
    ("externalpay/addmerchant", lambda corp: {"mch_id": corp.mch_id}, 660007),
    ("externalpay/getmerchant", {"mch_id": "1900000999"}, 660006),
    ("externalpay/set_mch_use_scope", {"allow_use_scope": {"user": "staff01"}}, 660003),
    ("externalpay/get_bill_list", {"payee_userid": "nobody"}, 660002),
    ("externalpay/get_bill_list", {"begin_time": NOW - 32 * 86_400}, 40058),
    ("externalpay/get_payment_info", {"payment_id": "nothing"}, 660012),
    ("agent/set", {"agentid": None}, 41011),
    ("menu/create", {"button": [{"name": "a"}] * 4}, 40058),
]
"""Endpoint, the fields of its good request that are replaced, and the code."""

ASKED: list[tuple[str, dict[str, Any], int]] = [
    (U + "get", {"userid": "nobody"}, 60111),
    (U + "delete", {"userid": "nobody"}, 60111),
    (U + "list", {"department_id": "77"}, 60003),
    (U + "list", {"department_id": ""}, 60123),
    (D + "delete", {"id": "1"}, 60007),
    (D + "delete", {"id": "2"}, 60006),
    (D + "delete", {"id": "3"}, 60005),
    (D + "get", {"id": "77"}, 60003),
    (T + "get", {"tagid": "9"}, 40068),
    (X + "list", {"userid": "nobody"}, 60111),
    (X + "list", {"userid": "staff09"}, 84061),
    (X + "get", {"external_userid": "wmNobody"}, 84061),
    (K + "servicer/list", {"open_kfid": "wkNothing"}, 95000),
    ("appchat/get", {"chatid": "nothing"}, 86003),
    ("agent/get", {"agentid": "1"}, 301002),
    ("ticket/get", {"type": "jsapi"}, 40058),
    ("media/get", {"media_id": "nothing"}, 40007),
    ("media/get", {"media_id": ""}, 41006),
]
"""Endpoint, its query, and the code."""

UPLOADED: list[tuple[str, dict[str, Any], bytes, int]] = [
    ("media/upload", {"type": "music"}, upload(), 40004),
    ("media/upload", {"type": "image"}, b"", 44001),
    ("media/upload", {"type": "image"}, b"no multipart", 41005),
    ("media/upload", {"type": "image"}, upload(b""), 44001),
    ("media/upload", {"type": "image"}, upload(b"1234"), 40006),
    ("media/upload", {"type": "voice"}, upload(b"x" * ((2 << 20) + 1)), 45001),
    ("media/uploadimg", {}, upload(b"x" * ((2 << 20) + 1)), 45001),
    ("media/upload_attachment", {"media_type": "image", "attachment_type": "3"}, upload(), 40058),
    ("webhook/upload_media", {"key": "no", "type": "file"}, upload(), 93000),
]
"""Endpoint, its query, its body, and the code."""


@pytest.fixture(scope="module")
def corp() -> Iterator[Corp]:
    """A corp with one of everything, the same for all: what is refused leaves it as it was."""
    rig = Rig()
    made = Corp(rig)
    made.prepare()
    yield made
    rig.close()


def refused(corp: Corp, path: str, query: dict[str, Any], body: Any, code: int) -> dict[str, Any]:
    """Ask; what was said, when it is the code and nothing has changed."""
    before = (repr(corp.state), corp.rig.meters())
    said = json.loads(corp.send("/cgi-bin/" + path, query, body).body)
    assert said["errcode"] == code, said
    assert (repr(corp.state), corp.rig.meters()) == before
    return said


@pytest.mark.parametrize(
    ("path", "change", "code"), REFUSED, ids=[f"{n} {row[0]} {row[2]}" for n, row in enumerate(REFUSED)]
)
def test_a_body_is_refused_by_the_vendors_code(corp: Corp, path: str, change: Any, code: int) -> None:
    query, body = good(corp)["/cgi-bin/" + path]
    changed = {**body, **(change(corp) if callable(change) else change)}
    refused(corp, path, query, {name: value for name, value in changed.items() if value is not None}, code)


@pytest.mark.parametrize(("path", "query", "code"), ASKED, ids=[f"{n} {row[0]} {row[2]}" for n, row in enumerate(ASKED)])
def test_a_query_is_refused_by_the_vendors_code(corp: Corp, path: str, query: dict[str, Any], code: int) -> None:
    refused(corp, path, query, None, code)


@pytest.mark.parametrize(
    ("path", "query", "body", "code"), UPLOADED, ids=[f"{n} {row[0]} {row[3]}" for n, row in enumerate(UPLOADED)]
)
def test_an_upload_is_refused_by_the_vendors_code(
    corp: Corp, path: str, query: dict[str, Any], body: bytes, code: int
) -> None:
    refused(corp, path, query, body, code)


def test_typed_endpoints_bring_their_empty_containers(corp: Corp) -> None:
    none = refused(corp, X + "list", {"userid": "staff09"}, None, 84061)
    unknown = refused(corp, X + "get", {"external_userid": "wmNobody"}, None, 84061)
    assert none["external_userid"] == []
    assert (unknown["external_contact"], unknown["follow_user"]) == ({}, [])


def test_the_errors_text_is_as_seen_in_public_logs(corp: Corp) -> None:
    said = refused(corp, X + "list", {"userid": "staff09"}, None, 84061)["errmsg"]
    assert said.startswith("not external contact, hint: [")
    assert said.endswith(", from ip: 127.0.0.1, more info at https://open.work.weixin.qq.com/devtool/query?e=84061")


def test_a_department_goes_no_deeper_than_fifteen_levels() -> None:
    rig = Rig()
    deep, parent = Corp(rig), 1
    for level in range(2, 17):
        said = deep.ask("/cgi-bin/department/create", {}, {"name": f"层{level}", "parentid": parent})
        parent = said.get("id", 0)
        assert said["errcode"] == (0 if level <= 15 else 81002)
    moved = deep.ask("/cgi-bin/department/update", {}, {"id": 2, "parentid": 5})
    rig.close()
    assert moved["errcode"] == 0
