"""Shopee orders and the integrations that tell a service team in WeCom about them.

Law: see the package. `order` is one buyer; `naive` and `paced` are the two ways teams forward what is pushed to them: at once
with blind retries, or through a queue that keeps under the limit.
"""

from __future__ import annotations

from random import Random
from zlib import crc32

from sandbox.policy import Quota
from sandbox.policy.windows import bucket

from . import Behaviour, Call, Push, Receive, Reply, Signal, Wait
from .merchant import Part


def order(part: Part, _rng: Random) -> Behaviour:
    """A buyer pays for one order."""
    sn = f"{part.day}{part.number:08}"
    yield Signal("shopee", "shopee.order_placed", part.merchant.account, payload={"order_sn": sn})


def naive(part: Part, _rng: Random, *, retries: int = 3) -> Behaviour:
    """Forwards each order at once; when refused, tries again at once, `retries` times, then gives up."""
    while True:
        push = yield Receive()
        if not isinstance(push, Push):
            return
        for _ in range(1 + retries):
            reply = yield notice(part, _sn(push))
            if isinstance(reply, Reply) and reply.ok:
                break


def paced(part: Part, _rng: Random, *, per_minute: int = 190, burst: int = 5, back_off_ms: int = 60_000) -> Behaviour:
    """Leaves orders in the inbox until its own token bucket has room; each order once; waits out a refusal."""
    take = bucket(Quota("own", per_minute, 60_000, burst=burst))
    cell: tuple[int, ...] = ()
    seen: set[str] = set()
    while True:
        push = yield Receive()
        if not isinstance(push, Push):
            return
        sn = _sn(push)
        if sn in seen:
            continue
        seen.add(sn)
        sent_at = push.at + take(cell, 1, push.at)[1]
        cell = take(cell, 1, sent_at)[0]
        if sent_at > push.at:
            yield Wait(sent_at - push.at)
        while isinstance(reply := (yield notice(part, sn)), Reply) and not reply.ok:
            yield Wait(back_off_ms)


def notice(part: Part, sn: str) -> Call:
    """The message about one order, to the member of staff whose turn it is."""
    staff = part.merchant.staff
    payload = {
        "touser": staff[crc32(sn.encode()) % len(staff)],
        "msgtype": "text",
        "agentid": part.merchant.agentid,
        "text": {"content": f"新订单 {sn}，请在 48 小时内发货。跟进人：{part.name}"},
    }
    return Call("wecom", "wecom.message_send", part.merchant.account, {"order": sn}, payload=payload)


def _sn(push: Push) -> str:
    return str(push.body["data"]["ordersn"])
