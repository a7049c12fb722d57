"""What WeCom tells an application's server: verified first, encrypted and signed, tried three times; read here with wechatpy."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from wechatpy.enterprise import parse_message

from mocks import bizmsg as wire
from tests.mocks.rig import DAY, Rig
from tests.mocks.wecom_listener import Listener
from tests.mocks.wecom_requests import CARD, Corp, upload

SECOND = 1_000


PATIENT = {"wecom": {"setting": {"echo_within": {"value": "20s"}, "callback_timeout": {"value": "20s"}}}}
"""So that a busy machine is not taken for a listener that is too slow."""


@pytest.fixture
def rig(make_rig: Callable[..., Rig]) -> Rig:
    """A sandbox that waits longer for answers than the vendor."""
    return make_rig(PATIENT)


def listening(rig: Rig) -> Iterator[Listener]:
    """A listener whose secrets are those of the main account, while the sandbox's sender is at work."""

    async def start() -> asyncio.Task[None]:
        return asyncio.create_task(rig.server.run())

    task = rig.run(start())
    one = Listener(rig.main.wecom)
    yield one
    one.close()
    task.cancel()


listener = pytest.fixture(listening)


@pytest.fixture
def corp(rig: Rig, listener: Listener) -> Corp:
    """A corp whose address is saved."""
    assert rig.admin("POST", "/wecom/callback", {"url": listener.url})["ok"]
    return Corp(rig)


def heard(corp: Corp, listener: Listener) -> dict[str, Any]:
    """The newest thing that arrived."""
    corp.rig.jump(0)
    return listener.heard[-1]


# ---------------------------------------------------------------- the address


def test_an_address_is_saved_when_it_answers_with_the_echo_and_nothing_else(rig: Rig, listener: Listener) -> None:
    listener.echo = '"{}"'
    refused = rig.admin("POST", "/wecom/callback", {"url": listener.url})
    assert (refused["ok"], refused["status"], rig.main.wecom.callback_url) == (False, 200, "")
    listener.echo = "{}"
    assert rig.admin("POST", "/wecom/callback", {"url": listener.url})["ok"]
    assert rig.main.wecom.callback_url == listener.url
    assert rig.admin("POST", "/wecom/callback", {"url": ""})["ok"]
    assert rig.main.wecom.callback_url == ""


def test_an_address_that_takes_longer_than_a_second_is_not_saved(make_rig: Callable[..., Rig]) -> None:
    strict = make_rig()
    for listener in listening(strict):
        listener.slow = 1.2
        refused = strict.admin("POST", "/wecom/callback", {"url": listener.url})
        assert (refused["ok"], refused["body"]) == (False, "TimeoutError")


@pytest.mark.parametrize("url", ["ftp://x", "http://", "x", "http://a b"])
def test_what_is_no_address_is_refused(standing: Rig, url: str) -> None:
    assert standing.admin("POST", "/wecom/callback", {"url": url})["status"] == 400
    assert standing.admin("POST", "/wecom/callback", {"account": "nobody", "url": ""})["status"] == 404


def test_who_has_no_address_is_sent_nothing(rig: Rig) -> None:
    Corp(rig).ask("/cgi-bin/user/create")
    assert rig.server.sender.depth() == 0


# ---------------------------------------------------------------- the delivery


