"""A month of claims judged again: `python -m benchmarks.bench_risk_replay [CLAIMS]` prints how long it takes and what it remembers.

Law: 5,000,000 claims of 1,000,000 people on as many devices, spread over 30 days as people's days are, are made beforehand in
portions, which is not counted; every claim is judged by all three levels of the shipped rulebook in time order on one core, and
what it changes is kept in a dict, as the memory store does. Time is the processor time of the judging alone; memory is what the
process holds more at the end than before the first claim. What is refused is told. The garbage collector is off: cells are tuples of
numbers, never in a circle, and going through millions of them again and again took a third of the time.
"""

from __future__ import annotations

import gc
import platform
import resource
import sys
from collections.abc import Iterator
from pathlib import Path
from time import process_time

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # a script finds the package beside it

from benchmarks.bench_policy import pin
from sandbox.behaviour.pack import Pack, calls
from sandbox.behaviour.traffic import CAMPAIGNS, CLAIM, MISSING, ages, clocks, daytime, homes, mobiles, table
from sandbox.policy import Call, Cell, judge
from sandbox.rulebooks import load

CLAIMS = 5_000_000
PEOPLE = 1_000_000
DAYS = 30
PORTION = 2_000
START = 1_793_462_400_000
"""2026-11-01, midnight in Beijing, ms."""


def month(claims: int) -> Pack:
    """Claims of a month in time order; people and devices in proportion, four to a household's address."""
    rng = np.random.default_rng(1)
    people = max(1, claims * PEOPLE // CLAIMS)
    at = np.sort(daytime(rng, claims, DAYS))
    user = rng.integers(0, people, claims)
    household = homes(rng, people // 4 + 1)[user // 4]
    columns = dict(
        table(
            at,
            action=CLAIM,
            user=user,
            device=user + (rng.random(claims) < 0.02) * people,
            ip=np.where(rng.random(claims) < 0.6, household, mobiles(rng, user % 5)),
            campaign=rng.integers(0, CAMPAIGNS, claims),
            nonce=np.arange(claims),
            age_ms=clocks(rng, claims),
            registered_s=ages(rng, people, 400)[user] + at // 1_000,
        )
    )
    return Pack({**columns, "event": np.arange(claims), "payment": np.full(claims, MISSING)})


def portions(pack: Pack) -> Iterator[list[tuple[int, Call]]]:
    """The pack's calls, some at a time."""
    for begin in range(0, len(pack), PORTION):
        part = Pack({name: column[begin : begin + PORTION] for name, column in pack.columns.items()})
        yield list(calls(part, "main"))


def held() -> int:
    """The memory that the process holds now, in bytes."""
    pages = Path("/proc/self/statm")
    if pages.exists():
        return int(pages.read_text("ascii").split()[1]) * resource.getpagesize()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main() -> None:
    """Judge a month, and print what it took."""
    claims = int(sys.argv[1]) if len(sys.argv) > 1 else CLAIMS
    gc.disable()
    where, book = pin(), load("wechat").book
    pack, cells = month(claims), dict[str, Cell]()
    devices, before, took, refused = len(np.unique(pack.columns["device"])), held(), 0.0, 0
    for portion in portions(pack):
        begin = process_time()
        for at, call in portion:
            changed, verdict = judge(book, cells, call, START + at)
            if changed:
                cells.update(changed)
            refused += not verdict.allowed
        took += process_time() - begin
    grown = held() - before

    print(
        f"Python {platform.python_version()}, {where}; {DAYS} days, {devices:,} devices, {refused / claims:.2%} refused.\n"
    )
    print("| claims | seconds of CPU | µs a claim | bar, s | cells | memory, MB | memory for a million devices, MB |")
    print("|---:|---:|---:|---:|---:|---:|---:|")
    scaled = grown / devices * 1_000_000 / 2**20
    bar = 90 * claims / CLAIMS
    print(
        f"| {claims:,} | {took:.1f} | {took / claims * 1e6:.1f} | {bar:.0f} | {len(cells):,} | {grown / 2**20:,.0f} | {scaled:,.0f} |"
    )


if __name__ == "__main__":
    main()
