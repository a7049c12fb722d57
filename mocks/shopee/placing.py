"""What buyers order: which goods, at which price, and what that does to their stock.

Law: an order takes stock when it is placed; what waits for its courier is reserved; a cancelled order gives back what it took.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from mocks.shopee.catalog import Item, Model, called
from mocks.shopee.fields import whole
from mocks.shopee.orders import Bought, Order
from mocks.shopee.state import State

GOODS: Final = ("保温杯", "蓝牙耳机", "手机壳", "瑜伽垫", "帆布包", "数据线", "台灯", "雨伞")
"""What a new shop sells, one by one."""

FIRST_ITEM: Final = 10_000
"""The number of the first of these."""

SN_LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"
CHINA: Final = timedelta(hours=8)
ANYTHING: Final[Mapping[str, Any]] = {}


def place(
    state: State, at: int, sn: str = "", status: str = "READY_TO_SHIP", wish: Mapping[str, Any] = ANYTHING
) -> Order | None:
    """A new order of somebody, for something or for what is wished (`item_id`, `model_id`, `quantity`); None when it is sold out."""
    rng = state.rng
    sn = sn or f"{datetime.fromtimestamp(at / 1000, UTC) + CHINA:%y%m%d}" + "".join(rng.choices(SN_LETTERS, k=8))
    buyer, start = state.buyers[rng.randrange(len(state.buyers))], rng.randrange(len(GOODS))
    quantity = whole(wish.get("quantity")) or rng.randrange(1, 4)
    found = _wished(state, wish, quantity) if wish.get("item_id") is not None else _any(state, start, quantity)
    if found is None:
        return None
    order = Order(sn, status, at, at, buyer, _bought(state, *found, at), quantity)
    order.paid = 0 if status == "UNPAID" else at
    order.parcels = state.pack(order, [quantity])
    _move(state, order, -quantity, quantity)
    state.enter(order)
    return order


def _any(state: State, start: int, quantity: int) -> tuple[Item, Model | None] | None:
    """Something of the shop's first goods that there is enough of: the one drawn, or the next."""
    for turn in range(len(GOODS)):
        number = FIRST_ITEM + (start + turn) % len(GOODS)
        if number in state.items and (found := _wished(state, {"item_id": number}, quantity)):
            return found
    return None


def _wished(state: State, wish: Mapping[str, Any], quantity: int) -> tuple[Item, Model | None] | None:
    """The item that is named and its variation, or its first that there is enough of; None when none can be bought."""
    item, model = state.items.get(whole(wish["item_id"]) or 0), whole(wish.get("model_id")) or 0
    if item is None or item.status != "NORMAL":
        return None
    if not item.models:
        return (item, None) if item.stock >= quantity and not model else None
    fits = (one for one in item.models if one.stock >= quantity and model in (0, one.id))
    chosen = next(fits, None)
    return (item, chosen) if chosen else None


def _bought(state: State, item: Item, model: Model | None, at: int) -> Bought:
    full, number = (model or item).cents, model.id if model else 0
    cut = state.display.cuts(item.id, at).get(number)
    price, promotion = (cut.cents, cut.discount) if cut else (full, 0)
    kind = (model.id, called(item, model), model.sku) if model else (0, "", "")
    return Bought(
        item.id, item.name, item.sku, full, price, *kind, promotion=promotion, weight=item.weight, days=item.days_to_ship
    )


def gone(state: State, order: Order) -> None:
    """The courier has the goods: they are no longer kept for the order."""
    _move(state, order, 0, -order.quantity)


def given_back(state: State, order: Order) -> None:
    """The order is cancelled: others may buy the goods."""
    _move(state, order, order.quantity, -order.quantity)


def reserved(state: State, order: Order) -> int:
    """How many of what was ordered are kept for orders; 0 for what is no longer there."""
    kept = _kept(state, order)
    return kept.reserved if kept else 0


def _kept(state: State, order: Order) -> Item | Model | None:
    item = state.items.get(order.goods.item)
    return item.model(order.goods.model) if item and order.goods.model else item


def _move(state: State, order: Order, stock: int, reserved: int) -> None:
    if kept := _kept(state, order):
        kept.stock += stock
        kept.reserved += reserved
