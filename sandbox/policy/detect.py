"""Detectors: what about a call, or about a fact told afterwards, is suspicious.

Law: one small function a kind, made ready once from its data. A look reads cells, notes what it saw in `changed`, and says NOT, HIT
(the rule holds) or CROSSED (it began to hold with this very call, which is what an offence is counted by). Attempts count whether
or not they are let through, or an attacker who is refused would never be seen to go on. A missing attribute is a subject of its
own, with the limit `missing`; where a value is compared, a missing one is a hit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final
from zlib import crc32

from .model import Cell, Cells
from .union import Union, join

NOT, HIT, CROSSED = 0, 1, 2

Who = tuple[str, str, bool]
"""Whom a detector counts: the account, where the cells of this subject are (the account first), and whether the call names it."""

Look = Callable[[Cells, dict[str, Cell], Who, Mapping[str, str], int, int], int]
"""`look(cells, changed, who, actor, cost, now)`: NOT, HIT or CROSSED."""

DAY: Final = 86_400_000
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


def frequency(rule: Detector) -> Look:
    """More than `limit` units for each subject in a window."""
    tail, limit, missing, window, offset = f"#{rule.id}", rule.limit, rule.missing, rule.window, rule.offset

    def look(cells: Cells, changed: dict[str, Cell], who: Who, _actor: Mapping[str, str], cost: int, now: int) -> int:
        _, place, named = who
        key = place + tail
        end, used = cells.get(key) or (0, 0)
        if now >= end:
            end, used = now + (window if offset < 0 else window - (now + offset) % window), 0
        after = used + cost
        changed[key] = (end, after)
        most = limit if named else missing
        if after <= most:
            return NOT
        return CROSSED if used <= most else HIT

    return look


def distinct(rule: Detector) -> Look:
    """More than `limit` different values of `of` for each subject in a window.

    A cell is (hash, last seen) pairs, at most one more than the limit; a value's time is refreshed at an eighth of the window.
    """
    tail, of, limit, missing, window, fresh = (
        f"#{rule.id}",
        rule.of,
        rule.limit,
        rule.missing,
        rule.window,
        rule.window // 8,
    )

    def look(cells: Cells, changed: dict[str, Cell], who: Who, actor: Mapping[str, str], _cost: int, now: int) -> int:
        (_, place, named), value = who, crc32(actor.get(of, "").encode())
        key = place + tail
        cell = cells.get(key, ())
        most = limit if named else missing
        if most and (not cell or (len(cell) == 2 and (cell[0] == value or cell[1] <= now - window))):
            if not cell or cell[0] != value or now - cell[1] >= fresh:
                changed[key] = (value, now)
            return NOT  # the usual cases: one device, one user; or nobody for long
        values = cell[::2]
        known = value in values
        if known and now - cell[2 * values.index(value) + 1] < fresh:
            return HIT if len(values) > most else NOT
        kept = remembered(cell, value, now - window)[-2 * most :] if most else ()
        changed[key] = (*kept, value, now)
        if len(kept) < 2 * most:
            return NOT
        return HIT if known or len(values) > most else CROSSED

    return look


def remembered(cell: Cell, value: int, since: int) -> Cell:
    """The pairs of a cell that are not older than `since`, without this value."""
    pairs = zip(cell[::2], cell[1::2], strict=True)
    return tuple(part for pair in pairs if pair[0] != value and pair[1] > since for part in pair)


def repeat(rule: Detector) -> Look:
    """The same value of `of` once more in a window: a replayed signature. At most `samples` values are kept; more is a hit."""
    tail, of, window, most = f"#{rule.id}", rule.of, rule.window, 2 * rule.samples

    def look(cells: Cells, changed: dict[str, Cell], who: Who, actor: Mapping[str, str], _cost: int, now: int) -> int:
        key, value = who[1] + tail, crc32(actor.get(of, "").encode())
        cell = cells.get(key, ())
        since = now - window
        if cell and cell[1] <= since:  # the oldest is too old; the rest may be
            cell = remembered(cell, -1, since) if cell[-1] > since else ()
        again = value in cell[::2] or len(cell) >= most
        changed[key] = (*cell, value, now)[-most:]
        return CROSSED if again else NOT

    return look


def interval(rule: Detector) -> Look:
    """The last `samples` gaps of each subject vary by less than `percent` of their mean: no human hand. Longer than `window` is no gap."""
    tail, window, samples, percent = f"#{rule.id}", rule.window, rule.samples, rule.percent

    def look(cells: Cells, changed: dict[str, Cell], who: Who, _actor: Mapping[str, str], _cost: int, now: int) -> int:
        key = who[1] + tail
        times = cells.get(key, ())
        if times and now - times[-1] > window:
            times = ()
        times = (*times[-samples:], now)
        changed[key] = times
        return HIT if len(times) > samples and _steady(times, percent) else NOT

    return look


def _steady(times: Cell, percent: int) -> bool:
    """Is the gaps' coefficient of variation below `percent`? Whole numbers throughout: var x n^2 = n x sum(g^2) - sum(g)^2."""
    gaps = [late - early for early, late in pairwise(times)]
    total = times[-1] - times[0]
    return 10_000 * (len(gaps) * sum(gap * gap for gap in gaps) - total * total) < percent * percent * total * total


