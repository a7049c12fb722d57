"""Gift cards that were bought: the buyer keeps them or sends them to friends, who take them; the merchant looks, and pays back.

Law: a card leaves the stock when it is paid, and its code is somebody's from then on. What was used is not paid back; what nobody
took returns to the buyer.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.wechat.cards import codes
from mocks.wechat.cards.finding import OK
from mocks.wechat.cards.giving import handed
from mocks.wechat.cards.parsing import is_whole
from mocks.wechat.happenings import note
from sandbox.policy import Call, Signal

from .pages import LACKING, WRONG, items_of, price_of, sold
from .state import Gift, Order

if TYPE_CHECKING:
    from mocks.wechat.state import State

NAME: Final = "wechat"
UNKNOWN: Final = "72013"
SORTS: Final = ("ASC", "DESC")


def bought(desk: Desk, state: State, signal: Signal) -> Answer:
    """A user (`openid`) buys cards (`card_ids`) from a page (`page_id`) and pays; answers with the order."""
    said, openid = signal.payload, signal.payload.get("openid")
    page = state.gifts.pages.get(str(said.get("page_id")))
    wanted = said.get("card_ids")
    if page is None or not isinstance(wanted, list) or not wanted:
        return Answer(WRONG)
    if not isinstance(openid, str) or not openid:
        return Answer("40003")
    if state.gifts.all_shut or said["page_id"] in state.gifts.shut or (len(wanted) > 1 and not page.get("support_multi")):
        return Answer("45030")
    found = [_offer(state, page, one) for one in wanted]
    bad = next((one for one in found if isinstance(one, Answer)), None)
    if bad:
        return bad
    if any(wanted.count(one) > state.cards[one].stock for one in wanted):
        return Answer("45031")
    actor = {**state.identity, **signal.actor, "user": openid}
    if refused := desk.ask(Call(NAME, "wechat.card.issue", state.account, actor, len(wanted))):
        return refused
    gifts = [_taken(desk, one, openid) for one in found if not isinstance(one, Answer)]
    order = _order(desk, state, said, gifts)
    note(desk, state, "giftcard_pay_done", openid, -1, {"PageId": order.page, "OrderId": order.id})
    return Answer(OK, {"order_id": order.id})


def _offer(state: State, page: Mapping[str, Any], card_id: object) -> Gift | Answer:
    """What the page offers under a card's id, in the first of its wrappings."""
    theme = next((theme for theme, item in items_of(page) if item["card_id"] == card_id), None)
    if theme is None:
        return Answer("40073")
    card, wrapping = sold(state, {"card_id": card_id}), theme["pic_item_list"][0]
    if isinstance(card, Answer):
        return card
    return Gift(card, -1, price_of(card), wrapping["background_pic_url"], str(wrapping.get("default_gifting_msg", "")))


def _taken(desk: Desk, gift: Gift, openid: str) -> Gift:
    gift.number = gift.card.take(openid, desk.now())
    return gift


def _order(desk: Desk, state: State, said: Mapping[str, Any], gifts: list[Gift]) -> Order:
    drawn, now = state.office.mint(state.secret, "giftcard/order"), desk.now() // 1000
    order = Order(drawn[:18], said["page_id"], f"4001{int(drawn[18:40], 16) % 10**24:024}", now, said["openid"], gifts)
    order.channel = str(said.get("outer_str", ""))
    state.gifts.orders[order.id] = order
    return order


def _order_of(state: State, said: Mapping[str, Any]) -> Order | Answer:
    order_id = said.get("order_id")
    found = state.gifts.orders.get(order_id) if isinstance(order_id, str) else None
    return Answer(UNKNOWN) if found is None else found


def sent(desk: Desk, state: State, signal: Signal) -> Answer:
    """The buyer sends what he has of an order (`order_id`) to a friend, or (`chat_room`) into a chat; untaken, it returns."""
    order = _order_of(state, signal.payload)
    if isinstance(order, Answer):
        return order
    left = _left(order)
    if order.waiting or not left or any(one.card.status_of(one.number, desk.now()) != "NORMAL" for one in left):
        return Answer("40127")
    order.waiting, order.sent, order.chat_room = True, order.sent + 1, bool(signal.payload.get("chat_room"))
    time = order.sent
    for gift in left:
        gift.card.codes.move(gift.number, codes.GIFTING)
    _tell_sent(desk, state, order, returned=False)

    def end() -> None:
        if order.waiting and order.sent == time:
            order.waiting = False
            for gift in _left(order):
                gift.card.codes.move(gift.number, codes.NORMAL)
            _tell_sent(desk, state, order, returned=True)

    desk.later(state.account, desk.now() + desk.setting(NAME, "gift_waits"), f"gifts of {order.id} not taken", end)
    return Answer(OK)


