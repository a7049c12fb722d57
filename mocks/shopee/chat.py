"""Chat with buyers: one conversation a buyer; what a buyer writes is pushed (code 10), what the seller writes is kept.

Law: plans. Conversation numbers are 64-bit and stand unquoted on the wire, message numbers as text; times are seconds there,
and the list's own are in ns.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.shopee import life
from mocks.shopee.fields import Kind, Payload, between, checked, having, maybe, one_of, text, whole, wrong
from mocks.shopee.orders import user_id
from mocks.shopee.plan import Deed, Fact, Plan, ok, telling
from mocks.shopee.state import Conversation, Message, State
from sandbox.policy import Signal

FIRST_MESSAGE: Final = 2_200_000_000_000_000_000
SPREAD: Final = 10**9
"""Conversations are numbered by the buyer and the shop, which has nine digits."""

NS: Final = 1_000_000

CONTENT: Final[Mapping[str, Kind]] = {
    "text": having({"text": text(5000)}),
    "sticker": having({"sticker_id": text(50), "sticker_package_id": text(50)}),
    "image": having({"image_url": text(500)}),
    "item": having({"item_id": between()}),
    "order": having({"order_sn": text(64)}),
}
"""What a message of each type holds."""


def _with(state: State, buyer: str) -> Conversation:
    """The conversation with a buyer, begun if there is none."""
    number = user_id(buyer)
    return state.chats.setdefault(number, Conversation(number * SPREAD + state.shop_id, number, buyer))


def _add(desk: Desk, state: State, chat: Conversation, kind: str, content: Mapping[str, Any], sender: int) -> Message:
    """A new message at the end of a conversation."""
    state.messages += 1
    said = Message(str(FIRST_MESSAGE + state.messages), kind, dict(content), sender, desk.now())
    chat.messages.append(said)
    return said


def buyer_wrote(desk: Desk, state: State, signal: Signal) -> Answer:
    """A buyer writes: the one of an order, or the one named."""
    order = state.orders.get(str(signal.payload.get("order_sn", "")))
    buyer = order.buyer if order else str(signal.payload.get("buyer", state.buyers[0]))
    words = signal.payload.get("text", "在吗？")
    if not text(5000)(words):
        return wrong("text is invalid")
    chat = _with(state, buyer)
    said = _add(desk, state, chat, "text", {"text": words}, chat.buyer_id)
    chat.unread += 1
    life.push(desk, state, "webchat", 10, {"type": "message", "content": _shown(state, chat, said)})
    return ok(conversation_id=chat.id, message_id=said.id, to_id=chat.buyer_id)


def answered(desk: Desk, state: State, buyer: str, words: str) -> None:
    """The shop answers a buyer by itself."""
    _add(desk, state, _with(state, buyer), "text", {"text": words}, state.shop_id)


def _shown(state: State, chat: Conversation, said: Message) -> dict[str, Any]:
    ours = said.sender == state.shop_id
    return {
        "message_id": said.id,
        "message_type": said.kind,
        "from_id": said.sender,
        "from_shop_id": state.shop_id if ours else 0,
        "to_id": chat.buyer_id if ours else state.shop_id,
        "to_shop_id": 0 if ours else state.shop_id,
        "conversation_id": chat.id,
        "created_timestamp": said.at // 1000,
        "region": "SG",
        "status": "normal",
        "source": "openapi" if ours else "mall",
        "content": said.content,
        "message_option": 0,
        "source_content": {},
    }


def send(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """The seller writes to a buyer of the shop."""
    if refused := checked(asked, {"to_id": between(), "message_type": one_of(*CONTENT)}):
        return refused
    if refused := checked(asked, {"content": CONTENT[asked["message_type"]]}):
        return refused
    buyer = next((one for one in state.buyers if user_id(one) == whole(asked["to_id"])), None)
    known = state.chats.get(whole(asked["to_id"]) or 0)
    if buyer is None and known is None:
        return Answer("error_not_found", text="Wrong parameters, detail: the user is not found.")

    def deed() -> Answer:
        chat = known or _with(state, buyer or "")
        said = _add(desk, state, chat, asked["message_type"], asked["content"], state.shop_id)
        row = _shown(state, chat, said)
        names = ("message_id", "to_id", "message_type", "content", "conversation_id", "created_timestamp", "region")
        return ok(**{name: row[name] for name in names}, message_option=0)

    return deed


def conversations(_desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """Conversations, the latest first (or the oldest), a page at a time by the time of their last message."""
    kinds = {"direction": one_of("latest", "older"), "type": one_of("all", "pinned", "unread")}
    pages = {"page_size": maybe(between(1, 60)), "next_timestamp_nano": maybe(between(0, 2**63))}
    if refused := checked(asked, {**kinds, **pages}):
        return refused
    before, size = whole(asked.get("next_timestamp_nano")) or 2**63, whole(asked.get("page_size")) or 25
    found = [one for one in state.chats.values() if one.messages and _is(one, asked["type"]) and _order(one) < before]
    found.sort(key=_order, reverse=True)
    rows, more = found[:size], len(found) > size
    cursor = {"next_message_time_nano": str(_order(rows[-1])), "conversation_id": str(rows[-1].id)} if more else {}
    shown = [_row(state, one) for one in rows]
    return telling(page_result={"page_size": size, "next_cursor": cursor, "more": more}, conversations=shown)


def _is(chat: Conversation, kind: str) -> bool:
    return kind == "all" or (chat.pinned if kind == "pinned" else chat.unread > 0)


def _order(chat: Conversation) -> int:
    """The time of the last message in ns, made different for each conversation by the message's own number."""
    last = chat.messages[-1]
    return last.at * NS + (int(last.id) - FIRST_MESSAGE) % NS


