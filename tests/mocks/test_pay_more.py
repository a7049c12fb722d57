"""Uploads, abnormal refunds, files of coupons, changed stocks and subsidies at WeChat Pay; and whose account is settled to."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mocks.wechat_pay.wire import conceal
from tests.mocks.pay_rig import REFUNDS, PayRig, led, sdk
from tests.mocks.rig import MINUTE
from tests.mocks.test_pay_coupons import BUSIFAVOR, FAVOR, given, stock, use
from tests.mocks.test_pay_coupons import send as send_favor

PNG = b"\x89PNG\r\n\x1a\n" + b"--picture\r\n" * 9


@pytest.fixture
def pay() -> Iterator[PayRig]:
    one = PayRig()
    yield one
    one.close()


def test_the_sdk_uploads_a_picture_and_a_film(pay: PayRig, tmp_path: Path) -> None:
    """The SDK names no boundary in its Content-Type, and signs the text of `meta` alone."""
    with led(pay):
        client = sdk(pay)
        for name, upload in (("logo.png", client.image_upload), ("film.mp4", client.video_upload)):
            path = tmp_path / name
            path.write_bytes(PNG)
            code, text = upload(str(path))
            assert (code, len(json.loads(text)["media_id"])) == (200, 32)


def upload(pay: PayRig, at: str, name: str, content: bytes, meta: Any = None, signed: str = "") -> Any:
    """What is answered to an upload, made by hand."""
    text = json.dumps(meta or {"filename": name, "sha256": hashlib.sha256(content).hexdigest()})
    parts = [f'Content-Disposition: form-data; name="meta"\r\nContent-Type: application/json\r\n\r\n{text}\r\n'.encode()]
    parts += [f'Content-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode() + content + b"\r\n"]
    body = b"".join(b"--edge\r\n" + part for part in parts) + b"--edge--\r\n"
    head = pay.head("POST", at, signed or text) | {"Content-Type": "multipart/form-data; boundary=edge"}
    return pay.http("POST", f"https://api.mch.weixin.qq.com{at}", content=body, headers=head)


def test_an_upload_is_what_it_says_it_is(pay: PayRig) -> None:
    at = f"{FAVOR}/media/image-upload"
    assert upload(pay, at, "a.PNG", PNG).json()["media_url"].startswith("https://wxpaylogo.qpic.cn/wxpaylogo/")
    bad = [("a.gif", PNG, None), ("a.png", b"", None), ("a.png", b"x" * (2 << 20 | 1), None)]
    bad += [("a.png", PNG, {"filename": "a.png", "sha256": "0" * 64}), ("a.png", PNG, {"filename": "a.png"})]
    for name, content, meta in bad:
        said = upload(pay, at, name, content, meta)
        assert (said.status_code, said.json()["code"]) == (400, "PARAM_ERROR"), name
    assert upload(pay, at, "a.png", PNG, signed="{}").json()["code"] == "SIGN_ERROR"
    assert pay.said("POST", at, {})["code"] == "INVALID_REQUEST"


def test_an_abnormal_refund_goes_to_a_bank_card_and_is_told_again(pay: PayRig) -> None:
    number = pay.paid()
    refund = pay.refund(number, 1_000, "BACK1", notify_url="https://shop.test/back")
    at = f"{REFUNDS}/{refund['refund_id']}/apply-abnormal-refund"
    assert pay.said("POST", at, {"out_refund_no": "BACK1", "type": "MERCHANT_BANK_CARD"})["code"] == "INVALID_REQUEST"
    assert pay.tell("wechat_pay.refund_ends", out_refund_no="BACK1", status="ABNORMAL")["code"] == "0"
    pay.jump(MINUTE)
    card = {"bank_type": "ICBC_DEBIT", "bank_account": "plain", "real_name": "plain"}
    user = {"out_refund_no": "BACK1", "type": "USER_BANK_CARD"}
    assert pay.said("POST", at, user)["code"] == "PARAM_ERROR"
    assert pay.said("POST", at, {**user, **card})["detail"]["field"] == "/bank_account"
    key = pay.pay.keys.readers("")[0].public_key()
    hidden = {name: conceal(key, "6225 张三") for name in ("bank_account", "real_name")}
    said = pay.said("POST", at, {**user, **card, **hidden})
    assert (said["status"], said["channel"]) == ("PROCESSING", "OTHER_BANKCARD")
    pay.jump(MINUTE)
    assert pay.said("GET", f"{REFUNDS}/BACK1")["status"] == "SUCCESS"
    events = [push.body["event_type"] for push in pay.told]
    assert events[-2:] == ["REFUND.ABNORMAL", "REFUND.SUCCESS"]
    with led(pay):
        assert sdk(pay).abnormal_refund("5030", "BACK1", "MERCHANT_BANK_CARD")[0] == 404


def test_where_and_for_what_a_cash_coupon_is_good_and_the_files_of_its_uses(pay: PayRig) -> None:
    rule = {
        "fixed_normal_coupon": {"coupon_amount": 1_000, "transaction_minimum": 10_000},
        "available_merchants": ["1", "2", pay.pay.mchid],
        "available_items": ["sku1"],
    }
    stock_id = stock(pay, "start", coupon_use_rule=rule)
    send_favor(pay, stock_id, pay.pay.openids[0])
    number = pay.paid()
    pay.refund(number, 5_000)
    with led(pay):
        client = sdk(pay)
        merchants = json.loads(client.marketing_favor_stock_merchant(pay.pay.mchid, stock_id, 1, 2)[1])
        assert (merchants["total_count"], merchants["data"]) == (3, [pay.pay.mchid])
        assert json.loads(client.marketing_favor_stock_item(pay.pay.mchid, stock_id)[1])["data"] == ["sku1"]
        used = json.loads(client.marketing_favor_use_flow(stock_id)[1])
        back = json.loads(client.marketing_favor_refund_flow(stock_id)[1])
    for one, figure in ((used, "`10.00"), (back, "`5.00")):
        target = one["url"].removeprefix("https://api.mch.weixin.qq.com")
        file = pay.http("GET", one["url"], headers=pay.head("GET", target)).content
        assert hashlib.sha1(file).hexdigest() == one["hash_value"]  # noqa: S324 - the vendor's choice
        assert file.decode().splitlines()[1].split(",")[3] == figure
    assert pay.said("GET", f"{FAVOR}/stocks/0/use-flow")["http"] == 404


def test_the_sdk_changes_a_stock_of_merchant_coupons_and_links_a_coupon_to_an_order(pay: PayRig) -> None:
    stock_id, code = given(pay)
    with led(pay):
        client = sdk(pay)
        assert client.marketing_busifavor_stock_modify(stock_id, "M1", comment="新备注", coupon_use_rule={"use_method": "OFF_LINE", "fixed_normal_coupon": {}})[0] == 204  # fmt: skip
        shown = json.loads(client.marketing_busifavor_stock_query(stock_id)[1])
        assert (shown["comment"], shown["coupon_use_rule"]["fixed_normal_coupon"]["discount_amount"]) == ("新备注", 500)
        code_, text = client.marketing_busifavor_stock_budget(stock_id, "B1", 5, current_max_coupons=3)
        assert (code_, json.loads(text)["max_coupons"]) == (200, 5)
        assert client.marketing_busifavor_stock_budget(stock_id, "B1", 5, current_max_coupons=3)[0] == 200
        assert client.marketing_busifavor_stock_budget(stock_id, "B1", 6)[0] == 400
        assert client.marketing_busifavor_stock_budget(stock_id, "B2", 9, current_max_coupons=3)[0] == 400
        assert client.marketing_busifavor_coupon_associate(stock_id, code, "ORDER1", "A1")[0] == 200
        assert client.marketing_busifavor_coupon_associate(stock_id, code, "ORDER2", "A2")[0] == 400
        assert json.loads(client.marketing_busifavor_coupon_detail(code, "o1")[1])["associate_out_trade_no"] == "ORDER1"
        assert client.marketing_busifavor_coupon_disassociate(stock_id, code, "ORDER2", "D1")[0] == 400
        assert client.marketing_busifavor_coupon_disassociate(stock_id, code, "ORDER1", "D1")[0] == 200
    body = {"appid": pay.pay.appid, "openid": "o2", "out_request_no": "CARD1", "send_time": "2026-03-02T10:00:00+08:00"}
    card = pay.said("POST", f"{BUSIFAVOR}/coupons/{stock_id}/send", body)["card_code"]
    assert pay.pay.busifavor[stock_id].coupons[card].openid == "o2"


def test_a_subsidy_is_paid_once_for_a_used_coupon_and_given_back_with_a_refund(pay: PayRig) -> None:
    stock_id, code = given(pay)
    number = pay.paid()
    transaction = pay.pay.orders[number].transaction_id
    ours = {"payer_merchant": pay.pay.mchid, "payee_merchant": pay.pay.sub_mchid, "description": "补差"}
    body = {"stock_id": stock_id, "coupon_code": code, "transaction_id": transaction, **ours, "amount": 500}
    at = f"{BUSIFAVOR}/subsidy/pay-receipts"
    assert pay.said("POST", at, {**body, "out_subsidy_no": "S1"})["code"] == "INVALID_REQUEST"
    use(pay, code)
    with led(pay):
        client = sdk(pay)
        paid = json.loads(client.marketing_busifavor_subsidy_pay(**body, out_subsidy_no="S1")[1])
        assert json.loads(client.marketing_busifavor_subsidy_query(paid["subsidy_receipt_id"])[1]) == paid
    assert pay.said("POST", at, {**body, "out_subsidy_no": "S1"}) == {"http": 200, **paid}
    assert pay.said("POST", at, {**body, "amount": 1, "out_subsidy_no": "S1"})["code"] == "RESOURCE_ALREADY_EXISTS"
    assert pay.said("POST", at, {**body, "amount": 9_501, "out_subsidy_no": "S2"})["code"] == "NOT_ENOUGH"
    assert pay.said("POST", at, {**body, "payer_merchant": "1", "out_subsidy_no": "S2"})["code"] == "MCH_NOT_EXISTS"
    back = f"{BUSIFAVOR}/subsidy/return-receipts"
    given_back = {**body, "refund_id": "none", "out_subsidy_return_no": "T1"}
    assert pay.said("POST", back, given_back)["code"] == "RESOURCE_NOT_EXISTS"
    given_back["refund_id"] = pay.refund(number, 5_000)["refund_id"]
    made = pay.said("POST", back, given_back)
    assert (made["status"], made["subsidy_receipt_id"]) == ("SUCCESS", paid["subsidy_receipt_id"])
    assert pay.said("POST", back, {**given_back, "out_subsidy_return_no": "T2"})["code"] == "NOT_ENOUGH"
    query = f"?stock_id={stock_id}&coupon_code={code}"
    assert [
        len(pay.said("GET", at + query)["pay_receipt_list"]),
        len(pay.said("GET", back + query)["return_receipt_list"]),
    ] == [1, 1]
    assert pay.said("GET", f"{back}/{made['subsidy_return_receipt_id']}")["amount"] == 500
    assert pay.said("GET", f"{back}/{paid['subsidy_receipt_id']}")["http"] == 404


def test_an_enterprise_settles_to_a_corporate_account_only(pay: PayRig) -> None:
    """V25: an individual shop may settle to a personal bank card, and may not become an enterprise with it."""
    assert pay.tell("wechat_pay.terms", settles_to="personal")["code"] == "INVALID_REQUEST"
    assert pay.pay.terms.settles_to == "corporate"
    assert pay.tell("wechat_pay.terms", shop="individual", settles_to="personal")["code"] == "0"
    assert pay.tell("wechat_pay.terms", shop="enterprise")["code"] == "INVALID_REQUEST"
    assert pay.tell("wechat_pay.terms", shop="enterprise", settles_to="corporate")["code"] == "0"
