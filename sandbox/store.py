"""Where meters are remembered: one method that reads, decides and writes as one step.

Law: no rules here. A step is pure and may run again. A store that cannot answer raises; it never answers with nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from threading import Lock
from typing import Protocol, TypeVar

from .policy.model import Cell, Cells

T = TypeVar("T")


class Store(Protocol):
    """What the gate needs of a store. `far`: it helps to name the cells beforehand, because each look goes over a wire."""

    far: bool

    def transact(self, keys: Iterable[str], step: Callable[[Cells], tuple[Cells, T]]) -> T:
        """Let `step` see the cells under `keys`, keep what it changed, return its answer: atomically."""
        ...

    def forget(self, account: str) -> None:
        """Drop every cell of one account, and of no other."""
        ...

    def snapshot(self, account: str) -> Cells:
        """A copy of every cell of one account."""
        ...


class MemoryStore:
    """Cells in this process; exact under threads."""

    far = False

    def __init__(self) -> None:
        self._cells: dict[str, Cell] = {}
        self._lock = Lock()

    def transact(self, keys: Iterable[str], step: Callable[[Cells], tuple[Cells, T]]) -> T:
        """See `Store.transact`. The step is shown all cells, since a copy of some would cost more than it protects."""
        del keys
        with self._lock:
            changed, answer = step(self._cells)
            self._cells.update(changed)
            return answer

    def forget(self, account: str) -> None:
        """See `Store.forget`."""
        with self._lock:
            for key in [key for key in self._cells if _owner(key) == account]:
                del self._cells[key]

    def snapshot(self, account: str) -> Cells:
        """See `Store.snapshot`."""
        with self._lock:
            return {key: cell for key, cell in self._cells.items() if _owner(key) == account}


def _owner(key: str) -> str:
    """The account of a cell: what stands before the first separator (account ids hold neither)."""
    return key.split("#", 1)[0].split("/", 1)[0]
