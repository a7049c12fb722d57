"""The control plane, `/_sandbox`: what only a person, a phone or a vendor's employee could do, and a look inside.

Law: belongs to no platform, wants its token, speaks plain JSON with plain HTTP status codes.
"""

from __future__ import annotations

import asyncio
import hmac
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Header, HTTPException, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from mocks.admin_acts import about_acts
from mocks.admin_cards import about_cards, opened
from mocks.admin_cases import about_cases
from mocks.admin_channels import about_channels
from mocks.admin_wechat import about_wechat
from mocks.admin_wecom import about_wecom
from mocks.binding import onboarding_routes
from mocks.binding import routes as binding
from mocks.connection import credentials, write_pems
from mocks.facts import told_platform
from mocks.server import MAIN, Server
from mocks.world import OK, Account
from sandbox.policy import NEVER, Signal
from sandbox.rulebooks.describe import answering_with


class Body(BaseModel):
    """A request to the control plane: no unknown keys."""

    model_config = ConfigDict(extra="forbid")


class NewAccount(Body):
    """A new account, or an old id opened anew."""

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,64}$")] = ""
    account_type: Literal["service", "verified_subscription", "unverified_subscription", "miniprogram"] = "service"
    category: str = "catering"
    licence: Annotated[str, Field(max_length=64)] = ""
    pem: bool = True


class Which(Body):
    """One account."""

    account: str = MAIN


class ClockChange(Body):
    """A new rate, or a jump forward, or both."""

    rate: Annotated[float, Field(ge=0, le=100_000)] | None = None
    advance_ms: Annotated[int, Field(ge=0, le=3_153_600_000_000)] = 0


class CardTaken(Which):
    """A user takes a card."""

    card_id: str
    openid: str


class CardApproved(Which):
    """A review passes."""

    card_id: str


class TokenExpired(Body):
    """A token dies now."""

    platform: Literal["wechat", "wecom", "shopee"]
    access_token: str


class Paid(Which):
    """A buyer comes to the till."""

    out_trade_no: str
    openid: str = ""
    outcome: Literal["paid", "failed", "abandoned"] = "paid"


class Faults(Which):
    """What goes wrong with a platform's pushes: `faults` one an attempt, then `standing` with `percent` of all others."""

    platform: Literal["wechat", "channels", "wechat_pay", "wecom", "shopee"]
    faults: Annotated[list[str], Field(max_length=10_000)] = []
    standing: str = ""
    percent: int = 100


class Told(BaseModel):
    """A fact: its kind, whom it concerns, and whatever else belongs to it."""

    model_config = ConfigDict(extra="allow")

    kind: str
    account: str = MAIN
    platform: str = ""
    about: str = ""
    actor: dict[str, str] = {}
    started: int = 0
    ok: bool = True
    took: int = 0
    cost: Annotated[int, Field(ge=1)] = 1


def router(server: Server, token: str | None) -> APIRouter:
    """The control plane of one server. `token` None: no token is wanted."""

    def guard(x_sandbox_token: Annotated[str, Header()] = "") -> None:
        if token is not None and not hmac.compare_digest(x_sandbox_token.encode(), token.encode()):
            raise HTTPException(
                401, "X-Sandbox-Token is missing or wrong: it stands in the env file and in the start-up message"
            )

    routes = APIRouter(prefix="/_sandbox", dependencies=[Depends(guard)], tags=["sandbox"])
    _about_server(routes, server)
    _about_accounts(routes, server, token or "")
    _about_signals(routes, server)
    _about_people(routes, server)
    about_wecom(routes, server, account_of)
    about_cases(routes, server, account_of)
    about_acts(routes, server, account_of)
    about_cards(routes, server, account_of)
    about_wechat(routes, server, account_of)
    about_channels(routes, server, account_of)
    for part in (binding, onboarding_routes):
        routes.include_router(part.router(server.world, lambda account_id: account_of(server, account_id)))
    return routes


def account_of(server: Server, account_id: str) -> Account:
    """The account of that id. Raises HTTP 404."""
    account = server.world.accounts.get(account_id)
    if account is None:
        raise HTTPException(404, f"no account {account_id!r}; there are: {', '.join(server.world.accounts)}")
    return account


def _about_server(routes: APIRouter, server: Server) -> None:
    world = server.world

    @routes.get("/health")
    async def health() -> dict[str, Any]:
        """Is it there, what time is it, and does it keep up? `lag_ms` is how late the server's own loop wakes."""
        lag = {f"p{q}": server.lag_us.get_value_at_percentile(q) / 1000 for q in (50, 99)}
        lag["max"] = server.lag_us.get_max_value() / 1000
        books = {name: book.digest for name, book in world.books.items()}
        return {"ok": True, "now": server.clock(), "rate": server.clock.rate, "lag_ms": lag, "rulebooks": books}

    @routes.get("/clock")
    async def clock() -> dict[str, Any]:
        """Virtual now (ms) and its rate."""
        return {"now": server.clock(), "rate": server.clock.rate}

    @routes.post("/clock")
    async def set_clock(change: ClockChange) -> dict[str, Any]:
        """Set the rate, move forward; answers when everything that became due has happened, and lists it."""
        if change.rate is not None:
            server.clock.set_rate(change.rate)
            server.agenda.clock_changed()
        done = await server.advance(change.advance_ms)
        return {"now": server.clock(), "rate": server.clock.rate, "happened": done}

    @routes.get("/events")
    async def events(
        since: Annotated[int, Query(ge=0)] = 0, account: str = "", limit: Annotated[int, Query(ge=1, le=100_000)] = 10_000
    ) -> dict[str, Any]:
        """The journal after event number `since`: ask again from `next`; `lost` events are gone from memory."""
        found, following, lost = server.journal.since(since, account, limit)
        return {"events": found, "next": following, "lost": lost, "total": server.journal.total}

    @routes.get("/explain")
    async def explain(rid: str = "", code: str = "") -> dict[str, Any]:
        """Why a request was refused (`rid`: the number in the error's text), or which rules answer with a `code`."""
        if code:
            return {"code": code, "rules": answering_with(dict(world.books), code)}
        found = world.explanations.find(rid)
        if found is None:
            raise HTTPException(404, f"no error with the number {rid!r} is remembered")
        return found


