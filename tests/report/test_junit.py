"""What a build server reads."""

from typing import Any

import pytest
from defusedxml import ElementTree

from sandbox.report.junit import junit

EXPECTATION = {"name": "order_notice.lost", "world": "sim", "expected": "== 0", "actual": 0, "holds": True}
SIDE = {
    "metric": "order_notice.lost",
    "sim": 1,
    "live": 1,
    "difference": 0.0,
    "tolerance": 0.05,
    "within": True,
    "because": "jitter",
    "allowed": "5 %",
}


def cases(verdict: str = "pass", expectations: Any = (), agreement: Any = (), reasons: Any = ()) -> Any:
    text = junit(
        {
            "scenario": "s",
            "verdict": verdict,
            "expectations": expectations,
            "agreement": agreement,
            "reasons": list(reasons),
        }
    )
    return ElementTree.fromstring(text)[0]


def test_a_case_for_each_expectation_and_each_metric_compared() -> None:
    suite = cases("fail", [EXPECTATION, EXPECTATION | {"actual": 3, "holds": False}], [SIDE, SIDE | {"within": False}])
    assert {key: suite.get(key) for key in ("name", "tests", "failures", "errors", "skipped")} == {
        "name": "s",
        "tests": "4",
        "failures": "2",
        "errors": "0",
        "skipped": "0",
    }
    assert [case.get("classname") for case in suite] == ["expectation.sim", "expectation.sim", "agreement", "agreement"]
    assert suite[0].get("name") == "order_notice.lost == 0"
    assert [failure.get("message") for failure in suite.iter("failure")] == ["actual: 3", "sim 1, live 1, allowed: 5 %"]


def test_no_samples_are_a_failure() -> None:
    suite = cases("fail", [EXPECTATION | {"actual": None, "holds": False}])
    assert suite[0][0].get("message") == "no samples"


def test_what_is_not_compared_is_skipped_with_its_reason() -> None:
    suite = cases(agreement=[SIDE | {"tolerance": None, "because": "no lag in simulated time"}])
    assert suite[0][0].tag == "skipped"
    assert suite[0][0].get("message") == "not compared: no lag in simulated time"


@pytest.mark.parametrize("verdict", ["invalid", "interrupted"])
def test_when_nothing_is_known_every_case_is_an_error(verdict: str) -> None:
    rows = [EXPECTATION, EXPECTATION | {"holds": False}]
    suite = cases(verdict, rows, [SIDE, SIDE | {"tolerance": None}], ["late", "dropped"])
    assert [[outcome.tag for outcome in case] for case in suite] == [["error"]] * 4
    assert suite[0][0].get("message") == f"{verdict}: late; dropped"
    assert (suite.get("errors"), suite.get("failures"), suite.get("skipped")) == ("4", "0", "0")


@pytest.mark.parametrize("rows", [[], [EXPECTATION]])
def test_what_failed_beside_the_expectations_is_a_failure_too(rows: list[Any]) -> None:
    """A replication, or a gate."""
    suite = cases("fail", rows, reasons=["holds in 1 of 4 replications"])
    assert (suite.get("failures"), suite[-1].get("name"), suite[-1][0].get("message")) == (
        "1", "the run", "holds in 1 of 4 replications"
    )  # fmt: skip


def test_a_run_with_nothing_to_judge_has_one_case() -> None:
    assert [case.get("name") for case in cases()] == ["the run"]
    assert cases("invalid", reasons=["x"]).get("errors") == "1"


def test_any_text_survives() -> None:
    suite = cases(expectations=[EXPECTATION | {"name": "<&\"'>\x00\x1b熔断 😀"}])
    assert suite[0].get("name") == "<&\"'>??熔断 😀 == 0"
