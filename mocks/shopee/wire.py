"""Shopee's signatures: HMAC-SHA256 over a plain concatenation, lower-case hex.

Law: pure. Published vectors and foreign SDKs test it, so that a mistake here cannot cancel itself out.
"""

from __future__ import annotations

import hmac


def hexdigest(key: str, text: str | bytes) -> str:
    """HMAC-SHA256 with the key as UTF-8 text, 64 lower-case hex digits."""
    return hmac.digest(key.encode(), text.encode() if isinstance(text, str) else text, "sha256").hex()


def base_string(partner_id: str, path: str, timestamp: str, access_token: str = "", subject_id: str = "") -> str:
    """What a v2 call signs: three parts on public paths, five on those of a shop. Source: developer guide 16."""
    return f"{partner_id}{path}{timestamp}{access_token}{subject_id}"


def sign(key: str, partner_id: str, path: str, timestamp: str, access_token: str = "", subject_id: str = "") -> str:
    """The `sign` parameter of a v2 call."""
    return hexdigest(key, base_string(partner_id, path, timestamp, access_token, subject_id))


def push_signature(key: str, url: str, body: bytes) -> str:
    """The Authorization header of a push: over the callback URL as configured, a bar, and the body as sent."""
    return hexdigest(key, url.encode() + b"|" + body)
