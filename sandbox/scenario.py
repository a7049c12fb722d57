"""A scenario: who acts, how load arrives, for how long, and what must hold at the end. Its grammar and its loader.

Law: data in, typed and frozen data out; every complaint names file, key, value and what was expected. The behaviours that it may
name come in as an argument; what an expectation may name is checked by the report, which knows the metrics.
"""

from __future__ import annotations

import inspect
import tomllib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal, get_type_hints

from pydantic import AwareDatetime, Field, create_model

from sandbox.errors import InputError
from sandbox.keypath import put
from sandbox.rulebooks.citing import span
from sandbox.rulebooks.grammar import Duration, Strict, Window
from sandbox.rulebooks.overlay import check
from sandbox.schedule import Phase, Spacing

Behaviours = Mapping[str, Callable[..., object]]
"""Behaviours by name; the keyword arguments of each are the options that a scenario may give."""


class PhaseEntry(Strict):
    """A stretch of load."""

    lasts: Window
    per_second: Annotated[float, Field(ge=0, le=1_000_000, strict=False)]
    spacing: Spacing = "poisson"

    def phase(self) -> Phase:
        """As the schedule takes it."""
        return Phase(self.lasts, self.per_second, self.spacing)


class Population(Strict):
    """Players of one behaviour: `count` of them from the start, or one for each arrival of `phases`."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    behaviour: str
    count: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    phases: Annotated[tuple[PhaseEntry, ...], Field(strict=False)] = ()
    receives: Annotated[tuple[str, ...], Field(strict=False)] = ()
    options: Annotated[dict[str, Any], Field(alias="with", default_factory=dict)]


Start = Annotated[AwareDatetime, Field(ge=datetime(1970, 1, 1, tzinfo=UTC), lt=datetime(2100, 1, 1, tzinfo=UTC))]
"""When virtual time begins: what calendars and 13 digits of milliseconds can hold."""

LONGEST = 3_653 * 86_400_000
MOST = 10_000_000
"""How long a scenario may be (ms), and how many may come in it: what a machine can hold."""

TARGET = "target"
"""What the population is called that stands in for a system under test."""


class Target(Strict):
    """A system under test: over HTTP the program `module` runs, in the simulation `count` players of `behaviour` stand in for it."""

    module: Annotated[str, Field(pattern=r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$")]
    behaviour: str
    count: Annotated[int, Field(ge=1, le=1_000)] = 1
    receives: Annotated[tuple[str, ...], Field(strict=False, min_length=1)]
    options: Annotated[dict[str, Any], Field(alias="with", default_factory=dict)]

    def stand_in(self) -> Population:
        """The players that stand in for it."""
        fields = {"behaviour": self.behaviour, "count": self.count, "receives": self.receives, "with": self.options}
        return Population.model_validate({"name": TARGET, **fields})


class Live(Strict):
    """How the scenario runs over HTTP: how much faster than real time, and when an arrival is late (real time)."""

    rate: Annotated[float, Field(gt=0, le=1_000, strict=False)] = 1.0
    latency: bool = False
    late_after: Window = 20
    in_flight: Annotated[int, Field(gt=0, le=10_000)] = 200


class Sim(Strict):
    """How it runs in simulated time: how long a request and its answer travel together (virtual ms).

    With `marginal`, labelled traffic is judged again without each detector that hit, to tell what each is worth.
    """

    round_trip: Duration = 40
    marginal: bool = False


class Tolerance(Strict):
    """How far simulation and HTTP may differ on the metrics that a pattern names, and why so far."""

    metric: str
    because: Annotated[str, Field(min_length=10)]
    relative: Annotated[float, Field(ge=0, lt=1, strict=False)] | None = None
    absolute: Annotated[float, Field(ge=0, allow_inf_nan=False, strict=False)] | None = None


class PushFault(Strict):
    """What goes wrong on purpose with a platform's pushes: with this share of them, spread evenly."""

    platform: str
    fault: str
    percent: Annotated[int, Field(ge=1, le=100)] = 100


class CapacityGate(Strict):
    """A rate that must have been shown: so many calls of an action a second; 0: as many as the market's figure says (V10)."""

    action: str
    per_second: Annotated[int, Field(ge=0)] = 0


class AccountTraits(Strict):
    """What kind of account the merchant has."""

    account_type: Literal["service", "verified_subscription", "unverified_subscription", "miniprogram"] = "service"
    category: Literal["catering", "ecommerce", "local_services"] = "catering"


