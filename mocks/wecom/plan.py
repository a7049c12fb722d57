"""Plans: how WeCom's actions are written, so that what is refused has cost and changed nothing.

Law: a plan looks at the request and the state and either refuses, or returns the deed. The gate is asked between the two, by
`acting` alone; a deed cannot fail.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from mocks.desk import Desk
from mocks.http import Answer
from mocks.wecom.fields import Payload
from mocks.wecom.state import State
from sandbox.policy import Call

T = TypeVar("T")
Deed = Callable[[], Answer]
Plan = Callable[[Desk, State, Payload], Answer | Deed]
Action = Callable[[Desk, State, Call], Answer]


def acting(plan: Plan, marks: Callable[[Payload], dict[str, str]] | None = None) -> Action:
    """The action of a plan: refuse for nothing, else ask the gate, else do it. `marks` tells rules what the request is like."""

    def act(desk: Desk, state: State, call: Call) -> Answer:
        planned = plan(desk, state, call.payload)
        if isinstance(planned, Answer):
            return planned
        asked = call._replace(actor={**call.actor, **marks(call.payload)}) if marks else call
        return desk.ask(asked) or planned()

    return act


def doing(find: Callable[[State, Payload], T | Answer], do: Callable[[Desk, State, T], object], said: str = "") -> Plan:
    """The plan that finds what a request names, and does something with it; `said` as in `ok`."""

    def plan(desk: Desk, state: State, payload: Payload) -> Answer | Deed:
        found = find(state, payload)
        if isinstance(found, Answer):
            return found

        def deed() -> Answer:
            do(desk, state, found)
            return ok(said)

        return deed

    return plan


def ok(text: str = "", **body: Any) -> Answer:
    """Success, with what it brings; `text` where WeCom says another word than "ok"."""
    return Answer("0", body, text)


def telling(text: str = "", **body: Any) -> Deed:
    """The deed that only tells something."""
    return lambda: ok(text, **body)
