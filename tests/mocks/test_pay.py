"""WeChat Pay v3 through its SDK: pay, look, close, give back, and the signatures of both sides."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from wechatpayv3 import WeChatPayType
from wechatpayv3.utils import aes_decrypt

from mocks.wechat_pay import wire
from mocks.wechat_pay.keys import rsa_key
from sandbox.clock import real_now
from tests.mocks.pay_rig import BASE, HEAD, PAY, REFUNDS, PayRig, led, sdk, signed
from tests.mocks.rig import HOUR


@pytest.fixture
def pay() -> Iterator[PayRig]:
    one = PayRig()
    yield one
    one.close()


@pytest.fixture(scope="module")
def lasting() -> Iterator[PayRig]:
    one = PayRig()
    yield one
    one.close()


def said(answer: tuple[int, str]) -> dict[str, Any]:
    """An SDK's answer, read."""
    return {"http": answer[0], **(json.loads(answer[1]) if answer[1] else {})}


# -------------------------------------------------------------------- the SDK, unmodified


@pytest.mark.parametrize("public_key", [False, True], ids=["certificate", "public key"])
def test_the_sdk_pays_looks_gives_back_and_reads_the_notice(pay: PayRig, public_key: bool) -> None:
    with led(pay):
        client = sdk(pay, public_key=public_key)
        made = said(client.pay("套餐", "SDK0000001", {"total": 100}, {"openid": pay.pay.openids[0]}))
        assert made["prepay_id"].startswith("wx")
        assert len(made["prepay_id"]) == 36
        assert said(client.query(out_trade_no="SDK0000001"))["trade_state"] == "NOTPAY"
        pay.admin("POST", "/pay", {"out_trade_no": "SDK0000001"})
        paid = said(client.query(out_trade_no="SDK0000001"))
        assert paid["trade_state"] == "SUCCESS"
        assert said(client.query(transaction_id=paid["transaction_id"])) == paid
        back = said(client.refund("R1", {"refund": 30, "total": 100, "currency": "CNY"}, out_trade_no="SDK0000001"))
        assert (back["http"], back["amount"]["payer_refund"]) == (200, 30)
        assert said(client.query_refund("R1"))["refund_id"] == back["refund_id"]
        envelope = _packed(pay)
        read = client.callback(envelope.headers, envelope.body)
    assert read["event_type"] == "TRANSACTION.SUCCESS"
    assert read["resource"] == {name: value for name, value in paid.items() if name != "http"}


def _packed(pay: PayRig) -> Any:
    from mocks.wechat_pay import courier  # noqa: PLC0415 - the one place that looks behind the wire

    return courier.envelope(pay.world, pay.main, pay.told[-1])


def test_the_sdk_orders_in_every_way_and_closes(pay: PayRig) -> None:
    scene = {"payer_client_ip": "1.2.3.4", "h5_info": {"type": "Wap"}}
    with led(pay):
        client = sdk(pay)
        kinds = {
            WeChatPayType.NATIVE: "code_url",
            WeChatPayType.H5: "h5_url",
            WeChatPayType.APP: "prepay_id",
            WeChatPayType.JSAPI: "prepay_id",
        }
        for kind, key in kinds.items():
            number = f"SDK-{kind.name}_1"
            payer = {"openid": pay.pay.openids[0]}
            assert key in said(client.pay("套餐", number, {"total": 1}, payer, scene_info=scene, pay_type=kind))
            assert client.close(number) == (204, "")
            assert said(client.query(out_trade_no=number))["trade_state"] == "CLOSED"


def test_the_sdk_reads_the_platforms_certificates_and_finds_the_new_one_after_a_rotation(pay: PayRig) -> None:
    with led(pay):
        client = sdk(pay)
        assert len(client._core._certificates) == 1
        pay.tell("wechat_pay.rotate_key")
        assert said(client.pay("套餐", "SDK0000009", {"total": 1}, {"openid": "o1"}))["prepay_id"]
        assert len(client._core._certificates) == 2


def test_an_answer_that_is_signed_wrongly_on_purpose_is_not_taken_and_the_next_is(pay: PayRig) -> None:
    assert pay.tell("wechat_pay.probe_answers", answers=-1)["code"] == "PARAM_ERROR"
    pay.tell("wechat_pay.probe_answers")
    target = "/v3/merchant/fund/balance/BASIC"
    first, second = (pay.http("GET", BASE + target, headers=pay.head("GET", target)) for _ in "ab")
    assert first.headers["Wechatpay-Signature"].startswith("WECHATPAY/SIGNTEST/")
    assert not signed(first.headers, first.text, pay)
    assert signed(second.headers, second.text, pay)


