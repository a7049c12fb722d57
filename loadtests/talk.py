"""One account's talk with the platforms: a call goes out, its reply comes in, and tokens are fetched anew when they have died.

Law: how a request travels comes in as `send`, so that the same talk goes through a socket and through a test's application.
A request that got no answer is a reply with the code `transport`, never an exception.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Any, Final

from loadtests.acts import ACTS, decode_act, encode_act
from loadtests.codec import FAILURES, TRANSPORT, Incoming, Outgoing, decode, decode_signal, encode, encode_signal
from loadtests.session import Session
from sandbox.behaviour import Call, Reply, Signal
from sandbox.errors import MachineError

Send = Callable[[Outgoing], Incoming]
"""Sends a request and waits for its answer. Raises OSError when there is none."""

LOST = Reply(False, TRANSPORT)
TOKENS: Final = {"wecom": "wecom.gettoken", "wechat": "wechat.stable_token", "shopee": "shopee.token_refresh"}
"""The action that gives each platform's token. Not `wechat.token`: it would let the token before it die (see the rulebook)."""

OPENED_BY: Final = {"channels": "wechat"}
"""Whose token opens a platform, where it is not its own."""

STALE: Final = {
    "wecom": frozenset({"40001", "40014", "42001"}),
    "wechat": frozenset({"40001", "40014", "42001"}),
    "shopee": frozenset({"invalid_acceess_token"}),
}
"""The codes upon which an SDK fetches a new token and repeats the call, once. (The vendor spells Shopee's so; WeChat Pay has no tokens.)"""


GIVING: Final = frozenset({*TOKENS.values(), "shopee.token_get"})
"""The actions whose answer holds the token to use from then on, whoever asked for it."""


class Talk:
    """Calls and facts of one account."""

    def __init__(self, session: Session, send: Send, account: str) -> None:
        self.session, self._send, self._account = session, send, account
        self._renewing = Lock()

    def call(self, call: Call) -> Reply:
        """Ask a platform; once more when its token had died."""
        platform = OPENED_BY.get(call.platform, call.platform)
        used = self.session.tokens.get(platform, "")
        reply = self._once(call)
        if reply.code in STALE.get(platform, ()) and call.action not in GIVING and self._renew(platform, used):
            reply = self._once(call)
        return reply

    def tell(self, signal: Signal) -> Reply:
        """Tell the sandbox a fact."""
        try:
            return decode_signal(*self._send(encode_signal(signal, self.session)))
        except OSError:
            return LOST

    def fetch_tokens(self) -> None:
        """Fetch every token that is wanted and not there. Raises MachineError when a platform does not give one."""
        for call in token_calls(self.session, self._account):
            reply = self._once(call)
            origin = self.session.bases[call.platform].origin
            if reply.code in FAILURES:
                raise MachineError(f"{origin} does not answer as a platform does: {call.action} ended in {reply.code}")
            if not reply.ok:
                raise MachineError(
                    f"{origin}: {call.action} gives no token: {reply.code}. Is the env file of another start?"
                )

    def _once(self, call: Call) -> Reply:
        try:
            if call.action in ACTS:
                return decode_act(*self._send(encode_act(call, self.session)))
            reply = decode(call, *self._send(encode(call, self.session)))
        except OSError:
            return LOST
        if reply.ok and call.action in GIVING:
            take_token(self.session, call.platform, reply)
        return reply

    def _renew(self, platform: str, used: str) -> bool:
        """A new token in place of `used`, unless somebody has fetched it meanwhile: Shopee's refresh token is good once."""
        with self._renewing:
            fresh = self.session.tokens.get(platform) != used
            return fresh or self._once(token_call(self.session, platform, self._account)).ok


def token_calls(session: Session, account: str) -> list[Call]:
    """The calls that fetch the tokens which the session lacks."""
    return [token_call(session, platform, account) for platform in TOKENS if platform not in session.tokens]


def token_call(session: Session, platform: str, account: str) -> Call:
    """The call that fetches one platform's token."""
    payload: dict[str, Any] = {}
    if platform == "shopee":
        ids = {"partner_id": int(session["SHOPEE_PARTNER_ID"]), "shop_id": int(session["SHOPEE_SHOP_ID"])}
        payload = {"refresh_token": session.refresh_token, **ids}
    return Call(platform, TOKENS[platform], account, payload=payload)


def take_token(session: Session, platform: str, reply: Reply) -> None:
    """Keep the token that an answer gives."""
    session.tokens[platform] = str(reply.body["access_token"])
    session.refresh_token = str(reply.body.get("refresh_token", session.refresh_token))
