"""Joining the platforms: registration at once, reviews in working days of Beijing, and what each opens when it is over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mocks.binding.onboarding import Asked, begin
from sandbox.rulebooks import load
from tests.mocks.rig import DAY, HOUR, MINUTE, START, Rig

AT = "/onboarding"
MARKET = load("market").document
PHONE = "13900001234"


def begun(rig: Rig, track: str, **said: Any) -> dict[str, Any]:
    """What is answered to an application."""
    return rig.admin("POST", AT, {"account": rig.account, "track": track, **said})


def of(rig: Rig, track: str) -> dict[str, Any]:
    """How far a track is."""
    return rig.admin("GET", f"{AT}/{rig.account}")["tracks"][track]


def working_days(first: int, last: int) -> int:
    """Days from Monday to Friday in Beijing after the first, up to and with the last; counted here by the calendar alone."""
    day, end = (datetime.fromtimestamp(at / 1000, UTC) + timedelta(hours=8) for at in (first, last))
    count = 0
    while day.date() < end.date():
        day += timedelta(days=1)
        count += day.weekday() < 5
    return count


def test_registration_is_immediate_with_a_phone_that_wecom_does_not_know(rig: Rig) -> None:
    """M01."""
    assert begun(rig, "wecom", phone="13800000001")["code"] == "ERR_PHONE_USED"
    begun_now = begun(rig, "wecom", phone=PHONE)["tracks"]["wecom"]
    assert (begun_now["ended"], begun_now["step"]) == ({"registration": START}, "entity_review")
    assert begun(rig, "wecom", phone=PHONE)["code"] == "ERR_PHONE_USED"


def test_the_review_wants_licence_and_legal_person_to_agree(rig: Rig) -> None:
    """M02."""
    assert begun(rig, "wecom", legal_representative="陈志达")["code"] == "ERR_LICENCE_DIFFERS"
    assert of_none(rig)
    assert begun(rig, "wecom", legal_representative="陈志远")["ok"]


def of_none(rig: Rig) -> bool:
    """Is nothing under way?"""
    return rig.admin("GET", f"{AT}/main")["tracks"] == {}


TAKES = [
    ("wecom", "enterprise", "wecom_entity", "entity_review"),
    ("official_account", "enterprise", "review_enterprise", "review"),
    ("official_account", "sole_proprietor", "review_sole_proprietor", "review"),
    ("official_account", "overseas", "review_overseas", "review"),
    ("shop", "enterprise", "shop_review", "review"),
]


@pytest.mark.parametrize(("track", "kind", "figure", "step"), TAKES)
def test_reviews_take_their_working_days_drawn_from_the_seed(
    rig: Rig, track: Any, kind: Any, figure: str, step: str
) -> None:
    """M02, A01, S16: between the printed figures, all of them, and for one seed always the same."""
    days = set()
    for number in range(60):
        rig.world.seed = number % 30
        assert begin(rig.world, rig.main, track, Asked(kind, f"139{number:08}")) == ""
        shown = rig.main.onboarding[track]
        days.add((rig.world.seed, working_days(START, shown.due)))
        assert (shown.step, (shown.due - START) % DAY) == (step, 0)
    entry = MARKET.range[figure]
    assert len(days) == 30
    assert {count for _, count in days} == set(range(int(entry.low), int(entry.high) + 1))


def test_a_corp_is_verified_after_review_and_transfer_for_a_year_that_costs_three_hundred(rig: Rig) -> None:
    """M02, M03, S17: at most 3 and 5 working days; until then it cannot be bound."""
    begun(rig, "wecom")
    rig.admin("POST", "/bindings", {"account": "main"})
    assert rig.admin("POST", "/bindings/main/scan", {"userid": "staff01"})["code"] == "ERR_AUTH_UNVERIFIED"
    rig.jump(of(rig, "wecom")["due"] - rig.clock() - 1)
    assert of(rig, "wecom")["step"] == "entity_review"
    rig.jump(1)
    assert of(rig, "wecom")["step"] == "verification"
    rig.jump(8 * DAY)
    done = of(rig, "wecom")
    assert (done["state"], done["fees_fen"]) == ("done", 30_000)
    assert 1 <= working_days(done["ended"]["entity_review"], done["ended"]["verification"]) <= 5
    rig.admin("POST", "/bindings", {"account": "main"})
    assert rig.admin("POST", "/bindings/main/scan", {"userid": "staff01"})["ok"]
    assert rig.admin("POST", f"{AT}/main/renew")["tracks"]["wecom"]["fees_fen"] == 60_000
    rig.jump(done["good_until"] - rig.clock() + 364 * DAY)
    assert rig.admin("POST", "/bindings/main/test")["code"] == ""
    rig.jump(2 * DAY)
    assert rig.admin("POST", "/bindings/main/test")["code"] == "ERR_AUTH_UNVERIFIED"
    assert [one["step"] for one in rig.events("onboarding")] == ["registration", "entity_review", "verification"]


def test_a_sole_proprietor_may_be_scanned_instead(rig: Rig) -> None:
    """M03: nobody else may; after the review the corp is verified at once."""
    assert begun(rig, "wecom", proof="scan")["code"] == "ERR_SCAN_NOT_ALLOWED"
    begun(rig, "wecom", kind="sole_proprietor", proof="scan")
    rig.jump(of(rig, "wecom")["due"] - rig.clock())
    assert (of(rig, "wecom")["state"], rig.main.binding.parties.corp.verified) == ("done", True)


@pytest.mark.parametrize(("late", "state"), [(False, "done"), (True, "rejected")])
def test_the_transfers_code_is_entered_within_two_days(rig: Rig, late: bool, state: str) -> None:
    """A01."""
    assert rig.admin("POST", f"{AT}/main/transfer_code", {"code": "1"})["code"] == "ERR_NOT_WAITING"
    code = begun(rig, "official_account", kind="sole_proprietor")["tracks"]["official_account"]["transfer_code"]
    assert rig.admin("POST", f"{AT}/main/transfer_code", {"code": code + "0"})["code"] == "ERR_TRANSFER_CODE"
    rig.jump(48 * HOUR - (not late))
    entered = rig.admin("POST", f"{AT}/main/transfer_code", {"code": code})
    assert entered["code"] == ("ERR_TRANSFER_CODE_LATE" if late else "")
    rig.jump(8 * DAY)
    assert of(rig, "official_account")["state"] == state


def test_a_shop_is_active_after_its_review_and_its_configuration(rig: Rig) -> None:
    """S16: 1-3 working days, and then twelve minutes on average."""
    took = []
    for number in range(60):
        rig.world.seed = number
        begin(rig.world, rig.main, "shop", Asked())
        assert rig.main.binding.parties.shop.status == "to_be_activated"
        rig.jump(6 * DAY)
        done = rig.main.onboarding["shop"]
        assert (done.state, rig.main.binding.parties.shop.status) == ("done", "active")
        took.append(done.ended["configuration"] - done.ended["review"])
    assert 8 * MINUTE < sum(took) / len(took) < 16 * MINUTE


@pytest.mark.parametrize("said", [{"track": "bank"}, {"kind": "person"}, {"phone": "12"}, {"proof": "word"}, {"x": 1}])
def test_an_application_that_cannot_be_read_is_400(rig: Rig, said: dict[str, Any]) -> None:
    assert rig.admin("POST", AT, said)["status"] == 400
    assert rig.admin("GET", f"{AT}/nobody")["status"] == 404
