"""The fold over shops that connect to WeCom: whom it suits, why attempts fail (S04), and what it changes (S13, S15-S17).

Law: counts of attempts are of what the check said. A mean of nothing is absent.
"""

from __future__ import annotations

from collections import Counter, defaultdict

from sandbox.events import Event

from .fields import text, whole, yes

MINUTE = 60_000
MAIN = ("ERR_AUTH_MISMATCH", "ERR_AUTH_UNVERIFIED")
"""The causes that the source counts together: another entity, or a corp that is not verified."""

TAILS = (
    *("considered", "suited_share", "tried", "bound", "failed", "failed_main_share"),
    *("configuration_min", "enquiries", "first_response_min", "satisfaction", "service_cost_change", "fees_fen"),
)


class Bridge:
    """Shops by population."""

    def __init__(self) -> None:
        self._sums: defaultdict[str, Counter[str]] = defaultdict(Counter)

    def __call__(self, event: Event) -> None:
        """Take one `step`; steps of other models are left to their folds."""
        step, sums = text(event, "step"), self._sums
        if step == "considered":
            sums[text(event, "population")].update(considered=1, suited=yes(event, "suited"))
        elif step == "tried":
            main = text(event, "code") in MAIN
            took, failed = whole(event, "took"), not yes(event, "ok")
            sums[text(event, "population")].update(tried=1, took=took, failed=failed, main=main)
        elif step == "enquiry":
            when = "after" if yes(event, "connected") else "before"
            found = {when: 1, f"{when}_fen": whole(event, "fen"), f"{when}_ms": whole(event, "after")}
            sums[text(event, "population")].update({**found, "score": whole(event, "score")})
        elif step == "fee":
            sums[text(event, "population")].update(fees_fen=whole(event, "fen"))

    def metrics(self) -> dict[str, float]:
        """Counts, shares and means by population."""
        found: dict[str, float] = {}
        for who, sums in self._sums.items():
            found |= {f"{who}.{name}": sums[name] for name in ("considered", "tried", "failed", "fees_fen")}
            found |= {f"{who}.bound": sums["tried"] - sums["failed"], f"{who}.enquiries": sums["after"]}
            found[f"{who}.suited_share"] = sums["suited"] / sums["considered"]
            found |= {f"{who}.failed_main_share": sums["main"] / sums["failed"]} if sums["failed"] else {}
            found |= {f"{who}.configuration_min": sums["took"] / sums["tried"] / MINUTE} if sums["tried"] else {}
            found |= self._changed(who) if sums["after"] else {}
        return found

    def _changed(self, who: str) -> dict[str, float]:
        """What is different for those who are connected: means of their enquiries."""
        sums = self._sums[who]
        return {
            f"{who}.first_response_min": sums["after_ms"] / sums["after"] / MINUTE,
            f"{who}.satisfaction": sums["score"] / sums["after"],
            f"{who}.service_cost_change": (sums["after_fen"] / sums["after"]) / (sums["before_fen"] / sums["before"]) - 1,
        }
