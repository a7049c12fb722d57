"""Where in a TOML text a key stands: TOML's own reader keeps no lines, and a complaint without one sends people searching.

Law: pure; a guess is never given, 0 is "unknown".
"""

from __future__ import annotations

import re

HEADER = re.compile(r"^\s*\[\[\s*step\s*\]\]")


def step_lines(text: str) -> list[int]:
    """The line of each `[[step]]`, in order, counted from 1."""
    return [number for number, line in enumerate(text.splitlines(), 1) if HEADER.match(line)]


def line_of(text: str, key: str) -> int:
    """The line of a dotted key such as `step.3.expect.code`; 0 when it cannot be told."""
    parts = key.split(".")
    lines = text.splitlines()
    if parts[0] != "step" or len(parts) < 2 or not parts[1].isdecimal():
        return _within(lines, 0, len(lines), parts[0])
    starts = step_lines(text)
    if int(parts[1]) >= len(starts):
        return 0
    first = starts[int(parts[1])]
    end = next((number for number in range(first + 1, len(lines) + 1) if lines[number - 1].lstrip().startswith("[")), 0)
    found = _within(lines, first, end - 1 if end else len(lines), parts[2]) if len(parts) > 2 else 0
    return found or first


def _within(lines: list[str], first: int, end: int, name: str) -> int:
    """The line after `first`, up to `end`, that gives the key `name`."""
    key = re.compile(rf"\s*\[*\s*{re.escape(name)}\b\s*[=.\]]")
    return next((number for number in range(first + 1, end + 1) if key.match(lines[number - 1])), 0)


def place(where: str, text: str, key: str) -> str:
    """The file, with the key's line when it is known: `cases/x.toml:17`."""
    line = line_of(text, key)
    return f"{where}:{line}" if line else where
