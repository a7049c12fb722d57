"""A good request for the WeChat Pay interfaces that are asked most: what is broken, one thing at a time, elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.mocks.pay_rig import PayRig
from tests.mocks.test_pay_coupons import BUSIFAVOR, busifavor, favor, given, send, stock
from tests.mocks.test_pay_orders import together

NOW, LATER = "2026-03-02T10:00:00+08:00", "2026-03-03T10:00:00+08:00"
GOODS = {"cost_price": 1, "invoice_id": "1", "goods_detail": [{"merchant_goods_id": "1", "quantity": 1, "unit_price": 1}]}
SCENE = {"payer_client_ip": "1.2.3.4", "device_id": "till", "store_info": {"id": "1"}, "h5_info": {"type": "Wap"}}


def good_pay(pay: PayRig) -> dict[str, dict[str, Any]]:
    """The payload of a good request, by action."""
    state, openid = pay.pay, pay.pay.openids[0]
    number, sold = pay.paid(), pay.paid(settle_info={"profit_sharing": True})
    ours, (theirs, code) = stock(pay, "start"), given(pay)
    uploaded = pay.said("POST", f"{BUSIFAVOR}/stocks", busifavor(pay, coupon_code_mode="MERCHANT_UPLOAD"))["stock_id"]
    coupon_id = send(pay, ours)["coupon_id"]
    asked = {"detail": GOODS, "scene_info": SCENE, "time_expire": LATER, "settle_info": {"profit_sharing": False}}
    provider = {"sp_appid": state.appid, "sp_mchid": state.mchid, "sub_mchid": state.sub_mchid, "sub_appid": "wx1"}
    amount = {"refund": 1, "total": 10_000, "currency": "CNY", "from": [{"account": "AVAILABLE", "amount": 1}]}
    receivers = [{"type": "MERCHANT_ID", "account": "1900000109", "amount": 1, "description": "d"}]
    transaction = {"appid": state.appid, "transaction_id": state.orders[sold].transaction_id}
    paged = {"offset": "0", "limit": "5"}
    merchants = dict.fromkeys(("creator_mchid", "sender_mchid", "available_mchid"), state.mchid)
    used, (third, void) = {"coupon_code": code, "stock_id": theirs}, given(pay)
    return {
        **{f"pay_{kind}": pay.order(**asked) for kind in ("jsapi", "app", "native", "h5")},
        "partner_jsapi": pay.order(**asked, **provider, appid=None, mchid=None, payer={"sp_openid": openid}),
        "pay_codepay": pay.order(payer={"auth_code": "130061098828009406"}),
        "combined_h5": together(pay, scene_info=SCENE, time_expire=LATER),
        "refund": {
            "out_trade_no": number,
            "out_refund_no": f"R{next(pay.numbers)}",
            "amount": amount,
            "funds_account": "AVAILABLE",
        },
        "sharing": {
            **transaction,
            "out_order_no": f"S{next(pay.numbers)}",
            "receivers": receivers,
            "unfreeze_unsplit": False,
        },
        "trade_bill": {"bill_date": "2026-03-01", "bill_type": "ALL", "tar_type": "GZIP"},
        "favor_create": favor(pay, pattern_info={"description": "x", "background_color": "COLOR010"}),
        "favor_stocks": {**paged, "stock_creator_mchid": state.mchid, "create_start_time": NOW, "create_end_time": LATER},
        "favor_send": {"stock_id": ours, "out_request_no": "Q1", "openid": "o2", **_maker(pay)},
        "favor_of_user": {**paged, **merchants, "openid": "o1", "appid": state.appid, "status": "SENDED"},
        "favor_coupon": {"openid": "o1", "coupon_id": coupon_id, "appid": state.appid},
        "busifavor_create": busifavor(pay, display_pattern_info={"background_color": "Color010"}),
        "busifavor_modify": {
            "stock_id": theirs,
            "out_request_no": "M1",
            "comment": "x",
            "coupon_use_rule": {"use_method": "OFF_LINE"},
            "stock_send_rule": {"natural_person_limit": True},
        },
        "busifavor_budget": {
            "stock_id": theirs,
            "modify_budget_request_no": "B1",
            "target_max_coupons": 9,
            "current_max_coupons": 3,
        },
        "busifavor_codes": {"stock_id": uploaded, "coupon_code_list": ["c1"], "upload_request_no": "U1"},
        "busifavor_send": {"stock_id": theirs, "openid": "o2", "appid": state.appid, "out_request_no": "H1"},
        "busifavor_use": {**used, "appid": state.appid, "use_time": NOW, "use_request_no": "V1", "openid": "o1"},
        "busifavor_deactivate": {
            "coupon_code": void,
            "stock_id": third,
            "deactivate_request_no": "D1",
            "deactivate_reason": "x",
        },
    }


def _maker(pay: PayRig) -> dict[str, str]:
    return {"appid": pay.pay.appid, "stock_creator_mchid": pay.pay.mchid}


def changed(content: Any, value: Any) -> Iterator[Any]:
    """The content with each of its places in turn replaced by a value."""
    inner = content.items() if isinstance(content, dict) else enumerate(content) if isinstance(content, list) else ()
    for name, part in inner:
        for other in (value, *changed(part, value)):
            yield {**content, name: other} if isinstance(content, dict) else [*content[:name], other, *content[name + 1 :]]
