"""Where codes are kept: a text keeps its number, a state only moves along its table, and a million codes fit."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mocks.wechat.cards import codes
from mocks.wechat.cards.card import DELETED, MOVES, STATUSES, VERIFY_OK, Card
from mocks.wechat.cards.codes import Codes
from mocks.wechat.cards.numbered import Numbered
from tests.mocks.rig import CARD, DAY, START

TEXTS = st.lists(st.text(st.characters(), max_size=3), max_size=60)


@given(TEXTS)
@settings(max_examples=60)
def test_a_text_keeps_the_number_of_its_arrival(texts: list[str]) -> None:
    """As a dict would; halves of characters and the empty text are texts too."""
    kept, wanted = Numbered(), {}
    for text in texts:
        wanted.setdefault(text, len(wanted))
        assert kept.add(text) == wanted[text]
    assert (list(kept), len(kept)) == (list(wanted), len(wanted))
    assert {text: kept.find(text) for text in wanted} == wanted
    assert (kept.find("none of these"), "none of these" in kept) == (-1, False)


def test_ten_thousand_codes_and_their_users_weigh_less_than_two_hundred_bytes_each() -> None:
    """The bar for a million, in the part that is ours alone; benchmarks/bench_codes measures the process."""
    held = Codes()
    held.deposit([f"{number:012}" for number in range(10_000)])
    for number in range(10_000):
        held.give(held.take_waiting(), f"o{number:027}", START, f"phone-{number}")
        held.count(f"o{number:027}")
    parts = [held.states, held.holders, held.taken_at, held.devices, held.counts]
    parts += [part for kept in (held.texts, held.users) for part in (kept._texts, kept._ends, kept._table)]
    assert sum(map(sys.getsizeof, parts)) / 10_000 < 150
    assert (held.waiting, held.holder(9_999), held.texts[9_999]) == (0, "o" + "0" * 23 + "9999", "000000009999")
    assert [*held.held_by("o" + "0" * 27)] == [0]


@pytest.mark.parametrize("before", range(len(codes.STATUS)))
def test_a_codes_state_moves_along_its_table_and_no_other_way(before: int) -> None:
    held = Codes()
    held.make("c")
    for after in range(len(codes.STATUS)):
        held.states[0] = before
        assert held.move(0, after) is (after in codes.MOVES.get(before, ()))
        assert held.states[0] == (after if after in codes.MOVES.get(before, ()) else before)


@pytest.mark.parametrize("before", STATUSES)
def test_a_cards_status_moves_along_its_table_and_ends_with_delete(before: str) -> None:
    card = Card("CASH", CARD["card"]["cash"], 5, custom=False, deposits=False, get_limit=3)
    for after in STATUSES:
        card.status = before
        assert card.move(after) is (after in MOVES.get(before, ()))
    assert DELETED in MOVES[VERIFY_OK]
    assert DELETED not in MOVES


def test_a_term_begins_some_days_after_the_taking_and_ends_with_the_card() -> None:
    info = {
        "type": "DATE_TYPE_FIX_TERM",
        "fixed_term": 7,
        "fixed_begin_term": 2,
        "end_timestamp": START // 1000 + 5 * 86_400,
    }
    card = Card(
        "CASH",
        {**CARD["card"]["cash"], "base_info": {**CARD["card"]["cash"]["base_info"], "date_info": info}},
        5,
        custom=False,
        deposits=False,
        get_limit=3,
    )
    number = card.take("o1", START)
    assert card.validity(number) == (START + 2 * DAY, START + 5 * DAY)
    usable = [card.usable(number, START + at) for at in (2 * DAY - 1, 2 * DAY, 5 * DAY - 1, 5 * DAY)]
    assert usable == [False, True, True, False]
    assert [card.status_of(number, START + at) for at in (5 * DAY - 1, 5 * DAY)] == ["NORMAL", "EXPIRE"]


def test_two_cards_never_make_the_same_code() -> None:
    """Their first four digits are the card's, so that a code alone says whose it is."""
    cards = [
        Card("CASH", CARD["card"]["cash"], 50, custom=False, deposits=False, get_limit=50, serial=n)
        for n in (1, 2, 3, 10_001)
    ]
    made = [card.codes.texts[card.take("o1", START)] for card in cards for _ in range(50)]
    assert (len(set(made)), len({code[:4] for code in made})) == (200, 3)
