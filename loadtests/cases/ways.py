"""How each step of a case travels: as the request that an application would send, as an act of a person, or past the wire.

Law: decided by the step alone, so that a reader of the file can tell: see `way_of`. Nothing is skipped; what has no request of its
own asks the gate through the control plane (`POST /_sandbox/ask`), and the report says how many did.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from loadtests.codec import ROUTES
from loadtests.session import Session
from sandbox.behaviour.coupons import cash_card
from sandbox.cases import Case
from sandbox.cases.lines import place
from sandbox.errors import InputError
from sandbox.policy import Call

WIRE, ACTED, ASKED, TOLD = "wire", "acted", "asked", "told"
"""A platform's own request; on the control plane: an act of a person, a question to the gate, a fact told."""

ACTS = "wechat.user."
"""What persons do has a request of its own on the control plane."""

REQUESTS: Final = frozenset(
    {
        "wecom.gettoken",
        "wecom.message_send",
        "wecom.webhook_send",
        "wecom.binding_push",
        "wecom.user_get",
        "wechat.token",
        "wechat.stable_token",
        "wechat.card.create",
        "wechat.card.get",
        "wechat.card.modifystock",
        "wechat.card.deposit",
        "wechat.card.code_get",
        "wechat.card.consume",
        "shopee.order_list",
        "shopee.order_detail",
        "shopee.push_config",
        "shopee.token_refresh",
    }
)
"""Actions of `codec.ROUTES` for which a good request can be made from the account alone: see `payload_of`."""

CARRIED: Final[Mapping[str, frozenset[str]]] = {"wechat.stable_token": frozenset({"force_refresh"})}
"""Attributes of the actor that an action's request can carry; every other is what credentials say."""

CARD_ACTIONS: Final = frozenset(
    {"wechat.card.get", "wechat.card.modifystock", "wechat.card.deposit", "wechat.card.code_get", "wechat.card.consume"}
)
"""Actions that need a card and a code that somebody holds."""


@dataclass(frozen=True, slots=True)
class Held:
    """What requests of an account need: its connection, a card with imported codes, and one of them that was taken."""

    session: Session
    card_id: str = ""
    code: str = ""


def way_of(call: Call, held: Held | None = None) -> str:
    """A request, when the action has one that carries all that the step says of its actor, and costs one unit.

    With `held` known, also not when the request needs a card and the account could have none. A call with a payload is always a
    request: `refuse_unsendable` sees to it that there is one.
    """
    if call.payload:
        return WIRE
    if held and not held.card_id and call.action in CARD_ACTIONS:
        return ASKED
    if call.action.startswith(ACTS):
        return ACTED
    carried = set(call.actor) <= CARRIED.get(call.action, frozenset())
    return WIRE if call.action in REQUESTS and call.cost == 1 and carried else ASKED


def refuse_unsendable(case: Case, where: str, text: str = "") -> None:
    """Raises InputError, with the line, for a step whose payload no request can carry."""
    for number, step in enumerate(case.step):
        if step.action and step.payload and (step.action not in ROUTES or step.cost > 1 or step.actor):
            key = f"step.{number}.action"
            wanted = (
                "for --on live an action of loadtests.codec.ROUTES, without actor and cost: no request carries this step"
            )
            raise InputError(place(where, text, key), key, step.action, wanted)


def payload_of(call: Call, held: Held, number: int) -> Mapping[str, Any]:
    """A good payload for the action, with the step's own laid over; `number` counts the requests of the account."""
    return {**_good(call, held, number), **call.payload}


def _good(call: Call, held: Held, number: int) -> dict[str, Any]:
    session, text = held.session, {"msgtype": "text", "text": {"content": "新订单"}}
    goods: Mapping[str, dict[str, Any]] = {
        "wecom.message_send": {"touser": session["WECOM_USERID"], "agentid": int(session["WECOM_AGENTID"]), **text},
        "wecom.webhook_send": text,
        "wecom.binding_push": text,
        "wecom.user_get": {"userid": session["WECOM_USERID"]},
        "wechat.stable_token": {"force_refresh": call.actor.get("force_refresh") == "true"},
        "wechat.card.create": {"card": cash_card("小店", "满百减二十")},
        "wechat.card.get": {"card_id": held.card_id},
        "wechat.card.modifystock": {"card_id": held.card_id, "increase_stock_value": 1},
        "wechat.card.deposit": {"card_id": held.card_id, "code": [f"b{number:08}"]},
        "wechat.card.code_get": {"card_id": held.card_id, "code": held.code},
        "wechat.card.consume": {"card_id": held.card_id, "code": held.code},
        "shopee.order_list": {"time_range_field": "create_time", "time_from": 1, "time_to": 2, "page_size": 1},
        "shopee.order_detail": {"order_sn_list": "none"},
        "shopee.push_config": {"callback_url": "http://127.0.0.1:9/push"},
        "shopee.token_refresh": {"refresh_token": session.refresh_token, "shop_id": int(session["SHOPEE_SHOP_ID"])},
    }
    return goods.get(call.action, {})
