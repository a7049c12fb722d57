"""The fold over what takes days: launches until they are done (V14), and money from abroad until it is settled (K21).

Law: means of what came to its end; what is still under way is counted nowhere. Told in a sentence for each population.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping

from sandbox.clock import DAY
from sandbox.events import Event

from .fields import text, whole

TAILS = ("launched", "launch_days.mean", "launch_days.max", "settled", "settled_days", "settled_rate", "fx_gain")


class Progress:
    """Launches and settlements by population."""

    def __init__(self) -> None:
        self._launches: defaultdict[str, list[int]] = defaultdict(list)
        self._settled: defaultdict[str, Counter[str]] = defaultdict(Counter)

    def __call__(self, event: Event) -> None:
        """Take one `step`; steps of other models are left to their folds."""
        step, who = text(event, "step"), text(event, "population")
        if step == "launched":
            self._launches[who].append(whole(event, "days"))
        elif step == "settled":
            self._settled[who].update(
                {key: whole(event, key) for key in ("units", "worth", "amount", "after")} | {"count": 1}
            )

    def metrics(self) -> dict[str, float]:
        """Days until launch; days until settlement, the rate, and what the currency's moves brought, as a share."""
        found: dict[str, float] = {}
        for who, days in self._launches.items():
            mean = sum(days) / len(days)
            found |= {f"{who}.launched": len(days), f"{who}.launch_days.mean": mean, f"{who}.launch_days.max": max(days)}
        for who, sums in self._settled.items():
            found |= {
                f"{who}.settled": sums["count"],
                f"{who}.settled_days": sums["after"] / sums["count"] / DAY,
                f"{who}.settled_rate": sums["amount"] / sums["units"],
                f"{who}.fx_gain": sums["amount"] / sums["worth"] - 1,
            }
        return found


def progress(shown: Mapping[str, float]) -> list[str]:
    """Who launched after how long, what was settled after how long, which shops were connected: from a world's metrics."""
    told = []
    for name, many in shown.items():
        who, _, tail = name.rpartition(".")
        if tail == "launched":
            mean, most = shown[f"{who}.launch_days.mean"], shown[f"{who}.launch_days.max"]
            told.append(f"{who}: {many:,.0f} launched, after {mean:.1f} working days on average and {most:.0f} at most.")
        elif tail == "settled" and f"{who}.fx_gain" in shown:
            days, gain = shown[f"{who}.settled_days"], shown[f"{who}.fx_gain"]
            told.append(
                f"{who}: {many:,.0f} trades settled, after {days:.1f} days on average; exchange rates brought {gain:+.2%}."
            )
        elif tail == "bound" and f"{who}.tried" in shown:
            considered, tried = shown[f"{who}.considered"], shown[f"{who}.tried"]
            told.append(
                f"{who}: of {considered:,.0f} that considered it {tried:,.0f} tried to connect, and {many:,.0f} did."
            )
    return told
