"""What an official account has for selling gift cards: pages, who may be paid, which mini-program shows which page, orders.

Law: plain state, no behaviour. Times in s, prices in fen.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from mocks.wechat.cards.card import Card


@dataclass(slots=True)
class Gift:
    """One card of an order: which, its number among the card's codes, what it cost, and how it is wrapped."""

    card: Card
    number: int
    price: int
    background: str
    message: str
    accepter: str = ""


@dataclass(slots=True)
class Order:
    """A purchase. `sent` while it waits for a friend to take it; `refunded` for good."""

    id: str
    page: str
    transaction: str
    created: int
    buyer: str
    gifts: list[Gift]
    channel: str = ""
    chat_room: bool = False
    sent: int = 0
    waiting: bool = False
    refunded: bool = False


@dataclass(slots=True)
class GiftShop:
    """All of it. `shut` are the pages in maintenance, `all_shut` says that all are; `applied`, `bound` and `shows` go by mini-program."""

    pages: dict[str, dict[str, Any]] = field(default_factory=dict)
    shut: set[str] = field(default_factory=set)
    all_shut: bool = False
    applied: set[str] = field(default_factory=set)
    bound: dict[str, str] = field(default_factory=dict)
    shows: dict[str, str] = field(default_factory=dict)
    orders: dict[str, Order] = field(default_factory=dict)
