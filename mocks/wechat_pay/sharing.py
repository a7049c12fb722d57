"""Profit sharing (分账): part of a payment goes to receivers that were named before, the rest is unfrozen for the merchant.

Law: what was shared, given back and refunded never exceeds what the order brought. The same number and the same request is the
same sharing. The money moves when it is asked for; the answer says PROCESSING until `sharing_takes` has passed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from mocks.desk import Desk
from mocks.http import Answer
from mocks.wechat_pay import money, notices
from mocks.wechat_pay.concealed import unreadable
from mocks.wechat_pay.fields import NAME, Field, Payload, check, digest, text_of, value_at
from mocks.wechat_pay.lookups import found
from mocks.wechat_pay.state import Order, Part, Return, Share, State, moment, rfc3339
from sandbox.policy import Call

SHARE_NO = Field("/out_order_no", "商户分账单号", most=64)
TRANSACTION = Field("/transaction_id", "微信订单号", most=32)
APPID = Field("/appid", "应用ID", most=32)
ACCOUNT = (Field("/type", "分账接收方类型", most=32), Field("/account", "分账接收方账号", most=64))
NAMED = Field("/name", "分账接收方全称", most=1024, optional=True)
TYPES = ("MERCHANT_ID", "PERSONAL_OPENID", "PERSONAL_SUB_OPENID")
RECEIVER = (
    APPID,
    *ACCOUNT,
    NAMED,
    Field("/relation_type", "与分账方的关系类型", most=32),
    Field("/custom_relation", "自定义的分账关系", least=0, most=10, optional=True),
)
RELATIONS = frozenset(
    [
        "SERVICE_PROVIDER",
        "STORE",
        "STAFF",
        "STORE_OWNER",
        "PARTNER",
        "HEADQUARTER",
        "BRAND",
        "DISTRIBUTOR",
        "USER",
        "SUPPLIER",
        "CUSTOM",
    ]
)
PART = (*ACCOUNT, NAMED, Field("/amount", "分账金额", "whole"), Field("/description", "分账描述", most=80))
SHARE = (
    APPID,
    TRANSACTION,
    SHARE_NO,
    Field("/receivers", "分账接收方列表", "list", most=50),
    Field("/unfreeze_unsplit", "是否解冻剩余未分资金", "flag"),
)
UNFREEZE = (TRANSACTION, SHARE_NO, Field("/description", "分账描述", most=80))
RETURN = (
    Field("/out_return_no", "商户回退单号", most=64),
    Field("/return_mchid", "回退商户号", most=32),
    Field("/amount", "回退金额", "whole"),
    Field("/description", "回退描述", most=80),
)


def add(desk: Desk, state: State, call: Call) -> Answer:
    """Name a receiver; naming it again changes its relation."""
    asked = call.payload
    bad = check(desk, RECEIVER, asked) or _strange(desk, state, asked) or unreadable(desk, state, asked, NAMED)
    if not bad and text_of(asked, "/relation_type") not in RELATIONS:
        bad = Answer("PARAM_ERROR", text=desk.setting(NAME, "text_relation"))
    if bad or (bad := desk.ask(call)):
        return bad
    said = ("sub_mchid", "type", "account", "name", "relation_type", "custom_relation")
    state.receivers[_receiver(asked)] = shown = {name: asked[name] for name in said if name in asked}
    return Answer("0", shown)


def delete(desk: Desk, state: State, call: Call) -> Answer:
    """Take a receiver off the list."""
    asked = call.payload
    if bad := check(desk, (APPID, *ACCOUNT), asked) or _strange(desk, state, asked):
        return bad
    if _receiver(asked) not in state.receivers:
        return Answer("INVALID_REQUEST", text=desk.setting(NAME, "text_no_receiver"))
    if refused := desk.ask(call):
        return refused
    state.receivers.pop(_receiver(asked))
    return Answer("0", {name: asked[name] for name in ("sub_mchid", "type", "account") if name in asked})


def _receiver(asked: Payload) -> tuple[str, str, str]:
    return text_of(asked, "/sub_mchid"), text_of(asked, "/type"), text_of(asked, "/account")


def _strange(desk: Desk, state: State, asked: Payload) -> Answer | None:
    """Refuse what is not ours to ask for, and receivers of an unknown type."""
    if text_of(asked, "/sub_mchid") not in ("", state.sub_mchid):
        return Answer("MCH_NOT_EXISTS")
    if text_of(asked, "/appid") != state.appid:
        return Answer("APPID_MCHID_NOT_MATCH")
    known = "type" not in asked or text_of(asked, "/type") in TYPES
    return None if known else Answer("PARAM_ERROR", text=desk.setting(NAME, "text_receiver_type"))


def share(desk: Desk, state: State, call: Call) -> Answer:
    """Share part of an order among receivers."""
    asked = call.payload
    bad = check(desk, SHARE, asked) or _strange(desk, state, asked) or _bad_parts(desk, state, asked)
    return bad or _shared(desk, state, call, "share")


def unfreeze(desk: Desk, state: State, call: Call) -> Answer:
    """Nothing more of this order is shared: the rest is the merchant's."""
    return check(desk, UNFREEZE, call.payload) or _shared(desk, state, call, "unfreeze")


