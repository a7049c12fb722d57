"""Calls and facts as HTTP requests, and HTTP answers as replies: the wire of every platform, as a client speaks it.

Law: pure; no socket, no Locust. A decoded reply equals what `mocks.inprocess` says for the same call, so that a behaviour cannot
tell the worlds apart. What is no platform's answer (marked `X-Sandbox-Error`, no JSON, no envelope) is never taken for one.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from loadtests.session import Base, Session
from mocks.shopee import wire
from mocks.wechat_pay import wire as pay
from sandbox.behaviour import Call, Push, Reply, Signal
from sandbox.clock import real_now
from sandbox.errors import InputError

SANDBOX_ERROR, TRANSPORT = "sandbox_error", "transport"
"""Codes of replies that no platform gave: the sandbox failed; the request failed on its way."""

FAILURES = frozenset({SANDBOX_ERROR, TRANSPORT})
"""With one of these in it, a run says nothing about a platform."""

BROKEN = Reply(False, SANDBOX_ERROR)
PUSH_TOPICS: Final[Mapping[int, str]] = {3: "shopee.order_status"}
"""Topics by the `code` of Shopee's push."""

Headers = tuple[tuple[str, str], ...]
JSON: Headers = (("Content-Type", "application/json"),)


class Outgoing(NamedTuple):
    """A request to send: `target` is path and query, from the origin's root."""

    method: str
    origin: str
    target: str
    headers: Headers
    body: bytes


class Incoming(NamedTuple):
    """What came back; names of headers in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


Credentials = Callable[[Session, "Route", Call], tuple[dict[str, str], dict[str, Any]]]
"""What makes a request known to the platform: parameters of the query, and fields of the payload."""


@dataclass(frozen=True, slots=True)
class Route:
    """Where an action is, and how its caller is known there."""

    platform: str
    method: str
    path: str
    known_by: Credentials


def _token(session: Session, route: Route, _call: Call) -> tuple[dict[str, str], dict[str, Any]]:
    return {"access_token": session.tokens.get(route.platform, "")}, {}


def _wecom_secret(session: Session, _route: Route, _call: Call) -> tuple[dict[str, str], dict[str, Any]]:
    return {"corpid": session["WECOM_CORPID"], "corpsecret": session["WECOM_SECRET"]}, {}


def _wechat_secret(session: Session, _route: Route, _call: Call) -> tuple[dict[str, str], dict[str, Any]]:
    fields = {"grant_type": "client_credential", "appid": session["WECHAT_APPID"], "secret": session["WECHAT_SECRET"]}
    return {}, fields


def _robot(session: Session, _route: Route, call: Call) -> tuple[dict[str, str], dict[str, Any]]:
    return {"key": call.actor.get("webhook", session["WECOM_WEBHOOK_KEY"])}, {}


def _binding(session: Session, _route: Route, _call: Call) -> tuple[dict[str, str], dict[str, Any]]:
    return {"key": session.binding_key}, {}


def _partner(session: Session, route: Route, _call: Call) -> tuple[dict[str, str], dict[str, Any]]:
    """Shopee signs with real time, see `mocks.shopee.routes`."""
    partner, stamp = session["SHOPEE_PARTNER_ID"], str(real_now() // 1000)
    sign = wire.sign(session["SHOPEE_PARTNER_KEY"], partner, route.path, stamp)
    return {"partner_id": partner, "timestamp": stamp, "sign": sign}, {}


def _shop(session: Session, route: Route, _call: Call) -> tuple[dict[str, str], dict[str, Any]]:
    partner, stamp = session["SHOPEE_PARTNER_ID"], str(real_now() // 1000)
    token, shop = session.tokens.get("shopee", ""), session["SHOPEE_SHOP_ID"]
    sign = wire.sign(session["SHOPEE_PARTNER_KEY"], partner, route.path, stamp, token, shop)
    return {"partner_id": partner, "timestamp": stamp, "access_token": token, "shop_id": shop, "sign": sign}, {}


def _signed(_session: Session, _route: Route, _call: Call) -> tuple[dict[str, str], dict[str, Any]]:
    """WeChat Pay knows its caller by a signature over all of the request, see `pay_headers`."""
    return {}, {}


ROUTES: Final[Mapping[str, Route]] = {
    "wecom.gettoken": Route("wecom", "GET", "/cgi-bin/gettoken", _wecom_secret),
    "wecom.message_send": Route("wecom", "POST", "/cgi-bin/message/send", _token),
    "wecom.webhook_send": Route("wecom", "POST", "/cgi-bin/webhook/send", _robot),
    "wecom.binding_push": Route("wecom", "POST", "/cgi-bin/webhook/send", _binding),
    "wecom.user_get": Route("wecom", "GET", "/cgi-bin/user/get", _token),
    "wechat.token": Route("wechat", "GET", "/cgi-bin/token", _wechat_secret),
    "wechat.stable_token": Route("wechat", "POST", "/cgi-bin/stable_token", _wechat_secret),
    "wechat.card.create": Route("wechat", "POST", "/card/create", _token),
    "wechat.card.get": Route("wechat", "POST", "/card/get", _token),
    "wechat.card.modifystock": Route("wechat", "POST", "/card/modifystock", _token),
    "wechat.card.deposit": Route("wechat", "POST", "/card/code/deposit", _token),
    "wechat.card.code_get": Route("wechat", "POST", "/card/code/get", _token),
    "wechat.card.consume": Route("wechat", "POST", "/card/code/consume", _token),
    "channels.product_list": Route("wechat", "POST", "/channels/ec/product/list/get", _token),
    "channels.stock_update": Route("wechat", "POST", "/channels/ec/product/stock/update", _token),
    "channels.window_list": Route("wechat", "POST", "/channels/ec/window/product/list/get", _token),
    "channels.live_card": Route("wechat", "POST", "/channels/ec/window/product/get", _token),
    "channels.order_get": Route("wechat", "POST", "/channels/ec/order/get", _token),
    "shopee.token_get": Route("shopee", "POST", "/api/v2/auth/token/get", _partner),
    "shopee.token_refresh": Route("shopee", "POST", "/api/v2/auth/access_token/get", _partner),
    "shopee.order_list": Route("shopee", "GET", "/api/v2/order/get_order_list", _shop),
    "shopee.order_detail": Route("shopee", "GET", "/api/v2/order/get_order_detail", _shop),
    "wechat_pay.pay_native": Route("wechat_pay", "POST", "/v3/pay/transactions/native", _signed),
    "wechat_pay.sharing": Route("wechat_pay", "POST", "/v3/profitsharing/orders", _signed),
    "wechat_pay.sharing_receiver_add": Route("wechat_pay", "POST", "/v3/profitsharing/receivers/add", _signed),
    "shopee.push_config": Route("shopee", "POST", "/api/v2/push/set_app_push_config", _partner),
}
"""Where each action is that a behaviour may ask for. Tests hold it against the behaviours and against the mocks' own tables."""


