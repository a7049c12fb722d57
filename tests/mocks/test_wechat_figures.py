"""Figures of cards: what really happened, day by day."""

from __future__ import annotations

from typing import Any

import pytest

from mocks.wechat.happenings import happened
from tests.mocks.rig import DAY, Rig

ALL, CARD, MEMBERS, MEMBER = (
    f"/datacube/getcard{name}" for name in ("bizuininfo", "cardinfo", "membercardinfo", "membercarddetail")
)
SPAN = {"begin_date": "2026-03-02", "end_date": "2026-03-04", "cond_source": 1}


def figures(rig: Rig, path: str, **asked: Any) -> Any:
    """The rows, or the errcode."""
    said = rig.wechat(path, rig.wechat_token(), {**SPAN, **asked})
    return said["list"] if "list" in said else said["errcode"]


def played(rig: Rig) -> tuple[str, str]:
    """Two cards: one is taken thrice by two people and used once on the next day, one is taken once and runs out."""
    state, fans = rig.main.wechat, rig.main.wechat.followers
    ends = (rig.clock() + DAY) // 1000
    one = rig.new_card()
    two = rig.new_card(
        date_info={"type": "DATE_TYPE_FIX_TIME_RANGE", "begin_timestamp": ends - 86_400, "end_timestamp": ends}
    )
    codes = [rig.tell("wechat.card_received", card_id=one, openid=fan)["code"] for fan in (fans[0], fans[0], fans[1])]
    assert rig.tell("wechat.card_received", card_id=two, openid=fans[2])["code"] != "0"
    happened(rig.world, state, "user_view_card", fans[0], CardId=one, UserCardCode=codes[0])
    rig.jump(DAY)
    token = rig.wechat_token()
    assert rig.wechat("/card/code/consume", token, {"code": codes[0], "card_id": one})["errcode"] == 0
    return one, two


def test_what_happened_is_counted_once_by_day_and_by_card(rig: Rig) -> None:
    one, two = played(rig)
    first, second = figures(rig, ALL)
    assert (first["ref_date"], first["receive_cnt"], first["receive_user"], first["view_cnt"]) == ("2026-03-02", 4, 3, 1)
    assert (second["ref_date"], second["verify_cnt"], second["verify_user"]) == ("2026-03-03", 1, 1)
    assert (second["expire_cnt"], second["expire_user"]) == (1, 1)
    rows = figures(rig, CARD)
    assert [(row["ref_date"], row["card_id"], row["card_type"], row["receive_cnt"]) for row in rows] == [
        ("2026-03-02", one, 1, 3),
        ("2026-03-02", two, 1, 1),
        ("2026-03-03", one, 1, 0),
        ("2026-03-03", two, 1, 0),
    ]
    assert [row["card_id"] for row in figures(rig, CARD, card_id=two)] == [two, two]
    assert figures(rig, ALL, cond_source=0) == []
    assert figures(rig, MEMBERS) == []


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"begin_date": "2026-3-2"}, 61500),
        ({"end_date": None}, 61500),
        ({"begin_date": "2026-03-05"}, 61501),
        ({"begin_date": "2026-01-01"}, 61501),
        ({"begin_date": "2026-01-02"}, []),
        ({"cond_source": 2}, 40097),
        ({"card_id": "p0"}, 40073),
        ({"card_id": []}, 40073),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(shared: Rig, asked: dict[str, Any], code: Any) -> None:
    assert figures(shared, CARD, **asked) == code
