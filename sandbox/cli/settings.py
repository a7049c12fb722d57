"""From what a user typed to rulebooks, and to what is left to change in a scenario.

Law: everything is checked before anything runs. Imports little: `serve` must be quick.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sandbox.errors import InputError
from sandbox.keypath import put
from sandbox.rulebooks import Rulebook, load_all

RULEBOOK = "rulebook."


def books_and_changes(directory: Path | None, sets: Sequence[str]) -> tuple[dict[str, Rulebook], dict[str, Any]]:
    """The rulebooks with all overrides, and what is left to change in a scenario. Raises InputError."""
    rules: dict[str, dict[str, Any]] = {}
    rest: dict[str, Any] = {}
    for text in sets:
        key, equals, value = text.partition("=")
        if not equals or not key:
            raise InputError("--set", text, text, "key.path=value")
        if key.startswith(RULEBOOK):
            put(rules, key.removeprefix(RULEBOOK), _value(value), "--set")
            if not all(isinstance(changed, dict) for changed in rules.values()):
                raise InputError("--set", key, value, "a value within it, such as rulebook.PLATFORM.quota.NAME.limit=1")
        else:
            rest[key] = _value(value)
    return load_all(directory, rules), rest


def _value(text: str) -> Any:
    """A TOML value; a word that is none is text, so that `window=30s` needs no quotes."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text