def _shared(desk: Desk, state: State, call: Call, kind: str) -> Answer:
    asked = call.payload
    order = found(state.transactions.get(text_of(asked, "/transaction_id")), text_of(asked, "/sub_mchid"))
    if order is None:
        return Answer("RESOURCE_NOT_EXISTS", text=desk.setting(NAME, "text_no_order"))
    known = state.shares.get(text_of(asked, "/out_order_no"))
    if known and known.asked != digest(asked, kind):
        return Answer("RESOURCE_ALREADY_EXISTS")
    refused = (None if known else _impossible(desk, order, asked)) or desk.ask(call)
    return refused or Answer("0", shown_share(known or _begin(desk, state, order, asked, kind), desk.now()))


def _bad_parts(desk: Desk, state: State, asked: Payload) -> Answer | None:
    for part in value_at(asked, "/receivers"):
        if not isinstance(part, Mapping):
            return Answer("PARAM_ERROR", text=desk.setting(NAME, "text_receiver_type"))
        if bad := check(desk, PART, part) or unreadable(desk, state, part, NAMED):
            return bad
    return None


def _impossible(desk: Desk, order: Order, asked: Payload) -> Answer | None:
    """Why this cannot be shared out of this order (any more)."""
    now = desk.now()
    if not order.frozen_until:
        return Answer("INVALID_REQUEST", text=desk.setting(NAME, "text_not_shared"))
    if now >= order.frozen_until or len(order.shares) >= desk.setting(NAME, "sharings_an_order"):
        return Answer("INVALID_REQUEST", text=desk.setting(NAME, "text_sharing_over"))
    fen = sum(part["amount"] for part in asked.get("receivers", ()))
    if order.shared + fen > order.settlement_total * desk.setting(NAME, "sharing_most") // 10_000:
        return Answer("RULE_LIMIT", text=desk.setting(NAME, "text_sharing_most"))
    short = fen > money.unshared(order, now)
    return Answer("NOT_ENOUGH", text=desk.setting(NAME, "text_sharing_short")) if short else None


def _begin(desk: Desk, state: State, order: Order, asked: Payload, kind: str) -> Share:
    now, due = desk.now(), desk.now() + desk.setting(NAME, "sharing_takes")
    number = f"3008{state.percent(order.out_trade_no):06}{moment(now):%Y%m%d}{state.digits('share', 10)}"
    parts = []
    for given in asked.get("receivers", ()):
        related = (text_of(asked, "/sub_mchid"), given["type"], given["account"]) in state.receivers
        part = Part(given["type"], given["account"], given["amount"], given["description"], state.digits("detail", 20))
        parts.append(part if related else part.failed("NO_RELATION"))
    last = kind == "unfreeze" or asked.get("unfreeze_unsplit") is True
    one = Share(number, text_of(asked, "/out_order_no"), order, digest(asked, kind), now, due, parts)
    order.shares.append(one)
    if last:
        order.frozen_until = now
        rest = Part(
            "MERCHANT_ID", order.party or state.mchid, money.unshared(order, now), desk.setting(NAME, "text_unfrozen")
        )
        parts.append(rest.own())
    state.shares[one.out_order_no] = one
    if one.fen:
        notices.noted(desk, state, order, "paid_out")
    return one


def shown_share(one: Share, now: int) -> dict[str, Any]:
    """A sharing, as its merchant sees it."""
    done = now >= one.due
    sub = {"sub_mchid": one.order.party} if one.order.party else {}
    head = {"transaction_id": one.order.transaction_id, "out_order_no": one.out_order_no, "order_id": one.order_id}
    rows = [_row(one, part, done=done) for part in one.parts]
    return {**sub, **head, "state": "FINISHED" if done else "PROCESSING", "receivers": rows}


