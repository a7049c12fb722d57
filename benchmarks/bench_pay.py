"""Native orders at WeChat Pay against the RSA that they cannot do without: one verification and one signature, on one core.

Every request is whole: found by its path, its signature checked, its fields, its quota and its order, the answer signed, through the
application as a server calls it, without sockets. CPU time, in turns with the bare RSA; the table shows the least of each, which is what others on the machine
disturbed least.
"""

from __future__ import annotations

import base64
import json
import os
import time
from collections.abc import Callable, Sequence
from typing import Any

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from mocks.asgi import FastLane
from mocks.wechat_pay.keys import rsa_key
from mocks.wechat_pay.routes import PLATFORM
from mocks.wechat_pay.wire import SCHEME, request_text
from mocks.world import World
from sandbox.clock import real_now
from sandbox.events import Journal
from sandbox.rulebooks import load_all

ORDERS, TURNS, BAR = 300, 14, 1.5
PATH = "/v3/pay/transactions/native"
START, APART_MS = 1_772_416_800_000, 50
"""When the first order comes on the sandbox's clock, and how long after it the next: sixty a second are allowed."""

PADDING, DIGEST = PKCS1v15(), SHA256()
ANSWER = b"1772416800\n" + b"0" * 32 + b"\n" + b"x" * 54 + b"\n"
Asked = tuple[bytes, bytes, dict[str, Any], bytes]
"""One request: the text that it signs, its signature, its ASGI scope and its body."""


class Bench:
    """A sandbox with a merchant, whose clock moves on with each order."""

    def __init__(self) -> None:
        self.now = START
        self.answered: list[Any] = []
        self.world = World(load_all(), self._clock, record=Journal())
        self.merchant = self.world.open_account("main").wechat_pay
        self.public, self.private = rsa_key(self.merchant.keys.merchant).public_key(), rsa_key("platform-1")
        self.lane = FastLane(self.world, (PLATFORM,), _nobody, ports={})

    def _clock(self) -> int:
        return self.now

    def asked(self, number: int) -> Asked:
        """A good request for a new order."""
        order = {
            "appid": self.merchant.appid,
            "mchid": self.merchant.mchid,
            "description": "招牌套餐",
            "out_trade_no": f"BENCH{number:010}",
            "notify_url": "https://shop.test/notify",
            "amount": {"total": 10_000, "currency": "CNY"},
        }
        body, stamp = json.dumps(order, ensure_ascii=False).encode(), str(real_now() // 1000)
        text = request_text("POST", PATH, stamp, f"{number:032X}", body)
        signature = rsa_key(self.merchant.keys.merchant).sign(text, PADDING, DIGEST)
        given = {"mchid": self.merchant.mchid, "nonce_str": f"{number:032X}", "timestamp": stamp}
        given |= {"serial_no": self.merchant.keys.serial, "signature": base64.b64encode(signature).decode()}
        credentials = ",".join(f'{name}="{one}"' for name, one in given.items())
        headers = [
            (b"host", b"127.0.0.1:8080"),
            (b"accept", b"application/json"),
            (b"user-agent", b"bench"),
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
            (b"authorization", f"{SCHEME} {credentials}".encode()),
        ]
        path = "/wechatpay" + PATH
        scope = {"type": "http", "method": "POST", "path": path, "raw_path": path.encode(), "query_string": b""}
        return (
            text,
            signature,
            {**scope, "headers": headers, "client": ("127.0.0.1", 9), "server": ("127.0.0.1", 8080)},
            body,
        )

    def serve(self, asked: Asked) -> None:
        """Answer a request through the application."""
        self.now += APART_MS
        done = self.lane(asked[2], _handing(asked[3]), self._keep)
        try:
            done.send(None)  # a coroutine: nothing in it waits
        except StopIteration:
            return
        raise SystemExit("the application waits for something")

    async def _keep(self, message: Any) -> None:
        self.answered.append(message.get("status"))

    def bare(self, asked: Asked) -> None:
        """The RSA alone: verify what came, sign as many bytes as are answered."""
        self.public.verify(asked[1], asked[0], PADDING, DIGEST)
        self.private.sign(ANSWER, PADDING, DIGEST)


async def _nobody(scope: Any, receive: Any, send: Any) -> None:
    del receive, send
    raise SystemExit(f"nobody knows {scope['path']}")


def _handing(body: bytes) -> Callable[[], Any]:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body}

    return receive


def cpu_us(work: Callable[[Asked], None], asked: Sequence[Asked]) -> float:
    """CPU time of one request, µs."""
    before = time.process_time_ns()
    for one in asked:
        work(one)
    return (time.process_time_ns() - before) / 1000 / len(asked)


def main() -> None:
    """Print the table."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    bench = Bench()
    alone, orders = [], []
    for turn in range(TURNS):
        asked = [bench.asked(turn * ORDERS + number) for number in range(ORDERS)]
        alone.append(cpu_us(bench.bare, asked))
        orders.append(cpu_us(bench.serve, asked))
    if {one for one in bench.answered if one is not None} != {200} or len(bench.merchant.orders) < ORDERS * TURNS:
        raise SystemExit("not every order was taken")
    limit, ours = min(alone), min(orders)
    print("\n| native order, one core | µs of CPU | of the RSA alone | bar |\n|---|---:|---:|---:|")
    print(f"| RSA-2048 alone: verify, sign | {limit:,.0f} | 1.00 | |")
    print(f"| signature checked, order taken, answer signed | {ours:,.0f} | {ours / limit:.2f} | {BAR} |")


if __name__ == "__main__":
    main()
