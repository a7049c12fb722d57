"""The application's own settings for pushes, what was lost of them, and what is to go wrong with them.

Law: plans. Saving the settings begins the counting anew, and lifts a suspension.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Any, Final
from urllib.parse import urlsplit

from mocks.desk import Desk
from mocks.faults import choosing
from mocks.http import Answer, dumps
from mocks.shopee.courier import TEST
from mocks.shopee.fields import NAME, Payload, between, checked, each, maybe, whole, wrong
from mocks.shopee.plan import Deed, Fact, Plan, ok, telling
from mocks.shopee.sending import Lost
from mocks.shopee.state import State
from sandbox.behaviour import Push

CODES: Final = (*range(1, 14), 15, 16, 22, 27, 28, 29, 30)
"""The pushes that can be switched."""

PAGE: Final = 100


def push_config(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """Where pushes go from now on, and which; a field that is not named stays as it was."""
    url = asked.get("callback_url", state.push_url)
    if not isinstance(url, str) or not can_be_called(url):
        return wrong("callback_url is invalid")
    codes = maybe(each(between(0, 100), 100, 0))
    kinds = {
        "set_push_config_on": codes,
        "set_push_config_off": codes,
        "blocked_shop_id_list": maybe(each(between(), 500, 0)),
    }
    if refused := checked(asked, kinds):
        return refused

    def deed() -> Answer:
        sending = state.sending
        state.push_url = url
        sending.off |= {int(one) for one in asked.get("set_push_config_off") or []}
        sending.off -= {int(one) for one in asked.get("set_push_config_on") or []}
        if asked.get("blocked_shop_id_list") is not None:
            sending.blocked = {int(one) for one in asked["blocked_shop_id_list"]}
        sending.restart()
        if desk.setting(NAME, "push_test"):
            _try(desk, state)
        return ok(result="success")

    return deed


def _try(desk: Desk, state: State) -> None:
    """Push something to the new address; when it is not taken the address is forgotten."""
    data = {"verify_info": "This is a Verification message. Please respond in the certain format."}
    body = {"data": data, "shop_id": state.shop_id, "code": TEST, "timestamp": desk.now() // 1000}
    desk.post(state.account, Push("shopee.test", body))


def can_be_called(url: str) -> bool:
    """Has the URL a host and a port that something can be sent to?"""
    try:
        parts = urlsplit(url)
        there = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    return there and parts.scheme in ("http", "https") and url.isprintable() and " " not in url


def config(_desk: Desk, state: State, _asked: Payload) -> Answer | Deed:
    """The settings as they are, and how pushes fare."""
    sending = state.sending
    return telling(
        callback_url=state.push_url,
        live_push_status=sending.status,
        suspended_time=sending.suspended_at // 1000,
        blocked_shop_id=sorted(sending.blocked),
        push_config_on_list=[code for code in CODES if code not in sending.off],
        push_config_off_list=sorted(sending.off),
    )


def lost(desk: Desk, state: State, _asked: Payload) -> Answer | Deed:
    """What did not arrive in the last three days and was not confirmed, the oldest first."""
    since = desk.now() - desk.setting(NAME, "lost_kept")

    def deed() -> Answer:
        found = list(islice((one for one in state.sending.lost if one.at >= since), PAGE + 1))
        rows = [_row(one) for one in found[:PAGE]]
        last = found[:PAGE][-1].id if found else 0
        return ok(push_message_list=rows, has_next_page=len(found) > PAGE, last_message_id=last)

    return deed


def _row(one: Lost) -> dict[str, Any]:
    """A lost push; its data is the whole of it, as text."""
    body = one.push.body
    shop = {"shop_id": body["shop_id"]} if "shop_id" in body else {}
    return {**shop, "code": body["code"], "timestamp": body["timestamp"], "data": dumps(body).decode()}


def confirm(_desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """Everything up to a message was read."""
    number = whole(asked.get("last_message_id"))
    if number is None or not 1 <= number <= state.sending.losses:
        return wrong("last_message_id is invalid")

    def deed() -> Answer:
        kept = state.sending.lost
        while kept and kept[0].id <= number:
            kept.popleft()
        return ok()

    return deed


PLANS: Final[Mapping[str, Plan]] = {
    "shopee.push_config": push_config,
    "shopee.push_config_get": config,
    "shopee.push_lost": lost,
    "shopee.push_lost_confirm": confirm,
}
"""What can be asked about pushes."""

SIGNALS: Final[Mapping[str, Fact]] = {"shopee.push_faults": choosing("", "error_param")}
"""What is chosen through the control plane."""
