"""One value in a document of tables and lists, found by a dotted key: what `--set` changes.

Law: pure; imports next to nothing, because `serve` must be quick.
"""

from __future__ import annotations

import tomllib
from typing import Any

from .errors import InputError


def put(content: Any, key: str, value: Any, where: str) -> None:
    """Change one value in a document; keys are TOML's (`expect."a.b"`), lists are entered by index or by an entry's `name`."""
    *path, last = _path(key, where)
    for part in path:
        content = _enter(content, part, key, where)
    if isinstance(content, list):
        content[_index(content, last, key, where)] = value
    else:
        content[last] = value


def _path(key: str, where: str) -> list[str]:
    """The parts of a dotted TOML key."""
    try:
        nested: Any = tomllib.loads(f"{key} = 0")
    except tomllib.TOMLDecodeError:
        raise InputError(where, key, key, "a dotted key, parts that hold dots in quotes") from None
    parts = []
    while isinstance(nested, dict):
        ((part, nested),) = nested.items()
        parts.append(part)
    return parts


def _enter(content: Any, part: str, key: str, where: str) -> Any:
    if isinstance(content, dict):
        return content.setdefault(part, {})
    if isinstance(content, list):
        return content[_index(content, part, key, where)]
    raise InputError(where, key, part, "a path to a value: this leads through one that is no table")


def _index(entries: list[Any], part: str, key: str, where: str) -> int:
    for index, entry in enumerate(entries):
        if part == str(index) or (isinstance(entry, dict) and entry.get("name") == part):
            return index
    raise InputError(where, key, part, "the number or the name of an entry")
