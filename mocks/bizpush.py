"""How official accounts, WeCom and Channels sign and seal what they push (WXBizMsgCrypt), rightly or wrong on purpose.

Law: pure. Salt and nonce follow from a seed that is never the same twice, so a run repeats them. Times of day in ms.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from mocks import bizmsg
from mocks.faults import Mishaps

NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Seal:
    """What one push is signed and sealed with. `spoilt`: the ciphertext is changed after it was signed."""

    secrets: bizmsg.Crypt
    timestamp: str
    nonce: str
    salt: bytes
    spoilt: bool = False

    @property
    def signature(self) -> str:
        """Over token, time and nonce alone."""
        return bizmsg.signature(self.secrets.token, self.timestamp, self.nonce, "")

    def close(self, message: bytes) -> tuple[str, str]:
        """A message's ciphertext, and its `msg_signature`."""
        encrypted = bizmsg.encrypt(self.secrets, self.salt, message)
        signature = bizmsg.signature(self.secrets.token, self.timestamp, self.nonce, encrypted)
        return (("B" if encrypted[0] == "A" else "A") + encrypted[1:] if self.spoilt else encrypted), signature


def seal(
    secrets: bizmsg.Crypt, seed: str, now: int, fault: str = "", mishaps: Mishaps | None = None, stale_by: int = 0
) -> Seal:
    """The seal of one attempt, with what is to go wrong with it."""
    nonce = str(int.from_bytes(hashlib.sha256(seed.encode()).digest()[:4], "big"))
    timestamp, nonce = (mishaps or Mishaps()).stamp(fault, now // 1000, nonce, stale_by)
    if fault == "wrong_key":
        stranger = hashlib.sha256(f"{secrets.token}/{NOBODY}".encode())
        secrets = replace(secrets, token=stranger.hexdigest()[:16], key=stranger.digest())
    if fault == "wrong_serial":
        secrets = replace(secrets, receive_id=NOBODY)
    salt = hashlib.sha256(f"{seed}/salt".encode()).digest()[: bizmsg.SALT]
    return Seal(secrets, timestamp, nonce, salt, spoilt=fault == "tampered_body")


def asked(url: str, **said: str) -> str:
    """The URL with this in its query, beside what stands there already."""
    return f"{url}{'&' if '?' in url else '?'}{urlencode(said)}"


def new_aes_key(secret: str, before: str) -> str:
    """The EncodingAESKey that follows another one: 43 characters."""
    digest = hashlib.sha512(f"{secret}/{before}".encode()).hexdigest()
    return digest[:42] + "A"
