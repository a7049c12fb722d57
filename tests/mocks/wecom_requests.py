"""A good request for every endpoint of WeCom, and a corp in which all of them find what they name."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from mocks.asgi import respond
from mocks.http import Endpoint, Request, Response
from mocks.wecom.endpoints import ENDPOINTS, UPLOADS
from mocks.wecom.names import opengid
from mocks.wecom.routes import PLATFORM
from tests.mocks.rig import START, Rig

TOKEN = "/cgi-bin/gettoken"
NOW = START // 1000
BOUNDARY = "----boundary7"
WORDS = {"msgtype": "text", "text": {"content": "您好"}}
CARD = {
    "card_type": "button_interaction",
    "task_id": "task-1",
    "main_title": {"title": "退款申请"},
    "button_list": [{"text": "同意", "key": "yes"}],
}
BY_PATH = {one.path: one for one in ENDPOINTS}


def upload(content: bytes = b"some bytes", filename: str = "a.txt", field: str = "media") -> bytes:
    """A multipart body with one file."""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{field}"; filename="{filename}"\r\n'
    head += "Content-Type: application/octet-stream\r\n\r\n"
    return head.encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()


class Corp:
    """A rig's WeCom, with one of everything in it."""

    def __init__(self, rig: Rig) -> None:
        self.rig, self.state = rig, rig.main.wecom
        self.token = rig.wecom_token()
        self.customers = list(self.state.customers.people)
        self.chat = next(iter(self.state.customers.chats))
        self.kfid = next(iter(self.state.inquiries.desks))
        self.group = next(iter(self.state.customers.groups.values()))
        self.tag = next(iter(self.group.tags))
        self.mch_id = next(iter(self.state.merchants))
        self.made: dict[str, Any] = {}

    def prepare(self) -> None:
        """Make what is not there from the start."""
        told = self.rig.tell("wecom.customer_wrote", open_kfid=self.kfid, external_userid=self.customers[0])
        new = self.rig.tell("wecom.customer_added", userid="staff01", name="新人")
        self.made = {"kf_code": told["welcome_code"], "welcome": new["welcome_code"]}
        for name in ("code", "other_code", "third_code", "fourth_code", "fifth_code"):
            self.made[name] = self.rig.tell("wecom.page_opened", userid="staff01")["oauth_code"]
        self.made["ticket"] = self.ask("/cgi-bin/auth/getuserinfo", {"code": self.made["third_code"]})["user_ticket"]
        for name, path in MADE.items():
            self.made[name] = self.ask(path)
        self.made["tfa"] = self.ask("/cgi-bin/auth/get_tfa_info", None, {"code": self.made["fifth_code"]})
        self.made["moment_id"], moment = next(iter(self.state.customers.moments.items()))
        moment.ready = 0
        self.rig.tell("wecom.moment_published", userid="staff01", moment_id=moment.moment_id)
        self.rig.tell("wecom.member_subscribed", userid="staff01")

    def ask(self, path: str, query: dict[str, Any] | None = None, body: Any = None) -> dict[str, Any]:
        """What WeCom says to the good request of a path, or to another one."""
        good_query, good_body = good(self)[path]
        return json.loads(self.send(path, good_query if query is None else query, good_body if body is None else body).body)

    def send(self, path: str, query: dict[str, Any], body: Any = None) -> Response:
        """A request to an endpoint, by its own method; the token is put in where one is wanted."""
        endpoint = BY_PATH[path]
        who = {} if endpoint.open else {"access_token": self.token}
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        headers = ((b"content-type", f"multipart/form-data; boundary={BOUNDARY}".encode()),) if path in UPLOADS else ()
        text = urlencode({**who, **query}, errors="replace")
        return respond(
            self.rig.world, PLATFORM, Request(endpoint.method, path, "/wecom" + path, text, headers, raw, "127.0.0.1")
        )


