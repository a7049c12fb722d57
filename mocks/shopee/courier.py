"""How Shopee delivers a push: signed over URL and body, confirmed by an empty 2xx within three seconds, tried again on a ladder.

Law: packs; the sender does the sending. What goes wrong on purpose is chosen through the control plane, one fault an attempt,
and stands in the journal beside the delivery.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from mocks.envelope import Envelope
from mocks.http import dumps
from mocks.shopee import wire
from mocks.shopee.fields import NAME
from sandbox.behaviour import Push

if TYPE_CHECKING:
    from mocks.world import Account, World

TEST: Final = 0
"""The code of the push that tries a new address."""


def envelope(world: World, account: Account, push: Push) -> Envelope | None:
    """The push, ready to be sent; None when nobody wants it, or when it is put off on purpose."""
    state, code = account.shopee, push.body.get("code")
    sending = state.sending
    if not state.push_url or code in sending.off or state.shop_id in sending.blocked:
        return None
    if sending.status == "Suspended":
        sending.lose(world.now(), push)
        return None
    fault = sending.fault_for(push)
    if fault:
        world.record({"at": world.now(), "kind": "push_fault", "account": account.id, "action": push.topic, "fault": fault})
    if fault in PUT_OFF:
        PUT_OFF[fault](world, account, push)
        return None
    _around(world, account, push, fault)
    return _packed(world, account, push, fault)


def _packed(world: World, account: Account, push: Push, fault: str) -> Envelope:
    state = account.shopee
    content, key = push.body, state.partner_key
    if fault == "stale_timestamp":
        content = {**content, "timestamp": content["timestamp"] - world.setting(NAME, "push_stale_by") // 1000}
    if fault == "wrong_key":
        key = key[::-1]
    body = dumps(content)
    signature = wire.push_signature(key, state.push_url, body)
    if fault == "tampered_body":
        body = body.replace(b'"timestamp":', b'"timestamp":1', 1)
    ladder = tuple(int(seconds) * 1000 for seconds in world.setting(NAME, "push_retries").split())
    headers = {"Content-Type": "application/json", "Authorization": signature}
    return Envelope(state.push_url, headers, body, world.setting(NAME, "push_timeout"), () if _test(push) else ladder)


def _test(push: Push) -> bool:
    return bool(push.body.get("code") == TEST)


def _later(world: World, account: Account, push: Push) -> None:
    """Late: sent after a while."""
    due = world.now() + world.setting(NAME, "push_late_by")
    world.later(account.id, due, f"late push {push.topic}", lambda: _plainly(world, account, push))


def _hold(_world: World, account: Account, push: Push) -> None:
    """Reordered: sent after the next one."""
    account.shopee.sending.held.append(push)


PUT_OFF: Final[Mapping[str, Callable[[Any, Any, Push], None]]] = {"late": _later, "reordered": _hold}
"""Faults that send nothing now."""


def _plainly(world: World, account: Account, push: Push) -> None:
    account.shopee.sending.plain.append(push)
    world.post(account.id, push)


def _around(world: World, account: Account, push: Push, fault: str) -> None:
    """What is sent beside this one: those held back, and a second copy of it."""
    sending = account.shopee.sending
    held = sending.held[:]
    sending.held.clear()
    for one in [*held, *([replace(push)] if fault == "duplicate" else [])]:
        _plainly(world, account, one)


def accepted(status: int, body: bytes) -> bool:
    """Is this answer a confirmation? Anything in the body makes it none."""
    return 200 <= status < 300 and not body


def settled(world: World, account: Account, push: Push, *, ok: bool, last: bool) -> None:
    """An attempt is over: count it, keep what is lost, and say when the application's standing changes."""
    state, now = account.shopee, world.now()
    sending = state.sending
    if _test(push):
        state.push_url = state.push_url if ok else ""
        return
    sending.count(now, world.setting(NAME, "push_watch"), arrived=ok)
    if last and not ok:
        sending.lose(now, push)
    status = sending.judged(world.setting(NAME, "push_watch_from"))
    if status != sending.status:
        sending.status = status
        sending.suspended_at = now if status == "Suspended" else sending.suspended_at
        world.record({"at": now, "kind": "push_status", "account": account.id, "status": status})
