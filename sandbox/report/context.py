"""`judge.json`: what a report needs beyond the events, written into the run folder when the run is made.

Law: events and this file are enough to judge a run again, at any time, without the scenario, the rulebooks or the code that
drove it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from pydantic import TypeAdapter, ValidationError
from typing_extensions import TypedDict  # pydantic reads typing's own from Python 3.12 only

from sandbox.errors import InputError
from sandbox.rulebooks.grammar import milliseconds
from sandbox.run import as_json, write_text

from .agreement import Tolerance
from .capacity import Capacity
from .vocabulary import Vocabulary

FILE = "judge.json"


class Rule(TypedDict, total=False):
    """A rule for people who may dispute it: its figure, how far it is to be trusted, and where it comes from.

    `limit` is a number (drawn as a line on the `actions` it covers) or a text; `window` is ms, or a text such as `1m`; `standing`
    is published, measured or assumed; `source` is title and place; `part` where in it; `facts` are ids of the specification;
    `level` and `points` are a detector's.
    """

    limit: int | str
    window: int | str
    actions: tuple[str, ...]
    standing: str
    source: str
    part: str
    facts: tuple[str, ...]
    note: str
    level: int
    points: int


def quota(rule: Rule) -> tuple[int, int]:
    """(limit, window in ms) of a rule that allows so many in so long; (0, 0) of any other."""
    limit, window = rule.get("limit"), milliseconds(rule.get("window"))
    return (limit, window) if isinstance(limit, int) and isinstance(window, int) else (0, 0)


@dataclass(frozen=True, slots=True)
class Context:
    """What is needed to judge and to explain a run.

    `expectations` are (name, text) in the scenario's order; `worlds` those that were to run; `start` the virtual start of
    each world, ms (absent: its first event); `duration` virtual ms; `rate` virtual time per real time in the live world;
    `rules` by rule id; `invalid_reasons` what is known against the run: a saturated mock; `failures` what failed beside the
    expectations: a replication; `reported` says that a large campaign was reported beforehand, `report_above` how many redemptions a
    day make it one (0: no matter); `capacity` is a rate that must have been shown; a forecast peak above the share `peak_warning` of its limit is warned of.
    """

    description: str
    worlds: tuple[str, ...]
    vocabulary: Vocabulary
    expectations: tuple[tuple[str, str], ...] = ()
    tolerances: tuple[Tolerance, ...] = ()
    rules: Mapping[str, Rule] = field(default_factory=dict)
    start: Mapping[str, int] = field(default_factory=dict)
    duration: int = 0
    rate: float = 1.0
    invalid_reasons: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()
    reported: bool = False
    report_above: float = 0
    capacity: Capacity | None = None
    peak_warning: float = 1.0


def write_context(run_dir: Path, context: Context) -> None:
    """Write `judge.json`; writing again replaces it. Raises MachineError."""
    write_text(run_dir / FILE, as_json(asdict(context)))


def read_context(run_dir: Path) -> Context:
    """Read `judge.json`. Raises InputError when it is absent or does not fit."""
    path = run_dir / FILE
    try:
        return TypeAdapter(Context).validate_python(json.loads(path.read_text("utf-8")))
    except (OSError, json.JSONDecodeError):
        raise InputError(str(path), "file", "(absent or no JSON)", "a folder that `sandbox run` made") from None
    except ValidationError as problems:
        first = problems.errors(include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"]) or "file"
        raise InputError(str(path), key, first["input"], first["msg"]) from None
