"""How WeCom delivers an event: encrypted XML, signed over its ciphertext, confirmed by any 200 within five seconds, tried three times.

Law: pure; the sender does the sending. Salt and nonce follow from the secrets and the number of the delivery, so a run repeats them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from mocks.envelope import Envelope
from mocks.wecom import wire
from sandbox.behaviour import Push

if TYPE_CHECKING:
    from mocks.world import Account, World

HEADERS = {"Content-Type": "text/xml"}


def envelope(world: World, account: Account, push: Push) -> Envelope | None:
    """The event, ready to be sent; None when the application has no receiving address."""
    state = account.wecom
    secrets = wire.crypt(state.callback_token, state.aes_key, state.corpid)
    if not state.callback_url or isinstance(secrets, int):
        return None
    ladder = tuple(int(seconds) * 1000 for seconds in world.setting("wecom", "callback_retries").split())
    return packed(
        secrets,
        state.callback_url,
        push.body,
        state.mint("delivery"),
        world.now(),
        world.setting("wecom", "callback_timeout"),
        ladder,
    )


def packed(
    secrets: wire.Crypt, url: str, fields: Mapping[str, Any], seed: str, now: int, timeout: int, ladder: tuple[int, ...] = ()
) -> Envelope:
    """One delivery of these fields to a URL. `seed` is never the same twice; `now` and `timeout` are ms."""
    inner = {name: value for name, value in fields.items() if name != "AgentID"}
    encrypted = wire.encrypt(secrets, salt_of(seed), wire.xml({**inner, "AgentID": fields.get("AgentID", 0)}).encode())
    outer = {"ToUserName": secrets.receive_id, "AgentID": str(fields.get("AgentID", "")), "Encrypt": encrypted}
    return Envelope(signed_url(secrets, url, seed, now, encrypted), HEADERS, wire.xml(outer).encode(), timeout, ladder)


def verification(secrets: wire.Crypt, url: str, seed: str, now: int) -> tuple[str, str]:
    """The URL to ask, when an address is saved, and what it must answer: the echo, decrypted, and nothing else."""
    echo = str(int.from_bytes(hashlib.sha256(f"{seed}/echo".encode()).digest()[:8], "big"))
    encrypted = wire.encrypt(secrets, salt_of(seed), echo.encode())
    return signed_url(secrets, url, seed, now, encrypted, echostr=encrypted), echo


def signed_url(secrets: wire.Crypt, url: str, seed: str, now: int, encrypted: str, **more: str) -> str:
    """The URL with signature, time (s) and nonce, and whatever else belongs into its query."""
    timestamp, nonce = str(now // 1000), str(int.from_bytes(hashlib.sha256(seed.encode()).digest()[:4], "big"))
    said = {
        "msg_signature": wire.signature(secrets.token, timestamp, nonce, encrypted),
        "timestamp": timestamp,
        "nonce": nonce,
    }
    return f"{url}{'&' if '?' in url else '?'}{urlencode({**said, **more})}"


def salt_of(seed: str) -> bytes:
    """The sixteen bytes before a message."""
    return hashlib.sha256(f"{seed}/salt".encode()).digest()[: wire.SALT]


def accepted(status: int, body: bytes) -> bool:
    """Is this answer a confirmation? Whatever the body says."""
    del body
    return status == 200
