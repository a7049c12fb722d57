"""What the merchant does about after-sale: looks, agrees, refuses, proves, or opens one in a buyer's place.

Law: plans; see `aftersales`. A personal shop, which sells nothing, has none (V03).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mocks.channels.aftersales import (
    PROCESSING,
    REASONS,
    REFUNDED,
    REFUSED,
    RETURN_REFUSED,
    RETURNED,
    UNSUPPORTED,
    WAIT_CONFIRM,
    WAIT_RECEIPT,
    WAIT_RETURN,
    WRONG_STATUS,
    becomes,
    difference,
    open_sale,
    refund,
    refundable,
    sale_of,
    shown,
)
from mocks.channels.fields import NAME, Payload, checked, each, ident, invalid, key, maybe, number, one_of, page, text, whole
from mocks.channels.plan import Deed, Plan, ok, telling, trading
from mocks.channels.state import AfterSale, State
from mocks.desk import Desk
from mocks.http import Answer

DAY_S: Final = 86_400
REJECTIONS: Final = (
    (1, "商家未收到货"),
    (2, "商品影响二次销售"),
    (3, "用户填写的单号有误"),
    (4, "已与用户协商一致"),
    (5, "其他"),
)


def listed(_desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """The ids of those made or changed within at most 24 hours."""
    found: list[AfterSale] = list(state.aftersales.values())
    named = False
    for name, at in (("create", "created"), ("update", "updated")):
        begin, end = asked.get(f"begin_{name}_time"), asked.get(f"end_{name}_time")
        if begin is None and end is None:
            continue
        first, last = number(begin), number(end)
        if first < 0 or not 0 <= last - first <= DAY_S:
            return invalid(f"end_{name}_time", "at most 24 hours after the begin")
        named = True
        found = [one for one in found if first <= getattr(one, at) // 1000 <= last]
    if not named:
        return invalid("begin_create_time", "a range of times")
    part = page([one.id for one in found], asked, 100, 50)
    if isinstance(part, Answer):
        return part
    return telling(after_sale_order_id_list=list(part[0]), has_more=part[2], next_key=part[1])


def get(_desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """One after-sale order."""
    sale = sale_of(state, asked)
    return sale if isinstance(sale, Answer) else lambda: ok(after_sale_order=shown(state, sale))


def accept(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """Agree: a refund is paid at once; a return is agreed to first, and paid when the goods are there; so is an exchange, until then."""
    sale = sale_of(state, asked)
    if isinstance(sale, Answer):
        return sale
    if refused := checked(asked, {"address_id": maybe(whole()), "accept_type": maybe(one_of(1, 2))}):
        return refused
    if sale.status not in (PROCESSING, WAIT_RECEIPT):
        return WRONG_STATUS
    if sale.kind == "EXCHANGE" and sale.status == WAIT_RECEIPT:
        return UNSUPPORTED
    back = sale.kind != "REFUND" and sale.status == PROCESSING
    if back and key(asked.get("address_id")) not in state.addresses:
        return invalid("address_id", "an address of the shop, since the goods come back")
    if not back and _just_paid(desk, sale):
        return BUSY

    def deed() -> Answer:
        if back:
            becomes(desk, state, sale, WAIT_RETURN)
        else:
            refund(desk, state, sale, RETURNED if sale.kind == "RETURN" else REFUNDED)
        return ok()

    return deed


BUSY: Final = Answer("10021044")


def _just_paid(desk: Desk, sale: AfterSale) -> bool:
    """Was money of the same order given back a moment ago? Two refunds of one order want a minute between them."""
    since = desk.now() - desk.setting(NAME, "refunds_apart")
    return any(one.refunded_at > since for one in sale.order.sales if one.refunded_at)


REFUSALS: Final = {"REFUND": REFUSED, "RETURN": RETURN_REFUSED, "EXCHANGE": "MERCHANT_REJECT_EXCHANGE"}
"""What a refusal makes of each kind."""


def reject(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """Refuse, with a reason."""
    sale = sale_of(state, asked)
    if isinstance(sale, Answer):
        return sale
    if refused := checked(asked, {"reject_reason": maybe(text(500, 0)), "reject_reason_type": maybe(whole(0, 100))}):
        return refused
    if not asked.get("reject_reason") and not asked.get("reject_reason_type"):
        return invalid("reject_reason", "a reason")
    if sale.status not in (PROCESSING, WAIT_RECEIPT):
        return WRONG_STATUS
    if sale.kind == "EXCHANGE" and sale.status == WAIT_RECEIPT:
        return UNSUPPORTED

    def deed() -> Answer:
        sale.reject = asked.get("reject_reason") or dict(REJECTIONS).get(number(asked["reject_reason_type"]), "其他")
        becomes(desk, state, sale, REFUSALS[sale.kind])
        return ok()

    return deed


def negotiate(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """Propose something else: another amount, or another way (`type` 1 money alone, 2 with the goods). The buyer answers."""
    sale = sale_of(state, asked)
    if isinstance(sale, Answer):
        return sale
    if sale.kind == "EXCHANGE":
        return UNSUPPORTED
    kinds = {
        "type": maybe(one_of(1, 2)),
        "amount": maybe(whole(1, sale.amount)),
        "merchant_update_desc": maybe(text(500, 0)),
    }
    if refused := checked(asked, kinds):
        return refused
    if sale.status != PROCESSING:
        return WRONG_STATUS
    kind = {1: "REFUND", 2: "RETURN"}.get(number(asked.get("type")), sale.kind)

    def deed() -> Answer:
        sale.proposal = kind, number(asked.get("amount"), sale.amount)
        becomes(desk, state, sale, WAIT_CONFIRM)
        return ok()

    return deed


def certificate(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """Proof that the money was given back."""
    sale = sale_of(state, asked)
    if isinstance(sale, Answer):
        return sale
    if refused := checked(asked, {"refund_certificates": each(text(200), 5, 1), "desc": maybe(text(500, 0))}):
        return refused

    def deed() -> Answer:
        sale.certificates, sale.updated = asked["refund_certificates"], desk.now()
        return ok()

    return deed


def _used_up(state: State, asked: Payload) -> Answer | None:
    """Each `request_id` is good once."""
    request = asked.get("request_id")
    if not (isinstance(request, str) and 0 < len(request) <= 64):
        return Answer("10021083")
    return Answer("10021089") if request in state.requests else None


def generate(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """The merchant opens one in the buyer's place; each `request_id` is good once."""
    if refused := _used_up(state, asked) or checked(
        asked, {"order_id": ident, "product_id": maybe(ident), "sku_id": maybe(ident)}
    ):
        return refused
    found = refundable(state, asked)
    if isinstance(found, Answer):
        return found

    def deed() -> Answer:
        state.requests.add(asked["request_id"])
        sale = open_sale(desk, state, *found, asked)
        return ok(after_sale_order_id=sale.id, aftersale_id=sale.id)

    return deed


