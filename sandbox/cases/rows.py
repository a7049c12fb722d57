"""Recorded steps: one flat line of JSON each, so that millions can be played in one pass without being held.

Law: a row is a dict, made by the parser and read once; what a rulebook said stands in `said` = [allowed, code, rule, tier], and is
left out when the call was simply allowed. A last line that was cut off is left out, and known.

    {"at": ms, "action": "...", "account": "main", "actor": {...}, "cost": 1, "said": [...]}     a call
    {"at": ms, "signal": "...", "platform": "...", "about": "...", "actor": {...}, ...}          a fact
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import orjson

from sandbox.errors import InputError
from sandbox.policy import Call, Signal

Row = dict[str, Any]

MAIN: Final = "main"
PASSED: Final = [True, "", "", 0]
"""What `said` is when it is left out."""

FACT: Final = ("about", "ok", "took", "started", "payload", "cost")
"""What a fact may say beside its kind, platform, account and actor."""

KEYS: Final = frozenset({"at", "action", "signal", "platform", "account", "actor", "said", *FACT})
"""What a step may say at all: a key that is misspelt would leave something out of what is judged."""


class Lines:
    """The objects of a JSONL file with their numbers; `cut` is the number of a last line that was cut off, 0 for none."""

    def __init__(self, path: Path) -> None:
        self.path, self.cut = path, 0

    def __iter__(self) -> Iterator[tuple[int, Row]]:
        """Each line's number, from 1, and its object. Raises InputError for a line that is none."""
        loads = orjson.loads
        with self.path.open("rb") as lines:
            for number, text in enumerate(lines, 1):
                try:
                    row = loads(text)
                except ValueError:
                    if text.endswith(b"\n"):
                        raise _no_object(self.path, number, text) from None
                    self.cut = number
                    return
                if type(row) is not dict:
                    raise _no_object(self.path, number, text)
                yield number, row


def _no_object(path: Path, number: int, text: bytes) -> InputError:
    return InputError(f"{path}:{number}", "line", text[:60].decode("utf-8", "replace"), "a JSON object")


def line(row: Row) -> bytes:
    """A row as a line."""
    return orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE)


def call_of(row: Row) -> Call:
    """The call that a row records."""
    action = row["action"]
    account, actor, cost = row.get("account", MAIN), row.get("actor", {}), row.get("cost", 1)
    return Call(action.partition(".")[0], action, account, actor, cost)


def signal_of(row: Row) -> Signal:
    """The fact that a row records."""
    more = {name: row[name] for name in FACT if name in row}
    return Signal(row["platform"], row["signal"], row.get("account", MAIN), actor=row.get("actor", {}), **more)
