"""Thirty thousand bad requests: whatever comes in, the vendor's envelope goes out, and a stranger uses up nothing.

Each example is one body and one query, sent to several endpoints by several methods, once by a stranger and once by somebody
whose token or signature is good.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mocks.asgi import FastLane, respond
from mocks.http import Endpoint, Platform, Request, Response
from mocks.world import SERVICES
from tests.mocks.good import FIRST, NOW, entrance, good, with_card
from tests.mocks.rig import Rig

STRANGERS, WRONG, ENDPOINTS = max(240, settings.default.max_examples), max(170, settings.default.max_examples), 6
"""Ten thousand requests a platform: 21 an example of a stranger's, 30 of somebody's who may ask."""
METHODS = ("GET", "POST", "PUT", "HEAD", "BREW")

ANY_TEXT = st.text(st.characters(), max_size=12)  # lone surrogates too
NUMBERS = st.integers() | st.sampled_from([0, -1, 2**31, 2**63, 10**400, 1e400, -1e400, 1e-400, float("nan"), 0.5])
ODD = st.sampled_from(["", "0", "-1", "None", "null", "@all", "a|b", "x" * 5_000, "é", "\x00", "中" * 700, "c1", "1e999"])
LEAVES = st.none() | st.booleans() | NUMBERS | ANY_TEXT | ODD
JUNK = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ANY_TEXT | ODD, inner, max_size=4), max_leaves=6
)
LIKELY = st.sampled_from(
    ["staff01", "staff02", 1, "1", 0, 2, 100, True, [1], ["staff01"], {"content": "x"}, "text", NOW, [{}], {}]
)
RAW = st.binary(max_size=60) | st.sampled_from(
    [
        b"",
        b"null",
        b"[]",
        b"{",
        b'{"a":1}x',
        b"\xef\xbb\xbf{}",
        b'{"a":"\xed\xa0\x80"}',
        b'{"msgtype":"text"',
        b"[" * 100_000,
        b'{"a":' * 3_000,
        b'{"touser":' + b"9" * 5_000 + b"}",
        b'{"agentid":1e999999}',
        '{"msgtype":"文"}'.encode("utf-16"),
        b" " * (1 << 20) + b"{}",
        b'{"x":"' + b"y" * (1 << 20) + b'"}',
    ]
)
QUERIES = st.dictionaries(
    st.sampled_from(["access_token", "key", "corpid", "appid", "sign", "shop_id", "timestamp", "page_size", "userid", "x"]),
    ANY_TEXT | ODD,
    max_size=3,
)
BROKEN = st.sampled_from(
    ["%", "%zz=%", "=&=&&", "a=b=c", "access_token", "access_token=%ff%fe", "+=+", "é=é", "a[]=1&a[]=2"]
)


def places(body: Any) -> Iterator[tuple[Any, ...]]:
    """The way to every value in a JSON value."""
    yield ()
    inside = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    for key, value in inside:
        yield from ((key, *rest) for rest in places(value))


def replaced(body: Any, way: tuple[Any, ...], junk: Any) -> Any:
    """The JSON value with another one in one place."""
    if not way:
        return junk
    changed = dict(body) if isinstance(body, dict) else list(body)
    changed[way[0]] = replaced(body[way[0]], way[1:], junk)
    return changed


def spoilt(draw: Any, body: Any) -> bytes:
    """A body with one thing wrong in it."""
    way = draw(st.sampled_from(list(places(body))))
    text = json.dumps(replaced(body, way, draw(JUNK)))
    return text.encode()


@cache
def words(action: str) -> list[str]:
    """The words in quotes in the code that serves an action, its own more often than its module's: its fields are among them."""
    handler = inspect.unwrap(SERVICES[action.partition(".")[0]].ACTIONS[action])
    module = inspect.getmodule(handler)
    codes = [inspect.getsource(one) for one in (handler, module) if inspect.isfunction(one) or inspect.ismodule(one)]
    own, *rest = [sorted(set(re.findall(r'"([a-z_]{2,30})"', code))) for code in codes] or [["name"]]
    return own * 5 + [word for more in rest for word in more] or ["name"]


