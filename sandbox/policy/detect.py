"""Detectors: what about a call, or about a fact told afterwards, is suspicious.

Law: pure. A kind is a function `look(rule, page, at, actor, cost, now)`, which is shown the page on which the subject's record is written
anew, where the slots of its rule begin at `at`; those that most calls meet are texts, of which `written` makes one function for each
action. Each says NOT, HIT (the rule holds) or CROSSED (it began to hold with this very call, which is what an offence is counted by).
Attempts count whether or not they are let through, or an attacker who is refused would never be seen to go on. A missing attribute
is a subject of its own, with the limit `missing`; where a value is compared, a missing one is a hit. Groups look at several records, and
stand in `union`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from .model import LONG_AGO, Cell
from .records import Page

NOT, HIT, CROSSED = 0, 1, 2

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


Look = Callable[[Detector, Page, int, Mapping[str, str], int, int], int]
"""`look(rule, page, at, actor, cost, now)`: NOT, HIT or CROSSED."""

FREQUENCY: Final = """
used = {held}[{at} + 1]
if now >= {held}[{at}]:
    {page}[{at}], used = now + {length}, 0
after = {page}[{at} + 1] = used + cost
most = {most}
said = NOT if after <= most else CROSSED if used <= most else HIT
"""
"""More than `limit` units for each subject in a window. Slots: the window's end, units so far."""

DISTINCT: Final = """
value, when, rest, most = actor.get({of!r}, ""), {held}[{at} + 1], {held}[{at} + 2], {most}
same = value == {held}[{at}]
if same and now - when < {fresh} and len(rest) < 2 * most:
    said = NOT
else:
    {page} = {page} or list({held})
    if most and (when <= now - {window} or same and not rest):
        {page}[{at}], {page}[{at} + 1], {page}[{at} + 2] = value, now, ()
        said = NOT
    else:
        said = another({rule}, {page}, {at}, value, most, now)
"""
"""More than `limit` different values of `of` for each subject in a window; here the usual cases: the same as lately, or nobody for long.

Slots: the value seen last, when, and (value, when) pairs of others, the oldest first; at most one more than the limit in all.
A value's time is refreshed at an eighth of the window.
"""

LISTED: Final = """
said = CROSSED if {held}[{at}] == {colour} and now < {held}[{at} + 1] else NOT
"""
"""The subject is on the list of this colour, and its time there is not over. Slots: the colour, until when."""

CALLED: Final = """
said = {look}({rule}, {page}, {at}, actor, cost, now)
"""
"""Any other kind."""


def another(rule: Detector, page: Page, at: int, value: str, most: int, now: int) -> int:
    """What DISTINCT leaves open: other values than one, or a limit of none."""
    last, when, rest = page[at : at + 3]
    live = lately((*rest, last, when), now - rule.window)
    before, fresh = len(live) // 2, now - rule.window // 8
    if value in live:
        place = live.index(value)
        if live[place + 1] > fresh:
            return HIT if before > most else NOT
        live = live[:place] + live[place + 2 :]
    after = (*live, value, now)[-2 * most - 2 :]
    page[at : at + 3] = value, now, after[:-2]
    if len(after) <= 2 * most:
        return NOT
    return HIT if before > most else CROSSED


def lately(pairs: Cell, since: int) -> Cell:
    """The (value, when) pairs, the oldest first, that are not older than `since`."""
    start = 0
    while start < len(pairs) and pairs[start + 1] <= since:
        start += 2
    return pairs[start:]


def repeat(rule: Detector, page: Page, at: int, actor: Mapping[str, str], _cost: int, now: int) -> int:
    """The same value of `of` once more in a window: a replayed signature. At most `samples` values are kept; more is a hit.

    Slots as those of DISTINCT.
    """
    last, when, rest = page[at : at + 3]
    value, since = actor.get(rule.of, ""), now - rule.window
    if when <= since:
        page[at : at + 3] = value, now, ()
        return NOT
    live = (*lately(rest, since), last, when)
    full = len(live) >= 2 * rule.samples
    page[at : at + 3] = value, now, live[2:] if full else live
    return CROSSED if full or value in live else NOT


def interval(rule: Detector, page: Page, at: int, _actor: Mapping[str, str], _cost: int, now: int) -> int:
    """The last `samples` gaps of each subject vary by less than `percent` of their mean: no human hand. Longer than `window` is no gap.

    Slots: the last time, and those before it.
    """
    last, before = page[at], page[at + 1]
    page[at] = now
    if now - last > rule.window:
        page[at + 1] = ()
        return NOT
    times = page[at + 1] = (*before, last)[-rule.samples :]
    return HIT if len(times) == rule.samples and _steady((*times, now), rule.percent) else NOT


def _steady(times: Cell, percent: int) -> bool:
    """Is the gaps' coefficient of variation below `percent`? Whole numbers throughout: var x n^2 = n x sum(g^2) - sum(g)^2."""
    gaps = [late - early for early, late in pairwise(times)]
    total = times[-1] - times[0]
    steady: bool = 10_000 * (len(gaps) * sum(gap * gap for gap in gaps) - total * total) < percent * percent * total * total
    return steady


def value(rule: Detector, _page: Page, _at: int, actor: Mapping[str, str], _cost: int, _now: int) -> int:
    """A number that the call carries is above `limit` (or below it). No slots."""
    text = actor.get(rule.of, "")
    figure = int(text) if text.isdecimal() and len(text) <= DIGITS else number(text)
    if figure is None:
        return CROSSED
    return CROSSED if (figure < rule.limit if rule.below else figure > rule.limit) else NOT


def mismatch(rule: Detector, _page: Page, _at: int, actor: Mapping[str, str], _cost: int, _now: int) -> int:
    """Two numbers that should be alike differ by more than `percent` of the second (M16). No slots."""
    one, other = number(actor.get(rule.of, "")), number(actor.get(rule.against, ""))
    if one is None or other is None:
        return CROSSED
    return CROSSED if abs(one - other) * 100 > rule.percent * abs(other) else NOT


def number(text: str) -> int | None:
    """A whole number in decimal digits, at most 18 of them; None for anything else."""
    if text.isdecimal() and len(text) <= DIGITS:
        return int(text)
    return -int(text[1:]) if text[:1] == "-" and text[1:].isdecimal() and len(text) <= DIGITS + 1 else None


TEXTS: Final[Mapping[str, str]] = {"frequency": FREQUENCY, "distinct": DISTINCT, "list": LISTED}
"""The kinds that are texts. Their fields are filled in, and their names known, in `written`."""

LOOKS: Final[Mapping[str, Look]] = {"repeat": repeat, "interval": interval, "value": value, "mismatch": mismatch}
"""The kinds that are functions; a ratio counts two kinds of call, see `shares`; a group, see `union`."""

BLANKS: Final[Mapping[str, Cell]] = {
    "frequency": (0, 0),
    "distinct": ("", LONG_AGO, ()),
    "repeat": ("", LONG_AGO, ()),
    "interval": (LONG_AGO, ()),
    "value": (),
    "mismatch": (),
    "ratio": (0, 0, 0, 0),
    "group": ("", LONG_AGO),
}
"""The slots of each kind before anything was seen."""
