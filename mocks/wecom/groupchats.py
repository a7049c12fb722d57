"""Group chats with customers (客户群): found, shown, handed on to another owner.

Law: plans (see `plan`) and signals; people make chats and join them, no interface does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.wecom import events
from mocks.wecom.customers import GroupChat, Guest
from mocks.wecom.external import customer_of
from mocks.wecom.fields import Payload, mapping, maybe, number, one_of, page, text, texts, whole, wrong
from mocks.wecom.members import known
from mocks.wecom.plan import Deed, Plan, ok, telling
from mocks.wecom.state import State
from sandbox.policy import Signal

OUTSIDER = 2
BY_INVITATION, BY_LINK, BY_QR = 1, 2, 3


def list_all(_desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """The chats of some owners, in some state."""
    shape = {"status_filter": maybe(one_of(0, 1, 2, 3)), "owner_filter": maybe(mapping), "limit": whole(1, 1000)}
    if refused := wrong(payload, shape) or wrong(payload.get("owner_filter") or {}, {"userid_list": maybe(texts(100))}):
        return refused
    owners = [one.lower() for one in (payload.get("owner_filter") or {}).get("userid_list") or ()]
    status = number(payload.get("status_filter"))
    rows = [
        {"chat_id": one.chat_id, "status": one.status}
        for one in state.customers.chats.values()
        if (not owners or one.owner.lower() in owners) and (not status or one.status == status)
    ]
    found = page(rows, payload, 1000)
    return found if isinstance(found, Answer) else telling(group_chat_list=found[0], next_cursor=found[1])


def chat_of(state: State, payload: Payload) -> GroupChat | Answer:
    """The chat that a request names."""
    chat_id = payload.get("chat_id")
    if not text(64)(chat_id):
        return Answer("40050")
    return state.customers.chats.get(str(chat_id)) or Answer("40050")


def get(_desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """A chat and who is in it; names when they are asked for."""
    chat = chat_of(state, payload)
    if isinstance(chat, Answer):
        return chat
    if refused := wrong(payload, {"need_name": maybe(one_of(0, 1))}):
        return refused
    named = number(payload.get("need_name")) == 1
    rows = [one.shown(chat.owner) for one in chat.guests.values()]
    members = [row if named else {key: value for key, value in row.items() if key != "name"} for row in rows]
    shown = {
        "chat_id": chat.chat_id,
        "name": chat.name,
        "owner": chat.owner,
        "create_time": chat.created // 1000,
        "notice": chat.notice,
        "member_list": members,
        "admin_list": [{"userid": chat.owner}],
        "member_version": state.derived("/".join(chat.guests), 32),
    }
    return telling(group_chat=shown)


def transfer(desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """Chats of an owner who has left go to another."""
    return _transfer(desk, state, payload, resigned=True)


def onjob_transfer(desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """Chats of an owner who is there go to another."""
    return _transfer(desk, state, payload, resigned=False)


def _transfer(desk: Desk, state: State, payload: Payload, *, resigned: bool) -> Answer | Deed:
    if refused := wrong(payload, {"chat_id_list": texts(100, 1)}):
        return refused
    owner = known(state, payload, "new_owner")
    if isinstance(owner, Answer):
        return owner
    chats = {one: state.customers.chats.get(one) for one in dict.fromkeys(payload["chat_id_list"])}
    failed = [
        {"chat_id": chat_id, "errcode": 90500, "errmsg": "the owner of this chat is not resigned"}
        for chat_id, chat in chats.items()
        if chat is None or resigned == (chat.owner.lower() in state.users)
    ]
    bad = [row["chat_id"] for row in failed]

    def deed() -> Answer:
        for chat_id, chat in chats.items():
            if chat and chat_id not in bad:
                chat.owner = owner.userid
                _tell(desk, state, chat, "update", UpdateDetail="change_owner")
        return ok(failed_chat_list=failed)

    return deed


def _tell(desk: Desk, state: State, chat: GroupChat, change: str, **fields: Any) -> None:
    events.tell(desk, state, "change_external_chat", ChatId=chat.chat_id, ChangeType=change, **fields)


def created(desk: Desk, state: State, signal: Signal) -> Answer:
    """A member makes a chat (`owner`, `name`); answers with its id."""
    owner = known(state, signal.payload, "owner")
    if isinstance(owner, Answer):
        return owner
    chat = GroupChat("wr" + state.mint("chat"), str(signal.payload.get("name") or "客户群"), owner.userid, desk.now())
    chat.guests[owner.userid] = Guest(owner.userid, 1, desk.now(), BY_INVITATION, owner.name)
    state.customers.chats[chat.chat_id] = chat
    _tell(desk, state, chat, "create")
    return ok(chat_id=chat.chat_id)


def joined(desk: Desk, state: State, signal: Signal) -> Answer:
    """A customer joins a chat (`chat_id`, `external_userid`), by its QR code."""
    chat, customer = chat_of(state, signal.payload), customer_of(state, signal.payload)
    if isinstance(chat, Answer):
        return chat
    if isinstance(customer, Answer):
        return customer
    guest = Guest(customer.external_userid, OUTSIDER, desk.now(), BY_QR, customer.name, customer.unionid)
    chat.guests[guest.id] = guest
    _tell(desk, state, chat, "update", UpdateDetail="add_member", JoinScene=BY_QR, MemChangeCnt=1)
    return ok()


def left(desk: Desk, state: State, signal: Signal) -> Answer:
    """A customer leaves a chat (`chat_id`, `external_userid`)."""
    chat = chat_of(state, signal.payload)
    if isinstance(chat, Answer):
        return chat
    if chat.guests.pop(str(signal.payload.get("external_userid")), None) is None:
        return Answer("84061")
    _tell(desk, state, chat, "update", UpdateDetail="del_member", QuitScene=0, MemChangeCnt=1)
    return ok()


def dismissed(desk: Desk, state: State, signal: Signal) -> Answer:
    """The owner ends a chat (`chat_id`)."""
    chat = chat_of(state, signal.payload)
    if isinstance(chat, Answer):
        return chat
    del state.customers.chats[chat.chat_id]
    _tell(desk, state, chat, "dismiss")
    return ok()


PLANS: Final[Mapping[str, Plan]] = {
    "wecom.groupchat_list": list_all,
    "wecom.groupchat_get": get,
    "wecom.groupchat_transfer": transfer,
    "wecom.groupchat_onjob_transfer": onjob_transfer,
}
"""What can be done with group chats of customers."""

SIGNALS: Final[Mapping[str, Callable[[Desk, State, Signal], Answer]]] = {
    "wecom.chat_created": created,
    "wecom.chat_joined": joined,
    "wecom.chat_left": left,
    "wecom.chat_dismissed": dismissed,
}
"""What people do with chats."""
