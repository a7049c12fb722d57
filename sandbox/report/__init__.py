"""Reports: from a run folder's events to `summary.json`, `junit.xml` and `report.html`.

Law: a report is a fold over `events.jsonl` and `judge.json` and can be built again from them at any time, with the same bytes.
Events are streamed once, never held. The run must be closed before: one that is still `running` was never finished.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

from sandbox import events
from sandbox.errors import InputError
from sandbox.run import FINISHED, INTERRUPTED, as_json, manifest, write_text

from .agreement import Tolerance, check_tolerances
from .capacity import Capacity, ladder, not_shown
from .case_page import case_of, write_case_page
from .context import Context, Rule, read_context, write_context
from .expect import parse
from .junit import junit
from .kpis import unreported
from .metrics import World, fold, metrics
from .moments import moments
from .page import page
from .plots import plots
from .risk_section import section
from .shape import BusiestRow, RefusalRow, Summary
from .story import story
from .summary import exit_code, summarise
from .vocabulary import Vocabulary, check_names

__all__ = [
    "Capacity",
    "Context",
    "Rule",
    "Summary",
    "Tolerance",
    "Vocabulary",
    "build",
    "check_names",
    "check_tolerances",
    "exit_code",
    "metrics",
    "parse",
    "write_context",
]


def build(run_dir: Path) -> Summary:
    """Judge the run and write its three reports; returns what `summary.json` says. Of a case only the page is written again.

    Raises InputError when the folder is no run, its events do not fit, or a metric has no tolerance; MachineError when it
    cannot be written.
    """
    if case := case_of(run_dir):
        write_case_page(run_dir, case)
        return cast("Summary", case)
    identity, context = manifest(run_dir), read_context(run_dir)
    worlds = fold(_events(run_dir))
    rates = ladder(context.capacity, worlds) if context.capacity else []
    unshown = not_shown(context.capacity, rates) if context.capacity else []
    summary = summarise(
        worlds,
        [parse(name, text, "judge.json") for name, text in context.expectations],
        context.tolerances,
        context.vocabulary,
        asked=context.worlds,
        invalid_reasons=(*context.invalid_reasons, *unshown, *_missing(worlds, identity)),
        failures=(*context.failures, *_gates(worlds, context)),
        interrupted=_interrupted(str(identity["state"])),
    )
    starts = {name: context.start.get(name, world.first) for name, world in worlds.items()}
    summary["scenario"], summary["seed"] = str(identity["scenario"]), int(identity["seed"])
    summary["description"], summary["manifest"] = context.description, identity
    summary["capacity"] = rates
    summary["refusals"] = refusals(worlds, starts)
    summary["moments"] = [row for name, world in worlds.items() for row in moments(name, world, starts[name])]
    summary["busiest"] = {name: _busiest(world, starts[name]) for name, world in worlds.items()}
    summary["risk"] = {
        name: section(table, context.rules, world.risk.marginals, starts[name])
        for name, world in worlds.items()
        if (table := world.risk.judged())
    }
    summary["story"] = story(summary, context)
    write_text(run_dir / "summary.json", as_json(summary))
    write_text(run_dir / "junit.xml", junit(summary))
    write_text(
        run_dir / "report.html", page(summary, context, plots(worlds, context, summary["agreement"], summary["risk"]))
    )
    return summary


def refusals(worlds: Mapping[str, World], starts: Mapping[str, int]) -> list[RefusalRow]:
    """How often each rule refused each action in each world, the most first; `starts` are the worlds' virtual starts, ms."""
    totals = {key: 0 for world in worlds.values() for key in world.calls.refusals}
    for world in worlds.values():
        for key, number in world.calls.refusals.items():
            totals[key] += number
    return [
        {
            "rule": rule,
            "action": action,
            "code": code,
            "counts": {name: world.calls.refusals[action, code, rule] for name, world in worlds.items()},
            "first": {
                name: world.calls.first_refused[action, code, rule] - starts[name]
                for name, world in worlds.items()
                if (action, code, rule) in world.calls.first_refused
            },
        }
        for action, code, rule in sorted(totals, key=lambda key: (-totals[key], key))
    ]


def _gates(worlds: Mapping[str, World], context: Context) -> list[str]:
    """What a campaign must not do unannounced, and did."""
    shown = [world.funnel.metrics() for world in worlds.values()]
    return [why for one in shown for why in unreported(one, context.report_above, reported=context.reported)]


def _busiest(world: World, start: int) -> BusiestRow:
    at, orders = world.orders.busiest()
    return {"at": max(0, at - start), "orders": orders}


def _events(run_dir: Path) -> Iterator[events.Event]:
    path = run_dir / "events.jsonl"
    if not path.is_file():
        raise InputError(str(path), "file", "(absent)", "a folder that `sandbox run` made")
    return events.read(path)


def _missing(worlds: Mapping[str, World], identity: Mapping[str, Any]) -> list[str]:
    """Not as many events are there as the run recorded before it was closed."""
    held, recorded = sum(world.events for world in worlds.values()), identity.get("events")
    return [] if held == recorded else [f"events.jsonl holds {held:,} events, and the run recorded {recorded}"]


def _interrupted(state: str) -> str:
    """Why the run says nothing, if it did not come to its end."""
    return {
        FINISHED: "",
        INTERRUPTED: "The run was interrupted before its end",
    }.get(state, "The run was never finished: it was killed, or it is still going on")
