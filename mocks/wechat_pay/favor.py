"""Cash coupons (代金券): stocks that are made, started, paused, restarted, stopped; coupons that are sent and looked at.

Law: the vendor's own spelling (`stoped`, lower case). The same `out_request_no` is the same stock, or the same coupon.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mocks.desk import Desk
from mocks.http import Answer
from mocks.wechat_pay.fields import NAME, Action, Field, Payload, check, digest, text_of, time_of, value_at, whole
from mocks.wechat_pay.state import State, rfc3339
from mocks.wechat_pay.stocks import Coupon, Stock
from sandbox.policy import Call

RULE = "/stock_use_rule"
NUMBER = "/coupon_use_rule/fixed_normal_coupon"
CREATE = (
    Field("/stock_name", "批次名称", most=20),
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
    Field("/no_cash", "营销经费", "flag", optional=True),
    Field("/stock_type", "批次类型", most=16),
    Field("/out_request_no", "商户单据号", most=128),
)
CREATOR = Field("/stock_creator_mchid", "创建批次的商户号", least=8, most=20)
SEND = (
    Field("/stock_id", "批次号", most=20),
    Field("/out_request_no", "商户单据号", most=128),
    Field("/appid", "公众账号ID", most=128),
    Field("/stock_creator_mchid", "创建批次的商户号", most=20),
    Field("/openid", "用户openid", most=128, where="uri_template"),
)
MOVES: Mapping[str, tuple[tuple[str, ...], str, str]] = {
    "start": (("unactivated",), "running", "start_time"),
    "pause": (("running",), "paused", "pause_time"),
    "restart": (("paused",), "running", "restart_time"),
    "stop": (("unactivated", "running", "paused"), "stoped", "stop_time"),
}
"""What can be done with a stock: from which states, to which, and what the answer calls the moment."""


def create(desk: Desk, state: State, call: Call) -> Answer:
    """A new stock, not yet started."""
    asked = call.payload
    if bad := check(desk, CREATE, asked) or _inconsistent(desk, state, asked):
        return bad
    request = text_of(asked, "/out_request_no")
    known = next((one for one in state.favor.values() if one.request == request), None)
    if known and digest(known.asked, "favor") != digest(asked, "favor"):
        return Answer("RESOURCE_ALREADY_EXISTS")
    if refused := desk.ask(call):
        return refused
    made = known or _new(desk, state, asked)
    return Answer("0", {"stock_id": made.stock_id, "create_time": rfc3339(made.created)})


def _inconsistent(desk: Desk, state: State, asked: Payload) -> Answer | None:
    if text_of(asked, "/belong_merchant") not in (state.mchid, state.sub_mchid):
        return Answer("MCH_NOT_EXISTS")
    begins, ends = time_of(text_of(asked, "/available_begin_time")), time_of(text_of(asked, "/available_end_time"))
    ahead, span = desk.setting(NAME, "favor_begins_within"), desk.setting(NAME, "favor_span")
    now = desk.now()
    if begins is None or ends is None or not now < ends or not begins < ends <= begins + span or begins > now + ahead:
        return Answer("PARAM_ERROR", text=desk.setting(NAME, "text_favor_time"))
    fen, count = value_at(asked, f"{NUMBER}/coupon_amount"), value_at(asked, f"{RULE}/max_coupons")
    if value_at(asked, f"{RULE}/max_amount") != fen * count or text_of(asked, "/stock_type") != "NORMAL":
        return Answer("INVALID_REQUEST", text=desk.setting(NAME, "text_favor_rule"))
    return None


def _new(desk: Desk, state: State, asked: Payload) -> Stock:
    fen, daily = value_at(asked, f"{NUMBER}/coupon_amount"), value_at(asked, f"{RULE}/max_amount_by_day")
    made = Stock(
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
    state.favor[made.stock_id] = made
    return made


def state_of(stock: Stock, now: int) -> str:
    """A stock's state: one whose time is over has stopped."""
    return "stoped" if now >= stock.ends else stock.state


def move(name: str) -> Action:
    """The action that starts, pauses, restarts or stops a stock."""
    before, after, moment = MOVES[name]

    def act(desk: Desk, state: State, call: Call) -> Answer:
        stock = _stock(desk, state, call.payload)
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


def _stock(desk: Desk, state: State, asked: Payload) -> Stock | Answer:
    if bad := check(desk, (CREATOR,), asked):
        return bad
    if text_of(asked, CREATOR.at) != state.mchid:
        return Answer("INVALID_REQUEST", text=desk.setting(NAME, "text_favor_merchant"))
    stock = state.favor.get(text_of(asked, "/stock_id"))
    return stock or Answer("RESOURCE_NOT_EXISTS", text=desk.setting(NAME, "text_no_stock"))


def show(desk: Desk, state: State, call: Call) -> Answer:
    """One stock."""
    stock = _stock(desk, state, call.payload)
    if isinstance(stock, Answer):
        return stock
    return desk.ask(call) or Answer("0", _shown(stock, state, desk.now()))


