"""What the three levels of risk control cost a call: the shipped mixed pack, judged call by call by the shipped rules, in process.

Medians over the calls of each action; verdicts are kept as the memory store keeps them, outside the time that is taken. After every
tenth call `limits` counts its user once: what the machine makes of one plain limit in the same minute.
"""

from __future__ import annotations

import gc
import statistics
import time
import tomllib
from collections import defaultdict
from importlib.metadata import version
from pathlib import Path

import limits

from benchmarks.bench_policy import pin
from sandbox.behaviour.pack import calls
from sandbox.behaviour.playing import database
from sandbox.behaviour.table import BEHAVIOURS
from sandbox.cli.packing import pack_of
from sandbox.policy import Cell, judge, observe
from sandbox.report.rejudge import ACCOUNT
from sandbox.rulebooks import load
from sandbox.scenario import parse

SCENARIO = Path(__file__).parents[1] / "scenarios" / "sim" / "risk_mixed.toml"
BAR_US = 8


def main() -> None:
    """Print the table."""
    pin()
    scenario = parse(tomllib.loads(SCENARIO.read_text("utf-8")), str(SCENARIO), BEHAVIOURS)
    pack, book = pack_of(scenario, scenario.seed), load("wechat").book
    if pack is None:
        raise SystemExit(f"{SCENARIO}: no pack in it")
    cells: dict[str, Cell] = {}
    for fact in database(pack, ACCOUNT):
        cells.update(observe(book, cells, fact, scenario.start_ms)[0])
    took: defaultdict[str, list[int]] = defaultdict(list)
    counted: list[int] = []
    start = scenario.start_ms
    peer, one = limits.strategies.FixedWindowRateLimiter(limits.storage.MemoryStorage()), limits.parse("1000000/minute")
    gc.disable()  # as a replay runs
    for number, (at, call) in enumerate(calls(pack, ACCOUNT)):
        now = start + at
        begun = time.perf_counter_ns()
        changed, _ = judge(book, cells, call, now)
        took[call.action].append(time.perf_counter_ns() - begun)
        cells.update(changed)
        if number % 10 == 0:
            begun = time.perf_counter_ns()
            peer.hit(one, call.actor["user"])
            counted.append(time.perf_counter_ns() - begun)
    print("\n| three levels, one call | calls | median µs | bar |\n|---|---:|---:|---:|")
    for action, times in took.items():
        print(f"| {action} | {len(times):,} | {statistics.median(times) / 1000:.1f} | |")
    every = [one for times in took.values() for one in times]
    print(f"| all | {len(every):,} | {statistics.median(every) / 1000:.1f} | {BAR_US} |")
    print(f"| one limit, by `limits` {version('limits')} | {len(counted):,} | {statistics.median(counted) / 1000:.1f} | |")


if __name__ == "__main__":
    main()
