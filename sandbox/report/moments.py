"""The moments that explain a run: the first refusal, each move of a fuse, the first notice lost.

Law: every moment is told by an event or by its absence; times are virtual ms from the start of the world. A list that was cut
says by how much. Users read "fuse" where the code says breaker.
"""

from __future__ import annotations

from itertools import islice
from operator import itemgetter

from .breakers import Move
from .metrics import World
from .shape import MomentRow

MOVES = 12
"""How many moves of one breaker are told."""

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


def clock(ms: int, *, tenths: bool = False) -> str:
    """Virtual time from the start for people: `2:50`, `2:50.3` with tenths, with hours when there are any."""
    minutes, left = divmod(max(0, ms), 60_000)
    hours, minutes = divmod(minutes, 60)
    seconds = f"{left // 1000:02}" + (f".{left % 1000 // 100}" if tenths else "")
    return f"{hours}:{minutes:02}:{seconds}" if hours else f"{minutes}:{seconds}"


def lasting(ms: float) -> str:
    """A duration for people: `350 ms`, `12.5 s`, `3 min`, `2 h`."""
    for unit, size in (("h", 3_600_000), ("min", 60_000), ("s", 1_000)):
        if ms >= size:
            return f"{ms / size:,.1f}".removesuffix(".0") + f" {unit}"
    return f"{ms:,.0f} ms"


def _refusals(world: World) -> list[tuple[int, str]]:
    told = []
    for (action, code, rule), at in world.calls.first_refused.items():
        told.append((at, f"{action} is refused with {code} by {rule} for the first time"))
        if world.calls.refusals[action, code, rule] > 1:
            told.append(
                (
                    world.calls.last_refused[action, code, rule],
                    f"{action} is refused with {code} by {rule} for the last time",
                )
            )
    return told


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
    return [(at, f"the inbox of {who} is at its deepest") for who, (depth, at) in deepest.items() if depth > 1]
