"""The model of shops that want their orders in WeCom: whom it suits, who gets through the check, and what it changes for those who do.

Law: see the package. A failing attempt has one fault, put into the parties themselves: what becomes of it is for the check to say.
"""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any, Final

from sandbox.policy import Signal
from sandbox.rulebooks.market import Market

from . import Begin, Behaviour, Reply, Step, Wait
from .merchant import Part

DAY: Final = 86_400_000
ENQUIRIES: Final = 5
"""Enquiries that are looked at of each shop, before and after."""

MISMATCHES: Final[tuple[Mapping[str, Any], ...]] = (
    {"corp": {"entity": {"name": "深圳市鹏程万里贸易有限责任公司"}}},
    {"corp": {"entity": {"legal_representative": "陈志达"}}},
    {"corp": {"entity": {"registered_capital": "500万人民币"}}},
)
"""Entities that differ in one of the three things that must agree to the character (S03)."""

SOLE: Final = {"kind": "sole_proprietor"}
OTHERS: Final[tuple[Mapping[str, Any], ...]] = (
    {"shop": {"licence": SOLE}, "corp": {"entity": SOLE}},
    {"shop": {"reach": "local"}},
    {"shop": {"status": "to_be_activated"}},
    {"shop": {"status": "frozen"}},
    {"corp": {"external_contact": False}},
)
"""Every other reason to fail (S09, S10), each as often; how often is not published."""


def fault(rng: Random, market: Market, failing: float) -> Mapping[str, Any]:
    """What is wrong with one attempt; nothing with most. `failing` is the share with a fault."""
    if rng.random() >= failing:
        return {}
    if rng.random() >= market.figure("failed_main_causes"):
        return rng.choice(OTHERS)
    return rng.choice(MISMATCHES) if rng.random() < market.figure("failed_mismatch") else {"corp": {"verified": False}}


def shops(part: Part, rng: Random, *, shops: int = 2_000, failing: float = 0.3, lasts_ms: int = DAY) -> Behaviour:
    """So many shops think of connecting, evenly over the time. How many fail at all is not published."""
    for _ in range(shops):
        yield Begin(_shop(part, Random(rng.getrandbits(64)), failing))
        yield Wait(lasts_ms // shops)


def _shop(part: Part, rng: Random, failing: float) -> Behaviour:
    """One shop: too small for it, or configured, checked and, when nothing speaks against it, served through WeCom."""
    market = part.market
    orders, staff = rng.randint(*_bounds(market, "shop_orders")), rng.randint(*_bounds(market, "shop_staff"))
    suited = orders >= market.figure("suited_orders") and staff >= market.figure("suited_staff")
    yield Step("considered", {"suited": suited})
    if not suited:
        return
    took = round(rng.expovariate(1 / market.figure("configuration")))
    yield Wait(took)
    reply = yield Signal("shopee", "shopee.binding_tried", part.merchant.account, payload=fault(rng, market, failing))
    if not isinstance(reply, Reply):
        return
    yield Step("tried", {"took": took, "code": reply.code, "ok": reply.ok})
    if reply.ok:
        yield from _served(rng, market)


def _bounds(market: Market, name: str) -> tuple[int, int]:
    low, high = market.range(name)
    return int(low), int(high)


def _served(rng: Random, market: Market) -> Behaviour:
    """What enquiries cost and how they fare, before and from now on (S13, S17)."""
    cost = market.figure("service_cost")
    mean = {False: market.figure("first_response_before"), True: market.figure("first_response")}
    for connected in (False, True):
        for _ in range(ENQUIRIES):
            spent = cost * rng.uniform(0.8, 1.2) * (1 - market.figure("service_cost_down") * connected)
            score = satisfied(rng, market.figure("satisfaction")) if connected else 0
            fields = {"connected": connected, "after": round(rng.expovariate(1 / mean[connected])), "score": score}
            yield Step("enquiry", {**fields, "fen": round(spent)})
    yield Step("fee", {"fen": int(market.figure("verification_fee"))})


def satisfied(rng: Random, mean: float) -> int:
    """A score from 1 to 5 with that mean: 5, or 4 as often as brings the mean down to it."""
    return 5 if rng.random() >= 5 - mean else 4
