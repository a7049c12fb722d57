"""Plots (g): risk control over labelled traffic: what was caught, precision over recall, tiers by day, what each detector is worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from .canvas import BLUE, BOTTOM, GREEN, INK, ORANGE, RIGHT, SKY, TOP, VERMILION, YELLOW, Plot, draw

Section = Mapping[str, Any]
TIER_COLOURS = (SKY, YELLOW, ORANGE, VERMILION)
MOST_DETECTORS = 14


def risk(sections: Mapping[str, Section]) -> list[Plot]:
    """The pictures of the first world that has labelled traffic; none when none has."""
    for section in sections.values():
        if section["attacks"]:
            told = len(section["days"]) > 1 or any(row["gain"] for row in section["detectors"])
            return [_caught(section), *([_days(section)] if told else [])]
    return []


def _caught(section: Section) -> Plot:
    attacks = section["attacks"]

    def paint(figure: Figure) -> None:
        left, right = _columns(figure, (1.45, 0.75))
        _bars(left, attacks)
        _curve(right, section["curve"])

    caught, hurt = ([sum(row[key][part] for row in rows) for part in ("hits", "of")] for key, rows in _counted(section))
    title = f"{caught[0]:,} of {caught[1]:,} attackers were caught; {hurt[0]:,} of {hurt[1]:,} honest people were hurt"
    note = (
        "By attack: the share of attackers caught, with Wilson's 95 % interval (dots), and of the money that was kept from them (bars). "
        "By score: precision and recall if everybody who ever had that score (the number at the dot) were called an attacker."
    )
    high = 0.9 + 0.28 * max(8, len(attacks))
    return Plot("risk_caught", title, draw("risk_caught", (10.4, high), paint), note, 2)


def _counted(section: Section) -> tuple[tuple[str, list[dict[str, Any]]], ...]:
    return ("recall", section["attacks"]), ("hurt", section["honest"])


def _columns(figure: Figure, lefts: Sequence[float]) -> list[Axes]:
    """Axes side by side in columns of equal width; `lefts` is each one's room for labels, inches."""
    wide, high = figure.get_size_inches()
    step, tall = 1 / len(lefts), 1 - (TOP + BOTTOM) / high
    return [
        figure.add_axes((place * step + left / wide, BOTTOM / high, step - (left + RIGHT) / wide, tall))
        for place, left in enumerate(lefts)
    ]


def _bars(axes: Axes, attacks: list[dict[str, Any]]) -> None:
    rows = np.arange(len(attacks))
    shares = np.array([row["recall"]["share"] for row in attacks])
    low, high = (np.array([row["recall"][key] for row in attacks]) for key in ("low", "high"))
    axes.barh(rows, [row["kept"] for row in attacks], 0.6, color=SKY, label="money kept")
    around = np.maximum(0, [shares - low, high - shares])
    axes.errorbar(shares, rows, xerr=around, fmt="o", color=BLUE, capsize=3, markersize=4, label="attackers caught")
    axes.set_yticks(rows, [row["name"].replace("_", " ") for row in attacks])
    axes.invert_yaxis()
    axes.set_xlim(0, 1.04)
    axes.grid(visible=True, axis="x")
    axes.grid(visible=False, axis="y")
    axes.xaxis.set_major_formatter(PercentFormatter(1.0))
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2)


def _curve(axes: Axes, points: list[tuple[int, float, float]]) -> None:
    axes.plot([recall for _, _, recall in points], [precision for _, precision, _ in points], color=BLUE, marker=".")
    for score, precision, recall in points[:: max(1, len(points) // 6)]:
        axes.annotate(f"{score}", (recall, precision), textcoords="offset points", xytext=(4, -10), fontsize=7.5, color=INK)
    axes.set_xlim(0, 1.05)
    axes.set_ylim(0, 1.05)
    axes.set_xlabel("recall (stricter to the left)")
    axes.set_ylabel("precision")
    axes.xaxis.set_major_formatter(PercentFormatter(1.0))
    axes.yaxis.set_major_formatter(PercentFormatter(1.0))


def _days(section: Section) -> Plot:
    gains = [row for row in section["detectors"] if row["gain"]][:MOST_DETECTORS]

    def paint(figure: Figure) -> None:
        several = _columns(figure, (0.6, 0.6, 1.15) if gains else (0.6, 0.6))
        _stack(several[0], section["days"], "bad", 0)
        several[0].set_title("bad acts by tier")
        several[0].set_ylim(0, several[0].get_ylim()[1] * 1.3 or 1)
        several[0].legend(ncols=2, loc="upper left", fontsize=7.5)
        _stack(several[1], section["days"], "honest", 1)
        several[1].set_title("honest acts above tier 0")
        if gains:
            _gains(several[2], gains)

    acts = sum(sum(row["honest"]) for row in section["days"])
    note = f"Tier 0 lets pass, 1 observes or challenges, 2 denies, 3 freezes. Of {acts:,} honest acts the rest met tier 0."
    title = "What met which tier, day by day" + (", and the money that each detector alone keeps" if gains else "")
    return Plot("risk_days", title, draw("risk_days", (10.4, 3.4), paint), note, 3 if gains else 2)


def _stack(axes: Axes, days: list[dict[str, Any]], key: str, lowest: int) -> None:
    below = np.zeros(len(days))
    for tier, colour in [*enumerate(TIER_COLOURS)][lowest:]:
        counts = np.array([row[key][tier] for row in days])
        axes.bar([row["day"] + 1 for row in days], counts, 0.7, bottom=below, color=colour, label=f"tier {tier}")
        below += counts
    axes.set_xlim(0.4, len(days) + 0.6)
    axes.xaxis.set_major_locator(MaxNLocator(7, integer=True))
    axes.set_xlabel("day")


def _gains(axes: Axes, rows: list[dict[str, Any]]) -> None:
    places = np.arange(len(rows))
    axes.barh(places, [row["gain"]["value_kept"] for row in rows], 0.7, color=GREEN)
    axes.set_yticks(places, [row["rule"].partition(".")[2].replace("_", " ") for row in rows], fontsize=7)
    axes.invert_yaxis()
    axes.grid(visible=True, axis="x")
    axes.grid(visible=False, axis="y")
    axes.xaxis.set_major_formatter(PercentFormatter(1.0))
    axes.set_title("kept by it alone")
