"""Departments (部门): a tree with one root, at most fifteen levels deep.

Law: plans (see `plan`). No two departments of one name below the same parent; a department goes only when it is empty.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.wecom import events
from mocks.wecom.directory import ROOT, Department, Directory
from mocks.wecom.fields import Payload, maybe, number, text, whole, wrong
from mocks.wecom.plan import Deed, Plan, ok, telling
from mocks.wecom.state import State

NAME_AT_MOST = 64
BAD_NAME = re.compile(r'[\\:*?"<>|]')
SHAPES: Final = {"name_en": maybe(text(NAME_AT_MOST, 0)), "order": maybe(whole(0, 2**32))}


def create(desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """A new department below another."""
    directory = state.directory
    parent, wanted = number(payload.get("parentid")), payload.get("id")
    if refused := _bad_name(payload) or wrong(payload, SHAPES):
        return refused
    if parent not in directory.departments:
        return Answer("60124" if parent <= 0 else "60004")
    if refused := _bad_place(desk, directory, parent, payload["name"]):
        return refused
    if wanted is not None and not whole(2, 2**32)(wanted):
        return Answer("60123")
    if number(wanted) in directory.departments:
        return Answer("60008")
    made = Department(
        number(wanted) or max(directory.departments) + 1,
        payload["name"],
        parent,
        number(payload.get("order")),
        payload.get("name_en") or "",
    )

    def deed() -> Answer:
        directory.departments[made.id] = made
        _tell(desk, state, "create_party", made)
        return ok("created", id=made.id)

    return deed


def update(desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """Rename a department, or move it."""
    found = _known(state, payload)
    if isinstance(found, Answer):
        return found
    name = payload.get("name", found.name)
    if refused := _bad_name({"name": name}) or wrong(payload, SHAPES):
        return refused
    parent = number(payload.get("parentid"), found.parent)
    if parent != found.parent and (refused := _bad_move(state.directory, found, parent)):
        return refused
    if refused := _bad_place(desk, state.directory, parent, name, found):
        return refused

    def deed() -> Answer:
        found.name, found.parent = name, parent
        found.order = number(payload.get("order"), found.order)
        found.name_en = payload.get("name_en") or found.name_en
        _tell(desk, state, "update_party", found)
        return ok("updated")

    return deed


def delete(desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """Take an empty department away."""
    found = _known(state, payload)
    if isinstance(found, Answer):
        return found
    if found.id == ROOT:
        return Answer("60007")
    if state.directory.children(found.id):
        return Answer("60006")
    if state.directory.people([found.id]):
        return Answer("60005")

    def deed() -> Answer:
        state.directory.remove_department(found.id)
        events.tell(desk, state, "change_contact", ChangeType="delete_party", Id=found.id)
        return ok("deleted")

    return deed


def _known(state: State, payload: Payload) -> Department | Answer:
    if not whole(1)(payload.get("id")):
        return Answer("60123")
    return state.directory.departments.get(number(payload["id"])) or Answer("60003")


def _bad_name(payload: Payload) -> Answer | None:
    name = payload.get("name")
    if not isinstance(name, str) or not name:
        return Answer("60125")
    if len(name) > NAME_AT_MOST:
        return Answer("60001")
    return Answer("60009") if BAD_NAME.search(name) else None


def _bad_place(desk: Desk, directory: Directory, parent: int, name: str, mover: Department | None = None) -> Answer | None:
    below = [directory.departments[one] for one in directory.children(parent)]
    if any(one.name == name and one is not mover for one in below):
        return Answer("60008")
    if len(below) >= desk.setting("wecom", "department_nodes"):
        return Answer("81001")
    deepest = max((directory.depth(one) for one in directory.below(mover.id)), default=0) if mover else 0
    height = max(0, deepest - directory.depth(mover.id)) if mover else 0
    return Answer("81002") if directory.depth(parent) + 1 + height > desk.setting("wecom", "department_levels") else None


def _bad_move(directory: Directory, mover: Department, parent: int) -> Answer | None:
    if mover.id == ROOT:
        return Answer("60007")
    if parent not in directory.departments:
        return Answer("60004")
    return Answer("60010") if parent in directory.below(mover.id) else None


def _tell(desk: Desk, state: State, change: str, one: Department) -> None:
    place: dict[str, Any] = {"Id": one.id, "Name": one.name, "ParentId": one.parent, "Order": one.order}
    events.tell(desk, state, "change_contact", ChangeType=change, **place)


def _below(state: State, payload: Payload) -> list[Department] | Answer:
    wanted = payload.get("id")
    if wanted in (None, ""):
        return [state.directory.departments[one] for one in state.directory.below(ROOT)]
    found = _known(state, payload)
    if isinstance(found, Answer):
        return found
    return [state.directory.departments[one] for one in state.directory.below(found.id)]


def list_full(_desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """A department (the root when none is named) and all below it."""
    found = _below(state, payload)
    return found if isinstance(found, Answer) else telling(department=[one.shown() for one in found])


def list_simple(_desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """The same, by number alone."""
    found = _below(state, payload)
    if isinstance(found, Answer):
        return found
    shown: list[dict[str, Any]] = [{"id": one.id, "parentid": one.parent, "order": one.order} for one in found]
    return telling(department_id=shown)


def get(_desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """One department."""
    found = _known(state, payload)
    return found if isinstance(found, Answer) else telling(department=found.shown())


PLANS: Final[Mapping[str, Plan]] = {
    "wecom.department_create": create,
    "wecom.department_update": update,
    "wecom.department_delete": delete,
    "wecom.department_list": list_full,
    "wecom.department_simplelist": list_simple,
    "wecom.department_get": get,
}
"""What can be done with departments."""
