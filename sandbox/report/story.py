"""What happened, in a few sentences: what a stranger reads first.

Law: told from the summary alone; a sentence that has nothing to tell is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .alerts import alerts
from .context import Context, quota
from .glance import CARDS, PAID, most_called, settles, total_of
from .moments import clock, each, is_long, lasting
from .progress import progress
from .shape import Summary
from .summary import number, percent, yuan

CUT = {
    "invalid": "What follows cannot be relied on.",
    "interrupted": "The run was cut short: what follows is what had happened by then.",
}
"""What is said before the story of a run without a verdict."""

MOST_MISSED = 4
"""How many kinds of attackers are named that got through."""


def story(summary: Summary, context: Context) -> list[str]:
    """The run in sentences, as the first world shows it (the simulated one when there is one)."""
    for name, world in summary["worlds"].items():
        shown, judged = world["metrics"], summary["risk"].get(name)
        began = [_campaign(shown), _payments(summary, shown)]
        began = began if any(began) else progress(shown) or [_orders(summary, name, context)]
        happened = _risk(judged) if judged else [*began, _refusals(summary, name, context)]
        told = [*happened, _fuse(shown), _loss(shown), _other(summary)]
        if summary["verdict"] in CUT:
            told = [CUT[summary["verdict"]], *told[:-1]]
        warned = alerts(shown, context.rules, context.peak_warning)
        return [sentence for sentence in (*told, *warned) if sentence]
    return []


def _risk(judged: Mapping[str, Any]) -> list[str]:
    """Who was caught, what it saved, whom it hurt, and who got through."""
    money, attacks, honest = judged["balance"], judged["attacks"], judged["honest"]
    caught, hurt = (total_of(attacks, "recall"), total_of(honest, "hurt"))
    stake = money["prevented"] + money["lost"]
    kept = f" and kept {percent(money['prevented'] / stake)} of the CNY {yuan(stake)} that they were after" if stake else ""
    missed = {row["name"].replace("_", " "): row["recall"]["of"] - row["recall"]["hits"] for row in attacks}
    most = sorted((name for name, many in missed.items() if many), key=lambda name: -missed[name])
    through = [f"{number(missed[name])} of {name}" for name in most[:MOST_MISSED]]
    others = sum(missed[name] for name in most[MOST_MISSED:])
    through += [f"{number(others)} of other kinds"] if others else []
    return [
        f"Risk control caught {number(caught[0])} of {number(caught[1])} attackers{kept}.",
        f"Not caught: {', '.join(through)}." if through else "",
        f"Of {number(hurt[1])} honest people it refused {number(hurt[0])} by mistake ({percent(hurt[0] / max(1, hurt[1]))}).",
        f"Less what such mistakes cost, it was worth CNY {yuan(money['net'])}.",
    ]


def _campaign(shown: Mapping[str, float]) -> str:
    """What became of the cards of a campaign."""
    if "campaign.exposed" not in shown:
        return ""
    counts = (
        (f"{what.removeprefix('cards ')} {number(shown.get(f'campaign.{tail}', 0))} times", tail) for what, tail in CARDS
    )
    told = [text for text, tail in counts if shown.get(f"campaign.{tail}")] or ["shown 0 times"]
    return f"Cards were {' and '.join(filter(None, (', '.join(told[:-1]), told[-1])))}."


def _payments(summary: Summary, shown: Mapping[str, float]) -> str:
    """What became of payments, and of settling them where a merchant settles or should."""
    asked = shown.get("pay.asked")
    if not asked:
        return ""
    paid, settled, never, twice = (shown.get(f"pay.{tail}", 0) for _, tail in PAID)
    told = f"{number(asked)} orders were to be paid, and {number(paid)} were."
    if not settles(summary, shown):
        return told
    ends = [f"{number(never)} never" if never else "", f"{number(twice)} more than once" if twice else ""]
    how = " and ".join(filter(None, ends)) or "none was left open, none settled twice"
    return f"{told} {number(settled)} of these were settled: {how}."


def _orders(summary: Summary, world: str, context: Context) -> str:
    shown = summary["worlds"][world]["metrics"]
    placed = shown.get("order_notice.placed")
    if not placed:
        told = [f"{number(calls)} {action}" for action, calls in most_called(shown)]
        return f"Calls that were let through: {', '.join(told)}." if told else ""
    busiest = summary["busiest"][world]
    when = clock(busiest["at"], long=is_long(context.duration))
    return f"{number(placed)} orders were placed, {number(busiest['orders'])} of them in the minute from {when} on."


def _refusals(summary: Summary, world: str, context: Context) -> str:
    """What was refused first, by which rule, and how often in all."""
    rows = [row for row in summary["refusals"] if row["counts"].get(world)]
    if not rows:
        return "No call was refused."
    first = min(rows, key=lambda row: row["first"][world])
    action, at = first["action"], clock(first["first"][world], long=is_long(context.duration))
    times = sum(row["counts"][world] for row in rows if row["action"] == action)
    return f"From {at} on, {action} was refused {times:,} times{_limit(context, first['rule'])}."


def _limit(context: Context, rule: str) -> str:
    limit, span = quota(context.rules.get(rule, {}))
    return f": {rule} allows {limit:,} {each(span)}" if span else ""


def _fuse(shown: Mapping[str, float]) -> str:
    opened = sum(number for name, number in shown.items() if name.endswith(".opened"))
    if not opened:
        return ""
    lasted = sum(ms for name, ms in shown.items() if name.endswith(".open_ms"))
    times = "once" if opened == 1 else f"{number(opened)} times"
    return f"The fuse (熔断) opened {times} and refused everything for {lasting(lasted)}."


def _loss(shown: Mapping[str, float]) -> str:
    lost, placed = shown.get("order_notice.lost"), shown.get("order_notice.placed")
    if lost is None or not placed:
        return ""
    if not lost:
        return "Every order's notice arrived."
    return f"{number(lost)} orders ({lost / placed * 100:.1f} %) never reached the merchant: their notices were lost."


def _other(summary: Summary) -> str:
    """How the second world bears the first one out."""
    compared = [row for row in summary["agreement"] if row["tolerance"] is not None]
    if not compared:
        return ""
    within = sum(row["within"] for row in compared)
    if within == len(compared):
        return f"The same over HTTP: all {within} metrics compared agree with the simulation."
    return f"Not so over HTTP: only {within} of {len(compared)} metrics compared agree with the simulation."
