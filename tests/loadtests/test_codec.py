"""The codec through the real application: every action and every fact gives over HTTP what it gives in process."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadtests import codec
from loadtests.codec import Outgoing, decode, decode_push, decode_signal, encode, encode_signal
from loadtests.session import open_session
from mocks.app import PLATFORMS
from mocks.connection import connection, write_pems
from mocks.server import MAIN
from mocks.shopee import courier
from mocks.world import World
from sandbox.behaviour import Call, Push, Reply, Signal
from sandbox.behaviour.coupons import cash_card
from sandbox.behaviour.table import BEHAVIOURS as TABLE
from sandbox.behaviour.table import MODELS
from sandbox.errors import InputError
from sandbox.rulebooks import load_all
from tests.loadtests.twins import BASE, Twins
from tests.mocks.rig import ADMIN, START

SIMULATED = {TABLE[name].__module__.rpartition(".")[2] for name in MODELS} | {"buying", "pack"}
"""Modules of models, and of people's acts (`pack`), which are played in simulated time only."""

BEHAVIOURS = Path(__file__).resolve().parents[2] / "sandbox" / "behaviour"
TEXT = {"touser": "staff01", "msgtype": "text", "agentid": 1000002, "text": {"content": "新订单"}}
NOTE = {"msgtype": "text", "text": {"content": "新订单"}}
DAY_S = 86_400
CARD = cash_card("小店", "满百减二十")


def call(action: str, **payload: Any) -> Call:
    return Call(action.partition(".")[0], action, MAIN, payload=payload)


def fact(kind: str, **payload: Any) -> Signal:
    return Signal(kind.partition(".")[0], kind, MAIN, payload=payload)


Story = Iterator[Call | Signal]


def messages(twins: Twins) -> Story:
    """Each outcome that WeCom's services can have."""
    yield call("wecom.message_send", **TEXT)
    yield call("wecom.message_send", **{**TEXT, "touser": "staff01|nobody|STAFF02"})
    yield call("wecom.message_send", **{**TEXT, "touser": "nobody|no one"})
    yield call("wecom.message_send", **{**TEXT, "agentid": 7})
    yield call("wecom.message_send", **{**TEXT, "text": {"content": "长" * 700}})
    yield call("wecom.webhook_send", **NOTE)
    yield call("wecom.webhook_send", msgtype="poem")
    yield call("wecom.binding_push", **NOTE)
    yield call("wecom.binding_push")
    yield call("wecom.user_get", userid="Staff03")
    yield call("wecom.user_get", userid="大伟 & co")
    yield call("wecom.user_get")
    yield call("wecom.gettoken")
    del twins


def cards(twins: Twins) -> Story:
    """A card's life, and what may go wrong in it."""
    yield call("wechat.card.create", card=CARD)
    card_id = next(iter(twins.account.wechat.cards))
    yield call("wechat.card.create", card={"card_type": "POEM"})
    yield call("wechat.card.create")
    yield fact("wechat.card_received", card_id=card_id, openid="o1")
    yield fact("wechat.card_approved", card_id=card_id)
    yield fact("wechat.card_approved", card_id="p-unknown")
    yield call("wechat.card.deposit", card_id=card_id, code=["00000001", "00000002"])
    yield call("wechat.card.deposit", card_id=card_id, code=["00000001"])
    yield call("wechat.card.deposit", card_id=card_id, code=[])
    yield call("wechat.card.modifystock", card_id=card_id, increase_stock_value=2)
    yield call("wechat.card.modifystock", card_id=card_id, increase_stock_value=2)
    yield call("wechat.card.get", card_id=card_id)
    yield call("wechat.card.get", card_id="p-unknown")
    yield fact("wechat.card_received", card_id=card_id, openid="o1")
    yield fact("wechat.card_received", card_id=card_id, openid="o1")
    yield call("wechat.card.code_get", card_id=card_id, code="00000001")
    yield call("wechat.card.code_get", card_id=card_id, code="99999999")
    yield call("wechat.card.consume", card_id=card_id, code="00000001")
    yield call("wechat.card.consume", card_id=card_id, code="00000001")
    yield call("wechat.card.consume", card_id=card_id)


