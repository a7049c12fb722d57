"""How a partner comes to a shop's tokens, and how long they are good.

Law: a code and a refresh token are good once; after a refresh the old access token stays good for a while.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.shopee.fields import NAME, Payload, whole
from mocks.shopee.plan import Action, ok
from mocks.shopee.state import State
from sandbox.policy import Call


def token_get(desk: Desk, state: State, call: Call) -> Answer:
    """Trade the one-time code for tokens. Guesses are counted too, or a code could be found by trying."""
    asked = call.payload
    if refused := desk.ask(call) or _stranger(state, asked):
        return refused
    if not state.code or asked.get("code") != state.code or desk.now() >= state.code_until:
        return Answer("invalid_code")
    if asked.get("main_account_id") is not None and asked.get("shop_id") is None:
        return Answer("invalid_main_acount_id")
    if not _of_shop(state, asked):
        return Answer("invalid_shop_id")
    state.code = ""
    return Answer("", _new_tokens(desk, state))


def token_refresh(desk: Desk, state: State, call: Call) -> Answer:
    """Trade the single-use refresh token for a new pair; the old access token stays good for a while."""
    asked, now = call.payload, desk.now()
    if refused := desk.ask(call) or _stranger(state, asked):
        return refused
    given = asked.get("refresh_token")
    if not given or given != state.refresh_token or not _of_shop(state, asked):
        of_merchant = asked.get("merchant_id") is not None and asked.get("shop_id") is None
        return Answer("error_merchant_refresh_token" if of_merchant else "error_shop_refresh_token")
    if now >= state.granted + desk.setting(NAME, "authorisation_life"):
        return Answer("shop_access_expired")
    if now >= state.refresh_until:
        return Answer("refresh_token_expired")
    return ok(partner_id=state.partner_id, shop_id=state.shop_id, **_new_tokens(desk, state))


def _stranger(state: State, asked: Payload) -> Answer | None:
    """Does the body name another partner than the query?"""
    named = asked.get("partner_id")
    return None if named is None or whole(named) == state.partner_id else Answer("error_auth", text="partner_id is invalid")


def _of_shop(state: State, asked: Payload) -> bool:
    return whole(asked.get("shop_id")) == state.shop_id


def _new_tokens(desk: Desk, state: State) -> dict[str, Any]:
    now, grace = desk.now(), desk.setting(NAME, "token_grace")
    kept = {token: until for token, until in state.old_tokens.items() if until > now}
    state.old_tokens = {**kept, state.access_token: min(state.access_until, now + grace)}
    state.access_token, state.refresh_token = state.mint(), state.mint()
    state.access_until = now + desk.setting(NAME, "token_life")
    state.refresh_until = now + desk.setting(NAME, "refresh_life")
    life = desk.setting(NAME, "token_life") // 1000
    return {"access_token": state.access_token, "refresh_token": state.refresh_token, "expire_in": life}


def token_good(state: State, token: str, now: int) -> bool:
    """Does this access token still open the shop?"""
    until = state.access_until if token == state.access_token else state.old_tokens.get(token, 0)
    return now < until


ACTIONS: Final[Mapping[str, Action]] = {"shopee.token_get": token_get, "shopee.token_refresh": token_refresh}
"""What can be asked for without a token."""