def listed(desk: Desk, state: State, call: Call) -> Answer:
    """The merchant's stocks, a page at a time."""
    asked = call.payload
    offset, limit = whole(asked.get("offset"), 0), whole(asked.get("limit"), 10, 10)
    if bad := check(desk, (CREATOR,), asked):
        return bad
    if offset is None or not limit:
        return Answer("PARAM_ERROR", text=desk.setting(NAME, "text_page"))
    if refused := desk.ask(call):
        return refused
    now, wanted = desk.now(), text_of(asked, "/status")
    found = [one for one in state.favor.values() if wanted in ("", state_of(one, now))]
    page = [_shown(one, state, now) for one in found[offset * limit : (offset + 1) * limit]]
    return Answer("0", {"total_count": len(found), "data": page, "limit": limit, "offset": offset})


def _shown(stock: Stock, state: State, now: int) -> dict[str, Any]:
    rule, asked = stock.asked.get("stock_use_rule", {}), stock.asked
    normal = {"coupon_amount": stock.worth, "transaction_minimum": stock.minimum}
    use = {
        name: rule[name]
        for name in ("max_coupons", "max_amount", "max_coupons_per_user", "max_amount_by_day")
        if name in rule
    }
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
    if text_of(asked, "/appid") != state.appid:
        return Answer("APPID_MCHID_NOT_MATCH", text=desk.setting(NAME, "text_favor_appid"))
    stock = _stock(desk, state, asked)
    if isinstance(stock, Answer):
        return stock
    openid, request, now = text_of(asked, "/openid"), text_of(asked, "/out_request_no"), desk.now()
    known = stock.by_request.get(request)
    if known is None and (bad := _unsendable(desk, stock, openid, now)):
        return bad
    if known and stock.coupons[known].openid != openid:
        return Answer("RESOURCE_ALREADY_EXISTS")
    if refused := desk.ask(call):
        return refused
    if known is None:
        known = state.digits("coupon", 11)
        life = value_at(stock.asked, "/coupon_use_rule/coupon_available_time/available_time_after_receive")
        ends = min(stock.ends, now + life * 60_000) if type(life) is int and life > 0 else stock.ends
        stock.hand_out(Coupon(known, stock.stock_id, openid, now, max(now, stock.begins), ends, request))
    return Answer("0", {"coupon_id": known})


def _unsendable(desk: Desk, stock: Stock, openid: str, now: int) -> Answer | None:
    if state_of(stock, now) != "running":
        return Answer("INVALID_REQUEST", text=desk.setting(NAME, "text_favor_inactive"))
    if stock.left() <= 0 or (stock.day_most and stock.today(now) >= stock.day_most):
        return Answer("NOT_ENOUGH", text=desk.setting(NAME, "text_favor_budget"))
    return None if stock.enough_for(openid) else Answer("RULE_LIMIT", text=desk.setting(NAME, "text_favor_most"))


def of_user(desk: Desk, state: State, call: Call) -> Answer:
    """A person's coupons, newest first, a page at a time."""
    asked = call.payload
    offset, limit = whole(asked.get("offset"), 0), whole(asked.get("limit"), 20, 100)
    if offset is None or not limit:
        return Answer("PARAM_ERROR", text=desk.setting(NAME, "text_page"))
    if text_of(asked, "/appid") != state.appid:
        return Answer("APPID_MCHID_NOT_MATCH", text=desk.setting(NAME, "text_favor_appid"))
    if refused := desk.ask(call):
        return refused
    now, stock_id, status = desk.now(), text_of(asked, "/stock_id"), text_of(asked, "/status")
    found = [
        (stock, one)
        for stock in state.favor.values()
        for one in stock.coupons.values()
        if one.openid == text_of(asked, "/openid") and stock_id in ("", stock.stock_id) and status in ("", one.status(now))
    ]
    page = [shown_coupon(stock, one, state, now) for stock, one in found[offset : offset + limit]]
    return Answer("0", {"data": page, "total_count": len(found), "limit": limit, "offset": offset})


def coupon(desk: Desk, state: State, call: Call) -> Answer:
    """One coupon of a person."""
    asked = call.payload
    number, openid = text_of(asked, "/coupon_id"), text_of(asked, "/openid")
    stock = next((one for one in state.favor.values() if number in one.coupons), None)
    if text_of(asked, "/appid") != state.appid:
        return Answer("APPID_MCHID_NOT_MATCH", text=desk.setting(NAME, "text_favor_appid"))
    if stock is None or stock.coupons[number].openid != openid:
        return Answer("RESOURCE_NOT_EXISTS", text=desk.setting(NAME, "text_no_coupon"))
    return desk.ask(call) or Answer("0", shown_coupon(stock, stock.coupons[number], state, desk.now()))


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
    }
    used = {"consume_time": rfc3339(one.used), "consume_mchid": state.mchid, "transaction_id": one.transaction_id}
    return body | ({"consume_information": used} if one.used else {})
