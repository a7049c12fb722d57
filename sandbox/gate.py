"""The gate: a rulebook, a store and a clock, joined. Two verbs: `ask` before, `tell` after.

Law: `now` is read once for each verb, before the store is touched. Every verdict, every sanction and every move of a breaker
is recorded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain, islice

from .clock import Clock
from .events import Event, Journal, Record, ignore, made
from .policy import NEVER, Call, Cell, Cells, Quota, Sanction, Signal, Verdict, judge, observe
from .policy.breaker import COMMANDS, STATES, Memory, read
from .policy.engine import SIGNALS
from .policy.windows import UNUSED
from .rulebooks import Rulebook
from .store import Store

SHOWN = ("user", "device", "ip", "event")
"""Attributes of a caller that the journal shows by their own names where risk control watches."""


WHOLE = ("fixed", "anchored")
"""Windows that remember when they end and how much was used."""


class Fields(dict[str, str]):
    """What the attributes of an actor are called in an event: `actor.application`."""

    def __missing__(self, name: str) -> str:
        field = self[name] = f"actor.{name}"
        return field


FIELDS = Fields()
"""Kept, because making such a name for every call costs more than finding it."""


class Gate:
    """One platform's door: asks the policy, remembers in the store, records what it said."""

    def __init__(self, book: Rulebook, store: Store, now: Clock, record: Record = ignore) -> None:
        self.rulebook, self.store, self.now, self.record = book, store, now, record
        self.book = book.book
        self._keep = record.keep if isinstance(record, Journal) else lambda late: record(made(late))

    def ask(self, call: Call) -> Verdict:
        """May this call pass now? Charges every quota it meets, or none. Raises what the store raises; never lets through."""
        now, book = self.now(), self.book
        _, action, account, actor, cost, _ = call  # kept without its payload, which may be long
        keys = book.keys(action, account, actor) if self.store.far else ()
        moves: list[Event] = []
        if action in book.fuses:
            verdict, moves = self.store.transact(keys, lambda cells: self._judge_fused(cells, call, now))
        else:
            verdict = self.store.transact(keys, lambda cells: judge(book, cells, call, now))
        code = "" if verdict.allowed else self.rulebook.code(verdict)
        self._keep((account, _verdict_event, now, action, actor, cost, verdict, code))
        for event in moves:
            self.record(event)
        if verdict.risk and verdict.risk.sanctions:
            self._note(verdict.risk.sanctions, account, now)
        return verdict

    def _judge_fused(self, cells: Cells, call: Call, now: int) -> tuple[Cells, tuple[Verdict, list[Event]]]:
        """Judge a call to which a breaker applies, and see what it did to the breaker."""
        changed, verdict = judge(self.book, cells, call, now)
        return changed, (verdict, self._moves(cells, changed, call.action, call.account, call.actor, now))

    def tell(self, signal: Signal) -> tuple[Sanction, ...]:
        """Take a fact told afterwards; returns and records what it led to."""
        now = self.now()
        keys = self.book.keys(signal.about, signal.account, signal.actor)
        moves: list[Event] = []

        def step(cells: Cells) -> tuple[Cells, tuple[Sanction, ...]]:
            changed, sanctions = observe(self.book, cells, signal, now)
            moves[:] = self._moves(cells, changed, signal.about, signal.account, signal.actor, now)
            return changed, sanctions

        sanctions = self.store.transact(keys, step)
        if self._heeds(signal):
            self.record(_told_event(now, signal))
        for event in moves:
            self.record(event)
        self._note(sanctions, signal.account, now)
        return sanctions

    def _heeds(self, signal: Signal) -> bool:
        """Can this fact change anything here?"""
        book, about = self.book, signal.about
        if signal.kind == "finished":
            return any(rule.algorithm == "concurrent" for *_, rule in book.meters.get(about, ()))
        if signal.kind == "outcome":
            return about in book.watches.failures or any(fuse.trip_on == "outcomes" for _, fuse in book.fuses.get(about, ()))
        if signal.kind in COMMANDS:
            return about in book.fuses
        return signal.kind in SIGNALS or signal.kind in book.watches.signals

    def _note(self, sanctions: tuple[Sanction, ...], account: str, now: int) -> None:
        """Record what is no breaker's move: those have events of their own."""
        for one in sanctions:
            if one.effect not in STATES:
                until = None if one.until == NEVER else one.until
                event: Event = {"at": now, "kind": "sanction", "account": account, "rule": one.rule}
                self.record({**event, "effect": one.effect, "subject": one.subject, "until": until})

    def state(self, account: str) -> dict[str, dict[str, int | str]]:
        """Every meter and breaker of one account, by its cell's name: windows and breakers spelt out, records of risk control rule by rule."""
        fuses = {rule.id for rules in self.book.breakers.values() for rule in rules}
        windows = {rule.id: rule.limit for rules in self.book.quotas.values() for rule in rules if rule.algorithm in WHOLE}
        layouts = {layout.tail[1:]: layout for layout in self.book.watches.layouts.values()}
        cells = self.store.snapshot(account)
        shown: dict[str, dict[str, int | str]] = {}
        for key, cell in sorted(cells.items()):
            whom, _, tail = key.rpartition("#")
            rule = _rule_of(key)
            if tail in layouts:
                names = layouts[tail].told(cell).items()
                shown |= {f"{whom}#{name if '.' in name else f'{rule}.{name}'}": _shown(part) for name, part in names}
            elif rule in fuses:
                memory = read(cell)
                shown[key] = {"state": STATES[memory.state], "since": memory.since, "until": memory.until}
            elif rule in windows:
                shown[key] = {"used": cell[1], "limit": windows[rule], "until": cell[0]}
            elif rule.startswith(self.book.platform + "."):
                shown[key] = _shown(cell)
        return shown

    def usage(self, call: Call) -> tuple[tuple[Quota, int], ...]:
        """The quotas that such a call meets, with how many units are left of each; those whose conditions it fulfils."""
        now, cells = self.now(), self.store.snapshot(call.account)
        return tuple(
            (rule, take(cells.get(key_of(call.account, call.actor), ()), 0, now)[2])
            for key_of, take, rule in self.book.meters.get(call.action, ())
            if all(call.actor.get(name) == value for name, value in rule.when)
        )

    def clear(self, account: str, actions: Iterable[str], window: int) -> None:
        """Forget what the fixed windows of a length (ms) have counted of these actions, for one account."""
        met = (rule for action in actions for rule in self.book.quotas.get(action, ()))
        cleared = {rule.id for rule in met if rule.algorithm == "fixed" and rule.window == window}
        keys = [key for key in self.store.snapshot(account) if _rule_of(key) in cleared]
        self.store.transact(keys, lambda _cells: (dict.fromkeys(keys, UNUSED), None))

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


