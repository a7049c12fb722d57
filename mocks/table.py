"""`python -m mocks.table`: the endpoint table of `mocks/README.md`, made from the endpoint tables and the rulebooks.

Law: reads, prints; a test holds the page against it.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from mocks.app import PLATFORMS
from sandbox.rulebooks import Rulebook, load_all
from sandbox.rulebooks.citing import span

ONE = re.compile(r"^1(?=[a-z])")
"""A window of one unit is written without its number."""

PAGE = Path(__file__).with_name("README.md")
BEGIN, END = "<!-- endpoints: made by `python -m mocks.table`, checked by a test -->\n", "<!-- end of endpoints -->"


def table() -> str:
    """The table, as Markdown."""
    books = load_all()
    lines = ["| endpoint | what it is | limits | facts |", "|---|---|---|---|"]
    for platform in PLATFORMS:
        for one in platform.endpoints:
            limits = ", ".join(_limits(books[one.action.partition(".")[0]], one.action))
            path = f"`{one.method} {platform.prefix}{one.path}`"
            lines.append(f"| {path} | {one.summary} | {limits} | {' '.join(one.facts)} |")
    return "\n".join(lines) + "\n"


def _limits(book: Rulebook, action: str) -> list[str]:
    """The quotas of an action in a word each, and whether an excess trips something."""
    guards = book.book.breakers.get(action, ())
    quotas = [rule for rule in book.book.quotas.get(action, ()) if not rule.when]
    shown = [f"{rule.limit:,}/{ONE.sub('', span(rule.window))}" for rule in quotas]
    return [*dict.fromkeys(shown), *(["fuse"] if any(fuse.trip_on == "excess" for fuse in guards) else [])]


def page(text: str) -> str:
    """The page with its table made anew."""
    before, rest = text.split(BEGIN)
    return before + BEGIN + table() + END + rest.split(END)[1]


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8")
    sys.stdout.write(table())
