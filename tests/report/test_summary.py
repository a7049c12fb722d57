"""The verdict: which beats which, and the sentences that explain it."""

from collections.abc import Callable, Sequence

import pytest

from sandbox.events import Event
from sandbox.report import Summary, Tolerance, Vocabulary, exit_code, parse
from sandbox.report.expect import Expectation
from sandbox.report.metrics import World, fold
from sandbox.report.summary import number, summarise

LOST = parse("order_notice.lost", "== 0", "")
LOOSE = Tolerance("*", 0.2, 80, "jitter")
Sale = Callable[..., list[Event]]
Judge = Callable[..., Summary]


@pytest.fixture
def worlds(flash_sale: Sale) -> dict[str, World]:
    return fold([*flash_sale("sim"), *flash_sale("live", jitter=60)])


@pytest.fixture
def calm(flash_sale: Sale) -> dict[str, World]:
    return fold(flash_sale("sim", rates=(60, 60)))


@pytest.fixture
def verdict(vocabulary: Vocabulary) -> Judge:
    def judge(
        worlds: dict[str, World],
        expectations: Sequence[Expectation] = (LOST,),
        tolerances: Sequence[Tolerance] = (LOOSE,),
        **more: object,
    ) -> Summary:
        return summarise(worlds, expectations, tolerances, vocabulary, asked=tuple(worlds), **more)

    return judge


def test_pass_says_what_it_rests_on(verdict: Judge, calm: dict[str, World]) -> None:
    summary = verdict(calm)
    assert (summary["verdict"], exit_code(summary)) == ("pass", 0)
    assert summary["reasons"] == ["All 1 expectations hold in sim"]


def test_nothing_expected_is_no_pass(verdict: Judge, calm: dict[str, World], worlds: dict[str, World]) -> None:
    """Also when all that is expected is of a world that did not run, and when no metric of both worlds is compared."""
    nothing = (98, ["Nothing was expected of the worlds that ran, so nothing was judged"])
    listed = [Tolerance("*", None, None, "not compared")]
    for summary in (verdict(calm, ()), verdict(calm, [parse("live:load.sent", "> 0", "")]), verdict(worlds, (), listed)):
        assert (exit_code(summary), summary["reasons"]) == nothing
    assert verdict(calm, (), failures=["a campaign that nobody was told of"])["verdict"] == "fail"
    assert verdict(worlds, ())["verdict"] == "pass"


def test_fail_says_what_does_not_hold(verdict: Judge, worlds: dict[str, World]) -> None:
    summary = verdict(worlds)
    assert (summary["verdict"], exit_code(summary)) == ("fail", 99)
    assert summary["reasons"] == [
        "order_notice.lost is 87 in sim and in live, expected == 0",
    ]


def test_no_samples_fail_and_say_why(verdict: Judge, calm: dict[str, World]) -> None:
    summary = verdict(calm, [parse("wecom.gettoken.refused", "== 0", "")])
    assert summary["verdict"] == "fail"
    assert summary["reasons"] == [
        "wecom.gettoken.refused has no samples in sim (no wecom.gettoken call was seen), expected == 0"
    ]


def test_worlds_that_disagree_fail(verdict: Judge, worlds: dict[str, World]) -> None:
    summary = verdict(worlds, (), [Tolerance("*.max", 0.0, None, "exact"), Tolerance("*", None, None, "")])
    assert summary["verdict"] == "fail"
    assert summary["reasons"] == [
        "wecom.message_send.response_ms.max is 180 in sim and 240 in live: 25 % apart, allowed: exactly equal"
    ]


def test_what_one_world_lacks_is_told(verdict: Judge, flash_sale: Sale) -> None:
    worlds = fold([*flash_sale("sim"), *flash_sale("live")])
    del worlds["live"].inboxes.deepest["merchant"]
    reasons = verdict(worlds, (), [Tolerance("*.inbox.max", 0.0, None, "exact"), Tolerance("*", None, None, "")])["reasons"]
    assert reasons == ["merchant.inbox.max is 1 in sim and was not seen in live"]


