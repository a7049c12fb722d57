"""From metrics to a verdict, and to the sentences that explain it.

Law: interrupted beats invalid, invalid beats fail, fail beats pass. When nobody can know whether the expectations hold, the verdict
is INVALID, whatever the figures look like.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .agreement import Tolerance, agreement
from .expect import Expectation, judged
from .kpis import banded
from .metrics import World
from .shape import AgreementRow, ExpectationRow, Summary, Verdict
from .vocabulary import Vocabulary, why_absent

SMALLEST = 1e-9
"""Less than this is the noise of a sum."""

LATE_SHARE = 0.01
"""A generator that sends more than this share of its calls late measures itself."""

EXIT_CODES: Mapping[str, int] = {"pass": 0, "fail": 99, "invalid": 98, "interrupted": 130}
"""What a command that ends with this verdict returns."""


def exit_code(summary: Summary) -> int:
    """The exit status of a run with this summary."""
    return EXIT_CODES[summary["verdict"]]


def summarise(
    worlds: Mapping[str, World],
    expectations: Sequence[Expectation],
    tolerances: Sequence[Tolerance],
    vocabulary: Vocabulary,
    *,
    asked: Sequence[str],
    invalid_reasons: Sequence[str] = (),
    failures: Sequence[str] = (),
    interrupted: str = "",
) -> Summary:
    """The verdict with its reasons, judged over what each world showed. Raises InputError for a metric without a tolerance.

    `asked` names the worlds that were to run, `invalid_reasons` what the caller knows against the run (a mock that could not keep
    up), `failures` what failed beside the expectations (a replication), `interrupted` why it did not come to its end. Who and when is filled in by `build`.
    """
    shown = {name: banded(world.metrics(), vocabulary.bands) for name, world in worlds.items()}
    rows = judged(expectations, shown, vocabulary)
    sides = agreement(shown["sim"], shown["live"], tolerances, vocabulary) if {"sim", "live"} <= shown.keys() else []
    doubts = [*invalid_reasons, *_doubts(worlds, asked)]
    if not rows and not compared(sides) and not failures:
        doubts.append("Nothing was expected of the worlds that ran, so nothing was judged")
    verdict, reasons = _verdict(rows, sides, doubts, failures, interrupted, vocabulary)
    return {
        "scenario": "",
        "seed": 0,
        "verdict": verdict,
        "reasons": reasons,
        "worlds": {name: {"metrics": metrics} for name, metrics in shown.items()},
        "expectations": rows,
        "agreement": sides,
        "description": "",
        "story": [],
        "not_judged": [
            f"{one.world}:{one.name} {one.expected}" for one in expectations if one.world and one.world not in shown
        ],
        "refusals": [],
        "moments": [],
        "busiest": {},
        "load": {name: dict(world.load) for name, world in worlds.items()},
        "manifest": {},
        "risk": {},
        "capacity": [],
        "shops": {name: world.shop.told() for name, world in worlds.items() if world.shop.counts},
    }


def _verdict(
    rows: list[ExpectationRow],
    sides: list[AgreementRow],
    doubts: list[str],
    failures: Sequence[str],
    interrupted: str,
    vocabulary: Vocabulary,
) -> tuple[Verdict, list[str]]:
    faults = _unmet([row for row in rows if not row["holds"]], vocabulary)
    faults += [*(_apart(row) for row in sides if not row["within"]), *failures]
    if interrupted:
        return "interrupted", [interrupted]
    if doubts:
        return "invalid", doubts
    if faults:
        return "fail", faults
    return "pass", _held(rows, sides)


def _doubts(worlds: Mapping[str, World], asked: Sequence[str]) -> list[str]:
    """Why nothing can be said, if so."""
    doubts = [f"The {name} world was asked for and left no events" for name in asked if name not in worlds]
    for name, world in worlds.items():
        doubts += _load_doubts(name, world.load)
        if world.broken:
            doubts.append(f"{world.broken:,} requests, pushes or events in {name} failed in the sandbox itself")
    return doubts


def _load_doubts(name: str, load: Mapping[str, int]) -> list[str]:
    if not load:
        return [f"The load generator of {name} gave no account of itself"]
    planned, sent, late, dropped = (load[key] for key in ("planned", "sent", "late", "dropped"))
    doubts = []
    if late > LATE_SHARE * planned:
        doubts.append(
            f"The load generator sent {late:,} of {planned:,} calls late in {name} (more than 1 %): it measured itself"
        )
    if (held_up := load["late_looks"]) > LATE_SHARE * load["looks"]:
        doubts.append(f"The load generator of {name} was held up {held_up / load['looks']:.0%} of the time")
    if (off := load["clock_off_ms"]) > load["late_after_ms"]:
        doubts.append(
            f"The clock of {name} was {off:,} real ms from where the load generator had it at the end: somebody moved it"
        )
    if dropped:
        doubts.append(f"The load generator dropped {dropped:,} of {planned:,} planned calls in {name}")
    doubts += [
        f"{load[key]:,} answers in {name} were {what}: they say nothing of the platform"
        for key, what in (("sandbox_errors", "failures of the sandbox itself"), ("transport_errors", "lost on the way"))
        if load.get(key)
    ]
    if sent + dropped != planned:
        doubts.append(f"The load generator planned {planned:,} calls in {name} and accounts for {sent + dropped:,}")
    return doubts


def _unmet(rows: list[ExpectationRow], vocabulary: Vocabulary) -> list[str]:
    """A sentence for each expectation, whichever worlds it does not hold in."""
    found: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        seen = "has no samples" if row["actual"] is None else f"is {number(row['actual'])}"
        why = f" ({why_absent(row['name'], vocabulary)})" if row["actual"] is None else ""
        told = found.setdefault((row["name"], row["expected"]), [])
        same = bool(told) and told[0].startswith(f"{seen} in ")
        told.append(f"in {row['world']}" if same else f"{seen} in {row['world']}{why}")
    return [f"{name} {' and '.join(told)}, expected {expected}" for (name, expected), told in found.items()]


def _apart(row: AgreementRow) -> str:
    sim, live, difference = row["sim"], row["live"], row["difference"]
    if difference is None:
        here, there, seen = ("sim", "live", sim) if live is None else ("live", "sim", live)
        return f"{row['metric']} is {number(seen)} in {here} and was not seen in {there}"
    share = f"{difference * 100:.3g} % apart, allowed: {row['allowed']}"
    return f"{row['metric']} is {number(sim)} in sim and {number(live)} in live: {share}"


def _held(rows: list[ExpectationRow], sides: list[AgreementRow]) -> list[str]:
    """What a pass rests on."""
    where = " and ".join(sorted({row["world"] for row in rows}, reverse=True))
    held = [f"All {len(rows)} expectations hold in {where}"] if rows else []
    return held + ([f"Sim and live agree on all {compared(sides)} metrics compared"] if sides else [])


def compared(sides: Sequence[AgreementRow]) -> int:
    """How many metrics are really held against each other."""
    return sum(row["tolerance"] is not None for row in sides)


def number(value: float | None) -> str:
    """A figure for people: thousands apart, at most four digits after the point, a dash for none."""
    if value is None:
        return "–"
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.4f}".rstrip("0")


def yuan(fen: float) -> str:
    """An amount of fen in whole yuan, for people."""
    return f"{fen / 100:,.0f}"


def percent(share: float) -> str:
    """A share for people, three digits of it; never more than it is, and nothing is nothing."""
    return f"{share * 100:.3g} %" if share >= SMALLEST else "0 %"
