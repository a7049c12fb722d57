"""Who opened a page: a code works once, within five minutes, and the old path answers in capital letters."""

from __future__ import annotations

import pytest

from tests.mocks.rig import MINUTE, Rig
from tests.mocks.wecom_requests import Corp

NEW, OLD, MORE = "/cgi-bin/auth/getuserinfo", "/cgi-bin/user/getuserinfo", "/cgi-bin/auth/getuserdetail"


@pytest.fixture
def corp(rig: Rig) -> Corp:
    """A corp as it is found."""
    return Corp(rig)


def code(corp: Corp, **who: str) -> dict[str, str]:
    """The query with a fresh code."""
    return {"code": corp.rig.tell("wecom.page_opened", **who)["oauth_code"]}


def test_a_member_is_known_by_his_code_and_more_of_him_by_his_ticket(corp: Corp) -> None:
    """M05: user information, of whoever opens a page of the application."""
    said = corp.ask(NEW, code(corp, userid="STAFF03"))
    assert said["userid"] == "staff03"
    more = corp.ask(MORE, {}, {"user_ticket": said["user_ticket"]})
    assert (more["userid"], more["mobile"], more["gender"]) == ("staff03", "13800000003", "1")
    corp.rig.jump(30 * MINUTE)
    assert corp.ask(MORE, {}, {"user_ticket": said["user_ticket"]})["errcode"] == 42003
    assert corp.ask(MORE, {}, {"user_ticket": "nothing"})["errcode"] == 40058


def test_the_old_path_answers_in_capital_letters(corp: Corp) -> None:
    said = corp.ask(OLD, code(corp, userid="staff03"))
    assert (said["UserId"], said["expires_in"], "DeviceId" in said) == ("staff03", 1800, True)
    out = corp.ask(OLD, code(corp, external_userid=corp.customers[0]))
    assert (out["external_userid"], out["OpenId"][0], "user_ticket" in out) == (corp.customers[0], "o", False)
    assert corp.ask(NEW, code(corp, external_userid=corp.customers[0]))["openid"] == out["OpenId"]


def test_a_code_works_once_and_within_five_minutes(corp: Corp) -> None:
    query = code(corp, userid="staff03")
    assert [corp.ask(NEW, query)["errcode"] for _ in range(2)] == [0, 42022]
    late = code(corp, userid="staff03")
    corp.rig.jump(5 * MINUTE)
    assert corp.ask(NEW, late)["errcode"] == 42003
    assert [corp.ask(NEW, query)["errcode"] for query in ({"code": ""}, {"code": "nothing"})] == [41008, 40029]
    assert corp.rig.tell("wecom.page_opened", userid="nobody")["code"] == "60111"
