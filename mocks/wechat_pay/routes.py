"""WeChat Pay over HTTP: verifies who asks, and signs whatever is answered, refusals included.

Law: the signature covers the raw target and the raw body. A request is refused for its head, then for its signature, then for
its content, and only then asks for anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from mocks.http import Answer, Endpoint, Platform, Request, Response, dumps, loads
from mocks.wechat_pay import legacy_routes, media, wire
from mocks.wechat_pay.endpoints import ENDPOINTS
from mocks.wechat_pay.fields import NAME
from mocks.wechat_pay.keys import Keys
from sandbox.clock import real_now
from sandbox.policy import Call

if TYPE_CHECKING:
    from mocks.world import Account, World

PREFIX, HOST = "/wechatpay", "api.mch.weixin.qq.com"
HOSTS = (HOST, "api2.mch.weixin.qq.com", "api.wechatpay.cn", "api2.wechatpay.cn")
BODY_LIMIT, UPLOAD_LIMIT = 1 << 20, 6 << 20
FILES = "/v3/billdownload/"
JSON = (b"content-type", b"application/json; charset=utf-8")
ALWAYS = (
    (b"server", b"nginx"),
    (b"content-language", b"zh-CN"),
    (b"cache-control", b"no-cache, must-revalidate"),
    (b"x-content-type-options", b"nosniff"),
)
STRANGERS = Keys("nobody", "nobody", "")
"""Whose keys sign the answer to somebody unknown: the platform's first certificate does."""

Known = tuple["Account | None", Answer]


def serve(world: World, endpoint: Endpoint, request: Request) -> Response:
    """Answer one request to a known path; those that are not signed in v3's manner are the legacy interface's."""
    if endpoint.open:
        return legacy_routes.serve(world, endpoint, request)
    account, answer = _perform(world, endpoint, request)
    return _render(world, account, request, answer, bare=endpoint.bare)


def unknown(world: World, request: Request) -> Response:
    """A path that WeChat Pay does not have."""
    return _render(world, None, request, Answer("NOT_FOUND"))


def _perform(world: World, endpoint: Endpoint, request: Request) -> Known:
    if request.method != endpoint.method:
        return None, Answer("METHOD_NOT_ALLOWED")
    upload = endpoint.action in media.KINDS
    if bad := _bad_head(world, request, upload=upload):
        return None, bad
    account, refused = _caller(world, request, media.form(request.body).get("meta", b"") if upload else request.body)
    if refused or account is None:
        return account, refused or Answer("SIGN_ERROR")
    account.wechat_pay.serial_in_use = request.header(b"wechatpay-serial")
    payload = media.payload(request.body) if upload else _payload(request)
    if payload is None:
        return account, Answer("PARAM_ERROR", text=world.setting(NAME, "text_no_json"))
    if code := account.wechat_pay.trouble.draw(endpoint.path):
        return account, Answer(code)
    actor = {**account.wechat_pay.identity, "ip": request.ip}
    return account, world.perform(Call(NAME, endpoint.action, account.id, actor, 1, payload))


def _bad_head(world: World, request: Request, *, upload: bool = False) -> Answer | None:
    kind, name = ("multipart/form-data", "text_content_type_form") if upload else ("application/json", "text_content_type")
    if len(request.body) > (UPLOAD_LIMIT if upload else BODY_LIMIT):
        return Answer("INVALID_REQUEST", text=world.setting(NAME, "text_body_too_large"))
    if not request.header(b"accept") or not request.header(b"user-agent"):
        return Answer("INVALID_REQUEST", text=world.setting(NAME, "text_no_accept"))
    if request.body and kind not in request.header(b"content-type"):
        return Answer("INVALID_REQUEST", text=world.setting(NAME, name))
    return None


def _payload(request: Request) -> dict[str, Any] | None:
    if request.method == "GET":
        return {**request.params(), **request.parts}
    body = loads(request.body)
    return None if body is None else {**body, **request.parts}


def _caller(world: World, request: Request, signed: bytes) -> tuple[Account | None, Answer | None]:
    """Who asks, and why not, when what the Authorization header says is not right. `signed`: what of the body is signed."""
    scheme, _, text = request.header(b"authorization").partition(" ")
    if scheme and text and scheme != wire.SCHEME:
        return None, _unsigned(world, "scheme")
    given = wire.parse_authorization(text) if scheme else None
    if given is None:
        return None, _unsigned(world, "format")
    account = world.merchants.get(given.mchid)
    if account is None:
        return None, _unsigned(world, "no_certificate")
    if given.serial.upper() != account.wechat_pay.keys.serial:
        return account, _unsigned(world, "serial")
    if not _fresh(world, given.timestamp):
        return account, _unsigned(world, "timestamp")
    return account, None if _verified(account, request, given, signed) else _mismatch(world, request, given, signed)


