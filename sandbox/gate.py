"""The gate: a rulebook, a store and a clock, joined. Two verbs: `ask` before, `tell` after.

Law: `now` is read once for each verb, before the store is touched. Every verdict, every sanction and every move of a breaker
is recorded.
"""

from __future__ import annotations

from collections.abc import Mapping

from .clock import Clock
from .events import Event, Record, ignore
from .policy import NEVER, Call, Cells, Sanction, Signal, Verdict, judge, observe
from .policy.breaker import STATES, Memory, read
from .rulebooks import Rulebook
from .store import Store


class Gate:
    """One platform's door: asks the policy, remembers in the store, records what it said."""

    def __init__(self, book: Rulebook, store: Store, now: Clock, record: Record = ignore) -> None:
        self.rulebook, self.store, self.now, self.record = book, store, now, record
        self.book = book.book

    def ask(self, call: Call) -> Verdict:
        """May this call pass now? Charges every quota it meets, or none. Raises what the store raises; never lets through."""
        now, book = self.now(), self.book
        moves: list[Event] = []

        def step(cells: Cells) -> tuple[Cells, Verdict]:
            changed, verdict = judge(book, cells, call, now)
            if call.action in book.fuses:
                moves[:] = self._moves(cells, changed, call.action, call.account, call.actor, now)
            return changed, verdict

        verdict = self.store.transact(book.keys(call.action, call.account, call.actor), step)
        self.record(_verdict_event(now, call, verdict, self.rulebook.code(verdict)))
        for move in moves:
            self.record(move)
        return verdict

    def tell(self, signal: Signal) -> tuple[Sanction, ...]:
        """Take a fact told afterwards; returns and records what it led to."""
        now, book = self.now(), self.book
        moves: list[Event] = []

        def step(cells: Cells) -> tuple[Cells, tuple[Sanction, ...]]:
            changed, sanctions = observe(book, cells, signal, now)
            moves[:] = self._moves(cells, changed, signal.about, signal.account, signal.actor, now)
            return changed, sanctions

        sanctions = self.store.transact(book.keys(signal.about, signal.account, signal.actor), step)
        for move in moves:
            self.record(move)
        return sanctions

    def state(self, account: str) -> dict[str, dict[str, int | str]]:
        """Every meter and breaker of one account, by its cell's name, breakers spelt out."""
        fuses = {rule.id for rules in self.book.breakers.values() for rule in rules}
        cells = self.store.snapshot(account)
        shown: dict[str, dict[str, int | str]] = {}
        for key, cell in sorted(cells.items()):
            rule = key.rpartition("#")[2].partition("@")[0]
            if rule in fuses:
                memory = read(cell)
                shown[key] = {"state": STATES[memory.state], "since": memory.since, "until": memory.until}
            elif rule.startswith(self.book.platform + "."):
                shown[key] = {"cell": " ".join(map(str, cell[:8]))}
        return shown

    def _moves(
        self, cells: Cells, changed: Cells, action: str, account: str, actor: Mapping[str, str], now: int
    ) -> list[Event]:
        """An event for each breaker that moved; one that opened, was tried and opened again moved too."""
        moves = []
        for key_of, fuse in self.book.fuses.get(action, ()):
            key = key_of(account, actor)
            if key in changed:
                before, after = read(cells.get(key, ())), read(changed[key])
                if (before.state, before.since) != (after.state, after.since):
                    moves.append(_breaker_event(now, account, key, fuse.id, before, after))
        return moves


def _verdict_event(now: int, call: Call, verdict: Verdict, code: str) -> Event:
    allowed, rule, retry_after, remaining, _, tier, shadowed, tripped = verdict
    event: Event = {
        "at": now,
        "kind": "verdict",
        "account": call.account,
        "action": call.action,
        "allowed": allowed,
        "code": code,
        "rule": rule,
        "retry_after": None if retry_after == NEVER else retry_after,
        "remaining": remaining,
        "tier": tier,
    }
    if shadowed:
        event["shadowed"] = " ".join(shadowed)
    if tripped:
        event["tripped"] = tripped
    return event


def _breaker_event(now: int, account: str, key: str, rule: str, before: Memory, after: Memory) -> Event:
    return {
        "at": now,
        "kind": "breaker",
        "account": account,
        "rule": rule,
        "subject": key.rpartition("#")[0],
        "was": STATES[before.state],
        "state": STATES[after.state],
        "until": after.until,
    }
