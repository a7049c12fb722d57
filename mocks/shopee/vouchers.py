"""Vouchers: added, changed, ended, deleted; upcoming, ongoing or expired by the sandbox's clock.

Law: plans. What a voucher is follows from its times when somebody looks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.shopee.fields import NAME, Kind, Payload, amount, between, cents, checked, each, maybe, one_of, text, whole, wrong
from mocks.shopee.plan import Deed, Plan, ok, telling
from mocks.shopee.state import State, Voucher

FIXED, PERCENT, COINS = 1, 2, 3
STATUSES: Final = ("upcoming", "ongoing", "expired")
HOUR: Final = 3_600_000
CHANGEABLE: Final[Mapping[str, Kind]] = {
    "voucher_name": text(100),
    "start_time": between(0, 2**40),
    "end_time": between(0, 2**40),
    "usage_quantity": between(1, 200_000),
    "min_basket_price": amount(),
    "discount_amount": amount(0.01),
    "percentage": between(1, 100),
    "max_price": amount(),
    "display_channel_list": each(one_of(1, 3, 4), 3, 0),
    "item_id_list": each(between(), 1000, 0),
}
"""What an update may change."""


def status(voucher: Voucher, now: int) -> str:
    """Is it to come, on, or over?"""
    return "upcoming" if now < voucher.start else "ongoing" if now < voucher.end else "expired"


def _shown(voucher: Voucher) -> dict[str, Any]:
    value = {"discount_amount": voucher.cents / 100} if voucher.reward == FIXED else {"percentage": voucher.percent}
    return {
        "voucher_id": voucher.id,
        "voucher_code": voucher.code,
        "voucher_name": voucher.name,
        "voucher_type": voucher.kind,
        "reward_type": voucher.reward,
        "usage_quantity": voucher.quantity,
        "current_usage": 0,
        "start_time": voucher.start // 1000,
        "end_time": voucher.end // 1000,
        "is_admin": False,
        "voucher_purpose": 0,
        **value,
        "cmt_voucher_status": 1,
        "display_start_time": None,
    }


def _times(desk: Desk, start: int, end: int) -> Answer | None:
    """Do the times fit: from now on, for at least an hour, for at most three months?"""
    if start < desk.now() // 1000 * 1000:
        return Answer("voucher.voucher_start_time_error")
    if end <= start:
        return Answer("voucher.voucher_end_time_error")
    fits = HOUR <= end - start <= desk.setting(NAME, "voucher_longest")
    return None if fits else Answer("voucher.voucher_time_period_error")


def _items(state: State, asked: Payload) -> Answer | None:
    numbers = [whole(one) for one in asked.get("item_id_list") or []]
    unknown = any(one is None or one not in state.items for one in numbers)
    if unknown or (asked.get("voucher_type") in (2, "2") and not numbers):
        return Answer("voucher.voucher_item_not_exist")
    return None


def add(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """A new voucher; its code begins with four letters of the shop's own."""
    reward = whole(asked.get("reward_type"))
    value = (
        {"discount_amount": amount(0.01)}
        if reward == FIXED
        else {"percentage": between(1, 100), "max_price": maybe(amount())}
    )
    needed = ("voucher_name", "start_time", "end_time", "usage_quantity", "min_basket_price")
    kinds = {**{name: CHANGEABLE[name] for name in needed}, "voucher_type": one_of(1, 2), "reward_type": one_of(1, 2, 3)}
    lists = {name: maybe(CHANGEABLE[name]) for name in ("display_channel_list", "item_id_list")}
    if refused := checked(asked, {**kinds, **value, **lists}) or _code(state, asked, desk):
        return refused
    start, end = (whole(asked[name]) or 0 for name in ("start_time", "end_time"))
    if refused := _times(desk, start * 1000, end * 1000) or _items(state, asked):
        return refused

    def deed() -> Answer:
        number = 10**9 + state.vouchers_made
        state.vouchers_made += 1
        kind = whole(asked["voucher_type"]) or 1
        voucher = Voucher(number, _full(state, asked["voucher_code"]), asked["voucher_name"], kind, reward or FIXED)
        _set(voucher, asked)
        state.vouchers[number] = voucher
        return ok(voucher_id=number)

    return deed


def _full(state: State, code: str) -> str:
    return f"{state.partner_key[:4].upper()}{code.upper()}"


