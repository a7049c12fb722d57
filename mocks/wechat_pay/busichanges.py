"""Stocks of merchant coupons that are changed: what they say and where they are good, and how many there are.

Law: only what the vendor lets change does; a budget is changed by who knows what it is now, and never below what was sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.wechat_pay.busifavor import BUSIFAVOR, METHODS
from mocks.wechat_pay.coupons import COLOURS, stock_of
from mocks.wechat_pay.fields import NAME, Field, Payload, check, digest, text_of
from mocks.wechat_pay.state import State
from mocks.wechat_pay.stocks import Stock
from sandbox.policy import Call

RULES: Final = ("custom_entrance", "display_pattern_info", "coupon_use_rule", "stock_send_rule", "notify_config")
MODIFY = (
    Field("/out_request_no", "商户请求单号", most=128),
    Field("/comment", "批次备注", least=0, most=20, optional=True),
    Field("/goods_name", "适用商品范围", most=15, optional=True),
    *(Field(f"/{name}", "修改的规则", "object", optional=True) for name in RULES),
    Field("/coupon_use_rule/use_method", "核销方式", most=128, shape=METHODS, optional=True),
    Field("/display_pattern_info/background_color", "背景颜色", most=15, shape=COLOURS, optional=True),
    *(
        Field(f"/stock_send_rule/{name}", "发放规则", "flag", optional=True)
        for name in ("natural_person_limit", "prevent_api_abuse")
    ),
)
WITHIN: Final[Mapping[str, tuple[str, ...]]] = {
    "coupon_use_rule": ("use_method", "mini_programs_appid", "mini_programs_path"),
    "stock_send_rule": ("natural_person_limit", "prevent_api_abuse"),
}
"""What of these rules may change; the others change whole."""

BUDGET = (
    Field("/modify_budget_request_no", "修改预算请求单据号", most=128),
    *(
        Field(f"/{when}_max_coupons{day}", "批次最大发放个数", "whole", most=1_000_000_000, optional=True)
        for when in ("target", "current")
        for day in ("", "_by_day")
    ),
)


def modify(desk: Desk, state: State, call: Call) -> Answer:
    """Change what a stock says, and where it is good."""
    asked, stock = call.payload, stock_of(desk, BUSIFAVOR, state, call.payload)
    if bad := check(desk, MODIFY, asked):
        return bad
    if isinstance(stock, Answer):
        return stock
    if refused := desk.ask(call):
        return refused
    for name in ("comment", "goods_name", *RULES):
        if asked.get(name) is not None:
            stock.asked[name] = _merged(stock.asked.get(name), asked[name], WITHIN.get(name))
    return Answer("0")


def _merged(old: Any, new: Any, names: tuple[str, ...] | None) -> Any:
    if not isinstance(new, Mapping):
        return new
    return {**(old or {}), **{name: value for name, value in new.items() if names is None or name in names}}


def budget(desk: Desk, state: State, call: Call) -> Answer:
    """Change how many coupons there are, in all or a day."""
    asked, stock = call.payload, stock_of(desk, BUSIFAVOR, state, call.payload)
    if bad := check(desk, BUDGET, asked):
        return bad
    if isinstance(stock, Answer):
        return stock
    number = text_of(asked, "/modify_budget_request_no")
    known = stock.budgets.get(number)
    if known and known != digest(asked, "budget"):
        return Answer("RESOURCE_ALREADY_EXISTS")
    if not known and (bad := _unfit(desk, stock, asked)):
        return bad
    if refused := desk.ask(call):
        return refused
    if not known:
        stock.budgets[number] = digest(asked, "budget")
        stock.most = asked.get("target_max_coupons") or stock.most
        stock.day_most = asked.get("target_max_coupons_by_day") or stock.day_most
    return Answer("0", {"max_coupons": stock.most, "max_coupons_by_day": stock.day_most})


def _unfit(desk: Desk, stock: Stock, asked: Payload) -> Answer | None:
    """A budget is changed in one of its two figures, from what it is now, to no less than was sent."""
    now = {"max_coupons": stock.most, "max_coupons_by_day": stock.day_most}
    sent = {"max_coupons": len(stock.coupons), "max_coupons_by_day": stock.today(desk.now())}
    targets = {name: asked[f"target_{name}"] for name in now if asked.get(f"target_{name}") is not None}
    stale = any(asked.get(f"current_{name}") not in (None, value) for name, value in now.items())
    if stale or len(targets) != 1 or any(fresh < sent[name] for name, fresh in targets.items()):
        return Answer("PARAM_ERROR", text=desk.setting(NAME, "text_budget"))
    return None
