"""Ladders of penalties: how offences climb, what a rung takes away, what lifts it."""

from __future__ import annotations

import pytest

from sandbox.policy import NEVER, Book, Call, Cell, Sanction, Signal, Verdict, judge, observe
from sandbox.policy.detect import DAY, Detector
from sandbox.policy.penalty import Ladder, Rung
from sandbox.policy.risk import Risk
from sandbox.policy.sanctions import Capability, Penalties

HOUR = 3_600_000
NOW = 20_000 * DAY
LIES = Ladder(
    "p.lies",
    (Rung("warned", (), DAY), Rung("banned", ("issue",), 30 * DAY), Rung("closed", ("issue", "api"), restore="never")),
    appeal_percent=12,
)
TIERS = Ladder(
    "p.tiers",
    (
        Rung("slow", (), DAY, aligned=True),
        Rung("held", ("issue",), 7 * DAY, restore="application", after=3, within=7 * DAY),
        Rung("gone", ("api",), restore="never", after=3, within=180 * DAY),
    ),
)
BY_HAND = Ladder("p.hand", (Rung("frozen", ("api",), restore="application"),))
ABILITIES = (Capability("issue", ("p.issue", "p.write")), Capability("api", ("p.issue", "p.read")))
CROWD = Detector("p.crowd", "frequency", 1, (), ("complaint",), limit=1, offends="tiers", rung=2, window=DAY)
FLOOD = Detector("p.flood", "frequency", 1, ("p.issue",), limit=2, offends="tiers", window=DAY, effect="seen")
NO_LADDER = Detector("p.lost", "frequency", 1, ("p.read",), limit=2, offends="nowhere", window=DAY)


class Desk:
    """One merchant and what he has done."""

    def __init__(self) -> None:
        rules = Risk((CROWD, FLOOD, NO_LADDER), (), Penalties("p", (LIES, TIERS, BY_HAND), ABILITIES))
        self.book, self.cells = Book("p", risk=rules), dict[str, Cell]()

    def tell(self, kind: str, about: str, at: int, **payload: object) -> tuple[Sanction, ...]:
        changed, sanctions = observe(self.book, self.cells, Signal("p", kind, "acme", about, payload=payload), NOW + at)
        self.cells.update(changed)
        return sanctions

    def effect(self, kind: str, about: str, at: int, **payload: object) -> str:
        (sanction,) = self.tell(kind, about, at, **payload)
        assert sanction.subject == "acme"
        return sanction.effect

    def ask(self, at: int, action: str = "p.issue") -> Verdict:
        changed, verdict = judge(self.book, self.cells, Call("p", action, "acme"), NOW + at)
        self.cells.update(changed)
        return verdict

    def open(self, at: int, action: str = "p.issue") -> bool:
        return self.ask(at, action).allowed


def test_offences_climb_and_the_last_rung_is_the_last() -> None:
    desk = Desk()
    assert [desk.effect("offence", "lies", day * DAY) for day in range(4)] == ["warned", "banned", "closed", "closed"]


def test_what_a_rung_takes_away_and_until_when() -> None:
    desk = Desk()
    desk.tell("offence", "lies", 0)
    assert desk.open(1)
    assert desk.tell("offence", "lies", 2) == (Sanction("p.lies", "banned", "acme", NOW + 2 + 30 * DAY),)
    refused = desk.ask(3)
    assert (refused.allowed, refused.rule, refused.retry_after) == (False, "p.lies.issue", 30 * DAY - 1)
    assert desk.open(3, "p.read")
    assert not desk.open(3, "p.write")
    assert desk.open(2 + 30 * DAY, "p.write")
    assert [desk.open(2 + 30 * DAY + late) for late in (-1, 0)] == [False, True]


def test_for_good_is_for_good() -> None:
    desk = Desk()
    for _ in range(3):
        desk.tell("offence", "lies", 0)
    assert (desk.ask(1000 * DAY, "p.read").rule, desk.ask(1000 * DAY).retry_after) == ("p.lies.api", NEVER)
    assert desk.effect("rectified", "lies", 1) == "rectified"
    assert desk.effect("restore", "lies", 2) == "not_restored"


def test_a_graver_rung_can_be_reached_at_once_and_a_lesser_offence_does_not_shorten_it() -> None:
    desk = Desk()
    assert desk.effect("offence", "tiers", 0, rung=2) == "held"
    assert desk.effect("offence", "tiers", DAY) == "held"
    assert desk.ask(2 * DAY).retry_after == 5 * DAY
    assert desk.effect("offence", "tiers", 8 * DAY, rung=9) == "gone"
    assert desk.effect("offence", "tiers", 8 * DAY, rung="x") == "gone"


