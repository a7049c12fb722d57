"""The legacy interface through wechatpy, unmodified; published vectors of its signatures; XML that means harm."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from wechatpy.exceptions import WeChatPayException
from wechatpy.pay import WeChatPay
from wechatpy.pay.utils import calculate_signature_hmac, dict_to_xml

from mocks.wechat_pay import legacy_courier, legacy_wire
from tests.mocks.pay_rig import BASE, PayRig, Shop, delivered, led
from tests.mocks.rig import DAY, HOUR, MINUTE
from tests.mocks.test_pay_coupons import stock

KEY = "192006250b4c09247ec02edce69f6a2d"
FIELDS = {
    "appid": "wxd930ea5d5a258f4f",
    "body": "test",
    "device_info": "1000",
    "mch_id": "10000100",
    "nonce_str": "ibuaiVcKdpRxkhJA",
}
BOMB = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><xml><appid>&b;</appid></xml>'
OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">]><xml><appid>&x;</appid></xml>'


@pytest.fixture
def pay() -> Iterator[PayRig]:
    one = PayRig()
    yield one
    one.close()


@pytest.fixture
def client(pay: PayRig) -> Iterator[WeChatPay]:
    """The SDK, led to the rig; its signature type is MD5."""
    with led(pay):
        yield WeChatPay(pay.pay.appid, pay.pay.v2_key, pay.pay.mchid)


def make(client: WeChatPay, number: str = "LEGACY0001", kind: str = "JSAPI", **changes: Any) -> dict[str, Any]:
    return client.order.create(kind, "套餐", 100, "https://shop.test/v2", "1.2.3.4", "o1", out_trade_no=number, **changes)


def test_the_sdk_scans_a_code_and_takes_the_payment_back(client: WeChatPay) -> None:
    code = "130061098828009406"
    paid = client.micropay.create("套餐", 100, code, client_ip="1.2.3.4", out_trade_no="SCAN000001")
    assert (paid["trade_type"], paid["total_fee"], paid["openid"]) == (
        "MICROPAY",
        "100",
        client.tools.auto_code_to_openid(code)["openid"],
    )
    assert client.order.reverse(out_trade_no="SCAN000001")["recall"] == "N"
    assert client.order.query(out_trade_no="SCAN000001")["trade_state"] == "REVOKED"
    for asked in (
        lambda: client.micropay.create("套餐", 100_001, code, client_ip="1.2.3.4", out_trade_no="SCAN000002"),
        lambda: client.micropay.create("套餐", 100, "9" * 18, client_ip="1.2.3.4", out_trade_no="SCAN000003"),
        lambda: client.order.reverse(out_trade_no="unknown"),
        lambda: client.tools.auto_code_to_openid("9" * 18),
        lambda: client.tools.short_url("http://elsewhere.test"),
    ):
        with pytest.raises(WeChatPayException):
            asked()
    assert client.tools.short_url("weixin://wxpay/bizpayurl?pr=1")["short_url"].startswith("weixin://wxpay/s/")


def test_the_sdk_downloads_yesterdays_bills_as_text(pay: PayRig, client: WeChatPay) -> None:
    pay.jump(HOUR)
    for text in (client.tools.download_bill("20260301"), client.tools.download_fundflow("20260301")):
        assert len(text.splitlines()) > 4
    assert str(client.tools.download_bill("20260301")).startswith("交易时间,")
    for day, kind, said in (("20260228", "ALL", "No Bill Exist"), ("20260301", "NONE", "invalid bill_type")):
        with pytest.raises(WeChatPayException) as refused:
            client.tools.download_bill(day, kind)
        assert refused.value.return_msg == said


def test_the_sdk_sends_a_cash_coupon_and_looks_at_it(pay: PayRig, client: WeChatPay) -> None:
    stock_id = stock(pay, "start")
    sent = client.coupon.send("o1", stock_id, out_trade_no="GIFT1")
    assert (sent["ret_code"], sent["success_count"]) == ("SUCCESS", "1")
    assert client.coupon.query_stock(stock_id)["is_send_num"] == "1"
    assert client.coupon.query_coupon(sent["coupon_id"], "o1")["coupon_value"] == "1000"
    client.coupon.send("o1", stock_id, out_trade_no="GIFT2")
    with pytest.raises(WeChatPayException) as refused:
        client.coupon.send("o1", stock_id, out_trade_no="GIFT3")
    assert refused.value.errcode == "USER_AL_GET_COUPON"
    client.order.create("JSAPI", "套餐", 10_000, "https://shop.test/v2", "1.2.3.4", "o1", out_trade_no="LEGACY0009")
    pay.admin("POST", "/pay", {"out_trade_no": "LEGACY0009", "openid": "o1"})
    back = client.refund.apply(10_000, 5_000, "R1", out_trade_no="LEGACY0009")
    assert (back["cash_refund_fee"], back["coupon_refund_fee"], back["coupon_refund_count"]) == ("4500", "500", "1")


def test_the_sdk_tries_the_interface_out_with_a_key_of_its_own(pay: PayRig) -> None:
    with led(pay):
        client = WeChatPay(pay.pay.appid, pay.pay.v2_key, pay.pay.mchid, sandbox=True)
        assert make(client)["prepay_id"]
        pay.tell("wechat_pay.paid", out_trade_no="LEGACY0001")
        assert client.order.query(out_trade_no="LEGACY0001")["trade_state"] == "SUCCESS"
        told = client.parse_payment_result(legacy_courier.envelope(pay.world, pay.main, pay.told[-1]).body)
        assert told["out_trade_no"] == "LEGACY0001"
        assert refused(lambda: make(WeChatPay(pay.pay.appid, "x", pay.pay.mchid, sandbox=True))) == "签名错误，请检查后再试"


def test_the_published_vectors_are_reproduced() -> None:
    assert legacy_wire.sign(FIELDS, KEY) == "9A0A8659F005D6984697E2CA0A9CF3B7"
    assert legacy_wire.sign(FIELDS, KEY, "HMAC-SHA256") == "6A9AE1657590FD6257D693A078E1C3E4BB6BA4DC30B23E0EE2496E54170DACD6"
    assert legacy_wire.conceal(b"<root><a>1</a></root>", KEY) == "KLXHweJYll5Krv4t/KU2x9Q04vPBZDA/w58/z363rww="


def test_the_sdk_pays_looks_gives_back_and_closes(pay: PayRig, client: WeChatPay) -> None:
    made = make(client)
    assert made["prepay_id"].startswith("wx")
    assert client.check_signature(dict(made))
    assert client.order.query(out_trade_no="LEGACY0001")["trade_state"] == "NOTPAY"
    pay.admin("POST", "/pay", {"out_trade_no": "LEGACY0001", "openid": "o1"})
    paid = client.order.query(out_trade_no="LEGACY0001")
    assert (paid["trade_state"], paid["total_fee"], paid["openid"], paid["time_end"]) == (
        "SUCCESS",
        "100",
        "o1",
        "20260302100000",
    )
    assert client.order.query(transaction_id=paid["transaction_id"])["out_trade_no"] == "LEGACY0001"
    back = client.refund.apply(100, 30, "R1", out_trade_no="LEGACY0001")
    assert (back["refund_fee"], back["settlement_refund_fee"], back["total_fee"]) == ("30", "30", "100")
    assert client.refund.query(out_refund_no="R1")["refund_status_0"] == "PROCESSING"
    pay.jump(MINUTE)
    assert client.refund.query(out_trade_no="LEGACY0001")["refund_status_0"] == "SUCCESS"
    assert client.order.query(out_trade_no="LEGACY0001")["trade_state"] == "REFUND"
    make(client, "LEGACY0002")
    assert client.order.close("LEGACY0002")["result_code"] == "SUCCESS"


def test_native_and_h5_orders_bring_their_links(client: WeChatPay) -> None:
    assert make(client, "LEGACY0003", "NATIVE", product_id="1")["code_url"].startswith("weixin://")
    assert make(client, "LEGACY0004", "MWEB")["mweb_url"].startswith("https://wx.tenpay.com")


def refused(work: Any) -> str:
    """The code that a call of the SDK is refused with."""
    with pytest.raises(WeChatPayException) as told:
        work()
    return str(told.value.errcode or told.value.return_msg)


def test_refusals_come_in_the_vendors_codes(pay: PayRig, client: WeChatPay) -> None:
    make(client)
    assert refused(lambda: make(client, attach="x")) == "OUT_TRADE_NO_USED"
    assert refused(lambda: client.order.query(out_trade_no="NOSUCHORDER")) == "ORDERNOTEXIST"
    assert refused(lambda: client.refund.apply(100, 1, "R1", out_trade_no="LEGACY0001")) == "ORDERNOTEXIST"
    assert refused(lambda: client.refund.query(out_refund_no="R9")) == "REFUNDNOTEXIST"
    client.order.close("LEGACY0001")
    assert refused(lambda: client.order.close("LEGACY0001")) == "ORDERCLOSED"
    assert refused(lambda: make(client)) == "ORDERCLOSED"
    make(client, "LEGACY0005")
    pay.admin("POST", "/pay", {"out_trade_no": "LEGACY0005"})
    assert refused(lambda: make(client, "LEGACY0005")) == "ORDERPAID"
    assert refused(lambda: client.order.close("LEGACY0005")) == "ORDERPAID"
    assert refused(lambda: client.refund.apply(100, 101, "R1", out_trade_no="LEGACY0005")) == "ERROR"
    pay.pay.orders["LEGACY0005"].shares.append(SimpleNamespace(fen=50))
    assert refused(lambda: client.refund.apply(100, 51, "R1", out_trade_no="LEGACY0005")) == "NOTENOUGH"
    pay.jump(366 * DAY)
    assert refused(lambda: client.refund.apply(100, 1, "R1", out_trade_no="LEGACY0005")) == "TRADE_OVERDUE"
    assert refused(lambda: make(client, "short")) == "PARAM_ERROR"


def test_an_order_of_one_interface_is_seen_by_the_other(pay: PayRig, client: WeChatPay) -> None:
    make(client)
    assert pay.look("LEGACY0001")["trade_state"] == "NOTPAY"
    number = pay.paid()
    assert client.order.query(out_trade_no=number)["trade_state"] == "SUCCESS"
    assert client.refund.apply(10_000, 1, "R1", out_trade_no=number)["refund_id"]


def test_who_signs_wrongly_is_told_so_without_a_signature(pay: PayRig) -> None:
    with led(pay):
        wrong = WeChatPay(pay.pay.appid, "x" * 32, pay.pay.mchid)
        assert refused(lambda: make(wrong)) == "签名错误，请检查后再试"
        assert refused(lambda: make(WeChatPay("wx0", pay.pay.v2_key, pay.pay.mchid))) == "appid和mch_id不匹配"
        assert refused(lambda: make(WeChatPay(pay.pay.appid, pay.pay.v2_key, "1"))) == "MCHID不存在"
    assert not any(one.version == 2 for one in pay.pay.orders.values())


def test_hmac_is_answered_with_hmac(pay: PayRig) -> None:
    asked = {"appid": pay.pay.appid, "mch_id": pay.pay.mchid, "nonce_str": "n", "sign_type": "HMAC-SHA256"}
    asked |= {"out_trade_no": pay.paid()}
    xml = dict_to_xml(asked, legacy_wire.sign(asked, pay.pay.v2_key, "HMAC-SHA256"))
    answer = legacy_wire.parse(pay.http("POST", f"{BASE}/pay/orderquery", content=xml.encode()).content)
    assert answer is not None
    assert answer["result_code"] == "SUCCESS"
    assert answer["sign"] == legacy_wire.sign(answer, pay.pay.v2_key, "HMAC-SHA256")
    order = {"appid": pay.pay.appid, "mch_id": pay.pay.mchid, "nonce_str": "n", "sign_type": "HMAC-SHA256", "body": "b"}
    order |= {"out_trade_no": "LEGACY0009", "total_fee": "7", "trade_type": "NATIVE", "notify_url": "https://shop.test/v2"}
    xml = dict_to_xml(order, calculate_signature_hmac(order, pay.pay.v2_key))
    assert b"code_url" in pay.http("POST", f"{BASE}/pay/unifiedorder", content=xml.encode()).content
    pay.tell("wechat_pay.paid", out_trade_no="LEGACY0009")
    told = legacy_wire.parse(legacy_courier.envelope(pay.world, pay.main, pay.told[-1]).body) or {}
    assert told["sign"] == calculate_signature_hmac({**told, "sign": ""}, pay.pay.v2_key), "and so is its notice"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"", "post数据为空"),
        (BOMB, "XML格式错误"),
        (OUTSIDE, "XML格式错误"),
        (b"<xml><a>", "XML格式错误"),
        (b"\xff\xfe<xml/>", "编码格式错误"),
        (b'<?xml version="1.0" encoding="nonsense"?><xml/>', "MCHID不存在"),
        (b"<xml>" + b"<a>" * 2_000 + b"</a>" * 2_000 + b"</xml>", "XML格式错误"),
        (b"<xml><a>" + b"x" * (1 << 20) + b"</a></xml>", "XML格式错误"),
        (b"<other/>", "XML格式错误"),
        (b"<xml/>", "MCHID不存在"),
    ],
)
def test_xml_that_is_none_or_means_harm_is_refused(pay: PayRig, body: bytes, text: str) -> None:
    for path in ("/pay/unifiedorder", "/secapi/pay/refund"):
        response = pay.http("POST", BASE + path, content=body)
        assert response.status_code == 200
        assert legacy_wire.parse(response.content) == {"return_code": "FAIL", "return_msg": text}


def test_the_notice_is_signed_and_confirmed_by_xml_alone(pay: PayRig) -> None:
    good = b"<xml><return_code><![CDATA[SUCCESS]]></return_code></xml>"
    shop = Shop(200, body=b"success")
    sdk = WeChatPay(pay.pay.appid, pay.pay.v2_key, pay.pay.mchid)

    def pushes() -> None:
        from sandbox.policy import Call  # noqa: PLC0415 - a call without HTTP, as the simulation makes it

        order = {"appid": pay.pay.appid, "body": "b", "out_trade_no": "LEGACY0009", "total_fee": "7", "trade_type": "JSAPI"}
        order |= {"openid": "o1", "notify_url": shop.url}
        assert pay.world.perform(Call("wechat_pay", "wechat_pay.v2_order", "main", pay.pay.identity, 1, order)).code == "0"
        pay.tell("wechat_pay.paid", out_trade_no="LEGACY0009")

    delivered(pay, shop, pushes, until=HOUR)
    assert len(shop.came) == 7
    told = sdk.parse_payment_result(shop.came[0][1])
    assert (told["out_trade_no"], told["total_fee"], told["result_code"]) == ("LEGACY0009", 7, "SUCCESS")
    shop = Shop(200, body=good)
    order = {"out_trade_no": "LEGACY0009", "out_refund_no": "R1", "total_fee": "7", "refund_fee": "7"}

    def back() -> None:
        from sandbox.policy import Call  # noqa: PLC0415 - as above

        call = Call("wechat_pay", "wechat_pay.v2_refund", "main", pay.pay.identity, 1, {**order, "notify_url": shop.url})
        assert pay.world.perform(call).code == "0"

    pay.server.agenda._heap.clear()
    delivered(pay, shop, back, until=HOUR)
    assert len(shop.came) == 1
    read = sdk.parse_refund_notify_result(shop.came[0][1])
    assert (read["out_refund_no"], read["refund_status"], read["refund_fee"]) == ("R1", "SUCCESS", 7)
