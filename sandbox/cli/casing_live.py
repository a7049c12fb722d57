"""A case over HTTP: a server of its own whose clock stands still, and a player process that asks it.

Law: nothing is judged here; answers come back as data. Every process is always ended.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sandbox.cases import Burst, Case, Outcome, Seen, outcomes
from sandbox.cases.writing import inline
from sandbox.errors import MachineError
from sandbox.rulebooks import Rulebook
from sandbox.run import write_text
from sandbox.serving import await_control, end, last_line

AHEAD = 3_600_000
"""The server's clock stands so long (virtual ms) before the case begins: an account may need that long to get ready."""


def play_live(
    case: Case, books: Mapping[str, Rulebook], folder: Path, server_options: Sequence[str]
) -> tuple[list[Outcome], Mapping[str, int]]:
    """Each step's outcome, and how many calls travelled which way. Raises MachineError when a process cannot do its work."""
    wanted = folder / "live-case.json"
    write_text(wanted, case.model_dump_json(exclude_none=True))
    with TemporaryDirectory() as private:  # tokens and keys, which a run folder that is handed on must not hold
        env_file = Path(private) / "env"
        server = _start_server(case, env_file, server_options, folder)
        try:
            with closing(await_control(server, env_file, folder / "server.log")):
                found = _play(wanted, env_file, folder)
        finally:
            end(server)
    answered = [
        (Burst(number, at, ()), [whole(case, number, one, books) for one in seen])
        for (number, at, _), seen in found["answered"]
    ]
    must_be_complete(case, answered)
    return list(outcomes(case, answered)), found["ways"]


def must_be_complete(case: Case, answered: Sequence[tuple[Burst, Sequence[Seen]]]) -> None:
    """Every call and fact of every step was answered. Raises MachineError for the first step of which some were not."""
    heard: Counter[int] = Counter()
    for burst, seen in answered:
        heard[burst.number] += len(seen)
    for number, step in enumerate(case.step):
        if heard[number] != step.repeat:
            raise MachineError(f"step {number} was asked {step.repeat} times and answered {heard[number]} times over HTTP")


def _start_server(case: Case, env_file: Path, server_options: Sequence[str], folder: Path) -> subprocess.Popen[bytes]:
    options = ["--port", "0", "--rate", "0", "--start", str(case.start_ms - AHEAD), "--env-file", str(env_file)]
    options += [*server_options, *_own_rules(case)]
    with (folder / "server.log").open("wb") as log:
        return subprocess.Popen(  # noqa: S603 - our own command, no shell
            [sys.executable, "-m", "sandbox", "serve", *options], stdout=log, stderr=log, start_new_session=True
        )


def _play(wanted: Path, env_file: Path, folder: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "loadtests.cases", "--case", str(wanted), "--env-file", str(env_file)]
    command += ["--source", str(folder / "scenario.toml")]
    with (folder / "player.log").open("wb") as log:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=log, check=False)  # noqa: S603 - as above
    if done.returncode != 0:
        raise MachineError(f"the case could not be played over HTTP: {last_line(folder / 'player.log')}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _own_rules(case: Case) -> list[str]:
    """The case's own rules as a server's `--set` options."""
    rules = (
        (f"rulebook.{platform}.{section}.{name}", entry)
        for platform, sections in case.rulebook.items()
        for section, entries in sections.items()
        for name, entry in entries.items()
    )
    return [part for key, entry in rules for part in ("--set", f"{key}={inline(entry)}")]


def whole(case: Case, number: int, seen: Mapping[str, Any], books: Mapping[str, Rulebook]) -> Seen:
    """An answer as it was before it was JSON; how long a platform takes is its rulebook's word, since the clock stands still."""
    step = case.step[number]
    if not step.action or step.payload:
        return seen
    lists = {name: tuple(seen[name]) for name in ("rules", "shadowed")}
    return {**seen, **lists, "takes": books[step.action.partition(".")[0]].latency(step.action)}
