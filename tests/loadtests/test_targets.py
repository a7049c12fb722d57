"""The two reference integrations: what they take, what they send, and that they know nothing of the sandbox."""

from __future__ import annotations

import asyncio
import hmac
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from loadtests.targets import naive, paced
from loadtests.targets.config import NAMES, Config, parse
from loadtests.targets.door import Work, app
from loadtests.targets.shopee import genuine, new_order
from loadtests.targets.wecom import WeCom
from sandbox.behaviour.table import BEHAVIOURS
from sandbox.errors import InputError
from sandbox.report.metrics import metrics
from sandbox.scenario import parse as parse_scenario

ROOT = Path(__file__).resolve().parents[2]
KEY, URL = "partner-key", "http://127.0.0.1:9/push"
CONFIG = Config(9, URL, 1000.0, KEY, "http://wecom.test", "ww1", "secret", 1000002)
TARGETS = ("naive", "paced")


def push(order: str = "26111100000001", status: str = "READY_TO_SHIP", code: int = 3) -> bytes:
    return json.dumps({"data": {"ordersn": order, "status": status}, "shop_id": 1, "code": code}).encode()


def signed(body: bytes) -> dict[str, str]:
    return {"Authorization": hmac.new(KEY.encode(), URL.encode() + b"|" + body, "sha256").hexdigest()}


@pytest.mark.parametrize("name", TARGETS)
def test_a_target_loads_nothing_of_the_sandbox(name: str) -> None:
    code = f"import sys, loadtests.targets.{name}; print(*(m for m in sys.modules if m.split('.')[0] in ('sandbox', 'mocks', 'locust', 'gevent')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == ""


def test_a_push_is_known_by_its_signature() -> None:
    """HMAC-SHA256 over URL, bar and body, as the vendor's guide 18 has it."""
    body = push()
    good = signed(body)["Authorization"]
    assert genuine(KEY, URL, body, good)
    assert not genuine(KEY, URL, body + b" ", good)
    assert not genuine(KEY, URL + "/", body, good)
    assert not genuine("other", URL, body, good)
    assert not genuine(KEY, URL, body, "")
    assert not genuine(KEY, URL, body, "签名")


@pytest.mark.parametrize(
    "body",
    [
        push(status="SHIPPED"),
        push(code=4),
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"code": 3}',
        b'{"code": 3, "data": []}',
        b'{"code": 3, "data": {"status": "READY_TO_SHIP"}}',
    ],
)
def test_only_new_orders_are_forwarded(body: bytes) -> None:
    assert new_order(body) is None


class Vendor:
    """A WeCom that takes tokens of the newest kind and refuses messages while `answers` says so."""

    def __init__(self, *answers: int) -> None:
        self.answers, self.told, self.tokens = list(answers), [], 0
        self.at: list[float] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path.endswith("gettoken"):
            self.tokens += 1
            return httpx.Response(200, json={"errcode": 0, "access_token": f"t{self.tokens}"})
        if request.url.params["access_token"] != f"t{self.tokens}":
            return httpx.Response(200, json={"errcode": 40014})
        if path.endswith("simplelist"):
            return httpx.Response(200, json={"errcode": 0, "userlist": [{"userid": "a"}, {"userid": "b"}]})
        self.at.append(asyncio.get_running_loop().time())
        self.told.append(json.loads(request.content)["text"]["content"].split("，")[0].removeprefix("新订单 "))
        return httpx.Response(200, json={"errcode": self.answers.pop(0) if self.answers else 0})


def tell(vendor: Vendor, work: Work, orders: list[str], until: Callable[[], bool]) -> None:
    """Hand orders to an integration at work, until something holds."""

    async def play() -> None:
        http = httpx.AsyncClient(base_url=CONFIG.wecom, transport=httpx.MockTransport(vendor))
        async with http, work(WeCom(CONFIG, http)) as take, asyncio.timeout(5):
            for order in orders:
                take(order)
            while not until():  # noqa: ASYNC110 - what is waited for is a sum of what others do
                await asyncio.sleep(0.001)

    asyncio.run(play())


def test_naive_tries_three_times_more_at_once_and_gives_up() -> None:
    vendor = Vendor(*[45009] * 4)
    tell(vendor, naive.work, ["one"], lambda: len(vendor.told) == 4)
    assert vendor.told == ["one"] * 4
    vendor = Vendor(45009, 0)
    tell(vendor, naive.work, ["one"], lambda: len(vendor.told) == 2)
    assert vendor.told == ["one"] * 2


def test_naive_tells_twice_what_is_pushed_twice() -> None:
    vendor = Vendor()
    tell(vendor, naive.work, ["one", "one"], lambda: len(vendor.told) == 2)


def test_paced_tells_each_order_once_in_turn_and_waits_a_refusal_out() -> None:
    """At 1,000 times the speed, the minute for which the fuse is open takes 60 ms."""
    vendor = Vendor(0, 45009)
    tell(vendor, paced.working(CONFIG.speed), ["one", "two", "one", "three"], lambda: len(vendor.told) == 4)
    assert vendor.told == ["one", "two", "two", "three"]
    assert vendor.at[2] - vendor.at[1] >= 0.059


def test_the_bucket_keeps_its_rate_and_its_burst() -> None:
    bucket, now, sent = paced.Bucket(190, 5), 0.0, []
    for _ in range(400):
        now += bucket.take(now)
        sent.append(now)
    assert sent[:5] == [0.0] * 5
    assert max(sum(start <= at < start + 60 for at in sent) for start in sent) <= 195
    assert sent[-1] == pytest.approx((400 - 5) * 60 / 190)
    assert bucket.take(now + 1000) == 0


