"""Runs with a system under test: real servers, real sockets, and a verdict from WeCom's own journal."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from typer.testing import CliRunner

from sandbox.cli import app

ROOT = Path(__file__).resolve().parents[2]
NAIVE, PACED = (f"scenarios/load/bridge_{kind}.toml" for kind in ("naive", "paced"))
SHORT = {
    "duration": "1m",
    "drain": "45s",
    "live.rate": "20",
    "live.late_after": "250ms",
    "population.buyers.phases": '[{lasts="1m", per_second=4, spacing="exact"}]',
}
"""The busiest minute alone, at twenty times the speed, on a machine that has other things to do."""


SLOWER = {
    **SHORT,
    "duration": "75s",
    "drain": "15s",
    "live.rate": "12",
    "population.buyers.phases": '[{lasts="75s", per_second=4, spacing="exact"}]',
}
"""The same for an application that sends all at once: it must not be the machine that keeps it under the limit."""


@pytest.fixture(autouse=True)
def _at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def sandbox(out: Path, scenario: str, *more: str, changes: dict[str, str] = SHORT) -> tuple[int, dict[str, Any], str]:
    """`sandbox run`: exit status, summary (empty when there is none), and standard error.

    A run that was INVALID, because the machine had too much else to do, is made once more at a quarter of the speed.
    """
    found = once(out / "1", scenario, *more, changes=changes)
    if found[0] != 98:
        return found
    return once(out / "2", scenario, *more, changes={**changes, "live.rate": str(int(changes["live.rate"]) / 4)})


def once(out: Path, scenario: str, *more: str, changes: dict[str, str]) -> tuple[int, dict[str, Any], str]:
    sets = [word for key, value in changes.items() for word in ("--set", f"{key}={value}")]
    command = [sys.executable, "-m", "sandbox", "run", scenario, "--out", str(out), *sets, *more]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, timeout=120)
    summaries = [json.loads(path.read_text("utf-8")) for path in out.glob("*/summary.json")]
    return done.returncode, summaries[0] if summaries else {}, done.stderr


def test_the_real_naive_application_trips_the_fuse_and_loses_notices(tmp_path: Path) -> None:
    """S01, S02: in the simulation and in the application alike."""
    code, summary, complaint = sandbox(tmp_path, NAIVE, "--on", "both", changes=SLOWER)
    assert (code, complaint) == (99, "")
    sim, live = (summary["worlds"][world]["metrics"] for world in ("sim", "live"))
    for found in (sim, live):
        assert (found["order_notice.placed"], found["wecom.app_fuse.opened"]) == (300, 1)
        assert found["wecom.message_send.refused.45009"] == pytest.approx(4 * found["order_notice.lost"], abs=12)
    assert live["order_notice.lost"] == pytest.approx(sim["order_notice.lost"], abs=12)
    assert sim["order_notice.lost"] > 60


def test_the_real_paced_application_delivers_every_notice_in_time(tmp_path: Path) -> None:
    """S12, and M05: it asks for the staff, too."""
    code, summary, complaint = sandbox(tmp_path, PACED, "--on", "live")
    assert (code, complaint) == (0, "")
    found = summary["worlds"]["live"]["metrics"]
    assert (found["order_notice.delivered"], found["order_notice.within_30s"]) == (240, 1)
    assert (found["wecom.message_send.calls"], found["wecom.user_simplelist.calls"]) == (240, 1)
    events = [json.loads(row) for row in max(tmp_path.glob("*/*/events.jsonl")).read_text("utf-8").splitlines()]
    assert {event["kind"] for event in events}.isdisjoint({"reply", "push", "take"}), "no player stood in for it"


QUICK = {
    **SHORT,
    "duration": "10s",
    "drain": "5s",
    "live.rate": "10",
    "population.buyers.phases": '[{lasts="10s", per_second=2}]',
}


@contextmanager
def listening() -> Iterator[tuple[str, list[bytes]]]:
    """Somebody's own server that confirms pushes and does nothing; its URL, and what it got."""
    got: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/any/path", got
        server.shutdown()


def test_somebodys_own_server_is_pushed_to_and_judged(tmp_path: Path) -> None:
    with listening() as (url, got):
        code, summary, _ = sandbox(tmp_path, PACED, "--on", "live", "--target", url, changes=QUICK)
    found = summary["worlds"]["live"]["metrics"]
    assert code == 99
    assert found["order_notice.placed"] == found["order_notice.lost"] == len(got) > 5


def complained(*words: object) -> tuple[int, str]:
    """`sandbox run` in this process: exit status and standard error."""
    done = CliRunner().invoke(app, ["run", *map(str, words)])
    return done.exit_code, done.stderr


def dead() -> str:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{bound.getsockname()[1]}/push"


BAD = {
    "nobody listens": (dead(), "does not answer"),
    "no URL of ours": ("ftp://127.0.0.1/push", "expected a URL"),
    "a port that is none": ("http://127.0.0.1:x/push", "expected a URL"),
    "neither URL nor module": ("my-app", "expected a URL"),
    "a module that is not there": ("no_such_module", "did not start"),
}


@pytest.mark.parametrize("what", BAD)
def test_a_dead_target_is_one_sentence_and_exit_2(tmp_path: Path, what: str) -> None:
    target, said = BAD[what]
    code, complaint = complained(PACED, "--on", "live", "--out", tmp_path, "--target", target)
    assert (code, complaint.count("\n"), said in complaint) == (2, 1, True), complaint


@pytest.mark.parametrize(
    ("scenario", "options", "said"),
    [
        (PACED, ("--on", "sim"), "--on live or both"),
        ("scenarios/cases/wecom_fuse.toml", (), "populations"),
        ("scenarios/load/card_flash_sale.toml", ("--on", "live"), "populations that receive"),
    ],
)
def test_a_target_without_a_place_is_refused(tmp_path: Path, scenario: str, options: tuple[str, ...], said: str) -> None:
    code, complaint = complained(scenario, *options, "--out", tmp_path, "--target", dead())
    assert (code, complaint.count("\n"), said in complaint) == (2, 1, True), complaint
