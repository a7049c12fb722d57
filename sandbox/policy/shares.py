"""Ratios over a day: a part of a whole that is too large (A22), or too small for days running (K17).

Law: as `detect`. Two looks share one cell: (day's end, whole, part, days that ended too low so far).
"""

from __future__ import annotations

from collections.abc import Mapping

from .detect import CROSSED, DAY, HIT, NOT, Detector, Look, Who
from .model import Cell, Cells


def ratio(rule: Detector) -> tuple[Look, Look]:
    """Two looks that count a day's whole and its part.

    Above: hits as soon as the part is more than `percent` of at least `samples`. Below: hits when the day has ended with less
    than that, `days` days running. A cell is (day's end, whole, part, days so far).
    """
    tail, offset = f"#{rule.id}", max(rule.offset, 0)

    def count(cells: Cells, changed: dict[str, Cell], key: str, now: int, whole: int, part: int) -> int:
        cell = changed.get(key) or cells.get(key)
        end, wholes, parts, streak = cell or (0, 0, 0, 0)
        said = NOT
        if now >= end:
            streak = _streak(rule, now - end, wholes, parts, streak) if cell else 0
            said = CROSSED if rule.below and streak >= rule.days else NOT
            end, wholes, parts = now + DAY - (now + offset) % DAY, 0, 0
        before = _over(rule, wholes, parts)
        wholes, parts = wholes + whole, parts + part
        changed[key] = (end, wholes, parts, streak)
        if not rule.below and _over(rule, wholes, parts):
            said = HIT if before else CROSSED
        return said

    def whole(cells: Cells, changed: dict[str, Cell], who: Who, _actor: Mapping[str, str], cost: int, now: int) -> int:
        return count(cells, changed, who[1] + tail, now, cost, 0)

    def part(cells: Cells, changed: dict[str, Cell], who: Who, _actor: Mapping[str, str], cost: int, now: int) -> int:
        return count(cells, changed, who[1] + tail, now, 0, cost)

    return whole, part


def _over(rule: Detector, wholes: int, parts: int) -> bool:
    return wholes >= rule.samples and parts * 100 > rule.percent * wholes


def _streak(rule: Detector, since: int, wholes: int, parts: int, streak: int) -> int:
    """Days running that ended too low; a day without enough of a whole, or none at all, breaks it."""
    low = wholes >= rule.samples and parts * 100 < rule.percent * wholes
    return streak + 1 if low and since < DAY else int(low)
