"""Plays a case against whatever answers, and says what differs.

Law: no clock, no I/O; a case runs against any `Perform`, in the engine and over HTTP alike. All of a repeated step is asked, and
the first answer that differs is reported.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from sandbox.policy import NEVER, Call, Sanction, Signal, Verdict
from sandbox.policy.model import Assessment

from .grammar import Case, Expected, ExpectedSanction, Step
from .reading import moments, platform_of

Seen = Mapping[str, Any]
"""What an answer says, by the names that a step's `expect` may use."""

Wrong = Mapping[str, tuple[Any, Any]]
"""Each thing that differs: (expected, actual)."""


class Burst(NamedTuple):
    """What one step asks for or tells at one moment (ms since the epoch)."""

    number: int
    at: int
    wishes: tuple[Call | Signal, ...]


Perform = Callable[[Burst], Sequence[Seen]]
"""Asks and tells; one answer for each wish."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One step's result: `wrong` is empty when the step holds. `seen` is the first answer that differs, else the last.

    `at` is when that answer was given, `nth` which of the repetitions it was, from 1.
    """

    number: int
    step: Step
    wrong: Wrong
    seen: Seen
    at: int
    nth: int


CLEAN = Assessment()

NUMBERED = re.compile(r"\{n(?:([%/])([1-9]\d*))?\}")


def numbered(text: str, n: int) -> str:
    """The text with `{n}`, `{n%20}` (0 to 19) and `{n/5}` (0 five times, then 1 ...) in figures; `n` counts from 1."""

    def figure(found: re.Match[str]) -> str:
        if not found[1]:
            return str(n)
        return str((n - 1) % int(found[2]) if found[1] == "%" else (n - 1) // int(found[2]))

    return NUMBERED.sub(figure, text) if "{n" in text else text


def bursts(case: Case, account: str) -> Iterator[Burst]:
    """The whole case, moment by moment."""
    for number, (begin, step) in enumerate(moments(case)):
        at = case.start_ms + begin
        wishes = (_wish(case, step, account, n, at + (n - 1) * step.every) for n in range(1, step.repeat + 1))
        if step.every:
            for n, wish in enumerate(wishes):
                yield Burst(number, at + n * step.every, (wish,))
        else:
            yield Burst(number, at, tuple(wishes))


def _wish(case: Case, step: Step, account: str, n: int, at: int) -> Call | Signal:
    """The n-th call or fact of a step; a fact that does not say which call it is about is about one that ends now."""
    actor = {name: numbered(value, n) for name, value in step.actor.items()}
    platform = platform_of(step)
    if step.action:
        return Call(platform, step.action, account, actor, step.cost, step.payload)
    payload = {name: numbered(value, n) if isinstance(value, str) else value for name, value in step.payload.items()}
    started = at - step.took if step.started is None else case.start_ms + step.started
    return Signal(platform, step.signal, account, step.about, actor, started, step.ok, step.took, payload, step.cost)


def play(case: Case, perform: Perform, account: str) -> Iterator[Outcome]:
    """Play the case; yields each step's outcome as soon as the step is over."""
    return outcomes(case, ((burst, perform(burst)) for burst in bursts(case, account)))


def outcomes(case: Case, answered: Iterable[tuple[Burst, Sequence[Seen]]]) -> Iterator[Outcome]:
    """Each step's outcome, from the answers in the order in which they were given."""
    wrong: Wrong = {}
    nth = 0
    for burst, answers in answered:
        step = case.step[burst.number]
        for seen in answers:
            nth += 1
            if wrong:
                continue
            if wrong := differences(step.expect, seen, burst.at):
                found = Outcome(burst.number, step, wrong, seen, burst.at, nth)
        if nth == step.repeat:
            yield found if wrong else Outcome(burst.number, step, {}, answers[-1], burst.at, nth)
            wrong, nth = {}, 0


def saw(verdict: Verdict, code: str, takes: int, now: int) -> Seen:
    """What a verdict, given at `now`, says."""
    risk = verdict.risk or CLEAN
    return {
        "allowed": verdict.allowed,
        "code": code,
        "rule": verdict.rule,
        "retry_after": verdict.retry_after,
        "never": verdict.retry_after == NEVER,
        "remaining": verdict.remaining,
        "tripped": verdict.tripped,
        "takes": takes,
        "tier": verdict.tier,
        "shadowed": verdict.shadowed,
        "score": risk.score,
        "risk": risk.action,
        "rules": risk.rules,
        "lasts": risk.until - now if risk.until else 0,
        "sanctions": _rows(risk.sanctions),
    }


def served(code: str) -> Seen:
    """What a service's answer says; its code is "" on success."""
    return {"allowed": not code, "code": code}


def heard(ok: bool, code: str, sanctions: Sequence[Sanction]) -> Seen:
    """What telling a fact led to."""
    return {"ok": ok, "code": code, "sanctions": _rows(sanctions)}


def _rows(sanctions: Sequence[Sanction]) -> list[tuple[str, str, str, int]]:
    return [(one.effect, one.rule, one.subject, one.until) for one in sanctions]


def differences(expected: Expected, seen: Seen, at: int) -> Wrong:
    """What the answer, given at `at`, says otherwise than expected."""
    wrong = {}
    for name in (name for name in Expected.model_fields if name in expected.model_fields_set):
        wanted, actual = getattr(expected, name), seen.get("rules" if name == "spared" else name)
        if wanted is None or COMPARED.get(name, _equal)(wanted, actual, at):
            continue
        shown = [one.model_dump(exclude_none=True) for one in wanted] if name == "sanctions" else wanted
        wrong[name] = (shown, actual)
    return wrong


def _equal(wanted: Any, actual: Any, _at: int) -> bool:
    return bool(wanted == actual)


def _hit(wanted: Sequence[str], actual: Sequence[str], _at: int) -> bool:
    return set(wanted) <= set(actual) if wanted else not actual


def _spared(wanted: Sequence[str], actual: Sequence[str], _at: int) -> bool:
    return not set(wanted) & set(actual)


def _sanctioned(wanted: Sequence[ExpectedSanction], actual: Sequence[Sequence[Any]] | None, at: int) -> bool:
    """Are these among the sanctions; or, when none is wanted, is there none?"""
    found = actual or ()
    return all(any(_same(one, *other, at=at) for other in found) for one in wanted) if wanted else not found


def _same(wanted: ExpectedSanction, effect: str, rule: str, subject: str, until: int, *, at: int) -> bool:
    lasts = "for good" if until == NEVER else until - at
    pairs = ((wanted.effect, effect), (wanted.rule, rule), (wanted.subject, subject), (wanted.lasts, lasts))
    return all(one is None or one == other for one, other in pairs)


COMPARED: Final[Mapping[str, Callable[[Any, Any, int], bool]]] = {
    "rules": _hit,
    "spared": _spared,
    "sanctions": _sanctioned,
}
"""How a thing that is not simply equal is compared: (wanted, actual, the moment)."""
