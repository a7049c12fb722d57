"""Detectors: what about a call, or about a fact told afterwards, is suspicious.

Law: one small function a kind, made ready once from its data. A look is shown the subject's record, in which the cell of its rule is
`at`, and puts there what it must remember; it says NOT, HIT (the rule holds) or CROSSED (it began to hold with this very call, which
is what an offence is counted by). Attempts count whether or not they are let through, or an attacker who is refused would never be
seen to go on. A missing attribute is a subject of its own, with the limit `missing`; where a value is compared, a missing one is a
hit. Groups look at several records, and stand in `union`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final
from zlib import crc32

from .model import Cell
from .windows import UNUSED

NOT, HIT, CROSSED = 0, 1, 2

Look = Callable[[list[Cell], bool, Mapping[str, str], int, int], int]
"""`look(record, named, actor, cost, now)`: NOT, HIT or CROSSED. `named`: does the call name its subject?"""

DAY: Final = 86_400_000
DIGITS: Final = 18
BLACK, GREY, WHITE = 1, 2, 3
COLOURS: Final[Mapping[str, int]] = {"black": BLACK, "grey": GREY, "white": WHITE}


@dataclass(frozen=True, slots=True)
class Detector:
    """One atom of risk control. Times in ms, percentages whole.

    level      1 identity and frequency (A16), 2 behaviour (A17), 3 black-market lists (A18)
    actions    the calls it looks at; `signals` the facts; `parts` the calls that a ratio counts as its part
    scope      whom it counts; `of` the attribute that is counted, compared or looked up
    limit      hits above so many; for the subject without a name above `missing`
    samples    how many are needed before anything is said
    percent    a coefficient of variation, a share or a difference, by kind
    offset     when set, windows are aligned to the clock with this offset; -1 lets them begin at the first call
    blames     the attribute whose score gets the `points`; "" blames nobody
    offends    the ladder on which a hit is an offence of at least `rung`
    when       (attribute, value) pairs that a call must carry; a missing attribute counts as carried
    """

    id: str
    kind: str
    level: int
    actions: tuple[str, ...] = ()
    signals: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    scope: tuple[str, ...] = ()
    of: str = ""
    against: str = ""
    links: tuple[str, ...] = ()
    colour: str = "black"
    limit: int = 0
    missing: int = 0
    window: int = DAY
    offset: int = -1
    samples: int = 1
    percent: int = 0
    days: int = 1
    hub: int = 0
    below: bool = False
    failures: bool = False
    blames: str = ""
    points: int = 0
    offends: str = ""
    rung: int = 1
    effect: str = ""
    when: tuple[tuple[str, str], ...] = ()


def frequency(rule: Detector, at: int) -> Look:
    """More than `limit` units for each subject in a window."""
    limit, missing, window, offset = rule.limit, rule.missing, rule.window, rule.offset

    def look(record: list[Cell], named: bool, _actor: Mapping[str, str], cost: int, now: int) -> int:
        end, used = record[at] or UNUSED
        if now >= end:
            end, used = now + (window if offset < 0 else window - (now + offset) % window), 0
        after = used + cost
        record[at] = (end, after)
        most = limit if named else missing
        if after <= most:
            return NOT
        return CROSSED if used <= most else HIT

    return look


def distinct(rule: Detector, at: int) -> Look:
    """More than `limit` different values of `of` for each subject in a window.

    A cell is (hash, last seen) pairs, at most one more than the limit; a value's time is refreshed at an eighth of the window.
    """
    of, limit, missing, window, fresh = rule.of, rule.limit, rule.missing, rule.window, rule.window // 8

    def look(record: list[Cell], named: bool, actor: Mapping[str, str], _cost: int, now: int) -> int:
        cell, value = record[at], crc32(actor.get(of, "").encode())
        most = limit if named else missing
        if most and (not cell or (len(cell) == 2 and (cell[0] == value or cell[1] <= now - window))):
            if not cell or cell[0] != value or now - cell[1] >= fresh:
                record[at] = (value, now)
            return NOT  # the usual cases: one device, one user; or nobody for long
        live = cell if cell and cell[1] > now - window else lately(cell, now - window)
        values = live[::2]
        before = len(values)
        if value in values:
            place = 2 * values.index(value)
            if now - live[place + 1] < fresh:
                return HIT if before > most else NOT
            live = live[:place] + live[place + 2 :]
        after = record[at] = (*live, value, now)[-2 * most - 2 :]
        if len(after) <= 2 * most:
            return NOT
        return HIT if before > most else CROSSED

    return look


def lately(cell: Cell, since: int) -> Cell:
    """The pairs of a cell, the oldest first, that are not older than `since`."""
    start = 0
    while start < len(cell) and cell[start + 1] <= since:
        start += 2
    return cell[start:]


def repeat(rule: Detector, at: int) -> Look:
    """The same value of `of` once more in a window: a replayed signature. At most `samples` values are kept; more is a hit."""
    of, window, most = rule.of, rule.window, 2 * rule.samples

    def look(record: list[Cell], _named: bool, actor: Mapping[str, str], _cost: int, now: int) -> int:
        cell, value, since = record[at], crc32(actor.get(of, "").encode()), now - window
        if cell and cell[1] <= since:
            cell = lately(cell, since)
        record[at] = (*cell, value, now)[-most:]
        return CROSSED if value in cell[::2] or len(cell) >= most else NOT

    return look


def interval(rule: Detector, at: int) -> Look:
    """The last `samples` gaps of each subject vary by less than `percent` of their mean: no human hand. Longer than `window` is no gap."""
    window, samples, percent = rule.window, rule.samples, rule.percent

    def look(record: list[Cell], _named: bool, _actor: Mapping[str, str], _cost: int, now: int) -> int:
        cell = record[at]
        if not cell or now - cell[-1] > window:
            record[at] = (now,)
            return NOT
        times = record[at] = (*cell[-samples:], now)
        return HIT if len(times) > samples and _steady(times, percent) else NOT

    return look


def _steady(times: Cell, percent: int) -> bool:
    """Is the gaps' coefficient of variation below `percent`? Whole numbers throughout: var x n^2 = n x sum(g^2) - sum(g)^2."""
    gaps = [late - early for early, late in pairwise(times)]
    total = times[-1] - times[0]
    steady: bool = 10_000 * (len(gaps) * sum(gap * gap for gap in gaps) - total * total) < percent * percent * total * total
    return steady


