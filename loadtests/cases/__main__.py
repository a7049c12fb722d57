"""`python -m loadtests.cases --case FILE --env-file F`: plays a case over HTTP; its answers come out as one line of JSON.

Law: nothing is judged here; whoever called compares.
"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from contextlib import closing
from pathlib import Path

from loadtests.cases.player import play_all
from loadtests.cases.stage import Stage
from loadtests.cases.ways import refuse_unsendable
from loadtests.client import Client
from loadtests.session import open_session, read_env
from sandbox.cases import Case
from sandbox.errors import SandboxError


def main() -> int:
    """Play it; the exit status."""
    parser = ArgumentParser("python -m loadtests.cases", description="Plays a case over HTTP, on a clock that stands still.")
    parser.add_argument("--case", type=Path, required=True, help="the case as JSON, with all overrides applied")
    parser.add_argument("--env-file", type=Path, required=True, help="what `sandbox serve --env-file` wrote")
    parser.add_argument("--source", type=Path, required=True, help="the file that it was written in, for complaints")
    wanted = parser.parse_args()
    try:
        case = Case.model_validate_json(wanted.case.read_text("utf-8"))
        refuse_unsendable(case, wanted.source.name, wanted.source.read_text("utf-8"))
        session = open_session(read_env(wanted.env_file), str(wanted.env_file))
        with closing(Client()) as client:
            (answered,), ways = play_all(Stage(session, client), [case])
    except SandboxError as problem:
        print(f"sandbox: {problem}", file=sys.stderr)  # noqa: T201 - the caller reads it
        return problem.exit_code
    print(json.dumps({"answered": answered, "ways": ways}))  # noqa: T201 - as above
    return 0


if __name__ == "__main__":
    sys.exit(main())
