"""How WeChat Pay delivers a notice: sealed, signed, confirmed by 200 or 204 alone, tried again fifteen times in a day.

Law: every attempt is packed and signed anew. Fact V12.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mocks.envelope import Envelope
from mocks.http import dumps
from mocks.wechat_pay import wire
from mocks.wechat_pay.fields import NAME
from mocks.wechat_pay.keys import rsa_key, serial_of
from mocks.wechat_pay.state import State
from sandbox.behaviour import Push
from sandbox.clock import real_now

if TYPE_CHECKING:
    from mocks.world import Account, World

KINDS = {"TRANSACTION": "transaction", "REFUND": "refund", "COUPON": "coupon"}


@dataclass(frozen=True, slots=True)
class Packing:
    """What one attempt is made of."""

    timestamp: str
    nonce: str
    serial: str
    key: str
    fault: str


def wanted(world: World, account: Account, push: Push) -> bool:
    """A notice is made only where there is an address for it."""
    del world, account, push
    return True


def envelope(world: World, account: Account, push: Push, fault: str = "") -> Envelope:
    """One attempt, ready to be sent."""
    state = account.wechat_pay
    if fault == "rotated_key":
        state.keys.rotate(world.now())
    packing = _packing(world, state, fault)
    body = _sealed(state, push.body, packing)
    signature = _signature(packing, body)
    if fault == "tampered_body":
        body = body.replace(b'"encrypt-resource"', b'"Encrypt-resource"')
    timeout, ladder = world.setting(NAME, "notice_timeout"), waits(world, push.body["event_type"])
    return Envelope(push.body["url"], _headers(packing, signature), body, timeout, ladder)


def accepted(status: int, body: bytes) -> bool:
    """Is this answer a confirmation? The status alone says it."""
    del body
    return status in (200, 204)


def waits(world: World, event: str) -> tuple[int, ...]:
    """How long (ms) before each further attempt."""
    name = {"COUPON.USE": "notice_retries_coupon_use", "COUPON.SEND": "notice_retries_coupon_send"}.get(
        event, "notice_retries"
    )
    return tuple(int(seconds) * 1000 for seconds in world.setting(NAME, name).split())


def _packing(world: World, state: State, fault: str) -> Packing:
    signer = state.keys.signer(state.serial_in_use, world.now())
    nonce = state.derived(f"notice/{state.ordinal('notice')}")[:32].upper()
    timestamp, nonce = state.mishaps.stamp(fault, real_now() // 1000, nonce, world.setting(NAME, "push_stale_by"))
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
