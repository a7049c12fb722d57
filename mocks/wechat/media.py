"""Pictures and other files: a card's logo, which is kept for good; files for messages, which are kept three days.

Law: a file is told by its own first bytes, not by its name. What was uploaded comes back byte for byte.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.multipart import File
from mocks.wechat.office import Stored
from mocks.wechat.state import State
from sandbox.policy import Call

NAME: Final = "wechat"
PICTURES: Final[Mapping[str, bytes]] = {
    "image/jpeg": b"\xff\xd8\xff",
    "image/png": b"\x89PNG",
    "image/gif": b"GIF8",
    "image/bmp": b"BM",
}
"""How the kinds of pictures begin."""

KINDS: Final[Mapping[str, tuple[str, ...]]] = {
    "image": tuple(PICTURES),
    "thumb": ("image/jpeg",),
    "voice": ("audio/amr",),
    "video": ("video/mp4",),
}
"""What can be uploaded for messages, and what it is then; pictures must be what they say."""


def _picture(content: bytes) -> str:
    """The kind of a picture, or an empty text."""
    return next((kind for kind, begin in PICTURES.items() if content.startswith(begin)), "")


def _sent(call: Call) -> bytes | Answer:
    file = call.payload.get("file")
    if not isinstance(file, File) or not file.content:
        return Answer("41005")
    return file.content


def picture(desk: Desk, state: State, call: Call) -> Answer:
    """Keep a picture for good: a card's logo, or one in an article."""
    content = _sent(call)
    if isinstance(content, Answer):
        return content
    kind = _picture(content)
    if kind not in ("image/jpeg", "image/png"):
        return Answer("40005")
    if len(content) > desk.setting(NAME, "picture_limit"):
        return Answer("40009")
    if refused := desk.ask(call):
        return refused
    digest = hashlib.sha512(state.appid.encode() + content).hexdigest()[:86]
    return Answer("0", {"url": f"http://mmbiz.qpic.cn/mmbiz_{kind.partition('/')[2]}/{digest}/0"})


def upload(desk: Desk, state: State, call: Call) -> Answer:
    """Keep a file for three days; messages name it by its media_id."""
    content, what = _sent(call), call.payload.get("type")
    if not isinstance(what, str) or what not in KINDS:
        return Answer("40004")
    if isinstance(content, Answer):
        return content
    kind = _picture(content) if KINDS[what][0].startswith("image/") else KINDS[what][0]
    if kind not in KINDS[what]:
        return Answer("40005")
    if refused := desk.ask(call):
        return refused
    now = desk.now()
    number = state.office.mint(state.secret, "media")[:64]
    state.office.files[number] = Stored(kind, content, now + desk.setting(NAME, "media_kept"))
    name = "thumb_media_id" if what == "thumb" else "media_id"
    return Answer("0", {"type": what, name: number, "created_at": now // 1000})


def get(desk: Desk, state: State, call: Call) -> Answer:
    """The file itself."""
    found = state.office.files.get(str(call.payload.get("media_id")))
    if found is None or found.until <= desk.now():
        return Answer("40007")
    return desk.ask(call) or Answer("0", {"file": found})


ACTIONS: Final[Mapping[str, Any]] = {"wechat.uploadimg": picture, "wechat.media_upload": upload, "wechat.media_get": get}
"""What can be done with files."""
