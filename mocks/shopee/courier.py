"""How Shopee delivers a push: signed over URL and body, confirmed by an empty 2xx within three seconds, tried again on a ladder.

Law: packs; the sender does the sending.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Final

from mocks.envelope import Envelope
from mocks.http import dumps
from mocks.shopee import wire
from mocks.shopee.fields import NAME
from sandbox.behaviour import Push

if TYPE_CHECKING:
    from mocks.world import Account, World

TEST: Final = 0
"""The code of the push that tries a new address."""

WEBCHAT: Final = 10
"""The code of what buyers write, which has less time and is tried again sooner."""

OF_PARTNER: Final = (TEST, 1, 2, 12)
"""The codes of what concerns the partner, whatever shops have let it in."""

STRANGER: Final = 1
"""A shop that is nobody's."""


def wanted(world: World, account: Account, push: Push) -> bool:
    """Is there an address, may the application know of the shop, does it want this push? While pushes are suspended it is lost."""
    state, code = account.shopee, push.body.get("code")
    sending = state.sending
    if not state.push_url or code in sending.off or state.shop_id in sending.blocked:
        return False
    if not state.authorised and code not in OF_PARTNER:
        return False
    if sending.status == "Suspended":
        sending.lose(world.now(), push)
        return False
    return True


def envelope(world: World, account: Account, push: Push, fault: str = "") -> Envelope:
    """The push, ready to be sent. There is no nonce: a replay is the whole of the one before."""
    state, content = account.shopee, push.body
    if fault == "rotated_key":
        state.partner_key = sha256(state.partner_key.encode()).hexdigest()
    if fault == "stale_timestamp":
        content = {**content, "timestamp": content["timestamp"] - world.setting(NAME, "push_stale_by") // 1000}
    if fault == "wrong_serial":
        content = {**content, "shop_id": STRANGER}
    key = state.partner_key[::-1] if fault == "wrong_key" else state.partner_key
    made = dumps(content)
    text, signature = state.mishaps.borne(fault, (made.decode(), wire.push_signature(key, state.push_url, made)))
    body = text.encode()
    if fault == "tampered_body":
        body = body.replace(b'"timestamp":', b'"timestamp":1', 1)
    chat = "webchat_" if push.body.get("code") == WEBCHAT else ""
    ladder = tuple(int(seconds) * 1000 for seconds in world.setting(NAME, f"push_{chat}retries").split())
    headers = {"Content-Type": "application/json", "Authorization": signature}
    return Envelope(state.push_url, headers, body, world.setting(NAME, f"push_{chat}timeout"), () if _test(push) else ladder)


def _test(push: Push) -> bool:
    return bool(push.body.get("code") == TEST)


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
