"""Requests, responses and endpoints as plain values: what a platform's endpoint is a function of.

Law: no framework. The fast lane and the FastAPI door both make a `Request` and send a `Response`, so both give the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from .world import World

Headers = tuple[tuple[bytes, bytes], ...]


class Request(NamedTuple):
    """One HTTP request. `path` is the official path, without the sandbox's prefix; `target` is the path as it was sent.

    A named tuple because one is made for every request (see `sandbox.policy.model`).
    """

    method: str
    path: str
    target: str
    query: str
    headers: Iterable[tuple[bytes, bytes]]
    body: bytes
    ip: str

    def header(self, name: bytes) -> str:
        """The first header of that (lower-case) name, or an empty text."""
        return next((value.decode("latin-1") for key, value in self.headers if key == name), "")

    def params(self) -> dict[str, str]:
        """The query's parameters; of a repeated one, the last. Bad escapes and empty pairs are tolerated, as vendors do."""
        query = self.query
        if "%" in query or "+" in query:
            return dict(parse_qsl(query, keep_blank_values=True, errors="replace"))
        return dict(pair.partition("=")[::2] for pair in query.split("&") if pair)


class Response(NamedTuple):
    """One HTTP response: status, headers as bytes, body."""

    status: int
    headers: Headers
    body: bytes


class Answer(NamedTuple):
    """What a service says.

    The platform's code, the body beside the envelope, an error's text where the rulebook's will not do, and, when the gate
    refused, its verdict, for those who ask why.
    """

    code: str
    body: Mapping[str, Any] = {}
    text: str = ""
    verdict: Any = None


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One row of a platform's table: where it is, which action it performs, and what a reader wants to know of it."""

    method: str
    path: str
    action: str
    summary: str
    bare: bool = False
    open: bool = False
    facts: tuple[str, ...] = ()


Serve = Callable[["World", Endpoint, Request], Response]


@dataclass(frozen=True, slots=True)
class Platform:
    """A platform's face: its prefix here, its official hosts, its table, and how a request is served or not known."""

    name: str
    prefix: str
    hosts: tuple[str, ...]
    endpoints: tuple[Endpoint, ...]
    serve: Serve
    unknown: Callable[[World, Request], Response]
    table: Mapping[str, Endpoint] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "table", {one.path: one for one in self.endpoints})

    def respond(self, world: World, request: Request) -> Response:
        """Find the endpoint by its exact path and serve the request."""
        endpoint = self.table.get(request.path)
        return self.serve(world, endpoint, request) if endpoint else self.unknown(world, request)


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _no_constant(name: str) -> None:
    """NaN and Infinity are Python's, not JSON's."""
    raise ValueError(name)


_decode = json.JSONDecoder(parse_constant=_no_constant).decode


def dumps(content: Any) -> bytes:
    """JSON as the vendors send it: compact, UTF-8, Chinese unescaped. Lone surrogates, which JSON text can smuggle in, stay escaped."""
    try:
        return _encode(content).encode()
    except UnicodeEncodeError:
        return json.dumps(content, separators=(",", ":")).encode()


def loads(body: bytes) -> dict[str, Any] | None:
    """A JSON object from a request's body, whatever its Content-Type says; None when it is none."""
    try:
        content = _decode(body.decode())
    except (ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None
