"""Plans: how Shopee's actions are written, so that what is refused has cost and changed nothing.

Law: a plan looks at the request and the state and either refuses, or returns the deed. The gate is asked between the two, by
`acting` alone; a deed does not refuse.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mocks.desk import Desk
from mocks.http import Answer
from mocks.shopee.fields import Payload
from mocks.shopee.state import State
from sandbox.policy import Call, Signal

Deed = Callable[[], Answer]
Plan = Callable[[Desk, State, Payload], Answer | Deed]
Action = Callable[[Desk, State, Call], Answer]
Fact = Callable[[Desk, State, Signal], Answer]


def acting(plan: Plan) -> Action:
    """The action of a plan: refuse for nothing, else ask the gate, else do it."""

    def act(desk: Desk, state: State, call: Call) -> Answer:
        planned = plan(desk, state, call.payload)
        return planned if isinstance(planned, Answer) else desk.ask(call) or planned()

    return act


def ok(**body: Any) -> Answer:
    """Success, with what it brings."""
    return Answer("", body)


def telling(**body: Any) -> Deed:
    """The deed that only tells something."""
    return lambda: ok(**body)
