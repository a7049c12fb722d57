"""What a shop shows beside its items: discounts, shelves, collections, buyers' comments, what is boosted, banners.

Law: plain values. Prices are in cents, times in ms; what is on follows from the times when somebody looks.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, NamedTuple

UPCOMING, ONGOING, EXPIRED = "upcoming", "ongoing", "expired"


class Cut(NamedTuple):
    """What an item (model 0) or one of its models costs for a while, and of which discount."""

    discount: int
    cents: int


@dataclass(slots=True)
class Discount:
    """A discount: `prices` by item and model (0 for an item without), `limits` on what one buyer gets, by item."""

    id: int
    name: str
    start: int
    end: int
    updated: int
    prices: dict[tuple[int, int], int] = field(default_factory=dict)
    limits: dict[int, int] = field(default_factory=dict)

    def status(self, now: int) -> str:
        """Is it to come, on, or over?"""
        return UPCOMING if now < self.start else ONGOING if now < self.end else EXPIRED


@dataclass(slots=True)
class Shelf:
    """A category of the shop's own."""

    id: int
    name: str
    weight: int = 0
    status: str = "NORMAL"
    items: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Collection:
    """Some items that are shown together under the others; of a shop's collections at most one is active."""

    id: int
    name: str
    items: list[int]
    active: bool = False


@dataclass(slots=True)
class Comment:
    """What a buyer says of what he got, and what the seller says to that."""

    id: int
    order_sn: str
    item: int
    buyer: str
    stars: int
    text: str
    at: int
    reply: str = ""
    replied: int = 0


FIRST: Final = 300_000
"""The number of the first discount, shelf, collection or comment."""


@dataclass(slots=True)
class Display:
    """All of it, for one shop. `boosts` are the items that stand higher, and until when; `offers`, whether buyers may haggle."""

    discounts: dict[int, Discount] = field(default_factory=dict)
    shelves: dict[int, Shelf] = field(default_factory=dict)
    collections: dict[int, Collection] = field(default_factory=dict)
    comments: dict[int, Comment] = field(default_factory=dict)
    boosts: dict[int, int] = field(default_factory=dict)
    banners: list[str] = field(default_factory=list)
    videos: list[str] = field(default_factory=list)
    unit_numbers: bool = False
    offers: bool = True
    made: int = 0

    def number(self) -> int:
        """A number that nothing here has had before."""
        self.made += 1
        return FIRST + self.made

    def cuts(self, item: int, now: int) -> dict[int, Cut]:
        """What an item's models (0 for one without) cost now, those of them that are in a discount."""
        return {
            model: Cut(one.id, cents)
            for one in self.discounts.values()
            if one.status(now) == ONGOING
            for (owner, model), cents in one.prices.items()
            if owner == item
        }
