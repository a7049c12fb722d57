"""Two runs side by side: what is a regression and what is not."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sandbox.errors import InputError, InvalidRunError
from sandbox.report.compare import compare
from sandbox.report.expect import parse

Write = Callable[..., Path]


@pytest.fixture
def wrote(tmp_path: Path) -> Write:
    """`wrote(metrics, expected)` gives a run folder whose simulated world showed that."""

    def write(metrics: dict[str, float], expected: dict[str, str], **more: Any) -> Path:
        rows = [
            {
                "name": name,
                "world": "sim",
                "expected": text,
                "actual": metrics.get(name),
                "holds": parse(name, text, "").holds(metrics.get(name)),
            }
            for name, text in expected.items()
        ]
        summary = {"verdict": "pass", "reasons": ["r"], "worlds": {"sim": {"metrics": metrics}}, "expectations": rows} | more
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        folder.mkdir()
        (folder / "summary.json").write_text(json.dumps(summary))
        return folder

    return write


TABLE = [
    ("nothing changed", "<= 100", 50, 50, False),
    ("held and holds no more", "<= 100", 100, 101, True),
    ("held and was not seen again", "<= 100", 100, None, True),
    ("did not hold before either, and is no worse", "<= 100", 200, 200, False),
    ("4 % more on the wrong side", "<= 100", 50, 52, False),
    ("6 % more on the wrong side", "<= 100", 50, 53.3, True),
    ("far better", "<= 100", 50, 5, False),
    ("less, where more is good", ">= 0.1", 0.99, 0.9, True),
    ("more, where more is good", ">= 0.1", 0.9, 0.99, False),
    ("further from what it should be", "== 10", 12, 14, True),
    ("nearer to what it should be", "== 10", 14, 12, False),
    ("no side is wrong", "!= 0", 5, 50, False),
    ("seen for the first time", "<= 100", None, 1000, False),
    ("did not hold, and was not seen again", "<= 100", 200, None, True),
]


@pytest.mark.parametrize(("text", "before", "after", "worse"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_a_regression(wrote: Write, text: str, before: float | None, after: float | None, *, worse: bool) -> None:
    a, b = ({} if one is None else {"x": one} for one in (before, after))
    rows, regressed = compare(wrote(a, {"x": text}), wrote(b, {"x": text}))
    assert regressed is worse
    assert [row["verdict"] == "regression" for row in rows] == [worse] * len(rows)
    assert all(bool(row["because"]) == worse for row in rows)


def test_a_metric_that_nobody_expects_anything_of_is_shown_and_never_a_regression(wrote: Write) -> None:
    rows, regressed = compare(wrote({"w": 1, "x": 1, "z": 4}, {"w": "== 1"}), wrote({"w": 1, "x": 2, "y": 3, "z": 4}, {}))
    assert not regressed
    assert [(row["metric"], row["a"], row["b"], row["difference"], row["verdict"]) for row in rows] == [
        ("w", 1, 1, 0.0, "same"),
        ("x", 1, 2, 0.5, "changed"),
        ("y", None, 3, None, "only one"),
        ("z", 4, 4, 0.0, "same"),
    ]


def test_what_the_second_scenario_no_longer_asks_is_read_from_its_metrics(wrote: Write) -> None:
    expected = {"a.refused.1": "== 0"}
    assert not compare(wrote({"a.calls": 1, "a.refused.1": 0}, expected), wrote({"a.calls": 1}, {}))[1]
    assert compare(wrote({"a.calls": 1, "a.refused.1": 0}, expected), wrote({}, {}))[1]


def test_a_world_that_ran_once_only_is_no_regression(wrote: Write) -> None:
    both = {"sim": {"metrics": {"x": 1}}, "live": {"metrics": {"x": 1}}}
    rows, regressed = compare(wrote({}, {"x": "== 1"}, worlds=both), wrote({"x": 1}, {}))
    assert not regressed
    assert [(row["world"], row["verdict"]) for row in rows] == [("sim", "same"), ("live", "only one")]


def test_where_nothing_is_judged_nothing_is_said(wrote: Write) -> None:
    """No expectation at all, or none of a world that the second run has."""
    for expected in ({}, {"x": "== 1"}):
        with pytest.raises(InvalidRunError, match="expected nothing of a world"):
            compare(wrote({"x": 1}, expected), wrote({}, {}, worlds={"live": {"metrics": {"x": 1}}}))


def test_a_summary_that_is_none_is_refused_by_its_key(wrote: Write) -> None:
    folder = wrote({}, {})
    for text, key in (
        ("[]", "verdict"),
        ('{"verdict": "pass"}', "reasons"),
        ('{"verdict":"pass","reasons":[],"worlds":5}', "worlds"),
    ):
        (folder / "summary.json").write_text(text)
        with pytest.raises(InputError, match=rf"summary\.json: {key}"):
            compare(folder, folder)


def test_the_steps_of_a_case_hold_or_not(wrote: Write) -> None:
    step = {"name": "step 1", "world": "sim", "expected": "== 0 differences", "actual": 0, "holds": True}
    a = wrote({}, {}, expectations=[step])
    assert not compare(a, a)[1]
    assert compare(a, wrote({}, {}, expectations=[step | {"actual": 1, "holds": False}]))[1]


def test_the_zeros_that_were_judged_are_shown(wrote: Write) -> None:
    row = {"name": "f.opened", "world": "sim", "expected": "== 0", "actual": 0, "holds": True}
    rows, _ = compare(wrote({}, {}, expectations=[row]), wrote({"f.opened": 1}, {"f.opened": "== 0"}))
    assert [(one["a"], one["b"], one["verdict"]) for one in rows] == [(0, 1, "regression")]


def test_regressions_come_first(wrote: Write) -> None:
    rows, _ = compare(wrote({"a": 1, "z": 1}, {"z": "== 1"}), wrote({"a": 2, "z": 2}, {"z": "== 1"}))
    assert [row["metric"] for row in rows] == ["z", "a"]


@pytest.mark.parametrize("verdict", ["invalid", "interrupted"])
def test_a_run_that_says_nothing_cannot_be_compared(wrote: Write, verdict: str) -> None:
    with pytest.raises(InvalidRunError, match=f"is {verdict}: r") as caught:
        compare(wrote({}, {}), wrote({}, {}, verdict=verdict))
    assert caught.value.exit_code == 98


def test_a_folder_without_a_report_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"summary\.json"):
        compare(tmp_path, tmp_path)
