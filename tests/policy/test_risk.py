"""Scores that leak, the tiers that they reach, and what each tier does; what the quotas make of it."""

from __future__ import annotations

import pytest

from sandbox.policy import NEVER, Book, Call, Cell, Quota, Sanction, Signal, Verdict, judge, observe
from sandbox.policy.detect import DAY, Detector
from sandbox.policy.risk import CLEAN, Risk
from sandbox.policy.sanctions import Penalties
from sandbox.policy.tiers import Tier

MINUTE, HOUR = 60_000, 3_600_000
NOW = 20_000 * DAY
ACT = "p.act"
DARK = Detector("p.dark", "value", 2, (ACT,), of="dark", limit=0, blames="user", points=50)
SHARED = Detector("p.shared", "value", 1, (ACT,), of="shared", limit=0, blames="device", points=30)
ME = {"user": "me", "device": "mine", "dark": "0", "shared": "0"}


class Desk:
    """A book with these tiers, and the cells so far."""

    def __init__(self, *tiers: Tier, quotas: tuple[Quota, ...] = (), leak: int = 10, most: int = 200) -> None:
        rules = Risk((DARK, SHARED), tiers, Penalties("p"), leak, most)
        self.book = Book("p", {ACT: quotas} if quotas else {}, risk=rules)
        self.cells: dict[str, Cell] = {}

    def ask(self, at: int, **actor: str) -> Verdict:
        changed, verdict = judge(self.book, self.cells, Call("p", ACT, "acme", {**ME, **actor}), NOW + at)
        self.cells.update(changed)
        return verdict

    def score(self, at: int, **actor: str) -> int:
        risk = self.ask(at, **actor).risk
        assert risk is not None
        return risk.score


def tier(action: str, score: int = 50, number: int = 1, **more: object) -> Tier:
    return Tier(f"p.{action}", number, score, action, **more)  # type: ignore[arg-type]


def test_nothing_suspicious_is_clean() -> None:
    assert Desk(tier("deny")).ask(0).risk is CLEAN


def test_a_score_is_the_sum_over_who_is_blamed() -> None:
    desk = Desk(tier("observe"))
    assert desk.score(0, dark="1") == 50
    assert desk.score(0, shared="1") == 80
    assert desk.score(0, user="you") == 30
    assert desk.score(0, device="yours") == 50
    assert desk.score(0, user="you", device="yours") == 0


def test_levels_are_asked_in_order() -> None:
    risk = Desk(tier("observe")).ask(0, dark="1", shared="1").risk
    assert risk is not None
    assert risk.rules == ("p.shared", "p.dark")


def test_levels_are_asked_in_order_whomever_they_look_at() -> None:
    rules = tuple(
        Detector(f"p.{who}", "frequency", level, (ACT,), scope=(who,), blames="user")
        for level, who in enumerate(("ip", "device", "user"))
    )
    book = Book("p", risk=Risk(rules, (), Penalties("p")))
    risk = judge(book, {}, Call("p", ACT, "acme", {**ME, "ip": "1"}), NOW)[1].risk
    assert risk is not None
    assert risk.rules == ("p.ip", "p.device", "p.user")


