"""Ratios over a day: a part of a whole that is too large (A22), or too small for days running (K17).

Law: as `detect`. Two looks share one cell: (day's end, whole, part, days that ended too low so far).
"""

from __future__ import annotations

from collections.abc import Mapping

from .detect import CROSSED, DAY, HIT, NOT, Detector, Look
from .model import Cell


def whole(rule: Detector, at: int) -> Look:
    """Counts the whole of a day.

    Above: hits as soon as the part is more than `percent` of at least `samples`. Below: hits when the day has ended with less
    than that, `days` days running. A cell is (day's end, whole, part, days so far).
    """

    def look(record: list[Cell], _named: bool, _actor: Mapping[str, str], cost: int, now: int) -> int:
        return _count(rule, record, at, now, cost, 0)

    return look


def part(rule: Detector, at: int) -> Look:
    """Counts the part, as `whole` does."""

    def look(record: list[Cell], _named: bool, _actor: Mapping[str, str], cost: int, now: int) -> int:
        return _count(rule, record, at, now, 0, cost)

    return look


def _count(rule: Detector, record: list[Cell], at: int, now: int, whole: int, part: int) -> int:
    cell, said = record[at], NOT
    end, wholes, parts, streak = cell or (0, 0, 0, 0)
    if now >= end:
        streak = _streak(rule, now - end, wholes, parts, streak) if cell else 0
        said = CROSSED if rule.below and streak >= rule.days else NOT
        end, wholes, parts = now + DAY - (now + max(rule.offset, 0)) % DAY, 0, 0
    before = _over(rule, wholes, parts)
    wholes, parts = wholes + whole, parts + part
    record[at] = (end, wholes, parts, streak)
    if not rule.below and _over(rule, wholes, parts):
        said = HIT if before else CROSSED
    return said


def _over(rule: Detector, wholes: int, parts: int) -> bool:
    return wholes >= rule.samples and parts * 100 > rule.percent * wholes


def _streak(rule: Detector, since: int, wholes: int, parts: int, streak: int) -> int:
    """Days running that ended too low; a day without enough of a whole, or none at all, breaks it."""
    low = wholes >= rule.samples and parts * 100 < rule.percent * wholes
    return streak + 1 if low and since < DAY else int(low)
