"""From events to metrics, one pass: every name that `docs/events.md` lists.

Law: a metric is a fold over events and is absent when nothing was seen to measure; what is absent is never taken for zero here.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping

from sandbox.errors import InputError
from sandbox.events import Event

from .breakers import Breakers
from .bridge import Bridge
from .calls import Calls
from .fields import text, whole
from .funnel import Funnel
from .inboxes import Inboxes
from .orders import Orders
from .payments import Payments
from .progress import Progress
from .risk import RiskFold
from .risk_figures import metrics as risk_metrics
from .shop import Shop
from .times import Times

WORLDS = ("sim", "live")
"""The two worlds, in the order in which reports show them."""

RESPONSE = (50, 95, 99)
"""Which percentiles of the response time are told."""


class World:
    """One world's events, folded: call it with each event in turn, then ask its parts or `metrics()`."""

    def __init__(self) -> None:
        self.calls, self.breakers, self.inboxes, self.orders = Calls(), Breakers(), Inboxes(), Orders()
        self.funnel, self.shop, self.progress, self.bridge = Funnel(), Shop(), Progress(), Bridge()
        self.risk, self.payments = RiskFold(), Payments()
        self.responses: defaultdict[str, Times] = defaultdict(Times)
        self.drops: Counter[str] = Counter()
        self.first_drop: Event = {}
        self.broken = 0
        self.load: Counter[str] = Counter()
        self.first, self.last, self.events = sys.maxsize, 0, 0
        self._folds: Mapping[str, tuple[Callable[[Event], None], ...]] = {
            "verdict": (self.calls, self.risk.verdict),
            "breaker": (self.breakers,),
            "drop": (self._drop, self.orders.drop),
            "reply": (self._reply, self.orders.reply, self.funnel.reply),
            "signal": (self.orders.signal,),
            "push": (self.inboxes.push,),
            "take": (self.inboxes.take,),
            "step": (self.funnel, self.shop, self.progress, self.bridge, self.risk.step),
            "payment": (self.payments,),
            "load": (self._load,),
            "sandbox_error": (self._broke,),
            "marginal": (self.risk.marginal,),
        }

    def __call__(self, event: Event) -> None:
        """Take one event; kinds that no fold reads only move the clock. Raises InputError for a field that does not fit."""
        at = whole(event, "at")
        self.events += 1
        self.first = min(self.first, at)
        self.last = max(self.last, at)
        for fold in self._folds.get(text(event, "kind"), ()):
            fold(event)

    def metrics(self) -> dict[str, float]:
        """Every metric that something was seen for, by name, sorted."""
        found = self.calls.metrics() | self.breakers.metrics(self.last) | self.inboxes.metrics() | self.orders.metrics()
        found |= (
            self.funnel.metrics()
            | self.shop.metrics()
            | self.progress.metrics()
            | self.bridge.metrics()
            | self.payments.metrics()
        )
        if table := self.risk.judged():
            found |= risk_metrics(table)
        for action, times in self.responses.items():
            found |= times.named(f"{action}.response_ms", RESPONSE) | {f"{action}.response_ms.max": times.longest}
        for action in {*self.calls.actions(), *self.drops}:
            found[f"{action}.dropped"] = self.drops[action]
        found |= {f"load.{key}": self.load[key] for key in ("planned", "sent", "late", "dropped") if self.load}
        return dict(sorted(found.items()))

    def _reply(self, event: Event) -> None:
        self.responses[text(event, "action")].add(whole(event, "at") - whole(event, "intended"))

    def _drop(self, event: Event) -> None:
        self.first_drop = self.first_drop or event
        self.drops[text(event, "action")] += 1

    def _load(self, event: Event) -> None:
        """Each process of a generator gives an account of its own: counts add up, of lags the longest is kept."""
        for key in ("planned", "sent", "late", "dropped"):
            self.load[key] += whole(event, key)
        for key in ("sandbox_errors", "transport_errors", "looks", "late_looks"):
            self.load[key] += whole(event, key) if key in event else 0
        for key in ("lag_p99_us", "clock_off_ms", "late_after_ms"):
            self.load[key] = max(self.load[key], whole(event, key) if key in event else 0)

    def _broke(self, _event: Event) -> None:
        self.broken += 1


def metrics(events: Iterable[Event]) -> dict[str, float]:
    """The metrics of one world's events. Raises InputError for an event that lacks a field."""
    world = World()
    for event in events:
        world(event)
    return world.metrics()


def fold(events: Iterable[Event]) -> dict[str, World]:
    """Each world's events folded, in one pass; worlds without events are absent. Raises InputError."""
    worlds = {name: World() for name in WORLDS}
    seen = set()
    for event in events:
        name = text(event, "world")
        if name not in worlds:
            raise InputError("events.jsonl", "world", name, "sim or live")
        worlds[name](event)
        seen.add(name)
    return {name: world for name, world in worlds.items() if name in seen}