def _left(order: Order) -> list[Gift]:
    """What nobody has accepted."""
    return [one for one in order.gifts if not one.accepter]


def _tell_sent(desk: Desk, state: State, order: Order, *, returned: bool) -> None:
    fields: dict[str, str | int] = {"PageId": order.page, "OrderId": order.id}
    fields |= {"IsChatRoom": _said(order.chat_room), "IsReturnBack": _said(returned)}
    note(desk, state, "giftcard_send_to_friend", order.buyer, -1, fields)


def _said(yes: object) -> str:
    """Yes or no, as these events say it."""
    return "true" if yes else "false"


def accepted(desk: Desk, state: State, signal: Signal) -> Answer:
    """A friend (`openid`) takes what was sent: all of it, or in a chat the next card; answers with the codes."""
    order, friend = _order_of(state, signal.payload), signal.payload.get("openid")
    if isinstance(order, Answer):
        return order
    if not isinstance(friend, str) or not friend:
        return Answer("40003")
    if not order.waiting:
        return Answer("40127")
    left = _left(order)
    taken = left[:1] if order.chat_room else left
    for gift in taken:
        gift.number, gift.accepter = handed(desk, state, gift.card, gift.number, friend), friend
    order.waiting = len(left) > len(taken)
    fields: dict[str, str | int] = {"PageId": order.page, "OrderId": order.id, "IsChatRoom": _said(order.chat_room)}
    note(desk, state, "giftcard_user_accept", friend, -1, fields)
    return Answer(OK, {"codes": [one.card.codes.texts[one.number] for one in taken]})


def get(desk: Desk, state: State, call: Call) -> Answer:
    """One order."""
    order = _order_of(state, call.payload)
    if isinstance(order, Answer):
        return order
    return desk.ask(call) or Answer(OK, {"order": _shown(order)})


def _shown(order: Order) -> dict[str, Any]:
    cards = [
        {
            "card_id": one.card.id,
            "price": one.price,
            "code": one.card.codes.texts[one.number],
            "default_gifting_msg": one.message,
            "background_pic_url": one.background,
            "accepter_openid": one.accepter,
        }
        for one in order.gifts
    ]
    return {
        "order_id": order.id,
        "page_id": order.page,
        "trans_id": order.transaction,
        "create_time": order.created,
        "pay_finish_time": order.created,
        "total_price": sum(one.price for one in order.gifts),
        "open_id": order.buyer,
        "accepter_openid": next((one.accepter for one in order.gifts if one.accepter), ""),
        "card_list": cards,
        "outer_str": order.channel,
        "IsChatRoom": order.chat_room,
    }


def batchget(desk: Desk, state: State, call: Call) -> Answer:
    """The orders of a span of time, a page at a time."""
    said = call.payload
    numbers: list[Any] = [said.get(name) for name in ("begin_time", "end_time", "offset", "count")]
    begin, end, offset, count = numbers
    if not all(is_whole(one) and one >= 0 for one in numbers):
        return Answer(LACKING)
    span, most = desk.setting(NAME, "giftcard_orders_span"), desk.setting(NAME, "giftcard_orders_at_once")
    if said.get("sort_type", "ASC") not in SORTS or not (0 <= (end - begin) * 1000 <= span and 0 < count <= most):
        return Answer(WRONG)
    if refused := desk.ask(call):
        return refused
    rows = [_shown(one) for one in state.gifts.orders.values() if begin <= one.created <= end]
    rows = rows[::-1] if said.get("sort_type") == "DESC" else rows
    return Answer(OK, {"total_count": len(rows), "order_list": rows[offset : offset + count]})


def refund(desk: Desk, state: State, call: Call) -> Answer:
    """Pay an order back: its cards are worth nothing from now on, and stock again. What was used keeps all of it."""
    order = _order_of(state, call.payload)
    if isinstance(order, Answer):
        return order
    if order.refunded:
        return Answer(UNKNOWN)
    if any(one.card.codes.states[one.number] == codes.CONSUMED for one in order.gifts):
        return Answer("40099")
    if refused := desk.ask(call):
        return refused
    order.refunded, order.waiting = True, False
    for gift in order.gifts:
        gift.card.codes.move(gift.number, codes.UNAVAILABLE)
        gift.card.stock += not gift.card.deposits
    return Answer(OK)
