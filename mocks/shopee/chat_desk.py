"""What stands around the talk with buyers: pictures for messages, messages that a machine writes, whether buyers may haggle.

Law: plans. A picture is not kept, only its address is made.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.shopee import chat, media
from mocks.shopee.fields import NAME, Payload, checked, one_of, wrong
from mocks.shopee.plan import Deed, Plan, ok, telling
from mocks.shopee.state import State

KINDS: Final = (*media.KINDS, b"GIF8")
"""How a JPG, a PNG and a GIF begin."""


def autoreply(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """A message by itself; it can only be text."""
    content = asked.get("content")
    said = {"text": content} if isinstance(content, str) else content
    return chat.send(desk, state, {"to_id": asked.get("to_id"), "message_type": "text", "content": said})


def upload_image(desk: Desk, _state: State, asked: Payload) -> Answer | Deed:
    """A picture for a message: where it is seen."""
    content = asked.get("content")
    if not isinstance(content, bytes) or not content.startswith(KINDS):
        return wrong("file is invalid, it must be a JPG, PNG or GIF file")
    if len(content) > desk.setting(NAME, "image_bytes"):
        return wrong("file is larger than 10 MB")
    number = sha256(content).hexdigest()[:40]
    url = f"https://cf.shopee.sg/file/{number}"
    return telling(url=url, thumbnail=f"{url}_tn", file_server_id=0, thumb_height=320, thumb_width=320, url_hash=number)


def offers(_desk: Desk, state: State, _asked: Payload) -> Answer | Deed:
    """May buyers haggle?"""
    return telling(shop_id=state.shop_id, make_offer_status=_status(state))


def _status(state: State) -> str:
    return "enabled" if state.display.offers else "disabled"


def set_offers(_desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """Let them, or not."""
    if refused := checked(asked, {"make_offer_status": one_of("enabled", "disabled")}):
        return refused

    def deed() -> Answer:
        state.display.offers = asked["make_offer_status"] == "enabled"
        return ok(make_offer_status=_status(state))

    return deed


PLANS: Final[Mapping[str, Plan]] = {
    "shopee.chat_autoreply": autoreply,
    "shopee.chat_image": upload_image,
    "shopee.chat_offers": offers,
    "shopee.chat_offers_set": set_offers,
}
"""What else can be asked about chats."""
