"""Somebody else's SDK, unmodified, against the real server: wechatpy 1.8.18 for official accounts and for WeCom.

The SDK writes the vendors' addresses into its requests; only the transport below it is told to connect to loopback instead.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
import requests
from requests.adapters import HTTPAdapter
from wechatpy import WeChatClient
from wechatpy.enterprise import WeChatClient as WeComClient
from wechatpy.exceptions import APILimitedException, WeChatClientException

from mocks.app import create_app
from mocks.server import Server
from sandbox.rulebooks import load_all
from tests.mocks.good_cards import PDF, PICTURE, data
from tests.mocks.rig import ADMIN, CARD, MINUTE, START
from tests.mocks.running import served

DEPOSIT = {"sku": {"quantity": 0}, "use_custom_code": True, "get_custom_code_mode": "GET_CUSTOM_CODE_MODE_DEPOSIT"}


class Redirected(HTTPAdapter):
    """Connects to loopback whatever the address says, and keeps the official name in the Host header, as a hosts file would."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self.port, self.asked = port, []

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """Send one prepared request."""
        official = urlsplit(request.url)
        self.asked.append(official.path)
        request.headers["Host"] = official.netloc
        request.url = urlunsplit(("http", f"127.0.0.1:{self.port}", official.path, official.query, ""))
        return super().send(request, *args, **kwargs)


@pytest.fixture(scope="session")
def port() -> Iterator[int]:
    """The port of a real server, whose clock stands still. It listens before it serves, so that nobody has to wait for it."""
    server = Server(load_all(), rate=0, start=START)
    app = create_app(server, admin_token=ADMIN)
    with served(app) as number:
        yield number


