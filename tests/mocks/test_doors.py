"""The two doors, held against each other: what the fast lane answers and what FastAPI answers to the same request is the same."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode
from zlib import crc32

import httpx
import pytest

from mocks.app import PLATFORMS, create_app, front_door
from mocks.asgi import latency_s
from mocks.http import Endpoint, Platform
from mocks.shopee.routes import PLATFORM as SHOPEE
from mocks.wechat.routes import PLATFORM as WECHAT
from mocks.wecom.routes import PLATFORM as WECOM
from tests.mocks.good import FIRST, Held, entrance, good, with_card
from tests.mocks.good_cards import ONCE
from tests.mocks.rig import CARD, Rig

TINY = {"scope": ["action"], "limit": 2, "window": "1d"}
ACTIONS = sorted({endpoint.action for one in FIRST for endpoint in one.endpoints})
LIMITED = {
    name: {
        "quota": {
            "tiny": {
                **TINY,
                "actions": [action for action in ACTIONS if action.startswith(f"{name}.")],
                "code": "error_rate_limit" if name == SHOPEE.name else "45009",
            }
        }
    }
    for name in {action.partition(".")[0] for action in ACTIONS}
}
"""Every action twice a day: so that every endpoint can be refused by a quota."""

EVERY = [(platform, endpoint) for platform in PLATFORMS for endpoint in platform.endpoints]
NAMES = [f"{endpoint.method} {platform.prefix}{endpoint.path}" for platform, endpoint in EVERY]
METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD")


async def ask(app: Any, method: str, path: str, query: str, body: bytes) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    """One request as a server hands it to an application: the status, headers and body of the answer."""
    sent: list[dict[str, Any]] = []
    headers = [(b"host", b"sandbox.test"), (b"content-length", str(len(body)).encode())]
    scope = {"type": "http", "http_version": "1.1", "method": method, "scheme": "http", "headers": headers, "root_path": ""}
    where = {"path": path, "raw_path": path.encode(), "query_string": query.encode(), "client": ("127.0.0.1", 9)}

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await app({**scope, **where}, receive, send)
    start, *rest = sent
    return start["status"], list(start["headers"]), b"".join(one["body"] for one in rest)


class Twins:
    """Two servers alike, one answering through each door."""

    def __init__(self) -> None:
        self.rigs = (Rig(LIMITED, seed=5), Rig(LIMITED, seed=5))
        self.apps = (create_app(self.rigs[0].server), front_door(self.rigs[1].server))
        self.meet("acct-first")

    def meet(self, account: str) -> None:
        """From now on be this account, which is opened at both, and the one before is no more."""
        for rig in self.rigs:
            rig.world.close_account(rig.account)
            rig.world.open_account(account)
            rig.account = account
        self.held, _ = [with_card(rig) for rig in self.rigs]

    def token(self) -> str:
        """An official account's token, the same at both."""
        token, _ = [rig.wechat_token() for rig in self.rigs]
        return token

    def good(self, platform: Platform, endpoint: Endpoint) -> tuple[dict[str, Any], bytes] | None:
        """Query and body of a good request, the same for both; None when none is written down for that path."""
        found = good(self.rigs[0], self.held).get(endpoint.path)
        if found is None:
            return None
        query, body = found
        who, _ = [entrance(rig, platform, endpoint) for rig in self.rigs]
        return {**who, **query}, b"" if body is None else json.dumps(body).encode()

    def both(self, method: str, url: str, query: dict[str, Any], body: bytes) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
        """The same request through both doors: status, headers without the date, body."""
        answers = []
        for rig, app in zip(self.rigs, self.apps, strict=True):
            status, headers, said = rig.run(ask(app, method, url, urlencode(query), body))
            lasting = [(key, value) for key, value in headers if key != b"date" and not key.startswith(b"wechatpay-")]
            answers.append((status, sorted(lasting), said))
        return answers[0], answers[1]


@pytest.fixture(scope="module")
def lasting_twins() -> Iterator[Twins]:
    pair = Twins()
    yield pair
    for rig in pair.rigs:
        rig.close()


@pytest.fixture
def twins(lasting_twins: Twins, request: pytest.FixtureRequest) -> Twins:
    """Both servers, at an account that nobody has used yet."""
    lasting_twins.meet(f"acct-{crc32(request.node.name.encode())}")
    return lasting_twins


@pytest.fixture
def rested(lasting_twins: Twins) -> Twins:
    """Both servers, at the account of the test before, which has used up nothing: both have the same past."""
    for rig in lasting_twins.rigs:
        rig.world.store.forget(rig.account)
    return lasting_twins


@pytest.mark.parametrize(("platform", "endpoint"), EVERY, ids=NAMES)
def test_both_doors_refuse_an_endpoints_bad_requests_alike(rested: Twins, platform: Platform, endpoint: Endpoint) -> None:
    method, url = endpoint.method, platform.prefix + re.sub(r"\{\w+\}", "x", endpoint.path)
    query, body = rested.good(platform, endpoint) or ({}, b"{}")
    bad = {**query, "access_token": "x" * 40, "sign": "0" * 64, "key": "no", "secret": "no", "corpsecret": "no"}
    requests = [
        (method, bad, body),
        (method, {}, body),
        (method, query, b'{"broken'),
        (method, query, b""),
        (method, query, b"[]"),
    ]
    turn = crc32(url.encode()) % len(METHODS)  # two methods an endpoint: each comes up in its turn on many
    requests += [(other, query, body) for other in (METHODS * 2)[turn : turn + 2]]
    for one, asked, sent in requests:
        lane, door = rested.both(one, url, asked, sent)
        assert lane == door, (one, asked, sent)
        assert b"x-sandbox-error" not in dict(lane[1])


