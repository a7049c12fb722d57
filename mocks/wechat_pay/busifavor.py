"""Merchant coupons (商家券): stocks, codes of the merchant's own, coupons that are sent.

Law: upper-case states. Each request number is used once: the same request again gives the same answer and changes nothing.
"""

from __future__ import annotations

import re
from typing import Any

from mocks.desk import Desk
from mocks.http import Answer
from mocks.wechat_pay import notices
from mocks.wechat_pay.coupons import COLOURS, Kind, sent, stock_of, strange_app, strange_person, used_up
from mocks.wechat_pay.fields import NAME, Field, Payload, check, text_of, time_of, value_at
from mocks.wechat_pay.state import State, rfc3339
from mocks.wechat_pay.stocks import Coupon, Stock
from sandbox.clock import DAY
from sandbox.policy import Call

METHODS = re.compile("OFF_LINE|MINI_PROGRAMS|SELF_CONSUME|PAYMENT_CODE")
RULE, TIME = "/stock_send_rule", "/coupon_use_rule/coupon_available_time"
CREATE = (
    Field("/stock_name", "商家券批次名称", most=21),
    Field("/belong_merchant", "批次归属商户号", most=15),
    Field("/comment", "批次备注", least=0, most=20, optional=True),
    Field("/goods_name", "适用商品范围", most=15),
    Field("/stock_type", "批次类型", most=32),
    Field("/coupon_use_rule", "核销规则", "object"),
    Field(f"{TIME}/available_begin_time", "开始时间", most=32),
    Field(f"{TIME}/available_end_time", "结束时间", most=32),
    Field("/coupon_use_rule/use_method", "核销方式", most=128, shape=METHODS),
    Field("/display_pattern_info/background_color", "背景颜色", most=15, shape=COLOURS, optional=True),
    Field(RULE, "发放规则", "object"),
    Field(f"{RULE}/max_coupons", "批次最大发放个数", "whole", most=1_000_000_000, optional=True),
    Field(f"{RULE}/max_coupons_per_user", "用户最大可领个数", "whole", most=100),
    Field(f"{RULE}/max_coupons_by_day", "单天发放上限个数", "whole", most=1_000_000_000, optional=True),
    Field("/out_request_no", "商户请求单号", most=128),
    Field("/coupon_code_mode", "券code模式", most=128),
)
WORTH = {
    "NORMAL": ("fixed_normal_coupon", "discount_amount"),
    "DISCOUNT": ("discount_coupon", "discount_percent"),
    "EXCHANGE": ("exchange_coupon", "exchange_price"),
}
"""Where each type says what it is worth."""

SHOWN = ("belong_merchant", "stock_name", "comment", "goods_name", "stock_type", "coupon_use_rule", "display_pattern_info")
DATED = ("use", "return", "deactivate")
"""What was done to a coupon that a look at it tells, with number and time."""
MODES = ("WECHATPAY_MODE", "MERCHANT_API", "MERCHANT_UPLOAD")
CODE, STOCK = Field("/coupon_code", "券code", most=32), Field("/stock_id", "批次号", most=20)
SEND = (
    STOCK,
    Field("/openid", "用户openid", most=128),
    Field("/appid", "公众账号ID", most=32),
    Field("/out_request_no", "发券凭证", most=128),
    Field("/coupon_code", "券code", most=32, optional=True),
)
SEND_TIME = Field("/send_time", "请求发卡时间", most=32)
UPLOAD = (
    Field("/coupon_code_list", "券code列表", "list", most=200),
    Field("/upload_request_no", "请求业务单据号", most=128),
)


def _inconsistent(desk: Desk, state: State, asked: Payload) -> Answer | None:
    if text_of(asked, "/belong_merchant") not in (state.mchid, state.sub_mchid):
        return Answer("MCH_NOT_EXISTS")
    rule, worth = WORTH.get(text_of(asked, "/stock_type"), ("", ""))
    begins, ends = (time_of(text_of(asked, f"{TIME}/available_{end}_time")) for end in ("begin", "end"))
    if begins is None or ends is None or not begins < ends or ends <= desk.now():
        return Answer("PARAM_ERROR", text=desk.setting(NAME, "text_favor_time"))
    figures = [value_at(asked, f"/coupon_use_rule/{rule}/{name}") for name in (worth, "transaction_minimum")]
    if (
        not all(type(one) is int and one >= 0 for one in figures)
        or not figures[0]
        or text_of(asked, "/coupon_code_mode") not in MODES
    ):
        return Answer("PARAM_ERROR", text=desk.setting(NAME, "text_favor_rule"))
    return None


