"""Journals and claims as cases: recorded, frozen, replayed, and held against other rules."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sandbox.cases import play
from sandbox.cases.replay import Differences, amount, replay
from sandbox.cases.rows import Lines
from sandbox.cli.casing import Engine, load_case, run_case
from sandbox.cli.challenging import challenger
from sandbox.cli.recording import record
from sandbox.errors import InputError
from sandbox.events import line
from sandbox.policy import Assessment
from sandbox.rulebooks import load_all

CASES = Path(__file__).resolve().parent.parent / "scenarios" / "cases"
BOOKS = load_all()
STRICTER = "[quota.app_minute]\nlimit = 150\n"


@pytest.fixture
def happened(tmp_path: Path) -> Callable[[str], Path]:
    """The journal of a shipped case, as a run leaves it."""

    def happen(name: str) -> Path:
        loaded = load_case(CASES / f"{name}.toml", BOOKS, {})
        events: list[Any] = []
        list(play(loaded.case, Engine(loaded.case, loaded.books, events.append), "main"))
        file = tmp_path / "events.jsonl"
        file.write_text("".join(line({"world": "sim", **event}) + "\n" for event in events), "utf-8")
        return file

    return happen


def recorded(source: Path, out: Path, **more: Any) -> Path:
    options = {"account": "main", "world": "sim", "columns": None, "token": "", **more}
    record(str(source), out, books=BOOKS, **options)
    return out


def again(case: Path, tmp_path: Path, against: Path | None = None) -> tuple[int, dict[str, Any]]:
    """The exit status of a replay, and its summary."""
    code = run_case(case, BOOKS, {}, "sim", tmp_path / "results", ["run"], against=against)
    newest = max((tmp_path / "results").iterdir(), key=lambda folder: folder.stat().st_mtime_ns)
    summary: dict[str, Any] = json.loads((newest / "summary.json").read_text("utf-8"))
    return code, summary


@pytest.mark.parametrize(
    "name", ["wecom_fuse", "risk_issue_double", "penalty_k12_restored_on_application", "risk_second_clearing"]
)
def test_what_happened_is_recorded_and_happens_again(name: str, happened: Callable[[str], Path], tmp_path: Path) -> None:
    """S01, S02, K11, K12, M16: calls with their cost and caller, and facts with their payload."""
    code, summary = again(recorded(happened(name), tmp_path / "again.toml"), tmp_path)
    assert (code, summary["verdict"]) == (0, "pass")


def test_many_steps_lie_beside_the_case_few_lie_in_it(happened: Callable[[str], Path], tmp_path: Path) -> None:
    many = recorded(happened("wecom_fuse"), tmp_path / "many.toml")
    assert 'steps = "many.jsonl"' in many.read_text("utf-8")
    few = recorded(happened("wechat_issue_k02"), tmp_path / "few.toml")
    assert few.read_text("utf-8").count("[[step]]") == 4
    assert not few.with_suffix(".jsonl").exists()


def test_other_rules_are_held_against_what_was_recorded(happened: Callable[[str], Path], tmp_path: Path) -> None:
    case, rules = recorded(happened("wecom_fuse"), tmp_path / "fuse.toml"), tmp_path / "wecom.toml"
    rules.write_text(STRICTER, "utf-8")
    code, summary = again(case, tmp_path, rules)
    figures = summary["worlds"]["sim"]["metrics"]
    assert (code, summary["verdict"]) == (99, "fail")
    assert figures["newly_refused"] >= 50
    pairs = {(row["champion"], row["challenger"]): row["calls"] for row in summary["challenge"]["pairs"]}
    assert sum(pairs.values()) == figures["differ"]
    assert pairs["", "wecom.app_minute"] >= 1
    assert again(case, tmp_path, _folder(tmp_path, "[quota.app_minute]\nlimit = 200\n"))[0] == 0


def _folder(tmp_path: Path, text: str) -> Path:
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / "wecom.toml").write_text(text, "utf-8")
    return folder


def test_a_written_case_has_a_challenger_too(tmp_path: Path) -> None:
    code, summary = again(
        CASES / "wechat_issue_k02.toml", tmp_path, _other(tmp_path, "[quota.subscription_issue_day]\nlimit = 400\n")
    )
    assert code == 99
    assert summary["challenge"]["champion"] == {"wechat.subscription_issue_day": 1}


def _other(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "wechat.toml"
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("wechat.toml", None, "can be read"),
        ("wechat.toml", "[", "TOML"),
        ("wechatt.toml", "", "one of wechat"),
        ("x", "", "one of wechat"),
    ],
)
def test_a_challenger_that_is_none_is_refused(tmp_path: Path, name: str, text: str | None, says: str) -> None:
    if text is not None:
        (tmp_path / name).write_text(text, "utf-8")
    with pytest.raises(InputError, match=says):
        challenger(BOOKS, tmp_path / name)


def test_recorded_steps_are_played_in_the_engine(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="--on = 'live'"):
        run_case(CASES / "wecom_fuse.toml", BOOKS, {}, "live", tmp_path, [], against=tmp_path)


def test_a_journal_cut_off_in_mid_line_is_used_up_to_the_cut(happened: Callable[[str], Path], tmp_path: Path) -> None:
    journal = happened("wecom_fuse")
    journal.write_bytes(journal.read_bytes()[:-40])
    case = recorded(journal, tmp_path / "cut.toml")
    assert "was cut off in line" in case.read_text("utf-8")
    code, summary = again(case, tmp_path)
    assert code == 0
    assert "cut off" in summary["reasons"][1]


@pytest.mark.parametrize(
    ("kept", "says"),
    [
        (lambda raw: raw[:3000], "cut.jsonl is cut off in line 23"),
        (lambda raw: raw[: raw.rindex(b"\n", 0, 3000) + 1], "cut.jsonl holds 22 steps, and 218 were recorded"),
        (lambda _raw: b"", "cut.jsonl holds 0 steps, and 218 were recorded"),
    ],
)
def test_recorded_steps_that_are_not_all_there_say_nothing(
    happened: Callable[[str], Path], tmp_path: Path, kept: Callable[[bytes], bytes], says: str
) -> None:
    """They are played up to the cut, which is said; also where the file ends with a line."""
    case = recorded(happened("wecom_fuse"), tmp_path / "cut.toml")
    steps = case.with_suffix(".jsonl")
    steps.write_bytes(kept(steps.read_bytes()))
    code, summary = again(case, tmp_path)
    assert (code, summary["verdict"]) == (98, "invalid")
    assert says in summary["reasons"][0]


def test_steps_that_are_no_calls_leave_nothing_to_judge(tmp_path: Path) -> None:
    fact = {"at": 1, "signal": "reset", "platform": "wecom", "about": "wecom.message_send"}
    (tmp_path / "x.jsonl").write_text(line(fact) + "\n", "utf-8")
    (tmp_path / "x.toml").write_text('name = "x"\ntitle = "x"\nstart = 2026-11-11T20:00:00Z\nsteps = "x.jsonl"\n', "utf-8")
    code, summary = again(tmp_path / "x.toml", tmp_path)
    assert (code, summary["reasons"][0]) == (98, "no call was judged")


def test_what_a_service_decides_has_no_challenger(tmp_path: Path) -> None:
    """The rules alone would let pass what the case's service refuses."""
    with pytest.raises(InputError, match="payload"):
        again(CASES / "risk_watched_words.toml", tmp_path, _other(tmp_path, ""))


