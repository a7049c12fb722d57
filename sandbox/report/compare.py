"""Two runs side by side: what became worse?

Law: small and honest. A regression is an expectation of A that held and holds no more, or one of its metrics that moved by more
than 5 % to the wrong side. This is a fixed threshold and knows nothing of noise: two simulated runs with one seed differ only
if something changed, two live runs differ anyhow.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, TypedDict

from sandbox.errors import InputError, InvalidRunError

from .expect import Expectation, parse
from .shape import ExpectationRow, Summary
from .vocabulary import Vocabulary, value

FILE = "summary.json"

THRESHOLD = 0.05
"""How far a metric may move to the wrong side, relative to the larger value."""

Change = Literal["regression", "same", "changed", "only one"]


class Compared(TypedDict):
    """One metric of one world in both runs; `difference` is (b - a) relative to the larger value."""

    world: str
    metric: str
    a: float | None
    b: float | None
    difference: float | None
    verdict: Change
    because: str


def compare(run_a: Path, run_b: Path) -> tuple[list[Compared], bool]:
    """Every metric of both runs, and whether anything regressed from A to B.

    Raises InputError for a folder without a `summary.json`, InvalidRunError when one of the runs says nothing, or B nothing
    of what A expected.
    """
    a, b = _summary(run_a), _summary(run_b)
    if not any(row["world"] in b["worlds"] for row in a["expectations"]):
        raise InvalidRunError(f"{run_a} expected nothing of a world that {run_b} ran: no regression can be seen")
    rows = [row for world in a["worlds"].keys() | b["worlds"].keys() for row in _rows(world, a, b)]
    rows.sort(key=lambda row: (row["verdict"] != "regression", row["world"] != "sim", row["metric"]))
    return rows, any(row["verdict"] == "regression" for row in rows)


def _summary(run: Path) -> Summary:
    path = run / FILE
    try:
        summary: Summary = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        raise InputError(str(path), "file", "(absent or no JSON)", "a run folder with a report") from None
    for key, kind in (("verdict", str), ("reasons", list), ("worlds", dict), ("expectations", list)):
        if not isinstance(summary, dict) or not isinstance(summary.get(key), kind):
            raise InputError(str(path), key, "(absent, or of another kind)", "what `sandbox run` wrote")
    if summary["verdict"] not in ("pass", "fail"):
        raise InvalidRunError(f"{run} is {summary['verdict']}: {'; '.join(summary['reasons'])}")
    return summary


def _rows(world: str, a: Summary, b: Summary) -> list[Compared]:
    ours, theirs = _metrics(a, world), _metrics(b, world)
    expected = [row for row in a["expectations"] if row["world"] == world]
    # A world that ran once only can be shown and cannot be judged.
    worse = {row["name"]: why for row in expected if world in b["worlds"] and (why := _worse(row, b, theirs))}
    names = sorted({*ours, *theirs, *worse})
    return [_row(world, name, ours.get(name), theirs.get(name), worse.get(name, "")) for name in names]


def _metrics(summary: Summary, world: str) -> Mapping[str, float]:
    """What a world showed, and the zeros that its expectations were judged by."""
    shown = summary["worlds"].get(world)
    rows = [row for row in summary["expectations"] if row["world"] == world]
    zeros = {row["name"]: row["actual"] for row in rows if row["actual"] is not None}
    return zeros | (shown["metrics"] if shown else {})


def _row(world: str, name: str, a: float | None, b: float | None, worse: str) -> Compared:
    difference = None
    verdict: Change = "only one"
    if a is not None and b is not None:
        largest = max(abs(a), abs(b))
        difference = (b - a) / largest if largest else 0.0
        verdict = "changed" if difference else "same"
    if worse:
        verdict = "regression"
    return {"world": world, "metric": name, "a": a, "b": b, "difference": difference, "verdict": verdict, "because": worse}


def _worse(before: ExpectationRow, b: Summary, theirs: Mapping[str, float]) -> str:
    """Why B is worse than A in what A expected; empty when it is not."""
    after = _again(before, b)
    wanted = _wanted(before)
    then, now = before["actual"], after["actual"] if after else value(theirs, before["name"], Vocabulary(()))
    holds = after["holds"] if after else wanted is not None and wanted.holds(now)
    if before["holds"] and not holds:
        return f"{before['expected']} held and holds no more"
    if wanted is None or then is None:
        return ""
    if now is None:
        return "was seen and is seen no more"
    if _badness(wanted, now) - _badness(wanted, then) > THRESHOLD * max(abs(then), abs(now)):
        return f"moved more than {THRESHOLD * 100:g} % to the wrong side of {before['expected']}"
    return ""


def _again(before: ExpectationRow, b: Summary) -> ExpectationRow | None:
    """The same expectation as B judged it, if B's scenario has it."""
    for row in b["expectations"]:
        if (row["name"], row["world"], row["expected"]) == (before["name"], before["world"], before["expected"]):
            return row
    return None


def _wanted(row: ExpectationRow) -> Expectation | None:
    """Which way is worse; None for the step of a case, which only holds or does not."""
    try:
        return parse(row["name"], row["expected"], FILE)
    except InputError:
        return None


def _badness(wanted: Expectation, actual: float) -> float:
    """Grows as the value moves to the wrong side; for `==` that is away from the bound, for `!=` there is none."""
    if wanted.comparison in ("<", "<="):
        return actual
    if wanted.comparison in (">", ">="):
        return -actual
    return abs(actual - wanted.bound) if wanted.comparison == "==" else 0.0
