"""The moments that explain a run: each rule's first and last refusal, each move of a fuse, the first notice lost.

Law: every moment is told by an event or by its absence; times are virtual ms from the start of the world. A list that was cut
says by how much. Users read "fuse" where the code says breaker.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import islice
from operator import itemgetter

from sandbox.clock import DAY

from .breakers import Move
from .calls import Refusal
from .inboxes import WORTH_TELLING
from .metrics import World
from .shape import MomentRow

MOVES = 12
"""How many moves of one breaker are told."""

LONG = 3_600_000
"""A run that takes longer (ms) tells its times with hours."""

EACH = {1_000: "a second", 60_000: "a minute", 3_600_000: "an hour", DAY: "a day"}

PLAIN = {
    "closed": "closes: calls pass again",
    "half_open": "lets a few calls through to try (half-open)",
    "forced_open": "is opened by hand",
    "disabled": "is switched off by hand",
    "metrics_only": "only watches, by hand",
}


def moments(name: str, world: World, start: int) -> list[MomentRow]:
    """One world's moments in order; `start` is its virtual start, ms."""
    told = [*_refusals(world), *_moves(world), *_losses(world), *_inboxes(world)]
    # At one moment the refusal comes before what it led to: the sort keeps the order above.
    return [{"world": name, "at": at - start, "what": what} for at, what in sorted(told, key=itemgetter(0))]


def clock(ms: int, *, tenths: bool = False, long: bool = False) -> str:
    """Virtual time from the start for people: `2:50`, `2:50.3` with tenths, with hours and days when there are any.

    In a `long` run hours are always shown, so that nobody takes minutes for hours.
    """
    minutes, left = divmod(max(0, ms), 60_000)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    seconds = f"{left // 1000:02}" + (f".{left % 1000 // 100}" if tenths else "")
    shown = f"{hours}:{minutes:02}:{seconds}" if hours or days or long else f"{minutes}:{seconds}"
    return f"{days} d {shown}" if days else shown


def is_long(duration: int) -> bool:
    """Does a run of so many ms need hours to tell its times?"""
    return duration > LONG


def lasting(ms: float) -> str:
    """A duration for people: `350 ms`, `12.5 s`, `3 min`, `2 h`, `7 days`."""
    if ms >= 2 * DAY:
        return f"{ms / DAY:,.1f}".removesuffix(".0") + " days"
    for unit, size in (("h", 3_600_000), ("min", 60_000), ("s", 1_000)):
        if ms >= size:
            return f"{ms / size:,.1f}".removesuffix(".0") + f" {unit}"
    return f"{ms:,.0f} ms"


def each(ms: int) -> str:
    """How often, for people: `a minute`, `a day`, `per 5 min`."""
    return EACH.get(ms) or f"per {lasting(ms)}"


def _refusals(world: World) -> list[tuple[int, str]]:
    """Each rule's first and last refusal, whatever it refused."""
    calls, by_rule = world.calls, defaultdict[str, list[Refusal]](list)
    for refusal in calls.first_refused:
        by_rule[refusal[2]].append(refusal)
    told = []
    for refusals in by_rule.values():
        first = min(refusals, key=lambda one: calls.first_refused[one])
        told.append((calls.first_refused[first], f"{_refused(first)} for the first time"))
        last = max(refusals, key=lambda one: calls.last_refused[one])
        if sum(calls.refusals[one] for one in refusals) > 1:
            told.append((calls.last_refused[last], f"{_refused(last)} for the last time"))
    return told


def _refused(refusal: Refusal) -> str:
    action, code, rule = refusal
    return f"{action} is refused with {code} by {rule}"


def _moves(world: World) -> list[tuple[int, str]]:
    told = []
    for (rule, subject), moves in world.breakers.moves.items():
        told += [(move.at, f"the fuse {rule} of {subject} {_plain(move)}") for move in islice(moves, MOVES)]
        if len(moves) > MOVES:
            told.append(
                (moves[MOVES].at, f"the fuse {rule} of {subject} moves {len(moves) - MOVES:,} more times, not told here")
            )
    return told


def _plain(move: Move) -> str:
    if move.state != "open":
        return PLAIN.get(move.state, move.state)
    return f"opens for {lasting(move.until - move.at)}" if move.until else "opens"


def _losses(world: World) -> list[tuple[int, str]]:
    told = []
    if drop := world.first_drop:
        at = int(str(drop["at"]))
        told.append((at, f"{drop['action']} to {drop.get('user')} is accepted and silently dropped, for the first time"))
    if lost := world.orders.lost():
        (first, order), (last, other) = lost[0], lost[-1]
        told.append((first, f"order {order} is placed: the first whose notice never arrives"))
        told += [(last, f"order {other} is placed: the last whose notice never arrives")] if len(lost) > 1 else []
    return told


def _inboxes(world: World) -> list[tuple[int, str]]:
    deepest = world.inboxes.deepest
    return [(at, f"the inbox of {who} is at its deepest") for who, (depth, at) in deepest.items() if depth >= WORTH_TELLING]