REST = '"action":"wecom.user_get","allowed":true,"code":"","rule":"","tier":0}\n'


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"at":1,"kind":"verdict"}\nno json\n{}\n', r"events\.jsonl:1: account"),
        ('{"at":1,"kind":"reply","account":"main"}\nno json\n{}\n', r"events\.jsonl:2: line"),
        ('{"at":1,"kind":"reply","account":"main"}\n', "holds no verdict"),
        ('{"at":1,"kind":"told","account":"main","signal":"reset"}\n', r"events\.jsonl:1: platform"),
        ('{"at":"1","kind":"verdict","account":"main",' + REST, r"events\.jsonl:1: at = '1': expected ms"),
        ("[1]\n", r"events\.jsonl:1: line"),
    ],
)
def test_a_journal_that_cannot_be_played_is_refused_with_its_line(tmp_path: Path, text: str, says: str) -> None:
    journal = tmp_path / "events.jsonl"
    journal.write_text(text, "utf-8")
    with pytest.raises(InputError, match=says):
        recorded(journal, tmp_path / "case.toml")


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({"at": 1, "action": "wecom.user_get"}, r"x:2: at = 1: expected no earlier"),
        ({"at": 3, "action": "nobody.knows"}, r"x:2: step"),
        ({"at": 3}, r"x:2: step"),
        ({"at": 3, "action": "wecom.user_get", "cost": -3}, r"x:2: cost = -3: expected at least 1"),
        ({"at": 3, "action": "wecom.user_get", "cost": "1"}, r"x:2: step"),
        ({"at": 3, "signal": "offence", "platform": "wecomm"}, r"x:2: step"),
        ({"at": 3, "action": "wecom.user_get", "sayd": [False, "1", "r", 0]}, r"x:2: sayd"),
    ],
)
def test_a_recorded_step_that_cannot_happen_is_refused_with_its_line(row: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError, match=says):
        replay([(1, {"at": 2, "action": "wecom.user_get"}), (2, row)], BOOKS, "x")


