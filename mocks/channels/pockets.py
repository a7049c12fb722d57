"""Coupons in buyers' pockets: taken, given, spent on an order.

Law: plans and facts. A coupon is spent once; what was taken never exceeds what there is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from mocks.channels import events
from mocks.channels.coupons import ACTIVE, DISCOUNTS, coupon_of, paged, status_of
from mocks.channels.fields import Payload, key, number
from mocks.channels.plan import Deed, Fact, Plan, ok, telling, trading
from mocks.channels.state import Coupon, Order, State, UserCoupon
from mocks.desk import Desk
from mocks.http import Answer
from sandbox.policy import Signal

VALID, LAPSED, USED = 100, 101, 102
DAY: Final = 86_400_000


def user_listed(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """What one buyer holds."""
    if not _follower(asked.get("openid")):
        return Answer("40003")
    status = number(asked.get("status"), 0)
    mine = state.pockets.get(asked["openid"], [])
    found = {one.id: one for one in mine if not status or _held(one, desk.now()) == status}
    part = paged(list(found), asked)
    if isinstance(part, Answer):
        return part
    rows = [{"user_coupon_id": one, "coupon_id": found[one].coupon_id} for one in part[0]]
    return telling(user_coupon_list=rows, total_num=len(found), page_ctx=str(asked["page"]))


def _follower(openid: object) -> bool:
    return isinstance(openid, str) and 0 < len(openid) <= 64


def _held(one: UserCoupon, now: int) -> int:
    return LAPSED if one.status == VALID and one.end <= now else one.status


def user_get(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """One coupon of one buyer."""
    if not _follower(asked.get("openid")):
        return Answer("40003")
    found = state.user_coupons.get(key(asked.get("user_coupon_id")))
    if found is None or found.openid != asked["openid"]:
        return Answer("10021037")
    row = {
        "user_coupon_id": found.id,
        "coupon_id": found.coupon_id,
        "status": _held(found, desk.now()),
        "create_time": found.created // 1000,
        "update_time": (found.used or found.created) // 1000,
        "start_time": found.start // 1000,
        "end_time": found.end // 1000,
        "ext_info": {"use_time": found.used // 1000},
        "order_id": found.order_id,
        "discount_fee": found.discount,
    }
    return telling(openid=found.openid, unionid="", user_coupon=row)


def push(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """Put a coupon into a buyer's pocket; not of one who chose to hear nothing (M18)."""
    coupon = coupon_of(state, asked)
    if isinstance(coupon, Answer):
        return coupon
    if not _follower(asked.get("openid")):
        return Answer("40003")
    if asked["openid"] in state.unsubscribed:
        return Answer("48001", text="api unauthorized, the user withdrew consent to the use of their data")
    refused = _not_taken(desk, state, coupon, asked["openid"])

    def deed() -> Answer:
        _take(desk, state, coupon, asked["openid"])
        return ok()

    return refused or deed


def _not_taken(desk: Desk, state: State, coupon: Coupon, openid: str) -> Answer | None:
    """Why a buyer cannot take a coupon."""
    limits = coupon.content["receive_info"]
    if status_of(coupon, desk.now()) != ACTIVE or number(limits.get("start_time"), 0) * 1000 > desk.now():
        return Answer("10021001")
    if coupon.received >= number(limits["total_num"]):
        return Answer("10021002")
    mine = sum(one.coupon_id == coupon.id for one in state.pockets.get(openid, ()))
    return Answer("10021004") if mine >= number(limits["limit_num_one_person"]) else None