def test_an_event_is_signed_and_encrypted_for_the_corp(corp: Corp, listener: Listener) -> None:
    corp.ask("/cgi-bin/user/create")
    event = heard(corp, listener)
    assert (event["ToUserName"], event["FromUserName"], event["MsgType"]) == (corp.state.corpid, "sys", "event")
    assert (event["Event"], event["ChangeType"], event["UserID"]) == ("change_contact", "create_user", "newcomer")
    assert (event["Department"], event["Name"], event["CreateTime"]) == ("2", "张三", str(corp.rig.clock() // 1000))


def test_a_failed_delivery_is_tried_three_times_in_all(corp: Corp, listener: Listener) -> None:
    listener.answers = [500, 302, 503, 200]
    corp.ask("/cgi-bin/user/create")
    corp.rig.jump(10 * SECOND)
    assert len(listener.heard) == 3
    tries = [(event["attempt"], event["code"], event["ok"]) for event in corp.rig.events("delivery")]
    assert tries == [(1, "500", False), (2, "302", False), (3, "503", False)]


def test_any_200_is_a_confirmation(corp: Corp, listener: Listener) -> None:
    listener.answers = [500, 200]
    corp.ask("/cgi-bin/user/create")
    corp.rig.jump(10 * SECOND)
    assert len(listener.heard) == 2


def test_a_test_event_reaches_any_address_with_any_secrets(rig: Rig, listener: Listener) -> None:
    state = rig.main.wecom
    wanted = {"url": listener.url, "token": state.callback_token, "encoding_aes_key": state.aes_key}
    said = rig.admin("POST", "/callbacks/push", {**wanted, "receive_id": state.corpid})
    assert (said["ok"], said["status"]) == (True, 200)
    assert (listener.heard[0]["MsgType"], listener.heard[0]["ToUserName"]) == ("text", state.corpid)
    listener.answers = [403]
    said = rig.http(
        "POST",
        "/_sandbox/callbacks/push",
        json={**wanted, "receive_id": state.corpid},
        headers={"X-Sandbox-Token": "admin-token-of-the-tests"},
    ).json()
    assert said == {"ok": False, "status": 403, "body": "SUCCESS"}
    assert rig.admin("POST", "/callbacks/push", {**wanted, "encoding_aes_key": "no", "receive_id": "x"})["status"] == 400


def test_wechatpy_parses_what_is_sent(rig: Rig, listener: Listener) -> None:
    plain = wire.xml(
        {
            "ToUserName": "a",
            "FromUserName": "b",
            "CreateTime": 1,
            "MsgType": "text",
            "Content": "嗨",
            "MsgId": 2,
            "AgentID": 1,
        }
    )
    assert parse_message(plain).content == "嗨"
    del rig, listener


# ---------------------------------------------------------------- the events

DONE = {
    "user/update": ("change_contact", "update_user", {"UserID": "staff05", "Position": "组长"}),
    "user/delete": ("change_contact", "delete_user", {"UserID": "staff20"}),
    "department/create": ("change_contact", "create_party", {"Id": "9", "ParentId": "1"}),
    "department/update": ("change_contact", "update_party", {"Id": "3", "Name": "运营中心"}),
    "tag/addtagusers": ("change_contact", "update_tag", {"TagId": "1", "AddUserItems": "staff03", "AddPartyItems": "3"}),
    "externalcontact/remark": ("change_external_contact", "edit_external_contact", {"UserID": "staff01"}),
    "externalcontact/edit_corp_tag": ("change_external_tag", "update", {"TagType": "tag"}),
    "externalcontact/del_corp_tag": ("change_external_tag", "delete", {"TagType": "tag"}),
    "externalcontact/groupchat/onjob_transfer": ("change_external_chat", "update", {"UpdateDetail": "change_owner"}),
}


@pytest.mark.parametrize("path", DONE)
def test_what_is_done_by_interface_is_told(corp: Corp, listener: Listener, path: str) -> None:
    name, change, fields = DONE[path]
    assert corp.ask(f"/cgi-bin/{path}")["errcode"] == 0
    event = heard(corp, listener)
    assert (event["Event"], event["ChangeType"]) == (name, change)
    assert {key: event[key] for key in fields} == fields


def test_a_new_customer_brings_a_code_that_greets_him_once_within_twenty_seconds(corp: Corp, listener: Listener) -> None:
    greet = "/cgi-bin/externalcontact/send_welcome_msg"
    for wait, codes in ((19_999, [0, 41050]), (20_000, [41050, 41050])):
        told = corp.rig.tell("wecom.customer_added", userid="staff01", state="shop-1")
        event = heard(corp, listener)
        assert (event["ChangeType"], event["State"], event["WelcomeCode"]) == (
            "add_external_contact",
            "shop-1",
            told["welcome_code"],
        )
        assert event["ExternalUserID"] == told["external_userid"]
        corp.rig.jump(wait)
        body = {"welcome_code": event["WelcomeCode"], "text": {"content": "欢迎"}}
        assert [corp.ask(greet, {}, body)["errcode"] for _ in range(2)] == codes


def test_a_customer_who_scans_a_contact_way_brings_its_state(corp: Corp, listener: Listener) -> None:
    way = corp.ask("/cgi-bin/externalcontact/add_contact_way")
    corp.rig.tell("wecom.customer_added", config_id=way["config_id"])
    event = heard(corp, listener)
    assert (event["UserID"], event["State"]) == ("staff01", "shop")
    corp.rig.tell("wecom.customer_removed", userid="staff01", external_userid=event["ExternalUserID"])
    assert heard(corp, listener)["ChangeType"] == "del_follow_user"


def test_a_chat_is_made_joined_left_and_dismissed(corp: Corp, listener: Listener) -> None:
    chat = corp.rig.tell("wecom.chat_created", owner="staff01", name="秒杀群")["chat_id"]
    for kind in ("chat_joined", "chat_left"):
        assert corp.rig.tell(f"wecom.{kind}", chat_id=chat, external_userid=corp.customers[5])["code"] == "0"
    corp.rig.tell("wecom.chat_dismissed", chat_id=chat)
    corp.rig.jump(0)
    events = sorted((one["ChangeType"], one.get("UpdateDetail", "")) for one in listener.events("change_external_chat"))
    assert events == [("create", ""), ("dismiss", ""), ("update", "add_member"), ("update", "del_member")]


def test_what_a_customer_writes_is_read_with_the_events_token(corp: Corp, listener: Listener) -> None:
    corp.rig.tell("wecom.customer_wrote", open_kfid=corp.kfid, external_userid=corp.customers[0], text="到哪了？")
    event = heard(corp, listener)
    assert (event["Event"], event["OpenKfId"], "Content" in event) == ("kf_msg_or_event", corp.kfid, False)
    read = corp.ask("/cgi-bin/kf/sync_msg", {}, {"token": event["Token"]})
    assert [one["msgtype"] for one in read["msg_list"]] == ["event", "text"]
    assert read["msg_list"][1]["text"] == {"content": "到哪了？"}
    corp.rig.jump(600 * SECOND)
    assert corp.ask("/cgi-bin/kf/sync_msg", {}, {"token": event["Token"]})["errcode"] == 95007


def test_an_answered_card_brings_a_code_with_which_it_is_updated_once(corp: Corp, listener: Listener) -> None:
    body = {"touser": "staff01", "agentid": 1000002, "msgtype": "template_card", "template_card": CARD}
    assert corp.ask("/cgi-bin/message/send", {}, body)["response_code"]
    corp.rig.tell("wecom.card_clicked", userid="staff01", task_id=CARD["task_id"], key="yes")
    event = heard(corp, listener)
    assert (event["Event"], event["EventKey"], event["TaskId"]) == ("template_card_event", "yes", "task-1")
    assert (event["FromUserName"], event["CardType"]) == ("staff01", "button_interaction")
    update = {"userids": ["staff01"], "agentid": 1000002, "response_code": event["ResponseCode"]}
    update["button"] = {"replace_name": "已同意"}
    answers = [corp.ask("/cgi-bin/message/update_template_card", {}, update)["errcode"] for _ in range(2)]
    assert answers == [0, 60140]


def test_members_enter_write_and_subscribe(corp: Corp, listener: Listener) -> None:
    """M18: whoever subscribes or unsubscribes is told of."""
    for kind, name, more in (
        ("agent_entered", "enter_agent", {}),
        ("member_subscribed", "subscribe", {}),
        ("member_subscribed", "unsubscribe", {"gone": True}),
    ):
        corp.rig.tell(f"wecom.{kind}", userid="staff03", **more)
        event = heard(corp, listener)
        assert (event["Event"], event["FromUserName"], event["AgentID"]) == (name, "staff03", "1000002")
    corp.rig.tell("wecom.member_wrote", userid="staff03", text="查单")
    assert heard(corp, listener)["Content"] == "查单"


def test_a_transfer_is_done_a_day_later_and_told(corp: Corp, listener: Listener) -> None:
    second = corp.customers[1]
    assert corp.ask("/cgi-bin/externalcontact/transfer_customer")["customer"] == [{"external_userid": second, "errcode": 0}]
    corp.rig.jump(DAY - 1)
    assert listener.events("change_external_contact") == []
    corp.rig.jump(1)
    told = sorted((one["ChangeType"], one["UserID"], one.get("Source")) for one in listener.heard)
    assert told == [("add_external_contact", "staff04", None), ("del_external_contact", "staff02", "DELETE_BY_TRANSFER")]


def test_a_bulk_import_is_worked_through_and_its_end_told(corp: Corp, listener: Listener) -> None:
    table = "姓名,帐号,手机号,邮箱,所在部门,职位\n王五,wangwu,13911110000,,2;3,店员\n改名,staff01,,,,\n坏,b a d,1,,2,\n"
    media = corp.ask("/cgi-bin/media/upload", {"type": "file"}, upload(table.encode("utf-8-sig"), "a.csv"))["media_id"]
    job = {"jobid": corp.ask("/cgi-bin/batch/syncuser", {}, {"media_id": media})["jobid"]}
    assert corp.ask("/cgi-bin/batch/getresult", job)["status"] == 1
    corp.rig.jump(5 * SECOND)
    done = corp.ask("/cgi-bin/batch/getresult", job)
    assert (done["status"], done["type"], done["total"], done["percentage"]) == (3, "sync_user", 3, 100)
    assert [one["errcode"] for one in done["result"]] == [0, 0, 40003]
    assert (corp.state.users["wangwu"].departments, corp.state.users["staff01"].name) == ([2, 3], "改名")
    (event,) = listener.events("batch_job_result")
    assert (event["BatchJob"]["JobId"], event["BatchJob"]["ErrCode"]) == (job["jobid"], "0")
    job = {"jobid": corp.ask("/cgi-bin/batch/replaceuser", {}, {"media_id": media})["jobid"]}
    corp.rig.jump(5 * SECOND)
    assert sorted(corp.state.users) == ["staff01", "wangwu"]


def test_a_customer_may_refuse_a_transfer(corp: Corp, listener: Listener) -> None:
    corp.ask("/cgi-bin/externalcontact/transfer_customer")
    corp.rig.tell("wecom.transfer_refused", external_userid=corp.customers[1])
    event = heard(corp, listener)
    assert (event["ChangeType"], event["FailReason"]) == ("transfer_fail", "customer_refused")
    corp.rig.jump(2 * DAY)
    corp.token = corp.rig.wecom_token()
    assert corp.ask("/cgi-bin/externalcontact/transfer_result")["customer"][0]["status"] == 3


def test_only_trusted_addresses_are_let_in_when_there_are_some(rig: Rig) -> None:
    corp = Corp(rig)
    assert rig.admin("POST", "/wecom/trusted_ips", {"ips": ["10.0.0.9"]})["ok"]
    assert corp.ask("/cgi-bin/user/get")["errcode"] == 60020
    assert rig.admin("POST", "/wecom/trusted_ips", {"ips": ["127.0.0.1"]})["ok"]
    assert corp.ask("/cgi-bin/user/get")["errcode"] == 0
    assert rig.admin("POST", "/wecom/trusted_ips", {"ips": ["home"]})["status"] == 400
    rig.admin("POST", "/wecom/trusted_ips", {"ips": []})
    assert corp.ask("/cgi-bin/user/get")["errcode"] == 0