class Bench:
    """An account of its own on the real server, and clients of the SDK for it."""

    def __init__(self, port: int, **traits: str) -> None:
        self.port = port
        self._http = requests.Session()
        self._http.trust_env = False
        made = self.admin("/accounts", traits)
        self.id, self.env = made["id"], made["env"]
        self.openids, self.userids = made["wechat_openids"], made["wecom_userids"]
        self.clients: list[Any] = []

    def admin(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """What the control plane answers."""
        url = f"http://127.0.0.1:{self.port}/_sandbox{path}"
        return self._http.post(url, json=body, headers={"X-Sandbox-Token": ADMIN}, timeout=10).json()

    def jump(self, ms: int) -> None:
        """Move the server's clock."""
        self.admin("/clock", {"advance_ms": ms})

    def wechat(self) -> WeChatClient:
        """The SDK's client for the official account."""
        return self._led(WeChatClient(self.env["WECHAT_APPID"], self.env["WECHAT_SECRET"]))

    def wecom(self) -> WeComClient:
        """The SDK's client for the corp's application."""
        return self._led(WeComClient(self.env["WECOM_CORPID"], self.env["WECOM_SECRET"]))

    def _led(self, client: Any) -> Any:
        client._http.trust_env = False
        client.led = Redirected(self.port)
        client._http.mount("https://", client.led)
        self.clients.append(client)
        return client

    def close(self) -> None:
        """Hang up."""
        for client in self.clients:
            client._http.close()
        self._http.close()


@pytest.fixture
def bench(port: int) -> Iterator[Bench]:
    one = Bench(port)
    yield one
    one.close()


def refused(code: int) -> Any:
    """Expects the SDK to raise the vendor's code."""
    return pytest.raises(WeChatClientException, match=rf"^Error code: {code}, message: ")


def card(**base: Any) -> dict[str, Any]:
    """A card's create request with some of its base_info replaced."""
    cash = CARD["card"]["cash"]
    return {"card": {**CARD["card"], "cash": {**cash, "base_info": {**cash["base_info"], **base}}}}


def test_a_card_goes_from_creation_through_review_import_and_issue_to_one_redemption(bench: Bench) -> None:
    """A30: the codes are imported before anybody takes one."""
    client = bench.wechat()
    card_id = client.card.create(card(**DEPOSIT))
    taken = {"account": bench.id, "card_id": card_id, "openid": bench.openids[0]}
    assert bench.admin("/cards/receive", taken)["code"] == "40078"
    assert bench.admin("/cards/approve", {"account": bench.id, "card_id": card_id})["ok"]
    assert client.card.deposit_code(card_id, ["A1", "A2", "A3"])["succ_code"] == ["A1", "A2", "A3"]
    with refused(40136):
        client.card.modify_stock(card_id, 4)
    assert client.card.modify_stock(card_id, 3)["errcode"] == 0
    code = bench.admin("/cards/receive", taken)["code"]
    assert code == "A1"
    assert client.card.get_code(code, card_id)["can_consume"] is True
    assert client.card.consume_code(code, card_id)["openid"] == bench.openids[0]
    with refused(40099) as caught:
        client.card.consume_code(code, card_id)
    assert caught.value.response.json()["_code"] == "A1"
    assert client.card.get_code(code, card_id, check_consume=False)["user_card_status"] == "CONSUMED"
    shown = client.card.get(card_id)["cash"]["base_info"]
    assert (shown["title"], shown["sku"]) == ("满百减十", {"quantity": 2, "total_quantity": 3})
    assert client.led.asked[0] == "/cgi-bin/token"


def test_a_token_that_died_is_fetched_anew_once_and_the_call_repeated(bench: Bench) -> None:
    client = bench.wechat()
    card_id = client.card.create(card())
    assert bench.admin("/tokens/expire", {"platform": "wechat", "access_token": client.access_token})["ok"]
    client.led.asked.clear()
    assert client.card.get(card_id)["card_type"] == "CASH"
    assert client.led.asked == ["/card/get", "/cgi-bin/token", "/card/get"]


def test_a_superseded_token_is_fetched_anew_once_too(bench: Bench) -> None:
    client, other = bench.wechat(), bench.wechat()
    card_id = client.card.create(card())
    other.fetch_access_token()
    assert client.card.get(card_id)["card_type"] == "CASH"
    bench.jump(5 * MINUTE)
    client.led.asked.clear()
    assert client.card.get(card_id)["card_type"] == "CASH"
    assert client.led.asked == ["/card/get", "/cgi-bin/token", "/card/get"]


def test_a_wrong_secret_is_told_to_the_sdk_without_end_of_tries(bench: Bench) -> None:
    client = bench.wechat()
    client.secret = "wrong"
    with refused(40125):
        client.card.get("p0")
    assert client.led.asked == ["/cgi-bin/token"]


def test_what_a_second_or_a_minute_refuses_is_45011_and_passes_when_it_is_over(bench: Bench) -> None:
    """A08 and A10, as the SDK sees them."""
    client = bench.wechat()
    bench.jump(MINUTE)
    card_id, *_ = [client.card.create(card(**DEPOSIT)) for _ in range(50)]
    with refused(45011):
        client.card.create(card())
    for number in range(10):
        client.card.deposit_code(card_id, [f"B{number}"])
    with refused(45011):
        client.card.deposit_code(card_id, ["B10"])
    bench.jump(MINUTE)
    assert client.card.create(card())
    assert client.card.deposit_code(card_id, ["B10"])["succ_code"] == ["B10"]


def test_what_a_day_refuses_is_45009_and_the_sdks_own_exception_of_limits(bench: Bench) -> None:
    client = bench.wechat()
    client.access_token  # noqa: B018 - fetches one
    body = {"grant_type": "client_credential", "appid": client.appid, "secret": client.secret, "force_refresh": True}
    for _ in range(20):
        client.post("stable_token", data=body)
        bench.jump(MINUTE)
    with pytest.raises(APILimitedException) as caught:
        client.post("stable_token", data=body)
    assert caught.value.errcode == 45009
    assert re.search(r"rid: [0-9a-f]{8}(-[0-9a-f]{8}){2}$", caught.value.errmsg)


def authorised(bench: Bench, client: WeChatClient, order_id: str) -> str:
    """An order that a follower has authorised on the page that the SDK asked for; the platform's number."""
    platform = client.invoice.get_url().partition("s_pappid=")[2].replace("%3D", "=")
    ticket = client.get("ticket/getticket", params={"type": "wx_card"})["ticket"]
    wish = (platform, order_id, 11_300, START // 1000, "web", ticket, 0, "https://shop.test/done")
    assert client.invoice.get_auth_url(*wish).startswith("https://mp.weixin.qq.com/")
    whose = {"account": bench.id, "order_id": order_id, "openid": bench.openids[0], "biz_field": {"title": "样例公司"}}
    assert bench.admin("/invoices/authorize", whose)["ok"]
    return platform


def test_an_invoice_goes_from_the_users_wish_to_reimbursement(bench: Bench) -> None:
    client = bench.wechat()
    with refused(72029):
        client.invoice.get_auth_field()
    client.invoice.set_auth_field({"show_title": 1}, {"show_tax_no": 1})
    assert client.invoice.get_auth_field()["auth_field"]["biz_field"] == {"show_tax_no": 1}
    client.invoice.set_pay_mch("1900000001", "platform")
    assert client.invoice.get_pay_mch()["paymch_info"]["mchid"] == "1900000001"
    contact = {"contact": {"phone": "0755", "time_out": 60}}
    url = "https://api.weixin.qq.com/card/invoice/setbizattr"
    client.post(url, params={"action": "set_contact"}, data=contact)  # newer than the SDK
    platform = authorised(bench, client, "order-1")
    assert client.invoice.get_auth_data(platform, "order-1")["user_auth_info"] == {"biz_field": {"title": "样例公司"}}
    card_id = client.invoice.create_card({"logo_url": PICTURE, "title": "公司"}, "收款方", "普通发票")
    number = client.invoice.upload_pdf(io.BytesIO(PDF))
    assert number in client.invoice.get_pdf(number)["pdf_url"]
    ext = {"nonce_str": "n", "user_card": {"invoice_user_data": data(s_pdf_media_id=number)}}
    made = client.invoice.insert("order-1", card_id, client.appid, ext)
    assert made["openid"] == bench.openids[0]
    who = {"account": bench.id, "openid": bench.openids[0]}
    (held,) = bench.admin("/invoices/choose", who)["choose_invoice_info"]
    chosen = (held["card_id"], held["encrypt_code"])
    assert client.invoice.get_reimburse(*chosen)["user_info"]["title"] == "样例公司"
    client.invoice.update_reimburse(*chosen, "INVOICE_REIMBURSE_LOCK")
    both = [dict(zip(("card_id", "encrypt_code"), chosen, strict=True))]
    client.invoice.batch_update_reimburse(bench.openids[0], "INVOICE_REIMBURSE_INIT", both)
    client.invoice.update_status(card_id, made["code"], "INVOICE_REIMBURSE_CANCEL")
    with refused(72060):
        client.invoice.update_reimburse(*chosen, "INVOICE_REIMBURSE_LOCK")
    authorised(bench, client, "order-2")
    client.invoice.reject_insert(platform, "order-2", "已退货")
    with refused(72035):
        client.invoice.insert("order-2", card_id, client.appid, ext)


def test_a_title_is_chosen_and_shown(bench: Bench) -> None:
    client, who = bench.wechat(), {"account": bench.id, "openid": bench.openids[0]}
    assert client.invoice.get_user_title_url(False, title="甲公司")
    chosen = client.invoice.get_select_title_url("桌3")
    assert bench.admin("/invoices/title", {**who, "url": chosen, "title": "张三"})["ok"]
    shown = bench.admin("/invoices/show_title", who)["scan_text"]
    assert client.invoice.scan_title(shown)["title"] == "张三"


def test_an_application_sends_two_hundred_messages_a_minute_and_then_meets_the_fuse(bench: Bench) -> None:
    """S01: the 201st in a minute is refused. S02: so is the next minute's first; after the cool-down probes pass."""
    bench.jump(MINUTE)
    client, agent = bench.wecom(), int(bench.env["WECOM_AGENTID"])
    bench.jump(MINUTE - bench.admin("/clock", {})["now"] % MINUTE + 30_000)
    for number in range(200):
        assert client.message.send_text(agent, bench.userids[number % 20], f"新订单 {number}")["errcode"] == 0
    with pytest.raises(APILimitedException):
        client.message.send_text(agent, bench.userids, "one too many")
    bench.jump(31_000)
    with pytest.raises(APILimitedException):
        client.message.send_text(agent, bench.userids, "a new minute, and the fuse is open")
    bench.jump(29_000)
    assert client.message.send_text(agent, "@all", "half open")["errcode"] == 0


def test_receivers_are_named_as_lists_and_the_unknown_ones_told(bench: Bench) -> None:
    client, agent = bench.wecom(), int(bench.env["WECOM_AGENTID"])
    answer = client.message.send_text(agent, [bench.userids[0], "Nobody"], "新订单")
    assert (answer["errcode"], answer["invaliduser"]) == (0, "nobody")
    with refused(81013):
        client.message.send_text(agent, ["Nobody"], "新订单")
    with refused(301002):
        client.message.send_text(agent + 1, bench.userids, "新订单")


def test_a_member_is_read_and_an_expired_token_fetched_anew(bench: Bench) -> None:
    client = bench.wecom()
    member = client.user.get(bench.userids[0])
    assert (member["userid"], member["status"]) == (bench.userids[0], 1)
    assert bench.admin("/tokens/expire", {"platform": "wecom", "access_token": client.access_token})["ok"]
    client.led.asked.clear()
    assert client.user.get(bench.userids[0])["name"] == member["name"]
    assert client.led.asked == ["/cgi-bin/user/get", "/cgi-bin/gettoken", "/cgi-bin/user/get"]
    with refused(60111):
        client.user.get("nobody")


MEMBER = {"prerogative": "会员九折", "supply_bonus": True, "supply_balance": True, "wx_activate": True}


def test_the_rest_of_the_card_client_works_too(bench: Bench) -> None:
    """Every name is the SDK's own: every call reads the keys that it wants."""
    client, openid = bench.wechat().card, bench.openids[0]
    assert {"name": "Color010", "value": "#63b359"} in client.get_colors()
    assert client.batch_add_locations({"location_list": [{"business_name": "总店", "address": "体育西路"}, {}]}) == [
        1000,
        -1,
    ]
    assert client.batch_get_locations()["count"] == 1
    base = CARD["card"]["cash"]["base_info"]
    card_id, member = (
        client.create(card(use_custom_code=False)),
        client.create({"card": {"card_type": "MEMBER_CARD", "member_card": {**MEMBER, "base_info": base}}}),
    )
    assert client.set_test_whitelist([openid])["errcode"] == 0
    code, other, third, held = (
        bench.admin("/cards/receive", {"account": bench.id, "card_id": one, "openid": openid})["code"]
        for one in (card_id, card_id, card_id, member)
    )
    bench.admin("/cards/approve", {"account": bench.id, "card_id": card_id})
    assert [row["code"] for row in client.get_card_list(openid, card_id)["card_list"]] == [code, other, third]
    assert client.create_qrcode({"action_name": "QR_CARD", "action_info": {"card": {"card_id": card_id}}})
    page = {"banner": base["logo_url"], "page_title": "优惠", "can_share": True, "scene": "SCENE_MENU"}
    assert client.create_landingpage({**page, "card_list": [{"card_id": card_id, "thumb_url": "x"}]})["page_id"]
    assert card_id in client.get_html(card_id)
    assert client.update_code(card_id, other, "NEW")["errcode"] == 0
    assert client.invalid_code("NEW", card_id)["errcode"] == 0
    assert client.get_code("NEW", card_id, check_consume=False)["user_card_status"] == "UNAVAILABLE"
    assert client.check_code(card_id, [code, "none"])["not_exist_code"] == ["none"]
    assert client.get_deposit_count(card_id)["count"] == 0
    assert client.set_paycell(member, is_open=True)["errcode"] == 0
    assert client.activate_membercard("A1", held, card_id=member, init_bonus=5)["errcode"] == 0
    assert client.update_membercard(held, member, add_bonus=7)["result_bonus"] == 12
    assert client.get_membercard_user_info(member, held)["membership_number"] == "A1"
    form = {"common_field_id_list": ["USER_FORM_INFO_FLAG_MOBILE"]}
    assert client.set_activate_user_form(member, required_form=form)["errcode"] == 0
    assert client.get_activate_url(member).startswith("https://mp.weixin.qq.com/")
    merchants = {"mchid_list": ["1"], "begin_time": 1, "end_time": 2_000_000_000}
    rule = client.add_pay_giftcard(merchants, {"card_id": member, "least_cost": 100}, is_membercard=True)
    assert client.get_pay_giftcard(rule["rule_id"])["type"] == "RULE_TYPE_PAY_MEMBER_CARD"
    assert client.batch_get_pay_giftcard()["total_count"] == 1
    assert client.del_pay_giftcard(rule["rule_id"])["errcode"] == 0
    assert client.update({"card_id": card_id, "cash": {"base_info": {"service_phone": "1"}}})["send_check"] is False
    assert sorted(client.batch_get()["card_id_list"]) == sorted([card_id, member])
    assert client.delete(card_id)["errcode"] == 0
    with refused(40075):
        client.decrypt_code("nonsense")
    with refused(72011):
        client.get_activate_info("nonsense")
