"""A card's life: reviewed as its account's seed says, changed, put out, run low, ended, cleared away; what is read of it on the way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mocks.wechat.cards.card import Card
from mocks.wechat.cards.claims import claims
from mocks.wechat.cards.concealing import reveal
from mocks.wechat.cards.review import chance, style
from tests.mocks.card_desk import DEPOSIT, OWN, TERM, Counter, body
from tests.mocks.rig import CARD, DAY, HOUR, START, Rig

NOW = START // 1000
PICTURES = {"advanced_info": {"text_image_list": [{"image_url": "http://m/a.png", "text": "菜品"}]}}
ANIMATED = {"advanced_info": {"abstract": {"abstract": "新品", "icon_url_list": "http://m/a.GIF?x=1"}}}


def until(days: int) -> dict[str, Any]:
    """A date_info from now on for so many days."""
    return {"type": "DATE_TYPE_FIX_TIME_RANGE", "begin_timestamp": NOW, "end_timestamp": NOW + days * 86_400}


@pytest.fixture
def one(rig: Rig) -> Counter:
    return Counter(rig)


@pytest.mark.parametrize(
    ("part", "kind", "first", "revisions"),
    [({}, "text", 92, 0.3), (PICTURES, "picture", 78, 1.2), (ANIMATED, "animated", 65, 2.1)],
)
def test_the_first_review_and_the_mean_of_revisions_are_as_published(
    rig: Rig, part: dict[str, Any], kind: str, first: int, revisions: float
) -> None:
    """A14: the mean of revisions of a card whose first review passes in `first` per cent, and each later one in `chance`."""
    card = Card("CASH", {**CARD["card"]["cash"], **part}, 0, False, False, 1)
    assert (style(card), chance(rig.world, card)) == (kind, first)
    card.refused_for = "信息不全"
    assert (100 - first) / chance(rig.world, card) == pytest.approx(revisions)


def test_a_review_ends_by_itself_as_the_seed_says_and_the_merchant_is_told(make_rig: Callable[..., Rig]) -> None:
    """A14: of 30 animated cards most pass; the same seed gives the same outcomes, another one others."""
    outcomes = []
    for seed in (1, 1, 2):
        one = Counter(make_rig({"wechat": {"quota": {"card_create_second": {"limit": 100}}}}, seed=seed))
        ids = [one.make(part=ANIMATED, review=False, date_info=until(60)) for _ in range(30)]
        one.rig.jump(HOUR - 1)
        assert not one.happened("card_pass_check")
        one.rig.jump(3 * DAY)
        passed = {told["CardId"] for told in one.happened("card_pass_check")}
        failed = {told["CardId"]: told["RefuseReason"] for told in one.happened("card_not_pass_check")}
        assert (len(passed) + len(failed), set(failed.values())) == (30, {"动画帧数超限"})
        assert one.shown(next(iter(failed)))["status"] == "CARD_STATUS_VERIFY_FAIL"
        outcomes.append([card_id in passed for card_id in ids])
    assert outcomes[0] == outcomes[1] != outcomes[2]
    assert 10 <= sum(outcomes[0]) <= 27


def test_a_reviewer_may_pass_or_refuse_a_card_and_looks_at_its_brand(one: Counter) -> None:
    """A13: the brand takes at least 30% of the head image."""
    card_id = one.make(review=False)
    one.tell("card_approved", card_id=card_id, brand_percent=29)
    assert one.shown(card_id)["status"] == "CARD_STATUS_VERIFY_FAIL"
    one.tell("card_approved", card_id=card_id, brand_percent=30)
    assert one.shown(card_id)["status"] == "CARD_STATUS_VERIFY_OK"
    one.tell("card_approved", card_id=card_id, reason="虚假宣传")
    assert one.happened("card_not_pass_check")[-1]["RefuseReason"] == "虚假宣传"
    assert one.take(card_id) == "40078"


UPDATES: dict[str, tuple[dict[str, Any], int, bool]] = {
    "a new title wants a review": ({"title": "满百减五"}, 0, True),
    "a telephone number wants none": ({"service_phone": "020-1234567"}, 0, False),
    "a longer validity": ({"date_info": until(40)}, 0, False),
    "a shorter validity": ({"date_info": until(20)}, 40100, False),
    "a validity of another type": ({"date_info": TERM}, 40100, False),
    "a validity beyond its type's": ({"date_info": until(95)}, 40079, False),
    "a title that is too long": ({"title": "一二三四五六七八九十"}, 45021, False),
    "a word that no card may say": ({"notice": "国家级"}, 40151, False),
    "a limit beyond fifty": ({"get_limit": 51}, 72009, False),
    "what cannot be changed is left": ({"brand_name": "别家", "sku": {"quantity": 5}}, 0, False),
}


@pytest.mark.parametrize("case", UPDATES)
def test_a_card_is_changed_or_left_as_it_is(one: Counter, case: str) -> None:
    change, code, checked = UPDATES[case]
    card_id = one.make(date_info=until(30), get_limit=2)
    before = one.shown(card_id)
    answer = one.ask("update", card_id=card_id, cash={"base_info": change})
    after = one.shown(card_id)
    assert (answer["errcode"], answer.get("send_check", False)) == (code, checked)
    assert after["status"] == ("CARD_STATUS_NOT_VERIFY" if checked else "CARD_STATUS_VERIFY_OK")
    kept = {**before, "status": after["status"]}
    if not code:
        kept |= {name: value for name, value in change.items() if name not in ("brand_name", "sku")}
    assert after == kept


@pytest.mark.parametrize(
    ("info", "code"), [({}, 0), ({"fixed_term": 8}, 0), ({"fixed_term": 6}, 40100), ({"fixed_begin_term": 1}, 40100)]
)
def test_a_term_only_grows_and_begins_when_it_did(one: Counter, info: dict[str, Any], code: int) -> None:
    assert one.code("update", card_id=one.make(date_info=TERM), cash={"base_info": {"date_info": {**TERM, **info}}}) == code


def test_a_card_that_failed_is_reviewed_again_when_it_is_changed(one: Counter) -> None:
    card_id = one.make(review=False)
    one.tell("card_approved", card_id=card_id, reason="信息不全")
    assert one.ask("update", card_id=card_id, cash={"base_info": {"service_phone": "1"}})["send_check"]
    assert one.shown(card_id)["status"] == "CARD_STATUS_NOT_VERIFY"
    assert one.code("update", card_id=card_id, gift={"base_info": {}}) == 41011
    member = one.make("MEMBER_CARD")
    assert one.code("update", card_id=member, member_card={"supply_bonus": False}) == 40135


def test_cards_are_listed_by_status_a_page_at_a_time(one: Counter) -> None:
    ids = [one.make() for _ in range(3)] + [one.make(review=False)]
    assert one.tell("card_dispatched", card_id=ids[1])["code"] == "0"
    assert one.tell("card_dispatched", card_id=ids[3])["code"] == "40078"
    assert one.code("delete", card_id=ids[2]) == 0
    listed = one.ask("batchget", offset=0, count=2)
    assert (listed["card_id_list"], listed["total_num"]) == (ids[:2], 3)
    for status, found in (("DISPATCH", [ids[1]]), ("USER_DISPATCH", [ids[1]]), ("DELETE", [ids[2]]), ("VERIFY_FALL", [])):
        assert one.ask("batchget", offset=0, count=50, status_list=[f"CARD_STATUS_{status}"])["card_id_list"] == found
    assert one.code("batchget", offset=0, count=51) == 41011
    assert one.code("batchget", status_list=["NEW"]) == 40078


def test_a_deleted_card_is_taken_by_nobody_and_its_codes_stay_good(one: Counter) -> None:
    card_id = one.make()
    code = one.take(card_id)
    assert one.code("delete", card_id=card_id) == 0
    assert (one.take(card_id, 1), one.code("delete", card_id=card_id)) == ("40078", 40073)
    assert one.code("update", card_id=card_id, cash={}) == 40078
    assert one.code("code/consume", code=code, card_id=card_id) == 0


def test_testers_take_a_card_before_its_review(one: Counter) -> None:
    """K07: a way to test before the public can."""
    card_id = one.make(review=False)
    assert one.ask("testwhitelist/set", openid=[one.fans[0]], username=["tester"])["success_openid"] == [one.fans[0]]
    code = one.take(card_id)
    assert (len(code), one.take(card_id, 1)) == (12, "40078")
    one.state.shelf.testers.clear()
    assert one.code("code/consume", code=code) == 40078
    one.ask("testwhitelist/set", openid=[one.fans[0]])
    assert one.code("code/consume", code=code) == 0
    assert one.code("testwhitelist/set", openid=[str(n) for n in range(11)]) == 45021
    assert one.code("testwhitelist/set", openid="o1") == 40003


def test_the_merchant_is_told_every_twelve_hours_that_stock_is_low(one: Counter) -> None:
    card_id = one.make(sku={"quantity": 201}, get_limit=50, date_info=until(60))
    for number in range(100):
        one.take(card_id, number % 20)
    assert not one.happened("card_sku_remind")
    for number in range(5):
        one.take(card_id, number)
    one.rig.jump(12 * HOUR - 1)
    one.take(card_id, 5)
    assert [told["Detail"] for told in one.happened("card_sku_remind")] == ["the card's quantity is equal to 100"]
    one.rig.jump(1)
    assert [told["Detail"] for told in one.happened("card_sku_remind")][1:] == ["the card's quantity is equal to 95"]
    assert one.code("modifystock", card_id=card_id, increase_stock_value=50) == 0
    one.rig.jump(DAY)
    assert len(one.happened("card_sku_remind")) == 2


def expiring(one: Counter) -> list[tuple[str, str]]:
    """Who was told that a card is near its end, and how."""
    return [(note["openid"], note["channel"]) for note in one.rig.events("notice")]


@pytest.mark.parametrize(("account_type", "channel"), [("service", "template_message"), ("miniprogram", "service_notice")])
def test_users_are_told_three_days_before_their_cards_end_unless_they_do_not_want_it(
    make_rig: Callable[..., Rig], account_type: str, channel: str
) -> None:
    """A32, by range and by term; M18: who unsubscribed is told nothing."""
    one = Counter(make_rig(traits={"account_type": account_type}))
    fixed, term = one.make(date_info=until(10)), one.make(date_info={**TERM, "fixed_term": 20})
    used = one.take(fixed, 0)
    one.take(fixed, 1)
    one.take(fixed, 2)
    one.take(term, 3)
    one.code("code/consume", code=used)
    one.tell("subscription", openid=one.fans[2], subscribed=False)
    one.rig.jump(7 * DAY - 1)
    assert not expiring(one)
    one.rig.jump(1)
    assert expiring(one) == [(one.fans[1], channel)]
    one.rig.jump(10 * DAY + 14 * HOUR)  # a term's day ends at midnight
    assert expiring(one)[1:] == [(one.fans[3], channel)]


def test_claims_are_kept_for_a_hundred_and_eighty_days_and_then_cleared_away(one: Counter) -> None:
    """K15, K14. A25: device as MD5 at once, openid encrypted and from the next day on."""
    card_id = one.make(date_info=until(10))
    code = one.tell("card_received", card_id=card_id, openid=one.fans[0], device="abc")["code"]
    one.take(card_id, 1)

    def log() -> list[dict[str, Any]]:
        return claims(one.rig.world, one.state, one.state.cards[card_id], 0, 10)

    first, second = log()
    assert (first["code"], first["openid"], second["device"], first["at"]) == (code, "", "", START)
    assert first["device"] == "900150983cd24fb0d6963f7d28e17f72"  # RFC 1321
    one.rig.jump(14 * HOUR)
    assert reveal(one.state, log()[0]["openid"]) == one.fans[0] != log()[0]["openid"]
    one.rig.jump(180 * DAY - 14 * HOUR - 1)
    assert log()[0]["device"]
    one.rig.jump(1)
    assert [row["device"] for row in log()] == ["", ""]
    one.rig.jump(10 * DAY - 1)
    assert (len(log()), one.shown(card_id)["status"]) == (2, "CARD_STATUS_VERIFY_OK")
    one.rig.jump(1)
    assert (log(), one.shown(card_id)["status"]) == ([], "CARD_STATUS_DELETE")
    assert one.code("code/get", code=code) == 40056


def test_a_card_with_terms_is_cleared_away_when_the_last_code_ended_and_none_is_left(one: Counter) -> None:
    """K14."""
    card_id = one.make(sku={"quantity": 2}, date_info=TERM)
    one.take(card_id)
    one.rig.jump(190 * DAY)
    assert one.shown(card_id)["status"] == "CARD_STATUS_VERIFY_OK"
    one.take(card_id, 1)
    one.rig.jump(7 * DAY + 180 * DAY + 14 * HOUR - 1)
    assert len(one.state.cards[card_id].codes.texts) == 2
    one.rig.jump(1)
    assert (one.shown(card_id)["status"], len(one.state.cards[card_id].codes.texts)) == ("CARD_STATUS_DELETE", 0)


def test_codes_of_the_merchants_own_are_given_by_name_and_imported_ones_are_counted(one: Counter) -> None:
    """A30."""
    own, imported = one.make(**OWN), one.make(**DEPOSIT)
    assert (one.take(own, code="VIP-1"), one.take(own, 1, code="VIP-1")) == ("VIP-1", "40111")
    assert one.take(one.make(), code="VIP-2") == "40158"
    assert one.code("code/deposit", card_id=imported, code=["a", "b", "c"]) == 0
    assert one.ask("code/getdepositcount", card_id=imported)["count"] == 3
    checked = one.ask("code/checkcode", card_id=imported, code=["a", "x"])
    assert (checked["exist_code"], checked["not_exist_code"]) == (["a"], ["x"])
    assert one.code("code/checkcode", card_id=imported, code=[str(n) for n in range(101)]) == 40109
    assert one.code("modifystock", card_id=imported, increase_stock_value=3) == 0
    assert one.code("code/unavailable", card_id=imported, code="a", reason="misprint") == 0
    assert one.shown(imported)["sku"] == {"quantity": 2, "total_quantity": 2}
    assert [one.take(imported, fan) for fan in range(3)] == ["b", "c", "45031"]
    assert one.code("code/update", card_id=imported, code="b", new_code="d") == 0
    assert one.ask("code/getdepositcount", card_id=imported)["count"] == 3, "an exchanged code was not imported"


def test_a_create_request_may_be_sent_again_word_for_word(one: Counter) -> None:
    assert len({one.ask("create", **body())["card_id"] for _ in range(2)}) == 2
