"""What happened to each card on each day: counts, and who it happened to.

Law: people are the numbers of a card's users, a bit each, for a million of them must fit beside their codes. Counted as it happens, from the happenings themselves; nothing is estimated. Days are Beijing's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

DAY, BEIJING = 86_400_000, 28_800_000

COUNTED: Final[Mapping[str, str]] = {
    "user_view_card": "view",
    "user_get_card": "receive",
    "user_consume_card": "verify",
    "user_gifting_card": "given",
    "submit_membercard_user_info": "active",
}
"""What counts as what. An expiry is no event: it is read from the codes."""


@dataclass(slots=True)
class Figures:
    """One card's day: how often, who, and what was paid from the card (fen)."""

    times: Counter[str] = field(default_factory=Counter)
    people: dict[str, bytearray] = field(default_factory=dict)

    def add(self, what: str, user: int) -> None:
        """Count one thing that happened to one of the card's users."""
        self.times[what] += 1
        bits, place = self.people.setdefault(what, bytearray()), user >> 3
        if place >= len(bits):
            bits.extend(bytes(place + 1 - len(bits)))
        bits[place] |= 1 << (user & 7)

    def who(self, what: str) -> Iterator[int]:
        """The users it happened to."""
        for place, bits in enumerate(self.people.get(what, b"")):
            yield from (8 * place + bit for bit in range(8) if bits >> bit & 1)

    def users(self, what: str) -> int:
        """How many they are."""
        return sum(bits.bit_count() for bits in self.people.get(what, b""))


Book = dict[int, dict[str, Figures]]
"""Figures by day (days since the epoch, in Beijing) and card."""


def day_of(at: int) -> int:
    """The day of a time (ms)."""
    return (at + BEIJING) // DAY


def count(book: Book, at: int, event: str, user: int, fields: Mapping[str, str | int]) -> None:
    """Count a happening to one of a card's users; what is no figure is left out."""
    card_id = fields.get("CardId")
    if not isinstance(card_id, str):
        return
    if event == "user_pay_from_pay_cell":
        figures = _of(book, at, card_id)
        figures.times["fee"] += int(fields.get("Fee", 0))
        figures.times["original_fee"] += int(fields.get("OriginalFee", 0))
    elif event in COUNTED and user >= 0:
        _of(book, at, card_id).add(COUNTED[event], user)


def _of(book: Book, at: int, card_id: str) -> Figures:
    """The figures of a card's day."""
    day = day_of(at)
    try:
        return book[day][card_id]
    except KeyError:
        return book.setdefault(day, {}).setdefault(card_id, Figures())
