"""The HTTP world of a run: a server and a load generator, each in a process of its own, and their events brought together.

Law: nothing is judged here. Every process is always ended, and what was recorded until then is always kept. A system under test is
a process of its own too, or somebody else's: it is given addresses and credentials, and only its platforms' journal is believed.
"""

from __future__ import annotations

import heapq
import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

import httpx

from sandbox.errors import InputError, MachineError
from sandbox.events import Event, read
from sandbox.run import Run, manifest, write_text
from sandbox.scenario import Scenario, Target
from sandbox.serving import await_control, end, last_line

from .starving import Sample, sample, starved

PAGE = 20_000
INTERRUPTED = 130
ANSWERS_WITHIN_S = 20.0
POLL_S = 0.05


@dataclass(frozen=True, slots=True)
class LiveResult:
    """What is known of the HTTP world beside its events."""

    lag_p99_ms: float
    events_lost: int
    interrupted: bool
    doubts: tuple[str, ...] = ()


def run_live(
    scenario: Scenario,
    seed: int,
    run: Run,
    rulebooks: Path | None,
    sets: Sequence[str],
    progress: Callable[[float], None],
    target: str = "",
) -> LiveResult:
    """Run the scenario over HTTP; events go to the run. Raises MachineError when a process cannot do its work.

    `target`: the system under test that takes the place of whoever receives pushes, see `target_of`.
    """
    folder = run.folder
    scenario = without_receivers(scenario) if target else scenario
    wanted = folder / "live-scenario.json"
    write_text(wanted, json.dumps(scenario.model_dump(mode="json", by_alias=True), ensure_ascii=False, indent=2))
    with TemporaryDirectory() as private:  # tokens and keys, which a run folder that is handed on must not hold
        env_file = Path(private) / "env"
        server = _start_server(scenario, seed, env_file, rulebooks, sets, folder)
        try:
            with closing(await_control(server, env_file, folder / "server.log")) as control:
                with _under_test(target, env_file, scenario.live.rate, folder) as subject:
                    code, said = _generate(wanted, env_file, folder, seed, subject.watching(progress), subject.push_url)
                if code not in (0, INTERRUPTED):
                    raise MachineError(f"the load generator ended with status {code}: {said}")
                doubt = starved(subject.samples, scenario.live.late_after, scenario.live.rate)
                return _collect(control, run, interrupted=code == INTERRUPTED, doubts=(doubt,) if doubt else ())
        except httpx.HTTPError as problem:
            raise MachineError(f"the sandbox server stopped answering: {problem}; see {folder / 'server.log'}") from None
        finally:
            end(server)


def _collect(control: httpx.Client, run: Run, *, interrupted: bool, doubts: tuple[str, ...]) -> LiveResult:
    """Bring the server's events and the generator's together, in order of time."""
    health = control.get("/_sandbox/health").raise_for_status().json()
    if health["rulebooks"] != manifest(run.folder)["rulebooks"]:
        raise MachineError("the sandbox server judged by other rulebooks than these: were they changed meanwhile?")
    lag = health["lag_ms"]["p99"]
    pages, client = Pages(control), run.folder / "live-client.jsonl"
    run.append("live", heapq.merge(pages, read(client) if client.exists() else (), key=_at))
    return LiveResult(lag, pages.lost, interrupted, doubts)


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
    options += serving(rulebooks, sets)
    with (folder / "server.log").open("wb") as log:
        return subprocess.Popen(  # noqa: S603 - our own command, no shell
            [sys.executable, "-m", "sandbox", "serve", *options], stdout=log, stderr=log, start_new_session=True
        )


def serving(rulebooks: Path | None, sets: Sequence[str]) -> list[str]:
    """The options with which a server has the rulebooks that we have."""
    options = ["--rulebooks", str(rulebooks)] if rulebooks else []
    return options + [part for text in sets if text.startswith("rulebook.") for part in ("--set", text)]


def _at(event: Event) -> int:
    return int(event["at"] or 0)


