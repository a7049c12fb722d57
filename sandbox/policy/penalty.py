"""Penalties: ladders that offences climb, what each rung disables, and what lifts it again.

Law: pure. A ladder's cell is (rung, since, until, rectified, appealed, then (time, rung) of each offence); no cell: never climbed.
What is disabled lies in one cell an account, so that a call of a merchant without penalties costs one look. A draw is an argument.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

from .model import NEVER, Cell, Sanction

DAY: Final = 86_400_000
BEIJING: Final = 8 * 3_600_000
KEPT: Final = 16
"""Offences that a ladder remembers."""

DRAWS: Final = 10_000
"""An appeal's draw is one of 0 to 9,999, all as likely."""


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of a ladder. Times in ms.

    effect    in a word or two; `disables` names the capabilities that are gone
    lasts     how long; 0 for good. With `aligned` it ends with the day in Beijing in which it would end
    restore   what lifts it: "time" alone, an "application" after rectification, or "never" any call
    after     this rung is reached when, with the new one, so many offences of the rung below or higher lie `within` (0: ever)
    """

    effect: str
    disables: tuple[str, ...] = ()
    lasts: int = 0
    aligned: bool = False
    restore: str = "time"
    after: int = 2
    within: int = 0


@dataclass(frozen=True, slots=True)
class Ladder:
    """What happens at the first, second, third offence; appeals succeed in so many percent, one an offence."""

    id: str
    rungs: tuple[Rung, ...]
    appeal_percent: int = 0


class Standing(NamedTuple):
    """Where a merchant stands on a ladder; rung 0 is the ground."""

    rung: int = 0
    since: int = 0
    until: int = 0
    rectified: int = 0
    appealed: int = 0
    offences: Cell = ()


GROUND: Final = Standing()


def read(cell: Cell | None) -> Standing:
    """A ladder's cell as its standing."""
    if not cell:
        return GROUND
    rung, since, until, rectified, appealed, *offences = cell
    return Standing(rung, since, until, rectified, appealed, tuple(offences))


def write(standing: Standing) -> Cell:
    """A standing as a cell."""
    return (*standing[:5], *standing.offences)


def offend(ladder: Ladder, before: Standing, now: int, least: int = 1) -> tuple[Standing, Sanction]:
    """One more offence, of at least rung `least`; the rung reached, and until when."""
    earlier = before.offences
    rung = min(least, len(ladder.rungs))
    while rung < len(ladder.rungs) and _climbs(ladder.rungs[rung], earlier, rung, now):
        rung += 1
    step = ladder.rungs[rung - 1]
    until = end(step, now)
    if before.rung > rung and before.until > until:  # a lesser offence does not shorten what a graver one brought
        rung, until, step = before.rung, before.until, ladder.rungs[before.rung - 1]
    after = Standing(rung, now, until, 0, 0, (*earlier, now, rung)[-2 * KEPT :])
    return after, Sanction(ladder.id, step.effect, "", until)


def _climbs(step: Rung, earlier: Cell, below: int, now: int) -> bool:
    """Do the offences before, with the new one, reach this step?"""
    pairs = zip(earlier[::2], earlier[1::2], strict=True)
    counted = sum(1 for at, rung in pairs if rung >= below and (not step.within or now - at < step.within))
    return counted + 1 >= step.after


def end(step: Rung, now: int) -> int:
    """When a rung's time is over (ms); NEVER when it has no end."""
    if not step.lasts:
        return NEVER
    until = now + step.lasts
    return until - (until + BEIJING) % DAY if step.aligned else until


def rectify(ladder: Ladder, before: Standing, now: int) -> tuple[Standing, Sanction]:
    """What was wrong is put right: an application can succeed from now on."""
    if before.rung == 0:
        return before, Sanction(ladder.id, "nothing_to_rectify", "", 0)
    return before._replace(rectified=now), Sanction(ladder.id, "rectified", "", before.until)


def restore(ladder: Ladder, before: Standing, now: int) -> tuple[Standing, Sanction]:
    """An application to be restored: granted where the rung allows it and what was wrong has been put right since."""
    open_ = before.rung > 0 and now < before.until
    if open_ and ladder.rungs[before.rung - 1].restore == "application" and before.rectified > 0:
        return before._replace(until=now), Sanction(ladder.id, "restored", "", now)
    return before, Sanction(ladder.id, "not_restored", "", before.until)


def appeal(ladder: Ladder, before: Standing, now: int, draw: int) -> tuple[Standing, Sanction]:
    """An appeal, once an offence; `draw` (0 to 9,999) decides. One that succeeds takes the offence off the record too."""
    if before.rung == 0 or before.appealed or now >= before.until:
        return before, Sanction(ladder.id, "no_appeal", "", before.until)
    if 0 <= draw < ladder.appeal_percent * DRAWS // 100:
        cleared = before._replace(until=now, appealed=1, offences=before.offences[:-2])
        return cleared, Sanction(ladder.id, "appeal_won", "", now)
    return before._replace(appealed=1), Sanction(ladder.id, "appeal_lost", "", before.until)


def hold(held: Cell, number: int, mask: int, until: int) -> Cell:
    """The cell of what is disabled, (ladder, mask of capabilities, until) each, after a ladder has spoken anew."""
    others = [held[at : at + 3] for at in range(0, len(held), 3) if held[at] != number]
    kept = [part for triple in others for part in triple]
    return (*kept, number, mask, until) if mask else tuple(kept)


def disabled(held: Cell, mask: int, now: int) -> tuple[int, int, int]:
    """Which ladder forbids what `mask` stands for the longest, until when, and the bits that it forbids; 0 bits: none does."""
    triples = (held[at : at + 3] for at in range(0, len(held), 3))
    found = [(until, number, bits & mask) for number, bits, until in triples if bits & mask and now < until]
    until, number, bits = max(found, default=(0, 0, 0))
    return number, until, bits
