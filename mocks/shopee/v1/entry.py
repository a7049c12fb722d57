"""v1 over HTTP: who asks stands in the body, the signature over URL and body in the Authorization header, errors in `msg`.

Law: the URL that is signed is the one that the client used, which a server behind a prefix cannot see: its own, with the prefix
and without, and the vendor's official one are tried.
"""

from __future__ import annotations

import hmac
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from mocks.http import Answer, Endpoint, Request, Response, dumps, loads
from mocks.shopee import wire
from mocks.shopee.fields import NAME, whole
from mocks.shopee.v1.endpoints import PAGES
from sandbox.clock import real_now
from sandbox.policy import Call

if TYPE_CHECKING:
    from mocks.world import Account, World

PREFIX: Final = "/api/v1/"
OFFICIAL: Final = "https://partner.shopeemobile.com"
TYPE: Final = (b"content-type", b"application/json")
BODY_LIMIT: Final = 1 << 20
SAID: Final = ("partner_id", "shopid", "timestamp")


def serve(world: World, endpoint: Endpoint, request: Request) -> Response:
    """Answer one request to a path of v1."""
    if not world.setting(NAME, "v1_served"):
        return offline(world)
    account, answer = (_page if endpoint in PAGES else _perform)(world, endpoint, request)
    return render(world, account, answer)


def offline(world: World) -> Response:
    """What the vendor says of all v1 today."""
    return render(world, None, Answer("api_suspended"))


def _perform(world: World, endpoint: Endpoint, request: Request) -> tuple[Account | None, Answer]:
    if request.method != "POST" or len(request.body) > BODY_LIMIT:
        return None, Answer("error_param", text="The request must be a POST of at most a megabyte.")
    said = loads(request.body)
    if said is None:
        return None, Answer("error_param", text="parse data failed")
    account = _caller(world, endpoint, request, said)
    if isinstance(account, Answer):
        return None, account
    asked = {name: value for name, value in said.items() if name not in SAID}
    actor = {**account.shopee.identity, "ip": request.ip}
    return account, world.perform(Call(NAME, endpoint.action, account.id, actor, 1, asked))


def _caller(world: World, endpoint: Endpoint, request: Request, said: dict[str, Any]) -> Account | Answer:
    """Who asks, when the fields are there and the signature is right; what is open to all partners needs no shop."""
    partner, shop, stamp = (whole(said.get(name)) for name in SAID)
    if partner is None or stamp is None or (shop is None and not endpoint.open):
        return Answer("error_param", text="partner_id, shopid and timestamp are required")
    if abs(real_now() - stamp * 1000) > world.setting(NAME, "signature_window"):
        return Answer("error_param", text="timestamp is expired")
    account = world.partners.get(partner)
    if account is None or not _signed(account.shopee.partner_key, request):
        return Answer("error_auth")
    known = account.shopee.authorised and account.shopee.shop_id == shop
    return account if known or endpoint.open else Answer("error_permission")


def _signed(key: str, request: Request) -> bool:
    host, query = request.header(b"host"), f"?{request.query}" if request.query else ""
    places = [OFFICIAL, f"http://{host}", f"https://{host}"]
    urls = [place + path + query for place in places for path in dict.fromkeys((request.target, request.path))]
    given = request.header(b"authorization").encode("utf-8", "replace")
    return any(hmac.compare_digest(given, wire.push_signature(key, url, request.body).encode()) for url in urls)


def _page(world: World, endpoint: Endpoint, request: Request) -> tuple[Account | None, Answer]:
    """The seller lets a partner in: the page's token is the SHA-256 of key and redirect."""
    params = request.params()
    account = world.partners.get(whole(params.get("id", "")) or 0)
    redirect, token = params.get("redirect", ""), params.get("token", "")
    if account is None or not hmac.compare_digest(
        page_token(account.shopee.partner_key, redirect).encode(), token.encode("utf-8", "replace")
    ):
        return None, Answer("error_auth")
    actor = {**account.shopee.identity, "ip": request.ip}
    return account, world.perform(Call(NAME, endpoint.action, account.id, actor, 1, {"redirect": redirect}))


def page_token(key: str, redirect: str) -> str:
    """The token of the page's query."""
    return sha256((key + redirect).encode("utf-8", "replace")).hexdigest()


def render(world: World, account: Account | None, answer: Answer) -> Response:
    """The flat envelope of v1."""
    request_id = world.explain_id(account, NAME, answer)
    if answer.code == "":
        if isinstance(url := answer.body.get("redirect"), str):
            return Response(302, ((b"location", url.encode()),), b"")
        return Response(200, (TYPE,), dumps({"request_id": request_id, **answer.body}))
    entry = world.books[NAME].error(answer.code)
    said = {"request_id": request_id, "error": answer.code, "msg": answer.text or entry.text}
    return Response(entry.status, (TYPE,), dumps(said))
