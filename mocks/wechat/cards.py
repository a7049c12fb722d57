"""One card: what it says, its stock, its codes and who holds them.

Law: pure state; times come in. `codes` maps a code to the openid that holds it, or to "" while nobody does: one dictionary entry a
code, so that a million fit in memory.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final

from mocks.http import Answer
from sandbox.clock import DAY

NOT_VERIFY, VERIFY_OK = "CARD_STATUS_NOT_VERIFY", "CARD_STATUS_VERIFY_OK"
NORMAL, CONSUMED, EXPIRE = "NORMAL", "CONSUMED", "EXPIRE"
STOCK_AT_MOST = 100_000_000
GET_LIMIT_AT_MOST = 50
YEAR_2100 = 4_102_444_800

TYPES: Final[Mapping[str, str]] = {
    "GENERAL_COUPON": "default_detail",
    "GROUPON": "deal_detail",
    "GIFT": "gift",
    "CASH": "reduce_cost",
    "DISCOUNT": "discount",
    "MEMBER_CARD": "prerogative",
    "GENERAL_CARD": "sub_card_type",
}
"""Card types, and the field that each must have beside its base_info (K08)."""

COLORS: Final[Mapping[str, str]] = {
    "Color010": "#63b359",
    "Color020": "#2c9f67",
    "Color030": "#509fc9",
    "Color040": "#5885cf",
    "Color050": "#9062c0",
    "Color060": "#d09a45",
    "Color070": "#e4b138",
    "Color080": "#ee903c",
    "Color081": "#f08500",
    "Color082": "#a9d92d",
    "Color090": "#dd6549",
    "Color100": "#cc463d",
    "Color101": "#cf3e36",
    "Color102": "#5e6671",
}
"""Colours by name; card/get answers with the RGB value."""

LENGTHS: Final[Mapping[str, int]] = {"logo_url": 128, "brand_name": 36, "title": 27, "notice": 48, "description": 3072}
"""The longest UTF-8 text of each required field, in bytes."""


@dataclass(slots=True)
class Card:
    """A card and its codes. Times in ms."""

    kind: str
    content: dict[str, Any]
    stock: int
    total: int
    custom: bool
    deposits: bool
    get_limit: int
    id: str = ""
    created: int = 0
    status: str = NOT_VERIFY
    codes: dict[str, str] = field(default_factory=dict)
    waiting: deque[str] = field(default_factory=deque)
    consumed: set[str] = field(default_factory=set)
    taken: dict[str, int] = field(default_factory=dict)
    taken_at: dict[str, int] = field(default_factory=dict)

    def shown(self) -> dict[str, Any]:
        """The card as card/get answers."""
        base = {
            **self.content["base_info"],
            "id": self.id,
            "status": self.status,
            "sku": {"quantity": self.stock, "total_quantity": self.total},
            "create_time": self.created // 1000,
            "update_time": self.created // 1000,
        }
        base["color"] = COLORS[base["color"]]
        return {"card_type": self.kind, self.kind.lower(): {**self.content, "base_info": base}}

    def deposit(self, codes: list[str]) -> dict[str, list[str]]:
        """Take in codes; those that are there already are named, not taken twice."""
        fresh = [code for code in codes if code not in self.codes]
        duplicates = [code for code in codes if code in self.codes]
        self.codes.update(dict.fromkeys(fresh, ""))
        self.waiting.extend(fresh)
        return {"succ_code": fresh, "duplicate_code": duplicates, "fail_code": []}

    def stock_problem(self, change: int) -> str:
        """The code of what speaks against changing the stock, or an empty text."""
        after = self.stock + change
        if after < 0 or self.total + change > STOCK_AT_MOST:
            return "45031"
        return "40136" if self.deposits and after > len(self.waiting) else ""

    def restock(self, change: int) -> Answer:
        """Change the stock."""
        self.stock += change
        self.total += change
        return Answer("0")

    def cannot_take(self, openid: str) -> str:
        """The code of what keeps this user from taking one, or an empty text."""
        if self.taken.get(openid, 0) >= self.get_limit:
            return "45033"
        return "45031" if self.stock <= 0 or (self.deposits and not self.waiting) else ""

    def take(self, openid: str, now: int) -> str:
        """Give one to the user: an imported code in its order, or one of our own making."""
        code = self.waiting.popleft() if self.deposits else self._make_code()
        self.codes[code] = openid
        self.stock -= 1
        self.taken[openid] = self.taken.get(openid, 0) + 1
        if self.content["base_info"]["date_info"].get("type") in FIXED_TERM:
            self.taken_at[code] = now
        return code

    def _make_code(self) -> str:
        """Twelve digits that nobody holds: among a million codes two would be alike sooner or later."""
        for number in count(len(self.codes) + 1):
            digest = hashlib.sha256(f"{self.id}/{number}".encode()).hexdigest()
            code = f"{int(digest[:16], 16) % 10**12:012}"
            if code not in self.codes:
                break
        return code

    def status_of(self, code: str, now: int) -> str:
        """What has become of a code that somebody holds."""
        if code in self.consumed:
            return CONSUMED
        return NORMAL if now < self.validity(self.taken_at.get(code, now))[1] else EXPIRE

    def begun(self, code: str, now: int) -> bool:
        """Has the code's validity begun?"""
        return self.validity(self.taken_at.get(code, now))[0] <= now

    def validity(self, taken: int) -> tuple[int, int]:
        """From when until when (ms) a code taken then is good."""
        info = self.content["base_info"]["date_info"]
        if info.get("type") in FIXED_TERM:
            begin = taken + int(info.get("fixed_begin_term", 0)) * DAY
            return begin, begin + int(info["fixed_term"]) * DAY
        if info.get("type") in FIXED_RANGE:
            return int(info["begin_timestamp"]) * 1000, int(info["end_timestamp"]) * 1000
        return 0, YEAR_2100 * 1000


