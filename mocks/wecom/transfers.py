"""Transfers (客户继承): a customer goes from one member to another, a day later, unless he refuses.

Law: plans (see `plan`) and signals. What became of a transfer is worked out when its day is over, or when somebody looks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.wecom import events
from mocks.wecom.customers import Follow, Transfer
from mocks.wecom.fields import Payload, maybe, number, page, text, texts, whole, wrong
from mocks.wecom.plan import Deed, Plan, ok, telling
from mocks.wecom.state import State
from sandbox.policy import Signal

DONE, WAITING = 1, 2
FAILS: Final = {"customer_refused": 3, "customer_limit_exceed": 4}
"""Why a transfer fails, and what its result then says."""
ASKED: Final = {
    "handover_userid": text(64),
    "takeover_userid": text(64),
    "external_userid": texts(100, 1),
    "transfer_success_msg": maybe(text(200, 0)),
}


def settle(desk: Desk, state: State) -> None:
    """Let every transfer happen whose day is over."""
    wait = desk.setting("wecom", "transfer_takes")
    for one in state.customers.transfers:
        if one.outcome == WAITING and desk.now() >= one.asked + wait:
            one.outcome, one.done = DONE, one.asked + wait
            _hand_over(desk, state, one)


def _hand_over(desk: Desk, state: State, one: Transfer) -> None:
    follows, external = state.customers.follows, one.external_userid
    before = follows.pop((one.handover, external), None)
    state.customers.departed = [
        row for row in state.customers.departed if (row[0].lower(), row[1]) != (one.handover, external)
    ]
    follow = Follow(one.takeover, external, one.done, add_way=202)
    if before:
        follow.remark, follow.tags, follow.transfers = before.remark, before.tags, before.transfers
        gone = {"ChangeType": "del_external_contact", "UserID": before.userid, "ExternalUserID": external}
        events.tell(desk, state, "change_external_contact", **gone, Source="DELETE_BY_TRANSFER")
    follows.setdefault((one.takeover, external), follow)
    come = {"ChangeType": "add_external_contact", "UserID": one.takeover, "ExternalUserID": external}
    events.tell(desk, state, "change_external_contact", **come)


def transfer_customer(desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """From a member who is still there."""
    return _transfer(desk, state, payload, resigned=False)


def resigned_transfer_customer(desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """From a member who has left."""
    return _transfer(desk, state, payload, resigned=True)


def transfer_one(desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """One customer, from a member who is there or has left, as old clients ask: it can or it cannot be done."""
    if refused := wrong(payload, {**ASKED, "external_userid": text(64)}):
        return refused
    handover, external = payload["handover_userid"].lower(), payload["external_userid"]
    resigned = handover not in state.users
    planned = _transfer(desk, state, {**payload, "external_userid": [external]}, resigned=resigned)
    if isinstance(planned, Answer):
        return planned
    code = _may_go(desk, state, handover, external, resigned=resigned)
    return Answer(str(code)) if code else lambda: planned() and ok()


def _transfer(desk: Desk, state: State, payload: Payload, *, resigned: bool) -> Answer | Deed:
    if refused := wrong(payload, ASKED):
        return refused
    handover, takeover = payload["handover_userid"].lower(), payload["takeover_userid"].lower()
    if takeover not in state.users or handover == takeover:
        return Answer("40003")
    if resigned and handover in state.users:
        return Answer("40097")
    if not resigned and handover not in state.users:
        return Answer("60111")
    settle(desk, state)
    wanted = dict.fromkeys(payload["external_userid"])
    codes = {one: _may_go(desk, state, handover, one, resigned=resigned) for one in wanted}

    def deed() -> Answer:
        for external, code in codes.items():
            if not code:
                state.customers.transfers.append(Transfer(handover, takeover, external, desk.now(), resigned))
        due = desk.now() + desk.setting("wecom", "transfer_takes")
        if not all(codes.values()):
            desk.later(state.account, due, f"customers go to {takeover}", lambda: settle(desk, state))
        return ok(customer=[{"external_userid": one, "errcode": code} for one, code in codes.items()])

    return deed


def _may_go(desk: Desk, state: State, handover: str, external: str, *, resigned: bool) -> int:
    """The errcode of one customer: 0 when he can be transferred."""
    customers, now = state.customers, desk.now()
    if external not in customers.people:
        return 40096
    left = any((row[0].lower(), row[1]) == (handover, external) for row in customers.departed)
    if not left if resigned else (handover, external) not in customers.follows:
        return 84061
    mine = [one for one in customers.transfers if one.external_userid == external]
    if any(one.outcome == WAITING for one in mine):
        return 40100
    lately = [one for one in mine if one.asked > now - desk.setting("wecom", "transfer_window")]
    return 40128 if len(lately) >= desk.setting("wecom", "transfers_at_most") else 0


def transfer_result(desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """What became of the transfers between two members."""
    return _result(desk, state, payload, resigned=False)


def resigned_transfer_result(desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """The same, from a member who has left."""
    return _result(desk, state, payload, resigned=True)


def _result(desk: Desk, state: State, payload: Payload, *, resigned: bool) -> Answer | Deed:
    if refused := wrong(payload, {"handover_userid": text(64), "takeover_userid": text(64)}):
        return refused
    settle(desk, state)
    pair = (payload["handover_userid"].lower(), payload["takeover_userid"].lower(), resigned)
    rows = [one for one in state.customers.transfers if (one.handover, one.takeover, one.resigned) == pair]
    found = page(rows, payload, 1000)
    if isinstance(found, Answer):
        return found
    shown: list[dict[str, Any]] = [
        {"external_userid": one.external_userid, "status": one.outcome, "takeover_time": one.done // 1000}
        for one in found[0]
    ]
    return telling(customer=shown, next_cursor=found[1])


UNASSIGNED: Final = {"page_id": maybe(whole(0, 2**31)), "page_size": maybe(whole(1, 1000))}


def get_unassigned_list(desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """The customers of members who have left, by `cursor` or by `page_id`."""
    if refused := wrong(payload, UNASSIGNED):
        return refused
    settle(desk, state)
    size = number(payload.get("page_size")) or 1000
    start = number(payload.get("page_id")) * size
    rows = state.customers.departed if payload.get("cursor") else state.customers.departed[start:]
    found = page(rows, {"cursor": payload.get("cursor"), "limit": size}, 1000)
    if isinstance(found, Answer):
        return found
    info = [{"handover_userid": who, "external_userid": whom, "dimission_time": at // 1000} for who, whom, at in found[0]]
    return telling(info=info, is_last=not found[1], next_cursor=found[1])


def refused_by_customer(desk: Desk, state: State, signal: Signal) -> Answer:
    """A customer refuses to be transferred; or (`reason` customer_limit_exceed) the member may have no more of them."""
    external = signal.payload.get("external_userid")
    waiting = [one for one in state.customers.transfers if one.outcome == WAITING and one.external_userid == external]
    if not waiting:
        return Answer("84061")
    reason = "customer_limit_exceed" if signal.payload.get("reason") == "customer_limit_exceed" else "customer_refused"
    for one in waiting:
        one.outcome, one.done = FAILS[reason], desk.now()
        who = {"ChangeType": "transfer_fail", "UserID": one.takeover, "ExternalUserID": one.external_userid}
        events.tell(desk, state, "change_external_contact", **who, FailReason=reason)
    return ok()


PLANS: Final[Mapping[str, Plan]] = {
    "wecom.transfer_customer": transfer_customer,
    "wecom.external_transfer": transfer_one,
    "wecom.transfer_result": transfer_result,
    "wecom.resigned_transfer_customer": resigned_transfer_customer,
    "wecom.resigned_transfer_result": resigned_transfer_result,
    "wecom.get_unassigned_list": get_unassigned_list,
}
"""What can be done with transfers."""

SIGNALS: Final[Mapping[str, Callable[[Desk, State, Signal], Answer]]] = {"wecom.transfer_refused": refused_by_customer}
"""What customers do about it."""
