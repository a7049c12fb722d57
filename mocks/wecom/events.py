"""What WeCom tells an application's server: events as plain fields, pushed to the account's receiving address.

Law: a corp that has set no receiving address is sent nothing, as at the vendor. The body's order is the order in the XML.
"""

from __future__ import annotations

from typing import Any

from mocks.desk import Desk
from mocks.wecom.state import State
from sandbox.behaviour import Push

SYSTEM = "sys"


def tell(desk: Desk, state: State, event: str, *, sender: str = SYSTEM, **fields: Any) -> None:
    """Push one event. Fields that are None are left out; lists of values are joined with commas, as WeCom does."""
    message(desk, state, sender, f"wecom.{event}", {"MsgType": "event", "Event": event, **fields})


def message(desk: Desk, state: State, sender: str, topic: str, fields: dict[str, Any]) -> None:
    """Push one message or event with the head that all of them have."""
    if not state.ear(fields).url:
        return
    head = {"ToUserName": state.corpid, "FromUserName": sender, "CreateTime": desk.now() // 1000}
    body = {name: _plain(value) for name, value in {**head, **fields}.items() if value is not None}
    desk.post(state.account, Push(topic, {"AgentID": state.agentid, **body}, desk.now()))


def _plain(value: Any) -> Any:
    if isinstance(value, list) and not any(isinstance(one, dict) for one in value):
        return ",".join(map(str, value))
    return value
