"""The Channels shop over HTTP: reads requests and writes the vendor's envelope.

Law: as the official account's (`mocks.wechat.routes`), whose token opens the shop and which hands its requests on to here. A file is
sent as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from mocks.channels.endpoints import UPLOADS
from mocks.channels.fields import NAME
from mocks.http import Answer, Endpoint, Request, Response, dumps, loads
from mocks.multipart import file_in
from sandbox.policy import Call

if TYPE_CHECKING:
    from mocks.world import Account, World

TYPE = (b"content-type", b"application/json; encoding=utf-8")
FILE = ((b"content-type", b"image/jpeg"), (b"content-disposition", b'attachment; filename="image.jpg"'))

Known = Callable[["World", dict[str, str]], "Account | Answer"]


def serve(world: World, endpoint: Endpoint, request: Request, known: Known) -> Response:
    """Answer one request to a known path; `known` says whose token it bears, or refuses it."""
    account, answer = _perform(world, endpoint, request, known)
    if answer.code == "0":
        file = answer.body.get("file")
        if isinstance(file, bytes):
            return Response(200, FILE, file)
        return Response(200, (TYPE,), dumps({"errcode": 0, "errmsg": "ok", **answer.body}))
    entry = world.books[NAME].error(answer.code)
    text = f"{answer.text or entry.text} rid: {world.explain_id(account, NAME, answer)}"
    return Response(entry.status, (TYPE,), dumps({"errcode": int(answer.code), "errmsg": text, **answer.body}))


def _perform(world: World, endpoint: Endpoint, request: Request, known: Known) -> tuple[Account | None, Answer]:
    if request.method != endpoint.method:
        return None, Answer("43001" if endpoint.method == "GET" else "43002")
    if len(request.body) > world.setting(NAME, "upload_limit" if endpoint.path in UPLOADS else "body_limit"):
        return None, Answer("45002")
    params = request.params()
    account = known(world, params)
    if isinstance(account, Answer):
        return None, account
    payload = _payload(endpoint, request, params)
    if payload is None:
        return account, Answer("47001" if request.body else "44002")
    if code := account.channels.trouble.draw(endpoint.path):
        return account, Answer(code)
    actor = {**account.channels.identity, "ip": request.ip}
    return account, world.perform(Call(NAME, endpoint.action, account.id, actor, 1, payload))


def _payload(endpoint: Endpoint, request: Request, params: dict[str, str]) -> dict[str, Any] | None:
    """What a request says: its query, its JSON, or for an upload its query with JSON or a file."""
    if endpoint.method == "GET":
        return dict(params)
    if endpoint.path not in UPLOADS:
        return loads(request.body)
    asked = {name: value for name, value in params.items() if name != "file"}
    file = file_in(request.header(b"content-type"), request.body)
    if file is not None:
        return {**asked, "file": file.content}
    said = loads(request.body)
    return None if said is None else {**said, **asked}