def target_of(scenario: Scenario, said: str | None) -> str:
    """The system under test: a URL that takes pushes, or a module to run; "" for none.

    The one that was said, else the scenario's own. Raises InputError and MachineError when it cannot be used.
    """
    target = said or (scenario.target.module if scenario.target else "")
    if said is not None:
        without_receivers(scenario)
    if "://" in target:
        _must_answer(target)
    elif target and not all(part.isidentifier() for part in target.split(".")):
        raise InputError(
            "run", "--target", target, "a URL such as http://127.0.0.1:9000/push, or the name of a module to run"
        )
    return target


def without_receivers(scenario: Scenario) -> Scenario:
    """The scenario as it is played to a system under test: its target receives for those whom it replaces. Raises InputError."""
    others = tuple(one for one in scenario.population if not one.receives)
    replaced = [one for one in scenario.players if one.receives]
    if not others or not replaced:
        expected = "populations that receive pushes, which the target replaces, and others, which are played"
        raise InputError(scenario.name, "population", [one.name for one in scenario.population], expected)
    topics = tuple(dict.fromkeys(topic for one in replaced for topic in one.receives))
    target = Target.model_validate({"module": "target", "behaviour": replaced[0].behaviour, "receives": topics})
    return scenario.model_copy(update={"population": others, "target": target})


@dataclass(frozen=True, slots=True)
class Subject:
    """The system under test at work: its push URL ("" for none), its process when it is ours, and how that fared."""

    push_url: str
    pid: int = 0
    samples: list[Sample] = field(default_factory=list)

    def watching(self, progress: Callable[[float], None]) -> Callable[[float], None]:
        """The same, looking at the process each time."""

        def look(done: float) -> None:
            progress(done)
            if self.pid and (found := sample(self.pid)):
                self.samples.append(found)

        return look


@contextmanager
def _under_test(target: str, env_file: Path, rate: float, folder: Path) -> Iterator[Subject]:
    """The system under test, at work. Raises MachineError when it does not start or does not live to the end."""
    if "://" in target or not target:
        yield Subject(target)
        if target:
            _must_answer(target)
        return
    port, log = _free_port(), folder / "target.log"
    command = [sys.executable, "-m", target, "--port", str(port), "--env-file", str(env_file), "--speed", str(rate)]
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, start_new_session=True)  # noqa: S603 - our own command, no shell
    try:
        url = f"http://127.0.0.1:{port}/push"
        _await_target(process, url, f"the target {target} did not start: ", log)
        yield Subject(url, process.pid)
        if process.poll() is not None:
            raise MachineError(
                f"the target {target} ended with status {process.returncode} during the run: {last_line(log)}"
            )
    finally:
        end(process)


def _await_target(process: subprocess.Popen[bytes], url: str, complaint: str, log: Path) -> None:
    """Returns when it takes connections."""
    for _ in range(int(ANSWERS_WITHIN_S / POLL_S)):
        if process.poll() is not None:
            break
        try:
            return _must_answer(url)
        except MachineError:
            time.sleep(POLL_S)
    raise MachineError(complaint + last_line(log))


def _must_answer(url: str) -> None:
    """Raises MachineError when nobody listens at the URL, InputError when it is none."""
    place = _place(url)
    if place is None:
        raise InputError("run", "--target", url, "a URL such as http://127.0.0.1:9000/push")
    try:
        socket.create_connection(place, timeout=ANSWERS_WITHIN_S).close()
    except OSError as problem:
        raise MachineError(f"the target {url} does not answer: {problem.strerror or problem}") from None


def _place(url: str) -> tuple[str, int] | None:
    """Host and port of an HTTP URL; None when it is none."""
    try:
        parts = urlsplit(url)
        usual = {"http": 80, "https": 443}[parts.scheme]
        port = parts.port or usual
    except (ValueError, KeyError):
        return None
    return (parts.hostname, port) if parts.hostname else None


def _free_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return int(bound.getsockname()[1])


def _generate(
    wanted: Path, env_file: Path, folder: Path, seed: int, progress: Callable[[float], None], push_url: str
) -> tuple[int, str]:
    """Let the load generator do its work; its exit status and what it complained of. Ctrl-C is handed on to it."""
    command = [sys.executable, "-m", "loadtests", "--scenario", str(wanted), "--env-file", str(env_file)]
    command += ["--out", str(folder), "--seed", str(seed), *(["--push-url", push_url] if push_url else [])]
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