def _unsigned(world: World, why: str) -> Answer:
    return Answer("SIGN_ERROR", text=world.setting(NAME, f"text_sign_{why}"))


def _fresh(world: World, timestamp: str) -> bool:
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return False
    window: int = world.setting(NAME, "signature_window")
    return abs(real_now() - int(timestamp) * 1000) <= window


def _targets(request: Request) -> Iterator[str]:
    """What a client may have signed: the target as sent, and without our prefix; a bare question mark is not handed on to us."""
    bare = request.target.removeprefix(PREFIX)
    for path in (bare, request.target) if bare != request.target else (bare,):
        yield f"{path}?{request.query}" if request.query else path
    if not request.query:
        yield f"{bare}?"
        yield f"{request.target}?"


def _verified(account: Account, request: Request, given: wire.Credentials, signed: bytes) -> bool:
    for target in _targets(request):
        text = wire.request_text(request.method, target, given.timestamp, given.nonce, signed)
        if wire.verified(account.wechat_pay.keys.public, text, given.signature):
            return True
    return False


def _mismatch(world: World, request: Request, given: wire.Credentials, signed: bytes) -> Answer:
    """The vendor shows what it expected to be signed, cut short."""
    target = next(_targets(request))
    text = wire.request_text(request.method, target, given.timestamp, given.nonce, signed)
    shown = {"method": request.method, "url": target, "truncated_sign_message": f"{request.method}\n{target}\n"}
    inner = {"issue": "sign not match"}
    detail = {"field": "signature", "location": "authorization", "detail": inner}
    detail["sign_information"] = {**shown, "sign_message_length": len(text)}
    return Answer("SIGN_ERROR", {"detail": detail}, world.setting(NAME, "text_sign_mismatch"))


def _render(world: World, account: Account | None, request: Request, answer: Answer, *, bare: bool = False) -> Response:
    """The answer, signed by the certificate, or by the public key for a client that names it."""
    number = world.explain_id(account, NAME, answer)
    status, body = _content(world, request, answer)
    head = (*ALWAYS, (b"request-id", number.encode()))
    if bare and isinstance(body, bytes) and answer.code == "0":
        return Response(status, (*head, (b"content-type", b"application/x-gzip")), body)
    keys = account.wechat_pay.keys if account else STRANGERS
    signer = keys.signer(request.header(b"wechatpay-serial"), world.now())
    timestamp, nonce = str(real_now() // 1000), number.replace("-", "")[:32].ljust(32, "0")
    signature = wire.sign(signer.key, wire.response_text(timestamp, nonce, body))
    if account and account.wechat_pay.probes:
        account.wechat_pay.probes -= 1
        signature = wire.PROBE + signature
    signed = (
        (b"wechatpay-nonce", nonce.encode()),
        (b"wechatpay-timestamp", timestamp.encode()),
        (b"wechatpay-serial", signer.serial.encode()),
        (b"wechatpay-signature", signature.encode()),
        (b"wechatpay-signature-type", wire.SCHEME.encode()),
    )
    return Response(status, (JSON, *head, *signed), body)


def _content(world: World, request: Request, answer: Answer) -> tuple[int, bytes]:
    if answer.code != "0":
        entry = world.books[NAME].error(answer.code)
        return entry.status, dumps({"code": answer.code, "message": answer.text or entry.text, **answer.body})
    if not answer.body:
        return 204, b""
    if isinstance(file := answer.body.get("file"), bytes):
        return 200, file
    for name in ("download_url", "url"):
        if isinstance(path := answer.body.get(name), str) and path.startswith(FILES):
            return 200, dumps({**answer.body, name: _origin(request) + path})
    return 200, dumps(answer.body)


def _origin(request: Request) -> str:
    """Where this client reaches us: files are fetched from there."""
    host = request.header(b"host")
    if not host or host.partition(":")[0].lower() in HOSTS:
        return f"https://{HOST}"
    return f"http://{host}" + (PREFIX if request.target.startswith(PREFIX + "/") else "")


PLATFORM = Platform(NAME, PREFIX, HOSTS, ENDPOINTS, serve, unknown)
"""WeChat Pay, at its prefix and under its official hosts."""
