"""When is the lateness of a system under test the machine's, and when its own?"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.cli.starving import Sample, sample, starved

S = 1_000_000_000
MS = 1_000_000


def run(seconds: int, ran_ms: int, waited_ms: int, turns: int, *, calm: int = 0) -> list[Sample]:
    """A sample a second, `calm` quiet ones first, of a process that then runs, waits and has its turn so much each second."""
    quiet = [Sample(at * S, at * MS, 0, at * 100) for at in range(calm)]
    last = quiet[-1] if quiet else Sample(-S, 0, 0, 0)
    busy = [
        Sample(last.at + n * S, last.ran + n * ran_ms * MS, last.waited + n * waited_ms * MS, last.turns + n * turns)
        for n in range(1, seconds + 1)
    ]
    return quiet + busy


@pytest.mark.parametrize(
    ("samples", "rate", "said"),
    [
        ([], 20, ""),
        (run(20, 100, 5, 500), 20, ""),
        (run(20, 400, 500, 20), 20, "waited 25 ms"),
        (run(20, 400, 500, 20), 1, "waited 25 ms"),
        (run(8, 400, 500, 20, calm=40), 20, "waited 25 ms"),
        (run(2, 400, 500, 20, calm=40), 20, ""),
        (run(20, 990, 0, 100), 20, "99% of the time and ran 99% of it"),
        (run(20, 380, 600, 200), 1, "98% of the time and ran 38% of it"),
        (run(20, 990, 0, 100), 1, ""),
        (run(20, 0, 0, 0), 20, ""),
    ],
    ids=[
        "unknown",
        "idle",
        "starved",
        "starved at real time",
        "for a while",
        "a hiccup",
        "too fast",
        "crowded out",
        "busy by itself",
        "asleep",
    ],
)
def test_what_the_machine_did(samples: list[Sample], rate: float, said: str) -> None:
    found = starved(samples, 20, rate)
    assert bool(found) == bool(said)
    assert said in found


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="only Linux tells")
def test_a_sleeping_process_waits_for_nothing_and_one_that_is_kept_from_the_processor_does() -> None:
    """Two programs on one processor: each is ready all the time, and runs half of it."""
    spin = "import os, time\nos.sched_setaffinity(0, {0})\nend = time.time() + 0.6\nwhile time.time() < end: pass\nprint(1, flush=True)\ninput()"
    both = [subprocess.Popen([sys.executable, "-c", spin], stdin=subprocess.PIPE, stdout=subprocess.PIPE) for _ in range(2)]
    try:
        for one in both:
            assert one.stdout
            one.stdout.readline()
        found = [sample(one.pid) for one in both]
    finally:
        for one in both:
            one.communicate(b"\n")
    assert all(one and one.waited > 100 * MS and one.ran > 50 * MS for one in found), found
    assert sample(both[0].pid) is None
    mine = sample(os.getpid())
    assert mine is not None
    assert mine.turns > 0
