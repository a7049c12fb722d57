"""Rulebooks: a platform's rules as data, made ready for the policy engine.

Law: read, checked and compiled here, never changed afterwards. A user's own file overrides single figures of ours; every
complaint names file, key, value and what was expected.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from sandbox.errors import InputError
from sandbox.policy import Book, Reply, Verdict

from .compile import compile_book
from .document import Document
from .globs import spelt_out
from .grammar import ErrorEntry
from .overlay import digest, merge, validated

PLATFORMS = ("wechat", "channels", "wecom", "shopee", "wechat_pay")
"""The platforms that have a rulebook."""

MARKET = "market"
"""The rulebook of no platform: how merchants and buyers behave (see `market.py`)."""

BOOKS = (*PLATFORMS, MARKET)
"""Every rulebook."""


@dataclass(frozen=True, slots=True)
class Rulebook:
    """A platform's rules: `book` to judge by, `document` to read, and what the platform says."""

    document: Document
    book: Book
    codes: Mapping[str, str]
    digest: str
    settings: Mapping[str, Any] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        values = {name: entry.value for name, entry in self.document.setting.items()}
        object.__setattr__(self, "settings", values)

    @property
    def platform(self) -> str:
        """The platform's name."""
        return self.document.platform

    def code(self, verdict: Verdict) -> str:
        """The platform's code for a refusal; an empty text when the call was allowed."""
        return "" if verdict.allowed else self.codes[verdict.rule]

    def error(self, code: str) -> ErrorEntry:
        """Text and status of a code. Raises InputError for a code that the rulebook does not have: a fault of ours."""
        try:
            return self.document.error[code]
        except KeyError:
            raise InputError(self.platform, "error", code, "a code that the rulebook lists") from None

    def setting(self, name: str) -> Any:
        """The value of a setting. Raises KeyError when there is none of that name."""
        return self.settings[name]

    def latency(self, action: str) -> int:
        """How long the platform takes to answer the action, ms; 0 when the rulebook does not say."""
        entry = self.document.latency.get(action)
        return entry.takes if entry else 0

    def refusal(self, verdict: Verdict) -> Reply:
        """What a client sees of a refusal: the code, and nothing that the platform does not reveal."""
        return Reply(False, self.code(verdict))


def load(platform: str, overlays: Sequence[tuple[str, Mapping[str, Any]]] = ()) -> Rulebook:
    """One rulebook, with `overlays` (name, content) laid over it in turn. Raises InputError."""
    name = f"{platform}.toml"
    if not overlays:
        return _as_it_is(name)
    content = _shipped(name)
    for where, overlay in overlays:
        content = merge(content, overlay, where)
        name = where
    return _made(content, name)


@cache
def _as_it_is(name: str) -> Rulebook:
    """One of our own rulebooks, made ready once: it never changes."""
    return _made(_shipped(name), name)


@cache
def _shipped(name: str) -> dict[str, Any]:
    """One of our own rulebooks; where a platform controls risk, its rules for that stand in a file of their own."""
    content = tomllib.loads(files(__name__).joinpath(name).read_text("utf-8"))
    apart = files(__name__).joinpath("risk", name)
    if apart.is_file():
        for section, entries in tomllib.loads(apart.read_text("utf-8")).items():
            content[section] = {**content.get(section, {}), **entries}
    return content


def _made(content: Mapping[str, Any], where: str) -> Rulebook:
    document = spelt_out(validated(content, where), where)
    book, codes = compile_book(document, where)
    return Rulebook(document, book, codes, digest(content))


def laid_over(book: Rulebook, overlay: Mapping[str, Any], where: str) -> Rulebook:
    """The rulebook as it is in force, with one more overlay, such as a case's own rules. Raises InputError."""
    content = book.document.model_dump(by_alias=True, exclude_none=True)
    for section in ("quota", "breaker", "capability"):
        for entry in content[section].values():
            del entry["except"]  # the actions are spelt out already
    return _made(merge(content, overlay, where), where)


def load_all(directory: Path | None = None, changes: Mapping[str, Mapping[str, Any]] | None = None) -> dict[str, Rulebook]:
    """Every rulebook, with the files of `directory` and then `changes` (by platform) laid over. Raises InputError."""
    overlays: dict[str, list[tuple[str, Mapping[str, Any]]]] = {name: [] for name in BOOKS}
    for path in _files(directory):
        if path.stem not in overlays:
            raise InputError(str(path), "file name", path.stem, "one of " + ", ".join(BOOKS))
        overlays[path.stem].append((str(path), _parse(path)))
    for platform, change in (changes or {}).items():
        if platform not in overlays:
            raise InputError("--set", f"rulebook.{platform}", platform, "one of " + ", ".join(BOOKS))
        overlays[platform].append(("--set", change))
    return {platform: load(platform, laid) for platform, laid in overlays.items()}


def _files(directory: Path | None) -> list[Path]:
    if directory is None:
        return []
    if not directory.is_dir():
        raise InputError("--rulebooks", "folder", str(directory), "a folder that exists")
    return sorted(directory.glob("*.toml"))


def _parse(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise InputError(str(path), "file", str(problem), "TOML in UTF-8") from None
