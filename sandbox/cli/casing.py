"""Runs a case: scripted calls on the virtual clock, judged by the same gates as everything else.

Law: no process, no real time. The run folder holds the case, its events, `summary.json` and `junit.xml`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mocks.world import World
from sandbox.cases import Case, Judge, Judged, Outcome, describe, parse, play
from sandbox.clock import real_now
from sandbox.errors import InputError
from sandbox.events import Record, ignore
from sandbox.policy import Call
from sandbox.report.junit import junit
from sandbox.rulebooks import Rulebook
from sandbox.run import as_json, open_run, write_text
from sandbox.scenario import document

from .showing import console

MAIN = "main"
FAILED = 99


def load_case(path: Path, books: Mapping[str, Rulebook], changes: Mapping[str, Any]) -> tuple[Case, str]:
    """A case file, with `changes` applied; and its text. Raises InputError."""
    content, text = document(path, changes)
    actions = {action for book in books.values() for action in (*book.book.quotas, *book.book.breakers)}
    return parse(content, str(path), actions), text


def judge_of(case: Case, books: Mapping[str, Rulebook], record: Record = ignore) -> Judge:
    """The gates of a world of its own, for one case."""
    now = [case.start_ms]
    world = World(books, lambda: now[0], record=record)
    account = world.open_account(MAIN, **case.account.model_dump())

    def judge(call: Call, at: int) -> Judged:
        now[0] = at
        gate = world.gates[call.platform]
        verdict = gate.ask(call._replace(actor={**account.state(call.platform).identity, **call.actor}))
        return Judged(verdict, gate.rulebook.code(verdict), gate.rulebook.latency(call.action))

    return judge


def run_case(
    path: Path, books: Mapping[str, Rulebook], changes: Mapping[str, Any], on: str, out: Path, argv: Sequence[str]
) -> int:
    """Run it; returns the exit status."""
    if on == "live":
        raise InputError("run", "--on", on, "sim: cases run in the engine")
    case, text = load_case(path, books, changes)
    run = open_run(
        out,
        scenario=case.name,
        seed=0,
        started=real_now(),
        scenario_text=text,
        rulebooks={},
        digests={name: book.digest for name, book in books.items()},
        command=["sandbox", *argv],
    )
    with run:
        outcomes = list(play(case, judge_of(case, books, run.recorder("sim")), MAIN))
    summary = _summary(case, outcomes, path)
    write_text(run.folder / "summary.json", as_json(summary))
    write_text(run.folder / "junit.xml", junit(summary))
    for outcome in outcomes:
        console.print(
            f"{'WRONG ' if outcome.wrong else 'holds '} {describe(outcome, path)}",
            highlight=False,
            markup=False,
            soft_wrap=True,
        )
    console.print(f"{case.name}: {summary['verdict'].upper()}", style="bold", highlight=False)
    console.print(str(run.folder), highlight=False, markup=False, soft_wrap=True)
    return FAILED if summary["verdict"] == "fail" else 0


def _summary(case: Case, outcomes: Sequence[Outcome], path: Path) -> Any:
    """The fixed part of a summary; a step's `actual` is how many things its verdict said otherwise."""
    rows = [
        {
            "name": f"step {one.number} {one.step.action}" + (f": {one.step.says}" if one.step.says else ""),
            "world": "sim",
            "expected": "== 0",
            "actual": len(one.wrong),
            "holds": not one.wrong,
        }
        for one in outcomes
    ]
    wrong = [describe(one, path) for one in outcomes if one.wrong]
    return {
        "scenario": case.name,
        "seed": 0,
        "verdict": "fail" if wrong else "pass",
        "reasons": wrong or [f"all {len(rows)} steps hold"],
        "worlds": {"sim": {"metrics": {"steps": len(rows), "wrong": len(wrong)}}},
        "expectations": rows,
        "agreement": [],
    }
