"""The door of an integration: takes Shopee's pushes, answers at once with an empty 200, and hands new orders on.

Law: what is not signed with our key gets a 401; nothing is done before the answer but a look at the push. Shopee takes any
body for a failure.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import httpx
import uvicorn
from fastapi import FastAPI, Request, Response

from loadtests.targets.config import Config
from loadtests.targets.shopee import genuine, new_order
from loadtests.targets.wecom import WeCom

Take = Callable[[str], None]
Work = Callable[[WeCom], AbstractAsyncContextManager[Take]]
"""An integration at work: given WeCom, it takes new orders until it is left."""


def app(config: Config, work: Work) -> FastAPI:
    """The application around an integration."""

    @asynccontextmanager
    async def lifespan(inside: FastAPI) -> AsyncIterator[None]:
        async with (
            httpx.AsyncClient(base_url=config.wecom, trust_env=False, timeout=10) as http,
            work(WeCom(config, http)) as take,
        ):
            inside.state.take = take
            yield

    door = FastAPI(lifespan=lifespan)

    @door.post("/push")
    async def push(request: Request) -> Response:
        """A push of Shopee's."""
        body = await request.body()
        if not genuine(config.partner_key, config.push_url, body, request.headers.get("Authorization", "")):
            return Response(status_code=401)
        order = new_order(body)
        if order:
            request.app.state.take(order)
        return Response()

    return door


def serve(config: Config, work: Work) -> None:
    """Serve on loopback until interrupted."""
    uvicorn.run(app(config, work), host="127.0.0.1", port=config.port, log_level="warning", access_log=False)
