"""Tags of the directory (标签): on members and on departments.

Law: plans (see `plan`). A list in which some are unknown is done for the others; in which all are, it is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.wecom import events
from mocks.wecom.directory import Tag
from mocks.wecom.fields import Payload, listed, maybe, number, text, texts, whole, wholes, wrong
from mocks.wecom.plan import Deed, Plan, doing, ok, telling
from mocks.wecom.state import State

NAME = text(32)
LISTS: Final = {"userlist": maybe(texts(1000)), "partylist": maybe(wholes(100))}


def create(desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """A new tag, of a number that it names or of the next."""
    tags = state.directory.tags
    if refused := wrong(payload, {"tagname": NAME}):
        return refused
    wanted = payload.get("tagid")
    if (wanted is not None and not whole(1, 2**31)(wanted)) or number(wanted) in tags:
        return Answer("40068")
    if any(one.name == payload["tagname"] for one in tags.values()):
        return Answer("40071")
    if len(tags) >= desk.setting("wecom", "tags_at_most"):
        return Answer("81003")
    made = Tag(number(wanted) or max(tags, default=0) + 1, payload["tagname"])

    def deed() -> Answer:
        tags[made.id] = made
        return ok("created", tagid=made.id)

    return deed


def _known(state: State, payload: Payload) -> Tag | Answer:
    return state.directory.tags.get(number(payload.get("tagid"))) or Answer("40068")


def update(_desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """Rename a tag."""
    found = _known(state, payload)
    if isinstance(found, Answer):
        return found
    if refused := wrong(payload, {"tagname": NAME}):
        return refused
    if any(one.name == payload["tagname"] and one is not found for one in state.directory.tags.values()):
        return Answer("40071")

    def deed() -> Answer:
        found.name = payload["tagname"]
        return ok("updated")

    return deed


def get(_desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """Whom a tag is on."""
    found = _known(state, payload)
    if isinstance(found, Answer):
        return found
    people = [{"userid": state.users[one].userid, "name": state.users[one].name} for one in found.users]
    return telling(tagname=found.name, userlist=people, partylist=list(found.parties))


def list_all(_desk: Desk, state: State, _payload: Payload) -> Answer | Deed:
    """Every tag."""
    return telling(taglist=[{"tagid": one.id, "tagname": one.name} for one in state.directory.tags.values()])


def add(desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """Put a tag on members and departments."""
    return _change(desk, state, payload, adding=True)


def remove(desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """Take a tag off members and departments."""
    return _change(desk, state, payload, adding=False)


def _change(desk: Desk, state: State, payload: Payload, *, adding: bool) -> Answer | Deed:
    tag = _known(state, payload)
    if isinstance(tag, Answer):
        return tag
    if refused := wrong(payload, LISTS):
        return refused
    users = [userid.lower() for userid in listed(payload, "userlist")]
    parties = [number(one) for one in listed(payload, "partylist")]
    if not users and not parties:
        return Answer("40063")
    good_users = [one for one in users if one in state.users]
    good_parties = [one for one in parties if one in state.directory.departments]
    if not good_users and not good_parties:
        return Answer("40070")
    invalid = _invalid([one for one in users if one not in state.users], [one for one in parties if one not in good_parties])

    def deed() -> Answer:
        if adding:
            tag.users += [one for one in dict.fromkeys(good_users) if one not in tag.users]
            tag.parties += [one for one in dict.fromkeys(good_parties) if one not in tag.parties]
        else:
            tag.users = [one for one in tag.users if one not in good_users]
            tag.parties = [one for one in tag.parties if one not in good_parties]
        word = "Add" if adding else "Del"
        items: dict[str, Any] = {f"{word}UserItems": good_users, f"{word}PartyItems": good_parties}
        events.tell(desk, state, "change_contact", ChangeType="update_tag", TagId=tag.id, **items)
        return ok("" if adding or invalid else "deleted", **invalid)

    return deed


def _invalid(users: list[str], parties: list[int]) -> dict[str, Any]:
    found: dict[str, Any] = {"invalidlist": "|".join(users)} if users else {}
    return {**found, "invalidparty": parties} if parties else found


PLANS: Final[Mapping[str, Plan]] = {
    "wecom.tag_create": create,
    "wecom.tag_update": update,
    "wecom.tag_delete": doing(_known, lambda _desk, state, one: state.directory.tags.pop(one.id), "deleted"),
    "wecom.tag_get": get,
    "wecom.tag_list": list_all,
    "wecom.tag_addtagusers": add,
    "wecom.tag_deltagusers": remove,
}
"""What can be done with tags."""
