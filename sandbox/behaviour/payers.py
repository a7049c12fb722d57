"""Buyers who pay by WeChat Pay, and the merchant's server that pays its supplier out when it is told of a payment.

Law: see the package. Notices get lost as they do in life: before anything was done, or after, when only the answer is lost; so a
notice comes more than once, and who pays out for each pays twice.
"""

from __future__ import annotations

from random import Random

from . import Behaviour, Call, Push, Receive, Reply, Signal, Wait
from .merchant import Part

SUPPLIER = {"type": "MERCHANT_ID", "account": "86693852"}


def buyer(part: Part, rng: Random, *, pays: int = 70, fen: int = 8_800, thinks_ms: int = 5_000) -> Behaviour:
    """Orders one thing, thinks for up to `thinks_ms`, and pays in `pays` of a hundred cases (V16)."""
    merchant = part.merchant
    number = f"{part.day}{part.number:08}"
    order = {
        "appid": merchant.appid,
        "mchid": merchant.mchid,
        "description": "招牌套餐",
        "out_trade_no": number,
        "notify_url": merchant.push_url,
        "amount": {"total": fen, "currency": "CNY"},
        "settle_info": {"profit_sharing": True},
    }
    reply = yield Call("wechat_pay", "wechat_pay.pay_native", merchant.account, {"order": number}, payload=order)
    yield Wait(rng.randrange(thinks_ms + 1))
    if isinstance(reply, Reply) and reply.ok:
        outcome = "paid" if rng.randrange(100) < pays else "abandoned"
        yield Signal("wechat_pay", "wechat_pay.paid", merchant.account, payload={"out_trade_no": number, "outcome": outcome})


def payee(part: Part, rng: Random, *, loses: int = 30, twice: bool = False, share: int = 10) -> Behaviour:
    """Pays `share` per cent of each paid order out to a supplier; loses `loses` of a hundred notices.

    Each payout bears the order's own number, so that asking again changes nothing; with `twice` it bears a new one each time.
    """
    merchant, done = part.merchant, 0
    named = {"appid": merchant.appid, **SUPPLIER, "relation_type": "SUPPLIER"}
    yield Call("wechat_pay", "wechat_pay.sharing_receiver_add", merchant.account, payload=named)
    while True:
        push = yield Receive()
        if not isinstance(push, Push):
            return
        lost, too_late = rng.randrange(100) < loses, rng.randrange(2)
        if lost and not too_late:
            continue
        done += 1
        paid = push.body["resource"]
        number = f"P{paid['out_trade_no']}" + (f"-{part.number}-{done}" if twice else "")
        part_of_it = {**SUPPLIER, "amount": paid["amount"]["total"] * share // 100, "description": "货款"}
        payout = {"appid": merchant.appid, "transaction_id": paid["transaction_id"], "out_order_no": number}
        payout |= {"receivers": [part_of_it], "unfreeze_unsplit": False}
        reply = yield Call("wechat_pay", "wechat_pay.sharing", merchant.account, payload=payout)
        if isinstance(reply, Reply) and reply.ok and not lost:
            yield Signal("wechat_pay", "wechat_pay.notice_taken", merchant.account, payload={"id": push.body["id"]})
