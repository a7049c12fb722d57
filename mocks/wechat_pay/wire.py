"""WeChat Pay v3 on the wire: what is signed, how it is signed and verified, and what is encrypted.

Law: pure; keys come in as arguments, time and nonces too. SDKs and published vectors test it, so that a mistake here cannot
cancel itself out.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP, PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA1, SHA256

SCHEME = "WECHATPAY2-SHA256-RSA2048"
ALGORITHM = "AEAD_AES_256_GCM"
PROBE = "WECHATPAY/SIGNTEST/"
"""What a signature begins with that is wrong on purpose."""

PAIR = re.compile(r'\s*(\w+)="([^"]*)"\s*')
WANTED = frozenset({"mchid", "nonce_str", "timestamp", "serial_no", "signature"})


@dataclass(frozen=True, slots=True)
class Credentials:
    """What an Authorization header says."""

    mchid: str
    nonce: str
    timestamp: str
    serial: str
    signature: str


def parse_authorization(text: str) -> Credentials | None:
    """The values of `SCHEME key="value",...` in any order; None when one is missing, empty, doubled or malformed."""
    found: dict[str, str] = {}
    for piece in text.split(","):
        matched = PAIR.fullmatch(piece)
        if matched is None or matched[1] in found or not matched[2]:
            return None
        found[matched[1]] = matched[2]
    if not found.keys() >= WANTED:
        return None
    return Credentials(found["mchid"], found["nonce_str"], found["timestamp"], found["serial_no"], found["signature"])


def request_text(method: str, target: str, timestamp: str, nonce: str, body: bytes) -> bytes:
    """What a request signs: method, path with its query as sent, timestamp, nonce, body, each ended by a line feed."""
    return f"{method}\n{target}\n{timestamp}\n{nonce}\n".encode("latin-1", "replace") + body + b"\n"


def response_text(timestamp: str, nonce: str, body: bytes) -> bytes:
    """What an answer or a notice signs: timestamp, nonce, body, each ended by a line feed."""
    return f"{timestamp}\n{nonce}\n".encode() + body + b"\n"


def sign(key: RSAPrivateKey, text: bytes) -> str:
    """RSA-SHA256 (PKCS#1 v1.5), base64."""
    return base64.b64encode(key.sign(text, PKCS1v15(), SHA256())).decode()


def verified(key: RSAPublicKey, text: bytes, signature: str) -> bool:
    """Is this base64 the key's signature of the text?"""
    try:
        key.verify(base64.b64decode(signature, validate=True), text, PKCS1v15(), SHA256())
    except (InvalidSignature, ValueError):
        return False
    return True


def seal(key: str, nonce: str, associated: str, plain: bytes) -> str:
    """AES-256-GCM under the APIv3 key: base64 of the ciphertext and its tag."""
    return base64.b64encode(AESGCM(key.encode()).encrypt(nonce.encode(), plain, associated.encode())).decode()


def unseal(key: str, nonce: str, associated: str, sealed: str) -> bytes | None:
    """What was sealed; None when it was not sealed with this key, nonce and associated data."""
    try:
        return AESGCM(key.encode()).decrypt(nonce.encode(), base64.b64decode(sealed), associated.encode())
    except (InvalidTag, ValueError):
        return None


def conceal(key: RSAPublicKey, plain: str) -> str:
    """A sensitive field: RSA-OAEP (SHA-1, MGF1), base64."""
    return base64.b64encode(key.encrypt(plain.encode(), _oaep())).decode()


def reveal(key: RSAPrivateKey, concealed: str) -> str | None:
    """What a sensitive field says; None when it was not concealed for this key."""
    try:
        return key.decrypt(base64.b64decode(concealed, validate=True), _oaep()).decode()
    except (ValueError, binascii.Error):
        return None


def _oaep() -> OAEP:
    return OAEP(mgf=MGF1(algorithm=SHA1()), algorithm=SHA1(), label=None)  # noqa: S303 - the vendor's choice
