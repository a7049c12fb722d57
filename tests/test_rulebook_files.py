"""A user's own figures: one is changed and marked, the rest stays; whatever is wrong is said with file, key, value, expectation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sandbox.errors import InputError
from sandbox.rulebooks import load, load_all
from sandbox.rulebooks.overlay import merge

MINUTE = 60_000
QUOTA = {"actions": ["wecom.message_send"], "limit": 1, "window": "1m", "code": "45009"}
FUSE = {"actions": ["wecom.message_send"], "code": "45009", "open": "1s"}


def change(section: str, name: str, **said: Any) -> dict[str, Any]:
    return {section: {name: said}}


def complaint(changes: dict[str, Any], platform: str = "wecom") -> InputError:
    with pytest.raises(InputError) as caught:
        load_all(changes={platform: changes})
    return caught.value


@pytest.mark.parametrize(
    ("changes", "key", "value", "expected"),
    [
        (change("quotas", "x"), "quotas", "quotas", "one of platform, source, quota"),
        ({"quota": 3}, "quota", 3, r"tables such as \[quota.NAME\]"),
        ({"quota": {"app_minute": 3}}, "quota.app_minute", 3, r"a table: \[quota.app_minute\]"),
        (change("quota", "app_minute", lim=3), "quota.app_minute.lim", 3, "not known here"),
        (change("quota", "app_minute", limit=-1), "quota.app_minute.limit", -1, "greater than or equal to 0"),
        (change("quota", "app_minute", limit="many"), "quota.app_minute.limit", "many", "integer"),
        (change("quota", "app_minute", limit=1.5), "quota.app_minute.limit", 1.5, "integer"),
        (change("quota", "app_minute", limit=True), "quota.app_minute.limit", True, "integer"),
        (change("quota", "app_minute", window="7x"), "quota.app_minute.window", "7x", 'a duration such as "90s"'),
        (change("quota", "app_minute", window=True), "quota.app_minute.window", True, 'a duration such as "90s"'),
        (change("quota", "app_minute", window="0s"), "quota.app_minute.window", "0s", "greater than 0"),
        (change("quota", "app_minute", algorithm="leaky"), "quota.app_minute.algorithm", "leaky", "'fixed', 'anchored'"),
        (change("quota", "app_minute", mode="off"), "quota.app_minute.mode", "off", "'enforce' or 'shadow'"),
        (change("quota", "app_minute", burst=-1), "quota.app_minute.burst", -1, "greater than or equal to 0"),
        (change("quota", "app_minute", actions=[]), "quota.app_minute.actions", [], "at least 1 item"),
        (change("quota", "app_minute", when={"a": 1}), "quota.app_minute.when.a", 1, "string"),
        (change("quota", "app_minute", standing="sure"), "quota.app_minute.standing", "sure", "'published', 'measured'"),
        (change("quota", "app_minute", code="7"), "quota.app_minute.code", "7", r"an \[error.CODE\]"),
        (
            change("quota", "app_minute", source="hearsay"),
            "quota.app_minute.source",
            "hearsay",
            r"a \[source.NAME\]: one of",
        ),
        (change("quota", "robot_minute", actions=["shopee.x"]), "quota.robot_minute.actions", "shopee.x", "wecom.SOMETHING"),
        (
            change("quota", "corp_hour", actions=["wecom.kv_*"]),
            "quota.corp_hour.actions",
            "wecom.kv_*",
            "a pattern that matches",
        ),
        (change("quota", "corp_hour", **{"except": ["*pay"]}), "quota.corp_hour.except", "*pay", "a pattern that matches"),
        (change("breaker", "corp_hour_block", **{"except": ["*"]}), "breaker.corp_hour_block.except", ["*"], "not excepted"),
        (change("quota", "app_minute", trips="bang"), "quota.app_minute.trips", "bang", r"a \[breaker.NAME\]"),
        (change("quota", "mine", limit=3), "quota.mine.actions", "(absent)", "must be given"),
        (
            change("quota", "mine", **QUOTA | {"actions": ["wecom.gettoken"], "trips": "app_fuse"}),
            "breaker.app_fuse.actions",
            ["wecom.message_send", "wecom.binding_push"],
            "wecom.gettoken too",
        ),
        (
            change("breaker", "app_fuse", preset="pybreaker"),
            "breaker.app_fuse.preset",
            "pybreaker",
            "platform-fuse, resilience4j",
        ),
        (change("breaker", "app_fuse", probes=0), "breaker.app_fuse.probes", 0, "greater than 0"),
        (change("breaker", "app_fuse", buckets=0), "breaker.app_fuse.buckets", 0, "greater than 0"),
        (change("breaker", "app_fuse", open="0s"), "breaker.app_fuse.open", "0s", "greater than 0"),
        (change("breaker", "app_fuse", trip_on="mood"), "breaker.app_fuse.trip_on", "mood", "'excess' or 'outcomes'"),
        (change("breaker", "app_fuse", code="7"), "breaker.app_fuse.code", "7", r"an \[error.CODE\]"),
        (
            change("breaker", "mine", actions=["wecom.message_send"], code="45009", preset="sentinel-java"),
            "breaker.mine.open",
            "(absent)",
            "its preset gives none",
        ),
        (change("breaker", "mine", **FUSE), "breaker.mine", "(absent)", "it could never trip"),
        (change("breaker", "mine", **FUSE, slow="5s"), "breaker.mine", "(absent)", "slow and slow_percent: it could never"),
        (change("breaker", "mine", **FUSE, failure_percent=101), "breaker.mine", "(absent)", "it could never trip"),
        ({"platform": "shopee"}, "platform", "shopee", "'wecom', or no such key"),
        (change("latency", "wecom.message_send", takes="soon"), "latency.wecom.message_send.takes", "soon", "a duration"),
        (change("error", "45009", status=99), "error.45009.status", 99, "greater than or equal to 200"),
        (change("setting", "mine"), "setting.mine.value", "(absent)", "must be given"),
        ({"source": {"mine": {"title": "t"}}}, "source.mine.at", "(absent)", "must be given"),
    ],
    ids=str,
)
def test_what_is_wrong_is_said(changes: dict[str, Any], key: str, value: object, expected: str) -> None:
    problem = complaint(changes)
    assert (problem.where, problem.key, problem.value) == ("--set", key, value)
    assert str(problem).startswith(f"--set: {key} = {value!r}: expected ")
    with pytest.raises(InputError, match=expected):
        raise problem


def test_a_platform_that_has_no_rulebook_is_not_changed() -> None:
    problem = complaint({}, "taobao")
    assert (problem.where, problem.key, problem.value) == ("--set", "rulebook.taobao", "taobao")
    assert "wechat, channels, wecom, shopee" in problem.expected


def test_one_figure_is_changed_and_marked_and_nothing_else() -> None:
    """S01: 100 a minute, on somebody's own word."""
    ours, theirs = load("wecom"), load("wecom", [("mine.toml", change("quota", "app_minute", limit=100))])
    before, after = ours.document.quota["app_minute"], theirs.document.quota["app_minute"]
    assert after == before.model_copy(update={"limit": 100, "source": "override", "standing": "assumed"})
    assert theirs.document.source["override"].at == "mine.toml"
    assert {n: q for n, q in theirs.document.quota.items() if n != "app_minute"} == {
        n: q for n, q in ours.document.quota.items() if n != "app_minute"
    }
    assert (theirs.document.breaker, theirs.document.error) == (ours.document.breaker, ours.document.error)
    assert theirs.digest != ours.digest


