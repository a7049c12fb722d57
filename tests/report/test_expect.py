"""What must hold, and what an expectation about nothing is worth."""

import pytest

from sandbox.errors import InputError
from sandbox.report import Vocabulary, check_names, parse
from sandbox.report.expect import judged
from sandbox.report.vocabulary import value, why_absent

SEND = "wecom.message_send"

HOLDS = [
    ("== 0", 0, True),
    ("== 0", 1, False),
    ("==0.3", 0.1 + 0.2, True),
    ("!= 0", 1, True),
    ("!= 0.3", 0.1 + 0.2, False),
    (">= 0.992", 0.992, True),
    (">= 0.992", 0.9919, False),
    ("< 1200", 1199.9, True),
    ("< 1200", 1200, False),
    ("<= 1.2e3", 1200, True),
    ("> -1", 0, True),
    (">= 0", None, False),
    ("!= 0", None, False),
    ("== 0", None, False),
]


@pytest.mark.parametrize(("text", "actual", "holds"), HOLDS)
def test_an_expectation_holds_or_not(text: str, actual: float | None, holds: bool) -> None:
    assert parse("x", text, "s.toml").holds(actual) is holds


@pytest.mark.parametrize("text", ["", "0", "= 0", "=> 1", "== nan", "== inf", "== 1 and", "~ 3", "== 1,000"])
def test_an_expectation_that_says_nothing_is_refused(text: str) -> None:
    with pytest.raises(InputError, match=r"s\.toml: expect\.x = .*a comparison and a number"):
        parse("x", text, "s.toml")


def test_the_expected_text_reads_as_it_was_written() -> None:
    assert [parse("x", text, "").expected for text in ("==0", ">= 0.992", "< 1200", "<= 3600000")] == [
        "== 0",
        ">= 0.992",
        "< 1200",
        "<= 3600000",
    ]


def test_a_prefix_binds_to_one_world(vocabulary: Vocabulary) -> None:
    both, sim = parse("order_notice.lost", "== 0", ""), parse("sim:order_notice.lost", "== 1", "")
    rows = judged([both, sim], {"sim": {"order_notice.lost": 1}, "live": {"order_notice.lost": 0}}, vocabulary)
    assert [(row["world"], row["name"], row["holds"]) for row in rows] == [
        ("sim", "order_notice.lost", False),
        ("live", "order_notice.lost", True),
        ("sim", "order_notice.lost", True),
    ]


ABSENT = [
    ("no such refusal, though there were calls", {f"{SEND}.calls": 3}, f"{SEND}.refused.45009", 0),
    ("no call at all", {"wecom.gettoken.calls": 3}, f"{SEND}.refused.45009", None),
    ("the fuse did not open, though it was called", {f"{SEND}.calls": 3}, "wecom.app_fuse.opened", 0),
    ("nothing the fuse guards was called", {"wecom.gettoken.calls": 3}, "wecom.app_fuse.open_ms", None),
    ("no median from few", {f"{SEND}.calls": 3}, f"{SEND}.response_ms.p50", None),
    ("no order", {f"{SEND}.calls": 3}, "order_notice.lost", None),
    ("no push", {f"{SEND}.calls": 3}, "merchant.inbox.max", None),
    ("what is there is taken", {f"{SEND}.calls": 3}, f"{SEND}.calls", 3),
]


@pytest.mark.parametrize(("shown", "name", "expected"), [row[1:] for row in ABSENT], ids=[row[0] for row in ABSENT])
def test_zero_only_when_it_could_have_happened(
    shown: dict[str, float], name: str, expected: object, vocabulary: Vocabulary
) -> None:
    assert value(shown, name, vocabulary) == expected


def test_an_expectation_without_samples_does_not_hold(vocabulary: Vocabulary) -> None:
    row = judged([parse(f"{SEND}.refused.45009", "== 0", "")], {"sim": {}}, vocabulary)[0]
    assert row == {"name": f"{SEND}.refused.45009", "world": "sim", "expected": "== 0", "actual": None, "holds": False}


UNKNOWN = [
    ("wecom.message_send.refused.45008", "wecom.message_send.refused.45009"),
    ("wecom.mesage_send.calls", "wecom.message_send.calls"),
    ("order_notice.within_30", "order_notice.within_30s"),
    ("sim:order_notices.lost", "order_notice.lost"),
    ("wecom.app_fuze.opened", "wecom.app_fuse.opened"),
    ("merchants.inbox.max", "merchant.inbox.max"),
    ("load.planed", "load.planned"),
]


@pytest.mark.parametrize(("name", "near"), UNKNOWN)
def test_a_metric_that_cannot_exist_is_refused_with_the_nearest_that_can(
    name: str, near: str, vocabulary: Vocabulary
) -> None:
    with pytest.raises(InputError, match="nearest: ") as caught:
        check_names([name], vocabulary, "flash.toml")
    assert near in str(caught.value)
    assert str(caught.value).startswith(f"flash.toml: metric = '{name}'")
    assert caught.value.exit_code == 2


def test_a_name_like_nothing_is_refused_without_a_hint(vocabulary: Vocabulary) -> None:
    with pytest.raises(InputError, match=r"a metric that can exist$"):
        check_names(["§§§"], vocabulary, "flash.toml")


def test_every_name_that_can_exist_passes(vocabulary: Vocabulary) -> None:
    check_names(vocabulary.names(), vocabulary, "")
    check_names(["live:order_notice.lost", "sim:load.sent"], vocabulary, "")


def test_a_population_may_be_called_like_a_world() -> None:
    check_names(["sim.inbox.max"], Vocabulary((), populations=("sim",)), "")


@pytest.mark.parametrize(
    ("name", "why"),
    [
        (f"{SEND}.response_ms.p99", "fewer than the 1,000 samples"),
        (f"{SEND}.refused.45009", f"no {SEND} call was seen"),
        ("wecom.app_fuse.opened", f"({SEND}) was seen"),
        ("order_notice.lost", "no order was placed"),
        ("load.sent", "gave no account"),
        ("merchant.inbox.max", "nothing was seen"),
    ],
)
def test_an_absent_metric_says_why(name: str, why: str, vocabulary: Vocabulary) -> None:
    assert why in why_absent(name, vocabulary)
