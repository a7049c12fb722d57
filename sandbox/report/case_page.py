"""`report.html` of a case: its verdict, the first step that differs with the rules in question, and every step in time.

Law: everything shown comes from the folder's `summary.json` and manifest, so the page can be built again from them with the same bytes.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sandbox.run import manifest, write_text

from .page import TEMPLATES

MEANINGS = {
    "pass": "Every step was answered as the case says.",
    "fail": "Some steps were answered otherwise than the case says.",
}


def case_of(run_dir: Path) -> Any:
    """The summary in the folder of a case that was played; None in any other folder."""
    try:
        summary = json.loads((run_dir / "summary.json").read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return summary if isinstance(summary, dict) and "case" in summary else None


def write_case_page(run_dir: Path, summary: Mapping[str, Any]) -> None:
    """Write the folder's `report.html`. Raises InputError without a manifest, MachineError when it cannot be written."""
    identity = manifest(run_dir)
    html = TEMPLATES.get_template("case.html.j2").render(
        summary=summary,
        case=summary["case"],
        meaning=MEANINGS[summary["verdict"]],
        first=_first(summary["case"]["worlds"]),
        command=shlex.join(identity.get("command", [])),
        manifest=identity,
    )
    write_text(run_dir / "report.html", html)


def _first(worlds: Mapping[str, list[dict[str, Any]]]) -> dict[str, Any] | None:
    """The first step that differs, with its world."""
    return next(({"world": world, **step} for world, steps in worlds.items() for step in steps if step["wrong"]), None)
