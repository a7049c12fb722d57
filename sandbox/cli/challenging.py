"""Champion and challenger: a case under other rules, beside those that it was recorded or written under.

Law: one pass over the steps. Exit 0 when no verdict differs, 99 when one does, 98 when not all steps were there to be judged.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from rich.table import Table

from sandbox.cases import Case, bursts
from sandbox.cases.replay import Differences, freeze, replay, without_collector
from sandbox.cases.rows import Lines, Row
from sandbox.cases.telling import span
from sandbox.errors import InputError
from sandbox.policy import Call
from sandbox.rulebooks import Rulebook, laid_over
from sandbox.run import Run, write_text

from .showing import console, wide

EXAMPLES = 5
Books = Mapping[str, Rulebook]


def challenger(books: Books, against: Path | None) -> Books:
    """The rulebooks with those of a file or a folder laid over; without one, as they are. Raises InputError."""
    if against is None:
        return books
    files = sorted(against.glob("*.toml")) if against.is_dir() else [against]
    if not files:
        raise InputError("run", "--against", str(against), "a rulebook file, or a folder with one")
    laid = dict(books)
    for file in files:
        try:
            content = tomllib.loads(file.read_text("utf-8"))
        except OSError as problem:
            raise InputError("run", "--against", str(against), f"a file that can be read ({problem.strerror})") from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
            raise InputError(str(file), "file", str(problem), "TOML in UTF-8") from None
        platform = content.get("platform", file.stem)
        if platform not in laid:
            raise InputError(str(file), "platform", platform, "one of " + ", ".join(laid))
        laid[platform] = laid_over(laid[platform], content, str(file))
    return laid


def challenge(
    case: Case, books: Books, against: Books, path: Path, identity: Mapping[str, Mapping[str, str]]
) -> tuple[Differences, str]:
    """What differs under `against`, and why that says nothing ("" when it does). Raises InputError with file and line."""
    if not case.steps:
        served = next((step.action for step in case.step if step.action and step.payload), None)
        if served:
            raise InputError(str(path), "payload", served, "no payload: other rules are asked of the gate, past the service")
        found, doubt = replay(enumerate(freeze(_rows(case, identity), books)), against, str(path)), ""
    else:
        found, doubt = _recorded(case, against, path)
    return found, doubt or ("" if found.calls else "no call was judged")


def _recorded(case: Case, against: Books, path: Path) -> tuple[Differences, str]:
    """What differs in the file of recorded steps, and what is missing from it."""
    file = path.parent / case.steps
    if not file.is_file():
        raise InputError(str(path), "steps", case.steps, "a file beside the case")
    lines = Lines(file)
    with without_collector():
        found = replay(lines, against, str(file))
    if lines.cut:
        return found, f"{file.name} is cut off in line {lines.cut}: replayed up to the line before"
    many = found.calls + found.facts
    if case.lines not in (None, many):
        return found, f"{file.name} holds {many:,} steps, and {case.lines:,} were recorded"
    return found, ""


def _rows(case: Case, identity: Mapping[str, Mapping[str, str]]) -> Iterator[Row]:
    """The steps of a case as rows, each caller with the account's identity."""
    for burst in bursts(case, "main"):
        for wish in burst.wishes:
            actor = {**identity.get(wish.platform, {}), **wish.actor}
            if isinstance(wish, Call):
                yield {"at": burst.at, "action": wish.action, "actor": actor, "cost": wish.cost}
            else:
                told = {"about": wish.about, "ok": wish.ok, "took": wish.took, "started": wish.started}
                more = {"payload": dict(wish.payload), "cost": wish.cost}
                yield {"at": burst.at, "signal": wish.kind, "platform": wish.platform, "actor": actor, **told, **more}


