"""The menu below the conversation.

Law: up to three buttons, up to five below each; a button that leads nowhere is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.wechat.state import State
from sandbox.policy import Call

BUTTONS, BELOW, BUTTON_BYTES, BELOW_BYTES, KEY_BYTES, URL_BYTES = 3, 5, 16, 60, 128, 1024
KEYED: Final = (
    "click",
    "scancode_push",
    "scancode_waitmsg",
    "pic_sysphoto",
    "pic_photo_or_album",
    "pic_weixin",
    "location_select",
)
NEEDED: Final[Mapping[str, str]] = {
    "view": "url",
    "miniprogram": "pagepath",
    "media_id": "media_id",
    "view_limited": "media_id",
    "article_id": "article_id",
    **dict.fromkeys(KEYED, "key"),
}
"""The kinds of buttons, and what each must say."""


def create(desk: Desk, state: State, call: Call) -> Answer:
    """Another menu."""
    buttons = call.payload.get("button")
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= BUTTONS:
        return Answer("40016")
    if bad := next(filter(None, map(_bad_button, buttons)), None):
        return Answer(bad)
    if refused := desk.ask(call):
        return refused
    state.office.menu = {"button": buttons}
    return Answer("0")


def _bad_button(button: object) -> str:
    if not isinstance(button, dict):
        return "40017"
    below = button.get("sub_button")
    if not below:
        return _bad(button, BUTTON_BYTES, "40018")
    if not isinstance(below, list) or len(below) > BELOW:
        return "40023"
    if bad := _bad_name(button, BUTTON_BYTES, "40018"):
        return bad
    return next(filter(None, (_bad(one, BELOW_BYTES, "40025") if isinstance(one, dict) else "40024" for one in below)), "")


def _bad(button: Mapping[str, Any], most: int, code: str) -> str:
    if bad := _bad_name(button, most, code):
        return bad
    kind = button.get("type")
    if not isinstance(kind, str) or kind not in NEEDED:
        return "40017"
    said = button.get(NEEDED[kind])
    size = len(said.encode("utf-8", "replace")) if isinstance(said, str) else 0
    if NEEDED[kind] == "url":
        return "" if 0 < size <= URL_BYTES else "40020"
    return "" if 0 < size <= KEY_BYTES else "40019"


def _bad_name(button: Mapping[str, Any], most: int, code: str) -> str:
    name = button.get("name")
    return "" if isinstance(name, str) and 0 < len(name.encode("utf-8", "replace")) <= most else code


def get(desk: Desk, state: State, call: Call) -> Answer:
    """The menu."""
    if state.office.menu is None:
        return Answer("46003")
    return desk.ask(call) or Answer("0", {"menu": state.office.menu})


def delete(desk: Desk, state: State, call: Call) -> Answer:
    """No menu."""
    if refused := desk.ask(call):
        return refused
    state.office.menu = None
    return Answer("0")


ACTIONS: Final[Mapping[str, Any]] = {
    "wechat.menu_create": create,
    "wechat.menu_get": get,
    "wechat.menu_delete": delete,
}
"""What can be asked about the menu."""