def overheard(rig: Rig) -> Corp:
    """A corp whose events are kept in `made["told"]`."""
    corp = Corp(rig)
    corp.state.callback_url = "http://127.0.0.1:9/"
    told = corp.made["told"] = []
    rig.world._post = lambda _account, push: told.append(push.body)
    return corp


MADE = {
    "media": "/cgi-bin/media/upload",
    "robot_media": "/cgi-bin/webhook/upload_media",
    "chat": "/cgi-bin/appchat/create",
    "card": "/cgi-bin/message/send",
    "way": "/cgi-bin/externalcontact/add_contact_way",
    "mass": "/cgi-bin/externalcontact/add_msg_template",
    "job": "/cgi-bin/media/upload_by_url",
    "menu": "/cgi-bin/menu/create",
    "batch": "/cgi-bin/batch/syncuser",
    "moment": "/cgi-bin/externalcontact/add_moment_task",
    "product": "/cgi-bin/externalcontact/add_product_album",
    "link": "/cgi-bin/externalcontact/customer_acquisition/create_link",
    "join": "/cgi-bin/externalcontact/groupchat/add_join_way",
}
"""What `prepare` makes, and by which endpoint."""


def good(corp: Corp) -> dict[str, tuple[dict[str, Any], Any]]:
    """Query (without the token) and body of a good request, by path."""
    return {
        **_application(corp),
        **_directory(corp),
        **_customers(corp),
        **_service(corp),
        **_ways_in(corp),
        **_names(corp),
        **_rest(corp),
    }


def _application(corp: Corp) -> dict[str, tuple[dict[str, Any], Any]]:
    state, made = corp.state, corp.made
    agent = {"agentid": state.agentid}
    chatid = made.get("chat", {}).get("chatid", "")
    card = made.get("card", {})
    return {
        TOKEN: ({"corpid": state.corpid, "corpsecret": state.secret}, None),
        "/cgi-bin/get_jsapi_ticket": ({}, None),
        "/cgi-bin/ticket/get": ({"type": "agent_config"}, None),
        "/cgi-bin/getcallbackip": ({}, None),
        "/cgi-bin/get_api_domain_ip": ({}, None),
        "/cgi-bin/agent/get": (agent, None),
        "/cgi-bin/agent/list": ({}, None),
        "/cgi-bin/agent/set": ({}, {**agent, "name": "订单"}),
        "/cgi-bin/menu/create": (agent, {"button": [{"type": "click", "name": "今日", "key": "V1"}]}),
        "/cgi-bin/menu/get": (agent, None),
        "/cgi-bin/menu/delete": (agent, None),
        "/cgi-bin/batch/syncuser": ({}, {"media_id": made.get("media", {}).get("media_id", "")}),
        "/cgi-bin/batch/replaceuser": ({}, {"media_id": made.get("media", {}).get("media_id", "")}),
        "/cgi-bin/batch/replaceparty": ({}, {"media_id": made.get("media", {}).get("media_id", "")}),
        "/cgi-bin/batch/getresult": ({"jobid": made.get("batch", {}).get("jobid", "")}, None),
        "/cgi-bin/batch/invite": ({}, {"user": ["staff01", "nobody"], "party": [2], "tag": [1]}),
        "/cgi-bin/message/send": (
            {},
            {
                "touser": "staff01|staff02",
                **agent,
                "msgtype": "template_card",
                "template_card": {**CARD, "task_id": f"task-{state.sent}"},
            },
        ),
        "/cgi-bin/message/recall": ({}, {"msgid": card.get("msgid", "")}),
        "/cgi-bin/message/update_template_card": (
            {},
            {
                "userids": ["staff01"],
                **agent,
                "response_code": card.get("response_code"),
                "button": {"replace_name": "已同意"},
            },
        ),
        "/cgi-bin/message/get_statistics": ({}, {"time_type": 0}),
        "/cgi-bin/appchat/create": ({}, {"name": "订单群", "owner": "staff01", "userlist": ["staff01", "staff02"]}),
        "/cgi-bin/appchat/get": ({"chatid": chatid}, None),
        "/cgi-bin/appchat/update": ({}, {"chatid": chatid, "name": "新订单群", "add_user_list": ["staff03"]}),
        "/cgi-bin/appchat/send": ({}, {"chatid": chatid, **WORDS}),
        "/cgi-bin/webhook/send": ({"key": state.robot_key}, WORDS),
        "/cgi-bin/webhook/upload_media": ({"key": state.robot_key, "type": "file"}, upload()),
    }


