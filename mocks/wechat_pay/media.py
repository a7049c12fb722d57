"""Pictures and films that a merchant uploads: a form of two parts, of which the client signs the first alone.

Law: the form is read by its own first line, because SDKs send no boundary with its kind. A file is taken when it is what `meta` says.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from mocks.desk import Desk
from mocks.http import Answer, loads
from mocks.wechat_pay.fields import NAME, Action, Field, Payload, check, text_of, value_at
from mocks.wechat_pay.state import State
from sandbox.policy import Call

META: Final = (
    Field("/filename", "文件名称", most=128),
    Field("/sha256", "文件摘要", least=64, most=64, shape=re.compile("[0-9a-fA-F]+")),
)


@dataclass(frozen=True, slots=True)
class Kind:
    """What may be uploaded at one place: endings of its name, the setting that bounds its size, and what the answer gives."""

    endings: tuple[str, ...]
    most: str
    gives: str


PICTURES = (".jpg", ".jpeg", ".bmp", ".png")
KINDS: Final[Mapping[str, Kind]] = {
    "wechat_pay.image_upload": Kind(PICTURES, "image_bytes", "media_id"),
    "wechat_pay.video_upload": Kind((".avi", ".wmv", ".mpeg", ".mp4", ".mov", ".mkv", ".flv", ".f4v", ".m4v", ".rmvb"), "video_bytes", "media_id"),
    "wechat_pay.favor_image_upload": Kind(PICTURES, "image_bytes", "media_url"),
}  # fmt: skip
"""The uploads, by action."""


def form(body: bytes) -> dict[str, bytes]:
    """The parts of a multipart form by their names; empty when it is none. Of a repeated name the first counts."""
    line, found, _ = body.partition(b"\r\n")
    parts: dict[str, bytes] = {}
    if not found or not line.startswith(b"--") or len(line) < 3:
        return parts
    for piece in body.split(line)[1:-1]:
        head, blank, content = piece.partition(b"\r\n\r\n")
        named = re.search(rb'[; ]name="?([\w-]{1,64})"?', head)
        if blank and named:
            parts.setdefault(named[1].decode(), content.removesuffix(b"\r\n"))
    return parts


def payload(body: bytes) -> dict[str, Any]:
    """What an upload asks: the fields of its `meta`, and its `file`."""
    parts = form(body)
    return {**(loads(parts.get("meta", b"")) or {}), "file": parts.get("file", b"")}


def upload(action: str) -> Action:
    """The action that takes an upload of one kind."""
    kind = KINDS[action]

    def act(desk: Desk, state: State, call: Call) -> Answer:
        bad = check(desk, META, call.payload) or _wrong(desk, kind, call.payload)
        if bad or (bad := desk.ask(call)):
            return bad
        number = state.derived(f"media/{text_of(call.payload, '/sha256').lower()}")
        gives = number[:32] if kind.gives == "media_id" else f"{desk.setting(NAME, 'media_url')}{number[:40]}/0"
        return Answer("0", {kind.gives: gives})

    return act


def _wrong(desk: Desk, kind: Kind, asked: Payload) -> Answer | None:
    """Why a file is not taken."""
    file = value_at(asked, "/file")
    if not text_of(asked, "/filename").lower().endswith(kind.endings):
        return Answer("PARAM_ERROR", text=desk.setting(NAME, "text_media_kind"))
    if not isinstance(file, bytes) or not file or len(file) > desk.setting(NAME, kind.most):
        return Answer("PARAM_ERROR", text=desk.setting(NAME, "text_media_size"))
    if hashlib.sha256(file).hexdigest() != text_of(asked, "/sha256").lower():
        return Answer("PARAM_ERROR", text=desk.setting(NAME, "text_media_digest"))
    return None
