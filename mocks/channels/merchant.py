"""Addresses to send from and back to, and freight templates: what a product that travels refers to (M10).

Law: plans.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mocks.channels.fields import Payload, checked, ident, invalid, key, mapping, maybe, number, text, whole
from mocks.channels.plan import Deed, Plan, ok, telling
from mocks.channels.state import State
from mocks.desk import Desk
from mocks.http import Answer


def address_add(_desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """An address to send from and to send back to."""
    detail = asked.get("address_detail")
    if not isinstance(detail, dict) or checked(detail, {"name": maybe(text(100, 0)), "address_info": mapping}):
        return invalid("address_detail", "an address")

    def deed() -> Answer:
        address_id = state.mint("address")
        state.addresses[address_id] = {**detail, "address_id": address_id}
        return ok(address_id=address_id)

    return deed


def address_list(_desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """The ids of the shop's addresses."""
    if refused := checked(asked, {"offset": maybe(whole()), "limit": maybe(whole(1, 200))}):
        return refused
    start = number(asked.get("offset"), 0)
    return telling(address_id_list=list(state.addresses)[start : start + number(asked.get("limit"), 50)])


def address_get(_desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """One address."""
    found = state.addresses.get(key(asked.get("address_id")))
    return invalid("address_id", "an address of the shop") if found is None else telling(address_detail=found)


def address_update(_desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """Another address under the same id."""
    detail = asked.get("address_detail")
    address_id = key(detail.get("address_id")) if isinstance(detail, dict) else ""
    if not isinstance(detail, dict) or address_id not in state.addresses:
        return invalid("address_detail.address_id", "an address of the shop")

    def deed() -> Answer:
        state.addresses[address_id] = {**detail, "address_id": address_id}
        return ok()

    return deed


def address_delete(_desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """Forget an address."""
    address_id = key(asked.get("address_id"))
    if address_id not in state.addresses:
        return invalid("address_id", "an address of the shop")

    def deed() -> Answer:
        del state.addresses[address_id]
        return ok()

    return deed


def template_add(_desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """A freight template, new, or with a `template_id` in place of an old one."""
    content = asked.get("freight_template")
    if not isinstance(content, dict) or checked(content, {"name": text(60), "template_id": maybe(ident)}):
        return invalid("freight_template", "a template with a name")
    known = key(content.get("template_id"))
    if known and known not in state.templates:
        return Answer("10020019")

    def deed() -> Answer:
        template_id = known or state.mint("template")
        state.templates[template_id] = {**content, "template_id": template_id}
        return ok(template_id=template_id)

    return deed


def template_list(_desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """The ids of the shop's freight templates."""
    if refused := checked(asked, {"offset": maybe(whole()), "limit": maybe(whole(1, 200))}):
        return refused
    start = number(asked.get("offset"), 0)
    return telling(template_id_list=list(state.templates)[start : start + number(asked.get("limit"), 50)])


def template_get(_desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """One freight template."""
    found = state.templates.get(key(asked.get("template_id")))
    return Answer("10020019") if found is None else telling(freight_template=found)


PLANS: Final[Mapping[str, Plan]] = {
    "channels.address_add": address_add,
    "channels.address_list": address_list,
    "channels.address_get": address_get,
    "channels.address_update": address_update,
    "channels.address_delete": address_delete,
    "channels.template_add": template_add,
    "channels.template_list": template_list,
    "channels.template_get": template_get,
}
"""What can be asked about addresses and templates."""
