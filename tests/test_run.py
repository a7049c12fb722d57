"""The run folder."""

import json
from pathlib import Path
from typing import Any

import pytest

from sandbox.errors import InputError, MachineError
from sandbox.events import read
from sandbox.run import FINISHED, INTERRUPTED, RUNNING, Run, manifest, open_run, write_text

WHO: dict[str, Any] = {
    "scenario": "flash sale/双十一",
    "seed": 7,
    "started": 1_790_000_000_000,
    "scenario_text": 'name = "x"\n',
    "rulebooks": {"wecom.json": "{}"},
    "digests": {"wecom": "abc"},
    "command": ["sandbox", "run", "x.toml"],
}


def test_the_folder_is_named_by_time_scenario_and_seed_and_holds_everything(tmp_path: Path) -> None:
    with open_run(tmp_path / "results", **WHO) as run:
        assert run.folder == tmp_path / "results" / "20260921T141320Z-flash-sale-双十一-7"
        found = sorted(str(path.relative_to(run.folder)) for path in run.folder.rglob("*") if path.is_file())
    assert found == ["events.jsonl", "manifest.json", "rulebooks/wecom.json", "scenario.toml"]
    assert (run.folder / "scenario.toml").read_text() == 'name = "x"\n'


def test_no_two_runs_share_a_folder(tmp_path: Path) -> None:
    names = []
    for _ in range(3):
        with open_run(tmp_path, **WHO) as run:
            names.append(run.folder.name)
    assert [name.partition("-7")[2] for name in names] == ["", "-2", "-3"]


@pytest.mark.parametrize(
    ("name", "part"), [("..", "-scenario-"), ("/etc/x", "-etc-x-"), ("", "-scenario-"), ("a b", "-a-b-")]
)
def test_no_name_leads_out_of_the_folder(tmp_path: Path, name: str, part: str) -> None:
    with open_run(tmp_path, **WHO | {"scenario": name}) as run:
        assert run.folder.parent == tmp_path
        assert part in run.folder.name


def test_the_manifest_says_who_what_and_with_which_versions(tmp_path: Path) -> None:
    with open_run(tmp_path, **WHO) as run:
        card = manifest(run.folder)
    assert (card["scenario"], card["seed"], card["started"]) == ("flash sale/双十一", 7, "2026-09-21T14:13:20Z")
    assert card["rulebooks"] == {"wecom": "abc"}
    assert card["command"] == ["sandbox", "run", "x.toml"]
    assert {"python", "simpy", "locust", "fastapi", "uvicorn", "numpy"} <= card["versions"].keys()


def test_the_state_is_running_then_finished_or_interrupted(tmp_path: Path) -> None:
    with open_run(tmp_path, **WHO) as run:
        assert manifest(run.folder)["state"] == RUNNING
    assert manifest(run.folder)["state"] == FINISHED

    def stopped() -> Run:
        with open_run(tmp_path, **WHO) as run, pytest.raises(KeyboardInterrupt), run:
            raise KeyboardInterrupt
        return run

    assert manifest(stopped().folder)["state"] == INTERRUPTED


def test_closing_again_changes_nothing(tmp_path: Path) -> None:
    with open_run(tmp_path, **WHO) as run:
        run.close(INTERRUPTED)
    assert manifest(run.folder)["state"] == INTERRUPTED


def test_events_are_appended_with_their_world(tmp_path: Path) -> None:
    event = {"at": 1, "kind": "verdict", "account": "甲"}
    with open_run(tmp_path, **WHO) as run:
        run.recorder("sim")(event)
        run.append("live", [event])
        assert len(list(read(run.folder / "events.jsonl"))) == 2
    assert list(read(run.folder / "events.jsonl")) == [{"world": "sim", **event}, {"world": "live", **event}]
    assert manifest(run.folder)["events"] == 2
    assert "甲" in (run.folder / "events.jsonl").read_text("utf-8")


def test_a_place_that_cannot_be_written_is_one_clear_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(MachineError, match=r"^\S+file\S* cannot be written: ") as caught:
        open_run(tmp_path / "file", **WHO)
    assert caught.value.exit_code == 2
    assert "\n" not in str(caught.value)
    with pytest.raises(MachineError, match="cannot be written"):
        write_text(tmp_path / "file" / "x", "")


def test_a_file_in_the_place_of_the_folder_is_one_clear_sentence(tmp_path: Path) -> None:
    (tmp_path / "20260921T141320Z-flash-sale-双十一-7").write_text("")
    with pytest.raises(MachineError, match="File exists"):
        open_run(tmp_path, **WHO)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is always full")
def test_a_full_disk_is_one_clear_sentence(tmp_path: Path) -> None:
    (tmp_path / "events.jsonl").symlink_to("/dev/full")
    run = Run(tmp_path)
    with pytest.raises(MachineError, match=r"events\.jsonl cannot be written: No space left"):
        run.append("sim", [{"at": 1, "kind": "x", "account": ""}])
    with pytest.raises(MachineError, match="No space left"):
        run.close()


HALF = {"scenario": "x", "seed": 1}


@pytest.mark.parametrize("text", [None, "", "[]", "{", json.dumps(HALF), json.dumps({**HALF, "state": 5})])
def test_a_folder_that_is_no_run_is_refused(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(InputError, match=r"manifest\.json"):
        manifest(tmp_path)


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    write_text(tmp_path / "x", "old")
    with pytest.raises(UnicodeEncodeError):
        write_text(tmp_path / "x", "new \udc80")
    assert (tmp_path / "x").read_text() == "old"