@pytest.mark.parametrize(("code", "http"), [("SYSTEM_ERROR", 500), ("SERVICE_UNAVAILABLE", 503), ("ACCOUNT_ERROR", 403)])
def test_trouble_is_answered_signed_and_the_next_try_is_granted(pay: PayRig, code: str, http: int) -> None:
    assert pay.tell("wechat_pay.trouble", code="BORED")["code"] == "PARAM_ERROR"
    pay.tell("wechat_pay.trouble", code=code, answers=1)
    body = pay.order()
    first, second = (pay.said("POST", f"{PAY}/jsapi", body) for _ in "ab")
    assert (first["http"], first["code"], second["http"]) == (http, code, 200)


def test_a_certificate_is_listed_before_it_signs(pay: PayRig) -> None:
    before = pay.ask("GET", "/v3/certificates").headers["Wechatpay-Serial"]
    coming = pay.tell("wechat_pay.rotate_key", after_ms=24 * HOUR)["serial_no"]
    raw = pay.http("GET", f"{BASE}/v3/certificates", headers=pay.head("GET", "/v3/certificates"))
    assert [one["serial_no"] for one in raw.json()["data"]] == [before, coming]
    assert raw.headers["Wechatpay-Serial"] == before
    for one in raw.json()["data"]:
        sealed = one["encrypt_certificate"]
        text = aes_decrypt(sealed["nonce"], sealed["ciphertext"], sealed["associated_data"], pay.pay.apiv3_key)
        assert text.startswith("-----BEGIN CERTIFICATE-----")
    pay.jump(24 * HOUR)
    assert pay.ask("GET", "/v3/certificates").headers["Wechatpay-Serial"] == coming


# -------------------------------------------------------------------- vectors


def test_the_ciphers_vector_is_reproduced() -> None:
    sealed = wire.seal("a" * 32, "0123456789ab", "certificate", b"hello")
    assert sealed == "5ke/IjgQNvBl0OZO1/6B6C29hXjx"
    assert wire.unseal("a" * 32, "0123456789ab", "certificate", sealed) == b"hello"
    assert wire.unseal("b" * 32, "0123456789ab", "certificate", sealed) is None


def test_a_sensitive_field_is_read_with_the_key_it_was_concealed_for() -> None:
    mine, other = rsa_key("platform-1"), rsa_key("stranger")
    concealed = wire.conceal(mine.public_key(), "张三")
    assert wire.reveal(mine, concealed) == "张三"
    assert wire.reveal(other, concealed) is None


# -------------------------------------------------------------------- who asks


def answer(pay: PayRig, **changes: str | None) -> tuple[int, dict[str, Any]]:
    """What is answered to a query whose headers are changed; checked to be signed."""
    target = f"{PAY}/out-trade-no/ORDER0001?mchid={pay.pay.mchid}"
    head = {name: value for name, value in (pay.head("GET", target) | changes).items() if value is not None}
    if None in changes.values():
        head |= {name: "" for name, value in changes.items() if value is None}
    response = pay.http("GET", BASE + target, headers=head)
    assert signed(response.headers, response.text, pay)
    return response.status_code, response.json()


def altered(pay: PayRig, **parts: str) -> dict[str, str]:
    """An Authorization header in which some values are others."""
    text = pay.head("GET", f"{PAY}/out-trade-no/ORDER0001?mchid={pay.pay.mchid}")["Authorization"]
    for name, value in parts.items():
        before, _, rest = text.partition(f'{name}="')
        text = f'{before}{name}="{value}"{rest[rest.index(chr(34)) + 1 :]}'
    return {"Authorization": text}


def test_the_values_of_the_header_may_stand_in_any_order(lasting: PayRig) -> None:
    scheme, _, values = altered(lasting)["Authorization"].partition(" ")
    turned = ",".join(reversed(values.split(",")))
    assert answer(lasting, Authorization=f"{scheme} {turned}")[0] == 404
    assert answer(lasting, Authorization=f"{scheme} {turned.replace(',', ', ')}")[0] == 404


