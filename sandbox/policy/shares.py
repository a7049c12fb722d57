"""Ratios over a day: a part of a whole that is too large (A22), or too small for days running (K17).

Law: as `detect`. Two looks share their slots: the day's end, whole, part, days that ended too low so far.
"""

from __future__ import annotations

from collections.abc import Mapping

from .detect import CROSSED, DAY, HIT, NOT, Detector
from .records import Page


def whole(rule: Detector, page: Page, at: int, _actor: Mapping[str, str], cost: int, now: int) -> int:
    """Counts the whole of a day.

    Above: hits as soon as the part is more than `percent` of at least `samples`. Below: hits when the day has ended with less
    than that, `days` days running.
    """
    return _count(rule, page, at, at + 1, cost, now)


def part(rule: Detector, page: Page, at: int, _actor: Mapping[str, str], cost: int, now: int) -> int:
    """Counts the part, as `whole` does."""
    return _count(rule, page, at, at + 2, cost, now)


def _count(rule: Detector, page: Page, at: int, counted: int, cost: int, now: int) -> int:
    """Counts in the slot `counted`."""
    ended = _end_day(rule, page, at, now) if now >= page[at] else NOT
    before = _over(rule, page, at)
    page[counted] += cost
    if rule.below:
        return ended
    if not _over(rule, page, at):
        return NOT
    return HIT if before else CROSSED


def _over(rule: Detector, page: Page, at: int) -> bool:
    whole, part = page[at + 1 : at + 3]
    return bool(whole >= rule.samples and part * 100 > rule.percent * whole)


def _end_day(rule: Detector, page: Page, at: int, now: int) -> int:
    """Begin a day anew: CROSSED where the one that ended was one too many."""
    end, whole, part, streak = page[at : at + 4]
    low = whole >= rule.samples and part * 100 < rule.percent * whole
    streak = (
        streak + 1 if low and now - end < DAY else int(low)
    )  # a day without enough of a whole, or none at all, breaks it
    page[at : at + 4] = now + DAY - (now + max(rule.offset, 0)) % DAY, 0, 0, streak
    return CROSSED if rule.below and streak >= rule.days else NOT
