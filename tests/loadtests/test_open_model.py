"""What a stall does to what is measured: counted from when a request should have been sent it shows, from when it was sent it hides.

The golden figures are those of a plan of 2,000 requests a second, 30 s, one server that takes 0.2 ms and freezes for 1.4 s: p95
500 ms and p99 1,220 ms from the intended start, against 0.2 ms for a closed model; here scaled to 200 a second and 2 ms.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hdrh.histogram import HdrHistogram

from sandbox.behaviour import Behaviour, Call, Reply, Signal, Wait
from sandbox.cast import Role
from sandbox.events import Event, read
from sandbox.schedule import Phase, compile_arrivals
from sandbox.serving import await_control, end
from sandbox.sim.driver import Stage, start
from sandbox.sim.run import SimClock
from tests.loadtests.playing import play, wanted

START = 1_794_398_400_000
LENGTH, PER_SECOND, SERVICE = 30_000, 200, 2
FREEZE, THAW = START + 15_000, START + 16_400
USERS = 20
PACE = USERS * 1000 // PER_SECOND


@dataclass
class OneServer:
    """A `sandbox.sim.driver.Port`: first come, first served, `SERVICE` ms each, and nobody between freeze and thaw."""

    now: Callable[[], int]
    free: int = 0

    def perform(self, _call: Call) -> Reply:
        began = max(self.now(), self.free)
        self.free = (THAW if FREEZE <= began < THAW else began) + SERVICE
        return Reply(True)

    def tell(self, _signal: Signal) -> Reply:
        return Reply(True)

    def latency(self, _action: str) -> int:
        return self.free - self.now()


def one_request(_number: int) -> Behaviour:
    yield Call("wecom", "wecom.message_send", "main")


def user(_number: int) -> Behaviour:
    """Locust's constant_pacing: the next request one pace after the last began, at once when that is over, and what was missed is gone."""
    due = START
    while True:
        reply = yield Call("wecom", "wecom.message_send", "main")
        assert isinstance(reply, Reply)
        due = max(due + PACE, reply.at)
        yield Wait(due - reply.at)


def measured(role: Role) -> list[Event]:
    clock, events = SimClock(START), []
    stage = Stage(clock.env, OneServer(clock), events.append, 0, "main")
    start(stage, (role,))
    clock.env.run(until=START + LENGTH + 5_000)
    return [event for event in events if int(event["intended"] or 0) < START + LENGTH]


def percentiles(events: list[Event], *percents: float) -> list[float]:
    return np.percentile([int(event["at"]) - int(event["intended"]) for event in events], percents).tolist()


def test_an_open_model_shows_a_stall_in_full() -> None:
    arrivals = compile_arrivals([Phase(LENGTH, PER_SECOND, "even")], 1, "load")
    events = measured(Role("load", one_request, (), len(arrivals), arrivals))
    assert len(events) == LENGTH * PER_SECOND // 1000
    p95, p99, longest = percentiles(events, 95, 99, 100)
    assert p95 == pytest.approx(500, abs=5)
    assert p99 == pytest.approx(1_220, abs=5)
    assert longest == pytest.approx(1_400, abs=5)


def test_a_closed_model_hides_it() -> None:
    events = measured(Role("load", user, (), USERS, None))
    lost = LENGTH * PER_SECOND // 1000 - len(events)
    assert 250 <= lost <= 300, "what it did not send while it waited is gone"
    p95, p99, p999 = percentiles(events, 95, 99, 99.5)
    assert max(p95, p99, p999) <= USERS * SERVICE
    assert percentiles(events, 100)[0] >= 1_300


# -------------------------------------------------------------------------- over HTTP, against a server that really stalls

STALLING = Path(__file__).parent / "stalling.py"
STALL_MS = 1_400


@pytest.fixture
def stalling(tmp_path: Path) -> Iterator[Path]:
    """The env file of a sandbox that answers nobody for 1.4 s once, some requests into the run."""
    env_file, log = tmp_path / "env", tmp_path / "server.log"
    command = [sys.executable, str(STALLING), str(env_file), str(START), str(STALL_MS)]
    with log.open("wb") as out:
        server = subprocess.Popen(command, stdout=out, stderr=out)
    try:
        await_control(server, env_file, log).close()
        yield env_file
    finally:
        end(server)


def test_over_http_a_stall_counts_from_when_requests_should_have_been_sent(stalling: Path, tmp_path: Path) -> None:
    phases = [{"lasts": "2s", "per_second": 60, "spacing": "even"}]
    population = {"name": "buyers", "behaviour": "shopee.order", "phases": phases}
    done = play(wanted(tmp_path, START, "2s", population, drain="1s", rate=1), stalling, tmp_path / "out")
    assert done.returncode == 0, done.stderr
    signals = [event for event in read(tmp_path / "out" / "live-client.jsonl") if event["kind"] == "signal"]
    assert len(signals) == 120, "every arrival came, also those of the stall"
    assert percentiles(signals, 99)[0] >= 1_000
    statistics = json.loads((tmp_path / "out" / "live-locust.json").read_text())
    response = HdrHistogram.decode(statistics["histograms"]["shopee.order_placed"]["response_us"])
    assert response.get_total_count() == 120
    assert response.get_value_at_percentile(99) >= 1_000_000
    assert statistics["totals"]["num_requests"] == 120
    assert statistics["totals"]["response_ms"]["p99"] >= 1_000, "Locust's own statistics count from there too"
