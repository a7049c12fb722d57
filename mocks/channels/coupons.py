"""Coupons as the merchant makes them: created, changed, put to use, and over one day. What buyers do with them is in `pockets`.

Law: plans.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from mocks.channels import events
from mocks.channels.fields import (
    Payload,
    checked,
    each,
    having,
    ident,
    key,
    mapping,
    maybe,
    number,
    one_of,
    page,
    text,
    whole,
)
from mocks.channels.plan import Deed, Plan, ok, telling, trading
from mocks.channels.state import Coupon, State
from mocks.desk import Desk
from mocks.http import Answer

EDITING, ACTIVE, EXPIRED, VOID, DELETED = 1, 2, 3, 4, 5
TYPES: Final = (1, 2, 3, 4, 101, 102, 103, 104)
DISCOUNTS, CONDITIONED = (1, 101), (1, 2, 101, 102)
_TIMES: Final = {"start_time": maybe(whole()), "end_time": maybe(whole())}
KINDS: Final = {
    "type": one_of(*TYPES),
    "name": text(10),
    "discount_info": mapping,
    "ext_info": maybe(mapping),
    "promote_info": maybe(having({"promote_type": maybe(one_of(1, 9, 10))})),
    "receive_info": having({**_TIMES, "limit_num_one_person": whole(1, 10**6), "total_num": whole(1, 10**8)}),
    "valid_info": having({"valid_type": one_of(1, 2), "valid_day_num": maybe(whole(1, 365)), **_TIMES}),
    "auto_valid_info": maybe(mapping),
}
FAR: Final = 10
"""So many pages may be skipped at once."""


def _wrong(desk: Desk, asked: Payload) -> Answer | None:
    """What is wrong with a coupon's content."""
    if refused := checked(asked, KINDS) or _discount_wrong(asked):
        return refused
    now, receive, valid = desk.now() // 1000, asked["receive_info"], asked["valid_info"]
    if number(receive.get("end_time"), now + 1) <= now:
        return Answer("109150")
    if number(valid["valid_type"]) == 2:
        return None if valid.get("valid_day_num") else Answer("10021010")
    begin, end = number(valid.get("start_time")), number(valid.get("end_time"))
    return None if 0 <= begin < end and end > now else Answer("10021010")


def _discount_wrong(asked: Payload) -> Answer | None:
    info, kind = asked["discount_info"], number(asked["type"])
    condition = {"product_cnt": maybe(whole()), "product_price": maybe(whole()), "product_ids": maybe(each(ident, 100))}
    kinds = {"discount_num": maybe(whole()), "discount_fee": maybe(whole()), "discount_condition": maybe(having(condition))}
    if refused := checked(info, kinds, "discount_info."):
        return refused
    if kind in DISCOUNTS:
        share = number(info.get("discount_num"), 0)
        return None if 2000 <= share <= 10_000 and share % 100 == 0 else Answer("10021010")
    least = number((info.get("discount_condition") or {}).get("product_price"), 0)
    fee = number(info.get("discount_fee"), 0)
    reached = kind not in CONDITIONED or least > fee
    return None if 0 < fee <= 20_000 and reached else Answer("10021010")


