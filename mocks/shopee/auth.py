"""How a partner comes to a shop's tokens, and how long they are good.

Law: a code and a refresh token are good once; after a refresh the old access token stays good for a while.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.shopee.fields import NAME
from mocks.shopee.plan import Action, ok
from mocks.shopee.state import State
from sandbox.policy import Call


def token_get(desk: Desk, state: State, call: Call) -> Answer:
    """Trade the one-time code for tokens. Guesses are counted too, or a code could be found by trying."""
    if refused := desk.ask(call):
        return refused
    if not state.code or call.payload.get("code") != state.code or desk.now() >= state.code_until:
        return Answer("invalid_code")
    if str(call.payload.get("shop_id", "")) != str(state.shop_id):
        return Answer("invalid_shop_id")
    state.code = ""
    return Answer("", _new_tokens(desk, state))


def token_refresh(desk: Desk, state: State, call: Call) -> Answer:
    """Trade the single-use refresh token for a new pair; the old access token stays good for a while."""
    if refused := desk.ask(call):
        return refused
    if call.payload.get("refresh_token") != state.refresh_token or desk.now() >= state.refresh_until:
        return Answer("error_shop_refresh_token")
    if str(call.payload.get("shop_id", "")) != str(state.shop_id):
        return Answer("error_shop_refresh_token")
    return ok(partner_id=state.partner_id, shop_id=state.shop_id, **_new_tokens(desk, state))


def _new_tokens(desk: Desk, state: State) -> dict[str, Any]:
    now = desk.now()
    grace = desk.setting(NAME, "token_grace")
    state.old_token, state.old_until = state.access_token, min(state.access_until, now + grace)
    state.access_token, state.refresh_token = state.mint(), state.mint()
    state.access_until = now + desk.setting(NAME, "token_life")
    state.refresh_until = now + desk.setting(NAME, "refresh_life")
    life = desk.setting(NAME, "token_life") // 1000
    return {"access_token": state.access_token, "refresh_token": state.refresh_token, "expire_in": life}


def token_good(state: State, token: str, now: int) -> bool:
    """Does this access token still open the shop?"""
    return (token == state.access_token and now < state.access_until) or (
        bool(token) and token == state.old_token and now < state.old_until
    )


ACTIONS: Final[Mapping[str, Action]] = {"shopee.token_get": token_get, "shopee.token_refresh": token_refresh}
"""What can be asked for without a token."""
