"""How official accounts, WeCom and Channels encrypt and sign what they push (WXBizMsgCrypt), and the XML it is in.

Law: pure. AES-256-CBC with the key's first half as vector; PKCS#7 to 32 bytes; the plaintext ends with the receiver's id. What cannot
be read is a number of WXBizMsgCrypt, never an exception. Vectors: the official sample (reference A8.1).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 32
SALT = 16
AES_BLOCK = 16
BAD_SIGNATURE, BAD_KEY, BAD_RECEIVER, BAD_CIPHER, BAD_BUFFER, BAD_BASE64 = -40001, -40004, -40005, -40007, -40008, -40010
NO_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold."""


@dataclass(frozen=True, slots=True)
class Crypt:
    """The three secrets of a receiving address: its token, its AES key as bytes, and whose it is."""

    token: str
    key: bytes
    receive_id: str


def crypt(token: str, encoding_aes_key: str, receive_id: str) -> Crypt | int:
    """The secrets, read; BAD_KEY for a key that is not 43 characters of base64."""
    try:
        key = base64.b64decode(encoding_aes_key + "=", validate=True)
    except (binascii.Error, ValueError):
        return BAD_KEY
    return Crypt(token, key, receive_id) if len(key) == BLOCK else BAD_KEY


def signature(token: str, timestamp: str, nonce: str, encrypted: str) -> str:
    """The `msg_signature`: SHA-1 of the four, sorted, joined with nothing."""
    joined = "".join(sorted((token, timestamp, nonce, encrypted)))
    return hashlib.sha1(joined.encode(), usedforsecurity=False).hexdigest()


def encrypt(secrets: Crypt, salt: bytes, message: bytes) -> str:
    """A message as base64 of its ciphertext. `salt` is sixteen random bytes."""
    plain = salt + len(message).to_bytes(4, "big") + message + secrets.receive_id.encode()
    missing = BLOCK - len(plain) % BLOCK
    sealer = _cipher(secrets).encryptor()
    return base64.b64encode(sealer.update(plain + bytes([missing]) * missing) + sealer.finalize()).decode()


def decrypt(secrets: Crypt, encrypted: str) -> bytes | int:
    """The message, or the number of WXBizMsgCrypt that says why it cannot be read."""
    try:
        sealed = base64.b64decode(encrypted, validate=True)
    except (binascii.Error, ValueError):
        return BAD_BASE64
    if not sealed or len(sealed) % AES_BLOCK:
        return BAD_CIPHER
    opener = _cipher(secrets).decryptor()
    plain = opener.update(sealed) + opener.finalize()
    padding = plain[-1]
    if not 1 <= padding <= BLOCK or plain[-padding:] != bytes([padding]) * padding:
        return BAD_BUFFER
    content = plain[SALT:-padding]
    end = 4 + int.from_bytes(content[:4], "big")
    if len(content) < max(end, 4):
        return BAD_BUFFER
    return content[4:end] if content[end:] == secrets.receive_id.encode() else BAD_RECEIVER


def opened(secrets: Crypt, said: str, timestamp: str, nonce: str, encrypted: str) -> bytes | int:
    """The message, when `said` is its signature."""
    right = signature(secrets.token, timestamp, nonce, encrypted)
    return (
        decrypt(secrets, encrypted)
        if hmac.compare_digest(right.encode(), said.encode("utf-8", "replace"))
        else BAD_SIGNATURE
    )


def _cipher(secrets: Crypt) -> Cipher[modes.CBC]:
    return Cipher(algorithms.AES(secrets.key), modes.CBC(secrets.key[:AES_BLOCK]))


def xml(fields: Mapping[str, Any]) -> str:
    """Fields as these platforms write them: text in CDATA, numbers bare, objects nested, a list as an element for each."""
    return f"<xml>{_inner(fields)}</xml>"


def _inner(fields: Mapping[str, Any]) -> str:
    return "".join(_element(name, value) for name, value in fields.items())


def _element(name: str, value: Any) -> str:
    if isinstance(value, list):
        return "".join(_element(name, one) for one in value)
    if isinstance(value, Mapping):
        return f"<{name}>{_inner(value)}</{name}>"
    if isinstance(value, int):
        return f"<{name}>{value}</{name}>"
    safe = NO_XML.sub("", str(value)).replace("]]>", "]]]]><![CDATA[>")
    return f"<{name}><![CDATA[{safe}]]></{name}>"
