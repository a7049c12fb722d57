"""Risk control at one action: detectors in the order of their levels, scores that leak, the tier that a score reaches.

Law: pure. Made ready once for each action as a `Watch`, whose `guard` is asked before any quota. What it notes is kept whether or
not the call passes. Scores are kept for each blamed attribute, and a call's score is their sum; missing ones share one. Every
subject's record is found once, looked at by all its rules, and written once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from .detect import CROSSED, Detector, Look
from .model import NEVER, Assessment, Call, Cell, Cells, Sanction, Signal, Verdict, subject
from .records import Desk, Layout
from .sanctions import Penalties, climb, refusal
from .tiers import PASSED, Person, Scene, Tier, enforce
from .union import Spot, Union

HOUR: Final = 3_600_000
CLEAN: Final = Assessment()


@dataclass(frozen=True, slots=True)
class Risk:
    """A platform's risk rules as data. `leak` is in points an hour; no score exceeds `most`; tiers come upon `who`."""

    detectors: tuple[Detector, ...] = ()
    tiers: tuple[Tier, ...] = ()
    penalties: Penalties = field(default_factory=Penalties)
    leak: int = 10
    most: int = 1_000
    who: str = "user"


class Watched(NamedTuple):
    """A subject: its attribute where it has exactly one, its record's tail and blank, and its rules.

    `score` and `listed` are the cells of its score and of the list that it may be on (-1: none); `lists` are the rules that ask for it.
    """

    name: str
    tail: str
    blank: Cell
    score: int
    looks: tuple[tuple[Look, Hit], ...]
    listed: int
    lists: tuple[tuple[Look, Hit], ...]
    scope: tuple[str, ...]


class Hit(NamedTuple):
    """What a detector that hits leads to: its place among all, the place in `scores` of whom it blames (-1: nobody), and the rule."""

    order: int
    blame: int
    rule: Detector


Said = tuple[Hit, int]
"""What hits, and HIT or CROSSED."""

Seen = tuple[Desk, list[Said], int]
"""The records on the desk, what hits so far, and the score before this call."""

Guarded = tuple[dict[str, Cell], Verdict | None, Assessment]
"""What a guard notes, its refusal if it refuses, and what it thinks of the call."""

Guard = Callable[[Cells, Call, int], Guarded]
"""May a call go on to the quotas? `Watch.guard` of its action."""


