"""Flash sales: for a time, so many pieces of a sku are sold at another price.

Law: plans. A sale changes no product: who asks for a price asks here too. While it runs its skus are locked (10020014).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from mocks.channels.fields import Payload, checked, each, having, ident, invalid, key, maybe, number, page, whole
from mocks.channels.plan import Deed, Plan, ok, telling, trading
from mocks.channels.products import product_of
from mocks.channels.review import LISTED
from mocks.channels.state import IN_FORCE, Flash, State
from mocks.desk import Desk
from mocks.http import Answer

_SKUS: Final = each(having({"sku_id": ident, "sale_price": whole(1, 10**9), "sale_stock": whole(1, 10**8)}), 500, 1)


def add(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """A sale of some skus of a product that is on sale: cheaper, and no more pieces than there are."""
    product = product_of(state, asked)
    if isinstance(product, Answer):
        return product
    if refused := checked(asked, {"start_time": whole(), "end_time": whole(), "limited_discount_skus": _SKUS}):
        return refused
    start, end = number(asked["start_time"]) * 1000, number(asked["end_time"]) * 1000
    if product.status != LISTED:
        return Answer("10020052")
    if not start < end or end <= desk.now():
        return invalid("end_time", "a time to come, after the start")
    skus = {key(one["sku_id"]): one for one in asked["limited_discount_skus"]}
    wanted = {
        one: {"sale_price": number(row["sale_price"]), "sale_stock": number(row["sale_stock"])} for one, row in skus.items()
    }
    for sku_id, row in wanted.items():
        sku = product.sku(sku_id)
        if sku is None or row["sale_price"] >= sku["sale_price"] or row["sale_stock"] > product.stock[sku_id]:
            return invalid("limited_discount_skus", "a sku of the product, a lower price, and no more than its stock")
        if any(sku_id in one.skus and one.status(desk.now()) == IN_FORCE for one in state.flashes.values()):
            return Answer("10020014")

    def deed() -> Answer:
        sale = Flash(state.mint("task"), product.id, start, end, wanted, desk.now())
        state.flashes[sale.id] = sale
        return ok(task_id=sale.id)

    return deed


def listed(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """The shop's sales, of one status or of all."""
    if refused := checked(asked, {"status": maybe(whole())}):
        return refused
    wanted, now = number(asked.get("status")), desk.now()
    found = [one for one in state.flashes.values() if wanted < 0 or one.status(now) == wanted]
    part = page(found, asked, 50, 10)
    if isinstance(part, Answer):
        return part
    rows = [_shown(one, now) for one in part[0]]
    return telling(limited_discount_tasks=rows, next_key=part[1], total_num=len(found))


def _shown(sale: Flash, now: int) -> dict[str, Any]:
    times = {"create_time": sale.created // 1000, "start_time": sale.start // 1000, "end_time": sale.end // 1000}
    skus = [{"sku_id": one, **row} for one, row in sale.skus.items()]
    ids = {"task_id": sale.id, "product_id": sale.product_id, "status": sale.status(now)}
    return {**ids, **times, "limited_discount_skus": skus}


def stop(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """End a sale before its time."""
    sale = state.flashes.get(key(asked.get("task_id")))
    if sale is None or sale.status(desk.now()) != IN_FORCE:
        return invalid("task_id", "a sale that is in force")

    def deed() -> Answer:
        sale.stopped = True
        return ok()

    return deed


def delete(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """Forget a sale that is over."""
    sale = state.flashes.get(key(asked.get("task_id")))
    if sale is None or sale.status(desk.now()) == IN_FORCE:
        return invalid("task_id", "a sale that is over")

    def deed() -> Answer:
        del state.flashes[sale.id]
        return ok()

    return deed


PLANS: Final[Mapping[str, Plan]] = {
    "channels.flash_add": trading(add),
    "channels.flash_list": trading(listed),
    "channels.flash_stop": trading(stop),
    "channels.flash_delete": trading(delete),
}
"""What can be asked about flash sales."""
