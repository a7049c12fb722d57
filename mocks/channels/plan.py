"""Plans: how the shop's actions are written, so that what is refused has cost and changed nothing.

Law: a plan looks at the request and the state and either refuses, or returns the deed. The gate is asked between the two, by
`acting` alone; a deed does not refuse.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from mocks.channels.fields import Payload
from mocks.channels.state import State
from mocks.desk import Desk
from mocks.http import Answer
from sandbox.policy import Call, Signal

Deed = Callable[[], Answer]
Plan = Callable[[Desk, State, Payload], Answer | Deed]
Action = Callable[[Desk, State, Call], Answer]
Fact = Callable[[Desk, State, Signal], Answer]


def acting(plan: Plan) -> Action:
    """The action of a plan: refuse for nothing, else ask the gate, else do it. Rules may tell one sku's calls from another's."""

    @wraps(plan)
    def act(desk: Desk, state: State, call: Call) -> Answer:
        planned = plan(desk, state, call.payload)
        if isinstance(planned, Answer):
            return planned
        asked = call._replace(actor={**call.actor, "sku": str(call.payload.get("sku_id", ""))})
        return desk.ask(asked) or planned()

    return act


def trading(plan: Plan) -> Plan:
    """The plan of something that a shop which may only display is refused (V03)."""

    @wraps(plan)
    def planned(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
        return DISPLAY_ONLY if state.shop.entity == "personal" else plan(desk, state, asked)

    return planned


DISPLAY_ONLY = Answer("48001", text="api unauthorized, a personal shop displays only")


def ok(**body: Any) -> Answer:
    """Success, with what it brings."""
    return Answer("0", body)


def telling(**body: Any) -> Deed:
    """The deed that only tells something."""
    return lambda: ok(**body)
