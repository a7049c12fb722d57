"""One server for `bench_http`, pinned to the first core: `bare`, `consume`, `message` or `orders`.

Prints one JSON line when it is ready: port, and the requests to send (as templates), so that the client needs no set-up of its own.
"""

from __future__ import annotations

import hmac
import json
import os
import socket
import sys
from typing import Any
from urllib.parse import urlencode

import uvicorn

from mocks.app import create_app
from mocks.garbage import spare_the_collector
from mocks.http import dumps
from mocks.serve import UVICORN
from mocks.server import Server
from sandbox.clock import real_now
from sandbox.policy import Call, Signal
from sandbox.rulebooks import load_all

CODES = 300_000
JOURNAL = 20_000
"""Events kept: few enough that the journal is full, and memory no longer grows, before anything is measured."""
HUGE = 1_000_000_000
LIFTED = {
    "shopee": {"quota": {name: {"limit": HUGE} for name in ("app_second", "app_day")}},
    "wecom": {"quota": {name: {"limit": HUGE} for name in ("app_minute", "app_reach_day", "member_minute", "member_hour")}},
    "wechat": {
        "quota": {name: {"limit": HUGE} for name in ("card_consume_second", "service_issue_day", "catering_issue_day")}
    },
}
"""The same rules, judged as always, with room for a benchmark."""


async def bare(scope: Any, receive: Any, send: Any) -> None:
    """The limit: parse the same JSON, answer as many bytes."""
    if scope["type"] != "http":
        return
    message = await receive()
    json.loads(message["body"])
    body = b'{"errcode":0,"errmsg":"ok","card":{"card_id":"p123456789012345678901234567"},"openid":"o123456789012345678901234567"}'
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def main(kind: str) -> None:
    """Serve one candidate."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {0})
    listening = socket.create_server(("127.0.0.1", 0))
    app: Any = bare
    path, bodies = (
        "/card/code/consume",
        [dumps({"code": f"{number:012}", "card_id": "p" * 28}).decode() for number in range(64)],
    )
    if kind != "bare":
        server = Server(load_all(changes=LIFTED), seed=1, journal=JOURNAL)
        app = create_app(server)
        path, bodies = {"consume": consume, "message": message, "orders": orders}[kind](server)
        spare_the_collector()
    print(json.dumps({"port": listening.getsockname()[1], "path": path, "bodies": bodies}), flush=True)
    config = uvicorn.Config(app, loop="uvloop", **{**UVICORN, "http": "httptools" if kind == "bare" else UVICORN["http"]})
    uvicorn.Server(config).run(sockets=[listening])


def consume(server: Server) -> tuple[str, list[str]]:
    """A card with many codes, all taken; every request consumes another one."""
    world, account = server.world, server.world.accounts["main"]
    from sandbox.behaviour.coupons import cash_card  # noqa: PLC0415 - for this candidate alone

    card = cash_card("小店", "满百减二十")
    card["cash"]["base_info"] |= {"get_custom_code_mode": "", "sku": {"quantity": CODES}, "use_custom_code": False}
    made = world.perform(Call("wechat", "wechat.card.create", "main", account.wechat.identity, payload={"card": card}))
    card_id = made.body["card_id"]
    world.tell(Signal("wechat", "wechat.card_approved", "main", payload={"card_id": card_id}))
    take = [{"card_id": card_id, "openid": f"o{number:027}"} for number in range(CODES)]
    codes = [world.tell(Signal("wechat", "wechat.card_received", "main", payload=one))[0].body["code"] for one in take]
    token = _wechat_token(server)
    bodies = [dumps({"code": code, "card_id": card_id}).decode() for code in codes]
    return f"/wechat/card/code/consume?access_token={token}", bodies


def _wechat_token(server: Server) -> str:
    world, account = server.world, server.world.accounts["main"]
    answer = world.perform(Call("wechat", "wechat.token", "main", account.wechat.identity))
    world.wechat_tokens[answer.body["access_token"]] = account
    return str(answer.body["access_token"])


def message(server: Server) -> tuple[str, list[str]]:
    """The same text message over and over."""
    world, account = server.world, server.world.accounts["main"]
    answer = world.perform(Call("wecom", "wecom.gettoken", "main", account.wecom.identity))
    world.wecom_tokens[answer.body["access_token"]] = account
    body = {"touser": "staff01", "msgtype": "text", "agentid": account.wecom.agentid, "text": {"content": "新订单"}}
    return f"/wecom/cgi-bin/message/send?access_token={answer.body['access_token']}", [dumps(body).decode()] * 64


def orders(server: Server) -> tuple[str, list[str]]:
    """A page of a day's orders of a shop, over and over; a POST without a body, as some clients ask."""
    shop, path = server.world.accounts["main"].shopee, "/api/v2/order/get_order_list"
    stamp, now = real_now() // 1000, server.clock() // 1000
    text = f"{shop.partner_id}{path}{stamp}{shop.access_token}{shop.shop_id}"
    given = {"partner_id": shop.partner_id, "timestamp": stamp, "access_token": shop.access_token, "shop_id": shop.shop_id}
    given["sign"] = hmac.new(shop.partner_key.encode(), text.encode(), "sha256").hexdigest()
    window = {"time_range_field": "create_time", "time_from": now - 86_400, "time_to": now, "page_size": 20, "cursor": ""}
    return f"/shopee{path}?{urlencode({**given, **window})}", [""] * 64


if __name__ == "__main__":
    main(sys.argv[1])