def summary_of(case: Case, found: Differences, doubt: str) -> Any:
    """The fixed part of a summary, and `challenge`: the figures. With a doubt nothing is known, whatever differs."""
    refused, refused_fen = found.turned(refused=True)
    allowed, allowed_fen = found.turned(refused=False)
    row = {
        "name": "verdicts that differ",
        "world": "sim",
        "expected": "== 0",
        "actual": found.total,
        "holds": not found.total,
    }
    pairs = [
        {"champion": was, "challenger": now, "calls": many, "fen": found.amounts[was, now]}
        for (was, now), many in found.counts.most_common()
    ]
    figures = {
        "calls": found.calls,
        "facts": found.facts,
        "differ": found.total,
        "newly_refused": refused,
        "newly_refused_fen": refused_fen,
        "newly_allowed": allowed,
        "newly_allowed_fen": allowed_fen,
    }
    reasons = [
        f"{found.total:,} of {found.calls:,} verdicts differ"
        if found.total
        else f"all {found.calls:,} verdicts are the same"
    ]
    return {
        "scenario": case.name,
        "seed": 0,
        "verdict": "invalid" if doubt else "fail" if found.total else "pass",
        "reasons": [*([doubt] if doubt else []), *reasons, *([case.note] if case.note else [])],
        "worlds": {"sim": {"metrics": figures}},
        "expectations": [row],
        "agreement": [],
        "challenge": {
            "pairs": pairs,
            "champion": dict(found.champion),
            "challenger": dict(found.challenger),
            "detectors": dict(found.detectors),
        },
    }


def keep(found: Differences, run: Run) -> None:
    """The first differences, whole, into the run folder."""
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in found.first)
    write_text(run.folder / "differences.jsonl", text)


def show_differences(case: Case, found: Differences) -> None:
    """Counts and money by rule, and the first few."""
    note = case.note
    _say(f"{found.calls:,} calls, {found.facts:,} facts" + (f"; note: {note}" if note else ""))
    table = Table(title="refusals by rule", title_justify="left")
    for heading in ("rule", "champion", "challenger"):
        table.add_column(heading, overflow="fold", justify="left" if heading == "rule" else "right")
    for rule in sorted({*found.champion, *found.challenger}):
        table.add_row(rule, f"{found.champion[rule]:,}", f"{found.challenger[rule]:,}")
    if table.row_count:
        wide().print(table)
    if not found.total:
        return
    table = Table(title="verdicts that differ", title_justify="left")
    for heading in ("champion", "challenger", "calls", "CNY"):
        table.add_column(heading, overflow="fold", justify="right" if heading in ("calls", "CNY") else "left")
    for (was, now), many in found.counts.most_common():
        table.add_row(was or "allowed", now or "allowed", f"{many:,}", yuan(found.amounts[was, now]))
    wide().print(table)
    _show_turned(found)
    if found.detectors:
        hits = ", ".join(f"{rule} {many:,}" for rule, many in found.detectors.most_common(EXAMPLES))
        _say(f"the challenger's detectors that hit there: {hits}")
    _show_first(found.first[:EXAMPLES], case.start_ms)
    if found.total > EXAMPLES:
        _say(f"  ... {found.total - EXAMPLES:,} more: differences.jsonl in the run folder has the first thousand, whole")


def _show_turned(found: Differences) -> None:
    for refused, says in ((True, "newly refused"), (False, "newly allowed")):
        many, fen = found.turned(refused=refused)
        _say(f"{says}: {many:,} calls" + (f", CNY {yuan(fen)}" if fen else ""))


def _show_first(rows: Iterable[Mapping[str, Any]], start: int) -> None:
    for row in rows:
        actor = " ".join(f"{name}={value}" for name, value in row.get("actor", {}).items())
        _say(
            f"  {row['line']}: +{span(row['at'] - start)} {row['action']} [{actor}]: {_said(row['said'])} -> {_said(row['says'])}"
            + (f" ({', '.join(row['detectors'])}; score {row['score']})" if row.get("detectors") else "")
        )


def _said(said: list[Any]) -> str:
    tier = f" tier {said[3]}" if said[3] else ""
    return ("allowed" if said[0] else f"{said[1]} by {said[2]}") + tier


def yuan(fen: int) -> str:
    """Money for people; nothing when no call said an amount."""
    return f"{fen // 100:,}.{fen % 100:02}" if fen else ""


def _say(text: str) -> None:
    console.print(text, highlight=False, markup=False, soft_wrap=True)