def _shown(cell: Cell) -> dict[str, int | str]:
    values = chain.from_iterable(one if isinstance(one, tuple) else (one,) for one in cell)
    return {"cell": " ".join(map(str, islice(values, 8)))}


def _rule_of(key: str) -> str:
    """The rule that counts in a cell."""
    return key.rpartition("#")[2].partition("@")[0]


def _verdict_event(
    account: str, now: int, action: str, actor: Mapping[str, str], cost: int, verdict: Verdict, code: str
) -> Event:
    allowed, rule, retry_after, remaining, _, tier, shadowed, tripped, risk = verdict
    event: Event = {
        "at": now,
        "kind": "verdict",
        "account": account,
        "action": action,
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
    if cost != 1:
        event["cost"] = cost
    if risk:
        event |= {"score": risk.score, "risk": risk.action, "rules": " ".join(risk.rules)}
        if risk.until:
            event["until"] = risk.until
        event |= {FIELDS[name] if name not in SHOWN else name: value for name, value in actor.items()}
    else:
        event |= {FIELDS[name]: value for name, value in actor.items()}
    return event


def _told_event(now: int, signal: Signal) -> Event:
    """A fact that rules heed, whole, so that a journal can be played again."""
    event: Event = {
        "at": now,
        "kind": "told",
        "account": signal.account,
        "platform": signal.platform,
        "signal": signal.kind,
        "about": signal.about,
        "ok": signal.ok,
        "took": signal.took,
        "started": signal.started,
        "cost": signal.cost,
    }
    event |= {FIELDS[name]: value for name, value in signal.actor.items()}
    plain = {name: value for name, value in signal.payload.items() if isinstance(value, str | int | float)}
    return event | {f"payload.{name}": value for name, value in plain.items()}


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
