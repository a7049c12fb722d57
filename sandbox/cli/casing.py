"""Runs a case: scripted calls and facts on the virtual clock, in the engine, over HTTP, or both.

Law: the engine needs no process and no real time; both worlds answer the same file. The run folder holds the case, the engine's
events, `summary.json`, `junit.xml` and `report.html`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from mocks.facts import facts
from mocks.world import OK, SERVICES, World
from sandbox.cases import Burst, Case, Known, Outcome, Seen, check_steps, describe, heard, play, read, saw, served
from sandbox.clock import real_now
from sandbox.errors import InputError
from sandbox.events import Record, ignore
from sandbox.policy import Call, Signal
from sandbox.report import exit_code
from sandbox.report.case_page import write_case_page
from sandbox.report.junit import junit
from sandbox.rulebooks import Rulebook, laid_over
from sandbox.run import Run, as_json, open_run, write_text
from sandbox.scenario import document

from .case_telling import Played, told
from .challenging import challenge, challenger, keep, show_differences, summary_of
from .timeline import show_outcomes, show_verdict, show_ways

MAIN = "main"
WORLDS: Mapping[str, tuple[str, ...]] = {"sim": ("sim",), "live": ("live",), "both": ("sim", "live")}


class Loaded(NamedTuple):
    """A case, the rulebooks that it is judged by, and its text."""

    case: Case
    books: Mapping[str, Rulebook]
    text: str


def load_case(path: Path, books: Mapping[str, Rulebook], changes: Mapping[str, Any]) -> Loaded:
    """A case file with `changes` applied, and with its own rules laid over `books`. Raises InputError."""
    content, text = document(path, changes)
    case = read(content, str(path), text)
    own = {name: laid_over(books[name], rules, str(path)) for name, rules in case.rulebook.items() if name in books}
    laid = {**books, **own}
    check_steps(case, known(laid), str(path), text)
    return Loaded(case, laid, text)


def known(books: Mapping[str, Rulebook]) -> Known:
    """What a case can ask for and tell."""
    actions = {action for book in books.values() for action in book.book.ready}
    signals = {kind for book in books.values() for kind in facts(book)}
    served = {action for service in SERVICES.values() for action in service.ACTIONS}
    detectors = {one.id for book in books.values() for one in book.book.risk.detectors}
    return Known(frozenset(actions), frozenset(signals), frozenset(books), frozenset(served), frozenset(detectors))


class Engine:
    """The gates of a world of its own, for one case: a `sandbox.cases.Perform`."""

    def __init__(self, case: Case, books: Mapping[str, Rulebook], record: Record = ignore) -> None:
        self._now = case.start_ms
        self.world = World(books, lambda: self._now, record=record)
        self._account = self.world.open_account(MAIN, **case.account.model_dump())

    def __call__(self, burst: Burst) -> list[Seen]:
        """Ask or tell, at the burst's moment."""
        self._now = burst.at
        return [self._ask(wish) if isinstance(wish, Call) else self._tell(wish) for wish in burst.wishes]

    def _ask(self, call: Call) -> Seen:
        call = call._replace(actor=self._actor(call.platform, call.actor))
        if call.payload:
            code = self.world.perform(call).code
            return served("" if code in OK else code)
        gate = self.world.gates[call.platform]
        verdict = gate.ask(call)
        return saw(verdict, gate.rulebook.code(verdict), gate.rulebook.latency(call.action), self._now)

    def _tell(self, signal: Signal) -> Seen:
        answer, sanctions = self.world.tell(replace(signal, actor=self._actor(signal.platform, signal.actor)))
        return heard(ok=answer.code in OK, code="" if answer.code in OK else answer.code, sanctions=sanctions)

    def _actor(self, platform: str, actor: Mapping[str, str]) -> dict[str, str]:
        """The account's own identity, and what the step says."""
        return {**self._account.state(platform).identity, **actor}

    @property
    def identity(self) -> dict[str, dict[str, str]]:
        """What the account's credentials say, by platform."""
        return {name: self._account.state(name).identity for name in SERVICES}

    def state(self) -> dict[str, dict[str, int | str]]:
        """Every meter and breaker of the account."""
        return {key: cell for gate in self.world.gates.values() for key, cell in gate.state(MAIN).items()}


