"""Tags for customers (企业客户标签), in groups, and putting them on.

Law: plans (see `plan`). A group lives as long as it has tags; adding answers with the one group and what was added to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.wecom import events
from mocks.wecom.customers import CorpTag, TagGroup
from mocks.wecom.external import follow_of, tell_change
from mocks.wecom.fields import Payload, bad, each, listed, mapping, maybe, number, text, texts, whole, wrong
from mocks.wecom.plan import Deed, Plan, ok, telling
from mocks.wecom.state import State

NAME = text(30)
ORDER = maybe(whole(0, 2**32))
IDS: Final = {"tag_id": maybe(texts(1000)), "group_id": maybe(texts(1000))}


def get_list(_desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """Every group with its tags, or those that are named."""
    if refused := wrong(payload, IDS):
        return refused
    tags, groups = listed(payload, "tag_id"), listed(payload, "group_id")
    shown = []
    for group in state.customers.groups.values():
        every = group.id in groups or not (tags or groups)
        found = [one for one in group.tags.values() if every or one.id in tags]
        if found:
            rows = group.shown(found)
            shown.append({**rows, "deleted": False, "tag": [{**one, "deleted": False} for one in rows["tag"]]})
    return telling(tag_group=shown)


def add(desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """New tags, in a group that is named by its id or its name; a new group when there is none of that name."""
    shape = {"group_id": maybe(text(64, 0)), "group_name": maybe(text(30, 0)), "order": ORDER, "tag": each(mapping, 100, 1)}
    if refused := wrong(payload, shape):
        return refused
    for one in payload["tag"]:
        if refused := wrong(one, {"name": NAME, "order": ORDER}):
            return refused
    group = _group(state, payload)
    if isinstance(group, Answer):
        return group
    names = [one["name"] for one in payload["tag"]]
    if len(set(names)) < len(names) or (group and any(one.name in names for one in group.tags.values())):
        return Answer("40071")
    if state.customers.tags() + len(names) > desk.setting("wecom", "customer_tags_at_most"):
        return Answer("40126")
    return lambda: _add(desk, state, payload, group)


def _group(state: State, payload: Payload) -> TagGroup | Answer | None:
    """The group that is meant; None when a new one is."""
    groups = state.customers.groups
    if payload.get("group_id"):
        return groups.get(payload["group_id"]) or Answer("40068")
    name = payload.get("group_name")
    if not name:
        return bad("group_name")
    return next((one for one in groups.values() if one.name == name), None)


def _add(desk: Desk, state: State, payload: Payload, group: TagGroup | None) -> Answer:
    now = desk.now()
    if group is None:
        group = TagGroup("et" + state.mint("tag"), payload["group_name"], now, number(payload.get("order")))
        state.customers.groups[group.id] = group
        events.tell(desk, state, "change_external_tag", Id=group.id, TagType="tag_group", ChangeType="create")
    added = [CorpTag("et" + state.mint("tag"), one["name"], now, number(one.get("order"))) for one in payload["tag"]]
    for tag in added:
        group.tags[tag.id] = tag
        events.tell(desk, state, "change_external_tag", Id=tag.id, TagType="tag", ChangeType="create")
    return ok(tag_group=group.shown(added))


def edit(desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """Rename a tag or a group, or put it elsewhere in the order."""
    if refused := wrong(payload, {"id": text(64), "name": maybe(text(30, 0)), "order": ORDER}):
        return refused
    row = state.customers.tag(payload["id"])
    found: CorpTag | TagGroup | None = row[1] if row else state.customers.groups.get(payload["id"])
    if found is None:
        return Answer("40068")
    siblings: list[CorpTag | TagGroup] = [*(row[0].tags.values() if row else state.customers.groups.values())]
    if any(one.name == payload.get("name") and one is not found for one in siblings):
        return Answer("40071")

    def deed() -> Answer:
        found.name = payload.get("name") or found.name
        found.order = number(payload.get("order"), found.order)
        kind = "tag" if row else "tag_group"
        events.tell(desk, state, "change_external_tag", Id=found.id, TagType=kind, ChangeType="update")
        return ok()

    return deed


def delete(desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """Delete tags and groups."""
    if refused := wrong(payload, IDS):
        return refused
    tags, groups = listed(payload, "tag_id"), listed(payload, "group_id")
    customers = state.customers
    if not tags and not groups:
        return Answer("40063")
    if any(customers.tag(one) is None for one in tags) or any(one not in customers.groups for one in groups):
        return Answer("40068")

    def deed() -> Answer:
        for tag_id in [*tags, *(tag for one in groups for tag in customers.groups[one].tags)]:
            customers.drop_tag(tag_id)
        for kind, gone in (("tag", tags), ("tag_group", groups)):
            for one in gone:
                events.tell(desk, state, "change_external_tag", Id=one, TagType=kind, ChangeType="delete")
        return ok()

    return deed


def mark(desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """Put tags on a customer, for one member, or take them off."""
    follow = follow_of(state, payload)
    if isinstance(follow, Answer):
        return follow
    if refused := wrong(payload, {"add_tag": maybe(texts(1000)), "remove_tag": maybe(texts(1000))}):
        return refused
    adding, removing = listed(payload, "add_tag"), listed(payload, "remove_tag")
    if not adding and not removing:
        return Answer("40063")
    if any(state.customers.tag(one) is None for one in adding + removing):
        return Answer("40068")

    def deed() -> Answer:
        follow.tags = [one for one in dict.fromkeys(follow.tags + adding) if one not in removing]
        tell_change(desk, state, "edit_external_contact", follow)
        return ok()

    return deed


PLANS: Final[Mapping[str, Plan]] = {
    "wecom.get_corp_tag_list": get_list,
    "wecom.add_corp_tag": add,
    "wecom.edit_corp_tag": edit,
    "wecom.del_corp_tag": delete,
    "wecom.mark_tag": mark,
}
"""What can be done with tags for customers."""
