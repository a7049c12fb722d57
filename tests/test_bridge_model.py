"""The model of shops that connect to WeCom: what its players say they did is what the printed figures say."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from sandbox.behaviour import Begin, Behaviour, Reply, Signal, Step, Wait
from sandbox.behaviour.bridge import shops
from sandbox.behaviour.merchant import Merchant, Part
from sandbox.report.bridge import TAILS, Bridge
from sandbox.rulebooks import load
from sandbox.rulebooks.market import market_of

MARKET = market_of(load("market"))


def played(behaviour: Behaviour, refusals: Random) -> list[dict[str, Any]]:
    """Every step of the behaviour and of those that it begins; one attempt in three is refused, whatever it says."""
    events: list[dict[str, Any]] = []
    waiting, answer = [behaviour], None
    while waiting:
        try:
            wish = waiting[-1].send(answer)
        except StopIteration:
            waiting.pop()
            answer = None
            continue
        answer = None
        if isinstance(wish, Begin):
            waiting.append(wish.behaviour)
        elif isinstance(wish, Step):
            events.append({"kind": "step", "population": "shops", "step": wish.name, **wish.fields})
        elif isinstance(wish, Signal):
            code = refusals.choice(["", "", "ERR_AUTH_MISMATCH"])
            answer = Reply(not code, code)
        else:
            assert isinstance(wish, Wait)
    return events


@pytest.fixture(scope="module")
def told() -> dict[str, float]:
    """The metrics of four thousand shops."""
    fold = Bridge()
    for event in played(shops(Part(Merchant("main"), market=MARKET), Random(5), shops=4_000), Random(6)):
        fold(event)
    return {name.removeprefix("shops."): value for name, value in fold.metrics().items()}


def test_only_shops_that_it_suits_try_and_configuring_takes_twelve_minutes(told: dict[str, float]) -> None:
    """S15, S16: 251 of 281 have the orders, 8 of 10 the staff."""
    assert told["considered"] == 4_000
    assert told["suited_share"] == pytest.approx(251 / 281 * 0.8, abs=0.02)
    assert told["tried"] == round(told["suited_share"] * 4_000)
    assert told["configuration_min"] == pytest.approx(12, rel=0.05)
    assert told["bound"] + told["failed"] == told["tried"]
    assert told["failed_main_share"] == 1


def test_who_is_connected_answers_sooner_pleases_more_and_serves_cheaper_for_a_fee(told: dict[str, float]) -> None:
    """S13, S17: nothing is paid for calls or messages."""
    assert told["enquiries"] == 5 * told["bound"]
    assert told["first_response_min"] == pytest.approx(1.8, rel=0.03)
    assert told["satisfaction"] == pytest.approx(4.82, abs=0.02)
    assert told["service_cost_change"] == pytest.approx(-0.197, abs=0.005)
    assert told["fees_fen"] == 30_000 * told["bound"]


def test_every_figure_that_can_be_expected_is_told(told: dict[str, float]) -> None:
    assert set(told) == set(TAILS)
    assert Bridge().metrics() == {}
