"""Sensitive fields: names and card numbers that a merchant encrypts for the platform.

Law: what cannot be read is the client's fault, named with its field; nothing that was read is kept in clear beyond the answer.
"""

from __future__ import annotations

from mocks.desk import Desk
from mocks.http import Answer
from mocks.wechat_pay.fields import Field, Payload, fault, text_of
from mocks.wechat_pay.state import State
from mocks.wechat_pay.wire import reveal


def unreadable(desk: Desk, state: State, asked: Payload, *fields: Field) -> Answer | None:
    """The first of these fields that is there and was not encrypted for a key of the platform's; None when all can be read."""
    keys = state.keys.readers(state.serial_in_use)
    for one in fields:
        given = text_of(asked, one.at)
        if given and all(reveal(key, given) is None for key in keys):
            return fault(desk, one, given, "concealed")
    return None
