"""When in the week a card may be used.

Law: pure; days and hours are Beijing's. HOLIDAY means Saturday and Sunday: no calendar of holidays is known here.
"""

from __future__ import annotations

from sandbox.clock import DAY

from .card import Card

HOUR = 3_600_000
WEEK = ("THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY", "MONDAY", "TUESDAY", "WEDNESDAY")
"""The first of January 1970 was a Thursday."""


def allowed_now(card: Card, now: int) -> bool:
    """Does one of the card's times hold? A card without any may always be used."""
    limits = card.content.get("advanced_info", {}).get("time_limit")
    if not limits:
        return True
    days, rest = divmod(now + 8 * HOUR, DAY)
    today, minute = WEEK[days % 7], rest // 60_000
    names = {today, "HOLIDAY"} if today in ("SATURDAY", "SUNDAY") else {today}
    return any(one["type"] in names and _begins(one) <= minute < _ends(one) for one in limits)


def _begins(limit: dict[str, int]) -> int:
    return limit.get("begin_hour", 0) * 60 + limit.get("begin_minute", 0)


def _ends(limit: dict[str, int]) -> int:
    return limit.get("end_hour", 24) * 60 + limit.get("end_minute", 0)
