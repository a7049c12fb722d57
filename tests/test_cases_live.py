"""The shipped cases over HTTP, all at once on one server: the same files, the same answers as in the engine."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from loadtests.cases.player import _seen, play_all
from loadtests.cases.stage import AHEAD, Opened, Stage
from loadtests.cases.ways import Held, refuse_unsendable
from loadtests.client import Client
from loadtests.codec import Incoming, Outgoing
from loadtests.session import NAMES, open_session, read_env
from loadtests.talk import Talk
from sandbox.cases import Burst, Case, Outcome, describe, outcomes, read
from sandbox.cases.replay import replay
from sandbox.cases.rows import Lines
from sandbox.cli.casing import Loaded, load_case, run_case
from sandbox.cli.casing_live import must_be_complete, whole
from sandbox.cli.recording import record
from sandbox.errors import InputError, MachineError
from sandbox.policy import Call
from sandbox.rulebooks import load_all
from sandbox.serving import await_control, end

ROOT = Path(__file__).resolve().parent.parent
FILES = sorted((ROOT / "scenarios" / "cases").rglob("*.toml"))
BOOKS = load_all()
LOADED = {path.stem: load_case(path, BOOKS, {}) for path in FILES}
SHIPPED = {name: one for name, one in LOADED.items() if not one.case.rulebook}
"""Cases with rules of their own would need a server each."""


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, list[Outcome]]]:
    """Every shipped case's outcomes over HTTP."""
    folder = tmp_path_factory.mktemp("live")
    env_file, log = folder / "env", folder / "log"
    start = min(one.case.start_ms for one in SHIPPED.values()) - AHEAD
    command = [sys.executable, "-m", "sandbox", "serve", "--port", "0", "--rate", "0", "--start", str(start)]
    with log.open("wb") as out:
        server = subprocess.Popen([*command, "--env-file", str(env_file)], stdout=out, stderr=out, cwd=ROOT)
    try:
        with closing(await_control(server, env_file, log)), closing(Client()) as client:
            stage = Stage(open_session(read_env(env_file), str(env_file)), client)
            answered, ways = play_all(stage, [one.case for one in SHIPPED.values()])
            assert ways["wire"] > 1_500, "most calls are requests of a platform's own"
            _record(env_file, folder)
            yield {name: _outcomes(SHIPPED[name], found) for name, found in zip(SHIPPED, answered, strict=True)}
    finally:
        end(server)


def _record(env_file: Path, folder: Path) -> None:
    """The journal of a running sandbox, as a case that holds."""
    account = next(f"{name}-{number}" for number, name in enumerate(SHIPPED) if name == "penalty_a21_hijack")
    record(str(env_file), folder / "again.toml", account, "", None, "", BOOKS)
    rows = list(Lines(folder / "again.jsonl"))
    assert any(row.get("signal") == "appeal" for _, row in rows)
    assert replay(rows, BOOKS, "again").total == 0


def _outcomes(loaded: Loaded, answered) -> list[Outcome]:  # noqa: ANN001 - as the player gives it
    complete = ((burst, [whole(loaded.case, burst.number, one, loaded.books) for one in seen]) for burst, seen in answered)
    return list(outcomes(loaded.case, complete))


@pytest.mark.parametrize("name", SHIPPED)
def test_the_case_holds_over_http(played: dict[str, list[Outcome]], name: str) -> None:
    assert not [describe(one, name) for one in played[name] if one.wrong]


def test_a_case_with_rules_of_its_own_has_a_server_of_its_own(tmp_path: Path) -> None:
    """Acts of persons, and the whole way of `sandbox run --on both`: a server, a player, one summary."""
    path = ROOT / "scenarios" / "cases" / "tier_freeze.toml"
    assert run_case(path, BOOKS, {}, "both", tmp_path, ["run"], ["--set", "rulebook.wecom.quota.app_minute.limit=3"]) == 0
    (folder,) = tmp_path.iterdir()
    summary = json.loads((folder / "summary.json").read_text("utf-8"))
    assert summary["worlds"] == {world: {"metrics": {"steps": 4, "wrong": 0}} for world in ("sim", "live")}
    assert (folder / "junit.xml").read_text("utf-8").count("<testcase ") == 8


def test_a_step_that_was_not_answered_is_no_step_that_holds() -> None:
    one = LOADED["wechat_issue_k02"].case
    seen = [(Burst(number, 0, ()), [{}] * step.repeat) for number, step in enumerate(one.step)]
    must_be_complete(one, seen)
    for missing in (seen[:-1], [*seen[:-1], (seen[-1][0], seen[-1][1][:-1])], []):
        with pytest.raises(MachineError, match="answered 0 times"):
            must_be_complete(one, missing)


@pytest.mark.parametrize(("decided", "said", "allowed"), [(False, "", True), (False, "45009", False), (True, "40099", True)])
def test_a_refusal_that_the_client_was_not_told_of_is_none(decided: bool, said: str, allowed: bool) -> None:
    event = {"allowed": decided, "code": "45009", "rule": "r", "retry_after": 1, "remaining": 0, "tier": 0, "at": 0}
    verdicts = {"wecom.user_get": iter([(event, [])])}
    seen = _seen(Call("wecom", "wecom.user_get", "main"), said, verdicts, "main")
    assert seen["allowed"] is allowed


def test_a_failure_on_the_way_is_no_refusal() -> None:
    step = {"at": "0s", "action": "wechat.card.create", "payload": {"card": {}}, "expect": {"allowed": False}}
    one = read({"name": "x", "title": "x", "start": datetime(2026, 11, 11, tzinfo=UTC), "step": [step]}, "x.toml")
    with pytest.raises(MachineError, match=r"no platform answered wechat\.card\.create: transport"):
        play_all(Deaf(), [one])


class Deaf(Stage):
    """A sandbox that opens accounts and answers no platform's request."""

    def __init__(self) -> None:
        self.now = 0

    def move_to(self, moment: int) -> None:
        self.now = moment

    def open(self, case: Case, account: str) -> Opened:
        del case

        def lose(_out: Outgoing) -> Incoming:
            raise ConnectionResetError

        origins = {f"{name}_BASE": "http://127.0.0.1:1" for name in ("SANDBOX", "WECHAT", "WECOM", "SHOPEE", "WECHATPAY")}
        session = open_session({**dict.fromkeys((*NAMES, "WECOM_USERID"), "1"), **origins}, "x")
        return Opened(Talk(session, lose, account), Held(session), {}, 0)


@pytest.mark.parametrize(
    "step",
    [
        {"action": "wecom.user_create", "payload": {"userid": "x"}},
        {"action": "wechat.card.create", "payload": {"a": 1}, "cost": 2},
    ],
)
def test_a_step_that_no_request_can_carry_is_refused_with_its_line(step: dict[str, Any]) -> None:
    text = 'name = "x"\n\n[[step]]\nat = "0s"\naction = "?"\n'
    content = {"name": "x", "title": "x", "start": datetime(2026, 11, 11, tzinfo=UTC), "step": [{"at": "0s", **step}]}
    with pytest.raises(InputError, match=r"x\.toml:5: step\.0\.action"):
        refuse_unsendable(read(content, "x.toml"), "x.toml", text)
