"""Shopee's order list, its signature checked, against the hot card endpoint: the whole application as a server calls it, without sockets.

CPU time, in turns; the table shows medians. Both are asked through the same lane in the same process, so a busy machine slows both.
"""

from __future__ import annotations

import hmac
import json
import os
import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode

from mocks.asgi import FastLane
from mocks.shopee.routes import PLATFORM as SHOPEE
from mocks.wechat.routes import PLATFORM as WECHAT
from mocks.world import World
from sandbox.behaviour.coupons import cash_card
from sandbox.clock import real_now
from sandbox.events import Journal
from sandbox.policy import Call, Signal
from sandbox.rulebooks import load_all

REQUESTS, ROUNDS, BAR = 2_000, 9, 0.5
NOW, HUGE = 1_772_416_800_000, 10**9
LIFTED = {
    "shopee": {"quota": {name: {"limit": HUGE} for name in ("app_second", "app_day")}},
    "wechat": {
        "quota": {name: {"limit": HUGE} for name in ("card_consume_second", "service_issue_day", "catering_issue_day")}
    },
}
PATH = "/api/v2/order/get_order_list"

Asked = tuple[dict[str, Any], bytes]
"""One request: its ASGI scope and its body."""


class Bench:
    """A sandbox with a card that everybody has taken, and a shop with orders."""

    def __init__(self) -> None:
        self.answered: list[Any] = []
        self.world = World(load_all(changes=LIFTED), lambda: NOW, record=Journal())
        self.main = self.world.open_account("main")
        self.lane = FastLane(self.world, (WECHAT, SHOPEE), _nobody, ports={})
        self.codes = self._taken(REQUESTS * (ROUNDS + 1))

    def _taken(self, count: int) -> list[str]:
        identity = self.main.wechat.identity
        card = cash_card("小店", "满百减二十")
        card["cash"]["base_info"] |= {"get_custom_code_mode": "", "sku": {"quantity": count}, "use_custom_code": False}
        made = self.world.perform(Call("wechat", "wechat.card.create", "main", identity, payload={"card": card}))
        self.card_id = made.body["card_id"]
        self.world.tell(Signal("wechat", "wechat.card_approved", "main", payload={"card_id": self.card_id}))
        takes = ({"card_id": self.card_id, "openid": f"o{number:027}"} for number in range(count))
        told = [self.world.tell(Signal("wechat", "wechat.card_received", "main", payload=one))[0] for one in takes]
        token = self.world.perform(Call("wechat", "wechat.token", "main", identity)).body["access_token"]
        self.world.wechat_tokens[token] = self.main
        self.token = str(token)
        return [str(one.body["code"]) for one in told]

    def consume(self, number: int) -> Asked:
        """A card's code is redeemed."""
        body = json.dumps({"code": self.codes[number], "card_id": self.card_id}).encode()
        return _scope("POST", "/wechat/card/code/consume", f"access_token={self.token}", len(body)), body

    def orders(self, number: int) -> Asked:
        """A page of a day's orders, signed anew."""
        shop, stamp = self.main.shopee, real_now() // 1000 - number % 60
        text = f"{shop.partner_id}{PATH}{stamp}{shop.access_token}{shop.shop_id}"
        given = {"partner_id": shop.partner_id, "timestamp": stamp, "access_token": shop.access_token}
        given |= {"shop_id": shop.shop_id, "sign": hmac.new(shop.partner_key.encode(), text.encode(), "sha256").hexdigest()}
        window = {"time_from": NOW // 1000 - 86_400, "time_to": NOW // 1000, "page_size": 20, "cursor": ""}
        query = urlencode({**given, "time_range_field": "create_time", **window})
        return _scope("GET", "/shopee" + PATH, query, 0), b""

    def serve(self, asked: Sequence[Asked]) -> None:
        """Answer them through the application."""
        for scope, body in asked:
            done = self.lane(scope, _handing(body), self._keep)
            try:
                done.send(None)  # a coroutine: nothing in it waits
            except StopIteration:
                continue
            raise SystemExit("the application waits for something")

    async def _keep(self, message: Any) -> None:
        if body := message.get("body"):
            self.answered.append(b'"errcode":0' in body or b'"error":""' in body)


def _scope(method: str, path: str, query: str, length: int) -> dict[str, Any]:
    headers = [
        (b"host", b"127.0.0.1:8080"),
        (b"accept", b"application/json"),
        (b"user-agent", b"bench"),
        (b"content-type", b"application/json"),
        (b"content-length", str(length).encode()),
    ]
    scope = {"type": "http", "method": method, "path": path, "raw_path": path.encode(), "query_string": query.encode()}
    return {**scope, "headers": headers, "client": ("127.0.0.1", 9), "server": ("127.0.0.1", 8080)}


async def _nobody(scope: Any, receive: Any, send: Any) -> None:
    del receive, send
    raise SystemExit(f"nobody knows {scope['path']}")


def _handing(body: bytes) -> Callable[[], Any]:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body}

    return receive


def cpu_us(bench: Bench, asked: Sequence[Asked]) -> float:
    """CPU time of one request, µs."""
    before = time.process_time()
    bench.serve(asked)
    return (time.process_time() - before) * 1e6 / len(asked)


def main() -> None:
    """Print the table."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    bench = Bench()
    card, shop = [], []
    for turn in range(ROUNDS + 1):
        numbers = range(turn * REQUESTS, (turn + 1) * REQUESTS)
        card.append(cpu_us(bench, [bench.consume(number) for number in numbers]))
        shop.append(cpu_us(bench, [bench.orders(number) for number in numbers]))
    if not all(bench.answered) or len(bench.answered) < 2 * REQUESTS * ROUNDS:
        raise SystemExit("not every request was answered well")
    hot, ours = statistics.median(card[1:]), statistics.median(shop[1:])  # the first turn warms up
    print("\n| without sockets, one core | µs of CPU | rate, of the hot endpoint's | bar |\n|---|---:|---:|---:|")
    print(f"| card/code/consume | {hot:,.1f} | 1.00 | |")
    print(f"| order/get_order_list, signature checked, 12 orders | {ours:,.1f} | {hot / ours:.2f} | {BAR} |")


if __name__ == "__main__":
    main()
