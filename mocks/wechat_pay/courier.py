"""How WeChat Pay delivers a notice: sealed, signed, confirmed by 200 or 204 alone, tried again fifteen times in a day.

Law: every attempt is packed and signed anew. What goes wrong on purpose is chosen through the control plane, one fault an
attempt, and stands in the journal beside the delivery. Fact V12.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from mocks.envelope import Envelope
from mocks.http import Answer, dumps
from mocks.wechat_pay import wire
from mocks.wechat_pay.fields import NAME
from mocks.wechat_pay.keys import rsa_key, serial_of
from mocks.wechat_pay.state import State
from sandbox.behaviour import Push
from sandbox.clock import real_now
from sandbox.policy import Signal

if TYPE_CHECKING:
    from mocks.desk import Desk
    from mocks.world import Account, World

FAULTS = (
    "duplicate",
    "late",
    "reordered",
    "stale_timestamp",
    "wrong_serial",
    "tampered_body",
    "wrong_key",
    "replayed_nonce",
    "rotated_key",
    "probe",
)
"""What can go wrong with a delivery."""

KINDS = {"TRANSACTION": "transaction", "REFUND": "refund", "COUPON": "coupon"}


@dataclass(frozen=True, slots=True)
class Packing:
    """What one attempt is made of."""

    timestamp: str
    nonce: str
    serial: str
    key: str
    fault: str


def choose(desk: Desk, state: State, signal: Signal) -> Answer:
    """Choose what goes wrong: `faults`, one for each attempt from now on, then `standing` with all others."""
    del desk
    faults, standing = signal.payload.get("faults", []), signal.payload.get("standing", "")
    wrong = not isinstance(faults, list) or any(one not in (*FAULTS, "") for one in faults) or standing not in (*FAULTS, "")
    if wrong:
        return Answer("PARAM_ERROR", text=f"faults, standing: of {', '.join(FAULTS)}, or an empty text for none")
    state.sending.faults.clear()
    state.sending.faults.extend(faults)
    state.sending.standing = standing
    return Answer("0")


def envelope(world: World, account: Account, push: Push) -> Envelope | None:
    """One attempt, ready to be sent; None when it is put off or held back on purpose."""
    state, number = account.wechat_pay, push.body["id"]
    fault = state.sending.faults.popleft() if state.sending.faults else state.sending.standing
    attempt = state.sending.attempts[number] = state.sending.attempts.get(number, 0) + 1
    world.record(
        {"at": world.now(), "kind": "notice", "account": account.id, "id": number, "attempt": attempt, "fault": fault}
    )
    if fault in ("late", "reordered") and attempt == 1:
        _put_off(world, account, push, fault)
        return None
    _around(world, account, push, fault)
    packing = _packing(world, state, number, attempt, fault)
    body = _sealed(state, push.body, packing)
    signature = _signature(packing, body)
    if fault == "tampered_body":
        body = body.replace(b'"encrypt-resource"', b'"Encrypt-resource"')
    timeout, ladder = world.setting(NAME, "notice_timeout"), _ladder(world, push.body["event_type"])
    return Envelope(push.body["url"], _headers(packing, signature), body, timeout, ladder)


def accepted(status: int, body: bytes) -> bool:
    """Is this answer a confirmation? The status alone says it."""
    del body
    return status in (200, 204)


def _ladder(world: World, event: str) -> tuple[int, ...]:
    name = {"COUPON.USE": "notice_retries_coupon_use", "COUPON.SEND": "notice_retries_coupon_send"}.get(
        event, "notice_retries"
    )
    return tuple(int(seconds) * 1000 for seconds in world.setting(NAME, name).split())


def _put_off(world: World, account: Account, push: Push, fault: str) -> None:
    """Late: sent after a while. Reordered: sent after the next notice."""
    if fault == "reordered":
        account.wechat_pay.sending.held.append(push)
        return
    due = world.now() + world.setting(NAME, "late_by")
    world.later(account.id, due, f"late notice {push.body['id']}", lambda: world.post(account.id, push))


def _around(world: World, account: Account, push: Push, fault: str) -> None:
    """What else happens with this attempt: the same notice once more, those held back, a new platform key."""
    sending = account.wechat_pay.sending
    held = [one for one in sending.held if one is not push]
    sending.held.clear()
    for one in held + ([replace(push)] if fault == "duplicate" else []):
        world.post(account.id, one)
    if fault == "rotated_key":
        account.wechat_pay.keys.rotate(world.now())


def _packing(world: World, state: State, number: str, attempt: int, fault: str) -> Packing:
    signer = state.keys.signer(state.serial_in_use, world.now())
    seconds = real_now() // 1000 - (world.setting(NAME, "stale_by") // 1000 if fault == "stale_timestamp" else 0)
    nonce = state.derived(f"notice/{number}/{attempt}")[:32].upper()
    timestamp = str(seconds)
    if fault == "replayed_nonce" and state.sending.last:
        timestamp, nonce = state.sending.last
    state.sending.last = timestamp, nonce
    serial = serial_of("nobody") if fault == "wrong_serial" else signer.serial
    return Packing(timestamp, nonce, serial, "stranger" if fault == "wrong_key" else signer.name, fault)


def _sealed(state: State, notice: Any, packing: Packing) -> bytes:
    kind, nonce = KINDS[notice["event_type"].partition(".")[0]], packing.nonce[:12]
    resource = {
        "original_type": kind,
        "algorithm": wire.ALGORITHM,
        "ciphertext": wire.seal(state.apiv3_key, nonce, kind, dumps(notice["resource"])),
        "associated_data": kind,
        "nonce": nonce,
    }
    head = {name: notice[name] for name in ("id", "create_time")}
    tail = {"event_type": notice["event_type"], "summary": notice["summary"], "resource": resource}
    return dumps({**head, "resource_type": "encrypt-resource", **tail})


def _signature(packing: Packing, body: bytes) -> str:
    signed = wire.sign(rsa_key(packing.key), wire.response_text(packing.timestamp, packing.nonce, body))
    return wire.PROBE + signed if packing.fault == "probe" else signed


def _headers(packing: Packing, signature: str) -> dict[str, str]:
    return {
        "Content-Type": "application/json",
        "User-Agent": "Mozilla/4.0",
        "Accept": "*/*",
        "Wechatpay-Timestamp": packing.timestamp,
        "Wechatpay-Nonce": packing.nonce,
        "Wechatpay-Serial": packing.serial,
        "Wechatpay-Signature": signature,
        "Wechatpay-Signature-Type": wire.SCHEME,
    }