def create(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """A new coupon: nobody can take it yet."""
    if refused := _wrong(desk, asked):
        return refused

    def deed() -> Answer:
        coupon = Coupon(state.mint("coupon"), {name: asked.get(name) for name in KINDS}, desk.now(), desk.now())
        state.coupons[coupon.id] = coupon
        _tell(desk, state, coupon, "create", create_time=desk.now() // 1000)
        return ok(data={"coupon_id": coupon.id})

    return deed


def _tell(desk: Desk, state: State, coupon: Coupon, what: str, **times: int) -> None:
    events.tell(desk, state, f"channels_ec_coupon_{what}", coupon_info={"coupon_id": coupon.id, **times})


def coupon_of(state: State, asked: Payload) -> Coupon | Answer:
    """The coupon that a request means."""
    if refused := checked(asked, {"coupon_id": ident}):
        return refused
    found = state.coupons.get(key(asked["coupon_id"]))
    return Answer("10021037") if found is None or found.status == DELETED else found


def update(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """Another content, of a coupon that is not in use yet."""
    coupon = coupon_of(state, asked)
    if isinstance(coupon, Answer):
        return coupon
    if refused := _wrong(desk, asked):
        return refused
    if coupon.status != EDITING:
        return Answer("10021001")

    def deed() -> Answer:
        coupon.content, coupon.updated = {name: asked.get(name) for name in KINDS}, desk.now()
        _tell(desk, state, coupon, "info_change", change_time=desk.now() // 1000)
        return ok(data={"coupon_id": coupon.id})

    return deed


MOVES: Final = {EDITING: (ACTIVE, VOID, DELETED), ACTIVE: (VOID,), EXPIRED: (DELETED,), VOID: (DELETED,)}
"""Which statuses a merchant may choose, by the one that is."""

TOLD: Final = {VOID: ("invalid", "invalid_time"), DELETED: ("delete", "delete_time")}


def update_status(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """Put to use (2), made void (4) or deleted (5)."""
    coupon = coupon_of(state, asked)
    if isinstance(coupon, Answer):
        return coupon
    if refused := checked(asked, {"status": one_of(ACTIVE, VOID, DELETED)}):
        return refused
    wanted = number(asked["status"])
    if wanted not in MOVES[status_of(coupon, desk.now())]:
        return Answer("10021001")

    def deed() -> Answer:
        coupon.status, coupon.updated = wanted, desk.now()
        if wanted in TOLD:
            what, when = TOLD[wanted]
            _tell(desk, state, coupon, what, **{when: desk.now() // 1000})
        else:
            _end_by_itself(desk, state, coupon)
        return ok()

    return deed


def _end(coupon: Coupon) -> int:
    """When a coupon can be taken no more, ms; 0 for never."""
    return number(coupon.content["receive_info"].get("end_time"), 0) * 1000


def status_of(coupon: Coupon, now: int) -> int:
    """A coupon's status: one that can be taken no more has expired."""
    return EXPIRED if coupon.status == ACTIVE and 0 < _end(coupon) <= now else coupon.status


def _end_by_itself(desk: Desk, state: State, coupon: Coupon) -> None:
    def lapse() -> None:
        if coupon.status == ACTIVE:
            coupon.status = EXPIRED
            _tell(desk, state, coupon, "expire", expire_time=desk.now() // 1000)

    if end := _end(coupon):
        desk.later(state.account, end, f"end of channels coupon {coupon.id}", lapse)


def get(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """One coupon, with how many were taken and used."""
    coupon = coupon_of(state, asked)
    return coupon if isinstance(coupon, Answer) else telling(coupon=_shown(coupon, desk.now()))


def _shown(coupon: Coupon, now: int) -> dict[str, Any]:
    content = coupon.content
    info = {name: content[name] for name in KINDS if name != "type" and content.get(name) is not None}
    return {
        "coupon_id": coupon.id,
        "type": number(content["type"]),
        "status": status_of(coupon, now),
        "create_time": coupon.created // 1000,
        "update_time": coupon.updated // 1000,
        "coupon_info": info,
        "stock_info": {"issued_num": coupon.received, "receive_num": coupon.received, "used_num": coupon.used},
    }


def paged(ids: list[str], asked: Payload) -> Any:
    """A page by number: at most ten pages on from the one before (`page_ctx`), the first one among the first nine or the last."""
    if refused := checked(asked, {"page": whole(1, 10**6), "page_size": whole(1, 200), "page_ctx": maybe(text(200, 0))}):
        return refused
    wanted, size = number(asked["page"]), number(asked["page_size"])
    before, last = number(asked.get("page_ctx") or "0", 0), -(-len(ids) // size)
    far = abs(wanted - before) > FAR if before else wanted >= FAR
    if far and wanted != last:
        return Answer("10021036")
    return page(ids, {"page_size": size, "next_key": str((wanted - 1) * size)}, 200, size)


def listed(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """The ids of coupons, of one status or of all; 200 stands for those that are over."""
    if refused := checked(asked, {"status": maybe(whole())}):
        return refused
    status = number(asked.get("status"), 0)
    wanted = {200: (EXPIRED, VOID), 0: (EDITING, ACTIVE, EXPIRED, VOID)}.get(status, (status,))
    ids = [one.id for one in state.coupons.values() if status_of(one, desk.now()) in wanted]
    part = paged(ids, asked)
    if isinstance(part, Answer):
        return part
    return telling(coupons=[{"coupon_id": one} for one in part[0]], total_num=len(ids), page_ctx=str(asked["page"]))


def _plans() -> dict[str, Plan]:
    found: dict[str, Plan] = {
        "coupon_create": create,
        "coupon_update": update,
        "coupon_status": update_status,
        "coupon_get": get,
        "coupon_list": listed,
    }
    return {f"channels.{name}": trading(plan) for name, plan in found.items()}


PLANS: Final[Mapping[str, Plan]] = _plans()
"""What can be asked about coupons."""
