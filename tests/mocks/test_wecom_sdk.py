"""wechatpy's WeCom client, unmodified, over everything it knows of what is built here. Only its transport is led to the sandbox."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from requests.adapters import HTTPAdapter
from wechatpy.enterprise import WeChatClient
from wechatpy.exceptions import APILimitedException, WeChatClientException

from mocks.asgi import respond
from mocks.http import Request
from mocks.wecom.routes import PLATFORM
from tests.mocks.rig import HOUR, Rig

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

HOST = "qyapi.weixin.qq.com"


@pytest.fixture
def client(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> WeChatClient:
    """A client of the main account; whatever it sends to the official host arrives here."""

    def send(_adapter: HTTPAdapter, request: requests.PreparedRequest, **_: Any) -> requests.Response:
        url = urlsplit(request.url or "")
        assert url.hostname == HOST
        body = request.body or b""
        headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in request.headers.items()]
        raw = body.encode() if isinstance(body, str) else body
        plain = Request(request.method or "", url.path, url.path, url.query, headers, raw, "127.0.0.1")
        answer = respond(rig.world, PLATFORM, plain)
        response = requests.Response()
        response.status_code, response.raw, response.request = answer.status, io.BytesIO(answer.body), request
        response.headers.update({name.decode(): value.decode() for name, value in answer.headers})
        return response

    monkeypatch.setattr(HTTPAdapter, "send", send)
    state = rig.main.wecom
    return WeChatClient(state.corpid, state.secret)


@pytest.fixture
def agent(rig: Rig) -> int:
    """The application's number."""
    return rig.main.wecom.agentid


def test_users_departments_and_tags(client: WeChatClient) -> None:
    """M05: user information and organisation management, by a client that somebody else wrote."""
    created = client.department.create("仓储部", parent_id=1, id=20)
    assert created["id"] == 20
    client.department.update(20, name="仓储中心", order=3)
    assert [one["name"] for one in client.department.get(20)] == ["仓储中心"]
    assert (
        client.user.create("lisi", "李四", department=[20], mobile="13911112222", email="lisi@example.com")["errmsg"]
        == "created"
    )
    client.user.update("lisi", position="库管")
    assert client.user.get("lisi")["position"] == "库管"
    assert [one["userid"] for one in client.user.list(20, simple=True)] == ["lisi"]
    assert len(client.user.list(1, fetch_child=True)) == 21
    assert client.department.get_users(20)[0]["name"] == "李四"
    assert client.department.get_map_users(20) == {"李四": "lisi"}
    openid = client.user.convert_to_openid("lisi")["openid"]
    assert client.user.convert_to_user_id(openid) == "lisi"
    assert client.user.verify("lisi")["errcode"] == 0
    tag = client.tag.create("夜班")["tagid"]
    client.tag.update(tag, "晚班")
    client.tag.add_users(tag, ["lisi"])
    assert client.tag.get_users(tag)["userlist"] == [{"userid": "lisi", "name": "李四"}]
    assert {"tagid": tag, "tagname": "晚班"} in client.tag.list()
    assert client.tag.delete_users(tag, ["lisi"])["errmsg"] == "deleted"
    assert client.tag.delete(tag)["errmsg"] == "deleted"
    assert client.user.batch_delete(["lisi"])["errmsg"] == "deleted"
    assert client.department.delete(20)["errmsg"] == "deleted"


def messages(client: WeChatClient, agent: int, media: str) -> Iterator[dict[str, Any]]:
    """One of each kind that the client can send."""
    to = "staff01"
    article = {"title": "新单", "description": "两件", "url": "https://example.com", "image": "https://example.com/a.png"}
    paper = dict.fromkeys(("author", "title", "content", "content_source_url", "digest", "show_cover_pic"), "x")
    send = client.message
    yield send.send_text(agent, to, "新订单")
    yield send.send_text_card(agent, [to, "staff02"], "订单", "两件", "https://example.com")
    yield send.send_image(agent, to, media)
    yield send.send_voice(agent, to, media)
    yield send.send_video(agent, to, media, "开箱", "视频")
    yield send.send_file(agent, to, media)
    yield send.send_articles(agent, to, [article])
    yield send.send_mp_articles(agent, to, [{**paper, "thumb_media_id": media}])
    yield send.send_markdown(agent, "@all", "**发货**")


