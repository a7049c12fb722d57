"""The command line of `python -m loadtests`, and the scenario that it names.

Law: arguments in, frozen values out; what cannot be used is an `InputError` that says what was expected.
"""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from sandbox.behaviour.table import BEHAVIOURS
from sandbox.errors import InputError
from sandbox.scenario import Scenario

MAIN = "main"
"""The account that every sandbox starts with; it is opened anew and played with."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What to run, against what, and where the results go."""

    scenario: Path
    env_file: Path
    out: Path
    seed: int
    push_url: str = ""


def parse(arguments: Sequence[str]) -> Settings:
    """The settings on a command line. Exits with status 2 when it makes no sense."""
    parser = ArgumentParser(
        "python -m loadtests", description="Plays a scenario over HTTP, against a sandbox whose clock stands still."
    )
    parser.add_argument("--scenario", type=Path, required=True, help="the scenario as JSON, with all overrides applied")
    parser.add_argument("--env-file", type=Path, required=True, help="what `sandbox serve --env-file` wrote")
    parser.add_argument("--out", type=Path, required=True, help="the folder for live-client.jsonl and live-locust.json")
    parser.add_argument("--seed", type=int, required=True, help="schedules, names and chances come from it")
    parser.add_argument(
        "--push-url", default="", help="a system under test takes what platforms push, there, and no player does"
    )
    return Settings(**vars(parser.parse_args(arguments)))


def read_scenario(path: Path) -> Scenario:
    """A scenario as JSON, as `Scenario.model_dump(mode="json", by_alias=True)` gives it. Raises InputError."""
    try:
        scenario = Scenario.model_validate_json(path.read_bytes())
    except OSError as problem:
        raise InputError(str(path), "file", path.name, f"a file that can be read ({problem.strerror})") from None
    except ValidationError as problems:
        first = problems.errors(include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"]) or "file"
        raise InputError(str(path), key, first["input"], first["msg"]) from None
    for index, population in enumerate(scenario.players):
        if population.behaviour not in BEHAVIOURS:
            raise InputError(
                str(path), f"population.{index}.behaviour", population.behaviour, "one of " + ", ".join(BEHAVIOURS)
            )
    return scenario
