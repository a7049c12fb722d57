"""What cash coupons and merchant coupons have in common: stocks are made once, coupons are looked at, and run out alike.

Law: the same `out_request_no` is the same stock. A kind says what is its own in one row; nothing here knows which kind it serves.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.wechat_pay.fields import NAME, Action, Field, Payload, check, digest, stranger, text_of, whole
from mocks.wechat_pay.state import State, rfc3339
from mocks.wechat_pay.stocks import Coupon, Stock
from sandbox.policy import Call

COLOURS: Final = re.compile("(?i:color)(0[1-9]0|08[12]|10[0-2])")
"""The colours that a coupon's face may have; their case is each kind's own."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of coupon.

    Its table in `State`, what a request for a stock must hold, what else is wrong with one, how a stock is made and a coupon shown,
    where requests name a coupon and a status, how many coupons are on a page at most, and which stocks belong to the merchants
    that a query names.
    """

    name: str
    fields: tuple[Field, ...]
    wrong: Callable[[Desk, State, Payload], Answer | None]
    make: Callable[[Desk, State, Payload], Stock]
    shown: Callable[[Stock, Coupon, State, int], dict[str, Any]]
    number: str
    status: str
    page: int
    among: Callable[[Stock, State, Payload], bool]

    def stocks(self, state: State) -> dict[str, Stock]:
        """The merchant's stocks of this kind."""
        found: dict[str, Stock] = getattr(state, self.name)
        return found


def create(kind: Kind) -> Action:
    """The action that makes a stock."""

    def act(desk: Desk, state: State, call: Call) -> Answer:
        asked, stocks = call.payload, kind.stocks(state)
        if bad := check(desk, kind.fields, asked) or kind.wrong(desk, state, asked):
            return bad
        request = text_of(asked, "/out_request_no")
        known = next((one for one in stocks.values() if one.request == request), None)
        if known and known.digest != digest(asked, kind.name):
            return Answer("RESOURCE_ALREADY_EXISTS")
        if refused := desk.ask(call):
            return refused
        made = known or kind.make(desk, state, asked)
        made.digest = made.digest or digest(asked, kind.name)
        stocks[made.stock_id] = made
        return Answer("0", {"stock_id": made.stock_id, "create_time": rfc3339(made.created)})

    return act


def stock_of(desk: Desk, kind: Kind, state: State, asked: Payload) -> Stock | Answer:
    """The stock that is asked for, or the refusal."""
    stock = kind.stocks(state).get(text_of(asked, "/stock_id"))
    return stock or Answer("RESOURCE_NOT_EXISTS", text=desk.setting(NAME, "text_no_stock"))


def strange_app(desk: Desk, state: State, asked: Payload) -> Answer | None:
    """Refuse an application that is not bound to this merchant."""
    ours = text_of(asked, "/appid") == state.appid
    return None if ours else Answer("APPID_MCHID_NOT_MATCH", text=desk.setting(NAME, "text_favor_appid"))


def strange_person(desk: Desk, state: State, asked: Payload) -> Answer | None:
    """Refuse to send to somebody who is not of the application, where that is looked at."""
    strange = stranger(desk, state, text_of(asked, "/openid"))
    return Answer("INVALID_REQUEST", text=desk.setting(NAME, "text_favor_openid")) if strange else None


def used_up(desk: Desk, stock: Stock, openid: str, now: int) -> Answer | None:
    """Why this person gets none: all are sent, today's are, or this person has enough."""
    if stock.left() <= 0 or (stock.day_most and stock.today(now) >= stock.day_most):
        return Answer("NOT_ENOUGH", text=desk.setting(NAME, "text_favor_budget"))
    return None if stock.enough_for(openid) else Answer("RULE_LIMIT", text=desk.setting(NAME, "text_favor_most"))


def sent(
    desk: Desk, call: Call, stock: Stock, refuse: Callable[[], Answer | None], hand_out: Callable[[], str]
) -> str | Answer:
    """The number of the coupon that a request sends: the same for the same request; or the refusal."""
    known = stock.by_request.get(text_of(call.payload, "/out_request_no"))
    if known is None and (bad := refuse()):
        return bad
    if known and stock.coupons[known].openid != text_of(call.payload, "/openid"):
        return Answer("RESOURCE_ALREADY_EXISTS")
    return desk.ask(call) or known or hand_out()


def page_of(desk: Desk, asked: Payload, usual: int, most: int) -> tuple[int, int] | Answer:
    """Offset and limit of a query, or the refusal."""
    offset, limit = whole(asked.get("offset"), 0), whole(asked.get("limit"), usual, most)
    if offset is None or not limit:
        return Answer("PARAM_ERROR", text=desk.setting(NAME, "text_page"))
    return offset, limit


def of_user(kind: Kind) -> Action:
    """The action that shows a person's coupons, a page at a time."""

    def act(desk: Desk, state: State, call: Call) -> Answer:
        asked, page = call.payload, page_of(desk, call.payload, 20, kind.page)
        if isinstance(page, Answer):
            return page
        if refused := strange_app(desk, state, asked) or desk.ask(call):
            return refused
        now, (offset, limit) = desk.now(), page
        stock_id, status, openid = (text_of(asked, at) for at in ("/stock_id", kind.status, "/openid"))
        known = kind.stocks(state).values()
        stocks = [one for one in known if stock_id in ("", one.stock_id) and kind.among(one, state, asked)]
        found = [(stock, one) for stock in stocks for one in stock.coupons.values() if one.openid == openid]
        found = [(stock, one) for stock, one in found if status in ("", one.status(now))]
        if text_of(asked, "/available_mchid"):  # then the vendor looks at no page
            offset, limit = 0, len(found)
        shown = [kind.shown(stock, one, state, now) for stock, one in found[offset : offset + limit]]
        return Answer("0", {"data": shown, "total_count": len(found), "limit": limit, "offset": offset})

    return act


def held(kind: Kind, state: State, asked: Payload) -> tuple[Stock, Coupon] | None:
    """The coupon of a number; without a stock, all are looked through."""
    number, stock_id = text_of(asked, kind.number), text_of(asked, "/stock_id")
    stocks = (one for one in kind.stocks(state).values() if stock_id in ("", one.stock_id) and number in one.coupons)
    return next(((stock, stock.coupons[number]) for stock in stocks), None)


def coupon(kind: Kind) -> Action:
    """The action that shows one coupon of a person."""

    def act(desk: Desk, state: State, call: Call) -> Answer:
        if bad := strange_app(desk, state, call.payload):
            return bad
        found = held(kind, state, call.payload)
        if found is None or found[1].openid != text_of(call.payload, "/openid"):
            return Answer("RESOURCE_NOT_EXISTS", text=desk.setting(NAME, "text_no_coupon"))
        return desk.ask(call) or Answer("0", kind.shown(*found, state, desk.now()))

    return act
