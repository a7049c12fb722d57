"""The command line, as a user meets it: what it prints, how it ends, and what it says of bad input."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sandbox.cli import app

ROOT = Path(__file__).resolve().parent.parent
NAIVE = "scenarios/load/shopee_burst_naive.toml"
PACED = "scenarios/load/shopee_burst_paced.toml"
FUSE = "scenarios/cases/wecom_fuse.toml"
RUNNER = CliRunner()


@pytest.fixture(autouse=True, scope="module")
def _at_the_root() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        yield


def sandbox(*args: object) -> tuple[int, str, str]:
    done = RUNNER.invoke(app, [str(arg) for arg in args])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.stdout, done.stderr


def folder_of(stdout: str) -> Path:
    return Path(stdout.strip().splitlines()[-1])


@pytest.fixture(scope="module")
def paced(tmp_path_factory: pytest.TempPathFactory) -> tuple[int, Path]:
    """A simulated run of the paced integration: its exit status and its folder."""
    code, out, _ = sandbox("run", PACED, "--on", "sim", "--out", tmp_path_factory.mktemp("paced"))
    return code, folder_of(out)


def test_a_simulated_run_ends_with_its_folder_and_its_verdict(paced: tuple[int, Path]) -> None:
    code, folder = paced
    summary = json.loads((folder / "summary.json").read_text("utf-8"))
    assert code == 0
    assert (summary["scenario"], summary["seed"], summary["verdict"]) == ("shopee_burst_paced", 11, "pass")
    assert {"manifest.json", "events.jsonl", "junit.xml", "report.html", "scenario.toml"} <= {
        path.name for path in folder.iterdir()
    }


def test_a_run_that_fails_ends_with_99_and_says_why(tmp_path: Path) -> None:
    code, out, _ = sandbox("run", NAIVE, "--on", "sim", "--out", tmp_path)
    assert code == 99
    assert "FAIL" in out
    assert "wecom.app_fuse.opened" in out


def test_any_value_of_scenario_and_rulebook_can_be_overridden(tmp_path: Path) -> None:
    """With room for 1,000 pushes a minute even the naive integration passes."""
    limit = "rulebook.wecom.quota.app_minute.limit=1000"
    code, out, _ = sandbox("run", NAIVE, "--on", "sim", "--out", tmp_path, "--set", limit, "--seed", "3")
    assert code == 0
    assert json.loads((folder_of(out) / "summary.json").read_text("utf-8"))["seed"] == 3
    fewer = "population.buyers.phases.1.per_second=2"
    assert sandbox("run", NAIVE, "--on", "sim", "--out", tmp_path, "--set", fewer)[0] == 0


def test_replications_judge_every_seed(tmp_path: Path) -> None:
    """A bound that one seed keeps by luck is broken by another, and then the run fails."""
    code, out, _ = sandbox("run", PACED, "--on", "sim", "--out", tmp_path, "--replications", "3")
    assert code == 0
    assert "3 of 3" in out
    tight = ("--set", 'expect."integration.inbox.max"=< 48', "--seed", "14")
    assert sandbox("run", PACED, "--on", "sim", "--out", tmp_path, *tight)[0] == 0
    code, out, _ = sandbox("run", PACED, "--on", "sim", "--out", tmp_path, *tight, "--replications", "4")
    assert code == 99
    assert "of 4 replications" in out


def test_a_users_own_rulebook_folder_overrides_single_figures(tmp_path: Path) -> None:
    own = tmp_path / "rules"
    own.mkdir()
    (own / "wecom.toml").write_text("[quota.app_minute]\nlimit = 1000\n", "utf-8")
    code, _, _ = sandbox("run", NAIVE, "--on", "sim", "--out", tmp_path / "runs", "--rulebooks", own)
    assert code == 0
    shown = sandbox("rules", "wecom", "--rulebooks", own)[1]
    assert "1,000 per 1m" in shown
    assert "assumed" in shown


def test_a_case_runs_and_a_changed_rule_breaks_it(tmp_path: Path) -> None:
    code, out, _ = sandbox("run", FUSE, "--out", tmp_path)
    assert code == 0
    assert json.loads((folder_of(out) / "summary.json").read_text("utf-8"))["verdict"] == "pass"
    code, out, _ = sandbox("run", FUSE, "--out", tmp_path, "--set", "rulebook.wecom.breaker.app_fuse.open=30s")
    assert code == 99
    assert "WRONG" in out


def test_a_report_can_be_built_again_with_the_same_bytes(paced: tuple[int, Path]) -> None:
    _, folder = paced
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix in (".json", ".xml", ".html")}
    code, out, _ = sandbox("report", folder, "--parquet")
    assert code == 0
    assert "pass" in out
    assert {name: (folder / name).read_bytes() for name in before} == before
    assert (folder / "events.parquet").stat().st_size > 0


def test_events_that_are_missing_make_a_report_say_nothing(tmp_path: Path) -> None:
    """Cut off in a line, between lines, or within the file; as the run left them they are judged."""
    short = (
        "--set",
        "duration=30s",
        "--set",
        "population.buyers.phases=[{lasts = '20s', per_second = 1}]",
        "--set",
        "drain=30s",
    )
    code, out, _ = sandbox("run", PACED, "--on", "sim", "--out", tmp_path, *short)
    folder, events = folder_of(out), folder_of(out) / "events.jsonl"
    lines = events.read_bytes().splitlines(keepends=True)
    for left in (lines[:-1], lines[5:], [*lines[:-2], lines[-1]], [*lines[:-1], lines[-1][:-9]]):
        events.write_bytes(b"".join(left))
        assert sandbox("report", folder)[0] == 98
    events.write_bytes(b"".join(lines))
    assert sandbox("report", folder)[0] == code == 0
    events.write_bytes(b"".join([b"[]\n", *lines]))
    assert sandbox("report", folder)[0] == 2


def test_comparing_a_good_run_with_a_worse_one_is_a_regression(paced: tuple[int, Path], tmp_path: Path) -> None:
    _, good = paced
    slow = "population.integration.with.per_minute=80"
    worse = folder_of(sandbox("run", PACED, "--on", "sim", "--out", tmp_path, "--set", slow)[1])
    assert sandbox("compare", good, good)[0] == 0
    code, out, _ = sandbox("compare", good, worse)
    assert code == 97
    assert "REGRESSION" in out
    assert "same │" not in out


def test_a_code_is_explained_with_rules_sources_and_resets() -> None:
    """A code by the rules that answer with it, on one screen; a rule in full."""
    code, out, _ = sandbox("rules", "--explain", "45009")
    assert code == 0
    assert len(out.splitlines()) < 60
    for part in ("wecom.app_minute", "200 per 1m", "wechat.token_day"):
        assert part in out
    assert "wechat.token_day" not in sandbox("rules", "wecom", "--explain", "45009")[1]
    _, out, _ = sandbox("rules", "--explain", "wecom.app_minute")
    for part in ("200 per 1m", "45009", "S01", "10100.com", "resets", "published", "wecom.message_send"):
        assert part in out


def test_a_code_that_no_rule_answers_with_is_explained_too() -> None:
    assert "about the request itself" in sandbox("rules", "--explain", "40073")[1]


def test_check_names_everything_that_is_in_order() -> None:
    code, out, _ = sandbox("check")
    assert code == 0
    assert "wecom_fuse.toml" in out
    assert "shopee_burst_naive.toml" in out


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["run", "nope.toml"], ["nope.toml", "a file that can be read"]),
        (["run", "shopee_brust_naive"], ["shopee_brust_naive", f"did you mean {NAIVE}?"]),
        (["run", NAIVE, "--set", "rulebook.wecom.quota.app_mintue.limit=4"], ["quota.app_mintue", "expected app_minute"]),
        (["run", NAIVE, "--on", "mars"], ["--on", "'mars'", "sim, live or both"]),
        (["run", NAIVE, "--set", "start=1969-12-31T23:59:59Z"], [NAIVE, "start", "greater than or equal to 1970"]),
        (["run", FUSE, "--set", "start=2100-01-01T00:00:00Z"], [FUSE, "start", "less than 2100"]),
        (["run", NAIVE, "--set", "tolerance.0.absolute=inf"], ["tolerance.0.absolute", "finite"]),
        (["run", NAIVE, "--set", "tolerance.0.relative=1"], ["tolerance.0.relative", "less than 1"]),
        (
            ["run", NAIVE, "--set", "tolerance.0.metric='*tokn*'"],
            ["tolerance.0.metric", "'*tokn*'", "metrics that can exist"],
        ),
        (["run", NAIVE, "--set", "duration=soon"], [NAIVE, "duration", "'soon'", "a duration"]),
        (["run", NAIVE, "--set", "population.integration.with.retries=many"], ["with.retries", "'many'", "integer"]),
        (["run", NAIVE, "--set", "population.nobody.count=1"], ["population.nobody.count", "the number or the name"]),
        (["run", NAIVE, "--set", "expect.order_notice=== 1"], ["order_notice", "a metric that can exist", "nearest"]),
        (
            ["run", NAIVE, "--set", "population.0.behavior=x"],
            ["population.0.behavior", "'x'", "no such key", "expected behaviour"],
        ),
        (
            ["run", NAIVE, "--set", "population.buyers.phases.0={lasts = '1m', per_sec = 4}"],
            ["phases.0.per_sec", "no such key", "expected per_second"],
        ),
        (["run", NAIVE, "--set", "live.zzz=1"], ["live.zzz", "one of rate, latency, late_after, in_flight", "no such key"]),
        (["run", NAIVE, "--set", "rulebook.wecom.quota.app_minute.limt=1"], ["app_minute.limt", "expected limit"]),
        (["run", NAIVE, "--set", "nonsense"], ["--set", "key.path=value"]),
        (
            ["run", NAIVE, "--set", "rulebook.wecom.quota.app_minute.limit=-1"],
            ["quota.app_minute.limit", "-1", "greater than"],
        ),
        (
            ["run", NAIVE, "--set", "rulebook.mars.quota.x.limit=1"],
            ["rulebook.mars", "one of wechat, channels, wecom, shopee"],
        ),
        (["run", NAIVE, "--rulebooks", "/nowhere"], ["--rulebooks", "/nowhere", "a folder that exists"]),
        (["run", NAIVE, "--on", "sim", "--out", "/proc/nowhere"], ["/proc/nowhere", "cannot be written"]),
        (["run", FUSE, "--replications", "2"], ["--replications", "'2'", "a scenario with populations"]),
        (["run", FUSE, "--seed", "2"], ["--seed", "'2'", "a scenario with populations"]),
        (["run", NAIVE, "--on", "live", "--replications", "2"], ["--replications", "2", "--on sim or both"]),
        (
            ["run", FUSE, "--set", "step=[{at = '0s', action = 'wecom.gettoken'}]"],
            ["wecom_fuse", "expect", "at least one step"],
        ),
        (["rules", "mars"], ["'mars'", "one of wechat, channels, wecom, shopee"]),
        (["rules", "--explain", "99999999"], ["99999999", "a code or a rule that a rulebook lists"]),
        (["rules", "--explain", "wecom.app_mintue"], ["wecom.app_mintue", "such as wecom.app_minute"]),
        (["report", "/nowhere"], ["/nowhere"]),
        (["compare", "/nowhere", "/nowhere"], ["/nowhere"]),
        (["check", "/nowhere"], ["/nowhere", "exists"]),
        (["check", "docs"], ["docs", "a folder with a scenario"]),
        (["serve", "--host", "0.0.0.0", "--no-admin-token"], ["--host", "loopback"]),  # noqa: S104 - refused is the point
        (["serve", "--port", "99999"], ["127.0.0.1:99999", "a port is 0 to 65535"]),
        (["serve", "--port", "0", "--redis", "redis://127.0.0.1:1"], ["--redis", "redis://127.0.0.1:1"]),
        (["serve", "--port", "0", "--env-file", "/nowhere/env"], ["/nowhere/env", "cannot write"]),
    ],
)
def test_bad_input_is_one_sentence_and_exit_2(args: list[str], says: list[str]) -> None:
    code, _, err = sandbox(*args)
    assert code == 2
    assert len(err.strip().splitlines()) == 1
    for part in says:
        assert part in err


def test_a_rulebook_that_is_no_toml_is_refused_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "wecom.toml").write_text("[quota\n", "utf-8")
    code, _, err = sandbox("rules", "--rulebooks", tmp_path)
    assert code == 2
    assert "wecom.toml" in err
    assert "line 1" in err


def test_a_port_in_use_is_one_sentence() -> None:
    import socket  # noqa: PLC0415 - for this test alone

    with socket.create_server(("127.0.0.1", 0)) as taken:
        code, _, err = sandbox("serve", "--port", taken.getsockname()[1])
    assert code == 2
    assert "cannot listen" in err
    assert "--port" in err