@dataclass(frozen=True, slots=True)
class Watch:
    """What risk control does at one action, or at one kind of fact.

    `subjects` are all that it counts, the first of them, where anybody is blamed, whom tiers come upon; `unions` look at several.
    `scores` are the spots of the scores that count, `person` is the layout of the first record, in which `frozen` is a cell. `held` is the tail of what penalties
    forbid, `lists` the layouts, by attribute, that lists are kept in.
    """

    risk: Risk
    mask: int
    held: str
    subjects: tuple[Watched, ...]
    unions: tuple[tuple[Union, Hit], ...]
    scores: tuple[Spot, ...]
    person: Layout
    frozen: int
    tiers: tuple[Tier, ...]
    lists: Mapping[str, Layout]

    def guard(self, cells: Cells, call: Call, now: int) -> Guarded:
        """May the call go on to the quotas?"""
        _, _, account, actor, cost, _ = call
        changed: dict[str, Cell] = {}
        held = cells.get(account + self.held) if self.mask else None
        if held and (refused := refusal(self.risk.penalties, held, self.mask, now)):
            return changed, refused, CLEAN
        if not self.subjects:
            return changed, None, CLEAN
        seen = self._look(cells, account, actor, cost, now)
        key, _, record = seen[0][0]
        frozen = record[self.frozen] if self.scores else ()
        if frozen and now < frozen[0]:  # what has been looked at is put away unchanged
            return changed, *_still_frozen(self.risk.penalties.platform, frozen, now)
        found, reached = self._assess(seen, cells, changed, account, actor, now)
        if reached is None:
            return changed, None, found
        person = Person(f"{account}/{actor.get(self.risk.who, '')}", key, self.person)
        scene = Scene(self.risk.penalties.platform, person, self.lists, call, cells, changed, now)
        return changed, *enforce(reached, found, scene)

    def heed(self, cells: Cells, signal: Signal, now: int) -> tuple[dict[str, Cell], tuple[Sanction, ...]]:
        """Let the detectors see a fact; its payload counts among the attributes."""
        changed: dict[str, Cell] = {}
        actor = {**signal.actor, **{name: str(value) for name, value in signal.payload.items()}}
        actor.pop("challenge", None)  # it concerned the call; what became of that has been counted by nobody yet
        seen = self._look(cells, signal.account, actor, max(signal.cost, 0), now)
        found, _ = self._assess(seen, cells, changed, signal.account, actor, now)
        return changed, found.sanctions

    def _assess(
        self, seen: Seen, cells: Cells, changed: dict[str, Cell], account: str, actor: Mapping[str, str], now: int
    ) -> tuple[Assessment, Tier | None]:
        """Every detector's word, the score that they make, and the tier that it reaches."""
        desk, hits, score = seen
        for union, hit in self.unions:
            if said := union.join(desk, (account, cells, changed), now):
                hits.append((hit, said))
        if hits:
            hits.sort(key=_order)
            if actor.get("challenge") != PASSED:  # who has solved one asks once more for what was counted already
                score = max(0, score + self._blame(hits, desk, now))
        for key, record, held in desk:
            if (after := tuple(record)) != held:
                changed[key] = after
        if not hits:
            return self._rate(score, (), ()) if score else (CLEAN, None)
        rules = tuple(hit.rule.id for hit, _ in hits)
        return self._rate(score, rules, self._offences(hits, account, cells, changed, now))

    def _look(self, cells: Cells, account: str, actor: Mapping[str, str], cost: int, now: int) -> Seen:
        """Find every subject's record, show it to its rules, and sum the scores before this call."""
        desk: Desk = []
        hits: list[Said] = []
        score = 0
        for name, tail, blank, at, looks, listed, lists, scope in self.subjects:
            if name:
                value = actor.get(name, "")
                key, named = f"{account}/{value}{tail}", value != ""
            else:
                key, named = (subject(scope, account, actor) if scope else account) + tail, all(map(actor.get, scope))
            held = cells.get(key) or blank
            record = list(held)
            desk.append((key, record, held))
            for look, hit in looks:
                if said := look(record, named, actor, cost, now):
                    hits.append((hit, said))
            if listed >= 0 and record[listed]:  # most are on none
                hits += [(hit, said) for look, hit in lists if (said := look(record, named, actor, cost, now))]
            if at >= 0 and (cell := record[at]):
                score += self._points(cell, now)
        return desk, hits, score

    def _points(self, cell: Cell, now: int) -> int:
        """What is left of a score by now."""
        left: int = cell[0] - (now - cell[1]) * self.risk.leak // HOUR
        return max(0, left)

    def _blame(self, hits: list[Said], desk: Desk, now: int) -> int:
        """Give the points to those who are blamed; how many more than before."""
        added, most = 0, self.risk.most
        for number, (place, at) in enumerate(self.scores):
            more = sum(hit.rule.points for hit, _ in hits if hit.blame == number)
            if more:
                record = desk[place][1]
                points = self._points(record[at], now) if record[at] else 0
                record[at] = (min(max(points + more, 0), most), now)
                added += min(more, most - points)
        return added

    def _rate(self, score: int, rules: tuple[str, ...], sanctions: tuple[Sanction, ...]) -> tuple[Assessment, Tier | None]:
        tier = next((one for one in self.tiers if score >= one.from_score), None)
        if tier is None:
            return Assessment(score, 0, "", rules, 0, sanctions), None
        return Assessment(score, tier.tier, tier.action, rules, 0, sanctions), tier

    def _offences(
        self, hits: list[Said], account: str, cells: Cells, changed: dict[str, Cell], now: int
    ) -> tuple[Sanction, ...]:
        """What hits lead to when they begin: an effect that is only told, or a rung of a ladder."""
        sanctions: tuple[Sanction, ...] = ()
        for (_, _, rule), said in hits:
            if said == CROSSED and rule.effect:
                sanctions += (Sanction(rule.id, rule.effect, account, NEVER),)
            if said == CROSSED and rule.offends:
                climbed = climb(self.risk.penalties, cells, changed, account, rule.offends, now, rule.rung)
                sanctions += (climbed,) if climbed else ()
        return sanctions


def _order(said: Said) -> int:
    return said[0].order


def _still_frozen(platform: str, frozen: Cell, now: int) -> tuple[Verdict, Assessment]:
    until, tier = frozen
    return Verdict(False, f"{platform}.frozen", until - now, tier=tier), Assessment(0, tier, "freeze", (), until)
