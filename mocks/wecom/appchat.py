"""Chats that the application makes (应用推送到群聊): created, changed, written to.

Law: only chats of this application; a member who gets too many messages is passed over in silence.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.wecom.fields import Payload, listed, maybe, text, texts, wrong
from mocks.wecom.media import unknown_media
from mocks.wecom.messages import reach
from mocks.wecom.parts import CHAT_MESSAGES, unfit
from mocks.wecom.plan import Action, Deed, Plan, ok, telling
from mocks.wecom.state import Chat, State
from sandbox.policy import Call

CHATID = re.compile(r"[0-9A-Za-z]{1,32}")
FEWEST, MOST, CHANGE = 2, 2000, 500
NAME_AT_MOST = 50


def create(_desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """A chat of at least two members; one of them owns it."""
    if refused := _bad_id(state, payload.get("chatid")) or _bad_name(payload):
        return refused
    users = payload.get("userlist")
    if not users:
        return Answer("86204")
    if not texts(MOST, FEWEST)(users):
        return Answer("86006")
    keys = list(dict.fromkeys(one.lower() for one in users))
    if any(one not in state.users for one in keys):
        return Answer("86216")
    if len(keys) < FEWEST:
        return Answer("86006")
    owner = payload.get("owner") or users[0]
    if not isinstance(owner, str) or owner.lower() not in keys:
        return Answer("86207")

    def deed() -> Answer:
        chatid = payload.get("chatid") or "wr" + state.mint("appchat", 30)
        state.chats[chatid] = Chat(chatid, str(payload.get("name") or "群聊")[:NAME_AT_MOST], owner.lower(), keys)
        return ok(chatid=chatid)

    return deed


def _bad_id(state: State, chatid: object) -> Answer | None:
    if chatid in (None, ""):
        return None
    if not isinstance(chatid, str) or not CHATID.fullmatch(chatid):
        return Answer("86205" if isinstance(chatid, str) and len(chatid) > 32 else "86001")
    return Answer("86215") if chatid in state.chats else None


def _bad_name(payload: Payload) -> Answer | None:
    return None if maybe(text(1024, 0))(payload.get("name")) else Answer("86004")


def _known(state: State, payload: Payload) -> Chat | Answer:
    chatid = payload.get("chatid")
    if not chatid:
        return Answer("86201")
    if not isinstance(chatid, str):
        return Answer("86001")
    return state.chats.get(chatid) or Answer("86003")


def get(_desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """A chat and who is in it."""
    chat = _known(state, payload)
    if isinstance(chat, Answer):
        return chat
    shown = {"chatid": chat.chatid, "name": chat.name, "owner": chat.owner, "userlist": list(chat.users), "chat_type": 0}
    return telling(chat_info=shown)


def update(_desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """Rename a chat, give it another owner, take members in or out."""
    chat = _known(state, payload)
    if isinstance(chat, Answer):
        return chat
    if refused := _bad_name(payload) or wrong(payload, {"owner": maybe(text(64, 0))}):
        return refused
    if refused := wrong(payload, {"add_user_list": maybe(texts(CHANGE)), "del_user_list": maybe(texts(CHANGE))}):
        return refused
    added = [one.lower() for one in listed(payload, "add_user_list")]
    gone = {one.lower() for one in listed(payload, "del_user_list")}
    if any(one not in state.users for one in added):
        return Answer("86216")
    users = [one for one in dict.fromkeys(chat.users + added) if one not in gone]
    owner = (payload.get("owner") or chat.owner).lower()
    if not FEWEST <= len(users) <= MOST:
        return Answer("86006")
    if owner not in users:
        return Answer("86207")

    def deed() -> Answer:
        chat.name = (payload.get("name") or chat.name)[:NAME_AT_MOST]
        chat.owner, chat.users = owner, users
        return ok()

    return deed


def send(desk: Desk, state: State, call: Call) -> Answer:
    """Write to a chat."""
    chat = _known(state, call.payload)
    if isinstance(chat, Answer):
        return chat
    if refused := unfit(call.payload, CHAT_MESSAGES, "86214") or unknown_media(desk, state, call.payload):
        return refused
    counted = call._replace(actor={**call.actor, "recipients": str(len(chat.users))})
    if refused := desk.ask(counted):
        return refused
    state.sent += 1
    reach(desk, call, chat.users, "wecom.appchat_deliver", chat.chatid)
    state.messages.append({"msgid": "", "at": desk.now(), "users": list(chat.users), "content": dict(call.payload)})
    return ok()


ACTIONS: Final[Mapping[str, Action]] = {"wecom.appchat_send": send}
"""What asks the gate in its own way."""

PLANS: Final[Mapping[str, Plan]] = {
    "wecom.appchat_create": create,
    "wecom.appchat_get": get,
    "wecom.appchat_update": update,
}
"""What can be done with chats of the application."""
