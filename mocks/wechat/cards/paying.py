"""The account of card points (券点) that pays for stock, and rules that give cards after a payment.

Law: points are never negative; stock is bought with an order that was priced before, once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mocks.desk import Desk
from mocks.http import Answer
from mocks.wechat.happenings import happened
from sandbox.policy import Call, Signal

from .card import Card
from .finding import OK, card_of
from .parsing import is_whole

if TYPE_CHECKING:
    from mocks.wechat.state import State

SUCC, WAITING = "ORDER_STATUS_SUCC", "ORDER_STATUS_WAITING"
RULES = {"RULE_TYPE_PAY_MEMBER_CARD": ("member_rule",), "RULE_TYPE_SINGLE_PAY": ("single_rule", "single_pay")}
AT_ONCE = 50
OCCUPIED = "mchid is occupied by the other appid"


def activate(desk: Desk, state: State, call: Call) -> Answer:
    """Open the account of points, with a present to begin with."""
    if refused := desk.ask(call):
        return refused
    first = not state.shelf.paying
    if first:
        state.shelf.paying, state.shelf.free_coins = True, desk.setting("wechat", "coins_at_first")
    return Answer(OK, {"reward": first})


def coins(desk: Desk, state: State, call: Call) -> Answer:
    """How many points there are."""
    if not state.shelf.paying:
        return Answer("43008")
    shelf = state.shelf
    told = {"free_coin": shelf.free_coins, "pay_coin": shelf.coins, "total_coin": shelf.free_coins + shelf.coins}
    return desk.ask(call) or Answer(OK, told)


def price(desk: Desk, state: State, call: Call) -> Answer:
    """What more stock would cost; answers with an order to confirm."""
    found = _wanted(state, call.payload)
    if isinstance(found, Answer):
        return found
    if refused := desk.ask(call):
        return refused
    card, quantity = found
    cost = quantity * desk.setting("wechat", "coins_a_card")
    free = min(state.shelf.free_coins, cost)
    order = _order(desk, state, "ORDER_TYPE_REDUCE", cost - free, free)
    order |= {"card_id": card.id, "quantity": quantity}
    return Answer(OK, {"order_id": order["id"], "price": cost, "free_coin": free, "pay_coin": cost - free})


def _wanted(state: State, payload: Mapping[str, Any]) -> tuple[Card, int] | Answer:
    """The card and how much stock of it is to be bought."""
    if not state.shelf.paying:
        return Answer("43008")
    card, quantity = card_of(state, payload), payload.get("quantity")
    if isinstance(card, Answer):
        return card
    if not is_whole(quantity) or not quantity > 0 or card.stock_problem(quantity):  # type: ignore[operator, arg-type] # a number
        return Answer("40122")
    return card, quantity  # type: ignore[return-value] # as above


def _order(desk: Desk, state: State, kind: str, paid: int, free: int) -> dict[str, Any]:
    number = f"{desk.now() // 1000}{len(state.shelf.orders) + 1:08}"
    order = {"id": number, "status": WAITING, "create_time": desk.now() // 1000, "pay_finish_time": 0, "desc": ""}
    counts = {"free_coin_count": f"{free}", "pay_coin_count": f"{paid}"}
    refunds = {"refund_free_coin_count": "0", "refund_pay_coin_count": "0"}
    state.shelf.orders[number] = {**order, **counts, **refunds, "order_type": kind, "memo": "", "receipt_info": ""}
    return state.shelf.orders[number]


def confirm(desk: Desk, state: State, call: Call) -> Answer:
    """Pay an order with points: the card has more stock."""
    found = _wanted(state, call.payload)
    if isinstance(found, Answer):
        return found
    (card, quantity), order = found, state.shelf.orders.get(str(call.payload.get("order_id")))
    if order is None or order["status"] != WAITING or (order.get("card_id"), order.get("quantity")) != (card.id, quantity):
        return Answer("72013")
    free, paid = int(order["free_coin_count"]), int(order["pay_coin_count"])
    if free > state.shelf.free_coins or paid > state.shelf.coins:
        return Answer("72013")
    if refused := desk.ask(call):
        return refused
    state.shelf.free_coins -= free
    state.shelf.coins -= paid
    card.restock(quantity)
    _done(desk, state, order)
    return Answer(OK)


def _done(desk: Desk, state: State, order: dict[str, Any]) -> None:
    order |= {"status": SUCC, "pay_finish_time": desk.now() // 1000}
    happened(
        desk,
        state,
        "card_pay_order",
        OrderId=order["id"],
        Status=SUCC,
        CreateOrderTime=order["create_time"],
        PayFinishTime=order["pay_finish_time"],
        Desc="",
        FreeCoinCount=order["free_coin_count"],
        PayCoinCount=order["pay_coin_count"],
        RefundFreeCoinCount="0",
        RefundPayCoinCount="0",
        OrderType=order["order_type"],
        Memo="",
        ReceiptInfo="",
    )


def recharge(desk: Desk, state: State, call: Call) -> Answer:
    """Buy points: answers with an order that is paid by scanning."""
    count = call.payload.get("coin_count")
    if not state.shelf.paying:
        return Answer("43008")
    if not is_whole(count) or not 0 < count <= 10**8:  # type: ignore[operator] # it is a number by then
        return Answer("40097")
    if refused := desk.ask(call):
        return refused
    order = _order(desk, state, "ORDER_TYPE_WXPAY", int(count or 0), 0)
    url = f"weixin://wxpay/bizpayurl?pr={order['id']}"
    return Answer(OK, {"order_id": order["id"], "qrcode_url": url, "qrcode_buffer": ""})


def recharged(desk: Desk, state: State, signal: Signal) -> Answer:
    """Somebody scans and pays for points (`order_id`)."""
    order = state.shelf.orders.get(str(signal.payload.get("order_id")))
    if order is None or order["order_type"] != "ORDER_TYPE_WXPAY" or order["status"] != WAITING:
        return Answer("72013")
    state.shelf.coins += int(order["pay_coin_count"])
    _done(desk, state, order)
    return Answer(OK)


def getorder(desk: Desk, state: State, call: Call) -> Answer:
    """One order of points."""
    order = state.shelf.orders.get(str(call.payload.get("order_id")))
    if order is None:
        return Answer("72013")
    return desk.ask(call) or Answer(OK, {"order_info": shown(order)})


def shown(order: Mapping[str, Any]) -> dict[str, Any]:
    """An order as it is told; `order_tpye` is the vendor's spelling."""
    told = {name: value for name, value in order.items() if name not in ("order_type", "card_id", "quantity")}
    return {**told, "order_tpye": order["order_type"]}


