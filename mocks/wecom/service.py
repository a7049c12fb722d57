"""WeCom's domain, joined: what this platform can be asked to do, and which facts it takes.

Law: plain functions from a call to an answer, over one account's state; the areas are modules of their own. What can be refused
without asking the gate is refused first, so that a bad request uses up nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from mocks.desk import Desk
from mocks.faults import choosing
from mocks.http import Answer
from mocks.wecom import (
    albums,
    appchat,
    audit,
    batch,
    contactways,
    corp,
    corptags,
    departments,
    external,
    groupchats,
    kf,
    kf_figures,
    kf_messages,
    links,
    masssend,
    media,
    members,
    messages,
    moments,
    names,
    oauth,
    pay,
    robots,
    tags,
    talking,
    transfers,
)
from mocks.wecom.plan import Action, acting
from mocks.wecom.seed import new
from mocks.wecom.state import State
from sandbox.policy import Signal

__all__ = ["ACTIONS", "SIGNALS", "State", "new"]

PLANNED: Final = (
    corp.PLANS,
    messages.PLANS,
    appchat.PLANS,
    members.PLANS,
    departments.PLANS,
    tags.PLANS,
    oauth.PLANS,
    batch.PLANS,
    external.PLANS,
    corptags.PLANS,
    contactways.PLANS,
    groupchats.PLANS,
    masssend.PLANS,
    transfers.PLANS,
    kf.PLANS,
    kf_figures.PLANS,
    kf_messages.PLANS,
    media.PLANS,
    audit.PLANS,
    pay.PLANS,
    moments.PLANS,
    albums.PLANS,
    links.PLANS,
    names.PLANS,
)
"""The areas whose actions are plans."""

ACTIONS: Final[Mapping[str, Action]] = {
    **corp.ACTIONS,
    **messages.ACTIONS,
    **appchat.ACTIONS,
    **robots.ACTIONS,
    **contactways.ACTIONS,
    **{name: acting(plan) for area in PLANNED for name, plan in area.items()},
}
"""What this platform can be asked to do."""

SIGNALS: Final[Mapping[str, Callable[[Desk, State, Signal], Answer]]] = {
    **talking.SIGNALS,
    **oauth.SIGNALS,
    **external.SIGNALS,
    **transfers.SIGNALS,
    **groupchats.SIGNALS,
    **masssend.SIGNALS,
    **kf_messages.SIGNALS,
    **moments.SIGNALS,
    **links.SIGNALS,
    "wecom.push_faults": choosing("0", "40058"),
}
"""What this platform does with facts told afterwards; limits and breakers are the gate's."""
