"""How long a user waits: for `sandbox --help`, and until `sandbox serve` answers its first request."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from sandbox.serving import await_control, end

ROUNDS = 5


def help_s() -> float:
    """Seconds for `sandbox --help`, as a process."""
    started = time.perf_counter()
    subprocess.run([sys.executable, "-m", "sandbox", "--help"], stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - started


def serve_s() -> float:
    """Seconds from the start of `sandbox serve` to its first answer (polled every 50 ms)."""
    with tempfile.TemporaryDirectory() as folder:
        env_file, log = Path(folder) / "env", Path(folder) / "log"
        command = [sys.executable, "-m", "sandbox", "serve", "--port", "0", "--env-file", str(env_file)]
        started = time.perf_counter()
        with log.open("wb") as out:
            server = subprocess.Popen(command, stdout=out, stderr=out)  # noqa: S603 - our own
        try:
            with closing(await_control(server, env_file, log)):
                return time.perf_counter() - started
        finally:
            end(server)


def main() -> None:
    """Print the table."""
    print("\n| command | seconds, median | bar |\n|---|---|---|")
    for name, measure, bar in (("sandbox --help", help_s, 0.4), ("sandbox serve: first answer", serve_s, 1.5)):
        print(f"| {name} | {statistics.median(measure() for _ in range(ROUNDS)):.2f} | {bar} |")


if __name__ == "__main__":
    main()
