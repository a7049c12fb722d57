"""The corp and its application: token, tickets, addresses, the application's own settings and menu.

Law: a token is the same until it ends, with what is left of its life.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from typing import Any, Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.wecom.fields import Payload, each, mapping, maybe, one_of, text, texts, whole, wholes, wrong
from mocks.wecom.messages import bad_agent
from mocks.wecom.plan import Action, Deed, Plan, acting, ok, telling
from mocks.wecom.state import State
from sandbox.policy import Call

CALLBACK_IPS: Final = ("101.226.103.0/25", "140.207.54.0/25", "182.254.11.176", "182.254.78.66")
API_IPS: Final = ("182.254.11.176", "182.254.78.66")
SETTINGS: Final = {
    "name": maybe(text(32, 0)),
    "description": maybe(text(120, 0)),
    "redirect_domain": maybe(text(256, 0)),
    "home_url": maybe(text(1024, 0)),
    "logo_mediaid": maybe(text(128, 0)),
    "report_location_flag": maybe(one_of(0, 1)),
    "isreportenter": maybe(one_of(0, 1)),
}


def gettoken(desk: Desk, state: State, call: Call) -> Answer:
    """The application's token: the same one, with what is left of its life, until it ends."""
    if refused := desk.ask(call):
        return refused
    now, life = desk.now(), desk.setting("wecom", "token_life")
    if now >= state.token_until:
        state.tokens_issued += 1
        seed = f"{state.secret}/{state.tokens_issued}".encode()
        state.token = base64.urlsafe_b64encode(hashlib.sha512(seed).digest() * 2).decode()[:214]
        state.token_until = now + life
    return Answer("0", {"access_token": state.token, "expires_in": (state.token_until - now) // 1000})


def _ticket(desk: Desk, state: State, kind: str) -> Deed:
    """A ticket for pages: the same one for two hours, by the clock."""
    life = desk.setting("wecom", "ticket_life")
    began = desk.now() - desk.now() % life
    return telling(ticket=state.derived(f"{kind}/{began}", 86), expires_in=(began + life - desk.now()) // 1000)


def jsapi_ticket(desk: Desk, state: State, _payload: Payload) -> Answer | Deed:
    """The corp's ticket."""
    return _ticket(desk, state, "corp ticket")


def agent_ticket(desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """The application's ticket."""
    return wrong(payload, {"type": one_of("agent_config")}) or _ticket(desk, state, "agent ticket")


def callback_ips(_desk: Desk, _state: State, _payload: Payload) -> Answer | Deed:
    """Where events come from."""
    return telling(ip_list=list(CALLBACK_IPS))


def api_ips(_desk: Desk, _state: State, _payload: Payload) -> Answer | Deed:
    """Where the interface is."""
    return telling(ip_list=list(API_IPS))


def agent_get(_desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """The application as it is set: every member sees it."""
    if refused := bad_agent(state, payload):
        return refused
    shown: dict[str, Any] = {
        "agentid": state.agentid,
        "name": "",
        "square_logo_url": "",
        "description": "",
        "allow_userinfos": {"user": []},
        "allow_partys": {"partyid": [1]},
        "allow_tags": {"tagid": []},
        "close": 0,
        "redirect_domain": "",
        "report_location_flag": 0,
        "isreportenter": 0,
        "home_url": "",
    }
    return telling(**{**shown, **state.agent})


def agent_list(_desk: Desk, state: State, _payload: Payload) -> Answer | Deed:
    """The one application that the token is for."""
    row = {"agentid": state.agentid, "name": state.agent["name"], "square_logo_url": state.agent["square_logo_url"]}
    return telling(agentlist=[row])


def agent_set(_desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """Set the application; what is not mentioned stays."""
    if refused := bad_agent(state, payload) or wrong(payload, SETTINGS):
        return refused
    changed = {name: payload[name] for name in SETTINGS if name != "logo_mediaid" and payload.get(name) is not None}

    def deed() -> Answer:
        state.agent.update(changed)
        return ok()

    return deed


BUTTON: Final = {"name": text(16), "sub_button": maybe(each(mapping, 5))}


def menu_create(_desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """A menu of up to three buttons with up to five below each."""
    if refused := bad_agent(state, payload) or wrong(payload, {"button": each(mapping, 3, 1)}):
        return refused
    for one in payload["button"]:
        if refused := wrong(one, BUTTON):
            return refused

    def deed() -> Answer:
        state.menu = {"button": payload["button"]}
        return ok()

    return deed


def menu_get(_desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """The menu as it was set."""
    if refused := bad_agent(state, payload):
        return refused
    return telling(**state.menu) if state.menu else Answer("46003")


def menu_delete(_desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """No menu."""
    if refused := bad_agent(state, payload):
        return refused

    def deed() -> Answer:
        state.menu = None
        return ok()

    return deed


INVITED: Final = {"user": maybe(texts(1000)), "party": maybe(wholes(100)), "tag": maybe(each(whole(1), 100))}


def invite(_desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """Invite members to use WeCom; the unknown are named."""
    if refused := wrong(payload, INVITED):
        return refused
    users, parties, tags = (payload.get(name) or [] for name in INVITED)
    if not (users or parties or tags):
        return Answer("40063")
    directory = state.directory
    bad_parties = [one for one in parties if int(one) not in directory.departments]
    bad_tags = [one for one in tags if int(one) not in directory.tags]
    return telling(
        invaliduser=[one.lower() for one in users if one.lower() not in state.users],
        invalidparty=bad_parties,
        invalidtag=bad_tags,
    )


def _domain(payload: Payload) -> dict[str, str]:
    return {"domain": "1" if payload.get("redirect_domain") is not None else "0"}


ACTIONS: Final[Mapping[str, Action]] = {"wecom.gettoken": gettoken, "wecom.agent_set": acting(agent_set, _domain)}
"""What asks the gate in its own way, or tells it more."""

PLANS: Final[Mapping[str, Plan]] = {
    "wecom.get_jsapi_ticket": jsapi_ticket,
    "wecom.ticket_get": agent_ticket,
    "wecom.getcallbackip": callback_ips,
    "wecom.get_api_domain_ip": api_ips,
    "wecom.agent_get": agent_get,
    "wecom.agent_list": agent_list,
    "wecom.menu_create": menu_create,
    "wecom.menu_get": menu_get,
    "wecom.menu_delete": menu_delete,
    "wecom.batch_invite": invite,
}
"""What can be done with the application."""
