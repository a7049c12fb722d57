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

from .model import Cell, Cells, subject
from .union import Union, join

NOT, HIT, CROSSED = 0, 1, 2

Look = Callable[[Cells, dict[str, Cell], str, Mapping[str, str], int, int], int]
"""`look(cells, changed, account, actor, cost, now)`: NOT, HIT or CROSSED."""

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


def where(scope: tuple[str, ...], tail: str) -> Callable[[str, Mapping[str, str]], str]:
    """Where a subject's memory is, the account first; as `book.keyer`, for any rule."""
    if not scope:
        return lambda account, _actor: account + tail
    if len(scope) == 1:
        name = scope[0]
        return lambda account, actor: f"{account}/{actor.get(name, '')}{tail}"
    return lambda account, actor: subject(scope, account, actor) + tail


def nameless(scope: tuple[str, ...]) -> Callable[[Mapping[str, str]], bool]:
    """Does a call leave out whom this scope counts?"""
    if len(scope) == 1:
        name = scope[0]
        return lambda actor: not actor.get(name)
    return lambda actor: any(not actor.get(name) for name in scope)


def frequency(rule: Detector) -> Look:
    """More than `limit` units for each subject in a window."""
    key_of, unnamed = where(rule.scope, f"#{rule.id}"), nameless(rule.scope)
    limit, missing, window, offset = rule.limit, rule.missing, rule.window, rule.offset

    def look(cells: Cells, changed: dict[str, Cell], account: str, actor: Mapping[str, str], cost: int, now: int) -> int:
        key = key_of(account, actor)
        cell = cells.get(key)
        end, used = cell or (0, 0)
        if now >= end:
            end, used = now + (window if offset < 0 else window - (now + offset) % window), 0
        changed[key] = (end, used + cost)
        most = missing if unnamed(actor) else limit
        if used + cost <= most:
            return NOT
        return CROSSED if used <= most else HIT

    return look


