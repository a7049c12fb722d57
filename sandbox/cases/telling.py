"""A case's outcomes in words: a line for each step, and a timeline around the first difference.

Law: plain text and tuples of text; how they are printed is the command's business.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sandbox.policy import NEVER, UNLIMITED

from .grammar import Case
from .playing import Outcome, Seen

BEFORE = 6
"""Steps that a timeline shows before the one that differs."""

UNITS = (("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1))


def span(ms: int) -> str:
    """A duration for people: `2h 5m`, `1s`, `0s`."""
    if ms == NEVER:
        return "for ever"
    parts = []
    for unit, size in UNITS:
        many, ms = divmod(ms, size)
        parts += [f"{many}{unit}"] if many else []
    return " ".join(parts) or "0s"


def describe(outcome: Outcome, name: str) -> str:
    """One line about a step."""
    line = f"{name} step {outcome.number} {asked(outcome)}"
    wrong = "; ".join(
        f"{key} is {shown(key, actual)}, expected {shown(key, wanted)}" for key, (wanted, actual) in outcome.wrong.items()
    )
    return f"{line}: {wrong}" if wrong else line


def asked(outcome: Outcome) -> str:
    """What a step asked for or told."""
    step = outcome.step
    actor = " ".join(f"{name}={value}" for name, value in step.actor.items())
    times = f" x{step.repeat}" + (f" every {span(step.every)}" if step.every else "") if step.repeat > 1 else ""
    cost = f" cost {step.cost}" if step.cost > 1 else ""
    what = step.action or f"told {step.signal}" + (f" about {step.about}" if step.about else "")
    return what + (f" [{actor}]" if actor else "") + cost + times + (f" ({step.says})" if step.says else "")


def got(seen: Seen) -> str:
    """What came back, in one line."""
    if "ok" in seen:
        led = ", ".join(f"{effect} {rule}" for effect, rule, *_ in seen["sanctions"])
        return (f"told; {led}" if led else "told") if seen["ok"] else f"not taken: {seen['code']}"
    if "rule" not in seen:
        return "done" if seen["allowed"] else f"refused {seen['code']}"
    tier = f", tier {seen['tier']}" if seen.get("tier") else ""
    tier += f", score {seen['score']}" if seen.get("score") else ""
    tier += f", hit by {' '.join(seen['rules'])}" if seen.get("rules") else ""
    tier += "".join(f"; {effect} {rule}" for effect, rule, *_ in seen["sanctions"])
    if seen["allowed"]:
        return ("allowed" if seen["remaining"] == UNLIMITED else f"allowed, {seen['remaining']} left") + tier
    tripped = f", opens {seen['tripped']}" if seen["tripped"] else ""
    return f"refused {seen['code']} by {seen['rule']}, wait {span(seen['retry_after'])}{tripped}{tier}"


def timeline(case: Case, outcomes: Sequence[Outcome]) -> list[tuple[str, str, str, str]]:
    """(when, step, asked, got) of the first step that differs and those before it; nothing when all hold."""
    first = next((index for index, one in enumerate(outcomes) if one.wrong), None)
    if first is None:
        return []
    rows = [("..." if first > BEFORE else "", "", "", "")] if first > BEFORE else []
    for one in outcomes[max(0, first - BEFORE) : first + 1]:
        when = f"+{span(one.at - case.start_ms)}"
        nth = f"{one.number}" + (f" (call {one.nth})" if one.wrong and one.step.repeat > 1 else "")
        rows.append((when, nth, asked(one), got(one.seen)))
    return rows


DURATIONS = frozenset({"retry_after", "takes", "lasts"})


def shown(name: str, value: Any) -> str:
    """An expected or actual value for people."""
    if name == "sanctions":
        return "; ".join(map(_sanction, value or ())) or "none"
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "none"
    return span(value) if name in DURATIONS and isinstance(value, int) else str(value) or "none"


def _sanction(one: Any) -> str:
    """An expected sanction, of which something may be left open, or one that followed."""
    if not isinstance(one, dict):
        return " ".join(map(str, one[:3]))
    lasts = one.get("lasts")
    words = (
        one["effect"],
        one.get("rule", ""),
        one.get("subject", ""),
        f"for {span(lasts)}" if isinstance(lasts, int) else lasts or "",
    )
    return " ".join(word for word in words if word)
