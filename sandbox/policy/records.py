"""What risk control remembers of a subject (a user, a device, an address): one record, in which each rule has slots of its own.

Law: pure. A subject's record lies under one key, because finding a key among millions costs more than a rule does, and is flat,
because every tuple in it would have to be found too. The key's tail tells the layout, so that a record never is read by other
rules than those that wrote it.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import accumulate
from typing import Any, Final, NamedTuple
from zlib import crc32

from .model import Cell, Cells

HOUR: Final = 3_600_000

LISTED: Final = "list"
SCORE: Final = "score"
FROZEN: Final = "frozen"
"""Names in a record that are no rule's: (colour, until), (points, when), (until, tier)."""

UNSET: Final[Cell] = (0, 0)
"""On no list, no points, not frozen."""

HEAD: Final[Mapping[str, Cell]] = {LISTED: UNSET, SCORE: UNSET}
"""What every record begins with."""

POINTS: Final = 2
"""The first slot of the score."""

Page = list[Any]
"""A record being written anew: empty until a rule has something to write, then all its slots."""

Desk = list[tuple[str, Cell, Page]]
"""What lies open for one call: of each subject the key, the record as it was found, and the page."""


class Layout(NamedTuple):
    """Where in the records of the subjects that `scope` names each rule has its slots; `blank` is who has never been seen."""

    scope: tuple[str, ...]
    slots: Mapping[str, slice]
    tail: str
    blank: Cell

    def place(self, name: str) -> int:
        """The first slot of this name. Raises KeyError for a name that is not in it."""
        place: int = self.slots[name].start
        return place

    def told(self, record: Cell) -> dict[str, Cell]:
        """The slots of every name that has something in them."""
        return {name: record[where] for name, where in self.slots.items() if record[where] != self.blank[where]}

    def get(self, cells: Cells, changed: Mapping[str, Cell], key: str, name: str) -> Cell:
        """The slots of one name in the record at `key`, as they are by now."""
        return (changed.get(key) or cells.get(key) or self.blank)[self.slots[name]]

    def put(self, cells: Cells, changed: dict[str, Cell], key: str, name: str, slots: Cell) -> None:
        """Note the slots of one name in the record at `key`."""
        record, where = changed.get(key) or cells.get(key) or self.blank, self.slots[name]
        changed[key] = record[: where.start] + slots + record[where.stop :]


def points_left(record: Cell, leak: int, now: int) -> int:
    """What is left by now of a score that leaks so many points an hour."""
    left: int = record[POINTS] - (now - record[POINTS + 1]) * leak // HOUR
    return max(0, left)


def lay_out(platform: str, scope: tuple[str, ...], blanks: Mapping[str, Cell]) -> Layout:
    """The layout of one scope's records; `blanks` are the slots of each name, after the head, before anything was seen."""
    blanks = {**HEAD, **blanks}
    told = f"{crc32(' '.join(f'{name}:{len(slots)}' for name, slots in blanks.items()).encode()):08x}"
    ends = list(accumulate((len(slots) for slots in blanks.values()), initial=0))
    slots = {name: slice(start, stop) for name, start, stop in zip(blanks, ends, ends[1:], strict=False)}
    return Layout(scope, slots, f"#{platform}.{'+'.join(scope) or 'account'}@{told}", sum(blanks.values(), ()))
