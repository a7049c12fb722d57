"""Real runs of the load generator: a process of its own against a sandbox that stands still."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sandbox.behaviour.table import BEHAVIOURS
from sandbox.scenario import parse

ROOT = Path(__file__).resolve().parents[2]
SEED = 11


def wanted(folder: Path, start: int, duration: str, *population: dict[str, Any], drain: str, **live: Any) -> Path:
    """A scenario file as the driver takes it, beginning at `start` (virtual ms)."""
    content = {
        "name": "tiny",
        "title": "a tiny run",
        "start": datetime.fromtimestamp(start / 1000, UTC),
        "duration": duration,
        "drain": drain,
        "live": live,
        "population": population,
    }
    path = folder / "scenario.json"
    path.write_text(json.dumps(parse(content, "test", BEHAVIOURS).model_dump(mode="json", by_alias=True)))
    return path


def command(scenario: Path, env_file: Path, out: Path) -> list[str]:
    """The command line of one run."""
    arguments = ["--scenario", str(scenario), "--env-file", str(env_file), "--out", str(out), "--seed", str(SEED)]
    return [sys.executable, "-W", "error", "-m", "loadtests", *arguments]


def play(scenario: Path, env_file: Path, out: Path) -> subprocess.CompletedProcess[str]:
    """One run, to its end."""
    return subprocess.run(
        command(scenario, env_file, out), capture_output=True, text=True, check=False, cwd=ROOT, timeout=60
    )