def _code(state: State, asked: Payload, desk: Desk) -> Answer | None:
    code = asked.get("voucher_code")
    if not isinstance(code, str) or not (code.isascii() and code.isalnum() and len(code) <= 5):
        return Answer("voucher.voucher_code_error")
    now = desk.now()
    live = [one for one in state.vouchers.values() if now < one.end]
    if any(one.code == _full(state, code) for one in live):
        return Answer("voucher.voucher_code_duplicate_error")
    return Answer("voucher.voucher_over_limit") if len(live) >= desk.setting(NAME, "vouchers_at_once") else None


def _set(voucher: Voucher, asked: Payload) -> None:
    voucher.name = asked.get("voucher_name", voucher.name)
    voucher.start = (whole(asked["start_time"]) or 0) * 1000 if "start_time" in asked else voucher.start
    voucher.end = (whole(asked["end_time"]) or 0) * 1000 if "end_time" in asked else voucher.end
    voucher.quantity = whole(asked.get("usage_quantity")) or voucher.quantity
    voucher.basket = cents(asked["min_basket_price"]) if "min_basket_price" in asked else voucher.basket
    voucher.cents = cents(asked["discount_amount"]) if asked.get("discount_amount") else voucher.cents
    voucher.percent = whole(asked.get("percentage")) or voucher.percent
    voucher.most = cents(asked["max_price"]) if asked.get("max_price") else voucher.most
    voucher.items = [int(one) for one in asked.get("item_id_list") or voucher.items]
    voucher.channels = [int(one) for one in asked.get("display_channel_list") or voucher.channels]


def _named(state: State, asked: Payload) -> Voucher | Answer:
    number = whole(asked.get("voucher_id"))
    if number is None:
        return wrong("voucher_id is invalid")
    return state.vouchers.get(number) or Answer("voucher.voucher_not_exist")


def vouchers(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """Vouchers by status, the newest first, a page at a time."""
    pages = {"page_no": maybe(between(1, 5000)), "page_size": maybe(between(1, 100))}
    if refused := checked(asked, {"status": one_of(*STATUSES, "all"), **pages}):
        return refused
    size, now = whole(asked.get("page_size")) or 20, desk.now()
    start = ((whole(asked.get("page_no")) or 1) - 1) * size
    found = [one for one in reversed(state.vouchers.values()) if asked["status"] in ("all", status(one, now))]
    return telling(more=start + size < len(found), voucher_list=[_shown(one) for one in found[start : start + size]])


def voucher(_desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """One voucher in full."""
    one = _named(state, asked)
    if isinstance(one, Answer):
        return one
    more = {"min_basket_price": one.basket / 100, "max_price": one.most / 100}
    return telling(**_shown(one), **more, display_channel_list=one.channels, item_id_list=one.items)


def update(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """Change a voucher that is not over: what is named; of an ongoing one not its start."""
    one = _named(state, asked)
    if isinstance(one, Answer):
        return one
    if refused := checked(asked, {name: kind for name, kind in CHANGEABLE.items() if name in asked}):
        return refused
    start, end = (
        (whole(asked.get(name, at // 1000)) or 0) * 1000 for name, at in (("start_time", one.start), ("end_time", one.end))
    )
    now = status(one, desk.now())
    if now == "expired" or (now == "ongoing" and start != one.start):
        return Answer("voucher.voucher_status_error")
    if end <= max(start, desk.now()):
        return Answer("voucher.voucher_end_time_error")
    if end - start < HOUR or end - start > desk.setting(NAME, "voucher_longest"):
        return Answer("voucher.voucher_time_period_error")
    if refused := _items(state, {"item_id_list": asked.get("item_id_list")}):
        return refused

    def deed() -> Answer:
        _set(one, asked)
        return ok(voucher_id=one.id)

    return deed


def _while(standing: str, do: Callable[[Desk, State, Voucher], None]) -> Plan:
    """The plan that does something with a voucher that stands so."""

    def plan(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
        one = _named(state, asked)
        if isinstance(one, Answer):
            return one
        if status(one, desk.now()) != standing:
            return Answer("voucher.voucher_status_error")

        def deed() -> Answer:
            do(desk, state, one)
            return ok(voucher_id=one.id)

        return deed

    return plan


def _over(desk: Desk, _state: State, one: Voucher) -> None:
    one.end = desk.now()


def _gone(_desk: Desk, state: State, one: Voucher) -> None:
    del state.vouchers[one.id]


PLANS: Final[Mapping[str, Plan]] = {
    "shopee.voucher_add": add,
    "shopee.voucher_list": vouchers,
    "shopee.voucher_get": voucher,
    "shopee.voucher_update": update,
    "shopee.voucher_end": _while("ongoing", _over),
    "shopee.voucher_delete": _while("upcoming", _gone),
}
"""What can be asked about vouchers."""
