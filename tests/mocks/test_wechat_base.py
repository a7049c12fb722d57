"""The official account's own interfaces, asked by wechatpy as it is: tickets, quotas, failed requests, followers, tags, messages, menu."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
from wechatpy import WeChatClient
from wechatpy.exceptions import APILimitedException, WeChatClientException

from sandbox.policy import Call
from tests.mocks.pay_rig import led
from tests.mocks.rig import DAY, HOUR, MINUTE, Rig

CUSTOM, QUOTA, CLEAR, RID = (
    f"/cgi-bin/{path}" for path in ("message/custom/send", "openapi/quota/get", "clear_quota", "openapi/rid/get")
)


@pytest.fixture
def rig(fresh: Rig) -> Rig:
    """An account of one's own."""
    return fresh


@pytest.fixture
def client(rig: Rig) -> Iterator[WeChatClient]:
    """The SDK, unmodified, as the main account's merchant uses it."""
    with led(rig):
        yield WeChatClient(rig.main.wechat.appid, rig.main.wechat.secret)


def code_of(problem: pytest.ExceptionInfo[WeChatClientException]) -> int:
    """The errcode of a refusal."""
    return problem.value.errcode


# ---------------------------------------------------------------- tokens and tickets


def test_a_ticket_is_the_same_for_two_hours_but_for_its_last_minutes(rig: Rig, client: WeChatClient) -> None:
    """A07."""
    first = client.jsapi.get_ticket("wx_card")
    assert (first["expires_in"], first["errcode"]) == (7200, 0)
    assert client.jsapi.get_ticket("jsapi")["ticket"] != first["ticket"]
    rig.jump(HOUR)
    assert client.jsapi.get_ticket("wx_card") == first | {"expires_in": 3600}
    rig.jump(55 * MINUTE)
    client = WeChatClient(rig.main.wechat.appid, rig.main.wechat.secret)
    assert client.jsapi.get_ticket("wx_card")["ticket"] != first["ticket"]
    with pytest.raises(WeChatClientException) as problem:
        client.jsapi.get_ticket("bus")
    assert code_of(problem) == 40097


def test_stable_tokens_are_a_pool_of_their_own(rig: Rig) -> None:
    state = rig.main.wechat
    asked = {"grant_type": "client_credential", "appid": state.appid, "secret": state.secret}
    plain = rig.wechat_token()
    first, second = (rig.said("wechat", "POST", "/cgi-bin/stable_token", {}, asked) for _ in range(2))
    forced = rig.said("wechat", "POST", "/cgi-bin/stable_token", {}, {**asked, "force_refresh": True})
    assert first == second
    assert len({plain, first["access_token"], forced["access_token"]}) == 3
    reads = "/cgi-bin/getcallbackip"

    def code(token: str) -> int:
        answer: dict[str, Any] = rig.said("wechat", "GET", reads, {"access_token": token})
        return int(answer.get("errcode", 0))

    rig.jump(5 * MINUTE - 1)
    assert [code(token) for token in (plain, first["access_token"], forced["access_token"])] == [0, 0, 0]
    rig.jump(1)
    assert [code(token) for token in (plain, first["access_token"], forced["access_token"])] == [0, 40001, 0]


def test_a_token_is_given_to_trusted_addresses_alone_once_some_are_named(rig: Rig) -> None:
    assert rig.admin("POST", "/wechat/trusted_ips", {"account": rig.account, "ips": ["203.0.113.7"]})["ok"]
    state = rig.main.wechat
    query = {"grant_type": "client_credential", "appid": state.appid, "secret": state.secret}
    refused = rig.said("wechat", "GET", "/cgi-bin/token", query)
    assert (refused["errcode"], refused["errmsg"].split(" rid:")[0]) == (40164, "invalid ip 127.0.0.1, not in whitelist")
    rig.admin("POST", "/wechat/trusted_ips", {"account": rig.account, "ips": ["127.0.0.1"]})
    assert rig.wechat_token()


def test_the_platforms_addresses_are_told(client: WeChatClient, rig: Rig) -> None:
    assert client.misc.get_wechat_ips() == ["203.0.113.9", "203.0.113.10", "203.0.113.11"]
    assert client.get("get_api_domain_ip")["ip_list"]
    wanted = {"action": "all", "check_operator": "DEFAULT"}
    assert rig.wechat("/cgi-bin/callback/check", rig.wechat_token(), wanted)["errcode"] == 40201
    rig.main.wechat.callback_url = "http://shop.test/events"
    found = rig.wechat("/cgi-bin/callback/check", rig.wechat_token(), wanted)
    assert (found["dns"][0]["ip"], found["ping"][0]["package_loss"]) == ("shop.test", "0%")