def test_a_dead_token_is_fetched_anew_once_for_all_who_wait() -> None:
    vendor = Vendor()
    orders = [f"order{number}" for number in range(5)]

    async def play() -> None:
        async with httpx.AsyncClient(base_url=CONFIG.wecom, transport=httpx.MockTransport(vendor)) as http:
            wecom = WeCom(CONFIG, http)
            assert all(await asyncio.gather(*map(wecom.tell, orders)))
            vendor.tokens += 1  # somebody else fetched one
            assert all(await asyncio.gather(*map(wecom.tell, orders)))

    asyncio.run(play())
    assert (vendor.tokens, sorted(vendor.told)) == (3, sorted(orders * 2))


def test_a_vendor_that_is_not_there_is_a_message_not_taken() -> None:
    def broken(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("nobody")

    async def play() -> bool:
        async with httpx.AsyncClient(base_url=CONFIG.wecom, transport=httpx.MockTransport(broken)) as http:
            return await WeCom(CONFIG, http).tell("one")

    assert not asyncio.run(play())


def test_a_push_is_confirmed_by_an_empty_200_before_anything_is_done() -> None:
    """Shopee takes any body for a failure, and a wrong signature gets a 401."""

    async def play() -> list[httpx.Response]:
        door, other = app(CONFIG, paced.working(1.0)), push(status="SHIPPED")
        shopee = httpx.AsyncClient(transport=httpx.ASGITransport(door), base_url="http://t")
        async with door.router.lifespan_context(door), shopee:
            return [
                await shopee.post("/push", content=push(), headers=signed(push())),
                await shopee.post("/push", content=other, headers=signed(other)),
                await shopee.post("/push", content=push()),
            ]

    answers = asyncio.run(play())
    assert [(one.status_code, one.content) for one in answers] == [(200, b""), (200, b""), (401, b"")]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_is_missing_is_one_sentence_and_status_2(
    tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    env = tmp_path / "env"
    env.write_text("".join(f"{one}=1\n" for one in NAMES if one != name))
    with pytest.raises(SystemExit) as ended:
        parse("target", ["--port", "1", "--env-file", str(env)])
    assert ended.value.code == 2
    assert capsys.readouterr().err == f"--env-file {env}: {name} is missing\n"


def test_the_settings_say_where_shopee_pushes_to(tmp_path: Path) -> None:
    env = tmp_path / "env"
    env.write_text("".join(f"{one}=1\n" for one in NAMES))
    given = ["--port", "9", "--env-file", str(env)]
    assert parse("target", given).push_url == URL
    assert (
        parse("target", [*given, "--public-url", "https://shop.test/p", "--speed", "20"]).push_url == "https://shop.test/p"
    )
    for bad in (["--speed", "0"], ["--env-file", str(tmp_path / "none")]):
        with pytest.raises(SystemExit):
            parse("target", [*given, *bad])


def event(kind: str, at: int, **fields: Any) -> dict[str, Any]:
    return {"at": at, "kind": kind, "account": "main", **fields}


def test_orders_are_judged_by_the_journal_where_no_player_replies() -> None:
    """S12: joined by order and msgid; what was silently dropped did not arrive; what players say goes before."""
    placed = [event("signal", at, signal="shopee.order_placed", intended=at, order=f"o{at}") for at in (0, 1, 2)]
    taken = [event("signal", 1000, signal="wecom.message_accepted", order=f"o{at}", msgid=f"m{at}") for at in (0, 1)]
    dropped = [event("drop", 1000, action="wecom.message_send", user="a", msgid="m1")]
    found = metrics([*placed, *taken, *dropped])
    assert (found["order_notice.placed"], found["order_notice.delivered"], found["order_notice.lost"]) == (3, 1, 2)
    replies = [
        event("reply", 5, action="wecom.message_send", intended=5, ok=True, order=f"o{at}", msgid="") for at in (0, 1, 2)
    ]
    assert metrics([*placed, *taken, *replies])["order_notice.delivered"] == 3


def scenario(**target: object) -> dict[str, Any]:
    """The document of a scenario with a target."""
    buyers = {"name": "buyers", "behaviour": "shopee.order", "phases": [{"lasts": "1s", "per_second": 1}]}
    good = {"module": "my.shop", "behaviour": "integration.paced", "receives": ["shopee.order_status"], **target}
    head = {"name": "s", "title": "s", "start": datetime(2026, 11, 11, tzinfo=UTC), "duration": "1s"}
    return {**head, "population": [buyers], "target": {name: value for name, value in good.items() if value is not None}}


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"module": "my-shop"}, "target.module"),
        ({"module": None}, "target.module"),
        ({"behaviour": "integration.lazy"}, "target.behaviour"),
        ({"receives": []}, "target.receives"),
        ({"count": 0}, "target.count"),
        ({"with": {"retries": 3}}, "target.with.retries"),
        ({"speed": 1}, "target.speed"),
    ],
)
def test_a_target_that_makes_no_sense_is_named_by_its_key(changes: dict[str, object], key: str) -> None:
    with pytest.raises(InputError) as found:
        parse_scenario(scenario(**changes), "s.toml", BEHAVIOURS)
    assert (found.value.where, found.value.key) == ("s.toml", key)


def test_a_target_is_a_population_of_the_simulation_and_of_no_other_name() -> None:
    found = parse_scenario(scenario(count=2, **{"with": {"burst": 9}}), "s.toml", BEHAVIOURS)
    assert [(one.name, one.count, one.options) for one in found.players][1:] == [("target", 2, {"burst": 9})]
    content = scenario()
    content["population"][0]["name"] = "target"
    with pytest.raises(InputError, match="no other population"):
        parse_scenario(content, "s.toml", BEHAVIOURS)
