"""The official account's endpoints: the base interfaces and those of cards.

Law: a table. `facts` name what an endpoint builds on.
"""

from __future__ import annotations

from typing import Final

from mocks.http import Endpoint

BASE: Final = (
    Endpoint("GET", "/cgi-bin/token", "wechat.token", "获取 access_token", bare=True, open=True),
    Endpoint("POST", "/cgi-bin/stable_token", "wechat.stable_token", "获取稳定版 access_token", bare=True, open=True),
)

CARDS: Final = (
    Endpoint("POST", "/card/create", "wechat.card.create", "创建卡券: a new card", facts=("A08",)),
    Endpoint("POST", "/card/get", "wechat.card.get", "查看卡券详情: the whole card"),
    Endpoint("POST", "/card/modifystock", "wechat.card.modifystock", "修改库存: more or less stock"),
    Endpoint("POST", "/card/code/deposit", "wechat.card.deposit", "导入 code: bulk import of codes", facts=("A10", "A30")),
    Endpoint("POST", "/card/code/get", "wechat.card.code_get", "查询 code: what a code is worth"),
    Endpoint("POST", "/card/code/consume", "wechat.card.consume", "核销 code: redeem a code", facts=("A09",)),
)

ENDPOINTS: Final = BASE + CARDS