def test_a_figure_with_a_source_of_its_own_keeps_its_standing() -> None:
    said = {
        "source": {"letter": {"title": "A letter", "at": "our desk", "read": load("wecom").document.source["bridge"].read}},
        "quota": {"app_minute": {"limit": 300, "source": "letter", "standing": "measured"}},
    }
    entry = load("wecom", [("mine.toml", said)]).document.quota["app_minute"]
    assert (entry.limit, entry.source, entry.standing) == (300, "letter", "measured")


def test_a_new_quota_and_a_new_breaker_are_judged_by() -> None:
    fuse = {"actions": ["wecom.message_send"], "code": "45009", "preset": "sentinel-java", "open": "5s", "slow": "200ms"}
    book = load("wecom", [("mine.toml", {"quota": {"mine": QUOTA}, "breaker": {"slow": fuse}})]).book
    assert [rule.limit for rule in book.quotas["wecom.message_send"] if rule.id == "wecom.mine"] == [1]
    (rule,) = (rule for rule in book.breakers["wecom.message_send"] if rule.id == "wecom.slow")
    assert (rule.open_ms, rule.slow_ms, rule.window, rule.min_calls, rule.strict) == (5_000, 200, "tumbling", 5, True)


def test_a_pattern_stands_for_the_interfaces_that_match_without_those_that_are_excepted() -> None:
    """The others keep their rules, and a name that is no interface stands for itself."""
    named = ["wecom.menu_*", "wecom.message_deliver", "wecom.agent_get"]
    changes = change("quota", "mine", **QUOTA | {"actions": named, "except": ["*_delete"]})
    quota = load_all(changes={"wecom": changes})["wecom"].document.quota["mine"]
    assert quota.actions == ("wecom.menu_create", "wecom.menu_get", "wecom.message_deliver", "wecom.agent_get")


