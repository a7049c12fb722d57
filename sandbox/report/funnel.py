"""The fold over campaigns: how many were shown a card, opened, claimed, shared and redeemed it, what that cost and brought (K16).

Law: counts are of what really happened; a claim or a redemption that the platform refused is none. A rate without anything to divide
by is absent. Times are kept in minutes, redemptions in seconds too, so that a peak is not smoothed away.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from statistics import median

from sandbox.clock import BEIJING, DAY
from sandbox.events import Event

from .fields import text, whole, yes
from .forecast import peak, runs_out

MINUTE = 60_000
HOUR = 3_600_000
CONSUME = "wechat.card.consume"
TOTAL = "campaign"
"""Prefix of what all populations did together."""

STAGES = ("exposed", "viewed", "claimed", "shared", "redeemed")
COUNTS = (*STAGES, "turned_away", "invited_claims", "unlinked")
RATES: Mapping[str, tuple[str, str]] = {
    "view_rate": ("viewed", "exposed"),
    "claim_rate": ("own_claims", "exposed"),
    "redemption_rate": ("redeemed", "claimed"),
    "share_rate": ("shared", "claimed"),
    "invitee_conversion": ("invited_claims", "shared"),
    "pv_per_uv": ("views", "viewed"),
    "roi": ("amount", "spent"),
    "cost_share": ("spent", "amount"),
}
"""Each rate: what is divided by what. ROI as the source defines it, cost against redeemed amount, is `cost_share`; `roi` is its inverse."""

INTEGRATIONS = ("js_sdk", "direct_api", "third_party")
TAILS = (*COUNTS, *RATES, "redeemed_value", "referral_depth", "second_gap_h")
"""What is told of each population, and of all."""

ALONE = (
    *(f"redemption.{one}_{what}" for one in INTEGRATIONS for what in ("attempts", "error_rate")),
    *("stock.total", "stock.left", "stock.forecast_s", "stock.empty_s"),
    *("redeemed.a_day.max", "redeemed.a_second.max", "redeemed.a_second.forecast"),
)
"""What is told once."""


class Funnel:
    """Campaigns' steps. `minutes` counts by (step, minute since the epoch); `stock` is what was put on sale."""

    def __init__(self) -> None:
        self.counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.minutes: Counter[tuple[str, int]] = Counter()
        self.claims: list[int] = []
        self.stock = 0
        self.put_on_sale = 0
        self._depth: Counter[str] = Counter()
        self._attempts: Counter[tuple[str, bool]] = Counter()
        self._seconds: Counter[int] = Counter()
        self._days: Counter[int] = Counter()
        self._last: dict[str, int] = {}
        self._gaps: defaultdict[str, list[float]] = defaultdict(list)

    def __call__(self, event: Event) -> None:
        """Take one `step`; steps of other models are left to their folds."""
        step = text(event, "step")
        if step == "stock":
            self.stock += whole(event, "count")
            self.put_on_sale = self.put_on_sale or whole(event, "at")
        elif step == "attempt":
            self._attempts[text(event, "integration"), yes(event, "ok")] += 1
        elif step in COUNTS:
            self._count(step, event)

    def _count(self, step: str, event: Event) -> None:
        at, number = whole(event, "at"), whole(event, "count") if "count" in event else 1
        self.minutes[step, at // MINUTE] += number
        if step == "claimed":
            self.claims.append(at)
        for who in (text(event, "population"), TOTAL):
            counts = self.counts[who]
            counts[step] += number
            for key in ("views", "amount", "spent"):
                counts[key] += whole(event, key) if key in event else 0
            if step == "claimed":
                generation = whole(event, "generation")
                counts["invited_claims" if generation else "own_claims"] += 1
                self._depth[who] = max(self._depth[who], generation)
        if step == "redeemed":
            self._redeemed(text(event, "user"), text(event, "population"), at)

    def _redeemed(self, user: str, population: str, at: int) -> None:
        """A buyer's second redemption comes so long after the first, a third so long after the second (A27)."""
        if user in self._last:
            for who in (population, TOTAL):
                self._gaps[who].append((at - self._last[user]) / HOUR)
        self._last[user] = at

    def reply(self, event: Event) -> None:
        """Take a `reply`: of redemptions, those of every behaviour count for a day's total and for the peak."""
        if event.get("action") == CONSUME and yes(event, "ok"):
            at = whole(event, "at")
            self._seconds[at // 1_000] += 1
            self._days[(at + BEIJING) // DAY] += 1

    def half(self) -> list[int]:
        """The claims that took the first half of the stock, in order of time; none while less than half is gone."""
        half = self.claims[: self.stock // 2]
        return half if len(half) == self.stock // 2 else []

    def forecast(self) -> int | None:
        """When (ms) the stock runs out, as forecast once half of it was gone (A27)."""
        half = self.half()
        return runs_out(self.stock, half, half[-1]) if half else None

    def metrics(self) -> dict[str, float]:
        """Counts and rates by population and in all; stock, peaks and error rates."""
        found: dict[str, float] = {}
        for who, counts in self.counts.items():
            found |= {f"{who}.{name}": counts[name] for name in COUNTS}
            found |= {f"{who}.{name}": counts[a] / counts[b] for name, (a, b) in RATES.items() if counts[b]}
            found |= {f"{who}.referral_depth": self._depth[who]} if counts["claimed"] else {}
            if counts["redeemed"]:
                found[f"{who}.redeemed_value"] = counts["amount"] / counts["redeemed"] / 100
            if gaps := self._gaps.get(who):
                found[f"{who}.second_gap_h"] = median(gaps)
        return found | self._errors() | self._stock() | self._peaks()

    def _errors(self) -> dict[str, float]:
        found: dict[str, float] = {}
        for one in INTEGRATIONS:
            good, bad = self._attempts[one, True], self._attempts[one, False]
            if good + bad:
                found[f"redemption.{one}_attempts"] = good + bad
                found[f"redemption.{one}_error_rate"] = bad / (good + bad)
        return found

    def _stock(self) -> dict[str, float]:
        """What is left, when it ran out, and when that would have been forecast once half was gone (A27); seconds from the sale's start."""
        if not self.stock:
            return {}
        found: dict[str, float] = {"stock.total": self.stock, "stock.left": self.stock - len(self.claims)}
        if (forecast := self.forecast()) is not None:
            found["stock.forecast_s"] = (forecast - self.put_on_sale) / 1_000
        if len(self.claims) >= self.stock:
            found["stock.empty_s"] = (self.claims[self.stock - 1] - self.put_on_sale) / 1_000
        return found

    def _peaks(self) -> dict[str, float]:
        if not self._seconds:
            return {}
        busiest: Counter[int] = Counter()
        for second, number in self._seconds.items():
            busiest[second // 60] += number
        return {
            "redeemed.a_day.max": max(self._days.values()),
            "redeemed.a_second.max": max(self._seconds.values()),
            "redeemed.a_second.forecast": peak(max(busiest.values()) / 60),
        }