def pay_difference(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """The merchant pays the difference of a price back, in the buyer's place: at once, and no goods with it."""
    if refused := _used_up(state, asked) or checked(
        asked, {"order_id": ident, "product_id": ident, "sku_id": ident, "desc": maybe(text(500, 0))}
    ):
        return refused
    found = difference(state, asked)
    if isinstance(found, Answer):
        return found

    def deed() -> Answer:
        state.requests.add(asked["request_id"])
        sale = open_sale(desk, state, *found, {**asked, "count": 0, "type": "REFUND"})
        sale.sub_kind = "REFUND_PRICE_DIFF"
        refund(desk, state, sale, REFUNDED)
        return ok(after_sale_order_id=sale.id, aftersale_id=sale.id)

    return deed


def reasons(_desk: Desk, _state: State, _asked: Payload) -> Answer | Deed:
    """Why a buyer may want the money back."""
    return telling(reason_list=[{"reason": one, "reason_text": words} for one, words in REASONS.items()])


def reject_reasons(_desk: Desk, _state: State, _asked: Payload) -> Answer | Deed:
    """Why a merchant may refuse; under both names that clients look for."""
    rows = [
        {"reject_reason_type": number_, "reject_reason_type_text": words, "reject_reason": words, "reject_scene": 1}
        for number_, words in REJECTIONS
    ]
    return telling(reject_reason_list=rows, reason_list=rows)


def _plans() -> dict[str, Plan]:
    found: dict[str, Plan] = {
        "aftersale_list": listed,
        "aftersale_get": get,
        "aftersale_accept": accept,
        "aftersale_reject": reject,
        "aftersale_negotiate": negotiate,
        "aftersale_certificate": certificate,
        "aftersale_generate": generate,
        "aftersale_difference": pay_difference,
        "aftersale_reasons": reasons,
        "aftersale_reject_reasons": reject_reasons,
    }
    return {f"channels.{name}": trading(plan) for name, plan in found.items()}


PLANS: Final[Mapping[str, Plan]] = _plans()
"""What can be asked about after-sale."""
