"""The part of the control plane that only official accounts need: where events go, from where they may be asked.

Law: as `mocks.admin`. An address is saved only when it has answered its verification, as in the vendor's console.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

import httpx
from fastapi import APIRouter, HTTPException
from pydantic import Field

from mocks import bizmsg
from mocks.admin_wecom import Address, Trusted, ask
from mocks.envelope import Envelope
from mocks.server import Server
from mocks.wechat import courier
from mocks.wechat.office import SAFE
from mocks.world import Account


class Listening(Address):
    """Where an account's events go and how; token and key replace the account's own when they are given."""

    mode: Literal["plain", "compatible", "safe"] = SAFE
    token: Annotated[str, Field(pattern=r"^([A-Za-z0-9]{3,32})?$")] = ""
    encoding_aes_key: Annotated[str, Field(pattern=r"^([A-Za-z0-9]{43})?$")] = ""


def about_wechat(routes: APIRouter, server: Server, account_of: Callable[[Server, str], Account]) -> None:
    """Add these endpoints to the control plane."""
    world = server.world

    @routes.post("/wechat/callback")
    async def callback(address: Listening) -> dict[str, Any]:
        """Save an address for events, after asking it for an echo; else everything stays as it was."""
        state = account_of(server, address.account).wechat
        before = state.callback_token, state.aes_key
        token, key = address.token or state.callback_token, address.encoding_aes_key or state.aes_key
        if isinstance(bizmsg.crypt(token, key, state.appid), int):
            raise HTTPException(400, f"encoding_aes_key = {key!r}: expected 43 characters of base64")
        state.callback_token, state.aes_key = token, key
        if not address.url:
            state.callback_url = ""
            return {"ok": True, "status": 0, "body": ""}
        url, echo = courier.verification(state, address.url, server.clock())
        heard = await ask("GET", Envelope(url, {}, b"", world.setting("wechat", "callback_timeout"), ()))
        ok = heard.status == httpx.codes.OK and heard.body == echo
        if ok:
            state.callback_url, state.office.mode = address.url, address.mode
        else:
            state.callback_token, state.aes_key = before
        return {"ok": ok, "status": heard.status, "body": heard.body}

    @routes.post("/wechat/trusted_ips")
    async def trusted(wanted: Trusted) -> dict[str, Any]:
        """Say from where an account may ask for tokens: any other address gets 40164. An empty list: from anywhere."""
        account_of(server, wanted.account).wechat.office.trusted_ips = tuple(wanted.ips)
        return {"ok": True, "ips": wanted.ips}