def value(rule: Detector) -> Look:
    """A number that the call carries is above `limit` (or below it)."""
    of, limit, below = rule.of, rule.limit, rule.below

    def look(_cells: Cells, _changed: dict[str, Cell], _who: Who, actor: Mapping[str, str], _cost: int, _now: int) -> int:
        figure = number(actor.get(of, ""))
        if figure is None:
            return CROSSED
        return CROSSED if (figure < limit if below else figure > limit) else NOT

    return look


def mismatch(rule: Detector) -> Look:
    """Two numbers that should be alike differ by more than `percent` of the second (M16)."""
    of, against, percent = rule.of, rule.against, rule.percent

    def look(_cells: Cells, _changed: dict[str, Cell], _who: Who, actor: Mapping[str, str], _cost: int, _now: int) -> int:
        one, other = number(actor.get(of, "")), number(actor.get(against, ""))
        if one is None or other is None:
            return CROSSED
        return CROSSED if abs(one - other) * 100 > percent * abs(other) else NOT

    return look


DIGITS: Final = 18


def number(text: str) -> int | None:
    """A whole number in decimal digits, at most 18 of them; None for anything else."""
    if text.isdecimal() and len(text) <= DIGITS:
        return int(text)
    return -int(text[1:]) if text[:1] == "-" and text[1:].isdecimal() and len(text) <= DIGITS + 1 else None


def listed(rule: Detector) -> Look:
    """The subject is on the list of this colour, and its time there is not over."""
    colour, tail = COLOURS[rule.colour], list_tail(rule.id, rule.of)

    def look(cells: Cells, _changed: dict[str, Cell], who: Who, _actor: Mapping[str, str], _cost: int, now: int) -> int:
        cell = cells.get(who[1] + tail)
        return CROSSED if cell and cell[0] == colour and now < cell[1] else NOT

    return look


def list_tail(rule_id: str, of: str) -> str:
    """Where an attribute's lists are: one cell a value, whatever the colours."""
    return f"#{rule_id.partition('.')[0]}.list.{of}"


def group(rule: Detector) -> Look:
    """The subject is in a group of `limit` or more who share entities (`links`), directly or through others (see `union`)."""
    links = tuple((name, f"#{rule.id}.{name}") for name in rule.links)
    union = Union(f"#{rule.id}", f"#{rule.id}.label", links, rule.window, rule.hub)
    limit = rule.limit

    def look(cells: Cells, changed: dict[str, Cell], who: Who, actor: Mapping[str, str], _cost: int, now: int) -> int:
        before, after = join(union, cells, changed, who[0], who[1], actor, now)
        if after < limit:
            return NOT
        return HIT if before >= limit else CROSSED

    return look


KINDS: Final[Mapping[str, Callable[[Detector], Look]]] = {
    "list": listed,
    "frequency": frequency,
    "distinct": distinct,
    "repeat": repeat,
    "interval": interval,
    "group": group,
    "value": value,
    "mismatch": mismatch,
}
"""What makes a detector ready, by kind; a ratio counts two kinds of call, see `shares`."""
