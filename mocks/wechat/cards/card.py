"""One card: what it says, its review, its stock, its codes.

Law: pure state; times come in, in ms. Stock never goes below zero, and nothing is handed out that is not in stock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sandbox.clock import DAY

from . import codes
from .codes import Codes

NOT_VERIFY, VERIFY_FAIL, VERIFY_OK = "CARD_STATUS_NOT_VERIFY", "CARD_STATUS_VERIFY_FAIL", "CARD_STATUS_VERIFY_OK"
DISPATCH, DELETED = "CARD_STATUS_DISPATCH", "CARD_STATUS_DELETE"
STATUSES = (NOT_VERIFY, VERIFY_FAIL, VERIFY_OK, DISPATCH, DELETED)
ON_SALE = (VERIFY_OK, DISPATCH)
MOVES: Final[Mapping[str, tuple[str, ...]]] = {
    NOT_VERIFY: (VERIFY_OK, VERIFY_FAIL, DELETED),
    VERIFY_FAIL: (NOT_VERIFY, VERIFY_OK, DELETED),
    VERIFY_OK: (NOT_VERIFY, VERIFY_FAIL, DISPATCH, DELETED),
    DISPATCH: (NOT_VERIFY, VERIFY_FAIL, DELETED),
}
"""What may become of a card."""

EXPIRE = "EXPIRE"
STOCK_AT_MOST = 100_000_000
CODE_DIGITS, CODE_STEP = 8, 48_271_847
CARDS, CODES_APART = 10_000, 1_000_000
"""After so many cards the first four digits begin anew, and the walk a million codes further on."""
YEAR_2100 = 4_102_444_800

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

FIXED_RANGE = ("DATE_TYPE_FIX_TIME_RANGE", 1, "1")
FIXED_TERM = ("DATE_TYPE_FIX_TERM", 2, "2")


@dataclass(slots=True)
class Card:
    """A card and its codes. `serial` tells the account's cards apart, from 1; `review` counts its reviews.

    `members` holds what is known of a member card's holders, by code; `cells` what was switched on beside the face; `planned` the
    times for which something is on the agenda; `restricted` says whether a code's use has limits beyond its validity.
    """

    kind: str
    content: dict[str, Any]
    stock: int
    custom: bool
    deposits: bool
    get_limit: int
    id: str = ""
    serial: int = 0
    total: int = 0
    created: int = 0
    updated: int = 0
    status: str = NOT_VERIFY
    refused_for: str = ""
    review: int = 0
    warned_at: int = 0
    codes: Codes = field(default_factory=Codes)
    dates: tuple[int, int, int, int] = (0, 0, 0, 0)
    members: dict[str, dict[str, Any]] = field(default_factory=dict)
    cells: dict[str, dict[str, Any]] = field(default_factory=dict)
    form: dict[str, Any] = field(default_factory=dict)
    planned: set[int] = field(default_factory=set)
    restricted: bool = False

    def __post_init__(self) -> None:
        self.total = self.total or self.stock
        self.dates = read_dates(self.base["date_info"])
        self.note_limits()

    def note_limits(self) -> None:
        """Is there more to ask of a code than whether it is good: a use for each user, times of the week?"""
        self.restricted = "use_limit" in self.base or bool(self.content.get("advanced_info", {}).get("time_limit"))

    @property
    def base(self) -> dict[str, Any]:
        """Its base_info as it was sent."""
        base: dict[str, Any] = self.content["base_info"]
        return base

    def move(self, status: str) -> bool:
        """Change its status if that may become of it."""
        if status not in MOVES.get(self.status, ()):
            return False
        self.status = status
        return True

    def shown(self) -> dict[str, Any]:
        """The card as card/get answers."""
        base = {
            **self.base,
            "id": self.id,
            "status": self.status,
            "sku": {"quantity": self.stock, "total_quantity": self.total},
            "create_time": self.created // 1000,
            "update_time": self.updated // 1000,
        }
        base["color"] = COLORS[base["color"]]
        return {"card_type": self.kind, self.kind.lower(): {**self.content, "base_info": base}}

    def stock_problem(self, change: int) -> str:
        """The code of what speaks against changing the stock, or an empty text."""
        after = self.stock + change
        if after < 0 or self.total + change > STOCK_AT_MOST:
            return "45031"
        return "40136" if self.deposits and after > self.codes.waiting else ""

    def restock(self, change: int) -> None:
        """Change the stock."""
        self.stock += change
        self.total += change

    def cannot_take(self, openid: str) -> str:
        """The code of what keeps this user from taking one, or an empty text."""
        if self.codes.taken_by(openid) >= self.get_limit:
            return "45033"
        return "45031" if self.stock <= 0 or (self.deposits and not self.codes.waiting) else ""

    def take(self, openid: str, now: int, code: str = "", device: str = "", channel: str = "") -> int:
        """Give one to the user: an imported code in its order, the one that was named, or one of our own making; its number."""
        number = self.codes.take_waiting() if self.deposits else self.codes.make(code or self.make_code())
        self.codes.give(number, openid, now, device, channel)
        self.codes.count(openid)
        self.stock -= 1
        return number

    def make_code(self) -> str:
        """Twelve digits that no other code of the account has: four of the card's, eight of a walk that meets none twice."""
        number = len(self.codes.texts) + self.serial // CARDS * CODES_APART
        while (code := f"{self.prefix}{(number + 1) * CODE_STEP % 10**CODE_DIGITS:0{CODE_DIGITS}}") in self.codes.texts:
            number += 1
        return code

    def special(self, scene: str) -> bool:
        """Is it a card of that special scene (A28)?"""
        return scene in self.content.get("advanced_info", {}).get("scenes", ())

    @property
    def prefix(self) -> str:
        """The first four digits of the codes that are made for this card."""
        return f"{self.serial * 7_919 % CARDS:04}"

    def status_of(self, number: int, now: int) -> str:
        """What has become of a code that somebody holds."""
        state = self.codes.states[number]
        return EXPIRE if state in codes.USABLE and self.validity(number)[1] <= now else codes.STATUS[state]

    def usable(self, number: int, now: int) -> bool:
        """Can a code be consumed now?"""
        begin, end = self.validity(number)
        return self.codes.states[number] in codes.USABLE and begin <= now < end

    def validity(self, number: int) -> tuple[int, int]:
        """From when until when (ms) a code is good."""
        begin, end, after, term = self.dates
        if not term:
            return begin, end
        first = self.codes.taken_at[number] + after
        return first, min(first + term, end)


def read_dates(info: Mapping[str, Any]) -> tuple[int, int, int, int]:
    """A date_info in ms: when it begins and ends, and, for a term, how long after the taking it begins and how long it is."""
    if info.get("type") in FIXED_TERM:
        end = info.get("end_timestamp")
        last = end * 1000 if isinstance(end, int) and end > 0 else YEAR_2100 * 1000
        return 0, last, int(info.get("fixed_begin_term", 0)) * DAY, int(info["fixed_term"]) * DAY
    if info.get("type") in FIXED_RANGE:
        return int(info["begin_timestamp"]) * 1000, int(info["end_timestamp"]) * 1000, 0, 0
    return 0, YEAR_2100 * 1000, 0, 0
