"""Where notices of coupons go: set once for a merchant, one address for each kind.

Law: an address is kept as it was given; switching it off forgets nothing.
"""

from __future__ import annotations

from typing import Any

from mocks.desk import Desk
from mocks.http import Answer
from mocks.wechat_pay.fields import Action, Field, check, text_of, value_at
from mocks.wechat_pay.orders import bad_address, not_ours
from mocks.wechat_pay.state import State, rfc3339
from sandbox.policy import Call

FIELDS = (Field("/mchid", "商户号", most=32, optional=True), Field("/notify_url", "通知url地址", most=256))


def put(kind: str) -> Action:
    """The action that sets the address of a kind."""

    def act(desk: Desk, state: State, call: Call) -> Answer:
        asked = call.payload
        bad = check(desk, FIELDS, asked) or bad_address(desk, asked)
        if not bad and text_of(asked, "/mchid"):
            bad = not_ours(desk, state, asked, "/mchid")
        if bad or (bad := desk.ask(call)):
            return bad
        state.callbacks[kind] = text_of(asked, "/notify_url") if value_at(asked, "/switch") is not False else ""
        body: dict[str, Any] = {"update_time": rfc3339(desk.now()), "notify_url": text_of(asked, "/notify_url")}
        return Answer("0", body | ({"mchid": state.mchid} if kind == "busifavor" else {}))

    return act


def get(kind: str) -> Action:
    """The action that shows the address of a kind."""

    def act(desk: Desk, state: State, call: Call) -> Answer:
        if text_of(call.payload, "/mchid") and (bad := not_ours(desk, state, call.payload, "/mchid")):
            return bad
        if refused := desk.ask(call):
            return refused
        url = state.callbacks.get(kind)
        return Answer("0", {"mchid": state.mchid, "notify_url": url}) if url else Answer("RESOURCE_NOT_EXISTS")

    return act
