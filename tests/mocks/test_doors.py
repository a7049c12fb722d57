"""The two doors, held against each other: what the fast lane answers and what FastAPI answers to the same request is the same."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from mocks.app import PLATFORMS, create_app, front_door
from mocks.http import Endpoint, Platform
from mocks.shopee.routes import PLATFORM as SHOPEE
from mocks.wechat.routes import PLATFORM as WECHAT
from mocks.wecom.routes import PLATFORM as WECOM
from tests.mocks.rig import CARD, Rig

TINY = {"scope": ["action"], "limit": 2, "window": "1d"}
LIMITED = {
    one.name: {
        "quota": {
            "tiny": {
                **TINY,
                "actions": [endpoint.action for endpoint in one.endpoints],
                "code": "error_rate_limit" if one is SHOPEE else "45009",
            }
        }
    }
    for one in PLATFORMS
}
"""Every action twice a day: so that every endpoint can be refused by a quota."""

EVERY = [(platform, endpoint) for platform in PLATFORMS for endpoint in platform.endpoints]
NAMES = [platform.prefix + endpoint.path for platform, endpoint in EVERY]

Asked = tuple[str, dict[str, str], bytes]


class Twins:
    """Two servers alike, one answering through each door."""

    def __init__(self) -> None:
        self.rigs = (Rig(LIMITED, seed=5), Rig(LIMITED, seed=5))
        apps = (create_app(self.rigs[0].server), front_door(self.rigs[1].server))
        self.clients = [
            httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://sandbox.test") for app in apps
        ]
        (self.card, self.code), _ = [_with_card(rig) for rig in self.rigs]

    def token(self, platform: Platform) -> str:
        """A good token, the same at both; asked for but once, since that is counted too."""
        if platform is WECOM:
            tokens = [rig.main.wecom.token or rig.wecom_token() for rig in self.rigs]
        else:
            tokens = [one.text if (one := rig.main.wechat.current) else rig.wechat_token() for rig in self.rigs]
        return tokens[0]

    def both(self, method: str, url: str, query: dict[str, str], body: bytes) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
        """The same request through both doors: status, headers without the date, body."""
        answers = []
        for rig, client in zip(self.rigs, self.clients, strict=True):
            response = rig.run(client.request(method, url, params=query, content=body))
            headers = sorted((key, value) for key, value in response.headers.raw if key != b"date")
            answers.append((response.status_code, headers, response.content))
        return answers[0], answers[1]


def _with_card(rig: Rig) -> tuple[str, str]:
    """A card in the world, without a call that would be counted; its id, and a code that somebody holds."""
    wechat, made = rig.main.wechat, Rig()
    card_id = made.new_card(sku={"quantity": 0}, use_custom_code=True, get_custom_code_mode="GET_CUSTOM_CODE_MODE_DEPOSIT")
    card = wechat.cards[card_id] = made.main.wechat.cards[card_id]
    card.deposit(["c1", "c2", "c3", "c4"])
    card.restock(1)
    made.close()
    return card_id, rig.tell("wechat.card_received", card_id=card_id, openid=wechat.followers[0])["code"]


def _twins() -> Iterator[Twins]:
    pair = Twins()
    yield pair
    for rig in pair.rigs:
        rig.close()


twins = pytest.fixture(_twins)
lasting_twins = pytest.fixture(_twins, scope="module")
"""Twins for tests that compare and care for nothing else: what one of them does is done to both."""


def good(twins: Twins, platform: Platform, endpoint: Endpoint) -> Asked:
    """A request that this endpoint answers well: method, query, body."""
    main = twins.rigs[0].main
    wechat, wecom, shopee = main.wechat, main.wecom, main.shopee
    secret = {"grant_type": "client_credential", "appid": wechat.appid, "secret": wechat.secret}
    card = {"card_id": twins.card}
    text = {"msgtype": "text", "text": {"content": "新订单"}}
    queries = {
        "/cgi-bin/token": secret,
        "/cgi-bin/stable_token": {},
        "/cgi-bin/gettoken": {"corpid": wecom.corpid, "corpsecret": wecom.secret},
        "/cgi-bin/webhook/send": {"key": wecom.robot_key},
        "/cgi-bin/user/get": {"userid": "staff01"},
        "/api/v2/order/get_order_list": {
            "time_range_field": "create_time",
            "time_from": "1772330400",
            "time_to": "1772416800",
            "page_size": "5",
        },
        "/api/v2/order/get_order_detail": {"order_sn_list": next(iter(shopee.orders))},
    }
    bodies = {
        "/cgi-bin/stable_token": secret,
        "/card/create": CARD,
        "/card/get": card,
        "/card/modifystock": {**card, "increase_stock_value": 1},
        "/card/code/deposit": {**card, "code": ["a"]},
        "/card/code/get": {**card, "code": twins.code},
        "/card/code/consume": {**card, "code": twins.code},
        "/cgi-bin/message/send": {"touser": "staff01", "agentid": wecom.agentid, **text},
        "/cgi-bin/webhook/send": text,
        "/api/v2/auth/token/get": {"code": shopee.code, "shop_id": shopee.shop_id, "partner_id": shopee.partner_id},
        "/api/v2/auth/access_token/get": {"refresh_token": shopee.refresh_token, "shop_id": shopee.shop_id},
        "/api/v2/push/set_app_push_config": {"callback_url": "http://127.0.0.1:9/push"},
    }
    query = queries.get(endpoint.path, {})
    if platform is SHOPEE:
        query = {**twins.rigs[0].signed(endpoint.path, parts=3 if endpoint.open else 5), **query}
    elif not endpoint.open:
        query = {**query, "access_token": twins.token(platform)}
    return endpoint.method, query, json.dumps(bodies.get(endpoint.path)).encode() if endpoint.method == "POST" else b""


@pytest.mark.parametrize(("platform", "endpoint"), EVERY, ids=NAMES)
def test_both_doors_answer_an_endpoints_good_and_limited_requests_alike(
    twins: Twins, platform: Platform, endpoint: Endpoint
) -> None:
    method, query, body = good(twins, platform, endpoint)
    answers = []
    for _ in range(3):
        lane, door = twins.both(method, platform.prefix + endpoint.path, query, body)
        assert lane == door
        answers.append(lane)
    first, last = json.loads(answers[0][2]), json.loads(answers[2][2])
    assert first.get("error", first.get("errcode", 0)) in ("", 0)
    assert last.get("error", last.get("errcode")) in ("error_rate_limit", 45009)


@pytest.mark.parametrize(("platform", "endpoint"), EVERY, ids=NAMES)
def test_both_doors_refuse_an_endpoints_bad_requests_alike(
    lasting_twins: Twins, platform: Platform, endpoint: Endpoint
) -> None:
    method, query, body = good(lasting_twins, platform, endpoint)
    url = platform.prefix + endpoint.path
    bad = {**query, "access_token": "x" * 40, "sign": "0" * 64, "key": "no", "secret": "no", "corpsecret": "no"}
    requests = [
        (method, bad, body),
        (method, {}, body),
        (method, query, b'{"broken'),
        (method, query, b""),
        (method, query, b"[]"),
    ]
    requests += [(other, query, body) for other in ("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD")]
    for one, asked, sent in requests:
        lane, door = lasting_twins.both(one, url, asked, sent)
        assert lane == door, (one, asked, sent)
        assert b"x-sandbox-error" not in dict(lane[1])


UNKNOWN = {"wechat": ("errcode", 40066), "wecom": ("errcode", 48002), "shopee": ("error", "error_param")}


@pytest.mark.parametrize("platform", PLATFORMS, ids=lambda one: one.name)
@pytest.mark.parametrize("path", ["/no/such/path", "/", "/card/create/", "//card/create", "/_sandbox/health", "/docs"])
def test_a_path_that_a_platform_does_not_have_gets_the_vendors_own_error(
    standing: Rig, platform: Platform, path: str
) -> None:
    field, code = UNKNOWN[platform.name]
    for url in (platform.prefix + path, f"http://{platform.hosts[0]}{path}"):
        response = standing.http("GET", url)
        assert (response.status_code, response.json()[field]) == (200, code)


@pytest.mark.parametrize(
    ("platform", "host"),
    [(platform, host) for platform in PLATFORMS for host in platform.hosts],
    ids=[host for platform in PLATFORMS for host in platform.hosts],
)
def test_an_official_host_name_reaches_its_platform_without_a_prefix(standing: Rig, platform: Platform, host: str) -> None:
    path = platform.endpoints[0].path
    by_prefix = standing.http("GET", platform.prefix + path).json()
    for name in (host, f"{host}:8443", host.upper()):
        by_host = standing.http("GET", path, headers={"Host": name}).json()
        assert by_host.get("errcode") == by_prefix.get("errcode")
        assert by_host.get("message") == by_prefix.get("message")
    assert standing.http("GET", path).status_code == 404


def test_a_port_of_its_own_reaches_a_platform_and_nothing_else(rig: Rig) -> None:
    app = create_app(rig.server, ports={9001: WECHAT, 9002: WECOM, 9003: SHOPEE})

    async def ask(port: int, path: str) -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=f"http://sandbox.test:{port}") as client:
            return await client.get(path)

    assert rig.run(ask(9001, "/cgi-bin/token")).json()["errcode"] == 40002
    assert rig.run(ask(9002, "/cgi-bin/gettoken")).json()["errcode"] == 41002
    assert rig.run(ask(9003, "/api/v2/order/get_order_list")).json()["error"] == "error_param"
    assert rig.run(ask(9002, "/_sandbox/health")).json()["errcode"] == 48002
    assert rig.run(ask(9004, "/_sandbox/health")).json()["ok"]


def test_whoever_is_no_platform_gets_a_plain_404(standing: Rig) -> None:
    response = standing.http("GET", "/nowhere")
    assert (response.status_code, response.json()) == (404, {"error": "Not Found"})
    assert standing.http("GET", "/wechat").status_code == 404


def test_every_endpoint_is_documented_with_its_summary_action_and_facts(standing: Rig) -> None:
    paths = standing.http("GET", "/openapi.json").json()["paths"]
    for platform, endpoint in EVERY:
        (method, entry), *rest = paths[platform.prefix + endpoint.path].items()
        assert (method.upper(), rest) == (endpoint.method, [])
        assert entry["summary"] == endpoint.summary
        assert endpoint.action in entry["description"]
        assert all(fact in entry["description"] for fact in endpoint.facts)
    assert len(paths) == len(EVERY) + sum(path.startswith("/_sandbox") for path in paths)


@pytest.mark.parametrize("path", ["/docs", "/redoc"])
def test_the_documentation_needs_nothing_from_outside(standing: Rig, path: str) -> None:
    page = standing.http("GET", path)
    assert page.status_code == 200
    assert not re.search(r"(?:https?:)?//(?!sandbox\.test)[\w.-]+\.\w+", page.text)
    for name in re.findall(r'(?:src|href)="([^"]+)"', page.text):
        assert standing.http("GET", name).status_code == 200, name


def test_the_lane_leaves_what_is_no_request_to_the_application(rig: Rig) -> None:
    app = create_app(rig.server)
    sent: list[str] = []

    async def begin_and_end() -> None:
        messages = iter([{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}])

        async def receive() -> dict[str, str]:
            return next(messages)

        async def send(message: dict[str, Any]) -> None:
            sent.append(message["type"])

        await asyncio.wait_for(app({"type": "lifespan", "state": {}}, receive, send), 5)

    rig.run(begin_and_end())
    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
