"""Shopee's domain: partner and shop, tokens, and orders that live and are pushed.

Law: plain functions from a call (or a fact) to an answer, over one account's state. Amounts are in the shop's currency, as the
vendor sends them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Final
from urllib.parse import urlsplit

from mocks.desk import Desk
from mocks.http import Answer
from mocks.shopee.orders import GOODS, Order, detail
from sandbox.behaviour import Push
from sandbox.policy import Call, Signal

SEEDED_ORDERS = 12
HEX = "0123456789abcdef"
SN_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"
ORDER_STATUSES = frozenset(
    {"UNPAID", "READY_TO_SHIP", "PROCESSED", "SHIPPED", "COMPLETED", "IN_CANCEL", "CANCELLED", "INVOICE_PENDING"}
)


@dataclass(slots=True)
class State:
    """One partner application and one shop that authorised it."""

    account: str
    partner_id: int
    partner_key: str
    shop_id: int
    buyers: list[str]
    rng: Random
    access_token: str
    access_until: int
    refresh_token: str
    refresh_until: int
    code: str
    code_until: int
    push_url: str = ""
    old_token: str = ""
    old_until: int = 0
    orders: dict[str, Order] = field(default_factory=dict)
    by_time: list[tuple[int, str]] = field(default_factory=list)

    @property
    def identity(self) -> dict[str, str]:
        """What every call of this application for this shop carries."""
        return {"partner_id": str(self.partner_id), "shop_id": str(self.shop_id)}

    def expire(self, text: str, now: int) -> bool:
        """Let an access token die; False when it is not ours."""
        if text == self.access_token:
            self.access_until = now
        elif text and text == self.old_token:
            self.old_until = now
        else:
            return False
        return True


def new(account: str, rng: Random, names: list[str], now: int) -> State:
    """A shop with valid tokens, one unused code, and recent orders: most ready to ship, one shipped."""
    state = State(
        account=account,
        partner_id=rng.randrange(2_000_000, 2_100_000),
        partner_key=_hex(rng, 64),
        shop_id=rng.randrange(100_000_000, 999_999_999),
        buyers=names,
        rng=rng,
        access_token=_hex(rng, 32),
        access_until=now + 4 * 3_600_000,
        refresh_token=_hex(rng, 32),
        refresh_until=now + 30 * 86_400_000,
        code=_hex(rng, 32),
        code_until=now + 600_000,
    )
    for number in range(SEEDED_ORDERS):
        order = _place(state, now - (SEEDED_ORDERS - number) * 3_600_000)
        order.status = "SHIPPED" if number == 0 else "READY_TO_SHIP"
    return state


def _hex(rng: Random, length: int) -> str:
    return "".join(rng.choices(HEX, k=length))


def _place(state: State, at: int, sn: str = "") -> Order:
    day = datetime.fromtimestamp(at / 1000, UTC) + timedelta(hours=8)
    rng = state.rng
    sn = sn or f"{day:%y%m%d}" + "".join(rng.choices(SN_LETTERS, k=8))
    buyer = state.buyers[rng.randrange(len(state.buyers))]
    goods = GOODS[rng.randrange(len(GOODS))]
    order = Order(sn, "READY_TO_SHIP", at, at, buyer, goods, rng.randrange(1, 4), rng.randrange(990, 19_900))
    state.orders[sn] = order
    state.by_time.insert(bisect_left(state.by_time, (at, sn)), (at, sn))
    return order


def wrong(what: str) -> Answer:
    """The vendor's way to refuse a parameter."""
    return Answer("error_param", text=f"Wrong parameters, detail: {what}.")


def order_placed(desk: Desk, state: State, signal: Signal) -> Answer:
    """A buyer has paid for an order: it becomes ready to ship, and is pushed."""
    sn = str(signal.payload.get("order_sn", ""))
    if sn in state.orders:
        return wrong("order_sn exists")
    order = _place(state, desk.now(), sn)
    _push_status(desk, state, order)
    return Answer("", {"order_sn": order.sn})


