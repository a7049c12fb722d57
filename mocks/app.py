"""The application: the control plane, every platform's table behind FastAPI, and the fast lane in front.

Law: composition only. FastAPI serves the tables for documentation and as the second door; the lane answers the load.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.responses import Response as FastAPIResponse
from fastapi_offline import FastAPIOffline
from starlette.exceptions import HTTPException

from mocks import admin, asgi
from mocks.http import Endpoint, Platform
from mocks.server import Server
from mocks.shopee.routes import PLATFORM as SHOPEE
from mocks.wechat.routes import PLATFORM as WECHAT
from mocks.wechat_pay.routes import PLATFORM as WECHAT_PAY
from mocks.wecom.routes import PLATFORM as WECOM

PLATFORMS = (WECHAT, WECOM, SHOPEE, WECHAT_PAY)
"""Every platform that is served."""

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
"""Every method that a client may try."""


def create_app(
    server: Server, *, admin_token: str | None = None, latency: bool = False, ports: Mapping[int, Platform] | None = None
) -> asgi.FastLane:
    """The whole application, lane first. `admin_token` None: the control plane wants none. `ports` give platforms of their own."""
    door = front_door(server, admin_token=admin_token)
    return asgi.FastLane(server.world, PLATFORMS, door, latency=latency, ports=ports or {})


def front_door(server: Server, *, admin_token: str | None = None) -> FastAPI:
    """FastAPI alone: documentation, control plane, and the same endpoints by the slow way."""
    app: FastAPI = FastAPIOffline(
        title="Commerce sandbox",
        description="Mock WeChat, WeChat Pay, WeCom and Shopee endpoints under their real limits. Not the vendors', and not affiliated with them.",
        lifespan=_lifespan(server),
    )
    app.include_router(admin.router(server, admin_token))
    for platform in PLATFORMS:
        for endpoint in platform.endpoints:
            _add(app, server, platform, endpoint)
    app.add_exception_handler(HTTPException, _plain)
    app.add_exception_handler(RequestValidationError, _invalid)
    return app


def _lifespan(server: Server) -> Callable[[FastAPI], contextlib.AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        task = asyncio.create_task(server.run())
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    return lifespan


def _add(app: FastAPI, server: Server, platform: Platform, endpoint: Endpoint) -> None:
    async def serve(request: Request) -> FastAPIResponse:
        body = await asgi.read_body(request.receive)
        path = request.scope["path"].removeprefix(platform.prefix)
        answer = asgi.respond(server.world, platform, asgi.make_request(request.scope, path, body))
        response = FastAPIResponse(answer.body, answer.status)
        response.raw_headers = asgi.with_length(answer)
        return response

    path = platform.prefix + endpoint.path
    facts = f" Facts {', '.join(endpoint.facts)}." if endpoint.facts else ""
    name = f"{platform.name}{endpoint.path.replace('/', '_')}_{endpoint.method.lower()}"
    parts = re.findall(r"\{(\w+)\}", endpoint.path)
    app.add_api_route(
        path,
        serve,
        methods=[endpoint.method],
        summary=endpoint.summary,
        description=f"Action `{endpoint.action}`.{facts}",
        tags=[platform.name],
        operation_id=name,
        openapi_extra={"parameters": [_in_path(part) for part in parts]} if parts else None,
    )
    rows = platform.find("", endpoint.path)  # the first row of a path takes what no row of it wants
    if rows and rows[0] is endpoint:
        wanted = {one.method for one in platform.endpoints if one.path == endpoint.path}
        others = [one for one in METHODS if one not in wanted]
        app.add_api_route(path, serve, methods=others, include_in_schema=False, name=f"{name}_refused")


def _in_path(part: str) -> dict[str, Any]:
    return {"name": part, "in": "path", "required": True, "schema": {"type": "string"}}


async def _plain(_request: Request, problem: Exception) -> JSONResponse:
    known = problem if isinstance(problem, HTTPException) else HTTPException(500, "unknown")
    return JSONResponse({"error": known.detail}, known.status_code)


async def _invalid(_request: Request, problem: Exception) -> JSONResponse:
    errors = problem.errors() if isinstance(problem, RequestValidationError) else []
    said = "; ".join(f"{'.'.join(map(str, one['loc'][1:])) or 'body'}: {one['msg']}" for one in errors)
    return JSONResponse({"error": said}, 400)
