"""What a message of each type must hold: for applications, chats, robots and customer service alike.

Law: pure. A media id is looked up by whoever knows the store; here it is only named (`media_ids`).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from mocks.http import Answer
from mocks.wecom.fields import Payload, bad, octets, text

TEXT_BYTES = 2048
ROBOT_MARKDOWN_BYTES = 4096
ARTICLES = 8
IMAGE_BYTES = 2 << 20

Check = Callable[[Payload], bool]


def _has(*names: str) -> Check:
    return lambda part: all(isinstance(part.get(name), str) and part[name] for name in names)


def _articles(*names: str) -> Check:
    needs = _has(*names)

    def fits(part: Payload) -> bool:
        articles = part.get("articles")
        if not isinstance(articles, list) or not 1 <= len(articles) <= ARTICLES:
            return False
        return all(isinstance(one, dict) and needs(one) for one in articles)

    return fits


def _card(*types: str) -> Check:
    return lambda part: (
        part.get("card_type") in types and (part["card_type"] not in INTERACTIVE or octets(128)(part.get("task_id")))
    )


def _menu(part: Payload) -> bool:
    rows = part.get("list")
    return rows is None or (isinstance(rows, list) and len(rows) <= 10 and all(isinstance(one, dict) for one in rows))


def _location(part: Payload) -> bool:
    return all(isinstance(part.get(one), int | float) for one in ("latitude", "longitude"))


INTERACTIVE: Final = ("button_interaction", "vote_interaction", "multiple_interaction")
"""The cards that a member answers; they bring a response_code."""

ROBOT_CARDS: Final = ("text_notice", "news_notice")

APP_MESSAGES: Final[Mapping[str, Check]] = {
    "text": _has("content"),
    "markdown": _has("content"),
    "image": _has("media_id"),
    "voice": _has("media_id"),
    "file": _has("media_id"),
    "video": _has("media_id"),
    "textcard": _has("title", "description", "url"),
    "news": _articles("title"),
    "mpnews": _articles("title", "thumb_media_id", "content"),
    "miniprogram_notice": _has("appid", "title"),
    "template_card": _card(*ROBOT_CARDS, *INTERACTIVE),
    "taskcard": _has("title", "description", "task_id"),
}
"""What each type of application message must hold."""

CHAT_MESSAGES: Final[Mapping[str, Check]] = {
    name: APP_MESSAGES[name]
    for name in ("text", "image", "voice", "video", "file", "textcard", "news", "mpnews", "markdown")
}
"""The same in a chat of the application."""

ROBOT_MESSAGES: Final[Mapping[str, Check]] = {
    "text": _has("content"),
    "markdown": _has("content"),
    "markdown_v2": _has("content"),
    "image": _has("base64", "md5"),
    "news": _articles("title", "url"),
    "file": _has("media_id"),
    "voice": _has("media_id"),
    "template_card": _card(*ROBOT_CARDS),
}
"""What each type of robot message must hold."""

SERVICE_MESSAGES: Final[Mapping[str, Check]] = {
    "text": _has("content"),
    "image": _has("media_id"),
    "voice": _has("media_id"),
    "video": _has("media_id"),
    "file": _has("media_id"),
    "link": _has("title", "url", "thumb_media_id"),
    "miniprogram": _has("appid", "thumb_media_id", "pagepath"),
    "msgmenu": _menu,
    "location": _location,
    "ca_link": _has("link_url"),
}
"""What each type of customer service message must hold."""

ATTACHMENTS: Final[Mapping[str, Check]] = {
    "image": lambda part: _has("media_id")(part) or _has("pic_url")(part),
    "link": _has("title", "url"),
    "miniprogram": _has("title", "pic_media_id", "appid", "page"),
    "video": _has("media_id"),
    "file": _has("media_id"),
}
"""What each attachment of a message to customers must hold."""

WORDS: Final = ("text", "markdown", "markdown_v2")
"""The types that are nothing but a content."""

BYTES: Final = {"text": TEXT_BYTES, "markdown": TEXT_BYTES}
ROBOT_BYTES: Final = {"text": TEXT_BYTES, "markdown": ROBOT_MARKDOWN_BYTES, "markdown_v2": ROBOT_MARKDOWN_BYTES}
"""How many bytes a content may have."""


def unfit(
    payload: Payload, kinds: Mapping[str, Check], code: str = "40008", most: Mapping[str, int] = BYTES
) -> Answer | None:
    """What is wrong with a message; `code` says that its type is not one of `kinds`."""
    kind = payload.get("msgtype")
    if not isinstance(kind, str) or kind not in kinds:
        return Answer(code)
    part = payload.get(kind)
    content = part.get("content") if isinstance(part, dict) else None
    if not isinstance(part, dict) or (kind in WORDS and not (isinstance(content, str) and content)):
        return Answer("44004")
    bytes_most = most.get(kind)
    if bytes_most and len(str(content)) * 4 > bytes_most and len(str(content).encode("utf-8", "replace")) > bytes_most:
        return Answer("40058", text=f"{kind}.content exceed max length {bytes_most}. invalid Request Parameter")
    return None if kind in WORDS or kinds[kind](part) else bad(kind)


def media_ids(payload: Payload) -> Iterator[str]:
    """The media ids that a fit message names."""
    part: dict[str, Any] = payload[payload["msgtype"]]
    for one in (part, *(one for one in part.get("articles") or () if isinstance(one, dict))):
        for name in ("media_id", "thumb_media_id"):
            if isinstance(one.get(name), str) and one[name]:
                yield one[name]


def bad_image(part: Payload) -> Answer | None:
    """What is wrong with a robot's image: not in base64, too big, or not the one that its md5 says."""
    try:
        raw = base64.b64decode(part["base64"], validate=True)
    except (binascii.Error, ValueError):
        return bad("image.base64")
    if len(raw) > IMAGE_BYTES:
        return Answer("45001")
    said = hashlib.md5(raw, usedforsecurity=False).hexdigest()
    return None if said == part["md5"].lower() else Answer("301019")


def bad_attachments(payload: Payload, most: int = 9) -> Answer | None:
    """What is wrong with the text and the attachments of a message to customers."""
    words = payload.get("text")
    if words is not None and not (isinstance(words, dict) and octets(4000, 0)(words.get("content", ""))):
        return bad("text.content")
    attached = payload.get("attachments")
    if attached is not None and not (isinstance(attached, list) and len(attached) <= most):
        return Answer("41064")
    for one in attached or ():
        if not isinstance(one, dict) or not text(32)(one.get("msgtype")) or one["msgtype"] not in ATTACHMENTS:
            return Answer("41065")
        part = one.get(one["msgtype"])
        if not isinstance(part, dict) or not ATTACHMENTS[one["msgtype"]](part):
            return bad(f"attachments.{one['msgtype']}")
    if not attached and not (words or {}).get("content"):
        return Answer("44004")
    return None
