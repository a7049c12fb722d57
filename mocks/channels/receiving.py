"""Where an order goes: its address, changes to it, and what of it is concealed.

Law: plans; see `selling`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mocks.channels import orders
from mocks.channels.fields import Payload, checked, each, invalid, mapping, maybe, text
from mocks.channels.plan import Deed, Plan, ok, telling, trading
from mocks.channels.selling import ADDRESS, WRONG_STATUS, order_of
from mocks.channels.state import Order, State
from mocks.desk import Desk
from mocks.http import Answer


def update(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """Another address, before everything is shipped."""
    order = order_of(state, asked)
    if isinstance(order, Answer):
        return order
    wanted = asked.get("user_address")
    if not isinstance(wanted, dict) or not wanted or checked(wanted, dict.fromkeys(ADDRESS, maybe(text(200, 0)))):
        return invalid("user_address", "an address")
    if not orders.may(order, "ship"):
        return WRONG_STATUS

    def deed() -> Answer:
        order.address = {**order.address, **{name: wanted[name] for name in ADDRESS if wanted.get(name) is not None}}
        order.updated = desk.now()
        return ok()

    return deed


def _wished(state: State, asked: Payload) -> Order | Answer:
    order = order_of(state, asked)
    if isinstance(order, Answer):
        return order
    return WRONG_STATUS if order.wished is None else order


def accept(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """The address that the buyer wished for holds."""
    order = _wished(state, asked)
    if isinstance(order, Answer):
        return order

    def deed() -> Answer:
        order.address, order.wished, order.updated = order.wished or order.address, None, desk.now()
        return ok()

    return deed


def reject(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """The address stays as it was."""
    order = _wished(state, asked)
    if isinstance(order, Answer):
        return order

    def deed() -> Answer:
        order.wished, order.updated = None, desk.now()
        return ok()

    return deed


def decode(_desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """The address in clear, of whoever lets their data be used (M18)."""
    order = order_of(state, asked)
    if isinstance(order, Answer):
        return order
    if order.openid in state.unsubscribed:
        return Answer("48001", text="api unauthorized, the user withdrew consent to the use of their data")
    return telling(address_info=order.address)


def virtual_number(_desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """A number that reaches the buyer for a while."""
    order = order_of(state, asked)
    if isinstance(order, Answer):
        return order
    return telling(virtual_tel_number=f"95013{order.id[-8:]}", virtual_tel_expire_time=order.created // 1000 + 15 * 86_400)


def fresh_inspect(_desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """Papers about fresh goods; kept by nobody here."""
    order = order_of(state, asked)
    if isinstance(order, Answer):
        return order
    return checked(asked, {"audit_items": each(mapping, 20, 1)}) or ok


def _plans() -> dict[str, Plan]:
    found: dict[str, Plan] = {
        "order_address": update,
        "order_address_accept": accept,
        "order_address_reject": reject,
        "order_decode": decode,
        "order_virtual_number": virtual_number,
        "order_fresh_inspect": fresh_inspect,
    }
    return {f"channels.{name}": trading(plan) for name, plan in found.items()}


PLANS: Final[Mapping[str, Plan]] = _plans()
"""What can be asked about where orders go."""
