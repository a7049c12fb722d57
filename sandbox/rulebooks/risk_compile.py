"""From a rulebook's text on risk control to the policy engine's rules.

Law: as `compile`. What could never fire, or never be reached, is refused: a rule about nothing lets everything pass.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from sandbox.errors import InputError
from sandbox.policy.detect import Detector
from sandbox.policy.penalty import KEPT, Ladder, Rung
from sandbox.policy.risk import Risk
from sandbox.policy.sanctions import Capability, Penalties
from sandbox.policy.tiers import Tier

from .document import Document
from .grammar import QuotaEntry
from .risk_grammar import DetectorEntry, LadderEntry, TierEntry

NEEDS: Final[Mapping[str, tuple[str, ...]]] = {
    "list": ("of",),
    "frequency": (),
    "distinct": ("of", "scope"),
    "repeat": ("of",),
    "interval": ("percent",),
    "group": ("links", "scope", "limit"),
    "ratio": ("percent",),
    "value": ("of",),
    "mismatch": ("of", "against"),
}
"""What a detector of each kind cannot do without."""

IMPOSSIBLE: Final[tuple[tuple[Callable[[DetectorEntry], bool], str, str], ...]] = (
    (lambda one: one.failures and not one.actions, "actions", "the actions whose failures it counts: it could never fire"),
    (
        lambda one: one.kind == "ratio" and not (one.parts or one.failures),
        "parts",
        "parts, or failures = true: it could never fire",
    ),
    (
        lambda one: one.kind == "ratio" and not one.below and one.percent >= 100,
        "percent",
        "less than 100: a part is never more than its whole",
    ),
    (lambda one: one.kind == "interval" and one.samples < 2, "samples", "2 or more: one gap does not vary"),
    (lambda one: one.kind == "group" and len(one.scope) != 1, "scope", "one attribute: whose groups"),
    (
        lambda one: not (one.points and one.blames) and not one.offends and not one.effect,
        "points",
        "points and blames, offends, or effect: a hit would lead to nothing",
    ),
)
"""What makes a detector one that could never fire, the key to name, and what was expected."""

CITATION: Final = {"source", "standing", "part", "facts", "note"}


def compile_risk(document: Document, where: str) -> tuple[Risk, dict[str, str]]:
    """The platform's risk rules, and the platform's code for each of their refusals. Raises InputError."""
    platform = document.platform
    most = _setting(document, "risk_most", 1_000)
    for name, entry in document.detector.items():
        _check_detector(document, f"detector.{name}", entry, where)
    for name, tier in document.tier.items():
        _check_tier(document, f"tier.{name}", tier, most, where)
    for name, ladder in document.ladder.items():
        _check_ladder(document, f"ladder.{name}", ladder, where)
    risk = Risk(
        tuple(one for name, entry in document.detector.items() for one in _detectors(document, name, entry)),
        tuple(_tier(platform, name, entry) for name, entry in document.tier.items()),
        _penalties(document),
        leak=_setting(document, "risk_leak", 10),
        most=most,
        who=_setting(document, "risk_who", "user"),
    )
    return risk, _codes(document, where)


def _setting(document: Document, name: str, otherwise: Any) -> Any:
    return document.setting[name].value if name in document.setting else otherwise


def _detectors(document: Document, name: str, entry: DetectorEntry) -> tuple[Detector, ...]:
    fields = entry.model_dump(exclude={*CITATION, "aligned", "offset", "when", "caps"})
    offset = entry.offset if entry.aligned else -1
    rule = Detector(id=f"{document.platform}.{name}", offset=offset, when=tuple(entry.when.items()), **fields)
    return tuple(_above(rule, cap, document.quota[cap]) for cap in entry.caps) or (rule,)


def _above(rule: Detector, name: str, cap: QuotaEntry) -> Detector:
    """The detector for one quota: counted as it counts, in percent of its limit."""
    limit = cap.limit * rule.percent // 100
    return replace(
        rule,
        id=f"{rule.id}.{name}",
        limit=limit,
        missing=limit,
        window=cap.window,
        offset=cap.offset,
        scope=cap.scope,
        when=tuple(cap.when.items()),
    )


def _tier(platform: str, name: str, entry: TierEntry) -> Tier:
    return Tier(id=f"{platform}.{name}", **entry.model_dump(exclude={*CITATION, "code"}))


def _penalties(document: Document) -> Penalties:
    ladders = tuple(
        Ladder(f"{document.platform}.{name}", tuple(Rung(**rung.model_dump()) for rung in one.rung), one.appeal_percent)
        for name, one in document.ladder.items()
    )
    capabilities = tuple(Capability(name, one.actions) for name, one in document.capability.items())
    return Penalties(document.platform, ladders, capabilities)


def _codes(document: Document, where: str) -> dict[str, str]:
    """The code of every refusal: by a tier, of who is frozen, and by a ladder for each capability that it can take away."""
    platform = document.platform
    codes = {f"{platform}.{name}": (f"tier.{name}", tier.code) for name, tier in document.tier.items() if tier.code}
    for name, tier in document.tier.items():
        if tier.action == "freeze":
            codes[f"{platform}.frozen"] = (f"tier.{name}", tier.code)
    for name in document.ladder:
        for capability, entry in document.capability.items():
            codes[f"{platform}.{name}.{capability}"] = (f"capability.{capability}", entry.code)
    for key, code in codes.values():
        if code not in document.error:
            raise InputError(where, f"{key}.code", code, "a code that an [error.CODE] of this rulebook explains")
    return {rule: code for rule, (_, code) in codes.items()}


def _check_detector(document: Document, key: str, entry: DetectorEntry, where: str) -> None:
    for name in NEEDS[entry.kind]:
        if not getattr(entry, name):
            raise InputError(where, f"{key}.{name}", "(absent)", f"a value: a {entry.kind} could never fire without it")
    if not (entry.actions or entry.signals):
        raise InputError(where, f"{key}.actions", [], "actions or signals: it could never fire")
    for says, name, expected in IMPOSSIBLE:
        if says(entry):
            raise InputError(where, f"{key}.{name}", getattr(entry, name), expected)
    for cap in entry.caps:
        if cap not in document.quota:
            raise InputError(where, f"{key}.caps", cap, "the name of a [quota.NAME]")
    _check_consequences(document, key, entry, where)


def _check_consequences(document: Document, key: str, entry: DetectorEntry, where: str) -> None:
    if entry.points and not document.tier:
        raise InputError(where, f"{key}.points", entry.points, "a [tier.NAME]: no score leads to anything")
    if not entry.offends:
        return
    ladder = document.ladder.get(entry.offends)
    if ladder is None:
        raise InputError(where, f"{key}.offends", entry.offends, "the name of a [ladder.NAME]")
    if entry.rung > len(ladder.rung):
        raise InputError(where, f"{key}.rung", entry.rung, f"1 to {len(ladder.rung)}, which the ladder has")


def _check_tier(document: Document, key: str, entry: TierEntry, most: int, where: str) -> None:
    if entry.from_score > most:
        raise InputError(where, f"{key}.from_score", entry.from_score, f"{most} or less: no score exceeds risk_most")
    if entry.action != "observe" and not entry.code:
        raise InputError(where, f"{key}.code", "(absent)", "the code of a refusal")
    if entry.action in ("freeze", "delay") and not entry.lasts:
        raise InputError(where, f"{key}.lasts", "(absent)", f'a duration such as "1h" for a {entry.action}')
    if entry.marks and not entry.marks_for:
        raise InputError(where, f"{key}.marks_for", "(absent)", 'a duration such as "7d" for what it marks')
    for of in entry.marks:
        if not any(one.kind == "list" and (one.of, one.colour) == (of, entry.colour) for one in document.detector.values()):
            raise InputError(
                where, f"{key}.marks", of, f"the `of` of a detector of kind list and colour {entry.colour}: nobody asks"
            )
    same = [name for name, one in document.tier.items() if one.from_score == entry.from_score]
    if len(same) > 1:
        raise InputError(where, f"{key}.from_score", entry.from_score, f"a score of its own: {' and '.join(same)} share it")


def _check_ladder(document: Document, key: str, entry: LadderEntry, where: str) -> None:
    for number, rung in enumerate(entry.rung):
        for name in rung.disables:
            if name not in document.capability:
                raise InputError(where, f"{key}.rung.{number}.disables", name, "the name of a [capability.NAME]")
        if number and not 2 <= rung.after <= KEPT:
            raise InputError(where, f"{key}.rung.{number}.after", rung.after, f"2 to {KEPT}: no way leads up there")
        if not rung.lasts and rung.disables and rung.restore == "time":
            raise InputError(where, f"{key}.rung.{number}.restore", rung.restore, "application or never: it has no end")