def _new(desk: Desk, state: State, asked: Payload) -> Stock:
    most, daily = value_at(asked, f"{RULE}/max_coupons"), value_at(asked, f"{RULE}/max_coupons_by_day")
    return Stock(
        stock_id=state.digits("busifavor", 16).lstrip("0").rjust(16, "1"),
        name=text_of(asked, "/stock_name"),
        state="RUNNING",
        created=desk.now(),
        begins=time_of(text_of(asked, f"{TIME}/available_begin_time")) or 0,
        ends=time_of(text_of(asked, f"{TIME}/available_end_time")) or 0,
        most=most if isinstance(most, int) else 1_000_000_000,
        each=value_at(asked, f"{RULE}/max_coupons_per_user"),
        asked=dict(asked),
        request=text_of(asked, "/out_request_no"),
        worth=value_at(asked, "/coupon_use_rule/fixed_normal_coupon/discount_amount") if _is_normal(asked) else 0,
        day_most=daily if isinstance(daily, int) else 0,
    )


def _is_normal(asked: Payload) -> bool:
    return text_of(asked, "/stock_type") == "NORMAL"


def state_of(stock: Stock, now: int) -> str:
    """A stock's state: one whose time is over has stopped."""
    return "STOPED" if now >= stock.ends else stock.state


def show(desk: Desk, state: State, call: Call) -> Answer:
    """One stock, with what was sent of it."""
    stock = stock_of(desk, BUSIFAVOR, state, call.payload)
    if isinstance(stock, Answer):
        return stock
    now = desk.now()
    sent = {"total_send_num": len(stock.coupons), "total_send_amount": len(stock.coupons) * stock.worth}
    today = {"today_send_num": stock.today(now), "today_send_amount": stock.today(now) * stock.worth}
    shown = {name: value for name, value in stock.asked.items() if name not in ("out_request_no", "stock_id")}
    counted = {"total_count": len(stock.known_codes), "available_count": len(stock.codes)}
    body = {
        **shown,
        "stock_id": stock.stock_id,
        "stock_state": state_of(stock, now),
        "send_count_information": {**sent, **today},
    }
    return desk.ask(call) or Answer("0", {**body, "coupon_code_count": counted})


def upload(desk: Desk, state: State, call: Call) -> Answer:
    """Codes of the merchant's own, for coupons to come; each is taken once."""
    asked = call.payload
    stock = stock_of(desk, BUSIFAVOR, state, asked)
    if bad := check(desk, UPLOAD, asked):
        return bad
    if isinstance(stock, Answer):
        return stock
    if text_of(stock.asked, "/coupon_code_mode") != "MERCHANT_UPLOAD":
        return Answer("INVALID_REQUEST", text=desk.setting(NAME, "text_favor_rule"))
    if refused := desk.ask(call):
        return refused
    given = [one for one in value_at(asked, "/coupon_code_list") if isinstance(one, str)]
    wrong = [one for one in dict.fromkeys(given) if not 0 < len(one) <= CODE.most]
    new = [one for one in dict.fromkeys(given) if one not in wrong and one not in stock.known_codes]
    exist = [one for one in dict.fromkeys(given) if one in stock.known_codes]
    stock.codes += new
    stock.known_codes |= set(new)
    failed = [
        {"coupon_code": one, "code": "LENGTH_LIMIT", "message": desk.setting(NAME, "text_code_length")} for one in wrong
    ]
    counts = {"total_count": len(given), "success_count": len(new), "fail_count": len(wrong)}
    rows = {"success_codes": new, "fail_codes": failed, "exist_codes": exist, "success_time": rfc3339(desk.now())}
    doubled = sorted({one for one in given if given.count(one) > 1})
    return Answer("0", {"stock_id": stock.stock_id, **counts, **rows, "duplicate_codes": doubled})


def send(desk: Desk, state: State, call: Call) -> Answer:
    """A coupon for somebody."""
    code = _sent(desk, state, call)
    if isinstance(code, Answer):
        return code
    told = {name: text_of(call.payload, f"/{name}") for name in ("stock_id", "out_request_no")}
    return Answer("0", {"send_coupon_result": {**told, "coupon_code": code}})


