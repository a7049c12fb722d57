"""Ways in from outside: customer acquisition links (获客助手), and QR codes that lead into group chats (加入群聊).

Law: plans (see `plan`) and signals. Each customer who comes by a link uses up one of the corp's quota.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.wecom import events, external
from mocks.wecom.customers import JoinWay, Link
from mocks.wecom.fields import Payload, bad, mapping, maybe, number, one_of, page, text, texts, truth, wholes, wrong
from mocks.wecom.plan import Deed, Plan, doing, ok, telling
from mocks.wecom.state import State
from sandbox.policy import Signal

BY_LINK: Final = 16
"""The `add_way` of a customer who came by such a link."""

SILENT: Final = 0
"""The `chat_status` of a customer who has not written."""


def create(desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """A new link, to some members."""
    if refused := wrong(payload, {"link_name": text(30), "range": mapping, "skip_verify": maybe(truth)}):
        return refused
    if refused := _bad_range(state, payload["range"]):
        return refused

    def deed() -> Answer:
        link_id = state.mint("link", 32)
        made = Link(link_id, payload["link_name"], desk.now(), dict(payload["range"]))
        made.skip_verify = payload.get("skip_verify") in (None, True, 1, "1")
        state.customers.links[link_id] = made
        return ok(link=_shown(made))

    return deed


def _bad_range(state: State, said: Payload) -> Answer | None:
    if refused := wrong(said, {"user_list": maybe(texts(500)), "department_list": maybe(wholes(100))}):
        return refused
    users, parties = said.get("user_list") or [], said.get("department_list") or []
    if any(one.lower() not in state.users for one in users):
        return Answer("40003")
    if any(number(one) not in state.directory.departments for one in parties):
        return Answer("60003")
    return None if users or parties else bad("range")


def _shown(one: Link) -> dict[str, Any]:
    head = {"link_id": one.link_id, "link_name": one.name, "url": f"https://work.weixin.qq.com/ca/{one.link_id}"}
    return {**head, "create_time": one.created // 1000, "skip_verify": one.skip_verify}


def _named(state: State, payload: Payload) -> Link | Answer:
    return state.customers.links.get(str(payload.get("link_id"))) or bad("link_id")


def get(_desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """One link, and whom it leads to."""
    found = _named(state, payload)
    if isinstance(found, Answer):
        return found
    whom = {"user_list": found.range.get("user_list") or [], "department_list": found.range.get("department_list") or []}
    return telling(link=_shown(found), range=whom)


def list_all(_desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """The numbers of all links, page by page."""
    found = page(list(state.customers.links), payload, 100, 100)
    return found if isinstance(found, Answer) else telling(link_id_list=found[0], next_cursor=found[1])


def update(_desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """Change a link; what is not mentioned stays."""
    found = _named(state, payload)
    if isinstance(found, Answer):
        return found
    shape = {"link_name": maybe(text(30)), "range": maybe(mapping), "skip_verify": maybe(truth)}
    if refused := wrong(payload, shape) or (_bad_range(state, payload["range"]) if payload.get("range") else None):
        return refused

    def deed() -> Answer:
        found.name = payload.get("link_name") or found.name
        found.range = dict(payload.get("range") or found.range)
        found.skip_verify = (
            found.skip_verify if payload.get("skip_verify") is None else payload["skip_verify"] in (True, 1, "1")
        )
        return ok()

    return deed


def customers_of(_desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """Who came by a link."""
    found = _named(state, payload)
    if isinstance(found, Answer):
        return found
    rows = [
        {"external_userid": external_userid, "userid": userid, "chat_status": SILENT, "state": said}
        for external_userid, userid, said in found.came
    ]
    paged = page(rows, payload, 1000, 1000)
    return paged if isinstance(paged, Answer) else telling(customer_list=paged[0], next_cursor=paged[1])


def quota(desk: Desk, state: State, _payload: Payload) -> Answer | Deed:
    """How many more customers may come by links."""
    total = desk.setting("wecom", "acquisition_quota")
    return telling(total=total, balance=max(total - state.customers.acquired, 0), quota_list=[])


def link_used(desk: Desk, state: State, signal: Signal) -> Answer:
    """A customer comes by a link (`link_id`, `name`, `state`); when nothing is left of the quota, none does."""
    found = _named(state, signal.payload)
    if isinstance(found, Answer):
        return found
    total = desk.setting("wecom", "acquisition_quota")
    if state.customers.acquired >= total:
        return Answer("95031", text="no customer acquisition quota is left")
    users = found.range.get("user_list") or [
        one.userid for one in state.directory.people(map(number, found.range.get("department_list") or ()))
    ]
    said = {name: signal.payload[name] for name in ("name", "external_userid", "state") if name in signal.payload}
    answer = external.added(desk, state, replace(signal, payload={**said, "userid": next(iter(users), "")}))
    if answer.code != "0":
        return answer
    external_userid = answer.body["external_userid"]
    follow = state.customers.follows[str(next(iter(users))).lower(), external_userid]
    follow.add_way = BY_LINK
    found.came.append((external_userid, follow.userid, follow.state))
    state.customers.acquired += 1
    events.tell(
        desk, state, "customer_acquisition", ChangeType="friend_request", LinkId=found.link_id, State=follow.state or None
    )
    if state.customers.acquired == total:
        events.tell(desk, state, "customer_acquisition", ChangeType="balance_exhausted")
    return answer


# -------------------------------------------------------------------- into a group chat


JOINING: Final = {
    "remark": maybe(text(30, 0)),
    "auto_create_room": maybe(truth),
    "room_base_name": maybe(text(40, 0)),
    "state": maybe(text(30, 0)),
}


def add_join_way(_desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """A new way into up to five chats: a button in a mini-program (1) or a QR code (2)."""
    if refused := wrong(payload, {"scene": one_of(1, 2), "chat_id_list": texts(5, 1), **JOINING}):
        return refused
    if any(one not in state.customers.chats for one in payload["chat_id_list"]):
        return Answer("40050")

    def deed() -> Answer:
        kept = {name: payload[name] for name in ("scene", "chat_id_list", *JOINING) if payload.get(name) is not None}
        made = JoinWay(state.mint("join", 32), kept)
        state.customers.joins[made.config_id] = made
        return ok(config_id=made.config_id)

    return deed


def _join_way(state: State, payload: Payload) -> JoinWay | Answer:
    return state.customers.joins.get(str(payload.get("config_id"))) or Answer("41044")


def get_join_way(_desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """A way in as it was set."""
    found = _join_way(state, payload)
    if isinstance(found, Answer):
        return found
    code = f"http://p.qpic.cn/wwhead/join/{found.config_id}/0"
    return telling(join_way={"config_id": found.config_id, "remark": "", "state": "", **found.fields, "qr_code": code})


def update_join_way(_desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """Change a way in; what is not mentioned stays."""
    found = _join_way(state, payload)
    if isinstance(found, Answer):
        return found
    if refused := wrong(payload, {"scene": maybe(one_of(1, 2)), "chat_id_list": maybe(texts(5, 1)), **JOINING}):
        return refused
    if any(one not in state.customers.chats for one in payload.get("chat_id_list") or ()):
        return Answer("40050")

    def deed() -> Answer:
        named = ("scene", "chat_id_list", *JOINING)
        found.fields.update({name: payload[name] for name in named if payload.get(name) is not None})
        return ok()

    return deed


PLANS: Final[Mapping[str, Plan]] = {
    "wecom.acquisition_create": create,
    "wecom.acquisition_get": get,
    "wecom.acquisition_list": list_all,
    "wecom.acquisition_update": update,
    "wecom.acquisition_delete": doing(_named, lambda _desk, state, one: state.customers.links.pop(one.link_id)),
    "wecom.acquisition_customers": customers_of,
    "wecom.acquisition_quota": quota,
    "wecom.add_join_way": add_join_way,
    "wecom.get_join_way": get_join_way,
    "wecom.update_join_way": update_join_way,
    "wecom.del_join_way": doing(_join_way, lambda _desk, state, one: state.customers.joins.pop(one.config_id)),
}
"""What can be done with these ways."""

SIGNALS: Final[Mapping[str, Callable[[Desk, State, Signal], Answer]]] = {"wecom.link_used": link_used}
"""What customers do with them."""
