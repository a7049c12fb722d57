"""`python -m loadtests`: see `loadtests.settings` for its arguments.

Law: Locust is imported before anything that could hold an unpatched socket. Exit status: 0 the run came to its end, 130 it was
interrupted, 2 bad input or a machine that does not let us, in one sentence on standard error; 1 is our fault.
"""

from __future__ import annotations

import locust  # noqa: F401 - first of all: it patches sockets

# isort: split
import signal
import sys

import gevent

from loadtests.live import INTERRUPTED, InterruptedRun, run
from loadtests.settings import Settings, parse
from sandbox.errors import SandboxError


def main() -> int:
    """Run in a greenlet, so that a signal can end it wherever it waits, and everything so far is written."""
    job = gevent.spawn(_run, parse(sys.argv[1:]))
    for number in (signal.SIGINT, signal.SIGTERM):
        gevent.signal_handler(number, _Interrupter(job))
    job.join()
    return int(job.value) if job.successful() else 1


class _Interrupter:
    """Ends a job once; who presses the key again does not break off the writing."""

    def __init__(self, job: gevent.Greenlet) -> None:
        self._job = job
        self._used = False

    def __call__(self) -> None:
        if not self._used:
            self._used = True
            self._job.kill(InterruptedRun, block=False)


def _run(settings: Settings) -> int:
    try:
        return run(settings, _say)
    except SandboxError as problem:
        sys.stderr.write(f"loadtests: {problem}\n")
        return problem.exit_code
    except InterruptedRun:
        return INTERRUPTED


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
