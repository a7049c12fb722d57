"""What a merchant should be warned of before it happens: a peak near its limit, a stock that will not last (A27).

Law: told from metrics and the rules that were in force; where there is nothing to warn of, nothing is said.
"""

from __future__ import annotations

from collections.abc import Mapping

from .context import Rule, quota
from .funnel import CONSUME
from .moments import lasting

FORECAST = "redeemed.a_second.forecast"
SHORT = 60_000
"""Limits over longer than a minute (ms) are no matter of peaks."""


def alerts(metrics: Mapping[str, float], rules: Mapping[str, Rule], share: float) -> list[str]:
    """A sentence each; a forecast peak from `share` of its limit on is warned of."""
    return [sentence for sentence in (_peak(metrics, rules, share), _stock(metrics)) if sentence]


def _peak(metrics: Mapping[str, float], rules: Mapping[str, Rule], share: float) -> str:
    forecast = metrics.get(FORECAST, 0.0)
    allowed = {rule: quota(said) for rule, said in rules.items() if CONSUME in said.get("actions", ())}
    short = {rule: limit * 1_000 / window for rule, (limit, window) in allowed.items() if 0 < window <= SHORT}
    rule = min(short, key=lambda one: short[one], default="")
    if not rule or forecast < share * short[rule]:
        return ""
    part = f"{forecast / short[rule]:.0%} of what {rule} allows ({short[rule]:,.0f} a second)"
    return f"Peak warning: up to {forecast:,.0f} redemptions in a second are to be expected, {part}."


def _stock(metrics: Mapping[str, float]) -> str:
    empty = metrics.get("stock.empty_s")
    if empty is None:
        return ""
    away = metrics.get("campaign.turned_away", 0)
    return f"The stock ran out after {lasting(empty * 1_000)}; {away:,.0f} who wanted a card were turned away."