@pytest.mark.parametrize(
    ("why", "text"),
    [
        ("no header", "Http头Authorization值格式错误，请参考《微信支付商户REST API签名规则》"),
        ("half a header", "Http头Authorization值格式错误，请参考《微信支付商户REST API签名规则》"),
        ("another scheme", "Http头Authorization认证类型不正确"),
        ("a stranger", "商户未申请过证书"),
        ("another serial", "商户证书序列号有误。请使用签名私钥匹配的证书序列号"),
        ("six minutes ago", "Http头Authorization中的timestamp与发起请求的时间不得超过5分钟"),
        ("in six minutes", "Http头Authorization中的timestamp与发起请求的时间不得超过5分钟"),
        ("another nonce", "错误的签名，验签失败"),
        ("no base64", "错误的签名，验签失败"),
    ],
)
def test_who_cannot_be_known_is_told_why(lasting: PayRig, why: str, text: str) -> None:
    now = real_now() // 1000
    headers: dict[str, dict[str, str]] = {
        "no header": {"Authorization": ""},
        "half a header": {"Authorization": altered(lasting)["Authorization"].rpartition(",")[0]},
        "another scheme": {"Authorization": "WECHATPAY2-SM2-WITH-SM3 a"},
        "a stranger": altered(lasting, mchid="1"),
        "another serial": altered(lasting, serial_no="A" * 40),
        "six minutes ago": altered(lasting, timestamp=str(now - 360)),
        "in six minutes": altered(lasting, timestamp=str(now + 360)),
        "another nonce": altered(lasting, nonce_str="other"),
        "no base64": altered(lasting, signature="%%%"),
    }
    status, body = answer(lasting, **headers[why])
    assert (status, body["code"], body["message"]) == (401, "SIGN_ERROR", text)


def test_a_signature_that_does_not_fit_is_shown_what_was_expected(lasting: PayRig) -> None:
    detail = answer(lasting, **altered(lasting, nonce_str="other"))[1]["detail"]
    assert (detail["field"], detail["location"], detail["detail"]) == (
        "signature",
        "authorization",
        {"issue": "sign not match"},
    )
    shown = detail["sign_information"]
    assert shown["truncated_sign_message"] == f"GET\n{shown['url']}\n"


@pytest.mark.parametrize(
    ("header", "text"),
    [("Accept", "Http头缺少Accept或User-Agent"), ("User-Agent", "Http头缺少Accept或User-Agent")],
)
def test_a_header_that_is_missing_is_named(lasting: PayRig, header: str, text: str) -> None:
    status, body = answer(lasting, **{header: None})
    assert (status, body["code"], body["message"]) == (400, "INVALID_REQUEST", text)


def test_a_body_must_say_that_it_is_json(lasting: PayRig) -> None:
    body = lasting.said("POST", f"{PAY}/jsapi", lasting.order(), **{"Content-Type": "text/plain"})
    assert (body["http"], body["message"]) == (400, "Http头Content-Type值必须为application/json")


def test_the_target_is_signed_as_it_was_sent_with_our_prefix_or_without(lasting: PayRig) -> None:
    target = f"{PAY}/out-trade-no/a%7Cb%2Ac-1?mchid={lasting.pay.mchid}"
    for target_signed in (target, "/wechatpay" + target):
        head = lasting.head("GET", target_signed)
        assert (
            lasting.http("GET", "http://sandbox.test/wechatpay" + target, headers=head).json()["code"] == "ORDER_NOT_EXIST"
        )
    decoded = lasting.head("GET", target.replace("%7C", "|"))
    assert lasting.http("GET", BASE + target, headers=decoded).status_code == 401


def test_the_answer_is_signed_by_the_public_key_for_those_that_name_it(lasting: PayRig) -> None:
    identity = lasting.pay.keys.public_key_id
    assert identity.startswith("PUB_KEY_ID_")
    response = lasting.ask("GET", "/v3/nowhere", **{"Wechatpay-Serial": identity})
    assert response.status_code == 404
    response = lasting.ask("GET", "/v3/certificates", **{"Wechatpay-Serial": identity})
    assert response.headers["Wechatpay-Serial"] == identity
    assert "PUB_KEY" not in lasting.ask("GET", "/v3/certificates").headers["Wechatpay-Serial"]


def test_no_content_is_signed_too_and_says_that_it_is_json(pay: PayRig) -> None:
    body = pay.order()
    pay.said("POST", f"{PAY}/native", body)
    response = pay.ask("POST", f"{PAY}/out-trade-no/{body['out_trade_no']}/close", {"mchid": pay.pay.mchid})
    assert (response.status_code, response.content) == (204, b"")
    assert response.headers["Content-Type"].startswith("application/json")


def test_one_merchants_orders_are_not_anothers(pay: PayRig) -> None:
    other, number = pay.world.open_account("other"), pay.paid()
    mine = f"{PAY}/out-trade-no/{number}?mchid={other.wechat_pay.mchid}"
    assert pay.said("GET", mine, account=other)["code"] == "ORDER_NOT_EXIST"
    assert pay.said("GET", f"{PAY}/out-trade-no/{number}?mchid={pay.pay.mchid}", account=other)["code"] == "PARAM_ERROR"


def test_a_method_that_a_path_does_not_take_is_refused(lasting: PayRig) -> None:
    assert lasting.said("PUT", f"{PAY}/jsapi", {})["http"] == 405
    assert lasting.http("GET", f"{BASE}{REFUNDS}", headers=HEAD).status_code == 405
