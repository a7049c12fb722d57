"""What must hold: `"order_notice.within_30s" = ">= 0.992"`.

Law: an expectation about something that was not seen does not hold. Without samples nothing is promised, least of all success.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from sandbox.errors import InputError

from .shape import ExpectationRow
from .vocabulary import Vocabulary, split, value


def _equal(left: float, right: float) -> bool:
    """Equal but for the last bits of a float: a share of 0.1 is 0.1 however it was computed."""
    return math.isclose(left, right, rel_tol=1e-9)


OPERATORS: Mapping[str, Callable[[float, float], bool]] = {
    "==": _equal,
    "!=": lambda left, right: not _equal(left, right),
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
}


@dataclass(frozen=True, slots=True)
class Expectation:
    """`name` `comparison` `bound`, in `world` (empty: in every world that ran)."""

    name: str
    comparison: str
    bound: float
    world: str = ""

    @property
    def expected(self) -> str:
        """The expectation as text, such as `>= 0.992`."""
        return f"{self.comparison} {self.bound:.12g}"

    def holds(self, actual: float | None) -> bool:
        """Does it hold? Never without a value."""
        return actual is not None and OPERATORS[self.comparison](actual, self.bound)


def parse(name: str, text: str, where: str) -> Expectation:
    """An expectation from a scenario's line; `where` is its file. Raises InputError."""
    found = re.fullmatch(r"(==|!=|<=|>=|<|>)\s*(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)", text.strip())
    if not found:
        raise InputError(where, f"expect.{name}", text, 'a comparison and a number, such as "== 0" or ">= 0.992"')
    world, metric = split(name)
    return Expectation(metric, found[1], float(found[2]), world)


def judged(
    expectations: Iterable[Expectation], worlds: Mapping[str, Mapping[str, float]], vocabulary: Vocabulary
) -> list[ExpectationRow]:
    """Each expectation in each world that ran and that it speaks of."""
    rows: list[ExpectationRow] = []
    for one in expectations:
        for world, metrics in worlds.items():
            if one.world in ("", world):
                actual = value(metrics, one.name, vocabulary)
                rows.append(
                    {
                        "name": one.name,
                        "world": world,
                        "expected": one.expected,
                        "actual": actual,
                        "holds": one.holds(actual),
                    }
                )
    return rows
