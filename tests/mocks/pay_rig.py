"""WeChat Pay to test on: requests signed by somebody else's code, its SDK led to a rig, and a merchant's server for notices.

Signatures and ciphers on the merchant's side are those of the package `wechatpayv3`, so that a mistake in ours cannot cancel
itself out.
"""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any
from unittest import mock

import requests
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from cryptography.x509 import load_pem_x509_certificate
from requests.adapters import BaseAdapter
from wechatpayv3 import WeChatPay, WeChatPayType
from wechatpayv3.utils import build_authorization, rsa_verify

from mocks.wechat_pay.keys import pem_private
from mocks.world import Account
from sandbox.behaviour import Push
from tests.mocks.rig import Rig

BASE = "https://api.mch.weixin.qq.com"
HEAD = {"Accept": "application/json", "User-Agent": "test", "Content-Type": "application/json"}
PAY = "/v3/pay/transactions"
REFUNDS = "/v3/refund/domestic/refunds"


class PayRig(Rig):
    """A rig whose notices are kept instead of sent, with short ways to WeChat Pay."""

    def __init__(self, changes: Mapping[str, Any] | None = None, **options: Any) -> None:
        super().__init__(changes, **options)
        self.told: list[Push] = []
        self.world._post = lambda _account, push: self.told.append(push)
        self.numbers = iter(range(1, 1_000_000))

    @property
    def pay(self) -> Any:
        """The main account's merchant."""
        return self.main.wechat_pay

    def head(self, method: str, target: str, body: str = "", account: Account | None = None) -> dict[str, str]:
        """The headers of a good request, signed by the SDK's code."""
        state = (account or self.main).wechat_pay
        return HEAD | {
            "Authorization": build_authorization(target, method, state.mchid, state.keys.serial, private(state), data=body)
        }

    def ask(self, method: str, target: str, body: Any = None, account: Account | None = None, **head: str) -> Any:
        """The answer to a signed request, its own signature checked."""
        raw = "" if body is None else json.dumps(body, ensure_ascii=False)
        headers = self.head(method, target, raw, account) | head
        response = self.http(method, BASE + target, content=raw.encode(), headers=headers)
        assert signed(response.headers, response.text, self), (response.status_code, response.text)
        return response

    def said(self, method: str, target: str, body: Any = None, **more: Any) -> dict[str, Any]:  # type: ignore[override]
        """What an answer says, with its HTTP status."""
        response = self.ask(method, target, body, **more)
        return {"http": response.status_code, **(response.json() if response.content else {})}

    def order(self, **changes: Any) -> dict[str, Any]:
        """The body of a good JSAPI order; a new number each time."""
        good = {
            "appid": self.pay.appid,
            "mchid": self.pay.mchid,
            "description": "招牌套餐",
            "out_trade_no": f"ORDER{next(self.numbers):08}",
            "notify_url": "https://shop.test/notify",
            "amount": {"total": 10_000, "currency": "CNY"},
            "payer": {"openid": self.pay.openids[0]},
        }
        return {name: value for name, value in {**good, **changes}.items() if value is not None}

    def paid(self, **changes: Any) -> str:
        """The number of an order that somebody has paid."""
        body = self.order(**changes)
        assert self.said("POST", f"{PAY}/jsapi", body)["http"] == 200
        self.world.store.forget("main")
        assert self.tell("wechat_pay.paid", out_trade_no=body["out_trade_no"])["code"] == "0"
        return body["out_trade_no"]

    def refund(self, number: str, fen: int, out_refund_no: str = "", **changes: Any) -> dict[str, Any]:
        """What is answered to a refund of part of an order."""
        total = self.pay.orders[number].total
        amount = {"refund": fen, "total": total, "currency": "CNY"}
        body = {"out_trade_no": number, "out_refund_no": out_refund_no or f"R{next(self.numbers)}", "amount": amount}
        return self.said("POST", REFUNDS, {**body, **changes})

    def look(self, number: str) -> dict[str, Any]:
        """An order, as its merchant sees it."""
        return self.said("GET", f"{PAY}/out-trade-no/{number}?mchid={self.pay.mchid}")


def private(state: Any) -> RSAPrivateKey:
    """The merchant's private key, as read from its PEM file."""
    return _loaded(pem_private(state.keys.merchant))


