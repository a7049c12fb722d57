"""What happened, in a few sentences and one small table: what a stranger reads first.

Law: told from the summary alone; a sentence that has nothing to tell is left out.
"""

from __future__ import annotations

from collections.abc import Mapping

from .alerts import alerts
from .context import Context, quota
from .moments import clock, lasting
from .shape import Summary
from .summary import number

MOST_ACTIONS = 4
"""How many actions are named where there are no orders to tell of."""


def story(summary: Summary, context: Context) -> list[str]:
    """The run in sentences, as the first world shows it (the simulated one when there is one)."""
    for name, world in summary["worlds"].items():
        shown = world["metrics"]
        told = [_orders(summary, name), _refusals(summary, name, context), _fuse(shown), _loss(shown), _other(summary)]
        warned = alerts(shown, context.rules, context.peak_warning)
        return [sentence for sentence in (*told, *warned) if sentence]
    return []


def glance(summary: Summary) -> list[tuple[str, dict[str, str]]]:
    """(what, by world: how much) for the table at the top."""
    rows: dict[str, dict[str, str]] = {}
    for name, world in summary["worlds"].items():
        for what, text in _figures(world["metrics"]):
            rows.setdefault(what, {})[name] = text
    return list(rows.items())


def _orders(summary: Summary, world: str) -> str:
    shown, busiest = summary["worlds"][world]["metrics"], summary["busiest"][world]
    placed = shown.get("order_notice.placed")
    if not placed:
        told = [f"{number(calls)} {action}" for action, calls in _most_called(shown)]
        return f"Calls that were let through: {', '.join(told)}." if told else ""
    return f"{number(placed)} orders were placed, {number(busiest['orders'])} of them in the minute from {clock(busiest['at'])} on."


def _most_called(shown: Mapping[str, float]) -> list[tuple[str, float]]:
    """The actions most often let through, with how often."""
    allowed = [
        (name.removesuffix(".allowed"), calls) for name, calls in shown.items() if name.endswith(".allowed") and calls
    ]
    return sorted(allowed, key=lambda one: (-one[1], one[0]))[:MOST_ACTIONS]


def _refusals(summary: Summary, world: str, context: Context) -> str:
    """What was refused first, by which rule, and how often in all."""
    rows = [row for row in summary["refusals"] if row["counts"].get(world)]
    if not rows:
        return "No call was refused."
    first = min(rows, key=lambda row: row["first"][world])
    action, at = first["action"], clock(first["first"][world])
    times = sum(row["counts"][world] for row in rows if row["action"] == action)
    return f"From {at} on, {action} was refused {times:,} times{_limit(context, first['rule'])}."


def _limit(context: Context, rule: str) -> str:
    limit, span = quota(context.rules.get(rule, {}))
    return f": {rule} allows {limit:,} per {lasting(span)}" if span else ""


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


def _figures(shown: Mapping[str, float]) -> list[tuple[str, str]]:
    figures = [
        ("orders placed", _plain(shown, "order_notice.placed")),
        ("notices delivered", _plain(shown, "order_notice.delivered")),
        ("notices lost", _plain(shown, "order_notice.lost")),
        ("within 30 s", f"{shown['order_notice.within_30s'] * 100:.1f} %" if "order_notice.within_30s" in shown else ""),
        ("calls refused", _total(shown, ".refused")),
        ("accepted, silently dropped", _total(shown, ".dropped")),
        ("fuse opened", _total(shown, ".opened")),
        ("fuse open for", lasting(sum(ms for name, ms in shown.items() if name.endswith(".open_ms")))),
    ]
    calls = [] if "order_notice.placed" in shown else [(f"{name} let through", number(n)) for name, n in _most_called(shown)]
    return [*calls, *((what, text) for what, text in figures if text)]


def _plain(shown: Mapping[str, float], name: str) -> str:
    return number(shown[name]) if name in shown else ""


def _total(shown: Mapping[str, float], tail: str) -> str:
    return number(sum(value for name, value in shown.items() if name.endswith(tail) and not name.startswith("load.")))
