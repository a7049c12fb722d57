"""What a phone makes of a page's signatures: `wx.config`, `wx.addCard`, `wx.chooseCard`. Fact A07.

Law: pure but for the nonces that are used up. A page is signed over its address without the fragment; what concerns cards over its
values alone, sorted. Times (s) are the page's own, so they are compared with the real time.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

CONFIG: Final = "config"
OK: Final = "ok"
SIGNED: Final = ("code", "openid", "nonce_str", "timestamp")
"""What of a cardExt is signed, beside ticket and card, where it is there and says something."""

CHOSEN: Final = ("shopId", "cardType", "cardId", "timestamp", "nonceStr")
"""What of a choice is signed, beside ticket and account, where it says something."""


def config_signature(ticket: str, noncestr: str, timestamp: str, url: str) -> str:
    """The signature of a page."""
    said = f"jsapi_ticket={ticket}&noncestr={noncestr}&timestamp={timestamp}&url={url.partition('#')[0]}"
    return _sha1(said)


def values_signature(values: Iterable[str]) -> str:
    """The signature of values that say something, in the order of their bytes."""
    return _sha1("".join(sorted((one for one in values if one), key=lambda one: one.encode("utf-8", "replace"))))


def _sha1(text: str) -> str:
    return hashlib.sha1(text.encode("utf-8", "replace"), usedforsecurity=False).hexdigest()


def in_step(timestamp: str, now: int, skew: int) -> bool:
    """Is a time (s) as written within `skew` ms of `now` (ms)?"""
    return timestamp.isascii() and timestamp.isdecimal() and len(timestamp) < 12 and abs(int(timestamp) * 1000 - now) <= skew


def configured(tickets: Iterable[str], said: Mapping[str, str], now: int, skew: int) -> str:
    """What `wx.config` answers to url, noncestr, timestamp and signature: "ok", or what is wrong."""
    if urlsplit(said["url"]).scheme not in ("http", "https"):
        return "invalid url domain"
    if not in_step(said["timestamp"], now, skew):
        return "invalid timestamp"
    fields = (said["noncestr"], said["timestamp"], said["url"])
    right = {config_signature(ticket, *fields) for ticket in tickets}
    return OK if said["signature"] in right else "invalid signature"


def read_ext(text: str) -> dict[str, str] | None:
    """A cardExt, which is JSON in a text; None when it is none, or holds more than plain values."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or any(isinstance(one, dict | list) for one in found.values()):
        return None
    return {name: "" if value is None else str(value) for name, value in found.items()}


def ext_problem(tickets: Iterable[str], card_id: str, ext: Mapping[str, str], now: int, skew: int) -> str:
    """What is wrong with a cardExt, or an empty text."""
    if not in_step(ext.get("timestamp", ""), now, skew):
        return "invalid timestamp"
    values = [ext.get(name, "") for name in SIGNED]
    right = {values_signature([ticket, card_id, *values]) for ticket in tickets}
    return "" if ext.get("signature", "") in right else "invalid signature"


def choice_problem(tickets: Iterable[str], appid: str, said: Mapping[str, Any], now: int, skew: int) -> str:
    """What is wrong with a choice of cards, or an empty text."""
    if said.get("signType", "SHA1") != "SHA1":
        return "invalid signType"
    if not in_step(str(said.get("timestamp", "")), now, skew):
        return "invalid timestamp"
    values = [str(said.get(name, "")) for name in CHOSEN]
    right = {values_signature([ticket, appid, *values]) for ticket in tickets}
    return "" if said.get("cardSign", "") in right else "invalid signature"
