"""What an integration is told when it starts: where it listens, where the platforms are, its credentials, and how fast time runs.

Law: read once. A name that is missing ends the program with one sentence and status 2.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

NAMES = ("SHOPEE_PARTNER_KEY", "WECOM_BASE", "WECOM_CORPID", "WECOM_SECRET", "WECOM_AGENTID")
"""The names of the env file that are used."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a command line and its env file say: `values` holds the names that were asked for."""

    port: int
    push_url: str
    speed: float
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Config:
    """The settings. `push_url` is the address that Shopee signs; one real second is `speed` seconds of the platforms'."""

    port: int
    push_url: str
    speed: float
    partner_key: str
    wecom: str
    corpid: str
    secret: str
    agentid: int


def parse(program: str, arguments: Sequence[str] | None = None) -> Config:
    """The settings on a command line. Exits with status 2 when they make no sense."""
    said = read(program, NAMES, arguments)
    key, wecom, corpid, secret, agentid = (said.values[name] for name in NAMES)
    return Config(said.port, said.push_url, said.speed, key, wecom, corpid, secret, int(agentid))


def read(program: str, names: Sequence[str], arguments: Sequence[str] | None = None) -> Said:
    """What a command line says, and the values of these names. Exits with status 2 when it makes no sense."""
    parser = ArgumentParser(f"python -m {program}")
    parser.add_argument("--port", type=int, required=True, help="port on 127.0.0.1 to take pushes at, path /push")
    parser.add_argument("--env-file", type=Path, required=True, help="dotenv file with " + ", ".join(names))
    parser.add_argument("--public-url", help="where Shopee pushes to, when it is not http://127.0.0.1:PORT/push")
    parser.add_argument(
        "--speed", type=float, default=1.0, help="the platforms' clock runs so much faster: waits are divided by it"
    )
    said = parser.parse_args(arguments)
    if said.speed <= 0:
        sys.exit(_complaint(f"--speed = {said.speed}: expected a number above 0"))
    url = said.public_url or f"http://127.0.0.1:{said.port}/push"
    return Said(said.port, url, said.speed, _read(said.env_file, names))


def _read(path: Path, names: Sequence[str]) -> dict[str, str]:
    try:
        lines = path.read_text("utf-8").splitlines()
    except OSError as problem:
        sys.exit(_complaint(f"--env-file {path}: {problem.strerror}"))
    values = {name: value for name, equals, value in (line.partition("=") for line in lines) if equals}
    missing = [name for name in names if name not in values]
    if missing:
        sys.exit(_complaint(f"--env-file {path}: {', '.join(missing)} is missing"))
    return values


def _complaint(text: str) -> int:
    sys.stderr.write(text + "\n")
    return 2
