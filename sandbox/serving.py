"""Waiting for a server process of ours, and ending it.

Law: knows the env file and the process, nothing of what is served.
"""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import httpx

from sandbox.errors import MachineError

READY_WITHIN_S = 20
POLL_S = 0.05


def await_control(server: subprocess.Popen[bytes], env_file: Path, log: Path) -> httpx.Client:
    """A client of the server's control plane, once it answers. Raises MachineError with the server's last words."""
    for _ in range(int(READY_WITHIN_S / POLL_S)):
        if server.poll() is not None:
            break
        if env_file.exists() and (client := _client(dotenv(env_file))):
            return client
        time.sleep(POLL_S)
    raise MachineError(f"the sandbox server did not start: {last_line(log)}")


def _client(values: dict[str, str]) -> httpx.Client | None:
    if "SANDBOX_BASE" not in values:
        return None
    headers = {"X-Sandbox-Token": values["SANDBOX_ADMIN_TOKEN"]}
    client = httpx.Client(base_url=values["SANDBOX_BASE"], headers=headers, trust_env=False, verify=False, timeout=30)  # noqa: S501 - plain HTTP to a server of ours
    try:
        client.get("/_sandbox/health").raise_for_status()
    except httpx.TransportError:
        client.close()
        return None
    return client


def dotenv(path: Path) -> dict[str, str]:
    """The names and values of a dotenv file."""
    pairs = (line.partition("=") for line in path.read_text("utf-8").splitlines())
    return {name: value for name, equals, value in pairs if equals}


def last_line(path: Path) -> str:
    """The last thing that a process said."""
    lines = path.read_text("utf-8", errors="replace").strip().splitlines() if path.exists() else []
    return lines[-1] if lines else "it said nothing"


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process, kindly at first."""
    process.terminate()
    try:
        process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
