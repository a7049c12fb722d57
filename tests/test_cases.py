"""Every case file is a test: the same rulebooks, the same gates, the verdicts that the facts demand."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.cases import describe, parse, play
from sandbox.cli.casing import judge_of, load_case
from sandbox.errors import InputError
from sandbox.rulebooks import load_all

ROOT = Path(__file__).resolve().parent.parent
FILES = sorted((ROOT / "scenarios" / "cases").glob("*.toml"))
BOOKS = load_all()
CALL = {"at": "0s", "action": "wecom.message_send", "expect": {}}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_case_holds(path: Path) -> None:
    case, _ = load_case(path, BOOKS, {})
    wrong = [describe(outcome, path) for outcome in play(case, judge_of(case, BOOKS), "main") if outcome.wrong]
    assert not wrong


@pytest.mark.parametrize("fact", ["S01", "S02", "K01", "K02", "K03", "K04", "A03", "A04", "A05", "A08", "A09", "A10", "A11"])
def test_every_quota_fuse_and_latency_fact_has_a_case(fact: str) -> None:
    assert any(fact in load_case(path, BOOKS, {})[0].facts for path in FILES)


@pytest.mark.parametrize(
    ("step", "key", "says"),
    [
        ({**CALL, "action": "wecom.mesage_send"}, "step.1.action", "some rule is about"),
        ({**CALL, "at": "-1s"}, "step.1.at", "a duration"),
        ({**CALL, "expect": {"alowed": True}}, "step.1.expect.alowed", "not known here"),
        ({**CALL, "repeat": 0}, "step.1.repeat", "greater than"),
    ],
)
def test_a_case_that_cannot_happen_is_refused_with_the_step(step: dict[str, object], key: str, says: str) -> None:
    with pytest.raises(InputError) as refused:
        parse({**case(), "step": [CALL, step]}, "x.toml", {"wecom.message_send"})
    assert refused.value.key == key
    assert says in refused.value.expected


def test_time_does_not_go_back_in_a_case() -> None:
    with pytest.raises(InputError, match=r"step\.1\.at.*no earlier"):
        parse({**case(), "step": [{**CALL, "at": "2s"}, {**CALL, "at": "1s"}]}, "x.toml", {"wecom.message_send"})


def test_a_wrong_verdict_is_named_with_what_was_expected() -> None:
    wanted = {"allowed": False, "code": "45009"}
    made = parse({**case(), "step": [{**CALL, "expect": wanted}]}, "x.toml", {"wecom.message_send"})
    (outcome,) = play(made, judge_of(made, BOOKS), "main")
    assert outcome.wrong == {"allowed": (False, True), "code": ("45009", "")}
    assert "allowed is True, expected False" in describe(outcome, Path("x.toml"))


def case() -> dict[str, object]:
    from datetime import UTC, datetime  # noqa: PLC0415 - for this one moment

    return {"name": "x", "title": "x", "start": datetime(2026, 11, 11, tzinfo=UTC)}
