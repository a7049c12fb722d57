"""Where pushes go: the application's own settings.

Law: plans.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from mocks.desk import Desk
from mocks.http import Answer
from mocks.shopee.fields import Payload, wrong
from mocks.shopee.plan import Deed, Plan, ok
from mocks.shopee.state import State


def push_config(_desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """Where pushes go from now on."""
    url = asked.get("callback_url")
    if not isinstance(url, str) or not _can_be_called(url):
        return wrong("callback_url is invalid")

    def deed() -> Answer:
        state.push_url = url
        return ok(result="success")

    return deed


def _can_be_called(url: str) -> bool:
    """Has the URL a host and a port that something can be sent to?"""
    try:
        parts = urlsplit(url)
        there = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    return there and parts.scheme in ("http", "https") and url.isprintable() and " " not in url


PLANS: Final[Mapping[str, Plan]] = {"shopee.push_config": push_config}
"""What can be asked about pushes."""
