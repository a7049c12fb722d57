"""A population that tries to bind: of those who fail, 92.3 % are another entity or an unverified corp (S04).

Law: pure; chance comes in as an argument. A failing attempt has one fault, put into the parties themselves: what becomes of it is
for the check to say.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any, Final

from mocks.binding.parties import GOOD, Parties

MAIN_CAUSES = 0.923
"""Share of failures that are a mismatch or a missing verification. Source: 002, 关键配置, Shopee's own review of Q1 2024."""

MISMATCH_OF_THESE = 0.6
"""How many of these are a mismatch is not published: assumed."""


def _entity(**fields: Any) -> Callable[[Parties], Parties]:
    return lambda two: replace(two, corp=replace(two.corp, entity=replace(two.corp.entity, **fields)))


def _corp(**fields: Any) -> Callable[[Parties], Parties]:
    return lambda two: replace(two, corp=replace(two.corp, **fields))


def _shop(**fields: Any) -> Callable[[Parties], Parties]:
    return lambda two: replace(two, shop=replace(two.shop, **fields))


def _sole(two: Parties) -> Parties:
    """The same sole proprietor on both sides."""
    licence = replace(two.shop.licence, kind="sole_proprietor")
    return Parties(replace(two.shop, licence=licence), replace(two.corp, entity=licence))


MISMATCHES: Final = (
    _entity(name=GOOD.shop.licence.name.replace("有限公司", "有限责任公司")),
    _entity(legal_representative="陈志达"),
    _entity(registered_capital="500万人民币"),
)
OTHERS: Final = (
    _sole,
    _shop(reach="local"),
    _shop(status="to_be_activated"),
    _shop(status="frozen"),
    _corp(external_contact=False),
)


def attempt(rng: Random, failing: float = 0.3) -> Parties:
    """The parties of one attempt; `failing` is the share with a fault (how many fail at all is not published: assumed)."""
    if rng.random() >= failing:
        return GOOD
    if rng.random() >= MAIN_CAUSES:
        return rng.choice(OTHERS)(GOOD)
    fault = rng.choice(MISMATCHES) if rng.random() < MISMATCH_OF_THESE else _corp(verified=False)
    return fault(GOOD)
