"""The words of v1: how its requests are put to v2's plans, and how it says what came of them.

Law: pure. v1 has no domain of its own: what may happen to an order or an item stands in the plans of v2, once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Generic, NamedTuple, TypeVar

from mocks.desk import Desk
from mocks.http import Answer
from mocks.shopee.fields import Payload, page
from mocks.shopee.plan import Deed, Plan
from mocks.shopee.state import State

T = TypeVar("T")

PER_PAGE: Final = 100
COUNTRIES: Final = ("ID", "MY", "SG", "VN", "PH", "TH", "TW")
"""Where v1 was served."""

MISSING: Final = (
    "error_not_found",
    "error_item_not_found",
    "product.error_param",
    "logistics.invalid_error",
    "logistics.package_not_exist",
)
"""What v2 says of things that are not there."""

Ask = Callable[[Desk, Payload], Payload]
Tell = Callable[[State, Payload, Mapping[str, Any]], Mapping[str, Any]]


class Old(NamedTuple):
    """A call of v1 as one of v2: the plan, its request made from the old one, and the old answer made from its own."""

    plan: Plan
    ask: Ask
    tell: Tell


def in_old_words(old: Old) -> Plan:
    """The plan of a v1 call."""

    def plan(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
        planned = old.plan(desk, state, old.ask(desk, asked))
        if isinstance(planned, Answer):
            return refused(planned)

        def deed() -> Answer:
            done = planned()
            return refused(done) if done.code else Answer("", old.tell(state, asked, done.body))

        return deed

    return plan


def refused(answer: Answer) -> Answer:
    """v1 knows fewer codes than v2: something is not there, or the parameters will not do."""
    if answer.code in MISSING:
        return Answer("error_not_exists", text=answer.text)
    return Answer("error_param", text=answer.text or SAID.get(answer.code, ""))


SAID: Final[Mapping[str, str]] = {
    "order.order_list_invalid_time": "Start time must be earlier than end time and diff in 15days.",
    "order.error_limit": "Can not cancel this order",
    "order.order_status_invalid": "Invalid order_status.The order status should be IN_CANCEL.",
    "logistics.ship_order_only_support_one_type": "Only support one type of pickup, dropoff and non_integrated.",
    "logistics.ship_order_not_ready_to_ship": "The order status is not ready to ship.",
    "logistics.ship_order_need_address_pickup_time": "address_id and pickup_time_id are required.",
    "logistics.package_already_shipped": "The package already shipped.",
    "returns.error_status": "The status of the return does not allow that.",
}
"""What v1 says where v2 has a code of its own."""


def renamed(**names: str) -> Ask:
    """The request with fields under their old names: `new="old"`."""
    return lambda _desk, asked: {**asked, **{new: asked[old] for new, old in names.items() if old in asked}}


def pages(asked: Payload) -> dict[str, Any]:
    """Where a page begins and how long it is, in v2's words."""
    size, start = asked.get("pagination_entries_per_page"), asked.get("pagination_offset")
    return {"page_size": PER_PAGE if size is None else size, "cursor": start, "offset": 0 if start is None else start}


class Page(NamedTuple, Generic[T]):
    """A page of a list, and whether there are more."""

    rows: list[T]
    more: bool


def sliced(asked: Payload, found: Sequence[T]) -> Page[T] | Answer:
    """The page that is asked for."""
    where = page(pages(asked))
    if isinstance(where, Answer):
        return where
    start, end = where[0], sum(where)
    return Page(list(found[start:end]), end < len(found))


def missing(what: str) -> Answer:
    """There is no such thing."""
    return Answer("error_not_exists", text=f"The {what} does not exist.")


def money(cents: int) -> str:
    """An amount as v1 writes it: as text."""
    return f"{cents / 100:.2f}"
