"""What an official account has beside its cards: its licence, its stores' staff, tickets that lead to cards, rules, places.

Law: plain state; nothing is decided here.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from .card import Card

if TYPE_CHECKING:
    from .activities import Activity

LEVELS = ("", "operator", "developer", "administrator")
"""What the account's integration may do, each level all that those before it may."""


@dataclass(slots=True)
class Licence:
    """Who the account is by law (K05): the entity it was registered with, its licensed trades and its certificates.

    `trades` and `certificates` None: whatever the account's category wants. `prices` are original prices (fen) that can be proven.
    """

    entity: str = ""
    registered_as: str = ""
    trades: tuple[str, ...] | None = None
    certificates: tuple[str, ...] | None = None
    prices: tuple[int, ...] = ()


@dataclass(slots=True)
class Ticket:
    """A code to be scanned, and which cards lie behind it; `once` while it can be used but once."""

    cards: tuple[dict[str, Any], ...]
    until: int
    once: bool = False


class Place(NamedTuple):
    """Where a code was redeemed: kept for ninety days (A25)."""

    at: int
    card_id: str
    code: str
    longitude: float
    latitude: float


class Taken(NamedTuple):
    """A card that an offence took down, what it was before, and after which of its reviews that was."""

    card: Card
    status: str
    review: int


@dataclass(slots=True)
class Shelf:
    """One account's cards' surroundings. `made` counts the cards ever created."""

    made: int = 0
    open: bool = True
    level: str = "administrator"
    licence: Licence = field(default_factory=Licence)
    changing_to: str = ""
    by_prefix: dict[str, Card] = field(default_factory=dict)
    testers: set[str] = field(default_factory=set)
    staff: dict[str, frozenset[str]] = field(default_factory=dict)
    linked: set[str] = field(default_factory=set)
    unsubscribed: set[str] = field(default_factory=set)
    places: deque[Place] = field(default_factory=deque)
    tickets: dict[str, Ticket] = field(default_factory=dict)
    pages: int = 0
    gift_rules: dict[int, dict[str, Any]] = field(default_factory=dict)
    merchants: dict[int, dict[str, Any]] = field(default_factory=dict)
    locations: list[dict[str, Any]] = field(default_factory=list)
    marks: dict[tuple[str, str], str] = field(default_factory=dict)
    forms: dict[str, dict[str, Any]] = field(default_factory=dict)
    orders: dict[str, dict[str, Any]] = field(default_factory=dict)
    paying: bool = False
    coins: int = 0
    free_coins: int = 0
    rules_made: int = 0
    taken: Taken | None = None
    activities: dict[int, Activity] = field(default_factory=dict)
    shown_at: dict[str, str] = field(default_factory=dict)

    def may(self, level: str) -> bool:
        """Has the integration this level?"""
        return self.level == LEVELS[-1] or LEVELS.index(self.level) >= LEVELS.index(level)
