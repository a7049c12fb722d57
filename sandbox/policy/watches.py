"""Risk control made ready: which records an action's rules need, how those are laid out, and which rule looks where.

Law: pure, done once for a platform. All rules with the same scope share a record, whatever the action.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from .detect import KINDS, NOT, Detector, Look
from .model import Cell
from .records import FROZEN, LISTED, SCORE, Layout, lay_out
from .risk import Hit, Risk, Watch, Watched
from .sanctions import held_tail
from .shares import part, whole
from .union import Union


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


NOBODY = lay_out("", (), ())
"""The layout of whom tiers come upon, where nobody is blamed."""

Kind = Callable[[Detector, int], Look]

Filed = tuple[Detector, Kind | None]
"""A rule at one action or fact, and what makes it ready (none: a group is made ready with the records that it joins)."""

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
            name: _watch(risk, layouts, calls.get(name, []), failures.get(name, []), risk.penalties.mask(name))
            for name in actions
        },
        {name: _watch(risk, layouts, filed) for name, filed in signals.items()},
        {name: _watch(risk, layouts, filed) for name, filed in failures.items()},
        layouts,
        _lists(layouts),
    )


def _filed(rule: Detector, calls: Files, signals: Files, failures: Files) -> Iterable[tuple[Files, tuple[str, ...], Filed]]:
    """Where a detector looks, and with what."""
    if rule.kind == "ratio":
        parts = (failures, rule.actions) if rule.failures else (calls, rule.parts)
        return ((calls, rule.actions, (rule, whole)), (*parts, (rule, part)))
    filed = (rule, KINDS.get(rule.kind))
    if rule.failures:
        return ((failures, rule.actions, filed),)
    return ((calls, rule.actions, filed), (signals, rule.signals, filed))


def _if_carried(rule: Detector, look: Look) -> Look:
    """The look, for calls that carry what the rule asks for; leaving an attribute out frees nobody."""
    when: tuple[tuple[str, str], ...] = rule.when
    if not when:
        return look

    def conditional(record: list[Cell], named: bool, actor: Mapping[str, str], cost: int, now: int) -> int:
        carried = all(actor.get(name, value) == value for name, value in when)
        return look(record, named, actor, cost, now) if carried else NOT

    return conditional


def _places(rule: Detector) -> tuple[tuple[tuple[str, ...], str], ...]:
    """The (scope, name) of every cell of a rule; its own first. A list is asked about the value that it holds."""
    if rule.kind == "list":
        return (((rule.of,), LISTED),)
    return ((rule.scope, rule.id), *(((link,), f"{rule.id}.{link}") for link in rule.links))


def _layouts(risk: Risk) -> dict[tuple[str, ...], Layout]:
    """Every scope's layout: its rules' cells, and the score of whoever is blamed."""
    names: dict[tuple[str, ...], dict[str, None]] = {}
    blamed = _blamed(risk.detectors)
    for scope, name in [place for rule in risk.detectors for place in _places(rule)]:
        names.setdefault(scope, {})[name] = None
    for name in blamed:
        names.setdefault((name,), {})[SCORE] = None
    if blamed:
        names.setdefault((risk.who,), {})[FROZEN] = None
    return {scope: lay_out(risk.penalties.platform, scope, tuple(found)) for scope, found in names.items()}


def _blamed(rules: Iterable[Detector]) -> dict[str, None]:
    return dict.fromkeys(rule.blames for rule in rules if rule.blames)


def _watch(
    risk: Risk,
    layouts: Mapping[tuple[str, ...], Layout],
    filed: list[Filed],
    failing: list[Filed] | None = None,
    mask: int = 0,
) -> Watch:
    """The watch of one action or fact; `failing` are the rules that look at the action's failures."""
    rules = [rule for rule, _ in (*filed, *(failing or ()))]
    blamed = _whose_scores(risk, rules)
    found = dict.fromkeys(scope for rule, _ in filed for scope, _ in _places(rule))
    scopes = tuple(dict.fromkeys((*([(risk.who,)] if blamed else ()), *found, *((name,) for name in blamed))))
    at = {scope: place for place, scope in enumerate(scopes)}
    looks: list[list[tuple[Look, Hit]]] = [[] for _ in scopes]
    unions: list[tuple[Union, Hit]] = []
    for order, (rule, kind) in enumerate(filed):
        own, *others = [(at[scope], layouts[scope].place(name)) for scope, name in _places(rule)]
        hit = Hit(order, blamed.index(rule.blames) if rule.blames else -1, rule)
        if kind:
            looks[own[0]].append((_if_carried(rule, kind(rule, own[1])), hit))
        else:
            unions.append((Union(own, tuple(others), f"#{rule.id}.label", rule.limit, rule.window, rule.hub), hit))
    person = layouts[risk.who,] if blamed else NOBODY
    return Watch(
        risk,
        mask,
        held_tail(risk.penalties.platform),
        tuple(
            _watched(layouts[scope], looks[place], scored=scope in [(name,) for name in blamed])
            for scope, place in at.items()
        ),
        tuple(unions),
        tuple((at[name,], layouts[name,].place(SCORE)) for name in blamed),
        person,
        person.place(FROZEN) if blamed else 0,
        tuple(sorted(risk.tiers, key=lambda one: -one.from_score)),
        _lists(layouts),
    )


def _whose_scores(risk: Risk, rules: list[Detector]) -> tuple[str, ...]:
    """The blamed attributes that some rule here knows; none where no rule here blames anybody."""
    if not _blamed(rules):
        return ()
    known = {name for rule in rules for name in (rule.of, rule.against, *rule.scope, *rule.links, rule.blames, risk.who)}
    return tuple(name for name in _blamed(risk.detectors) if name in known)


def _watched(layout: Layout, looks: list[tuple[Look, Hit]], *, scored: bool) -> Watched:
    """One subject with its rules, those that ask for a list apart."""
    asking = tuple(one for one in looks if one[1].rule.kind == "list")
    return Watched(
        layout.scope[0] if len(layout.scope) == 1 else "",
        layout.tail,
        layout.blank,
        layout.place(SCORE) if scored else -1,
        tuple(one for one in looks if one not in asking),
        layout.place(LISTED) if asking else -1,
        asking,
        layout.scope,
    )


def _lists(layouts: Mapping[tuple[str, ...], Layout]) -> dict[str, Layout]:
    return {scope[0]: layout for scope, layout in layouts.items() if LISTED in layout.names}