def test_a_score_leaks_and_has_a_top() -> None:
    desk = Desk(tier("observe"), leak=10, most=120)
    assert [desk.score(0, dark="1") for _ in range(4)] == [50, 100, 120, 120]
    assert [desk.score(at) for at in (HOUR // 10 - 1, HOUR // 10, HOUR, 12 * HOUR)] == [120, 119, 110, 0]


def test_those_who_leave_out_who_they_are_share_one_score() -> None:
    desk = Desk(tier("observe"))
    assert [desk.score(0, user="", dark="1") for _ in range(2)] == [50, 100]


def test_points_can_be_taken_off() -> None:
    trusted = Detector("p.trusted", "list", 1, (ACT,), of="user", colour="white", blames="user", points=-100)
    rules = Risk((DARK, trusted), (tier("deny"),), Penalties("p"))
    desk = Desk()
    desk.book = Book("p", risk=rules)
    white = Signal("p", "list", "acme", payload={"of": "user", "value": "me", "colour": "white", "ttl_ms": DAY})
    desk.cells.update(observe(desk.book, desk.cells, white, NOW)[0])
    assert desk.ask(0, dark="1").allowed
    assert not desk.ask(0, user="you", dark="1").allowed


def test_the_highest_tier_that_is_reached_counts() -> None:
    desk = Desk(tier("observe", 50, 1), tier("deny", 100, 2))
    first, second = desk.ask(0, dark="1"), desk.ask(0, dark="1")
    assert (first.allowed, first.tier, first.rule) == (True, 1, "")
    assert (second.allowed, second.tier, second.rule, second.retry_after) == (False, 2, "p.deny", NEVER)


@pytest.mark.parametrize("action", ["deny", "shadow"])
def test_denied_until_the_score_has_leaked(action: str) -> None:
    desk = Desk(tier(action))
    assert not desk.ask(0, dark="1").allowed
    assert [desk.ask(at).allowed for at in (1, HOUR // 10 - 1, HOUR // 10)] == [False, False, True]


def test_a_challenge_lets_through_who_solved_it() -> None:
    desk = Desk(tier("challenge"))
    answers = [desk.ask(0, dark="1", challenge=said).allowed for said in ("", "failed", "passed")]
    assert answers == [False, False, True]


def test_a_throttle_lets_so_many_through() -> None:
    desk = Desk(tier("throttle", limit=2, window=MINUTE), leak=0)
    desk.ask(0, dark="1")
    verdicts = [desk.ask(at) for at in (1, 2, 3)]
    assert [one.allowed for one in verdicts] == [True, False, False]
    assert (verdicts[2].rule, verdicts[2].retry_after) == ("p.throttle", MINUTE - 3)
    assert [desk.ask(at).allowed for at in (MINUTE - 1, MINUTE)] == [False, True]


def test_a_delay_grants_to_who_comes_again_in_time() -> None:
    desk = Desk(tier("delay", lasts=MINUTE), leak=0)
    first = desk.ask(0, dark="1")
    assert (first.allowed, first.retry_after) == (False, MINUTE)
    assert [desk.ask(at).allowed for at in (MINUTE - 1, MINUTE, MINUTE + 1)] == [False, True, False]
    assert not desk.ask(10 * MINUTE).allowed


def test_who_is_frozen_stays_so_whatever_the_score() -> None:
    desk = Desk(tier("freeze", lasts=DAY, number=3), leak=1000)
    changed, verdict = judge(desk.book, desk.cells, Call("p", ACT, "acme", {**ME, "dark": "1"}), NOW)
    desk.cells.update(changed)
    assert (verdict.allowed, verdict.rule, verdict.retry_after) == (False, "p.freeze", DAY)
    assert verdict.risk is not None
    assert verdict.risk.sanctions == (Sanction("p.freeze", "frozen", "acme/me", NOW + DAY),)
    later = desk.ask(DAY - 1)
    assert (later.allowed, later.rule, later.retry_after, later.tier) == (False, "p.frozen", 1, 3)
    assert desk.ask(HOUR, user="you").allowed
    assert desk.ask(DAY).allowed


def test_who_is_frozen_without_a_name_does_not_stop_what_no_person_does() -> None:
    """A call that blames nobody, such as a till's, names no user: the nameless one's freeze is not its own."""
    counted = Detector("p.counted", "ratio", 2, ("p.till",), failures=True, percent=5, effect="review")
    desk = Desk()
    desk.book = Book("p", risk=Risk((DARK, counted), (tier("freeze", lasts=DAY),), Penalties("p")))
    assert not desk.ask(0, user="", dark="1").allowed
    assert judge(desk.book, desk.cells, Call("p", "p.till", "acme"), NOW)[1].allowed


def test_a_tier_marks_what_the_caller_came_with() -> None:
    marking = tier("deny", marks=("device", "payment"), colour="grey", marks_for=DAY)
    watched = Detector("p.grey", "list", 3, (ACT,), of="device", colour="grey", blames="user", points=7)
    desk = Desk()
    desk.book = Book("p", risk=Risk((DARK, watched), (marking, tier("observe", 1)), Penalties("p")))
    desk.ask(0, dark="1")
    assert [desk.score(at, user=f"{at}") for at in (1, DAY - 1, DAY)] == [7, 7, 0]
    assert desk.score(0, user="they", device="another") == 0


def test_what_risk_control_refuses_is_charged_to_no_quota_and_remembered() -> None:
    desk = Desk(tier("deny", 60), quotas=(Quota("p.q", 1, MINUTE),))
    assert desk.ask(0, dark="1").allowed
    refused = desk.ask(0)
    assert (refused.allowed, refused.rule) == (False, "p.q")
    assert not desk.ask(0, dark="1").allowed
    assert desk.ask(MINUTE, user="you").remaining == 0
    assert desk.ask(MINUTE, user="you").rule == "p.q"
    assert desk.ask(MINUTE).rule == "p.deny"


def test_accounts_do_not_know_one_another() -> None:
    desk = Desk(tier("deny"))
    desk.ask(0, dark="1")
    _, other = judge(desk.book, desk.cells, Call("p", ACT, "other", ME), NOW)
    assert other.risk is CLEAN
