"""Real claims as rows: JSONL or CSV, its columns mapped in a small TOML file.

Law: one pass; a column that is missing is named, with the columns that there are. An empty value is an attribute left out, which
frees nobody. Times may not go back.

    time = "ms"                     # "s", "ms" since the epoch, or "iso" (without a zone: Beijing)
    [columns]                       # our name = theirs; `at`, `action`, `account`, `cost`, all else is an attribute of the caller
    at = "claimed_at"
    user = "uid"
    [constants]                     # what every claim has
    action = "wechat.user.claim"
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from sandbox.errors import InputError
from sandbox.rulebooks.grammar import Strict

from .rows import Lines, Row

BEIJING: Final = timezone(timedelta(hours=8))
FIRST, LAST = 946_684_800_000, 4_102_444_800_000
"""2000 and 2100, ms since the epoch."""

OWN: Final = ("at", "action", "account", "cost")
"""Names that are no attributes of the caller."""


class Columns(Strict):
    """Which column is what."""

    time: Literal["s", "ms", "iso"] = "ms"
    columns: dict[str, str]
    constants: Annotated[dict[str, str], Field(default_factory=dict)]


class Claims:
    """The claims of a file as rows; `cut` is the number of a last line that was cut off, 0 for none."""

    def __init__(self, path: Path, columns: Columns, where: str) -> None:
        for name, there in (("at", columns.columns), ("action", {**columns.columns, **columns.constants})):
            if name not in there:
                raise InputError(where, f"columns.{name}", "(absent)", "the column that holds it")
        self.path, self.cut, self._columns, self._where = path, 0, columns, where

    def __iter__(self) -> Iterator[Row]:
        """One row a claim. Raises InputError with file and line."""
        columns, moment = self._columns.columns, TIMES[self._columns.time]
        attributes = tuple((name, theirs) for name, theirs in columns.items() if name not in OWN)
        own = tuple((name, columns[name]) for name in ("action", "account") if name in columns)
        fixed = {name: value for name, value in self._columns.constants.items() if name not in OWN}
        base = {name: value for name, value in self._columns.constants.items() if name in ("action", "account")}
        time, cost, before = columns["at"], columns.get("cost"), 0
        for number, record in self._records():
            try:
                at = _within(moment(record[time]))
                row: Row = {"at": at, **base, **{name: str(record[theirs]) for name, theirs in own}}
                if cost:
                    row["cost"] = _counted(int(record[cost]))
            except (KeyError, ValueError, TypeError, OverflowError) as problem:
                raise InputError(
                    f"{self.path}:{number}", "claim", str(record), f"a claim that can be read: {problem}"
                ) from None
            if at < before:
                raise InputError(f"{self.path}:{number}", time, record[time], "a time no earlier than the line before")
            before = at
            row["actor"] = {
                **fixed,
                **{name: str(value) for name, theirs in attributes if (value := record.get(theirs)) not in ("", None)},
            }
            if not row["actor"].get("amount", "0").isdecimal():
                column = columns.get("amount", "amount")
                raise InputError(
                    f"{self.path}:{number}", column, row["actor"]["amount"], "money in whole fen (分), such as 500"
                )
            if "ip" in row["actor"] and "segment" not in row["actor"]:
                row["actor"]["segment"] = row["actor"]["ip"].rpartition(".")[0]
            yield row

    def _records(self) -> Iterator[tuple[int, Mapping[str, Any]]]:
        records = self._csv() if self.path.suffix == ".csv" else self._jsonl()
        for number, record in records:
            self._must_have(record, number)
            yield number, record
            break
        yield from records

    def _must_have(self, record: Iterable[str], number: int) -> None:
        there = list(record)
        missing = [f"{theirs} ({name})" for name, theirs in self._columns.columns.items() if theirs not in there]
        if missing:
            expected = f"columns {', '.join(missing)}, which {self._where} names"
            raise InputError(f"{self.path}:{number}", "columns", ", ".join(there), expected)

    def _jsonl(self) -> Iterator[tuple[int, Mapping[str, Any]]]:
        lines = Lines(self.path)
        yield from lines
        self.cut = lines.cut

    def _csv(self) -> Iterator[tuple[int, Mapping[str, Any]]]:
        """A last row with too few fields was cut off; any other is an error."""
        with self.path.open(encoding="utf-8-sig", newline="") as file:
            try:
                yield from self._rows(csv.reader(file))
            except (UnicodeDecodeError, csv.Error) as problem:
                raise InputError(str(self.path), "file", str(problem), "CSV in UTF-8") from None

    def _rows(self, table: Any) -> Iterator[tuple[int, Mapping[str, Any]]]:
        header: list[str] = next(table, [])
        self._must_have(header, 1)
        short = 0
        for row in table:
            if short:
                raise InputError(f"{self.path}:{short}", "row", "(too few fields)", f"{len(header)} fields")
            if len(row) < len(header):
                short = table.line_num
                continue
            yield table.line_num, dict(zip(header, row, strict=False))
        self.cut = short


def _within(at: int) -> int:
    """A time that claims may have (ms): seconds taken for milliseconds would all lie in one month of 1970."""
    if not FIRST <= at < LAST:
        raise ValueError(f"{at} ms is no time from 2000 to 2099: is `time` right?")
    return at


def _counted(cost: int) -> int:
    """What a claim counts: less than one would give back what others took."""
    if cost < 1:
        raise ValueError(f"a cost of {cost}")
    return cost


def _iso(text: str) -> int:
    moment = datetime.fromisoformat(text)
    return int((moment if moment.tzinfo else moment.replace(tzinfo=BEIJING)).timestamp() * 1000)


TIMES: Final[Mapping[str, Callable[[Any], int]]] = {
    "ms": int,
    "s": lambda value: int(float(value) * 1000),
    "iso": _iso,
}
"""How each kind of time is read, to ms since the epoch."""