def encode(call: Call, session: Session) -> Outgoing:
    """The request that asks for this, as the account's own application sends it. Raises InputError for an action without a route."""
    route = ROUTES.get(call.action)
    if route is None:
        raise InputError(__name__, "action", call.action, "one of ROUTES: a behaviour asks for what has no place here yet")
    query, fields = route.known_by(session, route, call)
    if route.method == "GET":
        return _outgoing(session.bases[route.platform], route, {**query, **fields, **call.payload}, b"", ())
    body = dumps({**call.payload, **fields})
    headers = pay_headers(session, route, body) if route.known_by is _signed else JSON
    return _outgoing(session.bases[route.platform], route, query, body, headers)


def pay_headers(session: Session, route: Route, body: bytes) -> Headers:
    """The headers of a request to WeChat Pay, signed with the merchant's key and real time, see `mocks.wechat_pay.routes`."""
    stamp, nonce = str(real_now() // 1000), uuid4().hex.upper()
    text = pay.request_text(route.method, route.path, stamp, nonce, body)
    signature = pay.sign(_private_key(session["WXPAY_PRIVATE_KEY_PATH"]), text)
    who = f'mchid="{session["WXPAY_MCHID"]}",serial_no="{session["WXPAY_SERIAL"]}"'
    credentials = f'{who},nonce_str="{nonce}",timestamp="{stamp}",signature="{signature}"'
    common = (("Accept", "application/json"), ("User-Agent", "loadtests"))
    return (*JSON, *common, ("Authorization", f"{pay.SCHEME} {credentials}"))


@cache
def _private_key(path: str) -> RSAPrivateKey:
    """The merchant's key. Raises InputError."""
    try:
        key = load_pem_private_key(Path(path).read_bytes(), None)
    except (OSError, ValueError) as problem:
        raise InputError(path, "WXPAY_PRIVATE_KEY_PATH", str(problem), "a private key in PEM") from None
    if not isinstance(key, RSAPrivateKey):
        raise InputError(path, "WXPAY_PRIVATE_KEY_PATH", type(key).__name__, "an RSA key")
    return key


def _outgoing(base: Base, route: Route, query: Mapping[str, Any], body: bytes, headers: Headers) -> Outgoing:
    tail = "?" + urlencode(query) if query else ""
    return Outgoing(route.method, base.origin, base.prefix + route.path + tail, headers, body)


def decode(call: Call, status: int, headers: Mapping[str, str], body: bytes) -> Reply:
    """What the answer says, without the platform's envelope; `at` is left to the driver."""
    if call.platform == "wechat_pay" and status == 204:
        return Reply(True, "")
    content = None if "x-sandbox-error" in headers else _object(body)
    if content is not None and call.platform == "wechat_pay" and status < 400:
        return Reply(True, "", content)
    return BROKEN if content is None else ENVELOPES[call.platform](content)  # the others say it in the body alone


def _by_errcode(content: dict[str, Any]) -> Reply:
    """WeChat and WeCom: `errcode` and `errmsg` beside the rest; an answer with a token may do without."""
    code = content.pop("errcode", 0 if "access_token" in content else None)
    content.pop("errmsg", None)
    if not isinstance(code, int):
        return BROKEN
    return Reply(False, str(code), content) if code else Reply(True, "", content)


def _by_error(content: dict[str, Any]) -> Reply:
    """Shopee: `error`, `message` and `request_id`; the rest in `response`, or beside them where tokens are given."""
    code = content.pop("error", None)
    if not isinstance(code, str) or content.pop("request_id", None) is None:
        return BROKEN
    content.pop("message", None)
    warning, inner = content.pop("warning", ""), content.pop("response", {})
    rest = {**content, **inner, **({"warning": warning} if warning else {})}
    return Reply(False, code, rest) if code else Reply(True, "", rest)


def _by_status(content: dict[str, Any]) -> Reply:
    """WeChat Pay: an error has a `code` and a `message`; what is no error is told by its status."""
    code = content.pop("code", None)
    content.pop("message", None)
    return Reply(False, code, content) if isinstance(code, str) else BROKEN


ENVELOPES: Final[Mapping[str, Callable[[dict[str, Any]], Reply]]] = {
    "wechat": _by_errcode,
    "channels": _by_errcode,
    "wecom": _by_errcode,
    "shopee": _by_error,
    "wechat_pay": _by_status,
}
"""How each platform wraps its answers."""


def encode_signal(signal: Signal, session: Session) -> Outgoing:
    """The request that tells the sandbox a fact."""
    fields = {
        "kind": signal.kind,
        "platform": signal.platform,
        "account": signal.account,
        "about": signal.about,
        "actor": dict(signal.actor),
        "started": signal.started,
        "ok": signal.ok,
        "took": signal.took,
        "cost": signal.cost,
    }
    return to_sandbox(session, "POST", "/signals", {**signal.payload, **fields})


def to_sandbox(session: Session, method: str, path: str, content: Mapping[str, Any] | None = None) -> Outgoing:
    """A request to the control plane."""
    headers = (*JSON, ("X-Sandbox-Token", session["SANDBOX_ADMIN_TOKEN"]))
    body = b"" if content is None else dumps(content)
    return Outgoing(method, session.control.origin, f"{session.control.prefix}/_sandbox{path}", headers, body)


def decode_signal(status: int, headers: Mapping[str, str], body: bytes) -> Reply:
    """What became of a fact that was told."""
    content = None if "x-sandbox-error" in headers or status != 200 else _object(body)
    if content is None or not isinstance(ok := content.get("ok"), bool):
        return BROKEN
    return Reply(ok, "" if ok else str(content.get("code", "")), content.get("answer", {}))


def decode_push(key: str, url: str, authorization: str, body: bytes) -> Push | None:
    """A push of Shopee's; None when its signature is not the partner's or nothing is known of its kind."""
    good = hmac.compare_digest(authorization.encode(), wire.push_signature(key, url, body).encode())
    content = _object(body) if good else None
    topic = PUSH_TOPICS.get(content.get("code", 0)) if content else None
    return None if content is None or topic is None else Push(topic, content)


def dumps(content: Mapping[str, Any]) -> bytes:
    """JSON as a merchant's server sends it: compact, UTF-8, Chinese as it is."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def _object(body: bytes) -> dict[str, Any] | None:
    try:
        content = json.loads(body)
    except ValueError:
        return None
    return content if isinstance(content, dict) else None
