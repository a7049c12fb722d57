"""Laying a user's figures over ours, and turning what pydantic finds into one sentence.

Law: pure data work. An entry that changes a figure without citing a source of its own is marked as assumed, by that file.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date
from difflib import get_close_matches
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from sandbox.errors import InputError

from .document import Document

RISK = ("detector", "tier", "capability", "ladder")
CITED = ("quota", "breaker", "latency", "error", "setting", "figure", "range", "band", *RISK)
M = TypeVar("M", bound=BaseModel)


def merge(base: Mapping[str, Any], overlay: Mapping[str, Any], where: str) -> dict[str, Any]:
    """`base` with the entries of `overlay` laid over, key by key; changed entries cite `where` unless they say otherwise."""
    merged = {**base, "source": {**base.get("source", {}), "override": _override(where), **overlay.get("source", {})}}
    if overlay.get("platform", base.get("platform")) != base.get("platform"):
        raise InputError(where, "platform", overlay["platform"], f"{base.get('platform')!r}, or no such key")
    for section, entries in overlay.items():
        if section not in CITED:
            if section not in ("source", "platform"):
                raise InputError(where, section, section, "one of " + ", ".join(("platform", "source", *CITED)))
            continue
        if not isinstance(entries, Mapping):
            raise InputError(where, section, entries, f"tables such as [{section}.NAME]")
        merged[section] = dict(base.get(section, {}))
        for name, entry in entries.items():
            _check_meant(name, merged[section], entry, f"{section}.{name}", where)
            merged[section][name] = _laid_over(merged[section].get(name, {}), entry, f"{section}.{name}", where)
    return merged


def _check_meant(name: str, known: Mapping[str, Any], entry: object, key: str, where: str) -> None:
    """A new entry whose name is almost one that there is, and that cites no source of its own, is a slip of the pen."""
    near = [] if name in known else get_close_matches(name, known, 1, 0.8)
    if near and isinstance(entry, Mapping) and "source" not in entry:
        raise InputError(where, key, name, f"{near[0]} (no such entry is there; a new one cites a source of its own)")


def _laid_over(entry: Mapping[str, Any], change: object, key: str, where: str) -> dict[str, Any]:
    if not isinstance(change, Mapping):
        raise InputError(where, key, change, f"a table: [{key}]")
    cited = {} if "source" in change else {"source": "override", "standing": "assumed"}
    return {**entry, **cited, **change}


def _override(where: str) -> dict[str, Any]:
    return {"title": f"changed by {where}", "at": where, "read": date(1970, 1, 1)}


def validated(content: Mapping[str, Any], where: str) -> Document:
    """The content as a typed document. Raises InputError naming the first thing that is wrong."""
    document = check(Document, content, where)
    for section in CITED:
        for name, entry in getattr(document, section).items():
            if entry.source not in document.source:
                known = ", ".join(document.source)
                raise InputError(where, f"{section}.{name}.source", entry.source, f"a [source.NAME]: one of {known}")
    return document


def check(model: type[M], content: Any, where: str) -> M:
    """Validate against a pydantic model; the first problem becomes an InputError with key, value and expectation."""
    try:
        return model.model_validate(content)
    except ValidationError as problems:
        found = problems.errors(include_url=False)
        first = next((one for one in found if one["type"] == "extra_forbidden"), found[0])  # a typo explains what is missing
        key = ".".join(str(part) for part in first["loc"]) or "file"
        value = "(absent)" if first["type"] == "missing" else first["input"]
        raise InputError(where, key, value, _expected(model, first["type"], first["msg"], first["loc"])) from None


def _expected(model: type[BaseModel], kind: str, message: str, loc: tuple[int | str, ...]) -> str:
    if kind == "missing":
        return "a value: this key must be given"
    if kind == "extra_forbidden":
        *path, key = loc
        known = _known_keys(model, path)
        near = get_close_matches(str(key), known, 1)
        names = near[0] if near else "one of " + ", ".join(known)
        unknown = f"no such key: {key} is not known here"
        return f"{names} ({unknown})" if known else unknown
    return message.removeprefix("Value error, ").removeprefix("Input should be ")


def _known_keys(model: type[BaseModel], path: Iterable[int | str]) -> list[str]:
    """The keys that the table at a path may have, as its schema says; none where it says several things."""
    schema = model.model_json_schema()
    at: dict[str, Any] = schema
    for part in path:
        within = at.get("properties", {}).get(part) or at.get("additionalProperties") or at.get("items")
        at = within if isinstance(within, dict) else {}
        if "$ref" in at:
            at = schema["$defs"][at["$ref"].rpartition("/")[2]]
    return list(at.get("properties", ()))


def digest(content: Mapping[str, Any]) -> str:
    """A short fingerprint of a rulebook's content."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()[:16]
