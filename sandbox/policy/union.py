"""Groups of subjects that share entities (devices, addresses, payment accounts): union by label, in cells.

Law: pure. A subject's cell holds (label, last seen), an entity's (label, last seen, subjects that came to it); a label's own cell (parent,
subjects in its group), where its own name as parent makes it the root, and one that nobody has written is the root of one. What is
older than the window starts anew. The smaller group hangs below the larger, so a chain stays as short as a logarithm.
"""

from __future__ import annotations

from dataclasses import dataclass
from zlib import crc32

from .detect import CROSSED, HIT, NOT
from .model import Cell, Cells
from .records import Desk

Spot = tuple[int, int]
"""Which of the records on the desk, and which cell in it."""


Labels = tuple[str, Cells, dict[str, Cell]]
"""Where labels' cells are: the account, all cells, and what has changed in this call."""


@dataclass(frozen=True, slots=True)
class Union:
    """What joins: the cell of the subject (`mine`) with those of the entities (`met`). Groups of `limit` or more hit.

    `labels` is the tail of the labels' cells; after `window` (ms) all is forgotten, and times are refreshed at an eighth of it. An entity
    to which `hub` subjects have come joins nobody any more (0: no end to it): a campus's address, a shop's device.
    """

    mine: Spot
    met: tuple[Spot, ...]
    labels: str
    limit: int
    window: int
    hub: int

    def join(self, desk: Desk, labels: Labels, now: int) -> int:
        """Note that the subject came by these entities: NOT, HIT or CROSSED."""
        place, at = self.mine
        mine, since, hub = desk[place][1][at], now - self.window // 8, self.hub
        if not mine or mine[1] <= since:
            return self._meet(desk, labels, mine, now)
        label = mine[0]
        for one, number in self.met:
            cell = desk[one][1][number]
            if not cell or cell[1] <= since or (cell[0] != label and not 0 < hub <= cell[2]):
                return self._meet(desk, labels, mine, now)
        _, size = self._root(labels, label)  # the usual case: lately here, by entities that are of its group or join nobody
        return HIT if size >= self.limit else NOT

    def _meet(self, desk: Desk, labels: Labels, mine: Cell, now: int) -> int:
        """Join the groups that meet here, and write what is new or was not refreshed for long."""
        (place, at), window = self.mine, self.window
        known = mine if mine and now - mine[1] < window else ()
        groups: dict[int, int] = {}
        before = 1
        if known:
            root, before = self._root(labels, known[0])
            groups[root] = before
        counts = self._gather(desk, labels, groups, known, now)
        if not groups:
            label, after = crc32(desk[place][0].encode()), 1
        elif known and len(groups) == 1:
            label, after = root, before
        else:
            label, after = self._merge(labels, groups, known)
        if not known or known[0] != label or now - known[1] > window // 8:
            desk[place][1][at] = (label, now)
        for (one, number), many in zip(self.met, counts, strict=True):
            record = desk[one][1]
            cell = record[number]
            if not cell or now - cell[1] >= window:
                record[number] = (label, now, many)
            elif many != cell[2] or now - cell[1] > window // 8:
                record[number] = (cell[0], now, many)
        if after < self.limit:
            return NOT
        return HIT if before >= self.limit else CROSSED

    def _gather(self, desk: Desk, labels: Labels, groups: dict[int, int], known: Cell, now: int) -> list[int]:
        """How many subjects have come to each entity by now. Notes the groups of those that join anybody."""
        counts = []
        for one, number in self.met:
            cell, many = desk[one][1][number], 1
            if cell and now - cell[1] < self.window:
                many = cell[2]
                if not (known and cell[0] == known[0]) and not 0 < self.hub <= many:
                    root, size = self._root(labels, cell[0])
                    many += root not in groups or not known
                    groups[root] = size
            counts.append(many)
        return counts

    def _merge(self, labels: Labels, groups: dict[int, int], known: Cell) -> tuple[int, int]:
        """Hang all groups below the largest, with the subject as one more where it is new; the root, and how many there are."""
        account, _, changed = labels
        root = max(groups, key=lambda one: (groups[one], one)) if len(groups) > 1 else next(iter(groups))
        size = sum(groups.values()) + (not known)
        for one in groups:
            changed[f"{account}/{one}{self.labels}"] = (root, size)
        return root, size

    def _root(self, labels: Labels, label: int) -> tuple[int, int]:
        """The root of a label's group, and how many subjects the group has."""
        account, cells, changed = labels
        while True:
            key = f"{account}/{label}{self.labels}"
            cell = changed.get(key) or cells.get(key)
            if not cell or cell[0] == label:
                return label, cell[1] if cell else 1
            label = cell[0]