def as_text(value: Any) -> bytes:
    """A value as it stands in a query."""
    return (value if isinstance(value, str) else json.dumps(value)).encode("utf-8", "replace")


@cache
def made_up(action: str) -> st.SearchStrategy[dict[str, Any]]:
    """Bodies, or queries, for what no good request is written down for: fields that it knows, values that fit by chance."""
    return st.dictionaries(st.sampled_from(words(action)), LIKELY | JUNK, max_size=6)


class Envelope:
    """What each platform's every answer looks like."""

    @staticmethod
    def wechat(said: dict[str, Any]) -> None:
        """Some interfaces say no errcode when all is well; an error ends with its rid."""
        code = said.get("errcode", 0)
        assert isinstance(code, int)
        assert code == 0 or re.search(r" rid: [0-9a-f]{8}(-[0-9a-f]{8}){2}$", said["errmsg"])

    @staticmethod
    def wecom(said: dict[str, Any]) -> None:
        """An error carries its hint."""
        assert isinstance(said["errcode"], int)
        assert isinstance(said["errmsg"], str)
        assert said["errcode"] == 0 or ", hint: [" in said["errmsg"]

    @staticmethod
    def shopee(said: dict[str, Any]) -> None:
        """Every answer has its request_id, but for a page that would lead nowhere; v1 says `msg` where v2 says `message`."""
        assert re.fullmatch(r"[0-9a-f]{32}", said["request_id"]) if "debug_message" not in said else said["code"] == 1
        assert isinstance(said["error"], str)
        assert isinstance(said["msg" if "msg" in said else "message"], str)


def no_constant(name: str) -> None:
    """JSON has no such numbers."""
    raise AssertionError(name)


def in_the_vendors_envelope(platform: Platform, response: Response) -> None:
    """Is this something that the vendor could have said?"""
    assert response.status == 200, response.body
    assert b"x-sandbox-error" not in dict(response.headers)
    if b"content-disposition" in dict(response.headers):
        return  # a file, as it was uploaded
    getattr(Envelope, platform.name)(json.loads(response.body.decode(), parse_constant=no_constant))


def send(rig: Rig, platform: Platform, method: str, path: str, query: str, body: bytes) -> None:
    """One request, whose answer must be the vendor's."""
    request = Request(method, path, platform.prefix + path, query, (), body, "127.0.0.1")
    in_the_vendors_envelope(platform, respond(rig.world, platform, request))


def endpoints(platform: Platform) -> st.SearchStrategy[list[Endpoint]]:
    """Some of a platform's endpoints."""
    return st.lists(st.sampled_from(platform.endpoints), min_size=ENDPOINTS, max_size=ENDPOINTS)


@pytest.mark.parametrize("platform", FIRST, ids=lambda one: one.name)
def test_no_strangers_request_breaks_the_sandbox_or_uses_up_anything(platform: Platform) -> None:
    """At least 5,000 requests a platform, and its unknown paths too."""
    sent, rig = 0, Rig()

    @settings(max_examples=STRANGERS)
    @given(
        some=endpoints(platform),
        raw=RAW | JUNK.map(lambda one: json.dumps(one).encode()),
        query=QUERIES,
        broken=BROKEN,
        path=ANY_TEXT,
    )
    def play(some: list[Endpoint], raw: bytes, query: dict[str, str], broken: str, path: str) -> None:
        nonlocal sent
        texts = (urlencode({name: value.encode("utf-8", "replace") for name, value in query.items()}), broken)
        for one in [*(endpoint.path for endpoint in some), "/" + path]:
            for method in (*METHODS[:2], METHODS[2 + sent % 3]):
                send(rig, platform, method, one, texts[sent % 2], raw)
                sent += 1
        assert rig.world.store.snapshot("main") == {}

    play()
    rig.close()
    assert sent >= 5_000


