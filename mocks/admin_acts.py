"""The control plane's way to let a person act: claim, redeem, give on, order, pay.

Law: as the simulation performs it; risk control judges, and the answer shows what it thought, which no person would be told.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, ConfigDict, Field

from mocks.inprocess import ADDRESS
from mocks.server import MAIN, Server
from mocks.wechat.acts import ACTS
from mocks.world import OK, Account
from sandbox.policy import Call, Verdict


class Act(BaseModel):
    """One act; `valid` false: it will turn out to be wrong, as a code that does not exist."""

    model_config = ConfigDict(extra="forbid")

    account: str = MAIN
    action: str
    actor: dict[str, str] = {}
    cost: Annotated[int, Field(ge=0)] = 1
    valid: bool = True


def about_acts(routes: APIRouter, server: Server, account_of: Callable[[Server, str], Account]) -> None:
    """Add the route."""
    world = server.world

    @routes.post("/acts")
    async def acts(wanted: Act) -> dict[str, Any]:
        """Let a person act; answers with the code that the act got."""
        if wanted.action not in ACTS:
            raise HTTPException(400, f"action = {wanted.action!r}: expected one of {', '.join(ACTS)}")
        identity = account_of(server, wanted.account).wechat.identity
        actor = {**identity, "ip": ADDRESS, **wanted.actor}
        payload = {} if wanted.valid else {"valid": "false"}
        answer = world.perform(Call("wechat", wanted.action, wanted.account, actor, wanted.cost, payload))
        allowed = answer.code in OK
        shown = {"allowed": allowed, "code": "" if allowed else answer.code}
        return {**shown, **_seen(answer.verdict)} if isinstance(answer.verdict, Verdict) else shown


def _seen(verdict: Verdict) -> dict[str, Any]:
    risk = verdict.risk
    seen: dict[str, Any] = {"rule": verdict.rule, "tier": verdict.tier}
    return {**seen, "score": risk.score, "action": risk.action, "rules": list(risk.rules)} if risk else seen
