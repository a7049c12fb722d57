"""The official account's endpoints: the base interfaces and those of cards.

Law: a table. `facts` name what an endpoint builds on.
"""

from __future__ import annotations

from typing import Final

from mocks.http import Endpoint
from mocks.wechat.cards.endpoints import ENDPOINTS as CARDS

BASE: Final = (
    Endpoint("GET", "/cgi-bin/token", "wechat.token", "获取 access_token", bare=True, open=True),
    Endpoint("POST", "/cgi-bin/stable_token", "wechat.stable_token", "获取稳定版 access_token", bare=True, open=True),
)

ENDPOINTS: Final = BASE + CARDS
