"""What a card may say, how long it may run, what its account may do: each rule once kept and once broken."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fastapi import HTTPException

from mocks.admin_cards import opened
from mocks.wechat.cards.standing import working_days
from mocks.wording import screen, screen_all
from tests.mocks.card_desk import DEPOSIT, EVER, Counter, body
from tests.mocks.rig import DAY, START, Rig

NOW = START // 1000


@pytest.fixture(scope="module")
def open_counter() -> Any:
    one = Rig({"wechat": {"quota": {"card_create_second": {"limit": 1_000}}}})
    yield Counter(one)
    one.close()


def term(days: int) -> dict[str, Any]:
    return {"date_info": {"type": "DATE_TYPE_FIX_TERM", "fixed_term": days}}


VALID = {"GENERAL_COUPON": (1, 90), "DISCOUNT": (1, 30), "GIFT": (7, 45), "GROUPON": (1, 30), "CASH": (1, 90)}


@pytest.mark.parametrize("kind", VALID)
def test_each_basic_type_runs_from_its_shortest_to_its_longest_validity(open_counter: Counter, kind: str) -> None:
    """K09, and five of K08's six types."""
    shortest, longest = VALID[kind]
    for days in (shortest - 1, shortest, longest, longest + 1):
        good = shortest <= days <= longest
        assert (open_counter.make(kind, **term(days)) == "40079") is not good, days
    assert open_counter.make(kind, date_info=EVER) == "40079"


def test_a_voucher_says_what_it_is_and_runs_for_ninety_days_at_most(open_counter: Counter) -> None:
    """K08's sixth type; K09; A13: a voucher says 'discount price'."""
    voucher = {"sub_card_type": "VOUCHER"}
    assert open_counter.make("GENERAL_CARD", voucher, **term(90)) == "40150"
    assert len(open_counter.make("GENERAL_CARD", voucher, description="优惠价 80 元", **term(90))) == 28
    assert open_counter.make("GENERAL_CARD", voucher, description="优惠价 80 元", **term(91)) == "40079"


