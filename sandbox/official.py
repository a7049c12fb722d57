"""The platforms' official addresses lead to a sandbox: an SDK that hard-codes them runs unmodified, and offline.

Law: only where a request goes is changed, and only below `requests` and `httpx`: the SDK builds, signs and reads as ever. Whatever goes
to a vendor's domain goes to the sandbox, also what it has not built, so that no test reaches the real platform by accident.

    with official_hosts("http://127.0.0.1:8080"):
        WeChatClient(appid, secret).user.get(openid)
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

DOMAINS = ("weixin.qq.com", "wechatpay.cn", "shopeemobile.com", "shopee.com", "shopee.cn", "shopee.sg", "shopee.com.br")
"""The vendors' domains: these, and what lies below them."""


@contextmanager
def official_hosts(base: str) -> Iterator[None]:
    """Within it, what `requests` and `httpx` send to a vendor arrives at the sandbox at `base`, with the vendor's name as `Host`."""
    with _requests_led_to(base), _httpx_led_to(base):
        yield


def official(host: str | None) -> bool:
    """Is this host a vendor's?"""
    return any(host == domain or (host or "").endswith(f".{domain}") for domain in DOMAINS)


@contextmanager
def _requests_led_to(base: str) -> Iterator[None]:
    if find_spec("requests") is None:
        yield
        return
    adapter: Any = import_module("requests.adapters").HTTPAdapter
    real = adapter.send

    def send(self: Any, request: Any, *args: Any, **options: Any) -> Any:
        url = urlsplit(request.url)
        if not official(url.hostname):
            return real(self, request, *args, **options)
        led = request.copy()
        led.headers["Host"] = url.netloc
        led.url = base.rstrip("/") + request.url.split(url.netloc, 1)[1]
        response = real(self, led, *args, **options | {"proxies": {}})
        response.request, response.url = request, request.url
        return response

    with patch.object(adapter, "send", send):
        yield


@contextmanager
def _httpx_led_to(base: str) -> Iterator[None]:
    import httpx  # noqa: PLC0415 - pytest imports the plugin always, and this only when it is asked for

    there = httpx.URL(base)
    real, real_async = httpx.HTTPTransport.handle_request, httpx.AsyncHTTPTransport.handle_async_request

    def led(request: httpx.Request) -> httpx.Request:
        if official(request.url.host):  # the header Host stays as it was
            request.url = request.url.copy_with(scheme=there.scheme, host=there.host, port=there.port)
        return request

    def handle(self: httpx.HTTPTransport, request: httpx.Request) -> httpx.Response:
        return real(self, led(request))

    async def handle_async(self: httpx.AsyncHTTPTransport, request: httpx.Request) -> httpx.Response:
        return await real_async(self, led(request))

    with (
        patch.object(httpx.HTTPTransport, "handle_request", handle),
        patch.object(httpx.AsyncHTTPTransport, "handle_async_request", handle_async),
    ):
        yield
