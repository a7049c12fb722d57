"""The application: the control plane, every platform's table behind FastAPI, and the fast lane in front.

Law: composition only. FastAPI documents the tables and is the second door to them; the lane answers the load. A platform is one
route, which finds the endpoint as the lane does; the table's rows become routes of their own only for the page that describes them.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from functools import cache
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse
from fastapi.responses import Response as FastAPIResponse
from fastapi.routing import APIRoute
from fastapi_offline import FastAPIOffline
from starlette.exceptions import HTTPException

from mocks import admin, asgi
from mocks.http import Endpoint, Platform
from mocks.server import Server
from mocks.shopee.routes import PLATFORM as SHOPEE
from mocks.wechat.routes import PLATFORM as WECHAT
from mocks.wechat_pay.routes import PLATFORM as WECHAT_PAY
from mocks.wecom.routes import PLATFORM as WECOM
from sandbox.errors import InputError

PLATFORMS = (WECHAT, WECOM, SHOPEE, WECHAT_PAY)
"""Every platform that is served."""

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
"""Every method that a client may try."""


NOWHERE = HTTPStatus.NOT_FOUND.phrase
"""What Starlette says of a path that nobody serves."""

WHERE = f"platforms are under {', '.join(one.prefix for one in PLATFORMS)} or by their host names, the rest under /_sandbox and /docs"


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
        redirect_slashes=False,
        swagger_ui_parameters={"docExpansion": "none"},  # 700 endpoints
        routes=admin.router(server, admin_token).routes,  # as they are: including the router would make each once more
    )
    for platform in PLATFORMS:
        app.add_route(f"{platform.prefix}/{{path:path}}", _door(server, platform), list(METHODS), include_in_schema=False)
    app.openapi = cache(lambda: _described(app))  # type: ignore[method-assign] # the way that FastAPI documents
    app.add_exception_handler(HTTPException, _plain)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(InputError, _mistaken)
    return app


def _described(app: FastAPI) -> dict[str, Any]:
    """The control plane and every row of every table, as OpenAPI."""
    rows = [_row(platform, endpoint) for platform in PLATFORMS for endpoint in platform.endpoints]
    return get_openapi(title=app.title, version=app.version, description=app.description, routes=[*app.routes, *rows])


def _row(platform: Platform, endpoint: Endpoint) -> APIRoute:
    """An endpoint as a route, to be described."""
    facts = f" Facts {', '.join(endpoint.facts)}." if endpoint.facts else ""
    parts = re.findall(r"\{(\w+)\}", endpoint.path)
    return APIRoute(
        platform.prefix + endpoint.path,
        _answer,
        methods=[endpoint.method],
        summary=endpoint.summary,
        description=f"Action `{endpoint.action}`.{facts}",
        tags=[platform.name],
        operation_id=f"{platform.name}{endpoint.path.replace('/', '_')}_{endpoint.method.lower()}",
        openapi_extra={"parameters": [_in_path(part) for part in parts]} if parts else None,
    )


def _answer() -> None:
    """Whatever the platform answers."""


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


def _door(server: Server, platform: Platform) -> Callable[[Request], Awaitable[FastAPIResponse]]:
    """The second door to one platform."""

    async def serve(request: Request) -> FastAPIResponse:
        body = await asgi.read_body(request.receive)
        path = request.scope["path"].removeprefix(platform.prefix)
        answer = asgi.respond(server.world, platform, asgi.make_request(request.scope, path, body))
        response = FastAPIResponse(answer.body, answer.status)
        response.raw_headers = asgi.with_length(answer)
        return response

    return serve


def _in_path(part: str) -> dict[str, Any]:
    return {"name": part, "in": "path", "required": True, "schema": {"type": "string"}}


async def _plain(request: Request, problem: Exception) -> JSONResponse:
    known = problem if isinstance(problem, HTTPException) else HTTPException(500, "unknown")
    said = known.detail if known.detail != NOWHERE else f"nothing is at {request.url.path}: {WHERE}"
    return JSONResponse({"error": said}, known.status_code)


async def _invalid(_request: Request, problem: Exception) -> JSONResponse:
    errors = problem.errors() if isinstance(problem, RequestValidationError) else []
    said = "; ".join(f"{'.'.join(map(str, one['loc'][1:])) or 'body'}: {one['msg']}" for one in errors)
    return JSONResponse({"error": said}, 400)


async def _mistaken(_request: Request, problem: Exception) -> JSONResponse:
    return JSONResponse({"error": str(problem)}, 400)
