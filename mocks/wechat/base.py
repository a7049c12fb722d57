"""The account's base interfaces: the platform's addresses, whether the merchant's server can be reached, quotas, and failed requests.

Law: what is shown of quotas are the rulebook's, counted by the gate. A request that failed is known by the number in its error's
text for seven days, to the account that made it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from mocks.channels.endpoints import ENDPOINTS as SHOP
from mocks.desk import Desk
from mocks.http import Answer
from mocks.wechat.endpoints import ENDPOINTS
from mocks.wechat.state import State
from sandbox.policy import Call

NAME: Final = "wechat"
DAY: Final = 86_400_000
RID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}")
ACTION_AT: Final = {one.path: one.action for one in (*ENDPOINTS, *SHOP)}
CALLERS: Final = ("203.0.113.9", "203.0.113.10", "203.0.113.11")
SERVERS: Final = ("203.0.113.33", "203.0.113.34")
OPERATORS: Final = ("CHINANET", "UNICOM", "CAP", "DEFAULT")


def callers(desk: Desk, _state: State, call: Call) -> Answer:
    """The addresses from which events come."""
    return desk.ask(call) or Answer("0", {"ip_list": list(CALLERS)})


def servers(desk: Desk, _state: State, call: Call) -> Answer:
    """The addresses that answer."""
    return desk.ask(call) or Answer("0", {"ip_list": list(SERVERS)})


def reach(desk: Desk, state: State, call: Call) -> Answer:
    """Can the merchant's server be found and reached? It always can: nothing is sent."""
    what, operator = call.payload.get("action"), call.payload.get("check_operator")
    if what not in ("dns", "ping", "all"):
        return Answer("40202")
    if operator not in OPERATORS:
        return Answer("40203")
    host = urlsplit(state.callback_url).hostname
    if not host:
        return Answer("40201")
    dns = {"dns": [{"ip": host, "real_operator": "UNICOM"}]}
    ping = {"ping": [{"ip": host, "from_operator": operator, "package_loss": "0%", "time": "23.079ms"}]}
    shown = {"dns": dns, "ping": ping, "all": {**dns, **ping}}[what]
    return desk.ask(call) or Answer("0", shown)


def clear_quota(desk: Desk, state: State, call: Call) -> Answer:
    """Begin the day's counting anew; ten times a month, both ways together."""
    if call.payload.get("appid") != state.appid:
        return Answer("40013")
    if refused := desk.ask(call):
        return refused
    desk.clear(state.account, NAME, {one.action for one in ENDPOINTS} - {call.action}, DAY)
    return Answer("0")


def quota_clear(desk: Desk, state: State, call: Call) -> Answer:
    """Begin the day's counting of one interface of the Channels shop anew."""
    path = call.payload.get("cgi_path")
    if not isinstance(path, str) or path not in ACTION_AT:
        return Answer("76021")
    platform = ACTION_AT[path].partition(".")[0]
    if platform == NAME:
        return Answer("76022")
    if refused := desk.ask(call):
        return refused
    desk.clear(state.account, platform, (ACTION_AT[path],), DAY)
    return Answer("0")


def quota_get(desk: Desk, state: State, call: Call) -> Answer:
    """What is allowed of one interface a day and a shorter time, and what of it is used."""
    path = call.payload.get("cgi_path")
    if not isinstance(path, str) or path not in ACTION_AT:
        return Answer("76021")
    if refused := desk.ask(call):
        return refused
    action = ACTION_AT[path]
    platform = action.partition(".")[0]
    met = desk.usage(Call(platform, action, state.account, state.identity))
    days = sorted((left, rule.limit) for rule, left in met if rule.window == DAY)
    rates = sorted((rule.limit, rule.window) for rule, _ in met if rule.window < DAY)
    left, limit = days[0] if days else (0, 0)
    shown: dict[str, Any] = {"quota": {"daily_limit": limit, "used": limit - left, "remain": left}}
    if rates:
        shown["rate_limit"] = {"call_count": rates[0][0], "refresh_second": max(1, rates[0][1] // 1000)}
    return Answer("0", shown)


def rid_get(desk: Desk, state: State, call: Call) -> Answer:
    """A request that failed: what was asked and said."""
    rid = call.payload.get("rid")
    if not isinstance(rid, str) or not RID.fullmatch(rid):
        return Answer("76002")
    if desk.now() - int(rid[:8], 16) * 1000 > desk.setting(NAME, "rid_kept"):
        return Answer("76004")
    found = state.office.failed.get(rid)
    if found is None:
        return Answer("76001" if desk.explained(rid) is None else "76003")
    if refused := desk.ask(call):
        return refused
    request = {
        "invoke_time": found.at // 1000,
        "cost_in_ms": found.took,
        "request_url": found.query,
        "request_body": found.asked,
        "response_body": found.said,
        "client_ip": found.ip,
    }
    return Answer("0", {"request": request})


ACTIONS: Final[Mapping[str, Any]] = {
    "wechat.getcallbackip": callers,
    "wechat.get_api_domain_ip": servers,
    "wechat.callback_check": reach,
    "wechat.clear_quota": clear_quota,
    "wechat.clear_quota_v2": clear_quota,
    "wechat.quota_clear": quota_clear,
    "wechat.quota_get": quota_get,
    "wechat.rid_get": rid_get,
}
"""What can be asked about the account itself."""
