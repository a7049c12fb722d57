"""A whole report from a run folder, and again from the same folder."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.errors import InputError
from sandbox.events import Event
from sandbox.report import Context, Vocabulary, build, write_context
from sandbox.report.context import read_context
from sandbox.run import INTERRUPTED, Run, open_run

Sale = Callable[..., list[Event]]
FIXED = ["scenario", "seed", "verdict", "reasons", "worlds", "expectations", "agreement"]


def opened(folder: Path) -> Run:
    return open_run(
        folder,
        scenario="flash_sale",
        seed=7,
        started=1_790_000_000_000,
        scenario_text="",
        rulebooks={},
        digests={},
        command=["sandbox", "run", "flash sale.toml", "--seed", "7"],
    )


def sold(run: Run, flash_sale: Sale, context: Context) -> Path:
    """The folder, with a flash sale in both worlds in it."""
    with run:
        run.append("sim", flash_sale("sim"))
        run.append("live", flash_sale("live", jitter=60, seed=2))
    write_context(run.folder, context)
    return run.folder


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    run = opened(tmp_path)
    yield run
    run.close()


@pytest.fixture
def run_dir(run: Run, flash_sale: Sale, context: Context) -> Path:
    return sold(run, flash_sale, context)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, flash_sale: Sale, context: Context) -> tuple[Path, Any]:
    """The folder of a flash sale in both worlds, and what building its report gave."""
    run = opened(tmp_path_factory.mktemp("built"))
    folder = sold(run, flash_sale, context)
    return folder, build(folder)


def test_the_summary_has_its_fixed_keys_first(built: tuple[Path, Any]) -> None:
    run_dir, summary = built
    written = json.loads((run_dir / "summary.json").read_text("utf-8"))
    assert written == summary
    assert list(written)[:7] == FIXED
    assert list(written["expectations"][0]) == ["name", "world", "expected", "actual", "holds"]
    assert list(written["agreement"][0])[:6] == ["metric", "sim", "live", "difference", "tolerance", "within"]
    assert (written["scenario"], written["seed"], written["verdict"]) == ("flash_sale", 7, "fail")


def test_refusals_are_told_by_rule_and_world(built: tuple[Path, Any]) -> None:
    rows = built[1]["refusals"]
    assert [row["rule"] for row in rows] == ["wecom.app_fuse", "wecom.app_minute"]
    assert rows[1] == {
        "rule": "wecom.app_minute",
        "action": "wecom.message_send",
        "code": "45009",
        "counts": {"sim": 1, "live": 1},
        "first": {"sim": 170_000, "live": 170_048},
    }


def test_the_moments_are_told_in_order(built: tuple[Path, Any]) -> None:
    told = [(row["at"], row["what"]) for row in built[1]["moments"] if row["world"] == "sim"]
    assert [at for at, _ in told] == sorted(at for at, _ in told)
    assert told[:3] == [
        (170_000, "wecom.message_send is refused with 45009 by wecom.app_minute for the first time"),
        (170_000, "the fuse wecom.app_fuse of corp/1000002 opens for 1 min"),
        (170_000, "order S00321 is placed: the first whose notice never arrives"),
    ]
    assert told[-1] == (231_000, "the fuse wecom.app_fuse of corp/1000002 closes: calls pass again")


def test_building_again_gives_the_same_bytes(built: tuple[Path, Any]) -> None:
    def reports() -> list[bytes]:
        return [(built[0] / name).read_bytes() for name in ("summary.json", "junit.xml", "report.html")]

    before = reports()
    build(built[0])
    assert reports() == before


def test_a_run_that_was_interrupted_says_nothing(run: Run, flash_sale: Sale, context: Context) -> None:
    run.append("sim", flash_sale("sim")[:100])
    run.close(INTERRUPTED)
    write_context(run.folder, context)
    summary = build(run.folder)
    assert (summary["verdict"], summary["reasons"]) == ("interrupted", ["The run was interrupted before its end"])
    assert "INTERRUPTED" in (run.folder / "report.html").read_text("utf-8")


def test_a_run_that_was_killed_is_reported_without_its_last_half_line(run: Run, flash_sale: Sale, context: Context) -> None:
    run.append("sim", flash_sale("sim")[:100])
    with (run.folder / "events.jsonl").open("a") as out:
        out.write('{"world":"sim","at":')
    write_context(run.folder, context)
    summary = build(run.folder)
    assert summary["verdict"] == "interrupted"
    assert "never finished" in summary["reasons"][0]


def test_a_run_without_events_is_invalid_and_still_has_a_page(run: Run, context: Context) -> None:
    run.close()
    write_context(run.folder, context)
    summary = build(run.folder)
    assert summary["verdict"] == "invalid"
    assert "INVALID" in (run.folder / "report.html").read_text("utf-8")


def test_what_the_caller_knows_against_the_run_makes_it_invalid(run_dir: Path, context: Context) -> None:
    doubt = "the mock's own loop woke 80 ms late at p99"
    known = {name: getattr(context, name) for name in Context.__dataclass_fields__} | {"invalid_reasons": (doubt,)}
    write_context(run_dir, Context(**known))
    assert build(run_dir)["reasons"] == [doubt]


def test_the_context_comes_back_as_it_was_written(tmp_path: Path, context: Context) -> None:
    write_context(tmp_path, context)
    assert read_context(tmp_path) == context


BAD = [
    ("absent", None, "file"),
    ("no JSON", "{", "file"),
    ("a key is missing", "{}", "description"),
    ("of another kind", '{"description":"","worlds":["sim"],"vocabulary":{"actions":[]},"duration":"long"}', "duration"),
]


@pytest.mark.parametrize(("text", "where"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_a_context_that_does_not_fit_is_refused(tmp_path: Path, text: str | None, where: str) -> None:
    if text is not None:
        (tmp_path / "judge.json").write_text(text)
    with pytest.raises(InputError, match=rf"judge\.json: {where} "):
        read_context(tmp_path)


def test_a_folder_without_events_is_no_run(run_dir: Path) -> None:
    (run_dir / "events.jsonl").unlink()
    with pytest.raises(InputError, match=r"events\.jsonl"):
        build(run_dir)


def test_one_world_alone_is_judged_without_agreement(run: Run, flash_sale: Sale) -> None:
    with run:
        run.append("sim", flash_sale("sim"))
    alone = Context("Only the simulation.", ("sim",), Vocabulary(("wecom.message_send",)), (("order_notice.lost", "> 0"),))
    write_context(run.folder, alone)
    summary = build(run.folder)
    assert (summary["verdict"], summary["agreement"]) == ("pass", [])
