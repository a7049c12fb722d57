"""Why a call was refused: a code with the rules that answer so, or one rule in full, with its source.

Law: one screen. WeCom alone has two dozen rules behind 45009, one of them over 150 actions: they are listed, and each is told in full by its name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from rich.table import Table

from sandbox.errors import InputError
from sandbox.rulebooks import Rulebook
from sandbox.rulebooks.describe import answering_with, describe_all

from .showing import wide

IN_FULL = 3
"""So many rules are told in full; more are listed."""

NAMED = 8
"""So many actions of a rule are named."""


def explain(books: dict[str, Rulebook], what: str) -> None:
    """Tell what a code means and which rules answer with it, or tell a rule in full. Raises InputError."""
    every = {rule["id"]: rule for book in books.values() for rule in describe_all(book)}
    if what in every:
        _tell(every[what])
        return
    meanings = [(name, book.document.error[what].text) for name, book in books.items() if what in book.document.error]
    if not meanings:
        raise InputError("rules", "--explain", what, _wanted(what, every))
    for name, text in meanings:
        _say(f"{name} {what}: {text}")
    found = answering_with(books, what)
    if not found:
        _say("No rule answers with it: it is about the request itself.")
    elif len(found) <= IN_FULL:
        for rule in found:
            _say("")
            _tell(rule)
    else:
        _list(found)


def _wanted(what: str, every: Mapping[str, Any]) -> str:
    near = get_close_matches(what, every, 3, 0.6)
    return f"a rule, such as {', '.join(near)}" if near else "a code or a rule that a rulebook lists (see `sandbox rules`)"


def _list(rules: Sequence[Mapping[str, Any]]) -> None:
    table = Table(title=f"{len(rules)} rules answer so", title_justify="left")
    for heading in ("rule", "says", "of"):
        table.add_column(heading, overflow="fold")
    for rule in rules:
        table.add_row(rule["id"], rule["says"], named(rule["actions"], 2))
    wide().print(table)
    _say(f"One in full, with its source: sandbox rules --explain {rules[0]['id']}")


def _tell(rule: Mapping[str, Any]) -> None:
    rows = {
        "says": rule["says"],
        "of": named(rule["actions"], NAMED),
        "code": rule["code"],
        "resets": rule.get("resets", ""),
        "source": f"{rule['source']} {rule['part']}".rstrip(),
        "facts": " ".join(rule["facts"]),
        "note": rule["note"],
    }
    _say(f"{rule['id']}  ({rule.get('kind', 'figure')}, {rule['standing']})")
    for name, text in rows.items():
        if text:
            _say(f"  {name:<7}  {text}")


def named(actions: Sequence[str], most: int) -> str:
    """The first so many actions, and how many there are beside them."""
    more = len(actions) - most
    return ", ".join(actions[:most]) + (f" and {more} more" if more > 0 else "")


def _say(text: str) -> None:
    wide().print(text, highlight=False, markup=False)
