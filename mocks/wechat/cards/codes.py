"""The codes of one card: what has become of each, who holds it, since when, claimed with which device.

Law: compact. A code is a number into arrays; no object is kept for one. Whatever few codes have (a channel, a place) is kept apart.
Times in ms. `None` and -1 stand for nobody and no code.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import md5

from .numbered import Numbered

WAITING, NORMAL, CONSUMED, GIFTING, GIFT_SUCC, GIFT_TIMEOUT, DELETE, UNAVAILABLE, VOID = range(9)
"""A code's state: imported and nobody's yet; then those of a user's card; VOID is one that was exchanged for another code."""

STATUS = ("", "NORMAL", "CONSUMED", "GIFTING", "GIFT_SUCC", "GIFT_TIMEOUT", "DELETE", "UNAVAILABLE", "")
"""`user_card_status` by state; expiry is a matter of time and not kept."""

HELD = (NORMAL, CONSUMED, GIFTING, GIFT_TIMEOUT, DELETE, UNAVAILABLE)
"""The states of a code that somebody has."""

USABLE = (NORMAL, GIFT_TIMEOUT)
MOVES = {
    NORMAL: (CONSUMED, GIFTING, DELETE, UNAVAILABLE, VOID),
    GIFTING: (GIFT_SUCC, GIFT_TIMEOUT, NORMAL, UNAVAILABLE),
    GIFT_TIMEOUT: (CONSUMED, GIFTING, DELETE, UNAVAILABLE, VOID),
    WAITING: (NORMAL, UNAVAILABLE),
    GIFT_SUCC: (NORMAL,),
}
"""What may become of a code; the states that are not named are final."""

NO_DEVICE = bytes(16)
NOBODY = 2**32 - 1


def _longs() -> array[int]:
    return array("q")


def _numbers() -> array[int]:
    return array("I")


@dataclass(slots=True)
class Codes:
    """Every code of a card. `users` are its takers; `counts` how many each of them has taken; `imported` codes came from outside."""

    texts: Numbered = field(default_factory=Numbered)
    states: bytearray = field(default_factory=bytearray)
    holders: array[int] = field(default_factory=_numbers)
    taken_at: array[int] = field(default_factory=_longs)
    devices: bytearray = field(default_factory=bytearray)
    users: Numbered = field(default_factory=Numbered)
    counts: array[int] = field(default_factory=_numbers)
    next_waiting: int = 0
    waiting: int = 0
    imported: int = 0
    channels: dict[int, str] = field(default_factory=dict)
    gifts: dict[int, int] = field(default_factory=dict)

    def find(self, text: str) -> int:
        """A code's number, or -1."""
        return self.texts.find(text)

    def holder(self, number: int) -> str:
        """Who has a code."""
        return self.users[self.holders[number]]

    def taken_by(self, openid: str) -> int:
        """How many a user has taken so far."""
        user = self.users.find(openid)
        return self.counts[user] if user >= 0 else 0

    def deposit(self, texts: Sequence[str]) -> tuple[list[str], list[str]]:
        """Import codes: those that were new, and those that were there."""
        fresh, duplicates = [], []
        for text in texts:
            if text in self.texts:
                duplicates.append(text)
                continue
            fresh.append(text)
            self._append(text, WAITING)
        self.waiting += len(fresh)
        self.imported += len(fresh)
        return fresh, duplicates

    def take_waiting(self) -> int:
        """The longest imported code that is nobody's; there must be one."""
        while self.states[self.next_waiting] != WAITING:
            self.next_waiting += 1
        self.waiting -= 1
        return self.next_waiting

    def make(self, text: str) -> int:
        """A new code of our own."""
        return self._append(text, NORMAL)

    def give(self, number: int, openid: str, now: int, device: str = "", channel: str = "") -> None:
        """Hand a code to a user; whoever gets it anew holds it from now on. Of a device its MD5 is kept (A25)."""
        user = self._user(openid)
        self.states[number], self.holders[number], self.taken_at[number] = NORMAL, user, now
        self.devices[16 * number : 16 * number + 16] = digest_of(device)
        if channel:
            self.channels[number] = channel

    def count(self, openid: str) -> None:
        """One more was taken by this user."""
        self.counts[self._user(openid)] += 1

    def move(self, number: int, state: int) -> bool:
        """Change a code's state if that may become of it."""
        before = self.states[number]
        if state not in MOVES.get(before, ()):
            return False
        self.states[number] = state
        self.waiting -= before == WAITING
        return True

    def exchange(self, number: int, text: str) -> int:
        """The same card under another code; the old one is void."""
        fresh = self._append(text, self.states[number])
        self.states[number] = VOID
        self.holders[fresh], self.taken_at[fresh] = self.holders[number], self.taken_at[number]
        self.devices[16 * fresh : 16 * fresh + 16] = self.devices[16 * number : 16 * number + 16]
        if channel := self.channels.pop(number, ""):
            self.channels[fresh] = channel
        return fresh

    def held_by(self, openid: str) -> Iterator[int]:
        """The numbers of the codes whose last holder is that user."""
        user, number = self.users.find(openid), -1
        while user >= 0:
            try:
                number = self.holders.index(user, number + 1)
            except ValueError:
                return
            yield number

    def _append(self, text: str, state: int) -> int:
        number = self.texts.add(text)
        self.states.append(state)
        self.holders.append(NOBODY)
        self.taken_at.append(0)
        self.devices += NO_DEVICE
        return number

    def _user(self, openid: str) -> int:
        user = self.users.add(openid)
        if user == len(self.counts):
            self.counts.append(0)
        return user


def digest_of(device: str) -> bytes:
    """A device's fingerprint as it is kept: sixteen bytes of MD5; zeros for none."""
    return md5(device.encode("utf-8", "replace"), usedforsecurity=False).digest() if device else NO_DEVICE
