"""WeCom over HTTP: reads requests, knows who asks, and writes the vendor's envelope.

Law: always HTTP 200; errors carry `Error-Code` and `Error-Msg` headers and a hint whose number `/_sandbox/explain` resolves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mocks.http import Answer, Endpoint, Platform, Request, Response, dumps, loads
from sandbox.policy import Call

if TYPE_CHECKING:
    from mocks.world import Account, World

NAME = "wecom"
TYPE = (b"content-type", b"application/json; charset=UTF-8")
BODY_LIMIT = 1 << 20

ENDPOINTS = (
    Endpoint("GET", "/cgi-bin/gettoken", "wecom.gettoken", "获取 access_token: an application's token", open=True),
    Endpoint(
        "POST", "/cgi-bin/message/send", "wecom.message_send", "发送应用消息: an application message", facts=("S01", "S02")
    ),
    Endpoint(
        "POST", "/cgi-bin/webhook/send", "wecom.webhook_send", "群机器人: a message through a webhook address", open=True
    ),
    Endpoint("GET", "/cgi-bin/user/get", "wecom.user_get", "读取成员: one member"),
)


def serve(world: World, endpoint: Endpoint, request: Request) -> Response:
    """Answer one request to a known path."""
    params = request.params()
    account, answer = _perform(world, endpoint, request, params)
    return _render(world, account, request, answer)


def unknown(world: World, request: Request) -> Response:
    """A path that WeCom does not have."""
    return _render(world, None, request, Answer("48002"))


def _perform(world: World, endpoint: Endpoint, request: Request, params: dict[str, str]) -> tuple[Account | None, Answer]:
    if request.method != endpoint.method:
        return None, Answer("43001" if endpoint.method == "GET" else "43002")
    if len(request.body) > BODY_LIMIT:
        return None, Answer("45002")
    known = IDENTIFY.get(endpoint.path, _by_token)(world, params)
    if isinstance(known, Answer):
        return None, known
    account, action, extra = known
    payload: dict[str, Any] | None = loads(request.body) if endpoint.method == "POST" else dict(params)
    if payload is None:
        return account, Answer("47001" if request.body else "44002")
    actor = {**account.wecom.identity, **extra, "ip": request.ip}
    return account, world.perform(Call(NAME, action or endpoint.action, account.id, actor, 1, payload))


Known = tuple["Account", str, dict[str, str]]


def _by_token(world: World, params: dict[str, str]) -> Known | Answer:
    token = params.get("access_token", "")
    if not token:
        return Answer("41001")
    account = world.wecom_tokens.get(token)
    if account is None:
        return Answer("40014")
    if token != account.wecom.token or world.now() >= account.wecom.token_until:
        return Answer("42001")
    return account, "", {}


def _by_secret(world: World, params: dict[str, str]) -> Known | Answer:
    if not params.get("corpid"):
        return Answer("41002")
    if not params.get("corpsecret"):
        return Answer("41004")
    account = world.corps.get(params["corpid"])
    if account is None:
        return Answer("40013")
    return (account, "", {}) if params["corpsecret"] == account.wecom.secret else Answer("40001")


def _by_key(world: World, params: dict[str, str]) -> Known | Answer:
    """A robot counts by its key; an address that a binding issued counts for the application it is bound to."""
    key = params.get("key", "")
    account = world.webhooks.get(key)
    if account is None:
        return Answer("93000")
    action = "wecom.binding_push" if key == account.wecom.binding_key else ""
    return account, action, {"webhook": key}


IDENTIFY = {"/cgi-bin/gettoken": _by_secret, "/cgi-bin/webhook/send": _by_key}
"""How the caller is known, where it is not by its token."""


def _render(world: World, account: Account | None, request: Request, answer: Answer) -> Response:
    if answer.code == "0":
        if "access_token" in answer.body and account is not None:
            world.wecom_tokens[answer.body["access_token"]] = account
        return Response(200, (TYPE,), dumps({"errcode": 0, "errmsg": "ok", **answer.body}))
    entry = world.books[NAME].error(answer.code)
    hint = world.explain_id(account, NAME, answer)
    text = f"{answer.text or entry.text}, hint: [{hint}], from ip: {request.ip}"
    text += f", more info at https://open.work.weixin.qq.com/devtool/query?e={answer.code}"
    headers = (TYPE, (b"error-code", answer.code.encode()), (b"error-msg", entry.text.strip().encode()))
    return Response(entry.status, headers, dumps({"errcode": int(answer.code), "errmsg": text, **answer.body}))


PLATFORM = Platform(NAME, "/wecom", ("qyapi.weixin.qq.com",), ENDPOINTS, serve, unknown)
"""WeCom, at its prefix and under its official host."""
