"""Group robots (群机器人) and the addresses that a Shopee binding issues: known by the key in the address, not by a token.

Law: what a robot uploads is its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.wecom.media import store, unfit_file, unknown_media
from mocks.wecom.parts import ROBOT_BYTES, ROBOT_MESSAGES, bad_image, unfit
from mocks.wecom.plan import Action, ok
from mocks.wecom.state import State
from sandbox.policy import Call


def send(desk: Desk, state: State, call: Call) -> Answer:
    """A message through a webhook address: a group robot's, or the one that a Shopee binding issued (S01)."""
    payload = call.payload
    if refused := unfit(payload, ROBOT_MESSAGES, most=ROBOT_BYTES):
        return refused
    if payload["msgtype"] == "image" and (refused := bad_image(payload["image"])):
        return refused
    if refused := unknown_media(desk, state, payload, call.actor.get("webhook", "")) or desk.ask(call):
        return refused
    state.sent += 1
    state.messages.append({"msgid": "", "at": desk.now(), "users": [], "content": dict(payload)})
    return Answer("0")


def upload(desk: Desk, state: State, call: Call) -> Answer:
    """A file for this robot's messages alone."""
    kind, owner = call.payload.get("type"), call.actor.get("webhook", "")
    if kind not in ("file", "voice"):
        return Answer("40004")
    if refused := unfit_file(desk, call.payload, str(kind)) or desk.ask(call):
        return refused
    kept = store(desk, state, call.payload, str(kind), owner)
    return ok(type=kind, media_id=kept.media_id, created_at=str(desk.now() // 1000))


ACTIONS: Final[Mapping[str, Action]] = {
    "wecom.webhook_send": send,
    "wecom.binding_push": send,
    "wecom.webhook_upload": upload,
}
"""What can be done through a webhook address."""
