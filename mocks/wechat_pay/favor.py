"""Cash coupons (代金券): stocks that are made, started, paused, restarted, stopped; coupons that are sent and looked at.

Law: the vendor's own spelling (`stoped`, lower case). The same `out_request_no` is the same stock, or the same coupon.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.wechat_pay.coupons import COLOURS, Kind, page_of, sent, stock_of, strange_app, strange_person, used_up
from mocks.wechat_pay.fields import NAME, Action, Field, Payload, check, text_of, time_of, value_at
from mocks.wechat_pay.money import midnight
from mocks.wechat_pay.state import State, rfc3339
from mocks.wechat_pay.stocks import Coupon, Stock
from sandbox.policy import Call

NAMED: Final = re.compile("(?:[^_,;|一-鿿]*[一-鿿]){0,9}[^_,;|一-鿿]*")
"""A stock's name: nine Chinese characters at most, and none of the four that the vendor keeps for itself."""

REQUEST: Final = re.compile(r"[0-9A-Za-z|_*-]+")
TRADES: Final = frozenset({"MICROAPP", "APPPAY", "PPAY", "CARD", "FACE", "OTHER"})
RULE = "/stock_use_rule"
NUMBER = "/coupon_use_rule/fixed_normal_coupon"
CREATE = (
    Field("/stock_name", "批次名称", most=20, shape=NAMED),
    Field("/comment", "批次备注", least=0, most=60, optional=True),
    Field("/belong_merchant", "归属商户号", least=8, most=15),
    Field("/available_begin_time", "可用时间-开始时间", most=32),
    Field("/available_end_time", "可用时间-结束时间", most=32),
    Field(f"{RULE}/max_coupons", "发放总上限", "whole", most=1_000_000_000),
    Field(f"{RULE}/max_amount", "总预算", "whole", most=1 << 53),
    Field(f"{RULE}/max_amount_by_day", "单天预算发放上限", "whole", most=1 << 53, optional=True),
    Field(f"{RULE}/max_coupons_per_user", "单个用户可领个数", "whole", most=60),
    Field(f"{RULE}/natural_person_limit", "是否开启自然人限制", "flag"),
    Field(f"{RULE}/prevent_api_abuse", "api发券防刷", "flag"),
    Field("/coupon_use_rule", "核销规则", "object"),
    Field(f"{NUMBER}/coupon_amount", "面额", "whole", most=100_000_000),
    Field(f"{NUMBER}/transaction_minimum", "门槛", "whole", most=1 << 53),
    Field("/coupon_use_rule/available_merchants", "可核销商户号", "list", most=50),
    Field("/coupon_use_rule/trade_type", "支付方式", "list", most=6, optional=True),
    Field("/pattern_info/background_color", "背景色", most=15, shape=COLOURS, optional=True),
    Field("/no_cash", "营销经费", "flag", optional=True),
    Field("/stock_type", "批次类型", most=16),
    Field("/out_request_no", "商户单据号", most=128, shape=REQUEST),
)
CREATOR = Field("/stock_creator_mchid", "创建批次的商户号", least=8, most=20)
SEND = (
    Field("/stock_id", "批次号", most=20),
    Field("/out_request_no", "商户单据号", most=128, shape=REQUEST),
    Field("/appid", "公众账号ID", most=128),
    Field("/stock_creator_mchid", "创建批次的商户号", most=20),
    Field("/openid", "用户openid", most=128, where="uri_template"),
)
RULED: Final = (
    "max_coupons",
    "max_amount",
    "max_coupons_per_user",
    "max_amount_by_day",
    "goods_tag",
    "trade_type",
    "combine_use",
)
"""What of its rules a stock shows."""

MOVES: Mapping[str, tuple[tuple[str, ...], str, str]] = {
    "start": (("unactivated",), "running", "start_time"),
    "pause": (("running",), "paused", "pause_time"),
    "restart": (("paused",), "running", "restart_time"),
    "stop": (("unactivated", "running", "paused"), "stoped", "stop_time"),
}
"""What can be done with a stock: from which states, to which, and what the answer calls the moment."""


