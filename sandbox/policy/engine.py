"""judge() and observe(): the only two entrances to the policy engine.

Law: pure. Cells in, cells and an answer out; no clock, no I/O, no random numbers, and never an exception for what a caller
may send. All rules that a call meets are judged together: every meter is charged, or none is.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import itemgetter

from . import breaker
from .book import Book
from .model import NEVER, UNLIMITED, Breaker, Call, Cell, Cells, Quota, Sanction, Signal, Verdict
from .windows import release

EMPTY: Cell = ()


def judge(book: Book, cells: Cells, call: Call, now: int) -> tuple[Cells, Verdict]:
    """May this call pass at `now` (ms)? Returns the cells that change, and the verdict."""
    changed: dict[str, Cell] = {}
    refusals: list[tuple[int, str, str]] = []
    shadowed: tuple[str, ...] = ()
    left, full = UNLIMITED, 0
    _, action, account, actor, cost, _ = call
    for key_of, fuse in book.fuses.get(action, ()):
        key = key_of(account, actor)
        memory, wait = breaker.admit(fuse, breaker.read(cells.get(key, EMPTY)), now)
        changed[key] = breaker.write(memory)
        if wait:
            refusals.append((wait, fuse.id, ""))
    for key_of, take, rule, special in book.meters.get(action, ()):
        if special and not applies(rule, call):
            continue
        key = key_of(account, actor)
        cell, wait, remaining, reset = take(cells.get(key, EMPTY), weight(rule, call) if special else cost, now)
        if not wait:
            changed[key] = cell
        elif not rule.shadow:
            refusals.append((wait, rule.id, rule.trips))
        if special and rule.shadow:
            shadowed += (rule.id,) if wait else ()
            continue
        left = min(left, remaining)
        full = max(full, reset)
    if refusals:
        return _refuse(book, cells, call, now, refusals, Verdict(False, "", 0, left, full, 0, shadowed))
    return changed, Verdict(True, "", 0, left, full, 0, shadowed)


def applies(rule: Quota, call: Call) -> bool:
    """Does the call carry what the rule asks for? A missing attribute counts as carried: leaving it out frees nobody."""
    return all(call.actor.get(name, value) == value for name, value in rule.when)


def weight(rule: Quota, call: Call) -> int:
    """The cost that the rule counts: the attribute it names, or the call's own when that is missing or no number."""
    value = call.actor.get(rule.weight, "")
    return int(value) if value.isdecimal() else call.cost


def _refuse(
    book: Book, cells: Cells, call: Call, now: int, refusals: list[tuple[int, str, str]], verdict: Verdict
) -> tuple[Cells, Verdict]:
    """Charge nothing, open the breakers that an excess opens, report the longest wait and its rule."""
    changed: dict[str, Cell] = {}
    tripped = ""
    longest, rule, _ = max(refusals, key=itemgetter(0))
    tripping = {trips for _, _, trips in refusals}
    for key_of, fuse in book.fuses.get(call.action, ()):
        key = key_of(call.account, call.actor)
        memory = breaker.look(fuse, breaker.read(cells.get(key, EMPTY)), now)
        if fuse.id in tripping and memory.state != breaker.OPEN:
            memory = breaker.change(fuse, memory, "trip", now)
            if memory.state == breaker.OPEN:
                tripped, longest = fuse.id, max(longest, memory.until - now)
        changed[key] = breaker.write(memory)
    return changed, verdict._replace(rule=rule, retry_after=longest, tripped=tripped)


def observe(book: Book, cells: Cells, signal: Signal, now: int) -> tuple[Cells, tuple[Sanction, ...]]:
    """Take a fact told afterwards. Returns the cells that change, and what it led to."""
    handler = SIGNALS.get("command" if signal.kind in breaker.COMMANDS else signal.kind)
    return handler(book, cells, signal, now) if handler else ({}, ())


def _outcome(book: Book, cells: Cells, signal: Signal, now: int) -> tuple[Cells, tuple[Sanction, ...]]:
    def step(fuse: Breaker, memory: breaker.Memory) -> breaker.Memory:
        if fuse.trip_on != "outcomes":
            return breaker.look(fuse, memory, now)
        return breaker.record(fuse, memory, ok=signal.ok, took=signal.took, started=signal.started, now=now)

    return _each_breaker(book, cells, signal, step)


def _command(book: Book, cells: Cells, signal: Signal, now: int) -> tuple[Cells, tuple[Sanction, ...]]:
    return _each_breaker(book, cells, signal, lambda fuse, memory: breaker.change(fuse, memory, signal.kind, now))


def _each_breaker(
    book: Book, cells: Cells, signal: Signal, step: Callable[[Breaker, breaker.Memory], breaker.Memory]
) -> tuple[Cells, tuple[Sanction, ...]]:
    changed: dict[str, Cell] = {}
    sanctions: tuple[Sanction, ...] = ()
    for key_of, fuse in book.fuses.get(signal.about, ()):
        key = key_of(signal.account, signal.actor)
        before = breaker.read(cells.get(key, EMPTY))
        after = step(fuse, before)
        changed[key] = breaker.write(after)
        if after.state != before.state:
            whom = key.rpartition("#")[0]
            sanctions += (Sanction(fuse.id, breaker.STATES[after.state], whom, after.until or NEVER),)
    return changed, sanctions


def _finished(book: Book, cells: Cells, signal: Signal, _now: int) -> tuple[Cells, tuple[Sanction, ...]]:
    changed: dict[str, Cell] = {}
    for key_of, _, rule, _ in book.meters.get(signal.about, ()):
        if rule.algorithm == "concurrent":
            key = key_of(signal.account, signal.actor)
            changed[key] = release(cells.get(key, EMPTY), signal.started)
    return changed, ()


Handler = Callable[[Book, Cells, Signal, int], tuple[Cells, tuple[Sanction, ...]]]

SIGNALS: dict[str, Handler] = {"outcome": _outcome, "command": _command, "finished": _finished}
"""What the engine does with each kind of signal; other kinds change nothing here."""
