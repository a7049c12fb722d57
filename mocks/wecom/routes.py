"""WeCom over HTTP: reads requests, knows who asks, and writes the vendor's envelope.

Law: always HTTP 200; errors carry `Error-Code`, `Error-Msg` and `Server` headers and a hint whose number `/_sandbox/explain` resolves. A file is
sent as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from mocks.http import Answer, Endpoint, Platform, Request, Response, dumps, loads
from mocks.multipart import file_in
from mocks.wecom.endpoints import BY_EITHER, EMPTY, ENDPOINTS, QUERIED, UPLOADS
from mocks.wecom.state import Stored
from sandbox.policy import Call, named

if TYPE_CHECKING:
    from mocks.world import Account, World

NAME = "wecom"
TYPE = (b"content-type", b"application/json; charset=UTF-8")
SERVER = (b"server", b"nginx")
DEBUG = "wecom.debug"
"""What a call that asks for debug information is counted as, beside what it does."""


def serve(world: World, endpoint: Endpoint, request: Request) -> Response:
    """Answer one request to a known path."""
    params = request.params()
    account, answer = _perform(world, endpoint, request, params)
    if answer.code == "0" and isinstance(stored := answer.body.get("file"), Stored):
        return _file(stored, request)
    return _render(world, account, request, answer)


def unknown(world: World, request: Request) -> Response:
    """A path that WeCom does not have."""
    return _render(world, None, request, Answer("48002"))


def _perform(world: World, endpoint: Endpoint, request: Request, params: dict[str, str]) -> tuple[Account | None, Answer]:
    if request.method != endpoint.method and not (endpoint.path in BY_EITHER and request.method == "GET"):
        return None, Answer("43001" if endpoint.method == "GET" else "43002")
    if len(request.body) > world.setting(NAME, LIMITS.get(endpoint.path, "body_limit")):
        return None, Answer("45001" if endpoint.path in UPLOADS else "45002")
    known = IDENTIFY.get(endpoint.path, _by_token)(world, params)
    if isinstance(known, Answer):
        return None, known
    account, action, extra = known
    if not endpoint.open and account.wecom.trusted_ips and request.ip not in account.wecom.trusted_ips:
        return account, Answer("60020")
    if code := account.wecom.trouble.draw(endpoint.path):
        return account, Answer(code)
    if endpoint.path in OF_CUSTOMERS and not account.binding.parties.corp.external_contact:
        return account, Answer("84074")
    payload = _payload(endpoint, request, params)
    if isinstance(payload, Answer):
        return account, payload
    actor = {**account.wecom.identity, **extra, "ip": request.ip}
    if "debug" in params and params["debug"] == "1" and (refused := world.ask(Call(NAME, DEBUG, account.id, actor))):
        return account, refused
    return account, world.perform(named(Call, (NAME, action or endpoint.action, account.id, actor, 1, payload)))


def _payload(endpoint: Endpoint, request: Request, params: dict[str, str]) -> dict[str, Any] | Answer:
    """What a request says: its query, its JSON, or its file and its query."""
    if request.method == "GET":
        return dict(params)
    if endpoint.path in UPLOADS:
        if not request.body:
            return Answer("44001")
        file = file_in(request.header(b"content-type"), request.body)
        sent = {"file": {"filename": file.filename, "content": file.content}} if file else {}
        return {**{name: value for name, value in params.items() if name != "file"}, **sent}
    said = loads(request.body)
    if said is None:
        return Answer("47001" if request.body else "44002")
    return {**params, **said} if endpoint.path in QUERIED else said


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
    return account, "wecom.binding_push" if key == account.wecom.binding_key else "", {"webhook": key}


def _by_robot(world: World, params: dict[str, str]) -> Known | Answer:
    """Uploads are a robot's own, whoever issued its address."""
    known = _by_key(world, params)
    return known if isinstance(known, Answer) else (known[0], "", known[2])


IDENTIFY = {
    "/cgi-bin/gettoken": _by_secret,
    "/cgi-bin/webhook/send": _by_key,
    "/cgi-bin/webhook/upload_media": _by_robot,
}
"""How the caller is known, where it is not by its token."""

OF_CUSTOMERS = frozenset(one.path for one in ENDPOINTS if one.path.startswith("/cgi-bin/externalcontact/"))
"""What needs the right to have customers, which a corp may have switched off (S10)."""

LIMITS = {"/cgi-bin/webhook/send": "robot_body_limit", **dict.fromkeys(UPLOADS, "upload_limit")}
"""How long a body may be, where it is not `body_limit`."""


def _render(world: World, account: Account | None, request: Request, answer: Answer) -> Response:
    if answer.code == "0":
        if "access_token" in answer.body and account is not None:
            world.wecom_tokens[answer.body["access_token"]] = account
        return Response(200, (TYPE,), dumps({"errcode": 0, "errmsg": answer.text or "ok", **answer.body}))
    entry = world.books[NAME].error(answer.code)
    said, hint = answer.text or entry.text, world.explain_id(account, NAME, answer)
    text = f"{said}, hint: [{hint}], from ip: {request.ip}"
    text += f", more info at https://open.work.weixin.qq.com/devtool/query?e={answer.code}"
    headers = (TYPE, (b"error-code", answer.code.encode()), (b"error-msg", said.strip().encode()), SERVER)
    content = {"errcode": int(answer.code), "errmsg": text, **EMPTY.get(request.path, {}), **answer.body}
    return Response(entry.status, headers, dumps(content))


def _file(stored: Stored, request: Request) -> Response:
    """A file, or the range of it that is asked for."""
    kind = {"image": b"image/jpeg", "voice": b"audio/amr", "video": b"video/mp4"}.get(
        stored.kind, b"application/octet-stream"
    )
    name = f'attachment; filename="{quote(stored.filename)}"'.encode()
    headers = ((b"content-type", kind), (b"content-disposition", name), (b"accept-ranges", b"bytes"))
    start, end = _range(request.header(b"range"), len(stored.content))
    if start is None:
        return Response(200, headers, stored.content)
    said = f"bytes {start}-{end - 1}/{len(stored.content)}".encode()
    return Response(206, (*headers, (b"content-range", said)), stored.content[start:end])


def _range(header: str, size: int) -> tuple[int | None, int]:
    """(from, to) of a single range that fits; (None, 0) for none, and for what cannot be read."""
    unit, _, span = header.strip().partition("=")
    first, dash, last = span.partition("-")
    if unit != "bytes" or not dash or not first.isdecimal() or len(first) > 12 or (last and not last.isdecimal()):
        return None, 0
    end = min(int(last) + 1, size) if last and len(last) <= 12 else size
    return (int(first), end) if int(first) < end else (None, 0)


PLATFORM = Platform(NAME, "/wecom", ("qyapi.weixin.qq.com",), ENDPOINTS, serve, unknown)
"""WeCom, at its prefix and under its official host."""
