"""What risk control said of labelled events: the table that every figure of the risk report is counted from.

Law: a row an event, from the record of a run (`RiskFold`) or from judging a pack again (`report.rejudge`), the same either way. The
truth and the verdict of an event meet by its number, in whatever order they come.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sandbox.behaviour.attackers import ATTACKS
from sandbox.behaviour.pack import ACTIONS, WHO
from sandbox.behaviour.playing import TRUTH
from sandbox.events import Event

from .fields import text, whole, yes

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

FIRST_ATTACK: Final = min(WHO.index(name) for name in ATTACKS)
"""Those from this number on in `WHO` are attackers."""


@dataclass(frozen=True, slots=True)
class Judged:
    """Labelled events with what became of them, by column.

    `user`, `device` and `ip` number whoever acted and from where; `who` is a place in `WHO`; `value` is fen. `refused` says that
    risk control refused in the end, `challenged` that it asked for a proof first; `rules` names the detectors that hit.
    """

    at: Ints
    user: Ints
    device: Ints
    ip: Ints
    who: Ints
    action: Ints
    bad: Bools
    value: Ints
    refused: Bools
    challenged: Bools
    tier: Ints
    score: Ints
    rules: Sequence[tuple[str, ...]]

    def __len__(self) -> int:
        return len(self.at)


@dataclass(slots=True)
class Said:
    """What became of one event."""

    at: int
    action: int
    device: str
    ip: str
    refused: bool
    challenged: bool
    tier: int
    score: int
    rules: tuple[str, ...]


MARGINAL: Final = "marginal"
"""The kind of events that tell what the figures are without a detector; under no name, what they are with all."""


class RiskFold:
    """Verdicts and truths, collected until `judged` is asked for; `marginals` are the figures without each detector."""

    def __init__(self) -> None:
        self._truths: dict[str, tuple[str, int, bool, int]] = {}
        self._said: dict[str, Said] = {}
        self._rules: dict[str, tuple[str, ...]] = {}
        self._table: Judged | None = None
        self.marginals: dict[str, dict[str, float]] = {}

    def step(self, event: Event) -> None:
        """Take what an event really was; other steps are left to their folds."""
        if event.get("step") != TRUTH:
            return
        who = WHO.index(text(event, "who"))
        self._truths[text(event, "event")] = (text(event, "user"), who, yes(event, "bad"), whole(event, "value"))

    def marginal(self, event: Event) -> None:
        """Take what the figures are without a detector."""
        told = {name: value for name, value in event.items() if isinstance(value, int | float) and name != "at"}
        self.marginals[text(event, "rule")] = {name: float(value) for name, value in told.items()}

    def verdict(self, event: Event) -> None:
        """Take a verdict; one on no labelled event is none of ours."""
        number = event.get("event")
        if not isinstance(number, str):
            return
        action, rules = text(event, "action"), str(event.get("rules", ""))
        if action not in ACTIONS:
            return
        told = self._rules.setdefault(rules, tuple(rules.split()))
        refused, tier = not yes(event, "allowed"), whole(event, "tier")
        score = event.get("score", 0)
        challenged = refused and event.get("risk") == "challenge"
        before = self._said.get(number)
        self._said[number] = Said(
            before.at if before else whole(event, "at"),
            ACTIONS.index(action),
            str(event.get("device", "")),
            str(event.get("ip", "")),
            refused,
            challenged or (before is not None and before.challenged),
            tier,
            score if isinstance(score, int) else 0,
            told if before is None else tuple(dict.fromkeys((*before.rules, *told))),
        )

    def judged(self) -> Judged | None:
        """The table, in time order; None when no labelled event was judged. Events that come later are not in it."""
        if self._table is None:
            self._table = self._made()
        return self._table

    def _made(self) -> Judged | None:
        numbers = [number for number in self._said if number in self._truths]
        if not numbers:
            return None
        said = [self._said[number] for number in numbers]
        truths = [self._truths[number] for number in numbers]
        order = np.argsort(np.array([one.at for one in said]), kind="stable")
        return Judged(
            at=_whole([one.at for one in said])[order],
            user=_numbered([user for user, _, _, _ in truths])[order],
            device=_numbered([one.device for one in said])[order],
            ip=_numbered([one.ip for one in said])[order],
            who=_whole([who for _, who, _, _ in truths])[order],
            action=_whole([one.action for one in said])[order],
            bad=np.array([bad for _, _, bad, _ in truths])[order],
            value=_whole([value for _, _, _, value in truths])[order],
            refused=np.array([one.refused for one in said])[order],
            challenged=np.array([one.challenged for one in said])[order],
            tier=_whole([one.tier for one in said])[order],
            score=_whole([one.score for one in said])[order],
            rules=[said[place].rules for place in order.tolist()],
        )


def _whole(values: Sequence[int]) -> Ints:
    return np.array(values, np.int64)


def _numbered(names: Sequence[str]) -> Ints:
    """Each name's number, in the order in which they first come."""
    numbers: dict[str, int] = {}
    return _whole([numbers.setdefault(name, len(numbers)) for name in names])
