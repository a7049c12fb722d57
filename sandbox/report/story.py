"""What happened, in a few sentences and one small table: what a stranger reads first.

Law: told from the summary alone; a sentence that has nothing to tell is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .alerts import alerts
from .context import Context, quota
from .moments import clock, each, is_long, lasting
from .shape import Summary
from .summary import number

QUIET = ("accepted, silently dropped", "fuse open for")
"""What is not worth a line when it never happened."""

PAID = (
    ("orders paid", "paid"),
    ("settled", "settled"),
    ("never settled", "unsettled"),
    ("settled more than once", "settled_twice"),
)
"""(what, metric) of payments."""

SMALLEST = 1e-9
"""Less than this is the noise of a sum."""

MOST_MISSED = 4
"""How many kinds of attackers are named that got through."""

MOST_ACTIONS = 4
"""How many actions are named where there are no orders to tell of."""


def story(summary: Summary, context: Context) -> list[str]:
    """The run in sentences, as the first world shows it (the simulated one when there is one)."""
    for name, world in summary["worlds"].items():
        shown, judged = world["metrics"], summary["risk"].get(name)
        began = _payments(shown) or _orders(summary, name, context)
        happened = _risk(judged) if judged else [began, _refusals(summary, name, context)]
        told = [*happened, _fuse(shown), _loss(shown), _other(summary)]
        if summary["verdict"] == "invalid":
            told = ["What follows cannot be relied on.", *told[:-1]]
        warned = alerts(shown, context.rules, context.peak_warning)
        return [sentence for sentence in (*told, *warned) if sentence]
    return []


def glance(summary: Summary) -> list[tuple[str, dict[str, str]]]:
    """(what, by world: how much) for the table at the top."""
    rows: dict[str, dict[str, str]] = {}
    for name, world in summary["worlds"].items():
        judged = summary["risk"].get(name)
        for what, text in _judged(judged) if judged else _figures(world["metrics"]):
            rows.setdefault(what, {})[name] = text
    return [(what, texts) for what, texts in rows.items() if what not in QUIET or {*texts.values()} - {"0", "0 ms"}]


def yuan(fen: float) -> str:
    """An amount of fen in whole yuan, for people."""
    return f"{fen / 100:,.0f}"


def percent(share: float) -> str:
    """A share for people, three digits of it; never more than it is, and nothing is nothing."""
    return f"{share * 100:.3g} %" if share >= SMALLEST else "0 %"


def _risk(judged: Mapping[str, Any]) -> list[str]:
    """Who was caught, what it saved, whom it hurt, and who got through."""
    money, attacks, honest = judged["balance"], judged["attacks"], judged["honest"]
    caught, hurt = (_total_of(attacks, "recall"), _total_of(honest, "hurt"))
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


def _total_of(rows: Sequence[Mapping[str, Any]], key: str) -> tuple[int, int]:
    return sum(row[key]["hits"] for row in rows), sum(row[key]["of"] for row in rows)


def _judged(judged: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The table at the top of a run with labelled traffic."""
    money, (caught, bad), (hurt, good) = (
        judged["balance"],
        _total_of(judged["attacks"], "recall"),
        _total_of(judged["honest"], "hurt"),
    )
    return [
        ("attackers caught", f"{number(caught)} of {number(bad)}"),
        ("honest people refused", f"{number(hurt)} of {number(good)}"),
        ("honest people challenged", number(sum(row["challenged"] for row in judged["honest"]))),
        ("kept from attackers, CNY", yuan(money["prevented"])),
        ("lost to attackers, CNY", yuan(money["lost"])),
        ("cost of mistakes, CNY", yuan(money["margin"] + money["hurt"] + money["challenges"])),
        ("net benefit, CNY", yuan(money["net"])),
    ]


def _payments(shown: Mapping[str, float]) -> str:
    """What became of payments, where a merchant was told of them."""
    asked = shown.get("pay.asked")
    if not asked:
        return ""
    paid, settled, never, twice = (shown[f"pay.{tail}"] for tail in ("paid", "settled", "unsettled", "settled_twice"))
    ends = [f"{number(never)} never" if never else "", f"{number(twice)} more than once" if twice else ""]
    told = " and ".join(filter(None, ends)) or "none was left open, none settled twice"
    return (
        f"{number(asked)} orders were to be paid, and {number(paid)} were. {number(settled)} of these were settled: {told}."
    )


def _orders(summary: Summary, world: str, context: Context) -> str:
    shown = summary["worlds"][world]["metrics"]
    placed = shown.get("order_notice.placed")
    if not placed:
        told = [f"{number(calls)} {action}" for action, calls in _most_called(shown)]
        return f"Calls that were let through: {', '.join(told)}." if told else ""
    busiest = summary["busiest"][world]
    when = clock(busiest["at"], long=is_long(context.duration))
    return f"{number(placed)} orders were placed, {number(busiest['orders'])} of them in the minute from {when} on."


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


def _figures(shown: Mapping[str, float]) -> list[tuple[str, str]]:
    opened = _total(shown, ".opened")
    figures = [
        ("orders to be paid", _plain(shown, "pay.asked")),
        *((what, _plain(shown, f"pay.{tail}")) for what, tail in PAID),
        ("orders placed", _plain(shown, "order_notice.placed")),
        ("notices delivered", _plain(shown, "order_notice.delivered")),
        ("notices lost", _plain(shown, "order_notice.lost")),
        ("within 30 s", f"{shown['order_notice.within_30s'] * 100:.1f} %" if "order_notice.within_30s" in shown else ""),
        ("calls refused", _total(shown, ".refused")),
        ("accepted, silently dropped", _total(shown, ".dropped")),
        ("fuse opened", opened if opened != "0" or "order_notice.placed" in shown else ""),
        ("fuse open for", lasting(sum(ms for name, ms in shown.items() if name.endswith(".open_ms")))),
    ]
    calls = (
        []
        if {"order_notice.placed", "pay.asked"} & shown.keys()
        else [(f"{name} let through", number(n)) for name, n in _most_called(shown)]
    )
    return [*calls, *((what, text) for what, text in figures if text)]


def _plain(shown: Mapping[str, float], name: str) -> str:
    return number(shown[name]) if name in shown else ""


def _total(shown: Mapping[str, float], tail: str) -> str:
    return number(sum(value for name, value in shown.items() if name.endswith(tail) and not name.startswith("load.")))
