"""Ten thousand bad requests at WeChat Pay: each gets the vendor's own error, signed, and nothing changes.

And both doors: the lane and FastAPI answer alike, down to the signature.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping
from random import Random
from typing import Any
from unittest import mock

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wechatpayv3.utils import rsa_verify

from mocks import asgi
from mocks.app import create_app, front_door
from mocks.http import Endpoint, Request, Response
from mocks.wechat_pay import legacy_wire, routes, wire
from mocks.wechat_pay.endpoints import ENDPOINTS
from mocks.wechat_pay.keys import public_key, rsa_key
from mocks.wechat_pay.routes import PLATFORM
from sandbox.clock import real_now
from sandbox.policy import Call
from tests.mocks.good_pay import changed, good_pay
from tests.mocks.pay_rig import HEAD, PayRig

V3 = [one for one in ENDPOINTS if not one.open]
V2 = [one for one in ENDPOINTS if one.open]
JUNK: list[Any] = [
    None, True, False, 0, -1, 1, 1 << 31, 1 << 63, 10**400, 1.5, "", " ", "x", "x" * 5_000, "12345678", "😋", "\ud800", "\x00\n", "%s{0}",
    "../../etc/passwd", "' OR 1=1 --", [], [[]], [None], [{}], {}, {"total": 1}, {"": ""}, "2026-03-02T10:00:00+08:00", "https://a.b/?c",
]  # fmt: skip
NAMES = ["appid", "mchid", "sp_mchid", "sub_mchid", "description", "out_trade_no", "amount", "total", "currency", "payer", "openid", "notify_url", "time_expire", "attach", "stock_id", "stock_creator_mchid", "out_request_no", "coupon_code", "sub_orders", "combine_appid", "combine_mchid", "combine_out_trade_no", "transaction_id", "out_refund_no", "refund", "bill_date", "bill_type", "tar_type", "account_type", "offset", "limit", "use_time", "use_request_no", "stock_use_rule", "no_cash", "token"]  # fmt: skip


@pytest.fixture(scope="module")
def lasting() -> Iterator[PayRig]:
    one = PayRig()
    yield one
    one.close()


@pytest.fixture
def fresh() -> Iterator[PayRig]:
    one = PayRig()
    yield one
    one.close()


def held(pay: PayRig) -> str:
    """Everything that a bad request could change."""
    state = pay.pay
    stocks = [(one.state, len(one.coupons)) for one in (*state.favor.values(), *state.busifavor.values())]
    orders = [(one.out_trade_no, one.state, one.prepay_id, len(one.refunds)) for one in state.orders.values()]
    return repr((orders, stocks, sorted(state.refunds), sorted(state.callbacks), sorted(state.files), len(pay.told)))


def junk(rng: Random, depth: int = 2) -> Any:
    """Some value, seldom a sensible one."""
    if depth and rng.random() < 0.4:
        return {rng.choice(NAMES): junk(rng, depth - 1) for _ in range(rng.randrange(5))}
    return rng.choice(JUNK)


def body_of(rng: Random) -> bytes:
    """Some body: JSON of junk, broken JSON, or no JSON at all."""
    text = json.dumps({rng.choice(NAMES): junk(rng) for _ in range(rng.randrange(8))}).encode()
    kind = rng.randrange(8)
    if kind == 0:
        return text[: rng.randrange(len(text))]
    if kind == 1:
        return rng.choice([b"", b"[]", b"null", b"\xff\xfe", b"{" * 3_000, b"NaN", b'{"a":NaN}', rng.randbytes(40)])
    return text


def target_of(rng: Random, endpoint: Endpoint) -> tuple[str, str]:
    """Some path of an endpoint, decoded as the server does, and some query."""
    parts = [
        rng.choice(["x", "12345678", "x" * 80, "😋", "a b", "%00", "..", "\n"]) if one[:1] == "{" else one
        for one in endpoint.path.split("/")
    ]
    query = "&".join(
        f"{rng.choice(NAMES)}={rng.choice(['', 'x', '1', '-1', '%ff', '9' * 30, '2026-02-30'])}"
        for _ in range(rng.randrange(4))
    )
    return "/".join(parts), query


def authorization(pay: PayRig, text: bytes, timestamp: str) -> str:
    """A header for a text that is signed with the merchant's key. Our own signer: what it signs is tested elsewhere."""
    signature = wire.sign(rsa_key(pay.pay.keys.merchant), text)
    given = f'mchid="{pay.pay.mchid}",nonce_str="N",timestamp="{timestamp}",serial_no="{pay.pay.keys.serial}",signature="{signature}"'
    return f"{wire.SCHEME} {given}"


