"""The generator's own account: late is late, failures are no answers, histograms lose nothing."""

from __future__ import annotations

from typing import Any

import pytest
from hdrh.histogram import HdrHistogram
from hypothesis import given
from hypothesis import strategies as st

from loadtests.drive import Measured, Player, Stage, drive
from loadtests.tally import ALL, LONGEST_US, Tally
from loadtests.timeline import Timeline
from sandbox.behaviour import Begin, Behaviour, Call, Reply

MS = 1_000_000


def tally() -> Tally:
    return Tally(planned=10, late_after=20, report=lambda _measured: None)


@pytest.mark.parametrize(("lag_ms", "late"), [(-1, 0), (0, 0), (20, 0), (20.001, 1), (90_000, 1)])
def test_who_begins_more_than_so_long_after_his_time_is_late(lag_ms: float, late: int) -> None:
    one = tally()
    one.begun(int(lag_ms * MS))
    assert (one.sent, one.late) == (1, late)


@pytest.mark.parametrize(
    ("lag_ms", "looks", "late"), [(-1, 1, 0), (0, 1, 0), (20, 2, 0), (20.001, 2, 1), (60, 4, 2), (3_000, 151, 149)]
)
def test_a_generator_that_is_held_up_counts_the_looks_that_it_slept_through(lag_ms: float, looks: int, late: int) -> None:
    one = tally()
    one.looked(int(lag_ms * MS))
    assert (one.looks, one.late_looks) == (looks, late)


def test_response_time_counts_from_when_it_was_due_and_service_time_from_when_it_was_sent() -> None:
    one = tally()
    one.measure(Measured("a.b", 0, 1_400 * MS, 1_402 * MS, Reply(True)))
    times = one.times["a.b"]
    assert times.response_us.get_max_value() == pytest.approx(1_402_000, rel=0.001)
    assert times.service_us.get_max_value() == pytest.approx(2_000, rel=0.001)


def test_only_what_no_platform_said_is_a_failure() -> None:
    one = tally()
    for code in ("45009", "", "sandbox_error", "transport", "transport"):
        one.measure(Measured("a.b", 0, 0, MS, Reply(not code, code)))
    event = one.event(7, "main", refused_pushes=4)
    assert (event["sandbox_errors"], event["transport_errors"]) == (5, 2)
    assert {"at": 7, "kind": "load", "account": "main", "planned": 10}.items() <= event.items()


def test_what_was_never_answered_is_lost_and_what_is_under_way_is_not() -> None:
    one = tally()
    one.measure(Measured("slow", 0, 0, 5_000 * MS, Reply(True)))
    waiting = [("slow", 4_000 * MS), ("slow", 6_000 * MS), ("never", 8_900 * MS), ("never", 9_100 * MS)]
    one.ended(waiting, 10_000 * MS)
    assert one.event(7, "main")["transport_errors"] == 2


def test_a_request_is_known_while_it_waits() -> None:
    seen: list[Any] = []

    class Platforms:
        def call(self, _call: Call) -> Reply:
            seen.extend(stage.asked.values())
            return Reply(True)

    talk: Any = Platforms()
    stage = Stage(Timeline(0, 0, 1.0, lambda: 5 * MS), talk, lambda _event: None, lambda _measured: None, "main")
    assert Player(stage, "p", 0).call(Call("a", "a.b", "main")).ok
    assert (seen, stage.asked) == ([("a.b", 5 * MS)], {})


def test_a_wish_that_cannot_be_granted_is_not_left_out() -> None:
    nobody: Any = None
    stage = Stage(Timeline(0, 0, 1.0, lambda: 0), nobody, lambda _event: None, lambda _measured: None, "main")

    def crowd() -> Behaviour:
        yield Begin(crowd())

    with pytest.raises(TypeError, match="nobody grants a Begin"):
        drive(stage, "p", crowd(), 0)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(-MS, 10**12)), max_size=50))
def test_the_histogram_of_all_holds_everybodys(times: list[tuple[str, int]]) -> None:
    one = tally()
    for name, ns in times:
        one.measure(Measured(name, 0, 0, ns, Reply(True)))
    encoded = one.histograms()
    whole = HdrHistogram.decode(encoded.pop(ALL)["response_us"])
    parts = [HdrHistogram.decode(part["response_us"]) for part in encoded.values()]
    assert whole.get_total_count() == sum(part.get_total_count() for part in parts) == len(times)
    longest = min(max((ns // 1000 for _, ns in times), default=0), LONGEST_US)
    assert whole.get_max_value() == pytest.approx(max(longest, 1 if times else 0), rel=0.001)
