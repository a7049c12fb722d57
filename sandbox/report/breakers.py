"""The fold over breaker moves: when each breaker was in which state.

Law: a breaker has no timer, so its `half_open` is recorded when the next call looks, maybe long after. It counts as open until
`until` and not a moment longer: from then on a call would have been let through.
"""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

from sandbox.events import Event

from .fields import text, whole

CUT_OFF = ("open", "forced_open")
"""The states in which no call passes."""


class Move(NamedTuple):
    """One change of state at `at` (ms); `until` is when an open breaker may be probed (0: only a hand moves it)."""

    at: int
    was: str
    state: str
    until: int


class Stretch(NamedTuple):
    """A time [start, end) ms that a breaker spent in one state."""

    rule: str
    subject: str
    state: str
    start: int
    end: int


class Breakers:
    """Every breaker's moves, by (rule, subject)."""

    def __init__(self) -> None:
        self.moves: defaultdict[tuple[str, str], list[Move]] = defaultdict(list)

    def __call__(self, event: Event) -> None:
        """Take one `breaker` event."""
        move = Move(whole(event, "at"), text(event, "was"), text(event, "state"), whole(event, "until"))
        self.moves[text(event, "rule"), text(event, "subject")].append(move)

    def stretches(self, end: int) -> list[Stretch]:
        """Which state each breaker was in from its first move until `end` (ms)."""
        return [one for (rule, subject), moves in self.moves.items() for one in _stretches(rule, subject, moves, end)]

    def metrics(self, end: int) -> dict[str, float]:
        """`<breaker>.opened` and `<breaker>.open_ms`, over all its subjects, up to `end` (ms)."""
        found: defaultdict[str, float] = defaultdict(int)
        for (rule, _), moves in self.moves.items():
            found[f"{rule}.opened"] += sum(opens(move) for move in moves)
            found[f"{rule}.open_ms"] += 0
        for rule, _, state, start, stop in self.stretches(end):
            found[f"{rule}.open_ms"] += stop - start if state in CUT_OFF else 0
        return dict(found)


def opens(move: Move) -> bool:
    """Did the breaker open with this move? A trip of one that was just being probed is an opening of its own."""
    return move.state == "open" or (move.state == "forced_open" and move.was not in CUT_OFF)


def _stretches(rule: str, subject: str, moves: list[Move], end: int) -> list[Stretch]:
    found = []
    ends = [move.at for move in moves[1:]] + [max(end, moves[-1].at)]
    for move, stop in zip(moves, ends, strict=True):
        cooled = min(move.until, stop) if move.state == "open" and move.until else stop
        found.append(Stretch(rule, subject, move.state, move.at, cooled))
        found.append(Stretch(rule, subject, "half_open", cooled, stop))
    return [one for one in found if one.start < one.end]
