"""Tags on followers.

Law: the platform's own tags (0 to 2) are not the merchant's to change; a follower bears twenty at most.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.wechat.people import page, person
from mocks.wechat.state import State
from sandbox.policy import Call

FIRST: Final = 100
MOST, MOST_EACH, AT_ONCE, NAME_BYTES = 100, 20, 50, 30
STARRED: Final = {2: "星标组"}


def create(desk: Desk, state: State, call: Call) -> Answer:
    """A new tag."""
    name = _name(state, call.payload.get("tag"))
    if isinstance(name, Answer):
        return name
    if len(state.office.tags) >= MOST:
        return Answer("45056")
    if refused := desk.ask(call):
        return refused
    number = FIRST - 1 + state.office.ordinal("tag")
    state.office.tags[number] = name
    return Answer("0", {"tag": {"id": number, "name": name}})


def listed(desk: Desk, state: State, call: Call) -> Answer:
    """All tags, with how many bear each."""
    rows = [
        {"id": number, "name": name, "count": len(_bearers(state, number))}
        for number, name in {**STARRED, **state.office.tags}.items()
    ]
    return desk.ask(call) or Answer("0", {"tags": rows})


def update(desk: Desk, state: State, call: Call) -> Answer:
    """Another name for a tag."""
    tag = call.payload.get("tag")
    name, number = _name(state, tag), _own(state, tag.get("id") if isinstance(tag, dict) else None)
    for bad in (name, number):
        if isinstance(bad, Answer):
            return bad
    if refused := desk.ask(call):
        return refused
    state.office.tags[int(str(number))] = str(name)
    return Answer("0")


def delete(desk: Desk, state: State, call: Call) -> Answer:
    """Forget a tag."""
    tag = call.payload.get("tag")
    number = _own(state, tag.get("id") if isinstance(tag, dict) else None)
    if isinstance(number, Answer):
        return number
    if refused := desk.ask(call):
        return refused
    del state.office.tags[number]
    for one in state.office.people.values():
        one.tags[:] = [tag for tag in one.tags if tag != number]
    return Answer("0")


def marking(*, put: bool) -> Any:
    """The action that puts a tag on followers, or takes it from them."""

    def act(desk: Desk, state: State, call: Call) -> Answer:
        number, openids = call.payload.get("tagid"), call.payload.get("openid_list")
        if type(number) is not int or number not in {**STARRED, **state.office.tags}:
            return Answer("45159")
        if not isinstance(openids, list) or not 1 <= len(openids) <= AT_ONCE:
            return Answer("40032")
        people = [one for openid in openids if (one := person(state, openid))]
        if len(people) < len(openids):
            return Answer("49003")
        if put and any(len(one.tags) >= MOST_EACH and number not in one.tags for one in people):
            return Answer("45059")
        if refused := desk.ask(call):
            return refused
        for one in people:
            one.tags[:] = [tag for tag in one.tags if tag != number] + [number] * put
        return Answer("0")

    return act


def of_follower(desk: Desk, state: State, call: Call) -> Answer:
    """The tags of one follower."""
    found = person(state, call.payload.get("openid"))
    if found is None:
        return Answer("40003")
    return desk.ask(call) or Answer("0", {"tagid_list": list(found.tags)})


def bearers(desk: Desk, state: State, call: Call) -> Answer:
    """Who bears a tag."""
    number = call.payload.get("tagid")
    if type(number) is not int or number not in {**STARRED, **state.office.tags}:
        return Answer("45159")
    found = page(_bearers(state, number), call.payload.get("next_openid"))
    if found is None:
        return Answer("40003")
    return desk.ask(call) or Answer("0", found)


def _bearers(state: State, number: int) -> list[str]:
    return [openid for openid, one in state.office.people.items() if number in one.tags]


def _name(state: State, tag: object) -> str | Answer:
    name = tag.get("name") if isinstance(tag, dict) else None
    if not isinstance(name, str) or not name.strip():
        return Answer("45157")
    if len(name.encode("utf-8", "replace")) > NAME_BYTES:
        return Answer("45158")
    return Answer("45157") if name in state.office.tags.values() else name


def _own(state: State, number: object) -> int | Answer:
    if type(number) is not int:
        return Answer("45159")
    if 0 <= number < FIRST:
        return Answer("45058")
    return number if number in state.office.tags else Answer("45159")


ACTIONS: Final[Mapping[str, Any]] = {
    "wechat.tags_create": create,
    "wechat.tags_get": listed,
    "wechat.tags_update": update,
    "wechat.tags_delete": delete,
    "wechat.tags_put": marking(put=True),
    "wechat.tags_take": marking(put=False),
    "wechat.tags_of_follower": of_follower,
    "wechat.tags_bearers": bearers,
}
"""What can be asked about tags."""
