"""Heads of requests, kept as they have been read: clients say the same one again and again, and reading it costs more than answering some.

Law: the same bytes mean the same. A head is kept when it comes for the second time, so that those that never come twice (because they
are signed, or numbered) cost next to nothing.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from mocks.http import Headers

KEPT: Final = 1_000
BYTES: Final = 4_096
SEEN: Final = 10_000
"""So many heads are kept, if they are no longer than this, and so many that came once are remembered; then all are forgotten."""


class Head(NamedTuple):
    """What the bytes of a request before its body say, and how long the body is that follows them."""

    method: str
    target: str
    query: str
    headers: Headers
    length: int


class Heads:
    """What came more than once, by its bytes."""

    def __init__(self) -> None:
        self.kept: dict[bytes, Head] = {}
        self._seen: set[int] = set()

    def learn(self, text: bytes, head: Head) -> None:
        """Take note of a head that was read."""
        seen, kept, told = self._seen, self.kept, hash(text)
        if told not in seen:
            if len(seen) >= SEEN:
                seen.clear()
            seen.add(told)
        elif len(text) <= BYTES:
            if len(kept) >= KEPT:
                kept.clear()
            kept[text] = head
