"""Which orders an accepted message tells of, for the journal: how a run judges an integration that keeps no record for us.

Law: reads the message as a member would see it. Only numbers of orders that the account really has count.
"""

from __future__ import annotations

import json
import re
from collections.abc import Container, Mapping
from typing import Any, Final

NOTICES: Final = frozenset({"wecom.message_send", "wecom.binding_push"})
"""The actions whose messages may carry an order's notice."""

ACCEPTED: Final = "wecom.message_accepted"
"""The signal of the journal that says so."""

LENGTH: Final = 14
NUMBER: Final = re.compile(r"(?<![0-9A-Z])[0-9]{6}[0-9A-Z]{8}(?![0-9A-Z])")


def carried(payload: Mapping[str, Any], known: Container[str]) -> list[str]:
    """The numbers of `known` orders in a message, each once, in their order."""
    part = payload.get(str(payload.get("msgtype")))
    content = part.get("content") if isinstance(part, dict) else None
    text = content if isinstance(content, str) else json.dumps(part, ensure_ascii=False)
    if len(text) < LENGTH:
        return []
    return [number for number in dict.fromkeys(NUMBER.findall(text)) if number in known]