def _about_accounts(routes: APIRouter, server: Server, token: str) -> None:
    world = server.world

    async def shown(account: Account, request: Request, *, pem: bool = True) -> dict[str, Any]:
        if pem:
            await asyncio.to_thread(write_pems, account)
        return credentials(account, f"{request.url.scheme}://{request.url.netloc}", token, pem=pem)

    @routes.get("/accounts")
    async def accounts() -> dict[str, Any]:
        """The ids of all accounts."""
        return {"accounts": list(world.accounts)}

    @routes.post("/accounts")
    async def open_account(wanted: NewAccount, request: Request) -> dict[str, Any]:
        """A new account with credentials of its own; without `pem` no key files for WeChat Pay, which take 50 ms to make."""
        account = opened(world, wanted.id, wanted.account_type, wanted.category, wanted.licence)
        return await shown(account, request, pem=wanted.pem)

    @routes.get("/accounts/{account_id}")
    async def account(account_id: str, request: Request) -> dict[str, Any]:
        """An account's credentials, members and followers."""
        return await shown(account_of(server, account_id), request)

    @routes.post("/reset")
    async def reset(which: Which) -> dict[str, Any]:
        """Put one account back to its start; touches no other."""
        account_of(server, which.account)
        server.reset(which.account)
        return {"ok": True}

    @routes.get("/state")
    async def state(account: str = MAIN) -> dict[str, Any]:
        """Every meter and breaker of one account, and what it holds."""
        found = account_of(server, account)
        meters = {name: gate.state(account) for name, gate in world.gates.items()}
        holds = {"cards": len(found.wechat.cards), "messages": found.wecom.sent, "orders": len(found.shopee.orders)}
        return {
            "account": account,
            "now": server.clock(),
            "meters": meters,
            "holds": holds,
            "pushes_waiting": server.sender.depth(),
        }


def told(server: Server, signal: Signal) -> dict[str, Any]:
    """Tell the world a fact: what the platform's service answers, and which sanctions follow. Raises HTTP 404."""
    world = server.world
    account_of(server, signal.account)
    answer, sanctions = world.tell(signal)
    ok = answer.code in OK
    text = "" if ok else answer.text or world.books[signal.platform].error(answer.code).text
    rows = [
        {
            "rule": one.rule,
            "effect": one.effect,
            "subject": one.subject,
            "until": None if one.until == NEVER else one.until,
        }
        for one in sanctions
    ]
    envelope = {"ok": ok, "code": answer.code, "text": text, "sanctions": rows}
    return {**answer.body, **envelope, "answer": answer.body}


def _about_signals(routes: APIRouter, server: Server) -> None:
    @routes.post("/signals")
    async def signals(fact: Told) -> dict[str, Any]:
        """Tell a fact: an order placed, an outcome, a hand on a breaker. One that nobody takes is refused (400)."""
        platform = told_platform(fact.kind, fact.platform, fact.about, server.world.books)
        fields = (platform, fact.kind, fact.account, fact.about, fact.actor, fact.started, fact.ok, fact.took)
        return told(server, Signal(*fields, payload=fact.model_extra or {}, cost=fact.cost))

    @routes.post("/faults")
    async def faults(wanted: Faults) -> dict[str, Any]:
        """Choose what goes wrong with pushes; see `mocks.faults`."""
        payload = wanted.model_dump(include={"faults", "standing", "percent"})
        return told(server, Signal(wanted.platform, f"{wanted.platform}.push_faults", wanted.account, payload=payload))


def _about_people(routes: APIRouter, server: Server) -> None:
    world = server.world

    @routes.post("/cards/receive")
    async def receive(taken: CardTaken) -> dict[str, Any]:
        """A user takes a card; answers with its code."""
        payload = {"card_id": taken.card_id, "openid": taken.openid}
        said = told(server, Signal("wechat", "wechat.card_received", taken.account, payload=payload))
        return {**said, **said["answer"]}

    @routes.post("/cards/approve")
    async def approve(approved: CardApproved) -> dict[str, Any]:
        """A card's review passes."""
        payload = {"card_id": approved.card_id}
        return told(server, Signal("wechat", "wechat.card_approved", approved.account, payload=payload))

    @routes.post("/pay")
    async def pay(paid: Paid) -> dict[str, Any]:
        """A buyer pays an order (or a combined one), fails to, or walks away."""
        payload = paid.model_dump(include={"out_trade_no", "openid", "outcome"})
        return told(server, Signal("wechat_pay", "wechat_pay.paid", paid.account, payload=payload))

    @routes.post("/tokens/expire")
    async def expire(token: TokenExpired) -> dict[str, Any]:
        """A token dies now."""
        for account in world.accounts.values():
            if account.state(token.platform).expire(token.access_token, server.clock()):
                return {"ok": True}
        raise HTTPException(404, f"no {token.platform} token {token.access_token[:12]!r}... is known")
