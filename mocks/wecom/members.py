"""Members (成员): create, change, leave, be found.

Law: plans (see `plan`). Ids know no upper and lower case; a member is shown with the case he was created with.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.wecom import events
from mocks.wecom.changes import tell_change
from mocks.wecom.directory import Member
from mocks.wecom.fields import (
    USERID,
    Payload,
    bad_userids,
    each,
    like,
    listed,
    mapping,
    maybe,
    number,
    one_of,
    page,
    text,
    texts,
    truth,
    whole,
    wholes,
    wrong,
)
from mocks.wecom.plan import Deed, Plan, ok, telling
from mocks.wecom.state import State

PLACES: Final = 100
"""The departments that a member may be in."""

MAIL = r"[^@\s]{1,64}@[^@\s]{1,128}"
FIELDS: Final = {
    "order": maybe(wholes(100)),
    "is_leader_in_dept": maybe(each(one_of(0, 1), 100)),
    "direct_leader": maybe(texts(1)),
    "gender": maybe(one_of("0", "1", "2", 0, 1, 2)),
    "enable": maybe(truth),
    "alias": maybe(text(64, 0)),
    "position": maybe(text(128, 0)),
    "telephone": maybe(text(32, 0)),
    "address": maybe(text(128, 0)),
    "external_position": maybe(text(12, 0)),
    "extattr": maybe(mapping),
    "external_profile": maybe(mapping),
    "main_department": maybe(whole(1)),
    "mobile": maybe(text(64, 0)),
    "email": maybe(text(256, 0)),
    "biz_mail": maybe(text(256, 0)),
}
"""What else may be said of a member, and how."""


def known(state: State, payload: Payload, name: str = "userid") -> Member | Answer:
    """The member whom a field names."""
    userid = payload.get(name)
    if not userid:
        return Answer("41009")
    if not isinstance(userid, str) or not USERID.fullmatch(userid):
        return Answer("40003")
    return state.users.get(userid.lower()) or Answer("60111")


def create(desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """A new member."""
    userid = payload.get("userid")
    if not userid:
        return Answer("41009")
    if not isinstance(userid, str) or not USERID.fullmatch(userid):
        return Answer("40003")
    if userid.lower() in state.users:
        return Answer("60102")
    if not text(64)(payload.get("name")):
        return Answer("60112")
    if not payload.get("department"):
        return Answer("60127")
    if not (payload.get("mobile") or payload.get("email")):
        return Answer("60129")
    if refused := _unfit(state, payload, userid.lower()):
        return refused
    made = Member(userid, payload["name"], [number(one) for one in _parties(payload)], _profile(payload))
    made.enabled = number(payload.get("enable"), 1) == 1 and payload.get("enable") is not False

    def deed() -> Answer:
        state.users[made.key] = made
        tell_change(desk, state, made, "create_user")
        return ok("created")

    return deed


def update(desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """Change what is said of a member; what is not mentioned stays."""
    member = known(state, payload)
    if isinstance(member, Answer):
        return member
    if payload.get("name") is not None and not text(64)(payload["name"]):
        return Answer("60112")
    if refused := _unfit(state, payload, member.key, len(member.departments)):
        return refused

    def deed() -> Answer:
        member.name = payload.get("name") or member.name
        member.departments = [number(one) for one in _parties(payload)] or member.departments
        member.profile.update(_profile(payload))
        if payload.get("enable") is not None:
            member.enabled = number(payload["enable"], 1) == 1 and payload["enable"] is not False
        tell_change(desk, state, member, "update_user")
        return ok("updated")

    return deed


def _parties(payload: Payload) -> list[Any]:
    found = payload.get("department")
    return found if isinstance(found, list) else [] if found is None else [found]


def _profile(payload: Payload) -> dict[str, Any]:
    said = {name: payload[name] for name in FIELDS if name != "enable" and payload.get(name) is not None}
    if "gender" in said:
        said["gender"] = str(said["gender"])
    if "main_department" in said:
        said["main_department"] = number(said["main_department"])
    return said


def _unfit(state: State, payload: Payload, key: str, places: int = 0) -> Answer | None:
    """What is wrong with the fields that creating and changing have in common."""
    parties = _parties(payload)
    if len(parties) > PLACES:
        return Answer("60110")
    if any(number(one) not in state.directory.departments for one in parties):
        return Answer("60123")
    if refused := wrong(payload, FIELDS):
        return refused
    places = len(parties) or places
    if any(listed(payload, name) and len(payload[name]) != places for name in ("is_leader_in_dept", "order")):
        return Answer("60132")
    for field, pattern, bad, taken in (("mobile", r"\+?[0-9-]{5,20}", "60103", "60104"), ("email", MAIL, "60105", "60106")):
        value = payload.get(field)
        if value and not like(pattern)(value):
            return Answer(bad)
        if value and any(one.profile.get(field) == value for one in state.users.values() if one.key != key):
            return Answer(taken)
    return None


def delete(desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """A member leaves; his customers wait to be taken over."""
    member = known(state, payload)
    return member if isinstance(member, Answer) else lambda: _leave(desk, state, [member])


def batchdelete(desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """Several members leave, or none."""
    if refused := bad_userids(payload, "useridlist", 200):
        return refused
    found = {userid.lower(): state.users.get(userid.lower()) for userid in payload["useridlist"]}
    members = [one for one in found.values() if one]
    return Answer("60111") if len(members) < len(found) else lambda: _leave(desk, state, members)


def _leave(desk: Desk, state: State, members: list[Member]) -> Answer:
    for member in members:
        state.directory.remove(member.key)
        state.customers.depart(member.key, desk.now())
        for service in state.inquiries.desks.values():
            service.servicers = [one for one in service.servicers if one != member.key]
        events.tell(desk, state, "change_contact", ChangeType="delete_user", UserID=member.userid)
    return ok("deleted")


def get(_desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """One member, as an application may see him."""
    member = known(state, payload)
    return member if isinstance(member, Answer) else telling(**member.shown())


def _of_department(state: State, payload: Payload) -> list[Member] | Answer:
    if refused := wrong(payload, {"department_id": whole(1), "fetch_child": maybe(truth)}, {"department_id": "60123"}):
        return refused
    department = number(payload["department_id"])
    if department not in state.directory.departments:
        return Answer("60003")
    deep = number(payload.get("fetch_child"), int(payload.get("fetch_child") is True)) == 1
    return state.directory.people(state.directory.below(department) if deep else [department])


def list_full(_desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """The members of a department, in full."""
    found = _of_department(state, payload)
    if isinstance(found, Answer):
        return found
    return telling(userlist=[{**one.shown(), "hide_mobile": 0, "english_name": ""} for one in found])


def list_simple(_desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """The members of a department, by name."""
    found = _of_department(state, payload)
    if isinstance(found, Answer):
        return found
    shown = [{"userid": one.userid, "name": one.name, "department": one.departments, "open_userid": ""} for one in found]
    return telling(userlist=shown)


def list_id(_desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """Every member's id with each of his departments, page by page."""
    rows = [{"userid": one.userid, "department": place} for one in state.users.values() for place in one.departments]
    found = page(rows, payload, 10_000)
    return found if isinstance(found, Answer) else telling(dept_user=found[0], next_cursor=found[1])


