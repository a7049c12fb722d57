"""The fold over payments: asked for, paid, and paid out by a merchant who was told: once, more than once, or never.

Law: the platform's own journal says all of it, so a system under test is judged like a simulated one. An order that is asked for
or told of again is one order.
"""

from __future__ import annotations

from collections import Counter

from sandbox.events import Event

from .fields import text, whole
from .times import Times

COUNTS = ("asked", "paid", "settled", "unsettled", "settled_twice")
TAILS = (*COUNTS, "payment_success", "seconds.p50", "seconds.p99")
"""How the names of its metrics end; all begin with `pay.`."""


class Payments:
    """Orders by what became of them; `settled` is an order's first payout."""

    def __init__(self) -> None:
        self._asked: set[str] = set()
        self._paid: dict[str, int] = {}
        self._settled: dict[str, int] = {}
        self._payouts: Counter[str] = Counter()

    def __call__(self, event: Event) -> None:
        """Take a `payment`."""
        order, became, at = text(event, "order"), text(event, "became"), whole(event, "at")
        if became == "asked":
            self._asked.add(order)
        elif became == "paid":
            self._paid.setdefault(order, at)
        elif became == "paid_out":
            self._settled.setdefault(order, at)
            self._payouts[order] += 1

    @property
    def paid(self) -> int:
        """How many orders were paid."""
        return len(self._paid)

    def took(self) -> list[int]:
        """How long each order that was paid took until it was settled, ms."""
        return [self._settled[order] - at for order, at in self._paid.items() if order in self._settled]

    def metrics(self) -> dict[str, float]:
        """`pay.*`; nothing when no payment was asked for, nothing of settling when none was made."""
        if not self._asked:
            return {}
        found = {
            "pay.asked": len(self._asked),
            "pay.paid": len(self._paid),
            "pay.payment_success": len(self._paid) / len(self._asked),
        }
        return found | (self._settling() if self._paid else {})

    def _settling(self) -> dict[str, float]:
        settled = self._paid.keys() & self._settled.keys()
        times = Times()
        for took in self.took():
            times.add(took)
        return {
            "pay.settled": len(settled),
            "pay.unsettled": len(self._paid) - len(settled),
            "pay.settled_twice": sum(count > 1 for count in self._payouts.values()),
            **{name: ms / 1000 for name, ms in times.named("pay.seconds", (50, 99)).items()},
        }