def send_card(desk: Desk, state: State, call: Call) -> Answer:
    """The card of a stock for somebody; a card has the number of the stock that it stands for."""
    asked = {**call.payload, "stock_id": call.payload["card_id"]}
    code = check(desk, (SEND_TIME,), asked) or _sent(desk, state, call._replace(payload=asked))
    return code if isinstance(code, Answer) else Answer("0", {"card_code": code})


def _sent(desk: Desk, state: State, call: Call) -> str | Answer:
    asked = call.payload
    if bad := check(desk, SEND, asked) or strange_app(desk, state, asked) or strange_person(desk, state, asked):
        return bad
    stock = stock_of(desk, BUSIFAVOR, state, asked)
    if isinstance(stock, Answer):
        return stock
    return sent(desk, call, stock, lambda: _unsendable(desk, stock, asked), lambda: _hand_out(desk, state, stock, asked))


def _unsendable(desk: Desk, stock: Stock, asked: Payload) -> Answer | None:
    now, mode = desk.now(), text_of(stock.asked, "/coupon_code_mode")
    if state_of(stock, now) != "RUNNING":
        return Answer("REQUEST_BLOCKED", text=desk.setting(NAME, "text_favor_inactive"))
    if mode == "MERCHANT_UPLOAD" and not stock.codes:
        return Answer("NOT_ENOUGH", text=desk.setting(NAME, "text_favor_budget"))
    code = text_of(asked, "/coupon_code")
    if mode == "MERCHANT_API" and (not code or code in stock.coupons):
        return Answer("PARAM_ERROR", text=desk.setting(NAME, "text_code"))
    return used_up(desk, stock, text_of(asked, "/openid"), now)


def _hand_out(desk: Desk, state: State, stock: Stock, asked: Payload) -> str:
    now, mode = desk.now(), text_of(stock.asked, "/coupon_code_mode")
    code = text_of(asked, "/coupon_code") if mode == "MERCHANT_API" else ""
    code = stock.codes.pop(0) if mode == "MERCHANT_UPLOAD" else code or state.digits("code", 18)
    days, wait = (
        value_at(stock.asked, f"{TIME}/{name}") for name in ("available_day_after_receive", "wait_days_after_receive")
    )
    begins = max(stock.begins, now + (wait * DAY if type(wait) is int else 0))
    ends = min(stock.ends, begins + days * DAY) if type(days) is int else stock.ends
    openid, request = text_of(asked, "/openid"), text_of(asked, "/out_request_no")
    stock.hand_out(Coupon(code, stock.stock_id, openid, now, begins, ends, request))
    told = {"event_type": "EVENT_TYPE_BUSICOUPON_SEND", "coupon_code": code, "stock_id": stock.stock_id, "openid": openid}
    told |= {"send_time": rfc3339(now), "send_channel": "BUSICOUPON_SEND_CHANNEL_API", "send_merchant": state.mchid}
    notices.tell(desk, state, "COUPON.SEND", state.callbacks.get("busifavor", ""), told)
    return code


def shown(stock: Stock, one: Coupon, state: State, now: int) -> dict[str, Any]:
    """A coupon, as its merchant sees it."""
    del state
    body = {name: stock.asked[name] for name in SHOWN if name in stock.asked}
    body |= {"coupon_code": one.coupon_id, "stock_id": stock.stock_id, "coupon_state": one.status(now)}
    times = {"available_start_time": one.begins, "expire_time": one.ends, "receive_time": one.sent}
    body |= {name: rfc3339(at) for name, at in times.items()} | {"send_request_no": one.request}
    body |= {"associate_out_trade_no": one.order} if one.order else {}
    body |= {"deactivate_reason": one.reason} if one.reason else {}
    for number, (name, at) in one.requests.items():
        body |= {f"{name}_request_no": number, f"{name}_time": rfc3339(at)} if name in DATED else {}
    return body


def _among(stock: Stock, state: State, asked: Payload) -> bool:
    """Is a stock made and sent by those who are named, and the one's whom it is said to belong to?"""
    ours = all(text_of(asked, f"/{who}_merchant") in ("", state.mchid) for who in ("creator", "sender"))
    return ours and text_of(asked, "/belong_merchant") in ("", text_of(stock.asked, "/belong_merchant"))


BUSIFAVOR = Kind("busifavor", CREATE, _inconsistent, _new, shown, "/coupon_code", "/coupon_state", 50, _among)
"""Merchant coupons among kinds of coupons."""