DOUBTS = [
    ("late", {"planned": 100, "sent": 100, "late": 2}, "sent 2 of 100 calls late in sim (more than 1 %)"),
    ("dropped", {"planned": 100, "sent": 99, "dropped": 1}, "dropped 1 of 100 planned calls in sim"),
    (
        "our own fault",
        {"planned": 9, "sent": 9, "sandbox_errors": 1},
        "1 answers in sim were failures of the sandbox itself",
    ),
    ("lost", {"planned": 9, "sent": 9, "transport_errors": 2}, "2 answers in sim were lost on the way"),
    ("unaccounted", {"planned": 100, "sent": 90}, "planned 100 calls in sim and accounts for 90"),
    ("held up", {"planned": 9, "sent": 9, "looks": 300, "late_looks": 149}, "sim was held up 50% of the time"),
    ("moved", {"planned": 9, "sent": 9, "clock_off_ms": 3_000, "late_after_ms": 20}, "3,000 real ms from where the load"),
]


@pytest.mark.parametrize(("counts", "reason"), [row[1:] for row in DOUBTS], ids=[row[0] for row in DOUBTS])
def test_a_saturated_generator_makes_it_invalid_though_all_holds(
    verdict: Judge, calm: dict[str, World], counts: dict[str, int], reason: str
) -> None:
    calm["sim"].load.clear()
    calm["sim"].load.update({"late": 0, "dropped": 0} | counts)
    summary = verdict(calm)
    assert (summary["verdict"], exit_code(summary)) == ("invalid", 98)
    assert reason in summary["reasons"][0]


def test_one_late_call_in_a_hundred_is_borne(verdict: Judge, calm: dict[str, World]) -> None:
    calm["sim"].load.clear()
    calm["sim"].load.update({"planned": 100, "sent": 100, "late": 1, "dropped": 0})
    assert verdict(calm)["verdict"] == "pass"


def test_a_request_that_broke_the_sandbox_makes_it_invalid_whoever_made_it(flash_sale: Sale, verdict: Judge) -> None:
    broke = {"world": "sim", "at": 1, "kind": "sandbox_error", "account": "", "asked": "GET /x", "error": "KeyError"}
    summary = verdict(fold([*flash_sale("sim", rates=(60, 60)), broke]))
    assert (summary["verdict"], len(summary["reasons"])) == ("invalid", 1)
    assert summary["reasons"][0].startswith("1 requests, pushes or events in sim failed in the sandbox itself")


def test_a_generator_without_an_account_makes_it_invalid(verdict: Judge, calm: dict[str, World]) -> None:
    calm["sim"].load.clear()
    assert verdict(calm)["reasons"] == ["The load generator of sim gave no account of itself"]


def test_a_world_that_left_nothing_makes_it_invalid(calm: dict[str, World], vocabulary: Vocabulary) -> None:
    summary = summarise(calm, [LOST], [], vocabulary, asked=("sim", "live"))
    assert summary["reasons"] == ["The live world was asked for and left no events"]


def test_invalid_beats_fail_and_interrupted_beats_both(verdict: Judge, worlds: dict[str, World]) -> None:
    summary = verdict(worlds, invalid_reasons=["the mock's event loop lagged by 900 ms"])
    assert (summary["verdict"], summary["reasons"]) == ("invalid", ["the mock's event loop lagged by 900 ms"])
    assert not summary["expectations"][0]["holds"]
    summary = verdict(worlds, invalid_reasons=["lag"], interrupted="stopped by hand")
    assert (summary["verdict"], summary["reasons"], exit_code(summary)) == ("interrupted", ["stopped by hand"], 130)


def test_what_was_not_judged_is_listed(verdict: Judge, calm: dict[str, World]) -> None:
    assert verdict(calm, [LOST, parse("live:load.sent", "> 0", "")])["not_judged"] == ["live:load.sent > 0"]


@pytest.mark.parametrize(
    ("value", "text"), [(None, "–"), (0, "0"), (1234, "1,234"), (0.99256, "0.9926"), (0.5, "0.5"), (12000.25, "12,000.25")]
)
def test_figures_read_well(value: float | None, text: str) -> None:
    assert number(value) == text
