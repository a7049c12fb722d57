"""Tickets for pages: `jsapi` opens the JS-SDK, `wx_card` signs what concerns cards (the api_ticket of fact A07).

Law: a ticket lives two hours. Within them the same is given, until its last minutes; an older one stays good to its end.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.wechat.office import Ticket
from mocks.wechat.state import State
from sandbox.policy import Call

NAME: Final = "wechat"
JSAPI, CARD = "jsapi", "wx_card"
KINDS: Final = (JSAPI, CARD, "2")
"""What a ticket is for; `2` is that of applications."""


def getticket(desk: Desk, state: State, call: Call) -> Answer:
    """The ticket of a kind, and for how many seconds more it is good."""
    kind = call.payload.get("type", JSAPI)
    if kind not in KINDS:
        return Answer("40097", text="invalid args, type: expecting jsapi or wx_card")
    if refused := desk.ask(call):
        return refused
    now, grace = desk.now(), desk.setting(NAME, "token_grace")
    office = state.office
    office.tickets[:] = [one for one in office.tickets if one.until > now]
    fresh = next((one for one in office.tickets if one.kind == kind and one.until - grace > now), None)
    if fresh is None:
        text = office.mint(state.secret, f"ticket/{kind}")[:86]
        fresh = Ticket(kind, text, now + desk.setting(NAME, "ticket_life"))
        office.tickets.append(fresh)
    return Answer("0", {"ticket": fresh.text, "expires_in": (fresh.until - now) // 1000})


def good(state: State, kind: str, now: int) -> list[str]:
    """The tickets of a kind that are good now."""
    return [one.text for one in state.office.tickets if one.kind == kind and one.until > now]


ACTIONS: Final[Mapping[str, Any]] = {"wechat.getticket": getticket}
"""What can be asked about tickets."""
