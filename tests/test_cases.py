"""Every case file is a test: the same rulebooks, the same gates, the answers that the facts demand."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sandbox.cases import Case, Outcome, check_steps, describe, play, read
from sandbox.cases.lines import line_of
from sandbox.cases.playing import numbered
from sandbox.cases.telling import got, shown, span, timeline
from sandbox.cli.casing import Engine, known, load_case
from sandbox.errors import InputError
from sandbox.rulebooks import laid_over, load_all

ROOT = Path(__file__).resolve().parent.parent
CASES = ROOT / "scenarios" / "cases"
FILES = sorted(CASES.rglob("*.toml"))
BOOKS = load_all()
KNOWN = known(BOOKS)
CALL = {"at": "0s", "action": "wecom.message_send", "expect": {}}
SERVED = {"at": "0s", "action": "wechat.card.create", "payload": {"card": {}}}
FACT = {"at": "0s", "signal": "reset", "about": "wecom.message_send"}


def case(*steps: dict[str, Any], **more: Any) -> Case:
    """A case with these steps, checked."""
    made = read({"name": "x", "title": "x", "start": datetime(2026, 11, 11, tzinfo=UTC), "step": [*steps], **more}, "x.toml")
    check_steps(made, KNOWN, "x.toml")
    return made


def outcomes(made: Case) -> list[Outcome]:
    return list(play(made, Engine(made, BOOKS), "main"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_case_holds(path: Path) -> None:
    loaded = load_case(path, BOOKS, {})
    assert loaded.case.name == path.stem
    engine = Engine(loaded.case, loaded.books)
    assert not [describe(one, path.name) for one in play(loaded.case, engine, "main") if one.wrong]


@pytest.mark.parametrize(
    ("step", "key", "says"),
    [
        ({**CALL, "action": "wecom.mesage_send"}, "step.1.action", "some rule is about"),
        ({**CALL, "at": "-1s"}, "step.1.at", "a duration"),
        ({**CALL, "expect": {"alowed": True}}, "step.1.expect.alowed", "not known here"),
        ({**CALL, "repeat": 0}, "step.1.repeat", "greater than"),
        ({**CALL, "after": "1s"}, "step.1", "either at or after"),
        ({**CALL, "signal": "reset"}, "step.1", "either action"),
        ({"at": "0s"}, "step.1", "either action"),
        ({**FACT, "signal": "rest"}, "step.1.signal", "such as reset"),
        ({**FACT, "about": ""}, "step.1.platform", "platform"),
        ({**FACT, "expect": {"allowed": True}}, "step.1.expect.allowed", "a fact's answer"),
        ({**CALL, "expect": {"ok": True}}, "step.1.expect.ok", "a call's verdict"),
        ({**SERVED, "expect": {"rule": "x"}}, "step.1.expect.rule", "a service's answer"),
        ({**SERVED, "action": "wechat.card.issue"}, "step.1.action", "some rule is about"),
        ({**CALL, "expect": {"spared": ["wechat.device_acounts"]}}, "step.1.expect.spared", "wechat.device_accounts"),
        ({**CALL, "expect": {"rules": ["wechat.device_acounts"]}}, "step.1.expect.rules", "wechat.device_accounts"),
        ({**CALL, "payload": {"touser": "x"}}, "step.1.payload", "in all of the case's steps"),
    ],
)
def test_a_step_that_cannot_happen_is_refused_by_its_key(step: dict[str, Any], key: str, says: str) -> None:
    with pytest.raises(InputError) as refused:
        case(CALL, step)
    assert refused.value.key == key
    assert says in refused.value.expected


def test_time_does_not_go_back_in_a_case_nor_into_a_repetition() -> None:
    with pytest.raises(InputError, match=r"step\.1\.at.*no earlier"):
        case({**CALL, "at": "2s"}, {**CALL, "at": "1s"})
    with pytest.raises(InputError, match=r"step\.1\.at.*\(10000 ms\)"):
        case({**CALL, "repeat": 11, "every": "1s"}, {**CALL, "at": "9s"})


def test_steps_stand_in_the_case_or_beside_it() -> None:
    with pytest.raises(InputError, match=r"steps = 'x\.jsonl': expected either"):
        case(CALL, steps="x.jsonl")


def test_rules_of_its_own_belong_to_a_platform() -> None:
    with pytest.raises(InputError, match=r"rulebook\.wecon"):
        case(CALL, rulebook={"wecon": {}})


TEXT = """name = "x"
title = "x"
start = 2026-11-11T20:00:00+08:00

[[step]]
at = "0s"
action = "wecom.message_send"