# ---------------------------------------------------------------- quotas and failed requests


def test_a_quota_is_shown_as_it_is_counted_and_cleared_ten_times_a_month(make_rig: Any) -> None:
    rig = make_rig({"wechat": {"quota": {"menu_get_day": {"limit": 3}}}})
    rig.main.wechat.office.menu = {"button": []}
    token = rig.wechat_token()

    def left() -> dict[str, int]:
        return dict(rig.wechat(QUOTA, token, {"cgi_path": "/cgi-bin/menu/get"})["quota"])

    def menu() -> int:
        return int(rig.said("wechat", "GET", "/cgi-bin/menu/get", {"access_token": token}).get("errcode", 0))

    assert left() == {"daily_limit": 3, "used": 0, "remain": 3}
    assert [menu() for _ in range(4)] == [0, 0, 0, 45009]
    assert left() == {"daily_limit": 3, "used": 3, "remain": 0}
    assert rig.wechat(CLEAR, token, {"appid": "wx0"})["errcode"] == 40013
    assert rig.wechat(CLEAR, token, {"appid": rig.main.wechat.appid})["errcode"] == 0
    assert (left()["used"], menu()) == (0, 0)
    query = {"appid": rig.main.wechat.appid, "appsecret": rig.main.wechat.secret}
    both = [rig.said("wechat", "POST", "/cgi-bin/clear_quota/v2", query)["errcode"] for _ in range(10)]
    assert both == [0] * 9 + [48006]
    assert rig.wechat(CLEAR, token, {"appid": rig.main.wechat.appid})["errcode"] == 48006


def test_a_rate_is_shown_where_there_is_one(rig: Rig) -> None:
    token = rig.wechat_token()
    shown = rig.wechat(QUOTA, token, {"cgi_path": "/card/code/consume"})
    assert shown["rate_limit"] == {"call_count": 200, "refresh_second": 1}
    assert rig.wechat(QUOTA, token, {"cgi_path": "/card/nothing"})["errcode"] == 76021


def test_what_a_cleared_day_leaves_alone_is_how_many_cards_were_issued(make_rig: Any) -> None:
    rig = make_rig({"wechat": {"quota": {"service_issue_day": {"limit": 1}}}})
    card, fans = rig.new_card(), rig.main.wechat.followers
    assert [rig.tell("wechat.card_received", card_id=card, openid=fan)["code"] for fan in fans[:2]][1] == "45009"
    assert rig.wechat(CLEAR, rig.wechat_token(), {"appid": rig.main.wechat.appid})["errcode"] == 0
    assert rig.tell("wechat.card_received", card_id=card, openid=fans[2])["code"] == "45009"


