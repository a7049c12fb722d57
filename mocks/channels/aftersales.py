"""After-sale: a buyer wants money back, with or without the goods coming back, or other goods; the merchant agrees, refuses, is silent.

Law: facts and steps; a step that the status does not allow is refused with 10020001. Money that is given back is never more than
was paid.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from mocks.channels import events, orders
from mocks.channels.fields import NAME, Payload, key, number
from mocks.channels.plan import Fact, ok
from mocks.channels.state import AfterSale, Line, Order, State
from mocks.desk import Desk
from mocks.http import Answer
from sandbox.policy import Signal

PROCESSING, WAIT_RETURN, WAIT_RECEIPT, WAIT_CONFIRM, SENT_ANEW = OPEN = orders.ON_AFTERSALE
REFUSED, RETURN_REFUSED = "MERCHANT_REJECT_REFUND", "MERCHANT_REJECT_RETURN"
REFUNDED, RETURNED, GIVEN_UP, OVERDUE = (
    "MERCHANT_REFUND_SUCCESS",
    "MERCHANT_RETURN_SUCCESS",
    "USER_CANCELD",
    "MERCHANT_OVERDUE_REFUND",
)
REASONS: Final = {
    "INCORRECT_SELECTION": "拍错/多拍",
    "NO_LONGER_WANT": "不想要了",
    "NO_EXPRESS_INFO": "无快递信息",
    "EMPTY_PACKAGE": "包裹为空",
    "REJECT_RECEIVE_PACKAGE": "已拒签包裹",
    "NOT_DELIVERED_TOO_LONG": "快递长时间未送达",
    "NOT_MATCH_PRODUCT_DESC": "与商品描述不符",
    "QUALITY_ISSUE": "质量问题",
    "SEND_WRONG_GOODS": "卖家发错货",
    "OTHERS": "其他",
}
"""Why a buyer wants the money back."""

DIFFERENCES: Final = {"10001336": "双方协商一致退差价", "10001337": "商品降价", "10001338": "未使用优惠券"}
"""Why the difference of a price is paid back."""

KINDS: Final = ("REFUND", "RETURN", "EXCHANGE")
BY_API, BY_DEADLINE = 3, 9
"""What brought a refund about, as `refund_reason` tells it."""

WRONG_STATUS: Final = Answer("10020001")
UNSUPPORTED: Final = Answer("10021041")
"""This kind of after-sale does not go that way."""


def sale_of(state: State, asked: Payload) -> AfterSale | Answer:
    """The after-sale order that a request means."""
    found = key(asked.get("after_sale_order_id"))
    if not found:
        return Answer("10020000")
    return state.aftersales.get(found) or Answer("10021050")


def open_sale(desk: Desk, state: State, order: Order, line: Line, asked: Mapping[str, Any]) -> AfterSale:
    """A new wish, in the merchant's hands until its deadline."""
    now, count, kind = desk.now(), number(asked.get("count", 1), 1), asked.get("type", "REFUND")
    deadline = now + desk.setting(NAME, "aftersale_within")
    sale = AfterSale(
        id=state.mint("aftersale"),
        order=order,
        line=line,
        count=count,
        amount=0 if kind == "EXCHANGE" else number(asked.get("amount"), 0) or _worth(order, line, count),
        kind=kind,
        reason=asked.get("reason", "NO_LONGER_WANT"),
        created=now,
        updated=now,
        deadline=deadline,
        desc=str(asked.get("desc", "")),
        wanted=key(asked.get("new_sku_id")) or line.sku_id if kind == "EXCHANGE" else "",
    )
    line.disputed += count
    state.aftersales[sale.id] = sale
    order.sales.append(sale)
    _tell(desk, state, sale)

    def lapse() -> None:
        if sale.status == PROCESSING and sale.kind == "EXCHANGE":
            becomes(desk, state, sale, WAIT_RETURN)
        elif sale.status == PROCESSING:
            refund(desk, state, sale, OVERDUE)

    desk.later(state.account, deadline, f"deadline of channels after-sale {sale.id}", lapse)
    return sale


def _worth(order: Order, line: Line, count: int) -> int:
    """What so many pieces of a line cost the buyer, fen."""
    whole = sum(one.worth for one in order.lines) * line.count
    return (orders.due(order) - order.freight) * line.worth * count // whole


