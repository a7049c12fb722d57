"""Who opened a page (网页授权): a code from a person's hand, exchanged once for his identity.

Law: plans (see `plan`) and a signal. A code works once, within five minutes; the older path answers in capital letters.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.wecom.external import customer_of
from mocks.wecom.fields import Payload, bad, text, wrong
from mocks.wecom.members import known
from mocks.wecom.plan import Deed, Plan, ok, telling
from mocks.wecom.state import Grant, State
from sandbox.policy import Signal

DETAILS: Final = ("gender", "avatar", "qr_code", "mobile", "email", "biz_mail", "address")
KEPT = 1_000


def authorized(desk: Desk, state: State, signal: Signal) -> Answer:
    """A member (`userid`) or a customer (`external_userid`) opens a page; answers with the code that its address would carry."""
    outside = bool(signal.payload.get("external_userid"))
    person = customer_of(state, signal.payload) if outside else known(state, signal.payload)
    if isinstance(person, Answer):
        return person
    name = str(signal.payload["external_userid"]) if outside else person.shown()["userid"]
    while len(state.grants) >= KEPT:
        del state.grants[next(iter(state.grants))]
    code = state.mint("code", 43)
    state.grants[code] = Grant(name, outside, desk.now() + desk.setting("wecom", "oauth_code_life"))
    return ok(oauth_code=code)


def granted(desk: Desk, state: State, payload: Payload) -> Grant | Answer:
    """The code that a request names, if it is good and not used."""
    code = payload.get("code")
    if not code:
        return Answer("41008")
    grant = state.grants.get(code) if isinstance(code, str) else None
    if grant is None:
        return Answer("40029")
    if grant.used:
        return Answer("42022")
    return Answer("42003") if desk.now() >= grant.until else grant


def _redeem(desk: Desk, state: State, grant: Grant) -> str:
    """Use a code up; the ticket of a member, which tells more of him."""
    grant.used = True
    if grant.outside:
        return ""
    grant.ticket = state.mint("user_ticket", 64)
    grant.until = desk.now() + desk.setting("wecom", "user_ticket_life")
    return grant.ticket


def getuserinfo(desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """Who it was."""
    grant = granted(desk, state, payload)
    if isinstance(grant, Answer):
        return grant

    def deed() -> Answer:
        ticket = _redeem(desk, state, grant)
        if grant.outside:
            return ok(openid=_openid(state, grant), external_userid=grant.name)
        return ok(userid=grant.name, user_ticket=ticket)

    return deed


def legacy_getuserinfo(desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """Who it was, as old clients ask."""
    grant = granted(desk, state, payload)
    if isinstance(grant, Answer):
        return grant

    def deed() -> Answer:
        ticket, device = _redeem(desk, state, grant), state.derived(f"device/{grant.name}", 32)
        if grant.outside:
            return ok(OpenId=_openid(state, grant), DeviceId=device, external_userid=grant.name)
        life = desk.setting("wecom", "user_ticket_life") // 1000
        return ok(UserId=grant.name, DeviceId=device, user_ticket=ticket, expires_in=life)

    return deed


def _openid(state: State, grant: Grant) -> str:
    return "o" + state.derived(f"openid/{grant.name}", 27)


def getuserdetail(desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """More of a member, with the ticket that came with his identity."""
    if refused := wrong(payload, {"user_ticket": text(512)}):
        return refused
    grant = next((one for one in state.grants.values() if one.ticket == payload["user_ticket"]), None)
    if grant is None or desk.now() >= grant.until:
        return Answer("42003") if grant else bad("user_ticket")
    member = known(state, {"userid": grant.name})
    if isinstance(member, Answer):
        return member
    shown: dict[str, Any] = member.shown()
    return telling(userid=member.userid, **{name: shown[name] for name in DETAILS})


PLANS: Final[Mapping[str, Plan]] = {
    "wecom.auth_getuserinfo": getuserinfo,
    "wecom.user_getuserinfo": legacy_getuserinfo,
    "wecom.auth_getuserdetail": getuserdetail,
}
"""What can be asked of who opened a page."""

SIGNALS: Final[Mapping[str, Callable[[Desk, State, Signal], Answer]]] = {"wecom.page_opened": authorized}
"""What people do."""