def _row(state: State, chat: Conversation) -> dict[str, Any]:
    last = chat.messages[-1]
    return {
        "conversation_id": chat.id,
        "to_id": chat.buyer_id,
        "to_name": chat.buyer,
        "to_avatar": "",
        "shop_id": state.shop_id,
        "unread_count": chat.unread,
        "pinned": chat.pinned,
        "last_read_message_id": chat.read,
        "latest_message_id": last.id,
        "latest_message_type": last.kind,
        "latest_message_content": last.content,
        "latest_message_from_id": last.sender,
        "last_message_timestamp": _order(chat),
        "last_message_option": 0,
        "max_general_option_hide_time": "0",
    }


def _named(state: State, asked: Payload) -> Conversation | Answer:
    number = whole(str(asked.get("conversation_id", "")))
    if number is None:
        return wrong("conversation_id is invalid")
    found = state.chats.get(number // SPREAD)
    missing = Answer("error_not_found", text="Wrong parameters, detail: the conversation is not found.")
    return found if found is not None and found.id == number else missing


def messages(_desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """A conversation's messages, the newest first, a page at a time."""
    chat = _named(state, asked)
    if isinstance(chat, Answer):
        return chat
    if refused := checked(asked, {"page_size": maybe(between(1, 60)), "offset": maybe(an_offset)}):
        return refused
    size, start = whole(asked.get("page_size")) or 25, whole(asked.get("offset") or "0") or 0
    found = chat.messages[::-1]
    following = str(start + size) if start + size < len(found) else ""
    rows = [_shown(state, chat, one) for one in found[start : start + size]]
    return telling(messages=rows, page_result={"next_offset": following, "page_size": size})


def an_offset(value: object) -> bool:
    """An offset: a number as text, or empty."""
    return value == "" or whole(value) is not None


def conversation(_desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """One conversation."""
    chat = _named(state, asked)
    return chat if isinstance(chat, Answer) else telling(**_row(state, chat))


def unread(_desk: Desk, state: State, _asked: Payload) -> Answer | Deed:
    """How many messages nobody has read."""
    return telling(total_unread_count=sum(one.unread for one in state.chats.values()))


def _marking(mark: Callable[[Conversation], None]) -> Plan:
    """The plan that marks a conversation somehow."""

    def plan(_desk: Desk, state: State, asked: Payload) -> Answer | Deed:
        chat = _named(state, asked)
        if isinstance(chat, Answer):
            return chat

        def deed() -> Answer:
            mark(chat)
            return ok()

        return deed

    return plan


def delete(_desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """A conversation is gone, until the buyer writes again."""
    chat = _named(state, asked)
    if isinstance(chat, Answer):
        return chat

    def deed() -> Answer:
        del state.chats[chat.buyer_id]
        return ok()

    return deed


def _read(chat: Conversation) -> None:
    chat.unread, chat.read = 0, chat.messages[-1].id


def _unread(chat: Conversation) -> None:
    chat.unread = max(chat.unread, 1)


def _pin(chat: Conversation) -> None:
    chat.pinned = True


def _unpin(chat: Conversation) -> None:
    chat.pinned = False


PLANS: Final[Mapping[str, Plan]] = {
    "shopee.chat_send": send,
    "shopee.chat_conversations": conversations,
    "shopee.chat_messages": messages,
    "shopee.chat_conversation": conversation,
    "shopee.chat_unread": unread,
    "shopee.chat_read": _marking(_read),
    "shopee.chat_mark_unread": _marking(_unread),
    "shopee.chat_delete": delete,
    "shopee.chat_pin": _marking(_pin),
    "shopee.chat_unpin": _marking(_unpin),
}
"""What can be asked about chats."""

SIGNALS: Final[Mapping[str, Fact]] = {"shopee.buyer_wrote": buyer_wrote}
"""What buyers do here."""
