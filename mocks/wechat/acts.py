"""What persons do with a merchant's cards and shop: they claim, redeem, give on, order, pay.

Law: an act is only judged; nothing of the domain happens. Risk control watches these (issue of a card is the merchant's own limit,
asked when a card is taken). An act that fails for a reason that only the domain knows says so in its payload: `valid = "false"`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.wechat.state import State
from sandbox.policy import Call, Signal

CLAIM: Final = "wechat.user.claim"
ACTS: Final = (CLAIM, "wechat.user.redeem", "wechat.user.give", "wechat.user.order", "wechat.user.pay")


def act(desk: Desk, _state: State, call: Call) -> Answer:
    """Risk control's word; one that is let through and turns out wrong is told to it as a failure."""
    if refused := desk.ask(call):
        return refused
    if call.payload.get("valid") == "false":
        failed = Signal("wechat", "outcome", call.account, call.action, call.actor, ok=False, cost=call.cost)
        desk.tell(failed)
        return Answer("40056")
    return Answer("0")


def claimed(desk: Desk, state: State, signal: Signal, user: str) -> Answer | None:
    """Risk control's word on a user who takes a card, where it is said how: from which device, address, ... None: no objection."""
    if not signal.actor:
        return None
    actor: Mapping[str, str] = {**state.identity, **signal.actor, "user": user}
    return desk.ask(Call("wechat", CLAIM, state.account, actor))


def abnormal(desk: Desk, call: Call, refused: Answer) -> Answer:
    """A redemption that the gate let through and the card did not: told, since too many of a day's are looked into (A22)."""
    desk.tell(Signal("wechat", "outcome", call.account, call.action, call.actor, ok=False))
    return refused
