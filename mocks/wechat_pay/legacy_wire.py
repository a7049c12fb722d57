"""The legacy interface on the wire: flat XML, signed by a shared key with MD5 or HMAC-SHA256.

Law: pure. XML from strangers goes through defusedxml; entities and documents that grow are refused. Published vectors test it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from xml.etree.ElementTree import ParseError

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

MD5, HMAC = "MD5", "HMAC-SHA256"
ILLEGAL = re.compile(r"[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
NAME = re.compile(r"[A-Za-z_][\w.-]*", re.ASCII)


def parse(body: bytes) -> dict[str, str] | None:
    """The fields of a flat document; None when it is no such document."""
    try:
        root = fromstring(body.decode(), forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError, RecursionError):
        return None
    if root.tag != "xml" or any(len(one) for one in root):
        return None
    return {one.tag: (one.text or "").strip() for one in root}


def render(fields: Mapping[str, str]) -> bytes:
    """The document of these fields, each in CDATA, as the vendor sends it."""
    rows = "".join(f"<{name}>{_cdata(value)}</{name}>\n" for name, value in fields.items() if NAME.fullmatch(name))
    return f"<xml>\n{rows}</xml>".encode()


def _cdata(value: str) -> str:
    return "<![CDATA[" + ILLEGAL.sub("", value).replace("]]>", "]]]]><![CDATA[>") + "]]>"


def sign(fields: Mapping[str, str], key: str, kind: str = MD5) -> str:
    """The upper-case signature over all fields that say something, in the order of their names, and the key."""
    pairs = [f"{name}={fields[name]}" for name in sorted(fields) if name != "sign" and fields[name]]
    text = "&".join([*pairs, f"key={key}"]).encode()
    if kind == HMAC:
        return hmac.new(key.encode(), text, hashlib.sha256).hexdigest().upper()
    return hashlib.md5(text).hexdigest().upper()  # noqa: S324 - the vendor's choice


def verified(fields: Mapping[str, str], key: str) -> bool:
    """Are these fields signed with that key, in the manner they name?"""
    kind = fields.get("sign_type") or MD5
    if kind not in (MD5, HMAC):
        return False
    return hmac.compare_digest(sign(fields, key, kind).encode(), fields.get("sign", "").encode("utf-8", "replace"))


def conceal(plain: bytes, key: str) -> str:
    """The `req_info` of a refund's notice: AES-256-ECB under the lower-case MD5 of the key."""
    secret = hashlib.md5(key.encode()).hexdigest().encode()  # noqa: S324 - the vendor's choice
    padder = PKCS7(128).padder()
    padded = padder.update(plain) + padder.finalize()
    cipher = Cipher(algorithms.AES(secret), modes.ECB()).encryptor()  # noqa: S305 - the vendor's choice
    return base64.b64encode(cipher.update(padded) + cipher.finalize()).decode()
