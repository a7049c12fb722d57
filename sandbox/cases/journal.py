"""From a journal to rows: what was asked and told, with the verdicts as they were given.

Law: one pass, event by event. A journal that says too little to be played again is refused with the event's number.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sandbox.errors import InputError

from .rows import PASSED, Row

PREFIX = "actor."
OWN = ("user", "device", "ip", "event")
"""Attributes that the journal gives by their own names where risk control watches."""

SAID = ("ok", "took", "started", "cost")
NEEDED = {
    "verdict": ("at", "account", "action", "allowed", "code", "rule", "tier"),
    "told": ("at", "account", "signal", "platform", "about", *SAID),
}


def rows(events: Iterable[tuple[int, Mapping[str, Any]]], account: str, where: str, world: str = "") -> Iterator[Row]:
    """The rows of one account's events, numbered as in `where`; of one world when the events are of two."""
    for number, event in events:
        kind = event.get("kind")
        if kind not in NEEDED or event.get("account", account) != account or event.get("world", world) != world:
            continue
        for name in NEEDED[kind]:
            if name not in event:
                raise InputError(f"{where}:{number}", name, "(absent)", f"a value: every {kind} event has one")
        if type(event["at"]) is not int:
            raise InputError(f"{where}:{number}", "at", event["at"], "ms since the epoch, a whole number")
        yield _call(event) if kind == "verdict" else _fact(event)


def _call(event: Mapping[str, Any]) -> Row:
    row: Row = {"at": event["at"], "action": event["action"], "actor": _actor(event)}
    if "cost" in event:
        row["cost"] = event["cost"]
    said = [event["allowed"], event["code"], event["rule"], event["tier"]]
    return row if said == PASSED else {**row, "said": said}


def _fact(event: Mapping[str, Any]) -> Row:
    payload = {name.removeprefix("payload."): value for name, value in event.items() if name.startswith("payload.")}
    row: Row = {"at": event["at"], "signal": event["signal"], "platform": event["platform"], "about": event["about"]}
    row |= {name: event[name] for name in SAID}
    return {**row, "actor": _actor(event), **({"payload": payload} if payload else {})}


def _actor(event: Mapping[str, Any]) -> dict[str, str]:
    """The caller's attributes. In a fact, `platform` and the like are its own, so only prefixed names count there."""
    actor = {name.removeprefix(PREFIX): value for name, value in event.items() if name.startswith(PREFIX)}
    return {**{name: event[name] for name in OWN if name in event}, **actor}
