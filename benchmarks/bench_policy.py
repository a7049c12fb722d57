"""How fast the policy engine decides, beside packages that do less: `python benchmarks/bench_policy.py` prints the tables.

Law: the same 100,000 keys in the same shuffled order for everybody, one core, contestants taking turns, the median of the
rounds. Time is the processor time of this process, all threads counted, so that a busy machine slows nobody down. A
round asks once for every key; a round before the first fills everybody's memory and is not counted. Nothing is refused,
which each round checks. What each row includes stands in the row.
"""

from __future__ import annotations

import os
import platform
import random
import sys
from collections.abc import Callable
from importlib.metadata import version
from itertools import count
from pathlib import Path
from statistics import median
from time import process_time

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # a script finds the package beside it

from sandbox.clock import real_now
from sandbox.policy import Book, Breaker, Call, Cell, Quota, judge
from sandbox.policy.batch import judge_many

KEYS = 100_000
ROUNDS = 9
ROWS = 4_000_000
LIMIT = 1_000_000
SECOND = 1_000
MINUTE = 60_000
START = 28_333_334 * MINUTE

Round = Callable[[], bool]
"""Asks once for every key; says whether all were let through."""


def pin() -> str:
    """Stay on one core, where the system lets us; says which."""
    if not hasattr(os, "sched_setaffinity"):
        return "not pinned"
    core = max(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {core})
    return f"core {core}"


def with_limits(keys: list[str]) -> Round:
    """`limits`: one fixed window, its memory storage."""
    from limits import parse, storage, strategies  # noqa: PLC0415 - only this row needs it

    store = storage.MemoryStorage()
    limiter, item = strategies.FixedWindowRateLimiter(store), parse(f"{LIMIT}/minute")

    def ask() -> bool:
        allowed = 0
        for key in keys:
            allowed += limiter.hit(item, key)
        return allowed == len(keys)

    ask.settle = store.timer.join  # type: ignore[attr-defined] # its sweeper must not run in the next contestant's round
    return ask


def with_throttled(keys: list[str]) -> Round:
    """`throttled-py`: one fixed window, its memory store, made large enough for all keys."""
    from throttled import MemoryStore, RateLimiterType, Throttled, rate_limiter  # noqa: PLC0415 - only this row needs it

    store = MemoryStore(options={"MAX_SIZE": 2 * KEYS})
    throttle = Throttled(using=RateLimiterType.FIXED_WINDOW.value, quota=rate_limiter.per_min(LIMIT), store=store)

    def ask() -> bool:
        refused = 0
        for key in keys:
            refused += throttle.limit(key).limited
        return not refused

    return ask


def with_dict(keys: list[str]) -> Round:
    """The least there is: one fixed window in a dict, no wait, nothing that remains."""
    counts: dict[str, tuple[int, int]] = {}
    rounds = count(START, SECOND)

    def ask() -> bool:
        allowed, now = 0, next(rounds)
        for key in keys:
            window = now // MINUTE
            seen, used = counts.get(key, (window, 0))
            used = used + 1 if seen == window else 1
            counts[key] = (window, used)
            allowed += used <= LIMIT
        return allowed == len(keys)

    return ask


def with_judge(book: Book, calls: list[Call]) -> Round:
    """Our engine, a second between rounds; the changed cells are stored as a memory store does."""
    cells: dict[str, Cell] = {}
    rounds = count(START, SECOND)

    def ask() -> bool:
        allowed, now = 0, next(rounds)
        for call in calls:
            changed, verdict = judge(book, cells, call, now)
            cells.update(changed)
            allowed += verdict[0]
        return allowed == len(calls)

    return ask


def with_judge_and_clock(book: Book, calls: list[Call]) -> Round:
    """The same, reading the clock for every call, as the packages do inside."""
    cells: dict[str, Cell] = {}

    def ask() -> bool:
        allowed = 0
        for call in calls:
            changed, verdict = judge(book, cells, call, real_now())
            cells.update(changed)
            allowed += verdict[0]
        return allowed == len(calls)

    return ask


def quotas(*scopes: tuple[str, ...]) -> tuple[Quota, ...]:
    """One fixed window of 1, 2, 3 ... minutes for each scope."""
    return tuple(Quota(f"p.q{n}", LIMIT, n * MINUTE, scope=scope) for n, scope in enumerate(scopes, 1))