def _directory(corp: Corp) -> dict[str, tuple[dict[str, Any], Any]]:
    state = corp.state
    openid = "o" + state.derived("openid/staff01", 27)
    new = {"userid": "newcomer", "name": "张三", "department": [2], "mobile": "13900000000"}
    return {
        "/cgi-bin/user/create": ({}, new),
        "/cgi-bin/user/update": ({}, {"userid": "staff05", "position": "组长"}),
        "/cgi-bin/user/delete": ({"userid": "staff20"}, None),
        "/cgi-bin/user/batchdelete": ({}, {"useridlist": ["staff18", "staff19"]}),
        "/cgi-bin/user/get": ({"userid": "staff01"}, None),
        "/cgi-bin/user/list": ({"department_id": "1", "fetch_child": "1"}, None),
        "/cgi-bin/user/simplelist": ({"department_id": "2"}, None),
        "/cgi-bin/user/list_id": ({}, {"limit": 10}),
        "/cgi-bin/user/getuserid": ({}, {"mobile": state.users["staff01"].profile["mobile"]}),
        "/cgi-bin/user/get_userid_by_email": ({}, {"email": "staff01@example.com", "email_type": 2}),
        "/cgi-bin/user/convert_to_openid": ({}, {"userid": "staff01"}),
        "/cgi-bin/user/convert_to_userid": ({}, {"openid": openid}),
        "/cgi-bin/user/authsucc": ({"userid": "staff01"}, None),
        "/cgi-bin/auth/getuserinfo": ({"code": corp.made.get("code", "")}, None),
        "/cgi-bin/user/getuserinfo": ({"code": corp.made.get("other_code", "")}, None),
        "/cgi-bin/auth/getuserdetail": ({}, {"user_ticket": corp.made.get("ticket", "")}),
        "/cgi-bin/department/create": ({}, {"name": "仓储部", "parentid": 1, "order": 5, "id": 9}),
        "/cgi-bin/department/update": ({}, {"id": 3, "name": "运营中心"}),
        "/cgi-bin/department/delete": ({"id": "9"}, None),
        "/cgi-bin/department/list": ({}, None),
        "/cgi-bin/department/simplelist": ({"id": "2"}, None),
        "/cgi-bin/department/get": ({"id": "2"}, None),
        "/cgi-bin/tag/create": ({}, {"tagname": "新手", "tagid": 12}),
        "/cgi-bin/tag/update": ({}, {"tagid": 1, "tagname": "当班"}),
        "/cgi-bin/tag/delete": ({"tagid": "2"}, None),
        "/cgi-bin/tag/get": ({"tagid": "1"}, None),
        "/cgi-bin/tag/list": ({}, None),
        "/cgi-bin/tag/addtagusers": ({}, {"tagid": 1, "userlist": ["staff03"], "partylist": [3]}),
        "/cgi-bin/tag/deltagusers": ({}, {"tagid": 1, "userlist": ["staff01"]}),
    }


