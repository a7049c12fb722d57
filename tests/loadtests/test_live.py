"""Real runs: the load generator in its own process, against a real sandbox, over real sockets."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from hdrh.histogram import HdrHistogram

from sandbox.events import Event, read
from sandbox.serving import await_control, dotenv, end
from tests.loadtests.playing import ROOT, command, play, wanted

START = 1_794_398_400_000


@dataclass
class Sandbox:
    """A server of its own process whose clock stands still; runs begin wherever it stands."""

    control: httpx.Client
    env_file: Path
    process: subprocess.Popen[bytes]

    def stand(self) -> int:
        """Stop the clock; virtual now."""
        return int(self.control.post("/_sandbox/clock", json={"rate": 0}).json()["now"])

    def verdicts(self, action: str, since: int) -> list[Event]:
        """What the gate said of an action from then on."""
        events = self.control.get("/_sandbox/events", params={"limit": 100_000}).json()["events"]
        said = [event for event in events if event["kind"] == "verdict" and event["at"] >= since]
        return [event for event in said if event["action"] == action]


def serve(folder: Path) -> Sandbox:
    env_file, log = folder / "env", folder / "server.log"
    arguments = ["serve", "--port", "0", "--rate", "0", "--start", str(START), "--env-file", str(env_file)]
    with log.open("wb") as out:
        process = subprocess.Popen([sys.executable, "-m", "sandbox", *arguments], stdout=out, stderr=out, cwd=ROOT)
    return Sandbox(await_control(process, env_file, log), env_file, process)


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    one = serve(tmp_path_factory.mktemp("sandbox"))
    yield one
    one.control.close()
    end(one.process)


ORDERS = {
    "name": "buyers",
    "behaviour": "shopee.order",
    "phases": [{"lasts": "10s", "per_second": 4, "spacing": "even"}],
}
INTEGRATION = {"name": "integration", "behaviour": "integration.naive", "count": 2, "receives": ["shopee.order_status"]}
SHOPPERS = {
    "name": "shoppers",
    "behaviour": "coupon.shopper",
    "phases": [{"lasts": "4s", "per_second": 0}, {"lasts": "2s", "per_second": 30, "spacing": "even"}],
    "with": {"think_ms": 1000},
}
ISSUER = {"name": "merchant", "behaviour": "coupon.issuer", "count": 1, "with": {"batches": 1, "gap_ms": 100}}


def happened(out: Path) -> list[Event]:
    return list(read(out / "live-client.jsonl"))


def test_a_run_leaves_what_happened_and_adds_up(sandbox: Sandbox, tmp_path: Path) -> None:
    begin = sandbox.stand()
    done = play(wanted(tmp_path, begin, "10s", ORDERS, INTEGRATION, drain="4s", rate=5), sandbox.env_file, tmp_path / "out")
    assert (done.returncode, done.stderr) == (0, "")
    events = happened(tmp_path / "out")
    kinds = Counter(event["kind"] for event in events)
    assert kinds == {"signal": 40, "push": 40, "take": 40, "reply": 40, "load": 1}, "every push arrived and was forwarded"
    load = events[-1]
    assert {name: load[name] for name in ("planned", "sent", "dropped", "sandbox_errors", "transport_errors")} == {
        "planned": 40,
        "sent": 40,
        "dropped": 0,
        "sandbox_errors": 0,
        "transport_errors": 0,
    }
    assert orders(events, "signal") == orders(events, "push") == orders(events, "take") == orders(events, "reply")
    assert len(sandbox.verdicts("wecom.message_send", begin)) == 40
    clock = sandbox.control.get("/_sandbox/clock").json()
    assert clock["rate"] == 0
    assert clock["now"] >= begin + 14_000
    check_form(events, begin)
    check_progress(done.stdout)
    check_statistics(tmp_path / "out", 80)


def orders(events: list[Event], kind: str) -> set[Any]:
    return {event["order"] for event in events if event["kind"] == kind}


FIELDS = {
    "signal": {"at", "kind", "account", "population", "signal", "intended", "ok", "order"},
    "push": {"at", "kind", "account", "population", "topic", "order"},
    "take": {"at", "kind", "account", "population", "topic", "order"},
    "reply": {"at", "kind", "account", "population", "action", "ok", "code", "intended", "sent", "order", "msgid"},
}


def check_form(events: list[Event], begin: int) -> None:
    """The events are as docs/events.md says."""
    times: list[Any] = [event["at"] for event in events]
    assert times == sorted(times)
    assert times[0] >= begin
    for event in events[:-1]:
        assert set(event) == FIELDS[str(event["kind"])]
        moments: list[Any] = [event[name] for name in ("intended", "sent", "at") if name in event]
        assert moments == sorted(moments)
    intended = sorted(int(event["intended"] or 0) - begin for event in events if event["kind"] == "signal")
    assert intended == list(range(0, 10_000, 250)), "arrivals are when the schedule says, however late they are sent"


def check_progress(said: str) -> None:
    lines = [json.loads(line) for line in said.splitlines()]
    assert len(lines) >= 3
    assert all(set(line) == {"done", "sent", "late", "dropped", "in_flight"} for line in lines)
    assert [line["done"] for line in lines] == sorted(line["done"] for line in lines)
    assert (lines[-1]["done"], lines[-1]["sent"], lines[-1]["dropped"]) == (1, 40, 0)


def check_statistics(out: Path, requests: int) -> None:
    statistics = json.loads((out / "live-locust.json").read_text())
    assert statistics["totals"]["num_requests"] == requests
    assert statistics["totals"]["num_failures"] == 0
    for times in statistics["histograms"]["all"].values():
        assert HdrHistogram.decode(times).get_total_count() == requests
    assert set(statistics["histograms"]) == {"all", "shopee.order_placed", "wecom.message_send"}


def test_arrivals_that_find_too_many_at_work_are_dropped_and_counted(sandbox: Sandbox, tmp_path: Path) -> None:
    begin = sandbox.stand()
    scenario = wanted(tmp_path, begin, "6s", SHOPPERS, ISSUER, drain="2s", rate=5, in_flight=3)
    done = play(scenario, sandbox.env_file, tmp_path / "out")
    assert (done.returncode, done.stderr) == (0, "")
    events = happened(tmp_path / "out")
    load: dict[str, Any] = dict(events[-1])
    assert load["planned"] == 60 == load["sent"] + load["dropped"]
    assert load["dropped"] > 20
    taken = [event for event in events if event.get("signal") == "wechat.card_received"]
    assert len(taken) == load["sent"]
    assert [event["code"] for event in events if event.get("action") == "wechat.card.consume"] == [""] * load["sent"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_leaves_what_happened_so_far(sandbox: Sandbox, tmp_path: Path, number: signal.Signals) -> None:
    scenario = wanted(tmp_path, sandbox.stand(), "10m", {**ORDERS, "count": None}, INTEGRATION, drain="0s", rate=5)
    generator = subprocess.Popen(
        command(scenario, sandbox.env_file, tmp_path / "out"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert generator.stdout
    assert generator.stdout.readline().startswith('{"done"')
    generator.send_signal(number)
    _, complaint = generator.communicate(timeout=20)
    assert (generator.returncode, complaint) == (130, "")
    events = happened(tmp_path / "out")
    load: dict[str, Any] = dict(events[-1])
    assert (load["kind"], load["planned"]) == ("load", 40)
    assert 0 < load["sent"] < 40
    assert len(orders(events, "signal")) <= load["sent"]
    assert (tmp_path / "out" / "live-locust.json").exists()
    assert sandbox.control.get("/_sandbox/clock").json()["rate"] == 0


def test_a_sandbox_that_dies_is_said_and_what_happened_is_kept(tmp_path: Path) -> None:
    mortal = serve(tmp_path)
    scenario = wanted(tmp_path, START, "10s", ORDERS, INTEGRATION, drain="0s", rate=5)
    generator = subprocess.Popen(
        command(scenario, mortal.env_file, tmp_path / "out"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert generator.stdout
    assert generator.stdout.readline().startswith('{"done"'), generator.communicate()
    mortal.process.kill()
    mortal.process.wait()
    mortal.control.close()
    _, complaint = generator.communicate(timeout=20)
    assert (generator.returncode, one_sentence(complaint)) == (2, True)
    load: dict[str, Any] = dict(happened(tmp_path / "out")[-1])
    assert (load["sent"], load["dropped"]) == (40, 0), "the load is open: it goes on, whatever the target does"
    assert load["transport_errors"] > 10


def one_sentence(complaint: str) -> bool:
    return complaint.startswith("loadtests: ") and complaint.count("\n") == 1


def changed(sandbox: Sandbox, tmp_path: Path, **values: str) -> Path:
    """The env file with some values changed."""
    path = tmp_path / "changed.env"
    kept = {**dotenv(sandbox.env_file), **values}
    path.write_text("".join(f"{name}={value}\n" for name, value in kept.items()))
    return path


MISTAKES: dict[str, tuple[dict[str, str], str]] = {
    "a dead sandbox": ({"SANDBOX_BASE": "http://127.0.0.1:1"}, "does not answer: Connection refused"),
    "a dead platform": ({"WECOM_BASE": "http://127.0.0.1:1/wecom"}, "http://127.0.0.1:1 does not answer as a platform does"),
    "another start's token": ({"SANDBOX_ADMIN_TOKEN": "wrong"}, "refuses SANDBOX_ADMIN_TOKEN"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_one_sentence_and_status_2(sandbox: Sandbox, tmp_path: Path, mistake: str) -> None:
    values, says = MISTAKES[mistake]
    scenario = wanted(tmp_path, sandbox.stand(), "10s", ORDERS, drain="0s", rate=5)
    done = play(scenario, changed(sandbox, tmp_path, **values), tmp_path / "out")
    assert one_sentence(done.stderr), done.stderr
    assert done.returncode == 2
    assert says in done.stderr


def test_a_folder_that_cannot_be_made_is_said(sandbox: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    scenario = wanted(tmp_path, sandbox.stand(), "10s", ORDERS, drain="0s", rate=5)
    done = play(scenario, sandbox.env_file, tmp_path / "file" / "out")
    assert one_sentence(done.stderr), done.stderr
    assert done.returncode == 2
    assert "cannot be written" in done.stderr
