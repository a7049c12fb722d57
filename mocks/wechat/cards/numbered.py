"""Texts and their numbers: what a `dict[str, int]` does, in a third of its memory.

Law: a text keeps the number it got, counted from 0 in the order of arrival. The texts stand one behind the other in one run of
bytes; an open table of numbers, at most half full, finds them. A million codes and a million openids must fit into 200 bytes a code.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator

FIRST_SIZE = 8


class Numbered:
    """A growing set of texts, each with its number."""

    __slots__ = ("_ends", "_table", "_texts")

    def __init__(self) -> None:
        self._texts, self._ends = bytearray(), array("I", [0])
        self._table = array("I", bytes(4 * FIRST_SIZE))

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __getitem__(self, number: int) -> str:
        return self._texts[self._ends[number] : self._ends[number + 1]].decode("utf-8", "surrogatepass")

    def __iter__(self) -> Iterator[str]:
        return (self[number] for number in range(len(self)))

    def __contains__(self, text: str) -> bool:
        return self.find(text) >= 0

    def find(self, text: str) -> int:
        """The number of a text, or -1."""
        return self._table[self._place(text.encode("utf-8", "surrogatepass"))] - 1

    def add(self, text: str) -> int:
        """The number of a text, a new one if it was not there."""
        key = text.encode("utf-8", "surrogatepass")
        place = self._place(key)
        if found := self._table[place]:
            return found - 1
        self._texts += key
        self._ends.append(len(self._texts))
        self._table[place] = len(self)
        if 2 * len(self) > len(self._table):
            self._grow()
        return len(self) - 1

    def _place(self, key: bytes) -> int:
        """Where in the table the number of a text stands, or would."""
        table, texts, ends = self._table, self._texts, self._ends
        mask = len(table) - 1
        place = hash(key) & mask
        while (number := table[place]) and texts[ends[number - 1] : ends[number]] != key:
            place = (place + 1) & mask
        return place

    def _grow(self) -> None:
        """A table twice as large. No text is twice there, so none need be compared."""
        table = array("I", bytes(8 * len(self._table)))
        mask, texts, begin = len(table) - 1, bytes(self._texts), 0
        for number, end in enumerate(self._ends[1:], 1):
            place = hash(texts[begin:end]) & mask
            while table[place]:
                place = (place + 1) & mask
            table[place], begin = number, end
        self._table = table
