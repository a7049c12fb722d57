"""Contact ways (联系我): QR codes and buttons by which customers add members.

Law: plans (see `plan`). A temporary one is gone when its time is over.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.wecom.customers import ContactWay
from mocks.wecom.external import follow_of
from mocks.wecom.fields import (
    Payload,
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
from mocks.wecom.plan import Action, Deed, Plan, acting, ok, telling
from mocks.wecom.state import State

SINGLE, SEVERAL = 1, 2
QR = 2
OPTIONS: Final = {
    "style": maybe(whole(0, 10)),
    "remark": maybe(text(30, 0)),
    "skip_verify": maybe(truth),
    "state": maybe(text(30, 0)),
    "user": maybe(texts(100)),
    "party": maybe(wholes(100)),
    "expires_in": maybe(whole(1, 14 * 86_400)),
    "chat_expires_in": maybe(whole(1, 14 * 86_400)),
    "unionid": maybe(text(64, 0)),
    "is_exclusive": maybe(truth),
    "conclusions": maybe(mapping),
}
KEPT: Final = (*OPTIONS, "type", "scene", "is_temp")


def add(desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """A new contact way."""
    shape = {"type": one_of(SINGLE, SEVERAL), "scene": one_of(1, QR), "is_temp": maybe(truth), **OPTIONS}
    if refused := wrong(payload, shape) or _bad_users(state, payload, number(payload["type"])):
        return refused
    if len(state.customers.ways) >= desk.setting("wecom", "contact_ways_at_most"):
        return Answer("41035")

    def deed() -> Answer:
        made = ContactWay(state.mint("way", 32), desk.now(), {k: payload[k] for k in KEPT if payload.get(k) is not None})
        state.customers.ways[made.config_id] = made
        return ok(config_id=made.config_id, **_code(made))

    return deed


def _code(way: ContactWay) -> dict[str, str]:
    return {"qr_code": f"http://p.qpic.cn/wwhead/{way.config_id}/0"} if number(way.fields.get("scene")) == QR else {}


def _bad_users(state: State, payload: Payload, kind: int) -> Answer | None:
    users, parties = listed(payload, "user"), listed(payload, "party")
    if any(one.lower() not in state.users for one in users):
        return Answer("40003")
    if any(number(one) not in state.directory.departments for one in parties):
        return Answer("60003")
    if kind == SINGLE and (len(users) != 1 or parties):
        return Answer("41036")
    return None if users or parties else Answer("41036")


def _known(desk: Desk, state: State, payload: Payload) -> ContactWay | Answer:
    config_id = payload.get("config_id")
    if not isinstance(config_id, str) or config_id not in state.customers.ways:
        return Answer("41044")
    way = state.customers.ways[config_id]
    life = number(way.fields.get("expires_in")) * 1000 or desk.setting("wecom", "contact_way_life")
    return Answer("41044") if way.fields.get("is_temp") and desk.now() >= way.created + life else way


def get(desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """A contact way as it was set."""
    way = _known(desk, state, payload)
    if isinstance(way, Answer):
        return way
    plain: dict[str, Any] = {"style": 1, "remark": "", "skip_verify": True, "state": "", "user": [], "party": []}
    return telling(contact_way={"config_id": way.config_id, **plain, **way.fields, **_code(way)})


def list_all(desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """The contact ways made in a span of time: the last ninety days when none is named."""
    if refused := wrong(payload, {"start_time": maybe(whole(0, 2**33)), "end_time": maybe(whole(0, 2**33))}):
        return refused
    end = number(payload.get("end_time")) or desk.now() // 1000
    start = number(payload.get("start_time")) or end - 90 * 86_400
    rows = [one for one in state.customers.ways.values() if start <= one.created // 1000 <= end]
    found = page([{"config_id": one.config_id} for one in rows if not one.fields.get("is_temp")], payload, 1000, 100)
    return found if isinstance(found, Answer) else telling(contact_way=found[0], next_cursor=found[1])


def update(desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """Change a contact way; what is not mentioned stays."""
    way = _known(desk, state, payload)
    if isinstance(way, Answer):
        return way
    changed = {name: payload[name] for name in OPTIONS if payload.get(name) is not None}
    kind = number(way.fields.get("type"))
    if refused := wrong(payload, OPTIONS) or _bad_users(state, {**way.fields, **changed}, kind):
        return refused

    def deed() -> Answer:
        way.fields.update(changed)
        return ok()

    return deed


def delete(desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """Delete a contact way."""
    way = _known(desk, state, payload)
    if isinstance(way, Answer):
        return way

    def deed() -> Answer:
        del state.customers.ways[way.config_id]
        return ok()

    return deed


def close_temp_chat(_desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """End a temporary chat with a customer."""
    follow = follow_of(state, payload)
    return follow if isinstance(follow, Answer) else telling()


def _temporary(payload: Payload) -> dict[str, str]:
    return {"temporary": "1" if payload.get("is_temp") in (True, 1, "1") else "0"}


ACTIONS: Final[Mapping[str, Action]] = {"wecom.add_contact_way": acting(add, _temporary)}
"""What tells the gate more than its call."""

PLANS: Final[Mapping[str, Plan]] = {
    "wecom.get_contact_way": get,
    "wecom.list_contact_way": list_all,
    "wecom.update_contact_way": update,
    "wecom.del_contact_way": delete,
    "wecom.close_temp_chat": close_temp_chat,
}
"""What can be done with contact ways."""
