"""A sandbox to test on: one server whose clock stands still until it is moved, asked without sockets.

Shopee's signatures are made here with the standard library alone, so that a mistake in our own signer cannot cancel itself out.
"""

from __future__ import annotations

import asyncio
import hmac
import json
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from functools import cache
from typing import Any
from urllib.parse import urlencode

import httpx
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from mocks import admin
from mocks.app import PLATFORMS, _invalid, _plain, create_app
from mocks.asgi import FastLane, respond
from mocks.http import Request, Response
from mocks.server import MAIN, Server
from mocks.world import Account
from sandbox.clock import real_now
from sandbox.policy import Signal
from sandbox.rulebooks import load_all

START = 1_772_416_800_000
"""2026-03-02 10:00 in Beijing, a whole minute and hour: where the clock of every rig stands at first."""

ADMIN = "admin-token-of-the-tests"
BOOKS = load_all()
BY_NAME = {platform.name: platform for platform in PLATFORMS}
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
CARD = {
    "card": {
        "card_type": "CASH",
        "cash": {
            "base_info": {
                "logo_url": "http://mmbiz.qpic.cn/logo.png",
                "brand_name": "海底捞",
                "code_type": "CODE_TYPE_TEXT",
                "title": "满百减十",
                "color": "Color010",
                "notice": "使用时向服务员出示此券",
                "description": "不可与其他优惠同享",
                "date_info": {
                    "type": "DATE_TYPE_FIX_TIME_RANGE",
                    "begin_timestamp": 1_772_000_000,
                    "end_timestamp": 1_775_000_000,
                },
                "sku": {"quantity": 100},
                "get_limit": 3,
            },
            "least_cost": 10_000,
            "reduce_cost": 1_000,
        },
    }
}
"""A good card: ten yuan off a hundred, a hundred of them, valid around the time where the clocks stand."""


ASKED: ContextVar[Server] = ContextVar("ASKED")
"""The server on whose loop something runs."""


class Present:
    """Stands for whatever `get` finds when it is asked, so that what keeps hold of it serves one after another."""

    def __init__(self, get: Callable[[], Any], **parts: Any) -> None:
        self._get = get
        self.__dict__.update(parts)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._get(), name)


@cache
def control_plane() -> FastAPI:
    """The control plane of every rig: FastAPI takes longer to make one than most tests take to run."""
    server: Any = Present(ASKED.get, world=Present(lambda: ASKED.get().world))
    door = FastAPI()
    door.include_router(admin.router(server, ADMIN))
    door.add_exception_handler(HTTPException, _plain)
    door.add_exception_handler(RequestValidationError, _invalid)
    return door


