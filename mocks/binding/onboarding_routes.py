"""`/_sandbox/onboarding`: a merchant joins WeCom, an official account, or Shopee, and waits as long as their reviewers take.

Law: as `mocks.binding.routes`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from mocks.binding import onboarding
from mocks.binding.onboarding import Asked, Kind, Proof, Track
from mocks.world import Account, World


class Body(BaseModel):
    """A request: no unknown keys."""

    model_config = ConfigDict(extra="forbid")


class Begun(Body):
    """Which account joins what, as which kind of entity; with another legal representative than its licence names it is refused."""

    account: str = "main"
    track: Track = "wecom"
    kind: Kind = "enterprise"
    phone: Annotated[str, Field(pattern=r"^1\d{10}$")] = "13900001234"
    proof: Proof = "transfer"
    legal_representative: Annotated[str, Field(max_length=64)] = ""


class Entered(Body):
    """The code that came with the transfer."""

    code: Annotated[str, Field(max_length=16)]


def router(world: World, find: Callable[[str], Account]) -> APIRouter:
    """The endpoints. `find` gives an account by its id, or raises HTTP 404."""
    routes = APIRouter(prefix="/onboarding")

    def said(account: Account, code: str) -> dict[str, Any]:
        tracks = {name: _shown(progress) for name, progress in account.onboarding.items()}
        return {"ok": not code, "code": code, "text": onboarding.TEXTS[code], "account": account.id, "tracks": tracks}

    @routes.post("")
    async def begin(begun: Begun) -> dict[str, Any]:
        """Apply: registration is immediate (M01), reviews take working days on the clock (M02, M03, A01, S16)."""
        account = find(begun.account)
        asked = Asked(begun.kind, begun.phone, begun.proof, begun.legal_representative)
        return said(account, onboarding.begin(world, account, begun.track, asked))

    @routes.get("/{account_id}")
    async def show(account_id: str) -> dict[str, Any]:
        """How far each track is, and when its step is over."""
        return said(find(account_id), "")

    @routes.post("/{account_id}/transfer_code")
    async def enter(account_id: str, entered: Entered) -> dict[str, Any]:
        """Enter the code of the transfer, within 48 hours (A01)."""
        account = find(account_id)
        return said(account, onboarding.enter(world, account, entered.code))

    @routes.post("/{account_id}/renew")
    async def renew(account_id: str) -> dict[str, Any]:
        """Pay for another year of WeCom's verification (S17)."""
        account = find(account_id)
        return said(account, onboarding.renew(world, account))

    return routes


def _shown(progress: onboarding.Progress) -> dict[str, Any]:
    return {name: value for name, value in asdict(progress).items() if name != "asked"} | asdict(progress.asked)