def test_a_failed_request_is_known_by_its_rid_for_a_week_to_its_account_alone(rig: Rig) -> None:
    token = rig.wechat_token()
    refused = rig.wechat("/card/get", token, {"card_id": "nothing"})
    rid = refused["errmsg"].partition("rid: ")[2]
    found = rig.wechat(RID, token, {"rid": rid})["request"]
    assert (found["invoke_time"], found["client_ip"]) == (rig.clock() // 1000, "127.0.0.1")
    assert (found["request_url"], found["request_body"]) == (f"access_token={token}", '{"card_id": "nothing"}')
    assert '"errcode":40073' in found["response_body"]
    assert rig.admin("GET", "/explain", rid=rid)["code"] == "40073"
    shop = rig.wechat("/channels/ec/product/get", token, {"product_id": "1"})["errmsg"].partition("rid: ")[2]
    assert rig.wechat(RID, token, {"rid": shop})["request"]["request_body"] == '{"product_id": "1"}'
    other = rig.wechat_token(rig.world.open_account("other"))
    assert rig.wechat(RID, other, {"rid": rid})["errcode"] == 76003
    assert rig.wechat(RID, token, {"rid": rid[::-1]})["errcode"] in (76001, 76004)
    assert rig.wechat(RID, token, {"rid": "x"})["errcode"] == 76002
    rig.jump(7 * DAY + 1000)
    assert rig.wechat(RID, rig.wechat_token(), {"rid": rid})["errcode"] == 76004


def test_a_limit_is_explained_with_its_rule_its_window_and_when_it_ends(make_rig: Any) -> None:
    rig = make_rig({"wechat": {"quota": {"menu_get_day": {"limit": 1}}}})
    rig.main.wechat.office.menu = {"button": []}
    with led(rig):
        client = WeChatClient(rig.main.wechat.appid, rig.main.wechat.secret)
        client.menu.get()
        with pytest.raises(APILimitedException) as problem:
            client.menu.get()
    why = rig.admin("GET", "/explain", rid=problem.value.errmsg.partition("rid: ")[2])
    assert (why["rule"]["id"], why["rule"]["window"], why["because"]) == ("wechat.menu_get_day", "1d", "a rule")
    assert why["allowed_again_at"] == rig.clock() + 14 * HOUR


# ---------------------------------------------------------------- followers, tags, messages, menu


def test_a_fresh_account_has_followers_who_can_be_named_and_tagged(rig: Rig, client: WeChatClient) -> None:
    followers = list(client.user.iter_followers())
    assert followers == rig.main.wechat.followers
    client.user.update_remark(followers[0], "老顾客")
    tag = client.tag.create("常客")
    client.tag.tag_user(tag["id"], followers[:2])
    shown = client.user.get(followers[0])
    assert (shown["subscribe"], shown["remark"], shown["tagid_list"]) == (1, "老顾客", [tag["id"]])
    assert [one["openid"] for one in client.user.get_batch(followers[:2])] == followers[:2]
    assert list(client.tag.iter_tag_users(tag["id"])) == followers[:2]
    client.tag.untag_user(tag["id"], followers[1])
    client.tag.update(tag["id"], "贵宾")
    assert client.tag.get()[-1] == {"id": tag["id"], "name": "贵宾", "count": 1}
    client.tag.delete(tag["id"])
    assert client.tag.get_user_tag(followers[0]) == []


REFUSED: dict[str, tuple[str, dict[str, Any], int]] = {
    "nobody's openid": ("/cgi-bin/user/info/updateremark", {"openid": "o0", "remark": "x"}, 40003),
    "a remark that is too long": ("/cgi-bin/user/info/updateremark", {"openid": "FAN", "remark": "长" * 31}, 45021),
    "a list of nobody": ("/cgi-bin/user/info/batchget", {"user_list": []}, 40032),
    "a tag without a name": ("/cgi-bin/tags/create", {"tag": {}}, 45157),
    "a tag with a long name": ("/cgi-bin/tags/create", {"tag": {"name": "长" * 11}}, 45158),
    "the platform's own tag": ("/cgi-bin/tags/delete", {"tag": {"id": 2}}, 45058),
    "a tag that is none": ("/cgi-bin/tags/members/batchtagging", {"tagid": 999, "openid_list": ["FAN"]}, 45159),
    "a tag on a stranger": ("/cgi-bin/tags/members/batchtagging", {"tagid": 2, "openid_list": ["o0"]}, 49003),
    "a template that is none": ("/cgi-bin/message/template/send", {"touser": "FAN", "template_id": "t", "data": {}}, 40037),
    "a message to somebody who never wrote": (
        CUSTOM,
        {"touser": "FAN", "msgtype": "text", "text": {"content": "hi"}},
        45015,
    ),
    "a message of no kind": (CUSTOM, {"touser": "FAN", "msgtype": "smoke"}, 40008),
    "an empty message": (CUSTOM, {"touser": "FAN", "msgtype": "text", "text": {}}, 44004),
    "a menu without buttons": ("/cgi-bin/menu/create", {"button": []}, 40016),
    "a button that does nothing": ("/cgi-bin/menu/create", {"button": [{"name": "a", "type": "view"}]}, 40020),
    "a button with a long name": (
        "/cgi-bin/menu/create",
        {"button": [{"name": "长" * 6, "type": "click", "key": "k"}]},
        40018,
    ),
    "six below one": ("/cgi-bin/menu/create", {"button": [{"name": "a", "sub_button": [{}] * 6}]}, 40023),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_makes_no_sense_is_refused_and_changes_nothing(shared: Rig, what: str) -> None:
    path, asked, code = REFUSED[what]
    fan = shared.main.wechat.followers[0]
    filled = {name: [fan] if value == ["FAN"] else fan if value == "FAN" else value for name, value in asked.items()}
    current = shared.main.wechat.current
    before = repr(shared.main.wechat.office.tags), repr(shared.main.wechat.office.menu)
    assert shared.wechat(path, current.text if current else shared.wechat_token(), filled)["errcode"] == code
    assert (repr(shared.main.wechat.office.tags), repr(shared.main.wechat.office.menu)) == before


def test_who_wrote_may_be_answered_for_two_days_and_templates_go_always(rig: Rig, client: WeChatClient) -> None:
    fan = rig.main.wechat.followers[3]
    assert rig.tell("wechat.wrote", openid=fan, content="有券吗")["code"] == "0"
    rig.jump(2 * DAY - 1)
    client.message.send_text(fan, "有")
    rig.jump(2)
    with pytest.raises(WeChatClientException) as problem:
        client.message.send_text(fan, "还在吗")
    assert code_of(problem) == 45015
    template = client.template.get_all_private_template()["template_list"][0]["template_id"]
    sent = client.message.send_template(fan, template, {"thing1": {"value": "满百减十"}})
    assert [one.get("msgid") for one in rig.main.wechat.office.messages] == [None, sent["msgid"]]


def test_a_menu_is_made_shown_and_unmade(rig: Rig, client: WeChatClient) -> None:
    button = {"name": "卡券", "sub_button": [{"type": "view", "name": "领券", "url": "https://shop.test/"}]}
    client.menu.create({"button": [button]})
    assert client.menu.get()["menu"] == {"button": [button]}
    client.menu.delete()
    assert rig.main.wechat.office.menu is None


def test_followers_come_and_go(rig: Rig, client: WeChatClient) -> None:
    new = rig.tell("wechat.followed")["openid"]
    assert client.user.get(new)["subscribe"] == 1
    rig.tell("wechat.left", openid=new)
    assert new not in rig.main.wechat.followers


def test_one_interface_of_the_shop_begins_its_day_anew_and_none_of_the_accounts_own(rig: Rig) -> None:
    token, path = rig.wechat_token(), "/channels/ec/product/add"
    clear = "/cgi-bin/openapi/quota/clear"

    def used() -> int:
        return int(rig.wechat(QUOTA, token, {"cgi_path": path})["quota"]["used"])

    assert rig.world.ask(Call("channels", "channels.product_add", rig.account, rig.main.wechat.identity)) is None
    assert used() == 1
    assert rig.wechat(clear, token, {"cgi_path": path})["errcode"] == 0
    assert used() == 0
    refused = [rig.wechat(clear, token, {"cgi_path": one})["errcode"] for one in ("/cgi-bin/menu/get", "/nothing", 5)]
    assert refused == [76022, 76021, 76021]


PICTURE = b"\xff\xd8\xff\xe0 a picture"


def test_files_come_back_as_they_were_for_three_days_and_pictures_get_an_address(rig: Rig, client: WeChatClient) -> None:
    assert client.media.upload_image(io.BytesIO(PICTURE)).startswith("http://mmbiz.qpic.cn/mmbiz_jpeg/")
    kept = client.media.upload("image", io.BytesIO(PICTURE))
    assert client.media.download(kept["media_id"]).content == PICTURE
    for what, content, code in (("image", b"text", 40005), ("smoke", PICTURE, 40004), ("voice", b"", 41005)):
        with pytest.raises(WeChatClientException) as problem:
            client.media.upload(what, io.BytesIO(content))
        assert code_of(problem) == code
    with pytest.raises(WeChatClientException) as problem:
        client.media.upload_image(io.BytesIO(PICTURE + b"." * 1_000_000))
    assert code_of(problem) == 40009
    rig.jump(3 * DAY)
    client = WeChatClient(rig.main.wechat.appid, rig.main.wechat.secret)
    with pytest.raises(WeChatClientException) as problem:
        client.media.download(kept["media_id"])
    assert code_of(problem) == 40007


def test_a_request_about_cards_is_small_and_others_may_be_larger(rig: Rig) -> None:
    token, big = rig.wechat_token(), {"x": "x" * 70_000}
    assert rig.wechat("/card/create", token, big)["errcode"] == 45002
    assert rig.wechat("/cgi-bin/menu/create", token, big)["errcode"] == 40016
    assert rig.wechat("/cgi-bin/menu/create", token, {"x": "x" * 1_048_576})["errcode"] == 45002
