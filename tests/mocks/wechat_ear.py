"""A merchant's server for an official account's events: checks and reads what comes with wechatpy, as a team would."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from wechatpy import parse_message
from wechatpy.crypto import WeChatCrypto
from wechatpy.utils import check_signature

from tests.mocks.rig import Rig


class Ear:
    """Listens on a port of its own. `answers` are (status, body) of the next answers; "success" when there are none left."""

    def __init__(self, rig: Rig) -> None:
        self.rig, self.port = rig, 0
        self.asked: list[dict[str, str]] = []
        self.bodies: list[bytes] = []
        self.answers: list[tuple[int, bytes]] = []
        self.echo = b""
        self.tasks: list[asyncio.Task[None]] = []

    @property
    def url(self) -> str:
        """Where it listens, with a query of its own."""
        return f"http://127.0.0.1:{self.port}/events?shop=1"

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Read one request, and answer it: an echo to a GET."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        method, target, _ = head[0].split(" ")
        query = dict(parse_qsl(urlsplit(target).query))
        headers = dict(line.lower().split(": ", 1) for line in head[1:] if line)
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        if method == "GET":
            self.check(query)
            status, said = 200, self.echo or query["echostr"].encode()
        else:
            self.asked.append(query)
            self.bodies.append(body)
            status, said = self.answers.pop(0) if self.answers else (200, b"success")
        length = len(said)
        writer.write(b"HTTP/1.1 %d X\r\nconnection: close\r\ncontent-length: %d\r\n\r\n%s" % (status, length, said))
        await writer.drain()
        writer.close()

    def check(self, query: dict[str, str]) -> None:
        """Is it WeChat that asks? Raises wechatpy's InvalidSignatureException."""
        check_signature(self.rig.main.wechat.callback_token, query["signature"], query["timestamp"], query["nonce"])

    def plain(self, place: int = -1) -> Any:
        """A message that came unsealed, as wechatpy reads it."""
        self.check(self.asked[place])
        return parse_message(self.bodies[place])

    def opened(self, place: int = -1, key: str = "") -> Any:
        """A message that came sealed, verified and opened by wechatpy."""
        state, said = self.rig.main.wechat, self.asked[place]
        crypto = WeChatCrypto(state.callback_token, key or state.aes_key, state.appid)
        given = (said["msg_signature"], said["timestamp"], said["nonce"])
        return parse_message(crypto.decrypt_message(self.bodies[place], *given))

    def listen(self, mode: str = "safe", **more: Any) -> dict[str, Any]:
        """Have the address saved."""
        return self.rig.admin(
            "POST", "/wechat/callback", {"account": self.rig.account, "url": self.url, "mode": mode, **more}
        )


@contextmanager
def hearing(rig: Rig) -> Iterator[Ear]:
    """An ear, while the sandbox's sender is at work."""
    ear = Ear(rig)

    async def start() -> asyncio.Server:
        ear.tasks.append(asyncio.create_task(rig.server.run()))
        return await asyncio.start_server(ear.answer, "127.0.0.1", 0)

    server = rig.run(start())
    ear.port = server.sockets[0].getsockname()[1]
    yield ear
    server.close()
    for task in ear.tasks:
        task.cancel()