PATHS = good(Rig(), Held("", ""))
WRITTEN = [(platform, endpoint) for platform in FIRST for endpoint in platform.endpoints if endpoint.path in PATHS]


@pytest.mark.parametrize(("platform", "endpoint"), WRITTEN, ids=[one.prefix + endpoint.path for one, endpoint in WRITTEN])
def test_both_doors_answer_an_endpoints_good_and_limited_requests_alike(
    twins: Twins, platform: Platform, endpoint: Endpoint
) -> None:
    assert {endpoint.path for _, endpoint in WRITTEN} == set(PATHS)
    query, body = twins.good(platform, endpoint) or ({}, b"")
    answers = []
    for _ in range(3):
        lane, door = twins.both(endpoint.method, platform.prefix + endpoint.path, query, body)
        assert lane == door
        answers.append(lane)
    first, last = json.loads(answers[0][2]), json.loads(answers[2][2])
    assert first.get("error", first.get("errcode", 0)) in ("", 0)
    assert last.get("error", last.get("errcode")) == ONCE.get(
        endpoint.path, "error_rate_limit" if "error" in last else 45009
    )


@pytest.mark.parametrize(("levels", "code"), [(150, 0), (900, 47001)])
def test_what_one_door_lets_in_the_other_can_show_however_deep_it_goes(twins: Twins, levels: int, code: int) -> None:
    query = {"access_token": twins.token()}
    nested = json.dumps(CARD).replace('"get_limit": 3', f'"get_limit": 3, "deep": {"[" * levels}{"]" * levels}').encode()
    made, same = twins.both("POST", "/wechat/card/create", query, nested)
    card_id = json.loads(made[2]).get("card_id", "p0")
    shown, again = twins.both("POST", "/wechat/card/get", query, json.dumps({"card_id": card_id}).encode())
    assert (made, shown, json.loads(made[2])["errcode"]) == (same, again, code)
    assert (b'"deep":[[[' in shown[2]) is (not code)


UNKNOWN = {"wechat": ("errcode", 40066), "wecom": ("errcode", 48002), "shopee": ("error", "error_param")}


@pytest.mark.parametrize("platform", FIRST, ids=lambda one: one.name)
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
    [(platform, host) for platform in FIRST for host in platform.hosts],
    ids=[host for platform in FIRST for host in platform.hosts],
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


@pytest.mark.parametrize(("action", "ms"), [("create", 300), ("consume", 150), ("deposit", 1_500)])
def test_an_interface_takes_its_published_time_at_the_clocks_rate(
    make_rig: Callable[..., Rig], action: str, ms: int
) -> None:
    """A11: create 300 ms, consume 150 ms, bulk import 1.5 s."""
    rig = make_rig()
    assert latency_s(rig.world, f"wechat.card.{action}") == 0  # while the clock stands still nobody waits
    rig.clock.set_rate(50)
    assert latency_s(rig.world, f"wechat.card.{action}") == ms / 50 / 1_000
    path = next(one.path for one in WECHAT.endpoints if one.action == f"wechat.card.{action}")
    app = create_app(rig.server, latency=True)

    async def took() -> float:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://sandbox.test") as client:
            began = asyncio.get_running_loop().time()
            await client.post("/wechat" + path)
            return asyncio.get_running_loop().time() - began

    assert rig.run(took()) >= ms / 50 / 1_000


def test_whoever_is_no_platform_gets_a_404_that_says_where_platforms_are(standing: Rig) -> None:
    response = standing.http("GET", "/nowhere")
    assert response.status_code == 404
    assert "nothing is at /nowhere: platforms are under /wechat, /wecom, /shopee, /wechatpay" in response.json()["error"]
    assert standing.http("GET", "/wechat").status_code == 404


def test_every_endpoint_is_documented_with_its_summary_action_and_facts(standing: Rig) -> None:
    paths = standing.http("GET", "/openapi.json").json()["paths"]
    documented = {(path, method) for path, methods in paths.items() for method in methods if "/_sandbox" not in path}
    assert documented == {(platform.prefix + one.path, one.method.lower()) for platform, one in EVERY}
    for platform, endpoint in EVERY:
        entry = paths[platform.prefix + endpoint.path][endpoint.method.lower()]
        assert entry["summary"] == endpoint.summary
        assert endpoint.action in entry["description"]
        assert all(fact in entry["description"] for fact in endpoint.facts)


@pytest.mark.parametrize("path", ["/docs", "/redoc"])
def test_the_documentation_needs_nothing_from_outside(standing: Rig, path: str) -> None:
    page = standing.http("GET", path)
    assert page.status_code == 200
    assert not re.search(r"(?:https?:)?//(?!sandbox\.test)[\w.-]+\.\w+", page.text)
    for name in re.findall(r'(?:src|href)="([^"]+)"', page.text):
        assert standing.http("GET", name).status_code == 200, name


def test_what_is_due_happens_from_the_applications_start_to_its_end(rig: Rig) -> None:
    app, sent, happened = create_app(rig.server), [], asyncio.Event()

    async def job() -> None:
        happened.set()

    async def receive() -> dict[str, str]:
        if not sent:
            return {"type": "lifespan.startup"}
        rig.server.agenda.at(rig.clock(), "a job that is due", job)
        await happened.wait()
        return {"type": "lifespan.shutdown"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message["type"])

    rig.run(app({"type": "lifespan", "state": {}}, receive, send))
    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
