"""The table at the top of a report: a handful of figures, by world.

Law: told from the summary alone; what has nothing to tell is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .moments import lasting
from .shape import Summary
from .summary import number, yuan

QUIET = ("accepted, silently dropped", "fuse open for")
"""What is not worth a line when it never happened."""

PAID = (
    ("orders paid", "paid"),
    ("settled", "settled"),
    ("never settled", "unsettled"),
    ("settled more than once", "settled_twice"),
)
"""(what, metric) of payments."""

CARDS = (
    ("cards shown", "exposed"),
    ("cards looked at", "viewed"),
    ("cards taken", "claimed"),
    ("cards redeemed", "redeemed"),
)
"""(what, metric) of a campaign."""

TOLD = {"order_notice.placed", "pay.asked", "campaign.exposed"}
"""Where one of these was seen, it says more than how often which call was made."""

MOST_ACTIONS = 4
"""How many actions are named where there are no orders to tell of."""


def glance(summary: Summary) -> list[tuple[str, dict[str, str]]]:
    """(what, by world: how much) for the table at the top."""
    rows: dict[str, dict[str, str]] = {}
    for name, world in summary["worlds"].items():
        judged = summary["risk"].get(name)
        for what, text in _judged(judged) if judged else _figures(summary, world["metrics"]):
            rows.setdefault(what, {})[name] = text
    return [(what, texts) for what, texts in rows.items() if what not in QUIET or {*texts.values()} - {"0", "0 ms"}]


def total_of(rows: Sequence[Mapping[str, Any]], key: str) -> tuple[int, int]:
    """(hits, of) of a share, over all rows."""
    return sum(row[key]["hits"] for row in rows), sum(row[key]["of"] for row in rows)


def _judged(judged: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The table at the top of a run with labelled traffic."""
    money, (caught, bad), (hurt, good) = (
        judged["balance"],
        total_of(judged["attacks"], "recall"),
        total_of(judged["honest"], "hurt"),
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


def settles(summary: Summary, shown: Mapping[str, float]) -> bool:
    """Was anything settled, or expected to be?"""
    return bool(shown.get("pay.settled")) or any("settled" in row["name"] for row in summary["expectations"])


def most_called(shown: Mapping[str, float]) -> list[tuple[str, float]]:
    """The actions most often let through, with how often."""
    allowed = [
        (name.removesuffix(".allowed"), calls) for name, calls in shown.items() if name.endswith(".allowed") and calls
    ]
    return sorted(allowed, key=lambda one: (-one[1], one[0]))[:MOST_ACTIONS]


def _figures(summary: Summary, shown: Mapping[str, float]) -> list[tuple[str, str]]:
    opened = _total(shown, ".opened")
    figures = [
        *((what, _plain(shown, f"campaign.{tail}")) for what, tail in CARDS),
        ("orders to be paid", _plain(shown, "pay.asked")),
        *((what, _plain(shown, f"pay.{tail}")) for what, tail in PAID[: len(PAID) if settles(summary, shown) else 1]),
        ("orders placed", _plain(shown, "order_notice.placed")),
        ("notices delivered", _plain(shown, "order_notice.delivered")),
        ("notices lost", _plain(shown, "order_notice.lost")),
        ("within 30 s", f"{shown['order_notice.within_30s'] * 100:.1f} %" if "order_notice.within_30s" in shown else ""),
        ("calls refused", _total(shown, ".refused")),
        ("accepted, silently dropped", _total(shown, ".dropped")),
        ("fuse opened", opened if opened != "0" or "order_notice.placed" in shown else ""),
        ("fuse open for", lasting(sum(ms for name, ms in shown.items() if name.endswith(".open_ms")))),
    ]
    calls = [] if TOLD & shown.keys() else [(f"{name} let through", number(n)) for name, n in most_called(shown)]
    return [*calls, *((what, text) for what, text in figures if text)]


def _plain(shown: Mapping[str, float], name: str) -> str:
    return number(shown[name]) if name in shown else ""


def _total(shown: Mapping[str, float], tail: str) -> str:
    return number(sum(value for name, value in shown.items() if name.endswith(tail) and not name.startswith("load.")))
