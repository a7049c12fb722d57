"""How the legacy interface tells: XML, signed by the shared key, confirmed by XML that says SUCCESS; the same ladder.

Law: every attempt is packed anew.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from mocks.envelope import Envelope
from mocks.wechat_pay import legacy_wire
from mocks.wechat_pay.courier import wanted
from mocks.wechat_pay.fields import NAME
from sandbox.behaviour import Push
from sandbox.clock import real_now

if TYPE_CHECKING:
    from mocks.world import Account, World

__all__ = ["accepted", "envelope", "wanted"]

STRANGER, WRITTEN = "1900000001", "%Y%m%d%H%M%S"


def envelope(world: World, account: Account, push: Push, fault: str = "") -> Envelope:
    """One attempt, ready to be sent. There is no timestamp but that of the payment; a serial is the merchant's number."""
    state = account.wechat_pay
    if fault == "rotated_key":
        state.v2_key = state.derived(f"v2_key/{state.v2_key}")[:32]
    right = state.trial_key if push.body.get("trial") else state.v2_key
    key = right[::-1] if fault == "wrong_key" else right
    fields = {name: str(value) for name, value in push.body["fields"].items() if value}
    nonce, stale_by = state.derived(f"legacy/{state.ordinal('legacy_notice')}")[:32], world.setting(NAME, "push_stale_by")
    _, fields["nonce_str"] = state.mishaps.stamp(fault, real_now() // 1000, nonce, stale_by)
    if fault == "stale_timestamp" and "time_end" in fields:
        fields["time_end"] = _earlier(fields["time_end"], stale_by)
    if fault == "wrong_serial":
        fields["mch_id"] = STRANGER
    if secret := push.body.get("secret"):
        inner = legacy_wire.render(secret).replace(b"<xml>", b"<root>").replace(b"</xml>", b"</root>")
        fields["req_info"] = legacy_wire.conceal(inner, key)
    else:
        fields["sign"] = legacy_wire.sign(fields, key, fields.get("sign_type", legacy_wire.MD5))
    if fault == "tampered_body":
        fields |= {"nonce_str": fields["nonce_str"][::-1]} if "sign" in fields else {"req_info": fields["req_info"][4:]}
    ladder = tuple(int(seconds) * 1000 for seconds in world.setting(NAME, "notice_retries").split())
    body = legacy_wire.render(fields)
    return Envelope(push.body["url"], {"Content-Type": "text/xml"}, body, world.setting(NAME, "notice_timeout"), ladder)


def _earlier(text: str, ms: int) -> str:
    return (datetime.strptime(text, WRITTEN) - timedelta(milliseconds=ms)).strftime(WRITTEN)  # noqa: DTZ007 - Beijing's, as all


def accepted(status: int, body: bytes) -> bool:
    """Is this answer a confirmation?"""
    fields = legacy_wire.parse(body) if status == 200 else None
    return fields is not None and fields.get("return_code") == "SUCCESS"
