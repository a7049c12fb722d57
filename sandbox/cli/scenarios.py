"""Scenarios, loaded and checked against everything that a run will need of them.

Law: a scenario that loads here can be judged: every metric it names can exist, every metric that can exist has a tolerance.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from mocks.faults import FAULTS
from mocks.world import SERVICES
from sandbox.behaviour.audience import expected
from sandbox.behaviour.table import BEHAVIOURS, MODELS
from sandbox.cases import Case, is_case
from sandbox.clock import DAY
from sandbox.errors import InputError
from sandbox.report import Tolerance, Vocabulary, check_names, check_tolerances, parse
from sandbox.rulebooks import MARKET, Rulebook
from sandbox.rulebooks.market import Market, market_of
from sandbox.scenario import Scenario, document, load

from .casing import load_case

REPORT_ABOVE = "report_redemptions_above"
"""The market's figure: more redemptions a day than this are reported beforehand."""


def load_scenario(path: Path, books: Mapping[str, Rulebook], changes: Mapping[str, Any]) -> tuple[Scenario, str]:
    """A scenario whose every expectation can be judged. Raises InputError."""
    scenario, text = load(path, BEHAVIOURS, changes)
    _check_faults(scenario, str(path))
    known = vocabulary(scenario, books)
    check_names(scenario.expect, known, str(path))
    for name, text_of in scenario.expect.items():
        parse(name, text_of, str(path))
    if not modelled(scenario):  # what runs in one world is compared with nothing
        check_tolerances(tolerances(scenario), known.names(), str(path))
    return scenario, text


def _check_faults(scenario: Scenario, where: str) -> None:
    """Each platform's pushes go wrong in one way that exists. Raises InputError."""
    platforms = [one.platform for one in scenario.push_fault]
    for index, one in enumerate(scenario.push_fault):
        if one.platform not in SERVICES or one.platform in platforms[:index]:
            wanted = "a platform, once: " + ", ".join(SERVICES)
            raise InputError(where, f"push_fault.{index}.platform", one.platform, wanted)
        if one.fault not in FAULTS:
            raise InputError(where, f"push_fault.{index}.fault", one.fault, "one of " + ", ".join(FAULTS))


def modelled(scenario: Scenario) -> str:
    """The first behaviour that runs in simulated time only, if there is one."""
    return next((one.behaviour for one in scenario.players if one.behaviour in MODELS), "")


def vocabulary(scenario: Scenario, books: Mapping[str, Rulebook]) -> Vocabulary:
    """What the scenario's metrics can be called."""
    judged = {action for book in books.values() for action in (*book.book.quotas, *book.book.breakers)}
    codes: dict[str, tuple[str, ...]] = {}
    breakers: dict[str, tuple[str, ...]] = {}
    for book in books.values():
        for action in {*book.book.quotas, *book.book.breakers}:
            ids = [rule.id for rule in book.book.quotas.get(action, ())] + [
                fuse.id for fuse in book.book.breakers.get(action, ())
            ]
            codes[action] = tuple(sorted({book.codes[rule] for rule in ids}))
        for action, fuses in book.book.breakers.items():
            for fuse in fuses:
                breakers[fuse.id] = (*breakers.get(fuse.id, ()), action)
    actions = sorted(judged | {action for service in SERVICES.values() for action in service.ACTIONS})
    populations = tuple(one.name for one in scenario.players)
    return Vocabulary(tuple(actions), codes, breakers, populations, market_of(books[MARKET]).bands)


def check_reported(scenario: Scenario, market: Market, where: str) -> None:
    """A campaign so large that it must be reported beforehand (A26) says that it was. Raises InputError."""
    shown = [one.options for one in scenario.population if one.behaviour == "campaign.show"]
    days = -(-(scenario.duration + scenario.drain) // DAY)
    most, above = sum(expected(market, **options) for options in shown) / days, market.figure(REPORT_ABOVE)
    if most > above and not scenario.reported:
        wanted = f"true: up to {most:,.0f} redemptions a day, and more than {above:,.0f} must be reported beforehand"
        raise InputError(where, "reported", scenario.reported, wanted)


def tolerances(scenario: Scenario) -> tuple[Tolerance, ...]:
    """The scenario's tolerances as the report takes them."""
    return tuple(Tolerance(one.metric, one.relative, one.absolute, one.because) for one in scenario.tolerance)


def check_scenarios(paths: Sequence[Path], books: Mapping[str, Rulebook], changes: Mapping[str, Any]) -> Iterator[str]:
    """A line for each rulebook and scenario that is in order. Raises InputError at the first that is not."""
    for name, book in books.items():
        counts = (
            (kind, len(getattr(book.document, kind)))
            for kind in ("quota", "breaker", "detector", "tier", "ladder", "figure")
        )
        yield f"rulebook {name}: " + ", ".join(f"{many} {kind}{'s' * (many > 1)}" for kind, many in counts if many)
    checked = 0
    for path in paths:
        if not path.exists():
            raise InputError(str(path), "path", path.name, "a scenario file or a folder that exists")
        files = sorted(path.rglob("*.toml")) if path.is_dir() else [path]
        if not files:
            raise InputError(str(path), "path", path.name, "a folder with a scenario in it")
        for file in files:
            case = is_case(document(file, {})[0])
            found: Case | Scenario
            found = load_case(file, books, changes).case if case else load_scenario(file, books, changes)[0]
            if isinstance(found, Scenario):
                check_reported(found, market_of(books[MARKET]), str(file))
            yield f"{file}: {found.title}"
            checked += 1
    yield f"{checked} {'files' if checked > 1 else 'file'} and {len(books)} rulebooks: all in order"
