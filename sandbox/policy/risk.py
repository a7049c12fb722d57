"""Risk control at one action: detectors in the order of their levels, scores that leak, the tier that a score reaches.

Law: pure. Made ready once for each action as a `Watch`, whose `guard` is asked before any quota. What it notes is kept whether or
not the call passes. Scores are kept for each blamed attribute, and a call's score is their sum; missing ones share one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from .detect import CROSSED, KINDS, NOT, Detector, Look, Who
from .model import NEVER, Assessment, Call, Cell, Cells, Sanction, Signal, Verdict, subject
from .sanctions import Penalties, climb, held_tail, refusal
from .shares import ratio
from .tiers import PASSED, Scene, Tier, enforce, frozen_tail

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


class Probe(NamedTuple):
    """A detector made ready: the place of its scope, the place of the attribute that it blames (-1: nobody), and the rule."""

    look: Look
    scope: int
    blame: int
    rule: Detector


Guarded = tuple[dict[str, Cell], Verdict | None, Assessment]
"""What a guard notes, its refusal if it refuses, and what it thinks of the call."""

Guard = Callable[[Cells, Call, int], Guarded]
"""May a call go on to the quotas? `Watch.guard` of its action."""

Hits = list[tuple[int, int, Detector]]
"""(HIT or CROSSED, the place of the blamed attribute, the rule) of each detector that hits."""


@dataclass(frozen=True, slots=True)
class Watch:
    """What risk control does at one action, or at one kind of fact.

    `names` are the attributes that alone make a subject, the first of them, where anybody is blamed, whom tiers come upon; `scopes` are the other
    scopes; a probe's `scope` is the place in both together. `blamed` says whose scores there are, and where: the place of the
    name, and the cell's tail. `held` and `frozen` are the tails of what penalties and tiers forbid.
    """

    risk: Risk
    mask: int
    held: str
    frozen: str
    probes: tuple[Probe, ...]
    names: tuple[str, ...]
    scopes: tuple[tuple[str, ...], ...]
    blamed: tuple[tuple[int, str], ...]
    tiers: tuple[Tier, ...]

    def guard(self, cells: Cells, call: Call, now: int) -> Guarded:
        """May the call go on to the quotas?"""
        _, _, account, actor, cost, _ = call
        changed: dict[str, Cell] = {}
        held = cells.get(account + self.held) if self.mask else None
        if held and (refused := refusal(self.risk.penalties, held, self.mask, now)):
            return changed, refused, CLEAN
        if not self.probes and not self.blamed:
            return changed, None, CLEAN
        whom = self._whom(account, actor)
        if self.blamed:
            frozen = cells.get(whom[0][1] + self.frozen)
            if frozen and now < frozen[0]:
                until, tier = frozen
                return changed, *_still_frozen(self.risk.penalties.platform, until, tier, now)
        found, reached = self.assess(cells, changed, whom, actor, cost, now)
        if reached is None:
            return changed, None, found
        platform, person = self.risk.penalties.platform, whom[0][1]
        score = f"{person}#{platform}.score.{self.risk.who}"
        return changed, *enforce(reached, found, Scene(platform, person, call, cells, changed, now, score))

    def heed(self, cells: Cells, signal: Signal, now: int) -> tuple[dict[str, Cell], tuple[Sanction, ...]]:
        """Let the detectors see a fact; its payload counts among the attributes."""
        changed: dict[str, Cell] = {}
        actor = {**signal.actor, **{name: str(value) for name, value in signal.payload.items()}}
        actor.pop("challenge", None)  # it concerned the call; what became of that has been counted by nobody yet
        whom = self._whom(signal.account, actor)
        found, _ = self.assess(cells, changed, whom, actor, max(signal.cost, 0), now)
        return changed, found.sanctions

    def _whom(self, account: str, actor: Mapping[str, str]) -> list[Who]:
        """Every subject of the probes."""
        get = actor.get
        whom: list[Who] = [(account, f"{account}/{(value := get(name, ''))}", value != "") for name in self.names]
        if self.scopes:
            whom += [_who(scope, account, actor) for scope in self.scopes]
        return whom

    def assess(
        self, cells: Cells, changed: dict[str, Cell], whom: list[Who], actor: Mapping[str, str], cost: int, now: int
    ) -> tuple[Assessment, Tier | None]:
        """Every detector's word, the score that they make, and the tier that it reaches."""
        hits: Hits = [
            (said, blame, rule)
            for look, scope, blame, rule in self.probes
            if (said := look(cells, changed, whom[scope], actor, cost, now))
        ]
        score = 0
        for place, tail in self.blamed:
            if cell := cells.get(whom[place][1] + tail):
                score += self._points(cell, now)
        if not hits:
            return self._rate(score, (), ()) if score else (CLEAN, None)
        if actor.get("challenge") != PASSED:  # who has solved one asks once more for what was counted already
            score = max(0, score + self._blame(hits, cells, changed, whom, now))
        rules = tuple(rule.id for _, _, rule in hits)
        return self._rate(score, rules, self._offences(hits, cells, changed, whom[0][0], now))

    def _points(self, cell: Cell, now: int) -> int:
        """What is left of a score by now."""
        return max(0, cell[0] - (now - cell[1]) * self.risk.leak // HOUR)

    def _blame(self, hits: Hits, cells: Cells, changed: dict[str, Cell], whom: list[Who], now: int) -> int:
        """Give the points to those who are blamed; how many more than before."""
        added, most = 0, self.risk.most
        for number, (place, tail) in enumerate(self.blamed):
            more = sum(rule.points for _, blamed, rule in hits if blamed == number)
            if more:
                key = whom[place][1] + tail
                cell = cells.get(key)
                points = self._points(cell, now) if cell else 0
                changed[key] = (min(max(points + more, 0), most), now)
                added += min(more, most - points)
        return added

    def _rate(self, score: int, rules: tuple[str, ...], sanctions: tuple[Sanction, ...]) -> tuple[Assessment, Tier | None]:
        tier = next((one for one in self.tiers if score >= one.from_score), None)
        if tier is None:
            return Assessment(score, 0, "", rules, 0, sanctions), None
        return Assessment(score, tier.tier, tier.action, rules, 0, sanctions), tier

    def _offences(self, hits: Hits, cells: Cells, changed: dict[str, Cell], account: str, now: int) -> tuple[Sanction, ...]:
        """What hits lead to when they begin: an effect that is only told, or a rung of a ladder."""
        sanctions: tuple[Sanction, ...] = ()
        for said, _, rule in hits:
            if said == CROSSED and rule.effect:
                sanctions += (Sanction(rule.id, rule.effect, account, NEVER),)
            if said == CROSSED and rule.offends:
                climbed = climb(self.risk.penalties, cells, changed, account, rule.offends, now, rule.rung)
                sanctions += (climbed,) if climbed else ()
        return sanctions


def _who(scope: tuple[str, ...], account: str, actor: Mapping[str, str]) -> Who:
    """Whom a scope of none or several attributes counts in this call."""
    if not scope:
        return account, account, True
    return account, subject(scope, account, actor), all(actor.get(name) for name in scope)


def _still_frozen(platform: str, until: int, tier: int, now: int) -> tuple[Verdict, Assessment]:
    return Verdict(False, f"{platform}.frozen", until - now, tier=tier), Assessment(0, tier, "freeze", (), until)


@dataclass(frozen=True, slots=True)
class Watches:
    """Every watch of a platform: by action, by kind of signal, and by the action whose failure is told."""

    calls: Mapping[str, Watch]
    signals: Mapping[str, Watch]
    failures: Mapping[str, Watch]


def make_ready(risk: Risk) -> Watches:
    """The platform's detectors, filed under what they look at."""
    names = tuple(dict.fromkeys(rule.blames for rule in risk.detectors if rule.blames))
    calls: dict[str, list[Probe]] = {}
    signals: dict[str, list[Probe]] = {}
    failures: dict[str, list[Probe]] = {}
    for rule in sorted(risk.detectors, key=lambda one: one.level):
        place = names.index(rule.blames) if rule.blames else -1
        for table, keys, look in _looks(rule, calls, signals, failures):
            for key in keys:
                table.setdefault(key, []).append(Probe(_if_carried(rule, look), 0, place, rule))
    guarded = [action for one in risk.penalties.capabilities for action in one.actions]
    return Watches(
        {
            action: _watch(risk, calls.get(action, []), failures.get(action, []), names, risk.penalties.mask(action))
            for action in dict.fromkeys((*guarded, *calls, *failures))
        },
        {kind: _watch(risk, probes, [], names) for kind, probes in signals.items()},
        {action: _watch(risk, probes, [], names) for action, probes in failures.items()},
    )


def _watch(risk: Risk, probes: list[Probe], others: list[Probe], names: tuple[str, ...], mask: int = 0) -> Watch:
    """The watch of one action; scores count where some probe, or one of the `others` that look at its failures, blames somebody."""
    blamed = names if any(probe.blame >= 0 for probe in (*probes, *others)) else ()
    tiers = tuple(sorted(risk.tiers, key=lambda one: -one.from_score))
    scopes = dict.fromkeys(_scope(probe.rule) for probe in probes)
    who = (risk.who,) if blamed else ()
    single = tuple(dict.fromkeys((*who, *(scope[0] for scope in scopes if len(scope) == 1), *blamed)))
    several = tuple(scope for scope in scopes if len(scope) != 1)
    places = [*((name,) for name in single), *several]
    placed = tuple(probe._replace(scope=places.index(_scope(probe.rule))) for probe in probes)
    platform = risk.penalties.platform
    scores = tuple((single.index(name), f"#{platform}.score.{name}") for name in blamed)
    return Watch(risk, mask, held_tail(platform), frozen_tail(platform), placed, single, several, scores, tiers)


def _scope(rule: Detector) -> tuple[str, ...]:
    """Whom a detector counts; a list is asked about the value that it holds."""
    return (rule.of,) if rule.kind == "list" else rule.scope


Filed = Iterable[tuple[dict[str, list[Probe]], tuple[str, ...], Look]]


def _looks(
    rule: Detector, calls: dict[str, list[Probe]], signals: dict[str, list[Probe]], failures: dict[str, list[Probe]]
) -> Filed:
    """Where a detector looks, and with what."""
    if rule.kind == "ratio":
        whole, part = ratio(rule)
        parts = (failures, rule.actions, part) if rule.failures else (calls, rule.parts, part)
        return ((calls, rule.actions, whole), parts)
    look = KINDS[rule.kind](rule)
    if rule.failures:
        return ((failures, rule.actions, look),)
    return ((calls, rule.actions, look), (signals, rule.signals, look))


def _if_carried(rule: Detector, look: Look) -> Look:
    """The look, for calls that carry what the rule asks for; leaving an attribute out frees nobody."""
    when: tuple[tuple[str, str], ...] = rule.when
    if not when:
        return look

    def conditional(cells: Cells, changed: dict[str, Cell], who: Who, actor: Mapping[str, str], cost: int, now: int) -> int:
        carried = all(actor.get(name, value) == value for name, value in when)
        return look(cells, changed, who, actor, cost, now) if carried else NOT

    return conditional