def _push_status(desk: Desk, state: State, order: Order) -> None:
    data = {"ordersn": order.sn, "status": order.status, "completed_scenario": "", "update_time": order.updated // 1000}
    body = {"data": data, "shop_id": state.shop_id, "code": 3, "timestamp": desk.now() // 1000}
    desk.post(state.account, Push("shopee.order_status", body))


def token_get(desk: Desk, state: State, call: Call) -> Answer:
    """Trade the one-time code for tokens."""
    if refused := desk.ask(call):
        return refused
    if not state.code or call.payload.get("code") != state.code or desk.now() >= state.code_until:
        return Answer("invalid_code")
    if str(call.payload.get("shop_id", "")) != str(state.shop_id):
        return Answer("invalid_shop_id")
    state.code = ""
    return Answer("", _new_tokens(desk, state))


def token_refresh(desk: Desk, state: State, call: Call) -> Answer:
    """Trade the single-use refresh token for a new pair; the old access token stays good for a while."""
    if refused := desk.ask(call):
        return refused
    if call.payload.get("refresh_token") != state.refresh_token or desk.now() >= state.refresh_until:
        return Answer("error_shop_refresh_token")
    if str(call.payload.get("shop_id", "")) != str(state.shop_id):
        return Answer("error_shop_refresh_token")
    return Answer("", {"partner_id": state.partner_id, "shop_id": state.shop_id, **_new_tokens(desk, state)})


def _new_tokens(desk: Desk, state: State) -> dict[str, Any]:
    now = desk.now()
    grace = desk.setting("shopee", "token_grace")
    state.old_token, state.old_until = state.access_token, min(state.access_until, now + grace)
    state.access_token, state.refresh_token = _hex(state.rng, 32), _hex(state.rng, 32)
    state.access_until = now + desk.setting("shopee", "token_life")
    state.refresh_until = now + desk.setting("shopee", "refresh_life")
    life = desk.setting("shopee", "token_life") // 1000
    return {"access_token": state.access_token, "refresh_token": state.refresh_token, "expire_in": life}


def token_good(state: State, token: str, now: int) -> bool:
    """Does this access token still open the shop?"""
    return (token == state.access_token and now < state.access_until) or (
        bool(token) and token == state.old_token and now < state.old_until
    )


def order_list(desk: Desk, state: State, call: Call) -> Answer:
    """Order numbers in a window of at most 15 days, a page at a time."""
    asked = call.payload
    span = _window(asked, desk.setting("shopee", "list_window"))
    if isinstance(span, Answer):
        return span
    size, status = _whole(asked.get("page_size")), str(asked.get("order_status", ""))
    cursor = _whole(asked.get("cursor") or "0")
    if size is None or not 1 <= size <= 100:
        return wrong("page_size must be 100 or less")
    if cursor is None:
        return wrong("cursor is invalid")
    if status and status not in ORDER_STATUSES:
        return wrong("order_status is invalid")
    if refused := desk.ask(call):
        return refused
    found = _matching(state, str(asked.get("time_range_field")), span, status)
    page = found[cursor : cursor + size]
    more = cursor + size < len(found)
    fields = str(asked.get("response_optional_fields", "")).split(",")
    rows = [{"order_sn": one.sn, **({"order_status": one.status} if "order_status" in fields else {})} for one in page]
    return Answer("", {"more": more, "next_cursor": str(cursor + size) if more else "", "order_list": rows})


def _matching(state: State, by: str, span: tuple[int, int], status: str) -> list[Order]:
    if by == "create_time":
        first, last = bisect_left(state.by_time, (span[0], "")), bisect_left(state.by_time, (span[1] + 1000, ""))
        orders = [state.orders[sn] for _, sn in state.by_time[first:last]]
    else:
        orders = sorted(
            (one for one in state.orders.values() if span[0] <= one.updated < span[1] + 1000), key=lambda one: one.updated
        )
    return [one for one in orders if not status or one.status == status]


def _window(asked: Mapping[str, Any], widest: int) -> tuple[int, int] | Answer:
    if asked.get("time_range_field") not in ("create_time", "update_time"):
        return wrong("time_range_field is invalid")
    start, end = _whole(asked.get("time_from")), _whole(asked.get("time_to"))
    if start is None or end is None:
        return wrong("time_from and time_to are required")
    if not 0 < (end - start) * 1000 <= widest:
        return Answer("order.order_list_invalid_time")
    return start * 1000, end * 1000


def _whole(value: object) -> int | None:
    """A whole number, whether it came as text or as a number; None when it is none (or absurdly long)."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None


def order_detail(desk: Desk, state: State, call: Call) -> Answer:
    """Up to 50 orders in detail; optional fields only when asked for, unknown numbers in the warning."""
    wanted = [sn for sn in str(call.payload.get("order_sn_list", "")).split(",") if sn]
    if not 1 <= len(wanted) <= desk.setting("shopee", "detail_at_once"):
        return wrong("order_sn_list size must be 1 to 50")
    if refused := desk.ask(call):
        return refused
    fields = frozenset(str(call.payload.get("response_optional_fields", "")).split(","))
    known = [state.orders[sn] for sn in wanted if sn in state.orders]
    missing = [sn for sn in wanted if sn not in state.orders]
    if not known:
        return Answer("error_not_found")
    return Answer("", {"order_list": [detail(one, fields) for one in known], **({"warning": missing} if missing else {})})


def push_config(desk: Desk, state: State, call: Call) -> Answer:
    """Where pushes go from now on."""
    url = call.payload.get("callback_url")
    if not isinstance(url, str) or not _can_be_called(url):
        return wrong("callback_url is invalid")
    if refused := desk.ask(call):
        return refused
    state.push_url = url
    return Answer("", {"result": "success"})


def _can_be_called(url: str) -> bool:
    """Has the URL a host and a port that something can be sent to?"""
    try:
        parts = urlsplit(url)
        there = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    return there and parts.scheme in ("http", "https") and url.isprintable() and " " not in url


ACTIONS: Final[Mapping[str, Callable[[Desk, State, Call], Answer]]] = {
    "shopee.token_get": token_get,
    "shopee.token_refresh": token_refresh,
    "shopee.order_list": order_list,
    "shopee.order_detail": order_detail,
    "shopee.push_config": push_config,
}
"""What this platform can be asked to do."""

SIGNALS: Final[Mapping[str, Callable[[Desk, State, Signal], Answer]]] = {"shopee.order_placed": order_placed}
"""What happens here when a fact of the domain is told."""
