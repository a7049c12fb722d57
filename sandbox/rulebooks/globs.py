"""Patterns such as "wecom.card_*" where a rule names the actions that it is about.

Law: pure. A pattern stands for the `interfaces` that the rulebook lists and that match; one that matches none is an error, since a
rule about nothing lets everything pass. A plain name stands for itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase

from sandbox.errors import InputError

from .document import Document
from .grammar import AboutActions


def spelt_out(document: Document, where: str) -> Document:
    """The document with every pattern replaced by the actions that it stands for. Raises InputError."""
    sections = ("quota", "breaker", "capability")
    return document.model_copy(update={section: _spelt(document, section, where) for section in sections})


def _spelt(document: Document, section: str, where: str) -> dict[str, AboutActions]:
    return {
        name: entry.model_copy(update={"actions": _actions(document.interfaces, entry, f"{section}.{name}", where)})
        for name, entry in getattr(document, section).items()
    }


def _actions(known: Sequence[str], entry: AboutActions, key: str, where: str) -> tuple[str, ...]:
    """The actions of one rule, in the order in which it names them, without those that it excepts."""
    named = dict.fromkeys(action for one in entry.actions for action in _matching(known, one, f"{key}.actions", where))
    for one in entry.excepted:
        for action in _matching(tuple(named), one, f"{key}.except", where):
            named.pop(action, None)
    if not named:
        raise InputError(where, f"{key}.except", list(entry.excepted), "at least one action that is not excepted")
    return tuple(named)


def _matching(known: Sequence[str], said: str, key: str, where: str) -> Sequence[str]:
    if "*" not in said:
        return (said,)
    found = [action for action in known if fnmatchcase(action, said)]
    if not found:
        raise InputError(where, key, said, "a pattern that matches some of the rulebook's interfaces")
    return found
