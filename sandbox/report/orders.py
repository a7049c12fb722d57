"""The fold that joins orders to their notices: which order was told to the merchant, how late, and which never.

Law: an order is delivered when a notice for it was accepted and not silently dropped; the first such notice counts, later ones
are repeats. What never arrived is late: it counts in every share, and in no percentile. Players say themselves what was accepted; a
system under test does not, and then the mock's own journal says it.
"""

from __future__ import annotations

from collections import Counter, defaultdict

from sandbox.events import Event

from .calls import BIN
from .fields import text, whole, yes
from .times import Times

PLACED = "shopee.order_placed"
"""The signal that an order was placed; its `intended` is when."""

ACCEPTED = "wecom.message_accepted"
"""The signal that WeCom took a message which carries an order's number."""

NOTICES = frozenset({"wecom.message_send", "wecom.binding_push"})
"""The actions that carry an order's notice."""

MINUTE = 60_000
WITHIN = 30_000
"""How soon a notice should arrive, ms (S12)."""


class Orders:
    """Orders placed, notices accepted, notices dropped."""

    def __init__(self) -> None:
        self._placed: dict[str, int] = {}
        self._accepted: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
        self._noted: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
        self._dropped: set[str] = set()
        self.bins: Counter[int] = Counter()

    def signal(self, event: Event) -> None:
        """Take a `signal`; an order placed twice is one order."""
        if event.get("signal") == ACCEPTED:
            self._noted[text(event, "order")].append((whole(event, "at"), text(event, "msgid")))
        if event.get("signal") != PLACED:
            return
        order, at = text(event, "order"), whole(event, "intended")
        if order not in self._placed:
            self._placed[order] = at
            self.bins[at // BIN] += 1

    def reply(self, event: Event) -> None:
        """Take a `reply`; one that accepts an order's notice counts."""
        if event.get("action") in NOTICES and event.get("order") and yes(event, "ok"):
            msgid = event.get("msgid")
            self._accepted[text(event, "order")].append((whole(event, "at"), str(msgid or "")))

    def drop(self, event: Event) -> None:
        """Take a `drop`, which may be recorded before or after the reply that carries its msgid."""
        if event.get("msgid"):
            self._dropped.add(text(event, "msgid"))

    def delivered(self) -> dict[str, int]:
        """How long each delivered order's notice took, ms from placing to the first notice that arrived."""
        heard = self._accepted or self._noted
        arrivals = {order: [at for at, msgid in notices if msgid not in self._dropped] for order, notices in heard.items()}
        return {
            order: max(0, min(ats) - self._placed[order]) for order, ats in arrivals.items() if ats and order in self._placed
        }

    def lost(self) -> list[tuple[int, str]]:
        """(when placed, order) of each order whose notice never arrived, in that order."""
        arrived = self.delivered()
        return sorted((at, order) for order, at in self._placed.items() if order not in arrived)

    def busiest(self) -> tuple[int, int]:
        """(start ms, orders) of the busiest minute, to within a bin; (0, 0) without orders."""
        bins = MINUTE // BIN
        sums = {start: sum(self.bins.get(start + step, 0) for step in range(bins)) for start in list(self.bins)}
        start = max(sums, key=lambda one: (sums[one], -one), default=0)
        return start * BIN, sums.get(start, 0)

    def metrics(self) -> dict[str, float]:
        """`order_notice.*`; nothing when no order was placed."""
        if not self._placed:
            return {}
        placed, took = len(self._placed), list(self.delivered().values())
        times = Times()
        for ms in took:
            times.add(ms)
        return {
            "order_notice.placed": placed,
            "order_notice.delivered": len(took),
            "order_notice.lost": placed - len(took),
            "order_notice.within_30s": sum(ms <= WITHIN for ms in took) / placed,
            **{name: ms / 1000 for name, ms in times.named("order_notice.seconds", (50, 99)).items()},
        }
