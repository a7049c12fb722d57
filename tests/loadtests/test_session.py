"""The env file and the scenario: what the driver is given, and what it says when that is of no use."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from loadtests.control import Control, merchant_of
from loadtests.session import NAMES, Base, open_session, read_env
from loadtests.settings import parse, read_scenario
from loadtests.timeline import Timeline
from mocks.connection import connection, write_env
from mocks.inprocess import merchant_of as simulated
from mocks.server import MAIN
from mocks.world import World
from sandbox.behaviour.table import BEHAVIOURS
from sandbox.errors import InputError, MachineError
from sandbox.rulebooks import load_all
from sandbox.scenario import PushFault, load
from tests.loadtests.twins import BASE, Twins
from tests.mocks.rig import ADMIN, START

VALUES = connection(World(load_all(), lambda: START).open_account(MAIN), BASE, ADMIN)
SCENARIOS = sorted((Path(__file__).resolve().parents[2] / "scenarios" / "load").glob("*.toml"))


@pytest.fixture
def values() -> dict[str, str]:
    return dict(VALUES)


def test_the_env_file_that_the_server_writes_is_read(values: dict[str, str], tmp_path: Path) -> None:
    write_env(tmp_path / "env", values)
    assert read_env(tmp_path / "env") == values


def test_an_env_file_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="an env file that can be read"):
        read_env(tmp_path / "absent")


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_is_missing_is_named(values: dict[str, str], name: str) -> None:
    del values[name]
    with pytest.raises(InputError, match=name):
        open_session(values, "env")


@pytest.mark.parametrize("url", ["", "127.0.0.1:8080", "ftp://here", "http://", "http://here:port", "http://[::1"])
def test_a_base_that_is_no_url_is_named(values: dict[str, str], url: str) -> None:
    with pytest.raises(InputError, match="WECOM_BASE"):
        open_session({**values, "WECOM_BASE": url}, "env")


def test_a_base_is_taken_apart(values: dict[str, str]) -> None:
    session = open_session({**values, "WECOM_BASE": "https://gateway.test:8443/front/"}, "env")
    assert session.bases["wecom"] == Base("https://gateway.test:8443", "/front")
    assert session.control == Base(BASE)


def test_the_merchant_is_the_simulated_ones(twins: Twins) -> None:
    control = Control(twins.session, twins.send)
    opened = control.open_account(MAIN, {"account_type": "verified_subscription", "category": "ecommerce"})
    assert merchant_of(MAIN, twins.session, opened) == simulated(twins.account)
    assert opened["env"] == twins.session.values, "opened anew, it still has the credentials of the env file"
    assert twins.rig.main.wechat.account_type == "verified_subscription"


def test_what_goes_wrong_with_pushes_is_chosen_before_time_begins(twins: Twins) -> None:
    control = Control(twins.session, twins.send)
    control.choose_faults(MAIN, [PushFault(platform="wechat_pay", fault="wrong_key", percent=30)])
    mishaps = twins.rig.main.wechat_pay.mishaps
    assert (mishaps.standing, mishaps.percent) == ("wrong_key", 30)
    with pytest.raises(MachineError, match="gremlins"):
        control.choose_faults(MAIN, [PushFault(platform="shopee", fault="gremlins")])


def test_the_clock_must_stand_where_the_scenario_starts(twins: Twins) -> None:
    control = Control(twins.session, twins.send)
    control.must_stand_at(START)
    with pytest.raises(MachineError, match="it must stand still"):
        control.must_stand_at(START + 1)
    twins.rig.clock.set_rate(2)
    with pytest.raises(MachineError, match="runs at rate 2"):
        control.must_stand_at(START)


def test_time_begins_where_it_stood_and_runs_at_the_rate(twins: Twins) -> None:
    """The real time that `begin` answers with lies between the request and its answer: read off a clock of our own making."""
    ticks = iter(range(0, 10_000_000, 400_000))
    control = Control(twins.session, twins.send, read=lambda: next(ticks))
    begun = control.begin(START, 1.0)
    assert twins.rig.clock.rate == 1.0
    assert -1_000_000_000 < begun <= 400_000
    control.stop()
    assert twins.rig.clock.rate == 0.0


@pytest.mark.parametrize(("jump", "rate", "off"), [(0, 1.0, 0), (60_000, 20.0, 3_000), (-7, 2.0, 4)])
def test_a_clock_that_somebody_moved_is_seen(twins: Twins, jump: int, rate: float, off: int) -> None:
    """In real ms, also when it went back."""
    line = Timeline(START - min(0, jump), 0, rate, lambda: 0)
    twins.rig.clock.jump(max(0, jump))
    assert Control(twins.session, twins.send).off(line) == off


def test_a_wrong_admin_token_is_one_sentence(twins: Twins) -> None:
    twins.session.values = {**twins.session.values, "SANDBOX_ADMIN_TOKEN": "wrong"}
    with pytest.raises(MachineError, match="refuses SANDBOX_ADMIN_TOKEN"):
        Control(twins.session, twins.send).stop()


def test_an_answer_of_the_control_plane_that_is_none_is_one_sentence(twins: Twins) -> None:
    with pytest.raises(MachineError, match="answers POST /_sandbox/accounts with 4"):
        Control(twins.session, twins.send).open_account("no/good", {})


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_every_scenario_survives_json(path: Path, tmp_path: Path) -> None:
    scenario, _ = load(path, BEHAVIOURS)
    wanted = tmp_path / "scenario.json"
    wanted.write_text(json.dumps(scenario.model_dump(mode="json", by_alias=True)))
    again = read_scenario(wanted)
    assert again == scenario
    assert (again.start_ms, again.day) == (scenario.start_ms, scenario.day)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "a file that can be read"),
        ("{", "Invalid JSON"),
        ({"title": 5}, "title"),
        ({"population": [{"name": "x", "behaviour": "no.such", "count": 1}]}, "one of shopee.order"),
    ],
)
def test_a_scenario_of_no_use_is_one_sentence(content: Any, says: str, tmp_path: Path) -> None:
    path = tmp_path / "scenario.json"
    if content is not None:
        whole = load(SCENARIOS[0], BEHAVIOURS)[0].model_dump(mode="json", by_alias=True)
        path.write_text(content if isinstance(content, str) else json.dumps({**whole, **content}))
    with pytest.raises(InputError, match=says):
        read_scenario(path)


def test_the_command_line() -> None:
    settings = parse(["--scenario", "s.json", "--env-file", "e", "--out", "o", "--seed", "7", "--push-url", "http://x"])
    assert (settings.scenario, settings.seed, settings.push_url) == (Path("s.json"), 7, "http://x")
    with pytest.raises(SystemExit):
        parse(["--scenario", "s.json"])
