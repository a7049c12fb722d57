"""Stock: told, changed and accounted for, sku by sku.

Law: plans. Stock never goes below zero; every change is a row of the flow.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from mocks.channels import events
from mocks.channels.fields import NAME, Payload, checked, each, ident, key, maybe, number, one_of, page, whole
from mocks.channels.plan import Deed, Plan, ok, telling
from mocks.channels.products import product_of
from mocks.channels.review import DELETED, IN_AUDIT
from mocks.channels.state import Product, State
from mocks.desk import Desk
from mocks.http import Answer

MORE, LESS, SET = 1, 2, 3
IN, OUT = 1, 2


def _of_sku(state: State, asked: Payload) -> tuple[Product, str] | Answer:
    """The product and the sku that a request means."""
    product = product_of(state, asked)
    if isinstance(product, Answer):
        return product
    if refused := checked(asked, {"sku_id": ident}):
        return refused
    sku = key(asked["sku_id"])
    return (product, sku) if sku in product.stock else Answer("10020051", text="parameter error: no such sku")


def get(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """How many of a sku there are."""
    found = _of_sku(state, asked)
    if isinstance(found, Answer):
        return found
    product, sku = found
    return telling(data=_counted(state, product, sku, desk.now()))


def _counted(state: State, product: Product, sku: str, now: int) -> dict[str, Any]:
    """The pieces of a sku; those that a flash sale has put aside are counted apart."""
    stock, flash = product.stock[sku], state.flash(product.id, sku, now)
    limited = min(stock, flash["sale_stock"]) if flash else 0
    counts = {"normal_stock_num": stock - limited, "limited_discount_stock_num": limited, "total_stock_num": stock}
    return {**counts, "finder_stock_num": 0, "warehouse_stocks": []}


def batch_get(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """The stock of every sku of several products."""
    if refused := checked(asked, {"product_id": each(ident, 100, 1)}):
        return refused
    found = [state.products.get(key(one)) for one in asked["product_id"]]
    rows = [_stock_rows(state, one, desk.now()) for one in found if one is not None and one.status != DELETED]
    return telling(data={"spu_stock_list": rows})


def _stock_rows(state: State, product: Product, now: int) -> dict[str, Any]:
    rows = [{"sku_id": sku, **_counted(state, product, sku, now)} for sku in product.stock]
    return {"product_id": product.id, "sku_stock": rows}


def update(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """More, less, or so many, of a product that was once on sale and whose draft is not being reviewed (V13)."""
    found = _of_sku(state, asked)
    if isinstance(found, Answer):
        return found
    if refused := checked(asked, {"diff_type": one_of(MORE, LESS, SET), "num": whole(0, 10**8)}):
        return refused
    product, sku = found
    change = _change(product.stock[sku], number(asked["diff_type"]), number(asked["num"]))
    if product.edit_status == IN_AUDIT:
        return Answer("10020217")
    if product.online is None:
        return Answer("10020289")
    if change == 0 and number(asked["diff_type"]) != SET:
        return Answer("10020218")
    if product.stock[sku] + change < 0:
        return Answer("10020219")

    def deed() -> Answer:
        product.move(sku, change, IN if change >= 0 else OUT, desk.now())
        warn_when_low(desk, state, product, sku)
        return ok()

    return deed


def _change(now: int, kind: int, num: int) -> int:
    return {MORE: num, LESS: -num, SET: num - now}[kind]


def warn_when_low(desk: Desk, state: State, product: Product, sku: str) -> None:
    """Tell the merchant when few are left."""
    left = product.stock[sku]
    if left <= desk.setting(NAME, "stock_low"):
        body = {"product_id": product.id, "sku_id": sku, "remaining_stock_amount": left, "remaining_code_amount": 0}
        events.tell(desk, state, "channels_ec_stock_no_enough", channels_ec_stock_no_enough=body)


def flow(_desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """Every change of a sku's stock, the newest first."""
    found = _of_sku(state, asked)
    if isinstance(found, Answer):
        return found
    times = {"begin_time": maybe(whole()), "end_time": maybe(whole()), "stock_type": maybe(whole())}
    if refused := checked(asked, times):
        return refused
    product, sku = found
    begin, end = number(asked.get("begin_time"), 0), number(asked.get("end_time"), 2**53)
    rows = [one for one in reversed(product.flows) if one["sku_id"] == sku and begin <= one["update_time"] <= end]
    part = page(rows, asked, 100, 20)
    if isinstance(part, Answer):
        return part
    shown = [{name: value for name, value in one.items() if name != "sku_id"} for one in part[0]]
    return telling(data={"stock_flow_info_list": shown, "next_key": part[1]})


PLANS: Final[Mapping[str, Plan]] = {
    "channels.stock_get": get,
    "channels.stock_batch_get": batch_get,
    "channels.stock_update": update,
    "channels.stock_flow": flow,
}
"""What can be asked about stock."""