def run_case(
    path: Path,
    books: Mapping[str, Rulebook],
    changes: Mapping[str, Any],
    on: str,
    out: Path,
    argv: Sequence[str],
    server_options: Sequence[str] = (),
    against: Path | None = None,
) -> int:
    """Run it; returns the exit status. `server_options` repeat for a server what `books` hold; see `challenging` for `against`."""
    loaded = load_case(path, books, changes)
    case = loaded.case
    replayed = bool(case.steps or against)
    if replayed and on != "sim":
        raise InputError("run", "--on", on, "sim: recorded steps, and other rules beside ours, are played in the engine")
    if not replayed and not any(step.expect.model_fields_set for step in case.step):
        raise InputError(str(path), "expect", "(absent)", "at least one step that says what its answer must be")
    run = open_run(
        out,
        scenario=case.name,
        seed=0,
        started=real_now(),
        scenario_text=loaded.text,
        rulebooks={},
        digests={name: book.digest for name, book in loaded.books.items()},
        command=["sandbox", *argv],
    )
    with run:
        if replayed:
            summary = _challenged(loaded, against, run, path)
        else:
            played = {world: _played(world, loaded, run, path, server_options) for world in WORLDS[on]}
            summary = _summary(case, {world: outcomes for world, (outcomes, _) in played.items()}, path)
            summary["case"] = told(case, played, loaded.books)
    write_text(run.folder / "summary.json", as_json(summary))
    write_text(run.folder / "junit.xml", junit(summary))
    if "case" in summary:
        write_case_page(run.folder, summary)
    show_verdict(summary, run.folder)
    return exit_code(summary)


def _challenged(loaded: Loaded, against: Path | None, run: Run, path: Path) -> Any:
    """The summary of a replay; what differs is shown and kept."""
    case = loaded.case
    identity = Engine(case, loaded.books).identity
    found, doubt = challenge(case, loaded.books, challenger(loaded.books, against), path, identity)
    keep(found, run)
    show_differences(case, found)
    return summary_of(case, found, doubt)


def _played(world: str, loaded: Loaded, run: Run, path: Path, server_options: Sequence[str]) -> Played:
    """One world's outcomes, shown as they come, and the state at the first that differs (the engine's; HTTP shows none)."""
    if world == "live":
        from .casing_live import play_live  # noqa: PLC0415 - the engine needs no server

        found, ways = play_live(loaded.case, loaded.books, run.folder, server_options)
        show_outcomes(found, loaded.case, loaded.books, world, path, {})
        show_ways(ways)
        return found, {}
    engine = Engine(loaded.case, loaded.books, run.recorder("sim"))
    outcomes: list[Outcome] = []
    state: dict[str, dict[str, int | str]] = {}
    for outcome in play(loaded.case, engine, MAIN):
        outcomes.append(outcome)
        if outcome.wrong and not state:
            state = engine.state()
    show_outcomes(outcomes, loaded.case, loaded.books, world, path, state)
    return outcomes, state


def _summary(case: Case, found: Mapping[str, Sequence[Outcome]], path: Path) -> Any:
    """The fixed part of a summary; a step's `actual` is how many things its answer said otherwise."""
    rows = [
        {
            "name": f"step {one.number} {one.step.action or one.step.signal}"
            + (f": {one.step.says}" if one.step.says else ""),
            "world": world,
            "expected": "== 0",
            "actual": len(one.wrong),
            "holds": not one.wrong,
        }
        for world, outcomes in found.items()
        for one in outcomes
    ]
    wrong = [f"{world}: {describe(one, path.name)}" for world, outcomes in found.items() for one in outcomes if one.wrong]
    counts = {
        world: {"metrics": {"steps": len(outcomes), "wrong": sum(bool(one.wrong) for one in outcomes)}}
        for world, outcomes in found.items()
    }
    return {
        "scenario": case.name,
        "seed": 0,
        "verdict": "fail" if wrong else "pass",
        "reasons": wrong or [f"all {len(rows)} steps hold"],
        "worlds": counts,
        "expectations": rows,
        "agreement": [],
    }
