"""Merchants who issue WeChat cards, and shoppers who take and redeem them.

Law: see the package. The merchant's board holds the card that is on sale; shoppers who come before there is one leave.
"""

from __future__ import annotations

from random import Random
from typing import Any

from . import Behaviour, Call, Reply, Signal, Wait
from .merchant import Part

BATCH = 100


def issuer(part: Part, _rng: Random, *, batches: int = 20, gap_ms: int = 6_500, title: str = "满百减二十") -> Behaviour:
    """Creates a cash card, imports `batches` x 100 codes (A30), `gap_ms` apart, stocks it and puts it on sale."""
    account = part.merchant.account
    reply = yield Call("wechat", "wechat.card.create", account, payload={"card": cash_card(part.name, title)})
    if not isinstance(reply, Reply) or not reply.ok:
        return
    card_id = reply.body["card_id"]
    yield Signal("wechat", "wechat.card_approved", account, payload={"card_id": card_id})
    imported = 0
    for number in range(batches):
        codes = [f"{number:04}{index:08}" for index in range(BATCH)]
        payload = {"card_id": card_id, "code": codes}
        reply = yield Call("wechat", "wechat.card.deposit", account, payload=payload)
        imported += BATCH if isinstance(reply, Reply) and reply.ok else 0
        yield Wait(gap_ms)
    payload = {"card_id": card_id, "increase_stock_value": imported}
    reply = yield Call("wechat", "wechat.card.modifystock", account, payload=payload)
    if isinstance(reply, Reply) and reply.ok:
        part.merchant.board["card_id"] = card_id


def shopper(part: Part, rng: Random, *, think_ms: int = 2_000) -> Behaviour:
    """Takes the card on sale, thinks for up to `think_ms`, and has it redeemed."""
    card_id = part.merchant.board.get("card_id")
    if card_id is None:
        return
    account = part.merchant.account
    openid = f"o{part.number:027}"
    taken = yield Signal("wechat", "wechat.card_received", account, payload={"card_id": card_id, "openid": openid})
    if not isinstance(taken, Reply) or not taken.ok:
        return
    yield Wait(rng.randrange(think_ms + 1))
    yield Call("wechat", "wechat.card.consume", account, payload={"card_id": card_id, "code": taken.body["code"]})


def cash_card(brand: str, title: str) -> dict[str, Any]:
    """A cash card whose codes are imported."""
    base = {
        "logo_url": "http://mmbiz.qpic.cn/logo.png",
        "brand_name": brand[:12] or "小店",
        "code_type": "CODE_TYPE_QRCODE",
        "title": title,
        "color": "Color010",
        "notice": "使用时向服务员出示此券",
        "description": "每单限用一张，不可兑换现金。",
        "date_info": {"type": "DATE_TYPE_FIX_TERM", "fixed_term": 30, "fixed_begin_term": 0},
        "sku": {"quantity": 0},
        "use_custom_code": True,
        "get_custom_code_mode": "GET_CUSTOM_CODE_MODE_DEPOSIT",
        "get_limit": 1,
    }
    return {"card_type": "CASH", "cash": {"base_info": base, "least_cost": 10_000, "reduce_cost": 2_000}}