class Rig:
    """One server, and short ways to ask its platforms and its control plane.

    A `whole` one has the application as it is served. The others leave out FastAPI's own rows for the platforms' endpoints, which
    the lane answers anyhow: they would take longer to make than most tests take to run.
    """

    def __init__(self, changes: Mapping[str, Any] | None = None, *, whole: bool = False, **options: Any) -> None:
        self.server = Server(load_all(changes=changes) if changes else BOOKS, rate=0, **{"start": START, **options})
        self.world, self.clock = self.server.world, self.server.clock
        self._runner = asyncio.Runner()
        self._client: httpx.AsyncClient | None = None
        self._whole, self.account = whole, MAIN

    def close(self) -> None:
        """Let go of the event loop, and of the accounts: FastAPI remembers whom it has served."""
        for account in list(self.world.accounts):
            self.world.close_account(account)
        self._runner.close()

    def run(self, work: Any) -> Any:
        """Run a coroutine to its end, on this rig's loop; one that does not end fails.

        Not by the runner, which at every run looks after Ctrl-C for longer than most requests take.
        """
        return self._runner.get_loop().run_until_complete(self._alone(work))

    async def _alone(self, work: Any) -> Any:
        ASKED.set(self.server)
        async with asyncio.timeout(120):
            return await work

    @property
    def main(self) -> Account:
        """The account that is asked for unless another is named; at first the one that is there from the start."""
        return self.world.accounts[self.account]

    # ---------------------------------------------------------------- the platforms

    def send(self, platform: str, method: str, path: str, query: Mapping[str, Any] | str = "", body: Any = None) -> Response:
        """One request to a platform, as the lane would hand it on. A body that is no bytes is sent as JSON."""
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        text = query if isinstance(query, str) else urlencode(query)
        one = BY_NAME[platform]
        return respond(self.world, one, Request(method, path, one.prefix + path, text, (), raw, "127.0.0.1"))

    def said(self, *request: Any) -> dict[str, Any]:
        """What a platform answers to `send`, read from its JSON."""
        return json.loads(self.send(*request).body)

    def wechat_token(self, account: Account | None = None) -> str:
        """A fresh token of an official account."""
        state = (account or self.main).wechat
        query = {"grant_type": "client_credential", "appid": state.appid, "secret": state.secret}
        return self.said("wechat", "GET", "/cgi-bin/token", query)["access_token"]

    def wechat(self, path: str, token: str, body: Any) -> dict[str, Any]:
        """What the official account answers to a POST."""
        return self.said("wechat", "POST", path, {"access_token": token}, body)

    def new_card(self, token: str = "", **base: Any) -> str:
        """A reviewed card's id; `base` replaces fields of its base_info."""
        cash = CARD["card"]["cash"]
        changed = {"card": {**CARD["card"], "cash": {**cash, "base_info": {**cash["base_info"], **base}}}}
        card_id = self.wechat("/card/create", token or self.wechat_token(), changed)["card_id"]
        self.tell("wechat.card_approved", card_id=card_id)
        return card_id

    def wecom_token(self, account: Account | None = None) -> str:
        """The token of an account's application."""
        state = (account or self.main).wecom
        query = {"corpid": state.corpid, "corpsecret": state.secret}
        return self.said("wecom", "GET", "/cgi-bin/gettoken", query)["access_token"]

    def message(self, token: str, **fields: Any) -> dict[str, Any]:
        """What WeCom answers to an application message; `fields` replace those of a good one, None leaves one out."""
        return self.said("wecom", "POST", "/cgi-bin/message/send", {"access_token": token}, self.text(**fields))

    def text(self, **fields: Any) -> dict[str, Any]:
        """The body of a good application message, with `fields` replaced."""
        good = {"touser": "staff01", "agentid": 1000002, "msgtype": "text", "text": {"content": "新订单"}}
        return {name: value for name, value in {**good, **fields}.items() if value is not None}

    def signed(self, path: str, *, parts: int = 5, account: Account | None = None, **changes: Any) -> dict[str, str]:
        """The query of a Shopee call, signed over three or five parts; `changes` replace what is signed."""
        state = (account or self.main).shopee
        given = {"partner_id": state.partner_id, "timestamp": real_now() // 1000}
        if parts == 5:
            given |= {"access_token": state.access_token, "shop_id": state.shop_id}
        given |= changes
        order = ("timestamp", "access_token", "shop_id")
        base = f"{given['partner_id']}{path}" + "".join(str(given.get(name, "")) for name in order)
        sign = hmac.new(state.partner_key.encode(), base.encode(), "sha256").hexdigest()
        return {name: str(value) for name, value in {**given, "sign": sign}.items()}

    def shop(self, path: str, **asked: Any) -> dict[str, Any]:
        """What Shopee answers to a well-signed GET for the shop."""
        return self.said("shopee", "GET", path, {**self.signed(path), **asked})

    # ---------------------------------------------------------------- the control plane and the clock

    def http(self, method: str, url: str, **options: Any) -> httpx.Response:
        """A request through the lane, and what it does not know through the door behind it, without a socket."""
        if self._client is None:
            app = create_app(self.server, admin_token=ADMIN) if self._whole else self.lane()
            self._client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://sandbox.test")
        return self.run(self._client.request(method, url, **options))

    def lane(self) -> FastLane:
        """The application without FastAPI's rows for the platforms."""
        return FastLane(self.world, PLATFORMS, control_plane(), ports={})

    def admin(self, method: str, path: str, body: Any = None, **params: Any) -> dict[str, Any]:
        """What the control plane answers to somebody who holds its token."""
        response = self.http(
            method, "/_sandbox" + path, json=body, params=params or None, headers={"X-Sandbox-Token": ADMIN}
        )
        return {"status": response.status_code, **response.json()}

    def jump(self, ms: int) -> list[str]:
        """Move the clock forward; what became due."""
        return self.run(self._advance(ms))

    async def _advance(self, ms: int) -> list[str]:
        if not self.server.sender.depth():
            return await self.server.advance(ms)
        sender = asyncio.create_task(self.server.sender.run())
        try:
            return await self.server.advance(ms)
        finally:
            sender.cancel()
            await asyncio.wait([sender])

    def tell(self, kind: str, account: str = "", **payload: Any) -> dict[str, Any]:
        """Tell a platform a fact of its domain; `code` and whatever it answered."""
        answer, _ = self.world.tell(Signal(kind.partition(".")[0], kind, account or self.account, payload=payload))
        return {"code": answer.code, **answer.body}

    def meters(self, account: str = MAIN) -> dict[str, Any]:
        """Every meter and breaker of an account, on all platforms."""
        return {name: gate.state(account) for name, gate in self.world.gates.items()}

    def events(self, kind: str, account: str = MAIN) -> list[dict[str, Any]]:
        """The journal's events of one kind."""
        return [event for event in self.server.journal.since(0, account)[0] if event["kind"] == kind]