class Scenario(Strict):
    """A whole scenario file."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_]*$")]
    title: str
    description: str = ""
    facts: Annotated[tuple[str, ...], Field(strict=False)] = ()
    seed: Annotated[int, Field(ge=0)] = 1
    start: Start
    duration: Window
    drain: Duration = 0
    reported: bool = False
    capacity: CapacityGate | None = None
    account: AccountTraits = AccountTraits()
    live: Live = Live()
    sim: Sim = Sim()
    population: Annotated[tuple[Population, ...], Field(strict=False, min_length=1)]
    target: Target | None = None
    push_fault: Annotated[tuple[PushFault, ...], Field(strict=False)] = ()
    expect: Annotated[dict[str, str], Field(default_factory=dict)]
    tolerance: Annotated[tuple[Tolerance, ...], Field(strict=False)] = ()

    @property
    def start_ms(self) -> int:
        """When virtual time begins, ms since the epoch."""
        return int(self.start.timestamp() * 1000)

    @property
    def players(self) -> tuple[Population, ...]:
        """Every population, and the one that stands in for a system under test."""
        return self.population + ((self.target.stand_in(),) if self.target else ())

    @property
    def day(self) -> str:
        """The day it begins, `YYMMDD`."""
        return f"{self.start:%y%m%d}"


def parse(content: Mapping[str, Any], where: str, behaviours: Behaviours) -> Scenario:
    """The scenario that a document describes. Raises InputError."""
    scenario = check(Scenario, dict(content), where)
    if scenario.duration + scenario.drain > LONGEST:
        raise InputError(where, "duration", f"{scenario.duration} ms", "with its drain at most ten years")
    if scenario.capacity and scenario.live.rate != 1:
        raise InputError(where, "live.rate", scenario.live.rate, "1 beside [capacity]: five seconds of a rate are real ones")
    names = [population.name for population in scenario.players]
    for index, population in enumerate(scenario.players):
        key = f"population.{index}" if index < len(scenario.population) else TARGET
        if names.index(population.name) != index:
            raise InputError(where, f"{key}.name", population.name, "a name that no other population has")
        if population.behaviour not in behaviours:
            raise InputError(where, f"{key}.behaviour", population.behaviour, "one of " + ", ".join(behaviours))
        if (population.count is None) == (not population.phases):
            raise InputError(where, key, population.name, "either count or phases")
        if sum(phase.lasts * phase.per_second for phase in population.phases) > MOST * 1_000:
            raise InputError(where, f"{key}.phases", population.name, f"at most {MOST:,} arrivals in all")
        if sum(phase.lasts for phase in population.phases) > scenario.duration:
            lasts = sum(phase.lasts for phase in population.phases)
            raise InputError(
                where, f"{key}.phases", f"{span(lasts)} in all", f"no longer than the duration, {span(scenario.duration)}"
            )
        _check_options(population, behaviours[population.behaviour], f"{key}.with", where)
    return scenario


def _check_options(population: Population, behaviour: Callable[..., object], key: str, where: str) -> None:
    """The options must be keyword arguments of the behaviour, of the right type."""
    hints = get_type_hints(behaviour, include_extras=True)
    known = {
        name: (hints[name], parameter.default)
        for name, parameter in inspect.signature(behaviour).parameters.items()
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY
    }
    model = create_model("Options", __base__=Strict, **known)  # type: ignore[call-overload] # fields are known at run time only
    try:
        check(model, population.options, where)
    except InputError as problem:
        raise InputError(where, f"{key}.{problem.key}", problem.value, problem.expected) from None


def load(path: Path, behaviours: Behaviours, changes: Mapping[str, Any] | None = None) -> tuple[Scenario, str]:
    """A scenario file, with `changes` (dotted keys) applied; and its text. Raises InputError."""
    content, text = document(path, changes or {})
    return parse(content, str(path), behaviours), text


def document(path: Path, changes: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    """A TOML file with `changes` (dotted keys) applied, and its text. Raises InputError."""
    try:
        text = path.read_text("utf-8")
        content = tomllib.loads(text)
    except OSError as problem:
        wanted = f"a file that can be read ({problem.strerror}){_meant(path)}"
        raise InputError(str(path), "file", path.name, wanted) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise InputError(str(path), "file", str(problem), "TOML in UTF-8") from None
    for key, value in changes.items():
        put(content, key, value, str(path))
    return content, text


def _meant(path: Path) -> str:
    """The file beside it, or among the scenarios of this folder, whose name is nearest."""
    there = {one.stem: one for one in (*Path("scenarios").rglob("*.toml"), *path.parent.glob("*.toml"))}
    near = get_close_matches(path.stem, there, 1)
    return f"; did you mean {there[near[0]]}?" if near else ""
