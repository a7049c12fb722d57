"""Customers (客户联系): who follows whom, in both of the vendor's two shapes, and remarks.

Law: plans (see `plan`) and signals. `get` shows tags as objects, `batch/get_by_user` as a list of ids: as at the vendor.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.wecom import events
from mocks.wecom.customers import Customer, Follow, Welcome
from mocks.wecom.fields import (
    DAY_S,
    Payload,
    bad,
    bad_userids,
    maybe,
    midnight,
    number,
    page,
    text,
    texts,
    whole,
    wholes,
    wrong,
)
from mocks.wecom.members import known
from mocks.wecom.plan import Deed, Plan, ok, telling
from mocks.wecom.state import State
from mocks.wecom.transfers import settle
from sandbox.policy import Signal

FOLLOWERS_A_PAGE = 500


def get_follow_user_list(_desk: Desk, state: State, _payload: Payload) -> Answer | Deed:
    """The members who may have customers: here everybody who has some, and everybody else."""
    return telling(follow_user=[one.userid for one in state.users.values()])


def list_all(desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """The customers of a member."""
    member = known(state, payload)
    if isinstance(member, Answer):
        return member
    settle(desk, state)
    found = [one.external_userid for one in state.customers.of(member.key)]
    return telling(external_userid=found) if found else Answer("84061")


def customer_of(state: State, payload: Payload) -> Customer | Answer:
    """The customer whom a request names."""
    external_userid = payload.get("external_userid")
    if not text(64)(external_userid):
        return Answer("40096")
    return state.customers.people.get(str(external_userid)) or Answer("84061")


def get(desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """A customer, and everybody who follows him."""
    customer = customer_of(state, payload)
    if isinstance(customer, Answer):
        return customer
    settle(desk, state)
    followers = state.customers.followers(customer.external_userid)
    if not followers:
        return Answer("84061")
    found = page(followers, {"cursor": payload.get("cursor")}, FOLLOWERS_A_PAGE)
    if isinstance(found, Answer):
        return found
    shown = [{**one.shown(), "tags": _tags(state, one)} for one in found[0]]
    following = {"next_cursor": found[1]} if found[1] else {}
    return telling(external_contact=customer.shown(), follow_user=shown, **following)


def _tags(state: State, follow: Follow) -> list[dict[str, Any]]:
    rows = [state.customers.tag(one) for one in follow.tags]
    return [{"group_name": row[0].name, "tag_name": row[1].name, "tag_id": row[1].id, "type": 1} for row in rows if row]


def get_by_user(desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """The customers of up to a hundred members, page by page."""
    if refused := bad_userids(payload, "userid_list", 100):
        return refused
    members = [state.users.get(one.lower()) for one in payload["userid_list"]]
    settle(desk, state)
    follows = [one for member in members if member for one in state.customers.of(member.key)]
    found = page(follows, payload, 100, 50)
    if isinstance(found, Answer):
        return found
    if not follows:
        return Answer("60111" if not any(members) else "84061")
    rows = [
        {
            "external_contact": state.customers.people[one.external_userid].shown(),
            "follow_info": {**one.shown(), "tag_id": list(one.tags)},
        }
        for one in found[0]
    ]
    return telling(external_contact_list=rows, next_cursor=found[1], fail_info={"unlicensed_userid_list": []})


REMARK: Final = {
    "remark": maybe(text(20, 0)),
    "description": maybe(text(150, 0)),
    "remark_company": maybe(text(20, 0)),
    "remark_mobiles": maybe(texts(10)),
}


def follow_of(state: State, payload: Payload) -> Follow | Answer:
    """The bond between the member and the customer whom a request names."""
    member = known(state, payload)
    if isinstance(member, Answer):
        return member
    customer = customer_of(state, payload)
    if isinstance(customer, Answer):
        return customer
    return state.customers.follows.get((member.key, customer.external_userid)) or Answer("84061")


def remark(desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """What a member notes of a customer."""
    follow = follow_of(state, payload)
    if isinstance(follow, Answer):
        return follow
    if refused := wrong(payload, REMARK):
        return refused

    def deed() -> Answer:
        follow.remark = _said(payload, "remark", follow.remark)
        follow.description = _said(payload, "description", follow.description)
        follow.company = _said(payload, "remark_company", follow.company)
        follow.mobiles = _said(payload, "remark_mobiles", follow.mobiles)
        tell_change(desk, state, "edit_external_contact", follow)
        return ok()

    return deed


def _said(payload: Payload, name: str, before: Any) -> Any:
    value = payload.get(name)
    return before if value is None else value


def tell_change(desk: Desk, state: State, change: str, follow: Follow, **fields: Any) -> None:
    """Push what became of the bond between a member and a customer."""
    who = {"ChangeType": change, "UserID": follow.userid, "ExternalUserID": follow.external_userid}
    events.tell(desk, state, "change_external_contact", **who, **fields)


SPAN: Final = {
    "userid": maybe(texts(100)),
    "partyid": maybe(wholes(100)),
    "start_time": whole(0, 2**33),
    "end_time": whole(0, 2**33),
}


def get_user_behavior_data(_desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """What members did, a row a day: new customers are counted, nobody chats here."""
    if refused := wrong(payload, SPAN):
        return refused
    users = [one.lower() for one in payload.get("userid") or ()]
    users += [one.key for one in state.directory.people(map(number, payload.get("partyid") or ()))]
    start, end = number(payload["start_time"]), number(payload["end_time"])
    if not users or not 0 <= end - start <= 30 * DAY_S:
        return bad("start_time")
    days = range(midnight(start), end + 1, DAY_S)
    created = [one.created // 1000 for user in users for one in state.customers.of(user)]
    return telling(behavior_data=[_behaviour(day, sum(day <= at < day + DAY_S for at in created)) for day in days])


def _behaviour(day: int, new: int) -> dict[str, int]:
    nothing = {"chat_cnt": 0, "message_cnt": 0, "reply_percentage": 0, "avg_reply_time": 0, "negative_feedback_cnt": 0}
    return {"stat_time": day, **nothing, "new_apply_cnt": new, "new_contact_cnt": new}


def added(desk: Desk, state: State, signal: Signal) -> Answer:
    """A customer adds a member (`userid`, or the first of a contact way's `config_id`); answers with his id and the welcome code.

    With `half` true he has not agreed yet.
    """
    said = signal.payload
    way = state.customers.ways.get(said["config_id"]) if isinstance(said.get("config_id"), str) else None
    users = way.fields.get("user") or [] if way else []
    member = known(state, {"userid": said.get("userid") or next(iter(users), "")})
    if isinstance(member, Answer):
        return member
    customer = _customer(state, said)
    if isinstance(customer, Answer):
        return customer
    source = str(said.get("state") or (way.fields.get("state") if way else "") or "")
    follow = Follow(member.userid, customer.external_userid, desk.now(), state=source)
    state.customers.follows[member.key, customer.external_userid] = follow
    code = state.mint("welcome", 43)
    until = desk.now() + desk.setting("wecom", "welcome_code_life")
    state.customers.welcomes[code] = Welcome(member.userid, customer.external_userid, until)
    change = "add_half_external_contact" if said.get("half") is True else "add_external_contact"
    tell_change(desk, state, change, follow, State=source or None, WelcomeCode=code)
    return ok(external_userid=customer.external_userid, welcome_code=code)


def _customer(state: State, said: Payload) -> Customer | Answer:
    """The customer whom a signal names, or a new one."""
    if said.get("external_userid"):
        return customer_of(state, said)
    made = Customer("wm" + state.mint("customer"), str(said.get("name") or "新客户"), 0, "o" + state.mint("unionid", 27))
    state.customers.people[made.external_userid] = made
    return made


def removed(desk: Desk, state: State, signal: Signal) -> Answer:
    """A customer deletes a member (`by` customer), or a member the customer (`by` member)."""
    follow = follow_of(state, signal.payload)
    if isinstance(follow, Answer):
        return follow
    del state.customers.follows[follow.userid.lower(), follow.external_userid]
    by_member = signal.payload.get("by") == "member"
    tell_change(desk, state, "del_external_contact" if by_member else "del_follow_user", follow)
    return ok()


PLANS: Final[Mapping[str, Plan]] = {
    "wecom.get_follow_user_list": get_follow_user_list,
    "wecom.external_list": list_all,
    "wecom.external_get": get,
    "wecom.external_get_by_user": get_by_user,
    "wecom.external_remark": remark,
    "wecom.external_behavior": get_user_behavior_data,
}
"""What can be done with customers."""

SIGNALS: Final[Mapping[str, Callable[[Desk, State, Signal], Answer]]] = {
    "wecom.customer_added": added,
    "wecom.customer_removed": removed,
}
"""What customers do."""