def _customers(corp: Corp) -> dict[str, tuple[dict[str, Any], Any]]:
    first, second, third = corp.customers[:3]
    way = {"config_id": corp.made.get("way", {}).get("config_id", "")}
    mass = {"msgid": corp.made.get("mass", {}).get("msgid", "")}
    bond = {"userid": "staff01", "external_userid": first}
    between = {"handover_userid": "staff02", "takeover_userid": "staff04"}
    rows: dict[str, tuple[dict[str, Any], Any]] = {
        "get_follow_user_list": ({}, None),
        "list": ({"userid": "staff01"}, None),
        "get": ({"external_userid": first}, None),
        "batch/get_by_user": ({}, {"userid_list": ["staff01", "staff02"], "limit": 3}),
        "remark": ({}, {**bond, "remark": "大客户", "remark_mobiles": ["13800000001"]}),
        "get_user_behavior_data": ({}, {"userid": ["staff01"], "start_time": NOW - 86_400, "end_time": NOW}),
        "get_corp_tag_list": ({}, {"group_id": [corp.group.id]}),
        "add_corp_tag": ({}, {"group_name": "来源", "tag": [{"name": "虾皮", "order": 1}]}),
        "edit_corp_tag": ({}, {"id": corp.tag, "name": "普通"}),
        "del_corp_tag": ({}, {"tag_id": [list(corp.group.tags)[-1]] if corp.group.tags else []}),
        "mark_tag": ({}, {**bond, "add_tag": [corp.tag]}),
        "add_contact_way": ({}, {"type": 1, "scene": 2, "user": ["staff01"], "state": "shop", "remark": "官网"}),
        "get_contact_way": ({}, way),
        "list_contact_way": ({}, {"limit": 10}),
        "update_contact_way": ({}, {**way, "state": "other"}),
        "del_contact_way": ({}, way),
        "close_temp_chat": ({}, bond),
        "groupchat/list": ({}, {"limit": 10, "owner_filter": {"userid_list": ["staff01"]}}),
        "groupchat/get": ({}, {"chat_id": corp.chat, "need_name": 1}),
        "groupchat/transfer": ({}, {"chat_id_list": [corp.chat], "new_owner": "staff02"}),
        "groupchat/onjob_transfer": ({}, {"chat_id_list": [corp.chat], "new_owner": "staff02"}),
        "add_msg_template": ({}, {"external_userid": [second, third], "text": {"content": "上新了"}}),
        "remind_groupmsg_send": ({}, mass),
        "get_groupmsg_list_v2": ({}, {"chat_type": "single", "start_time": NOW - 86_400, "end_time": NOW + 86_400}),
        "get_groupmsg_task": ({}, mass),
        "get_groupmsg_send_result": ({}, {**mass, "userid": "staff02"}),
        "get_group_msg_result": ({}, mass),
        "cancel_groupmsg_send": ({}, mass),
        "send_welcome_msg": ({}, {"welcome_code": corp.made.get("welcome"), "text": {"content": "欢迎"}}),
        "transfer_customer": ({}, {**between, "external_userid": [second]}),
        "transfer": ({}, {**between, "external_userid": second}),
        "transfer_result": ({}, between),
        "resigned/transfer_customer": (
            {},
            {"handover_userid": "gone", "takeover_userid": "staff04", "external_userid": [second]},
        ),
        "resigned/transfer_result": ({}, between),
        "get_unassigned_list": ({}, {"page_size": 10}),
    }
    return {f"/cgi-bin/externalcontact/{path}": row for path, row in rows.items()}


