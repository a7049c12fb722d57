"""What a case's run prints: a line for each step on a terminal, and a timeline around the first difference everywhere.

Law: prints, decides nothing. Without a terminal only what differs is said, and the verdict.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.table import Table

from sandbox.cases import Case, Outcome, describe, timeline
from sandbox.cases.telling import shown, span
from sandbox.rulebooks import Rulebook
from sandbox.rulebooks.describe import rules

from .showing import console, wide

State = Mapping[str, Mapping[str, Any]]

MOMENT = re.compile(r"\b1\d{12}\b")
"""A moment within a meter's numbers, ms since the epoch."""


def show_outcomes(
    outcomes: Sequence[Outcome], case: Case, books: Mapping[str, Rulebook], world: str, path: Path, state: State
) -> None:
    """Every step's line (on a terminal all, else those that differ), then the timeline."""
    for one in outcomes:
        if one.wrong or console.is_terminal:
            _plain(f"{'WRONG ' if one.wrong else 'holds '} {world} {describe(one, path.name)}")
    first = next((one for one in outcomes if one.wrong), None)
    if first is not None:
        _show_timeline(case, outcomes)
        _show_difference(first)
        _show_why(first, books, held(state, case.start_ms))


def show_verdict(summary: Mapping[str, Any], folder: Path) -> None:
    """The verdict, what to do next and, last, the run folder."""
    reason = f" ({counted(summary)})"
    console.print(f"{summary['scenario']}: {summary['verdict'].upper()}{reason}", style="bold", highlight=False)
    for rule in summary.get("case", {}).get("rules", ())[:2]:
        _plain(f"why: sandbox rules --explain {rule['id']}")
    if (folder / "report.html").is_file():
        _plain(f"report: {folder / 'report.html'}")
    _plain(str(folder))


def counted(summary: Mapping[str, Any]) -> str:
    """How many steps differ and which is the first; of a replay, its reason."""
    wrong = [row for row in summary["expectations"] if not row["holds"]]
    if "case" not in summary or not wrong:
        return str(summary["reasons"][0])
    first = wrong[0]["name"].partition(" ")[2].partition(" ")[0]
    return f"{len(wrong)} of {len(summary['expectations'])} steps differ, the first is step {first} in {wrong[0]['world']}"


def in_question(outcome: Outcome, books: Mapping[str, Rulebook]) -> list[dict[str, Any]]:
    """The rules that a step's answer names, or should name."""
    wanted = outcome.step.expect.sanctions or ()
    named = {outcome.seen.get("rule"), outcome.seen.get("tripped"), *outcome.wrong.get("rule", ())}
    named |= {one.rule for one in wanted} | {one[1] for one in outcome.seen.get("sanctions", ())}
    return [rule for book in books.values() for rule in rules(book) if rule["id"] in named]


def held(state: State, start: int) -> list[tuple[str, str]]:
    """(key, what it held) of meters and breakers; moments are told from `start`, ms since the epoch."""

    def moment(found: re.Match[str]) -> str:
        since = int(found[0]) - start
        return f"+{span(since)}" if since >= 0 else f"-{span(-since)}"

    return [(key, MOMENT.sub(moment, _meter(meter))) for key, meter in state.items()]


def _meter(meter: Mapping[str, Any]) -> str:
    if "used" in meter:
        return f"{meter['used']:,} of {meter['limit']:,} used until {meter['until']}"
    return " ".join(f"{name} {value}" for name, value in meter.items())


def show_ways(ways: Mapping[str, int]) -> None:
    """How the steps travelled over HTTP: nothing is skipped, and what had no request of its own is said."""
    _plain(
        f"live: {ways.get('wire', 0)} requests, {ways.get('acted', 0)} acts, "
        f"{ways.get('asked', 0)} asked of the gate through /_sandbox/ask, "
        f"{ways.get('told', 0)} facts told"
    )


def _show_timeline(case: Case, outcomes: Sequence[Outcome]) -> None:
    table = Table(title=f"{case.name}: {case.title}", title_justify="left")
    for heading in ("at", "step", "asked", "got"):
        table.add_column(heading, overflow="fold")
    rows = timeline(case, outcomes)
    for row in rows:
        table.add_row(*row, style="bold red" if row is rows[-1] else "")
    wide().print(table, markup=False)


def _show_difference(outcome: Outcome) -> None:
    table = Table(title=f"step {outcome.number} differs", title_justify="left")
    for heading in ("", "expected", "got"):
        table.add_column(heading, overflow="fold")
    for name, (wanted, actual) in outcome.wrong.items():
        table.add_row(name, shown(name, wanted), shown(name, actual))
    wide().print(table, markup=False)


def _show_why(outcome: Outcome, books: Mapping[str, Rulebook], state: Sequence[tuple[str, str]]) -> None:
    """The rules in question, and what the account's meters and breakers held then."""
    for rule in in_question(outcome, books):
        _plain(f"  {rule['id']}: {rule['says']} ({rule['standing']}, {rule['source']} {rule['part']})".rstrip())
    for key, cell in state:
        _plain(f"  {key}: {cell}")


def _plain(text: str) -> None:
    console.print(text, highlight=False, markup=False, soft_wrap=True)