[[step]]
at = "1s"
says = "a typo"
action = "wecom.mesage_send"
expect = { allowed = true }
"""


RATIO = {"level": 1, "kind": "ratio", "actions": ["wechat.user.claim"], "failures": True, "percent": 100, "effect": "x"}


@pytest.mark.parametrize(
    ("section", "entry", "says"),
    [
        ("detector", RATIO, "never more than its whole"),
        ("detector", {**RATIO, "failures": False, "percent": 5}, "could never fire"),
        ("detector", {**RATIO, "kind": "interval", "failures": False, "percent": 5}, "one gap does not vary"),
        ("detector", {**RATIO, "kind": "value", "failures": False}, "could never fire"),
        ("detector", {**RATIO, "percent": 5, "effect": ""}, "a hit would lead to nothing"),
        ("detector", {**RATIO, "percent": 5, "actions": []}, "could never fire"),
        ("tier", {"tier": 1, "from_score": 10_000, "action": "observe"}, "no score exceeds"),
        ("tier", {"tier": 1, "from_score": 9, "action": "observe", "marks": ["ip"], "marks_for": "1d"}, "colour grey"),
        ("ladder", {"rung": [{"effect": "a"}, {"effect": "b", "after": 1}]}, "no way leads up"),
        ("ladder", {"rung": [{"effect": "a"}, {"effect": "b", "after": 99}]}, "no way leads up"),
        ("ladder", {"rung": [{"effect": "a", "disables": ["issue"]}]}, "it has no end"),
    ],
)
def test_a_rule_that_can_never_fire_and_a_ladder_without_a_way_are_refused(
    section: str, entry: dict[str, Any], says: str
) -> None:
    """Also when they come with a case: named by file, key and what was expected."""
    with pytest.raises(InputError, match=says) as refused:
        laid_over(BOOKS["wechat"], {section: {"own": {"source": "sandbox", "standing": "assumed", **entry}}}, "case.toml")
    assert str(refused.value).startswith(f"case.toml: {section}.own")


@pytest.mark.parametrize(
    ("key", "line"), [("step.1.action", 12), ("step.0.at", 6), ("step.1", 9), ("title", 2), ("step.7.at", 0), ("facts", 0)]
)
def test_a_key_has_its_line(key: str, line: int) -> None:
    assert line_of(TEXT, key) == line


def test_a_file_is_refused_with_file_and_line(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text(TEXT, "utf-8")
    with pytest.raises(InputError) as refused:
        load_case(path, BOOKS, {})
    assert str(refused.value).startswith(f"{path}:12: step.1.action = 'wecom.mesage_send'")


def test_a_wrong_verdict_is_named_with_what_was_expected() -> None:
    (outcome,) = outcomes(case({**CALL, "expect": {"allowed": False, "code": "45009"}}))
    assert outcome.wrong == {"allowed": (False, True), "code": ("45009", "")}
    assert "allowed is True, expected False" in describe(outcome, "x.toml")


def test_of_a_repetition_the_first_that_differs_is_told_and_all_are_asked() -> None:
    found = outcomes(
        case(
            {**CALL, "repeat": 202, "every": "1ms", "expect": {"allowed": True}}, {"after": "0s", "action": "wecom.gettoken"}
        )
    )
    assert (found[0].nth, found[0].at - found[1].at, found[0].seen["tripped"]) == (201, -1, "wecom.app_fuse")
    rows = timeline(case({**CALL, "repeat": 202}), found)
    assert rows[-1][1] == "0 (call 201)"
    assert "opens wecom.app_fuse" in rows[-1][3]


def test_a_timeline_shows_what_came_before_the_first_difference() -> None:
    good, bad = {**CALL, "expect": {"allowed": True}}, {**CALL, "says": "no", "expect": {"allowed": False}}
    rows = timeline(case(good), outcomes(case(*[good] * 9, bad, bad)))
    assert [row[1] for row in rows] == ["", "3", "4", "5", "6", "7", "8", "9"]
    assert timeline(case(good), outcomes(case(good))) == []


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("retry_after", 61_000, "1m 1s"),
        ("code", "45009", "45009"),
        ("sanctions", [], "none"),
        ("sanctions", [{"effect": "suspended", "rule": "w.x", "lasts": 604_800_000}], "suspended w.x for 7d"),
        ("sanctions", [{"effect": "banned", "lasts": "for good"}], "banned for good"),
        ("sanctions", [("banned", "w.x", "main", 5)], "banned w.x main"),
    ],
)
def test_what_differs_reads_well(name: str, value: object, said: str) -> None:
    assert shown(name, value) == said


@pytest.mark.parametrize(
    ("text", "n", "made"),
    [
        ("u{n}", 7, "u7"),
        ("d{n%3}", 4, "d0"),
        ("d{n/5}", 5, "d0"),
        ("d{n/5}", 6, "d1"),
        ("{m}", 1, "{m}"),
        ("{n%0}", 1, "{n%0}"),
    ],
)
def test_values_count_with_the_repetition(text: str, n: int, made: str) -> None:
    assert numbered(text, n) == made


@pytest.mark.parametrize(
    ("ms", "said"), [(0, "0s"), (1, "1ms"), (61_000, "1m 1s"), (93_600_000, "1d 2h"), (2**63 - 1, "for ever")]
)
def test_durations_read_well(ms: int, said: str) -> None:
    assert span(ms) == said


@pytest.mark.parametrize("wanted", [[{"effect": "open"}], [{"effect": "forced_open", "lasts": "1s"}], []])
def test_sanctions_that_are_wanted_must_be_there_and_none_when_none_is(wanted: list[dict[str, str]]) -> None:
    (outcome,) = outcomes(case({**FACT, "signal": "force_open", "expect": {"sanctions": wanted}}))
    assert outcome.wrong
    right = [{"effect": "forced_open", "rule": "wecom.app_fuse", "lasts": "for good"}]
    assert not outcomes(case({**FACT, "signal": "force_open", "expect": {"ok": True, "sanctions": right}}))[0].wrong


def test_an_answer_tells_who_hit_also_where_nothing_was_refused() -> None:
    quiet = {"allowed": True, "rule": "", "remaining": 3, "tier": 0, "score": 0, "rules": (), "sanctions": ()}
    assert got(quiet) == "allowed, 3 left"
    assert got(quiet | {"score": 25, "rules": ("a.b", "a.c")}) == "allowed, 3 left, score 25, hit by a.b a.c"
    assert shown("rules", ("a.b", "a.c")) == "a.b, a.c"
    assert shown("rules", ()) == "none"
