"""The vendors' addresses lead elsewhere, unchanged but for the way; nobody else's do."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import httpx
import pytest
import requests

from sandbox.official import official, official_hosts


class Echo(BaseHTTPRequestHandler):
    """Answers with what it was asked for."""

    def do_GET(self) -> None:
        """Name host and target."""
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"{self.headers['Host']} {self.path}".encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def base() -> Iterator[str]:
    """Where something listens."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        Thread(target=server.serve_forever, args=(0.01,)).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize(
    ("host", "is_official"),
    [
        ("api.weixin.qq.com", True),
        ("api2.wechatpay.cn", True),
        ("partner.shopeemobile.com", True),
        ("openplatform.shopee.com.br", True),
        ("notweixin.qq.com", False),
        ("weixin.qq.com.evil.test", False),
        ("127.0.0.1", False),
        (None, False),
    ],
)
def test_whose_host_it_is(host: str | None, is_official: bool) -> None:
    assert official(host) is is_official


def test_only_the_way_changes_and_only_within(base: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even a proxy in the environment is asked; other hosts are left alone; afterwards all is as before."""
    url, said = "https://api.weixin.qq.com/cgi-bin/token?a=%E5%A5%B6", "api.weixin.qq.com /cgi-bin/token?a=%E5%A5%B6"
    before = requests.adapters.HTTPAdapter.send, httpx.HTTPTransport.handle_request

    async def ask() -> str:
        async with httpx.AsyncClient() as client:
            return (await client.get(url)).text

    with official_hosts(base):
        assert (httpx.get(url).text, asyncio.run(ask())) == (said, said)
        assert requests.get(f"{base}/mine", timeout=5).text == f"{base.removeprefix('http://')} /mine"
        monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
        found = requests.get(url, timeout=5)
        assert (found.text, found.url) == (said, url)
    assert (requests.adapters.HTTPAdapter.send, httpx.HTTPTransport.handle_request) == before
