"""The fold over pushes and takes: how deep each population's inbox was.

Law: what was pushed and not yet taken waits. The depth is kept at its highest for each bin, so that no peak is averaged away.
"""

from __future__ import annotations

from collections import defaultdict

from sandbox.events import Event

from .calls import BIN
from .fields import text, whole

WORTH_TELLING = 5
"""An inbox that was never this deep is served as things come, and tells nothing."""


class Inboxes:
    """Depth by population: `deepest` ever, when, and by bin as (highest, last)."""

    def __init__(self) -> None:
        self._depth: defaultdict[str, int] = defaultdict(int)
        self.deepest: dict[str, tuple[int, int]] = {}
        self.bins: defaultdict[str, dict[int, tuple[int, int]]] = defaultdict(dict)

    def push(self, event: Event) -> None:
        """Something arrived."""
        self._move(event, 1)

    def take(self, event: Event) -> None:
        """A behaviour took something out."""
        self._move(event, -1)

    def _move(self, event: Event, by: int) -> None:
        who, at = text(event, "population"), whole(event, "at")
        self._depth[who] = depth = self._depth[who] + by
        if who not in self.deepest or depth > self.deepest[who][0]:
            self.deepest[who] = (depth, at)
        highest, _ = self.bins[who].get(at // BIN, (depth, 0))
        self.bins[who][at // BIN] = (max(highest, depth), depth)

    def metrics(self) -> dict[str, float]:
        """`<population>.inbox.max`."""
        return {f"{who}.inbox.max": depth for who, (depth, _) in self.deepest.items()}
