"""The screen that every shown text passes: words that a platform does not let through.

Law: pure; the words are rulebook data, one list for each reason. Blanks and a text's width and case are no way around a word.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from unicodedata import normalize


def plain(text: str) -> str:
    """The text as it is compared: full-width letters and figures made narrow, small, without blanks or invisible characters."""
    return "".join(one for one in normalize("NFKC", text).casefold() if one.isprintable() and not one.isspace())


def screen(text: str, words: Iterable[str]) -> str | None:
    """The first of the words that stands in the text, as the list spells it, or None."""
    shown = plain(text)
    return next((word for word in words if plain(word) in shown), None)


def screen_all(texts: Iterable[str], lists: Mapping[str, Iterable[str]]) -> tuple[str, str] | None:
    """The first offence in several texts: which list (a reason), and which word of it; None when there is none."""
    shown = [plain(text) for text in texts]
    for reason, words in lists.items():
        for word in words:
            if any(plain(word) in one for one in shown):
                return reason, word
    return None
