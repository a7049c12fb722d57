"""Which metrics can exist in a scenario, and what an absent one means.

Law: a name that cannot exist is refused before anything runs, with the nearest names that can. A count of something that never
happened is 0 only when it could have happened; otherwise nobody knows, and it is None.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sandbox.errors import InputError
from sandbox.rulebooks.market import Band

from . import bridge, kpis, payments, progress, shop
from .funnel import ALONE, TAILS, TOTAL
from .metrics import RESPONSE, WORLDS
from .risk_figures import NAMES as RISK
from .times import needed

ORDER_NOTICE = ("placed", "delivered", "lost", "within_30s", "seconds.p50", "seconds.p99")
LOAD = ("planned", "sent", "late", "dropped")
UNSEEN = {
    "order_notice": "no order was placed",
    "load": "the load generator gave no account",
    "risk": "no labelled act was judged, or none of those whom it speaks of was there",
    "pay": "no payment was asked for, or none was made",
}
"""What an absent metric means, by its first word."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What a scenario can speak of.

    `codes` maps each action to the codes it may be refused with, `breakers` each breaker to the actions it guards, `bands` each KPI to
    how it is judged.
    """

    actions: tuple[str, ...]
    codes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    breakers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    populations: tuple[str, ...] = ()
    bands: Mapping[str, Band] = field(default_factory=dict)

    def names(self) -> list[str]:
        """Every metric that can exist, sorted."""
        quantiles = [f"response_ms.p{percent}" for percent in RESPONSE]
        of_action = ["calls", "allowed", "refused", "dropped", *quantiles, "response_ms.max"]
        names = {f"{action}.{tail}" for action in self.actions for tail in of_action}
        names |= {f"{action}.refused.{code}" for action, codes in self.codes.items() for code in codes}
        names |= {f"{rule}.{tail}" for rule in self.breakers for tail in ("opened", "open_ms")}
        names |= {f"{who}.inbox.max" for who in self.populations} | {f"pay.{tail}" for tail in payments.TAILS}
        names |= {f"order_notice.{tail}" for tail in ORDER_NOTICE} | {f"load.{tail}" for tail in LOAD}
        names |= {f"{who}.{tail}" for who in (*self.populations, TOTAL) for tail in TAILS} | set(ALONE)
        names |= {f"{who}.{tail}" for who in self.populations for tail in (*shop.TAILS, *progress.TAILS, *bridge.TAILS)}
        names |= {f"risk.{tail}" for tail in RISK}
        return sorted(names | kpis.names(names, self.bands))


def split(name: str) -> tuple[str, str]:
    """(world or "", metric) of a name that may be bound to one world, as `sim:order_notice.lost`."""
    world, colon, metric = name.partition(":")
    return (world, metric) if colon and world in WORLDS else ("", name)


def check_names(names: Iterable[str], vocabulary: Vocabulary, where: str) -> None:
    """Raises InputError for the first name that cannot exist, listing the nearest that can. `where` is the scenario's file."""
    known = vocabulary.names()
    for name in names:
        metric = split(name)[1]
        if metric not in known:
            near = difflib.get_close_matches(metric, known, n=3, cutoff=0.5)
            hint = f"; nearest: {', '.join(near)}" if near else ""
            raise InputError(where, "metric", name, f"a metric that can exist{hint}")


def value(metrics: Mapping[str, float], name: str, vocabulary: Vocabulary) -> float | None:
    """The metric's value; 0 for a count of what could have happened and did not; None when nothing was seen to count."""
    if name in metrics:
        return metrics[name]
    action, refused, _ = name.rpartition(".refused.")
    if refused and f"{action}.calls" in metrics:
        return 0
    rule = name.rpartition(".")[0]
    if any(f"{guarded}.calls" in metrics for guarded in vocabulary.breakers.get(rule, ())):
        return 0
    return None


def why_absent(name: str, vocabulary: Vocabulary) -> str:
    """Why a metric may have no value, as the end of a sentence."""
    if name.endswith(kpis.BAND):
        return "too little was seen to judge it by its band"
    percent = name.rpartition(".p")[2]
    if percent.isdecimal():
        return f"fewer than the {needed(int(percent)):,} samples that p{percent} takes were seen"
    for action in sorted(vocabulary.actions, key=len, reverse=True):
        if name.startswith(action + "."):
            return f"no {action} call was seen"
    if guarded := vocabulary.breakers.get(name.rpartition(".")[0]):
        return f"no call that it guards ({', '.join(guarded)}) was seen"
    return UNSEEN.get(name.partition(".")[0], "nothing was seen to measure")
