"""Shopee over HTTP, v2 here and v1 in its own folder: checks signatures, freshness and tokens in the vendor's order, and writes its envelope.

Law: HTTP 200 unless the rulebook says otherwise for a code; the signature is verified over the path as it was sent, and over
the official path, since some clients sign a prefix and most do not.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from mocks.http import Answer, Endpoint, Platform, Request, Response, dumps, loads
from mocks.multipart import file_in, texts_in
from mocks.shopee import wire
from mocks.shopee.auth import token_good
from mocks.shopee.documents import Document
from mocks.shopee.endpoints import ENDPOINTS, GONE, PAGES, UPLOADS
from mocks.shopee.standing import barred
from mocks.shopee.v1 import entry
from mocks.shopee.v1.endpoints import ENDPOINTS as OLD
from sandbox.clock import real_now
from sandbox.policy import Call

if TYPE_CHECKING:
    from mocks.world import Account, World

NAME = "shopee"
TYPE = (b"content-type", b"application/json")
BODY_LIMIT = 1 << 20
UPLOAD_LIMIT = 11 << 20
UINT32 = 1 << 32
TOO_MANY = 429


def serve(world: World, endpoint: Endpoint, request: Request) -> Response:
    """Answer one request to a known path. GET endpoints take POST too: some clients send it."""
    if endpoint.path.startswith(entry.PREFIX):
        return entry.serve(world, endpoint, request)
    params = request.params()
    account, answer = _perform(world, endpoint, request, params)
    return _render(world, account, answer, bare=endpoint.bare)


def unknown(world: World, request: Request) -> Response:
    """A path that Shopee does not have."""
    if request.path.startswith(entry.PREFIX):
        return entry.offline(world)
    return _render(world, None, Answer("api_suspended") if request.path in GONE else Answer("error_param", text=OFFLINE))


OFFLINE = "Permission denied. This API is currently offline or the request path is incorrect."


def _perform(world: World, endpoint: Endpoint, request: Request, params: dict[str, str]) -> tuple[Account | None, Answer]:
    if endpoint.method == "POST" and request.method != "POST":
        return None, Answer("error_param", text=OFFLINE)
    if len(request.body) > (UPLOAD_LIMIT if endpoint.path in UPLOADS else BODY_LIMIT):
        return None, Answer("error_param", text="Wrong parameters, detail: request body is too large.")
    account = _caller(world, endpoint, request, params)
    if isinstance(account, Answer):
        return None, account
    if refused := barred(account.shopee, request.ip, endpoint.path, of_shop=not endpoint.open):
        return account, refused
    payload = _asked(request, params)
    if endpoint.path in UPLOADS:
        payload |= _uploaded(request)
    elif request.method == "POST":
        body = loads(request.body or b"{}")
        if body is None:
            return account, Answer("error_param", text="parse data failed")
        payload |= body
    actor = {**account.shopee.identity, "ip": request.ip}
    return account, world.perform(Call(NAME, endpoint.action, account.id, actor, 1, payload))


def _uploaded(request: Request) -> dict[str, Any]:
    """What a multipart body holds: its texts, and its file as `content`."""
    kind = request.header(b"content-type")
    file = file_in(kind, request.body)
    return {**texts_in(kind, request.body), **({"content": file.content} if file else {})}


def _asked(request: Request, params: dict[str, str]) -> dict[str, Any]:
    """What a query says: a parameter given several times is a list."""
    if len(params) > request.query.count("&"):
        return dict(params)
    found: dict[str, Any] = {}
    for name, value in parse_qsl(request.query, keep_blank_values=True, errors="replace"):
        found.setdefault(name, []).append(value)
    return {name: values if len(values) > 1 else values[0] for name, values in found.items()}


def _caller(world: World, endpoint: Endpoint, request: Request, params: dict[str, str]) -> Account | Answer:
    """Who asks, when everything that a signature needs is there and right; a page needs none."""
    if endpoint.path in PAGES:
        return world.partners.get(_uint(params.get("partner_id", "")) or 0) or Answer("invalid_partner_id")
    if missing := next((name for name in ("partner_id", "timestamp", "sign") if not params.get(name)), None):
        texts = {
            "partner_id": "There is no partner_id in query.",
            "timestamp": "no timestamp",
            "sign": "There is no sign in query.",
        }
        return Answer("error_param", text=texts[missing])
    partner, stamp = _uint(params["partner_id"]), _uint(params["timestamp"])
    if partner is None:
        return Answer("error_param", text="Partner_id is invalid, should be an integer between 0 and 4294967295.")
    if stamp is None:
        return Answer("error_param", text="Timestamp is invalid, should be an integer between 0 and 4294967295.")
    if abs(real_now() - stamp * 1000) > world.setting(NAME, "signature_window"):
        return Answer("error_param", text="Timestamp is expired.")
    account = world.partners.get(partner)
    if account is None:
        return Answer("invalid_partner_id")
    return (
        (None if endpoint.open else _names_shop(params))
        or _signed(account, endpoint, request, params)
        or (None if endpoint.open else _may_enter(world, account, params))
        or account
    )


def _uint(text: str) -> int | None:
    value = int(text) if text.isascii() and text.isdigit() and len(text) <= 10 else UINT32
    return value if value < UINT32 else None


def _signed(account: Account, endpoint: Endpoint, request: Request, params: dict[str, str]) -> Answer | None:
    """Public paths are signed with three parts; a client that signs five is let in too."""
    state, given = account.shopee, params["sign"].encode("utf-8", "replace")
    common = (state.partner_key, params["partner_id"])
    five = (params["timestamp"], params.get("access_token", ""), params.get("shop_id", ""))
    forms = ((five[0],), five) if endpoint.open else (five,)
    for path in (request.path, request.target):
        for form in forms:
            if hmac.compare_digest(given, wire.sign(*common, path, *form).encode()):
                return None
    return Answer("error_sign")


def _names_shop(params: dict[str, str]) -> Answer | None:
    for name in ("access_token", "shop_id"):
        if not params.get(name):
            return Answer("error_param", text=f"There is no {name} in query.")
    if _uint(params["shop_id"]) is None:
        return Answer("error_param", text="shop_id is invalid, should be an integer between 0 and 4294967295.")
    return None


def _may_enter(world: World, account: Account, params: dict[str, str]) -> Answer | None:
    if not account.shopee.authorised:
        return Answer("shop_no_linked")
    if not token_good(account.shopee, params["access_token"], world.now()):
        return Answer("invalid_acceess_token")
    return None if _uint(params["shop_id"]) == account.shopee.shop_id else Answer("shop_no_linked")


def _render(world: World, account: Account | None, answer: Answer, *, bare: bool = False) -> Response:
    request_id = world.explain_id(account, NAME, answer)
    if answer.code == "":
        if isinstance(document := answer.body.get("file"), Document):
            return Response(200, ((b"content-type", document.kind.encode()),), document.content)
        if isinstance(url := answer.body.get("redirect"), str):
            return Response(302, ((b"location", url.encode()),), b"")
        warning = answer.body.get("warning", "")
        content = {name: value for name, value in answer.body.items() if name != "warning"}
        envelope: dict[str, Any] = {"request_id": request_id, "error": "", "message": ""}
        inner = {"response": content.get("response", content)} if content else {}
        body = {**envelope, **content} if bare else {**envelope, "warning": warning, **inner}
        return Response(200, (TYPE,), dumps(body))
    entry = world.books[NAME].error(answer.code)
    said = answer.body or {"request_id": request_id, "message": answer.text or entry.text}
    return Response(entry.status, (TYPE, *_wait(entry.status, answer)), dumps({**said, "error": answer.code}))


def _wait(status: int, answer: Answer) -> tuple[tuple[bytes, bytes], ...]:
    """How many seconds to wait, where a rulebook answers 429: the vendor's own 200 says nothing of it."""
    seconds = -(-answer.verdict.retry_after // 1000) if answer.verdict else 1
    return ((b"retry-after", b"%d" % max(1, seconds)),) if status == TOO_MANY else ()


HOSTS = (
    "partner.shopeemobile.com",
    "openplatform.shopee.cn",
    "openplatform.shopee.com.br",
    "partner.test-stable.shopeemobile.com",
    "openplatform.sandbox.test-stable.shopee.sg",
    "openplatform.sandbox.test-stable.shopee.cn",
    "open.shopee.com",
    "open.shopee.cn",
    "open.shopee.com.br",
    "open.sandbox.test-stable.shopee.com",
    "open.sandbox.test-stable.shopee.cn",
)
"""Where the vendor has its interface, region by region, and the pages that sellers open."""

PLATFORM = Platform(
    NAME,
    "/shopee",
    HOSTS,
    (*ENDPOINTS, *OLD),
    serve,
    unknown,
)
"""Shopee, at its prefix and under its official hosts."""
