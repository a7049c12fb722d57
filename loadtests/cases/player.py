"""Plays cases over HTTP, any number at once, each in an account of its own, on one clock.

Law: whatever the way, verdicts are read from the journal, and what the client was told must be what the gate decided. The
moments of all cases are played in the order of time, so that the clock moves forward only.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

from loadtests.cases.stage import Opened, Stage, begins
from loadtests.cases.ways import ACTED, ASKED, TOLD, payload_of, way_of
from loadtests.codec import FAILURES
from sandbox.cases import Burst, Case, Seen, bursts, served
from sandbox.errors import MachineError
from sandbox.policy import NEVER, UNLIMITED, Call, Signal

Answered = list[tuple[Burst, list[Seen]]]
Event = Mapping[str, Any]


@dataclass(slots=True)
class Part:
    """One case being played."""

    case: Case
    account: str
    sent: list[tuple[Burst, list[Any]]] = field(default_factory=list)
    number: int = 0
    ways: Counter[str] = field(default_factory=Counter)


def play_all(stage: Stage, cases: Sequence[Case]) -> tuple[list[Answered], Counter[str]]:
    """What each case heard, burst by burst; and how many calls and facts travelled which way."""
    parts = [Part(case, f"{case.name}-{number}") for number, case in enumerate(cases)]
    moments = heapq.merge(*(_moments(part) for part in parts), key=lambda one: one[0])
    opened: dict[str, Opened] = {}
    for at, part, burst in moments:
        stage.move_to(at)
        if burst is None:
            opened[part.account] = stage.open(part.case, part.account)
        else:
            said = [_perform(stage, part, opened[part.account], *many) for many in _alike(burst.wishes)]
            part.sent.append((burst, said))
    journal = stage.journal()
    answered = [_answered(part, journal.get(part.account, [])[opened[part.account].before :]) for part in parts]
    return answered, sum((part.ways for part in parts), Counter())


def _moments(part: Part) -> Iterator[tuple[int, Part, Burst | None]]:
    yield begins(part.case, part.account), part, None
    for burst in bursts(part.case, part.account):
        yield burst.at, part, burst


def _alike(wishes: Iterable[Call | Signal]) -> Iterator[tuple[Call | Signal, int]]:
    """Wishes that are the same one after the other, and how many."""
    for _, same in groupby(wishes, key=lambda wish: (wish.actor, getattr(wish, "payload", None))):
        alike = list(same)
        yield alike[0], len(alike)


def _perform(stage: Stage, part: Part, opened: Opened, wish: Call | Signal, times: int) -> Any:
    """Send it; what came back: codes of the wire, how many were asked, or the answers of facts."""
    if isinstance(wish, Signal):
        part.ways[TOLD] += times
        told = replace(wish, actor={**opened.identity[wish.platform], **wish.actor})
        return [stage.tell(told) for _ in range(times)]
    way = way_of(wish, opened.held)
    part.ways[way] += times
    body = {"account": part.account, "action": wish.action, "actor": dict(wish.actor), "cost": wish.cost}
    if way == ACTED:
        return (wish, [stage.ask("POST", "/acts", body)["code"] for _ in range(times)])
    if way == ASKED:
        return (wish, [None] * stage.ask("POST", "/ask", {**body, "times": times})["asked"])
    codes = []
    for _ in range(times):
        part.number += 1
        reply = opened.talk.call(wish._replace(payload=payload_of(wish, opened.held, part.number)))
        if reply.code in FAILURES:
            raise MachineError(f"{part.account}: no platform answered {wish.action}: {reply.code}")
        codes.append(reply.code)
    return (wish, codes)


def _answered(part: Part, events: Sequence[Event]) -> Answered:
    """Each burst's answers, verdicts from the journal in the order in which they were given."""
    verdicts = _verdicts(events)
    answered: Answered = []
    for burst, sent in part.sent:
        seen: list[Seen] = []
        for one in sent:
            if isinstance(one, tuple):
                call, codes = one
                if call.payload:
                    seen += [served(code) for code in codes]
                    continue
                seen += [_seen(call, code, verdicts, part.account) for code in codes]
            else:
                seen += [_heard(answer) for answer in one]
        answered.append((burst, seen))
    return answered


def _verdicts(events: Sequence[Event]) -> dict[str, Iterator[tuple[Event, list[Event]]]]:
    """By action, each verdict and the sanctions that followed it."""
    found: dict[str, list[tuple[Event, list[Event]]]] = {}
    last: list[Event] = []
    for event in events:
        if event["kind"] == "verdict":
            last = []
            found.setdefault(event["action"], []).append((event, last))
        elif event["kind"] == "told":
            last = []
        elif event["kind"] == "sanction":
            last.append(event)
    return {action: iter(rows) for action, rows in found.items()}


def _seen(call: Call, said: str | None, verdicts: Mapping[str, Iterator[tuple[Event, list[Event]]]], account: str) -> Seen:
    """What the journal's verdict on this call says; a refusal's code is the one that the client saw.

    A client that was told nothing of a refusal was let through, whatever the gate decided. What a service finds wrong with a call
    that the gate allowed is its own business.
    """
    found = next(verdicts.get(call.action, iter(())), None)
    if found is None:
        raise MachineError(f"{account}: the journal has no verdict for a {call.action}; the platform answered {said!r}")
    event, sanctions = found
    until = event.get("until")
    return {
        "allowed": event["allowed"] or said == "",
        "code": event["code"] if said is None or event["allowed"] else said,
        "rule": event["rule"],
        "retry_after": NEVER if event["retry_after"] is None else event["retry_after"],
        "never": event["retry_after"] is None,
        "remaining": UNLIMITED if event["remaining"] is None else event["remaining"],
        "tripped": event.get("tripped", ""),
        "tier": event["tier"],
        "shadowed": tuple(event.get("shadowed", "").split()),
        "score": event.get("score", 0),
        "risk": event.get("risk", ""),
        "rules": tuple(event.get("rules", "").split()),
        "lasts": until - event["at"] if until else 0,
        "sanctions": [_row(one) for one in sanctions],
    }


def _heard(answer: Mapping[str, Any]) -> Seen:
    sanctions = [_row(one) for one in answer["sanctions"]]
    return {"ok": answer["ok"], "code": "" if answer["ok"] else answer["code"], "sanctions": sanctions}


def _row(one: Mapping[str, Any]) -> tuple[str, str, str, int]:
    return (one["effect"], one["rule"], one["subject"], NEVER if one["until"] is None else one["until"])
