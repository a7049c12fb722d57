"""`make demo`: the same flash sale against two integrations, in the simulation and over HTTP.

Law: succeeds when each integration gets the verdict it deserves: the naive one fails, the paced one passes, and both worlds agree.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from sandbox.errors import SandboxError

from .running import run_scenario
from .showing import console

DESERVED = {"shopee_burst_naive": 99, "shopee_burst_paced": 0}
SCENARIOS = Path("scenarios/load")
OUT = Path("results")


def main() -> int:
    """Run both; returns 0 when both verdicts are the deserved ones and the worlds agree."""
    surprises = []
    folders = []
    for name, deserved in DESERVED.items():
        console.rule(f"{name}: must {'fail' if deserved else 'pass'}")
        runs = f"*-{name}-*"
        before = set(OUT.glob(runs))
        code = run_scenario(
            SCENARIOS / f"{name}.toml", "both", None, 1, OUT, None, [], ["run", f"scenarios/load/{name}.toml"]
        )
        folder = next(iter(set(OUT.glob(runs)) - before))
        folders.append(folder)
        apart = [
            row["metric"]
            for row in json.loads((folder / "summary.json").read_text("utf-8"))["agreement"]
            if not row["within"]
        ]
        if code != deserved:
            surprises.append(f"{name} ended with {code}, not with the {deserved} that it deserves")
        if apart:
            surprises.append(f"{name}: simulation and HTTP disagree on {', '.join(apart)}")
    console.rule("demo")
    if not surprises:
        console.print("As it should be: the naive integration fails, the paced one passes, HTTP agrees with the simulation.")
    for folder in folders:
        console.print(f"open {folder / 'report.html'}", highlight=False, soft_wrap=True)
    for surprise in surprises:
        console.print(surprise, style="bold red", soft_wrap=True)
    return 1 if surprises else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except SandboxError as problem:
        sys.exit(f"sandbox: {problem}")
