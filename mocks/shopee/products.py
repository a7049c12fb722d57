"""Reading the shop's items and the vendor's categories.

Law: plans; nothing is changed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.shopee import catalog
from mocks.shopee.catalog import CATEGORIES, STATUSES, Item
from mocks.shopee.comments import standing
from mocks.shopee.fields import Payload, between, checked, listed, maybe, text, whole, wrong
from mocks.shopee.plan import Deed, Plan, telling
from mocks.shopee.state import State


def item_list(_desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """Items in some statuses, a page at a time, changed in a window of time when one is given."""
    start, size = whole(asked.get("offset", 0)), whole(asked.get("page_size"))
    statuses = listed(asked.get("item_status"))
    if start is None or size is None or not 1 <= size <= 100:
        return wrong("offset and page_size are required, page_size must be 100 or less")
    if not statuses or any(one not in STATUSES for one in statuses):
        return wrong("item_status is invalid")
    if refused := checked(asked, {"update_time_from": maybe(between()), "update_time_to": maybe(between())}):
        return refused
    first, last = whole(asked.get("update_time_from")) or 0, whole(asked.get("update_time_to")) or 2**40
    found = [one for one in state.items.values() if one.status in statuses and first <= one.updated // 1000 <= last]
    more = start + size < len(found)
    rows = [_row(one) for one in found[start : start + size]]
    following = start + size if more else 0
    return telling(item=rows, total_count=len(found), has_next_page=more, next_offset=following, next="")


def _row(item: Item) -> dict[str, object]:
    return {"item_id": item.id, "item_status": item.status, "update_time": item.updated // 1000, "tag": {"kit": False}}


def items_named(state: State, asked: Payload) -> list[Item] | Answer:
    """The items of `item_id_list`, at most 50."""
    wanted = [whole(one) for one in listed(asked.get("item_id_list"))]
    if not 1 <= len(wanted) <= 50 or None in wanted:
        return wrong("item_id_list size must be 1 to 50")
    return [state.items[one] for one in wanted if one in state.items] or Answer("error_item_not_found")


def base_info(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """Up to 50 items in full; unknown ones are left out. Of taxes and complaints there is nothing to tell here, when that is asked."""
    found = items_named(state, asked)
    if isinstance(found, Answer):
        return found
    now = desk.now()
    more: dict[str, dict[str, str]] = {
        name: {} for name in ("tax_info", "complaint_policy") if asked.get(f"need_{name}") in (True, "true")
    }
    return telling(item_list=[catalog.base_info(one, state.display.cuts(one.id, now)) for one in found], **more)


def extra_info(_desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """How up to 50 items do: sold, seen, liked, rated."""
    found = items_named(state, asked)
    if isinstance(found, Answer):
        return found
    goods = sold(state)
    rows = [{"item_id": one.id, "sale": goods[one.id], "views": 0, "likes": 0, **standing(state, one.id)} for one in found]
    return telling(item_list=rows)


def sold(state: State) -> Counter[int]:
    """How many of each item were ordered."""
    goods: Counter[int] = Counter()
    for order in state.orders.values():
        goods[order.item_id] += order.quantity
    return goods


def one_item(state: State, asked: Payload) -> Item | Answer:
    """The item of `item_id`, if it was not deleted."""
    number = whole(asked.get("item_id"))
    if number is None:
        return Answer("product.error_param")
    item = state.items.get(number)
    return item if item is not None and item.alive else Answer("error_item_not_found")


def model_list(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """An item's variations."""
    item = one_item(state, asked)
    return item if isinstance(item, Answer) else telling(**catalog.models(item, state.display.cuts(item.id, desk.now())))


def search(_desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """Items by a part of their name or by their SKU; the offset is a text, empty at first."""
    kinds = {
        "offset": maybe(text(18, 0)),
        "page_size": between(1, 100),
        "item_name": maybe(text(500, 0)),
        "item_sku": maybe(text(100, 0)),
    }
    start, statuses = whole(asked.get("offset") or "0"), listed(asked.get("item_status")) or ["NORMAL"]
    if refused := checked(asked, kinds):
        return refused
    if start is None or any(one not in STATUSES for one in statuses):
        return wrong("offset or item_status is invalid")
    name, sku = str(asked.get("item_name") or "").lower(), asked.get("item_sku") or ""
    found = [
        one.id
        for one in state.items.values()
        if one.status in statuses and name in one.name.lower() and sku in ("", one.sku)
    ]
    end = start + (whole(asked["page_size"]) or 1)
    following = str(end) if end < len(found) else ""
    return telling(item_id_list=found[start:end], total_count=len(found), next_offset=following)


def category(_desk: Desk, _state: State, asked: Payload) -> Answer | Deed:
    """The vendor's categories, in English whatever the language."""
    if refused := checked(asked, {"language": maybe(text(10, 0))}):
        return refused
    rows = [
        {
            "category_id": number,
            "parent_category_id": above,
            "original_category_name": name,
            "display_category_name": name,
            "has_children": below,
        }
        for number, (above, name, below) in CATEGORIES.items()
    ]
    return telling(category_list=rows)


PLANS: Final[Mapping[str, Plan]] = {
    "shopee.item_list": item_list,
    "shopee.item_base_info": base_info,
    "shopee.item_extra_info": extra_info,
    "shopee.model_list": model_list,
    "shopee.item_search": search,
    "shopee.category": category,
}
"""What can be asked about items."""
