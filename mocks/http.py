"""Requests, responses and endpoints as plain values: what a platform's endpoint is a function of.

Law: no framework. The fast lane and the FastAPI door both make a `Request` and send a `Response`, so both give the same bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qsl

import orjson

if TYPE_CHECKING:
    from .world import World

Headers = tuple[tuple[bytes, bytes], ...]


class Request(NamedTuple):
    """One HTTP request. `path` is the official path, without the sandbox's prefix; `target` is the path as it was sent.

    `parts` are what stands in the path where the endpoint's has a `{name}`. A named tuple because one is made for every
    request (see `sandbox.policy.model`).
    """

    method: str
    path: str
    target: str
    query: str
    headers: Iterable[tuple[bytes, bytes]]
    body: bytes
    ip: str
    parts: Mapping[str, str] = {}

    def header(self, name: bytes) -> str:
        """The first header of that (lower-case) name, or an empty text."""
        for key, value in self.headers:
            if key == name:
                return value.decode("latin-1")
        return ""

    def params(self) -> dict[str, str]:
        """The query's parameters; of a repeated one, the last. Bad escapes and empty pairs are tolerated, as vendors do."""
        query = self.query
        if "%" in query or "+" in query:
            return dict(parse_qsl(query, keep_blank_values=True, errors="replace"))
        if "&" not in query:  # a token alone, as most requests have it
            name, _, value = query.partition("=")
            return {name: value} if query else {}
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
    """One row of a platform's table: where it is, which action it performs, and what a reader wants to know of it.

    A `{name}` in the path stands for one segment, whatever it is.
    """

    method: str
    path: str
    action: str
    summary: str
    bare: bool = False
    open: bool = False
    facts: tuple[str, ...] = ()


Serve = Callable[["World", Endpoint, Request], Response]


Methods = Mapping[str, Endpoint]
Found = tuple[Endpoint, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Platform:
    """A platform's face: its prefix here, its official hosts, its table, and how a request is served or not known."""

    name: str
    prefix: str
    hosts: tuple[str, ...]
    endpoints: tuple[Endpoint, ...]
    serve: Serve
    unknown: Callable[[World, Request], Response]
    table: Mapping[str, Methods] = field(init=False, repr=False)
    patterns: tuple[tuple[re.Pattern[str], Methods], ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        paths: dict[str, dict[str, Endpoint]] = {}
        for one in self.endpoints:
            paths.setdefault(one.path, {})[one.method] = one
        patterns = tuple((_pattern(path), rows) for path, rows in paths.items() if "{" in path)
        object.__setattr__(self, "table", {path: rows for path, rows in paths.items() if "{" not in path})
        object.__setattr__(self, "patterns", patterns)

    def find(self, method: str, path: str) -> Found | None:
        """The endpoint at a path, and the path's parts; of several methods the one asked for, or the first, which will refuse."""
        rows = self.table.get(path)
        if rows is not None:
            return rows.get(method) or next(iter(rows.values())), {}
        for pattern, by_method in self.patterns:
            if matched := pattern.fullmatch(path):
                return by_method.get(method) or next(iter(by_method.values())), matched.groupdict()
        return None

    def respond(self, world: World, request: Request) -> Response:
        """Find the endpoint by its path and serve the request."""
        found = self.find(request.method, request.path)
        if found is None:
            return self.unknown(world, request)
        endpoint, parts = found
        return self.serve(world, endpoint, request._replace(parts=parts) if parts else request)


def _pattern(path: str) -> re.Pattern[str]:
    """What matches a path with `{names}`."""
    return re.compile(
        "".join(f"(?P<{bit[1:-1]}>[^/]+)" if bit[:1] == "{" else re.escape(bit) for bit in re.split(r"(\{\w+\})", path))
    )


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _no_constant(name: str) -> None:
    """NaN and Infinity are Python's, not JSON's."""
    raise ValueError(name)


_decode = json.JSONDecoder(parse_constant=_no_constant).decode


def dumps(content: Any) -> bytes:
    """JSON as the vendors send it: compact, UTF-8, Chinese unescaped. Lone surrogates, which JSON text can smuggle in, stay escaped."""
    try:
        return orjson.dumps(content)
    except TypeError:  # a surrogate, a number of more than 64 bits, a key that is no text
        return _dumps_slowly(content)


def _dumps_slowly(content: Any) -> bytes:
    try:
        return _encode(content).encode()
    except UnicodeEncodeError:
        return json.dumps(content, separators=(",", ":")).encode()


def loads(body: bytes) -> dict[str, Any] | None:
    """A JSON object from a request's body, whatever its Content-Type says; None when it is none, or nested without end."""
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError:
        content = _loads_slowly(body)
    deep = len(body) > NESTED_AT_MOST and body.count(b"[") + body.count(b"{") > NESTED_AT_MOST
    if deep and _deeper(content, NESTED_AT_MOST):
        return None
    return content if isinstance(content, dict) else None


def _loads_slowly(body: bytes) -> Any:
    """What a lenient reader makes of it: an escaped half of a surrogate pair is text to most of them. None for what is no JSON."""
    try:
        return _decode(body.decode())
    except (ValueError, RecursionError):
        return None


NESTED_AT_MOST = 200
"""Levels of JSON that are read: what is read must be writable again, however deep our own calls are by then."""


def _deeper(content: Any, most: int) -> bool:
    level = [content]
    for _ in range(most):
        level = [
            inner
            for one in level
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
    return any(isinstance(one, dict | list) for one in level)
