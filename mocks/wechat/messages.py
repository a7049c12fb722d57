"""Messages to followers: from a template at any time, freely within two days of what the follower wrote last.

Law: what was accepted is kept for whoever asks the sandbox. What became of a template's message is told as an event.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.wechat.happenings import TOPIC
from mocks.wechat.people import person
from mocks.wechat.state import State
from sandbox.behaviour import Push
from sandbox.policy import Call

NAME: Final = "wechat"
CONTENTS: Final[Mapping[str, tuple[str, str]]] = {
    "text": ("text", "content"),
    "image": ("image", "media_id"),
    "voice": ("voice", "media_id"),
    "video": ("video", "media_id"),
    "mpnews": ("mpnews", "media_id"),
    "news": ("news", "articles"),
    "wxcard": ("wxcard", "card_id"),
    "msgmenu": ("msgmenu", "list"),
    "miniprogrampage": ("miniprogrampage", "pagepath"),
}
"""The kinds of free messages, and what each must say."""

TEMPLATES: Final = ("卡券到期提醒", "领取成功通知", "订单发货通知")
"""What the account's templates are for."""


def templates(state: State) -> dict[str, str]:
    """The account's templates: their titles by their ids."""
    return {hashlib.sha256(f"{state.secret}/template/{title}".encode()).hexdigest()[:43]: title for title in TEMPLATES}


def template_list(desk: Desk, state: State, call: Call) -> Answer:
    """The account's templates."""
    rows = [
        {
            "template_id": number,
            "title": title,
            "primary_industry": "餐饮",
            "deputy_industry": "餐饮",
            "content": "{{thing1.DATA}}\n{{time2.DATA}}",
            "example": "",
        }
        for number, title in templates(state).items()
    ]
    return desk.ask(call) or Answer("0", {"template_list": rows})


def template_send(desk: Desk, state: State, call: Call) -> Answer:
    """One message from a template; when it has arrived an event says so."""
    asked = call.payload
    openid = asked.get("touser")
    if person(state, openid) is None:
        return Answer("40003")
    if str(asked.get("template_id")) not in templates(state):
        return Answer("40037")
    data = asked.get("data")
    if not isinstance(data, dict):
        return Answer("47001")
    for name, one in data.items():
        if not isinstance(one, dict) or not isinstance(one.get("value"), str | int | float):
            return Answer("47003", text=f"argument invalid! data.{name}.value is empty")
    if refused := desk.ask(call):
        return refused
    number = desk.now() * 1000 + state.office.ordinal("template") % 1000
    state.office.messages.append({"at": desk.now(), "kind": "template", "msgid": number, **asked})
    if state.callback_url:
        event = {"Event": "TEMPLATESENDJOBFINISH", "MsgID": number, "Status": "success"}
        desk.post(state.account, Push(TOPIC, {"FromUserName": str(openid), **event}, desk.now()))
    return Answer("0", {"msgid": number})


def custom_send(desk: Desk, state: State, call: Call) -> Answer:
    """A free message, to somebody who wrote within two days."""
    asked = call.payload
    found = person(state, asked.get("touser"))
    if found is None:
        return Answer("40003")
    kind = asked.get("msgtype")
    if not isinstance(kind, str) or kind not in CONTENTS:
        return Answer("40008")
    node, needed = CONTENTS[kind]
    content = asked.get(node)
    if not isinstance(content, dict) or not content.get(needed):
        return Answer("44004" if kind == "text" else "40007")
    if not found.wrote or desk.now() - found.wrote > desk.setting(NAME, "reply_within"):
        return Answer("45015")
    if refused := desk.ask(call):
        return refused
    state.office.messages.append({"at": desk.now(), "kind": "custom", **asked})
    return Answer("0")


ACTIONS: Final[Mapping[str, Any]] = {
    "wechat.template_list": template_list,
    "wechat.template_send": template_send,
    "wechat.custom_send": custom_send,
}
"""What can be sent."""
