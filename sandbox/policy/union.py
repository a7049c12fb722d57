"""Groups of subjects that share entities (devices, addresses, payment accounts): union by label, in records.

Law: pure. A subject's slots hold its label and when it was last seen, an entity's the same and how many subjects came to it; a label's own
cell (parent, subjects in its group), where its own name as parent makes it the root, and one that nobody has written is the root of
one. What is older than the window starts anew, under another label. The smaller group hangs below the larger, so a chain stays as short
as a logarithm.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from .detect import CROSSED, HIT, NOT
from .model import LONG_AGO, Cell, Cells
from .records import Page

MET: Final[Cell] = ("", LONG_AGO, 0)
"""The slots of an entity that nobody came to."""

Opened = tuple[Cell, Page, int]
"""A record as it was found, the page on which it is written anew, and where the slots begin."""

Labels = tuple[str, Cells, dict[str, Cell]]
"""Where labels' cells are: the account, all cells, and what has changed in this call."""


@dataclass(frozen=True, slots=True)
class Union:
    """What joins subjects by the entities that they share. Groups of `limit` or more hit.

    `labels` is the tail of the labels' cells; after `window` (ms) all is forgotten, and times are refreshed at an eighth of it. An entity
    to which `hub` subjects have come joins nobody any more (0: no end to it): a campus's address, a shop's device.
    """

    labels: str
    limit: int
    window: int
    hub: int

    def join(self, key: str, mine: Opened, met: tuple[Opened, ...], labels: Labels, now: int) -> int:
        """Note that the subject, whose record is at `key`, came by these entities: NOT, HIT or CROSSED."""
        (held, _, at), since, hub = mine, now - self.window, self.hub
        label, here = held[at], held[at + 1] > since
        for one, _, first in met:
            if one[first + 1] > since and (one[first] != label or not here) and not 0 < hub <= one[first + 2]:
                return self._meet(mine, met, labels, now)
        # the usual cases: here before, or new, by entities that are new, of its own group, or join nobody
        root, size = self._root(labels, label) if here else (f"{now}@{key}", 1)
        self._write(root, mine, met, now)
        return HIT if size >= self.limit else NOT

    def _meet(self, mine: Opened, met: tuple[Opened, ...], labels: Labels, now: int) -> int:
        """Join the groups that meet here: hang them all below the largest, with the subject as one more where it was in none of them."""
        (held, _, at), since = mine, now - self.window
        own, size = self._root(labels, held[at]) if held[at] else ("", 1)
        groups = {own: size} if held[at + 1] > since else {}
        for one, page, first in met:
            label, when, many = one[first : first + 3]
            if when > since and not 0 < self.hub <= many:
                root, groups[root] = self._root(labels, label)
                if root != own:
                    page[first + 1], page[first + 2] = now, many + 1
        before, after = groups.get(own, 1), sum(groups.values()) + (own not in groups)
        root = max(groups, key=lambda one: (groups[one], one))
        if after > groups[root]:
            account, _, changed = labels
            for one_label in groups:
                changed[f"{account}/{one_label}{self.labels}"] = (root, after)
        self._write(root, mine, met, now)
        if after < self.limit:
            return NOT
        return HIT if before >= self.limit else CROSSED

    def _write(self, label: str, mine: Opened, met: tuple[Opened, ...], now: int) -> None:
        """Note the group, and what is new or was not refreshed for long."""
        (held, page, at), since, late = mine, now - self.window, now - self.window // 8
        if held[at] != label or held[at + 1] < late:
            page[at], page[at + 1] = label, now
        for one, page_met, first in met:
            if one[first + 1] <= since:
                page_met[first], page_met[first + 1], page_met[first + 2] = label, now, 1
            elif one[first + 1] < late:
                page_met[first + 1] = now

    def _root(self, labels: Labels, label: str) -> tuple[str, int]:
        """The root of a label's group, and how many subjects the group has."""
        account, cells, changed = labels
        while True:
            key = f"{account}/{label}{self.labels}"
            cell = changed.get(key) or cells.get(key)
            if not cell or cell[0] == label:
                return label, cell[1] if cell else 1
            label = cell[0]
