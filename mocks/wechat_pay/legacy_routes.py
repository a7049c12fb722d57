"""The legacy interface over HTTP: XML in, XML out, always status 200.

Law: a bill is answered as it is. `return_code` says whether the request was understood and signed, `result_code` whether it was granted; what is understood
is answered signed, in the manner it was signed in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mocks.http import Answer, Endpoint, Request, Response
from mocks.wechat_pay import legacy_wire
from mocks.wechat_pay.endpoints import TRIAL
from mocks.wechat_pay.fields import NAME
from sandbox.policy import Call

if TYPE_CHECKING:
    from mocks.world import Account, World

TYPE = (b"content-type", b"text/plain; charset=utf-8")
BODY_LIMIT = 1 << 20


def serve(world: World, endpoint: Endpoint, request: Request) -> Response:
    """Answer one request to a known path."""
    fields = _read(request)
    if isinstance(fields, str):
        return _misunderstood(world, request, Answer(fields))
    account = world.merchants.get(fields.get("mch_id", ""))
    if account is None:
        return _misunderstood(world, request, Answer("MCHID_NOT_EXIST"))
    state, asks_for_key = account.wechat_pay, endpoint.action == "wechat_pay.v2_trial_key"
    trial = endpoint.path.startswith(TRIAL) and not asks_for_key
    key = state.trial_key if trial else state.v2_key
    if not legacy_wire.verified(fields, key):
        return _misunderstood(world, request, Answer("SIGNERROR"))
    if fields.get("appid") != state.appid and not asks_for_key:
        return _misunderstood(world, request, Answer("APPID_MCHID_NOT_MATCH"))
    actor = {**state.identity, "ip": request.ip} | ({"trial": "true"} if trial else {})
    answer = world.perform(Call(NAME, endpoint.action, account.id, actor, 1, fields))
    return _render(world, account, fields, answer, key)


def _read(request: Request) -> dict[str, str] | str:
    """The request's fields, or the code of what is wrong with it."""
    if request.method != "POST":
        return "REQUIRE_POST_METHOD"
    if not request.body:
        return "POST_DATA_EMPTY"
    try:
        request.body.decode()
    except UnicodeDecodeError:
        return "NOT_UTF8"
    fields = legacy_wire.parse(request.body) if len(request.body) <= BODY_LIMIT else None
    return "XML_FORMAT_ERROR" if fields is None else fields


def _misunderstood(world: World, request: Request, answer: Answer) -> Response:
    del request
    world.explain_id(None, NAME, answer)
    text = world.books[NAME].error(answer.code).text
    return Response(200, (TYPE,), legacy_wire.render({"return_code": "FAIL", "return_msg": text}))


def _render(world: World, account: Account, asked: dict[str, str], answer: Answer, key: str) -> Response:
    number = world.explain_id(account, NAME, answer)
    state = account.wechat_pay
    if isinstance(file := answer.body.get("file"), bytes):
        return Response(200, (TYPE,), file)
    if reason := answer.body.get("return_msg"):
        return Response(200, (TYPE,), legacy_wire.render({"return_code": "FAIL", "return_msg": reason}))
    nonce = state.derived(number)[:32]
    head = {"return_code": "SUCCESS", "return_msg": "OK", "appid": state.appid, "mch_id": state.mchid, "nonce_str": nonce}
    if answer.code == "0":
        fields = {**head, "result_code": "SUCCESS", **answer.body}
    else:
        text = answer.text or world.books[NAME].error(answer.code).text
        fields = {**head, "result_code": "FAIL", "err_code": answer.code, "err_code_des": text}
    fields = {name: value for name, value in fields.items() if value}
    signed = legacy_wire.sign(fields, key, asked.get("sign_type") or legacy_wire.MD5)
    return Response(200, (TYPE,), legacy_wire.render({**fields, "sign": signed}))
