"""The model of a launch: how many working days pass until a merchant is verified, reviewed and integrated (V14, M01-M03, A01).

Law: see the package. What must wait for something else is in a later stage; the tasks of one stage go on side by side when there are
enough people. Working days are Monday to Friday in Beijing; holidays are not known here.
"""

from __future__ import annotations

from random import Random
from typing import Final, Literal

import numpy as np

from sandbox.clock import BEIJING, DAY

from . import Behaviour, Step, Wait
from .merchant import Part

Entity = Literal["enterprise", "sole_proprietor", "overseas"]
Plan = Literal["cart", "wecom_mall", "cards"]

STAGES: Final[dict[str, tuple[tuple[str, ...], ...]]] = {
    "cart": (("product_api", "live_component", "payment_callback"),),
    "wecom_mall": (("wecom_entity",), ("wecom_transfer",)),
    "cards": (("review_{entity}",),),
}
"""Each plan's stages. Registering with WeCom is immediate (M01), so it is none."""

WORKING_DAYS = 5
MONDAY = 4
"""1970-01-05, the first Monday, is the fourth day of the epoch."""


def team(part: Part, rng: Random, *, plan: Plan = "cart", entity: Entity = "enterprise", developers: int = 1) -> Behaviour:
    """One merchant on the way to the launch. A sole proprietor verifies at once, by a scan and an undertaking (M03)."""
    draws = np.random.default_rng(rng.getrandbits(128))
    begun = (part.start + BEIJING) // DAY
    day = begun
    for stage in STAGES[plan]:
        tasks = [task.format(entity=entity) for task in stage]
        takes = [_takes(draws, part, task, entity) for task in tasks]
        for task, days in zip(tasks, takes, strict=True):
            yield Step("task", {"task": task, "days": days})
        day = later(day, busy(takes, developers))
    yield Wait((day - begun) * DAY)
    yield Step("launched", {"days": working_days(begun, day)})


def _takes(draws: np.random.Generator, part: Part, task: str, entity: Entity) -> int:
    if task == "wecom_transfer" and entity == "sole_proprietor":
        return 0
    return int(draws.integers(*part.market.bounds(task)))


def busy(takes: list[int], developers: int) -> int:
    """How many working days the tasks take so many people, each task one person, the longest first to whoever is free first."""
    free = [0] * developers
    for days in sorted(takes, reverse=True):
        free[free.index(min(free))] += days
    return max(free)


def later(day: int, working: int) -> int:
    """The day (since the epoch) that comes so many working days later; from a weekend on, Monday is the first."""
    for _ in range(working):
        day += 1
        while (day - MONDAY) % 7 >= WORKING_DAYS:
            day += 1
    return day


def working_days(first: int, last: int) -> int:
    """How many working days lie after the first day, up to and with the last."""
    return sum((day - MONDAY) % 7 < WORKING_DAYS for day in range(first + 1, last + 1))
