"""How Shopee delivers a push: signed over URL and body, confirmed by an empty 2xx within three seconds, tried again on a ladder.

Law: pure; the sender does the sending.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mocks.envelope import Envelope
from mocks.http import dumps
from mocks.shopee import wire
from sandbox.behaviour import Push

if TYPE_CHECKING:
    from mocks.world import Account, World


def envelope(world: World, account: Account, push: Push) -> Envelope | None:
    """The push, ready to be sent; None when the application has no callback URL."""
    url = account.shopee.push_url
    if not url:
        return None
    body = dumps(push.body)
    headers = {
        "Content-Type": "application/json",
        "Authorization": wire.push_signature(account.shopee.partner_key, url, body),
    }
    ladder = tuple(int(seconds) * 1000 for seconds in world.setting("shopee", "push_retries").split())
    return Envelope(url, headers, body, world.setting("shopee", "push_timeout"), ladder)


def accepted(status: int, body: bytes) -> bool:
    """Is this answer a confirmation? Anything in the body makes it none."""
    return 200 <= status < 300 and not body
