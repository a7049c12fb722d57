"""What persons do, over HTTP: they have no API, so the control plane lets them act.

Law: as `codec`: pure, and a decoded reply equals what `mocks.inprocess` says. What risk control thought of an act is in the answer
for people who look; a behaviour is told the code alone, as a person would be.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from loadtests.codec import BROKEN, Outgoing, to_sandbox
from loadtests.session import Session
from mocks.wechat.acts import ACTS
from sandbox.behaviour import Call, Reply

__all__ = ["ACTS", "decode_act", "encode_act"]


def encode_act(call: Call, session: Session) -> Outgoing:
    """The request that lets a person act."""
    valid = call.payload.get("valid") != "false"
    content = {"account": call.account, "action": call.action, "actor": dict(call.actor), "cost": call.cost, "valid": valid}
    return to_sandbox(session, "POST", "/acts", content)


def decode_act(status: int, headers: Mapping[str, str], body: bytes) -> Reply:
    """What became of the act."""
    if "x-sandbox-error" in headers or status != 200:
        return BROKEN
    try:
        content = json.loads(body)
    except ValueError:
        return BROKEN
    if not isinstance(content, dict) or not isinstance(code := content.get("code"), str):
        return BROKEN
    return Reply(not code, code)
