"""Packs on their own: the labelled traffic of a scenario as files, and each detector's marginal gain over it.

Law: what is written depends on scenario and seed alone, byte for byte; the manifest holds the digest that says so.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from sandbox.behaviour.pack import ACTIONS, WHO, Pack, actors, merged
from sandbox.behaviour.playing import PACKS
from sandbox.errors import InputError, MachineError
from sandbox.events import Event, line
from sandbox.report.rejudge import leave_one_out
from sandbox.report.risk import FIRST_ATTACK, MARGINAL
from sandbox.report.risk_figures import metrics
from sandbox.rulebooks import Rulebook
from sandbox.run import as_json, write_text
from sandbox.scenario import Scenario

from .scenarios import load_scenario
from .settings import books_and_changes

TOLD = ("recall", "precision", "fpr", "value_kept", "net_benefit")
"""What is told of the pack as judged without a detector."""


def pack_of(scenario: Scenario, seed: int) -> Pack | None:
    """The labelled traffic of all populations that play some; None when none does."""
    packs = [
        PACKS[one.behaviour](f"{seed}/{one.name}", place, **one.options)
        for place, one in enumerate(scenario.players)
        if one.behaviour in PACKS
    ]
    return merged(packs) if packs else None


def marginals(scenario: Scenario, books: Mapping[str, Rulebook], seed: int, account: str) -> Iterator[Event]:
    """What the figures would be without each detector, as events; first, under no name, what they are."""
    pack = pack_of(scenario, seed)
    if pack is None:
        return
    for rule, table in leave_one_out(books["wechat"].book, pack, scenario.start_ms):
        found = metrics(table)
        told = {name: found[f"risk.{name}"] for name in TOLD if f"risk.{name}" in found}
        yield {"at": scenario.start_ms + scenario.duration, "kind": MARGINAL, "account": account, "rule": rule, **told}


def export(path: Path, out: Path, seed: int | None, rulebooks: Path | None, sets: list[str]) -> Path:
    """Write a scenario's pack: `events.jsonl`, `database.jsonl`, `manifest.json`. Raises InputError and MachineError."""
    books, changes = books_and_changes(rulebooks, sets)
    scenario, _ = load_scenario(path, books, changes)
    seed = scenario.seed if seed is None else seed
    pack = pack_of(scenario, seed)
    if pack is None:
        wanted = "a population whose behaviour is " + " or ".join(PACKS)
        raise InputError(str(path), "population", [one.behaviour for one in scenario.players], wanted)
    digests = {
        "events.jsonl": _write(out / "events.jsonl", _lines(pack)),
        "database.jsonl": _write(out / "database.jsonl", ({"of": one.of, "value": one.value} for one in pack.listings)),
    }
    write_text(
        out / "manifest.json",
        as_json({"scenario": scenario.name, "seed": seed, "sha256": digests, **_figures(scenario, pack)}),
    )
    return out / "manifest.json"


def _lines(pack: Pack) -> Iterator[Event]:
    """Each event as a flat object: its number, ms after the start, what was done and by whom, and what it really was."""
    columns = pack.columns
    rows = zip(
        *(columns[name].tolist() for name in ("at", "action", "valid", "value", "bad", "who")), actors(columns), strict=True
    )
    for at, action, valid, value, bad, who, actor in rows:
        attack = WHO[who] if who >= FIRST_ATTACK else ""
        truth = {"value": value, "bad": bool(bad), "attack": attack, "who": WHO[who]}
        yield {"event": actor["event"], "at": at, "action": ACTIONS[action], **actor, "valid": bool(valid), **truth}


def _write(path: Path, events: Iterator[Event] | Iterator[dict[str, str]]) -> str:
    """Write the lines; the file's SHA-256."""
    digest = hashlib.sha256()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            for event in events:
                text = (line({**event}) + "\n").encode()
                digest.update(text)
                file.write(text)
    except OSError as problem:
        raise MachineError(f"{path} cannot be written: {problem.strerror or problem}") from None
    return digest.hexdigest()


def _figures(scenario: Scenario, pack: Pack) -> dict[str, Any]:
    """How much of what there is in it, and the options that made it."""
    columns = pack.columns
    who = {}
    for number in np.unique(columns["who"]).tolist():
        mine = columns["who"] == number
        bad = mine & (columns["bad"] > 0)
        who[WHO[number]] = {
            "users": len(np.unique(columns["user"][mine])),
            "events": int(mine.sum()),
            "bad": int(bad.sum()),
            "bad_value": int(columns["value"][bad].sum()),
        }
    populations = {
        one.name: {"behaviour": one.behaviour, **one.options} for one in scenario.players if one.behaviour in PACKS
    }
    return {
        "start": scenario.start.isoformat(),
        "events": len(pack),
        "listed": len(pack.listings),
        "who": who,
        "populations": populations,
    }
