"""Boosted items: they stand higher for some hours, a few at a time.

Law: plans. Who is still boosted follows from the time when somebody looks.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.shopee.fields import NAME, Payload, listed, whole, wrong
from mocks.shopee.plan import Deed, Plan, ok, telling
from mocks.shopee.state import State


def _boosted(desk: Desk, state: State) -> dict[int, int]:
    """The items that are boosted now, and for how many seconds more."""
    now = desk.now()
    return {item: -(-(until - now) // 1000) for item, until in state.display.boosts.items() if until > now}


def boost(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """Boost up to five items; of those that cannot be the answer says why."""
    wanted = [whole(one) for one in listed(asked.get("item_id_list"))]
    most = desk.setting(NAME, "boosts_at_once")
    if not 1 <= len(wanted) <= most or None in wanted:
        return wrong(f"item_id_list size must be 1 to {most}")

    def deed() -> Answer:
        failed: list[dict[str, Any]] = []
        done: list[int] = []
        for number in (one for one in wanted if one is not None):
            if reason := _cannot(state, number, _boosted(desk, state), most):
                failed.append({"item_id": number, "failed_reason": reason})
            else:
                state.display.boosts[number] = desk.now() + desk.setting(NAME, "boost_life")
                done.append(number)
        return ok(success_list={"item_id_list": done}, failure_list=failed)

    return deed


def _cannot(state: State, number: int, boosted: Mapping[int, int], most: int) -> str:
    item = state.items.get(number)
    if item is None or item.status != "NORMAL":
        return "Product not found"
    if number in boosted:
        return "The item is boosted already"
    return "Too many items are boosted" if len(boosted) >= most else ""


def boosted(desk: Desk, state: State, _asked: Payload) -> Answer | Deed:
    """What is boosted, and for how long."""
    rows = [{"item_id": item, "cool_down_second": rest} for item, rest in _boosted(desk, state).items()]
    return telling(item_list=rows)


PLANS: Final[Mapping[str, Plan]] = {"shopee.item_boost": boost, "shopee.item_boosted": boosted}
"""What can be boosted."""
