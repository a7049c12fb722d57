"""Risk control at one action: detectors in the order of their levels, scores that leak, the tier that a score reaches.

Law: pure. Made ready once for each action as a `Watch`, whose `guard` is asked before any quota. What it notes is kept whether or
not the call passes. Scores are kept for each blamed attribute, and a call's score is their sum; missing ones share one. Every
subject's record is found once, looked at by all its rules, and written once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from .detect import CROSSED, Detector
from .model import NEVER, Assessment, Call, Cell, Cells, Sanction, Signal, Verdict
from .records import POINTS, Desk, Layout, points_left
from .sanctions import Penalties, climb, refusal
from .tiers import PASSED, Person, Scene, Tier, enforce
from .written import Said, Written

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


Guarded = tuple[dict[str, Cell], Verdict | None, Assessment]
"""What a guard notes, its refusal if it refuses, and what it thinks of the call."""

Guard = Callable[[Cells, Call, int], Guarded]
"""May a call go on to the quotas? `Watch.guard` of its action."""


@dataclass(frozen=True, slots=True)
class Watch:
    """What risk control does at one action, or at one kind of fact.

    `look` shows the subjects' records to the rules; the first subject, where anybody is blamed, is whom tiers come upon. `scores` are those
    of them whose scores count, `person` is the layout of the first, and `frozen` its slot that says until when. `held` is the tail of what
    penalties forbid, `lists` the layouts, by attribute, that lists are kept in.
    """

    risk: Risk
    mask: int
    held: str
    look: Written
    scores: tuple[int, ...]
    person: Layout
    frozen: int | None
    tiers: tuple[Tier, ...]
    lists: Mapping[str, Layout]

    def guard(self, cells: Cells, call: Call, now: int) -> Guarded:
        """May the call go on to the quotas?"""
        _, _, account, actor, cost, _ = call
        held = cells.get(account + self.held) if self.mask else None
        if held and (refused := refusal(self.risk.penalties, held, self.mask, now)):
            return {}, refused, CLEAN
        changed, desk, hits, score = self.look(cells, account, actor, cost, now)
        if not desk:  # most calls
            return changed, None, CLEAN
        key, record, _ = desk[0]
        if self.frozen is not None and now < record[self.frozen]:
            until, tier = record[self.frozen : self.frozen + 2]
            return changed, *_still_frozen(self.risk.penalties.platform, until, tier, now)
        found, reached = self._assess(desk, hits, score, cells, changed, call, now)
        if reached is None:
            return changed, None, found
        person = Person(f"{account}/{actor.get(self.risk.who, '')}", key, self.person)
        scene = Scene(self.risk.penalties.platform, person, self.lists, call, cells, changed, now)
        return changed, *enforce(reached, found, scene)

    def heed(self, cells: Cells, signal: Signal, now: int) -> tuple[dict[str, Cell], tuple[Sanction, ...]]:
        """Let the detectors see a fact; its payload counts among the attributes."""
        actor = {**signal.actor, **{name: str(value) for name, value in signal.payload.items()}}
        actor.pop("challenge", None)  # it concerned the call; what became of that has been counted by nobody yet
        cost = max(signal.cost, 0)
        changed, desk, hits, score = self.look(cells, signal.account, actor, cost, now)
        told = Call(signal.platform, signal.about, signal.account, actor, cost)
        found, _ = self._assess(desk, hits, score, cells, changed, told, now)
        return changed, found.sanctions

    def _assess(
        self, desk: Desk, hits: list[Said], score: int, cells: Cells, changed: dict[str, Cell], call: Call, now: int
    ) -> tuple[Assessment, Tier | None]:
        """The score that all hits make, the tier that it reaches, and what else they lead to. Puts the records away."""
        hits.sort(key=_order)
        if call.actor.get("challenge") != PASSED:  # who has solved one asks once more for what was counted already
            score = max(0, score + self._blame(hits, desk, now))
        for key, held, page in desk:
            if (after := tuple(page)) != held:
                changed[key] = after
        rules = tuple(hit.rule.id for hit, _ in hits)
        return self._rate(score, rules, self._offences(hits, call.account, cells, changed, now))

    def _blame(self, hits: list[Said], desk: Desk, now: int) -> int:
        """Give the points to those who are blamed; how many more than before."""
        added, most = 0, self.risk.most
        for number, place in enumerate(self.scores):
            more = sum(hit.rule.points for hit, _ in hits if hit.blame == number)
            if more:
                _, held, page = desk[place]
                points = points_left(held, self.risk.leak, now)
                page[POINTS], page[POINTS + 1] = min(max(points + more, 0), most), now
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


def _still_frozen(platform: str, until: int, tier: int, now: int) -> tuple[Verdict, Assessment]:
    return Verdict(False, f"{platform}.frozen", until - now, tier=tier), Assessment(0, tier, "freeze", (), until)
