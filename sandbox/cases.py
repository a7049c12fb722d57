"""Cases: scripted calls on the virtual clock, with the verdict that each must get.

Law: a case is data; it runs against whatever judges (`Judge`), and never sleeps. A step that cannot happen (an action nobody
has a rule for, time going back) is refused when the file is read.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import AwareDatetime, Field

from sandbox.errors import InputError
from sandbox.policy import NEVER, Call, Verdict
from sandbox.rulebooks.grammar import Duration, Strict
from sandbox.rulebooks.overlay import check
from sandbox.scenario import AccountTraits


class Expected(Strict):
    """What a verdict must say; what is absent may be anything."""

    allowed: bool | None = None
    code: str | None = None
    rule: str | None = None
    retry_after: Duration | None = None
    never: bool | None = None
    remaining: int | None = None
    tripped: str | None = None
    takes: Duration | None = None


class Step(Strict):
    """`repeat` calls at a moment after the start; all must get the expected verdict."""

    at: Duration
    action: str
    says: str = ""
    repeat: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    cost: Annotated[int, Field(ge=1)] = 1
    actor: Annotated[dict[str, str], Field(default_factory=dict)]
    expect: Expected


class Case(Strict):
    """A whole case file."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_]*$")]
    title: str
    facts: Annotated[tuple[str, ...], Field(strict=False)] = ()
    start: AwareDatetime
    account: AccountTraits = AccountTraits()
    step: Annotated[tuple[Step, ...], Field(strict=False, min_length=1)]

    @property
    def start_ms(self) -> int:
        """When virtual time begins, ms since the epoch."""
        return int(self.start.timestamp() * 1000)


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict, the platform's code for it, and how long the platform takes (ms)."""

    verdict: Verdict
    code: str
    takes: int


Judge = Callable[[Call, int], Judged]
"""Asks for a verdict on a call at a virtual time."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One step's result: `wrong` maps each thing that differs to (expected, actual); empty when the step holds."""

    number: int
    step: Step
    wrong: Mapping[str, tuple[Any, Any]]
    last: Judged


def is_case(content: Mapping[str, Any]) -> bool:
    """Is this document a case rather than a scenario with populations?"""
    return "step" in content


def parse(content: Mapping[str, Any], where: str, actions: Collection[str]) -> Case:
    """The case that a document describes. Raises InputError for one that cannot happen."""
    case = check(Case, dict(content), where)
    before = 0
    for number, step in enumerate(case.step):
        if step.action not in actions:
            raise InputError(where, f"step.{number}.action", step.action, "an action that some rule is about")
        if step.at < before:
            raise InputError(
                where, f"step.{number}.at", f"{step.at} ms", f"no earlier than the step before it ({before} ms)"
            )
        before = step.at
    return case


def play(case: Case, judge: Judge, account: str) -> Iterator[Outcome]:
    """Play the case; yields each step's outcome. Of a repeated step the first wrong verdict is reported."""
    for number, step in enumerate(case.step):
        platform = step.action.partition(".")[0]
        call = Call(platform, step.action, account, step.actor, step.cost)
        for _ in range(step.repeat):
            judged = judge(call, case.start_ms + step.at)
            if wrong := differences(step.expect, judged):
                break
        yield Outcome(number, step, wrong, judged)


def differences(expected: Expected, judged: Judged) -> dict[str, tuple[Any, Any]]:
    """What the verdict says otherwise than expected."""
    verdict = judged.verdict
    actual = {
        "allowed": verdict.allowed,
        "code": judged.code,
        "rule": verdict.rule,
        "retry_after": verdict.retry_after,
        "never": verdict.retry_after == NEVER,
        "remaining": verdict.remaining,
        "tripped": verdict.tripped,
        "takes": judged.takes,
    }
    wanted = expected.model_dump(exclude_none=True)
    return {name: (value, actual[name]) for name, value in wanted.items() if actual[name] != value}


def describe(outcome: Outcome, path: Path) -> str:
    """One line about a step."""
    step = outcome.step
    times = f" x{step.repeat}" if step.repeat > 1 else ""
    says = f": {step.says}" if step.says else ""
    line = f"{path.name} step {outcome.number} at {step.at} ms, {step.action}{times}{says}"
    wrong = "; ".join(f"{name} is {actual!r}, expected {wanted!r}" for name, (wanted, actual) in outcome.wrong.items())
    return f"{line}: {wrong}" if wrong else line
