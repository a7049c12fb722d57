"""Shopee's domain, joined: what this platform can be asked to do, and which facts it takes.

Law: plain functions from a call (or a fact) to an answer, over one account's state; the areas are modules of their own. What can
be refused without asking the gate is refused first, so that a bad request uses up nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mocks.binding.trying import tried
from mocks.shopee import (
    auth,
    boosting,
    categories,
    changes,
    chat,
    chat_desk,
    comments,
    disputes,
    documents,
    granting,
    happening,
    items,
    listing,
    logistics,
    media,
    payment,
    products,
    pushing,
    returns,
    sending_back,
    shop,
    standing,
    variations,
    vouchers,
)
from mocks.shopee.plan import Action, Fact, acting
from mocks.shopee.seed import new
from mocks.shopee.state import State
from mocks.shopee.v1 import plans as old

__all__ = ["ACTIONS", "SIGNALS", "State", "new"]

PLANNED: Final = (
    listing.PLANS,
    changes.PLANS,
    logistics.PLANS,
    documents.PLANS,
    products.PLANS,
    items.PLANS,
    shop.PLANS,
    returns.PLANS,
    vouchers.PLANS,
    payment.PLANS,
    pushing.PLANS,
    granting.PLANS,
    chat.PLANS,
    chat_desk.PLANS,
    boosting.PLANS,
    comments.PLANS,
    sending_back.PLANS,
    categories.PLANS,
    disputes.PLANS,
    media.PLANS,
    variations.PLANS,
    *old.AREAS,
)
"""The areas whose actions are plans."""

ACTIONS: Final[Mapping[str, Action]] = {
    **auth.ACTIONS,
    **{name: acting(plan) for area in PLANNED for name, plan in area.items()},
}
"""What this platform can be asked to do."""

SIGNALS: Final[Mapping[str, Fact]] = {
    **happening.SIGNALS,
    **returns.SIGNALS,
    **chat.SIGNALS,
    **comments.SIGNALS,
    **pushing.SIGNALS,
    **granting.SIGNALS,
    **standing.SIGNALS,
    "shopee.binding_tried": tried,
}
"""What happens here when a fact of the domain is told."""