def _inconsistent(desk: Desk, state: State, asked: Payload) -> Answer | None:
    if text_of(asked, "/belong_merchant") not in (state.mchid, state.sub_mchid):
        return Answer("MCH_NOT_EXISTS")
    begins, ends = time_of(text_of(asked, "/available_begin_time")), time_of(text_of(asked, "/available_end_time"))
    ahead, span = desk.setting(NAME, "favor_begins_within"), desk.setting(NAME, "favor_span")
    now = desk.now()
    if begins is None or ends is None or not now < ends or not begins < ends <= begins + span:
        return Answer("PARAM_ERROR", text=desk.setting(NAME, "text_favor_time"))
    if not midnight(now) <= begins <= now + ahead:
        return Answer("PARAM_ERROR", text=desk.setting(NAME, "text_favor_time"))
    fen, count = value_at(asked, f"{NUMBER}/coupon_amount"), value_at(asked, f"{RULE}/max_coupons")
    trades = value_at(asked, "/coupon_use_rule/trade_type")
    strange = isinstance(trades, list) and not all(isinstance(one, str) and one in TRADES for one in trades)
    if value_at(asked, f"{RULE}/max_amount") != fen * count or text_of(asked, "/stock_type") != "NORMAL" or strange:
        return Answer("INVALID_REQUEST", text=desk.setting(NAME, "text_favor_rule"))
    return None


def _new(desk: Desk, state: State, asked: Payload) -> Stock:
    fen, daily = value_at(asked, f"{NUMBER}/coupon_amount"), value_at(asked, f"{RULE}/max_amount_by_day")
    return Stock(
        stock_id=state.digits("favor", 8).lstrip("0").rjust(8, "9"),
        name=text_of(asked, "/stock_name"),
        state="unactivated",
        created=desk.now(),
        begins=time_of(text_of(asked, "/available_begin_time")) or 0,
        ends=time_of(text_of(asked, "/available_end_time")) or 0,
        most=value_at(asked, f"{RULE}/max_coupons"),
        each=value_at(asked, f"{RULE}/max_coupons_per_user"),
        asked=dict(asked),
        request=text_of(asked, "/out_request_no"),
        worth=fen,
        minimum=value_at(asked, f"{NUMBER}/transaction_minimum"),
        day_most=daily // fen if isinstance(daily, int) else 0,
    )


def state_of(stock: Stock, now: int) -> str:
    """A stock's state: one whose time is over has stopped."""
    return "stoped" if now >= stock.ends else stock.state


def move(name: str) -> Action:
    """The action that starts, pauses, restarts or stops a stock."""
    before, after, moment = MOVES[name]

    def act(desk: Desk, state: State, call: Call) -> Answer:
        stock = stock_asked(desk, state, call.payload)
        if isinstance(stock, Answer):
            return stock
        now = desk.now()
        if state_of(stock, now) not in before:
            return Answer("PARAM_ERROR", text=desk.setting(NAME, "text_favor_state"))
        if refused := desk.ask(call):
            return refused
        stock.state = after
        stock.started = now if name == "start" else stock.started
        stock.stopped = now if name == "stop" else stock.stopped
        also = {"start_time": rfc3339(now)} if name in ("pause", "restart") else {}
        return Answer("0", {moment: rfc3339(now), **also, "stock_id": stock.stock_id})

    return act


def stock_asked(desk: Desk, state: State, asked: Payload) -> Stock | Answer:
    """The stock that its creator asks for, or the refusal."""
    if bad := check(desk, (CREATOR,), asked):
        return bad
    if text_of(asked, CREATOR.at) != state.mchid:
        return Answer("INVALID_REQUEST", text=desk.setting(NAME, "text_favor_merchant"))
    return stock_of(desk, FAVOR, state, asked)


def show(desk: Desk, state: State, call: Call) -> Answer:
    """One stock."""
    stock = stock_asked(desk, state, call.payload)
    if isinstance(stock, Answer):
        return stock
    return desk.ask(call) or Answer("0", _shown(stock, state, desk.now()))


def listed(desk: Desk, state: State, call: Call) -> Answer:
    """The merchant's stocks, a page at a time."""
    asked, paged = call.payload, page_of(desk, call.payload, 10, 10)
    if bad := check(desk, (CREATOR,), asked):
        return bad
    if isinstance(paged, Answer):
        return paged
    bounds = [text_of(asked, f"/create_{end}_time") for end in ("start", "end")]
    since, until = (time_of(text) if text else at for text, at in zip(bounds, (0, 1 << 62), strict=True))
    if since is None or until is None:
        return Answer("PARAM_ERROR", text=desk.setting(NAME, "text_favor_time"))
    if refused := desk.ask(call):
        return refused
    offset, limit = paged
    now, wanted = desk.now(), text_of(asked, "/status")
    found = [one for one in state.favor.values() if wanted in ("", state_of(one, now)) and since <= one.created <= until]
    page = [_shown(one, state, now) for one in found[offset * limit : (offset + 1) * limit]]
    return Answer("0", {"total_count": len(found), "data": page, "limit": limit, "offset": offset})