COLUMNS = """time = "iso"
columns = { at = "time", user = "uid", device = "dev", ip = "addr", amount = "fen", nonce = "sig" }
constants = { action = "wechat.user.claim", age_ms = "100" }
"""
SIMPLE = 'time = "ms"\ncolumns = { at = "at" }\nconstants = { action = "wechat.user.claim" }\n'
HEAD = "time,uid,dev,addr,fen,sig\n"
ROW = "2026-11-11T20:0{0}:00,u{0},{1},10.0.0.{0},500,s{0}\n"


def claims(tmp_path: Path, text: str, columns: str = COLUMNS, name: str = "claims.csv") -> Path:
    (tmp_path / "columns.toml").write_text(columns, "utf-8")
    (tmp_path / name).write_text(text, "utf-8", "surrogateescape")
    return recorded(tmp_path / name, tmp_path / "case.toml", columns=tmp_path / "columns.toml")


def test_claims_become_a_case_with_verdicts_and_money(tmp_path: Path) -> None:
    case = claims(tmp_path, HEAD + "".join(ROW.format(n, "" if n == 5 else "d1") for n in range(1, 6)))
    steps = load_case(case, BOOKS, {}).case.step
    assert steps[0].actor == {
        "age_ms": "100", "user": "u1", "device": "d1", "ip": "10.0.0.1", "amount": "500", "nonce": "s1", "segment": "10.0.0"
    }  # fmt: skip
    assert "device" not in steps[4].actor
    assert [step.at for step in steps] == [0, 60_000, 120_000, 180_000, 240_000]
    rules = _other(tmp_path, "[detector.device_accounts]\nlimit = 2\npoints = 400\n")
    code, summary = again(case, tmp_path, rules)
    assert code == 99
    assert summary["worlds"]["sim"]["metrics"]["newly_refused_fen"] >= 1000
    assert summary["challenge"]["detectors"]["wechat.device_accounts"] >= 2


def test_claims_as_jsonl_are_the_same_claims(tmp_path: Path) -> None:
    rows = [
        {"time": f"2026-11-11T20:0{n}:00+08:00", "uid": f"u{n}", "dev": "d1", "addr": "10.0.0.1", "fen": 500, "sig": f"s{n}"}
        for n in (1, 2)
    ]
    case = claims(tmp_path, "".join(json.dumps(row) + "\n" for row in rows), name="claims.jsonl")
    assert [step.actor["amount"] for step in load_case(case, BOOKS, {}).case.step] == ["500", "500"]