@pytest.mark.parametrize("platform", FIRST, ids=lambda one: one.name)
def test_no_request_with_one_thing_wrong_in_it_breaks_the_sandbox(platform: Platform) -> None:
    """At least 5,000 requests a platform, by somebody who may ask."""
    sent = 0

    @settings(max_examples=WRONG)
    @given(some=endpoints(platform), raw=RAW, query=QUERIES, data=st.data())
    def play(some: list[Endpoint], raw: bytes, query: dict[str, str], data: st.DataObject) -> None:
        nonlocal sent
        rig = Rig()
        requests = good(rig, with_card(rig))
        junk = {
            name: value.encode("utf-8", "replace") for name, value in query.items() if name not in ("access_token", "sign")
        }
        for endpoint in some:
            if endpoint.path in requests:
                asked, body = requests[endpoint.path]
                sent_as = spoilt(data.draw, body or asked)
            else:
                body = data.draw(made_up(endpoint.action))
                sent_as, asked = json.dumps(body).encode(), {name: as_text(value) for name, value in body.items()}
            who = {**asked, **entrance(rig, platform, endpoint)}
            for method in ("GET", "POST"):
                send(rig, platform, method, endpoint.path, urlencode({**who, **junk}), sent_as)
                send(rig, platform, method, endpoint.path, urlencode(who), raw)
            send(rig, platform, "POST", endpoint.path, urlencode(who), sent_as)
            sent += 5
        for card in list(rig.main.wechat.cards.values()):  # what was let in can be looked at and used
            rig.tell("wechat.card_approved", card_id=card.id)
            code = rig.tell("wechat.card_received", card_id=card.id, openid=rig.main.wechat.followers[1])["code"]
            who = urlencode({"access_token": rig.wechat_token()})
            for path in ("/card/get", "/card/code/get", "/card/code/consume"):
                send(rig, FIRST[0], "POST", path, who, json.dumps({"card_id": card.id, "code": code}).encode())
        rig.close()

    play()
    assert sent >= 5_000


async def beyond(*_: Any) -> None:
    """What lies behind the lane: a platform's request must not get there."""
    raise AssertionError


@settings(max_examples=200)
@given(
    path=st.binary(max_size=30),
    query=st.binary(max_size=30),
    headers=st.lists(st.tuples(st.sampled_from([b"host", b"content-type", b"x-y"]), st.binary(max_size=30)), max_size=3),
    chunks=st.lists(st.binary(max_size=20), max_size=4),
    prefix=st.sampled_from(["/wechat/", "/wecom/", "/shopee/", "/wechat/card/get", "/wecom/cgi-bin/user/get"]),
)
def test_no_bytes_on_the_wire_break_the_lane(
    standing: Rig, path: bytes, query: bytes, headers: list[tuple[bytes, bytes]], chunks: list[bytes], prefix: str
) -> None:
    sent: list[dict[str, Any]] = []
    lane = FastLane(standing.world, FIRST, beyond, ports={})
    messages = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
    waiting = iter([*messages, {"type": "http.disconnect"}])
    scope = {"type": "http", "method": "POST", "headers": headers, "query_string": query, "client": None}
    scope |= {"path": prefix + path.decode("utf-8", "replace"), "raw_path": prefix.encode() + path}

    async def receive() -> dict[str, Any]:
        return next(waiting)

    async def send_out(message: dict[str, Any]) -> None:
        sent.append(message)

    standing.run(lane(scope, receive, send_out))
    start, body = sent
    platform = next(one for one in FIRST if prefix.startswith(one.prefix))
    in_the_vendors_envelope(platform, Response(start["status"], tuple(start["headers"]), body["body"]))
    assert dict(start["headers"])[b"content-length"] == str(len(body["body"])).encode()