def value(rule: Detector, _at: int) -> Look:
    """A number that the call carries is above `limit` (or below it)."""
    of, limit, below = rule.of, rule.limit, rule.below

    def look(_record: list[Cell], _named: bool, actor: Mapping[str, str], _cost: int, _now: int) -> int:
        text = actor.get(of, "")
        figure = int(text) if text.isdecimal() and len(text) <= DIGITS else number(text)
        if figure is None:
            return CROSSED
        return CROSSED if (figure < limit if below else figure > limit) else NOT

    return look


def mismatch(rule: Detector, _at: int) -> Look:
    """Two numbers that should be alike differ by more than `percent` of the second (M16)."""
    of, against, percent = rule.of, rule.against, rule.percent

    def look(_record: list[Cell], _named: bool, actor: Mapping[str, str], _cost: int, _now: int) -> int:
        one, other = number(actor.get(of, "")), number(actor.get(against, ""))
        if one is None or other is None:
            return CROSSED
        return CROSSED if abs(one - other) * 100 > percent * abs(other) else NOT

    return look


def number(text: str) -> int | None:
    """A whole number in decimal digits, at most 18 of them; None for anything else."""
    if text.isdecimal() and len(text) <= DIGITS:
        return int(text)
    return -int(text[1:]) if text[:1] == "-" and text[1:].isdecimal() and len(text) <= DIGITS + 1 else None


def listed(rule: Detector, at: int) -> Look:
    """The subject is on the list of this colour, and its time there is not over."""
    colour = COLOURS[rule.colour]

    def look(record: list[Cell], _named: bool, _actor: Mapping[str, str], _cost: int, now: int) -> int:
        cell = record[at]
        return CROSSED if cell and cell[0] == colour and now < cell[1] else NOT

    return look


KINDS: Final[Mapping[str, Callable[[Detector, int], Look]]] = {
    "list": listed,
    "frequency": frequency,
    "distinct": distinct,
    "repeat": repeat,
    "interval": interval,
    "value": value,
    "mismatch": mismatch,
}
"""What makes a detector ready, by kind; a ratio counts two kinds of call, see `shares`; a group, see `union`."""
