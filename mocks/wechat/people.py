"""Followers: who they are, their remarks and tags; and what they do by themselves: follow, leave, write.

Law: what is not known of a follower follows from his openid. Tags 0 to 2 are the platform's own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.wechat.cards.claiming import union_of
from mocks.wechat.happenings import EVENTS, TOPIC, note
from mocks.wechat.office import Follower
from mocks.wechat.state import State
from sandbox.behaviour import Push
from sandbox.policy import Call, Signal

PAGE: Final = 10_000
AT_ONCE: Final = 100
REMARK_BYTES: Final = 90
BORN: Final = 1_700_000_000
LANGUAGES: Final = ("zh_CN", "zh_TW", "en")


def person(state: State, openid: object) -> Follower | None:
    """A follower; None when nobody of that name follows the account."""
    if not isinstance(openid, str) or openid not in state.followers:
        return None
    found = state.office.people.get(openid)
    if found is None:
        digest = hashlib.sha256(f"{state.appid}/{openid}".encode()).hexdigest()
        found = Follower(BORN + int(digest[:6], 16), union_of(state, openid))
        state.office.people[openid] = found
    return found


def shown(openid: str, one: Follower, language: str = "zh_CN") -> dict[str, Any]:
    """A follower as the interface shows him."""
    return {
        "subscribe": 1,
        "openid": openid,
        "language": language,
        "subscribe_time": one.since,
        "unionid": one.unionid,
        "remark": one.remark,
        "groupid": one.tags[0] if one.tags else 0,
        "tagid_list": list(one.tags),
        "subscribe_scene": "ADD_SCENE_QR_CODE",
        "qr_scene": 0,
        "qr_scene_str": "",
    }


def info(desk: Desk, state: State, call: Call) -> Answer:
    """One follower."""
    openid, language = call.payload.get("openid"), call.payload.get("lang", "zh_CN")
    found = person(state, openid)
    if found is None:
        return Answer("40003")
    if language not in LANGUAGES:
        return Answer("40097", text="invalid args, lang: expecting zh_CN, zh_TW or en")
    return desk.ask(call) or Answer("0", shown(str(openid), found, language))


def batch_info(desk: Desk, state: State, call: Call) -> Answer:
    """Up to a hundred of them."""
    asked = call.payload.get("user_list")
    if not isinstance(asked, list) or not 1 <= len(asked) <= AT_ONCE:
        return Answer("40032")
    openids = [one.get("openid") if isinstance(one, dict) else None for one in asked]
    rows = [(openid, person(state, openid)) for openid in openids]
    if any(found is None for _, found in rows):
        return Answer("40003")
    return desk.ask(call) or Answer("0", {"user_info_list": [shown(str(name), found) for name, found in rows if found]})


def page(openids: Sequence[str], after: object) -> dict[str, Any] | None:
    """Up to ten thousand openids after one of them; None when that is nobody's."""
    if after and after not in openids:
        return None
    begin = openids.index(str(after)) + 1 if after else 0
    found = list(openids[begin : begin + PAGE])
    data = {"data": {"openid": found}, "next_openid": found[-1]} if found else {"next_openid": ""}
    return {"count": len(found), **data}


def listed(desk: Desk, state: State, call: Call) -> Answer:
    """All followers, by the ten thousand."""
    found = page(state.followers, call.payload.get("next_openid"))
    if found is None:
        return Answer("40003")
    return desk.ask(call) or Answer("0", {"total": len(state.followers), **found})


def remark(desk: Desk, state: State, call: Call) -> Answer:
    """What the merchant calls a follower."""
    found, text = person(state, call.payload.get("openid")), call.payload.get("remark")
    if found is None:
        return Answer("40003")
    if not isinstance(text, str) or len(text.encode("utf-8", "replace")) > REMARK_BYTES:
        return Answer("45021")
    if refused := desk.ask(call):
        return refused
    found.remark = text
    return Answer("0")


def wrote(desk: Desk, state: State, signal: Signal) -> Answer:
    """A follower writes to the account: it may answer him for two days."""
    openid, text = signal.payload.get("openid"), signal.payload.get("content", "你好")
    found = person(state, openid)
    if found is None or not isinstance(text, str):
        return Answer("40003")
    found.wrote = desk.now()
    number = desk.now() * 1000 + state.office.ordinal("message") % 1000
    _tell(desk, state, {"FromUserName": str(openid), "MsgType": "text", "Content": text, "MsgId": number})
    return Answer("0", {"msgid": number})


def followed(desk: Desk, state: State, signal: Signal) -> Answer:
    """Somebody follows the account; without an openid somebody new."""
    openid = signal.payload.get("openid") or "o" + state.office.mint(state.secret, "follower")[:27]
    if not isinstance(openid, str) or openid in state.followers:
        return Answer("40003")
    state.followers.append(openid)
    _tell(desk, state, {"FromUserName": openid, "MsgType": "event", "Event": "subscribe", "EventKey": ""})
    return Answer("0", {"openid": openid})


def left(desk: Desk, state: State, signal: Signal) -> Answer:
    """A follower follows no more; what was known of him is forgotten."""
    openid = signal.payload.get("openid")
    if not isinstance(openid, str) or openid not in state.followers:
        return Answer("40003")
    state.followers.remove(openid)
    state.office.people.pop(openid, None)
    _tell(desk, state, {"FromUserName": openid, "MsgType": "event", "Event": "unsubscribe", "EventKey": ""})
    return Answer("0")


def happens(desk: Desk, state: State, signal: Signal) -> Answer:
    """Any event of cards, to see what a server makes of it: nothing comes about but that it is counted and told."""
    said = signal.payload
    event, openid, fields = said.get("event"), said.get("openid", ""), said.get("fields", {})
    if not isinstance(event, str) or event not in EVENTS or not isinstance(openid, str):
        return Answer("40097", text=f"event: expecting one of {', '.join(sorted(EVENTS))}")
    if not isinstance(fields, dict) or any(
        not name[:1].isupper() or type(one) not in (str, int) for name, one in fields.items()
    ):
        return Answer("40097", text="fields: expecting names of elements, with strings and whole numbers")
    note(desk, state, event, openid, -1, fields)
    return Answer("0")


def _tell(desk: Desk, state: State, body: Mapping[str, Any]) -> None:
    if state.callback_url:
        desk.post(state.account, Push(TOPIC, body, desk.now()))


ACTIONS: Final[Mapping[str, Any]] = {
    "wechat.user_info": info,
    "wechat.user_batchget": batch_info,
    "wechat.user_get": listed,
    "wechat.user_remark": remark,
}
"""What can be asked about followers."""

SIGNALS: Final[Mapping[str, Any]] = {
    "wechat.wrote": wrote,
    "wechat.followed": followed,
    "wechat.left": left,
    "wechat.happens": happens,
}
"""What followers do by themselves."""
