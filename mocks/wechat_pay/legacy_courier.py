"""How the legacy interface tells: XML, signed by the shared key, confirmed by XML that says SUCCESS; the same ladder.

Law: every attempt is packed anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mocks.envelope import Envelope
from mocks.wechat_pay import legacy_wire
from mocks.wechat_pay.fields import NAME
from sandbox.behaviour import Push

if TYPE_CHECKING:
    from mocks.world import Account, World


def envelope(world: World, account: Account, push: Push) -> Envelope:
    """One attempt, ready to be sent."""
    state = account.wechat_pay
    attempt = state.ordinal("legacy_notice")
    fields = {name: str(value) for name, value in push.body["fields"].items() if value}
    fields["nonce_str"] = state.derived(f"legacy/{attempt}")[:32]
    if secret := push.body.get("secret"):
        inner = legacy_wire.render(secret).replace(b"<xml>", b"<root>").replace(b"</xml>", b"</root>")
        fields["req_info"] = legacy_wire.conceal(inner, state.v2_key)
    else:
        fields["sign"] = legacy_wire.sign(fields, state.v2_key)
    ladder = tuple(int(seconds) * 1000 for seconds in world.setting(NAME, "notice_retries").split())
    body = legacy_wire.render(fields)
    return Envelope(push.body["url"], {"Content-Type": "text/xml"}, body, world.setting(NAME, "notice_timeout"), ladder)


def accepted(status: int, body: bytes) -> bool:
    """Is this answer a confirmation?"""
    fields = legacy_wire.parse(body) if status == 200 else None
    return fields is not None and fields.get("return_code") == "SUCCESS"
