"""What goes wrong on purpose with what platforms push: one table for all senders. Fact V12.

Law: each platform's state holds its `Mishaps`; the sender draws one fault an attempt and sees to order and number; how a
delivery is made wrong, its courier knows. What a fault itself sends (a copy, what was late) is sent as it should be.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from mocks.desk import Desk
from mocks.http import Answer
from sandbox.events import Event
from sandbox.policy import Signal

PUT_OFF: Final = ("late", "reordered")
"""Faults that send nothing now: `late` sends it after a while, `reordered` after the next one."""

IN_ORDER: Final = ("duplicate", *PUT_OFF)
"""Faults of order and number, which need no signature to go wrong."""

FAULTS: Final = (
    *IN_ORDER,
    "stale_timestamp",
    "wrong_serial",
    "tampered_body",
    "wrong_key",
    "replayed_nonce",
    "rotated_key",
)
"""What can go wrong with a push of any platform.

`stale_timestamp` is dated long ago, and `replayed_nonce` as the one before, both well signed; `wrong_serial` names a key, or where
none is named a receiver, that is not the merchant's; `tampered_body` was changed after it was signed; `wrong_key` was signed by a
stranger; with `rotated_key` the platform begins to use a new key.
"""

ALWAYS: Final = 100

STATES: Final[Mapping[str, str]] = {"wechat_pay_v2": "wechat_pay"}
"""Whose state and rulebook a push's is, where that is not the first word of its topic."""


@dataclass(slots=True)
class Mishaps:
    """How one account's pushes go wrong: `faults` one an attempt, then `standing` with `percent` of all others.

    `held` waits for the next push; `last` is what the last attempt bore: its timestamp and nonce, where it has these.
    """

    faults: deque[str] = field(default_factory=deque)
    standing: str = ""
    percent: int = ALWAYS
    drawn: int = 0
    held: list[Callable[[], None]] = field(default_factory=list)
    last: tuple[str, str] | None = None

    def draw(self) -> str:
        """What is to go wrong with the next attempt, or nothing. Shares are spread evenly."""
        if self.faults:
            return self.faults.popleft()
        self.drawn += 1
        due = self.drawn * self.percent // ALWAYS > (self.drawn - 1) * self.percent // ALWAYS
        return self.standing if due else ""

    def stamp(self, fault: str, seconds: int, nonce: str, stale_by: int) -> tuple[str, str]:
        """Timestamp and nonce of an attempt made at `seconds`; `stale_by` in ms."""
        return self.borne(fault, (str(seconds - (stale_by // 1000 if fault == "stale_timestamp" else 0)), nonce))

    def borne(self, fault: str, made: tuple[str, str]) -> tuple[str, str]:
        """What an attempt bears: what was made for it, or, when it is a replay, what the last one bore."""
        if fault == "replayed_nonce" and self.last:
            made = self.last
        self.last = made
        return made


def put_off(desk: Desk, account: str, book: str, mishaps: Mishaps, fault: str, send: Callable[[], None]) -> bool:
    """Is nothing sent now? `send` is then called later: after a while, or after the next push."""
    if fault == "reordered":
        mishaps.held.append(send)
    elif fault == "late":
        desk.later(account, desk.now() + desk.setting(book, "push_late_by"), "a push that is late on purpose", send)
    return fault in PUT_OFF


def follow(mishaps: Mishaps, fault: str, send: Callable[[], None]) -> None:
    """What comes after a push was sent: those that were held back for it, and its copy."""
    following = [*mishaps.held, *([send] if fault == "duplicate" else [])]
    mishaps.held.clear()
    for one in following:
        one()


def note(desk: Desk, account: str, topic: str, attempt: int, fault: str) -> None:
    """Record a fault in the journal."""
    if fault:
        event: Event = {"at": desk.now(), "kind": "push_fault", "account": account, "action": topic}
        desk.record({**event, "attempt": attempt, "fault": fault})


def choosing(success: str, refusal: str, *more: str) -> Callable[[Any, Any, Signal], Answer]:
    """The handler of a platform's signal that chooses faults: its codes for both outcomes, and `more` faults of its own."""
    known = (*FAULTS, *more)

    def choose(_desk: Any, state: Any, signal: Signal) -> Answer:
        asked = signal.payload
        faults, standing, percent = asked.get("faults", []), asked.get("standing", ""), asked.get("percent", ALWAYS)
        named = [*faults, standing] if isinstance(faults, list) else [faults]
        if any(one not in (*known, "") for one in named):
            return Answer(refusal, text=f"faults, standing: of {', '.join(known)}, or an empty text for none")
        if type(percent) is not int or not 0 <= percent <= ALWAYS:
            return Answer(refusal, text="percent: a whole number from 0 to 100")
        mishaps: Mishaps = state.mishaps
        mishaps.faults, mishaps.standing, mishaps.percent, mishaps.drawn = deque(faults), standing, percent, 0
        return Answer(success)

    return choose
