"""The HTTP world of a run: a server and a load generator, each in a process of its own, and their events brought together.

Law: nothing is judged here. Both processes are always ended, and what was recorded until then is always kept.
"""

from __future__ import annotations

import heapq
import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx

from sandbox.errors import MachineError
from sandbox.events import Event, read
from sandbox.run import Run, write_text
from sandbox.scenario import Scenario
from sandbox.serving import await_control, end, last_line

PAGE = 20_000
INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class LiveResult:
    """What is known of the HTTP world beside its events."""

    lag_p99_ms: float
    events_lost: int
    interrupted: bool
    doubts: tuple[str, ...] = ()


def run_live(
    scenario: Scenario, seed: int, run: Run, rulebooks: Path | None, sets: Sequence[str], progress: Callable[[float], None]
) -> LiveResult:
    """Run the scenario over HTTP; events go to the run. Raises MachineError when a process cannot do its work."""
    folder = run.folder
    wanted = folder / "live-scenario.json"
    write_text(wanted, json.dumps(scenario.model_dump(mode="json", by_alias=True), ensure_ascii=False, indent=2))
    with TemporaryDirectory() as private:  # tokens and keys, which a run folder that is handed on must not hold
        env_file = Path(private) / "env"
        server = _start_server(scenario, seed, env_file, rulebooks, sets, folder)
        try:
            with closing(await_control(server, env_file, folder / "server.log")) as control:
                code, said = _generate(wanted, env_file, folder, seed, progress)
                if code not in (0, INTERRUPTED):
                    raise MachineError(f"the load generator ended with status {code}: {said}")
                return _collect(control, run, interrupted=code == INTERRUPTED)
        except httpx.HTTPError as problem:
            raise MachineError(f"the sandbox server stopped answering: {problem}; see {folder / 'server.log'}") from None
        finally:
            end(server)


def _collect(control: httpx.Client, run: Run, *, interrupted: bool) -> LiveResult:
    """Bring the server's events and the generator's together, in order of time."""
    lag = control.get("/_sandbox/health").json()["lag_ms"]["p99"]
    pages, client = Pages(control), run.folder / "live-client.jsonl"
    run.append("live", heapq.merge(pages, read(client) if client.exists() else (), key=_at))
    return LiveResult(lag, pages.lost, interrupted)


def _start_server(
    scenario: Scenario, seed: int, env_file: Path, rulebooks: Path | None, sets: Sequence[str], folder: Path
) -> subprocess.Popen[bytes]:
    """A server of our own whose clock stands still at the scenario's start."""
    options = [
        "--port",
        "0",
        "--rate",
        "0",
        "--start",
        str(scenario.start_ms),
        "--seed",
        str(seed),
        "--env-file",
        str(env_file),
    ]
    options += ["--account-type", scenario.account.account_type, "--category", scenario.account.category]
    options += ["--latency"] if scenario.live.latency else []
    options += ["--rulebooks", str(rulebooks)] if rulebooks else []
    for text in sets:
        options += ["--set", text] if text.startswith("rulebook.") else []
    with (folder / "server.log").open("wb") as log:
        return subprocess.Popen(  # noqa: S603 - our own command, no shell
            [sys.executable, "-m", "sandbox", "serve", *options], stdout=log, stderr=log, start_new_session=True
        )


def _at(event: Event) -> int:
    return int(event["at"] or 0)


def _generate(wanted: Path, env_file: Path, folder: Path, seed: int, progress: Callable[[float], None]) -> tuple[int, str]:
    """Let the load generator do its work; its exit status and what it complained of. Ctrl-C is handed on to it."""
    command = [sys.executable, "-m", "loadtests", "--scenario", str(wanted), "--env-file", str(env_file)]
    command += ["--out", str(folder), "--seed", str(seed)]
    with (folder / "generator.log").open("wb") as log:
        generator = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, start_new_session=True)  # noqa: S603 - as above
    try:
        for line in generator.stdout or ():
            if line.startswith(b"{"):
                progress(float(json.loads(line).get("done", 0)))
    except KeyboardInterrupt:
        generator.send_signal(signal.SIGINT)
    code = generator.wait()
    return code, last_line(folder / "generator.log")


class Pages:
    """A server's journal, read page by page; `lost` counts events that were gone before they were read."""

    def __init__(self, control: httpx.Client) -> None:
        self._control = control
        self.lost = 0

    def __iter__(self) -> Iterator[Event]:
        following = 0
        while True:
            page: dict[str, Any] = self._control.get("/_sandbox/events", params={"since": following, "limit": PAGE}).json()
            self.lost += page["lost"]
            yield from page["events"]
            if page["next"] == following or page["next"] >= page["total"]:
                return
            following = page["next"]