def test_a_quota_may_only_watch() -> None:
    for mode, watches in (("shadow", True), ("enforce", False)):
        book = load("wecom", [("mine.toml", change("quota", "app_minute", mode=mode))]).book
        (rule,) = (rule for rule in book.quotas["wecom.message_send"] if rule.id == "wecom.app_minute")
        assert rule.shadow is watches


def test_laying_over_leaves_what_lies_below_as_it_was() -> None:
    below = change("quota", "mine", limit=1)
    above = merge(below, change("quota", "mine", limit=2), "mine.toml")
    assert (below["quota"]["mine"], above["quota"]["mine"]["limit"]) == ({"limit": 1}, 2)


def test_what_a_breaker_says_goes_before_its_preset() -> None:
    book = load("wecom", [("mine.toml", change("breaker", "app_fuse", probes=2, max_open="1h"))]).book
    (fuse,) = book.breakers["wecom.message_send"]
    assert (fuse.probes, fuse.max_open_ms, fuse.open_ms, fuse.backoff) == (2, 60 * MINUTE, MINUTE, 2)


def test_durations_are_text_or_milliseconds() -> None:
    said = [("90s", 90_000), ("1d", 86_400_000), ("250ms", 250), (250, 250)]
    for text, ms in said:
        assert (
            load("wecom", [("mine.toml", change("quota", "app_minute", window=text))]).document.quota["app_minute"].window
            == ms
        )


# ---------------------------------------------------------------- files in a folder


def write(folder: Path, name: str, text: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_a_file_lies_over_ours_and_a_change_over_the_file(tmp_path: Path) -> None:
    path = write(tmp_path, "wecom.toml", '[quota.app_minute]\nlimit = 7\nwindow = "2m"\n')
    book = load_all(tmp_path, {"wecom": change("quota", "app_minute", limit=8)})["wecom"]
    entry = book.document.quota["app_minute"]
    assert (entry.limit, entry.window) == (8, 2 * MINUTE)
    only = load_all(tmp_path)["wecom"].document
    assert (only.quota["app_minute"].limit, only.source["override"].at) == (7, str(path))


def test_a_folder_changes_only_the_platforms_it_has(tmp_path: Path) -> None:
    write(tmp_path, "wecom.toml", "[quota.app_minute]\nlimit = 7\n")
    write(tmp_path, "notes.txt", "not a rulebook")
    ours, theirs = load_all(), load_all(tmp_path)
    assert {platform for platform in ours if ours[platform].digest != theirs[platform].digest} == {"wecom"}


@pytest.mark.parametrize(
    ("name", "text", "key", "expected"),
    [
        ("wecom.toml", "[quota.app_minute\n", "file", "TOML in UTF-8"),
        ("wecom.toml", b"title = '\xff'\n", "file", "TOML in UTF-8"),
        ("taobao.toml", "", "file name", "one of wechat, channels, wecom, shopee"),
        ("wecom.toml", "[quota.app_minute]\nlimit = -1\n", "quota.app_minute.limit", "greater than or equal to 0"),
        ("wecom.toml", "[quota.app_minute]\ncode = '7'\n", "quota.app_minute.code", "error.CODE"),
        ("wecom.toml", "[rules]\n", "rules", "one of platform"),
    ],
)
def test_a_bad_file_is_named(tmp_path: Path, name: str, text: str | bytes, key: str, expected: str) -> None:
    path = write(tmp_path, name, text)
    with pytest.raises(InputError) as caught:
        load_all(tmp_path)
    assert (caught.value.where, caught.value.key) == (str(path), key)
    assert expected in caught.value.expected
    assert caught.value.exit_code == 2


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"--rulebooks: folder = .*: expected a folder that exists"):
        load_all(tmp_path / "nowhere")


def test_a_long_value_is_shown_by_its_beginning() -> None:
    problem = complaint(change("quota", "app_minute", code="9" * 500))
    assert str(problem).count("9") < 80
    assert "..." in str(problem)


def test_figures_that_cannot_work_together_are_an_error_of_the_file() -> None:
    with pytest.raises(InputError, match=r"breaker\.app_fuse.*work together.*buckets = 2000"):
        load_all(changes={"wecom": {"breaker": {"app_fuse": {"buckets": 2000}}}})
