"""The part of the control plane that only cards need: the log of claims, and where codes were redeemed.

Law: as `mocks.admin`. Reads, changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query

from mocks.admin_gifts import about_gifts
from mocks.server import MAIN, Server
from mocks.wechat.cards import claims
from mocks.world import Account, World
from sandbox.errors import InputError


def opened(world: World, account_id: str, account_type: str, category: str, licence: str) -> Account:
    """A new account. Raises HTTP 400 for a category that is none, 409 for a licence that has accounts enough (A02)."""
    known = world.setting("wechat", "categories")
    if category not in known:
        raise HTTPException(400, f"category = {category!r}: expected one of {', '.join(known)}")
    try:
        return world.open_account(account_id, account_type=account_type, category=category, licence=licence)
    except InputError as problem:
        raise HTTPException(409, str(problem)) from None


def about_cards(routes: APIRouter, server: Server, account_of: Callable[[Server, str], Account]) -> None:
    """Put the rows on the router, and those of gift cards and invoices."""
    about_gifts(routes, server, account_of)

    @routes.get("/cards/claims")
    async def claimed(
        card_id: str,
        account: str = MAIN,
        offset: Annotated[int, Query(ge=0)] = 0,
        count: Annotated[int, Query(ge=1, le=10_000)] = 1_000,
    ) -> dict[str, Any]:
        """The claims of a card (K15): openid encrypted and from the next day on, device as MD5 (A25). `next` is where to go on."""
        state = account_of(server, account).wechat
        card = state.cards.get(card_id)
        if card is None:
            raise HTTPException(404, f"no card {card_id!r}")
        rows = claims.claims(server.world, state, card, offset, count)
        return {"claims": rows, "next": min(offset + count, len(card.codes.texts)), "total": len(card.codes.texts)}

    @routes.get("/cards/places")
    async def redeemed_at(account: str = MAIN) -> dict[str, Any]:
        """Where codes were redeemed in the last ninety days (A25), as GeoJSON."""
        return claims.places(server.world, account_of(server, account).wechat)