@cache
def _loaded(pem: str) -> RSAPrivateKey:
    key = load_pem_private_key(pem.encode(), None)
    assert isinstance(key, RSAPrivateKey)
    return key


def signed(headers: Any, body: str, rig: PayRig) -> bool:
    """Is an answer signed by the platform's certificate, or public key, that it names?"""
    serial, files = headers["Wechatpay-Serial"], rig.pay.keys.files()
    if serial.startswith("PUB_KEY_ID_"):
        key: Any = load_pem_public_key(files["public_key"].encode())
    else:
        certificate = load_pem_x509_certificate(files["platform_cert"].encode())
        assert f"{certificate.serial_number:X}" == serial
        key = certificate.public_key()
    given = (headers["Wechatpay-Timestamp"], headers["Wechatpay-Nonce"], body, headers["Wechatpay-Signature"])
    assert headers["Wechatpay-Signature-Type"] == "WECHATPAY2-SHA256-RSA2048"
    return bool(headers["Request-ID"]) and bool(rsa_verify(*given, key))


class Led(BaseAdapter):
    """A transport of `requests` that ends in a rig."""

    def __init__(self, rig: Rig) -> None:
        super().__init__()
        self.rig = rig

    def send(self, request: requests.PreparedRequest, **_options: Any) -> requests.Response:  # type: ignore[override]
        """Hand the request to the application, and its answer back."""
        body = request.body if isinstance(request.body, bytes) else (request.body or "").encode()
        answer = self.rig.http(str(request.method), str(request.url), content=body, headers=dict(request.headers))
        made = requests.Response()
        made.status_code, made.url, made.request = answer.status_code, str(request.url), request
        made.headers.update(answer.headers)
        made.raw = io.BytesIO(answer.content)
        return made

    def close(self) -> None:
        """Nothing is held."""


@contextmanager
def led(rig: Rig) -> Iterator[None]:
    """Whatever `requests` sends goes to the rig."""
    with mock.patch.object(requests.Session, "get_adapter", return_value=Led(rig)):
        yield


def sdk(rig: PayRig, *, public_key: bool = False, **options: Any) -> WeChatPay:
    """The SDK, unmodified, as the main account's merchant uses it."""
    state = rig.pay
    files = state.keys.files()
    more = {"public_key": files["public_key"], "public_key_id": state.keys.public_key_id} if public_key else {}
    return WeChatPay(
        wechatpay_type=WeChatPayType.JSAPI,
        mchid=state.mchid,
        private_key=files["private_key"],
        cert_serial_no=state.keys.serial,
        apiv3_key=state.apiv3_key,
        appid=state.appid,
        notify_url="https://shop.test/notify",
        **{**more, **options},
    )


class Shop:
    """A merchant's server on a port of its own: what came, and the statuses it answers with, the last for ever."""

    def __init__(self, *statuses: int, body: bytes = b"") -> None:
        self.statuses, self.body = list(statuses) or [204], body
        self.came: list[tuple[dict[str, str], bytes]] = []
        self.url = ""

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Read one request, and answer it."""
        lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[1:]
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines) if name}
        self.came.append((headers, await reader.readexactly(int(headers["content-length"]))))
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        length = "" if status == 204 else f"Content-Length: {len(self.body)}\r\n"
        writer.write(
            f"HTTP/1.1 {status} X\r\n{length}Connection: close\r\n\r\n".encode() + (b"" if status == 204 else self.body)
        )
        await writer.drain()
        writer.close()


def delivered(rig: PayRig, shop: Shop, pushes: Any, *, until: int = 0) -> list[str]:
    """Let the rig send what `pushes()` brings about to the shop, moving the clock on by `until`; what became due."""

    async def run() -> list[str]:
        rig.world._post = rig.server.sender.enqueue
        listening = await asyncio.start_server(shop.answer, "127.0.0.1", 0)
        shop.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/notify"
        sending = asyncio.create_task(rig.server.sender.run())
        pushes()
        done = await rig.server.advance(until)
        sending.cancel()
        listening.close()
        await asyncio.gather(sending, return_exceptions=True)
        return done

    return rig.run(run())


__all__ = ["BASE", "HEAD", "PAY", "REFUNDS", "PayRig", "Shop", "delivered", "led", "sdk", "signed"]
