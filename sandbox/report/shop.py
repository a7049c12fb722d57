"""The fold over shops and live rooms: browse, click, cart, order, pay, ship; who came again, and what was bought together (M13, M14).

Law: counts are of what really happened: an order that the platform refused is none. A rate without anything to divide by is absent.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from itertools import combinations, pairwise

from sandbox.events import Event

from .fields import text, whole, yes
from .shape import ShopRow

MINUTE = 60_000

STAGES = ("browsed", "clicked", "carted", "ordered", "paid")
COUNTED = (*STAGES, "shipped", "shown", "level")
MIX = ("traffic", "profit", "image")
LEVELS = ("bronze", "silver", "gold", "diamond")
TOP = 10
"""How many products, and pairs of products, are ranked."""

RATES: Mapping[str, tuple[str, str]] = {
    "click_rate": ("clicked", "browsed"),
    "click_conversion": ("ordered", "clicked"),
    "cart_rate": ("carted", "browsed"),
    "payment_success": ("paid", "ordered"),
    "pay_rate": ("paid", "browsed"),
    "shipped_in_time": ("in_time", "paid"),
    "repurchase_rate": ("again", "buyers"),
    **{f"mix_{kind}": (kind, "shown") for kind in MIX},
}
"""Each rate: what is divided by what."""

TAILS = (*STAGES, *RATES, "order_value", "order_uplift", "visitors.peak", *(f"members.{level}" for level in LEVELS))


class Shop:
    """What buyers did, by population. `sold` and `together` count products and pairs of products of orders paid."""

    def __init__(self) -> None:
        self.counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.visitors: defaultdict[str, Counter[int]] = defaultdict(Counter)
        self.sold: Counter[str] = Counter()
        self.together: Counter[tuple[str, ...]] = Counter()
        self._bought: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._levels: defaultdict[str, dict[str, str]] = defaultdict(dict)
        self._values: defaultdict[tuple[str, bool], list[int]] = defaultdict(list)

    def __call__(self, event: Event) -> None:
        """Take one `step`; steps of other models are left to their folds."""
        step = text(event, "step")
        if step not in COUNTED:
            return
        who, number = text(event, "population"), whole(event, "count") if "count" in event else 1
        self.counts[who][step] += number
        if step == "browsed":
            self.visitors[who][whole(event, "at") // MINUTE] += number
        elif step == "shown":
            self.counts[who][text(event, "mix")] += 1
        elif step == "shipped":
            self.counts[who]["in_time"] += yes(event, "in_time")
        elif step == "level":
            self._levels[who][text(event, "user")] = text(event, "level")
        elif step == "paid":
            self._paid(who, event)

    def _paid(self, who: str, event: Event) -> None:
        products = sorted(set(text(event, "products").split(",")))
        self.sold.update(products)
        self.together.update(combinations(products, 2))
        self._bought[who][text(event, "user")] += 1
        self._values[who, yes(event, "promoted")].append(whole(event, "amount"))

    def ranking(self) -> list[tuple[str, int]]:
        """The products sold most, with how often."""
        return sorted(self.sold.items(), key=lambda one: (-one[1], one[0]))[:TOP]

    def pairs(self) -> list[tuple[str, int]]:
        """The pairs of products bought together most, with how often (A27)."""
        ranked = sorted(self.together.items(), key=lambda one: (-one[1], one[0]))
        return [(" + ".join(pair), number) for pair, number in ranked[:TOP]]

    def churn(self, who: str) -> tuple[str, float]:
        """Where most are lost: `browsed → carted` and which share, among the stages that anybody reached (M14)."""
        reached = [stage for stage in STAGES if self.counts[who][stage]]
        losses = [
            (1 - self.counts[who][after] / self.counts[who][before], f"{before} → {after}")
            for before, after in pairwise(reached)
        ]
        share, step = max(losses, default=(0.0, ""))
        return step, share

    def told(self) -> ShopRow:
        """What no figure tells: what sold most, what was bought together most, and where each population lost most."""
        lost = {who: self.churn(who) for who, counts in self.counts.items() if counts["browsed"]}
        return {"ranking": self.ranking(), "bought_with": self.pairs(), "lost": lost}

    def metrics(self) -> dict[str, float]:
        """Counts and rates by population."""
        found: dict[str, float] = {}
        for who, counts in self.counts.items():
            counts = counts | Counter(self._customers(who))  # noqa: PLW2901 - what is derived joins what was counted
            found |= {f"{who}.{stage}": counts[stage] for stage in STAGES}
            found |= {f"{who}.{name}": counts[a] / counts[b] for name, (a, b) in RATES.items() if counts[b]}
            found |= {f"{who}.visitors.peak": max(self.visitors[who].values())} if self.visitors[who] else {}
            found |= self._worth(who) | self._members(who)
        return found

    def _customers(self, who: str) -> dict[str, int]:
        bought = self._bought[who]
        return {"buyers": len(bought), "again": sum(number > 1 for number in bought.values())}

    def _worth(self, who: str) -> dict[str, float]:
        """The mean order value in CNY, and by what share a promotion lifted it."""
        plain, promoted = self._values[who, False], self._values[who, True]
        every = plain + promoted
        found = {f"{who}.order_value": sum(every) / len(every) / 100} if every else {}
        if plain and promoted:
            found[f"{who}.order_uplift"] = sum(promoted) / len(promoted) / (sum(plain) / len(plain)) - 1
        return found

    def _members(self, who: str) -> dict[str, float]:
        """How many buyers are in each level at the end."""
        if not self._bought[who]:
            return {}
        levels = Counter(self._levels[who].values())
        levels["bronze"] = len(self._bought[who]) - levels.total()
        return {f"{who}.members.{level}": levels[level] for level in LEVELS}