def _by(field: str, code: str, state: State, value: object) -> Answer | Deed:
    if not isinstance(value, str) or not value:
        return Answer(code)
    found = next((one for one in state.users.values() if one.profile.get(field) == value), None)
    return telling(userid=found.userid) if found else Answer("46004")


def getuserid(_desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """The member with that mobile number."""
    return _by("mobile", "60103", state, payload.get("mobile"))


def get_userid_by_email(_desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """The member with that address: his corporate one (1), or his own (2)."""
    if refused := wrong(payload, {"email_type": maybe(one_of(1, 2))}):
        return refused
    field = "email" if number(payload.get("email_type"), 1) == 2 else "biz_mail"
    return _by(field, "60105", state, payload.get("email"))


def openid_of(state: State, member: Member) -> str:
    """A member's openid: always the same."""
    return "o" + state.derived(f"openid/{member.key}", 27)


def convert_to_openid(_desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """A member's openid, for payments."""
    member = known(state, payload)
    return member if isinstance(member, Answer) else telling(openid=openid_of(state, member))


def convert_to_userid(_desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """The member behind an openid."""
    if refused := wrong(payload, {"openid": text(64)}):
        return refused
    found = next((one for one in state.users.values() if openid_of(state, one) == payload["openid"]), None)
    return telling(userid=found.userid) if found else Answer("46004")


def authsucc(_desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """A member has proven who he is (二次验证)."""
    member = known(state, payload)
    return member if isinstance(member, Answer) else telling()


PLANS: Final[Mapping[str, Plan]] = {
    "wecom.user_create": create,
    "wecom.user_update": update,
    "wecom.user_delete": delete,
    "wecom.user_batchdelete": batchdelete,
    "wecom.user_get": get,
    "wecom.user_list": list_full,
    "wecom.user_simplelist": list_simple,
    "wecom.user_list_id": list_id,
    "wecom.user_getuserid": getuserid,
    "wecom.user_get_userid_by_email": get_userid_by_email,
    "wecom.user_convert_to_openid": convert_to_openid,
    "wecom.user_convert_to_userid": convert_to_userid,
    "wecom.user_authsucc": authsucc,
}
"""What can be done with members."""
