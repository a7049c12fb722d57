"""The part of the control plane that only official accounts need: where events go, who may ask, pages open on a phone.

Law: as `mocks.admin`. An address is saved only when it has answered its verification, as in the vendor's console.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Annotated, Any, Literal

from fastapi import APIRouter, HTTPException
from pydantic import ConfigDict, Field
from pydantic.alias_generators import to_camel

from mocks import bizmsg
from mocks.admin_wecom import Address, Body, Trusted, ask
from mocks.envelope import Envelope
from mocks.server import MAIN, Server
from mocks.wechat import courier
from mocks.world import Account
from sandbox.policy import Signal


class Listening(Address):
    """Where an account's events go and how; token and key replace the account's own when they are given."""

    mode: Literal["plain", "compatible", "safe"] = "safe"
    token: Annotated[str, Field(pattern=r"^([A-Za-z0-9]{3,32})?$")] = ""
    encoding_aes_key: Annotated[str, Field(pattern=r"^([A-Za-z0-9]{43})?$")] = ""


class Page(Body):
    """A page that opens: what it gives to `wx.config`."""

    account: str = MAIN
    url: Annotated[str, Field(max_length=4096)]
    noncestr: str
    timestamp: str | int
    signature: str


class OfPage(Body):
    """What a page gives to a phone: its names are JavaScript's."""

    model_config = ConfigDict(extra="forbid", alias_generator=to_camel)


class Wanted(OfPage):
    """One card that a page wants to add."""

    card_id: str
    card_ext: Annotated[str, Field(max_length=4096)]


class Adding(OfPage):
    """A user adds cards from a page: what it gives to `wx.addCard`."""

    account: str = MAIN
    openid: str
    card_list: Annotated[list[Wanted], Field(max_length=5)]


class Following(Body):
    """A user follows a link on a card that he has."""

    account: str = MAIN
    card_id: str
    code: str
    cell: Literal["custom_url", "promotion_url", "center_url"] = "custom_url"


class Choosing(OfPage):
    """A user opens his cards from a page: what it gives to `wx.chooseCard`."""

    account: str = MAIN
    openid: str
    shop_id: str = ""
    card_type: str = ""
    card_id: str = ""
    timestamp: str | int
    nonce_str: str
    sign_type: str = "SHA1"
    card_sign: str


def about_wechat(routes: APIRouter, server: Server, account_of: Callable[[Server, str], Account]) -> None:
    """Add these endpoints to the control plane."""
    _about_events(routes, server, account_of)
    _about_pages(routes, server, account_of)


def _about_pages(routes: APIRouter, server: Server, account_of: Callable[[Server, str], Account]) -> None:
    def shown(kind: str, said: Page | Adding | Choosing | Following) -> Mapping[str, Any]:
        account = account_of(server, said.account)
        payload = said.model_dump(exclude={"account"}, by_alias=True)
        answer, _ = server.world.tell(Signal("wechat", kind, account.id, payload=payload))
        if answer.code != "0":
            raise HTTPException(400, f"{answer.code}: {answer.text or server.world.books['wechat'].error(answer.code).text}")
        return answer.body

    @routes.post("/cards/follow")
    async def follow(said: Following) -> Mapping[str, Any]:
        """A user follows a link on a card: the address that the phone opens, signed for the merchant."""
        return shown("wechat.link_followed", said)

    @routes.post("/jssdk/check")
    async def config(said: Page) -> Mapping[str, Any]:
        """A page opens in WeChat: what `wx.config` answers."""
        return shown("wechat.page_opened", said)

    @routes.post("/cards/add")
    async def add(said: Adding) -> Mapping[str, Any]:
        """A user adds cards from a page: what `wx.addCard` answers. The cards are really taken."""
        return shown("wechat.cards_added", said)

    @routes.post("/cards/choose")
    async def choose(said: Choosing) -> Mapping[str, Any]:
        """A user opens his cards from a page: what `wx.chooseCard` answers."""
        return shown("wechat.cards_chosen", said)


def _about_events(routes: APIRouter, server: Server, account_of: Callable[[Server, str], Account]) -> None:
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
        ok = heard.status == HTTPStatus.OK and heard.body == echo
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
