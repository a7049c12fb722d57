"""What a request must hold, as tables of fields, and the vendor's words for what it does not.

Law: a check looks at the request alone. The first fault found is the answer; its text is the rulebook's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Literal

from mocks.desk import Desk
from mocks.http import Answer
from mocks.wechat_pay.state import State
from sandbox.policy import Call

NAME = "wechat_pay"
Payload = Mapping[str, Any]
Action = Callable[[Desk, State, Call], Answer]


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its JSON pointer, its name to people, its kind, and its bounds (characters of a text, value of a number)."""

    at: str
    name: str
    kind: Literal["text", "whole", "list", "flag", "object"] = "text"
    least: int = 1
    most: int = 1 << 62
    optional: bool = False
    shape: re.Pattern[str] | None = None
    where: Literal["body", "query", "uri_template"] = "body"


RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
NO = re.compile(r"[0-9A-Za-z_\-|*]+")
"""What a merchant's own numbers are made of."""

TRADE_NO = Field("/out_trade_no", "商户订单号", least=6, most=32, shape=NO)
ABSENT = object()
KINDS: Mapping[str, type] = {"text": str, "whole": int, "list": list, "flag": bool, "object": dict}
UNWRITABLE = re.compile("[\U00010000-\U0010ffff\ud800-\udfff]")
"""What needs four bytes in UTF-8, or is no character."""

_sorted = json.JSONEncoder(sort_keys=True).encode


def value_at(payload: Payload, pointer: str) -> Any:
    """What stands at a JSON pointer of objects; `ABSENT` when nothing does (null counts as nothing)."""
    found: Any = payload
    for name in _steps(pointer):
        if not isinstance(found, dict) or (found := found.get(name)) is None:
            return ABSENT
    return found


@cache
def _steps(pointer: str) -> tuple[str, ...]:
    """The names in a pointer of our own: there are few."""
    return tuple(pointer[1:].split("/"))


def check(desk: Desk, fields: Sequence[Field], payload: Payload) -> Answer | None:
    """The first fault of a request, as the vendor would tell it; None when there is none."""
    for one in fields:
        found = value_at(payload, one.at)
        if found is ABSENT:
            if not one.optional:
                return fault(desk, one, None, "required")
        elif wrong := _wrong(one, found):
            return fault(desk, one, found, wrong)
    return None


def fault(desk: Desk, one: Field, value: Any, kind: str) -> Answer:
    """PARAM_ERROR with the text of that kind of fault."""
    text: str = desk.setting(NAME, f"text_{kind}")
    source = f"/{one.where}{one.at}"
    said = text.format(source=source, name=one.name, least=one.least, most=one.most, size=_size(value))
    shown = value if isinstance(value, str | int | float) else None
    detail = {"field": one.at, "value": shown, "issue": said, "location": one.where}
    return Answer("PARAM_ERROR", {"detail": detail}, said)


def _size(value: Any) -> int:
    return len(value) if isinstance(value, str | list | dict) else 0


def _wrong(one: Field, value: Any) -> str:
    """What is wrong with a value that is there, in a word; empty when nothing is."""
    kind = type(value)
    if kind is not KINDS[one.kind]:
        return f"no_{one.kind}"
    if kind is bool or kind is dict:
        return ""
    size = value if kind is int else len(value)
    if size < one.least:
        return "too_small" if kind is int else "too_short"
    if size > one.most:
        return "too_large" if kind is int else "too_long"
    return _misspelt(one, value) if kind is str else ""


def _misspelt(one: Field, value: str) -> str:
    if not value.isascii() and UNWRITABLE.search(value):
        return "charset"
    return "" if one.shape is None or one.shape.fullmatch(value) else "shape"


def stranger(desk: Desk, state: State, openid: str) -> bool:
    """Is this nobody of the merchant's application? Only where openids are checked."""
    return bool(openid) and openid not in state.openids and bool(desk.setting(NAME, "openids_checked"))


def time_of(text: Any) -> int | None:
    """An RFC 3339 time with its zone, in ms; None when it is none."""
    if not isinstance(text, str) or not RFC3339.fullmatch(text):
        return None
    try:
        return int(datetime.fromisoformat(text).timestamp() * 1000)
    except (ValueError, OverflowError):
        return None


def text_of(payload: Payload, pointer: str) -> str:
    """The text at a pointer; empty when there is none."""
    found = value_at(payload, pointer)
    return found if isinstance(found, str) else ""


def whole(text: Any, otherwise: int, most: int = 1 << 31) -> int | None:
    """A whole number of a query; `otherwise` when absent, None when it is none."""
    if text in (None, ""):
        return otherwise
    found = str(text)
    return int(found) if found.isascii() and found.isdigit() and len(found) <= 10 and int(found) <= most else None


def digest(asked: Payload, trade_type: str) -> str:
    """What tells one request from another: everything it asks for. One too deep to be written down is like any other such."""
    try:
        return trade_type + _sorted(asked)
    except RecursionError:
        return trade_type
