"""The run folder: one execution of a scenario, with everything that is needed to read it, judge it again or repeat it.

Law: a folder is made once and never shared; `events.jsonl` is only ever appended to; the manifest says whether the run came to
its end. Times come in as arguments. A machine that does not let us write is one sentence, a `MachineError`.

    results/<utc>-<scenario>-<seed>/
        scenario.toml   the scenario as it was run
        rulebooks/      the rulebooks as they were in force
        manifest.json   scenario, seed, start, command, versions, state: running | finished | interrupted, at the end how many events
        events.jsonl    what happened, simulated world first
"""

from __future__ import annotations

import json
import platform
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from itertools import chain, count
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sandbox import __version__
from sandbox.errors import InputError, MachineError
from sandbox.events import Event, Record, line

PACKAGES = ("simpy", "locust", "fastapi", "uvicorn", "numpy")
"""Whose versions the manifest notes: those that can change what a run shows."""

RUNNING, FINISHED, INTERRUPTED = "running", "finished", "interrupted"


class Run:
    """An open run folder. Used in a `with`: left normally the run is finished, left by any exception it is interrupted."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.events = 0
        self._out = (folder / "events.jsonl").open("a", encoding="utf-8")

    def append(self, world: str, events: Iterable[Event]) -> None:
        """Add events of one world (`sim` | `live`), all on disk on return. Raises MachineError when the disk takes them not."""
        record = self.recorder(world)
        for event in events:
            record(event)
        try:
            self._out.flush()
        except OSError as problem:
            raise _unwritable(self.folder / "events.jsonl", problem) from None

    def recorder(self, world: str) -> Record:
        """A recorder that notes the world in each event and appends it, on disk after `close`. It raises MachineError."""

        def record(event: Event) -> None:
            try:
                self._out.write(line({"world": world, **event}) + "\n")
            except OSError as problem:
                raise _unwritable(self.folder / "events.jsonl", problem) from None
            self.events += 1

        return record

    def close(self, state: str = FINISHED) -> None:
        """The run is over: `finished` or `interrupted`. Closing again changes nothing."""
        if self._out.closed:
            return
        try:
            self._out.close()
        except OSError as problem:
            raise _unwritable(self.folder / "events.jsonl", problem) from None
        write_text(self.folder / "manifest.json", as_json({**manifest(self.folder), "state": state, "events": self.events}))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None) -> None:
        self.close(INTERRUPTED if kind else FINISHED)


def open_run(
    base: Path,
    *,
    scenario: str,
    seed: int,
    started: int,
    scenario_text: str,
    rulebooks: Mapping[str, str],
    digests: Mapping[str, str],
    command: Sequence[str],
) -> Run:
    """A new run folder under `base`, ready for events.

    `started` is real, ms since the epoch (UTC); `rulebooks` maps file names to texts, `digests` platforms to fingerprints.
    Raises MachineError when the folder cannot be written.
    """
    folder = _new_folder(base, f"{_stamp(started, '%Y%m%dT%H%M%SZ')}-{_plain(scenario)}-{seed}")
    identity = {
        "scenario": scenario,
        "seed": seed,
        "started": _stamp(started, "%Y-%m-%dT%H:%M:%SZ"),
        "command": list(command),
        "state": RUNNING,
        "rulebooks": dict(digests),
        "versions": {
            "sandbox": __version__,
            "python": platform.python_version(),
            **{name: _version(name) for name in PACKAGES},
        },
        "platform": platform.platform(),
    }
    write_text(folder / "scenario.toml", scenario_text)
    for name, text in rulebooks.items():
        write_text(folder / "rulebooks" / name, text)
    write_text(folder / "manifest.json", as_json(identity))
    return Run(folder)


def manifest(folder: Path) -> dict[str, Any]:
    """The identity card of a run folder. Raises InputError when the folder is none."""
    path = folder / "manifest.json"
    try:
        content = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        raise InputError(str(path), "file", "(absent or no JSON)", "a folder that `sandbox run` made") from None
    for key, kind in (("scenario", str), ("seed", int), ("state", str)):
        given = content.get(key, "(absent)") if isinstance(content, dict) else "(absent)"
        if not isinstance(given, kind) or given == "(absent)":
            raise InputError(str(path), key, given, "a text" if kind is str else "a whole number")
    return dict(content)


def write_text(path: Path, text: str) -> None:
    """Write a whole file, or leave the old one untouched. Raises MachineError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(path.name + ".new")
        fresh.write_text(text, "utf-8", newline="\n")
        fresh.replace(path)
    except OSError as problem:
        raise _unwritable(path, problem) from None


def as_json(content: object) -> str:
    """JSON for people: indented, Chinese as it is, one newline at the end."""
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def _new_folder(base: Path, name: str) -> Path:
    """The first of `name`, `name-2`, `name-3` ... that nobody has taken."""
    for tail in chain([""], (f"-{number}" for number in count(2))):
        folder = base / (name + tail)
        try:
            base.mkdir(parents=True, exist_ok=True)
            folder.mkdir()
        except FileExistsError as problem:
            if not folder.is_dir():
                raise _unwritable(folder, problem) from None
        except OSError as problem:
            raise _unwritable(folder, problem) from None
        else:
            return folder
    raise AssertionError  # pragma: no cover - the numbers never end


def _unwritable(path: Path, problem: OSError) -> MachineError:
    return MachineError(f"{path} cannot be written: {problem.strerror or problem}")


def _stamp(ms: int, form: str) -> str:
    return datetime.fromtimestamp(ms // 1000, UTC).strftime(form)


def _plain(name: str) -> str:
    """A scenario's name as part of a folder's name."""
    return re.sub(r"[^\w.-]+", "-", name).strip("-.") or "scenario"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
