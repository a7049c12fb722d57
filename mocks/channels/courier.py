"""How the shop delivers an event: JSON alone, always encrypted, confirmed by `success` or nothing, and tried up to ten times.

Law: pure; the sender does the sending. Salt and nonce follow from the secrets and the number of the delivery, so a run repeats them.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from mocks import bizmsg
from mocks.bizpush import NOBODY, Seal, asked, new_aes_key, seal
from mocks.channels.fields import NAME
from mocks.envelope import Envelope
from mocks.http import dumps
from sandbox.behaviour import Push

if TYPE_CHECKING:
    from mocks.channels.state import State
    from mocks.world import Account, World

HEADERS = {"Content-Type": "application/json"}
VOUCHER = "channels_ec_voucher_send_succ"
CONFIRMED = (b"", b"success")


def wanted(world: World, account: Account, push: Push) -> bool:
    """Has the shop a receiving address?"""
    del world, push
    return bool(account.channels.callback_url)


def envelope(world: World, account: Account, push: Push, fault: str = "") -> Envelope:
    """The event, ready to be sent."""
    state = account.channels
    if fault == "rotated_key":
        rotate(state)
    state.deliveries += 1
    seed = f"{state.official.secret}/channels/{state.deliveries}"
    stale_by = world.setting(NAME, "push_stale_by")
    sealed = seal(secrets_of(state), seed, world.now(), fault, state.mishaps, stale_by)
    encrypted, signature = sealed.close(dumps(push.body))
    said = {"signature": sealed.signature, "timestamp": sealed.timestamp, "nonce": sealed.nonce}
    receiver = NOBODY if fault == "wrong_serial" else state.official.original_id
    url = asked(state.callback_url, **said, encrypt_type="aes", msg_signature=signature)
    body = dumps({"ToUserName": receiver, "Encrypt": encrypted})
    name = "voucher_retries" if push.body["Event"] == VOUCHER else "callback_retries"
    ladder = tuple(int(seconds) * 1000 for seconds in world.setting(NAME, name).split())
    return Envelope(url, HEADERS, body, world.setting(NAME, "callback_timeout"), ladder)


def rotate(state: State) -> None:
    """The key for events is another one from now on: who still holds the one before reads nothing (V10, an expired key)."""
    state.aes_key = new_aes_key(state.official.secret, state.aes_key)


def secrets_of(state: State) -> bizmsg.Crypt:
    """Token, key and receiver of the shop's events."""
    found = bizmsg.crypt(state.callback_token, state.aes_key, state.official.appid)
    if isinstance(found, int):
        raise TypeError(state.aes_key)  # a key that we have made ourselves
    return found


def verification(state: State, url: str, now: int) -> tuple[str, str]:
    """The URL to ask when an address is saved, and the echo that it must answer word for word."""
    state.deliveries += 1
    seed = f"{state.official.secret}/echo/{state.deliveries}"
    echo = str(int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8], "big"))
    sealed: Seal = seal(secrets_of(state), seed, now)
    said = {"signature": sealed.signature, "timestamp": sealed.timestamp, "nonce": sealed.nonce}
    return asked(url, **said, echostr=echo), echo


def accepted(status: int, body: bytes) -> bool:
    """Is this answer a confirmation?"""
    return status == 200 and body.strip() in CONFIRMED
