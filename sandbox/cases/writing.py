"""A recorded case as files: TOML with its steps, or, when there are many, with the name of a JSONL file that holds them.

Law: what is written reads back as the same case. Rows are written as they come; only as many are held as fit a page. Facts lie in
the JSONL always: the journal has them platform by platform, as they were heeded, while a fact of a step is told to the whole world.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta, timezone
from itertools import chain, islice
from pathlib import Path
from typing import Any, Final

from sandbox.errors import InputError, MachineError

from .rows import PASSED, Row, line

PAGE: Final = 200
"""Steps up to which a case is one TOML file."""

BEIJING: Final = timezone(timedelta(hours=8))


def write_case(path: Path, rows: Iterable[Row], title: str) -> int:
    """Write the case; how many steps it has. Raises InputError when there are none, MachineError when it cannot be written."""
    coming = iter(rows)
    page = list(islice(coming, PAGE + 1))
    if not page:
        raise InputError(str(path), "steps", 0, "at least one: the source holds no verdict of this account")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if len(page) <= PAGE and not any("signal" in row for row in page):
            path.write_text(head(path, page[0]["at"], title) + "".join(map(_step(page[0]["at"]), page)), "utf-8")
            return len(page)
        steps = path.with_suffix(".jsonl")
        many = 0
        with steps.open("wb") as out:
            for row in chain(page, coming):
                out.write(line(row))
                many += 1
        path.write_text(head(path, page[0]["at"], title) + f"steps = {inline(steps.name)}\nlines = {many}\n", "utf-8")
    except OSError as problem:
        raise MachineError(f"{path} cannot be written: {problem.strerror or problem}") from None
    return many


def add_note(path: Path, note: str) -> None:
    """Say something about the case that was known only when all of it had been read."""
    first, rest = path.read_text("utf-8").split("\n", 1)
    path.write_text(f"{first}\nnote = {inline(note)}\n{rest}", "utf-8")


def head(path: Path, start: int, title: str) -> str:
    """The first lines of a case file."""
    moment = datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=start)
    lines = [
        f"name = {inline(path.stem)}",
        f"title = {inline(title)}",
        f"start = {moment.astimezone(BEIJING).isoformat(timespec='milliseconds')}",
    ]
    return "\n".join(lines) + "\n"


def _step(start: int) -> Any:
    def step(row: Row) -> str:
        at = f'\n[[step]]\nat = "{row["at"] - start}ms"\n'
        allowed, code, rule, tier = row.get("said", PASSED)
        expect = {
            "allowed": allowed,
            **({} if allowed else {"code": code, "rule": rule}),
            **({"tier": tier} if tier else {}),
        }
        asked = {name: value for name, value in row.items() if name in ("action", "actor", "cost")}
        return at + _lines({**asked, "expect": expect})

    return step


def _lines(table: Mapping[str, Any]) -> str:
    return "".join(f"{name} = {inline(value)}\n" for name, value in table.items())


def inline(value: Any) -> str:
    """A value in TOML's inline form."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(key)} = {inline(one)}" for key, one in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(inline, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else json.dumps(name, ensure_ascii=False)
