"""Tiers: what a score brings upon who made it.

Law: pure. One small function an action, in one table; each is given the scene and notes what it must remember. A refusal by
score promises no time after which a call passes, since the detectors may hit again; one by a clock (freeze, delay, throttle) does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from .detect import COLOURS
from .model import NEVER, Assessment, Call, Cell, Cells, Sanction, Verdict
from .records import FROZEN, LISTED, SCORE, Layout

HOUR: Final = 3_600_000
PASSED: Final = "passed"


@dataclass(frozen=True, slots=True)
class Tier:
    """What a score of `from_score` or more brings. Times in ms.

    `action` is one of `ACTIONS`; `lasts` belongs to freeze and delay, `limit` and `window` to throttle. `marks` are attributes
    whose values go onto the list of `colour` for `marks_for`. A solved challenge takes `relief` points off the score of whoever solved it.
    """

    id: str
    tier: int
    from_score: int
    action: str
    lasts: int = 0
    limit: int = 0
    window: int = HOUR
    marks: tuple[str, ...] = ()
    colour: str = "grey"
    marks_for: int = 0
    relief: int = 0


class Person(NamedTuple):
    """Whom tiers come upon: the account and the value (`subject`), and the record."""

    subject: str
    key: str
    layout: Layout


class Scene(NamedTuple):
    """Who stands before us, and where notes are taken. `lists` are the layouts, by attribute, that lists are kept in."""

    platform: str
    person: Person
    lists: Mapping[str, Layout]
    call: Call
    cells: Cells
    changed: dict[str, Cell]
    now: int

    def get(self, name: str) -> Cell:
        """Some slots of the person's record."""
        return self.person.layout.get(self.cells, self.changed, self.person.key, name)

    def put(self, name: str, slots: Cell) -> None:
        """Note some slots of the person's record."""
        self.person.layout.put(self.cells, self.changed, self.person.key, name, slots)


Act = Callable[[Tier, Assessment, Scene], tuple[Verdict | None, Assessment]]
"""A refusal, or none, and the assessment with what the act adds to it."""


def _observe(_tier: Tier, found: Assessment, _scene: Scene) -> tuple[Verdict | None, Assessment]:
    return None, found


def _challenge(tier: Tier, found: Assessment, scene: Scene) -> tuple[Verdict | None, Assessment]:
    """Refused until the caller shows that a challenge was solved."""
    if scene.call.actor.get("challenge") != PASSED:
        return _refused(tier, NEVER), found
    if tier.relief:
        points, at = scene.get(SCORE)
        scene.put(SCORE, (max(0, points - tier.relief), at))
    return None, found


def _deny(tier: Tier, found: Assessment, _scene: Scene) -> tuple[Verdict | None, Assessment]:
    return _refused(tier, NEVER), found


def _freeze(tier: Tier, found: Assessment, scene: Scene) -> tuple[Verdict | None, Assessment]:
    """Refused until the time is over, whatever becomes of the score."""
    until = scene.now + tier.lasts
    scene.put(FROZEN, (until, tier.tier))
    sanction = Sanction(tier.id, "frozen", scene.person.subject, until)
    return _refused(tier, tier.lasts), found._replace(until=until, sanctions=(*found.sanctions, sanction))


def _throttle(tier: Tier, found: Assessment, scene: Scene) -> tuple[Verdict | None, Assessment]:
    """So many a window, and no more."""
    key = f"{scene.person.subject}#{tier.id}"
    end, used = scene.cells.get(key) or (0, 0)
    if scene.now >= end:
        end, used = scene.now + tier.window, 0
    if used >= tier.limit:
        return _refused(tier, end - scene.now), found._replace(until=end)
    scene.changed[key] = (end, used + 1)
    return None, found


def _delay(tier: Tier, found: Assessment, scene: Scene) -> tuple[Verdict | None, Assessment]:
    """Refused at first; granted to whoever comes again when the time is over, and within as long again."""
    key = f"{scene.person.subject}#{tier.id}"
    due = (scene.cells.get(key) or (0,))[0]
    if due <= scene.now < due + tier.lasts:
        scene.changed[key] = (0,)
        return None, found
    if scene.now >= due:
        due = scene.now + tier.lasts
        scene.changed[key] = (due,)
    return _refused(tier, due - scene.now), found._replace(until=due)


def _refused(tier: Tier, wait: int) -> Verdict:
    return Verdict(False, tier.id, wait, tier=tier.tier)


ACTIONS: Final[Mapping[str, Act]] = {
    "observe": _observe,
    "challenge": _challenge,
    "throttle": _throttle,
    "delay": _delay,
    "deny": _deny,
    "freeze": _freeze,
    "shadow": _deny,
}
"""What a tier does. A shadow ban denies under the code of something harmless, such as an empty stock."""


def enforce(tier: Tier, found: Assessment, scene: Scene) -> tuple[Verdict | None, Assessment]:
    """Mark what the tier marks, and do what it does."""
    for of in tier.marks:
        if marked := scene.call.actor.get(of):
            entry = (COLOURS[tier.colour], scene.now + tier.marks_for)
            mark(scene.lists, scene.cells, scene.changed, scene.call.account, of, marked, entry)
    return ACTIONS[tier.action](tier, found, scene)


def mark(
    lists: Mapping[str, Layout], cells: Cells, changed: dict[str, Cell], account: str, of: str, value: str, entry: Cell
) -> bool:
    """Put a value of an attribute onto a list, (colour, until); false where no rule asks for such a list."""
    layout = lists.get(of)
    if layout is None:
        return False
    layout.put(cells, changed, f"{account}/{value}{layout.tail}", LISTED, entry)
    return True