def book(rules: tuple[Quota, ...], fuses: tuple[Breaker, ...] = ()) -> Book:
    """Rules for the one action asked for."""
    return Book("p", {"p.act": rules}, {"p.act": fuses})


def contestants(keys: list[str]) -> dict[str, Round]:
    """Each row's name and its round."""
    calls = [Call("p", "p.act", key) for key in keys]
    scoped = [Call("p", "p.act", key, {"ip": f"10.{key}", "device": f"d{key}"}) for key in keys]
    three = book(quotas((), (), ()))
    fused = book(quotas((), (), ()), (Breaker("p.fuse", MINUTE, trip_on="excess"),))
    rows = {f"`limits` {version('limits')}, 1 limit": with_limits(keys)}
    try:
        rows[f"`throttled-py` {version('throttled-py')}, 1 limit"] = with_throttled(keys)
    except ImportError:
        print("throttled-py is not installed: left out", file=sys.stderr)
    return rows | {
        "a dict counter by hand, 1 limit": with_dict(keys),
        "`judge`, 1 limit": with_judge(book(quotas(())), calls),
        "`judge`, 3 limits of each key": with_judge(three, calls),
        "`judge`, 3 limits of each key, reading the clock": with_judge_and_clock(three, calls),
        "`judge`, 3 limits of each key and a fuse": with_judge(fused, calls),
        "`judge`, 3 limits of account, ip and device": with_judge(book(quotas((), ("ip",), ("device",))), scoped),
    }


def decisions(rounds: dict[str, Round]) -> dict[str, float]:
    """Median decisions a second of each contestant; they take turns."""
    taken: dict[str, list[float]] = {name: [] for name in rounds}
    for number in range(ROUNDS + 1):
        for name, ask in rounds.items():
            before = process_time()
            if not ask():
                raise SystemExit(f"{name}: refused a call: the comparison would not be fair")
            if number:
                taken[name].append(process_time() - before)
            getattr(ask, "settle", int)()
    return {name: KEYS / median(times) for name, times in taken.items()}


def ranks(keys: np.ndarray, times: np.ndarray) -> np.ndarray:
    """The least that numpy must do: how many calls of the same key and minute came before each."""
    window = times // MINUTE
    first = np.ones(len(keys), np.bool_)
    first[1:] = (keys[1:] != keys[:-1]) | (window[1:] != window[:-1])
    starts = np.flatnonzero(first)
    return np.arange(len(keys)) - np.repeat(starts, np.diff(starts, append=len(keys)))


def columns() -> dict[str, float]:
    """Median verdicts a second over presorted columns, beside the ranks alone."""
    rng = np.random.default_rng(1)
    keys, times = rng.integers(0, KEYS, ROWS), START + rng.integers(0, 10 * MINUTE, ROWS)
    order = np.lexsort((times, keys))
    keys, times = keys[order], times[order]
    rule = Quota("p.q", 5, MINUTE)
    taken: dict[str, list[float]] = {}
    for _ in range(ROUNDS):
        for name, work in (
            ("`judge_many`: allowed, retry_after and remaining", lambda: judge_many(rule, keys, times)),
            ("numpy: ranks within (key, minute) alone", lambda: ranks(keys, times)),
        ):
            before = process_time()
            work()
            taken.setdefault(name, []).append(process_time() - before)
    return {name: ROWS / median(times) for name, times in taken.items()}


def main() -> None:
    """Measure, and print the tables."""
    where = pin()
    keys = [f"key-{number}" for number in range(KEYS)]
    random.Random(1).shuffle(keys)
    found = decisions(contestants(keys))
    base = next(iter(found.values()))
    print(
        f"Python {platform.python_version()}, numpy {np.__version__}, {where}; {KEYS:,} keys, median of {ROUNDS} rounds.\n"
    )
    print("| one by one | decisions / s | x `limits` |\n|---|---:|---:|")
    for name, rate in found.items():
        print(f"| {name} | {rate:,.0f} | {rate / base:.2f} |")
    print(f"\n| {ROWS:,} calls at once, sorted by key and time | verdicts / s |\n|---|---:|")
    for name, rate in columns().items():
        print(f"| {name} | {rate:,.0f} |")


if __name__ == "__main__":
    main()
