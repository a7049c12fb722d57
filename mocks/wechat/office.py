"""What an official account has beside its cards: where and how its server is told, tickets, requests that failed, people, menu.

Law: plain state. Times in ms. Ids are drawn by `mint` from the account's secret, so the same seed gives the same ids.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict, deque
from dataclasses import dataclass, field
from typing import Any, Final

from mocks.wechat.figures import Book

PLAIN, COMPATIBLE, SAFE = "plain", "compatible", "safe"
MODES: Final = (PLAIN, COMPATIBLE, SAFE)
"""How events are sent: as they are; as they are and sealed beside; sealed alone."""

KEPT: Final = 10_000


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket of one kind (`jsapi`, `wx_card`) and until when it is good."""

    kind: str
    text: str
    until: int


@dataclass(frozen=True, slots=True)
class Failed:
    """A request that was answered with an error: what was asked, from where, what was said, and how long it took (ms)."""

    at: int
    query: str
    asked: str
    said: str
    ip: str
    took: int


@dataclass(frozen=True, slots=True)
class Stored:
    """A file that was uploaded: its MIME type, its bytes, and until when it is kept."""

    kind: str
    content: bytes
    until: int


@dataclass(slots=True)
class Follower:
    """What is known of a follower. `wrote` is when he last said something (0: never)."""

    since: int
    unionid: str
    remark: str = ""
    tags: list[int] = field(default_factory=list)
    wrote: int = 0


@dataclass(slots=True)
class Office:
    """The account's own office. `used_nonces` are (timestamp, nonce) pairs of card claims."""

    mode: str = SAFE
    trusted_ips: tuple[str, ...] = ()
    tickets: list[Ticket] = field(default_factory=list)
    failed: OrderedDict[str, Failed] = field(default_factory=OrderedDict)
    people: dict[str, Follower] = field(default_factory=dict)
    files: dict[str, Stored] = field(default_factory=dict)
    tags: dict[int, str] = field(default_factory=dict)
    menu: dict[str, Any] | None = None
    figures: Book = field(default_factory=dict)
    messages: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=1000))
    used_nonces: set[tuple[str, str]] = field(default_factory=set)
    minted: dict[str, int] = field(default_factory=dict)

    def ordinal(self, kind: str) -> int:
        """The next number of a kind, from 1."""
        number = self.minted[kind] = self.minted.get(kind, 0) + 1
        return number

    def mint(self, secret: str, kind: str) -> str:
        """A new id of a kind, 128 hex digits, never the same twice."""
        return hashlib.sha512(f"{secret}/{kind}/{self.ordinal(kind)}".encode()).hexdigest()

    def note(self, rid: str, failed: Failed) -> None:
        """Keep a request that failed, the newest of them."""
        self.failed[rid] = failed
        if len(self.failed) > KEPT:
            self.failed.popitem(last=False)
