"""The part of the control plane that only the Channels shop needs: where its events go, and products from a file.

Law: as `mocks.admin`. An address is saved only when it has answered its verification, as in the vendor's console.
"""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException
from pydantic import Field

from mocks import bizmsg
from mocks.admin_wecom import Address, Body, ask
from mocks.channels import courier
from mocks.envelope import Envelope
from mocks.server import MAIN, Server
from mocks.world import OK, Account
from sandbox.policy import Signal

FILE_AT_MOST = 10 << 20
COMPLAINT = ("id", "order_id", "aftersale_id", "filed", "answer_due", "solve_due", "answered", "solved", "overdue")


class Listening(Address):
    """Where a shop's events go; token and key replace the shop's own when they are given."""

    token: Annotated[str, Field(pattern=r"^([A-Za-z0-9]{3,32})?$")] = ""
    encoding_aes_key: Annotated[str, Field(pattern=r"^([A-Za-z0-9]{43})?$")] = ""


class Import(Body):
    """Products from a file: its text, and whether they are handed in for review right away."""

    account: str = MAIN
    csv: Annotated[str, Field(max_length=FILE_AT_MOST)]
    listing: bool = False


def about_channels(routes: APIRouter, server: Server, account_of: Callable[[Server, str], Account]) -> None:
    """Add these endpoints to the control plane."""
    world = server.world

    @routes.post("/channels/callback")
    async def callback(address: Listening) -> dict[str, Any]:
        """Save an address for the shop's events, after asking it for an echo; else everything stays as it was."""
        state = account_of(server, address.account).channels
        before = state.callback_token, state.aes_key
        wanted = address.token or state.callback_token, address.encoding_aes_key or state.aes_key
        if isinstance(bizmsg.crypt(*wanted, state.official.appid), int):
            raise HTTPException(400, f"encoding_aes_key = {wanted[1]!r}: expected 43 characters of base64")
        state.callback_token, state.aes_key = wanted
        if not address.url:
            state.callback_url = ""
            return {"ok": True, "status": 0, "body": ""}
        url, echo = courier.verification(state, address.url, server.clock())
        heard = await ask("GET", Envelope(url, {}, b"", world.setting("channels", "callback_timeout"), ()))
        ok = heard.status == HTTPStatus.OK and heard.body == echo
        if ok:
            state.callback_url = address.url
        else:
            state.callback_token, state.aes_key = before
        return {"ok": ok, "status": heard.status, "body": heard.body}

    @routes.get("/channels/shop")
    async def shop(account: str = MAIN) -> dict[str, Any]:
        """The shop as its owner's console shows it: papers, deposit, and every complaint with its deadlines (ms)."""
        state = account_of(server, account).channels
        shown = {name: getattr(state.shop, name) for name in ("nickname", "entity", "deposit", "licence", "icp", "opened")}
        complaints = [{name: getattr(one, name) for name in COMPLAINT} for one in state.complaints.values()]
        counts = {"products": len(state.products), "orders": len(state.orders), "aftersales": len(state.aftersales)}
        return {**shown, **counts, "now": server.clock(), "complaints": complaints}

    @routes.post("/channels/import")
    async def products(wanted: Import) -> dict[str, Any]:
        """Import products from CSV: all of them, or none and a list of every row that will not do, and why."""
        account_of(server, wanted.account)
        payload = wanted.model_dump(include={"csv", "listing"})
        answer, _ = world.tell(Signal("channels", "channels.products_imported", wanted.account, payload=payload))
        book = world.books["channels"]
        errors = [{**one, "text": one["text"] or book.error(one["code"]).text} for one in answer.body["errors"]]
        return {"ok": answer.code in OK, **answer.body, "errors": errors}
