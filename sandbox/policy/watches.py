"""Risk control made ready: which records an action's rules need, how those are laid out, and which rule looks where.

Law: pure, done once for a platform. All rules with the same scope share a record, whatever the action.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .detect import BLANKS, LOOKS, Detector, Look
from .model import Cell
from .records import FROZEN, LISTED, UNSET, Layout, lay_out
from .risk import Risk, Watch
from .sanctions import held_tail
from .shares import part, whole
from .union import MET, Union
from .written import Hit, Joining, Placed, Watched, write_out


@dataclass(frozen=True, slots=True)
class Watches:
    """Every watch of a platform: by action, by kind of signal, and by the action whose failure is told.

    `layouts` are all records' layouts by scope, `lists` those by attribute in which lists are kept.
    """

    calls: Mapping[str, Watch]
    signals: Mapping[str, Watch]
    failures: Mapping[str, Watch]
    layouts: Mapping[tuple[str, ...], Layout]
    lists: Mapping[str, Layout]


NOBODY = lay_out("", (), {})
"""The layout of whom tiers come upon, where nobody is blamed."""

Filed = tuple[Detector, Look | None]
"""A rule at one action or fact, and its kind, where that is a function."""

Files = dict[str, list[Filed]]


def make_ready(risk: Risk) -> Watches:
    """The platform's detectors, filed under what they look at."""
    calls: Files = {}
    signals: Files = {}
    failures: Files = {}
    for rule in sorted(risk.detectors, key=lambda one: one.level):
        for file, names, filed in _filed(rule, calls, signals, failures):
            for name in names:
                file.setdefault(name, []).append(filed)
    layouts = _layouts(risk)
    actions = dict.fromkeys((*(action for one in risk.penalties.capabilities for action in one.actions), *calls, *failures))
    return Watches(
        {
            name: _watch(risk, layouts, calls.get(name, []), failures.get(name, []), risk.penalties.mask(name), freezes=True)
            for name in actions
        },
        {name: _watch(risk, layouts, filed) for name, filed in signals.items()},
        {name: _watch(risk, layouts, filed) for name, filed in failures.items()},
        layouts,
        _lists(risk, layouts),
    )


def _filed(rule: Detector, calls: Files, signals: Files, failures: Files) -> Iterable[tuple[Files, tuple[str, ...], Filed]]:
    """Where a detector looks, and with what."""
    if rule.kind == "ratio":
        parts = (failures, rule.actions) if rule.failures else (calls, rule.parts)
        return ((calls, rule.actions, (rule, whole)), (*parts, (rule, part)))
    filed = (rule, LOOKS.get(rule.kind))
    if rule.failures:
        return ((failures, rule.actions, filed),)
    return ((calls, rule.actions, filed), (signals, rule.signals, filed))


def _places(rule: Detector) -> tuple[tuple[tuple[str, ...], str, Cell], ...]:
    """The (scope, name, blank) of all slots of a rule; its own first. A list is asked about the value that it holds."""
    if rule.kind == "list":
        return (((rule.of,), LISTED, UNSET),)
    links = (((link,), f"{rule.id}.{link}", MET) for link in rule.links)
    return ((rule.scope, rule.id, BLANKS[rule.kind]), *links)


def _layouts(risk: Risk) -> dict[tuple[str, ...], Layout]:
    """Every scope's layout: its rules' slots, and the score of whoever is blamed."""
    blanks: dict[tuple[str, ...], dict[str, Cell]] = {}
    blamed = _blamed(risk.detectors)
    for scope, name, blank in [place for rule in risk.detectors for place in _places(rule)]:
        blanks.setdefault(scope, {})[name] = blank
    for name in blamed:
        blanks.setdefault((name,), {})
    if blamed:
        blanks.setdefault((risk.who,), {})[FROZEN] = UNSET
    return {scope: lay_out(risk.penalties.platform, scope, found) for scope, found in blanks.items()}


def _blamed(rules: Iterable[Detector]) -> dict[str, None]:
    return dict.fromkeys(rule.blames for rule in rules if rule.blames)


def _watch(
    risk: Risk,
    layouts: Mapping[tuple[str, ...], Layout],
    filed: list[Filed],
    failing: list[Filed] | None = None,
    mask: int = 0,
    *,
    freezes: bool = False,
) -> Watch:
    """The watch of one action or fact; `failing` are the rules that look at the action's failures, `freezes`: who is frozen is refused."""
    rules = [rule for rule, _ in (*filed, *(failing or ()))]
    blamed = _whose_scores(risk, rules)
    found = dict.fromkeys(scope for rule, _ in filed for scope, _, _ in _places(rule))
    scopes = tuple(dict.fromkeys((*([(risk.who,)] if blamed else ()), *found, *((name,) for name in blamed))))
    at = {scope: place for place, scope in enumerate(scopes)}
    placed: list[list[Placed]] = [[] for _ in scopes]
    unions: list[Joining] = []
    for order, (rule, look) in enumerate(filed):
        spots = tuple((at[scope], layouts[scope].place(name)) for scope, name, _ in _places(rule))
        hit = Hit(order, blamed.index(rule.blames) if rule.blames else -1, rule)
        if rule.kind == "group":
            unions.append(Joining(hit, Union(f"#{rule.id}.label", rule.limit, rule.window, rule.hub), spots))
        else:
            placed[spots[0][0]].append(Placed(hit, spots[0][1], look))
    person = layouts[risk.who,] if blamed else NOBODY
    frozen = person.place(FROZEN) if blamed and freezes else None
    watched = tuple(Watched(layouts[scope], tuple(placed[place])) for scope, place in at.items())
    return Watch(
        risk,
        mask,
        held_tail(risk.penalties.platform),
        write_out(watched, tuple(unions), risk.leak if blamed else None, frozen),
        tuple(at[name,] for name in blamed),
        person,
        frozen,
        tuple(sorted(risk.tiers, key=lambda one: -one.from_score)),
        _lists(risk, layouts),
    )


def _whose_scores(risk: Risk, rules: list[Detector]) -> tuple[str, ...]:
    """The blamed attributes that some rule here knows; none where no rule here blames anybody."""
    if not _blamed(rules):
        return ()
    known = {name for rule in rules for name in (rule.of, rule.against, *rule.scope, *rule.links, rule.blames, risk.who)}
    return tuple(name for name in _blamed(risk.detectors) if name in known)


def _lists(risk: Risk, layouts: Mapping[tuple[str, ...], Layout]) -> dict[str, Layout]:
    """The layouts of those attributes whose lists some rule asks for."""
    return {rule.of: layouts[rule.of,] for rule in risk.detectors if rule.kind == "list"}
