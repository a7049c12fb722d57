"""Bad input at the command line that would otherwise be a traceback, a machine out of memory, or a verdict on something else."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from sandbox.cli import app

ROOT = Path(__file__).resolve().parent.parent
PACED = str(ROOT / "scenarios/load/shopee_burst_paced.toml")
CAPACITY = str(ROOT / "scenarios/load/product_api_100k.toml")
RISK = str(ROOT / "scenarios/sim/risk_mixed.toml")


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["run", PACED, "--seed", "-1"], "'--seed'"),
        (["pack", RISK, "--out", "x", "--seed", "-1"], "'--seed'"),
        (["run", PACED, "--set", "rulebook.wecom=1"], "rulebook.wecom = '1': expected a value within it"),
        (
            ["run", PACED, "--set", "duration=99999999999d"],
            "ms': expected with its drain at most ten years",
        ),
        (
            ["run", PACED, "--set", "population.0.phases.0.per_second=1e6"],
            "population.0.phases = 'buyers': expected at most",
        ),
        (["run", CAPACITY, "--set", "live.rate=50"], "live.rate = 50.0: expected 1 beside [capacity]"),
        (["run", PACED, "--on", "live", "--target", "ftp://127.0.0.1:1/push"], "--target = 'ftp://127.0.0.1:1/push'"),
    ],
)
def test_it_is_refused_with_what_was_expected(args: list[str], says: str) -> None:
    done = CliRunner().invoke(app, args)
    assert (done.exit_code, says in done.stderr) == (2, True), done.stderr


@pytest.mark.parametrize("content", [b"\xff", b"[1]", b"5", b""])
def test_a_summary_that_is_none_is_no_case(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "summary.json").write_bytes(content)
    done = CliRunner().invoke(app, ["report", str(tmp_path)])
    assert (done.exit_code, "manifest.json" in done.stderr) == (2, True)