@pytest.mark.parametrize(("begin", "end", "good"), [(0, 30 * DAY, True), (0, 31 * DAY + 1, False), (-9 * DAY, 0, False)])
def test_a_range_counts_the_days_it_touches_and_ends_in_the_future(
    open_counter: Counter, begin: int, end: int, good: bool
) -> None:
    """K09: a discount, 30 days; the range begins at midnight in Beijing."""
    midnight = START - 10 * 3_600_000
    dates = {"type": "DATE_TYPE_FIX_TIME_RANGE", "begin_timestamp": (midnight + begin) // 1000}
    made = open_counter.make("DISCOUNT", date_info={**dates, "end_timestamp": (midnight + end) // 1000})
    assert (len(made) == 28) is good


WORDS: dict[str, tuple[str, dict[str, Any]]] = {
    "absolute wording (M15)": ("title", {"title": "全城最便宜"}),
    "in another width (M15)": ("notice", {"notice": "国 家 级品质"}),
    "induced sharing (K10)": ("description", {"description": "分享到朋友圈即可使用"}),
    "an exaggerated value (K14)": ("description", {"description": "进店１００％中奖"}),
    "forced following (K14)": ("description", {"description": "关注后领取"}),
    "the last word (A13)": ("description", {"description": "本店保留最终解释权"}),
    "alcohol alone, in catering (K19)": ("title", {"title": "啤酒券"}),
}


@pytest.mark.parametrize("case", WORDS)
def test_a_word_that_no_card_may_say_is_refused_and_the_journal_says_which(open_counter: Counter, case: str) -> None:
    """K10, K14, K19, A13, M15: whatever field it stands in."""
    _, base = WORDS[case]
    before = len(open_counter.rig.events("screened"))
    meters = open_counter.rig.meters()
    assert open_counter.make(**base) == "40151"
    assert open_counter.make(part={"advanced_info": {"text_image_list": [{"text": next(iter(base.values()))}]}}) == "40151"
    noted = open_counter.rig.events("screened")[before:]
    assert [one["code"] for one in noted] == ["40151", "40151"]
    assert all(one["what"] for one in noted)
    assert open_counter.rig.meters()["wechat"].keys() == meters["wechat"].keys()


@pytest.mark.parametrize(
    ("category", "base", "part", "code"),
    [
        ("education", {"description": "保证录取"}, {}, "40151"),
        ("finance", {"description": "保本理财"}, {}, "40151"),
        ("ecommerce", {"description": "原价：99.5元"}, {}, "40151"),
        ("ecommerce", {"description": "原价 88 元"}, {}, ""),
        ("tourism", {"description": "门票一张"}, {}, "40150"),
        ("tourism", {"description": "旺季不可用"}, {}, ""),
        ("catering", {}, {"least_cost": 1_000, "reduce_cost": 400}, ""),
        ("catering", {}, {"least_cost": 1_000, "reduce_cost": 401}, "40150"),
        ("ecommerce", {}, {"least_cost": 1_000, "reduce_cost": 401}, ""),
        ("ecommerce", {}, {"least_cost": 10_000, "reduce_cost": 9_900}, "40150"),
        ("ecommerce", {}, {"advanced_info": {"tiers": [{"least_cost": 10_000, "reduce_cost": 9_900}]}}, "40150"),
        ("fmcg", {"date_info": EVER}, {}, "40079"),
        ("tourism", {"date_info": EVER, "description": "旺季不可用"}, {}, ""),
    ],
)
def test_a_trade_has_its_red_lines(
    open_counter: Counter, category: str, base: dict[str, Any], part: dict[str, Any], code: str
) -> None:
    """K19: at most 40% of the dish. K20: invented prices, promises, seasons, guarantees. A15: 'spend 100, save 99'. A06: a year."""
    open_counter.state.category = category
    open_counter.tell("licence", prices=[8_800])
    kind = "SCENIC_TICKET" if "date_info" in base else "CASH"
    made = open_counter.make(kind, part, **base)
    open_counter.state.category = "catering"
    assert made == code or (not code and len(made) == 28)


def test_who_the_account_is_by_law_must_be_whom_it_was_registered_with(rig: Rig) -> None:
    """K05: entity and certificates; A06: the category matches the licence, and changes after three working days."""
    one = Counter(rig)
    for said in ({"entity": "甲公司"}, {"certificates": []}, {"trades": ["ecommerce"]}):
        one.tell("licence", entity="", registered_as="", certificates=["食品经营许可证"], trades=["catering"])
        assert len(one.make()) == 28
        one.tell("licence", **said)
        assert one.make() == "48001"
    assert one.tell("category_changed", category="finance")["code"] == "48001"
    assert one.tell("category_changed", category="ecommerce")["code"] == "0"
    rig.jump(3 * DAY - 1)
    assert one.make() == "48001"
    rig.jump(1)
    assert one.make() == "48001"  # the certificates of a shop are others
    one.tell("licence", certificates=["ICP备案"])
    assert len(one.make()) == 28


@pytest.mark.parametrize(("days", "lasts"), [(1, 1), (4, 4), (5, 7), (3, 3)])
def test_working_days_leave_out_the_end_of_the_week(days: int, lasts: int) -> None:
    """A06; START is a Monday in Beijing."""
    assert working_days(START, days) == START + lasts * DAY


def test_there_are_twelve_trades_and_eighty_six_below_them(rig: Rig) -> None:
    """A06."""
    rows = Counter(rig).see("getapplyprotocol")["category"]
    below = [one["secondary_category_id"] for row in rows for one in row["secondary_category"]]
    assert (len(rows), len(below), len(set(below))) == (12, 86, 86)


LEVELS = [("operator", (48001, 0, 48001)), ("developer", (0, 0, 48001)), ("administrator", (0, 0, 0)), ("", (48001,) * 3)]


@pytest.mark.parametrize(("level", "codes"), LEVELS)
def test_creating_redeeming_and_importing_want_their_levels_of_permission(
    rig: Rig, level: str, codes: tuple[int, int, int]
) -> None:
    """A08: developer creates. A09: operator redeems. A10: administrator imports."""
    one = Counter(rig)
    plain, imported = one.make(), one.make(**DEPOSIT)
    code = one.take(plain)
    assert one.tell("permission", level=level)["code"] == "0"
    asked = [one.code("create", **body()), one.code("code/consume", code=code, card_id=plain)]
    assert (*asked, one.code("code/deposit", card_id=imported, code=["c1"])) == codes


def test_cards_are_opened_for_each_account_and_a_licence_has_fifty(make_rig: Callable[..., Rig]) -> None:
    """A02."""
    rig = make_rig({"wechat": {"setting": {"accounts_a_licence": {"value": 2}}}})
    assert rig.world.books["wechat"].document.setting["accounts_a_licence"].facts == ("A02",)
    for name in ("one", "two", "one"):
        opened(rig.world, name, "service", "catering", "91X")
    with pytest.raises(HTTPException, match="409: accounts: licence = '91X'"):
        opened(rig.world, "three", "service", "catering", "91X")
    with pytest.raises(HTTPException, match="400: category = 'bank'"):
        opened(rig.world, "three", "service", "bank", "")
    assert "three" not in rig.world.accounts
    one = Counter(rig)
    one.tell("permission", open=False)
    assert one.make() == "48001"


@pytest.mark.parametrize(("raw", "code"), [(b'{"card":{"card_type":"\xb4\xfa"}}', 47001), (b'{"card":"\\ud83d"}', 40033)])
def test_a_text_that_is_not_utf_8_is_refused(rig: Rig, raw: bytes, code: int) -> None:
    """A31."""
    assert rig.said("wechat", "POST", "/card/create", {"access_token": rig.wechat_token()}, raw)["errcode"] == code


def test_rights_of_a_trade_are_advice_until_they_are_enforced(make_rig: Callable[..., Rig]) -> None:
    """A03-A05: which types a trade issues, and who redeems."""
    one = Counter(make_rig({"wechat": {"setting": {"category_rights": {"value": "enforced"}}}}))
    assert one.make("GIFT") == "48001"
    cash = one.make()
    one.tell("card_staff", openid="clerk", location_ids=[7])
    told = {"code": one.take(cash), "card_id": cash}
    assert one.tell("card_redeemed", **told, source="FROM_API")["code"] == "45030"
    assert one.tell("card_redeemed", **told, staff="clerk", location_id=7)["code"] == "0"


def test_the_screen_names_the_first_word_as_its_list_spells_it() -> None:
    """M15's lists serve every shop."""
    assert screen("全网　最Ｄ低价", ["无", "最d低价"]) == "最d低价"
    assert screen("普通的好货", ["国家级"]) is None
    assert screen_all(["a", "b保本c"], {"x": ["无"], "y": ["保本"]}) == ("y", "保本")
