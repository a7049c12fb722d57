"""`python -m loadtests.targets.payee --port N --env-file F`: pays a supplier out for each order that WeChat Pay says is paid.

Law: loses 30 % of the notices, half before anything was done and half after, when only the answer is lost. A payout bears the order's
own number, so a notice that comes again changes nothing.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from itertools import count
from random import Random
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI, Request, Response

from loadtests.targets.config import Said, read
from loadtests.targets.wechat_pay import NAMES, WeChatPay

LOST, LOST_AFTER = 0.30, 0.15
"""How many notices are lost, and how many of all after the work was done."""

Number = Callable[[Mapping[str, Any]], str]
"""The number that a payout for a payment bears."""


def own(payment: Mapping[str, Any]) -> str:
    """The order's own."""
    return f"P{payment['out_trade_no']}"


def a_new_one() -> Number:
    """Another one each time: what comes twice is paid twice."""
    numbers = count(1)
    return lambda payment: f"{own(payment)}-{next(numbers)}"


def app(values: Mapping[str, str], number: Number, chance: Callable[[], float], transport: Any = None) -> FastAPI:
    """The application. `chance` gives a number from 0 to 1 for each notice, which decides whether it is lost."""

    @asynccontextmanager
    async def lifespan(inside: FastAPI) -> AsyncIterator[None]:
        base = values["WECHATPAY_BASE"]
        async with httpx.AsyncClient(base_url=base, trust_env=False, timeout=10, transport=transport) as http:
            inside.state.pay = WeChatPay(values, http)
            yield

    door = FastAPI(lifespan=lifespan)

    @door.post("/push")
    async def push(request: Request) -> Response:
        """A notice of WeChat Pay's."""
        pay: WeChatPay = request.app.state.pay
        payment, luck = pay.paid(request.headers, await request.body()), chance()
        if payment is None:
            return Response(status_code=401)
        lost = luck < LOST
        done = (luck < LOST_AFTER or not lost) and await pay.pay_out(payment, number(payment))
        return Response(status_code=204 if done and not lost else 500)

    return door


def serve(said: Said, number: Number) -> None:
    """Serve on loopback until interrupted."""
    door = app(said.values, number, Random(7).random)
    uvicorn.run(door, host="127.0.0.1", port=said.port, log_level="warning", access_log=False)


def main(program: str, number: Number, arguments: Sequence[str] | None = None) -> None:
    """Read the command line, and serve."""
    serve(read(program, NAMES, arguments), number)


if __name__ == "__main__":
    main("loadtests.targets.payee", own)
