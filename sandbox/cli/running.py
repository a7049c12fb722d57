"""Runs a scenario: in the simulation, over HTTP, or both; and hands the run folder to the report.

Law: the worlds share scenario, seed and rulebooks and nothing else. What is known against a run (a lagging mock, a journal that
overflowed) makes it INVALID, never slow.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.progress import Progress

from mocks.faults import IN_ORDER
from mocks.inprocess import InProcess, Switchboard, merchant_of
from mocks.world import World
from sandbox.cases import is_case
from sandbox.cast import cast
from sandbox.clock import real_now
from sandbox.errors import InputError
from sandbox.events import Record
from sandbox.policy import Signal
from sandbox.report import Context, build, exit_code, write_context
from sandbox.rulebooks import MARKET, Rulebook
from sandbox.rulebooks.describe import frozen, rules
from sandbox.rulebooks.market import market_of
from sandbox.run import INTERRUPTED, Run, as_json, open_run
from sandbox.scenario import Scenario, document
from sandbox.sim.run import SimClock, simulate

from .capacity import capacity_of
from .casing import run_case
from .live import LiveResult, run_live, serving, target_of
from .packing import marginals
from .replicating import Estimate, broken, replicate, show
from .scenarios import REPORT_ABOVE, load_scenario, modelled, tolerances, vocabulary
from .settings import books_and_changes
from .showing import console, show_summary

WORLDS: Mapping[str, tuple[str, ...]] = {"sim": ("sim",), "live": ("live",), "both": ("sim", "live")}
MAIN = "main"


def run_scenario(
    path: Path,
    on: str | None,
    seed: int | None,
    replications: int,
    out: Path,
    rulebooks: Path | None,
    sets: Sequence[str],
    argv: Sequence[str],
    target: str | None = None,
    against: Path | None = None,
) -> int:
    """Run it; returns the exit status. Raises InputError and MachineError before anything has run."""
    if on not in (None, *WORLDS):
        raise InputError("run", "--on", on, "sim, live or both")
    books, changes = books_and_changes(rulebooks, sets)
    if is_case(document(path, {})[0]):
        _must_have_populations(
            {"--target": target, "--seed": seed, "--replications": replications if replications > 1 else None}
        )
        return run_case(path, books, changes, on or "sim", out, argv, serving(rulebooks, sets), against)
    _must_be_case("--against", against)
    scenario, text = load_scenario(path, books, changes)
    on = on or ("sim" if modelled(scenario) else "both")
    under_test = _target(scenario, on, target)
    _must_be_repeatable(on, replications)
    seed = scenario.seed if seed is None else seed
    run = _opened(out, scenario, seed, text, books, argv)
    invalid: tuple[str, ...] = ()
    estimates: list[Estimate] = []
    try:
        with run, Progress(console=console, transient=True, disable=not console.is_terminal) as bars:
            if "sim" in WORLDS[on]:
                task = bars.add_task("simulation", total=1.0)
                simulated(scenario, books, seed, run.recorder("sim"), lambda done: bars.update(task, completed=done))
                if scenario.sim.marginal:
                    run.append("sim", marginals(scenario, books, seed, MAIN))
                estimates = _replications(scenario, books, seed, replications)
            if "live" in WORLDS[on]:
                task = bars.add_task("HTTP", total=1.0)
                result = run_live(
                    scenario, seed, run, rulebooks, sets, lambda done: bars.update(task, completed=done), under_test
                )
                invalid = _doubts(scenario, result)
                if result.interrupted:
                    run.close(INTERRUPTED)
    except KeyboardInterrupt:
        pass  # the run folder is marked as interrupted and reported with what there is
    write_context(run.folder, _context(scenario, books, WORLDS[on], invalid, broken(estimates)))
    return _concluded(run.folder, estimates)


def _opened(out: Path, scenario: Scenario, seed: int, text: str, books: Mapping[str, Rulebook], argv: Sequence[str]) -> Run:
    return open_run(
        out,
        scenario=scenario.name,
        seed=seed,
        started=real_now(),
        scenario_text=text,
        rulebooks={f"{name}.json": _text(book) for name, book in books.items()},
        digests={name: book.digest for name, book in books.items()},
        command=["sandbox", *argv],
    )


def _must_have_populations(options: Mapping[str, object]) -> None:
    for option, said in options.items():
        if said is not None:
            raise InputError("run", option, str(said), "a scenario with populations: a case says itself what is asked")


def _must_be_repeatable(on: str, replications: int) -> None:
    if replications > 1 and "sim" not in WORLDS[on]:
        raise InputError("run", "--replications", replications, "--on sim or both: only the simulation is repeated")


def _must_be_case(option: str, said: object) -> None:
    if said is not None:
        raise InputError("run", option, str(said), "a case: a scenario has its rules from --rulebooks and --set")


def _concluded(folder: Path, estimates: list[Estimate]) -> int:
    """Judge the run folder and print what came of it; the exit status."""
    summary = build(folder)
    if estimates:
        show(estimates)
    show_summary(summary, folder)
    console.print(str(folder), highlight=False, markup=False, soft_wrap=True)
    return exit_code(summary)


def _target(scenario: Scenario, on: str, said: str | None) -> str:
    """The system under test of the HTTP world, if there is one. Raises InputError and MachineError."""
    if "live" in WORLDS[on] and (model := modelled(scenario)):
        raise InputError("run", "--on", on, f"sim: {model} plays a whole crowd, in simulated time only")
    if "live" in WORLDS[on]:
        return target_of(scenario, said)
    if said is not None:
        raise InputError("run", "--target", said, "--on live or both: a simulation reaches no system under test")
    return ""


def _replications(scenario: Scenario, books: Mapping[str, Rulebook], seed: int, replications: int) -> list[Estimate]:
    """The simulated world with `seed`, `seed` + 1 ..., judged each by itself; nothing of a single one."""

    def again(other: int, record: Record) -> None:
        simulated(scenario, books, other, record, lambda _done: None)

    if replications == 1:
        return []
    return replicate(range(seed, seed + replications), again, scenario.expect, vocabulary(scenario, books))


def simulated(
    scenario: Scenario, books: Mapping[str, Rulebook], seed: int, record: Record, progress: Callable[[float], None]
) -> None:
    """The scenario in simulated time; events go to `record`."""
    for one in scenario.push_fault:
        if one.fault not in IN_ORDER:
            wanted = f"one of {', '.join(IN_ORDER)}: nothing is signed in simulated time; or run it --on live"
            raise InputError(scenario.name, "push_fault", one.fault, wanted)
    clock, switchboard = SimClock(scenario.start_ms), Switchboard(lambda: world)
    world = World(books, clock, seed=seed, record=record, post=switchboard, later=clock.later)
    account = world.open_account(MAIN, **scenario.account.model_dump())
    for one in scenario.push_fault:
        chosen = {"standing": one.fault, "percent": one.percent}
        world.tell(Signal(one.platform, f"{one.platform}.push_faults", MAIN, payload=chosen))
    roles = cast(scenario, merchant_of(account), seed, market_of(books[MARKET]))
    switchboard.await_answers({topic for role in roles for topic in role.receives})
    port = InProcess(world)
    simulate(scenario, clock, port, roles, record, account=MAIN, listen=switchboard.listen, progress=progress)


def _doubts(scenario: Scenario, result: LiveResult) -> tuple[str, ...]:
    """What speaks against believing the HTTP world."""
    doubts = []
    if result.lag_p99_ms > scenario.live.late_after:
        doubts.append(
            f"the mock's own loop woke {result.lag_p99_ms:.0f} ms late at p99 (allowed {scenario.live.late_after} ms)"
        )
    if result.events_lost:
        doubts.append(f"the mock's journal lost {result.events_lost} events")
    return (*doubts, *result.doubts)


def _context(
    scenario: Scenario,
    books: Mapping[str, Rulebook],
    worlds: tuple[str, ...],
    invalid: tuple[str, ...],
    failures: tuple[str, ...],
) -> Context:
    described = {rule["id"]: _rule(rule) for book in books.values() for rule in (*rules(book), *frozen(book))}
    return Context(
        description=f"{scenario.title}. {scenario.description.strip()}",
        worlds=worlds,
        vocabulary=vocabulary(scenario, books),
        expectations=tuple(scenario.expect.items()),
        tolerances=tolerances(scenario),
        rules=described,
        start=dict.fromkeys(worlds, scenario.start_ms),
        duration=scenario.duration,
        rate=scenario.live.rate,
        invalid_reasons=invalid,
        failures=failures,
        reported=scenario.reported,
        report_above=market_of(books[MARKET]).figure(REPORT_ABOVE),
        capacity=capacity_of(scenario, books),
        peak_warning=market_of(books[MARKET]).figure("peak_warning"),
    )


def _rule(rule: dict[str, Any]) -> Any:
    names = ("limit", "window", "actions", "standing", "source", "part", "facts", "note")
    shown = {name: rule[name] for name in (*names, "level", "points") if name in rule}
    return shown if rule["kind"] == "quota" else shown | {"limit": rule["says"]}


def _text(book: Rulebook) -> str:
    return as_json(book.document.model_dump(mode="json"))
