"""Customer service accounts (微信客服账号): who they are, who serves, what state a customer is in.

Law: plans (see `plan`). The states of a session are a table; what is not in it is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from mocks.desk import Desk
from mocks.http import Answer
from mocks.wecom.fields import Payload, bad_userids, like, maybe, number, octets, one_of, text, texts, whole, wrong
from mocks.wecom.inquiries import ENDED, HUMAN, NEW, POOL, ROBOT, Code
from mocks.wecom.inquiries import Desk as Service
from mocks.wecom.plan import Deed, Plan, doing, ok, telling
from mocks.wecom.state import State

NAME = text(16)
MEDIA = octets(128, 0)
MOVES: Final[Mapping[int, tuple[int, ...]]] = {
    NEW: (ROBOT, POOL, HUMAN, ENDED),
    ROBOT: (POOL, HUMAN, ENDED),
    POOL: (HUMAN, ENDED),
    HUMAN: (POOL, HUMAN, ENDED),
    ENDED: (),
}
"""Where a session may be led from each state."""


def service_of(state: State, payload: Payload) -> Service | Answer:
    """The service account that a request names."""
    open_kfid = payload.get("open_kfid")
    if not text(64)(open_kfid):
        return Answer("95000")
    return state.inquiries.desks.get(str(open_kfid)) or Answer("95000")


def add(desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """A new service account."""
    if refused := wrong(payload, {"media_id": maybe(MEDIA)}):
        return refused
    if not NAME(payload.get("name")):
        return Answer("95006")
    if len(state.inquiries.desks) >= desk.setting("wecom", "kf_accounts_at_most"):
        return Answer("95005")

    def deed() -> Answer:
        open_kfid = "wk" + state.mint("kf")
        avatar = f"http://wework.qpic.cn/kf/{open_kfid}/0"
        state.inquiries.desks[open_kfid] = Service(open_kfid, payload["name"], avatar)
        return ok(open_kfid=open_kfid)

    return deed


def update(_desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """Another name or picture."""
    found = service_of(state, payload)
    if isinstance(found, Answer):
        return found
    if refused := wrong(payload, {"media_id": maybe(MEDIA)}):
        return refused
    if not maybe(NAME)(payload.get("name")):
        return Answer("95006")

    def deed() -> Answer:
        found.name = payload.get("name") or found.name
        return ok()

    return deed


def list_accounts(_desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """The service accounts from `offset` on."""
    if refused := wrong(payload, {"offset": maybe(whole(0, 2**31)), "limit": maybe(whole(1, 100))}):
        return refused
    start, limit = number(payload.get("offset")), number(payload.get("limit")) or 100
    rows = list(state.inquiries.desks.values())[start : start + limit]
    shown = [{"open_kfid": one.open_kfid, "name": one.name, "avatar": one.avatar, "manage_privilege": True} for one in rows]
    return telling(account_list=shown)


def contact_way(_desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """The address under which customers reach a service account."""
    found = service_of(state, payload)
    if isinstance(found, Answer):
        return found
    if refused := wrong(payload, {"scene": maybe(like(r"[0-9a-zA-Z_-]{0,32}"))}):
        return refused
    scene = payload.get("scene") or ""
    url = f"https://work.weixin.qq.com/kf/kfc{state.derived(found.open_kfid, 17).lower()}"
    return telling(url=f"{url}?enc_scene={quote(state.derived(f'scene/{scene}', 24))}" if scene else url)


def servicer_add(desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """Let members serve."""
    return _servicers(desk, state, payload, adding=True)


def servicer_del(desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """Let members serve no more."""
    return _servicers(desk, state, payload, adding=False)


def _servicers(desk: Desk, state: State, payload: Payload, *, adding: bool) -> Answer | Deed:
    found = service_of(state, payload)
    if isinstance(found, Answer):
        return found
    if refused := bad_userids(payload, "userid_list", 100):
        return refused
    wanted = list(dict.fromkeys(one.lower() for one in payload["userid_list"]))
    if adding and len({*found.servicers, *wanted}) > desk.setting("wecom", "kf_servicers_at_most"):
        return Answer("95005")
    good = [one for one in wanted if (one in state.users if adding else one in found.servicers)]

    def deed() -> Answer:
        kept = [one for one in found.servicers if one not in good]
        found.servicers = kept + good if adding else kept
        return ok(result_list=[_result(one, one in good) for one in wanted])

    return deed


def _result(userid: str, good: bool) -> dict[str, Any]:
    said = {"errcode": 0, "errmsg": "ok"} if good else {"errcode": 60111, "errmsg": "userid not found"}
    return {"userid": userid, **said}


def servicer_list(_desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """Who serves: everybody is on duty."""
    found = service_of(state, payload)
    if isinstance(found, Answer):
        return found
    return telling(servicer_list=[{"userid": one, "status": 0} for one in found.servicers])


def customer_at(state: State, payload: Payload) -> tuple[Service, str] | Answer:
    """The service account and the customer whom a request names."""
    found = service_of(state, payload)
    if isinstance(found, Answer):
        return found
    external = payload.get("external_userid")
    if not isinstance(external, str) or external not in state.customers.people:
        return Answer("40096")
    return found, external


def state_get(_desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """Who serves a customer just now."""
    place = customer_at(state, payload)
    if isinstance(place, Answer):
        return place
    session = state.inquiries.sessions.get((place[0].open_kfid, place[1]))
    servicer = {"servicer_userid": session.servicer} if session and session.state == HUMAN else {}
    return telling(service_state=session.state if session else NEW, **servicer)


def state_trans(desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """Lead a session on: to the robot, to the pool, to a member, to its end."""
    place = customer_at(state, payload)
    if isinstance(place, Answer):
        return place
    if refused := wrong(payload, {"service_state": one_of(0, 1, 2, 3, 4), "servicer_userid": maybe(text(64, 0))}):
        return refused
    service, external = place
    session = state.inquiries.sessions.get((service.open_kfid, external))
    to, servicer = number(payload["service_state"]), (payload.get("servicer_userid") or "").lower()
    if session is None or session.state == ENDED:
        return Answer("95013")
    if to not in MOVES[session.state]:
        return Answer("95016")
    if to == HUMAN and servicer not in service.servicers:
        return Answer("95014")

    def deed() -> Answer:
        session.state, session.servicer = to, servicer if to == HUMAN else ""
        return ok(msg_code=new_code(desk, state, service.open_kfid, external))

    return deed


def new_code(desk: Desk, state: State, open_kfid: str, external: str) -> str:
    """A code with which one event can be answered: once, within twenty seconds."""
    code = state.mint("msg_code", 32)
    until = desk.now() + desk.setting("wecom", "kf_code_life")
    codes = state.inquiries.codes
    for old in [name for name, one in codes.items() if one.until <= desk.now()]:
        del codes[old]
    codes[code] = Code(open_kfid, external, until)
    return code


def batchget(_desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """Customers by their ids; the unknown are named apart."""
    shape = {"external_userid_list": texts(100, 1), "need_enter_session_context": maybe(one_of(0, 1))}
    if refused := wrong(payload, shape, {"external_userid_list": "40031"}):
        return refused
    wanted = payload["external_userid_list"]
    context = number(payload.get("need_enter_session_context")) == 1
    known = [state.customers.people[one] for one in wanted if one in state.customers.people]
    shown = []
    for one in known:
        row = {key: value for key, value in one.shown().items() if key in ("external_userid", "avatar", "gender", "unionid")}
        scene = (
            {"enter_session_context": {"scene": state.inquiries.scenes.get(one.external_userid, ""), "scene_param": ""}}
            if context
            else {}
        )
        shown.append({**row, "nickname": one.name, **scene})
    invalid = [one for one in wanted if one not in state.customers.people]
    return telling(customer_list=shown, invalid_external_userid=invalid)


PLANS: Final[Mapping[str, Plan]] = {
    "wecom.kf_account_add": add,
    "wecom.kf_account_del": doing(service_of, lambda _desk, state, one: state.inquiries.desks.pop(one.open_kfid)),
    "wecom.kf_account_update": update,
    "wecom.kf_account_list": list_accounts,
    "wecom.kf_add_contact_way": contact_way,
    "wecom.kf_servicer_add": servicer_add,
    "wecom.kf_servicer_del": servicer_del,
    "wecom.kf_servicer_list": servicer_list,
    "wecom.kf_state_get": state_get,
    "wecom.kf_state_trans": state_trans,
    "wecom.kf_customer_batchget": batchget,
}
"""What can be done with service accounts."""