def _shown(stock: Stock, state: State, now: int) -> dict[str, Any]:
    rule, asked = stock.asked.get("stock_use_rule", {}), stock.asked
    normal = {"coupon_amount": stock.worth, "transaction_minimum": stock.minimum}
    said = {**asked.get("coupon_use_rule", {}), **rule}
    use = {name: said[name] for name in RULED if said.get(name) is not None}
    body = {
        "stock_id": stock.stock_id,
        "stock_creator_mchid": state.mchid,
        "stock_name": stock.name,
        "status": state_of(stock, now),
        "create_time": rfc3339(stock.created),
        "description": text_of(asked, "/pattern_info/description"),
        "stock_use_rule": {**use, "fixed_normal_coupon": normal, "coupon_type": "NORMAL"},
        "available_begin_time": rfc3339(stock.begins),
        "available_end_time": rfc3339(stock.ends),
        "distributed_coupons": len(stock.coupons),
        "no_cash": asked.get("no_cash", False),
        "singleitem": False,
        "stock_type": "NORMAL",
    }
    body |= {"start_time": rfc3339(stock.started)} if stock.started else {}
    return body | ({"stop_time": rfc3339(stock.stopped)} if stock.stopped else {})


def send(desk: Desk, state: State, call: Call) -> Answer:
    """A coupon for somebody: the same one for the same request."""
    asked = call.payload
    if bad := check(desk, SEND, asked):
        return bad
    if bad := strange_app(desk, state, asked) or strange_person(desk, state, asked):
        return bad
    stock = stock_asked(desk, state, asked)
    if isinstance(stock, Answer):
        return stock
    code = sent(
        desk,
        call,
        stock,
        lambda: _unsendable(desk, stock, text_of(asked, "/openid")),
        lambda: _hand_out(desk, state, stock, asked),
    )
    return code if isinstance(code, Answer) else Answer("0", {"coupon_id": code})


def _hand_out(desk: Desk, state: State, stock: Stock, asked: Payload) -> str:
    number, now = state.digits("coupon", 11), desk.now()
    life = value_at(stock.asked, "/coupon_use_rule/coupon_available_time/available_time_after_receive")
    ends = min(stock.ends, now + life * 60_000) if type(life) is int and life > 0 else stock.ends
    openid, request = text_of(asked, "/openid"), text_of(asked, "/out_request_no")
    stock.hand_out(Coupon(number, stock.stock_id, openid, now, max(now, stock.begins), ends, request))
    return number


def _unsendable(desk: Desk, stock: Stock, openid: str) -> Answer | None:
    now = desk.now()
    if state_of(stock, now) != "running":
        return Answer("INVALID_REQUEST", text=desk.setting(NAME, "text_favor_inactive"))
    return used_up(desk, stock, openid, now)


def shown_coupon(stock: Stock, one: Coupon, state: State, now: int) -> dict[str, Any]:
    """A coupon, as its merchant sees it."""
    body = {
        "stock_creator_mchid": state.mchid,
        "stock_id": stock.stock_id,
        "coupon_id": one.coupon_id,
        "coupon_name": stock.name,
        "status": one.status(now),
        "description": text_of(stock.asked, "/pattern_info/description"),
        "create_time": rfc3339(one.sent),
        "coupon_type": "NORMAL",
        "no_cash": stock.asked.get("no_cash", False),
        "available_begin_time": rfc3339(one.begins),
        "available_end_time": rfc3339(one.ends),
        "singleitem": False,
        "normal_coupon_information": {"coupon_amount": stock.worth, "transaction_minimum": stock.minimum},
        "out_request_no": one.request,
    }
    used = {"consume_time": rfc3339(one.used), "consume_mchid": state.mchid, "transaction_id": one.transaction_id}
    return body | ({"consume_information": used} if one.used else {})


def _among(stock: Stock, state: State, asked: Payload) -> bool:
    """Is a stock made and sent by those who are named, and good where is asked?"""
    good = value_at(stock.asked, "/coupon_use_rule/available_merchants")
    ours = all(text_of(asked, f"/{who}_mchid") in ("", state.mchid) for who in ("creator", "sender"))
    return ours and (not (place := text_of(asked, "/available_mchid")) or (isinstance(good, list) and place in good))


FAVOR = Kind("favor", CREATE, _inconsistent, _new, shown_coupon, "/coupon_id", "/status", 100, _among)
"""Cash coupons among kinds of coupons."""
