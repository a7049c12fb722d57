"""judge() and observe(): the only two entrances to the policy engine.

Law: pure. Cells in, cells and an answer out; no clock, no I/O, no random numbers, and never an exception for what a caller
may send. All rules that a call meets are judged together: every meter is charged, or none is. `judge` supposes that
everything fits, and stops at the first rule that says otherwise; `_refuse` then asks every rule, to report the longest wait.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Mapping
from operator import itemgetter

from . import breaker
from .book import NO_RULES, Book, Meter
from .detect import COLOURS
from .metered import weight
from .model import NEVER, UNLIMITED, Breaker, Call, Cell, Cells, Quota, Sanction, Signal, Verdict, named
from .risk import CLEAN, Guard
from .sanctions import HANDLERS
from .tiers import mark
from .windows import release

EMPTY: Cell = ()

CLEARED = Verdict(True, risk=CLEAN)
"""Nobody is suspected, and there are no quotas."""


def judge(book: Book, cells: Cells, call: Call, now: int) -> tuple[Cells, Verdict]:
    """May this call pass at `now` (ms, 0 or more)? Returns the cells that change, and the verdict.

    The verdict is made as a tuple is: its own constructor costs as much as the counting.
    """
    _, action, account, actor, cost, _ = call
    charge, others, guard = book.ready.get(action, NO_RULES)
    if cost < 0:
        return judge(book, cells, call._replace(cost=0), now)
    if guard:
        return _guarded(book, guard, cells, call, now)
    charged = charge(cells, account, actor, cost, now)
    if charged is None:
        return _refuse(book, cells, call, now)
    if others:
        return _judge_others(book, cells, call, now, *charged)
    changed, left, full = charged
    return changed, named(Verdict, (True, "", 0, left, full, 0, (), "", None))


def _guarded(book: Book, guard: Guard, cells: Cells, call: Call, now: int) -> tuple[Cells, Verdict]:
    """Risk control first; what it lets through, the quotas judge. What it noted is kept either way."""
    noted, refused, found = guard(cells, call, now)
    if refused:
        return noted, refused._replace(risk=found)
    if call.action not in book.unwatched.ready:
        return noted, CLEARED if found is CLEAN else CLEARED._replace(tier=found.tier, risk=found)
    changed, verdict = judge(book.unwatched, cells, call, now)
    allowed, rule, wait, left, full, _, shadowed, tripped, _ = verdict
    made = named(Verdict, (allowed, rule, wait, left, full, found.tier, shadowed, tripped, found))
    return ({**noted, **changed} if noted else changed), made


def _judge_others(
    book: Book, cells: Cells, call: Call, now: int, changed: dict[str, Cell], left: int, full: int
) -> tuple[Cells, Verdict]:
    """What `judge` says when quotas that are not plain are asked too: `changed`, `left` and `full` are its findings so far."""
    _, action, account, actor, cost, _ = call
    shadowed: tuple[str, ...] = ()
    for key_of, take, rule in book.ready[action][1]:
        if rule.when and not applies(rule, actor):
            continue
        key = key_of(account, actor)
        cell, wait, remaining, reset = take(cells.get(key, EMPTY), weight(rule, actor, cost) if rule.weight else cost, now)
        if not wait:
            changed[key] = cell
        elif not rule.shadow:
            return _refuse(book, cells, call, now)
        if not rule.shadow:
            left, full = min(left, remaining), max(full, reset)
        elif wait:
            shadowed += (rule.id,)
    return changed, named(Verdict, (True, "", 0, left, full, 0, shadowed, "", None))


def applies(rule: Quota, actor: Mapping[str, str]) -> bool:
    """Does the call carry what the rule asks for? A missing attribute counts as carried: leaving it out frees nobody."""
    return all(actor.get(name, value) == value for name, value in rule.when)


def _refuse(book: Book, cells: Cells, call: Call, now: int) -> tuple[Cells, Verdict]:
    """Charge nothing, open the breakers that an excess opens, report the longest wait and its rule."""
    refusals, left, full, shadowed = _ask_meters(book.meters.get(call.action, ()), cells, call, now)
    tripping, tripped, until = {trips for _, _, trips in refusals}, "", 0
    waits: list[tuple[int, str, str]] = []
    changed: dict[str, Cell] = {}
    for key_of, fuse in book.fuses.get(call.action, ()):
        key = key_of(call.account, call.actor)
        before = breaker.read(cells.get(key, EMPTY))
        after = breaker.look(fuse, before, now)
        if wait := breaker.wait(fuse, after, now):
            waits.append((wait, fuse.id, ""))
        if fuse.id in tripping and after.state != breaker.OPEN:
            after = breaker.change(fuse, after, "trip", now)
            if after.state == breaker.OPEN:
                tripped, until = fuse.id, max(until, after.until)
        if after != before:
            changed[key] = breaker.write(after)
    longest, rule, _ = max(waits + refusals, key=itemgetter(0))
    return changed, Verdict(False, rule, max(longest, until - now), left, full, 0, shadowed, tripped)


def _ask_meters(
    meters: tuple[Meter, ...], cells: Cells, call: Call, now: int
) -> tuple[list[tuple[int, str, str]], int, int, tuple[str, ...]]:
    """(wait, rule, breaker it trips) of each refusal; what is left, and until when it is not all; refusing shadow rules."""
    _, _, account, actor, cost, _ = call
    refusals: list[tuple[int, str, str]] = []
    left, full = UNLIMITED, 0
    shadowed: tuple[str, ...] = ()
    for key_of, take, rule in meters:
        if rule.when and not applies(rule, actor):
            continue
        cell = cells.get(key_of(account, actor), EMPTY)
        _, wait, remaining, reset = take(cell, weight(rule, actor, cost) if rule.weight else cost, now)
        if rule.shadow:
            shadowed += (rule.id,) if wait else ()
            continue
        if wait:
            refusals.append((wait, rule.id, rule.trips))
        else:
            _, _, remaining, reset = take(cell, 0, now)  # it has room, but is not charged
        left, full = min(left, remaining), max(full, reset)
    return refusals, left, full, shadowed


def observe(book: Book, cells: Cells, signal: Signal, now: int) -> tuple[Cells, tuple[Sanction, ...]]:
    """Take a fact told afterwards. Returns the cells that change, and what it led to."""
    handler = SIGNALS.get("command" if signal.kind in breaker.COMMANDS else signal.kind)
    changed, sanctions = handler(book, cells, signal, now) if handler else ({}, ())
    watches, failed = book.watches, signal.kind == "outcome" and not signal.ok
    for watch in (watches.signals.get(signal.kind), watches.failures.get(signal.about) if failed else None):
        if watch:
            seen: Cells = ChainMap({**changed}, cells) if changed else cells  # type: ignore[arg-type] # only read
            noted, more = watch.heed(seen, signal, now)
            changed, sanctions = {**changed, **noted}, sanctions + more
    return changed, sanctions


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
        if after != before:
            changed[key] = breaker.write(after)
        if after.state != before.state:
            whom = key.rpartition("#")[0]
            sanctions += (Sanction(fuse.id, breaker.STATES[after.state], whom, after.until or NEVER),)
    return changed, sanctions


def _finished(book: Book, cells: Cells, signal: Signal, _now: int) -> tuple[Cells, tuple[Sanction, ...]]:
    changed: dict[str, Cell] = {}
    for key_of, _, rule in book.meters.get(signal.about, ()):
        if rule.algorithm != "concurrent" or not applies(rule, signal.actor):
            continue
        key = key_of(signal.account, signal.actor)
        before, cost = cells.get(key, EMPTY), max(signal.cost, 0)
        after = release(before, signal.started, weight(rule, signal.actor, cost) if rule.weight else cost)
        if after != before:
            changed[key] = after
    return changed, ()


def _penalty(book: Book, cells: Cells, signal: Signal, now: int) -> tuple[Cells, tuple[Sanction, ...]]:
    changed: dict[str, Cell] = {}
    said = HANDLERS[signal.kind](book.risk.penalties, cells, changed, signal, now)
    return changed, (said,) if said else ()


def _list(book: Book, cells: Cells, signal: Signal, now: int) -> tuple[Cells, tuple[Sanction, ...]]:
    """A value goes onto a list that some rule asks for, or with a time to live of 0 off it."""
    changed: dict[str, Cell] = {}
    of, value, ttl = (signal.payload.get(name) for name in ("of", "value", "ttl_ms"))
    colour = signal.payload.get("colour", "black")
    if not (isinstance(of, str) and isinstance(value, str) and isinstance(ttl, int) and colour in COLOURS):
        return changed, ()
    if not mark(book.watches.lists, cells, changed, signal.account, of, value, (COLOURS[colour], now + ttl)):
        return changed, ()
    return changed, (Sanction(f"{book.platform}.list.{of}", colour, f"{signal.account}/{value}", now + ttl),)


Handler = Callable[[Book, Cells, Signal, int], tuple[Cells, tuple[Sanction, ...]]]

SIGNALS: dict[str, Handler] = {
    "outcome": _outcome,
    "command": _command,
    "finished": _finished,
    "list": _list,
    **dict.fromkeys(HANDLERS, _penalty),
}
"""What the engine does with each kind of signal; detectors may look at these and at any other kind."""
