"""What the commands print: rules with their sources, codes explained, runs compared.

Law: rich tables on standard output; plain when it is no terminal.
"""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from sandbox.errors import InputError
from sandbox.report import Summary
from sandbox.report.compare import compare
from sandbox.report.context import read_context
from sandbox.report.page import expected
from sandbox.rulebooks import Rulebook
from sandbox.rulebooks.describe import describe_all

REGRESSION = 97
WIDE = 160
console = Console()


def wide() -> Console:
    """A console that does not squeeze tables when the output is no terminal."""
    return console if console.is_terminal else Console(width=WIDE)


def of_platform(books: dict[str, Rulebook], platform: str | None) -> dict[str, Rulebook]:
    """The rulebook of one platform, or all. Raises InputError."""
    if platform is not None and platform not in books:
        raise InputError("rules", "platform", platform, "one of " + ", ".join(books))
    return {name: book for name, book in books.items() if platform in (None, name)}


def show_rules(books: Mapping[str, Rulebook]) -> None:
    """Every rule of the rulebooks, with standing and the number of its source; the sources follow."""
    for name, book in books.items():
        table = Table(title=f"{name} ({book.digest})", title_justify="left")
        for heading in ("rule", "says", "code", "standing", "source", "facts"):
            table.add_column(heading, overflow="fold", no_wrap=heading in ("rule", "standing"))
        numbers: dict[str, int] = {}
        for rule in describe_all(book):
            number = numbers.setdefault(rule["source"], len(numbers) + 1)
            source = f"[{number}] {rule['part']}".rstrip()
            table.add_row(
                rule["id"], Text(rule["says"]), rule["code"], rule["standing"], Text(source), " ".join(rule["facts"])
            )
        wide().print(table)
        for source, number in numbers.items():
            wide().print(f"  [{number}] {source}", highlight=False, markup=False)
        wide().print()


def show_summary(summary: Summary, folder: Path) -> None:
    """What was expected, what happened, the verdict with its reasons, and what to do next."""
    out = wide()
    table = Table(title="expectations", title_justify="left")
    worlds = list(summary["worlds"])
    for heading in ("metric", "expected", *worlds, "holds"):
        table.add_column(heading, overflow="fold")
    for row in expected(summary["expectations"]):
        actual = (row["actual"].get(world, "") for world in worlds)
        table.add_row(row["name"], row["expected"], *actual, "yes" if row["holds"] else "NO")
    if summary["expectations"]:
        out.print(table)
    if summary["story"]:
        out.print(" ".join(summary["story"]), highlight=False, markup=False)
        out.print()
    out.print(f"{summary['scenario']} (seed {summary['seed']}): {summary['verdict'].upper()}", style="bold", highlight=False)
    for reason in summary["reasons"]:
        out.print(f"  {reason}", highlight=False, markup=False)
    for what, command in (*following(summary, folder), ("report", str(folder / "report.html"))):
        out.print(f"{what}: {command}", highlight=False, markup=False, soft_wrap=True)


def following(summary: Summary, folder: Path) -> list[tuple[str, str]]:
    """(what for, command) for a reader who wants to know more: why calls were refused, or how to get a verdict at all."""
    refused: Counter[str] = Counter()
    for row in summary["refusals"]:
        refused[row["rule"] or row["code"]] += sum(row["counts"].values())
    if summary["verdict"] == "fail" and refused:
        return [("why", f"sandbox rules --explain {shlex.quote(what)}") for what, _ in refused.most_common(2)]
    if summary["verdict"] == "invalid" and "live" in summary["worlds"] and not summary["capacity"]:
        slower = f"live.rate={read_context(folder).rate / 2:g}"
        return [("again, slower", shlex.join([*summary["manifest"]["command"], "--set", slower]))]
    return []


def show_comparison(a: Path, b: Path) -> int:
    """What differs between two runs, the worse first; 97 when the second is worse."""
    rows, regressed = compare(a, b)
    differs = [row for row in rows if row["verdict"] != "same"]
    table = Table(title=f"{a.name} -> {b.name}", title_justify="left")
    for heading in ("world", "metric", "before", "after", "change", "verdict", "because"):
        table.add_column(heading, overflow="fold")
    for row in differs:
        values = (_cell(row["a"]), _cell(row["b"]), _moved(row["a"], row["b"]))
        table.add_row(row["world"], row["metric"], *values, row["verdict"], row["because"])
    if differs:
        wide().print(table)
    same = f" ({len(rows) - len(differs)} of {len(rows)} metrics are the same)"
    wide().print(("REGRESSION" if regressed else "no regression") + same, style="bold", highlight=False)
    return REGRESSION if regressed else 0


def _cell(value: float | None) -> str:
    return "" if value is None else f"{value:,}" if isinstance(value, int) else f"{value:g}"


def _moved(before: float | None, after: float | None) -> str:
    """By how much of what it was; nothing where it was nothing."""
    return f"{(after - before) / abs(before):+.1%}" if before and after is not None else ""