def test_messages_of_every_kind_chats_and_media(client: WeChatClient, agent: int, rig: Rig) -> None:
    """M05: messages are pushed by a client that somebody else wrote."""
    media = client.media.upload("image", ("a.png", io.BytesIO(b"\x89PNG\r\n--\r\n"), "image/png"))["media_id"]
    assert all(one["errcode"] == 0 and one["msgid"] for one in messages(client, agent, media))
    assert len(rig.main.wecom.messages) == 9
    assert client.media.download(media).content == b"\x89PNG\r\n--\r\n"
    assert client.media.upload_img(io.BytesIO(b"\x89PNG\r\n"))["url"].startswith("http")
    chat = client.appchat.create(name="发货群", owner="staff01", user_list=["staff01", "staff02"])["chatid"]
    client.appchat.update(chat, name="发货组", add_user_list=["staff03"])
    assert client.appchat.get(chat)["userlist"] == ["staff01", "staff02", "staff03"]
    assert client.appchat.send_text(chat, "今日发货")["errcode"] == 0
    assert client.appchat.send(chat, "image", media_id=media)["errcode"] == 0


def test_the_application_its_menu_tickets_and_invitations(client: WeChatClient, agent: int) -> None:
    assert client.agent.list()[0]["agentid"] == agent
    client.agent.set(agent, name="订单助手二")
    assert client.agent.get(agent)["name"] == "订单助手二"
    client.menu.create(agent, {"button": [{"type": "click", "name": "今日", "key": "V1"}]})
    assert client.menu.get(agent)["button"][0]["name"] == "今日"
    client.menu.update(agent, {"button": [{"type": "view", "name": "店铺", "url": "https://example.com"}]})
    client.menu.delete(agent)
    with pytest.raises(WeChatClientException) as none:
        client.menu.get(agent)
    assert none.value.errcode == 46003
    assert client.jsapi.get_jsapi_ticket() == client.jsapi.get_ticket()["ticket"]
    assert client.jsapi.get_agent_ticket()["expires_in"] > 0
    assert client.misc.get_wechat_ips()
    assert client.batch.invite(user=["staff01", "nobody"])["invaliduser"] == ["nobody"]


def test_customers_tags_ways_chats_and_mass_messages(client: WeChatClient, rig: Rig) -> None:
    contact = client.external_contact
    member = contact.get_follow_user_list()["follow_user"][0]
    first = contact.list(member)["external_userid"][0]
    assert contact.get(first)["external_contact"]["external_userid"] == first
    group = contact.add_corp_tag(None, "来源", 1, [{"name": "虾皮", "order": 1}])["tag_group"]
    tag = group["tag"][0]["id"]
    contact.edit_corp_tag(tag, "Shopee", 2)
    contact.mark_tag(member, first, add_tag=[tag])
    assert "Shopee" in [one["tag_name"] for one in contact.get(first)["follow_user"][0]["tags"]]
    assert contact.get_corp_tag_list([tag])["tag_group"][0]["tag"][0]["name"] == "Shopee"
    assert contact.del_corp_tag(tag_id=[tag])["errcode"] == 0
    way = contact.add_contact_way(1, 2, style=1, remark="官网", skip_verify=True, state="web", user=[member])
    assert way["qr_code"].startswith("http")
    contact.update_contact_way(way["config_id"], "首页", user=[member])
    assert contact.get_contact_way(way["config_id"])["contact_way"]["remark"] == "首页"
    assert contact.del_contact_way(way["config_id"])["errcode"] == 0
    sent = contact.add_msg_template({"external_userid": [first], "sender": member, "text": {"content": "上新"}})
    assert contact.get_group_msg_result(sent["msgid"])["detail_list"][0]["status"] == 0
    code = rig.tell("wecom.customer_added", userid=member)["welcome_code"]
    assert contact.send_welcome_msg({"welcome_code": code, "text": {"content": "欢迎"}})["errcode"] == 0
    now = rig.clock() // 1000
    assert contact.get_user_behavior_data([member], now - 86_400, now)["behavior_data"]
    assert contact.get_unassigned_list(0, 100)["info"] == []
    (chat,) = client.external_contact_group_chat.list_all()
    shown = client.external_contact_group_chat.get(chat["chat_id"])["group_chat"]
    assert len(shown["member_list"]) == 5


def test_a_dead_token_is_fetched_anew_and_the_call_repeated(client: WeChatClient, rig: Rig) -> None:
    assert client.user.get("staff01")["userid"] == "staff01"
    rig.admin("POST", "/tokens/expire", {"platform": "wecom", "access_token": client.access_token})
    assert client.user.get("staff01")["userid"] == "staff01"
    rig.jump(2 * HOUR)
    assert client.user.get("staff02")["userid"] == "staff02"


def test_the_clients_own_exceptions_are_raised(client: WeChatClient, agent: int) -> None:
    with pytest.raises(WeChatClientException) as unknown:
        client.user.get("nobody")
    assert (unknown.value.errcode, unknown.value.errmsg.startswith("userid not found, hint: [")) == (60111, True)
    for _ in range(200):
        client.message.send_text(agent, "staff01", "新订单")
    with pytest.raises(APILimitedException) as limited:
        client.message.send_text(agent, "staff01", "新订单")
    assert limited.value.errcode == 45009
