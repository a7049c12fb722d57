"""Requests of the sandbox's own: to merchants' servers, for pushes and for trying an address.

Law: the only module of the mocks that knows an HTTP client. Whoever needs it imports it then: the client takes an eighth of a second to
load, which `serve` would keep its first caller waiting for.
"""

from __future__ import annotations

import asyncio
from functools import cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from ssl import SSLContext
from typing import Self

import httpx

from mocks.envelope import Envelope


@cache
def _trusted() -> SSLContext:
    """The certificates that are trusted; reading them takes longer than most pushes do."""
    return httpx.create_ssl_context(trust_env=False)


class Line:
    """Connections to merchants' servers, `most` at once. To be entered, as an asynchronous context."""

    def __init__(self, most: int = 1) -> None:
        limits = httpx.Limits(max_connections=most, max_keepalive_connections=most)
        none = CookieJar(DefaultCookiePolicy(allowed_domains=()))  # one merchant's must not reach another on the same host
        self._client = httpx.AsyncClient(limits=limits, trust_env=False, cookies=none, verify=_trusted())

    async def __aenter__(self) -> Self:
        await self._client.__aenter__()
        return self

    async def __aexit__(self, *problem: object) -> None:
        await self._client.aclose()

    async def ask(self, method: str, sent: Envelope) -> httpx.Response | str:
        """Send and wait for the whole answer, for so long and no longer; or what went wrong, by name."""
        try:
            async with asyncio.timeout(sent.timeout / 1000):
                return await self._client.request(method, sent.url, content=sent.body, headers=sent.headers, timeout=None)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as problem:
            return type(problem).__name__
