"""Cards: what may be created, what stock and codes can never do, and how many are issued a day."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mocks.wechat.cards.card import COLORS
from mocks.wechat.cards.parsing import TYPES
from tests.mocks.rig import CARD, DAY, HOUR, MINUTE, START, Rig

DEPOSIT = {"sku": {"quantity": 0}, "use_custom_code": True, "get_custom_code_mode": "GET_CUSTOM_CODE_MODE_DEPOSIT"}
SECOND, NOW = 1_000, START // 1000
TERM = {"type": "DATE_TYPE_FIX_TERM", "fixed_term": 7}
EVER = {"type": "DATE_TYPE_PERMANENT"}
SPECIAL: dict[str, dict[str, Any]] = {"GENERAL_CARD": {"sub_card_type": "GIFT_CARD"}, "DISCOUNT": {"discount": 20}}


def card(kind: str = "CASH", part: dict[str, Any] | None = None, **base: Any) -> dict[str, Any]:
    """The body of a create request; `part` and `base` replace fields, None leaves one out."""
    cash = CARD["card"]["cash"]
    info = {name: value for name, value in {**cash["base_info"], **base}.items() if value is not None}
    content = {"base_info": info, TYPES.get(kind, "x"): "八折", **(cash if kind == "CASH" else {}), **(part or {})}
    content = {name: value for name, value in {**content, "base_info": info}.items() if value is not None}
    return {"card": {"card_type": kind, kind.lower(): content}}


def dates(**info: Any) -> dict[str, Any]:
    """A date_info of a fixed range with some of it replaced."""
    return card(date_info={"type": "DATE_TYPE_FIX_TIME_RANGE", "begin_timestamp": NOW, "end_timestamp": NOW + 7_200, **info})


CREATED: dict[str, tuple[Any, int]] = {
    **{f"a {kind}": (card(kind, SPECIAL.get(kind), date_info=TERM), 0) for kind in TYPES},
    **{f"the colour {name}": (card(color=name), 0) for name in COLORS},
    "no card": ({}, 41011),
    "a card that is a list": ({"card": []}, 41011),
    "an unknown type": ({"card": {"card_type": "TICKET_TO_MARS"}}, 40071),
    "a type that is a number": ({"card": {"card_type": 4}}, 40071),
    "no part of its type": ({"card": {"card_type": "CASH", "gift": {}}}, 41011),
    "no base_info": ({"card": {"card_type": "CASH", "cash": {"reduce_cost": 100}}}, 41011),
    **{f"no {name}": (card(**{name: None}), 41011) for name in ("logo_url", "brand_name", "title", "notice", "description")},
    "an empty title": (card(title=""), 41011),
    "a title that is a number": (card(title=5), 41011),
    "a title of nine characters": (card(title="一二三四五六七八九"), 0),
    "a title of ten characters": (card(title="一二三四五六七八九十"), 45021),
    "a brand of twelve characters": (card(brand_name="店" * 12), 0),
    "a brand of thirteen characters": (card(brand_name="店" * 13), 45021),
    "a notice of seventeen characters": (card(notice="示" * 17), 45021),
    "a description of 1,024 characters": (card(description="述" * 1024), 0),
    "a description of 1,025 characters": (card(description="述" * 1025), 45021),
    "a logo address of 129 bytes": (card(logo_url="x" * 129), 45021),
    "no colour": (card(color=None), 40076),
    "a colour by its value": (card(color="#63b359"), 40076),
    "no stock": (card(sku=None), 40122),
    "a stock that is text": (card(sku={"quantity": "100"}), 40122),
    "a stock that is true": (card(sku={"quantity": True}), 40122),
    "a stock below zero": (card(sku={"quantity": -1}), 40122),
    "a hundred million": (card(sku={"quantity": 100_000_000}), 0),
    "one more than that": (card(sku={"quantity": 100_000_001}), 40122),
    "stock before its codes": (card(**{**DEPOSIT, "sku": {"quantity": 1}}), 40136),
    "fifty for each": (card(get_limit=50), 0),
    "fifty-one for each": (card(get_limit=51), 72009),
    "none for each": (card(get_limit=0), 41011),
    "a limit that is text": (card(get_limit="3"), 41011),
    "no dates": (card(date_info=None), 41011),
    "dates of an unknown type": (card(date_info={"type": "WHENEVER"}), 40079),
    "dates of the old number type": (dates(type=1), 0),
    "dates of the old text type": (dates(type="1"), 0),
    "an end before the beginning": (dates(end_timestamp=NOW - 1), 40079),
    "an end at the beginning": (dates(end_timestamp=NOW), 40079),
    "no end": (dates(end_timestamp=None), 40079),
    "an end as text": (dates(end_timestamp=str(NOW + 7_200)), 40079),
    "a beginning that is true": (dates(begin_timestamp=True), 40079),
    "a term of seven days": (card(date_info=TERM), 0),
    "a term of the old type": (card(date_info={**TERM, "type": 2}), 0),
    "a term of no day": (card(date_info={**TERM, "fixed_term": 0}), 40079),
    "a term that begins before it is taken": (card(date_info={**TERM, "fixed_begin_term": -1}), 40079),
    "for ever": (card("MEMBER_CARD", date_info=EVER), 0),
    "for ever, with an end that is no time": (card("MEMBER_CARD", date_info={**EVER, "end_timestamp": "never"}), 0),
    "for ever, of a type that is not": (card(date_info=EVER), 40079),
    "99 cents off": (card(part={"reduce_cost": 99}), 72007),
    "one yuan off three": (card(part={"reduce_cost": 100, "least_cost": 300}), 0),
    "one yuan off anything": (card(part={"reduce_cost": 100, "least_cost": 0}), 0),
    "a hundred off a hundred": (card(part={"reduce_cost": 100, "least_cost": 100}), 72008),
    "a value that is text": (card(part={"reduce_cost": "100"}), 72007),
    "a threshold that is text": (card(part={"least_cost": "10000"}), 72008),
    "no value": (card(part={"reduce_cost": None}), 41011),
    "a discount in words": (card("DISCOUNT", {"discount": "七折"}, date_info=TERM), 40150),
    "a discount of everything": (card("DISCOUNT", {"discount": 100}, date_info=TERM), 40150),
    "a gift that is a number": (card("GIFT", {"gift": 5}, date_info=TERM), 40150),
    "a discount without its figure": (card("DISCOUNT", {"discount": None}, date_info=TERM), 41011),
}


@pytest.mark.parametrize("case", CREATED)
def test_a_card_is_created_or_refused_for_what_is_wrong_with_it(standing: Rig, case: str) -> None:
    body, code = CREATED[case]
    standing.jump(SECOND)
    token, before = standing.wechat_token(), standing.meters()
    answer = standing.wechat("/card/create", token, body)
    assert answer["errcode"] == code
    if code:
        assert standing.meters() == before
        return
    shown = standing.wechat("/card/get", token, {"card_id": answer["card_id"]})["card"]
    kind = body["card"]["card_type"]
    sent, got = body["card"][kind.lower()], shown[kind.lower()]
    quantity = sent["base_info"]["sku"]["quantity"]
    assert (shown["card_type"], len(answer["card_id"]), answer["card_id"][0]) == (kind, 28, "p")
    assert got["base_info"]["sku"] == {"quantity": quantity, "total_quantity": quantity}
    assert got["base_info"]["color"] == COLORS[sent["base_info"]["color"]]
    kept = {name: value for name, value in sent["base_info"].items() if name not in ("sku", "color")}
    assert got["base_info"] | kept == got["base_info"]
    assert {name: value for name, value in got.items() if name != "base_info"} == {
        name: value for name, value in sent.items() if name != "base_info"
    }


def test_a_card_waits_for_its_review_before_anybody_gets_it(rig: Rig) -> None:
    token, openid = rig.wechat_token(), rig.main.wechat.followers[0]
    card_id = rig.wechat("/card/create", token, CARD)["card_id"]
    assert rig.tell("wechat.card_received", card_id=card_id, openid=openid)["code"] == "40078"
    info = rig.wechat("/card/get", token, {"card_id": card_id})["card"]["cash"]["base_info"]
    assert info["status"] == "CARD_STATUS_NOT_VERIFY"
    assert rig.tell("wechat.card_approved", card_id=card_id)["code"] == "0"
    assert len(rig.tell("wechat.card_received", card_id=card_id, openid=openid)["code"]) == 12
    info = rig.wechat("/card/get", token, {"card_id": card_id})["card"]["cash"]["base_info"]
    assert (info["status"], info["sku"]) == ("CARD_STATUS_VERIFY_OK", {"quantity": 99, "total_quantity": 100})


def take(rig: Rig, card_id: str, follower: int = 0) -> str:
    """The code that a follower gets, or the number of what is in the way."""
    return rig.tell("wechat.card_received", card_id=card_id, openid=rig.main.wechat.followers[follower])["code"]


def test_a_user_gets_no_more_than_the_cards_limit_and_nobody_more_than_the_stock(rig: Rig) -> None:
    card_id = rig.new_card(sku={"quantity": 4}, get_limit=3)
    codes = [take(rig, card_id) for _ in range(4)]
    assert (len(set(codes)), codes[3]) == (4, "45033")
    assert len(take(rig, card_id, 1)) == 12
    assert take(rig, card_id, 1) == "45031"


def test_a_card_without_a_limit_is_limited_by_its_stock_alone(rig: Rig) -> None:
    card_id = rig.wechat("/card/create", rig.wechat_token(), card(sku={"quantity": 51}, get_limit=None))["card_id"]
    rig.tell("wechat.card_approved", card_id=card_id)
    codes = [take(rig, card_id) for _ in range(52)]
    assert (len(set(codes)), codes[-1]) == (52, "45031")


STATES: dict[str, tuple[int, bool, str, Any, Any]] = {
    "usable": (0, False, "NORMAL", 0, True),
    "consumed": (0, True, "CONSUMED", 40099, False),
    "expired": (8 * DAY, False, "EXPIRE", 40127, False),
    "not begun": (-1, False, "NORMAL", 0, False),
}


@pytest.mark.parametrize("state", STATES)
def test_a_codes_state_decides_what_code_get_says_and_whether_it_can_be_consumed(rig: Rig, state: str) -> None:
    later, used, status, checked, can = STATES[state]
    token = rig.wechat_token()
    card_id = rig.new_card(token, date_info={**TERM, "fixed_begin_term": 1 if later < 0 else 0})
    asked = {"code": take(rig, card_id)}
    if used:
        assert rig.wechat("/card/code/consume", token, asked)["openid"] == rig.main.wechat.followers[0]
    rig.jump(max(later, 0))
    token = rig.wechat_token()
    assert rig.wechat("/card/code/get", token, asked)["errcode"] == checked
    loose = rig.wechat("/card/code/get", token, {**asked, "check_consume": False})
    assert (loose["errcode"], loose["can_consume"], loose["user_card_status"]) == (0, can, status)
    assert loose["card"]["end_time"] - loose["card"]["begin_time"] == 7 * 86_400
    answer = rig.wechat("/card/code/consume", token, asked)
    assert (answer["errcode"] == 0) is can
    if used:
        assert (answer["errcode"], answer["_card"], answer["_code"]) == (40099, card_id, asked["code"])


@pytest.mark.parametrize("info", [{}, {"begin_timestamp": "never", "end_timestamp": []}, {"end_timestamp": 1}])
def test_a_card_for_ever_never_ends_whatever_times_stand_beside_it(rig: Rig, info: dict[str, Any]) -> None:
    body = card("MEMBER_CARD", date_info={**EVER, **info})
    card_id = rig.wechat("/card/create", rig.wechat_token(), body)["card_id"]
    rig.tell("wechat.card_approved", card_id=card_id)
    asked = {"code": take(rig, card_id)}
    rig.jump(20_000 * DAY)
    token = rig.wechat_token()
    assert rig.wechat("/card/code/get", token, {"code": int(asked["code"])})["can_consume"], "as a number too"
    assert rig.wechat("/card/code/consume", token, asked)["errcode"] == 0


def test_a_code_nobody_holds_is_no_code(rig: Rig) -> None:
    token, card_id = rig.wechat_token(), rig.new_card(**DEPOSIT)
    rig.wechat("/card/code/deposit", token, {"card_id": card_id, "code": ["c1"]})
    for asked in ({"code": "c1", "card_id": card_id}, {"code": "nothing"}, {"code": "nothing", "card_id": card_id}):
        assert rig.wechat("/card/code/get", token, asked)["errcode"] == 40056
        assert rig.wechat("/card/code/consume", token, asked)["errcode"] == 40056
    assert rig.wechat("/card/code/get", token, {"code": "c1", "card_id": "p0"})["errcode"] == 40073


def test_an_imported_code_is_found_only_with_its_card(rig: Rig) -> None:
    token, card_id = rig.wechat_token(), rig.new_card(**DEPOSIT)
    assert rig.wechat("/card/code/deposit", token, {"card_id": card_id, "code": ["c1"]})["succ_code"] == ["c1"]
    assert rig.wechat("/card/modifystock", token, {"card_id": card_id, "increase_stock_value": 1})["errcode"] == 0
    assert take(rig, card_id) == "c1"
    assert rig.wechat("/card/code/consume", token, {"code": "c1"})["errcode"] == 40056
    assert rig.wechat("/card/code/consume", token, {"code": "c1", "card_id": card_id})["errcode"] == 0


def test_two_codes_are_never_the_same_though_their_digits_would_be(rig: Rig) -> None:
    card_id = rig.new_card(get_limit=50)
    made = rig.main.wechat.cards[card_id]
    again = made.make_code()
    made.codes.make("first")
    made.codes.make(again)
    codes = {take(rig, card_id) for _ in range(10)}
    assert (len(codes), again in codes) == (10, False)


IMPORTS: dict[str, tuple[Any, int]] = {
    "a hundred codes": ([f"c{n}" for n in range(100)], 0),
    "a hundred and one": ([f"c{n}" for n in range(101)], 40109),
    "none": ([], 40110),
    "no list": ("c1", 40110),
    "an empty one": (["c1", ""], 40110),
    "a number": ([5], 40110),
    "the same twice": (["c1", "c2", "c1"], 40111),
    "half a character": (["c1", "\ud83d"], 40033),
}


@pytest.mark.parametrize("case", IMPORTS)
def test_codes_are_imported_or_refused_for_what_is_wrong_with_them(rig: Rig, case: str) -> None:
    codes, code = IMPORTS[case]
    token, card_id = rig.wechat_token(), rig.new_card(**DEPOSIT)
    before = rig.meters()
    assert rig.wechat("/card/code/deposit", token, {"card_id": card_id, "code": codes})["errcode"] == code
    assert (rig.meters() == before) is bool(code)
    plain = rig.wechat("/card/code/deposit", token, {"card_id": rig.new_card(), "code": ["c1"]})
    assert plain["errcode"] == 43009


def test_a_code_that_is_there_already_is_named_and_not_taken_twice(make_rig: Callable[..., Rig]) -> None:
    rig = make_rig({"wechat": {"setting": {"deposit_total": {"value": 4}}}})
    token, card_id = rig.wechat_token(), rig.new_card(**DEPOSIT)
    rig.wechat("/card/code/deposit", token, {"card_id": card_id, "code": ["c1", "c2"]})
    answer = rig.wechat("/card/code/deposit", token, {"card_id": card_id, "code": ["c2", "c3"]})
    assert (answer["succ_code"], answer["duplicate_code"], answer["fail_code"]) == (["c3"], ["c2"], [])
    assert rig.wechat("/card/code/deposit", token, {"card_id": card_id, "code": ["c4", "c5"]})["errcode"] == 45031
    assert rig.wechat("/card/modifystock", token, {"card_id": card_id, "increase_stock_value": 4})["errcode"] == 40136


STOCK: dict[str, tuple[dict[str, Any], int]] = {
    "more": ({"increase_stock_value": 5}, 0),
    "less": ({"reduce_stock_value": 100}, 0),
    "less than nothing": ({"reduce_stock_value": 101}, 45031),
    "more than there can be": ({"increase_stock_value": 100_000_000}, 45031),
    "a number beyond all bounds": ({"increase_stock_value": 10**400}, 45031),
    "no change": ({}, 40122),
    "a negative change": ({"increase_stock_value": -1}, 40122),
    "a change that is text": ({"increase_stock_value": "5"}, 40122),
    "half a card": ({"increase_stock_value": 0.5}, 40122),
}


@pytest.mark.parametrize("case", STOCK)
def test_stock_is_changed_or_left_as_it_is(rig: Rig, case: str) -> None:
    change, code = STOCK[case]
    token, card_id = rig.wechat_token(), rig.new_card()
    assert rig.wechat("/card/modifystock", token, {"card_id": card_id, **change})["errcode"] == code
    after = 100 if code else 100 + change.get("increase_stock_value", 0) - change.get("reduce_stock_value", 0)
    assert rig.main.wechat.cards[card_id].stock == after


@pytest.mark.parametrize(
    ("path", "limit", "window"),
    [("/card/create", 50, SECOND), ("/card/code/consume", 200, SECOND), ("/card/code/deposit", 10, MINUTE)],
)
def test_an_interface_takes_its_published_number_of_calls_and_refuses_the_next(
    rig: Rig, path: str, limit: int, window: int
) -> None:
    """A08: 50 creates a second. A09: 200 consumes a second. A10: 10 bulk imports a minute."""
    token, card_id = rig.wechat_token(), rig.new_card(**DEPOSIT)
    rig.wechat("/card/code/deposit", token, {"card_id": card_id, "code": ["c1"]})
    rig.wechat("/card/modifystock", token, {"card_id": card_id, "increase_stock_value": 1})
    asked = {"card_id": card_id, "code": [take(rig, card_id)]}
    asked = {"/card/create": CARD, "/card/code/consume": {**asked, "code": "c1"}}.get(path, asked)
    rig.jump(MINUTE)
    codes = [rig.wechat(path, token, asked)["errcode"] for _ in range(limit + 1)]
    assert (45011 in codes[:limit], codes[limit]) == (False, 45011)
    rig.jump(window - 1)
    assert rig.wechat(path, token, asked)["errcode"] == 45011
    rig.jump(1)
    assert rig.wechat(path, token, asked)["errcode"] != 45011


def issued_today(make_rig: Callable[..., Rig], limits: dict[str, int], **traits: str) -> tuple[int, str]:
    """How many cards an account of these traits can issue in a day, and what it is told then."""
    rig = make_rig({"wechat": {"quota": {name: {"limit": limit} for name, limit in limits.items()}}}, traits=traits)
    card_id = rig.new_card(get_limit=50)
    codes = []
    while not codes or len(codes[-1]) == 12:
        codes.append(take(rig, card_id, len(codes) % 20))
    rig.jump(14 * HOUR)
    assert (len(take(rig, card_id)) == 12) is (len(codes) > 1)
    return len(codes) - 1, codes[-1]


BY_TYPE = {"verified_subscription": "subscription", "service": "service", "miniprogram": "miniprogram"}


@pytest.mark.parametrize("account_type", BY_TYPE)
@pytest.mark.parametrize("category", ["catering", "ecommerce", "local_services"])
@pytest.mark.parametrize(("by_type", "by_trade"), [(3, 5), (5, 3)])
def test_of_the_accounts_and_its_trades_daily_issue_the_smaller_one_holds(
    make_rig: Callable[..., Rig], account_type: str, category: str, by_type: int, by_trade: int
) -> None:
    """K02, K03, K04 by account type; A03, A04, A05 by trade."""
    limits = {f"{BY_TYPE[account_type]}_issue_day": by_type, f"{category}_issue_day": by_trade}
    assert issued_today(make_rig, limits, account_type=account_type, category=category) == (3, "45009")


def test_a_verified_subscription_account_issues_a_thousand_cards_a_day(make_rig: Callable[..., Rig]) -> None:
    """K02, by the figure itself."""
    rig = make_rig(traits={"account_type": "verified_subscription"})
    cards = [rig.new_card(sku={"quantity": 2_000}, get_limit=50) for _ in range(2)]
    codes = [take(rig, cards[number % 2], number // 2 % 20) for number in range(1_001)]
    assert ({len(code) for code in codes[:1_000]}, codes[1_000]) == ({12}, "45009")


@pytest.mark.parametrize(
    ("rule", "figure", "fact"),
    [
        ("service", 100_000, "K03"),
        ("miniprogram", 500_000, "K04"),
        ("catering", 100_000, "A03"),
        ("ecommerce", 50_000, "A04"),
        ("local_services", 20_000, "A05"),
    ],
)
def test_the_daily_issue_limits_have_the_published_figures(standing: Rig, rule: str, figure: int, fact: str) -> None:
    """K03, K04, A03, A04, A05: what the limits count is tested above, with smaller figures."""
    entry = standing.world.books["wechat"].document.quota[f"{rule}_issue_day"]
    assert (entry.limit, entry.window, entry.facts, entry.standing) == (figure, DAY, (fact,), "published")


def test_an_unverified_account_has_no_cards_and_no_interface(make_rig: Callable[..., Rig]) -> None:
    """K01."""
    rig = make_rig(traits={"account_type": "unverified_subscription"})
    token = rig.wechat_token()
    assert rig.wechat("/card/create", token, CARD)["errcode"] == 48001
    made = make_rig()
    card_id = made.new_card(**DEPOSIT)
    other = rig.main.wechat.cards[card_id] = made.main.wechat.cards[card_id]
    assert rig.wechat("/card/code/deposit", token, {"card_id": card_id, "code": ["c1"]})["errcode"] == 48001
    other.codes.deposit(["c1"])
    other.restock(1)
    assert take(rig, card_id) == "48001"