def _take(desk: Desk, state: State, coupon: Coupon, openid: str) -> UserCoupon:
    now, valid = desk.now(), coupon.content["valid_info"]
    if number(valid["valid_type"]) == 2:
        begin, end = now, now + number(valid["valid_day_num"]) * DAY
    else:
        begin, end = number(valid["start_time"]) * 1000, number(valid["end_time"]) * 1000
    held = UserCoupon(state.mint("user_coupon"), coupon.id, openid, now, begin, end)
    state.user_coupons[held.id] = held
    state.pockets.setdefault(openid, []).append(held)
    coupon.received += 1
    info = {"coupon_id": coupon.id, "user_coupon_id": held.id, "receive_time": now // 1000}
    events.tell(desk, state, "channels_ec_coupon_receive", events.shown_to(state, openid), receive_info=info)
    _lapse_in_time(desk, state, held)
    return held


def _lapse_in_time(desk: Desk, state: State, held: UserCoupon) -> None:
    """A coupon that nobody has spent by its end has expired."""

    def lapse() -> None:
        if held.status == VALID:
            over = {"coupon_id": held.coupon_id, "user_coupon_id": held.id, "expire_time": held.end // 1000}
            sender = events.shown_to(state, held.openid)
            events.tell(desk, state, "channels_ec_user_coupon_expire", sender, use_info=over, user_coupon_info=over)

    desk.later(state.account, held.end, f"end of channels coupon {held.id} of a buyer", lapse)


def taken(desk: Desk, state: State, signal: Signal) -> Answer:
    """A buyer takes a coupon."""
    coupon, openid = coupon_of(state, signal.payload), signal.payload.get("openid") or state.official.followers[0]
    if isinstance(coupon, Answer):
        return coupon
    if not _follower(openid):
        return Answer("40003")
    refused = _not_taken(desk, state, coupon, openid)
    return refused or ok(user_coupon_id=_take(desk, state, coupon, openid).id)


Goods = Iterable[tuple[str, int, int]]
"""Of each line of an order: the product, how many pieces, and what a piece costs, fen."""


def _covered(coupon: Coupon, goods: Goods) -> tuple[int, int]:
    """How many of these pieces a coupon is for, and what they cost, fen: those of its products, or all when it names none."""
    named = {key(one) for one in _condition(coupon).get("product_ids") or ()}
    fit = [(count, price) for product_id, count, price in goods if not named or product_id in named]
    return sum(count for count, _ in fit), sum(count * price for count, price in fit)


def _condition(coupon: Coupon) -> Mapping[str, Any]:
    return coupon.content["discount_info"].get("discount_condition") or {}


def usable(desk: Desk, state: State, wanted: str, openid: str, goods: Goods) -> UserCoupon | Answer | None:
    """The coupon that a buyer pays an order of these goods with; None when none is wanted."""
    if not wanted:
        return None
    held = state.user_coupons.get(wanted)
    if held is None or held.openid != openid:
        return Answer("10021037")
    coupon = state.coupons[held.coupon_id]
    (pieces, fen), least = _covered(coupon, goods), _condition(coupon)
    enough = pieces >= number(least.get("product_cnt"), 1) and fen >= number(least.get("product_price"), 0)
    if _held(held, desk.now()) != VALID or held.start > desk.now() or not enough or not pieces:
        return Answer("10021001")
    return held


def spend(desk: Desk, state: State, held: UserCoupon, order: Order) -> None:
    """Take the coupon's worth off the order."""
    coupon = state.coupons[held.coupon_id]
    info = coupon.content["discount_info"]
    _, fen = _covered(coupon, ((one.product_id, one.count, one.price) for one in order.lines))
    if number(coupon.content["type"]) in DISCOUNTS:
        held.discount = fen * (10_000 - number(info["discount_num"])) // 10_000
    else:
        held.discount = min(fen, order.real - 1, number(info["discount_fee"]))
    held.status, held.used, held.order_id = USED, desk.now(), order.id
    order.user_coupon, order.discount = held.id, held.discount
    coupon.used += 1
    use = {"coupon_id": coupon.id, "user_coupon_id": held.id, "order_id": order.id, "use_time": desk.now() // 1000}
    sender = events.shown_to(state, held.openid)
    events.tell(desk, state, "channels_ec_user_coupon_use", sender, use_info=use, user_info=use)


def give_back(desk: Desk, state: State, order: Order) -> None:
    """The order is not paid: its coupon is in the buyer's pocket again."""
    held = state.user_coupons.get(order.user_coupon)
    if held is None:
        return
    held.status, held.used, held.order_id, held.discount = VALID, 0, "", 0
    state.coupons[held.coupon_id].used -= 1
    use = {"coupon_id": held.coupon_id, "user_coupon_id": held.id, "order_id": order.id}
    events.tell(
        desk, state, "channels_ec_user_coupon_unuse", events.shown_to(state, held.openid), use_info=use, user_info=use
    )


PLANS: Final[Mapping[str, Plan]] = {
    "channels.coupon_user_list": trading(user_listed),
    "channels.coupon_user_get": trading(user_get),
    "channels.coupon_push": trading(push),
}
"""What can be asked about buyers' coupons."""

SIGNALS: Final[Mapping[str, Fact]] = {"channels.coupon_taken": taken}
"""What buyers do about them."""