FIXED_RANGE = ("DATE_TYPE_FIX_TIME_RANGE", 1, "1")
FIXED_TERM = ("DATE_TYPE_FIX_TERM", 2, "2")


def parse(content: object) -> Card | str:
    """The card that a create request describes, or the code of what is wrong with it."""
    if not isinstance(content, dict):
        return "41011"
    kind = content.get("card_type")
    if not isinstance(kind, str) or kind.upper() not in TYPES:
        return "40071"
    part = content.get(kind.lower())
    if not isinstance(part, dict) or not isinstance(part.get("base_info"), dict):
        return "41011"
    base = part["base_info"]
    bad = _bad_base(base) or _bad_value(kind.upper(), part)
    if bad:
        return bad
    quantity = base["sku"]["quantity"]
    deposits = base.get("get_custom_code_mode") == "GET_CUSTOM_CODE_MODE_DEPOSIT"
    limit = base.get("get_limit", GET_LIMIT_AT_MOST)
    return Card(kind.upper(), part, quantity, quantity, base.get("use_custom_code") is True, deposits, limit)


def _bad_base(base: dict[str, Any]) -> str:
    for name, longest in LENGTHS.items():
        if not isinstance(base.get(name), str) or not base[name]:
            return "41011"
        if len(base[name].encode("utf-8", "replace")) > longest:
            return "45021"
    if not isinstance(base.get("color"), str) or base["color"] not in COLORS:
        return "40076"
    return _bad_sku(base) or _bad_dates(base.get("date_info"))


def _bad_sku(base: dict[str, Any]) -> str:
    sku, limit = base.get("sku"), base.get("get_limit", GET_LIMIT_AT_MOST)
    quantity = sku.get("quantity") if isinstance(sku, dict) else None
    if isinstance(quantity, bool) or not isinstance(quantity, int) or not 0 <= quantity <= STOCK_AT_MOST:
        return "40122"
    if base.get("get_custom_code_mode") == "GET_CUSTOM_CODE_MODE_DEPOSIT" and quantity:
        return "40136"
    if isinstance(limit, bool) or not isinstance(limit, int) or limit < 1:
        return "41011"
    return "72009" if limit > GET_LIMIT_AT_MOST else ""


def _bad_dates(info: object) -> str:
    if not isinstance(info, dict):
        return "41011"
    if info.get("type") in FIXED_RANGE:
        return "" if _ordered(info.get("begin_timestamp"), info.get("end_timestamp")) else "40079"
    if info.get("type") in FIXED_TERM:
        return "" if _ordered(0, info.get("fixed_term")) and _ordered(-1, info.get("fixed_begin_term", 0)) else "40079"
    return "" if info.get("type") == "DATE_TYPE_PERMANENT" else "40079"


def _ordered(first: object, second: object) -> bool:
    whole = (
        isinstance(first, int) and isinstance(second, int) and not isinstance(first, bool) and not isinstance(second, bool)
    )
    return whole and -1 <= first < second <= YEAR_2100  # type: ignore[operator] # both are whole numbers here


def _bad_value(kind: str, part: dict[str, Any]) -> str:
    if part.get(TYPES[kind]) in (None, ""):
        return "41011"
    if kind != "CASH":
        return ""
    cost, least = part["reduce_cost"], part.get("least_cost", 0)
    if isinstance(cost, bool) or not isinstance(cost, int) or cost < 100:
        return "72007"
    return "" if isinstance(least, int) and (least == 0 or least > cost) else "72008"


def bad_codes(codes: object, at_once: int) -> str:
    """The code of what is wrong with a list of codes to import, or an empty text."""
    if not isinstance(codes, list) or not codes:
        return "40110"
    if len(codes) > at_once:
        return "40109"
    if not all(isinstance(code, str) and code for code in codes):
        return "40110"
    return "40111" if len(set(codes)) < len(codes) else ""
