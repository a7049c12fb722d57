"""The control plane's way to ask a gate directly: what a case asks that has no request on the wire.

Law: the same gate, store and journal as every request; nothing of a platform's domain happens.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, ConfigDict, Field

from mocks.server import MAIN, Server
from mocks.world import Account
from sandbox.policy import NEVER, Call

AT_ONCE = 1_000_000


class Asked(BaseModel):
    """A call as the policy engine sees it; `actor` is laid over the account's own identity. The same call `times` times."""

    model_config = ConfigDict(extra="forbid")

    account: str = MAIN
    action: str
    actor: dict[str, str] = {}
    cost: Annotated[int, Field(ge=0)] = 1
    times: Annotated[int, Field(ge=1, le=AT_ONCE)] = 1


def about_cases(routes: APIRouter, server: Server, account_of: Callable[[Server, str], Account]) -> None:
    """Add the routes."""
    world = server.world

    @routes.post("/ask")
    async def ask(asked: Asked) -> dict[str, Any]:
        """Ask a platform's gate, past the platform's own interface; answers with the last verdict."""
        platform = asked.action.partition(".")[0]
        gate = world.gates.get(platform)
        if gate is None or asked.action not in gate.book.ready:
            raise HTTPException(400, f"action = {asked.action!r}: expected an action that some rule is about")
        actor = {**account_of(server, asked.account).state(platform).identity, **asked.actor}
        call = Call(platform, asked.action, asked.account, actor, asked.cost)
        verdicts = [gate.ask(call) for _ in range(asked.times)]
        last = verdicts[-1]
        return {
            "asked": asked.times,
            "passed": sum(verdict.allowed for verdict in verdicts),
            "allowed": last.allowed,
            "code": gate.rulebook.code(last),
            "rule": last.rule,
            "retry_after": None if last.retry_after == NEVER else last.retry_after,
            "remaining": last.remaining,
        }