def _row(one: Share, part: Part, *, done: bool) -> dict[str, Any]:
    row = {"amount": part.fen, "description": part.description, "type": part.kind, "account": part.account}
    row |= {"result": part.result if done else "PENDING", "detail_id": part.detail_id, "create_time": rfc3339(one.created)}
    row |= {"finish_time": rfc3339(one.due)} if done else {}
    return row | ({"fail_reason": part.fail_reason} if done and part.fail_reason else {})


def query(desk: Desk, state: State, call: Call) -> Answer:
    """One sharing, by the merchant's number for it."""
    asked = call.payload
    if bad := check(desk, (replace(TRANSACTION, where="query"),), asked):
        return bad
    one = state.shares.get(text_of(asked, "/out_order_no"))
    if (
        one is None
        or found(one.order, text_of(asked, "/sub_mchid")) is None
        or one.order.transaction_id != asked["transaction_id"]
    ):
        return Answer("RESOURCE_NOT_EXISTS", text=desk.setting(NAME, "text_no_sharing"))
    return desk.ask(call) or Answer("0", shown_share(one, desk.now()))


def amounts(desk: Desk, state: State, call: Call) -> Answer:
    """How much of an order can still be shared."""
    order = state.transactions.get(text_of(call.payload, "/transaction_id"))
    if order is None:
        return Answer("RESOURCE_NOT_EXISTS", text=desk.setting(NAME, "text_no_order"))
    now = desk.now()
    left = money.unshared(order, now) if now < order.frozen_until else 0
    return desk.ask(call) or Answer("0", {"transaction_id": order.transaction_id, "unsplit_amount": left})


def config(desk: Desk, state: State, call: Call) -> Answer:
    """How much of a sub-merchant's order may be shared at most, in basis points."""
    if text_of(call.payload, "/sub_mchid") != state.sub_mchid:
        return Answer("MCH_NOT_EXISTS")
    most = desk.setting(NAME, "sharing_most")
    return desk.ask(call) or Answer("0", {"sub_mchid": state.sub_mchid, "max_ratio": most})


def give_back(desk: Desk, state: State, call: Call) -> Answer:
    """A receiver gives back what it got, or part of it."""
    asked = call.payload
    one = _share_of(state, asked)
    if bad := check(desk, RETURN, asked):
        return bad
    if one is None:
        return Answer("RESOURCE_NOT_EXISTS", text=desk.setting(NAME, "text_no_sharing"))
    number = text_of(asked, "/out_return_no")
    known = state.returns.get(number)
    if known and known.asked != digest(asked, "return"):
        return Answer("RESOURCE_ALREADY_EXISTS")
    fen, mchid = value_at(asked, "/amount"), text_of(asked, "/return_mchid")
    if known is None and fen > one.held_by(mchid):
        return Answer("NOT_ENOUGH", text=desk.setting(NAME, "text_return_short"))
    if refused := desk.ask(call):
        return refused
    if known is None:
        now = desk.now()
        known = Return(
            state.digits("return", 28), number, one, mchid, fen, asked["description"], digest(asked, "return"), now
        )
        state.returns[number] = known
        one.returns.append(known)
    return Answer("0", _shown_return(known))


def _share_of(state: State, asked: Payload) -> Share | None:
    """The sharing that is meant, by either of its numbers, if it is of that party's order."""
    number, ours = text_of(asked, "/out_order_no"), text_of(asked, "/order_id")
    one = state.shares.get(number) or next((one for one in state.shares.values() if ours and one.order_id == ours), None)
    return one if one and found(one.order, text_of(asked, "/sub_mchid")) else None


def _shown_return(one: Return) -> dict[str, Any]:
    sub = {"sub_mchid": one.share.order.party} if one.share.order.party else {}
    numbers = {"order_id": one.share.order_id, "out_order_no": one.share.out_order_no}
    own = {"out_return_no": one.out_return_no, "return_id": one.return_id, "return_mchid": one.mchid, "amount": one.fen}
    times = {"create_time": rfc3339(one.created), "finish_time": rfc3339(one.created)}
    return {**sub, **numbers, **own, "description": one.description, "result": "SUCCESS", **times}


def return_query(desk: Desk, state: State, call: Call) -> Answer:
    """One return, by the merchant's number for it."""
    one = state.returns.get(text_of(call.payload, "/out_return_no"))
    if one is None or _share_of(state, call.payload) is not one.share:
        return Answer("RESOURCE_NOT_EXISTS", text=desk.setting(NAME, "text_no_return"))
    return desk.ask(call) or Answer("0", _shown_return(one))
