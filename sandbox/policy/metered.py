"""An action's plain quotas and its breakers, written out as one Python function: what every call pays for being counted.

Law: pure, done once for each action. As a loop over the rules, judging was a sixth to a third slower (benchmarks/README.md). What is counted is
what `windows.fixed` counts, all or nothing. The figures are names beside the text, so that actions whose rules are alike share
one. For a limit of each member it reads:

    def charge(cells, account, actor, cost, now):
        changed, left, full = {}, UNLIMITED, 0
        who0_0 = actor.get('user', '')
        who0 = f'{account}/{who0_0}'
        key0 = who0 + tail0
        end0, used0 = cells.get(key0, UNUSED)
        reset = end0 - now
        if reset <= 0:
            reset = window0 - (now + offset0) % window0
            end0, used0 = now + reset, 0
        used0 += cost
        remaining = limit0 - used0
        if remaining < 0:
            return None
        if remaining < left:
            left = remaining
        if reset > full and used0:
            full = reset
        changed[key0] = end0, used0
        return changed, left, full
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from textwrap import indent
from types import CodeType
from typing import Any, Final

from . import breaker
from .keys import names, read_parts, subject, tail
from .model import NEVER, UNLIMITED, Breaker, Cell, Cells, Quota
from .windows import UNUSED

Charged = tuple[dict[str, Cell], int, int]
"""The cells that change, what is left of the scarcest quota, and until when not all is left."""

Charge = Callable[[Cells, str, Mapping[str, str], int, int], Charged | None]
"""`charge(cells, account, actor, cost, now)`; None when some rule refuses."""

DIGITS = 18
"""A weight of more digits than this is no figure; it counts as too many for any quota."""

FUSE: Final = """
held = cells.get(who{who} + tail{number})
if held and held[0] != CLOSED:
    after, wait = admit(rule{number}, read(held), now)
    if wait:
        return None
    changed[who{who} + tail{number}] = write(after)
"""

WINDOW: Final = """
key{number} = who{who} + tail{number}
end{number}, used{number} = cells.get(key{number}, UNUSED)
reset = end{number} - now
if reset <= 0:
    reset = window{number} - (now + offset{number}) % window{number}
    end{number}, used{number} = now + reset, 0
used{number} += {cost}
remaining = limit{number} - used{number}
if remaining < 0:
    return None
if remaining < left:
    left = remaining
if reset > full and used{number}:
    full = reset
"""


def is_plain(rule: Quota) -> bool:
    """Is it a fixed window without condition or shadow, as most are?"""
    return rule.algorithm == "fixed" and not (rule.when or rule.shadow)


def write_out(quotas: tuple[Quota, ...], fuses: tuple[Breaker, ...], action: str) -> Charge:
    """The function, for quotas that are plain."""
    rules: tuple[Breaker | Quota, ...] = (*fuses, *quotas)
    scopes = tuple(dict.fromkeys(names(rule) for rule in rules))
    shapes = tuple((scopes.index(names(rule)), isinstance(rule, Quota), bool(getattr(rule, "weight", ""))) for rule in rules)
    known: dict[str, Any] = {"UNLIMITED": UNLIMITED, "UNUSED": UNUSED, "CLOSED": breaker.CLOSED, "weight": weight}
    known |= {"admit": breaker.admit, "read": breaker.read, "write": breaker.write}
    for number, rule in enumerate(rules):
        known |= {f"rule{number}": rule, f"tail{number}": tail(rule, action)}
        if isinstance(rule, Quota):
            known |= {f"limit{number}": rule.limit, f"window{number}": rule.window, f"offset{number}": rule.offset}
    exec(_compiled(scopes, shapes), known)  # noqa: S102 - see above
    charge: Charge = known["charge"]
    return charge


Shape = tuple[int, bool, bool]
"""A rule as its text depends on it: the place of its scope, whether it is a quota, whether it weighs what it counts."""


@lru_cache(maxsize=256)
def _compiled(scopes: tuple[tuple[str, ...], ...], shapes: tuple[Shape, ...]) -> CodeType:
    text = "def charge(cells, account, actor, cost, now):\n" + indent("\n".join(_lines(scopes, shapes)), "    ")
    return compile(text, "<quotas of an action>", "exec")


def _lines(scopes: tuple[tuple[str, ...], ...], shapes: tuple[Shape, ...]) -> Iterator[str]:
    yield "changed, left, full = {}, UNLIMITED, 0"
    for place, scope in enumerate(scopes):
        parts = read_parts(scope, f"who{place}")
        yield from parts.values()
        yield f"who{place} = f'{subject(tuple(parts))}'"
    counted = []
    for number, (who, quota, weighs) in enumerate(shapes):
        cost = f"weight(rule{number}, actor, cost)" if weighs else "cost"
        yield (WINDOW if quota else FUSE).format(number=number, who=who, cost=cost)
        counted += [f"changed[key{number}] = end{number}, used{number}"] if quota else []
    yield from counted
    yield "return changed, left, full"


def weight(rule: Quota, actor: Mapping[str, str], cost: int) -> int:
    """The units that a rule with a weight counts: the attribute it names, or `cost` when that is missing or no number."""
    value = actor.get(rule.weight, "")
    if not value.isdecimal():
        return cost
    return int(value) if len(value) <= DIGITS else NEVER
