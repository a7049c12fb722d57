"""The Channels shop's domain, joined: what it can be asked to do, and which facts it takes.

Law: plain functions from a call to an answer, over one account's state; the areas are modules of their own. What can be refused
without asking the gate is refused first, so that a bad request uses up nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mocks.channels import (
    aftersales,
    basics,
    brands,
    buyers,
    complaints,
    coupons,
    discounts,
    exchanging,
    importing,
    merchant,
    pockets,
    products,
    receiving,
    refunding,
    review,
    selling,
    shopkeeping,
    stock,
    window,
)
from mocks.channels.plan import Action, Fact, acting
from mocks.channels.seed import new
from mocks.channels.state import State
from mocks.faults import choosing
from mocks.trouble import troubling

__all__ = ["ACTIONS", "SIGNALS", "State", "new"]

PLANNED: Final = (
    basics.PLANS,
    brands.PLANS,
    merchant.PLANS,
    products.PLANS,
    stock.PLANS,
    discounts.PLANS,
    window.PLANS,
    selling.PLANS,
    receiving.PLANS,
    refunding.PLANS,
    exchanging.PLANS,
    coupons.PLANS,
    pockets.PLANS,
    complaints.PLANS,
    shopkeeping.PLANS,
)
"""The areas of the shop."""

ACTIONS: Final[Mapping[str, Action]] = {name: acting(plan) for area in PLANNED for name, plan in area.items()}
"""What the shop can be asked to do."""

SIGNALS: Final[Mapping[str, Fact]] = {
    **review.SIGNALS,
    **brands.SIGNALS,
    **buyers.SIGNALS,
    **aftersales.SIGNALS,
    **exchanging.SIGNALS,
    **pockets.SIGNALS,
    **complaints.SIGNALS,
    **shopkeeping.SIGNALS,
    **importing.SIGNALS,
    "channels.push_faults": choosing("0", "40097"),
    "channels.trouble": troubling("0", "40097", ("-1", "45009", "45011", "48001", "48004", "50002", "61007")),
}
"""What buyers, reviewers and the platform do by themselves."""
