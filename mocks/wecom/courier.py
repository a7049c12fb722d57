"""How WeCom delivers an event: encrypted XML, signed over its ciphertext, confirmed by any 200 within five seconds, tried three times.

Law: pure; the sender does the sending. Salt and nonce follow from the secrets and the number of the delivery, so a run repeats them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mocks import bizmsg
from mocks.bizpush import Seal, asked, new_aes_key, seal
from mocks.envelope import Envelope
from sandbox.behaviour import Push

if TYPE_CHECKING:
    from mocks.world import Account, World

NAME = "wecom"
HEADERS = {"Content-Type": "text/xml"}


def wanted(world: World, account: Account, push: Push) -> bool:
    """Has the application a receiving address?"""
    del world
    return bool(account.wecom.ear(push.body).url)


def envelope(world: World, account: Account, push: Push, fault: str = "") -> Envelope:
    """The event, ready to be sent."""
    state = account.wecom
    if fault == "rotated_key":
        state.aes_key = new_aes_key(state.secret, state.aes_key)
    ear = state.ear(push.body)
    secrets = bizmsg.crypt(ear.token, ear.aes_key, state.corpid)
    if isinstance(secrets, int):
        raise TypeError(ear.aes_key)  # a key that we have made ourselves, or looked at before
    stale_by, seed = world.setting(NAME, "push_stale_by"), state.mint("delivery")
    sealed = seal(secrets, seed, world.now(), fault, state.mishaps, stale_by)
    ladder = tuple(int(seconds) * 1000 for seconds in world.setting(NAME, "callback_retries").split())
    return packed(sealed, ear.url, push.body, world.setting(NAME, "callback_timeout"), ladder)


def packed(sealed: Seal, url: str, fields: Mapping[str, Any], timeout: int, ladder: tuple[int, ...] = ()) -> Envelope:
    """One delivery of these fields to a URL. `timeout` and `ladder` in ms."""
    inner = {name: value for name, value in fields.items() if name != "AgentID"}
    encrypted, signature = sealed.close(bizmsg.xml({**inner, "AgentID": fields.get("AgentID", 0)}).encode())
    outer = {"ToUserName": sealed.secrets.receive_id, "AgentID": str(fields.get("AgentID", "")), "Encrypt": encrypted}
    return Envelope(_signed(sealed, url, signature), HEADERS, bizmsg.xml(outer).encode(), timeout, ladder)


def verification(secrets: bizmsg.Crypt, url: str, seed: str, now: int) -> tuple[str, str]:
    """The URL to ask, when an address is saved, and what it must answer: the echo, decrypted, and nothing else."""
    echo = str(int.from_bytes(hashlib.sha256(f"{seed}/echo".encode()).digest()[:8], "big"))
    sealed = seal(secrets, seed, now)
    encrypted, signature = sealed.close(echo.encode())
    return _signed(sealed, url, signature, echostr=encrypted), echo


def _signed(sealed: Seal, url: str, signature: str, **more: str) -> str:
    return asked(url, msg_signature=signature, timestamp=sealed.timestamp, nonce=sealed.nonce, **more)


def accepted(status: int, body: bytes) -> bool:
    """Is this answer a confirmation? Whatever the body says."""
    del body
    return status == 200
