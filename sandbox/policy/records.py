"""What risk control remembers of a subject (a user, a device, an address): one record, with a cell in it for each rule.

Law: pure. A subject's record lies under one key, because finding a key among millions costs more than a rule does. The key's tail
tells the layout, so that a record never is read by other rules than those that wrote it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple
from zlib import crc32

from .model import Cell, Cells

SCORE: Final = "score"
FROZEN: Final = "frozen"
LISTED: Final = "list"
"""Names in a record that are no rule's: (points, when), (until, tier), (colour, until)."""


Desk = list[tuple[str, list[Cell], Cell]]
"""What lies open for one call: of each subject the key, the record to write in, and the record as it was found."""


class Layout(NamedTuple):
    """Where in the records of the subjects that `scope` names each rule has its cell; `blank` is who has never been seen."""

    scope: tuple[str, ...]
    names: tuple[str, ...]
    tail: str
    blank: Cell

    def place(self, name: str) -> int:
        """Where the cell of this name is. Raises ValueError for a name that is not in it."""
        return self.names.index(name)

    def get(self, cells: Cells, changed: Mapping[str, Cell], key: str, name: str) -> Cell:
        """One cell of the record at `key`, as it is by now."""
        cell: Cell = (changed.get(key) or cells.get(key) or self.blank)[self.place(name)]
        return cell

    def put(self, cells: Cells, changed: dict[str, Cell], key: str, name: str, cell: Cell) -> None:
        """Note one cell of the record at `key`."""
        record, place = changed.get(key) or cells.get(key) or self.blank, self.place(name)
        changed[key] = (*record[:place], cell, *record[place + 1 :])


def lay_out(platform: str, scope: tuple[str, ...], names: tuple[str, ...]) -> Layout:
    """The layout of one scope's records."""
    told = f"{crc32(' '.join(names).encode()):08x}"
    return Layout(scope, names, f"#{platform}.{'+'.join(scope) or 'account'}@{told}", ((),) * len(names))