def getorderlist(desk: Desk, state: State, call: Call) -> Answer:
    """The account's orders of points, a page at a time."""
    offset, count = call.payload.get("offset", 0), call.payload.get("count", AT_ONCE)
    if not (is_whole(offset) and is_whole(count) and offset >= 0 and 0 < count <= AT_ONCE):
        return Answer("40097")
    if refused := desk.ask(call):
        return refused
    orders = [shown(order) for order in state.shelf.orders.values()]
    return Answer(OK, {"total_num": len(orders), "order_list": orders[offset : offset + count]})


def add_rule(desk: Desk, state: State, call: Call) -> Answer:
    """After a payment of so much, a card is given."""
    rule = call.payload.get("rule_info")
    if not isinstance(rule, dict) or rule.get("type") not in tuple(RULES) or not isinstance(rule.get("base_info"), dict):
        return Answer("41011")
    part = next((rule[name] for name in RULES[rule["type"]] if isinstance(rule.get(name), dict)), None)
    if part is None:
        return Answer("41011")
    card = card_of(state, part)
    if isinstance(card, Answer):
        return Answer("72001")
    if rule["type"] == "RULE_TYPE_PAY_MEMBER_CARD" and card.kind != "MEMBER_CARD":
        return Answer("72003")
    merchants = rule["base_info"].get("mchid_list")
    if not isinstance(merchants, list) or not merchants or not all(isinstance(one, str | int) for one in merchants):
        return Answer("72002")
    if refused := desk.ask(call):
        return refused
    taken = {
        str(one): number for number, other in state.shelf.gift_rules.items() for one in other["base_info"]["mchid_list"]
    }
    failed = [
        {"mchid": one, "errcode": 72004, "errmsg": OCCUPIED, "occupy_rule_id": taken[str(one)]}
        for one in merchants
        if str(one) in taken
    ]
    good = [one for one in merchants if str(one) not in taken]
    number = state.shelf.rules_made = state.shelf.rules_made + 1
    if good:
        state.shelf.gift_rules[number] = {**rule, "base_info": {**rule["base_info"], "mchid_list": good}}
    rows = [{**one, "occupy_appid": state.appid} for one in failed]
    return Answer(OK, {"rule_id": number if good else 0, "fail_mchid_list": rows, "succ_mchid_list": good})


def delete_rule(desk: Desk, state: State, call: Call) -> Answer:
    """Take such a rule away."""
    number = call.payload.get("rule_id")
    if not is_whole(number) or number not in state.shelf.gift_rules:
        return Answer("40097")
    if refused := desk.ask(call):
        return refused
    del state.shelf.gift_rules[number]
    return Answer(OK)


def get_rule(desk: Desk, state: State, call: Call) -> Answer:
    """One rule."""
    number = call.payload.get("rule_id")
    rule = state.shelf.gift_rules.get(number) if is_whole(number) else None  # type: ignore[arg-type] # it is a number by then
    if rule is None:
        return Answer("40097")
    return desk.ask(call) or Answer(OK, {"rule_info": {"rule_id": number, **rule}})


def batchget_rules(desk: Desk, state: State, call: Call) -> Answer:
    """The rules of a type, a page at a time; `effective`: only those that hold now."""
    said, now = call.payload, desk.now() // 1000
    offset, count = said.get("offset", 0), said.get("count", 10)
    if not (is_whole(offset) and is_whole(count) and offset >= 0 and 0 < count <= AT_ONCE):
        return Answer("40097")
    if refused := desk.ask(call):
        return refused
    rows = [
        {"rule_id": number, **rule}
        for number, rule in state.shelf.gift_rules.items()
        if rule["type"] == said.get("type", rule["type"]) and (said.get("effective") is not True or _holds(rule, now))
    ]
    return Answer(OK, {"total_count": len(rows), "rule_list": rows[offset : offset + count]})


def _holds(rule: Mapping[str, Any], now: int) -> bool:
    begin, end = (rule["base_info"].get(name, now) for name in ("begin_time", "end_time"))
    return is_whole(begin) and is_whole(end) and begin <= now <= end
