"""Both worlds side by side: what counts as agreement."""

import pytest

from sandbox.errors import InputError
from sandbox.report import Tolerance, Vocabulary, check_tolerances
from sandbox.report.agreement import agreement

ANY = Vocabulary(())
FIVE = Tolerance("*", 0.05, None, "jitter")
THREE = Tolerance("*", None, 3, "three apart")
BOTH = Tolerance("*", 0.05, 3, "either")
EXACT = Tolerance("*", 0.0, None, "must be equal")
NOT = Tolerance("*", None, None, "cannot be compared")

TABLE = [
    ("equal", 100, 100, FIVE, 0.0, 0.05, True),
    ("5 % of the larger is within", 95, 100, FIVE, 0.05, 0.05, True),
    ("more is not", 94, 100, FIVE, 0.06, 0.05, False),
    ("the other way round as well", 100, 94, FIVE, 0.06, 0.05, False),
    ("three apart is within", 10, 13, THREE, 3 / 13, 3 / 13, True),
    ("four is not", 10, 14, THREE, 4 / 14, 3 / 14, False),
    ("either suffices: absolute", 1, 4, BOTH, 0.75, 0.75, True),
    ("either suffices: relative", 1_000, 1_040, BOTH, 40 / 1_040, 0.05, True),
    ("nothing in both agrees", 0, 0, EXACT, 0.0, 0.0, True),
    ("exact means exact", 100, 101, EXACT, 1 / 101, 0.0, False),
    ("one in place of none is all the difference", 0, 1, FIVE, 1.0, 0.05, False),
    ("only one world has it", 7, None, FIVE, None, 0.05, False),
    ("only the other has it", None, 7, FIVE, None, 0.05, False),
    ("what is not compared is within", 7, None, NOT, None, None, True),
    ("and keeps its difference", 1, 2, NOT, 0.5, None, True),
]


@pytest.mark.parametrize(
    ("sim", "live", "bound", "difference", "tolerance", "within"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE]
)
def test_agreement(
    sim: float | None, live: float | None, bound: Tolerance, difference: float | None, tolerance: float | None, within: bool
) -> None:
    worlds = [{} if one is None else {"order_notice.lost": one} for one in (sim, live)]
    (row,) = agreement(*worlds, [bound], ANY)
    assert (row["sim"], row["live"], row["within"]) == (sim, live, within)
    assert row["difference"] == (None if difference is None else pytest.approx(difference))
    assert row["tolerance"] == (None if tolerance is None else pytest.approx(tolerance))
    assert row["because"] == bound.because


def test_the_first_pattern_that_matches_wins() -> None:
    bounds = [Tolerance("*.lost", 0.5, None, "first"), Tolerance("order_notice.*", 0.1, None, "second"), FIVE]
    rows = agreement({"order_notice.lost": 1, "order_notice.placed": 1, "a": 1}, {}, bounds, ANY)
    assert [row["because"] for row in rows] == ["jitter", "first", "second"]


def test_a_code_that_only_one_world_saw_is_a_zero_in_the_other() -> None:
    sim, live = {"x.calls": 9, "x.refused.1": 2}, {"x.calls": 9}
    row = agreement(sim, live, [FIVE], Vocabulary(("x",)))[1]
    assert (row["sim"], row["live"], row["within"]) == (2, 0, False)


def test_a_metric_without_a_tolerance_is_a_mistake_in_the_scenario() -> None:
    with pytest.raises(InputError, match=r"s\.toml: agree = 'load\.late'"):
        check_tolerances([Tolerance("order_notice.*", 0.1, None, "")], ["order_notice.lost", "load.late"], "s.toml")
    with pytest.raises(InputError, match=r"load\.late"):
        agreement({"load.late": 1}, {}, [], ANY)


@pytest.mark.parametrize(
    ("patterns", "wrong"), [(("order_notice.losst", "*"), 0), (("*", "order_notice.lost"), 1), (("order_notice.*", "*"), 1)]
)
def test_a_tolerance_that_no_metric_has_is_a_mistake(patterns: tuple[str, ...], wrong: int) -> None:
    """A misspelt one would leave its metric to a wider one."""
    bounds = [Tolerance(pattern, 0.1, None, "") for pattern in patterns]
    with pytest.raises(InputError, match=rf"tolerance\.{wrong}\.metric"):
        check_tolerances(bounds, ["order_notice.lost"], "s.toml")


@pytest.mark.parametrize(
    ("bound", "text"), [(FIVE, "5 %"), (THREE, "± 3"), (BOTH, "5 % or ± 3"), (EXACT, "exactly equal"), (NOT, "not compared")]
)
def test_a_tolerance_reads_well(bound: Tolerance, text: str) -> None:
    assert bound.allowed == text
