"""The part of the control plane for what users do with gift cards and invoices: buy, send, accept; authorise, choose, show a title.

Law: as `mocks.admin`. Nobody's money moves: who buys has paid.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException
from pydantic import Field

from mocks.admin_wecom import Body
from mocks.server import MAIN, Server
from mocks.world import Account
from sandbox.policy import Signal


class Bought(Body):
    """A user buys gift cards from a page."""

    account: str = MAIN
    page_id: str
    openid: str
    card_ids: Annotated[list[str], Field(min_length=1, max_length=100)]
    outer_str: str = ""


class Sent(Body):
    """The buyer sends what he has of an order to a friend, or into a chat."""

    account: str = MAIN
    order_id: str
    chat_room: bool = False


class Accepted(Body):
    """A friend takes what was sent."""

    account: str = MAIN
    order_id: str
    openid: str


class Authorised(Body):
    """A user wants an invoice for an order, for himself or for his company; or (`failed`) something goes wrong."""

    account: str = MAIN
    order_id: str
    openid: str
    user_field: dict[str, Any] | None = None
    biz_field: dict[str, Any] | None = None
    failed: bool = False


class Person(Body):
    """A user."""

    account: str = MAIN
    openid: str


class Title(Person):
    """A title that a user saves, or hands to the merchant whose link (`url`) he follows."""

    url: str | None = None
    title: str | None = None
    phone: str | None = None
    tax_no: str | None = None
    addr: str | None = None
    bank_type: str | None = None
    bank_no: str | None = None


def about_gifts(routes: APIRouter, server: Server, account_of: Callable[[Server, str], Account]) -> None:
    """Add these endpoints to the control plane."""

    def told(kind: str, said: Body) -> Mapping[str, Any]:
        payload = said.model_dump()
        account = account_of(server, payload.pop("account"))
        answer, _ = server.world.tell(Signal("wechat", kind, account.id, payload=payload))
        if answer.code != "0":
            raise HTTPException(400, f"{answer.code}: {answer.text or server.world.books['wechat'].error(answer.code).text}")
        return {"ok": True, **answer.body}

    _about_giftcards(routes, told)
    _about_invoices(routes, told)


Tell = Callable[[str, Body], Mapping[str, Any]]


def _about_giftcards(routes: APIRouter, told: Tell) -> None:
    @routes.post("/giftcards/buy")
    async def buy(said: Bought) -> Mapping[str, Any]:
        """A user buys gift cards from a page and pays: the order's number."""
        return told("wechat.giftcards_bought", said)

    @routes.post("/giftcards/send")
    async def send(said: Sent) -> Mapping[str, Any]:
        """The buyer sends them on; what nobody takes returns to him."""
        return told("wechat.giftcards_sent", said)

    @routes.post("/giftcards/accept")
    async def accept(said: Accepted) -> Mapping[str, Any]:
        """A friend takes them: the codes that he has now. In a chat each takes one card."""
        return told("wechat.giftcards_accepted", said)


def _about_invoices(routes: APIRouter, told: Tell) -> None:
    @routes.post("/invoices/authorize")
    async def authorize(said: Authorised) -> Mapping[str, Any]:
        """A user wants an invoice for an order, on the page that getauthurl named."""
        return told("wechat.invoice_authorized", said)

    @routes.post("/invoices/choose")
    async def choose(said: Person) -> Mapping[str, Any]:
        """A user gives a page his invoices: what `wx.chooseInvoice` answers."""
        return told("wechat.invoices_chosen", said)

    @routes.post("/invoices/title")
    async def title(said: Title) -> Mapping[str, Any]:
        """A user saves a title of his own, takes over the one that a link offers, or hands his to the link's merchant."""
        return told("wechat.title_submitted", said)

    @routes.post("/invoices/show_title")
    async def show_title(said: Person) -> Mapping[str, Any]:
        """A user shows his title as a code: the text to scan."""
        return told("wechat.title_shown", said)