def distinct(rule: Detector) -> Look:
    """More than `limit` different values of `of` for each subject in a window.

    A cell is (hash, last seen) pairs, at most one more than the limit; a value's time is refreshed at an eighth of the window.
    """
    key_of, unnamed, of = where(rule.scope, f"#{rule.id}"), nameless(rule.scope), rule.of
    window, fresh = rule.window, rule.window // 8

    def look(cells: Cells, changed: dict[str, Cell], account: str, actor: Mapping[str, str], _cost: int, now: int) -> int:
        key, value = key_of(account, actor), crc32(actor.get(of, "").encode())
        cell = cells.get(key, ())
        most = rule.missing if unnamed(actor) else rule.limit
        values = cell[::2]
        known = value in values
        if known and now - cell[2 * values.index(value) + 1] < fresh:
            return HIT if len(values) > most else NOT
        kept = remembered(cell, value, now - window)[-2 * most :] if most else ()
        changed[key] = (*kept, value, now)
        if len(kept) < 2 * most:
            return NOT
        return _crossing(known, before=len(values), most=most, now_many=len(kept) // 2 + 1)

    return look


def _crossing(known: bool, *, before: int, most: int, now_many: int) -> int:
    if now_many <= most:
        return NOT
    return HIT if known or before > most else CROSSED


def remembered(cell: Cell, value: int, since: int) -> Cell:
    """The pairs of a cell that are not older than `since`, without this value."""
    pairs = zip(cell[::2], cell[1::2], strict=True)
    return tuple(part for pair in pairs if pair[0] != value and pair[1] > since for part in pair)


def repeat(rule: Detector) -> Look:
    """The same value of `of` once more in a window: a replayed signature. At most `samples` values are kept; more is a hit."""
    key_of, of, window, most = where(rule.scope, f"#{rule.id}"), rule.of, rule.window, 2 * rule.samples

    def look(cells: Cells, changed: dict[str, Cell], account: str, actor: Mapping[str, str], _cost: int, now: int) -> int:
        key, value = key_of(account, actor), crc32(actor.get(of, "").encode())
        cell = cells.get(key, ())
        kept = remembered(cell, value, now - window) if cell else ()
        changed[key] = (*kept, value, now)[-most:]
        again = value in cell[::2] and now - cell[2 * cell[::2].index(value) + 1] < window
        return CROSSED if again or len(kept) >= most else NOT

    return look


def interval(rule: Detector) -> Look:
    """The last `samples` gaps of each subject vary by less than `percent` of their mean: no human hand. Longer than `window` is no gap."""
    key_of, window, samples, percent = where(rule.scope, f"#{rule.id}"), rule.window, rule.samples, rule.percent

    def look(cells: Cells, changed: dict[str, Cell], account: str, actor: Mapping[str, str], _cost: int, now: int) -> int:
        key = key_of(account, actor)
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

    def look(
        _cells: Cells, _changed: dict[str, Cell], _account: str, actor: Mapping[str, str], _cost: int, _now: int
    ) -> int:
        figure = number(actor.get(of, ""))
        if figure is None:
            return CROSSED
        return CROSSED if (figure < limit if below else figure > limit) else NOT

    return look


def mismatch(rule: Detector) -> Look:
    """Two numbers that should be alike differ by more than `percent` of the second (M16)."""
    of, against, percent = rule.of, rule.against, rule.percent

    def look(
        _cells: Cells, _changed: dict[str, Cell], _account: str, actor: Mapping[str, str], _cost: int, _now: int
    ) -> int:
        one, other = number(actor.get(of, "")), number(actor.get(against, ""))
        if one is None or other is None:
            return CROSSED
        return CROSSED if abs(one - other) * 100 > percent * abs(other) else NOT

    return look


DIGITS: Final = 18


def number(text: str) -> int | None:
    """A whole number in decimal digits, at most 18 of them; None for anything else."""
    digits = text.removeprefix("-")
    return int(text) if digits.isdecimal() and digits.isascii() and len(digits) <= DIGITS else None


def listed(rule: Detector) -> Look:
    """The value of `of` is on the list of this colour, and its time there is not over."""
    of, colour, tail = rule.of, COLOURS[rule.colour], list_tail(rule.id, rule.of)

    def look(cells: Cells, _changed: dict[str, Cell], account: str, actor: Mapping[str, str], _cost: int, now: int) -> int:
        cell = cells.get(f"{account}/{actor.get(of, '')}{tail}")
        return CROSSED if cell and cell[0] == colour and now < cell[1] else NOT

    return look


def list_tail(rule_id: str, of: str) -> str:
    """Where an attribute's lists are: one cell a value, whatever the colours."""
    return f"#{rule_id.partition('.')[0]}.list.{of}"


def group(rule: Detector) -> Look:
    """The subject is in a group of `limit` or more who share entities (`links`), directly or through others (see `union`)."""
    (who,) = rule.scope
    links = tuple((name, f"#{rule.id}.{name}") for name in rule.links)
    union = Union(who, f"#{rule.id}", f"#{rule.id}.label", links, rule.window, rule.hub)
    limit = rule.limit

    def look(cells: Cells, changed: dict[str, Cell], account: str, actor: Mapping[str, str], _cost: int, now: int) -> int:
        before, after = join(union, cells, changed, account, actor, now)
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
"""What makes a detector ready, by kind; a ratio counts two kinds of call and is made by `ratio`."""


def ratio(rule: Detector) -> tuple[Look, Look]:
    """Two looks that count a day's whole and its part.

    Above: hits as soon as the part is more than `percent` of at least `samples`. Below: hits when the day has ended with less
    than that, `days` days running. A cell is (day's end, whole, part, days so far).
    """
    key_of, offset = where(rule.scope, f"#{rule.id}"), max(rule.offset, 0)

    def count(cells: Cells, changed: dict[str, Cell], key: str, now: int, whole: int, part: int) -> int:
        cell = changed.get(key) or cells.get(key)
        end, wholes, parts, streak = cell or (0, 0, 0, 0)
        said = NOT
        if now >= end:
            streak = _streak(rule, now - end, wholes, parts, streak) if cell else 0
            said = CROSSED if rule.below and streak >= rule.days else NOT
            end, wholes, parts = now + DAY - (now + offset) % DAY, 0, 0
        before = _over(rule, wholes, parts)
        wholes, parts = wholes + whole, parts + part
        changed[key] = (end, wholes, parts, streak)
        if not rule.below and _over(rule, wholes, parts):
            said = HIT if before else CROSSED
        return said

    def whole(cells: Cells, changed: dict[str, Cell], account: str, actor: Mapping[str, str], cost: int, now: int) -> int:
        return count(cells, changed, key_of(account, actor), now, cost, 0)

    def part(cells: Cells, changed: dict[str, Cell], account: str, actor: Mapping[str, str], cost: int, now: int) -> int:
        return count(cells, changed, key_of(account, actor), now, 0, cost)

    return whole, part


def _over(rule: Detector, wholes: int, parts: int) -> bool:
    return wholes >= rule.samples and parts * 100 > rule.percent * wholes


def _streak(rule: Detector, since: int, wholes: int, parts: int, streak: int) -> int:
    """Days running that ended too low; a day without enough of a whole, or none at all, breaks it."""
    low = wholes >= rule.samples and parts * 100 < rule.percent * wholes
    return streak + 1 if low and since < DAY else int(low)
