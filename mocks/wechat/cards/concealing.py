"""What is kept or shown in no plain form: the code that a phone hands to a page, the openid in a claim log.

Law: the same text gives the same secret (AES-SIV under a key of the account's), so a run repeats it; only the account can read it.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha512
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

if TYPE_CHECKING:
    from mocks.wechat.state import State


def _cipher(state: State) -> AESSIV:
    return AESSIV(sha512(f"{state.secret}/codes".encode()).digest())


def conceal(state: State, text: str) -> str:
    """The text, as nobody else can read it."""
    return urlsafe_b64encode(_cipher(state).encrypt(text.encode("utf-8", "surrogatepass"), None)).decode()


def reveal(state: State, text: str) -> str | None:
    """What was concealed, or None when it was not by us."""
    try:
        found = _cipher(state).decrypt(urlsafe_b64decode(text), None).decode("utf-8", "surrogatepass")
    except (ValueError, InvalidTag):
        return None
    return found if conceal(state, found) == text else None  # the decoder overlooks what is no base64