def checked(response: Response) -> dict[str, Any]:
    """The error that was answered; it is one, and it is signed."""
    headers = {name.decode(): value.decode() for name, value in response.headers}
    assert 400 <= response.status < 500, (response.status, response.body)
    assert "x-sandbox-error" not in headers
    key = public_key("platform-1")
    names = ("wechatpay-timestamp", "wechatpay-nonce")
    assert rsa_verify(*(headers[name] for name in names), response.body.decode(), headers["wechatpay-signature"], key)
    said: dict[str, Any] = json.loads(response.body)
    assert said["code"]
    assert said["message"]
    return said


def ask(pay: PayRig, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes) -> Response:
    """One request, as the lane hands it on."""
    raw = tuple((name.lower().encode(), value.encode("latin-1", "replace")) for name, value in headers.items())
    return asgi.respond(pay.world, PLATFORM, Request(method, path, path, query, raw, body, "127.0.0.1"))


@given(seed=st.integers(0, 1 << 32))
@settings(max_examples=50, deadline=None)
def test_a_bad_request_that_is_well_signed_is_refused_signed_and_changes_nothing(lasting: PayRig, seed: int) -> None:
    """Five thousand."""
    rng, before = Random(seed), held(lasting)
    for _ in range(100):
        endpoint = rng.choice([one for one in V3 if one.method != "GET" or "{" in one.path])
        path, query = target_of(rng, endpoint)
        body = body_of(rng) if endpoint.method == "POST" else b""
        stamp = str(real_now() // 1000)
        text = wire.request_text(endpoint.method, f"{path}?{query}" if query else path, stamp, "N", body)
        response = ask(
            lasting, endpoint.method, path, query, HEAD | {"Authorization": authorization(lasting, text, stamp)}, body
        )
        assert checked(response)["code"] != "SIGN_ERROR"
    assert held(lasting) == before


def test_a_request_with_one_thing_wrong_is_granted_or_refused_and_the_good_one_is_granted(fresh: PayRig) -> None:
    """Some two thousand, without HTTP: what is raised here would be a 500."""
    actor, book = {**fresh.pay.identity, "ip": "127.0.0.1"}, fresh.world.books["wechat_pay"]

    def asked(action: str, payload: Any) -> str:
        fresh.world.store.forget("main")
        answer = fresh.world.perform(Call("wechat_pay", f"wechat_pay.{action}", "main", actor, 1, payload))
        assert answer.code == "0" or book.error(answer.code)
        return answer.code

    for action, payload in good_pay(fresh).items():
        for value in (None, "", "x", -1, 1.5, [], [None], {}):
            for wrong in changed(payload, value):
                asked(action, wrong)
    good = good_pay(fresh)
    assert {action: asked(action, payload) for action, payload in good.items()} == dict.fromkeys(good, "0")


@given(seed=st.integers(0, 1 << 32))
@settings(max_examples=50, deadline=None)
def test_a_stranger_is_refused_signed_and_changes_nothing(lasting: PayRig, seed: int) -> None:
    """Four thousand."""
    rng, before = Random(seed), held(lasting)
    for _ in range(80):
        endpoint = rng.choice(V3)
        path, query = target_of(rng, endpoint)
        words = [
            "",
            wire.SCHEME,
            f'mchid="{lasting.pay.mchid}"',
            'nonce_str="a"',
            'timestamp="1"',
            f'timestamp="{real_now() // 1000}"',
        ]
        words += [f'serial_no="{lasting.pay.keys.serial}"', 'signature="AAAA"', 'signature="\xff"', ",,", "\x00", 'x="y']
        given = ",".join(rng.choices(words, k=rng.randrange(8)))
        scheme = rng.choice([wire.SCHEME, wire.SCHEME, "Bearer", ""])
        method = rng.choice([endpoint.method, endpoint.method, "PUT", "DELETE", "HEAD", "OPTIONS"])
        head = {name: value for name, value in HEAD.items() if rng.random() < 0.9}
        said = checked(ask(lasting, method, path, query, {**head, "Authorization": f"{scheme} {given}"}, body_of(rng)))
        assert said["code"] in ("SIGN_ERROR", "INVALID_REQUEST", "METHOD_NOT_ALLOWED", "NOT_FOUND")
    assert held(lasting) == before


@given(seed=st.integers(0, 1 << 32))
@settings(max_examples=50, deadline=None)
def test_xml_that_is_wrong_is_refused_and_changes_nothing(lasting: PayRig, seed: int) -> None:
    """Two thousand."""
    rng, before, state = Random(seed), held(lasting), lasting.pay
    names = (
        "appid",
        "mch_id",
        "out_trade_no",
        "total_fee",
        "body",
        "trade_type",
        "notify_url",
        "openid",
        "refund_fee",
        "out_refund_no",
    )
    values = ("", "x", "1", "-1", "9" * 40, "😋", "]]>", "&<>", "JSAPI", "http://a.b/c", "%00", "12345678")
    for _ in range(40):
        fields = {rng.choice(names): rng.choice(values) for _ in range(rng.randrange(8))} | {
            "mch_id": state.mchid,
            "appid": state.appid,
        }
        fields.pop("notify_url", None)
        fields.pop("out_trade_no", None)
        fields["sign"] = legacy_wire.sign(fields, state.v2_key) if rng.random() < 0.8 else "x"
        body = legacy_wire.render(fields)
        body = body[: rng.randrange(len(body))] if rng.random() < 0.1 else body
        endpoint = rng.choice([one for one in V2 if one.action != "wechat_pay.v2_trial_key"])
        response = ask(lasting, rng.choice(["POST", "POST", "POST", "GET"]), endpoint.path, "", {}, body)
        answer = legacy_wire.parse(response.body)
        assert (response.status, b"x-sandbox-error" in dict(response.headers)) == (200, False), response.body
        assert answer is not None
        assert "FAIL" in (answer["return_code"], answer.get("result_code")), (fields, answer)
        assert answer["return_code"] == "FAIL" or legacy_wire.verified(answer, state.v2_key)
    assert held(lasting) == before


def test_a_check_that_looked_away_would_be_caught(lasting: PayRig) -> None:
    """The check itself: an unsigned answer, and one of our own failures, do not pass it."""
    unsigned = Response(400, (), b'{"code":"PARAM_ERROR","message":"x"}')
    with pytest.raises(KeyError):
        checked(unsigned)
    with mock.patch.object(routes, "_perform", side_effect=ZeroDivisionError), pytest.raises(AssertionError):
        checked(ask(lasting, "POST", V3[0].path, "", HEAD, b"{}"))


# -------------------------------------------------------------------- both doors


@pytest.fixture(scope="module")
def doors() -> Iterator[list[tuple[PayRig, Any]]]:
    """Two servers alike, one answering through each door."""
    pairs = [(pay := PayRig(), door(pay.server)) for door in (create_app, front_door)]
    yield pairs
    for pay, _ in pairs:
        pay.close()


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=[f"{one.method} {one.path}" for one in ENDPOINTS])
def test_both_doors_answer_alike(doors: list[tuple[PayRig, Any]], endpoint: Endpoint) -> None:
    path = "/wechatpay" + "/".join("SEED202603010001" if one[:1] == "{" else one for one in endpoint.path.split("/"))
    answers = []
    with mock.patch.object(routes, "real_now", return_value=(now := real_now())):
        for pay, app in doors:
            body = json.dumps({"mchid": pay.pay.mchid}).encode() if endpoint.method == "POST" else b""
            target = path if endpoint.method == "POST" else f"{path}?mchid={pay.pay.mchid}"
            text = wire.request_text(endpoint.method, target, str(now // 1000), "N", body)
            head = HEAD | {"Authorization": authorization(pay, text, str(now // 1000))}
            answers.append(pay.run(_through(app, endpoint.method, target, head, body)))
    assert answers[0] == answers[1]
    assert answers[0][0] < 500


async def _through(app: Any, method: str, target: str, head: dict[str, str], body: bytes) -> tuple[int, Any, bytes]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://sandbox.test") as client:
        response = await asyncio.wait_for(client.request(method, target, headers=head, content=body), 10)
        return response.status_code, sorted(response.headers.raw), response.content


def test_a_name_in_a_path_stands_for_one_segment_and_every_row_is_found_by_its_method() -> None:
    for one in ENDPOINTS:
        path = one.path.replace("{", "").replace("}", "")
        found = PLATFORM.find(one.method, path)
        assert found is not None
        assert found[0] is one
    assert PLATFORM.find("GET", "/v3/pay/transactions/id/") is None