def _left(order: Order) -> int:
    """What of an order can still be given back, fen."""
    taken = (one.refunded or (one.amount if one.status in OPEN else 0) for one in order.sales)
    return orders.due(order) - sum(taken)


def _tell(desk: Desk, state: State, sale: AfterSale) -> None:
    body = {"status": sale.status, "after_sale_order_id": sale.id, "order_id": sale.order.id}
    sender = events.shown_to(state, sale.order.openid)
    events.tell(desk, state, "channels_ec_aftersale_update", sender, finder_shop_aftersale_status_update=body)


def becomes(desk: Desk, state: State, sale: AfterSale, status: str) -> None:
    """Its status is another one; one that is over holds no goods any more."""
    sale.status, sale.updated = status, desk.now()
    if status not in OPEN:
        sale.line.disputed -= sale.count
    _tell(desk, state, sale)


def refund(desk: Desk, state: State, sale: AfterSale, status: str) -> None:
    """The money goes back; an order of which nothing is left is cancelled."""
    sale.refunded, sale.refunded_at = sale.amount, desk.now()
    sale.line.refunded += sale.count
    becomes(desk, state, sale, status)
    order = sale.order
    if all(line.refunded >= line.count for line in order.lines) and orders.may(order, "refund_all"):
        orders.step(desk, order, "refund_all")
        events.about_order(desk, state, order, "cancel", cancel_type=orders.BY_REFUND)


def refundable(state: State, asked: Mapping[str, Any]) -> tuple[Order, Line] | Answer:
    """The order and the line of which so much can be asked back, or why it cannot."""
    order = state.orders.get(key(asked.get("order_id")))
    line = _line_of(order, asked)
    if order is None or line is None:
        return Answer("10021085")
    kind, reason, count = asked.get("type", "REFUND"), asked.get("reason", "NO_LONGER_WANT"), number(asked.get("count", 1))
    if kind not in KINDS or not 1 <= count <= line.count - line.refunded - line.disputed:
        return Answer("10021088")
    if not isinstance(reason, str) or reason not in REASONS:
        return Answer("10021084")
    if kind != "REFUND" and order.virtual:
        return Answer("10021086")
    if not orders.may(order, "refund_all") or (kind != "REFUND" and order.status not in (orders.TO_RECEIVE, orders.DONE)):
        return Answer("10021088")
    if kind == "EXCHANGE":
        product = state.products.get(line.product_id)
        known = product is not None and (key(asked.get("new_sku_id")) or line.sku_id) in product.stock
        return (order, line) if known else Answer("10021085")
    amount = number(asked.get("amount"), 0) if asked.get("amount") is not None else _worth(order, line, count)
    return (order, line) if 0 < amount <= _left(order) else Answer("10021088")


def difference(state: State, asked: Mapping[str, Any]) -> tuple[Order, Line] | Answer:
    """The order and the line of whose price so much can be paid back, or why it cannot."""
    order = state.orders.get(key(asked.get("order_id")))
    line = _line_of(order, asked)
    if order is None or line is None or line.product_id != key(asked.get("product_id")):
        return Answer("10021085")
    if asked.get("reason") not in tuple(DIFFERENCES):
        return Answer("10021084")
    fits = orders.may(order, "refund_all") and 0 < number(asked.get("amount"), 0) <= _left(order)
    return (order, line) if fits else Answer("10021088")


def _line_of(order: Order | None, asked: Mapping[str, Any]) -> Line | None:
    """The line that is meant; the first when none is named."""
    if order is None:
        return None
    sku = key(asked.get("sku_id"))
    return next((one for one in order.lines if not sku or one.sku_id == sku), None)