def _ways_in(corp: Corp) -> dict[str, tuple[dict[str, Any], Any]]:
    made = corp.made
    moment = {"moment_id": made.get("moment_id", "")}
    of_member = {**moment, "userid": "staff01"}
    product = {"product_id": made.get("product", {}).get("product_id", "")}
    link = {"link_id": made.get("link", {}).get("link", {}).get("link_id", "")}
    join = {"config_id": made.get("join", {}).get("config_id", "")}
    picture = {"type": "image", "image": {"media_id": made.get("media", {}).get("media_id", "")}}
    whom = {"user_list": ["staff01"], "department_list": [2]}
    task = {"text": {"content": "新品"}, "visible_range": {"sender_list": {"user_list": ["staff01", "staff02"]}}}
    rows: dict[str, tuple[dict[str, Any], Any]] = {
        "add_moment_task": ({}, task),
        "get_moment_task_result": ({"jobid": made.get("moment", {}).get("jobid", "")}, None),
        "get_moment_list": ({}, {"start_time": NOW - 86_400, "end_time": NOW + 86_400, "limit": 10}),
        "get_moment_task": ({}, {**moment, "limit": 10}),
        "get_moment_customer_list": ({}, {**of_member, "limit": 10}),
        "get_moment_send_result": ({}, of_member),
        "get_moment_comments": ({}, of_member),
        "cancel_moment_task": ({}, moment),
        "add_product_album": ({}, {"description": "杯子", "price": 1200, "product_sn": "A1", "attachments": [picture]}),
        "get_product_album": ({}, product),
        "get_product_album_list": ({}, {"limit": 10}),
        "update_product_album": ({}, {**product, "price": 1300, "attachments": [picture]}),
        "delete_product_album": ({}, product),
        "customer_acquisition/create_link": ({}, {"link_name": "店铺", "range": whom, "skip_verify": True}),
        "customer_acquisition/get": ({}, link),
        "customer_acquisition/list_link": ({}, {"limit": 10}),
        "customer_acquisition/update_link": ({}, {**link, "link_name": "新名", "range": whom}),
        "customer_acquisition/customer": ({}, {**link, "limit": 10}),
        "customer_acquisition_quota": ({}, None),
        "customer_acquisition/delete_link": ({}, link),
        "groupchat/add_join_way": ({}, {"scene": 2, "chat_id_list": [corp.chat], "state": "shop"}),
        "groupchat/get_join_way": ({}, join),
        "groupchat/update_join_way": ({}, {**join, "scene": 1, "chat_id_list": [corp.chat], "remark": "门店"}),
        "groupchat/del_join_way": ({}, join),
    }
    return {f"/cgi-bin/externalcontact/{path}": row for path, row in rows.items()}


def _names(corp: Corp) -> dict[str, tuple[dict[str, Any], Any]]:
    customer = corp.state.customers.people[corp.customers[0]]
    tfa = {"userid": "staff01", "tfa_code": corp.made.get("tfa", {}).get("tfa_code", "")}
    return {
        "/cgi-bin/externalcontact/unionid_to_external_userid": ({}, {"unionid": customer.unionid, "openid": "x"}),
        "/cgi-bin/externalcontact/convert_to_openid": ({}, {"external_userid": customer.external_userid}),
        "/cgi-bin/externalcontact/opengid_to_chatid": ({}, {"opengid": opengid(corp.state, corp.chat)}),
        "/cgi-bin/externalcontact/get_new_external_userid": ({}, {"external_userid_list": [customer.external_userid]}),
        "/cgi-bin/externalcontact/contact_list": ({}, {"limit": 5}),
        "/cgi-bin/corp/get_join_qrcode": ({"size_type": "1"}, None),
        "/cgi-bin/user/get_active_stat": ({}, {"date": "2026-03-01"}),
        "/cgi-bin/auth/get_tfa_info": ({}, {"code": corp.made.get("fourth_code", "")}),
        "/cgi-bin/user/tfa_succ": ({}, tfa),
    }


