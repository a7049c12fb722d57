"""What penalties do to an account's cells: an offence climbs, a call is met by what is held, a signal lifts.

Law: pure. A standing and what it disables are always written together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from . import penalty
from .model import NEVER, Cell, Cells, Sanction, Signal, Verdict
from .penalty import Ladder, Standing


@dataclass(frozen=True, slots=True)
class Capability:
    """What a penalty can take away: a name and the actions behind it."""

    name: str
    actions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Penalties:
    """A platform's ladders and what they can disable; both are known by their place."""

    platform: str = ""
    ladders: tuple[Ladder, ...] = ()
    capabilities: tuple[Capability, ...] = ()

    def mask(self, action: str) -> int:
        """The capabilities that an action needs, one bit each."""
        return sum(1 << place for place, one in enumerate(self.capabilities) if action in one.actions)


def held_tail(platform: str) -> str:
    """Where it is noted what an account may not do."""
    return f"#{platform}.held"


def refusal(penalties: Penalties, held: Cell, mask: int, now: int) -> Verdict | None:
    """The refusal of a call that needs what is disabled: by the ladder that holds it longest, and the last capability of those."""
    number, until, bits = penalty.disabled(held, mask, now)
    if not bits:
        return None
    capability = penalties.capabilities[bits.bit_length() - 1].name
    wait = NEVER if until == NEVER else until - now
    return Verdict(False, f"{penalties.ladders[number].id}.{capability}", wait)


def climb(
    penalties: Penalties, cells: Cells, changed: dict[str, Cell], account: str, name: str, now: int, least: int = 1
) -> Sanction | None:
    """An offence on the ladder of that name: notes where it leads. None where there is no such ladder."""
    found = _ladder(penalties, name)
    if found is None:
        return None
    number, ladder = found
    before = _standing(cells, changed, account, ladder)
    after, sanction = penalty.offend(ladder, before, now, least)
    _settle(penalties, cells, changed, account, number, after)
    return Sanction(sanction.rule, sanction.effect, account, sanction.until)


def _ladder(penalties: Penalties, name: str) -> tuple[int, Ladder] | None:
    wanted = f"{penalties.platform}.{name}"
    return next(((number, one) for number, one in enumerate(penalties.ladders) if one.id == wanted), None)


def _standing(cells: Cells, changed: Mapping[str, Cell], account: str, ladder: Ladder) -> Standing:
    key = f"{account}#{ladder.id}"
    return penalty.read(changed.get(key) or cells.get(key))


def _settle(
    penalties: Penalties, cells: Cells, changed: dict[str, Cell], account: str, number: int, after: Standing
) -> None:
    ladder = penalties.ladders[number]
    changed[f"{account}#{ladder.id}"] = penalty.write(after)
    names = ladder.rungs[after.rung - 1].disables if after.rung else ()
    mask = sum(1 << place for place, one in enumerate(penalties.capabilities) if one.name in names)
    key = account + held_tail(penalties.platform)
    changed[key] = penalty.hold(changed.get(key) or cells.get(key) or (), number, mask, after.until)


Handler = Callable[[Penalties, Cells, dict[str, Cell], Signal, int], Sanction | None]


def _offence(penalties: Penalties, cells: Cells, changed: dict[str, Cell], signal: Signal, now: int) -> Sanction | None:
    least = signal.payload.get("rung", 1)
    return climb(penalties, cells, changed, signal.account, signal.about, now, least if isinstance(least, int) else 1)


def _plea(plead: Callable[[Ladder, Standing, int, Signal], tuple[Standing, Sanction]]) -> Handler:
    """A signal that concerns where an account stands on the ladder `about`."""

    def handle(penalties: Penalties, cells: Cells, changed: dict[str, Cell], signal: Signal, now: int) -> Sanction | None:
        found = _ladder(penalties, signal.about)
        if found is None:
            return None
        number, ladder = found
        before = _standing(cells, changed, signal.account, ladder)
        after, sanction = plead(ladder, before, now, signal)
        if after != before:
            _settle(penalties, cells, changed, signal.account, number, after)
        return Sanction(sanction.rule, sanction.effect, signal.account, sanction.until)

    return handle


def _drawn(ladder: Ladder, before: Standing, now: int, signal: Signal) -> tuple[Standing, Sanction]:
    """An appeal without a draw, or with none that can be, is lost."""
    draw = signal.payload.get("draw")
    return penalty.appeal(ladder, before, now, draw if isinstance(draw, int) else penalty.DRAWS)


HANDLERS: Final[Mapping[str, Handler]] = {
    "offence": _offence,
    "rectified": _plea(lambda ladder, before, now, _: penalty.rectify(ladder, before, now)),
    "restore": _plea(lambda ladder, before, now, _: penalty.restore(ladder, before, now)),
    "appeal": _plea(_drawn),
}
"""What each signal about penalties does."""