def test_three_within_seven_days_and_not_three_within_nine() -> None:
    desk = Desk()
    assert [desk.effect("offence", "tiers", day * DAY) for day in (0, 4, 9)] == ["slow", "slow", "slow"]
    assert desk.effect("offence", "tiers", 10 * DAY) == "held"


def test_the_second_rung_three_times_leads_to_the_third() -> None:
    desk = Desk()
    effects = [desk.effect("offence", "tiers", day * DAY, rung=2) for day in (0, 90, 179)]
    assert effects == ["held", "held", "gone"]
    desk = Desk()
    assert [desk.effect("offence", "tiers", day * DAY, rung=2) for day in (0, 90, 180)] == ["held", "held", "held"]


def test_an_aligned_rung_ends_with_the_day_in_beijing() -> None:
    (sanction,) = Desk().tell("offence", "tiers", 0)
    assert sanction.until == NOW + 16 * HOUR


def test_restored_on_application_after_rectification_and_not_before() -> None:
    desk = Desk()
    desk.tell("offence", "tiers", 0, rung=2)
    assert desk.effect("restore", "tiers", 1) == "not_restored"
    assert desk.effect("rectified", "tiers", 2) == "rectified"
    assert not desk.open(3)
    assert desk.effect("restore", "tiers", 4) == "restored"
    assert desk.open(4)
    assert desk.effect("restore", "tiers", 5) == "not_restored"
    assert desk.effect("offence", "tiers", 6, rung=2) == "held"
    assert desk.effect("restore", "tiers", 7) == "not_restored"


@pytest.mark.parametrize(
    ("draw", "says"),
    [(0, "appeal_won"), (1199, "appeal_won"), (1200, "appeal_lost"), (-1, "appeal_lost"), ("0", "appeal_lost")],
)
def test_twelve_appeals_in_a_hundred_succeed(draw: object, says: str) -> None:
    desk = Desk()
    desk.tell("offence", "lies", 0)
    desk.tell("offence", "lies", 1)
    assert desk.effect("appeal", "lies", 2, draw=draw) == says
    assert desk.open(3) == (says == "appeal_won")


def test_one_appeal_an_offence_and_one_that_is_won_clears_the_record() -> None:
    desk = Desk()
    assert desk.effect("appeal", "lies", 0, draw=0) == "no_appeal"
    desk.tell("offence", "lies", 1)
    assert [desk.effect("appeal", "lies", 2, draw=draw) for draw in (9999, 0)] == ["appeal_lost", "no_appeal"]
    desk.tell("offence", "lies", 3)
    assert desk.effect("appeal", "lies", 4, draw=0) == "appeal_won"
    assert desk.effect("offence", "lies", 5) == "banned"


def test_ladders_hold_one_by_one() -> None:
    desk = Desk()
    desk.tell("offence", "tiers", 0, rung=2)
    desk.tell("offence", "hand", 0)
    assert (desk.ask(1).rule, desk.ask(1, "p.read").rule) == ("p.hand.api", "p.hand.api")
    desk.tell("rectified", "hand", 2)
    desk.tell("restore", "hand", 3)
    assert (desk.ask(4).rule, desk.open(4, "p.read")) == ("p.tiers.issue", True)


def test_detectors_lead_to_rungs_once_a_crossing() -> None:
    desk = Desk()
    assert desk.tell("complaint", "", 0) == ()
    assert [one.effect for one in desk.tell("complaint", "", 1)] == ["held"]
    assert desk.tell("complaint", "", 2) == ()


def test_calls_lead_to_rungs_too() -> None:
    desk = Desk()
    verdicts = [desk.ask(at) for at in range(4)]
    found = [tuple(one.effect for one in verdict.risk.sanctions) for verdict in verdicts if verdict.risk]
    assert found == [(), (), ("seen", "slow"), ()]


def test_an_offence_on_no_ladder_changes_nothing() -> None:
    desk = Desk()
    assert [desk.tell(kind, "nowhere", 0) for kind in ("offence", "rectified", "restore", "appeal")] == [()] * 4
    assert [desk.open(at, "p.read") for at in range(4)] == [True] * 4
    assert desk.effect("rectified", "lies", 0) == "nothing_to_rectify"