def tokens(twins: Twins) -> Story:
    """Tokens that a behaviour asks for itself."""
    shopee = twins.account.shopee
    yield call("wechat.token")
    yield call("wechat.stable_token")
    yield call("wechat.stable_token", force_refresh=True)
    yield call("wechat.stable_token", force_refresh=True)
    yield call("shopee.token_get", code="wrong", shop_id=shopee.shop_id)
    yield call("shopee.token_get", code=shopee.code, shop_id=shopee.shop_id)
    yield call("shopee.token_refresh", refresh_token=shopee.refresh_token, shop_id=shopee.shop_id)
    yield call("shopee.token_refresh", refresh_token="wrong", shop_id=shopee.shop_id)


def shop(twins: Twins) -> Story:
    """Orders as a shop sees them."""
    window = {"time_range_field": "create_time", "time_from": START // 1000 - DAY_S, "time_to": START // 1000}
    sn = next(iter(twins.account.shopee.orders))
    yield call("shopee.order_list", **window, page_size=5)
    yield call("shopee.order_list", **window, page_size=100, order_status="SHIPPED", response_optional_fields="order_status")
    yield call("shopee.order_list", **{**window, "time_from": 0}, page_size=5)
    yield call("shopee.order_list", **window, page_size=500)
    yield call("shopee.order_detail", order_sn_list=sn, response_optional_fields="total_amount,item_list,buyer_username")
    yield call("shopee.order_detail", order_sn_list=f"{sn},unknown")
    yield call("shopee.order_detail", order_sn_list="unknown")
    yield call("shopee.order_detail")
    yield fact("shopee.order_placed", order_sn="26030200000001")
    yield fact("shopee.order_placed", order_sn="26030200000001")
    yield call("shopee.push_config", callback_url="http://127.0.0.1:9/push")
    yield call("shopee.push_config", callback_url="nowhere")


def live_room(twins: Twins) -> Story:
    """A Channels shop's window, opened by the official account's token."""
    product_id, product = next(iter(twins.account.channels.products.items()))
    change = {"product_id": product_id, "sku_id": next(iter(product.stock)), "diff_type": 1}
    yield call("channels.product_list", page_size=3)
    yield call("channels.product_list", page_size=31)
    yield call("channels.window_list", page_size=2)
    yield call("channels.live_card", product_id=product_id)
    yield call("channels.live_card", product_id=1)
    yield call("channels.stock_update", **change, num=5)
    yield call("channels.stock_update", **change, num=0)
    yield fact("channels.order_placed", product_id=product_id, openid="o1")
    yield fact("channels.order_placed", product_id=product_id, count=10_000)
    yield call("channels.order_get", order_id=next(reversed(twins.account.channels.orders)))
    yield call("channels.order_get", order_id="x")


def payments(twins: Twins) -> Story:
    """A payment asked for, paid and shared, and what WeChat Pay refuses."""
    write_pems(twins.rig.main)
    state = twins.account.wechat_pay
    order = {"appid": state.appid, "mchid": state.mchid, "description": "套餐", "out_trade_no": "STORY001"}
    order |= {"notify_url": "https://shop.test/paid", "amount": {"total": 8_800, "currency": "CNY"}}
    yield call("wechat_pay.pay_native", **order, settle_info={"profit_sharing": True})
    yield call("wechat_pay.pay_native", **order)
    yield call("wechat_pay.pay_native")
    yield fact("wechat_pay.paid", out_trade_no="STORY001")
    yield fact("wechat_pay.paid", out_trade_no="unknown")
    supplier = {"type": "MERCHANT_ID", "account": "86693852"}
    yield call("wechat_pay.sharing_receiver_add", appid=state.appid, **supplier, relation_type="SUPPLIER")
    yield call("wechat_pay.sharing_receiver_add", appid="wx0")
    share = {"appid": state.appid, "transaction_id": state.orders["STORY001"].transaction_id, "unfreeze_unsplit": False}
    share |= {"out_order_no": "P1", "receivers": [{**supplier, "amount": 880, "description": "货款"}]}
    yield call("wechat_pay.sharing", **share)
    yield call("wechat_pay.sharing", **{**share, "transaction_id": "4200"})


STORIES: tuple[Callable[[Twins], Story], ...] = (messages, cards, tokens, shop, live_room, payments)


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_every_action_gives_over_http_what_it_gives_in_process(twins: Twins, story: Callable[[Twins], Story]) -> None:
    replies = [twins.both(wish) for wish in story(twins)]
    assert {True, False} == {reply.ok for reply in replies}, "a story without a refusal, or without a success, shows half"
    assert not codec.FAILURES & {reply.code for reply in replies}


def test_the_stories_tell_every_route() -> None:
    twins = Twins()
    twins.open_tokens()
    told = {wish.action for story in STORIES for wish in replayed(twins, story) if isinstance(wish, Call)}
    twins.close()
    assert told == set(codec.ROUTES)


def replayed(twins: Twins, story: Callable[[Twins], Story]) -> Story:
    for wish in story(twins):
        yield wish
        twins.both(wish)


def test_every_action_that_a_behaviour_asks_for_has_a_route() -> None:
    paths = [path for path in BEHAVIOURS.glob("*.py") if path.stem not in SIMULATED]
    asked = {action for path in paths for action in actions_in(ast.parse(path.read_text("utf-8")))}
    assert "wecom.message_send" in asked
    assert asked <= set(codec.ROUTES)


def actions_in(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Call":
            action = node.args[1]
            assert isinstance(action, ast.Constant), "an action that is made up at run time cannot be checked here"
            yield str(action.value)


@pytest.mark.parametrize("action", codec.ROUTES)
def test_a_route_is_where_the_mock_has_it(action: str) -> None:
    route = codec.ROUTES[action]
    served = [endpoint for platform in PLATFORMS if platform.name == route.platform for endpoint in platform.endpoints]
    path, method = route.path, route.method
    assert [(one.path, one.method) for one in served if one.action == action] in ([(path, method)], [])
    assert (path, method) in {(one.path, one.method) for one in served}


def test_an_action_without_a_route_is_said() -> None:
    with pytest.raises(InputError, match=r"wecom\.no_such"):
        encode(call("wecom.no_such"), open_session(VALUES, "env"))


LIMITS = {
    "wecom.message_send": ("wecom", "app_minute", TEXT),
    "wecom.webhook_send": ("wecom", "robot_minute", NOTE),
    "wecom.user_get": ("wecom", "corp_minute", {"userid": "staff01"}),
    "wechat.card.create": ("wechat", "card_create_second", {"card": CARD}),
}


@pytest.mark.parametrize("action", LIMITS)
def test_a_refusal_by_a_limit_is_the_same(make_twins: Callable[..., Twins], action: str) -> None:
    platform, quota, payload = LIMITS[action]
    twins = make_twins({platform: {"quota": {quota: {"limit": 2}}}})
    twins.open_tokens()
    codes = [twins.both(call(action, **payload)).code for _ in range(3)]
    assert codes[:2] == ["", ""]
    assert codes[2] in {"45009", "45011"}


VALUES = connection(World(load_all(), lambda: START).open_account(MAIN), BASE, ADMIN)


@given(text=st.text())
def test_any_text_travels_unharmed_and_breaks_no_request(text: str) -> None:
    session = open_session(VALUES, "env")
    assert json.loads(encode(call("wecom.message_send", text=text), session).body) == {"text": text}
    asked = encode(call("wecom.user_get", userid=text), session).target
    assert parse_qs(asked.partition("?")[2], keep_blank_values=True)["userid"] == [text]
    assert re.fullmatch(r"[!-~]+", asked)


def test_an_action_goes_to_its_platform_signed_and_known() -> None:
    session = open_session(VALUES, "env")
    session.tokens["wecom"] = "a token"
    out = encode(call("wecom.message_send", **TEXT), session)
    assert out[:3] == ("POST", BASE, "/wecom/cgi-bin/message/send?access_token=a+token")
    assert json.loads(out.body) == TEXT
    asked = encode(call("shopee.order_detail", order_sn_list="A,B"), session).target
    assert asked.startswith("/shopee/api/v2/order/get_order_detail?partner_id=")
    assert asked.endswith("&order_sn_list=A%2CB")


NO_ANSWERS = {
    "marked as the sandbox's own": ({"x-sandbox-error": "KeyError"}, b'{"errcode":0}'),
    "no JSON": ({}, b"<html>502 Bad Gateway</html>"),
    "cut off": ({}, b'{"errcode":0,'),
    "a list": ({}, b"[]"),
    "no envelope": ({}, b'{"error":"no account"}'),
    "nothing": ({}, b""),
}


@pytest.mark.parametrize("why", NO_ANSWERS)
@pytest.mark.parametrize(
    "action", ["wecom.message_send", "wechat.card.get", "wechat.token", "shopee.order_list", "shopee.token_get"]
)
def test_what_no_platform_said_is_never_taken_for_its_answer(action: str, why: str) -> None:
    headers, body = NO_ANSWERS[why]
    assert decode(call(action), 500, headers, body) == Reply(False, "sandbox_error")


def test_a_fact_that_the_control_plane_does_not_take_is_an_error_of_the_sandbox(twins: Twins) -> None:
    unknown = encode_signal(Signal("wechat", "wechat.card_approved", "nobody"), twins.session)
    assert decode_signal(*twins.send(unknown)) == Reply(False, "sandbox_error")
    assert decode_signal(200, {"x-sandbox-error": "KeyError"}, b'{"ok":true}').code == "sandbox_error"
    assert decode_signal(200, {}, b"[]").code == "sandbox_error"


def test_a_fact_is_told_whole(twins: Twins) -> None:
    signal = Signal("wecom", "outcome", MAIN, "wecom.message_send", {"ip": "1.2.3.4"}, 5, False, 7, {"order": "X"}, 3)
    out: Outgoing = encode_signal(signal, twins.session)
    assert dict(out.headers)["X-Sandbox-Token"] == ADMIN
    fields = {
        "kind": "outcome",
        "platform": "wecom",
        "account": MAIN,
        "about": "wecom.message_send",
        "started": 5,
        "took": 7,
        "cost": 3,
    }
    assert json.loads(out.body) == {**fields, "actor": {"ip": "1.2.3.4"}, "ok": False, "order": "X"}
    assert twins.both(signal).ok
    assert twins.both(Signal("wecom", "reset", MAIN, "wecom.message_send", cost=4)).ok
    assert [event["cost"] for event in twins.rig.server.journal.since(0)[0] if event["kind"] == "told"] == [4]


def test_a_push_is_taken_when_shopee_signed_it(twins: Twins) -> None:
    url, state = "http://127.0.0.1:9/push", twins.rig.main.shopee
    state.push_url = url
    push = Push("shopee.order_status", {"data": {"ordersn": "S1"}, "shop_id": state.shop_id, "code": 3, "timestamp": 1})
    packed = courier.envelope(twins.rig.world, twins.rig.main, push)
    assert packed is not None
    signature = packed.headers["Authorization"]
    assert decode_push(state.partner_key, url, signature, packed.body) == push
    assert decode_push(state.partner_key, url, "签名", packed.body) is None
    assert decode_push(state.partner_key, url + "/", signature, packed.body) is None
    assert decode_push(state.partner_key, url, signature, packed.body + b" ") is None


def test_a_push_of_an_unknown_kind_is_not_taken(twins: Twins) -> None:
    key, url = twins.rig.main.shopee.partner_key, "http://127.0.0.1:9/push"
    for body in (b'{"code":99}', b"no json", b"[]"):
        assert decode_push(key, url, codec.wire.push_signature(key, url, body), body) is None
