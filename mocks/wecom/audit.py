"""Message audit (会话内容存档), as far as it is HTTP: who is audited, who has agreed, which rooms there are.

Law: plans (see `plan`). The field is really spelt `exteranalopenid`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.wecom.customers import Follow, GroupChat
from mocks.wecom.fields import Payload, each, mapping, maybe, one_of, text, wrong
from mocks.wecom.plan import Deed, Plan, telling
from mocks.wecom.state import State

AGREE, DISAGREE = "Agree", "Disagree"
OUTSIDER = 2


def permit_user_list(_desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """The members who are audited: here everybody."""
    if refused := wrong(payload, {"type": maybe(one_of(1, 2, 3))}):
        return refused
    return telling(ids=[one.userid for one in state.users.values()])


def check_single_agree(_desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """Has a customer agreed that his chat with a member is kept? Whoever follows has."""
    info = payload.get("info")
    if isinstance(info, list) and len(info) > 100:
        return Answer("301060")
    if refused := wrong(payload, {"info": each(mapping, 100, 1)}):
        return refused
    for one in payload["info"]:
        if refused := wrong(one, {"userid": text(64), "exteranalopenid": text(64)}):
            return refused
    if any(one["userid"].lower() not in state.users for one in payload["info"]):
        return Answer("301061")
    found = [(one, state.customers.follows.get((one["userid"].lower(), one["exteranalopenid"]))) for one in payload["info"]]
    return telling(agreeinfo=[{**_agreed(one["exteranalopenid"], follow), "userid": one["userid"]} for one, follow in found])


def _agreed(external: str, follow: Follow | None) -> dict[str, Any]:
    status = AGREE if follow else DISAGREE
    since = follow.created // 1000 if follow else 0
    return {"status_change_time": since, "exteranalopenid": external, "agree_status": status}


def _room(state: State, payload: Payload) -> GroupChat | Answer:
    if refused := wrong(payload, {"roomid": text(64)}):
        return refused
    return state.customers.chats.get(payload["roomid"]) or Answer("301059")


def check_room_agree(_desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """Have the customers in a room agreed?"""
    room = _room(state, payload)
    if isinstance(room, Answer):
        return room
    rows = [
        {"status_change_time": one.joined // 1000, "exteranalopenid": one.id, "agree_status": AGREE}
        for one in room.guests.values()
        if one.kind == OUTSIDER
    ]
    return telling(agreeinfo=rows)


def groupchat_get(_desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """A room of members alone: a chat of the application. A room with customers is refused."""
    if refused := wrong(payload, {"roomid": text(64)}):
        return refused
    room = state.chats.get(payload["roomid"])
    if room is None:
        return Answer("301059")
    members = [{"memberid": one, "jointime": 0} for one in room.users]
    head: dict[str, Any] = {"roomname": room.name, "creator": room.owner, "room_create_time": 0, "notice": ""}
    return telling(**head, members=members)


PLANS: Final[Mapping[str, Plan]] = {
    "wecom.audit_permit_user_list": permit_user_list,
    "wecom.audit_check_single_agree": check_single_agree,
    "wecom.audit_check_room_agree": check_room_agree,
    "wecom.audit_groupchat_get": groupchat_get,
}
"""What can be asked of the audit."""
