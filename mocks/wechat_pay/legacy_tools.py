"""The rest of the legacy interface: scanned codes, bills as text, short links, cash coupons.

Law: a translation, as in `legacy`. A bill is answered as the file itself; why there is none is said in `return_msg`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.wechat_pay import bills, favor, lookups, orders
from mocks.wechat_pay.coupons import held, stock_of
from mocks.wechat_pay.fields import NAME, Action
from mocks.wechat_pay.legacy import goods, order_of, said
from mocks.wechat_pay.legacy_views import paid_fields, stamp
from mocks.wechat_pay.state import State
from sandbox.policy import Call

Asked = Mapping[str, str]


def micropay(desk: Desk, state: State, call: Call) -> Answer:
    """A cashier scans the buyer's code."""
    asked: Asked = call.payload
    if missing := next((one for one in ("body", "out_trade_no", "total_fee", "auth_code") if not asked.get(one)), None):
        return Answer("LACK_PARAMS", text=f"{missing}参数缺失")
    payload = {**goods(state, asked), "payer": {"auth_code": asked["auth_code"]}}
    answer = orders.codepay(partner=False)(desk, state, call._replace(action="wechat_pay.pay_codepay", payload=payload))
    if answer.code != "0":
        return said(answer)
    order = state.orders[asked["out_trade_no"]]
    order.version = 2
    return Answer("0", paid_fields(order))


def reverse(desk: Desk, state: State, call: Call) -> Answer:
    """Take a scanned payment back, by either number."""
    order = order_of(state, call.payload)
    if order is None:
        return Answer("ORDERNOTEXIST")
    payload = {"mchid": state.mchid, "appid": state.appid, "out_trade_no": order.out_trade_no}
    answer = lookups.reverse(partner=False)(desk, state, call._replace(action="wechat_pay.order_reverse", payload=payload))
    return Answer("0", {"recall": "N"}) if answer.code == "0" else said(answer)


BILLS: Final = {"trade": bills.trade_bill, "fund": bills.fund_flow_bill}
UNTOLD: Final = {
    "NO_STATEMENT_EXIST": "No Bill Exist",
    "STATEMENT_CREATING": "Bill Creating",
    "PARAM_ERROR": "invalid bill_type",
}
"""What v2 says, in `return_msg`, of a bill that is not there."""


def bill(kind: str) -> Action:
    """The action that answers with a bill of a day: of trades, or of the flow of money."""

    def act(desk: Desk, state: State, call: Call) -> Answer:
        asked: Asked = call.payload
        if kind == "fund" and asked.get("sign_type") != "HMAC-SHA256":
            return Answer("SIGNERROR")
        day = asked.get("bill_date", "")
        payload = {"bill_date": f"{day[:4]}-{day[4:6]}-{day[6:]}", "tar_type": asked.get("tar_type", "")}
        payload |= {"bill_type": asked.get("bill_type", "ALL"), "account_type": asked.get("account_type", "BASIC").upper()}
        answer = BILLS[kind](desk, state, call._replace(payload=payload))
        if answer.code != "0":
            return Answer(answer.code, {"return_msg": UNTOLD.get(answer.code, "")}, answer.text, answer.verdict)
        return Answer("0", {"file": state.files[answer.body["download_url"].partition("token=")[2]]})

    return act


def trial_key(desk: Desk, state: State, call: Call) -> Answer:
    """The key that the trial paths are signed with."""
    return desk.ask(call) or Answer("0", {"sandbox_signkey": state.trial_key})


def short_url(desk: Desk, state: State, call: Call) -> Answer:
    """A short link for a long one, the same for the same."""
    link = call.payload.get("long_url", "")
    if not link.startswith("weixin://wxpay/"):
        return Answer("LACK_PARAMS" if not link else "PARAM_ERROR")
    return desk.ask(call) or Answer("0", {"short_url": f"weixin://wxpay/s/{state.derived(link)[:6]}"})


def openid_of_code(desk: Desk, state: State, call: Call) -> Answer:
    """Who the person is that shows a code: the one who would pay with it."""
    code = call.payload.get("auth_code", "")
    if not (code.isascii() and code.isdigit() and len(code) >= 18 and 10 <= int(code[:2]) <= 15):
        return Answer("AUTH_CODE_INVALID")
    return desk.ask(call) or Answer("0", {"openid": state.openids[int(code[-4:]) % len(state.openids)]})


def send_coupon(desk: Desk, state: State, call: Call) -> Answer:
    """A cash coupon for somebody."""
    asked: Asked = call.payload
    payload = {"stock_id": asked.get("coupon_stock_id", ""), "openid": asked.get("openid", ""), "appid": asked["appid"]}
    payload |= {"out_request_no": asked.get("partner_trade_no", ""), "stock_creator_mchid": state.mchid}
    answer = favor.send(desk, state, call._replace(action="wechat_pay.favor_send", payload=payload))
    if answer.code != "0":
        used_up = answer.code == "RULE_LIMIT"
        return Answer("USER_AL_GET_COUPON", text=desk.setting(NAME, "text_al_get_coupon")) if used_up else said(answer)
    counts = {"resp_count": "1", "success_count": "1", "failed_count": "0", "ret_code": "SUCCESS", "ret_msg": ""}
    return Answer("0", {"coupon_stock_id": payload["stock_id"], "openid": payload["openid"], **counts, **answer.body})


STOCK_STATES: Final = {"unactivated": "1", "audit": "2", "running": "4", "stoped": "8", "paused": "16"}


def query_stock(desk: Desk, state: State, call: Call) -> Answer:
    """A stock of cash coupons."""
    stock = stock_of(desk, favor.FAVOR, state, {"stock_id": call.payload.get("coupon_stock_id", "")})
    if isinstance(stock, Answer):
        return said(stock)
    if refused := desk.ask(call):
        return refused
    body = {"coupon_stock_id": stock.stock_id, "coupon_name": stock.name, "coupon_value": stock.worth}
    body |= {"coupon_mininumn": stock.minimum, "coupon_stock_status": STOCK_STATES[favor.state_of(stock, desk.now())]}
    body |= {"coupon_total": stock.most, "max_quota": stock.each, "is_send_num": len(stock.coupons)}
    times = {"begin_time": stock.begins, "end_time": stock.ends, "create_time": stock.created}
    return Answer("0", {name: str(value) for name, value in body.items()} | {name: stamp(at) for name, at in times.items()})


def query_coupon(desk: Desk, state: State, call: Call) -> Answer:
    """A cash coupon of somebody."""
    asked: Asked = call.payload
    found = held(favor.FAVOR, state, {"coupon_id": asked.get("coupon_id", ""), "stock_id": asked.get("stock_id", "")})
    if found is None or found[1].openid != asked.get("openid"):
        return Answer("ORDERNOTEXIST", text=desk.setting(NAME, "text_no_coupon"))
    if refused := desk.ask(call):
        return refused
    (stock, one), now = found, desk.now()
    body = {"coupon_stock_id": stock.stock_id, "coupon_id": one.coupon_id, "coupon_name": stock.name}
    body |= {"coupon_value": str(stock.worth), "coupon_mininum": str(stock.minimum), "coupon_state": one.status(now)}
    return Answer("0", body | {"begin_time": stamp(one.begins), "end_time": stamp(one.ends), "send_time": stamp(one.sent)})
