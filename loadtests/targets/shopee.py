"""Shopee's pushes: are they Shopee's, and do they tell of a new order?

Law: pure; the standard library alone.
"""

from __future__ import annotations

import hmac
import json

ORDER_STATUS = 3
NEW = "READY_TO_SHIP"


def genuine(key: str, url: str, body: bytes, signature: str) -> bool:
    """Is the push signed with our key, over our URL and this body? Source: Shopee's developer guide 18."""
    expected = hmac.new(key.encode(), url.encode() + b"|" + body, "sha256").hexdigest()
    return hmac.compare_digest(expected.encode(), signature.encode())


def new_order(body: bytes) -> str | None:
    """The number of an order that is paid and to be shipped; None for any other push."""
    try:
        push = json.loads(body)
        data = push["data"] if push["code"] == ORDER_STATUS else {}
        return str(data["ordersn"]) if data.get("status") == NEW else None
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
