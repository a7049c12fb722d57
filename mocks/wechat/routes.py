"""The official account over HTTP: reads requests, knows who asks, and writes the vendor's envelope.

Law: always HTTP 200, `application/json; encoding=utf-8` word for word; an error's text ends with a rid that
`/_sandbox/explain` resolves. The Channels shop is under the same hosts and opened by the same token; its requests are handed on.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from mocks.channels import routes as channels
from mocks.channels.endpoints import ENDPOINTS as SHOP_ENDPOINTS
from mocks.http import Answer, Endpoint, Platform, Request, Response, dumps, loads
from mocks.multipart import file_in
from mocks.wechat.endpoints import ENDPOINTS
from mocks.wechat.office import Failed, Stored
from sandbox.clock import real_now
from sandbox.policy import Call, named

if TYPE_CHECKING:
    from mocks.world import Account, World

NAME = "wechat"
TYPE = (b"content-type", b"application/json; encoding=utf-8")
WRONG_TOKEN_LENGTH = 16
KEPT_OF_BODY = 2048
RID = re.compile(r" rid: ([0-9a-f-]{26})\"")
UPLOADS = ("wechat.uploadimg", "wechat.media_upload", "wechat.card.invoice_setpdf")
"""Actions that are sent a file."""

SORTED = ("wechat.card.invoice_setbizattr", "wechat.card.invoice_getpdf")
"""Actions of which the query's `action` says what is wanted of them."""

FORMS = ("wechat.clear_quota_v2",)
"""Actions that are asked in a query or a form, by whoever knows the secret."""


def serve(world: World, endpoint: Endpoint, request: Request) -> Response:
    """Answer one request to a known path; one that failed can be asked for afterwards."""
    begun = real_now()
    if endpoint.action.startswith("channels."):
        response = channels.serve(world, endpoint, request, _by_token)
    else:
        account, answer = _perform(world, endpoint, request)
        response = _render(world, account, answer, bare=endpoint.bare)
    if response.body.startswith(b'{"errcode":') and not response.body.startswith(b'{"errcode":0,'):
        _remember(world, request, response.body.decode(), real_now() - begun)
    return response


def _remember(world: World, request: Request, said: str, took: int) -> None:
    """Keep a request that failed, for the account whose token it bore."""
    owner, number = world.wechat_tokens.get(request.params().get("access_token", "")), RID.search(said)
    if owner and number:
        asked = request.body[:KEPT_OF_BODY].decode("utf-8", "replace")
        owner.wechat.office.note(number[1], Failed(world.now(), request.query, asked, said, request.ip, took))


def unknown(world: World, request: Request) -> Response:
    """A path that the official account does not have."""
    del request
    return _render(world, None, Answer("40066"))


def _perform(world: World, endpoint: Endpoint, request: Request) -> tuple[Account | None, Answer]:
    if request.method != endpoint.method:
        return None, Answer("43001" if endpoint.method == "GET" else "43002")
    about_cards = endpoint.path.startswith("/card/") and endpoint.action not in UPLOADS
    limit = "body_limit" if about_cards else "upload_limit"
    if len(request.body) > world.setting(NAME, limit):
        return None, Answer("45002")
    params = request.params()
    account = None if endpoint.open else _by_token(world, params)
    if isinstance(account, Answer):
        return None, account
    payload = _payload(endpoint, request, params)
    if payload is None:
        return account, Answer("47001" if request.body else "44002")
    if account is None:
        account = _by_secret(world, endpoint, payload, request.ip)
        if isinstance(account, Answer):
            return None, account
    if code := account.wechat.trouble.draw(endpoint.path):
        return account, Answer(code)
    actor = {**account.wechat.identity, "ip": request.ip}
    return account, world.perform(named(Call, (NAME, endpoint.action, account.id, actor, 1, payload)))


def _payload(endpoint: Endpoint, request: Request, params: dict[str, str]) -> dict[str, Any] | None:
    """What a request says: its query, its JSON, or both with a form."""
    if endpoint.method == "GET":
        return dict(params)
    if endpoint.action in UPLOADS:
        return {**params, "file": file_in(request.header(b"content-type"), request.body)}
    if endpoint.action in SORTED:
        said = loads(request.body)
        return None if said is None else {**said, "action": params.get("action", "")}
    if endpoint.action not in FORMS:
        return loads(request.body)
    return {**params, **dict(parse_qsl(request.body.decode("utf-8", "replace")))}


def _by_token(world: World, params: dict[str, str]) -> Account | Answer:
    text = params.get("access_token", "")
    if not text:
        return Answer("41001")
    account = world.wechat_tokens.get(text)
    if account is None:
        return Answer("40014" if len(text) < WRONG_TOKEN_LENGTH else "40001")
    token = account.wechat.tokens[text]
    if world.now() < token.until:
        return account
    superseded = token not in (account.wechat.current, account.wechat.stable)
    return Answer("40001" if superseded else "42001")


def _by_secret(world: World, endpoint: Endpoint, payload: dict[str, Any], ip: str) -> Account | Answer:
    form = endpoint.action in FORMS
    if not form and payload.get("grant_type") != "client_credential":
        return Answer("40002")
    appid, secret = payload.get("appid"), payload.get("appsecret" if form else "secret")
    if not appid:
        return Answer("41002")
    if not secret:
        return Answer("41004")
    account = world.appids.get(appid) if isinstance(appid, str) else None
    if account is None:
        return Answer("40013")
    if secret != account.wechat.secret:
        return Answer("40125")
    trusted = account.wechat.office.trusted_ips
    if trusted and not form and ip not in trusted:
        return Answer("40164", text=f"invalid ip {ip}, not in whitelist")
    return account


def _render(world: World, account: Account | None, answer: Answer, *, bare: bool = False) -> Response:
    if answer.code == "0":
        if isinstance(file := answer.body.get("file"), Stored):
            name = b'attachment; filename="media"'
            return Response(200, ((b"content-type", file.kind.encode()), (b"content-disposition", name)), file.content)
        if bare:
            if account is not None and "access_token" in answer.body:
                world.wechat_tokens[answer.body["access_token"]] = account
            return Response(200, (TYPE,), dumps(answer.body))
        return Response(200, (TYPE,), dumps({"errcode": 0, "errmsg": "ok", **answer.body}))
    entry = world.books[NAME].error(answer.code)
    text = f"{answer.text or entry.text} rid: {world.explain_id(account, NAME, answer)}"
    return Response(entry.status, (TYPE,), dumps({"errcode": int(answer.code), "errmsg": text, **answer.body}))


PLATFORM = Platform(
    NAME,
    "/wechat",
    ("api.weixin.qq.com", "api2.weixin.qq.com", "sh.api.weixin.qq.com", "sz.api.weixin.qq.com", "hk.api.weixin.qq.com"),
    ENDPOINTS + SHOP_ENDPOINTS,
    serve,
    unknown,
)
"""The official account and its Channels shop, at their prefix and under their official hosts."""
