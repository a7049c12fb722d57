"""The vendor's page on which a seller lets a partner into the shop, and the one on which he takes that back.

Law: plans. The seller always agrees: the page answers at once with the redirect that follows his click.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from mocks.desk import Desk
from mocks.http import Answer
from mocks.shopee.fields import NAME, Payload, checked, maybe, one_of
from mocks.shopee.plan import Deed, Fact, Plan, ok
from mocks.shopee.pushing import can_be_called
from mocks.shopee.state import State
from sandbox.behaviour import Push
from sandbox.policy import Signal

BAD: Final = "The domain of redirect_uri is not consistent with the Redirect URL Domain declared in console."


def _told(desk: Desk, state: State, code: int, kind: str) -> None:
    """Push 1 or 2: the partner stands at the top, the shop inside."""
    data = {"authorize_type": kind, "extra": "", "shop_id": state.shop_id, "success": 1}
    body = {"data": data, "partner_id": state.partner_id, "code": code, "timestamp": desk.now() // 1000}
    desk.post(state.account, Push("shopee.authorisation", body))


def _page(asked: Payload) -> str | Answer:
    """Where the seller is sent afterwards."""
    url = asked.get("redirect")
    good = isinstance(url, str) and url.isascii() and can_be_called(url)
    return str(url) if good else Answer("error_param", {"code": 1, "msg": BAD, "debug_message": ""}, BAD)


def _back(url: str, asked: Payload, **said: object) -> Answer:
    """Back to the partner, with the `state` that it gave last."""
    mark = "&" if "?" in url else "?"
    given = {"state": asked["state"]} if isinstance(asked.get("state"), str) else {}
    return ok(redirect=f"{url}{mark}{urlencode({**said, **given}, errors='replace')}")


def authorise(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """The seller agrees: a new code, good once and for ten minutes. Some clients take the code by its place: it comes first."""
    url = _page(asked)
    if isinstance(url, Answer):
        return url

    def deed() -> Answer:
        state.code, state.code_until = state.mint(), desk.now() + desk.setting(NAME, "code_life")
        _begin(desk, state)
        return _back(url, asked, code=state.code, shop_id=state.shop_id)

    return deed


def authorise_old(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """The same by the page of v1, whose calls need no token: the partner is told the shop, and no code."""
    url = _page(asked)
    if isinstance(url, Answer):
        return url

    def deed() -> Answer:
        _begin(desk, state)
        return _back(url, asked, shop_id=state.shop_id)

    return deed


def cancel(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """The seller takes it back: the tokens are no longer good."""
    url = _page(asked)
    if isinstance(url, Answer):
        return url

    def deed() -> Answer:
        _end(desk, state, "user cancel shop authorization")
        return _back(url, asked, shop_id=state.shop_id)

    return deed


def _begin(desk: Desk, state: State) -> None:
    """The shop lets the partner in, for a year: before that is over the partner is warned (12), unless it was let in anew."""
    granted = state.granted = desk.now()
    state.authorised = True
    _told(desk, state, 1, "shop authorization by user")
    over = granted + desk.setting(NAME, "authorisation_life")

    def warn() -> None:
        if state.authorised and state.granted == granted:
            _warn(desk, state, over)

    def end() -> None:
        if state.authorised and state.granted == granted:
            _end(desk, state, "expiry")

    desk.later(state.account, over - desk.setting(NAME, "authorisation_warned"), "warning of a shopee authorisation", warn)
    desk.later(state.account, over, "end of a shopee authorisation", end)


def _warn(desk: Desk, state: State, over: int) -> None:
    """Push 12: whose authorisations end soon; it names neither shop nor partner at its top."""
    soon = {"merchant_expire_soon": [], "shop_expire_soon": [state.shop_id], "user_expire_soon": []}
    data = {**soon, "expire_before": over // 1000, "page_no": 1, "total_page": 1}
    desk.post(state.account, Push("shopee.authorisation", {"data": data, "code": 12, "timestamp": desk.now() // 1000}))


def _end(desk: Desk, state: State, why: str) -> None:
    state.authorised = False
    state.code, state.refresh_token, state.access_until, state.old_tokens = "", "", 0, {}
    _told(desk, state, 2, why)


def _on_new_page(plan: Plan) -> Plan:
    """The same on the page that is opened without a signature: it has another name for where the seller is sent."""

    def page(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
        if refused := checked(asked, {"auth_type": one_of("seller"), "response_type": maybe(one_of("code"))}):
            return refused
        return plan(desk, state, {**asked, "redirect": asked.get("redirect_uri")})

    return page


def cancelled(desk: Desk, state: State, signal: Signal) -> Answer:
    """The authorisation ends otherwise: it expires, or the vendor ends it; `authorize_type` says how."""
    _end(desk, state, str(signal.payload.get("authorize_type", "expiry")))
    return ok()


PLANS: Final[Mapping[str, Plan]] = {
    "shopee.auth_page": _on_new_page(authorise),
    "shopee.cancel_auth_page": _on_new_page(cancel),
    "shopee.auth_partner": authorise,
    "shopee.cancel_auth_partner": cancel,
    "shopee.v1_auth_partner": authorise_old,
    "shopee.v1_cancel_auth_partner": cancel,
}
"""What the pages do."""

SIGNALS: Final[Mapping[str, Fact]] = {"shopee.authorisation_ended": cancelled}
"""What happens to an authorisation from outside."""