def shown(state: State, sale: AfterSale) -> dict[str, Any]:
    """An after-sale order as the shop tells it."""
    product = {"product_id": sale.line.product_id, "sku_id": sale.line.sku_id, "count": sale.count}
    return {
        "after_sale_order_id": sale.id,
        "status": sale.status,
        "order_id": sale.order.id,
        "openid": events.shown_to(state, sale.order.openid),
        "unionid": "",
        "product_info": {**product, "voucher_list": [], "gift_product_list": []},
        "details": {
            "desc": sale.desc,
            "receive_product": sale.kind != "REFUND",
            "cancel_time": sale.updated // 1000 if sale.status == GIVEN_UP else 0,
            "media_id_list": [],
            "tel_number": "",
        },
        "refund_info": {"amount": sale.amount, "refund_reason": _cause(sale)},
        "return_info": {"waybill_id": "", "delivery_id": "", "delivery_name": "", **sale.back},
        "merchant_upload_info": {"reject_reason": sale.reject, "refund_certificates": sale.certificates},
        "create_time": sale.created // 1000,
        "update_time": sale.updated // 1000,
        "reason": sale.reason,
        "reason_text": {**REASONS, **DIFFERENCES}[sale.reason],
        "refund_resp": {"code": "", "ret": 0, "message": ""},
        "type": sale.kind,
        "sub_type": sale.sub_kind,
        **(_exchange(state, sale) if sale.kind == "EXCHANGE" else {}),
        "complaint_id": sale.complaint,
        "deadline": sale.deadline // 1000 if sale.status in OPEN else 0,
        "gen_scene": 0,
    }


def _cause(sale: AfterSale) -> int:
    """What brought the refund about; 0 while there is none."""
    if not sale.refunded:
        return 0
    return BY_DEADLINE if sale.status == OVERDUE else BY_API


def _exchange(state: State, sale: AfterSale) -> dict[str, Any]:
    """Which goods come instead of which, and how."""
    old, product = sale.line, state.products.get(sale.line.product_id)
    new = product.sku(sale.wanted) if product else None
    goods = {
        "product_id": old.product_id,
        "old_sku_id": old.sku_id,
        "new_sku_id": sale.wanted,
        "product_cnt": str(sale.count),
    }
    prices = {"old_sku_price": old.price, "new_sku_price": (new or {}).get("sale_price", old.price)}
    by = {"waybill_id": "", "delivery_id": "", "delivery_name": "", **sale.anew, "address_info": sale.order.address}
    return {"exchange_product_info": {**goods, **prices}, "exchange_delivery_info": by}


# -------------------------------------------------------------------- what buyers do


def asked_back(desk: Desk, state: State, signal: Signal) -> Answer:
    """A buyer wants money back: `type` REFUND or RETURN, `count`, `reason`; or EXCHANGE, for `new_sku_id` or the same again."""
    found = refundable(state, signal.payload)
    if isinstance(found, Answer):
        return found
    sale = open_sale(desk, state, *found, signal.payload)
    return ok(after_sale_order_id=sale.id, status=sale.status)


def sent_back(desk: Desk, state: State, signal: Signal) -> Answer:
    """A buyer has sent the goods back."""
    sale = sale_of(state, signal.payload)
    if isinstance(sale, Answer):
        return sale
    if sale.status != WAIT_RETURN:
        return WRONG_STATUS
    sale.back = {"waybill_id": str(signal.payload.get("waybill_id", "SF0000000001")), "delivery_id": "SF"}
    becomes(desk, state, sale, WAIT_RECEIPT)
    return ok(status=sale.status)


def given_up(desk: Desk, state: State, signal: Signal) -> Answer:
    """A buyer does not want it any more."""
    sale = sale_of(state, signal.payload)
    if isinstance(sale, Answer):
        return sale
    if sale.status not in OPEN:
        return WRONG_STATUS
    becomes(desk, state, sale, GIVEN_UP)
    return ok(status=sale.status)


def answered(desk: Desk, state: State, signal: Signal) -> Answer:
    """A buyer takes what the merchant proposed (`accepted`), or stays with what was asked for."""
    sale, accepted = sale_of(state, signal.payload), signal.payload.get("accepted", True)
    if isinstance(sale, Answer):
        return sale
    if sale.status != WAIT_CONFIRM or sale.proposal is None or not isinstance(accepted, bool):
        return WRONG_STATUS
    if accepted:
        sale.kind, sale.amount = sale.proposal
    sale.proposal = None
    becomes(desk, state, sale, PROCESSING)
    return ok(status=sale.status, type=sale.kind, amount=sale.amount)


SIGNALS: Final[Mapping[str, Fact]] = {
    "channels.aftersale_asked": asked_back,
    "channels.aftersale_sent_back": sent_back,
    "channels.aftersale_given_up": given_up,
    "channels.aftersale_answered": answered,
}
"""What buyers do about it."""