def _service(corp: Corp) -> dict[str, tuple[dict[str, Any], Any]]:
    kf, first = {"open_kfid": corp.kfid}, corp.customers[0]
    rows: dict[str, tuple[dict[str, Any], Any]] = {
        "account/add": (
            {},
            {"name": "售前", "media_id": "294DpAog3YA5b9rTK4PjjfRfYLO0L5qpDHAJIzhhQ2jAEWjb9i661Q4lk8oFnPtmj"},
        ),
        "account/update": ({}, {**kf, "name": "售后"}),
        "account/list": ({}, {"offset": 0, "limit": 10}),
        "add_contact_way": ({}, {**kf, "scene": "site-1"}),
        "servicer/add": ({}, {**kf, "userid_list": ["staff03", "nobody"]}),
        "servicer/del": ({}, {**kf, "userid_list": ["staff02"]}),
        "servicer/list": (kf, None),
        "service_state/get": ({}, {**kf, "external_userid": first}),
        "sync_msg": ({}, {**kf, "limit": 1}),
        "send_msg": ({}, {"touser": first, **kf, "msgid": "m1", **WORDS}),
        "send_msg_on_event": ({}, {"code": corp.made.get("kf_code"), **WORDS}),
        "service_state/trans": ({}, {**kf, "external_userid": first, "service_state": 3, "servicer_userid": "staff01"}),
        "customer/batchget": ({}, {"external_userid_list": [first, "wmNobody"], "need_enter_session_context": 1}),
        "get_corp_statistic": ({}, {**kf, "start_time": NOW - 86_400, "end_time": NOW}),
        "get_servicer_statistic": ({}, {**kf, "servicer_userid": "staff01", "start_time": NOW - 86_400, "end_time": NOW}),
        "account/del": ({}, kf),
    }
    return {f"/cgi-bin/kf/{path}": row for path, row in rows.items()}


def _rest(corp: Corp) -> dict[str, tuple[dict[str, Any], Any]]:
    made, span = corp.made, {"begin_time": NOW - 7 * 86_400, "end_time": NOW}
    payment = corp.state.bills[0].payment_id
    rows: dict[str, tuple[dict[str, Any], Any]] = {
        "media/upload": ({"type": "image"}, upload(b"\xff\xd8\xff\r\n--\x00\xfe")),
        "media/uploadimg": ({}, upload(field="fieldNameHere")),
        "media/upload_attachment": ({"media_type": "image", "attachment_type": "1"}, upload()),
        "media/get": ({"media_id": made.get("media", {}).get("media_id", "")}, None),
        "media/get/jssdk": ({"media_id": made.get("media", {}).get("media_id", "")}, None),
        "media/upload_by_url": ({}, {"scene": 1, "type": "file", "filename": "a.pdf", "url": "https://example.com/a.pdf"}),
        "media/get_upload_by_url_result": ({}, {"jobid": made.get("job", {}).get("jobid", "")}),
        "msgaudit/get_permit_user_list": ({}, {"type": 1}),
        "msgaudit/check_single_agree": ({}, {"info": [{"userid": "staff01", "exteranalopenid": corp.customers[0]}]}),
        "msgaudit/check_room_agree": ({}, {"roomid": corp.chat}),
        "msgaudit/groupchat/get": ({}, {"roomid": made.get("chat", {}).get("chatid", "")}),
        "externalpay/addmerchant": ({}, {"mch_id": "1900000109", "merchant_name": "演示企业"}),
        "externalpay/getmerchant": ({}, {"mch_id": corp.mch_id}),
        "externalpay/set_mch_use_scope": (
            {},
            {"mch_id": corp.mch_id, "allow_use_scope": {"user": ["staff02"], "tagid": [1]}},
        ),
        "externalpay/get_bill_list": ({}, {**span, "payee_userid": "staff01", "limit": 10}),
        "externalpay/get_fund_flow": ({}, {"mch_id": corp.mch_id, **span}),
        "externalpay/get_payment_info": ({}, {"payment_id": payment}),
        "externalpay/delmerchant": ({}, {"mch_id": corp.mch_id}),
    }
    return {f"/cgi-bin/{path}": row for path, row in rows.items()}


WITHOUT = {"/cgi-bin/message/update_taskcard"}
"""Endpoints that want another corp than this one: tried by tests of their own."""


def endpoint_names() -> list[Endpoint]:
    """Every endpoint that has a good request here."""
    return [one for one in ENDPOINTS if one.path not in WITHOUT]
