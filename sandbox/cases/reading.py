"""From a document to a case that can happen.

Law: a step that cannot happen (an action nobody has a rule for, a fact nobody takes, time going back) is refused when the file is
read, with file and line.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from sandbox.errors import InputError
from sandbox.rulebooks.overlay import check

from .grammar import Case, Step
from .lines import place

TOLD = frozenset({"ok", "code", "sanctions"})
"""What a fact's answer can say; a call's says everything but `ok`."""

SERVED = frozenset({"allowed", "code"})
"""What a call with a payload is answered with: the platform's service decides, maybe without asking the gate."""


@dataclass(frozen=True, slots=True)
class Known:
    """What can be asked for and told: actions with a rule, kinds of facts; actions that a platform's service performs; detectors."""

    actions: Collection[str]
    signals: Collection[str]
    platforms: Collection[str]
    served: Collection[str]
    detectors: Collection[str]


def is_case(content: Mapping[str, Any]) -> bool:
    """Is this document a case rather than a scenario with populations?"""
    return "step" in content or "steps" in content


def read(content: Mapping[str, Any], where: str, text: str = "") -> Case:
    """The case that a document describes; `text` is what it was read from. Raises InputError."""
    try:
        return check(Case, dict(content), where)
    except InputError as problem:
        raise _placed(problem, where, text) from None


def check_steps(case: Case, known: Known, where: str, text: str = "") -> None:
    """Raises InputError for the first step that cannot happen."""
    try:
        _check(case, known, where)
    except InputError as problem:
        raise _placed(problem, where, text) from None


def _placed(problem: InputError, where: str, text: str) -> InputError:
    """The same complaint, with the line."""
    return InputError(place(where, text, problem.key), problem.key, problem.value, problem.expected)


def moments(case: Case) -> Iterator[tuple[int, Step]]:
    """When each step begins, ms after the start."""
    end = 0
    for step in case.step:
        begin = end + (step.after or 0) if step.at is None else step.at
        yield begin, step
        end = begin + (step.repeat - 1) * step.every


def _check(case: Case, known: Known, where: str) -> None:
    if not case.step and not case.steps:
        raise InputError(where, "step", "(absent)", "at least one [[step]]")
    if case.step and case.steps:
        raise InputError(where, "steps", case.steps, "either [[step]] or a file of recorded steps: one would not be played")
    for name in case.rulebook:
        if name not in known.platforms:
            raise InputError(where, f"rulebook.{name}", name, "one of " + ", ".join(sorted(known.platforms)))
    end, served = 0, {step.action: bool(step.payload) for step in reversed(case.step) if step.action}
    for number, (begin, step) in enumerate(moments(case)):
        key = f"step.{number}"
        _check_step(step, known, key, where)
        if step.action and bool(step.payload) != served[step.action]:
            raise InputError(
                where, f"{key}.payload", step.action, "a payload in all of the case's steps of an action, or in none"
            )
        if begin < end:
            raise InputError(where, f"{key}.at", f"{begin} ms", f"no earlier than the step before it ends ({end} ms)")
        end = begin + (step.repeat - 1) * step.every


def _check_step(step: Step, known: Known, key: str, where: str) -> None:
    if (step.at is None) == (step.after is None):
        raise InputError(where, key, step.says or step.action or step.signal, "either at or after")
    if bool(step.action) == bool(step.signal):
        raise InputError(where, key, step.says or step.action, "either action (a call) or signal (a fact)")
    if step.action and step.action not in (known.served if step.payload else known.actions):
        near = get_close_matches(step.action, sorted(known.actions), 3, 0.6)
        raise InputError(where, f"{key}.action", step.action, "an action that some rule is about" + _such_as(near))
    if step.signal and step.signal not in known.signals:
        near = get_close_matches(step.signal, sorted(known.signals), 5, 0.5)
        raise InputError(where, f"{key}.signal", step.signal, "a fact that somebody takes" + _such_as(near))
    if step.signal and not platform_of(step):
        raise InputError(where, f"{key}.platform", "(absent)", "the platform that is told; its `about` names none")
    for field in ("spared", "rules"):
        for name in getattr(step.expect, field) or ():
            if name not in known.detectors:
                near = get_close_matches(name, sorted(known.detectors), 3, 0.6)
                raise InputError(where, f"{key}.expect.{field}", name, "a detector that there is" + _such_as(near))
    asked = set(step.expect.model_dump(exclude_none=True))
    wrong = asked - TOLD if step.signal else asked - SERVED if step.payload else asked & {"ok"}
    if wrong:
        kind = "a fact's answer" if step.signal else "a service's answer" if step.payload else "a call's verdict"
        raise InputError(where, f"{key}.expect.{min(wrong)}", "(given)", f"no such key: {kind} does not say it")


def _such_as(names: list[str]) -> str:
    return ", such as " + ", ".join(names) if names else ""


def platform_of(step: Step) -> str:
    """Whom a step is about."""
    return step.platform or (step.action or (step.signal if "." in step.signal else step.about)).partition(".")[0]
