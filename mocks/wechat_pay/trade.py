"""May this merchant take payments in this way at all? Entity, channel, deposit, kind of application, customs.

Law: looks at the merchant's terms only. Facts M06, M07, M08, V01, V02, V08.
"""

from __future__ import annotations

from mocks.desk import Desk
from mocks.http import Answer
from mocks.wechat_pay.fields import NAME
from mocks.wechat_pay.state import State

SCENES = {
    "JSAPI": ("service", "miniprogram"),
    "MWEB": ("service", "verified_subscription", "unverified_subscription"),
}
"""Which kinds of application a way to pay is open to; others are open to all."""


def barred(desk: Desk, state: State, trade_type: str) -> Answer | None:
    """Why the merchant may not take a payment; None when it may."""
    terms = state.terms
    if not terms.entity_equal or terms.channel_leased:
        return Answer("NO_AUTH", text=desk.setting(NAME, "text_risk_control"))
    if terms.deposit < desk.setting(NAME, f"deposit_{terms.shop}"):
        return Answer("NO_AUTH", text=desk.setting(NAME, "text_deposit"))
    if state.app_kind not in SCENES.get(trade_type, (state.app_kind,)):
        return Answer("NO_AUTH", text=desk.setting(NAME, "text_scene"))
    if terms.goods == "international" and not terms.customs_no:
        return Answer("NO_AUTH", text=desk.setting(NAME, "text_customs"))
    return None