@pytest.mark.parametrize(
    ("text", "columns", "says"),
    [
        ("time,uid,addr,fen\n", COLUMNS, r"claims\.csv:1: columns = .*expected columns dev \(device\), sig \(nonce\)"),
        (HEAD + ROW.format(2, "d") + ROW.format(1, "d"), COLUMNS, r"claims\.csv:3: time = .*no earlier"),
        (HEAD + "yesterday,u,d,a,5,s\n", COLUMNS, r"claims\.csv:2: claim"),
        (HEAD + "2026-11-11T20:00:00,u\n" + ROW.format(1, "d"), COLUMNS, r"claims\.csv:2: row"),
        (HEAD, 'columns = { user = "uid" }\n', r"columns\.toml: columns\.at"),
        (HEAD, 'columns = { user = "uid" }\nconstants = { at = "5", action = "x" }\n', r"columns\.toml: columns\.at"),
        ("at\n1794398400\n", SIMPLE, r"claims\.csv:2: claim = .*1794398400 ms is no time from 2000 to 2099"),
        ("at\n-inf\n", SIMPLE.replace("ms", "s"), r"claims\.csv:2: claim"),
        ("at,n\n1794398400000,-3\n", SIMPLE.replace("}", ', cost = "n" }', 1), r"claims\.csv:2: claim = .*a cost of -3"),
        (
            HEAD + ROW.format(1, "d").replace("500", "5.00"),
            COLUMNS,
            r"claims\.csv:2: fen = '5.00': expected money in whole fen",
        ),
        ("at\n\udcff\n", SIMPLE, r"claims\.csv: file = .*expected CSV in UTF-8"),
        (HEAD, 'colums = { user = "uid" }\n', r"columns\.toml: colums"),
        (HEAD + ROW.format(1, "d"), COLUMNS.replace("user.claim", "user.clam"), "some rule is about"),
    ],
)
def test_claims_that_cannot_be_read_are_refused(tmp_path: Path, text: str, columns: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        claims(tmp_path, text, columns)


def test_claims_cut_off_in_mid_row_are_used_up_to_the_cut(tmp_path: Path) -> None:
    case = claims(tmp_path, HEAD + ROW.format(1, "d") + "2026-11-11T20:02:00,u2")
    assert "cut off in line 3" in case.read_text("utf-8")
    assert len(load_case(case, BOOKS, {}).case.step) == 1


def test_there_are_two_worlds_to_record(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"--world = 'mars': expected sim or live"):
        recorded(tmp_path, tmp_path / "x.toml", world="mars")


@pytest.mark.parametrize("out", ["case.json", "My.toml", "a-b.toml"])
def test_a_case_has_a_name_that_it_can_have(tmp_path: Path, out: str) -> None:
    with pytest.raises(InputError, match="--out"):
        recorded(tmp_path, tmp_path / out)


@pytest.mark.parametrize("source", ["nothing.csv", "nothing", "http://127.0.0.1:9"])
def test_a_source_that_is_none_is_refused(tmp_path: Path, source: str) -> None:
    with pytest.raises(Exception, match=r"source|does not answer"):
        record(source, tmp_path / "case.toml", "main", "sim", None, "", BOOKS)


@pytest.mark.parametrize(("text", "fen"), [("500", 500), ("", 0), ("-5", 0), ("5.0", 0), ("9" * 30, 0)])
def test_money_is_whole_fen_or_nothing(text: str, fen: int) -> None:
    assert amount({"amount": text}) == fen


def test_money_counts_both_ways() -> None:
    found = Differences()
    found.note(1, {"actor": {"amount": "500"}}, [True, "", "", 0], [False, "1", "r", 0], Assessment(40, rules=("d",)))
    found.note(2, {"actor": {"amount": "70"}}, [False, "1", "r", 0], [True, "", "", 0], None)
    found.note(3, {}, [False, "1", "r", 0], [False, "2", "s", 0], Assessment(90, rules=("d", "e")))
    assert (found.total, found.turned(refused=True), found.turned(refused=False)) == (3, (1, 500), (1, 70))
    assert found.detectors == {"d": 2, "e": 1}


def test_lines_know_where_they_were_cut(tmp_path: Path) -> None:
    (tmp_path / "x").write_text('{"a":1}\n{"a":', "utf-8")
    lines = Lines(tmp_path / "x")
    assert (list(lines), lines.cut) == ([(1, {"a": 1})], 2)
