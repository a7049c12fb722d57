"""The one record of what happened, and the journal that keeps it.

Law: an event is a flat mapping of plain values with at least `at` (ms, virtual), `kind` and `account`. Reports are folds over
events; nothing is reported that no event says. Counts are exact for ever; whole events are kept up to a bound, and
whoever asks is told when some are gone.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from .errors import InputError

Scalar = str | int | float | bool | None
Event = dict[str, Scalar]
Record = Callable[[Event], None]


def ignore(event: Event) -> None:
    """A recorder that forgets."""
    del event


def line(event: Event) -> str:
    """The event as one line of JSON, keys in the order they were given, Chinese as it is."""
    return json.dumps(event, ensure_ascii=False, separators=(",", ":"))


def read(path: Path) -> Iterator[Event]:
    """The events of a JSONL file. A last line that was cut off is left out; any other bad line is an `InputError`."""
    with path.open("rb") as lines:
        for number, text in enumerate(lines, 1):
            try:
                event = json.loads(text)
            except ValueError:
                if not text.endswith(b"\n"):
                    return
                event = None
            if not isinstance(event, dict):
                raise InputError(str(path), f"line {number}", text[:60].decode("utf-8", "replace"), "a JSON object")
            yield event


def write(path: Path, events: Iterable[Event]) -> None:
    """Append events to a JSONL file."""
    with path.open("a", encoding="utf-8") as out:
        out.writelines(line(event) + "\n" for event in events)


Late = tuple[Any, ...]
"""An event that is made when somebody looks: whose it is, what makes it of that, and what else it is made of."""


class Journal:
    """Keeps the newest `size` events and numbers all of them from 1."""

    def __init__(self, size: int = 200_000) -> None:
        self._kept: deque[Event | Late | None] = deque(maxlen=size)
        self._size = size
        self._gone = 0
        self.total = 0

    def __call__(self, event: Event) -> None:
        """Record one event."""
        self.keep(event)

    def keep(self, event: Event | Late) -> None:
        """Record an event, or what one is made of when somebody looks: under load most are never looked at."""
        kept = self._kept
        if len(kept) == self._size and kept[0] is not None:
            self._gone = self.total - self._size + 1
        self.total += 1
        kept.append(event)

    def since(self, number: int, account: str = "", limit: int = 10_000) -> tuple[list[Event], int, int]:
        """Up to `limit` events after the `number`-th, the number to ask from next, and how many were lost before them.

        Events that were forgotten are not lost: they are nobody's any more, and keep their numbers.
        """
        oldest = self.total - len(self._kept)
        first = max(number, oldest)
        page = list(islice(self._kept, first - oldest, first - oldest + limit))
        lost = max(0, self._gone - number)
        mine = [made(event) for event in page if event is not None and account in ("", _owner(event))]
        return mine, first + len(page), lost

    def forget(self, account: str) -> None:
        """Drop one account's events; all others keep their numbers."""
        kept = (None if event is None or _owner(event) == account else event for event in self._kept)
        self._kept = deque(kept, self._size)


def _owner(event: Event | Late) -> Scalar:
    return event[0] if isinstance(event, tuple) else event["account"]


def made(event: Event | Late) -> Event:
    """The event itself."""
    if isinstance(event, tuple):
        account, make, *rest = event
        told: Event = make(account, *rest)
        return told
    return event
