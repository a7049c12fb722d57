"""How an application's pushes fare: which are wanted, how many arrive, and what is lost.

Law: state and pure rules over it. Above 600 pushes in six hours the vendor looks at the share that arrives: below 70 % it warns,
below 30 % it stops sending until the settings are saved again.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Final

from sandbox.behaviour import Push

MINUTE: Final = 60_000


@dataclass(frozen=True, slots=True)
class Lost:
    """A push that did not arrive; `at` in ms."""

    id: int
    at: int
    push: Push


@dataclass(slots=True)
class Sending:
    """One application's pushes. `counts` holds, for each minute of the last hours, how many were sent and how many arrived.

    Every push is wanted at first but that of reserved stock (8), which comes with each order that is placed or cancelled.
    """

    off: set[int] = field(default_factory=lambda: {8})
    blocked: set[int] = field(default_factory=set)
    status: str = "Normal"
    suspended_at: int = 0
    counts: deque[tuple[int, int, int]] = field(default_factory=deque)
    sent: int = 0
    arrived: int = 0
    lost: deque[Lost] = field(default_factory=deque)
    losses: int = 0

    def restart(self) -> None:
        """The settings were saved: what was counted is forgotten, and pushes are sent again."""
        self.counts.clear()
        self.sent = self.arrived = 0
        self.status = "Normal"

    def count(self, now: int, span: int, *, arrived: bool) -> None:
        """Count one delivery, and forget those older than `span` ms."""
        minute, good = now // MINUTE, int(arrived)
        last = self.counts.pop() if self.counts and self.counts[-1][0] == minute else (minute, 0, 0)
        self.counts.append((minute, last[1] + 1, last[2] + good))
        self.sent, self.arrived = self.sent + 1, self.arrived + good
        while self.counts[0][0] <= (now - span) // MINUTE:
            _, sent, got = self.counts.popleft()
            self.sent, self.arrived = self.sent - sent, self.arrived - got

    def judged(self, enough: int) -> str:
        """The status that the counts give; `enough` pushes must be exceeded."""
        if self.sent <= enough or 10 * self.arrived >= 7 * self.sent:
            return "Normal"
        return "Warning" if 10 * self.arrived >= 3 * self.sent else "Suspended"

    def lose(self, now: int, push: Push) -> None:
        """Keep a push that did not arrive, for whoever asks for it."""
        self.losses += 1
        self.lost.append(Lost(self.losses, now, push))
